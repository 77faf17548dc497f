package cluster

import (
	"testing"

	"pgregory.net/rapid"
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
