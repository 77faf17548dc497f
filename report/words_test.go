package report

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

func TestStampWords(t *testing.T) {
	coins, accounts := ledger.Info{Model: ledger.UTXO}, ledger.Info{Model: ledger.Accounts}
	for _, c := range []struct {
		stamp trace.Stamp
		want  string
	}{
		{trace.Stamp{}, notKnown},
		{trace.Stamp{Ledgers: []ledger.Info{coins}}, "coins: rule last, fate sink"},
		{trace.Stamp{Ledgers: []ledger.Info{coins}, FeeRule: trace.FeeProrata, FeeFate: trace.FeesFirst}, "coins: rule prorata, fate fees-first"},
		{trace.Stamp{Ledgers: []ledger.Info{accounts}}, "accounts: after the value, from the same lots"},
		{trace.Stamp{Ledgers: []ledger.Info{accounts}, IgnoreFees: true}, "accounts: left out of account, as asked"},
		{trace.Stamp{Ledgers: []ledger.Info{accounts, coins}}, "coins: rule last, fate sink; accounts: after the value, from the same lots"},
	} {
		if got := feeWords(c.stamp); got != c.want {
			t.Errorf("fees of %+v: %q, want %q", c.stamp, got, c.want)
		}
	}
	if got := tieWords(1); !strings.HasPrefix(got, "not known for 1 transfer:") {
		t.Errorf("ties: %q", got)
	}
}

// TestStampIsWhole checks that each condition of a trail has a line.
func TestStampIsWhole(t *testing.T) {
	d := document(t, "thefts")
	d.Inputs = append(d.Inputs, Input{"thefts.txt", d.Trail.Stamp.Ledgers[0].SHA256})
	d.Trail.Stamp.Until = time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)
	d.Trail.Stamp.Through, d.Trail.Stamp.Speculative = []ledger.Account{"svc-exchange"}, true
	lines := map[string]string{}
	for _, l := range d.stamp() {
		lines[l.Name] += l.Text + "|"
	}
	for name, want := range map[string]string{
		"made by": "coldtrail v0", "ledger": "thefts.txt, sha256 3b1c", "input": "case.yaml, hash not known|", "policies": "fifo, lifo", "fees": "accounts",
		"boundaries": "sha256:5f0e", "data": "opening balances gap", "unobserved": "5 ETH on 1 account", "order": "2 transfers",
		"until": "2024-02-01 00:00 UTC", "speculative": "svc-exchange", "read": "12 of 14",
	} {
		if !strings.Contains(lines[name], want) {
			t.Errorf("%s: %q lacks %q", name, lines[name], want)
		}
	}
	if strings.Contains(lines["input"], "thefts.txt") {
		t.Error("the ledger's own file is named twice")
	}
}

func certified(t *testing.T) (scope, *names) {
	t.Helper()
	d := document(t, "five")
	s, err := d.lead(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, newNames(d.Trail)
}

func TestEntryWords(t *testing.T) {
	s, n := certified(t)
	s.totals.Asset = money.Asset{ID: "x", Symbol: "X"}
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		e    trace.CutEdge
		want string
	}{
		{trace.CutEdge{Kind: "theft", Transfer: "e1", To: "a", Amount: money.Units(5)}, "the theft itself: 5 X at a (e1)"},
		{trace.CutEdge{Kind: "theft", To: "a", Amount: money.Units(5)}, "the theft itself: 5 X put in at a"},
		{trace.CutEdge{Kind: "pay", Transfer: "e2", Account: "a", To: "b", Amount: money.Units(5), Time: at}, "payment e2: 5 X from a to b, 2024-01-02 03:04:05 UTC"},
		{trace.CutEdge{Kind: "coin", Transfer: "t1", Out: 3, To: "b", Amount: money.Units(5)}, "coin t1:3: 5 X of b"},
		{trace.CutEdge{Kind: "fee", Transfer: "t1", Amount: money.Units(1)}, "fee of t1: 1 X paid by several accounts together"},
		{trace.CutEdge{Kind: "hold", Account: "a", Transfer: "e2", Amount: money.Units(7)}, "balance kept: 7 X on a after e2"},
		{trace.CutEdge{Kind: "hold", Account: "a", Amount: money.Units(7)}, "balance kept: 7 X on a"},
		{trace.CutEdge{Kind: "end", Account: "*", Amount: money.Units(7)}, "what stands there at the end: 7 X on outside the data"},
		{trace.CutEdge{Kind: "new", Account: "a", Amount: money.Units(7)}, "new : 7 X on a"},
	} {
		if got := s.entryWords(n, c.e); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestCertificateWords(t *testing.T) {
	s, n := certified(t)
	s.totals.Asset, s.totals.Seeded = money.Asset{ID: "x", Symbol: "X"}, money.Units(100)
	u := money.Units
	pay := func(a uint64) trace.CutEdge {
		return trace.CutEdge{Kind: "pay", Transfer: "e", Account: "a", To: "b", Amount: u(a)}
	}
	theft := trace.CutEdge{Kind: "theft", Transfer: "e1", To: "a", Amount: u(100)}
	for _, c := range []struct {
		b            trace.Bound
		upper, lower string
	}{
		{trace.Bound{L: u(0), U: u(0)}, "No stolen value can be there", "Nothing need be there: all 100 X"},
		{trace.Bound{L: u(0), U: u(100), CutU: []trace.CutEdge{theft}}, "only the theft itself", "Nothing need be there"},
		{trace.Bound{L: u(100), U: u(100), CutU: []trace.CutEdge{theft}}, "only the theft", "All 100 X must be there: no path leads"},
		{trace.Bound{L: u(30), U: u(50), CutU: []trace.CutEdge{pay(50)}, CutL: []trace.CutEdge{pay(40), pay(30)}},
			"this one entry of the ledger, which carries 50 X:", "everything else together can take no more than 70 X"},
		{trace.Bound{L: u(30), U: u(51), CutU: []trace.CutEdge{pay(50)}, CutL: []trace.CutEdge{pay(70)}}, "CHECK FAILED: these entries sum to 50 X, not to 51 X", "leaves 30 X"},
		{trace.Bound{L: u(31), U: u(50), CutU: []trace.CutEdge{pay(50)}, CutL: []trace.CutEdge{pay(70)}}, "Strike it out", "CHECK FAILED: these entries sum to 70 X, not to 69 X"},
	} {
		got := s.certify(n, c.b, cutLimit)
		if all := got.Upper + got.UpperEnd; !strings.Contains(all, c.upper) {
			t.Errorf("upper of [%s, %s]: %q lacks %q", c.b.L, c.b.U, all, c.upper)
		}
		if all := got.Lower + got.LowerEnd; !strings.Contains(all, c.lower) {
			t.Errorf("lower of [%s, %s]: %q lacks %q", c.b.L, c.b.U, all, c.lower)
		}
	}
}

// TestLongCuts checks that a long cut shows its largest entries in the order of
// the ledger, and counts and sums the rest.
func TestLongCuts(t *testing.T) {
	s, n := certified(t)
	s.totals.Asset = money.Asset{ID: "x", Symbol: "X"}
	var cut []trace.CutEdge
	for _, a := range []uint64{5, 40, 5, 30, 1} {
		cut = append(cut, trace.CutEdge{Kind: "hold", Account: "a", Amount: money.Units(a)})
	}
	got := strings.Join(s.cutLines(n, cut, 3), "; ")
	want := "balance kept: 5 X on a; balance kept: 40 X on a; balance kept: 30 X on a; … and 2 more entries, 6 X in sum"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if n := len(s.cutLines(n, cut, 5)); n != 5 {
		t.Errorf("a cut that fits has %d lines, want 5", n)
	}
}

func TestByAmount(t *testing.T) {
	s, _ := certified(t)
	s.totals.Asset = money.Asset{ID: "x"}
	n := len(s.t.Policies)
	same := make([]money.Amount, n)
	if got := s.byAmount(same); got != "every policy 0" {
		t.Errorf("policies that agree: %q", got)
	}
	same[1] = money.Units(1234)
	if got := s.byAmount(same); !strings.HasPrefix(got, "fifo, haircut,") || !strings.HasSuffix(got, "; lifo 1,234") {
		t.Errorf("policies that differ: %q", got)
	}
}

// TestExplainAddsUp reads an explanation back: what came in less what went on is
// the figure.
func TestExplainAddsUp(t *testing.T) {
	d := document(t, "five")
	s, err := d.lead(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.places() {
		var in, out money.Amount
		for _, i := range s.into(p) {
			in = in.Add(s.amount(s.t.Hops[i].Figures[s.view]))
		}
		for _, i := range s.outOf(p) {
			out = out.Add(s.amount(s.t.Hops[i].Figures[s.view]))
		}
		if got := in.Sub(out); got != s.amount(s.figures(p)) {
			t.Errorf("%s: in %s less out %s is not %s", p.ID, in, out, s.amount(s.figures(p)))
		}
		if way := s.largestWay(p); len(way) > 0 && s.theftOf(way[0]) == "" {
			t.Errorf("%s: the way begins at hop %d, which is no theft", p.ID, way[0])
		}
	}
	text := render(t, everyWriter["explain"], document(t, "hundreds"), Options{Limit: 3})
	if !strings.Contains(text, "smaller ones that left with") || !strings.Contains(text, "more entries,") {
		t.Errorf("long lists are counted and summed:\n%s", text)
	}
}

func TestFreezeOrder(t *testing.T) {
	out := render(t, Freeze, document(t, "five"), Options{Asset: "ETH", Width: 140})
	last := -1
	for _, name := range []string{"0x47666", "0xa4b2bbbb", "Exchange", "0xa4b2aaaa", "mix-one", "0x2222"} {
		at := strings.Index(out, name)
		if at <= last {
			t.Errorf("%s stands at %d, after %d: the list goes by lower bound", name, at, last)
		}
		last = at
	}
	if strings.Contains(out, "swap:") || strings.Contains(out, "fee row") {
		t.Error("what is converted or paid as fees cannot be frozen")
	}
	if few := render(t, Freeze, document(t, "five"), Options{Asset: "ETH", Limit: 2}); !strings.Contains(few, "… 4 more places") {
		t.Errorf("the rest is counted:\n%s", few)
	}
}

func TestReceived(t *testing.T) {
	doc, err := ledger.ParseText("back", strings.NewReader(stories["five"]))
	if err != nil {
		t.Fatal(err)
	}
	d := run(t, "five", doc)
	q := trace.Question{Thefts: []trace.Theft{{Name: "Heist", Seeds: []trace.Seed{{Ref: "e1"}}}}}
	r, err := trace.Backward(context.Background(), d.Graph, q, "eip155:1", "svc-exchange")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Received(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"80 ETH in 1 payment\n", "at least 30 ETH, at most 80 ETH", "37.50 %"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("lacks %q:\n%s", want, b.String())
		}
	}
}
