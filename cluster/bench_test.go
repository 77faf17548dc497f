package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// largeStore opens the store of the 5-million-transaction chain (bench page):
// its folder is in COLDTRAIL_CHAIN_STORE.
func largeStore(t testing.TB) (*graph.Store, graph.CoinColumns) {
	t.Helper()
	dir := os.Getenv("COLDTRAIL_CHAIN_STORE")
	if dir == "" {
		t.Skip("COLDTRAIL_CHAIN_STORE is not set: the store of chaingen -txs 5000000 -mix")
	}
	s, err := graph.OpenStore(dir, bitcoin.NewCodec(bitcoin.Regtest))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c, ok := s.CoinColumns()
	if !ok {
		t.Fatal("no columns of coins")
	}
	return s, c
}

// BenchmarkMultiInput clusters the large chain and holds the figures that
// BlockSci gives on the same bytes.
func BenchmarkMultiInput(b *testing.B) {
	s, c := largeStore(b)
	for _, keep := range []bool{false, true} {
		name := "clusters"
		if keep {
			name = "with-evidence"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var t Tx
				r := base{c: &c, forest: NewForest(s.Accounts()), keep: keep}
				if keep {
					r.edges = make([]Edge, 0, s.Accounts()/2)
				}
				r.rule = func(tx uint32) int {
					t.read(&c, tx, nil)
					t.measure()
					return generic(&t)/certain - 1
				}
				if err := r.run(b.Context(), 0, uint32(c.Txs())); err != nil {
					b.Fatal(err)
				}
				if got := r.forest.Count(); got != 3532752 || len(r.excluded) != 11886 {
					b.Fatalf("%d clusters, %d CoinJoins", got, len(r.excluded))
				}
			}
		})
	}
}

// BenchmarkBuild clusters the large chain with all that is kept: merges, sizes
// and balances.
func BenchmarkBuild(b *testing.B) {
	s, _ := largeStore(b)
	for b.Loop() {
		r, err := Build(b.Context(), s, nil, Params{Rules: []string{"generic"}})
		if err != nil {
			b.Fatal(err)
		}
		if len(r.Clusters) != 3532752 {
			b.Fatalf("%d clusters", len(r.Clusters))
		}
	}
}

// BenchmarkKept times what is done with the large chain's clustering: following
// the store when its last block is new, writing, reading, and explaining.
func BenchmarkKept(b *testing.B) {
	s, _ := largeStore(b)
	r, err := Build(b.Context(), s, nil, Params{Rules: []string{"generic"}})
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "x")
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := r.Write(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := Read(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("update-one-block", func(b *testing.B) {
		for b.Loop() {
			old := *r
			old.Marks = r.Marks[:len(r.Marks)-1]
			if err := old.Update(b.Context(), s, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	top := r.Largest(1)[0]
	members := r.Members(top.Root)
	b.Run("why", func(b *testing.B) {
		for b.Loop() {
			if r.Why(top.Root, members[len(members)-1]) == nil {
				b.Fatal("not explained")
			}
		}
	})
}

// BenchmarkDetect asks all detectors about a mix of twenty inputs.
func BenchmarkDetect(b *testing.B) {
	tx := Tx{Ins: values(0, upTo(15_000_000, 20)...), Outs: values(1000, join(repeat(10_300_000, 12), upTo(5_000_000, 8))...)}
	b.ReportAllocs()
	for b.Loop() {
		if len(Detect(&tx)) != 3 {
			b.Fatal("other detectors")
		}
	}
}

// BenchmarkBallot asks the default heuristics about each transaction of a small
// chain; an operation is one transaction.
func BenchmarkBallot(b *testing.B) {
	s := put(b, filepath.Join(b.TempDir(), "st"), ledgertest.Chain{Seed: 1, Length: 200})
	c, _ := s.CoinColumns()
	h := NewChange(&c, s.Accounts(), Facts{})
	p := DefaultLayer()
	tx := uint32(0)
	for b.Loop() {
		h.Ballot(tx, p)
		tx = (tx + 1) % uint32(c.Txs())
	}
}
