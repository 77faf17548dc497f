package trace_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// TestSweptBoundsAreExact: on random chains the bounds of random groups are
// those of Run, and the cut of each upper bound is one.
func TestSweptBoundsAreExact(t *testing.T) {
	chains := 10
	if testing.Short() {
		chains = 3
	}
	r := rand.New(rand.NewPCG(7, 7))
	positive, compared := 0, 0
	for seed := range uint64(chains) {
		s := graphtest.Stored(t, ledgertest.Chain{Seed: 50 + seed, Length: 30, PerBlock: 4})
		c, _ := s.CoinColumns()
		for range 4 {
			out := uint32(r.IntN(len(c.Value) / 2))
			if c.Value[out] == 0 {
				continue
			}
			p, n := compareBounds(t, s, c, out, r)
			positive, compared = positive+p, compared+n
		}
	}
	if !testing.Short() && (compared < 60 || positive < 5) {
		t.Errorf("%d groups compared, %d of them with L above zero: too few to prove anything", compared, positive)
	}
}

func compareBounds(t *testing.T, s *graph.Store, c graph.CoinColumns, out uint32, r *rand.Rand) (positive, compared int) {
	t.Helper()
	swept, err := trace.SweepAll(t.Context(), c, []uint32{out}, nil, []trace.Policy{trace.Poison}, 1)
	if err != nil {
		t.Fatal(err)
	}
	// Groups are of accounts, since those are what Run's groups select.
	groups := make([][]uint32, 3)
	names := make([][]ledger.Account, 3)
	of := map[uint32]int{}
	for _, e := range swept[0].Ends {
		a := c.Account[e.Out]
		if _, ok := of[a]; !ok {
			of[a] = r.IntN(4)
		}
		if of[a] == 3 {
			continue
		}
		tx := c.TxOf(e.Out)
		from, _ := c.Outs(tx)
		en, err := s.Entry(graph.ID(tx))
		if err != nil {
			t.Fatal(err)
		}
		groups[of[a]] = append(groups[of[a]], e.Out)
		names[of[a]] = append(names[of[a]], en.Credits[e.Out-from].Account)
	}
	got, err := trace.SweepBounds(t.Context(), c, []uint32{out}, nil, groups, trace.BoundOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	tx := c.TxOf(out)
	from, _ := c.Outs(tx)
	en, _ := s.Entry(graph.ID(tx))
	q := trace.Question{Thefts: []trace.Theft{{Name: "x", Seeds: []trace.Seed{{Ref: fmt.Sprintf("%s:%d", en.Tx, out-from)}}}}}
	for g := range groups {
		in := names[g]
		q.Groups = append(q.Groups, trace.Group{Name: fmt.Sprint(g), Match: func(p *trace.Place) bool {
			return p.Kind != trace.Fee && slices.ContainsFunc(p.Accounts, func(a ledger.Account) bool { return slices.Contains(in, a) })
		}})
	}
	trail, err := trace.Run(t.Context(), s, q)
	if err != nil {
		t.Fatal(err)
	}
	for g, b := range got {
		if len(groups[g]) == 0 {
			continue
		}
		want := boundOf(t, trail, fmt.Sprint(g))
		if money.Units(b.L) != want.L || money.Units(b.U) != want.U || !b.TightL || !b.TightU {
			t.Fatalf("theft %d, group %d of %d outputs: [%d, %d], Run says [%s, %s]", out, g, len(groups[g]), b.L, b.U, want.L, want.U)
		}
		if b.L > 0 {
			positive++
		}
		compared++
	}
	return positive, compared
}

func boundOf(t *testing.T, trail *trace.Trail, group string) *trace.Bound {
	t.Helper()
	for _, g := range trail.Groups {
		if g.Name == group && g.Figures[0].Bound != nil {
			return g.Figures[0].Bound
		}
	}
	t.Fatalf("Run has no exact bound of group %s", group)
	return nil
}

// TestUnfinishedBoundsHold: a search that is stopped gives bounds that contain
// the exact ones, and says that they are not tight.
func TestUnfinishedBoundsHold(t *testing.T) {
	s := graphtest.Stored(t, ledgertest.Chain{Seed: 3, Length: 60, PerBlock: 8})
	c, _ := s.CoinColumns()
	swept, err := trace.SweepAll(t.Context(), c, []uint32{40}, nil, []trace.Policy{trace.Poison}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var group []uint32
	for i, e := range swept[0].Ends {
		if i%3 == 0 {
			group = append(group, e.Out)
		}
	}
	exact, err := trace.SweepBounds(t.Context(), c, []uint32{40}, nil, [][]uint32{group}, trace.BoundOptions{})
	if err != nil {
		t.Fatal(err)
	}
	short, err := trace.SweepBounds(t.Context(), c, []uint32{40}, nil, [][]uint32{group}, trace.BoundOptions{Limit: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	a, b := exact[0], short[0]
	if b.L > a.L || b.U < a.U || b.TightL && b.L != a.L || b.TightU && b.U != a.U {
		t.Errorf("stopped: [%d, %d], exact is [%d, %d]", b.L, b.U, a.L, a.U)
	}
}
