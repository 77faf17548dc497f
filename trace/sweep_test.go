package trace_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// allSwept are the policies of a sweep that Run has too.
func allSwept() []trace.Policy { return append(trace.Orders(), trace.Haircut, trace.Poison) }

// TestSweepsAreRuns: on random chains, for every policy, each unspent output
// and the fees have the figures that Run gives them.
func TestSweepsAreRuns(t *testing.T) {
	ledgers := 12
	if testing.Short() {
		ledgers = 3
	}
	compared := 0
	for seed := range uint64(ledgers) {
		s := graphtest.Stored(t, ledgertest.Chain{Seed: seed, Length: 40, PerBlock: 6})
		c, ok := s.CoinColumns()
		if !ok {
			t.Fatal("no columns")
		}
		for _, tx := range []uint32{0, uint32(c.Txs() / 5), uint32(c.Txs() / 2)} {
			out, _ := c.Outs(tx)
			compared += compareSweep(t, s, c, out, seed)
		}
	}
	if compared < 1000 {
		t.Errorf("only %d figures were compared", compared)
	}
}

func compareSweep(t *testing.T, s *graph.Store, c graph.CoinColumns, out uint32, seed uint64) (compared int) {
	t.Helper()
	tx := c.TxOf(out)
	first, _ := c.Outs(tx)
	en, err := s.Entry(graph.ID(tx))
	if err != nil {
		t.Fatal(err)
	}
	if c.Value[out] == 0 {
		return 0
	}
	trail, err := trace.Run(t.Context(), s, trace.Question{
		Thefts:   []trace.Theft{{Name: "x", Seeds: []trace.Seed{{Ref: fmt.Sprintf("%s:%d", en.Tx, out-first)}}}},
		Policies: allSwept(), NoBounds: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	swept, err := trace.SweepAll(t.Context(), c, []uint32{out}, nil, append(allSwept(), trace.OnePass), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := endsOf(t, s, c, trail)
	for i, r := range swept {
		got := map[string]money.Amount{}
		for _, e := range r.Ends {
			tx := c.TxOf(e.Out)
			got[fmt.Sprint(e.Out)] = money.Units(e.Amount)
			if r.Policy == trace.OnePass {
				w := want[e.Out]
				if w.Lower != money.Units(e.Lower) || w.Upper.Min(money.Units(c.Value[out])) != money.Units(e.Amount) {
					t.Fatalf("seed %d, theft %d, output %d of transaction %d: one-pass [%d, %d], Run says [%s, %s]", seed, out, e.Out, tx, e.Lower, e.Amount, w.Lower, w.Upper)
				}
				compared++
			}
		}
		if r.Policy == trace.OnePass {
			continue
		}
		for o, f := range want {
			if g := got[fmt.Sprint(o)]; g != f.Amounts[i] {
				t.Fatalf("seed %d, theft %d, %s: output %d has %s, Run says %s", seed, out, r.Policy, o, g, f.Amounts[i])
			}
			compared++
			delete(got, fmt.Sprint(o))
		}
		if len(got) > 0 {
			t.Fatalf("seed %d, theft %d, %s: ends %v, which Run does not have", seed, out, r.Policy, got)
		}
	}
	return compared
}

// endsOf reads the figures of unspent outputs off a trail.
func endsOf(t *testing.T, s *graph.Store, c graph.CoinColumns, trail *trace.Trail) map[uint32]trace.Figures {
	t.Helper()
	out := map[uint32]trace.Figures{}
	for _, h := range trail.Hops {
		if h.Out < 0 {
			continue
		}
		from, _ := c.Outs(uint32(h.ID))
		if _, spent := c.Spender(from + uint32(h.Out)); !spent {
			out[from+uint32(h.Out)] = h.Figures[0]
		}
	}
	return out
}

func TestSweepRefusals(t *testing.T) {
	s := graphtest.Stored(t, ledgertest.Chain{Seed: 1, Length: 30})
	c, _ := s.CoinColumns()
	if _, err := trace.NewSweep(c, []uint32{uint32(len(c.Value))}, nil); !errors.Is(err, trace.ErrSeed) {
		t.Errorf("an output that is not there: %v", err)
	}
	if _, err := trace.NewSweep(c, []uint32{3, 3}, nil); !errors.Is(err, trace.ErrSeed) {
		t.Errorf("an output twice: %v", err)
	}
	w, err := trace.NewSweep(c, []uint32{3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Run(t.Context(), trace.OwnFirst); !errors.Is(err, trace.ErrQuestion) {
		t.Errorf("a policy of accounts: %v", err)
	}
}
