package study

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever the ranges, the runs stay inside the hard bounds, are sorted, and come
// out the same for the same seed.
func TestRunsStayInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var draws []draw
		var low, high uint64
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			d := draw{low: rapid.Uint64Range(0, 1<<40).Draw(t, "low"), permille: rapid.Uint64Range(0, 1000).Draw(t, "permille")}
			d.mode = d.low + rapid.Uint64Range(0, 1<<40).Draw(t, "mode")
			d.high = d.mode + rapid.Uint64Range(0, 1<<40).Draw(t, "high")
			draws = append(draws, d)
			if d.permille == 1000 {
				low += d.low
			}
			high += d.high
		}
		seed := rapid.Uint64().Draw(t, "seed")
		sums, again := simulate(draws, 50, seed), simulate(draws, 50, seed)
		for n, s := range sums {
			if s < low || s > high || s != again[n] || n > 0 && s < sums[n-1] {
				t.Fatalf("run %d: %d, bounds %d to %d, again %d", n, s, low, high, again[n])
			}
		}
	})
}

// The mean of a triangle is a third of its three corners, and a probability weighs
// it: within 1 % over 20000 runs.
func TestMeanOfTheRuns(t *testing.T) {
	for _, c := range []struct {
		d    draw
		want uint64
	}{{draw{0, 3_000_000, 3_000_000, 1000}, 2_000_000}, {draw{1_000_000, 1_000_000, 4_000_000, 1000}, 2_000_000}, {draw{1_000_000, 2_000_000, 6_000_000, 500}, 1_500_000}} {
		var all uint64
		for _, s := range simulate([]draw{c.d}, 20000, 1) {
			all += s
		}
		if got := all / 20000; got < c.want*99/100 || got > c.want*101/100 {
			t.Errorf("%+v: mean %d, want %d", c.d, got, c.want)
		}
	}
}
