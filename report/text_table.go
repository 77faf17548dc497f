package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// table is a text table: the left-most column holds names and may be shortened,
// the others hold figures and never are. Columns that do not fit beside one
// another go below, with the names repeated.
type table struct {
	head []string // lines of a heading are parted by \n
	rows []tableRow
	// alike is the column from which columns with equal figures may be joined
	// under all their headings when the table is too wide; 0 for none.
	alike int
	width int // of the page, set when it is printed
}

type tableRow struct {
	cells []string // cells beyond the first may be missing
	name  func(width int) string
	rule  bool // a line instead of cells
	heavy bool // begins a section
}

const gap = 2 // between columns

// nameWidths are tried from the widest: what fits is taken.
var nameWidths = []int{66, 44, 34, 26, 20}

// print lays the table out within a width.
func (t *table) print(b *strings.Builder, width int) {
	t.width = width
	t.fits(width)
	widths := t.widths()
	name := t.nameWidth(width, widths[1:])
	for first := 1; first < len(widths); {
		last := first
		used := name
		for last < len(widths) && (last == first || used+gap+widths[last] <= width) {
			used += gap + widths[last]
			last++
		}
		if first > 1 {
			b.WriteByte('\n')
		}
		t.panel(b, name, widths, first, last)
		first = last
	}
}

// fits reports whether the table goes on the page in one panel. Columns that
// agree are joined for it.
func (t *table) fits(width int) bool {
	if t.least(t.widths()[1:]) <= width {
		return true
	}
	if t.alike > 0 {
		t.join()
		t.alike = 0
	}
	return t.least(t.widths()[1:]) <= width
}

// least is how wide the table is with its names at the narrowest.
func (t *table) least(figures []int) int {
	n := nameWidths[len(nameWidths)-1]
	for _, w := range figures {
		n += gap + w
	}
	return n
}

// join puts columns that agree in every row under one heading.
func (t *table) join() {
	column := func(i int) string {
		var b strings.Builder
		for _, r := range t.rows {
			if i < len(r.cells) {
				b.WriteString(r.cells[i])
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
	keep := []int{}
	at := map[string]int{} // place in keep
	for i := range t.head {
		k, seen := at[column(i)]
		apart := strings.Contains(t.head[i], "(") // a heading that says more than a name
		if i < t.alike || !seen || apart {
			if i >= t.alike && !apart {
				at[column(i)] = len(keep)
			}
			keep = append(keep, i)
			continue
		}
		t.head[keep[k]] += "\n" + t.head[i]
	}
	head := make([]string, len(keep))
	for k, i := range keep {
		head[k] = t.head[i]
	}
	for r := range t.rows {
		cells := t.rows[r].cells
		if len(cells) <= t.alike {
			continue
		}
		kept := make([]string, len(keep))
		for k, i := range keep {
			kept[k] = cells[i]
		}
		t.rows[r].cells = kept
	}
	t.head = head
}

// nameWidth gives the names what the figures leave, but no less than the
// narrowest form, below which the figures go into several panels.
func (t *table) nameWidth(width int, figures []int) int {
	all := 0
	for _, w := range figures {
		all += gap + w
	}
	longest := 0
	for _, r := range t.rows {
		if r.name != nil || len(r.cells) > 1 {
			longest = max(longest, utf8.RuneCountInString(r.label(nameWidths[0])))
		}
	}
	for _, w := range nameWidths {
		if w = min(w, longest); w+all <= width {
			return w
		}
	}
	// Panels: names get a third of the width.
	return min(longest, max(nameWidths[len(nameWidths)-1], width/3))
}

func (r tableRow) label(width int) string {
	if r.name != nil {
		return r.name(width)
	}
	if len(r.cells) == 0 {
		return ""
	}
	return r.cells[0]
}

func (t *table) widths() []int {
	w := make([]int, len(t.head))
	for i, h := range t.head {
		for _, line := range strings.Split(h, "\n") {
			w[i] = max(w[i], utf8.RuneCountInString(line))
		}
	}
	for _, r := range t.rows {
		for i, c := range r.cells {
			if i > 0 {
				w[i] = max(w[i], utf8.RuneCountInString(c))
			}
		}
	}
	return w
}

// panel prints the names with the columns from first to last.
func (t *table) panel(b *strings.Builder, name int, widths []int, first, last int) {
	lines := 1
	for _, h := range t.head[first:last] {
		lines = max(lines, strings.Count(h, "\n")+1)
	}
	for k := range lines {
		row := []string{headLine(t.head[0], k, lines)}
		for _, h := range t.head[first:last] {
			row = append(row, headLine(h, k, lines))
		}
		line(b, row, name, widths[first:last])
	}
	total := name
	for _, w := range widths[first:last] {
		total += gap + w
	}
	for i, r := range t.rows {
		if r.rule {
			b.WriteString(strings.Repeat("─", total) + "\n")
			continue
		}
		if r.name == nil && len(r.cells) == 1 && first > 1 {
			continue // a remark, not a row
		}
		if r.heavy && i > 0 && (t.rows[i-1].name != nil || i+1 < len(t.rows) && t.rows[i+1].name != nil) {
			b.WriteByte('\n')
		}
		if r.name == nil && len(r.cells) == 1 {
			b.WriteString(wrap(r.cells[0], t.width, "  ") + "\n")
			continue
		}
		row := []string{r.label(name)}
		for i := first; i < last; i++ {
			if i < len(r.cells) {
				row = append(row, r.cells[i])
			} else {
				row = append(row, "")
			}
		}
		line(b, row, name, widths[first:last])
	}
}

// headLine is line k of a heading that ends on the last line.
func headLine(h string, k, lines int) string {
	parts := strings.Split(h, "\n")
	k -= lines - len(parts)
	if k < 0 {
		return ""
	}
	return parts[k]
}

// line writes one row: the name to the left, figures to the right. A name that
// may not be shortened pushes its figures to the next line.
func line(b *strings.Builder, cells []string, name int, widths []int) {
	var s strings.Builder
	s.WriteString(cells[0])
	n := columns(cells[0])
	if n > name && strings.Join(cells[1:], "") != "" {
		s.WriteString("\n")
		n = 0
	}
	for i, c := range cells[1:] {
		if i == 0 {
			s.WriteString(strings.Repeat(" ", max(0, name-n)))
		}
		s.WriteString(strings.Repeat(" ", gap+widths[i]-utf8.RuneCountInString(c)))
		s.WriteString(c)
	}
	b.WriteString(strings.TrimRight(s.String(), " ") + "\n")
}

// columns is how wide a text stands in a terminal: marks that combine have no
// width, wide East Asian characters two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0xFF01 && r <= 0xFF60 || r >= 0x1F300 && r <= 0x1FAFF:
			n += 2
		default:
			n++
		}
	}
	return n
}

// wrap breaks a text into lines of a width, with an indent before all but the
// line it begins on.
func wrap(s string, width int, indent string) string {
	var b strings.Builder
	n := 0
	for i, w := range strings.Fields(s) {
		wide := columns(w)
		if i > 0 && n+1+wide > width-columns(indent) {
			b.WriteString("\n" + indent)
			n = 0
		} else if i > 0 {
			b.WriteByte(' ')
			n++
		}
		b.WriteString(w)
		n += wide
	}
	return b.String()
}
