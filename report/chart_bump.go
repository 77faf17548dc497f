package report

import (
	"fmt"
	"strings"
)

// bump shows how places in a ranking change from one way of counting to the
// next: one column a ranking, a line an incident.
type bump struct {
	caption
	Series  []key
	Columns []string   // two lines each
	Lines   []bumpLine // in the order they are drawn, the most important last
	Places  int
}

type bumpLine struct {
	Label string
	Style style
	Thick bool
	Ranks []bumpRank // one a column
}

// bumpRank is a place, 0 when the incident is not on the list.
type bumpRank struct {
	Rank int
	Text string // beside the mark on a wide page
	number
}

const bumpHigh = 34 * px

func (c bump) draw(o sheetOptions) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	heads := 34 * px
	if o.narrow() { // no room for names: letters, told below
		heads = 20 * px
		c.Notes = append([]string(nil), c.Notes...)
		c.Columns = append([]string(nil), c.Columns...)
		for i, name := range c.Columns {
			letter := string(rune('a' + i))
			c.Notes = append(c.Notes, letter+": "+strings.Replace(name, "\n", ", ", 1)+".")
			c.Columns[i] = letter
		}
	}
	s := sheetOf(c.caption, o, heads+c.Places*bumpHigh+6*px, c.Series)
	x := func(i int) int {
		left, right := sheetMargin+70*px, s.width-sheetMargin-190*px
		if o.narrow() {
			left, right = sheetMargin+34*px, s.width-sheetMargin-112*px
		}
		return left + (right-left)*i/max(len(c.Columns)-1, 1)
	}
	y := func(rank int) int { return s.top + heads + (rank-1)*bumpHigh + bumpHigh/2 }
	for rank := 1; rank <= c.Places; rank++ {
		s.line(sheetMargin+24*px, y(rank), x(len(c.Columns)-1), y(rank), "grid")
		s.text(sheetMargin+16*px, y(rank)+4*px, "c e", fmt.Sprint(rank))
	}
	for i, name := range c.Columns {
		wide := 150 * px
		if o.narrow() {
			wide = 80 * px
		}
		for k, part := range strings.SplitN(name, "\n", 2) {
			s.text(x(i), s.top+14*px+k*13*px, "c mid", cutTo(clean(part), wide, 11))
		}
	}
	for _, l := range c.Lines {
		c.line(s, l, x, y)
	}
	for _, l := range c.Lines {
		c.dots(s, l, x, y, o.narrow())
	}
	return s.close(), nil
}

// line joins neighbouring places; a gap says that the incident was not listed.
func (c bump) line(s *sheet, l bumpLine, x, y func(int) int) {
	class := "pen"
	if l.Thick {
		class = "thick"
	}
	for i := 1; i < len(l.Ranks); i++ {
		a, b := l.Ranks[i-1], l.Ranks[i]
		if a.Rank == 0 || b.Rank == 0 {
			continue
		}
		x1, x2 := x(i-1), x(i)
		half := (x1 + x2) / 2
		fmt.Fprintf(&s.b, `<path d="M%s %sC%s %s %s %s %s %s" class="%s o%d"/>`+"\n",
			at(x1), at(y(a.Rank)), at(half), at(y(a.Rank)), at(half), at(y(b.Rank)), at(x2), at(y(b.Rank)), class, l.Style)
	}
}

func (c bump) dots(s *sheet, l bumpLine, x, y func(int) int, narrow bool) {
	last := len(c.Columns) - 1
	for i, r := range l.Ranks {
		if r.Rank == 0 {
			continue
		}
		func() {
			defer s.begin(r.number)()
			s.dot(x(i), y(r.Rank), l.Style, "")
		}()
		ends := i == last || l.Ranks[i+1].Rank == 0
		if i == last {
			room, size := 176*px, 12
			if narrow {
				room, size = 102*px, 11
			}
			class := "halo"
			if narrow {
				class = "c halo"
			}
			s.text(x(i)+10*px, y(r.Rank)+4*px, class, cutTo(clean(l.Label), room, size))
		} else if ends && !narrow {
			s.text(x(i)+10*px, y(r.Rank)-6*px, "c halo", cutTo(clean(l.Label), 130*px, 11))
		}
		if r.Text != "" && !narrow {
			s.text(x(i), y(r.Rank)+16*px, "c mid halo", r.Text)
		}
	}
}
