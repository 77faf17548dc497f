package trace_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/trace"
)

// BenchmarkPolicies times each policy alone (FIFO always runs beside it, since
// the bounds start from it) on a random ledger of coins and one of accounts.
// read/op is how many transfers the trail touched.
func BenchmarkPolicies(b *testing.B) {
	for _, l := range benchLedgers(b) {
		policies, err := trace.ParsePolicies("all", l.model)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range policies {
			b.Run(fmt.Sprintf("%s/%s", l.name, p), func(b *testing.B) {
				bench(b, l.graph, trace.Question{Thefts: l.theft, Policies: []trace.Policy{p}, NoBounds: true})
			})
		}
		b.Run(l.name+"/default", func(b *testing.B) {
			bench(b, l.graph, trace.Question{Thefts: l.theft, NoBounds: true})
		})
		b.Run(l.name+"/all", func(b *testing.B) {
			bench(b, l.graph, trace.Question{Thefts: l.theft, Policies: policies, NoBounds: true})
		})
	}
}

// BenchmarkBounds times the exact bounds of the hundred largest places and one
// group, on top of the FIFO pass that they start from.
func BenchmarkBounds(b *testing.B) {
	for _, l := range benchLedgers(b) {
		all := trace.Group{Name: "held", Match: func(p *trace.Place) bool { return p.Kind == trace.Held }}
		q := trace.Question{Thefts: l.theft, Policies: []trace.Policy{trace.FIFO}, MaxBounds: 100, Groups: []trace.Group{all}}
		b.Run(l.name+"/100-places", func(b *testing.B) { bench(b, l.graph, q) })
		q.NoBounds = true
		b.Run(l.name+"/none", func(b *testing.B) { bench(b, l.graph, q) })
	}
}

// BenchmarkShortTrail asks for the trail of a theft at the end of ledgers of
// growing length: it must cost the same.
func BenchmarkShortTrail(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		d := (ledgertest.Coins{Txs: n, First: n / 10, Owners: n / 4}).Make(1)
		last := d.Transfers[len(d.Transfers)-1-100]
		d.Thefts = []ledger.Mark{{Theft: "late", Ref: ledger.Coin{Tx: last.Tx}.String()}}
		g, err := graph.Build(context.Background(), d)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("coins-%d", n), func(b *testing.B) { bench(b, g, trace.Question{Thefts: trace.Marked(d)}) })
	}
}

func bench(b *testing.B, g graph.Graph, q trace.Question) {
	b.Helper()
	b.ReportAllocs()
	var read int
	for b.Loop() {
		t, err := trace.Run(context.Background(), g, q)
		if err != nil {
			b.Fatal(err)
		}
		read = t.Stamp.Read
	}
	b.ReportMetric(float64(read), "read/op")
	if s := b.Elapsed().Seconds(); s > 0 {
		b.ReportMetric(float64(read)*float64(b.N)/s, "transfers/s")
	}
}

type benchLedger struct {
	name  string
	model ledger.Model
	graph graph.Graph
	theft []trace.Theft
}

// benchLedgers are streams of twenty thousand transfers that one early theft
// spreads through.
func benchLedgers(b *testing.B) []benchLedger {
	var out []benchLedger
	for name, s := range map[string]ledgertest.Stream{
		"coins":    {Model: ledger.UTXO, Transfers: 20_000, Seed: 1, Pools: 2_000, Steals: 1},
		"accounts": {Model: ledger.Accounts, Transfers: 20_000, Seed: 1, Pools: 200, Steals: 1},
	} {
		g, err := graph.Build(context.Background(), s)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, benchLedger{name, s.Model, g, trace.Marked(&ledger.Document{Thefts: s.Thefts()})})
	}
	slices.SortFunc(out, func(x, y benchLedger) int { return strings.Compare(x.name, y.name) })
	return out
}
