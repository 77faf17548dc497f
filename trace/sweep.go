package trace

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
)

// Sweep follows coins through the columns of a store: one pass in the order of
// transaction numbers for each policy, in exact integers of 64 bits. It gives
// the same figures as Run in the view of one theft, with fees as ends (rule
// last), and nothing else: no hops, no names. Its cost is that of the trail.
//
// A Sweep keeps its working memory between runs and serves one goroutine.
type Sweep struct {
	c     graph.CoinColumns
	seeds []uint32 // outputs, ascending, whole
	after int      // seeds before the transaction in work
	// Stop, if set, says at which accounts the trail ends.
	stop func(account uint32) bool
	// Set while a network is built: the transactions that poison reaches, and
	// what a policy puts on each output and fee.
	reached *[]uint32
	flowed  func(out uint32, n uint64)
	paid    func(tx uint32, n uint64)

	k     uint64
	in    mail
	marks []uint64 // of poison, where the trail is long: a bit a transaction, all zero after use
	low   mail     // of the lower bound
	seats []*seat  // of policies that share a pass
	lists lists
	heap  []outAmount
	parts []uint64   // of the outputs and the fee
	rest  []uint64   // remainders of the haircut
	found []SweptEnd // of the run before
	near  []uint32   // of touchOuts and touchAll
	sink  uint64     // keeps reads that only bring columns near
}

// Swept is what one policy says of the trail.
type Swept struct {
	Policy Policy
	// Txs is how many transactions carried taint.
	Txs int
	// Ends are the outputs that hold taint and are not followed further:
	// unspent, or at a boundary; by number.
	Ends []SweptEnd
	// Fees is the taint that went to fees.
	Fees uint64
	// Sum is the taint of the ends, in atomic units. For policies that conserve,
	// Sum + Fees is what was stolen. Poison's may exceed 64 bits; then Over is
	// set.
	Sum  uint64
	Over bool
	// Moved counts the segments that ordered policies moved, Largest the longest
	// list on one output.
	Moved, Largest int
}

// SweptEnd is an output with its taint. Of one-pass bounds, Amount is the upper
// and Lower the lower end.
type SweptEnd struct {
	Out    uint32
	Amount uint64
	Lower  uint64
}

// OnePass is the name of the one-pass bounds among sweeps (tracing method, 4.5).
const OnePass Policy = "one-pass"

// NewSweep prepares to follow outputs through columns. It fails with ErrSeed
// when an output is not there, and with ErrQuestion when 2^63 units or more are
// stolen. A run fails with ErrQuestion when a transaction of the trail moves as much,
// or when the fees of poison or of the one-pass bounds come to 2^64.
func NewSweep(c graph.CoinColumns, seeds []uint32, stop func(account uint32) bool) (*Sweep, error) {
	s := &Sweep{c: c, seeds: append([]uint32(nil), seeds...), stop: stop}
	slices.Sort(s.seeds)
	for i, out := range s.seeds {
		if int(out) >= len(c.Value) {
			return nil, fmt.Errorf("output number %d of %d: %w", out, len(c.Value), ErrSeed)
		}
		if i > 0 && s.seeds[i-1] == out {
			return nil, fmt.Errorf("output number %d is marked twice: %w", out, ErrSeed)
		}
		if s.k += c.Value[out]; c.Value[out] >= 1<<63 || s.k >= 1<<63 {
			return nil, fmt.Errorf("more than 2^63 units are stolen: %w", ErrQuestion)
		}
	}
	return s, nil
}

// enter counts a transaction of the trail and sums what it moves, fee and all. The
// sum must fit: the orders keep a mark in the highest bit.
func (s *Sweep) enter(ctx context.Context, r *Swept, tx, from, to uint32) (sum uint64, err error) {
	if r.Txs%every == 0 && ctx.Err() != nil {
		s.abandon()
		return 0, ctx.Err()
	}
	r.Txs++
	sum, over := s.c.Fee[tx], uint64(0)
	for _, v := range s.c.Value[from:to] {
		var carry uint64
		sum, carry = bits.Add64(sum, v, 0)
		over |= carry
	}
	if over != 0 || sum >= 1<<63 {
		s.abandon()
		return 0, fmt.Errorf("transaction number %d moves 2^63 units or more: %w", tx, ErrQuestion)
	}
	if out, ok := s.seeded(from, to); ok {
		s.abandon()
		return 0, s.errOverlap(out)
	}
	return sum, nil
}

// Stolen is the sum of the seeds.
func (s *Sweep) Stolen() uint64 { return s.k }

// Run follows the seeds under one policy: poison, haircut, haircut-truncated,
// one-pass, or any of the 24 orders.
func (s *Sweep) Run(ctx context.Context, p Policy) (Swept, error) {
	r := Swept{Policy: p, Ends: s.found[:0]}
	s.after = 0
	err := s.run(ctx, &r)
	s.found, r.Ends = r.Ends, slices.Clone(r.Ends)
	if err != nil {
		return r, err
	}
	return r, s.finish(&r)
}

func (s *Sweep) run(ctx context.Context, r *Swept) error {
	switch r.Policy {
	case Poison:
		return s.poison(ctx, r)
	case OnePass:
		return s.onePass(ctx, r, nil)
	}
	if policy, ok := s.scalarShare(r.Policy); ok {
		return s.scalar(ctx, r, policy)
	}
	o, ok := coinOrder(r.Policy)
	if !ok {
		return fmt.Errorf("policy %q is not of coins: %w", r.Policy, ErrQuestion)
	}
	return s.ordered(ctx, r, o)
}

// scalarShare is how a policy shares the taint of a transaction, if it needs to
// know no more than how much that is.
func (s *Sweep) scalarShare(p Policy) (share, bool) {
	switch p {
	case Haircut:
		return s.haircut, true
	case HaircutTruncated:
		return s.haircutTruncated, true
	}
	o, ok := coinOrder(p)
	if !ok || o.in != 'T' && o.in != 'C' {
		return nil, false
	}
	return s.scalarOrder(o), true
}

// finish puts the ends in order, sums them, and holds the sum to what was stolen.
func (s *Sweep) finish(r *Swept) error {
	last, sorted := uint32(0), true
	for _, e := range r.Ends {
		sum, carry := bits.Add64(r.Sum, e.Amount, 0)
		r.Sum, r.Over = sum, r.Over || carry != 0
		last, sorted = e.Out, sorted && last <= e.Out
	}
	if !sorted { // by an output order, or a seed that is unspent
		slices.SortFunc(r.Ends, func(a, b SweptEnd) int { return cmp.Compare(a.Out, b.Out) })
	}
	if p := r.Policy; p != Poison && p != OnePass && p != HaircutTruncated && r.Sum+r.Fees != s.k {
		return fmt.Errorf("%s: %d stolen, %d at the ends and %d in fees: %w", p, s.k, r.Sum, r.Fees, ErrConservation)
	}
	return nil
}

// ends reports whether the trail ends at an output, and gives the transaction
// where it goes on otherwise.
func (s *Sweep) ends(out uint32) (next uint32, end bool) {
	next, spent := s.c.Spender(out)
	return next, !spent || s.stop != nil && s.stop(s.c.Account[out])
}

// seeded gives the first seed among the outputs of a transaction; transactions
// come in order.
func (s *Sweep) seeded(from, to uint32) (uint32, bool) {
	for s.after < len(s.seeds) && s.seeds[s.after] < from {
		s.after++
	}
	if s.after < len(s.seeds) && s.seeds[s.after] < to {
		return s.seeds[s.after], true
	}
	return 0, false
}

// errFees: a sum of fees that wraps would look like any other.
func errFees(tx uint32) error {
	return fmt.Errorf("up to transaction number %d the trail paid 2^64 units or more in fees: %w", tx, ErrQuestion)
}

// errOverlap: seeds on each other's trail need the colours of Run.
func (s *Sweep) errOverlap(out uint32) error {
	return fmt.Errorf("seed on output number %d lies on the trail of another seed: %w", out, ErrQuestion)
}
