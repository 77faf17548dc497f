package trace

// flowSearch moves flow through a flowNet for one group of ends at a time; each
// goroutine has its own.
//
// From the seeds it goes along the edges and looks for ends of the group with
// room; from the group it goes against them and looks for seeds that have not sent
// everything: both raise the upper bound, and the narrower side is the one to begin
// at. Away from the group it begins with what a conforming policy puts there and
// looks for other ends: that lowers the lower bound. Dinic's algorithm, with levels
// cut off at the first goal, so that a small group in a large trail never sees the
// rest (tracing-engine note, 4.3).
type flowSearch struct {
	n       *flowNet
	flow    []uint64 // of each edge
	feeFlow []uint64 // of each node, away only
	left    []uint64 // of each seed: what it has not sent
	group   []uint32 // edges
	inGroup []bool   // of each edge
	holds   []uint64 // nodes with edges of the group: a bitset
	from    side

	level   []int32
	seen    []uint32
	arc     []uint32
	epoch   uint32
	queue   []int32
	path    []pathArc
	stopped func() bool
	broken  bool // the last levels were stopped before their end
	w       wave
}

// between is how many nodes less one go between two looks at the clock; a mask.
var between = 1<<12 - 1

// side is where a search begins, and so what it looks for.
type side uint8

const (
	fromSeeds side = iota
	fromGroup
	away
)

// pathArc is a step of the path in work: from a node over an edge.
type pathArc struct {
	node int32
	edge uint32
	back bool // the edge's flow shrinks
}

func newFlowSearch(n *flowNet, stopped func() bool) *flowSearch {
	return &flowSearch{
		n: n, flow: make([]uint64, len(n.head)), left: make([]uint64, len(n.seeds)),
		inGroup: make([]bool, len(n.head)), holds: make([]uint64, len(n.txs)/64+1),
		level: make([]int32, len(n.txs)), seen: make([]uint32, len(n.txs)), arc: make([]uint32, len(n.txs)),
		stopped: stopped,
	}
}

// setGroup makes edges the group in work.
func (p *flowSearch) setGroup(edges []uint32) {
	for _, e := range p.group {
		p.inGroup[e] = false
		p.holds[p.n.tail[e]>>6] = 0
	}
	p.group = edges
	for _, e := range edges {
		p.inGroup[e] = true
		p.holds[p.n.tail[e]>>6] |= 1 << (p.n.tail[e] & 63)
	}
}

// empty takes all flow away.
func (p *flowSearch) empty() {
	clear(p.flow)
	for i, s := range p.n.seeds {
		p.left[i] = s.amount
	}
}

// next enumerates the residual arcs of a node: first along the direction of the
// search, then those that take flow back. at counts through both lists.
func (p *flowSearch) next(x int32, at *uint32) (y int32, edge uint32, back, ok bool) {
	n := p.n
	inFrom, inTo := n.inFirst[x], n.inFirst[x+1]
	outFrom, outTo := n.first[x], n.first[x+1]
	if p.from != fromGroup {
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

// starts is how many places a search begins at: seeds, or edges of the group.
func (p *flowSearch) starts() int {
	if p.from == fromSeeds {
		return len(p.left)
	}
	return len(p.group)
}

// start is the node of a place to begin at, and how much may go from there.
func (p *flowSearch) start(i int) (x int32, want uint64) {
	switch p.from {
	case fromSeeds:
		return p.n.seeds[i].node, p.left[i]
	case fromGroup:
		e := p.group[i]
		return int32(p.n.tail[e]), p.n.value[e] - p.flow[e]
	}
	e := p.group[i]
	return int32(p.n.tail[e]), p.flow[e]
}

// take sends an amount off from a place to begin at.
func (p *flowSearch) take(i int, d uint64) {
	switch p.from {
	case fromSeeds:
		p.left[i] -= d
	case fromGroup:
		p.flow[p.group[i]] += d
	default:
		p.flow[p.group[i]] -= d
	}
}

// goal is how much a node can settle: what its seeds have left, or the room of its
// ends of the group, or that of its other ends and its fee.
func (p *flowSearch) goal(x int32) (sum uint64) {
	n := p.n
	switch p.from {
	case fromSeeds:
		if p.holds[x>>6]>>(x&63)&1 == 0 {
			return 0
		}
	case fromGroup:
		for i, to := n.seedsOf(x); i < to; i++ {
			sum += p.left[i]
		}
		return sum
	default:
		sum = n.fee[x] - p.feeFlow[x]
	}
	for e := n.first[x]; e < n.first[x+1]; e++ {
		if n.head[e] < 0 && p.inGroup[e] == (p.from == fromSeeds) {
			sum += n.value[e] - p.flow[e]
		}
	}
	return sum
}

// settle takes an amount that goal promised.
func (p *flowSearch) settle(x int32, amount uint64) {
	n := p.n
	if p.from == fromGroup {
		for i, to := n.seedsOf(x); i < to; i++ {
			d := min(amount, p.left[i])
			p.left[i] -= d
			amount -= d
		}
		return
	}
	for e := n.first[x]; e < n.first[x+1] && amount > 0; e++ {
		if n.head[e] < 0 && p.inGroup[e] == (p.from == fromSeeds) {
			d := min(amount, n.value[e]-p.flow[e])
			p.flow[e] += d
			amount -= d
		}
	}
	if p.from == away {
		p.feeFlow[x] += amount
	}
}

// run searches until nothing more can be moved, or a limit is reached. It reports
// how much was moved, and whether it came to the end.
func (p *flowSearch) run(most uint64) (moved uint64, ended bool) {
	for moved < most {
		if !p.levels() {
			return moved, !p.broken
		}
		for i := range p.starts() {
			for moved < most {
				x, want := p.start(i)
				d := p.augment(x, min(want, most-moved))
				if d == 0 {
					break
				}
				p.take(i, d)
				moved += d
			}
		}
		if moved < most && p.stopped() {
			return moved, false
		}
	}
	return moved, true
}

// levels labels nodes by their distance from where the search begins, up to the
// first level with a goal. It reports whether there is one; broken tells "none" from
// "not yet known".
func (p *flowSearch) levels() bool {
	p.epoch++
	p.broken = false
	q := p.queue[:0]
	visit := func(x, level int32) {
		if p.seen[x] != p.epoch {
			p.seen[x], p.level[x], p.arc[x] = p.epoch, level, 0
			q = append(q, x)
		}
	}
	for i := range p.starts() {
		if x, want := p.start(i); want > 0 {
			visit(x, 0)
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
		if i&between == 0 && p.stopped() {
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
