package trace

import (
	"github.com/coldtrail/coldtrail/money"
)

// search moves as much tainted flow as can be moved from one set of terminals to
// the rest, or from the rest to the set, starting from the FIFO flow (tracing
// method, section 4.5). Since FIFO is a conforming assignment of value K,
//
//	U(S) = f(S) + maxflow(residual; rest -> S)
//	L(S) = f(S) - maxflow(residual; S -> rest)
//
// The search is Dinic's, and it starts at the set: backwards over residual arcs
// for U, forwards for L, so that a small set in a large network never sees the
// rest. Flow that it changes is put back at the end.
type search struct {
	net      *network
	adj      *adjacency
	flow     []money.Amount
	view     []bool // colours of the view
	backward bool   // U: from the set against the arcs
	changed  []change
	moved    money.Amount
}

type change struct {
	edge int32
	was  money.Amount
}

// maxMove computes how much can reach the set's terminals (backward), or how
// much of what FIFO puts there can go elsewhere (forward), and the cut. ends
// are the terminal edges of the set, others those of the rest.
func (n *network) maxMove(v int, in []bool, ends, others []int32, backward bool) (moved money.Amount, cut []label, amounts []money.Amount) {
	p := &search{net: n, adj: n.adjacency(), flow: n.flow[v], view: in, backward: backward}
	a := p.adj
	// Going backward the search begins at what the set still wants and looks
	// for what others hold; going forward it begins at what the set holds and
	// looks for what others still want.
	start, goal := ends, others
	for _, e := range start {
		p.offer(a.want, e, backward)
		a.won = append(a.won, n.from[e])
	}
	for _, e := range goal {
		p.offer(a.supply, e, !backward)
		a.supplied = append(a.supplied, n.from[e])
	}
	for p.levels() {
		for _, u := range p.startNodes() {
			for !a.want[u].IsZero() {
				got := p.augment(u, a.want[u])
				if got.IsZero() {
					break
				}
				a.want[u] = a.want[u].Sub(got)
				p.moved = p.moved.Add(got)
			}
		}
	}
	cut, amounts = p.cut(ends, others)
	for i := len(p.changed) - 1; i >= 0; i-- {
		p.flow[p.changed[i].edge] = p.changed[i].was
	}
	for _, u := range a.won {
		a.want[u] = money.Zero
	}
	for _, u := range a.supplied {
		a.supply[u] = money.Zero
	}
	a.won, a.supplied = a.won[:0], a.supplied[:0]
	return p.moved, cut, amounts
}

// offer adds a terminal edge's free capacity (or the flow on it) to its node.
func (p *search) offer(to []money.Amount, e int32, free bool) {
	x := p.flow[e]
	if free {
		x = p.net.capacity[e].Sub(x)
	}
	u := p.net.from[e]
	to[u] = to[u].Add(x)
}

func (p *search) startNodes() []int32 {
	var nodes []int32
	for _, u := range p.adj.won {
		if !p.adj.want[u].IsZero() {
			nodes = append(nodes, u)
		}
	}
	return nodes
}

// levels labels nodes by distance from the start over residual arcs and stops
// after the first level that holds a goal. It reports whether there is one.
func (p *search) levels() bool {
	a := p.adj
	a.epoch++
	q := a.queue[:0]
	visit := func(u, level int32) {
		if a.seen[u] != a.epoch {
			a.seen[u], a.level[u], a.arc[u] = a.epoch, level, 0
			q = append(q, u)
		}
	}
	for _, u := range p.startNodes() {
		visit(u, 0)
	}
	found := int32(-1)
	for i := 0; i < len(q); i++ {
		u := q[i]
		if found >= 0 && a.level[u] >= found {
			break
		}
		if !a.supply[u].IsZero() {
			found = a.level[u]
			continue
		}
		p.arcs(u, func(v int32, e int32, forward bool) bool {
			if !p.residual(e, forward).IsZero() {
				visit(v, a.level[u]+1)
			}
			return true
		})
	}
	a.queue = q
	return found >= 0
}

// arcs calls f for every arc by which the search can leave a node: along an
// out-edge or against an in-edge going forward, the other way round going
// backward. forward says which of the edge's two residual arcs it is.
func (p *search) arcs(u int32, f func(v, e int32, forward bool) bool) {
	k := p.adj.arcCount(u)
	for i := int32(0); i < k; i++ {
		v, e, fw := p.arc(u, i)
		if v != sink && !f(v, e, fw) {
			return
		}
	}
}

func (a *adjacency) arcCount(u int32) int32 {
	return a.outAt[u+1] - a.outAt[u] + a.inAt[u+1] - a.inAt[u]
}

// arc is the i-th arc of a node in the direction of the search.
func (p *search) arc(u, i int32) (v, e int32, forward bool) {
	a := p.adj
	outs := a.outAt[u+1] - a.outAt[u]
	if i < outs {
		e = a.outs[a.outAt[u]+i]
		// Going backward over an out-edge means undoing flow on it.
		return p.net.to[e], e, !p.backward
	}
	e = a.ins[a.inAt[u]+i-outs]
	return p.net.from[e], e, p.backward
}

// residual is the room on one of an edge's two residual arcs.
func (p *search) residual(e int32, forward bool) money.Amount {
	if forward {
		return p.net.capacity[e].Sub(p.flow[e])
	}
	return p.flow[e]
}

// augment sends up to n units from a start node to goals along rising levels,
// without recursion, and returns what arrived along one path.
func (p *search) augment(start int32, n money.Amount) money.Amount {
	a := p.adj
	type hop struct {
		u, e    int32
		forward bool
	}
	var path []hop
	u := start
	for {
		if !a.supply[u].IsZero() {
			got := n.Min(a.supply[u])
			for _, h := range path {
				got = got.Min(p.residual(h.e, h.forward))
			}
			a.supply[u] = a.supply[u].Sub(got)
			for _, h := range path {
				p.send(h.e, h.forward, got)
			}
			return got
		}
		advanced := false
		for k := a.arcCount(u); a.arc[u] < k; a.arc[u]++ {
			v, e, fw := p.arc(u, a.arc[u])
			if v != sink && a.seen[v] == a.epoch && a.level[v] == a.level[u]+1 && !p.residual(e, fw).IsZero() {
				path = append(path, hop{u, e, fw})
				u, advanced = v, true
				break
			}
		}
		if advanced {
			continue
		}
		if len(path) == 0 {
			return money.Zero
		}
		back := path[len(path)-1]
		path = path[:len(path)-1]
		u = back.u
		a.arc[u]++
	}
}

func (p *search) send(e int32, forward bool, n money.Amount) {
	p.changed = append(p.changed, change{e, p.flow[e]})
	if forward {
		p.flow[e] = p.flow[e].Add(n)
	} else {
		p.flow[e] = p.flow[e].Sub(n)
	}
}

// cut reads the minimum cut off the last search, which found no goal: reached
// are the nodes from which the set can still be reached (backward), or which
// the set's surplus can still reach (forward).
//
// Backward, the cut of (source -> set) is what enters the reached side: edges
// and thefts into it, and the set's own ends outside it. Forward, the cut of
// (source -> rest) is what leaves the reached side, thefts outside it, and the
// rest's ends inside it.
func (p *search) cut(ends, others []int32) (labels []label, amounts []money.Amount) {
	a, n := p.adj, p.net
	reached := func(u int32) bool { return a.seen[u] == a.epoch }
	add := func(l label, x money.Amount) {
		if !x.IsZero() {
			labels, amounts = append(labels, l), append(amounts, x)
		}
	}
	for _, s := range n.sources {
		if p.view[s.colour] && reached(s.node) == p.backward {
			add(s.label, s.amount)
		}
	}
	for _, u := range a.queue {
		if p.backward {
			for _, e := range a.ins[a.inAt[u]:a.inAt[u+1]] {
				if !reached(n.from[e]) {
					add(n.labels[e], n.capacity[e])
				}
			}
			continue
		}
		for _, e := range a.outs[a.outAt[u]:a.outAt[u+1]] {
			if n.to[e] != sink && !reached(n.to[e]) {
				add(n.labels[e], n.capacity[e])
			}
		}
	}
	side, in := ends, false
	if !p.backward {
		side, in = others, true
	}
	for _, e := range side {
		if reached(n.from[e]) == in {
			add(n.labels[e], n.capacity[e])
		}
	}
	return labels, amounts
}
