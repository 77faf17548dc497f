package report

import (
	"fmt"
	"sort"
	"strconv"

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
	byEnds      map[[2]*flowNode]*flowLink
	height      int // of the bars and their spaces, thousandths of a pixel
}

// graphOf builds the picture of a scope: movements by the leading policy, merged
// by account or entity, with what is left on accounts led to the places where it
// stands.
func (s scope) graphOf(limit int) *flowGraph {
	g := &flowGraph{s: s, byEnds: map[[2]*flowNode]*flowLink{}}
	at := map[node]*flowNode{}
	names := s.entities()
	for _, m := range s.movements() {
		h := s.t.Hops[m.hop]
		g.join(at, names.of(m.from), names.of(m.to), s.amount(h.Figures[s.view]), m.hop)
	}
	g.residuals(at, names)
	g.collapse()
	g.drop()
	g.backEdges()
	g.layers()
	g.mergePlaces(limit)
	g.mergeColumns()
	g.total()
	return g
}

// entityNames gives accounts the entity they are shown as.
type entityNames map[node]node

func (e entityNames) of(n node) node {
	if m, ok := e[n]; ok {
		return m
	}
	return n
}

// entities gathers the accounts that stand behind a named place.
func (s scope) entities() entityNames {
	e := entityNames{}
	for _, p := range s.t.Places {
		if !p.Named || final(p.Kind) || p.Kind == trace.Burn || p.Asset.ID != s.asset().ID {
			continue
		}
		for _, a := range p.Accounts {
			e[node{anAccount, p.Ledger, string(a)}] = node{anEntity, p.Ledger, p.Name}
		}
	}
	return e
}

// join adds a movement to the ribbon between two bars.
func (g *flowGraph) join(at map[node]*flowNode, from, to node, n money.Amount, order int) {
	a, b := g.node(at, from, order), g.node(at, to, order)
	if n.IsZero() {
		return
	}
	if a == b {
		g.within++
		g.withinSum = g.withinSum.Add(n)
		return
	}
	g.link(a, b, n, 1, order)
}

func (g *flowGraph) link(a, b *flowNode, n money.Amount, count, order int) {
	ends := [2]*flowNode{a, b}
	if l := g.byEnds[ends]; l != nil {
		l.amount, l.n = l.amount.Add(n), l.n+count
		return
	}
	g.byEnds[ends] = &flowLink{from: a, to: b, amount: n, n: count, order: order}
	g.links = append(g.links, g.byEnds[ends])
}

func (g *flowGraph) node(at map[node]*flowNode, n node, order int) *flowNode {
	if f, ok := at[n]; ok {
		return f
	}
	f := &flowNode{node: n, order: order}
	if n.kind == aPlace {
		i, _ := strconv.Atoi(n.name) // written by target
		f.place = g.s.t.Places[i]
		f.kind = f.place.Kind
		f.amount = g.s.amount(g.s.figures(f.place))
	}
	at[n] = f
	g.nodes = append(g.nodes, f)
	return f
}

// residuals leads what is left on accounts to the places where it stands, and
// makes bars for places that a policy leaves empty although value may be there.
func (g *flowGraph) residuals(at map[node]*flowNode, names entityNames) {
	last := len(g.s.t.Hops)
	for i, p := range g.s.t.Places {
		if p.Asset.ID != g.s.asset().ID || !touches(g.s.figures(p)) {
			continue
		}
		key := node{aPlace, p.Ledger, strconv.Itoa(i)}
		had := at[key] != nil
		end := g.node(at, key, last+i)
		if final(p.Kind) || had || end.amount.IsZero() {
			continue
		}
		if p.Kind == trace.Burn {
			if from := at[node{aBlock, p.Ledger, blockFees}]; from != nil {
				g.link(from, end, end.amount, 0, last+i)
			}
			continue
		}
		for _, a := range p.Accounts {
			if from := at[names.of(node{anAccount, p.Ledger, string(a)})]; from != nil {
				g.link(from, end, end.amount, 0, last+i)
				break // the accounts of a place are one bar
			}
		}
	}
}

// collapse lets an account from which nothing went on be its own place.
func (g *flowGraph) collapse() {
	outs := map[*flowNode][]*flowLink{}
	for _, l := range g.links {
		outs[l.from] = append(outs[l.from], l)
	}
	become := map[*flowNode]*flowNode{}
	for _, n := range g.nodes {
		if o := outs[n]; n.kind == "" && (n.node.kind == anAccount || n.node.kind == anEntity) && len(o) == 1 && o[0].n == 0 && o[0].to.place != nil {
			become[n] = o[0].to
		}
	}
	g.replace(become)
}

// replace lets nodes become others and joins the ribbons that then run between
// the same bars.
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

// drop takes out what no ribbon touches, but for places that may hold value.
func (g *flowGraph) drop() {
	used := map[*flowNode]bool{}
	for _, l := range g.links {
		used[l.from], used[l.to] = true, true
	}
	var nodes []*flowNode
	for _, n := range g.nodes {
		if used[n] || n.place != nil {
			nodes = append(nodes, n)
		}
	}
	g.nodes = nodes
	sort.SliceStable(g.nodes, func(i, j int) bool { return g.nodes[i].order < g.nodes[j].order })
	sort.SliceStable(g.links, func(i, j int) bool { return g.links[i].order < g.links[j].order })
}

// backEdges marks the ribbons that close a circle: value that came back. Each
// circle loses the ribbon that a walk from the thefts, in the order of time,
// meets when the circle closes.
func (g *flowGraph) backEdges() {
	outs := g.outs()
	state := map[*flowNode]int{} // 1 on the walk, 2 done
	type step struct {
		n *flowNode
		i int
	}
	for _, root := range g.nodes {
		if state[root] != 0 {
			continue
		}
		state[root] = 1
		for walk := []step{{root, 0}}; len(walk) > 0; {
			top := &walk[len(walk)-1]
			if top.i == len(outs[top.n]) {
				state[top.n] = 2
				walk = walk[:len(walk)-1]
				continue
			}
			l := outs[top.n][top.i]
			top.i++
			switch state[l.to] {
			case 0:
				state[l.to] = 1
				walk = append(walk, step{l.to, 0})
			case 1:
				l.back = true
			}
		}
	}
}

func (g *flowGraph) outs() map[*flowNode][]*flowLink {
	outs := map[*flowNode][]*flowLink{}
	for _, l := range g.links {
		outs[l.from] = append(outs[l.from], l)
	}
	return outs
}

// layers gives each bar its column: one more than the farthest bar that feeds
// it. What lies deeper than the picture goes into its last column of accounts,
// merged; places stand at the right.
func (g *flowGraph) layers() {
	waiting := map[*flowNode]int{}
	for _, l := range g.links {
		if !l.back {
			waiting[l.to]++
		}
	}
	var ready []*flowNode
	for _, n := range g.nodes {
		if waiting[n] == 0 {
			ready = append(ready, n)
		}
	}
	outs := g.outs()
	for len(ready) > 0 {
		n := ready[0]
		ready = ready[1:]
		for _, l := range outs[n] {
			if l.back {
				continue
			}
			l.to.col = max(l.to.col, n.col+1)
			if waiting[l.to]--; waiting[l.to] == 0 {
				ready = append(ready, l.to)
			}
		}
	}
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
