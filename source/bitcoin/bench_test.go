package bitcoin_test

import (
	"context"
	"os"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// BenchmarkBlocks reads the directory in COLDTRAIL_BLOCKS once an iteration.
func BenchmarkBlocks(b *testing.B) {
	dir := os.Getenv("COLDTRAIL_BLOCKS")
	if dir == "" {
		b.Skip("COLDTRAIL_BLOCKS is not set")
	}
	for _, skip := range []bool{false, true} {
		name := "merkle"
		if skip {
			name = "nomerkle"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var txs int
			for b.Loop() {
				s := open(b, dir, bitcoin.Options{SkipMerkle: skip})
				for cb, err := range s.Blocks(context.Background(), ledger.BlockRef{}) {
					if err != nil {
						b.Fatal(err)
					}
					txs += len(cb.Txs)
				}
			}
			b.ReportMetric(float64(txs)/b.Elapsed().Seconds(), "tx/s")
		})
	}
}
