package trace

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// weights draws outputs and a fee, and taint of at most their sum. Sums reach both
// sides of quickValue.
func weights(t *rapid.T) (taint, value uint64, outs []uint64, fee uint64) {
	most := rapid.SampledFrom([]uint64{3, 1000, 1 << 40, quickValue, 1 << 59}).Draw(t, "most")
	wide := rapid.IntRange(0, 9).Draw(t, "wide") == 0
	if wide {
		most = min(most, 1<<57) // 73 of them fit in 64 bits, as every value of a transaction does
	}
	weight := rapid.OneOf(rapid.Uint64Range(0, most), rapid.SampledFrom([]uint64{0, 1, most - 1, most}))
	outs = rapid.SliceOfN(weight, 1, 6).Draw(t, "outputs")
	if wide {
		outs = slices.Repeat(outs, 12) // more than 32 units may be left
	}
	fee = weight.Draw(t, "fee")
	value = fee
	for _, w := range outs {
		value += w
	}
	if value == 0 {
		outs[0], value = 1, 1
	}
	taint = rapid.OneOf(rapid.Uint64Range(1, value), rapid.SampledFrom([]uint64{1, value - min(1, value-1), value})).Draw(t, "taint")
	return taint, value, outs, fee
}

// TestHaircutIsLargestRemainder: the shares are those of the definition, computed
// in numbers without bounds.
func TestHaircutIsLargestRemainder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taint, value, outs, fee := weights(t)
		parts := make([]uint64, len(outs)+1)
		new(Sweep).haircut(taint, value, outs, fee, parts)
		if want := remainders(taint, value, append(slices.Clone(outs), fee)); !slices.Equal(parts, want) {
			t.Fatalf("%d of %d over %v and the fee %d: %v, want %v", taint, value, outs, fee, parts, want)
		}
	})
}

// remainders is the definition: floors, then a unit each to the largest remainders,
// of equal ones to the first.
func remainders(taint, value uint64, ws []uint64) []uint64 {
	parts, rest, order := make([]uint64, len(ws)), make([]*big.Int, len(ws)), make([]int, len(ws))
	left := taint
	for i, w := range ws {
		product := new(big.Int).Mul(new(big.Int).SetUint64(taint), new(big.Int).SetUint64(w))
		q, r := product.QuoRem(product, new(big.Int).SetUint64(value), new(big.Int))
		parts[i], rest[i], order[i] = q.Uint64(), r, i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b].Cmp(rest[a]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// TestQuickSharesAreWideShares: wherever the quick way is taken, quotients and
// remainders are those of the division in 128 bits.
func TestQuickSharesAreWideShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taint, value, outs, fee := weights(t)
		if value >= quickValue || taint == value {
			t.Skip("not the quick way")
		}
		compareShares(t, taint, value, outs, fee)
	})
	// All small numbers: 49 times a 49th is less than 1 in a float64.
	for value := uint64(2); value < 120; value++ {
		for taint := uint64(1); taint < value; taint++ {
			for w := range value + 1 {
				compareShares(t, taint, value, []uint64{w}, value-w)
			}
		}
	}
	// The largest numbers, where the estimate is furthest off.
	for d := range uint64(64) {
		for _, w := range []uint64{1, quickValue / 3, quickValue/2 + d, quickValue - 2 - d} {
			value := quickValue - 1 - d
			for _, taint := range []uint64{1, value / 3, value / 2, value - 1, value - 1 - d} {
				if w = min(w, value); taint > 0 {
					compareShares(t, taint, value, []uint64{w}, value-w)
				}
			}
		}
	}
}

func compareShares(t interface{ Fatalf(string, ...any) }, taint, value uint64, outs []uint64, fee uint64) {
	n := len(outs) + 1
	quick, wide := make([]uint64, n), make([]uint64, n)
	quickRest, wideRest := make([]uint64, n), make([]uint64, n)
	a := quickShares(taint, value, outs, fee, quick, quickRest)
	b := wideShares(taint, value, outs, fee, wide, wideRest)
	if x, y := fmt.Sprint(quick, quickRest, a), fmt.Sprint(wide, wideRest, b); x != y {
		t.Fatalf("%d of %d over %v and the fee %d: quick %s, wide %s", taint, value, outs, fee, x, y)
	}
}
