package trace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
	// Searched says whether the upper bound needed a search behind the wave.
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

// SweepBounds gives, for each group of outputs, the most and the least that any
// conforming convention can put there together (tracing method, 4.3 to 4.5). A
// group lists outputs where the trail ends: unspent, or at a boundary.
func SweepBounds(ctx context.Context, c graph.CoinColumns, seeds []uint32, stop func(uint32) bool, groups [][]uint32, o BoundOptions) ([]SweptBound, error) {
	b, err := newBounder(ctx, c, seeds, stop, groups, o)
	if err != nil {
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
	supply uint64 // what the seeds bring to the network
	mu     sync.Mutex
	done   int
	bad    error // a bound that its own proof denies
}

func newBounder(ctx context.Context, c graph.CoinColumns, seeds []uint32, stop func(uint32) bool, groups [][]uint32, o BoundOptions) (*bounder, error) {
	s, err := NewSweep(c, seeds, stop)
	if err != nil {
		return nil, err
	}
	n, err := s.network(ctx)
	if err != nil {
		return nil, err
	}
	b := &bounder{ctx: ctx, s: s, n: n, groups: groups, o: o, out: make([]SweptBound, len(groups))}
	for _, s := range n.seeds {
		b.supply += s.amount
	}
	return b, b.conforming()
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
			for g := range next {
				if b.o.Limit > 0 {
					deadline = time.Now().Add(b.o.Limit)
				}
				err := graph.Guarded(func() (err error) {
					b.out[g], err = b.bound(p, g)
					return err
				})
				b.mu.Lock()
				b.bad = cmp.Or(b.bad, err)
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
	if err := b.ctx.Err(); err != nil {
		return err
	}
	return b.bad
}

// bound gives the interval of one group.
func (b *bounder) bound(p *flowSearch, g int) (SweptBound, error) {
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
	p.setGroup(edges)
	r := SweptBound{TightL: true, TightU: true}
	if err := b.upper(p, held, min(b.supply, high), own, &r); err != nil {
		return r, fmt.Errorf("group %d: %w", g, err)
	}
	if r.TightU && len(lying) > 0 {
		r.CutU = append(lying, r.CutU...)
	}
	b.lower(p, g, min(low, b.supply), own, &r)
	return r, nil
}

func addCapped(a, b uint64) uint64 {
	if a+b < a {
		return ^uint64(0)
	}
	return a + b
}

// upper finds the most: a wave from the narrower side, a search for what it left, and
// the cut. The group has room for held, and widest is what holds without a search.
func (b *bounder) upper(p *flowSearch, held, widest, own uint64, r *SweptBound) error {
	most := min(b.supply, held)
	if p.from = fromSeeds; held < b.supply {
		p.from = fromGroup
	}
	p.empty()
	moved, ended := p.surge(most)
	if ended && moved < most {
		var more uint64
		r.Searched = true
		more, ended = p.run(most - moved)
		moved += more
	}
	if !ended {
		r.U, r.TightU, r.AtLeastU = own+widest, false, own+moved
		return nil
	}
	cut, sum := p.cut(moved < most)
	if sum != moved {
		return fmt.Errorf("%d can arrive, but the cut sums to %d: this is a defect of coldtrail: %w", moved, sum, ErrConservation)
	}
	r.U, r.CutU = own+moved, cut
	return nil
}

// cut lists the outputs of a minimum cut after the last search: what lies, full, on
// the border of what it saw, from the seeds or from the group. Without a search that
// is where it would have begun. It gives their sum, too.
func (p *flowSearch) cut(searched bool) (cut []uint32, sum uint64) {
	n := p.n
	var nodes []int32
	if searched {
		nodes = slices.Sorted(slices.Values(p.queue))
	}
	saw := func(x int32) bool { return searched && p.seen[x] == p.epoch }
	add := func(out uint32, amount uint64) { cut, sum = append(cut, out), sum+amount }
	addEdge := func(e uint32) { add(n.outOf(e), n.value[e]) }
	for _, s := range n.seeds {
		if saw(s.node) == (p.from == fromGroup) {
			add(s.out, s.amount)
		}
	}
	if p.from == fromSeeds {
		for _, x := range nodes {
			for e := n.first[x]; e < n.first[x+1]; e++ {
				if h := n.head[e]; h >= 0 && !saw(h) || h < 0 && p.inGroup[e] {
					addEdge(e)
				}
			}
		}
		return cut, sum
	}
	for _, x := range nodes {
		for _, e := range n.in[n.inFirst[x]:n.inFirst[x+1]] {
			if !saw(int32(n.tail[e])) {
				addEdge(e)
			}
		}
	}
	for _, e := range p.group {
		if !saw(int32(n.tail[e])) {
			addEdge(e)
		}
	}
	return cut, sum
}

// lower finds the least: zero where a policy puts nothing there, else what
// remains of the best policy's when as much as can be has been pushed elsewhere.
func (b *bounder) lower(p *flowSearch, g int, onePass, own uint64, r *SweptBound) {
	there := b.least[g] - min(b.least[g], own)
	if there == 0 {
		r.L = own
		return
	}
	f := b.flows[lowPolicies[b.best[g]]]
	copy(p.flow, f.edges)
	p.feeFlow = append(p.feeFlow[:0], f.fees...)
	p.from = away
	moved, ended := p.run(there)
	if !ended {
		r.L, r.TightL, r.AtMostL = own+onePass, false, own+there-moved
		return
	}
	r.L = own + there - moved
}
