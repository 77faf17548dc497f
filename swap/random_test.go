package swap_test

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/swap"
)

// TestRandomTransactions: whatever a transaction holds, recognition changes nobody's
// balance: who gave and who took what, the other side of each leg included, adds up
// to the same for every account and asset. And what it recognises is what its rule
// says: the sender's only net flows. The first are the same in every run, so that some
// are recognised whatever is drawn.
func TestRandomTransactions(t *testing.T) {
	const own, in, out = "x a > r 0 ETH fee 1\n", "x/in a > p 3 T1\n", "x/out p > a 2 T2\n"
	for _, text := range []string{own + in + out, own + out + in, own + in + "x/0 p > a 2 STK\n", own + in + "x/0 p > r 2 T2\nx/1 r > a 2 T2\n"} {
		d, err := document(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := graph.Build(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		if why := balanced(t, m, text); why != "" {
			t.Errorf("not recognised, %s:\n%s", why, text)
		}
	}
	refused := map[swap.Reason]int{}
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(words, label string) string {
			return rapid.SampledFrom(strings.Fields(words)).Draw(rt, label)
		}
		var text strings.Builder
		text.WriteString(own)
		for _, leg := range []string{in, out} {
			if rapid.IntRange(0, 7).Draw(rt, "leg") > 0 {
				text.WriteString(leg) // so that enough of them are swaps
			}
		}
		for i := range rapid.IntRange(0, 5).Draw(rt, "transfers") {
			fmt.Fprintf(&text, "x/%d %s > %s %d %s\n", i, pick("a a r p p q * weth", "from"), pick("a a r p p q * weth", "to"), rapid.IntRange(0, 3).Draw(rt, "amount"), pick("ETH WETH T1 T1 T2 T2 STK", "asset"))
		}
		d, err := document(text.String())
		if err != nil {
			rt.Skip(err)
		}
		m, err := graph.Build(context.Background(), d)
		if err != nil {
			rt.Skip(err)
		}
		refused[balanced(rt, m, text.String())]++
	})
	t.Logf("recognised, or refused for: %v", refused)
}

// balanced holds the balances of a transaction with recognition to those without, and
// what was recognised to what its sender gave and got. It says why nothing was.
func balanced(t rapid.TB, m *graph.Memory, text string) swap.Reason {
	g := swap.Over(m)
	f, err := g.Recognised(m.Info().Ledgers[0].ID, "x")
	if err != nil {
		t.Fatal(err)
	}
	before, after := balances(t, m), balances(t, g)
	for k, n := range before {
		if after[k] == nil || n.Cmp(after[k]) != 0 {
			t.Fatalf("%v had %s and has %s in\n%s", k, n, after[k], text)
		}
	}
	if f.Conversion == nil {
		return cmp.Or(f.Why, "nothing exchanged")
	}
	for k, n := range before {
		want := new(big.Int)
		switch c := f.Conversion; {
		case k.Account != "a":
			continue
		case k.Asset == c.Gave.Asset:
			want.Neg(c.Gave.Amount.Big())
		case k.Asset == c.Got.Asset:
			want = c.Got.Amount.Big()
		}
		if n.Cmp(want) != 0 {
			t.Fatalf("%+v, and the sender's %s is %s in\n%s", f.Conversion, k.Asset, n, text)
		}
	}
	return ""
}

// balances adds up a graph by account and asset, fees apart.
func balances(rt rapid.TB, g graph.Graph) map[graph.Pool]*big.Int {
	out := map[graph.Pool]*big.Int{}
	for id := range graph.ID(g.Info().Transfers) {
		e, err := g.Entry(id)
		if err != nil {
			rt.Fatal(err)
		}
		for _, a := range []ledger.Account{e.From(), e.To(), e.Counter()} {
			if k := (graph.Pool{Ledger: e.Ledger, Account: a, Asset: e.Asset}); a != "" && a != ledger.Outside && !strings.HasPrefix(string(a), "swap:") && out[k] == nil {
				out[k] = new(big.Int)
			}
		}
		for k, n := range out {
			if k.Asset != e.Asset || e.From() == e.To() {
				continue
			}
			if e.Gives(k.Account) {
				n.Sub(n, e.Amount().Big())
			}
			if e.Takes(k.Account) {
				n.Add(n, e.Amount().Big())
			}
		}
	}
	return out
}

// TestWide: sums beyond 128 bits are a reason, never a panic.
func TestWide(t *testing.T) {
	d, err := document("x a > p 1 T1 fee 1 ETH\nx/1 a > p 1 T1\nx/2 p > a 7 T2\n")
	if err != nil {
		t.Fatal(err)
	}
	var ts []*ledger.Transfer
	for i := range d.Transfers {
		x := &d.Transfers[i]
		if x.Asset == "T1" && x.Kind == ledger.Value {
			most := money.FromWords(^uint64(0), ^uint64(0))
			x.Debits[0].Amount, x.Credits[0].Amount = most, most
		}
		ts = append(ts, x)
	}
	if f := swap.Recognise(ts, d.Ledger.Native); f.Why != swap.Wide {
		t.Errorf("got %+v", f)
	}
}
