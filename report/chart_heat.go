package report

import "fmt"

// heat is a table of grades: one row an incident, one cell a question. The grade
// stands in the cell, so that the shade only repeats it.
type heat struct {
	caption
	Columns []string
	Rows    []heatRow
}

type heatRow struct {
	Label string
	Cells []string // Admiralty grades; blank: no claim
	Tail  string
}

// shade gives the class of a grade: by the reliability of the source.
func shade(grade string) (cell, ink string) {
	if grade == "" {
		return "c0", "c mid"
	}
	switch grade[0] {
	case 'A':
		return "c1", "c mid on b"
	case 'B':
		return "c2", "c mid on b"
	case 'C':
		return "c3", "mid"
	}
	return "c4", "mid"
}

func (c heat) draw(o sheetOptions) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	row, head := 20*px, 24*px
	s := sheetOf(c.caption, o, head+len(c.Rows)*row+4*px, nil)
	label, tail := 330*px, 150*px
	if o.narrow() {
		label, tail = 150*px, 0
	}
	left, right := sheetMargin+label, s.width-sheetMargin-tail
	n := max(len(c.Columns), 1)
	x := func(i int) int { return left + (right-left)*i/n }
	for i, name := range c.Columns {
		s.text((x(i)+x(i+1))/2, s.top+16*px, "c mid", name)
	}
	for k, r := range c.Rows {
		y := s.top + head + k*row
		s.text(sheetMargin, y+14*px, "", cutTo(clean(r.Label), label-10*px, 12))
		for i, g := range r.Cells {
			cell, ink := shade(g)
			fmt.Fprintf(&s.b, `<rect x="%s" y="%s" width="%s" height="%s" class="%s"/>`+"\n", at(x(i)+px), at(y+px), at(x(i+1)-x(i)-2*px), at(row-2*px), cell)
			if g == "" {
				g = "–"
			}
			s.text((x(i)+x(i+1))/2, y+14*px, ink, clean(g))
		}
		if tail > 0 {
			s.text(right+10*px, y+14*px, "c", clean(r.Tail))
		}
	}
	return s.close(), nil
}
