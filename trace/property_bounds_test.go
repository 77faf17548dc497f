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

// widened checks that the bounds of the named sets of terminals are at least as
// wide on one trail as on another. It returns how many were compared.
func widened(t *testing.T, relation string, narrow, wide *trace.Trail, sets map[string][2][]string, d *ledger.Document) int {
	t.Helper()
	n := 0
	for v, view := range narrow.Views {
		w := wide.View(view.Name)
		for _, a := range view.Assets {
			for name, set := range sets {
				in, ok, err := narrow.TerminalBound(v, a.Asset.ID, set[0])
				out, ok2, err2 := wide.TerminalBound(w, a.Asset.ID, set[1])
				if err != nil || err2 != nil {
					t.Fatal(err, err2)
				}
				if !ok || !ok2 {
					continue
				}
				n++
				if in.L.Less(out.L) || out.U.Less(in.U) {
					t.Fatalf("%s: %s of %s in %s: [%s, %s] became [%s, %s]\n%s", relation, name, view.Name, a.Asset.ID, in.L, in.U, out.L, out.U, d.Text())
				}
			}
		}
	}
	return n
}

// everyEnd names all terminals of both trails, alone and in two groups.
func everyEnd(seed uint64, trails ...*trace.Trail) map[string][2][]string {
	sets := map[string][2][]string{}
	for _, trail := range trails {
		for _, end := range trail.Terminals() {
			sets[end.Name] = [2][]string{{end.Name}, {end.Name}}
		}
	}
	for _, g := range []string{"g0", "g1"} {
		var members []string
		for name := range sets {
			if !strings.HasPrefix(name, "group ") && hash(seed, g+name)%2 == 0 {
				members = append(members, name)
			}
		}
		slices.Sort(members)
		sets["group "+g] = [2][]string{members, members}
	}
	return sets
}

// Relation 15, ties: forgetting the order of some payments only widens.
func TestTiesWiden(t *testing.T) {
	n := 0
	for seed := range uint64(rounds()) {
		d := ledgertest.Accounts{Events: 5 + int(seed%12), Thefts: 2, Fees: seed%3 == 0, Missing: seed%2 == 0}.Make(seed)
		c := *d
		c.Transfers = slices.Clone(d.Transfers)
		from := int(hash(seed, "from") % uint64(len(c.Transfers)))
		for i := from; i < len(c.Transfers) && i < from+5; i++ {
			if c.Transfers[i].Kind != ledger.Opening {
				c.Transfers[i].Tie = 1
			}
		}
		tied := mended(t, &c)
		narrow, wide := answer(t, d, trace.Question{}), answer(t, tied, trace.Question{})
		n += widened(t, "payments were tied", narrow, wide, everyEnd(seed, narrow, wide), tied)
	}
	if n < 10*rounds() {
		t.Errorf("only %d bounds were compared", n)
	}
}

// TestEveryOrderOfATie holds tied bounds to what ties mean: whatever the order
// of the tied lines, its bounds lie inside.
func TestEveryOrderOfATie(t *testing.T) {
	n := 0
	for seed := range uint64(rounds()) {
		d := ledgertest.Accounts{Events: 4 + int(seed%8), Accounts: 4, Thefts: 2, Fees: seed%3 == 0}.Make(seed)
		head, body, _ := strings.Cut(d.Text(), "\n")
		for i := range 4 { // nobody is short in any order
			body = fmt.Sprintf("rich%d * > a%d 1000\n", i, i) + stripOpenings(body, i)
		}
		rich, err := ledger.ParseText("rich", strings.NewReader(head+"\n"+body))
		if err != nil {
			t.Fatal(err)
		}
		ls := lines(rich)
		at := 4 + int(hash(seed, "at")%uint64(len(ls)-4))
		at = min(at, len(ls)-3)
		tied := *rich
		tied.Transfers = slices.Clone(rich.Transfers)
		for i := ls[at][0]; i <= ls[at+2][1]; i++ {
			tied.Transfers[i].Tie = 1
		}
		wide := answer(t, mended(t, &tied), trace.Question{})
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			c := *rich
			c.Transfers = slices.Clone(rich.Transfers[:ls[at][0]])
			for _, k := range order {
				c.Transfers = append(c.Transfers, rich.Transfers[ls[at+k][0]:ls[at+k][1]+1]...)
			}
			c.Transfers = append(c.Transfers, rich.Transfers[ls[at+2][1]+1:]...)
			one := mended(t, &c)
			narrow := answer(t, one, trace.Question{})
			n += widened(t, fmt.Sprintf("tied lines from %s on in the order %v", rich.Transfers[ls[at][0]].ID, order), narrow, wide, everyEnd(seed, narrow, wide), one)
		}
	}
	if n < 50*rounds() {
		t.Errorf("only %d bounds were compared", n)
	}
}

// stripOpenings leaves out the opening lines of one account, which a mint
// replaces.
func stripOpenings(body string, account int) string {
	var b strings.Builder
	for l := range strings.Lines(body) {
		if !strings.HasPrefix(l, fmt.Sprintf("open a%d ", account)) {
			b.WriteString(l)
		}
	}
	return b.String()
}

// Relation 15, clustering: holding two accounts for one only widens.
func TestClusteringWidens(t *testing.T) {
	n := 0
	for seed := range uint64(2 * rounds()) {
		d := ledgertest.Accounts{Events: 5 + int(seed%14), Thefts: 2, Fees: seed%2 == 0}.Make(seed)
		c := *d
		c.Transfers = slices.Clone(d.Transfers)
		rename := func(a ledger.Account) ledger.Account {
			if a == "a1" {
				return "a0"
			}
			return a
		}
		opened, skip := map[string]bool{}, false
		for i := range c.Transfers {
			x := &c.Transfers[i]
			x.Debits, x.Credits = slices.Clone(x.Debits), slices.Clone(x.Credits)
			x.Debits[0].Account = rename(x.Debits[0].Account)
			for k := range x.Credits {
				x.Credits[k].Account = rename(x.Credits[k].Account)
			}
			if x.Kind == ledger.Opening {
				skip = skip || opened[string(x.To())+string(x.Asset)] // one opening line per account
				opened[string(x.To())+string(x.Asset)] = true
			}
		}
		if skip {
			continue
		}
		merged := mended(t, &c)
		narrow, wide := answer(t, d, trace.Question{}), answer(t, merged, trace.Question{})
		sets := everyEnd(seed, narrow, wide)
		for name, set := range sets {
			if slices.ContainsFunc(set[0], func(s string) bool { return s == "held:a0" || s == "held:a1" }) {
				delete(sets, name)
			}
		}
		sets["the two"] = [2][]string{{"held:a0", "held:a1"}, {"held:a0"}}
		n += widened(t, "a0 and a1 became one", narrow, wide, sets, merged)
	}
	if n < 5*rounds() {
		t.Errorf("only %d bounds were compared", n)
	}
}

// The smallest case of relation 15: apart nothing stolen can reach x, together
// all of it can.
func TestClusteringIsAnInput(t *testing.T) {
	apart, together := "seed * > a 10\nown * > b 10\npay b > x 10\ntheft t seed\n", "seed * > ab 10\nown * > ab 10\npay ab > x 10\ntheft t seed\n"
	for text, want := range map[string]string{apart: "[0, 0]", together: "[0, 10]"} {
		d, err := ledger.ParseText("x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := answer(t, d, trace.Question{}).TerminalBound(0, "unit", []string{"held:x"})
		if got := fmt.Sprintf("[%s, %s]", b.L, b.U); err != nil || got != want {
			t.Errorf("x: got %s, %v, want %s", got, err, want)
		}
	}
}

// Relation 20: bounds with missing history at the start contain the bounds for
// every later placing of the missing credit, up to where it is needed.
func TestLateHistoryIsInside(t *testing.T) {
	n := 0
	for seed := range uint64(3 * rounds()) {
		d := ledgertest.Accounts{Events: 5 + int(seed%12), Thefts: 2, Missing: true, Fees: seed%3 == 0}.Make(seed)
		early := answer(t, d, trace.Question{})
		if len(early.Unobserved) == 0 {
			continue
		}
		c := *d
		c.Transfers = slices.Clone(d.Transfers)
		for k, u := range early.Unobserved {
			need := shortfall(&c, u.Pool)
			at := firstLine(&c) + int(hash(seed, fmt.Sprint(k))%uint64(need-firstLine(&c)+1))
			for at > 0 && at < len(c.Transfers) && c.Transfers[at].Tx == c.Transfers[at-1].Tx {
				at--
			}
			x := ledger.Transfer{ID: fmt.Sprintf("late%d", k), Asset: u.Pool.Asset, Ledger: u.Pool.Ledger,
				Debits:  []ledger.Debit{{Account: ledger.Outside, Amount: u.Amount}},
				Credits: []ledger.Credit{{Account: u.Pool.Account, Amount: u.Amount}}}
			x.Tx = x.ID
			c.Transfers = slices.Insert(c.Transfers, at, x)
		}
		later := mended(t, &c)
		late := answer(t, later, trace.Question{})
		if len(late.Unobserved) > 0 {
			t.Fatalf("seed %d: history is still missing: %v\n%s", seed, late.Unobserved, later.Text())
		}
		n += widened(t, "missing history comes first", late, early, everyEnd(seed, late, early), later)
	}
	if n < 10*rounds() {
		t.Errorf("only %d bounds were compared", n)
	}
}

// firstLine is the first transfer that is no opening.
func firstLine(d *ledger.Document) int {
	i := slices.IndexFunc(d.Transfers, func(x ledger.Transfer) bool { return x.Kind != ledger.Opening })
	return max(i, 0)
}

// shortfall is the first transfer that a pool cannot pay.
func shortfall(d *ledger.Document, p graph.Pool) int {
	for n := firstLine(d); n <= len(d.Transfers); n++ {
		cut := *d
		cut.Transfers = d.Transfers[:n]
		if o := (&walker{d: &cut}).opening(); !o[held{p.Account, p.Asset}].IsZero() {
			return n - 1
		}
	}
	return len(d.Transfers)
}

// Relation 12: tracing back from accounts finds what tracing forward to them
// finds, under every policy and to the last unit of the bounds.
func TestBackwardIsForward(t *testing.T) {
	n := 0
	for seed := range uint64(rounds()) {
		for _, d := range []*ledger.Document{plainCoins(seed), plainAccounts(seed)} {
			for _, target := range []ledger.Account{"a0", "a2"} {
				n += backward(t, d, target)
			}
		}
	}
	if n < 5*rounds() {
		t.Errorf("only %d figures were compared", n)
	}
}

func backward(t *testing.T, d *ledger.Document, target ledger.Account) (compared int) {
	t.Helper()
	q := trace.Question{Boundary: func(_ ledger.ID, a ledger.Account) (trace.Boundary, bool) {
		return trace.Boundary{Kind: "service", Why: "asked about"}, a == target
	}}
	forward := answer(t, d, q)
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	received, err := trace.Backward(t.Context(), g, trace.Question{Thefts: trace.Marked(d), Policies: forward.Policies}, d.Ledger.ID, target)
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Text())
	}
	for _, asset := range received.Assets {
		for v, f := range asset.Stolen {
			want, names := total(forward, asset.Asset.ID, target, v)
			if !slices.Equal(f.Amounts, want) {
				t.Fatalf("%s of %s received by %s: backward %v, forward %v\n%s", asset.Asset.ID, forward.Views[v].Name, target, f.Amounts, want, d.Text())
			}
			b, ok, err := forward.TerminalBound(v, asset.Asset.ID, names)
			if err != nil || ok != (f.Bound != nil) || ok && (b.L != f.Bound.L || b.U != f.Bound.U) {
				t.Fatalf("%s of %s received by %s: backward %v, forward [%s, %s] %v %v\n%s", asset.Asset.ID, forward.Views[v].Name, target, f.Bound, b.L, b.U, ok, err, d.Text())
			}
			compared++
		}
	}
	return compared
}

// total adds up, by policy, what a forward trail puts at an account, and names
// the ends.
func total(trail *trace.Trail, asset money.AssetID, target ledger.Account, v int) (sums []money.Amount, names []string) {
	sums = make([]money.Amount, len(trail.Policies))
	for _, end := range trail.Terminals() {
		if end.Account != target || end.Asset != asset || end.Kind != trace.Exit {
			continue
		}
		names = append(names, end.Name)
		for i := range sums {
			sums[i] = sums[i].Add(end.Figures[v].Amounts[i])
		}
	}
	return sums, names
}
