package report

import "fmt"

// specification is a specification curve: every way of counting sorted by its
// result, and below it which choices were made.
type specification struct {
	caption
	Axis    func(int64) string
	Most    int64
	Line    int64 // a threshold, 0: none
	Mark    string
	Ways    []way
	Choices []choice
}

type way struct {
	number
	Count int    // printed in the mark's title only
	Made  []bool // one a choice's value, in the order of Choices
}

// choice is one value of a decision; Head names the decision at its first value.
type choice struct{ Head, Label string }

const specHigh = 220 * px

func (c specification) draw(o sheetOptions) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	row := 17 * px
	matrix := len(c.Choices) * row
	for i, ch := range c.Choices {
		if ch.Head != "" && i > 0 {
			matrix += 6 * px
		}
	}
	s := sheetOf(c.caption, o, specHigh+26*px+matrix, nil)
	left := 190 * px
	if o.narrow() {
		left = 112 * px
	}
	right := s.width - sheetMargin
	x := func(i int) int { return left + (right-left)*(2*i+1)/max(2*len(c.Ways), 1) }
	up := scale{0, c.Most, s.top + specHigh, -(specHigh - 12*px), false}
	for _, t := range up.ticks(6) {
		s.line(left, up.pos(t), right, up.pos(t), "grid")
		s.text(left-8*px, up.pos(t)+4*px, "c e", c.Axis(t))
	}
	if c.Line > 0 {
		s.line(left, up.pos(c.Line), right, up.pos(c.Line), "pen o1 dash")
		s.text(left+6*px, up.pos(c.Line)-5*px, "c halo", c.Mark)
	}
	for i, w := range c.Ways {
		func() {
			defer s.begin(w.number)()
			st := solid
			if c.Line > 0 && w.Value > c.Line {
				st = hatch
			}
			s.dot(x(i), up.pos(w.Value), st, "")
		}()
	}
	c.matrix(s, x, left, row)
	return s.close(), nil
}

func (c specification) matrix(s *sheet, x func(int) int, left, row int) {
	y := s.top + specHigh + 22*px
	wide := (x(1) - x(0)) * 7 / 10
	if len(c.Ways) < 2 {
		wide = 6 * px
	}
	wide = min(wide, 9*px)
	for k, ch := range c.Choices {
		if ch.Head != "" && k > 0 {
			y += 6 * px
		}
		name := ch.Label
		if left > 150*px {
			s.text(sheetMargin, y+9*px, "c b", ch.Head)
		}
		s.text(left-8*px, y+9*px, "c e", clean(name))
		for i, w := range c.Ways {
			class := "quiet"
			if w.Made[k] {
				class = "f0 thin"
			}
			fmt.Fprintf(&s.b, `<rect x="%s" y="%s" width="%s" height="%s" class="%s"/>`+"\n", at(x(i)-wide/2), at(y), at(wide), at(11*px), class)
		}
		y += row
	}
}
