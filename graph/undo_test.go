package graph_test

import (
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// TestUndoOfEachLayout: what was added and taken back, step by step and deeper each
// time, leaves the digest of the ledger that ends there, its indexes included; and what
// is added again leaves that of the whole.
func TestUndoOfEachLayout(t *testing.T) {
	for name, c := range map[string]struct {
		part    func(blocks int) ledger.Source
		heights []int // of which the first is the whole
	}{
		"flows with large indexes": {func(n int) ledger.Source {
			return ledgertest.Payments{Seed: 8, Transfers: 1000 * n, Accounts: 700, PerBlock: 1000}
		}, []int{72, 71, 36, 1}},
		"flows with ids": {func(n int) ledger.Source {
			return ledgertest.Payments{Seed: 8, Transfers: 100 * n, Accounts: 3000, PerBlock: 100, Hashed: true}
		}, []int{30, 21, 2}},
		"records": {func(n int) ledger.Source {
			return resumed{ledgertest.Payments{Seed: 8, Transfers: 50 * n, Accounts: 90, PerBlock: 50}}
		}, []int{24, 17, 16, 1}},
		"coins by record": {func(n int) ledger.Source { return resumed{ledgertest.Chain{Seed: 8, Length: n}} }, []int{30, 18, 1}},
		"blocks":          {func(n int) ledger.Source { return ledgertest.Chain{Seed: 8, Length: n} }, []int{60, 33, 2, 1}},
	} {
		if testing.Short() && c.heights[0] > 70 {
			continue
		}
		dir := t.TempDir()
		whole := c.part(c.heights[0])
		ingest(t, dir, c.part(c.heights[0]/2), graph.IngestOptions{})
		ingest(t, dir, whole, graph.IngestOptions{})
		want := digestOf(t, dir)
		for _, n := range c.heights[1:] {
			w := writer(t, dir)
			if err := w.UndoTo(firstBlock(t, c.part(1)) + uint64(n) - 1); err != nil {
				t.Fatalf("%s: to %d: %v", name, n, err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			fresh := t.TempDir()
			ingest(t, fresh, c.part(n), graph.IngestOptions{})
			if a, b := digestOf(t, dir), digestOf(t, fresh); a != b {
				t.Errorf("%s: undone to %d blocks: digest %s, want %s", name, n, a, b)
			}
		}
		ingest(t, dir, whole, graph.IngestOptions{})
		if got := digestOf(t, dir); got != want {
			t.Errorf("%s: added again: digest %s, was %s", name, got, want)
		}
	}
}

// firstBlock is the height of the first block of a ledger.
func firstBlock(t *testing.T, src ledger.Source) uint64 {
	t.Helper()
	for one, err := range src.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		return one.Key.Block
	}
	return 0
}
