package trace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// TestStories runs the ledgers in testdata/stories: a ledger in the text form,
// then what a reader should learn from it. Arguments of the command: policies,
// fee, fate, boundaries, through, group (kind or account names, "+" between),
// gas=ignore, view, show=bounds|cuts|hops|totals|unobserved.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata/stories", func(t *testing.T, path string) {
		var d *ledger.Document
		var g *graph.Memory
		datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
			if td.Cmd == "ledger" {
				var err error
				if d, err = ledger.ParseText("story", strings.NewReader(td.Input)); err != nil {
					return err.Error() + "\n"
				}
				if g, err = graph.Build(context.Background(), d); err != nil {
					return err.Error() + "\n"
				}
				return ""
			}
			q := storyQuestion(d, td)
			if td.Cmd == "backward" {
				var on string
				td.ScanArgs(t, "on", &on)
				r, err := Backward(context.Background(), g, q, d.Ledger.ID, ledger.Account(on))
				if err != nil {
					return err.Error() + "\n"
				}
				return showReceived(r)
			}
			tr, err := Run(context.Background(), g, q)
			if err != nil {
				return err.Error() + "\n"
			}
			return showTrail(tr, td)
		})
	})
}

func storyQuestion(d *ledger.Document, td *datadriven.TestData) Question {
	q := Question{Thefts: Marked(d)}
	for _, a := range td.CmdArgs {
		switch a.Key {
		case "policies":
			for _, v := range a.Vals {
				q.Policies = append(q.Policies, Policy(v))
			}
		case "fee":
			q.FeeRule = FeeRule(a.Vals[0])
		case "fate":
			q.FeeFate = FeeFate(a.Vals[0])
		case "gas":
			q.IgnoreFees = a.Vals[0] == "ignore"
		case "through":
			for _, v := range a.Vals {
				q.Through = append(q.Through, ledger.Account(v))
			}
		case "boundaries":
			vals := a.Vals
			q.Boundary = func(_ ledger.ID, acc ledger.Account) (Boundary, bool) {
				return Boundary{Kind: "service", Why: "the story says so"}, slices.Contains(vals, string(acc))
			}
		case "group":
			vals := a.Vals
			q.Groups = append(q.Groups, Group{Name: "group", Match: func(p *Place) bool {
				return slices.Contains(vals, p.Name) || slices.Contains(vals, string(p.Kind))
			}})
		}
	}
	return q
}

func showTrail(t *Trail, td *datadriven.TestData) string {
	var b strings.Builder
	fmt.Fprintf(&b, "policies: %v\n", t.Policies)
	figs := func(name string, fs []Figures) {
		for v, f := range fs {
			fmt.Fprintf(&b, "%s %s: %v", t.Views[v].Name, name, f.Amounts)
			if f.Bound == nil {
				fmt.Fprintf(&b, " one-pass [%s, %s]\n", f.Lower, f.Upper)
				continue
			}
			fmt.Fprintf(&b, " [%s, %s]\n", f.Bound.L, f.Bound.U)
			if td.HasArg("cuts") {
				fmt.Fprintf(&b, "  U: %s\n  K-L: %s\n", showCut(f.Bound.CutU), showCut(f.Bound.CutL))
			}
		}
	}
	for _, p := range t.Places {
		figs(string(p.Kind)+" "+p.Name+" "+p.Asset.Name(), p.Figures)
	}
	for _, g := range t.Groups {
		figs("group "+g.Name, g.Figures)
	}
	for _, u := range t.Unobserved {
		fmt.Fprintf(&b, "unobserved %s %s %s\n", u.Pool.Account, u.Amount, u.Asset.Name())
	}
	if td.HasArg("hops") {
		for _, h := range t.Hops {
			fmt.Fprintf(&b, "hop %s %s > %s %s: %v\n", h.Transfer, h.From, h.To, h.Value, h.Figures[len(t.Views)-1].Amounts)
		}
	}
	if td.HasArg("warnings") {
		for _, w := range t.Warnings {
			fmt.Fprintf(&b, "warning: %s\n", w)
		}
	}
	return b.String()
}

func showCut(cut []CutEdge) string {
	var s []string
	for _, c := range cut {
		s = append(s, fmt.Sprintf("%s %s %s>%s %s", c.Kind, c.Transfer, c.Account, c.To, c.Amount))
	}
	return strings.Join(s, "; ")
}

func showReceived(r *Received) string {
	var b strings.Builder
	fmt.Fprintf(&b, "policies: %v\n", r.Trail.Policies)
	for _, a := range r.Assets {
		fmt.Fprintf(&b, "received %s %s in %d payments\n", a.Total, a.Asset.Name(), a.Rows)
		for v, f := range a.Stolen {
			fmt.Fprintf(&b, "  stolen (%s): %v [%s, %s]\n", r.Trail.Views[v].Name, f.Amounts, f.Bound.L, f.Bound.U)
		}
		for _, h := range a.Payments {
			fmt.Fprintf(&b, "  %s from %s: %s: %v\n", h.Transfer, h.From, h.Value, h.Figures[0].Amounts)
		}
	}
	return b.String()
}
