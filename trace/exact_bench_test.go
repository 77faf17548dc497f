package trace_test

import (
	"cmp"
	"runtime"
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/trace"
)

// BenchmarkExactBounds bounds ten groups of ten clusters, those that hold most, on the
// chain of five million transactions whose store is in COLDTRAIL_CHAIN_STORE, and
// holds the sums of U to what the search before gave. Of the third theft, nearly one
// coin in a hundred is stolen, and no cut is near the theft.
func BenchmarkExactBounds(b *testing.B) {
	s, c := chainStore(b)
	r, err := cluster.Build(b.Context(), s, nil, cluster.Params{Rules: []string{"generic"}})
	if err != nil {
		b.Fatal(err)
	}
	for _, theft := range []struct {
		name    string
		tx, out uint32
		most    uint64
	}{{"mid", 3400165, 0, 10 * 1762208707}, {"big", 1256311, 0, 10 * 6481431459}, {"fat", 3424944, 1, 515514505015}} {
		b.Run(theft.name, func(b *testing.B) {
			from, _ := c.Outs(theft.tx)
			seeds := []uint32{from + theft.out}
			groups := largestHolders(b, c, r.Labels, seeds)
			runtime.GC() // what the clustering left is not the bounds' to sweep
			for b.Loop() {
				found, err := trace.SweepBounds(b.Context(), c, seeds, nil, groups, trace.BoundOptions{Workers: runtime.GOMAXPROCS(0)})
				if err != nil {
					b.Fatal(err)
				}
				most, searched := uint64(0), 0
				for _, x := range found {
					if most += x.U; !x.TightL || !x.TightU || x.L != 0 {
						b.Fatalf("%+v", x)
					}
					if x.Searched {
						searched++
					}
				}
				if most != theft.most {
					b.Fatalf("the upper bounds sum to %d, want %d", most, theft.most)
				}
				b.ReportMetric(float64(searched), "searches/op")
			}
		})
	}
}

// largestHolders groups the clusters that hold most of what poison reaches, ten to a
// group.
func largestHolders(b *testing.B, c graph.CoinColumns, labels, seeds []uint32) [][]uint32 {
	b.Helper()
	poison, err := trace.SweepAll(b.Context(), c, seeds, nil, []trace.Policy{trace.Poison}, 1)
	if err != nil {
		b.Fatal(err)
	}
	held, outs := map[uint32]uint64{}, map[uint32][]uint32{}
	var holders []uint32
	for _, e := range poison[0].Ends {
		l := labels[c.Account[e.Out]]
		if held[l] == 0 {
			holders = append(holders, l)
		}
		held[l] += c.Value[e.Out]
		outs[l] = append(outs[l], e.Out)
	}
	slices.SortFunc(holders, func(x, y uint32) int { return cmp.Or(cmp.Compare(held[y], held[x]), cmp.Compare(x, y)) })
	groups := make([][]uint32, 10)
	for i, l := range holders[:100] {
		groups[i/10] = append(groups[i/10], outs[l]...)
	}
	return groups
}
