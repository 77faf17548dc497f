package swap_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/swap"
	"github.com/coldtrail/coldtrail/trace"
)

// unfolded writes each stated conversion of a ledger as a chain would have it: a
// payment into a router or pool and one out, with what happens between, in one
// transaction; how says which form, pool with whom.
func unfolded(d *ledger.Document, how func() int, pool func(n int, who ledger.Account) ledger.Account) (*ledger.Document, int) {
	out := *d
	out.Transfers = nil
	n := 0
	add := func(t ledger.Transfer, tx string, sub int, from, to ledger.Account, asset money.AssetID, amount money.Amount) {
		if amount.IsZero() && sub >= 0 {
			return
		}
		t.Conversion, t.Fee, t.Asset = "", money.Zero, asset
		t.Tx, t.ID = tx, fmt.Sprintf("%s/%d", tx, sub)
		t.Debits = []ledger.Debit{{Account: from, Amount: amount}}
		t.Credits = []ledger.Credit{{Account: to, Amount: amount}}
		out.Transfers = append(out.Transfers, t)
	}
	for i := 0; i < len(d.Transfers); i++ {
		t := d.Transfers[i]
		if t.Conversion == "" || i+1 == len(d.Transfers) || d.Transfers[i+1].Conversion != t.Conversion {
			out.Transfers = append(out.Transfers, t)
			continue
		}
		get := d.Transfers[i+1]
		i++
		n++
		who, x, y := t.From(), t.Amount(), get.Amount()
		router, pool := ledger.Account(fmt.Sprintf("router%d", n)), pool(n, who)
		own := t // the transaction's own transfer: of nothing, with the gas
		own.ID, own.Tx, own.Conversion = t.Tx, t.Tx, ""
		own.Debits, own.Credits = []ledger.Debit{{Account: who, Amount: t.Fee}}, []ledger.Credit{{Account: router}}
		out.Transfers = append(out.Transfers, own)
		switch how() % 4 {
		case 0: // straight
			add(t, t.Tx, 1, who, pool, t.Asset, x)
			add(get, t.Tx, 2, pool, who, get.Asset, y)
		case 1: // paid out first
			add(get, t.Tx, 1, pool, who, get.Asset, y)
			add(t, t.Tx, 2, who, pool, t.Asset, x)
		case 2: // through a router
			add(t, t.Tx, 1, who, router, t.Asset, x)
			add(t, t.Tx, 2, router, pool, t.Asset, x)
			add(get, t.Tx, 3, pool, router, get.Asset, y)
			add(get, t.Tx, 4, router, who, get.Asset, y)
		case 3: // a third asset between two pools
			add(t, t.Tx, 1, who, pool, t.Asset, x)
			add(t, t.Tx, 2, pool, router, "MID", x)
			add(get, t.Tx, 3, router, who, get.Asset, y)
		}
	}
	for i := range out.Transfers {
		out.Transfers[i].Key = ledger.Key{Block: out.Transfers[i].Key.Block, Tx: uint32(i)}
	}
	return &out, n
}

// apart makes a pool of its own for every swap, so that nothing else reaches it.
func apart(n int, _ ledger.Account) ledger.Account { return ledger.Account(fmt.Sprintf("pool%d", n)) }

// among makes the other accounts of the ledger the pools, on which stolen value may
// stand.
func among(n int, who ledger.Account) ledger.Account {
	if a := ledger.Account(fmt.Sprintf("a%d", n%4)); a != who {
		return a
	}
	return "a4"
}

// stated makes the conversions of a ledger the giver's own, in the same order.
func stated(d *ledger.Document) {
	for i := range d.Transfers {
		if t := &d.Transfers[i]; t.Conversion != "" && t.From() == ledger.SwapAccount(t.Conversion) {
			t.Credits[0].Account = d.Transfers[i-1].From()
		}
	}
}

// TestRecognisedAsStated holds a trace through recognised swaps to the trace of the
// same ledger with its conversions stated: same figures, same bounds, for every
// policy, whatever form the swap has on the chain. Both check conservation: seeded
// and converted in = exits, holdings, fees and converted, to the unit. The first
// ledgers are the same in every run, and must have swaps on their trails.
func TestRecognisedAsStated(t *testing.T) {
	recognised := 0
	for seed := range uint64(10) {
		d := ledgertest.Accounts{Events: 100, Assets: 3, Thefts: 2, Swaps: true}.Make(seed)
		stated(d)
		form := -1
		chain, n := unfolded(d, func() int { form++; return form }, apart)
		if want, got := traced(t, d, false), traced(t, chain, true); want != nil {
			recognised += alike(t, want, got, n)
		}
	}
	t.Logf("%d swaps on the trails", recognised)
	if recognised == 0 {
		t.Error("the test shows nothing: choose other ledgers")
	}
	rapid.Check(t, func(rt *rapid.T) {
		o := ledgertest.Accounts{
			Events: rapid.IntRange(4, 150).Draw(rt, "events"), Assets: rapid.IntRange(2, 3).Draw(rt, "assets"), Thefts: 2, Swaps: true,
			Odd: rapid.Bool().Draw(rt, "odd"), Missing: rapid.Bool().Draw(rt, "missing"),
		}
		d := o.Make(rapid.Uint64().Draw(rt, "seed"))
		stated(d)
		chain, n := unfolded(d, func() int { return rapid.IntRange(0, 3).Draw(rt, "form") }, apart)
		want, got := traced(rt, d, false), traced(rt, chain, true)
		if want == nil {
			rt.Skip("no theft")
		}
		alike(rt, want, got, n)
	})
}

// alike holds a trace through recognised swaps to the one through stated ones, of which
// the ledger has n. It counts those recognised.
func alike(t rapid.TB, want, got *trace.Trail, n int) (found int) {
	for _, c := range got.Conversions {
		if c.Recognised {
			found++
		}
	}
	if len(got.Unclear) > 0 {
		t.Fatalf("not recognised: %v", got.Unclear)
	}
	if len(got.Conversions) != len(want.Conversions) {
		t.Fatalf("%d conversions, want %d (of %d)", len(got.Conversions), len(want.Conversions), n)
	}
	if a, b := figures(want), figures(got); a != b {
		t.Fatalf("stated:\n%s\nrecognised:\n%s", a, b)
	}
	return found
}

// TestUndo: blocks with recognised swaps, applied and undone, leave the state as it
// was, byte for byte. Blocks end where transactions do. The first ledgers are the same
// in every run, and must have what the test is about: stolen value that ends at a
// conversion of others.
func TestUndo(t *testing.T) {
	o := ledgertest.Accounts{Events: 60, Assets: 3, Swaps: true, Thefts: 2}
	chainOf := func(seed uint64, form func() int) *ledger.Document {
		d := o.Make(seed)
		stated(d)
		chain, _ := unfolded(d, form, among)
		return chain
	}
	undone, mirrored := 0, 0
	for seed := range uint64(20) {
		form := -1
		chain := chainOf(seed, func() int { form++; return form })
		if len(trace.Marked(chain)) > 0 {
			u, m := takenBack(t, chain)
			undone, mirrored = undone+u, mirrored+m
		}
	}
	t.Logf("%d blocks undone, %d ends at conversions", undone, mirrored)
	if undone == 0 || mirrored == 0 {
		t.Error("the test shows nothing: choose other ledgers")
	}
	rapid.Check(t, func(rt *rapid.T) {
		chain := chainOf(rapid.Uint64().Draw(rt, "seed"), func() int { return rapid.IntRange(0, 3).Draw(rt, "form") })
		if len(trace.Marked(chain)) == 0 {
			rt.Skip("no theft")
		}
		takenBack(rt, chain)
	})
}

// takenBack applies a ledger block by block and undoes it. It counts the blocks, and
// the accounts at which stolen value ended in a conversion.
func takenBack(t rapid.TB, chain *ledger.Document) (undone, mirrored int) {
	m, err := graph.Build(context.Background(), chain)
	if err != nil {
		t.Fatal(err)
	}
	e, err := trace.NewEngine(swap.Over(m), trace.Question{Thefts: trace.Marked(chain), Policies: trace.Default})
	if err != nil {
		t.Fatal(err)
	}
	first, states := graph.ID(0), [][]byte{e.State()}
	for id := graph.ID(1); int(id) <= len(chain.Transfers); id++ {
		if int(id) < len(chain.Transfers) && chain.Transfers[id].Tx == chain.Transfers[id-1].Tx {
			continue
		}
		if err := e.Apply(first, id); err != nil {
			t.Fatal(err)
		}
		first, states = id, append(states, e.State())
	}
	// conservation is checked on every run
	tr := traced(t, chain, true)
	for _, p := range tr.Places {
		if p.Kind == trace.Converted {
			mirrored += len(p.Accounts)
		}
		within(t, tr, p)
	}
	for i := len(states) - 2; i >= 0; i-- {
		if err := e.Undo(); err != nil {
			t.Fatal(err)
		}
		if undone++; string(e.State()) != string(states[i]) {
			t.Fatalf("after %d blocks the state is another", i)
		}
	}
	return undone, mirrored
}

// within holds the figures of a place between its exact bounds.
func within(rt rapid.TB, t *trace.Trail, p *trace.Place) {
	for _, f := range p.Figures {
		for i, a := range f.Amounts {
			if b := f.Bound; b != nil && t.Policies[i].Conserves() && (a.Less(b.L) || b.U.Less(a)) {
				rt.Fatalf("%s: %s puts %s there, outside [%s, %s]", p.ID, t.Policies[i], a, b.L, b.U)
			}
		}
	}
}

func traced(rt rapid.TB, d *ledger.Document, recognise bool) *trace.Trail {
	m, err := graph.Build(context.Background(), d)
	if err != nil {
		rt.Fatal(err)
	}
	var g graph.Graph = m
	if recognise {
		g = swap.Over(m)
	}
	q := trace.Question{Thefts: trace.Marked(d), Policies: trace.Default}
	if len(q.Thefts) == 0 {
		return nil
	}
	tr, err := trace.Run(context.Background(), g, q)
	if err != nil {
		rt.Fatal(err)
	}
	return tr
}

// figures are the places of a trail that are not between legs, sorted, with all
// their figures and bounds; and what was converted, by asset.
func figures(t *trace.Trail) string {
	var lines []string
	for _, p := range t.Places {
		name := p.Name
		if strings.HasPrefix(name, "swap:") {
			name = "swap"
		}
		for v, f := range p.Figures {
			b := fmt.Sprintf("[%s, %s]", f.Lower, f.Upper)
			if f.Bound != nil {
				b += fmt.Sprintf(" exact [%s, %s]", f.Bound.L, f.Bound.U)
			}
			lines = append(lines, fmt.Sprintf("%s %s %s %s: %v %s", t.Views[v].Name, p.Kind, name, p.Asset.Name(), f.Amounts, b))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestChangesNothing: recognition changes no transfer that it does not join, and
// every event list, name and link leads to what it names.
func TestChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := ledgertest.Accounts{Events: 80, Assets: 3, Swaps: true, Thefts: 1, Odd: true}
		d := o.Make(rapid.Uint64().Draw(rt, "seed"))
		stated(d)
		chain, _ := unfolded(d, func() int { return rapid.IntRange(0, 3).Draw(rt, "form") }, among)
		m, err := graph.Build(context.Background(), chain)
		if err != nil {
			rt.Fatal(err)
		}
		g := swap.Over(m)
		for id := range graph.ID(m.Info().Transfers) {
			below, _ := m.Entry(id)
			e, err := g.Entry(id)
			if err != nil {
				rt.Fatal(err)
			}
			if err := e.Validate(ledger.Accounts); err != nil {
				rt.Fatal(err)
			}
			if e.Key != below.Key {
				rt.Fatalf("%s: key %v, the place has %v", e.ID, e.Key, below.Key)
			}
			if e.Conversion == "" && (e.From() != below.From() || e.To() != below.To() || e.Amount() != below.Amount()) {
				rt.Fatalf("%s changed", e.ID)
			}
			if ids, err := g.Find(e.ID); err != nil || !slices.Contains(ids, id) {
				rt.Fatalf("%s is not found at %d: %v, %v", e.ID, id, ids, err)
			}
			for _, a := range []ledger.Account{e.From(), e.To(), e.Counter()} {
				if a == "" || a == ledger.Outside {
					continue
				}
				ids, err := g.Events(graph.Pool{Ledger: e.Ledger, Account: a, Asset: e.Asset})
				if err != nil || !slices.Contains(ids, id) || !slices.IsSorted(ids) {
					rt.Fatalf("%s is no event of %s: %v, %v", e.ID, a, ids, err)
				}
			}
			if e.Conversion != "" {
				if o, err := g.Entry(e.Other); err != nil || o.Conversion != e.Conversion || o.Other != id {
					rt.Fatalf("%s: its other leg is %v, %v", e.ID, o.Transfer, err)
				}
			}
		}
	})
}
