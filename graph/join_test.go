package graph_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// torn is a graph whose names cannot be read.
type torn struct {
	graph.Graph
	fault error
}

func (g torn) Find(string) ([]graph.ID, error) { return nil, g.fault }

// TestJoinFind: what one part has is found though the others lack it; a name that no
// part has is ErrNotFound; and a part that fails is no part that lacks it.
func TestJoinFind(t *testing.T) {
	one := textGraph(t, "ledger one account native ETH\ne1 2018-01-26T00:01Z a > b 10 ETH\n")
	two := textGraph(t, "ledger two account native ETH\ne2 2018-01-26T00:02Z a > b 10 ETH\n")
	fault := errors.New("the disk is gone")
	for _, c := range []struct {
		parts []graph.Graph
		ref   string
		found int
		err   error
	}{
		{[]graph.Graph{one, two}, "e1", 1, nil},
		{[]graph.Graph{one, two}, "e2", 1, nil},
		{[]graph.Graph{one, two}, "e3", 0, graph.ErrNotFound},
		{[]graph.Graph{one, torn{two, fault}}, "e1", 0, fault},
		{[]graph.Graph{torn{one, fault}, two}, "e2", 0, fault},
		{[]graph.Graph{one, torn{two, fault}}, "e3", 0, fault},
		{[]graph.Graph{one, torn{two, graph.ErrNotFound}}, "e1", 1, nil},
	} {
		j, err := graph.Join(c.parts...)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := j.Find(c.ref)
		if len(ids) != c.found || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v; want %d and %v", c.ref, ids, err, c.found, c.err)
		}
		if c.err == fault && err != nil && (errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), `"`+c.ref+`" on `)) {
			t.Errorf("%s: %v", c.ref, err)
		}
	}
}

// TestJoinIsOneGraph: several stores joined are the one graph of all their ledgers, by
// links, names, events and order, whatever times their transfers have: none, equal ones,
// some that step back, some before 1970.
func TestJoinIsOneGraph(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		var sources []ledger.Source
		for i, d := range []*ledger.Document{ledgertest.AnyCoins(seed, 25), ledgertest.AnyAccounts(seed, 25), ledgertest.AnyAccounts(seed+100, 25)} {
			d.Ledger.ID = ledger.ID(fmt.Sprint("l", i))
			d.Transfers = slices.Clone(d.Transfers)
			at := int64(r.IntN(20) - 10)
			for k := range d.Transfers {
				one := &d.Transfers[k]
				one.Ledger, one.Time = d.Ledger.ID, time.Time{}
				if at += int64(r.IntN(6) - 2); r.IntN(4) > 0 {
					one.Time = time.Unix(at, 0).UTC()
				}
			}
			sources = append(sources, d)
		}
		m, err := graph.Build(t.Context(), sources...)
		if err != nil {
			t.Fatal(err)
		}
		j, err := stored(t, 7, sources...)
		if err != nil {
			t.Fatal(err)
		}
		sameGraph(t, m, j)
		for id := range graph.ID(j.Info().Transfers) {
			e, err := j.Entry(id)
			if err != nil {
				t.Fatal(err)
			}
			first, err := j.Entry(e.TieFirst)
			if err != nil || id > e.TieFirst && (first.Ledger != e.Ledger || first.Tx == "" || first.TieLast != e.TieLast) {
				t.Fatalf("seed %d: transfer %d of %s is tied with %d of %s: %v", seed, id, e.Ledger, e.TieFirst, first.Ledger, err)
			}
		}
		for l := range m.Info().Ledgers {
			if a, b := m.Completeness(m.Info().Ledgers[l].ID, "a"), j.Completeness(m.Info().Ledgers[l].ID, "a"); a != b {
				t.Errorf("completeness %+v, want %+v", b, a)
			}
		}
		if _, err := j.Entry(graph.ID(j.Info().Transfers)); !errors.Is(err, graph.ErrNotFound) {
			t.Errorf("a transfer beyond the last: %v", err)
		}
		if ids, err := j.Events(graph.Pool{Ledger: "nowhere", Account: "a"}); len(ids) > 0 || err != nil {
			t.Errorf("events of no ledger: %v, %v", ids, err)
		}
		if _, err := graph.Join(j, j); !errors.Is(err, graph.ErrDuplicate) {
			t.Errorf("joined with itself: %v", err)
		}
	}
}
