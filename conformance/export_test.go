package conformance

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// TestExportKeepsTheAnswer writes random ledgers as cases, reads the cases as
// ledgers, and finds the same amounts and bounds at every end.
func TestExportKeepsTheAnswer(t *testing.T) {
	compared, seeds := 0, 200
	if testing.Short() {
		seeds = 20
	}
	for seed := range uint64(seeds) {
		for _, d := range []*ledger.Document{
			ledgertest.Coins{Txs: 8, Thefts: 2, Parts: true, Zeros: true, Later: true}.Make(seed),
			ledgertest.Accounts{Events: 20, Services: 1, Assets: 2, Thefts: 2, Fees: true, Odd: true, Swaps: true, Ties: seed%2 == 0, Missing: true, Marked: true}.Make(seed),
		} {
			if len(d.Thefts) > 0 {
				compared += sameAnswer(t, d)
			}
		}
	}
	if compared < 7*seeds {
		t.Errorf("only %d ends were compared", compared)
	}
}

func sameAnswer(t *testing.T, d *ledger.Document) (compared int) {
	t.Helper()
	c, err := FromDocument(d, nil, "last")
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Text())
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var read Case
	if err := strict(text, &read); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	direct, err := trace.Run(t.Context(), g, (&Case{Kind: c.Kind, Fee: "last"}).Question(d))
	if err != nil {
		t.Fatal(err)
	}
	other, names, written, err := run(t, &read)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, end := range direct.Terminals() {
		compared++
		k := checker{c: &read, t: other, names: names, native: written.Ledger.Native}
		k.index()
		got := k.ends[asset(c.Kind, written, end)][names.Terminal(end.Name)]
		for v, view := range direct.Views {
			w := max(other.View(view.Name), 0)
			for i := range direct.Policies {
				if n := end.Figures[v].Amounts[i]; got == nil && !n.IsZero() || got != nil && got.Figures[w].Amounts[i] != n {
					t.Fatalf("%s of %s at %s: %s on the ledger, not so on the case\n%s\n%s", direct.Policies[i], view.Name, end.Name, n, d.Text(), written.Text())
				}
			}
			a, ok, err := direct.TerminalBound(v, end.Asset, []string{end.Name})
			b, ok2, err2 := other.TerminalBound(w, asset(c.Kind, written, end), []string{names.Terminal(end.Name)})
			if err != nil || err2 != nil || ok && (!ok2 || a.L != b.L || a.U != b.U) {
				t.Fatalf("%s at %s: [%s, %s] on the ledger, [%s, %s] on the case (%v, %v)\n%s", view.Name, end.Name, a.L, a.U, b.L, b.U, err, err2, d.Text())
			}
		}
	}
	return compared
}

func asset(kind string, written *ledger.Document, end trace.Terminal) money.AssetID {
	if kind == UTXO {
		return written.Ledger.Native
	}
	return end.Asset
}

func TestExportSaysWhatIsBeyond(t *testing.T) {
	for text, boundary := range map[string]string{
		"coin s A:5\nt s.0 -> B:5\ntheft X s.0\ntheft Y t.0\n":                                             "",
		"e1 * > a 5\ne2 a > b 5\ntheft X e1\ntheft Y e2\n":                                                 "",
		"e1 * > a 5\ntheft X e1\ntheft Y e1\n":                                                             "",
		"e1 * > a 5\ntheft X e1\n":                                                                         "a",
		"e1 * > a 0 X\ns a > a 0 X for 5 Y\ntheft X e1\n":                                                  "",
		"ledger l account native ETH overdraft\ne1 a > b 5 ETH\ntheft X e1\n":                              "",
		"open a 9\ne1 a > b 5\n= e2 a > c 1\ntheft X e1\n":                                                 "",
		"e1 * > a 5 X\ns1 * > a 5 X for 3 Y\ne2 a > b 1 X\ntheft X e1\n":                                   "",
		"s0 a > b 5 X for 3 Y\ne1 * > a 5 X\ns1 a > b 5 X for 3 Y\ne2 b > c 3 Y\ntheft X e1\ntheft Z e2\n": "",
	} {
		d, err := ledger.ParseText("x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := FromDocument(d, []string{boundary}, ""); !errors.Is(err, ErrBeyond) {
			t.Errorf("got %v, want ErrBeyond for\n%s", err, text)
		}
	}
}

func TestFaultyCases(t *testing.T) {
	for text, want := range map[string]string{
		`{"name": "x", "case": {"kind": "utxo", "fees": "last"}, "refuse": "x"}`:                                                           "unknown field",
		`{"name": "x", "case": {"kind": "utxo"}}`:                                                                                          "either expect or refuse",
		`{"name": "x", "case": {"kind": "utxo"}, "refuse": "x"} {}`:                                                                        "more than one",
		`{"name": "x", "case": {"kind": "utxo", "coins": [{"id": "a", "value": -1}]}, "refuse": "x"}`:                                      "negative",
		`{"name": "x", "case": {"kind": "utxo", "coins": [{"id": "a", "value": 1.5}]}, "refuse": "x"}`:                                     "finer",
		`{"name": "x", "case": {"kind": "utxo", "coins": [{"id": "a", "value": 340282366920938463463374607431768211456}]}, "refuse": "x"}`: "128 bits",
		`{"name": "x", "case": {"kind": "legal", "events": [{"in": ["a"]}]}, "expect": {}}`:                                                "not a valid case",
		`[`: "not a valid case",
	} {
		if _, err := ReadVector([]byte(text)); !errors.Is(err, ErrCase) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
	for _, c := range []Case{
		{Kind: "other"},
		{Kind: UTXO, Txs: []Tx{{ID: "t", Ins: []string{"none"}}}},
		{Kind: UTXO, Coins: []Coin{{ID: "a", Value: N(1)}, {ID: "a", Value: N(1)}}},
		{Kind: UTXO, Coins: []Coin{{ID: "a", Value: N(1)}}, Txs: []Tx{{ID: "t", Ins: []string{"a"}, Outs: []Output{{"b", N(1)}}}}, Blocks: []Block{{Height: 1}}},
		{Kind: Account, Events: []Event{{Op: "steal", To: "a", Amount: N(1)}}},
		{Kind: Account, Events: []Event{{Op: "credit", To: "a", Amount: N(1), Theft: "A"}}},
		{Kind: Account, Overdraft: true, Opening: []Opening{{"a", "", N(1)}}},
	} {
		if _, _, err := c.Document(); !errors.Is(err, ErrCase) {
			t.Errorf("%+v: got %v, want ErrCase", c, err)
		}
	}
}

// TestCoverage holds the cases to what they are for: every policy, special case
// and bound has one.
func TestCoverage(t *testing.T) {
	vectors, err := Vectors()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, v := range vectors {
		have[v.Name] = true
		if v.Note == "" && v.Refuse == "" {
			t.Errorf("%s does not say why it is there", v.Name)
		}
		if v.Expect == nil {
			continue
		}
		for _, view := range v.Expect.Views {
			for p := range view.Policies {
				have["policy "+strings.ToLower(p)] = true
			}
		}
	}
	want := []string{"utxo/clean-slice-beside-clean-input", "utxo/clean-slice-beside-clean-input-2009", "utxo/even-split-twice", "acct/paid-before-the-theft"}
	for _, p := range append(trace.Orders(), trace.Haircut, trace.Poison) {
		want = append(want, "policy "+string(p))
	}
	for _, w := range want {
		if !have[w] {
			t.Errorf("no case has %s", w)
		}
	}
	if !slices.ContainsFunc(vectors, func(v Vector) bool { return v.Case.FeeFate == "subsidy-first" }) {
		t.Error("no case follows fees with the subsidy first")
	}
}
