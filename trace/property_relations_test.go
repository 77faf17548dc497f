package trace_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Relations between two ledgers: what a change of the ledger must do to the
// answer. The numbers are those of the tracing method, section 5.

// rounds is the number of ledgers of each kind per relation.
func rounds() int {
	if testing.Short() {
		return 30
	}
	return 150
}

// answer traces a ledger under every policy of its kind, without boundaries.
func answer(t *testing.T, d *ledger.Document, q trace.Question) *trace.Trail {
	t.Helper()
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Text())
	}
	q.NoBounds = true
	q.Thefts = trace.Marked(d)
	if q.Policies == nil {
		q.Policies = append(slices.Clone(trace.Default), trace.OwnFirst, trace.LIBR)
		if d.Ledger.Model == ledger.UTXO {
			q.Policies = unique(append(trace.Orders(), trace.Default...))
		}
	}
	trail, err := trace.Run(t.Context(), g, q)
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Text())
	}
	return trail
}

// figures are all the figures of a trail at its ends, by "view asset terminal
// what"; zeros are left out, since an end without taint may be missing.
func figures(t *testing.T, trail *trace.Trail, policies func(trace.Policy) bool, intervals bool) map[string]money.Amount {
	t.Helper()
	out := map[string]money.Amount{}
	for _, end := range trail.Terminals() {
		for v, view := range trail.Views {
			put := func(what string, n money.Amount) {
				if !n.IsZero() {
					out[view.Name+" "+string(end.Asset)+" "+end.Name+" "+what] = n
				}
			}
			for i, p := range trail.Policies {
				if policies == nil || policies(p) {
					put(string(p), end.Figures[v].Amounts[i])
				}
			}
			if !intervals {
				continue
			}
			put("one-pass L", end.Figures[v].Lower)
			put("one-pass U", end.Figures[v].Upper)
			if b, ok, err := trail.TerminalBound(v, end.Asset, []string{end.Name}); err != nil {
				t.Fatal(err)
			} else if ok {
				put("L", b.L)
				put("U", b.U)
			}
		}
	}
	return out
}

// same fails the test when two sets of figures differ.
func same(t *testing.T, relation string, d, changed *ledger.Document, want, got map[string]money.Amount) {
	t.Helper()
	var diffs []string
	for k, n := range want {
		if got[k] != n {
			diffs = append(diffs, fmt.Sprintf("%s: %s became %s", k, n, got[k]))
		}
	}
	for k, n := range got {
		if _, ok := want[k]; !ok {
			diffs = append(diffs, fmt.Sprintf("%s: 0 became %s", k, n))
		}
	}
	if len(diffs) > 0 {
		slices.Sort(diffs)
		t.Fatalf("%s:\n%s\nledger\n%schanged to\n%s", relation, strings.Join(diffs, "\n"), d.Text(), changed.Text())
	}
}

// mended is a changed ledger made valid.
func mended(t *testing.T, d *ledger.Document) *ledger.Document {
	t.Helper()
	out, ok := ledgertest.Repair(d)
	if !ok {
		t.Fatalf("a changed ledger is not valid:\n%s", d.Text())
	}
	return out
}

// plain makes small ledgers without what a relation does not hold for.
func plainCoins(seed uint64) *ledger.Document {
	return ledgertest.Coins{Txs: 2 + int(seed%12), First: 4, MaxIn: 3, MaxOut: 3, Thefts: 2, Zeros: seed%3 == 0, Later: seed%2 == 0}.Make(seed)
}

func plainAccounts(seed uint64) *ledger.Document {
	return ledgertest.Accounts{Events: 4 + int(seed%16), Thefts: 2, Assets: 1 + int(seed%2), Fees: seed%3 == 0, Missing: seed%4 == 0}.Make(seed)
}

// lines are the first and last transfer of every line of the text form.
func lines(d *ledger.Document) (out [][2]int) {
	for i := 0; i < len(d.Transfers); {
		j := i
		for j+1 < len(d.Transfers) && d.Transfers[j+1].Tx == d.Transfers[i].Tx {
			j++
		}
		out = append(out, [2]int{i, j})
		i = j + 1
	}
	return out
}

// Relation 5: permuting independent events changes nothing.
func TestIndependentEventsCommute(t *testing.T) {
	tried := 0
	for seed := range uint64(rounds()) {
		for _, d := range []*ledger.Document{plainCoins(seed), plainAccounts(seed)} {
			want := figures(t, answer(t, d, trace.Question{}), nil, true)
			ls := lines(d)
			for n := 0; n+1 < len(ls); n++ {
				a, b := d.Transfers[ls[n][0]:ls[n][1]+1], d.Transfers[ls[n+1][0]:ls[n+1][1]+1]
				if !independent(d, a, b) || hash(seed, fmt.Sprint(n))%4 != 0 {
					continue
				}
				tried++
				c := *d
				c.Transfers = slices.Concat(d.Transfers[:ls[n][0]], b, a, d.Transfers[ls[n+1][1]+1:])
				changed := mended(t, &c)
				same(t, "independent lines "+a[0].ID+" and "+b[0].ID+" changed places", d, changed, want, figures(t, answer(t, changed, trace.Question{}), nil, true))
			}
		}
	}
	if tried < rounds() {
		t.Errorf("only %d pairs were tried", tried)
	}
}

// independent says whether two lines touch no account, coin or end together. A
// theft changes K, by which every one-pass bound is cut, so it is independent of
// nothing.
func independent(d *ledger.Document, a, b []ledger.Transfer) bool {
	touched := func(ts []ledger.Transfer) map[string]bool {
		out := map[string]bool{}
		for i := range ts {
			t := &ts[i]
			for _, m := range d.Thefts {
				out["theft"] = out["theft"] || m.Ref == t.ID || strings.HasPrefix(m.Ref, t.ID+":")
			}
			for k := range t.Credits {
				out["coin "+ledger.Coin{Tx: t.Tx, Index: uint32(k)}.String()] = true
			}
			for _, x := range t.Debits {
				out["coin "+x.Spends.String()] = true
				out["account "+string(x.Account)] = d.Ledger.Model == ledger.Accounts && x.Account != ledger.Outside
			}
			if d.Ledger.Model == ledger.Accounts {
				out["account "+string(t.To())] = true
				out["fee"] = out["fee"] || !t.Fee.IsZero()
			}
		}
		delete(out, "coin :0")
		return out
	}
	x, y := touched(a), touched(b)
	for k := range x {
		if x[k] && y[k] {
			return false
		}
	}
	return !x["theft"] && !y["theft"] && (a[0].Kind == ledger.Opening) == (b[0].Kind == ledger.Opening)
}

// Relation 6: under orders that do not look at taint, with the fee first or
// last, the union is the sum of the thefts.
func TestColourBlindOrdersAddUp(t *testing.T) {
	blind := func(p trace.Policy) bool {
		return p == trace.FIFO || p == trace.LIFO || len(p) == 4 && p[3] == 'o' && strings.ContainsRune("flhs", rune(p[0]))
	}
	for seed := range uint64(rounds()) {
		for _, d := range []*ledger.Document{plainCoins(seed), plainAccounts(seed)} {
			trail := answer(t, d, trace.Question{FeeRule: []trace.FeeRule{trace.FeeLast, trace.FeeFirst}[seed%2]})
			union := trail.View("any")
			if union < 0 {
				continue
			}
			for _, end := range trail.Terminals() {
				for i, p := range trail.Policies {
					var sum money.Amount
					for v := range union {
						sum = sum.Add(end.Figures[v].Amounts[i])
					}
					if blind(p) && sum != end.Figures[union].Amounts[i] {
						t.Fatalf("seed %d: %s at %s: thefts sum to %s, their union is %s\n%s", seed, p, end.Name, sum, end.Figures[union].Amounts[i], d.Text())
					}
				}
			}
		}
	}
}

// Relation 7: scaling all amounts scales every ordered policy and the exact
// bounds. (Not haircut, which rounds, nor pro-rata fees.)
func TestScaling(t *testing.T) {
	for seed := range uint64(rounds()) {
		for _, d := range []*ledger.Document{plainCoins(seed), plainAccounts(seed)} {
			c := *d
			c.Transfers = nil
			for _, x := range d.Transfers {
				x.Debits, x.Credits, x.Fee = slices.Clone(x.Debits), slices.Clone(x.Credits), times7(x.Fee)
				for i := range x.Debits {
					x.Debits[i].Amount = times7(x.Debits[i].Amount)
				}
				for i := range x.Credits {
					x.Credits[i].Amount = times7(x.Credits[i].Amount)
				}
				c.Transfers = append(c.Transfers, x)
			}
			big := mended(t, &c)
			exact := func(p trace.Policy) bool { return p != trace.Haircut }
			want := figures(t, answer(t, d, trace.Question{}), exact, true)
			for k, n := range want {
				want[k] = times7(n)
			}
			same(t, "all amounts times 7", d, big, want, figures(t, answer(t, big, trace.Question{}), exact, true))
		}
	}
}

func times7(n money.Amount) money.Amount {
	return money.Sum(n, n, n, n, n, n, n)
}

// Relation 8: a theft reported in two parts that meet is the theft.
func TestSplittingASeed(t *testing.T) {
	for seed := range uint64(rounds()) {
		d := plainCoins(seed)
		c := *d
		c.Thefts = nil
		for _, m := range d.Thefts {
			coin, err := ledger.ParseCoin(m.Ref)
			if err != nil {
				t.Fatal(err)
			}
			n := d.Transfers[slices.IndexFunc(d.Transfers, func(x ledger.Transfer) bool { return x.Tx == coin.Tx })].Credits[coin.Index].Amount
			half, _ := n.MulDiv(money.Units(1+seed%3), money.Units(4))
			for _, part := range [][2]money.Amount{{money.Zero, half}, {half, n.Sub(half)}} {
				if !part[1].IsZero() {
					c.Thefts = append(c.Thefts, ledger.Mark{Theft: m.Theft, Ref: m.Ref, Part: true, Offset: part[0], Length: part[1]})
				}
			}
		}
		q := trace.Question{FeeRule: []trace.FeeRule{trace.FeeLast, trace.FeeFirst, trace.FeeProrata}[seed%3]}
		same(t, "a mark in two parts", d, &c, figures(t, answer(t, d, q), nil, true), figures(t, answer(t, &c, q), nil, true))

		a := plainAccounts(seed)
		cut := splitMints(a)
		same(t, "a stolen mint in two", a, mended(t, cut), figures(t, answer(t, a, q), nil, true), figures(t, answer(t, mended(t, cut), q), nil, true))
	}
}

// splitMints makes two mints of every stolen one.
func splitMints(d *ledger.Document) *ledger.Document {
	c := *d
	c.Transfers, c.Thefts = nil, slices.Clone(d.Thefts)
	for _, x := range d.Transfers {
		i := slices.IndexFunc(d.Thefts, func(m ledger.Mark) bool { return m.Ref == x.ID })
		half, _ := x.Amount().MulDiv(money.Units(1), money.Units(2))
		if i < 0 || x.From() != ledger.Outside || half.IsZero() {
			c.Transfers = append(c.Transfers, x)
			continue
		}
		y := x
		y.ID, y.Tx = x.ID+"b", x.ID+"b"
		x.Credits = []ledger.Credit{{Account: x.To(), Amount: half}}
		y.Credits = []ledger.Credit{{Account: y.To(), Amount: y.Amount().Sub(half)}}
		x.Debits, y.Debits = slices.Clone(x.Debits), slices.Clone(y.Debits)
		c.Transfers = append(c.Transfers, x, y)
		c.Thefts = append(c.Thefts, ledger.Mark{Theft: d.Thefts[i].Theft, Ref: y.ID})
	}
	return &c
}

// Relation 9: a theft that goes nowhere leaves the rest of the ledger clean.
func TestCleanLedgerIsClean(t *testing.T) {
	for seed := range uint64(rounds()) {
		for _, d := range []*ledger.Document{plainCoins(seed), plainAccounts(seed)} {
			line, ref, want := "coin lone z:5\n", "lone.0", "lone:0"
			if d.Ledger.Model == ledger.Accounts {
				line, ref, want = "", "lone", "held:z"
			}
			head, body, _ := strings.Cut(d.Text(), "\n")
			var b strings.Builder
			b.WriteString(head + "\n" + line)
			for l := range strings.Lines(body) {
				if !strings.HasPrefix(l, "theft ") {
					b.WriteString(l)
				}
			}
			if line == "" {
				b.WriteString("lone * > z 5\n")
			}
			c, err := ledger.ParseText("lone", strings.NewReader(b.String()+"theft A "+ref+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			trail := answer(t, c, trace.Question{})
			if ends := trail.Terminals(); len(ends) != 1 || ends[0].Name != want || len(trail.Hops) != 1 || trail.Stamp.Read != 1 {
				t.Fatalf("seed %d: a lone theft gives %d ends, %d hops, and %d transfers were read\n%s", seed, len(ends), len(trail.Hops), trail.Stamp.Read, c.Text())
			}
		}
	}
}
