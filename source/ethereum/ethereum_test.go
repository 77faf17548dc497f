package ethereum_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

func shared(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set")
	}
	return filepath.Join(append([]string{root, "data"}, path...)...)
}

// export writes an archive of tables to a folder, changed where asked.
func export(t testing.TB, name string, change func(file string, data []byte) []byte) string {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		data := f.Data
		if change != nil {
			data = change(f.Name, data)
		}
		if data == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, opt ethereum.Options, paths ...string) *ethereum.Source {
	t.Helper()
	s, err := ethereum.Open(paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func all(t testing.TB, s ledger.Source) []ledger.Transfer {
	t.Helper()
	var out []ledger.Transfer
	for tr, err := range s.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tr)
	}
	return out
}

// line writes a transfer for comparison.
func line(t *ledger.Transfer) string {
	short := func(a ledger.Account) string {
		if len(a) == 42 {
			return string(a[38:])
		}
		return string(a)
	}
	s := fmt.Sprintf("%d.%d.%d %s %s>%s %s %s", t.Key.Block, t.Key.Tx, t.Key.Sub, strings.ReplaceAll(t.ID, strings.Repeat("0", 62), ""), short(t.From()), short(t.To()), t.Amount(), t.Asset[strings.LastIndexByte(string(t.Asset), '/')+1:])
	if !t.Fee.IsZero() {
		s += " fee " + t.Fee.String()
	}
	if t.Failed {
		s += " failed"
	}
	if t.Tie != 0 {
		s += fmt.Sprintf(" tie %d", t.Tie)
	}
	return s
}

func lines(ts []ledger.Transfer) string {
	var b strings.Builder
	for i := range ts {
		b.WriteString(line(&ts[i]) + "\n")
	}
	return b.String()
}

func TestSuite(t *testing.T) {
	dir := export(t, "export.txtar", nil)
	sourcetest.Run(t, func(t *testing.T) ledger.Source { return open(t, ethereum.Options{}, dir) })
}

// TestExport holds a hand-made export of every table against what it must give:
// calls in the order of the call tree, failed branches dropped, delegated calls
// without value, gas, tokens by log index, mints, burns, withdrawals, rewards.
func TestExport(t *testing.T) {
	a, err := txtar.ParseFile("testdata/export.txtar")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range a.Files {
		want[f.Name] = string(f.Data)
	}
	s := open(t, ethereum.Options{}, export(t, "export.txtar", nil))
	if d := cmp.Diff(want["want.txt"], lines(all(t, s))); d != "" {
		t.Errorf("with all tables (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want["notes.txt"], strings.Join(s.Info().Notes, "\n")+"\n"); d != "" {
		t.Errorf("notes (-want +got):\n%s", d)
	}
	named := open(t, ethereum.Options{Ledger: "eip155:1"}, export(t, "export.txtar", nil))
	all(t, named)
	if d := cmp.Diff(want["notes.txt"], s.Info().Notes[0]+"\n"+strings.Join(named.Info().Notes, "\n")+"\n"); d != "" {
		t.Errorf("with an id all notes but the first (-want +got):\n%s", d)
	}
	if c := s.Completeness("0x00000000000000000000000000000000000000aa"); c.External != ledger.Complete || c.Internal != ledger.Complete || c.Tokens != ledger.Complete || c.Opening != ledger.Unknown {
		t.Errorf("completeness %+v", c)
	}
	// Without traces the transactions' own values remain.
	s = open(t, ethereum.Options{}, export(t, "export.txtar", func(f string, d []byte) []byte {
		if f == "traces.csv" {
			return nil
		}
		return d
	}))
	for _, tr := range all(t, s) {
		if strings.Contains(tr.ID, "/call/") {
			t.Errorf("%s without traces", tr.ID)
		}
	}
	if c := s.Completeness("x"); c.Internal != ledger.Unknown {
		t.Errorf("without traces internal transfers are %v", c.Internal)
	}
}

// TestForms: gzip, JSON lines and several files give what plain CSV gives.
func TestForms(t *testing.T) {
	plain := lines(all(t, open(t, ethereum.Options{}, export(t, "export.txtar", nil))))
	zipped := export(t, "export.txtar", func(f string, d []byte) []byte {
		if filepath.Ext(f) != ".csv" {
			return d
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(d)
		w.Close()
		return b.Bytes()
	})
	if d := cmp.Diff(plain, lines(all(t, open(t, ethereum.Options{}, zipped)))); d != "" {
		t.Errorf("gzip:\n%s", d)
	}
	reversed := export(t, "export.txtar", func(f string, d []byte) []byte {
		if f != "transactions.csv" {
			return d
		}
		rows := strings.SplitAfter(string(d), "\n")
		out := rows[0]
		for i := len(rows) - 1; i > 0; i-- {
			out += rows[i]
		}
		return []byte(out)
	})
	if d := cmp.Diff(plain, lines(all(t, open(t, ethereum.Options{Sort: true}, reversed)))); d != "" {
		t.Errorf("sorted:\n%s", d)
	}
}

func TestFaults(t *testing.T) {
	broken := func(name, file string, want error, says []string, change func(string) string) sourcetest.Fault {
		return sourcetest.Fault{Name: name, Want: want, Says: says, Open: func(t *testing.T) (ledger.Source, error) {
			return ethereum.Open([]string{export(t, "export.txtar", func(f string, d []byte) []byte {
				if f == file {
					return []byte(change(string(d)))
				}
				return d
			})}, ethereum.Options{})
		}}
	}
	swap := func(old, new string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				panic("nothing to change: " + old)
			}
			return strings.Replace(s, old, new, 1)
		}
	}
	sourcetest.Faults(t, []sourcetest.Fault{
		broken("a column gone", "transactions.csv", ethereum.ErrTable, []string{"transactions.csv"}, swap("transaction_index", "transaction_place")),
		broken("a token transfer of no transaction", "token_transfers.csv", ethereum.ErrValue, []string{"token_transfers.csv:2", "without transaction"}, swap(",3,0x0000000000000000000000000000000000000000000000000000000000000002,9", ",3,,9")),
		broken("a column twice", "transactions.csv", ethereum.ErrTable, []string{"transactions.csv", "twice"}, swap("nonce", "hash")),
		broken("a field too few", "transactions.csv", ethereum.ErrFormat, []string{"transactions.csv:2"}, swap(",21000,1\n", ",21000\n")),
		broken("a place beyond 32 bits", "transactions.csv", ethereum.ErrValue, []string{"transactions.csv:3", "transaction_index", "4294967296"}, swap(",100,1,", ",100,4294967296,")),
		broken("a place of a trace beyond 32 bits", "traces.csv", ethereum.ErrValue, []string{"traces.csv:2", "transaction_index"}, swap("0001,0,", "0001,4294967293,")),
		broken("an address cut", "transactions.csv", ethereum.ErrValue, []string{"transactions.csv:2", "from_address"}, swap("0x00000000000000000000000000000000000000aa", "0xaa")),
		broken("a value that is none", "transactions.csv", money.ErrSyntax, []string{"transactions.csv:2", "value"}, swap(",1000,", ",1e3,")),
		broken("a value below zero", "transactions.csv", nil, []string{"transactions.csv:2", "value"}, swap(",1000,", ",-1000,")),
		broken("a value that its trace contradicts", "transactions.csv", ethereum.ErrContradiction, []string{"traces.csv", "root trace"}, swap(",1000,", ",1001,")),
		broken("a block that falls", "transactions.csv", ethereum.ErrOrder, []string{"transactions.csv", "block 100 after block 101", "--sort"}, func(s string) string { return s + strings.Split(s, "\n")[1] + "\n" }),
		broken("a time of its own", "transactions.csv", ethereum.ErrContradiction, []string{"block_timestamp"}, swap(",1600000000,", ",1600000001,")),
		broken("a quote that does not end", "blocks.csv", ethereum.ErrFormat, []string{"blocks.csv", "quote"}, swap(`]"`, "]")),
		broken("tokens of a failed transaction", "token_transfers.csv", ethereum.ErrContradiction, []string{"token_transfers.csv"}, swap("0x0000000000000000000000000000000000000000000000000000000000000002,5,100", "0x0000000000000000000000000000000000000000000000000000000000000003,5,100")),
		broken("nothing of the kind", "blocks.csv", ethereum.ErrTable, []string{"blocks.csv"}, func(string) string { return "a,b\n1,2\n" }),
		{Name: "status unknown", Want: ethereum.ErrStatus, Says: []string{"transactions.csv:2", "receipt_status"}, Open: func(t *testing.T) (ledger.Source, error) {
			return ethereum.Open([]string{export(t, "export.txtar", func(f string, d []byte) []byte {
				switch f {
				case "transactions.csv":
					return bytes.Replace(d, []byte(",receipt_status"), []byte(",nobody_says"), 1)
				case "traces.csv":
					return nil
				}
				return d
			})}, ethereum.Options{})
		}},
		{Name: "gzip cut", Says: []string{"transactions.csv"}, Open: func(t *testing.T) (ledger.Source, error) {
			return ethereum.Open([]string{export(t, "export.txtar", func(f string, d []byte) []byte {
				if f != "transactions.csv" {
					return d
				}
				var b bytes.Buffer
				w := gzip.NewWriter(&b)
				w.Write(d)
				w.Close()
				return b.Bytes()[:b.Len()/2]
			})}, ethereum.Options{})
		}},
		{Name: "no files", Want: os.ErrNotExist, Open: func(t *testing.T) (ledger.Source, error) {
			return ethereum.Open([]string{filepath.Join(t.TempDir(), "none")}, ethereum.Options{})
		}},
		{Name: "an empty folder", Want: ethereum.ErrTable, Open: func(t *testing.T) (ledger.Source, error) {
			return ethereum.Open([]string{t.TempDir()}, ethereum.Options{})
		}},
	})
}

// TestOverlapAndAssumption: rows that say the same again are left out and
// counted; success is assumed only when asked for, and said.
func TestOverlapAndAssumption(t *testing.T) {
	dir := export(t, "export.txtar", func(f string, d []byte) []byte {
		switch f {
		case "transactions.csv":
			rows := strings.SplitAfter(string(d), "\n")
			return []byte(strings.Replace(rows[0]+rows[1]+strings.Join(rows[1:], ""), ",receipt_status", ",nobody_says", 1))
		case "traces.csv":
			return nil
		}
		return d
	})
	s := open(t, ethereum.Options{AssumeSuccess: true}, dir)
	all(t, s)
	notes := strings.Join(s.Info().Notes, "\n")
	for _, want := range []string{"1 rows that say again", "success assumed of"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes do not say %q:\n%s", want, notes)
		}
	}
}

// TestShaken: rows of a block may stand in any order and come again, in another case:
// what they say stays. So it does where one table is missing.
func TestShaken(t *testing.T) {
	bare := func(without string, shake func(rows []string) []string) string {
		s := open(t, ethereum.Options{AssumeSuccess: true, Sort: true}, export(t, "export.txtar", func(f string, d []byte) []byte {
			rows := strings.SplitAfter(strings.TrimSuffix(string(d), "\n")+"\n", "\n")
			switch f {
			case without:
				return nil
			case "transactions.csv", "traces.csv", "token_transfers.csv":
				// A reward has no place of its own: it cannot be told whether it comes again.
				body := slices.DeleteFunc(rows[1:len(rows)-1], func(r string) bool { return strings.Contains(r, ",reward,") })
				return []byte(rows[0] + strings.Join(shake(body), ""))
			}
			return d
		}))
		return lines(all(t, s))
	}
	for _, without := range []string{"", "transactions.csv", "traces.csv", "blocks.csv"} {
		want := bare(without, func(rows []string) []string { return rows })
		for seed := range uint64(20) {
			got := bare(without, func(rows []string) []string {
				r := rand.New(rand.NewPCG(seed, 1))
				for _, i := range r.Perm(len(rows))[:r.IntN(len(rows))] {
					rows = append(rows, regexp.MustCompile(`0x[0-9a-f]{40,64}`).ReplaceAllStringFunc(rows[i], strings.ToUpper))
				}
				r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				return rows
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("without %q, seed %d: %s", without, seed, diff)
			}
		}
	}
}

// TestRonin: the case's transactions, read as an export, are the transfers that
// the case's own mapping gives.
func TestRonin(t *testing.T) {
	dir := shared(t, "cases", "ronin-2022")
	c, err := casefile.Open("../../casefile/testdata/ronin-2022.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	sources, err := casefile.Sources(c)
	if err != nil {
		t.Fatal(err)
	}
	want := all(t, sources[0])
	got := all(t, open(t, ethereum.Options{Sort: true}, filepath.Join(dir, "transactions.csv.gz")))
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d[:min(len(d), 3000)])
	}
}

// TestGoldenExports: every expected export of ethereum-etl loads, with the rows
// it has.
func TestGoldenExports(t *testing.T) {
	root := shared(t, "etl-fixtures", "ethereum-etl")
	folders := map[string]bool{}
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(path), "expected_") {
			folders[filepath.Dir(path)] = true
		}
		return err
	})
	if len(folders) < 15 {
		t.Fatalf("%d folders", len(folders))
	}
	for dir := range folders {
		name, _ := filepath.Rel(root, dir)
		t.Run(name, func(t *testing.T) { golden(t, dir) })
	}
}

func golden(t *testing.T, dir string) {
	var csv, json []string
	paths, _ := filepath.Glob(filepath.Join(dir, "expected_*"))
	for _, p := range paths {
		if strings.Contains(filepath.Base(p), ".csv") {
			csv = append(csv, p)
		} else {
			json = append(json, p)
		}
	}
	var first string
	for i, files := range [][]string{csv, json} {
		if len(files) == 0 {
			continue
		}
		src, err := ethereum.Open(files, ethereum.Options{AssumeSuccess: true, Sort: true})
		if err != nil && strings.Contains(err.Error(), "no rows in any table") {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		ts := all(t, src)
		for j := range ts {
			if err := ts[j].Validate(ledger.Accounts); err != nil {
				t.Error(err)
			}
		}
		if got, want := len(ts), counted(t, files); got < want {
			t.Errorf("%v: %d transfers of %d rows that move something", files, got, want)
		}
		if i == 0 {
			first = lines(ts)
		} else if first != "" && len(csv) == len(json) {
			if d := cmp.Diff(first, lines(ts)); d != "" {
				t.Errorf("CSV and JSON differ:\n%s", d[:min(len(d), 2000)])
			}
		}
	}
}

// counted counts, by reading the rows in the plainest way, the transactions and
// token transfers of files: each must give a transfer.
func counted(t *testing.T, files []string) int {
	n := 0
	for _, f := range files {
		base := filepath.Base(f)
		if !strings.Contains(base, "transactions") && !strings.Contains(base, "token_transfers") {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := b.ReadFrom(z); err != nil {
				t.Fatal(err)
			}
			data = b.Bytes()
		}
		rows := strings.Count(strings.TrimSpace(string(data)), "\n") + 1
		if len(data) == 0 {
			rows = 0
		}
		if strings.Contains(base, ".csv") && rows > 0 {
			rows--
		}
		n += rows
	}
	return n
}

func FuzzRows(f *testing.F) {
	a, err := txtar.ParseFile("testdata/export.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		f.Add(file.Data)
	}
	f.Add([]byte(`{"hash":"0x1","block_number":1,"transaction_index":0,"from_address":null,"to_address":"","value":1e9}`))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := ethereum.Open([]string{path}, ethereum.Options{AssumeSuccess: true, Sort: len(data)%2 == 0})
		if err != nil {
			return
		}
		for tr, err := range s.All(t.Context()) {
			if err != nil {
				return
			}
			if err := tr.Validate(ledger.Accounts); err != nil {
				t.Fatal(err)
			}
		}
	})
}
