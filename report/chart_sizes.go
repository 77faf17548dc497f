package report

import "fmt"

// sizes is a complementary cumulative distribution on two logarithmic axes: how
// many incidents are at least so large.
type sizes struct {
	caption
	Series []key
	Points []sizePoint // largest first
	Axis   func(int64) string
	Floor  int64 // where the axis begins; smaller points are counted in a note by the caller
}

type sizePoint struct {
	Style style
	Label string // written beside the mark; blank: none
	number
}

const sizesHigh = 340 * px

func (c sizes) draw(o sheetOptions) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	s := sheetOf(c.caption, o, sizesHigh+36*px, c.Series)
	most := int64(10)
	for _, p := range c.Points {
		most = max(most, p.Value)
	}
	left, right := 46*px, s.width-sheetMargin-8*px
	base, top := s.end-36*px, s.top+26*px
	along := scale{max(c.Floor, 1), most + most/2, left, right - left, true}
	up := scale{1, int64(max(len(c.Points), 2)), base - 16*px, top - base + 16*px, true}
	s.text(sheetMargin, s.top+10*px, "c", "incidents at least as large")
	for _, t := range up.ticks(5) {
		s.line(left, up.pos(t), right, up.pos(t), "grid")
		s.text(left-6*px, up.pos(t)+4*px, "c e", fmt.Sprint(t))
	}
	for _, t := range along.ticks(max((right-left)/(64*px), 2)) {
		s.line(along.pos(t), top, along.pos(t), base, "grid")
		s.text(along.pos(t), base+15*px, "c mid", c.Axis(t))
	}
	s.text(right, base+30*px, "c e", "size of the incident")
	s.line(left, base, right, base, "axis")
	path := ""
	for i := len(c.Points) - 1; i >= 0; i-- {
		px, py := along.pos(c.Points[i].Value), up.pos(int64(i+1))
		if path == "" {
			path = fmt.Sprintf("M%s %s", at(px), at(py))
		} else {
			path += fmt.Sprintf("H%sV%s", at(px), at(py))
		}
	}
	if path != "" {
		fmt.Fprintf(&s.b, `<path d="%s" class="pen o2"/>`+"\n", path)
	}
	c.points(s, along, up)
	return s.close(), nil
}

func (c sizes) points(s *sheet, along, up scale) {
	for i := len(c.Points) - 1; i >= 0; i-- {
		p := c.Points[i]
		x, y := along.pos(p.Value), up.pos(int64(i+1))
		func() {
			defer s.begin(p.number)()
			s.dot(x, y, p.Style, "")
		}()
		if p.Label != "" {
			s.text(x-9*px, y+4*px, "c e halo", cutTo(clean(p.Label), x-9*px-sheetMargin, 11))
		}
	}
}
