package trace_test

import (
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/trace"
)

// plantedChain is a chain of block files, read into a store, and the heists that
// are planted in it.
func plantedChain(t testing.TB, txs int) (graph.CoinColumns, *ledgertest.BlockTruth) {
	t.Helper()
	dir := t.TempDir()
	truth, err := ledgertest.BlockFiles{Seed: 3, Txs: txs, PerBlock: 200, Magic: bitcoin.Regtest.Magic, Hash160: bitcoin.Hash160}.Write(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	src, err := bitcoin.Open(dir, bitcoin.Options{Network: bitcoin.Regtest})
	if err != nil {
		t.Fatal(err)
	}
	s := graphtest.Stored(t, src, bitcoin.NewCodec(bitcoin.Regtest))
	c, ok := s.CoinColumns()
	if !ok {
		t.Fatal("no columns of coins")
	}
	return c, truth
}

// The trail of poison is the one that the makers of the chain marked, coin by
// coin, from block files on; and every conserving policy stays within it.
func TestSweepFindsWhatWasPlanted(t *testing.T) {
	c, truth := plantedChain(t, 6000)
	if c.Txs() != truth.Txs || len(c.Coin) != truth.Inputs || len(c.Value) != truth.Outputs {
		t.Fatalf("%d transactions, %d inputs, %d outputs; planted %+v", c.Txs(), len(c.Coin), len(c.Value), truth)
	}
	for _, h := range truth.Heists {
		from, _ := c.Outs(uint32(h.Number))
		all, err := trace.SweepAll(t.Context(), c, []uint32{from}, nil, append([]trace.Policy{trace.Poison, trace.Haircut}, trace.Orders()...), 1)
		if err != nil {
			t.Fatal(err)
		}
		p := all[0]
		if c.Value[from] != h.Stolen || p.Txs != h.Reached || len(p.Ends) != h.Ends || p.Sum != h.Sum {
			t.Errorf("poison: %d transactions, %d ends, %d; planted %+v", p.Txs, len(p.Ends), p.Sum, h)
		}
		reached := map[uint32]bool{}
		for _, e := range p.Ends {
			reached[e.Out] = true
		}
		for _, r := range all[1:] {
			if r.Sum+r.Fees != h.Stolen {
				t.Errorf("%s: %d at the ends, %d in fees, %d stolen", r.Policy, r.Sum, r.Fees, h.Stolen)
			}
			for _, e := range r.Ends {
				if !reached[e.Out] {
					t.Errorf("%s reaches output %d, poison does not", r.Policy, e.Out)
				}
			}
		}
	}
}

// BenchmarkSweep follows the heist of the longest trail through a chain of
// 100,000 transactions, under each policy, and bounds ten of its ends.
func BenchmarkSweep(b *testing.B) {
	c, truth := plantedChain(b, 100_000)
	long := truth.Heists[0]
	for _, h := range truth.Heists {
		if h.Reached > long.Reached {
			long = h
		}
	}
	from, _ := c.Outs(uint32(long.Number))
	s, err := trace.NewSweep(c, []uint32{from}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range append([]trace.Policy{trace.Poison, trace.Haircut, trace.OnePass}, trace.Orders()...) {
		b.Run(string(p), func(b *testing.B) {
			var r trace.Swept
			for b.Loop() {
				if r, err = s.Run(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(r.Txs), "txs/op")
		})
	}
	poison, err := s.Run(b.Context(), trace.Poison)
	if err != nil {
		b.Fatal(err)
	}
	groups := make([][]uint32, 10)
	for i := range groups {
		groups[i] = []uint32{poison.Ends[i*len(poison.Ends)/10].Out}
	}
	b.Run("bounds", func(b *testing.B) {
		for b.Loop() {
			if _, err := trace.SweepBounds(b.Context(), c, []uint32{from}, nil, groups, trace.BoundOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
