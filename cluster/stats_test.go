package cluster

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSizesAndLargest: the bands hold every cluster and every address once, and the
// largest are those that sorting all gives.
func TestSizesAndLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &Result{}
		addresses := 0
		for i := range rapid.IntRange(0, 40).Draw(t, "clusters") {
			size := rapid.OneOf(rapid.Uint32Range(1, 12), rapid.SampledFrom([]uint32{100, 101, 1000, 1001, 3_000_000_000})).Draw(t, "size")
			r.Clusters = append(r.Clusters, Summary{Root: uint32(i), Size: size})
			addresses += int(size)
		}
		clusters, end := 0, uint32(0)
		for _, b := range r.Sizes() {
			if b.From != end+1 || b.To < b.From {
				t.Fatalf("band %+v after %d", b, end)
			}
			end = b.To
			n, sum := 0, 0
			for _, c := range r.Clusters {
				if b.From <= c.Size && c.Size <= b.To {
					n, sum = n+1, sum+int(c.Size)
				}
			}
			if n != b.Clusters || sum != b.Addresses {
				t.Fatalf("band %+v, want %d clusters of %d", b, n, sum)
			}
			clusters, addresses = clusters+n, addresses-sum
		}
		if clusters != len(r.Clusters) || addresses != 0 {
			t.Fatalf("%d of %d clusters are in bands, %d addresses are not", clusters, len(r.Clusters), addresses)
		}
		all := slices.Clone(r.Clusters)
		slices.SortStableFunc(all, func(a, b Summary) int { return compare(b.Size, a.Size) })
		n := rapid.IntRange(0, 45).Draw(t, "n")
		if got, want := r.Largest(n), all[:min(n, len(all))]; !slices.Equal(got, want) {
			t.Fatalf("largest %d: %v, want %v", n, got, want)
		}
	})
}
