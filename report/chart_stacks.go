package report

import "fmt"

// stacks is a chart of upright bars over years or other groups: stacked parts,
// an interval beside, a line of counts above.
type stacks struct {
	caption
	Series []key
	Groups []column
	Axis   func(int64) string // how a tick is written
	Count  string             // what the counts count; blank: none
	Most   int64              // end of the axis; 0: the largest group
	Line   int64              // a threshold to draw; 0: none
	Mark   string             // what the threshold is
	Whisk  string             // what the interval is; blank: none
}

type column struct {
	Label, Short string
	Parts        []number // one a series, from the bottom
	Low, High    int64
	Range        bool
	Count        int
	Apart        bool // parts stand on the axis as marks and are not stacked
}

const (
	columnsHigh = 300 * px
	countHigh   = 74 * px
	axisLeft    = 58 * px
)

func (c stacks) most() int64 {
	if c.Most > 0 {
		return c.Most
	}
	var most int64
	for _, g := range c.Groups {
		var sum int64
		for _, p := range g.Parts {
			if g.Apart {
				sum = max(sum, p.Value)
			} else {
				sum += p.Value
			}
		}
		most = max(most, sum)
		if g.Range {
			most = max(most, g.High)
		}
	}
	return roundUp(most)
}

func (c stacks) draw(o sheetOptions) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	keys := append([]key(nil), c.Series...)
	if c.Whisk != "" {
		keys = append(keys, key{label: c.Whisk, shape: "whisker"})
	}
	body := columnsHigh + 30*px
	if c.Count != "" {
		body += countHigh
	}
	s := sheetOf(c.caption, o, body, keys)
	top := s.top + 10*px
	if c.Count != "" {
		c.counts(s, top)
		top += countHigh
	}
	base := s.end - 24*px
	up := scale{0, c.most(), base, top - base, false}
	right := s.width - sheetMargin
	for _, t := range up.ticks(6) {
		y := up.pos(t)
		s.line(axisLeft, y, right, y, "grid")
		s.text(axisLeft-6*px, y+4*px, "c e", c.Axis(t))
	}
	s.line(axisLeft, base, right, base, "axis")
	for i, g := range c.Groups {
		c.group(s, up, base, i, g)
	}
	if c.Line > 0 {
		y := up.pos(c.Line)
		s.line(axisLeft, y, right, y, "pen o2 dash")
		s.text(right, y-4*px, "c e halo", c.Mark)
	}
	return s.close(), nil
}

// dense reports that most groups have no label of their own: the caller chose
// which have one.
func (c stacks) dense() bool {
	blank := 0
	for _, g := range c.Groups {
		if g.Label == "" {
			blank++
		}
	}
	return 2*blank > len(c.Groups)
}

// slot is where a group stands: its left edge and its width.
func (c stacks) slot(s *sheet, i int) (x, w int) {
	all := s.width - sheetMargin - axisLeft
	w = all / max(len(c.Groups), 1)
	return axisLeft + all*i/max(len(c.Groups), 1), w
}

func (c stacks) group(s *sheet, up scale, base, i int, g column) {
	x, w := c.slot(s, i)
	label := g.Label
	if textWidth(label, 11) > w-2*px {
		label = g.Short
	}
	if every := (textWidth(label, 11) + 4*px + w - 1) / max(w, 1); every < 2 || c.dense() || i%every == 0 {
		s.text(x+w/2, base+16*px, "c mid", clean(label))
	}
	gap := w / 6
	middle := x + w/2
	if g.Apart {
		middle -= min(5*px, w/5)
		if g.Range {
			s.whisker(middle, up.pos(g.Low), up.pos(g.High), true)
		}
	}
	sum := int64(0)
	for k, p := range g.Parts {
		if g.Apart {
			func() {
				defer s.begin(p)()
				s.dot(middle+k*min(10*px, 2*w/5), up.pos(p.Value), c.Series[k].style, "")
			}()
			continue
		}
		lo, hi := up.pos(sum), up.pos(sum+p.Value)
		if p.Value > 0 {
			s.box(x+gap, hi, w-2*gap, max(lo-hi, 600), c.Series[k].style, p)
		}
		sum += p.Value
	}
	if g.Range && !g.Apart {
		s.whisker(middle, up.pos(g.Low), up.pos(g.High), true)
	}
}

// counts draws the line of counts in a strip of its own above the bars.
func (c stacks) counts(s *sheet, top int) {
	most := 1
	for _, g := range c.Groups {
		most = max(most, g.Count)
	}
	s.text(sheetMargin, top+6*px, "c", fmt.Sprintf("%s (line)", c.Count))
	up := scale{0, int64(most), top + countHigh - 22*px, -(countHigh - 54*px), false}
	path := ""
	for i, g := range c.Groups {
		x, w := c.slot(s, i)
		op := "L"
		if i == 0 {
			op = "M"
		}
		path += fmt.Sprintf("%s%s %s", op, at(x+w/2), at(up.pos(int64(g.Count))))
	}
	if path != "" {
		fmt.Fprintf(&s.b, `<path d="%s" class="pen o2"/>`+"\n", path)
	}
	for i, g := range c.Groups {
		x, w := c.slot(s, i)
		y := up.pos(int64(g.Count))
		s.ring(x+w/2, y)
		s.text(x+w/2, y-8*px, "c mid halo", fmt.Sprint(g.Count))
	}
}
