package cluster

import (
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/graph"
)

// TestForestOrder: whatever the order of the unions, clusters are the connected
// components and their smallest member names them.
func TestForestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		one := rapid.Custom(func(t *rapid.T) [2]uint32 {
			return [2]uint32{uint32(rapid.IntRange(0, n-1).Draw(t, "a")), uint32(rapid.IntRange(0, n-1).Draw(t, "b"))}
		})
		edges := rapid.SliceOfN(one, 0, 60).Draw(t, "edges")
		label := components(n, edges)
		for range 2 {
			f, merges := NewForest(n), 0
			for _, e := range edges {
				if f.Union(e[0], e[1]) {
					merges++
				}
			}
			if f.Count() != n-merges {
				t.Fatalf("%d accounts, %d merges, %d clusters", n, merges, f.Count())
			}
			for a := range n {
				if f.Root(uint32(a)) != label[a] {
					t.Fatalf("account %d is in %d, should be in %d", a, f.Root(uint32(a)), label[a])
				}
			}
			if c := f.Flatten(); c != n-merges {
				t.Fatalf("%d clusters after flattening", c)
			}
			for a := range n {
				if f[a] != label[a] {
					t.Fatalf("flat: account %d is in %d, should be in %d", a, f[a], label[a])
				}
			}
			edges = rapid.Permutation(edges).Draw(t, "order")
		}
	})
}

// components labels by spreading the smallest number until nothing changes.
func components(n int, edges [][2]uint32) []uint32 {
	label := make([]uint32, n)
	for i := range label {
		label[i] = uint32(i)
	}
	for changed := true; changed; {
		changed = false
		for _, e := range edges {
			m := min(label[e[0]], label[e[1]])
			if label[e[0]] != m || label[e[1]] != m {
				label[e[0]], label[e[1]], changed = m, m, true
			}
		}
	}
	return label
}

// largeStore opens the store of the 5-million-transaction chain (bench page):
// its folder is in COLDTRAIL_CHAIN_STORE.
func largeStore(t testing.TB) (*graph.Store, graph.CoinColumns) {
	t.Helper()
	dir := os.Getenv("COLDTRAIL_CHAIN_STORE")
	if dir == "" {
		t.Skip("COLDTRAIL_CHAIN_STORE is not set: the store of chaingen -txs 5000000 -mix")
	}
	s, err := graph.OpenStore(dir)
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
