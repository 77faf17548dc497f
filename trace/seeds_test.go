package trace

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

const seedLedger = `
m1 * > a 10
m2 * > a 10
e1 a > b 5 fee 1
e2 a > c 5 X
f1 a > b 5 failed fee 1
z1 a > b 0
y1 a > a 3
w1 a > a 4 for 3 Y
`

func seedGraph(t *testing.T, text string) graph.Graph {
	t.Helper()
	d, err := ledger.ParseText("seeds", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestSeedFaults(t *testing.T) {
	g := seedGraph(t, seedLedger)
	one := func(s Seed) Question { return Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{s}}}} }
	for name, c := range map[string]struct {
		q    Question
		err  error
		want string
	}{
		"nothing asked":        {Question{}, ErrQuestion, "no theft"},
		"no seed":              {Question{Thefts: []Theft{{Name: "t"}}}, ErrSeed, "no seed"},
		"unknown":              {one(Seed{Ref: "nope"}), ErrSeed, "not in this ledger"},
		"failed":               {one(Seed{Ref: "f1"}), ErrSeed, "matches 0 credits"},
		"zero":                 {one(Seed{Ref: "z1"}), ErrSeed, "credits nothing"},
		"self":                 {one(Seed{Ref: "y1"}), ErrSeed, "own sender"},
		"empty":                {one(Seed{}), ErrSeed, "neither marks nor injects"},
		"part of an account":   {one(Seed{Ref: "e1", Part: true, Length: money.Units(1)}), ErrSeed, "only coins"},
		"filter of nothing":    {one(Seed{Where: &graph.Filter{From: "nobody"}}), ErrSeed, "no credit"},
		"wrong count":          {one(Seed{Where: &graph.Filter{From: ledger.Outside}, Count: 3, Sum: money.Units(20)}), ErrSeed, "selects 2 credits of 20"},
		"wrong sum":            {one(Seed{Where: &graph.Filter{From: ledger.Outside}, Count: 2, Sum: money.Units(21)}), ErrSeed, "selects 2 credits of 20"},
		"unknown asset":        {one(Seed{Inject: true, Ledger: "test", Account: "a", Asset: "NO", Amount: money.Units(1)}), ErrSeed, `asset "NO"`},
		"unknown ledger":       {one(Seed{Inject: true, Ledger: "moon", Account: "a", Asset: "unit", Amount: money.Units(1)}), ErrSeed, `ledger "moon"`},
		"injects nothing":      {one(Seed{Inject: true, Ledger: "test", Account: "a", Asset: "unit"}), ErrSeed, "injects nothing"},
		"it is there":          {one(Seed{Inject: true, Ledger: "test", Account: "b", Asset: "unit", Amount: money.Units(5), Before: "e1"}), ErrSeed, "after all"},
		"place unknown":        {one(Seed{Inject: true, Ledger: "test", Account: "b", Asset: "unit", Amount: money.Units(5), Before: "nope"}), ErrSeed, "place of the injection"},
		"first of nothing":     {one(Seed{Inject: true, Ledger: "test", Account: "b", Asset: "unit", Amount: money.Units(5), BeforeFirst: &graph.Filter{From: "q"}}), ErrSeed, "selects no transfer"},
		"reserved name":        {Question{Thefts: []Theft{{Name: "any", Seeds: []Seed{{Ref: "e1"}}}}}, ErrQuestion, "reserved"},
		"twice":                {Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{{Ref: "e1"}}}, {Name: "t", Seeds: []Seed{{Ref: "e2"}}}}}, ErrQuestion, "taken"},
		"continues a stranger": {Question{Thefts: []Theft{{Name: "t", Continues: "u", Seeds: []Seed{{Ref: "e1"}}}}}, ErrQuestion, "no other theft"},
	} {
		_, err := Run(context.Background(), g, c.q)
		if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %v with %q", name, err, c.err, c.want)
		}
	}
}

// An ambiguous seed is answered with the credits it may mean.
func TestSeedCandidates(t *testing.T) {
	d := "coin s A:5\nt1 s.0 -> B:2 C:3\n"
	_, err := Run(context.Background(), seedGraph(t, d), Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{{Ref: "t1"}}}}})
	for _, want := range []string{"matches 2 credits", "t1 credit 0: 2 unit to B", "t1 credit 1: 3 unit to C"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	narrowed := Seed{Ref: "t1", Where: &graph.Filter{To: "C"}}
	tr, err := Run(context.Background(), seedGraph(t, d), Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{narrowed}}}})
	if err != nil || tr.Seeds[0].Account != "C" {
		t.Errorf("a narrowed seed: %v, %v", tr, err)
	}
}

// What is injected counts from its place on, not before it.
func TestInjectionPlace(t *testing.T) {
	g := seedGraph(t, "m1 * > a 10\ne1 a > b 4\ne2 a > c 4\n")
	q := Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{{Inject: true, Ledger: "test", Account: "a", Asset: "unit", Amount: money.Units(7), Before: "e2"}}}}}
	tr, err := Run(context.Background(), g, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Place("b")) != 0 {
		t.Error("the payment before the injection carries stolen value")
	}
	b := tr.Place("c")[0].Figures[0]
	if got := b.Bound; got.L != money.Zero || got.U != money.Units(4) || b.Amounts[tr.Policy(LIFO)] != money.Units(4) {
		t.Errorf("c holds %+v", b)
	}
}

// A trail must stop at once when it is told to.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, seedGraph(t, seedLedger), Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{{Ref: "e1"}}}}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// An injection is not counted twice: the pool it opens begins with what was
// there before it.
func TestInjectionOpensPool(t *testing.T) {
	g := seedGraph(t, "m1 * > a 1\ne1 a > b 8\ne2 a > c 1\n")
	in := func(n uint64) Seed {
		return Seed{Inject: true, Ledger: "test", Account: "a", Asset: "unit", Amount: money.Units(n), Before: "e1"}
	}
	tr, err := Run(context.Background(), g, Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{in(5), in(3)}}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Unobserved) != 0 {
		t.Errorf("unobserved %v, but all payments are covered", tr.Unobserved)
	}
	if p := tr.Place("a"); len(p) != 0 {
		t.Errorf("a still holds %v", p[0].Figures)
	}
	if f := tr.Place("b")[0].Figures[0]; f.Amounts[tr.Policy(FIFO)] != money.Units(7) || f.Bound.L != money.Units(7) || f.Bound.U != money.Units(8) {
		t.Errorf("b holds %+v of 9 units, 8 of them stolen", f)
	}
}

// Amounts that fit one by one may not fit together: an error with the transfer,
// not a crash.
func TestOverflowNamesTransfer(t *testing.T) {
	huge := "200000000000000000000000000000000000000"
	g := seedGraph(t, "m1 * > a "+huge+"\nm2 * > a "+huge+"\ne1 a > b 5\n")
	inject := Seed{Inject: true, Ledger: "test", Account: "a", Asset: "unit", Amount: money.Max}
	for name, s := range map[string]Seed{"mark": {Ref: "m1"}, "injection": inject} {
		_, err := Run(context.Background(), g, Question{Thefts: []Theft{{Name: "t", Seeds: []Seed{s}}}})
		if !errors.Is(err, money.ErrOverflow) || !strings.Contains(err.Error(), "seeds:") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
