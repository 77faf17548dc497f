package trace

import (
	"cmp"
	"slices"
)

// wave is the working memory of flowSearch.surge.
type wave struct {
	cells  []waveCell  // of each node
	ahead  numberQueue // nodes with something to pass on, in the order of the search
	behind numberQueue // nodes with something to give back, against it
	arcs   []wideArc
	passed int // nodes passed or given back, as a measure of work
}

// waveCell is what a wave knows of a node: at most how much more could go on from
// there, and what lies there.
type waveCell struct{ room, have uint64 }

// wideArc is an edge onward with room, and the node it leads to.
type wideArc struct {
	edge uint32
	node int32
	room uint64
}

// waveWork is after how many passes a node of the network a wave gives up and
// leaves the rest to the search.
var waveWork = 8

// surge raises an empty flow from the seeds or from the group to one that edges
// without detours cannot raise further: a blocking flow of the whole network, which
// has no cycles. First one sweep says how much could go on from each node at the
// most. Then amounts go, in the order of the chain, to the arcs with the most room,
// and take from the room what they use; what is stuck goes back to where there is
// room left, and a node that gave something back gets nothing more (Karzanov 1974,
// Tarjan 1984: waves). Begun at the narrower side, it sees a few thousand nodes of
// millions, and mostly leaves nothing to the search.
//
// It reports how much arrived, and whether it came to the end. When it is stopped,
// that much can arrive, but what is on its way is left there.
func (p *flowSearch) surge(most uint64) (moved uint64, ended bool) {
	w, last := &p.w, uint32(len(p.n.txs)-1)
	w.passed = 0
	if w.cells == nil {
		w.cells = make([]waveCell, len(p.n.txs))
		w.ahead.init(len(p.n.txs))
		w.behind.init(len(p.n.txs))
	}
	if !p.rooms() {
		return 0, false
	}
	p.begin(most)
	for again := true; again; {
		again = false
		for k, ok := w.ahead.take(); ok; k, ok = w.ahead.take() {
			x := p.nodeAt(k)
			moved += p.pass(x)
			if w.cells[x].have > 0 {
				w.behind.add(last - k)
			}
			if w.passed++; w.passed&between == 0 && p.stopped() {
				w.ahead.clear()
				w.behind.clear()
				return moved, false
			}
		}
		over := w.passed > waveWork*len(p.n.txs)
		for k, ok := w.behind.take(); ok; k, ok = w.behind.take() {
			w.passed++
			if p.giveBack(p.nodeAt(last-k), over) {
				w.ahead.add(last - k)
				again = true
			}
		}
	}
	return moved, true
}

// place is where a node comes in the order of the search: that of the chain from the
// seeds, and against it from the group.
func (p *flowSearch) place(x int32) uint32 {
	if p.from == fromGroup {
		return uint32(len(p.n.txs)-1) - uint32(x)
	}
	return uint32(x)
}

// nodeAt is the node of a place.
func (p *flowSearch) nodeAt(place uint32) int32 { return int32(p.place(int32(place))) }

// begin sends off what may go from where the search begins, most together.
func (p *flowSearch) begin(most uint64) {
	for i := range p.starts() {
		x, want := p.start(i)
		if d := min(want, most); d > 0 {
			p.take(i, d)
			p.w.cells[x].have += d
			p.w.ahead.add(p.place(x))
			most -= d
		}
	}
}

// rooms sets how much could go on from each node at the most, and empties it. It
// reports whether it came to the end.
func (p *flowSearch) rooms() bool {
	n, cells := p.n, p.w.cells
	if p.from == fromGroup {
		for x, r := range n.fromSeeds() {
			cells[x] = waveCell{room: r}
		}
		return !p.stopped()
	}
	highest := -1
	for _, e := range p.group {
		highest = max(highest, int(n.tail[e]))
	}
	clear(cells[highest+1:])
	for x := highest; x >= 0; x-- {
		if x&between == 0 && p.stopped() {
			return false
		}
		room := p.goal(int32(x))
		from, to := n.first[x], n.first[x+1]
		values := n.value[from:to]
		for i, h := range n.head[from:to] {
			if h >= 0 {
				room += min(values[i], cells[h].room)
			}
		}
		cells[x] = waveCell{room: room}
	}
	return true
}

// pass sends on what lies at a node, and reports how much arrived at a goal.
func (p *flowSearch) pass(x int32) (arrived uint64) {
	c := &p.w.cells[x]
	if arrived = min(c.have, p.goal(x)); arrived > 0 {
		p.settle(x, arrived)
		c.have -= arrived
	}
	if c.have == 0 {
		return arrived
	}
	arcs, widest := p.onward(x), 0
	for i, a := range arcs {
		if a.room > arcs[widest].room {
			widest = i
		}
	}
	if len(arcs) > 0 && arcs[widest].room >= c.have {
		p.send(c, arcs[widest])
		return arrived
	}
	slices.SortStableFunc(arcs, func(a, b wideArc) int { return cmp.Compare(b.room, a.room) })
	for _, a := range arcs {
		p.send(c, a)
	}
	return arrived
}

// send moves what an arc has room for. Two arcs to one node share its room, so the
// later may find less than onward saw.
func (p *flowSearch) send(c *waveCell, a wideArc) {
	to := &p.w.cells[a.node]
	d := min(c.have, a.room, to.room)
	if d == 0 {
		return
	}
	c.have -= d
	p.flow[a.edge] += d
	to.room -= d
	to.have += d
	p.w.ahead.add(p.place(a.node))
}

// onward lists the arcs with room from a node.
func (p *flowSearch) onward(x int32) []wideArc {
	n, arcs := p.n, p.w.arcs[:0]
	add := func(e uint32, y int32) {
		if room := min(n.value[e]-p.flow[e], p.w.cells[y].room); room > 0 {
			arcs = append(arcs, wideArc{e, y, room})
		}
	}
	if p.from == fromGroup {
		for _, e := range n.in[n.inFirst[x]:n.inFirst[x+1]] {
			add(e, int32(n.tail[e]))
		}
	} else {
		for e := n.first[x]; e < n.first[x+1]; e++ {
			if n.head[e] >= 0 {
				add(e, n.head[e])
			}
		}
	}
	p.w.arcs = arcs
	return arcs
}

// giveBack returns what a node has no room for, or all of it, to where it came from.
// It reports whether something stays, to be passed on.
func (p *flowSearch) giveBack(x int32, all bool) (stays bool) {
	n, c := p.n, &p.w.cells[x]
	room := uint64(0)
	if !all {
		for _, a := range p.onward(x) {
			room += a.room
		}
	}
	if c.have <= room {
		return true
	}
	back := c.have - room
	c.have, c.room = room, 0
	if p.from == fromGroup {
		for e := n.first[x]; e < n.first[x+1] && back > 0; e++ {
			back -= p.retract(e, n.head[e], back)
		}
		return room > 0
	}
	for i, to := n.seedsOf(x); i < to; i++ {
		d := min(back, n.seeds[i].amount-p.left[i])
		p.left[i] += d
		back -= d
	}
	for at := n.inFirst[x]; at < n.inFirst[x+1] && back > 0; at++ {
		e := n.in[at]
		back -= p.retract(e, int32(n.tail[e]), back)
	}
	return room > 0
}

// retract takes flow off an edge and lays it at the node it came from, which is none
// where the search began.
func (p *flowSearch) retract(e uint32, y int32, most uint64) uint64 {
	d := min(most, p.flow[e])
	if p.flow[e] -= d; d > 0 && y >= 0 {
		p.w.cells[y].have += d
		p.w.behind.add(uint32(len(p.n.txs)-1) - p.place(y))
	}
	return d
}
