package ethereum_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// floats are rows whose values were kept as floats with a given room.
type floats struct {
	ethereum.Rows
	value  int
	spread uint64
	broken error
}

func (f floats) Field(column int) (ethereum.Field, error) {
	field, err := f.Rows.Field(column)
	if column == f.value {
		if f.broken != nil {
			return field, f.broken
		}
		field.Spread = money.Units(f.spread)
	}
	return field, err
}

func (f floats) End() (string, []string, error) {
	d, _, err := f.Rows.End()
	return d, []string{"a note of the form"}, err
}

// renamed writes the export with another ending and tells how to open it.
func renamed(t *testing.T, spread uint64, broken error, change func(string, []byte) []byte) *ethereum.Source {
	t.Helper()
	dir := export(t, "export.txtar", change)
	for _, name := range []string{"transactions", "token_transfers", "contracts"} {
		if err := os.Rename(filepath.Join(dir, name+".csv"), filepath.Join(dir, name+".tbl")); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, name+".tbl"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv.tmp"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	form := func(path string) (ethereum.Rows, error) {
		rows, err := ethereum.OpenRows(strings.TrimSuffix(path, ".tbl") + ".csv.tmp")
		if err != nil {
			return nil, err
		}
		return floats{rows, slices.Index(rows.Columns(), "value"), spread, broken}, nil
	}
	return open(t, ethereum.Options{Forms: map[string]ethereum.Form{".tbl": form}}, dir)
}

// TestForm: tables of a form of its own give what CSV gives.
func TestForm(t *testing.T) {
	want := lines(all(t, open(t, ethereum.Options{}, export(t, "export.txtar", nil))))
	s := renamed(t, 0, nil, nil)
	if d := cmp.Diff(want, lines(all(t, s))); d != "" {
		t.Error(d)
	}
	notes := strings.Join(s.Info().Notes, "\n")
	if !strings.Contains(notes, "transactions.tbl: a note of the form") || strings.Contains(notes, "rounded") {
		t.Error(notes)
	}
	broken := errors.New("no such field")
	for _, err := range renamed(t, 0, broken, nil).All(t.Context()) {
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}

// TestRounded: amounts that were floats are marked with their room and counted, a
// trace may differ from them within it, and a collectible whose number is not
// known is left out.
func TestRounded(t *testing.T) {
	nudge := func(by string) func(string, []byte) []byte {
		return func(f string, d []byte) []byte {
			if f == "transactions.csv" {
				return []byte(strings.Replace(string(d), ",1000,", ","+by+",", 1))
			}
			return d
		}
	}
	s := renamed(t, 8, nil, nudge("1008"))
	marked := 0
	for _, tr := range all(t, s) {
		if tr.Attrs["rounded"] != "" {
			marked++
		}
		if tr.Attrs["rounded"] != "8" && strings.Count(tr.ID, "/") == 0 && !tr.Failed && tr.ID[0] == '0' {
			t.Errorf("%s is not marked: %v", tr.ID, tr.Attrs)
		}
		if strings.Contains(string(tr.Asset), "erc721") {
			t.Errorf("%s names a collectible whose number is rounded", tr.ID)
		}
	}
	notes := strings.Join(s.Info().Notes, "\n")
	for _, want := range []string{"amounts were kept as floats and are rounded", "by 8 units at most", "1 transfers of collectibles left out"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes do not say %q:\n%s", want, notes)
		}
	}
	if s.Info().Skipped != 2 || marked == 0 {
		t.Errorf("skipped %d, marked %d", s.Info().Skipped, marked)
	}
	for _, err := range renamed(t, 8, nil, nudge("1009")).All(t.Context()) {
		if err != nil && !errors.Is(err, ethereum.ErrContradiction) {
			t.Errorf("got %v", err)
		}
		if err == nil {
			continue
		}
		return
	}
	t.Error("a trace beyond the room of its transaction was taken")
}
