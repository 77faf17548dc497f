package report_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"unicode"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// TestOwnerRecords is legal vector 1 of the tracing method as records: what the
// text says stands in them, and the shares of a tracing rule make the balance.
func TestOwnerRecords(t *testing.T) {
	d, err := ledger.ParseText("t", strings.NewReader("e1 p1 > a 100 X\ne2 h > a 300 X\ne3 a > x 150 X\ne4 p2 > a 100 X\ne5 a > y 250 X\ntheft V1 e1\ntheft V2 e4\n"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	list, err := trace.OwnersOn(t.Context(), g, trace.Question{Thefts: trace.Marked(d)})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := report.Owners(&text, "T", "Q", list); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, r := range report.OwnerRules() {
		kinds[r.Rule] = r.Kind
		if r.Authority == "" || !strings.Contains(text.String(), r.Authority) {
			t.Errorf("rule %s: authority %q is not in the text", r.Rule, r.Authority)
		}
	}
	for i := range list {
		rec := report.OwnerRecord(&list[i])
		balance, ok := new(big.Rat).SetString(rec.Balance.Exact)
		if !ok {
			t.Fatalf("balance %q", rec.Balance.Exact)
		}
		for _, rule := range rec.Rules {
			sum := new(big.Rat)
			for _, s := range rule.Shares {
				x, ok := new(big.Rat).SetString(s.Exact)
				if !ok || !strings.Contains(text.String(), s.Claimant+" "+s.Text) {
					t.Errorf("%s, %s: %+v is not in the text", rec.Account, rule.Rule, s)
				}
				sum.Add(sum, x)
			}
			if kinds[rule.Rule] != "cap" && sum.Cmp(balance) != 0 {
				t.Errorf("%s, %s: shares make %s of %s", rec.Account, rule.Rule, sum.RatString(), balance.RatString())
			}
		}
		if rec.Account != "a" {
			continue
		}
		got, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`{"rule":"haircut","shares":[{"claimant":"V1","exact":"125/7","text":"17 X and 6/7 of a unit"},{"claimant":"V2","exact":"200/7"`,
			`{"rule":"lowest-balance","shares":[{"claimant":"V1","exact":"100"`,
			`{"rule":"pari-passu","shares":[{"claimant":"V1","exact":"20","text":"20 X"}`,
		} {
			if !strings.Contains(string(got), want) {
				t.Errorf("no %s in %s", want, got)
			}
		}
	}
}

// TestHostileCases: the title and summary of a case, and the symbol of an asset, reach
// a terminal without control characters; the lines of the summary stay.
func TestHostileCases(t *testing.T) {
	one := big.NewRat(1, 1)
	mixed := trace.Mixed{Account: "a\x1b[2J", Asset: money.Asset{ID: "x", Symbol: "X\u202e\x1b[8m"}, Balance: one,
		Left: map[trace.OwnerRule]trace.Shares{trace.RuleFIFO: {"V\x07": one}}}
	var owners, paid bytes.Buffer
	if err := report.Owners(&owners, "T\x1b]0;x\x07", "one\ntwo\x1b[2J", []trace.Mixed{mixed}); err != nil {
		t.Fatal(err)
	}
	if err := report.Payments(&paid, "T\x1b]0;x\x07", "one\ntwo\x1b[2J", nil); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{owners.String(), paid.String()} {
		if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && r != ' ' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q is let through", out[i:min(i+20, len(out))])
		}
		if !strings.Contains(out, "\none\ntwo") {
			t.Errorf("the summary lost its lines:\n%s", out)
		}
	}
}
