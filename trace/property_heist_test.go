package trace_test

import (
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// TestHeistsOfKnownTruth traces scripted heists and finds what was scripted:
// each convention's amount and both bounds at every end, worked out in closed
// form by ledgertest.
func TestHeistsOfKnownTruth(t *testing.T) {
	for seed := range uint64(40) {
		for name, h := range map[string]ledgertest.Heist{
			"peel chain": ledgertest.PeelChain(seed, 3+int(seed%20)), "fan out, fan in": ledgertest.FanOutFanIn(seed, 2+int(seed%9)),
			"exchange deposit": ledgertest.ExchangeDeposit(seed, 1+int(seed%7)), "hot wallet": ledgertest.HotWallet(seed, 1+int(seed%12)),
		} {
			truth(t, name, h)
		}
	}
}

func truth(t *testing.T, name string, h ledgertest.Heist) {
	t.Helper()
	trail := answer(t, h.Doc, trace.Question{Boundary: func(_ ledger.ID, a ledger.Account) (trace.Boundary, bool) {
		return trace.Boundary{Kind: "service", Why: "the script"}, slices.Contains(h.Services, a)
	}})
	ends := map[string]trace.Terminal{}
	for _, end := range trail.Terminals() {
		ends[end.Name] = end
	}
	for _, e := range h.Ends {
		end, ok := ends[e.Terminal]
		if !ok {
			if !e.U.IsZero() {
				t.Fatalf("%s: nothing at %s\n%s", name, e.Terminal, h.Doc.Text())
			}
			continue
		}
		delete(ends, e.Terminal)
		for convention, want := range e.By {
			if got := end.Figures[0].Amounts[trail.Policy(trace.Policy(convention))]; got != want {
				t.Fatalf("%s: %s at %s: got %s, the truth is %s\n%s", name, convention, e.Terminal, got, want, h.Doc.Text())
			}
		}
		b, ok, err := trail.TerminalBound(0, h.Doc.Ledger.Native, []string{e.Terminal})
		if err != nil || !ok || b.L != e.L || b.U != e.U {
			t.Fatalf("%s: %s: got [%s, %s], the truth is [%s, %s] (%v, %v)\n%s", name, e.Terminal, b.L, b.U, e.L, e.U, ok, err, h.Doc.Text())
		}
	}
	for n, end := range ends {
		if !end.Figures[0].Upper.IsZero() {
			t.Fatalf("%s: up to %s at %s, where nothing stolen can be\n%s", name, end.Figures[0].Upper, n, h.Doc.Text())
		}
	}
}

// TestOnlyTheTrailIsRead holds the cost of a trace to its trail: of a large
// ledger with one small theft only a part is looked at.
func TestOnlyTheTrailIsRead(t *testing.T) {
	s := ledgertest.Stream{Model: ledger.UTXO, Transfers: 20000, Pools: 10000, Steals: 1, Seed: 5}
	g, err := graph.Build(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	m := s.Thefts()[0]
	trail, err := trace.Run(t.Context(), g, trace.Question{Thefts: []trace.Theft{{Name: m.Theft, Seeds: []trace.Seed{{Ref: m.Ref}}}}, NoBounds: true})
	if err != nil {
		t.Fatal(err)
	}
	poisoned := map[string]bool{m.Ref[:len(m.Ref)-2]: true} // transactions that can hold a stolen unit
	for x, err := range s.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range x.Debits {
			if poisoned[in.Spends.Tx] && !in.Amount.IsZero() {
				poisoned[x.Tx] = true
			}
		}
	}
	if n := len(poisoned); trail.Stamp.Read > n || trail.Stamp.Read == 0 || n == g.Info().Transfers {
		t.Errorf("%d of %d transfers were read, %d descend from the theft", trail.Stamp.Read, trail.Stamp.Graph, n)
	}
	var k money.Amount
	for _, end := range trail.Terminals() {
		k = k.Add(end.Figures[0].Amounts[trail.Policy(trace.FIFO)])
	}
	if k != trail.Views[0].Assets[0].Seeded {
		t.Errorf("%s stolen, %s found", trail.Views[0].Assets[0].Seeded, k)
	}
}
