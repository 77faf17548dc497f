package trace_test

import (
	"errors"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/trace"
)

// TestStoppedLowerBoundIsNotTight: a search for the least that is stopped before its
// first step claims nothing. The policies put 4 on the group, and 0 is possible.
func TestStoppedLowerBoundIsNotTight(t *testing.T) {
	c := graph.CoinColumns{
		TxOut: []uint32{0, 3, 6, 9, 12}, TxIn: []uint32{0, 0, 2, 5, 7}, Fee: []uint64{0, 0, 0, 0, 0},
		Value: []uint64{20, 1, 6, 2, 14, 10, 11, 1, 1, 16, 2, 7, 3, 1},
		Spent: []uint32{1, 2, 1, 2, 3, 2, 3, 4, 4, 0, 4, 0, 0, 0}, Coin: []uint32{0, 2, 3, 5, 1, 6, 4, 10, 7, 8},
		Account: make([]uint32, 14),
	}
	for _, o := range []trace.BoundOptions{{}, {Limit: time.Nanosecond}} {
		all, err := trace.SweepBounds(t.Context(), c, []uint32{0}, nil, [][]uint32{{11}}, o)
		if err != nil {
			t.Fatal(err)
		}
		b := all[0]
		if b.L != 0 || o.Limit == 0 && !b.TightL || o.Limit > 0 && b.TightL {
			t.Errorf("limit %s: L %d, tight %v; the least is 0", o.Limit, b.L, b.TightL)
		}
	}
}

// TestCutSumsToU: the cut of an upper bound has what lies where it was stolen, too.
func TestCutSumsToU(t *testing.T) {
	c := graph.CoinColumns{
		TxOut: []uint32{0, 2, 3}, TxIn: []uint32{0, 0, 1}, Fee: []uint64{0, 0},
		Value: []uint64{7, 10, 10}, Spent: []uint32{0, 1, 0}, Coin: []uint32{1}, Account: make([]uint32, 3),
	}
	all, err := trace.SweepBounds(t.Context(), c, []uint32{0, 1}, nil, [][]uint32{{0, 2}}, trace.BoundOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sum := uint64(0)
	for _, out := range all[0].CutU {
		sum += c.Value[out]
	}
	if all[0].U != 17 || sum != 17 {
		t.Errorf("U %d with the cut %v of %d, want 17", all[0].U, all[0].CutU, sum)
	}
}

// TestSumsThatDoNotFit: orders mark taint in the highest bit, so a transaction that
// moves as much is refused, not followed wrongly.
func TestSumsThatDoNotFit(t *testing.T) {
	c := graph.CoinColumns{
		TxOut: []uint32{0, 3, 5}, TxIn: []uint32{0, 0, 3}, Fee: []uint64{0, 0},
		Value: []uint64{1 << 62, 1 << 62, 5, 1 << 63, 5}, Spent: []uint32{1, 1, 1, 0, 0}, Coin: []uint32{0, 1, 2}, Account: make([]uint32, 5),
	}
	s, err := trace.NewSweep(c, []uint32{2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []trace.Policy{trace.FIFO, trace.LIFO, trace.Haircut, trace.OnePass} {
		if r, err := s.Run(t.Context(), p); !errors.Is(err, trace.ErrQuestion) {
			t.Errorf("%s: %+v, %v", p, r.Ends, err)
		}
	}
}

// TestFeesThatDoNotFit: fees are summed over transactions that each fit, and refused
// where the sum does not, whether policies run apart or in one pass.
func TestFeesThatDoNotFit(t *testing.T) {
	const most = 1<<62 - 1
	c := graph.CoinColumns{
		TxOut: []uint32{0, 1, 2, 3, 4, 5}, TxIn: []uint32{0, 0, 1, 2, 3, 4}, Fee: []uint64{0, most, most, most, most, most},
		Value: []uint64{most, most, most, most, most, most}, Spent: []uint32{1, 2, 3, 4, 5, 0}, Coin: []uint32{0, 1, 2, 3, 4}, Account: make([]uint32, 6),
	}
	for _, policies := range [][]trace.Policy{{trace.Poison}, {trace.OnePass}, {trace.OnePass, trace.Poison}} {
		s, err := trace.NewSweep(c, []uint32{0}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := s.RunAll(t.Context(), policies); !errors.Is(err, trace.ErrQuestion) {
			t.Errorf("%s: %+v, %v", policies, r, err)
		}
		c.Fee[5] = 1<<64 - 1 - 4*most // as much as fits
		s, _ = trace.NewSweep(c, []uint32{0}, nil)
		if r, err := s.RunAll(t.Context(), policies); err != nil {
			t.Errorf("%s: %+v, %v", policies, r, err)
		}
		c.Fee[5] = most
	}
}
