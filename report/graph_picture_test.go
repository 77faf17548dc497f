package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// TestGraphPictureHolds checks on random ledgers that every node has a place of its
// own, in columns by hop, that edges name nodes, that places hold what entered, and
// that the flow picture calls them the same.
func TestGraphPictureHolds(t *testing.T) {
	everyScope(t, func(_ string, s scope) error {
		if s.policy > 0 {
			return nil // the graph has all policies at once
		}
		o := PictureOptions{View: s.viewName(), Asset: string(s.asset().ID)}
		g, err := GraphPicture(s.d, o)
		if err != nil {
			return err
		}
		if err := graphHolds(g); err != nil {
			return err
		}
		for i, p := range g.Policies {
			var sum money.Amount
			for k, kind := range g.Nodes.Kind {
				if g.Nodes.Place[k] != "" && kind != "" {
					sum = sum.Add(g.Nodes.Amounts[i][k])
				}
			}
			if want := s.base(s.existing()[i]); g.Conserves[i] && sum != want {
				return fmt.Errorf("%s: places hold %s, %s entered", p, sum, want)
			}
		}
		all := everything
		all.View, all.Asset = o.View, o.Asset
		flow, err := FlowPicture(s.d, all)
		if err != nil {
			return err
		}
		if err := sameBounds(g, flow); err != nil {
			return err
		}
		labels := map[string]string{}
		for k, id := range g.Nodes.ID {
			labels[id] = g.Nodes.Label[k]
		}
		for _, n := range flow.Nodes {
			if n.Folded == nil && labels[n.ID] != n.Label {
				return fmt.Errorf("%s is %q in the graph and %q in the flow picture", n.ID, labels[n.ID], n.Label)
			}
		}
		return nil
	})
}

// sameBounds checks that the graph has the bounds of the flow picture's places, and
// no others.
func sameBounds(g *LaidOutGraph, flow *LaidOut) error {
	bounds := map[string]string{}
	for i, k := range g.Nodes.Bounded {
		bounds[g.Nodes.ID[k]] = fmt.Sprint(g.Nodes.Lower[i], g.Nodes.Upper[i], g.Nodes.Tight[i])
	}
	for _, n := range flow.Nodes {
		if n.Folded != nil {
			continue
		}
		want := ""
		if n.Lower != nil {
			want = fmt.Sprint(*n.Lower, *n.Upper, n.Tight)
		}
		if bounds[n.ID] != want {
			return fmt.Errorf("%s has the bounds %q in the graph and %q in the flow picture", n.Label, bounds[n.ID], want)
		}
	}
	if g.Bounded != flow.Bounded || g.Why != flow.Why {
		return fmt.Errorf("bounded: %v, %q; flow picture %v, %q", g.Bounded, g.Why, flow.Bounded, flow.Why)
	}
	return nil
}

func graphHolds(g *LaidOutGraph) error {
	at := map[[2]int]bool{}
	right := map[int]int{} // by hop
	ids := map[string]bool{}
	for k, id := range g.Nodes.ID {
		x, y, hop := g.Nodes.X[k], g.Nodes.Y[k], g.Nodes.Hop[k]
		if at[[2]int{x, y}] || ids[id] {
			return fmt.Errorf("two nodes at %d, %d, or called %s", x, y, id)
		}
		at[[2]int{x, y}], ids[id] = true, true
		right[hop] = max(right[hop], x)
		if x < 0 || x > g.Width || y < 0 || y > g.Height {
			return fmt.Errorf("%s stands outside", g.Nodes.Label[k])
		}
	}
	for k, hop := range g.Nodes.Hop {
		if hop > 0 && g.Nodes.X[k] <= right[hop-1] {
			return fmt.Errorf("%s of hop %d stands left of hop %d", g.Nodes.Label[k], hop, hop-1)
		}
	}
	for k := range g.Edges.From {
		a, b := g.Edges.From[k], g.Edges.To[k]
		if a < 0 || a >= len(g.Nodes.ID) || b < 0 || b >= len(g.Nodes.ID) || a == b {
			return fmt.Errorf("edge %d leads from %d to %d", k, a, b)
		}
		if g.Nodes.Hop[b] > g.Nodes.Hop[a]+1 {
			return fmt.Errorf("an edge leads from hop %d to hop %d", g.Nodes.Hop[a], g.Nodes.Hop[b])
		}
	}
	return nil
}

// TestGraphSweepsUncross checks that the order within columns follows the edges: of
// two ladders that begin crossed none crosses.
func TestGraphSweepsUncross(t *testing.T) {
	var b strings.Builder
	for i := range 9 {
		fmt.Fprintf(&b, "a > b%d 10\n", i)
	}
	for i := range 9 {
		fmt.Fprintf(&b, "b%d > c%d 10\n", 8-i, i)
	}
	g, err := GraphPicture(small(t, b.String()), PictureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	y := map[string]int{}
	for k, label := range g.Nodes.Label {
		y[label] = g.Nodes.Y[k]
	}
	for i := range 8 {
		if (y[fmt.Sprint("b", i)] < y[fmt.Sprint("b", i+1)]) != (y[fmt.Sprint("c", 8-i)] < y[fmt.Sprint("c", 7-i)]) {
			t.Errorf("the edges of b%d and b%d cross", i, i+1)
		}
	}
}

// broad is a trail of three layers: a theft, so many splitters, and places.
func broad(b *testing.B, places int) *Document {
	b.Helper()
	var text strings.Builder
	text.WriteString("ledger eip155:1 account native ETH\n")
	addr := func(n int) string { return fmt.Sprintf("0x%08x%032x", uint32(n)*2654435761, n) }
	splitters := max(places/250, 1)
	each := places / splitters
	fmt.Fprintf(&text, "loot 2025-02-01T00:00Z victim > %s %d ETH\n", addr(0), splitters*each*1000)
	at := time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)
	id := 0
	pay := func(from, to, amount int) {
		id, at = id+1, at.Add(time.Minute)
		fmt.Fprintf(&text, "x%d %s %s > %s %d ETH\n", id, at.Format("2006-01-02T15:04Z"), addr(from), addr(to), amount)
	}
	for i := range splitters {
		pay(0, 1+i, each*1000)
	}
	for i := range splitters {
		for k := range each {
			pay(1+i, 1000+(i*each+k)*7919%(splitters*each), 1000)
		}
	}
	text.WriteString("theft Broad loot\n")
	doc, err := ledger.ParseText("broad.txt", strings.NewReader(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	g, err := graph.Build(context.Background(), doc)
	if err != nil {
		b.Fatal(err)
	}
	trail, err := trace.Run(context.Background(), g, trace.Question{Thefts: []trace.Theft{{Name: "Broad", Seeds: []trace.Seed{{Ref: "loot"}}}}, NoBounds: true})
	if err != nil {
		b.Fatal(err)
	}
	return &Document{Title: "Broad", Trail: trail, Graph: g}
}

func BenchmarkGraphPicture(b *testing.B) {
	for _, places := range []int{200, 10_000, 50_000} {
		d := broad(b, places)
		b.Run(fmt.Sprint(places), func(b *testing.B) {
			for b.Loop() {
				g, err := GraphPicture(d, PictureOptions{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(g.Nodes.ID)), "nodes")
			}
		})
		b.Run(fmt.Sprint(places, "/json"), func(b *testing.B) {
			g, err := GraphPicture(d, PictureOptions{})
			if err != nil {
				b.Fatal(err)
			}
			n := &counter{}
			for b.Loop() {
				n.n = 0
				if err := json.NewEncoder(n).Encode(g); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n.n), "bytes")
		})
	}
}

type counter struct{ n int }

func (c *counter) Write(b []byte) (int, error) {
	c.n += len(b)
	return len(b), nil
}

func BenchmarkFlowPicture(b *testing.B) {
	for _, c := range []struct{ places, limit int }{{200, 60}, {200, 300}, {10_000, 60}, {50_000, 60}} {
		d := broad(b, c.places)
		b.Run(fmt.Sprintf("%d/limit-%d", c.places, c.limit), func(b *testing.B) {
			for b.Loop() {
				if _, err := FlowPicture(d, PictureOptions{Limit: c.limit}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
