package trace_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Relation 13: self, zero and failed transfers without fees are no-ops.
func TestNothingHappens(t *testing.T) {
	idle := []string{"%s a1 > a1 7", "%s a0 > a1 0", "%s a2 > a0 9 failed", "%s a1 > a2 0 T1", "%s x0 > a1 0"}
	for seed := range uint64(rounds()) {
		d := plainAccounts(seed)
		var b strings.Builder
		n := 0
		for l := range strings.Lines(d.Text()) {
			if body := !strings.HasPrefix(l, "ledger") && !strings.HasPrefix(l, "open") && !strings.HasPrefix(l, "theft"); body && hash(seed, l)%2 == 0 {
				fmt.Fprintf(&b, idle[n%len(idle)]+"\n", fmt.Sprintf("idle%d", n))
				n++
			}
			b.WriteString(l)
		}
		c, err := ledger.ParseText("idle", strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "transfers of nothing", d, c, figures(t, answer(t, d, trace.Question{}), nil, true), figures(t, answer(t, c, trace.Question{}), nil, true))
	}
}

// Relation 17: a wholly tainted coin stays wholly tainted under every policy.
func TestWhollyStolenStaysStolen(t *testing.T) {
	for seed := range uint64(rounds()) {
		d := ledgertest.Coins{Txs: 10, First: 3, Zeros: true}.Make(seed)
		for i := range d.Transfers {
			for k, c := range d.Transfers[i].Credits {
				if d.Transfers[i].Kind == ledger.Opening && !c.Amount.IsZero() {
					d.Thefts = append(d.Thefts, ledger.Mark{Theft: "A", Ref: ledger.Coin{Tx: d.Transfers[i].Tx, Index: uint32(k)}.String()})
				}
			}
		}
		trail := answer(t, d, trace.Question{FeeRule: []trace.FeeRule{trace.FeeLast, trace.FeeFirst, trace.FeeProrata}[seed%3]})
		for _, h := range trail.Hops {
			for i, a := range h.Figures[0].Amounts {
				if a != h.Value || h.Figures[0].Lower != h.Value || h.Figures[0].Upper != h.Value {
					t.Fatalf("seed %d: %s leaves %s of %s, [%s, %s], at %s %d\n%s", seed, trail.Policies[i], a, h.Value, h.Figures[0].Lower, h.Figures[0].Upper, h.Transfer, h.Out, d.Text())
				}
			}
		}
	}
}

// Relation 18: full consolidation loses nothing.
func TestConsolidationLosesNothing(t *testing.T) {
	for seed := range uint64(rounds()) {
		d := plainCoins(seed)
		live := map[string]ledger.Credit{}
		var order []string
		for i := range d.Transfers {
			for _, in := range d.Transfers[i].Debits {
				delete(live, in.Spends.String())
			}
			for k, c := range d.Transfers[i].Credits {
				id := ledger.Coin{Tx: d.Transfers[i].Tx, Index: uint32(k)}.String()
				live[id], order = c, append(order, id)
			}
		}
		join, sum := "join", money.Zero
		for _, id := range order {
			if c, ok := live[id]; ok {
				join, sum = join+" "+id, sum.Add(c.Amount)
			}
		}
		text, marks, _ := strings.Cut(d.Text(), "theft ")
		c, err := ledger.ParseText("join", strings.NewReader(text+join+" -> z:"+sum.String()+"\ntheft "+marks))
		if err != nil {
			t.Fatal(err)
		}
		trail := answer(t, c, trace.Question{})
		for v, view := range trail.Views {
			for i, p := range trail.Policies {
				var fees, joined money.Amount
				for _, end := range trail.Terminals() {
					if end.Name == "join:0" {
						joined = end.Figures[v].Amounts[i]
					} else {
						fees = fees.Add(end.Figures[v].Amounts[i])
					}
				}
				if k := view.Assets[0].Seeded; p.Conserves() && joined.Add(fees) != k {
					t.Fatalf("seed %d: %s of %s: %s joined, %s in fees, %s stolen\n%s", seed, p, view.Name, joined, fees, k, c.Text())
				}
			}
		}
	}
}

// Relation 14: a conversion by cumulative floor gives exactly y, keeps the order
// of lots, and puts every boundary between lots at the floor of its share.
func TestSwapKeepsLots(t *testing.T) {
	for seed := range uint64(2000) {
		var lots []trace.Lot
		x := money.Zero
		for i := range 1 + seed%6 {
			l := trace.Lot{Colour: 1, N: money.Units(1 + hash(seed, fmt.Sprint("n", i))%30)}
			if i%2 == 0 {
				l.Colour = 0
			}
			lots, x = append(lots, l), x.Add(l.N)
		}
		y := money.Units(hash(seed, "y") % 60)
		got := trace.SwapLots(lots, y)
		at, want, stolen, out := money.Zero, money.Zero, money.Zero, money.Zero
		for _, l := range lots {
			from, _ := at.MulDiv(y, x)
			at = at.Add(l.N)
			to, _ := at.MulDiv(y, x)
			if l.Colour == 1 {
				want = want.Add(to.Sub(from))
			}
		}
		for i, l := range got {
			out = out.Add(l.N)
			if l.Colour == 1 {
				stolen = stolen.Add(l.N)
			}
			if l.N.IsZero() || i > 0 && got[i-1].Colour == l.Colour {
				t.Fatalf("%v for %s: %v has an empty lot or two neighbours of one colour", lots, y, got)
			}
		}
		if out != y || stolen != want {
			t.Fatalf("%v for %s: got %v of %s, want %s stolen", lots, y, got, out, want)
		}
	}
}

// Relation 19: between the owners of one account, what went out and what is left
// is what came in, to the last fraction; and no cap exceeds a later balance.
func TestOwnersConserve(t *testing.T) {
	for seed := range uint64(20 * rounds()) {
		var events []trace.OwnerEvent
		bal, caps := new(big.Rat), map[string]*big.Rat{}
		for i := range 2 + seed%10 {
			draw := func(what string, n uint64) uint64 { return hash(seed, fmt.Sprint(what, i)) % n }
			n := big.NewRat(int64(draw("n", 50)), int64(1+draw("d", 3)))
			if draw("out", 2) == 0 && n.Cmp(bal) <= 0 && n.Sign() > 0 {
				events = append(events, trace.OwnerEvent{Out: fmt.Sprint("p", i), Amount: n})
				bal.Sub(bal, n)
				for _, owner := range []string{"H", "V1", "V2"} {
					if c := trace.LowestBalance(events, owner); c.Cmp(bal) > 0 {
						t.Fatalf("seed %d: %s may claim %s of a balance of %s", seed, owner, c.RatString(), bal.RatString())
					}
				}
				continue
			}
			owner := []string{"H", "V1", "V2"}[draw("owner", 3)]
			events = append(events, trace.OwnerEvent{In: owner, Amount: n})
			bal.Add(bal, n)
			if caps[owner] == nil {
				caps[owner] = new(big.Rat)
			}
			caps[owner].Add(caps[owner], n)
		}
		for _, rule := range trace.OwnerRules {
			payments, left, err := trace.Owners(events, rule, "H")
			if err != nil {
				t.Fatal(err)
			}
			sum := new(big.Rat)
			for owner, in := range caps { // what each owner put in comes out or is left
				mine := new(big.Rat)
				for _, s := range append(shares(payments), left) {
					if s[owner] != nil {
						mine.Add(mine, s[owner])
					}
				}
				if mine.Cmp(in) != 0 {
					t.Fatalf("seed %d: %s: %s put in %s, %s is accounted for", seed, rule, owner, in.RatString(), mine.RatString())
				}
			}
			for _, n := range left {
				sum.Add(sum, n)
			}
			if sum.Cmp(bal) != 0 {
				t.Fatalf("seed %d: %s leaves %s of a balance of %s", seed, rule, sum.RatString(), bal.RatString())
			}
		}
	}
}

func shares(payments []trace.Payment) (out []trace.Shares) {
	for _, p := range payments {
		out = append(out, p.Owners)
	}
	return out
}
