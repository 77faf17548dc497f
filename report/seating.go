package report

import (
	"cmp"
	"slices"
)

// seating stands bars in columns under one another, so that what flows between
// them crosses little. All lengths are integers, so it is the same everywhere.
type seating struct {
	seats  []seat
	pulls  []pull
	gaps   []int // between the seats of a column, by column
	height int

	columns [][]int // of seats, top to bottom
	outs    [][]int // pulls to the right of each seat
	ins     [][]int // pulls to the left
}

// seat is the room of one bar.
type seat struct {
	col, slot int
	rank      int // in the last column, lower ranks stand above higher ones
	y         int // top of the room
}

// pull draws two seats of different columns together.
type pull struct {
	left, right int
	weight      int
}

// settle gives every seat its place. The last column is packed from the top; the
// others stand near the middle of what they feed and of what feeds them.
func (g *seating) settle(sweeps int) {
	g.sort()
	last := len(g.columns) - 1
	g.pack(last, nil)
	for c, col := range g.columns[:last] {
		need := -g.gaps[c]
		for _, i := range col {
			need += g.seats[i].slot + g.gaps[c]
		}
		g.height = max(g.height, need)
	}
	for c := last - 1; c >= 0; c-- {
		g.stack(c, g.outs)
	}
	for i := range sweeps {
		if i%2 == 1 {
			for c := last - 1; c >= 0; c-- {
				g.stack(c, g.outs)
			}
			continue
		}
		for c := range last {
			if c == 0 {
				g.stack(c, g.outs)
			} else {
				g.stack(c, g.ins)
			}
		}
		g.pack(last, g.ins)
	}
}

// sort files seats and pulls by column.
func (g *seating) sort() {
	g.columns = make([][]int, len(g.gaps))
	for i, s := range g.seats {
		g.columns[s.col] = append(g.columns[s.col], i)
	}
	g.outs, g.ins = make([][]int, len(g.seats)), make([][]int, len(g.seats))
	for i, p := range g.pulls {
		g.outs[p.left] = append(g.outs[p.left], i)
		g.ins[p.right] = append(g.ins[p.right], i)
	}
}

// want is the middle that a seat is drawn to, by its pulls on one side.
func (g *seating) want(i int, side [][]int) (int, bool) {
	sum, weight := 0, 0
	for _, k := range side[i] {
		p := g.pulls[k]
		other := p.left + p.right - i
		w := max(p.weight, 1)
		sum += w * (g.seats[other].y + g.seats[other].slot/2)
		weight += w
	}
	if weight == 0 {
		return g.height / 2, false
	}
	return sum / weight, true
}

// pack puts a column under one another from the top: by rank, then by where its
// seats are drawn to.
func (g *seating) pack(c int, side [][]int) {
	col := g.columns[c]
	want := make(map[int]int, len(col))
	for _, i := range col {
		if side != nil {
			want[i], _ = g.want(i, side)
		}
	}
	slices.SortStableFunc(col, func(a, b int) int {
		return cmp.Or(cmp.Compare(g.seats[a].rank, g.seats[b].rank), cmp.Compare(want[a], want[b]))
	})
	y := 0
	for _, i := range col {
		g.seats[i].y = y
		y += g.seats[i].slot + g.gaps[c]
	}
	g.height = max(g.height, y-g.gaps[c])
}

// stack puts the seats of a column near where they are drawn to, in that order and
// without overlap.
func (g *seating) stack(c int, side [][]int) {
	col := g.columns[c]
	want := make(map[int]int, len(col))
	for _, i := range col {
		want[i], _ = g.want(i, side)
	}
	slices.SortStableFunc(col, func(a, b int) int { return cmp.Compare(want[a], want[b]) })
	y := 0
	for _, i := range col {
		s := &g.seats[i]
		s.y = max(y, want[i]-s.slot/2)
		y = s.y + s.slot + g.gaps[c]
	}
	end := g.height
	for k := len(col) - 1; k >= 0; k-- {
		s := &g.seats[col[k]]
		s.y = max(min(s.y, end-s.slot), 0)
		end = s.y - g.gaps[c]
	}
}
