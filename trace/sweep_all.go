package trace

import (
	"context"
	"errors"
	"math/bits"
	"slices"
	"sync"

	"github.com/coldtrail/coldtrail/graph"
)

// SweepAll runs policies side by side, each in a working memory of its own, in
// at most workers goroutines. Where the trail is short, one of them runs what can
// be run in one pass (RunAll).
func SweepAll(ctx context.Context, c graph.CoinColumns, seeds []uint32, stop func(uint32) bool, policies []Policy, workers int) ([]Swept, error) {
	first, err := NewSweep(c, seeds, stop)
	if err != nil {
		return nil, err
	}
	out, done, err := first.together(ctx, policies)
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(policies))
	next := make(chan int)
	var wg sync.WaitGroup
	for w := range max(1, min(workers, len(policies))) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s, err := first, error(nil)
			if w > 0 {
				err = graph.Guarded(func() (err error) {
					s, err = NewSweep(c, seeds, stop)
					return err
				})
			}
			for i := range next {
				if err == nil { // after a failure the working memory is not to be used
					err = graph.Guarded(func() (err error) {
						out[i], err = s.Run(ctx, policies[i])
						return err
					})
				}
				errs[i] = err
			}
		}()
	}
	for i := range policies {
		if !done[i] {
			next <- i
		}
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RunAll follows the seeds under several policies, with the figures of Run. Where
// one-pass bounds are among them and the trail is short, poison and the policies
// that only share amounts go along in their pass: each transaction is then looked
// up once.
func (s *Sweep) RunAll(ctx context.Context, policies []Policy) ([]Swept, error) {
	out, done, err := s.together(ctx, policies)
	for i := 0; i < len(policies) && err == nil; i++ {
		if !done[i] {
			out[i], err = s.Run(ctx, policies[i])
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// beside are the policies that go along with the one-pass bounds, which visit
// every transaction that poison reaches.
type beside struct {
	riders []rider
	fees   uint64 // of all transactions visited: poison's
	over   uint64 // not 0 when they do not fit, which poison apart then says
}

// rider is a policy that shares amounts.
type rider struct {
	at    int // in the list of policies
	share share
	in    *mail
	r     Swept
}

// seat is the working memory of a rider.
type seat struct {
	in    mail
	found []SweptEnd
}

// longTrail is from how many transactions on policies are quicker apart: what
// several of them keep no longer fits the near caches, and reading the columns in
// order costs little.
var longTrail = 1 << 14

// errLongTrail ends a pass of several policies.
var errLongTrail = errors.New("the trail is long")

// together runs what can be run in one pass, if the trail is short, and says
// which that were.
func (s *Sweep) together(ctx context.Context, policies []Policy) (out []Swept, done []bool, err error) {
	out, done = make([]Swept, len(policies)), make([]bool, len(policies))
	onePass, b := slices.Index(policies, OnePass), &beside{}
	for i, p := range policies {
		if share, ok := s.scalarShare(p); ok {
			b.riders = append(b.riders, rider{at: i, share: share, r: Swept{Policy: p}})
		}
	}
	poison := slices.Index(policies, Poison)
	if onePass < 0 || poison < 0 && len(b.riders) == 0 {
		return out, done, nil
	}
	s.after = 0
	r := Swept{Policy: OnePass, Ends: s.found[:0]}
	err = s.onePass(ctx, &r, b)
	s.found, r.Ends = r.Ends, slices.Clone(r.Ends)
	if err != nil {
		if errors.Is(err, errLongTrail) {
			err = nil
		}
		return out, done, err
	}
	out[onePass], done[onePass] = r, true
	if poison >= 0 && b.over == 0 {
		out[poison], done[poison] = s.poisonOf(&r, b.fees), true
	}
	for i, x := range b.riders {
		s.seats[i].found, x.r.Ends = x.r.Ends, slices.Clone(x.r.Ends)
		out[x.at], done[x.at] = x.r, true
	}
	for i := range out {
		if done[i] {
			if err := s.finish(&out[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	return out, done, nil
}

// poisonOf is what poison says where one-pass bounds were: it reaches the same
// outputs, and holds all of each.
func (s *Sweep) poisonOf(onePass *Swept, fees uint64) Swept {
	r := Swept{Policy: Poison, Txs: onePass.Txs, Fees: fees, Ends: slices.Clone(onePass.Ends)}
	for i, e := range r.Ends {
		r.Ends[i] = SweptEnd{Out: e.Out, Amount: s.c.Value[e.Out]}
	}
	return r
}

// begin puts the seeds where they go first.
func (b *beside) begin(s *Sweep) {
	for len(s.seats) < len(b.riders) {
		s.seats = append(s.seats, &seat{})
	}
	for i := range b.riders {
		x := &b.riders[i]
		x.in, x.r.Ends = &s.seats[i].in, s.seats[i].found[:0]
		s.sources(&x.r, x.in)
	}
}

// pass takes a transaction; false when the trail is too long to go on.
func (b *beside) pass(s *Sweep, txs int, value uint64, tx, from, to uint32) bool {
	var carry uint64
	b.fees, carry = bits.Add64(b.fees, s.c.Fee[tx], 0)
	b.over |= carry
	for i := range b.riders {
		x := &b.riders[i]
		if taint := x.in.take(tx); taint > 0 {
			x.r.Txs++
			s.share(&x.r, x.in, x.share, taint, value, tx, from, to)
		}
	}
	return txs <= longTrail
}
