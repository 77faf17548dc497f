package trace

import "math/bits"

// flowSearch moves flow through a flowNet for one group of ends at a time; each
// goroutine has its own.
//
// Backward it begins at the group and looks, against the edges, for seeds that
// have not sent everything: that raises the upper bound. Forward it begins with
// what a conforming policy puts at the group and looks for other ends: that
// lowers the lower bound. Dinic's algorithm, with levels from the group and cut
// off at the first goal, so that a small group in a large trail never sees the
// rest (tracing-engine note, 4.3).
type flowSearch struct {
	n        *flowNet
	flow     []uint64 // of each edge
	feeFlow  []uint64 // of each node, forward only
	left     []uint64 // of each seed: what it has not sent
	seedAt   map[int32][]int32
	inGroup  []bool // of each edge
	backward bool

	level   []int32
	seen    []uint32
	arc     []uint32
	epoch   uint32
	queue   []int32
	path    []pathArc
	pot     []uint64 // potentials of nodes, see greedy
	asked   []asked  // of edges
	stopped func() bool
	broken  bool // the last levels were stopped before their end
}

// asked is what an edge could bring in a round of sweeps, and what is asked of
// it: side by side, since whoever reads the one writes the other.
type asked struct{ could, demand uint64 }

// pathArc is a step of the path in work: from a node over an edge.
type pathArc struct {
	node int32
	edge uint32
	back bool // the edge's flow shrinks
}

func newFlowSearch(n *flowNet, stopped func() bool) *flowSearch {
	p := &flowSearch{
		n: n, flow: make([]uint64, len(n.head)), left: make([]uint64, len(n.seeds)), inGroup: make([]bool, len(n.head)),
		level: make([]int32, len(n.txs)), seen: make([]uint32, len(n.txs)), arc: make([]uint32, len(n.txs)),
		seedAt: map[int32][]int32{}, stopped: stopped,
	}
	for i, s := range n.seeds {
		p.seedAt[s.node] = append(p.seedAt[s.node], int32(i))
	}
	return p
}

// arcs enumerates the residual arcs of a node: first along the direction of the
// search, then those that take flow back. at counts through both lists.
func (p *flowSearch) next(x int32, at *uint32) (y int32, edge uint32, back, ok bool) {
	n := p.n
	inFrom, inTo := n.inFirst[x], n.inFirst[x+1]
	outFrom, outTo := n.first[x], n.first[x+1]
	if !p.backward {
		for ; *at < outTo-outFrom; *at++ {
			if e := outFrom + *at; n.head[e] >= 0 && p.flow[e] < n.value[e] {
				return n.head[e], e, false, true
			}
		}
		for outs := outTo - outFrom; *at < outs+inTo-inFrom; *at++ {
			if e := n.in[inFrom+*at-outs]; p.flow[e] > 0 {
				return int32(n.tail[e]), e, true, true
			}
		}
		return 0, 0, false, false
	}
	for ; *at < inTo-inFrom; *at++ {
		if e := n.in[inFrom+*at]; p.flow[e] < n.value[e] {
			return int32(n.tail[e]), e, false, true
		}
	}
	for ins := inTo - inFrom; *at < ins+outTo-outFrom; *at++ {
		if e := outFrom + *at - ins; n.head[e] >= 0 && p.flow[e] > 0 {
			return n.head[e], e, true, true
		}
	}
	return 0, 0, false, false
}

// goal is how much a node can settle: backward what its seeds have left, forward
// the room of its other ends and its fee.
func (p *flowSearch) goal(x int32) uint64 {
	sum := uint64(0)
	if p.backward {
		for _, i := range p.seedAt[x] {
			sum += p.left[i]
		}
		return sum
	}
	for e := p.n.first[x]; e < p.n.first[x+1]; e++ {
		if p.n.head[e] < 0 && !p.inGroup[e] {
			sum += p.n.value[e] - p.flow[e]
		}
	}
	return sum + p.n.fee[x] - p.feeFlow[x]
}

// settle takes an amount that goal promised.
func (p *flowSearch) settle(x int32, amount uint64) {
	if p.backward {
		for _, i := range p.seedAt[x] {
			d := min(amount, p.left[i])
			p.left[i] -= d
			amount -= d
		}
		return
	}
	for e := p.n.first[x]; e < p.n.first[x+1] && amount > 0; e++ {
		if p.n.head[e] < 0 && !p.inGroup[e] {
			d := min(amount, p.n.value[e]-p.flow[e])
			p.flow[e] += d
			amount -= d
		}
	}
	p.feeFlow[x] += amount
}

// run searches from the group's edges until nothing more can be moved, or a limit
// is reached. It reports how much was moved, and whether it came to the end.
func (p *flowSearch) run(group []uint32, most uint64) (moved uint64, ended bool) {
	for moved < most {
		if !p.levels(group) {
			return moved, !p.broken
		}
		for _, e := range group {
			x := int32(p.n.tail[e])
			for moved < most {
				want := p.flow[e] // forward: what the policy puts there
				if p.backward {
					want = p.n.value[e] - p.flow[e]
				}
				d := p.augment(x, min(want, most-moved))
				if d == 0 {
					break
				}
				if p.backward {
					p.flow[e] += d
				} else {
					p.flow[e] -= d
				}
				moved += d
			}
		}
		if moved < most && p.stopped() {
			return moved, false
		}
	}
	return moved, true
}

// levels labels nodes by their distance from the group, up to the first level
// with a goal. It reports whether there is one; broken tells "none" from "not yet
// known".
func (p *flowSearch) levels(group []uint32) bool {
	p.epoch++
	p.broken = false
	q := p.queue[:0]
	visit := func(x, level int32) {
		if p.seen[x] != p.epoch {
			p.seen[x], p.level[x], p.arc[x] = p.epoch, level, 0
			q = append(q, x)
		}
	}
	for _, e := range group {
		if p.backward && p.flow[e] < p.n.value[e] || !p.backward && p.flow[e] > 0 {
			visit(int32(p.n.tail[e]), 0)
		}
	}
	found := int32(-1)
	for i := 0; i < len(q); i++ {
		x := q[i]
		if found >= 0 && p.level[x] >= found {
			break
		}
		if p.goal(x) > 0 {
			found = p.level[x]
			continue
		}
		for at := uint32(0); ; at++ {
			y, _, _, ok := p.next(x, &at)
			if !ok {
				break
			}
			visit(y, p.level[x]+1)
		}
		if i&0xffff == 0 && p.stopped() {
			found, p.broken = -1, true
			break
		}
	}
	p.queue = q
	return found >= 0
}

// augment finds one path from a node to a goal and moves along it what fits.
func (p *flowSearch) augment(x int32, want uint64) uint64 {
	if want == 0 || p.seen[x] != p.epoch {
		return 0
	}
	p.path = p.path[:0]
	for {
		if g := p.goal(x); g > 0 {
			return p.apply(x, min(want, g))
		}
		y, e, back, ok := p.next(x, &p.arc[x])
		switch {
		case ok && p.seen[y] == p.epoch && p.level[y] == p.level[x]+1:
			p.path = append(p.path, pathArc{x, e, back})
			x = y
		case ok:
			p.arc[x]++
		case len(p.path) == 0:
			return 0
		default:
			last := p.path[len(p.path)-1]
			p.path = p.path[:len(p.path)-1]
			x = last.node
			p.arc[x]++
		}
	}
}

func (p *flowSearch) apply(goal int32, d uint64) uint64 {
	for _, a := range p.path {
		if a.back {
			d = min(d, p.flow[a.edge])
		} else {
			d = min(d, p.n.value[a.edge]-p.flow[a.edge])
		}
	}
	for _, a := range p.path {
		if a.back {
			p.flow[a.edge] -= d
		} else {
			p.flow[a.edge] += d
		}
	}
	p.settle(goal, d)
	return d
}

// greedy raises the flow into a group by rounds of three sweeps in the order of
// the chain: how much could arrive at each node, how much of it the group can
// take (split over where it could come from), and the push of that. It reaches
// nearly all of what can be reached, without a search (tracing-engine note, 4.3).
func (p *flowSearch) greedy(group []uint32, most uint64) (moved uint64) {
	if p.pot == nil {
		p.pot, p.asked = make([]uint64, len(p.n.txs)), make([]asked, len(p.n.head))
	}
	for moved < most && !p.stopped() {
		p.potentials()
		if !p.demands(group, most-moved) {
			break
		}
		gain := p.push()
		moved += gain
		if gain < most/5000 {
			break
		}
	}
	return moved
}

func (p *flowSearch) potentials() {
	n := p.n
	clear(p.pot)
	for i, s := range n.seeds {
		p.pot[s.node] += p.left[i]
	}
	for x := range n.txs {
		pot := p.pot[x]
		for e := n.first[x]; e < n.first[x+1]; e++ {
			add := min(n.value[e]-p.flow[e], pot)
			p.asked[e] = asked{could: add}
			if h := n.head[e]; h >= 0 && add > 0 {
				p.pot[h] = addCapped(p.pot[h], add)
			}
		}
	}
}

// demands goes backward: a node asks its edges in for what the group asks of it,
// in proportion to what they could bring. It reports whether anything is asked.
func (p *flowSearch) demands(group []uint32, most uint64) bool {
	n := p.n
	whole := uint64(0)
	for _, e := range group {
		d := min(p.asked[e].could, most-whole)
		p.asked[e].demand = d
		whole += d
	}
	for x := len(n.txs) - 1; x >= 0; x-- {
		ask := uint64(0)
		for _, a := range p.asked[n.first[x]:n.first[x+1]] {
			ask += a.demand
		}
		if ask == 0 {
			continue
		}
		for _, i := range p.seedAt[int32(x)] {
			ask -= min(ask, p.left[i]) // seeds here come first
		}
		pot := p.pot[x]
		for _, e := range n.in[n.inFirst[x]:n.inFirst[x+1]] {
			if ask == 0 {
				break
			}
			a := &p.asked[e]
			if a.could == 0 {
				continue
			}
			part := ask
			if a.could < pot {
				hi, lo := bits.Mul64(min(ask, pot), a.could)
				part, _ = bits.Div64(hi, lo, pot)
				part++ // the floor's loss
			}
			a.demand = min(part, a.could, ask)
			pot -= min(pot, a.could)
			ask -= a.demand
		}
	}
	return whole > 0
}

// push sends what is asked from the seeds on; what arrives at a node never exceeds
// what is asked of it, but for rounding, which giveBack settles.
func (p *flowSearch) push() (gain uint64) {
	n := p.n
	clear(p.pot) // now: what has arrived
	for i, s := range n.seeds {
		ask := uint64(0)
		for _, a := range p.asked[n.first[s.node]:n.first[s.node+1]] {
			ask += a.demand
		}
		d := min(p.left[i], ask-min(ask, p.pot[s.node]))
		p.pot[s.node] += d
		p.left[i] -= d
	}
	for x := range n.txs {
		have := p.pot[x]
		if have == 0 {
			continue
		}
		for e := n.first[x]; e < n.first[x+1] && have > 0; e++ {
			d := min(p.asked[e].demand, have)
			if d == 0 {
				continue
			}
			p.flow[e] += d
			have -= d
			if h := n.head[e]; h >= 0 {
				p.pot[h] += d
			} else {
				gain += d
			}
		}
		if have > 0 {
			p.giveBack(int32(x), have)
		}
	}
	return gain
}

// giveBack returns what a node cannot pass on to the edges that brought it, up
// to the seeds. Rounding makes it a few units at most.
func (p *flowSearch) giveBack(x int32, amount uint64) {
	for _, i := range p.seedAt[x] {
		d := min(amount, p.n.seeds[i].amount-p.left[i])
		p.left[i] += d
		amount -= d
	}
	for at := p.n.inFirst[x]; at < p.n.inFirst[x+1] && amount > 0; at++ {
		e := p.n.in[at]
		d := min(amount, p.flow[e])
		p.flow[e] -= d
		amount -= d
		p.giveBack(int32(p.n.tail[e]), d)
	}
}
