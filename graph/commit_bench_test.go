package graph_test

import (
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// BenchmarkCommitBlock is one block of some ten transactions, added and committed
// to the disk, for which the other tests do not wait.
func BenchmarkCommitBlock(b *testing.B) {
	disk.NoSync = false
	defer func() { disk.NoSync = true }()
	w, err := graph.OpenWriter(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	if _, err := graph.Ingest(b.Context(), w, ledgertest.Chain{Seed: 1, Length: 100}, graph.IngestOptions{}); err != nil {
		b.Fatal(err)
	}
	top, _ := w.Tip()
	src := ledgertest.Chain{Seed: 1, Length: 100 + b.N}
	b.ResetTimer()
	for blk, err := range src.Blocks(b.Context(), ledger.BlockRef{Height: top.Height, Hash: top.Hash}) {
		if err == nil {
			err = w.AddBlock(blk)
		}
		if err == nil {
			err = w.Commit(src.Info(), false)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
