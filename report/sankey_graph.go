package report

import (
	"fmt"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Limits of a picture: what goes beyond is merged into "N others", never left
// out.
const (
	sankeyPlaces  = 20 // places shown at the right
	sankeyColumns = 5  // columns of accounts between theft and places
	sankeyRows    = 8  // accounts shown in a column
)

// flowNode is a bar of the Sankey picture.
type flowNode struct {
	node
	place  *trace.Place // where value ended; nil for what it passed through
	kind   trace.Kind   // of the place, or of the places merged here
	merged int          // places or accounts merged here; 0 for one
	col    int
	order  int          // by the movement that reached it before all others
	amount money.Amount // of a place: its figure
	in     money.Amount
	out    money.Amount

	x, y, h int // thousandths of a pixel
}

// ends reports whether value stays in the node.
func (n *flowNode) ends() bool { return n.kind != "" }

// size is what the bar stands for: what came in, or what went out where more
// did (thefts, and policies that do not conserve).
func (n *flowNode) size() money.Amount {
	if n.ends() {
		return n.amount
	}
	if n.in.Less(n.out) {
		return n.out
	}
	return n.in
}

// flowLink is a ribbon: all movements from one bar to another.
type flowLink struct {
	from, to *flowNode
	amount   money.Amount
	n        int  // movements
	order    int  // of the movement before all others
	back     bool // leads back to an earlier column

	y0, y1, h0, h1 int // at either end, thousandths of a pixel
}

// flowGraph is the picture before it has places on the page.
type flowGraph struct {
	s       scope
	nodes   []*flowNode
	links   []*flowLink
	columns int
	// within counts the movements inside merged or single bars, with their sum:
	// they are not drawn.
	within    int
	withinSum money.Amount
	// shown and rest are how many places have bars of their own and how many are
	// merged.
	shown, rest int
	height      int // of the bars and their spaces, thousandths of a pixel
}

// graphOf builds the picture of a scope under its leading policy, from the mesh of
// its movements.
func (s scope) graphOf(limit int) *flowGraph {
	m := s.meshOf([]int{s.policy}, nil)
	m.columns()
	g := &flowGraph{s: s, within: len(m.inside), withinSum: m.sumOfHops(m.inside)[0]}
	is := map[*meshNode]*flowNode{}
	for _, n := range m.nodes {
		f := &flowNode{node: n.node, place: n.place, kind: n.kind, col: n.col, order: n.order}
		if n.place != nil {
			f.amount = n.amounts[0]
		}
		is[n] = f
		g.nodes = append(g.nodes, f)
	}
	for _, l := range m.links {
		g.links = append(g.links, &flowLink{from: is[l.from], to: is[l.to], amount: l.amounts[0], n: l.n, order: l.order, back: l.back})
	}
	g.layers()
	g.mergePlaces(limit)
	g.mergeColumns()
	g.total()
	return g
}

// replace lets bars become others and joins the ribbons that then run between the
// same bars.
func (g *flowGraph) replace(become map[*flowNode]*flowNode) {
	if len(become) == 0 {
		return
	}
	is := func(n *flowNode) *flowNode {
		if m, ok := become[n]; ok {
			return m
		}
		return n
	}
	var nodes []*flowNode
	for _, n := range g.nodes {
		if m := is(n); m != n {
			m.order = min(m.order, n.order)
		} else {
			nodes = append(nodes, n)
		}
	}
	at := map[[2]*flowNode]*flowLink{}
	var links []*flowLink
	for _, l := range g.links {
		l.from, l.to = is(l.from), is(l.to)
		if l.from == l.to {
			g.within += l.n
			if l.n > 0 {
				g.withinSum = g.withinSum.Add(l.amount)
			}
			continue
		}
		if o := at[[2]*flowNode{l.from, l.to}]; o != nil {
			o.amount, o.n, o.order = o.amount.Add(l.amount), o.n+l.n, min(o.order, l.order)
			continue
		}
		at[[2]*flowNode{l.from, l.to}] = l
		links = append(links, l)
	}
	g.nodes, g.links = nodes, links
}

// layers fits the columns to the picture. What lies deeper goes into its last
// column of accounts, merged; places stand at the right.
func (g *flowGraph) layers() {
	var deep []*flowNode
	last := 0
	for _, n := range g.nodes {
		if n.ends() {
			continue
		}
		if n.col > sankeyColumns {
			deep = append(deep, n)
		}
		last = max(last, min(n.col, sankeyColumns))
	}
	if len(deep) > 0 {
		// The last column is one bar, so that nothing flows inside the column.
		for _, n := range g.nodes {
			if !n.ends() && n.col == sankeyColumns {
				deep = append(deep, n)
			}
		}
		g.merge(deep, node{aMerge, "", fmt.Sprintf("%s further on", money.Units(uint64(len(deep))).Grouped(0))}, sankeyColumns, "")
	}
	for _, n := range g.nodes {
		if n.ends() {
			n.col = last + 1
		}
	}
	g.columns = last + 2
}
