package graph_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

const filtered = `ledger l account native ETH
e1 2020-01-01T00:00Z a > b 5 ETH fee 1 ETH
e2 2020-01-02T00:00Z a > c 5 T fee 1 ETH
e3 2020-01-03T00:00Z b > a 2 ETH
e4 2020-01-03T00:00Z b > c 2 ETH failed fee 1 ETH
s1 2020-01-04T00:00Z a > a 3 ETH for 9 T
`

func day(n int) time.Time { return time.Date(2020, 1, n, 0, 0, 0, 0, time.UTC) }

func TestSelect(t *testing.T) {
	d, err := ledger.ParseText("x", strings.NewReader(filtered))
	if err != nil {
		t.Fatal(err)
	}
	d.Transfers[0].Attrs = map[string]string{"method": "claim"}
	utxo, err := ledger.ParseText("y", strings.NewReader("ledger u utxo native BTC\ncoin s A:5 B:1\nt1 s.0 s.1 -> C:2 D:4\n"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), d, utxo)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    graph.Filter
		want []string
	}{
		{"by payer", graph.Filter{From: "a"}, []string{"e1", "e2", "s1"}},
		{"by receiver", graph.Filter{To: "c"}, []string{"e2"}}, // e4 failed
		{"by pool", graph.Filter{Ledger: "l", From: "b", Asset: "ETH"}, []string{"e3"}},
		{"by receiving pool", graph.Filter{Ledger: "l", To: "a", Asset: "T"}, []string{"s1/in"}},
		{"by asset", graph.Filter{Asset: "T"}, []string{"e2", "s1/in"}}, // gas is no movement
		{"by transaction", graph.Filter{Tx: "s1"}, []string{"s1", "s1/in"}},
		{"by transfer", graph.Filter{Tx: "s1/in"}, []string{"s1/in"}},
		{"by column", graph.Filter{Attrs: map[string]string{"method": "claim"}}, []string{"e1"}},
		{"by column, none", graph.Filter{Attrs: map[string]string{"method": "x"}}, nil},
		{"a window is half open", graph.Filter{Ledger: "l", Since: day(2), Until: day(3)}, []string{"e2"}},
		{"a window takes in its start", graph.Filter{Since: day(3)}, []string{"e3", "s1", "s1/in"}},
		{"any input", graph.Filter{From: "B"}, []string{"t1"}},
		{"any output", graph.Filter{To: "D"}, []string{"t1"}},
		{"input and output", graph.Filter{From: "A", To: "C", Ledger: "u"}, []string{"t1"}},
		{"all conditions hold", graph.Filter{From: "A", To: "A"}, nil},
	} {
		ids, err := graph.Select(g, c.f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, id := range ids {
			e, err := g.Entry(id)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.ID)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
