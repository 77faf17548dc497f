package trace_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/trace"
)

func traceCase(t *testing.T, l *casefile.Loaded) *trace.Trail {
	t.Helper()
	q, err := trace.FromCase(l)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := trace.Run(context.Background(), l.Graph, q)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestExpect runs the checks that need a trail over small ledgers, each right
// once and wrong once.
func TestExpect(t *testing.T) {
	datadriven.RunTest(t, "testdata/expect.txt", func(t *testing.T, d *datadriven.TestData) string {
		l := loadCase(t, d.Input)
		var b strings.Builder
		for _, v := range trace.Check(l, traceCase(t, l)) {
			fmt.Fprintf(&b, "%s: %s (line %d)\n  want %s\n  got  %s\n", v.Status, v.Title, v.Line, v.Want, v.Got)
		}
		return b.String()
	})
}

// allHold fails for every expectation of a case that does not hold, and unless
// each kind in must was there.
func allHold(t *testing.T, l *casefile.Loaded, tr *trace.Trail, notes int) {
	t.Helper()
	seen := 0
	for _, v := range trace.Check(l, tr) {
		switch v.Status {
		case casefile.Noted:
			seen++
		case casefile.Mismatch:
			t.Errorf("%s:%d: %s\n  want %s\n  got  %s", l.Case.File, v.Line, v.Title, v.Want, v.Got)
		}
	}
	if seen != notes {
		t.Errorf("%d notes, want %d: the rest must be checked", seen, notes)
	}
}

// TestEmbeddedCases: everything the shipped cases expect comes out.
func TestEmbeddedCases(t *testing.T) {
	notes := map[string]int{"bybit-2025": 4, "coincheck-2018": 6, "lubian-2020": 6}
	for _, name := range casefile.Names() {
		t.Run(name, func(t *testing.T) {
			c, err := casefile.Embedded(name)
			if err != nil {
				t.Fatal(err)
			}
			l, err := casefile.Load(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Case.Thefts) == 0 {
				if l.Graph.Info().Transfers > 0 {
					t.Error("value moved and no theft is named")
				}
				return
			}
			tr := traceCase(t, l)
			allHold(t, l, tr, notes[name])
			for _, v := range tr.Views {
				for _, a := range v.Assets {
					for i, s := range a.ByPolicy {
						if tr.Policies[i].Conserves() && s.Seeded.Add(s.ConvertedIn) != s.Out() {
							t.Errorf("%s, %s, %s: %s in, %s out", v.Name, a.Asset.Name(), tr.Policies[i], s.Seeded, s.Out())
						}
					}
				}
			}
		})
	}
}

// TestBybitNotAdded: a theft that continues another has no union with it.
func TestBybitNotAdded(t *testing.T) {
	c, err := casefile.Embedded("bybit-2025")
	if err != nil {
		t.Fatal(err)
	}
	l, err := casefile.Load(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	tr := traceCase(t, l)
	if tr.View("any") >= 0 || len(tr.Views) != 2 {
		t.Errorf("%d views, union at %d: the two thefts were added", len(tr.Views), tr.View("any"))
	}
}

// TestRonin: the case over the data folder, with gas left out and with gas paid.
func TestRonin(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: the Ronin case needs its data folder")
	}
	for _, name := range []string{"ronin-2022.yaml", "ronin-2022-gas.yaml"} {
		t.Run(name, func(t *testing.T) {
			c, err := casefile.Open(filepath.Join("..", "casefile", "testdata", name), filepath.Join(root, "data", "cases", "ronin-2022"))
			if err != nil {
				t.Fatal(err)
			}
			l, err := casefile.Load(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Case.Thefts) == 0 {
				if l.Graph.Info().Transfers > 0 {
					t.Error("value moved and no theft is named")
				}
				return
			}
			tr := traceCase(t, l)
			allHold(t, l, tr, 1)
			for _, g := range tr.Groups {
				b := g.Figures[0].Bound
				if b == nil {
					t.Fatalf("group %s has no exact bound", g.Name)
				}
				for i, a := range g.Figures[0].Amounts {
					if tr.Policies[i].Conserves() && (a.Less(b.L) || b.U.Less(a)) {
						t.Errorf("group %s: %s puts %s outside [%s,%s]", g.Name, tr.Policies[i], a, b.L, b.U)
					}
				}
				sum := b.U
				for _, e := range b.CutU {
					sum = sum.Sub(e.Amount)
				}
				if !sum.IsZero() {
					t.Errorf("group %s: the cut does not sum to U", g.Name)
				}
			}
		})
	}
}
