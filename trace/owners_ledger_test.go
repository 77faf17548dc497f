package trace_test

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/trace"
)

// mixedOf applies the rules to a ledger in the text form, in which each stolen
// transfer is a theft of its own name.
func mixedOf(t *testing.T, text string, overdraft bool) (map[ledger.Account]trace.Mixed, error) {
	t.Helper()
	d, err := ledger.ParseText("t", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d.Ledger.Overdraft = overdraft
	g, err := graph.Build(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	q := trace.Question{}
	for _, m := range d.Thefts {
		q.Thefts = append(q.Thefts, trace.Theft{Name: m.Theft, Seeds: []trace.Seed{{Ref: m.Ref}}})
	}
	list, err := trace.OwnersOn(context.Background(), g, q)
	out := map[ledger.Account]trace.Mixed{}
	for _, m := range list {
		out[m.Account] = m
	}
	return out, err
}

func sharesText(s trace.Shares) string {
	var out []string
	for _, n := range s.Names() {
		if s[n].Sign() != 0 {
			out = append(out, n+" "+s[n].RatString())
		}
	}
	return strings.Join(out, ", ")
}

// TestOwnersOnVector1 is legal vector 1 of the tracing method, over a ledger:
// payee accounts hold what the rules say each payment was.
func TestOwnersOnVector1(t *testing.T) {
	got, err := mixedOf(t, `e1 p1 > a 100 X
e2 h > a 300 X
e3 a > x 150 X
e4 p2 > a 100 X
e5 a > y 250 X
theft V1 e1
theft V2 e4
`, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule       trace.OwnerRule
		x, y, left string
	}{
		{trace.RuleFIFO, "V1 100, own 50", "own 250", "V2 100"},
		{trace.RuleLIFO, "own 150", "V2 100, own 150", "V1 100"},
		{trace.RuleRolling, "V1 75/2, own 225/2", "V1 625/14, V2 500/7, own 1875/14", "V1 125/7, V2 200/7, own 375/7"},
		{trace.RuleOwn, "own 150", "V1 100, own 150", "V2 100"},
	} {
		for a, want := range map[ledger.Account]string{"x": c.x, "y": c.y, "a": c.left} {
			m, ok := got[a]
			if s := sharesText(m.Left[c.rule]); ok && s != want {
				t.Errorf("%s at %s: %s, want %s", c.rule, a, s, want)
			}
		}
	}
	a := got["a"]
	if s := sharesText(a.Caps); s != "V1 100, V2 100" {
		t.Errorf("caps %s", s)
	}
	if s := sharesText(a.PariPassu); s != "V1 20, V2 20, own 60" {
		t.Errorf("pari passu %s", s)
	}
}

// TestOwnersOnVectors holds vector 2 (later deposits do not refill), Clayton and
// the overdraft.
func TestOwnersOnVectors(t *testing.T) {
	got, err := mixedOf(t, "e1 p > a 100 X\ne2 h > a 300 X\ne3 a > x 370 X\ne4 h > a 500 X\ntheft V1 e1\n", false)
	if err != nil {
		t.Fatal(err)
	}
	a := got["a"]
	for rule, want := range map[trace.OwnerRule]string{trace.RuleFIFO: "own 530", trace.RuleRolling: "V1 15/2, own 1045/2", trace.RuleOwn: "V1 30, own 500", trace.RuleLIFO: "V1 30, own 500"} {
		if s := sharesText(a.Left[rule]); s != want {
			t.Errorf("vector 2, %s: %s, want %s", rule, s, want)
		}
	}
	if s := sharesText(a.Caps); s != "V1 30" {
		t.Errorf("vector 2, cap: %s", s)
	}
	got, err = mixedOf(t, "open a 100 X\ne1 p > a 50 X\ne2 h > a 30 X\ne3 a > x 60 X\ne4 a > y 60 X\ne5 a > z 20 X\ntheft V e1\n", false)
	if err != nil {
		t.Fatal(err)
	}
	for acct, want := range map[ledger.Account]string{"y": "V 20, own 40", "z": "V 20", "a": "V 10, own 30"} {
		if s := sharesText(got[acct].Left[trace.RuleFIFO]); s != want {
			t.Errorf("Clayton at %s: %s, want %s", acct, s, want)
		}
	}
	got, err = mixedOf(t, "e1 a > x 50 X\ne2 p > a 80 X\ntheft V e2\n", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range trace.OwnerRules {
		if left, debt := sharesText(got["a"].Left[rule]), sharesText(got["a"].Debt[rule]); left != "V 30" || debt != "V 50" {
			t.Errorf("overdraft, %s: left %s, debt %s", rule, left, debt)
		}
	}
}

// TestOwnersOnConserves: under every rule the owners of an account sum to its
// balance, and a victim has in all accounts what was stolen.
func TestOwnersOnConserves(t *testing.T) {
	got, err := mixedOf(t, "e1 p > a 100 X\ne2 q > b 7 X\ne3 a > b 33 X\ne4 b > c 20 X\ne5 c > a 11 X\ne6 a > d 50 X\ntheft V e1\ntheft W e2\n", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range trace.OwnerRules {
		total := trace.Shares{"V": new(big.Rat), "W": new(big.Rat)}
		for acct, m := range got {
			sum := new(big.Rat)
			for owner, n := range m.Left[rule] {
				sum.Add(sum, n)
				if total[owner] != nil {
					total[owner].Add(total[owner], n)
				}
			}
			if m.Left[rule] != nil && sum.Cmp(m.Balance) != 0 {
				t.Errorf("%s at %s: owners have %s of %s", rule, acct, sum.RatString(), m.Balance.RatString())
			}
		}
		if s := sharesText(total); s != "V 100, W 7" {
			t.Errorf("%s: %s", rule, s)
		}
	}
	if _, err := mixedOf(t, "coin s A:5\nt1 s.0 -> B:5\ntheft V t1\n", false); !errors.Is(err, trace.ErrQuestion) {
		t.Errorf("coins: %v", err)
	}
}
