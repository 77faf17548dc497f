package report

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
)

//go:embed chart.css
var chartStyle string

// ErrUnlabelled marks a figure or table that does not say on which basis, valued
// how and as known when its amounts hold. Nothing is drawn then.
var ErrUnlabelled = errors.New("an amount needs basis, valuation and as-known-on date")

// caption is what a figure says about its numbers. Title and the five conditions
// are printed in every figure.
type caption struct {
	Title string
	Desc  string // for those who do not see the picture
	Unit  string
	Basis, Valuation, AsKnownOn,
	Policy string
	Register string   // digest or commit of the register
	Notes    []string // how to read it, what is left out
}

// check refuses a figure whose numbers could not be looked up again.
func (c caption) check() error {
	for _, part := range []struct{ name, text string }{
		{"title", c.Title}, {"unit", c.Unit}, {"basis", c.Basis}, {"valuation", c.Valuation}, {"as-known-on date", c.AsKnownOn}, {"policy", c.Policy},
	} {
		if strings.TrimSpace(part.text) == "" {
			return fmt.Errorf("%w: figure %q has no %s", ErrUnlabelled, c.Title, part.name)
		}
	}
	return nil
}

// conditions is the line that every figure prints.
func (c caption) conditions() string {
	line := fmt.Sprintf("Basis: %s. Valuation: %s. As known on %s. Policy: %s.", c.Basis, c.Valuation, c.AsKnownOn, c.Policy)
	if c.Register != "" {
		line += " Register " + c.Register + "."
	}
	return line
}

// style of a series: a colour and a pattern, so that series differ without
// colour. Solid and light come first.
type style int

const (
	solid   style = iota // full
	hatch                // lines that rise
	light                // full, grey
	dots                 // points
	cross                // lines that cross
	upright              // upright lines
	fall                 // lines that fall
	styles
)

// patterns draws what a style is filled with; solid and light have none.
var patterns = [styles]string{
	hatch:   `<path class="pen o1" d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5"/>`,
	dots:    `<circle class="f3" cx="1.5" cy="1.5" r="1.4"/><circle class="f3" cx="4.5" cy="4.5" r="1.4"/>`,
	cross:   `<path class="thin o4" fill="none" d="M0 0L6 6M6 0L0 6"/>`,
	upright: `<path class="pen o5" d="M1 0V6M4 0V6"/>`,
	fall:    `<path class="pen o6" d="M-1 -1L7 7M5 -1L7 1M-1 5L1 7"/>`,
}

// sheet is a figure being drawn: a picture with a head above and the conditions
// below.
type sheet struct {
	picture
	width    int
	top, end int  // where the body may be drawn
	linked   bool // numbers lead to their entry on the same page
}

const (
	sheetMargin = 12 * px
	lineHigh    = 15 * px
)

// sheetOptions is how one figure is drawn.
type sheetOptions struct {
	Options
	width  int    // in thousandths of a pixel
	prefix string // of ids on a shared page
	linked bool   // numbers lead to their entry on the same page
	style  bool   // carries its own style sheet
}

// narrow reports a figure for a telephone.
func (o sheetOptions) narrow() bool { return o.width < 600*px }

// sheetOf opens a figure with room for a body of a height.
func sheetOf(c caption, o sheetOptions, body int, legend []key) *sheet {
	inner := o.width - 2*sheetMargin
	title := breakInto(clean(c.Title), inner*9/10, 17) // semi-bold is wider
	var foot []string
	for _, n := range append([]string{c.conditions()}, c.Notes...) {
		foot = append(foot, breakInto(clean(n), inner, 11)...)
	}
	rows := placeKeys(legend, inner)
	legendHigh := 0
	if len(rows) > 0 {
		legendHigh = (rows[len(rows)-1].row + 1) * 18 * px
	}
	head := sheetMargin + len(title)*20*px + 18*px + legendHigh + 6*px
	s := &sheet{width: o.width, top: head, end: head + body, linked: o.linked}
	s.prefix = o.prefix
	s.open(o.width, head+body+len(foot)*lineHigh+sheetMargin+8*px, o.Options, false, c.Title, c.Desc+" "+c.conditions())
	if o.style {
		s.b.WriteString("<style>\n" + pictureStyle + chartStyle + "</style>\n")
	}
	s.patterns()
	y := sheetMargin
	for _, line := range title {
		y += 20 * px
		s.text(sheetMargin, y-5*px, "h", line)
	}
	y += 16 * px
	s.text(sheetMargin, y-3*px, "s", cutTo(clean(c.Unit), inner, 12))
	for _, k := range rows {
		s.swatch(sheetMargin+k.x, y+6*px+k.row*18*px, k.key)
	}
	for i, line := range foot {
		s.text(sheetMargin, s.end+8*px+(i+1)*lineHigh-3*px, "c", line)
	}
	return s
}

func (s *sheet) patterns() {
	s.b.WriteString("<defs>")
	for i, p := range patterns {
		if p != "" {
			fmt.Fprintf(&s.b, `<pattern id="%sf%d" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="pat-back" width="6" height="6"/>%s</pattern>`, s.prefix, i, p)
		}
	}
	s.b.WriteString("</defs>\n")
}

// key is an entry of a legend.
type key struct {
	style style
	label string
	shape string // "" a box, "dot", "ring", "line", "whisker"
}

type placedKey struct {
	key
	x, row int
}

// placeKeys lays the legend out in rows.
func placeKeys(keys []key, width int) []placedKey {
	var out []placedKey
	x, row := 0, 0
	for _, k := range keys {
		need := 20*px + textWidth(k.label, 11) + 14*px
		if x > 0 && x+need > width {
			x, row = 0, row+1
		}
		out = append(out, placedKey{k, x, row})
		x += need
	}
	return out
}

func (s *sheet) swatch(x, y int, k key) {
	switch k.shape {
	case "dot":
		s.dot(x+6*px, y+6*px, k.style, "")
	case "ring":
		s.ring(x+6*px, y+6*px)
	case "line":
		s.line(x, y+6*px, x+13*px, y+6*px, fmt.Sprintf("pen o%d", k.style))
	case "whisker":
		s.whisker(x+6*px, y, y+12*px, true)
	default:
		s.box(x, y, 13*px, 12*px, k.style, number{})
	}
	s.text(x+19*px, y+10*px, "c", cutTo(clean(k.label), s.width-sheetMargin-x-19*px, 11))
}

// number is a value that a figure shows, with what leads back to it.
type number struct {
	ID    string // of the number in the study; blank: nothing to look up
	Value int64  // in the figure's smallest unit
	Text  string // as it is told to a reader who points at it
}

// begin opens the link and the group of a number; the returned func closes them.
func (s *sheet) begin(n number) func() {
	end := ""
	if n.ID != "" && s.linked {
		fmt.Fprintf(&s.b, `<a href="#%s">`, anchor("n", n.ID))
		end = "</a>"
	}
	fmt.Fprintf(&s.b, `<g data-v="%d"`, n.Value)
	if n.ID != "" {
		fmt.Fprintf(&s.b, ` data-estimate="%s"`, esc(n.ID))
	}
	s.b.WriteString(">")
	if n.Text != "" {
		fmt.Fprintf(&s.b, "<title>%s</title>", esc(n.Text))
	}
	s.b.WriteString("\n")
	return func() { s.b.WriteString("</g>" + end + "\n") }
}

// box draws a filled bar of a style, in a group of its own if it is a number.
func (s *sheet) box(x, y, w, h int, st style, n number) {
	if n.Text != "" {
		defer s.begin(n)()
	}
	if patterns[st] == "" {
		fmt.Fprintf(&s.b, `<rect x="%s" y="%s" width="%s" height="%s" class="f%d thin"/>`+"\n", at(x), at(y), at(w), at(h), st)
		return
	}
	fmt.Fprintf(&s.b, `<rect x="%s" y="%s" width="%s" height="%s" class="o%d thin" fill="url(#%sf%d)"/>`+"\n", at(x), at(y), at(w), at(h), st, s.prefix, st)
}

func (s *sheet) dot(x, y int, st style, extra string) {
	switch st {
	case hatch:
		fmt.Fprintf(&s.b, `<path d="M%s %sl5.5 5.5l-5.5 5.5l-5.5 -5.5Z" class="dot f%d%s"/>`+"\n", at(x), at(y-5500), st, extra)
	case dots, upright:
		fmt.Fprintf(&s.b, `<rect x="%s" y="%s" width="9" height="9" class="dot f%d%s"/>`+"\n", at(x-4500), at(y-4500), st, extra)
	case cross, fall:
		fmt.Fprintf(&s.b, `<path d="M%s %sl5.5 9.5h-11Z" class="dot f%d%s"/>`+"\n", at(x), at(y-5500), st, extra)
	default:
		fmt.Fprintf(&s.b, `<circle cx="%s" cy="%s" r="5" class="dot f%d%s"/>`+"\n", at(x), at(y), st, extra)
	}
}

func (s *sheet) ring(x, y int) {
	fmt.Fprintf(&s.b, `<circle cx="%s" cy="%s" r="4" class="ring"/>`+"\n", at(x), at(y))
}

// whisker draws an interval from a to b at x (upright) or at y, with a pale edge
// so that it is seen on bars.
func (s *sheet) whisker(fix, a, b int, up bool) {
	path := fmt.Sprintf("M%s %sH%sM%s %sV%sM%s %sV%s", at(a), at(fix), at(b), at(a), at(fix-4*px), at(fix+4*px), at(b), at(fix-4*px), at(fix+4*px))
	if up {
		path = fmt.Sprintf("M%s %sV%sM%s %sH%sM%s %sH%s", at(fix), at(a), at(b), at(fix-4*px), at(a), at(fix+4*px), at(fix-4*px), at(b), at(fix+4*px))
	}
	fmt.Fprintf(&s.b, `<path d="%s" class="whisk"/><path d="%s" class="whisk in"/>`+"\n", path, path)
}
