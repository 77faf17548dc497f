package bitcoin_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// A store filled by whole blocks gives back the transfers of All, among them the
// repeated coinbase and the coin of it that is spent.
func TestBlocksAndTransfersAgree(t *testing.T) {
	cb := rawTx(null, 0xffffffff, 40)
	r0, h0 := rawBlock(null, 0, cb)
	r1, h1 := rawBlock(h0, 1, cb)
	r2, _ := rawBlock(h1, 2, rawTx(null, 0xffffffff, 25, 3), rawTx(twice(cb), 0, 37))
	hand, first := t.TempDir(), t.TempDir()
	write(t, filepath.Join(hand, "blk00000.dat"), r0, r1, r2)
	write(t, filepath.Join(first, "blk00000.dat"), firstRecords(t, 500)...)
	for _, s := range []*bitcoin.Source{open(t, hand, bitcoin.Options{Network: toy}), open(t, first, bitcoin.Options{})} {
		w, err := graph.OpenWriter(t.TempDir(), s.Codec())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := graph.Ingest(t.Context(), w, s, graph.IngestOptions{}); err != nil {
			t.Fatal(err)
		}
		for i, want := range transfers(t, s) {
			got, err := w.Entry(graph.ID(i))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, *got.Transfer); d != "" {
				t.Fatalf("transfer %d (-source +store):\n%s", i, d)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
