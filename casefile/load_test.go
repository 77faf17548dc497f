package casefile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cockroachdb/datadriven"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// archive makes a folder of the files of a txtar text. A "case.yaml" that does
// not state a version stands behind head.
func archive(text string) fstest.MapFS {
	dir := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(text + "\n")).Files {
		data := f.Data
		if f.Name == "case.yaml" && !strings.HasPrefix(string(data), "version") {
			data = append([]byte(head), data...)
		}
		dir[f.Name] = &fstest.MapFile{Data: data}
	}
	return dir
}

func load(text string) (*casefile.Loaded, error) {
	c, err := casefile.Read(archive(text), "case.yaml")
	if err != nil {
		return nil, err
	}
	return casefile.Load(context.Background(), c)
}

// TestLoad runs small cases over text ledgers. Commands: "load" loads the case
// and prints the verdict of each expect line; "stops" prints the boundary and
// entity of the accounts it is given; "transfers" prints what the graph holds.
func TestLoad(t *testing.T) {
	datadriven.Walk(t, "testdata/load", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			l, err := load(d.Input)
			if err != nil {
				var fault *casefile.Error
				if !errors.As(err, &fault) || fault.Err == nil {
					t.Fatalf("%T is no whole *casefile.Error: %v", err, err)
				}
				return "error: " + err.Error() + "\n"
			}
			switch d.Cmd {
			case "load":
				return verdicts(t, l)
			case "stops":
				return stopsOf(t, l, d)
			case "transfers":
				return transfersOf(t, l)
			}
			t.Fatalf("unknown command %q", d.Cmd)
			return ""
		})
	})
}

func verdicts(t *testing.T, l *casefile.Loaded) string {
	var b strings.Builder
	for _, e := range l.Case.Expect {
		v, ok := l.Check(e)
		if !ok {
			t.Fatalf("%s: needs a trail", e.Title)
		}
		fmt.Fprintf(&b, "%s: %s (line %d)\n", v.Status, v.Title, v.Line)
		if v.Status != casefile.Noted {
			fmt.Fprintf(&b, "  want %s\n  got  %s\n", v.Want, v.Got)
		}
	}
	if b.Len() == 0 {
		return fmt.Sprintf("loaded: %d transfers, %d tags, %d files\n", l.Graph.Info().Transfers, l.Tags.Len(), len(l.Inputs))
	}
	return b.String()
}

func stopsOf(t *testing.T, l *casefile.Loaded, d *datadriven.TestData) string {
	var b strings.Builder
	var names []string
	for _, arg := range d.CmdArgs {
		names = append(names, arg.Key)
	}
	id := l.Graph.Info().Ledgers[0].ID
	for _, name := range names {
		s, ok := l.Boundary(id, ledger.Account(name))
		e, _ := l.Entity(id, ledger.Account(name))
		c := l.Graph.Completeness(id, ledger.Account(name))
		fmt.Fprintf(&b, "%s: stops %v", name, ok)
		if ok {
			fmt.Fprintf(&b, " (%s %q: %s)", s.Kind, s.Name, s.Why)
		}
		fmt.Fprintf(&b, ", entity %q, history %s\n", e, c.External)
	}
	return b.String()
}

func transfersOf(t *testing.T, l *casefile.Loaded) string {
	var b strings.Builder
	for id := range l.Graph.Info().Transfers {
		en, err := l.Graph.Entry(graph.ID(id))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s > %s %s %s", en.ID, en.From(), en.To(), en.Amount(), en.Asset)
		if en.Conversion != "" {
			fmt.Fprintf(&b, " conversion %s, other side %s", en.Conversion, en.Attrs["swapped_with"])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestStoredConversions: a conversion that a case names is the same on a ledger of a
// store as on the file, the payout before the payment included; the store itself
// keeps what was read.
func TestStoredConversions(t *testing.T) {
	const ledgerCSV = `-- ledger.csv --
tx,from,to,value,asset,n
t1,v,b,9,X,1
t2,pool,b,7,Y,2
t2,b,pool,5,X,3
t3,b,pool,4,X,4
t3,pool,b,3,Y,5
t4,b,c,8,Y,6
`
	const named = `-- case.yaml --
version: coldtrail/case/v1
title: t
ledgers:
  - id: x:1
    path: ledger.csv
    format: table
    mapping:
      unit: atomic
      native: {id: X, symbol: X, decimals: 0}
      assets: [{id: Y, symbol: Y, decimals: 0}]
      columns: {tx: tx, from: from, to: to, amount: value, asset: asset}
      order: [n]
`
	const conversions = `conversions:
  - {tx: t2, account: b, in: X, out: Y, name: sale}
  - {tx: t3, account: b, in: X, name: lost}
`
	plain, err := load(ledgerCSV + named)
	if err != nil {
		t.Fatal(err)
	}
	kept := transfersOf(t, plain)
	c, err := casefile.Read(archive(ledgerCSV+named+conversions), "case.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := casefile.Load(context.Background(), c, plain.Graph)
	if err != nil {
		t.Fatal(err)
	}
	file, err := load(ledgerCSV + named + conversions)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := transfersOf(t, file), transfersOf(t, stored); a != b || !strings.Contains(b, "conversion sale") {
		t.Errorf("from the file:\n%s\nfrom the store:\n%s", a, b)
	}
	if now := transfersOf(t, plain); now != kept {
		t.Errorf("the store has changed:\n%s", now)
	}
	for id := range graph.ID(file.Graph.Info().Transfers) {
		a, _ := file.Graph.Entry(id)
		b, err := stored.Graph.Entry(id)
		if err != nil || a.Other != b.Other || a.Key != b.Key {
			t.Errorf("%s: %+v, want %+v, %v", a.ID, b, a, err)
		}
		for _, ref := range []string{a.ID, a.Tx} {
			x, _ := file.Graph.Find(ref)
			if y, err := stored.Graph.Find(ref); err != nil || !slices.Equal(x, y) {
				t.Errorf("%s is found at %v, want %v: %v", ref, y, x, err)
			}
		}
		for _, who := range []ledger.Account{a.From(), a.To(), a.Counter()} {
			p := graph.Pool{Ledger: a.Ledger, Account: who, Asset: a.Asset}
			x, _ := file.Graph.Events(p)
			if y, err := stored.Graph.Events(p); err != nil || !slices.Equal(x, y) {
				t.Errorf("events of %v: %v, want %v: %v", p, y, x, err)
			}
		}
	}
	c.Conversions[0].Tx.Text = "t9"
	if _, err := casefile.Load(context.Background(), c, plain.Graph); !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "sale") {
		t.Errorf("a transaction that is not there: %v", err)
	}
}
