package report

import "fmt"

// rows is a chart of bars and marks that lie: one row an item, its label at the
// left (above it on a narrow page), its value in words at the right.
type rows struct {
	caption
	Series []key
	Items  []item
	Axis   func(int64) string
	From   int64
	Until  int64 // 0: the largest value, rounded up
	Log    bool  // decades; From is at least 1 then
	Base   int64 // where a line stands through all rows; 0: none
	Label  int   // width of the labels on a wide page; 0: the usual one
}

// item is one row.
type item struct {
	Label, Sub string
	Head       bool  // a heading between rows
	Bars       []bar // drawn in order
	Marks      []mark
	Low, High  int64
	Range      bool
	Joined     bool   // a line through the marks
	Text       string // at the right
}

// bar lies between two values. Its number is what it stands for.
type bar struct {
	From, Until int64
	Style       style
	number
}

type mark struct {
	Style style
	Ring  bool
	number
}

const (
	rowHigh   = 26 * px
	headHigh  = 28 * px
	labelWide = 220 * px
	textWide  = 170 * px
)

func (c rows) until() int64 {
	if c.Until != 0 {
		return c.Until
	}
	most := c.From + 1
	for _, it := range c.Items {
		for _, b := range it.Bars {
			most = max(most, b.From, b.Until)
		}
		for _, m := range it.Marks {
			most = max(most, m.Value)
		}
		if it.Range {
			most = max(most, it.High)
		}
	}
	if c.Log {
		return most + most/4
	}
	return roundUp(most)
}

func (c rows) draw(o sheetOptions) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	body := 26 * px
	for _, it := range c.Items {
		body += it.high(o.narrow())
	}
	s := sheetOf(c.caption, o, body, c.Series)
	if c.Label == 0 {
		c.Label = labelWide
	}
	left, right := sheetMargin+c.Label, s.width-sheetMargin-textWide
	if o.narrow() {
		left, right = sheetMargin+4*px, s.width-sheetMargin-10*px
	}
	along := scale{c.From, c.until(), left, right - left, c.Log}
	top := s.top + 20*px
	most := (right - left) / (70 * px)
	for _, t := range along.ticks(max(most, 2)) {
		x := along.pos(t)
		s.line(x, top-4*px, x, s.end, "grid")
		s.text(x, top-9*px, "c mid", c.Axis(t))
	}
	if c.Base != 0 {
		s.line(along.pos(c.Base), top-4*px, along.pos(c.Base), s.end, "pen o2")
	}
	y := top
	for _, it := range c.Items {
		c.row(s, along, it, y, o.narrow())
		y += it.high(o.narrow())
	}
	return s.close(), nil
}

func (it item) high(narrow bool) int {
	switch {
	case it.Head:
		return headHigh
	case narrow:
		return rowHigh + 15*px
	}
	return rowHigh
}

func (c rows) row(s *sheet, along scale, it item, y int, narrow bool) {
	if it.Head {
		s.text(sheetMargin, y+20*px, "b halo", cutTo(clean(it.Label), s.width-2*sheetMargin, 12))
		return
	}
	mid := y + rowHigh/2
	if narrow {
		text := clean(it.Text)
		s.text(s.width-sheetMargin, y+12*px, "c e halo", text)
		s.text(sheetMargin, y+12*px, "halo", cutTo(clean(it.Label), s.width-2*sheetMargin-textWidth(text, 11)-10*px, 12))
		mid += 13 * px
	} else {
		label := cutTo(clean(it.Label), c.Label-10*px, 12)
		s.text(sheetMargin, mid+4*px, "", label)
		if sub := clean(it.Sub); sub != "" && textWidth(label, 12)+textWidth(sub, 11)+14*px < c.Label {
			s.text(sheetMargin+c.Label-10*px, mid+4*px, "c e", sub)
		}
		s.text(s.width-sheetMargin-textWide+12*px, mid+4*px, "c", cutTo(clean(it.Text), textWide-12*px, 11))
	}
	s.line(along.at, mid, along.at+along.size, mid, "track")
	for _, b := range it.Bars {
		if b.From == b.Until {
			continue
		}
		lo, hi := along.pos(min(b.From, b.Until)), along.pos(max(b.From, b.Until))
		n := b.number
		s.box(lo, mid-7*px, max(hi-lo, 600), 14*px, b.Style, n)
	}
	if it.Range {
		s.whisker(mid, along.pos(it.Low), along.pos(it.High), false)
	}
	c.marks(s, along, it, mid)
}

func (c rows) marks(s *sheet, along scale, it item, mid int) {
	if it.Joined && len(it.Marks) > 1 {
		path := ""
		for i, m := range it.Marks {
			op := "L"
			if i == 0 {
				op = "M"
			}
			path += fmt.Sprintf("%s%s %s", op, at(along.pos(m.Value)), at(mid))
		}
		fmt.Fprintf(&s.b, `<path d="%s" class="thick o2"/>`+"\n", path)
	}
	for _, m := range it.Marks {
		func() {
			defer s.begin(m.number)()
			if m.Ring {
				s.ring(along.pos(m.Value), mid)
			} else {
				s.dot(along.pos(m.Value), mid, m.Style, "")
			}
		}()
	}
}
