package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// random runs a random ledger; it is nil where the question does not fit it.
func random(seed uint64) *Document {
	doc := ledgertest.AnyAccounts(seed, 60)
	if seed%2 == 1 {
		doc = ledgertest.AnyCoins(seed, 40)
	}
	g, err := graph.Build(context.Background(), doc)
	if err != nil {
		return nil
	}
	q := trace.Question{Groups: []trace.Group{Exits()}, Boundary: func(_ ledger.ID, a ledger.Account) (trace.Boundary, bool) {
		b := trace.Boundary{Kind: "service", Why: "test"}
		if seed%3 == 0 {
			b.Name = "house" // one place with several accounts
		}
		return b, a == "a3" || a == "a5"
	}, Entity: func(_ ledger.ID, a ledger.Account) (string, bool) { return "pair", a == "a1" || a == "a2" }}
	at := map[string]int{}
	for _, m := range doc.Thefts {
		i, ok := at[m.Theft]
		if !ok {
			i = len(q.Thefts)
			at[m.Theft] = i
			q.Thefts = append(q.Thefts, trace.Theft{Name: m.Theft})
		}
		q.Thefts[i].Seeds = append(q.Thefts[i].Seeds, trace.Seed{Ref: m.Ref, Part: m.Part, Offset: m.Offset, Length: m.Length})
	}
	trail, err := trace.Run(context.Background(), g, q)
	if err != nil {
		return nil
	}
	return &Document{Title: "Random", Trail: trail, Graph: g}
}

// everyScope runs a check on every view, asset and policy of random ledgers.
func everyScope(t *testing.T, check func(name string, s scope) error) {
	t.Helper()
	ran := 0
	for seed := range uint64(400) {
		d := random(seed)
		if d == nil {
			continue
		}
		for _, p := range d.Trail.Policies {
			scopes, err := d.scopes(Options{Policy: p})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range scopes {
				if !s.on(s.policy) {
					continue
				}
				ran++
				if err := check(fmt.Sprintf("seed %d, %s, %s, %s", seed, s.viewName(), s.asset().ID, p), s); err != nil {
					t.Fatalf("seed %d, %s, %s, %s: %v", seed, s.viewName(), s.asset().ID, p, err)
				}
			}
		}
	}
	if ran < 1000 {
		t.Fatalf("only %d pictures were checked", ran)
	}
}

func TestSankeyConserves(t *testing.T) {
	everyScope(t, func(name string, s scope) error {
		g := s.graphOf(1 + len(name)%7)
		g.layout(picLeft, placesLeft)
		var ended money.Amount
		for _, n := range g.nodes {
			if n.ends() {
				ended = ended.Add(n.amount)
			}
			if err := nodeFits(g, n, s.t.Policies[s.policy].Conserves() && s.totals.Bounded); err != nil {
				return err
			}
		}
		if s.t.Policies[s.policy].Conserves() && ended != s.base(s.policy) {
			return fmt.Errorf("the places of the picture hold %s, %s entered", ended, s.base(s.policy))
		}
		return nil
	})
}

// nodeFits checks one bar: what comes in goes out, ribbons join on it without
// gaps and stay on it, and no other bar of the column touches it.
func nodeFits(g *flowGraph, n *flowNode, conserves bool) error {
	name := (&sankeyDrawing{g: g, s: g.s}).name(n)
	if n.y < 0 || n.y+n.h > g.height || n.x < picLeft || n.x+barWidth > placesLeft {
		return fmt.Errorf("%s stands outside the picture: x %d y %d h %d of %d", name, n.x, n.y, n.h, g.height)
	}
	var out, in int
	for _, l := range g.links {
		if l.h0 < 0 || l.h1 < 0 || l.amount.IsZero() {
			return fmt.Errorf("a ribbon at %s has no thickness or amount", name)
		}
		if l.from == n {
			out += l.h0
			if l.y0 < n.y || l.y0+l.h0 > n.y+n.h {
				return fmt.Errorf("a ribbon leaves %s beside its bar", name)
			}
		}
		if l.to == n {
			in += l.h1
			if l.y1 < n.y || l.y1+l.h1 > n.y+n.h {
				return fmt.Errorf("a ribbon reaches %s beside its bar", name)
			}
		}
	}
	if through := n.kind == "" && n.node.kind != aTheft && n.node.kind != aBlock; conserves && through {
		if swap := strings.HasPrefix(n.node.name, "swap:"); !swap && n.in != n.out {
			return fmt.Errorf("%s takes in %s and gives out %s", name, n.in, n.out)
		}
		if in != out && n.in == n.out {
			return fmt.Errorf("%s: ribbons in are %d thick, out %d", name, in, out)
		}
	}
	for _, o := range g.nodes {
		if o != n && o.col == n.col && o.y < n.y+n.h && n.y < o.y+o.h {
			return fmt.Errorf("%s overlaps another bar", name)
		}
	}
	return nil
}

func TestTimelineEndsAtFigures(t *testing.T) {
	everyScope(t, func(name string, s scope) error {
		line := s.timelineOf(3)
		if !s.t.Policies[s.policy].Conserves() || line.unknown > 0 || !s.totals.Bounded {
			return nil
		}
		for _, l := range line.lanes {
			if l.kind == trace.Debt || s.overdrawn() || l.kind == trace.Burn && s.model == ledger.UTXO {
				continue // no movement of the ledger leads there
			}
			var last money.Amount
			if n := len(l.steps); n > 0 {
				last = l.steps[n-1].amount
			}
			if last != l.final {
				return fmt.Errorf("lane %s ends at %s, the figure is %s", l.label, last, l.final)
			}
		}
		return nil
	})
}

// overdrawn reports whether repaid debts take value off accounts without a
// movement of the ledger.
func (s scope) overdrawn() bool {
	for _, by := range s.totals.ByPolicy {
		if !by.Debts.IsZero() {
			return true
		}
	}
	return false
}

func TestPicturesAreXML(t *testing.T) {
	for seed := range uint64(40) {
		d := random(seed)
		if d == nil {
			continue
		}
		for _, name := range []string{"sankey", "timeline", "graphml"} {
			var b bytes.Buffer
			if err := everyWriter[name](&b, d, Options{}); err != nil {
				continue // nothing was stolen here
			}
			wellFormed(t, name, b.String())
			if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
				t.Errorf("seed %d: %s has a number that is none", seed, name)
			}
		}
	}
}

// TestJSONLAddsUp reads the records back: totals conserve, every cut sums to its
// bound, and the summary counts what stands above it.
func TestJSONLAddsUp(t *testing.T) {
	for seed := range uint64(60) {
		d := random(seed)
		if d == nil {
			continue
		}
		var b bytes.Buffer
		if err := JSONL(&b, d, Options{}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
		have := map[string]int{}
		k := map[string]money.Amount{}
		var sum SummaryRecord
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &sum); err != nil || sum.Record != "summary" {
			t.Fatalf("seed %d: the last record is no summary: %v", seed, err)
		}
		for _, row := range sum.Totals {
			in := row.Seeded.Add(row.ConvertedIn)
			out := money.Sum(row.Exits, row.Held, row.Fees, row.Burnt, row.Debts, row.Converted, row.Elsewhere)
			if row.Conserves && in != out {
				t.Errorf("seed %d: %+v does not conserve", seed, row)
			}
			if row.Policy == "fifo" {
				k[row.View+row.Asset] = row.Seeded
			}
		}
		for i, line := range lines {
			var r struct{ Record string }
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			if (i == 0) != (r.Record == "header") {
				t.Errorf("seed %d: record %d is a %s", seed, i, r.Record)
			}
			have[r.Record]++
			if r.Record == "bound" {
				var bound BoundRecord
				if err := json.Unmarshal([]byte(line), &bound); err != nil {
					t.Fatal(err)
				}
				checkCut(t, seed, bound, k[bound.View+bound.Asset])
			}
		}
		c := sum.Records
		if have["seed"] != c.Seeds || have["place"] != c.Places || have["flow"] != c.Flows || have["bound"] != c.Bounds || have["warning"] != c.Warnings {
			t.Errorf("seed %d: counted %+v, there are %v", seed, c, have)
		}
	}
}

func checkCut(t *testing.T, seed uint64, b BoundRecord, k money.Amount) {
	t.Helper()
	var upper, lower money.Amount
	for _, e := range b.CutUpper {
		upper = upper.Add(e.Amount)
	}
	for _, e := range b.CutLower {
		lower = lower.Add(e.Amount)
	}
	if upper != b.Upper || lower.Add(b.Lower) != k {
		t.Errorf("seed %d: %s: cuts of %s and %s do not prove [%s, %s] of %s", seed, b.ID, upper, lower, b.Lower, b.Upper, k)
	}
}
