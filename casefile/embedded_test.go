package casefile_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/nem"
)

func embedded(t *testing.T, name string) *casefile.Loaded {
	t.Helper()
	c, err := casefile.Embedded(name)
	if err != nil {
		t.Fatal(err)
	}
	l, err := casefile.Load(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestEmbedded: the shipped cases load offline, from files whose hashes they
// state, and every expectation that needs only the ledger holds.
func TestEmbedded(t *testing.T) {
	if want := []string{"austro-2015", "bancomext-2018", "bangladesh-2016", "bybit-2025", "coincheck-2018", "lubian-2020", "union-bank-india-2016"}; !cmp.Equal(casefile.Names(), want) {
		t.Fatalf("Names() = %v, want %v", casefile.Names(), want)
	}
	for _, name := range casefile.Names() {
		t.Run(name, func(t *testing.T) {
			l := embedded(t, name)
			for _, n := range l.Notes {
				if strings.Contains(n, "states no SHA-256") {
					t.Error(n)
				}
			}
			if l.Skipped > 0 {
				t.Errorf("%d records were left out", l.Skipped)
			}
			titles, checked := map[string]bool{}, 0
			for _, e := range l.Case.Expect {
				if titles[e.Title] {
					t.Errorf("line %d: title %q is there twice", e.Line, e.Title)
				}
				titles[e.Title] = true
				v, ok := l.Check(e)
				if !ok || v.Status == casefile.Noted {
					continue
				}
				checked++
				if v.Status != casefile.OK {
					t.Errorf("line %d: %s\n  want %s\n  got  %s", v.Line, v.Title, v.Want, v.Got)
				}
			}
			least := 20
			if l.Case.Reconstruction() {
				least = min(2, len(l.Case.Thefts)*2) // little is published; a case without theft has no figures
			}
			if name == "coincheck-2018" {
				least = 15 // a case of eleven published rows asks less of its ledger
			}
			if checked < least {
				t.Errorf("only %d expectations were checked", checked)
			}
			readme, err := fs.ReadFile(l.Case.Data, "README.md")
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range l.Inputs[1:] {
				if !bytes.Contains(readme, []byte(in.Name)) {
					t.Errorf("README.md does not name %s", in.Name)
				}
			}
		})
	}
}

// TestBybitFacts counts the shipped file without the reader, and compares.
func TestBybitFacts(t *testing.T) {
	l := embedded(t, "bybit-2025")
	byContract, sum := map[string]int{}, map[string]money.Amount{}
	for _, r := range rowsOf(t, l.Case.Data, "transfers.csv") {
		byContract[r["token_address"]]++
		n, err := money.ParseDecimal(r["amount"], 18)
		if err != nil {
			t.Fatal(err)
		}
		key := r["from_address"] + r["token_address"]
		sum[key] = sum[key].Add(n)
	}
	if len(byContract) != 11 || byContract[""] != 173 || l.Graph.Info().Transfers != 204 {
		t.Errorf("%d assets, %d native rows, %d transfers; want 11, 173, 204", len(byContract), byContract[""], l.Graph.Info().Transfers)
	}
	for key, want := range map[string]string{
		"0x47666fab8bd0ac7003bce3f5c3585383f09486e2":                                           "400001",
		"0xdd90071d52f20e85c89802e5dc1ec0a7b6475f92":                                           "98055.3621285125807993",
		"0xf302572594a68aa8f951fae64ed3ae7da41c72be":                                           "10062.358226033052619",
		"0xa4b2fd68593b6f34e51cb9edb66e71c1b4ab449e":                                           "98048.8948",
		"0x47666fab8bd0ac7003bce3f5c3585383f09486e20xae7ab96520de3a18e5e111b5eaab095312d7fe84": "90375.54791768",
	} {
		if got := sum[key].Decimal(18); got != want {
			t.Errorf("sum of %s = %s, want %s", key, got, want)
		}
	}
	fbi := 0
	for _, r := range rowsOf(t, l.Case.Data, "addresses.csv") {
		a := ledger.Account(r["address"])
		if _, stops := l.Boundary("eip155:1", a); stops {
			t.Errorf("%s is on a list of the thief's addresses and stops the trace", a)
		}
		if l.Carries("eip155:1", a, "FBI list, Bybit", "") {
			fbi++
		}
	}
	if fbi != 51 {
		t.Errorf("%d addresses carry the FBI's label, want 51", fbi)
	}
	for _, swap := range []string{"0x6bb000067005450704003100632eb93ea00c0000", "0xfe837a3530dd566401d35befcd55582af7c4dffc", "0x04708077eca6bb527a5bbbd6358ffb043a9c1c14"} {
		if s, ok := l.Boundary("eip155:1", ledger.Account(swap)); !ok || s.Kind != "swap" {
			t.Errorf("%s: %v %v, want a swap", swap, s, ok)
		}
	}
}

// TestLuBianFacts does the same; and nothing there is a boundary.
func TestLuBianFacts(t *testing.T) {
	l := embedded(t, "lubian-2020")
	sum, n := map[string]money.Amount{}, map[string]int{}
	accounts := map[string]bool{}
	for _, r := range rowsOf(t, l.Case.Data, "transfers.csv") {
		a, err := money.Parse(r["amount_sat"])
		if err != nil {
			t.Fatal(err)
		}
		sum[r["phase"]] = sum[r["phase"]].Add(a)
		n[r["phase"]]++
		accounts[r["from_address"]], accounts[r["to_address"]] = true, true
	}
	for phase, want := range map[string]struct {
		n   int
		sum string
	}{"theft": {374, "127269.96512929"}, "pool_own": {3, "5289"}, "move_2024": {373, "127270.86232794"}} {
		if n[phase] != want.n || sum[phase].Decimal(8) != want.sum {
			t.Errorf("%s: %d rows, %s BTC; want %d, %s", phase, n[phase], sum[phase].Decimal(8), want.n, want.sum)
		}
	}
	for a := range accounts {
		if s, ok := l.Boundary(l.Case.Ledgers[0].ID, ledger.Account(a)); ok {
			t.Errorf("%s is a boundary: %v", a, s)
		}
	}
}

// TestCoincheckFacts: the published parts add up, both ends and every tag are
// addresses of NEM, windows are windows, and nothing stops the trace.
func TestCoincheckFacts(t *testing.T) {
	l := embedded(t, "coincheck-2018")
	var sum money.Amount
	rows := rowsOf(t, l.Case.Data, "transfers.csv")
	for _, r := range rows {
		a, err := money.Parse(r["amount_microxem"])
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(a)
		if window := r["earliest_utc"] < r["latest_utc"]; window != (r["time_state"] == "unverified") || r["latest_utc"] < r["earliest_utc"] {
			t.Errorf("row %s: from %s to %s, and its time is %s", r["seq"], r["earliest_utc"], r["latest_utc"], r["time_state"])
		}
		for _, end := range []string{r["from_address"], r["to_address"]} {
			if _, n, err := nem.ParseAddress(end); err != nil || n != nem.Mainnet {
				t.Error(err)
			}
			if s, ok := l.Boundary("nem:mainnet", ledger.Account(end)); ok {
				t.Errorf("%s is a boundary: %v", end, s)
			}
		}
	}
	if len(rows) != 11 || sum.Grouped(6) != "526,300,010" {
		t.Errorf("%d rows, %s XEM", len(rows), sum.Grouped(6))
	}
	for _, r := range rowsOf(t, l.Case.Data, "addresses.csv") {
		if _, _, err := nem.ParseAddress(r["address"]); err != nil {
			t.Error(err)
		}
	}
}

// TestBoundaryDigest: the digest tells boundary sets apart, and nothing else.
func TestBoundaryDigest(t *testing.T) {
	digest := func(body string) string {
		l, err := load("-- ledger.txt --\ne1 a > b 5\n-- list.csv --\nwho\na\nb\n-- case.yaml --\n" + body)
		if err != nil {
			t.Fatal(err)
		}
		return l.BoundaryDigest
	}
	const two = "boundaries: [{accounts: [a, b], kind: service, why: w}]\n"
	if got := digest(two); got != digest("boundaries: [{accounts: [b], kind: service, why: v}, {accounts: [a], kind: service, why: w}]\n") {
		t.Error("order and reasons change the digest")
	}
	seen := map[string]string{}
	for _, body := range []string{
		"", two,
		"boundaries: [{accounts: [a], kind: service, why: w}]\n",
		"boundaries: [{accounts: [a, b], kind: mixer, why: w}]\n",
		"boundaries: [{file: {path: list.csv, column: who}, invert: true, kind: unlisted, why: w}]\n",
		"tags: [{accounts: [a], label: l, concepts: [exchange], confidence: ownership, source: s}]\n",
		"conversions: [{accounts: [a], name: n}]\n",
	} {
		d := digest(body)
		if was, twice := seen[d]; twice {
			t.Errorf("one digest for %q and %q", was, body)
		}
		seen[d] = body
	}
}

// TestAgainstSources compares the shipped files with the folder they were made
// from, and the FBI's marks with its list.
func TestAgainstSources(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: the shipped files are not compared with their sources")
	}
	for mine, theirs := range map[string]string{
		"cases/bybit-2025/transfers.csv":     "bybit-2025/transfers.csv",
		"cases/bybit-2025/addresses.csv":     "bybit-2025/laundering-addresses.csv",
		"cases/lubian-2020/transfers.csv":    "lubian-2020/transfers.csv",
		"cases/lubian-2020/addresses.csv":    "lubian-2020/addresses.csv",
		"cases/coincheck-2018/transfers.csv": "coincheck-2018/transfers.csv",
		"cases/coincheck-2018/addresses.csv": "../nem/coincheck-2018-addresses.csv",
	} {
		a, err := os.ReadFile(mine)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(root, "data", "cases", theirs))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s is not %s", mine, theirs)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, "data", "guard", "fbi_bybit_and_bitget.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		FBI struct {
			Addresses []string `json:"addresses"`
		} `json:"fbi_bybit"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, a := range list.FBI.Addresses {
		want = append(want, strings.ToLower(a))
	}
	for _, r := range rowsOf(t, os.DirFS("cases/bybit-2025"), "addresses.csv") {
		if r["in_fbi_list"] == "1" {
			got = append(got, r["address"])
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the FBI's list differs (-list +shipped):\n%s", d)
	}
}

// TestOpen: the data of a case may stand elsewhere, but never outside the folder
// that was given.
func TestOpen(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "case.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, head)
	write(filepath.Join(data, "ledger.txt"), "e1 a > b 5\n")
	open := func(folder string) error {
		c, err := casefile.Open(file, folder)
		if err != nil {
			return err
		}
		_, err = casefile.Load(context.Background(), c)
		return err
	}
	if err := open(data); err != nil {
		t.Error(err)
	}
	if err := open(""); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("without its data: %v", err)
	}
	if err := open(filepath.Join(data, "nowhere")); err == nil {
		t.Error("a folder that is not there was opened")
	}
	if err := os.Symlink(filepath.Join(data, "ledger.txt"), filepath.Join(dir, "ledger.txt")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := open(""); err == nil {
		t.Error("a link led out of the folder of the data")
	}
}

func rowsOf(t *testing.T, dir fs.FS, name string) []map[string]string {
	t.Helper()
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	recs, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, rec := range recs[1:] {
		row := map[string]string{}
		for i, h := range recs[0] {
			row[h] = rec[i]
		}
		out = append(out, row)
	}
	return out
}
