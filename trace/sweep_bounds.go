package trace

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/coldtrail/coldtrail/graph"
)

// SweptBound is the exact interval of a group of ends, or a wider one where the
// time was up.
type SweptBound struct {
	L, U uint64
	// TightL and TightU are false where a limit ended the search: the bound then
	// holds, and may be wider than it need be.
	TightL, TightU bool
	// AtLeastU and AtMostL are how far a search came that did not end.
	AtLeastU, AtMostL uint64
	// CutU are outputs whose amounts sum to U, over which everything stolen must
	// pass that reaches the group: seeds, or outputs of transactions on the trail.
	// It is empty where U is not tight.
	CutU []uint32
	// Searched says whether the upper bound needed a search behind the sweeps.
	Searched bool
}

// BoundOptions limit the work of SweepBounds.
type BoundOptions struct {
	// Workers is how many groups are bounded at a time; 0 is 1.
	Workers int
	// Limit is the time for one group; 0 is none.
	Limit time.Duration
	// Progress, if set, is called when a group is done.
	Progress func(done, of int)
}

// smallNetwork is up to how many nodes a search alone beats the sweeps before it
// (tracing-engine note, 4.3).
var smallNetwork = 200_000

// SweepBounds gives, for each group of outputs, the most and the least that any
// conforming convention can put there together (tracing method, 4.3 to 4.5). A
// group lists outputs where the trail ends: unspent, or at a boundary.
func SweepBounds(ctx context.Context, c graph.CoinColumns, seeds []uint32, stop func(uint32) bool, groups [][]uint32, o BoundOptions) ([]SweptBound, error) {
	s, err := NewSweep(c, seeds, stop)
	if err != nil {
		return nil, err
	}
	n, err := s.network(ctx)
	if err != nil {
		return nil, err
	}
	b := &bounder{ctx: ctx, s: s, n: n, groups: groups, o: o, out: make([]SweptBound, len(groups))}
	if err := b.conforming(); err != nil {
		return nil, err
	}
	return b.out, b.run()
}

// bounder bounds groups over one network.
type bounder struct {
	ctx    context.Context
	s      *Sweep
	n      *flowNet
	groups [][]uint32
	o      BoundOptions
	out    []SweptBound
	ends   map[uint32]SweptEnd // one-pass interval of each end
	best   []int               // of each group: the policy that puts least there
	least  []uint64
	flows  map[Policy]*policyFlow
	// ceiling is the most that can reach all ends together: what was stolen, less
	// what must leave as fees; ceilingCut proves it.
	ceiling    uint64
	ceilingCut []uint32
	first      sync.Once
	mu         sync.Mutex
	done       int
}

// policyFlow is what a conforming policy puts on each edge and fee.
type policyFlow struct{ edges, fees []uint64 }

// lowPolicies are tried as starts of the lower bound: any conforming policy is
// above it, so one that puts nothing on a group proves that L is zero.
var lowPolicies = []Policy{FIFO, LIFO, "tiho", "ciso", "tiso", "ciho"}

// conforming runs the policies from which lower bounds start, and the one-pass
// bounds to which an unfinished search falls back.
func (b *bounder) conforming() error {
	swept, err := SweepAll(b.ctx, b.n.c, b.s.seeds, b.s.stop, append([]Policy{OnePass}, lowPolicies...), max(1, b.o.Workers))
	if err != nil {
		return err
	}
	b.ends = make(map[uint32]SweptEnd, len(swept[0].Ends))
	for _, e := range swept[0].Ends {
		b.ends[e.Out] = e
	}
	of := map[uint32]int{}
	for g, outs := range b.groups {
		for _, out := range outs {
			if _, ok := b.ends[out]; !ok {
				continue // a place that no stolen value reaches
			}
			if _, twice := of[out]; twice {
				return fmt.Errorf("output number %d is in two groups: %w", out, ErrQuestion)
			}
			of[out] = g
		}
	}
	b.best, b.least = make([]int, len(b.groups)), make([]uint64, len(b.groups))
	for i, r := range swept[1:] {
		sums := make([]uint64, len(b.groups))
		for _, e := range r.Ends {
			if g, ok := of[e.Out]; ok {
				sums[g] += e.Amount
			}
		}
		for g, sum := range sums {
			if i == 0 || sum < b.least[g] {
				b.best[g], b.least[g] = i, sum
			}
		}
	}
	return b.record()
}

// record keeps the flows of the policies that lower bounds start from.
func (b *bounder) record() error {
	b.flows = map[Policy]*policyFlow{}
	for g := range b.groups {
		p := lowPolicies[b.best[g]]
		if b.least[g] == 0 || b.flows[p] != nil {
			continue
		}
		f := &policyFlow{make([]uint64, len(b.n.head)), make([]uint64, len(b.n.txs))}
		s, err := NewSweep(b.n.c, b.s.seeds, b.s.stop)
		if err != nil {
			return err
		}
		s.flowed = func(out uint32, n uint64) {
			if e, ok := b.n.edgeOf(out); ok {
				f.edges[e] = n
			}
		}
		s.paid = func(tx uint32, n uint64) {
			if i, ok := b.n.node(tx); ok {
				f.fees[i] = n
			}
		}
		if _, err := s.Run(b.ctx, p); err != nil {
			return err
		}
		b.flows[p] = f
	}
	return nil
}

// run bounds the groups, several at a time.
func (b *bounder) run() error {
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, min(b.o.Workers, len(b.groups))) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var deadline time.Time
			stopped := func() bool {
				return b.ctx.Err() != nil || !deadline.IsZero() && time.Now().After(deadline)
			}
			p := newFlowSearch(b.n, stopped)
			if b.o.Limit > 0 {
				deadline = time.Now().Add(b.o.Limit)
			}
			b.first.Do(func() { b.findCeiling(p) })
			for g := range next {
				if b.o.Limit > 0 {
					deadline = time.Now().Add(b.o.Limit)
				}
				b.out[g] = b.bound(p, g)
				b.mu.Lock()
				if b.done++; b.o.Progress != nil {
					b.o.Progress(b.done, len(b.groups))
				}
				b.mu.Unlock()
			}
		}()
	}
	for g := range b.groups {
		next <- g
	}
	close(next)
	wg.Wait()
	return b.ctx.Err()
}

// findCeiling bounds all ends together once. No group can have more, and a group
// that has as much needs no search to prove it.
func (b *bounder) findCeiling(p *flowSearch) {
	for _, s := range b.n.seeds {
		b.ceiling += s.amount
	}
	if len(b.n.txs) <= smallNetwork {
		return
	}
	var all []uint32
	held := uint64(0)
	for e, h := range b.n.head {
		if h < 0 && b.n.value[e] > 0 {
			all = append(all, uint32(e))
			held = addCapped(held, b.n.value[e])
			p.inGroup[e] = true
		}
	}
	r := SweptBound{TightU: true}
	b.upper(p, all, min(b.ceiling, held), b.ceiling, 0, &r)
	for _, e := range all {
		p.inGroup[e] = false
	}
	if r.TightU && len(r.CutU) > 0 {
		b.ceiling, b.ceilingCut = r.U, r.CutU
	}
}

// bound gives the interval of one group.
func (b *bounder) bound(p *flowSearch, g int) SweptBound {
	var edges, lying []uint32
	var own, held, high, low uint64 // stolen there at once; all value; one-pass sums
	for _, out := range b.groups[g] {
		end, reached := b.ends[out]
		e, onTrail := b.n.edgeOf(out)
		switch {
		case !reached:
		case !onTrail:
			lying = append(lying, out) // a seed that lies where it was stolen
			own += end.Amount
		default:
			edges = append(edges, e)
			held = addCapped(held, b.n.value[e])
			high = addCapped(high, end.Amount)
			low = addCapped(low, end.Lower)
		}
	}
	supply := b.ceiling
	for _, e := range edges {
		p.inGroup[e] = true
	}
	r := SweptBound{TightL: true, TightU: true}
	b.upper(p, edges, min(supply, held), min(supply, high), own, &r)
	if r.TightU && len(lying) > 0 {
		r.CutU = append(lying, r.CutU...)
	}
	b.lower(p, g, edges, min(low, supply), own, &r)
	for _, e := range edges {
		p.inGroup[e] = false
	}
	return r
}

func addCapped(a, b uint64) uint64 {
	if a+b < a {
		return ^uint64(0)
	}
	return a + b
}

// upper finds the most: sweeps first where the network is large, then a search
// from the group, then the cut.
func (b *bounder) upper(p *flowSearch, edges []uint32, most, widest, own uint64, r *SweptBound) {
	clear(p.flow)
	for i, s := range b.n.seeds {
		p.left[i] = s.amount
	}
	p.backward = true
	moved := uint64(0)
	if len(b.n.txs) > smallNetwork {
		moved = p.greedy(edges, most)
	}
	ended := true
	if moved < most {
		var more uint64
		r.Searched = true
		more, ended = p.run(edges, most-moved)
		moved += more
	}
	if !ended {
		r.U, r.TightU, r.AtLeastU = own+widest, false, own+moved
		return
	}
	r.U = own + moved
	if r.CutU = b.ceilingCut; moved < b.ceiling || len(r.CutU) == 0 {
		r.CutU = p.cut(edges, moved)
	}
}

// cut lists the outputs of a minimum cut after a search backward: those that
// lead, full, from where the group cannot be reached from to where it can. When
// the group's own outputs are all full, or all that was stolen arrives, those are
// the cut.
func (p *flowSearch) cut(edges []uint32, moved uint64) []uint32 {
	stopped := p.stopped
	p.stopped = func() bool { return false } // one pass, which the proof needs whole
	p.levels(edges)
	p.stopped = stopped
	reach := func(x int32) bool { return p.seen[x] == p.epoch }
	var cut []uint32
	sum := uint64(0)
	add := func(out uint32, n uint64) { cut, sum = append(cut, out), sum+n }
	for _, s := range p.n.seeds {
		if reach(s.node) {
			add(s.out, s.amount)
		}
	}
	for x := range p.n.txs {
		if !reach(int32(x)) {
			continue
		}
		for at := p.n.inFirst[x]; at < p.n.inFirst[x+1]; at++ {
			if e := p.n.in[at]; !reach(int32(p.n.tail[e])) {
				add(p.n.outOf(e), p.n.value[e])
			}
		}
	}
	for _, e := range edges {
		if !reach(int32(p.n.tail[e])) {
			add(p.n.outOf(e), p.n.value[e])
		}
	}
	if sum != moved {
		return nil // levels stopped at a goal: everything stolen arrives
	}
	return cut
}

// lower finds the least: zero where a policy puts nothing there, else what
// remains of the best policy's when as much as can be has been pushed elsewhere.
func (b *bounder) lower(p *flowSearch, g int, edges []uint32, onePass, own uint64, r *SweptBound) {
	there := b.least[g] - min(b.least[g], own)
	if there == 0 {
		r.L = own
		return
	}
	f := b.flows[lowPolicies[b.best[g]]]
	copy(p.flow, f.edges)
	p.feeFlow = append(p.feeFlow[:0], f.fees...)
	p.backward = false
	moved, ended := p.run(edges, there)
	if !ended {
		r.L, r.TightL, r.AtMostL = own+onePass, false, own+there-moved
		return
	}
	r.L = own + there - moved
}
