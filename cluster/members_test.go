package cluster

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestIndexedMembers: the lists are those that going through all accounts gives.
func TestIndexedMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "accounts")
		r := &Result{Labels: NewForest(n)}
		for range rapid.IntRange(0, 80).Draw(t, "merges") {
			r.Labels.Union(rapid.Uint32Range(0, uint32(n-1)).Draw(t, "a"), rapid.Uint32Range(0, uint32(n-1)).Draw(t, "b"))
		}
		r.Labels.Flatten()
		for a, root := range r.Labels {
			if uint32(a) == root {
				r.Clusters = append(r.Clusters, Summary{Root: root})
			}
			i, _ := slices.BinarySearchFunc(r.Clusters, root, func(s Summary, root uint32) int { return compare(s.Root, root) })
			r.Clusters[i].Size++
		}
		x := r.IndexMembers()
		for root := range uint32(n) {
			want := r.Members(root)
			if got := x.Of(root); !slices.Equal(got, want) {
				t.Fatalf("cluster %d: %v, want %v", root, got, want)
			}
		}
	})
}
