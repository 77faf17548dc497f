package parquet_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
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

// encode writes a table as Parquet.
func encode(t testing.TB, path string, l parquet.Layout) ([]byte, parquet.Written) {
	t.Helper()
	rows, err := ethereum.OpenRows(path)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b bytes.Buffer
	w, err := parquet.Write(&b, l, rows)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w
}

// convert writes a table as Parquet and gives the new file's path.
func convert(t testing.TB, path string, l parquet.Layout) string {
	t.Helper()
	data, _ := encode(t, path, l)
	return save(t, strings.TrimSuffix(filepath.Base(path), ".gz")+".parquet", data)
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(out, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return out
}

// export is the hand-made export of source/ethereum: its tables as CSV, and as
// Parquet.
func export(t testing.TB, l parquet.Layout) (csv, pq []string) {
	t.Helper()
	a, err := txtar.ParseFile("../ethereum/testdata/export.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if filepath.Ext(f.Name) != ".csv" {
			continue
		}
		csv = append(csv, save(t, f.Name, f.Data))
		if l == parquet.AWS && f.Name == "tokens.csv" {
			pq = append(pq, csv[len(csv)-1]) // that layout has no such table
			continue
		}
		pq = append(pq, convert(t, csv[len(csv)-1], l))
	}
	return csv, pq
}

func open(t testing.TB, opt ethereum.Options, paths ...string) *ethereum.Source {
	t.Helper()
	s, err := parquet.OpenEthereum(paths, opt)
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

// bare drops what tells the files apart.
func bare(ts []ledger.Transfer) []ledger.Transfer {
	for i := range ts {
		ts[i].Evidence = ""
	}
	return ts
}

func TestSuite(t *testing.T) {
	_, files := export(t, parquet.ETL)
	sourcetest.Run(t, func(t *testing.T) ledger.Source { return open(t, ethereum.Options{}, files...) })
}

// TestExport: an export of every table gives from Parquet what it gives from CSV,
// with the same notes and verdicts.
func TestExport(t *testing.T) {
	csv, files := export(t, parquet.ETL)
	want, got := open(t, ethereum.Options{}, csv...), open(t, ethereum.Options{}, files...)
	if d := cmp.Diff(bare(all(t, want)), bare(all(t, got))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want.Info().Notes, got.Info().Notes); d != "" {
		t.Error(d)
	}
	if a := ledger.Account("0x00000000000000000000000000000000000000aa"); want.Completeness(a) != got.Completeness(a) {
		t.Errorf("%v and %v", want.Completeness(a), got.Completeness(a))
	}
}

// TestRonin: the thief's transactions as Parquet are the transfers that they are
// as CSV, whose figures the case states. In the layout of AWS amounts are doubles:
// those that are exact are equal and not marked, the others are marked, and lie
// within the room they state.
func TestRonin(t *testing.T) {
	csv := shared(t, "cases", "ronin-2022", "transactions.csv.gz")
	want := bare(all(t, open(t, ethereum.Options{Sort: true}, csv)))
	t.Run("etl", func(t *testing.T) {
		data, w := encode(t, csv, parquet.ETL)
		s := open(t, ethereum.Options{Sort: true}, save(t, "transactions.parquet", data))
		got := all(t, s)
		if got[0].Evidence != "transactions.parquet:1" {
			t.Errorf("evidence %q", got[0].Evidence)
		}
		if d := cmp.Diff(want, bare(got)); d != "" {
			t.Error(d[:min(len(d), 3000)])
		}
		if w.Rows != 2528 || w.Rounded != 0 || len(w.Left) != 0 {
			t.Errorf("%+v", w)
		}
	})
	t.Run("aws", func(t *testing.T) {
		data, w := encode(t, csv, parquet.AWS)
		s := open(t, ethereum.Options{Sort: true}, save(t, "transactions.snappy.parquet", data))
		off, marked := compareRounded(t, want, bare(all(t, s)))
		if int64(off) != w.Rounded || off != 21 || marked != 2021 {
			t.Errorf("%d amounts differ, %d are marked; %d were said to be rounded", off, marked, w.Rounded)
		}
		if notes := strings.Join(s.Info().Notes, "\n"); !strings.Contains(notes, fmt.Sprintf("%d amounts were kept as floats", marked)) {
			t.Error(notes)
		}
	})
}

// compareRounded holds transfers with rounded amounts to those they stand for.
func compareRounded(t *testing.T, want, got []ledger.Transfer) (off, marked int) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d transfers, want %d", len(got), len(want))
	}
	for i := range want {
		w, g := want[i], got[i]
		room := money.Zero
		if r := g.Attrs["rounded"]; r != "" {
			marked++
			var err error
			if room, err = money.Parse(r); err != nil {
				t.Fatal(err)
			}
			delete(g.Attrs, "rounded")
			if len(g.Attrs) == 0 {
				g.Attrs = nil
			}
		}
		a, b := w.Amount(), g.Amount()
		if a.Less(b) {
			a, b = b, a
		}
		if a != b {
			off++
			if room.Less(a.Sub(b)) {
				t.Errorf("%s: %s, which is more than %s from %s", w.ID, g.Amount(), room, w.Amount())
			}
			if g.Fee != w.Fee {
				t.Errorf("%s: fee %s, want %s", w.ID, g.Fee, w.Fee)
			}
			continue
		}
		if d := cmp.Diff(w, g); d != "" {
			t.Errorf("%s", d)
		}
	}
	return off, marked
}

// TestGoldenExports: every expected export of ethereum-etl, CSV and JSON lines,
// gives from Parquet what it gives itself.
func TestGoldenExports(t *testing.T) {
	root := shared(t, "etl-fixtures", "ethereum-etl")
	folders := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(path), "expected_") {
			key := filepath.Dir(path) + map[bool]string{true: ".csv", false: ".json"}[strings.Contains(filepath.Base(path), ".csv")]
			folders[key] = append(folders[key], path)
		}
		return err
	})
	if err != nil || len(folders) < 15 {
		t.Fatal(len(folders), err)
	}
	opt := ethereum.Options{AssumeSuccess: true, Sort: true}
	compared := 0
	for key, files := range folders {
		src, err := ethereum.Open(files, opt)
		if err != nil {
			if !strings.Contains(err.Error(), "no rows in any table") {
				t.Error(err)
			}
			continue
		}
		want := bare(all(t, src))
		var as []string
		for _, f := range files {
			if rows, err := ethereum.OpenRows(f); err != nil || len(rows.Columns()) == 0 {
				continue // a table without rows, nor names of columns
			}
			as = append(as, convert(t, f, parquet.ETL))
		}
		if d := cmp.Diff(want, bare(all(t, open(t, opt, as...)))); d != "" {
			t.Errorf("%s: %s", key, d[:min(len(d), 2000)])
		}
		compared += len(want)
	}
	if compared < 100 {
		t.Errorf("only %d transfers compared", compared)
	}
	t.Logf("%d transfers of %d exports", compared, len(folders))
}
