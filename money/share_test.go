package money_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/money"
)

func units(ns ...uint64) []money.Amount {
	var out []money.Amount
	for _, n := range ns {
		out = append(out, money.Units(n))
	}
	return out
}

func TestLargest(t *testing.T) {
	for _, c := range []struct {
		total   uint64
		weights []money.Amount
		want    string
	}{
		{10, units(1, 1, 1), "[4 3 3]"},                       // the left-over unit to the lower index
		{10, units(3, 3, 1), "[4 4 2]"},                       // remainders 2/7, 2/7, 3/7: the last, then none
		{100, units(3, 3, 3, 1), "[30 30 30 10]"},             // nothing left over
		{5, units(0, 7, 0, 3), "[0 4 0 1]"},                   // 3.5 and 1.5 tie: the lower index
		{2, units(1, 2, 2, 1), "[0 1 1 0]"},                   // remainders 1/3, 2/3, 2/3, 1/3
		{7, units(0, 0), "[0 0]"},                             // nobody to give to
		{0, units(1, 2), "[0 0]"},                             // nothing to give
		{7, nil, "[]"},                                        // nobody
		{7, units(5), "[7]"},                                  // more than the weight, since it is all
		{9, units(1<<63, 1<<63, 1<<63), "[3 3 3]"},            // weights whose sum is beyond 64 bits
		{1 << 63, units(1, 1<<62), "[2 9223372036854775806]"}, // 2^63/(2^62+1) is just below 2
	} {
		got := money.Largest(money.Units(c.total), c.weights)
		if fmt.Sprint(got) != c.want {
			t.Errorf("%d over %v: %v, want %s", c.total, c.weights, got, c.want)
		}
	}
}

// TestLargestProperties: the shares sum to the total, each is the real share cut
// or one more, none exceeds its weight when the total does not exceed theirs,
// and the units left over went to the largest remainders.
func TestLargestProperties(t *testing.T) {
	weight := rapid.OneOf(rapid.Uint64Max(5), rapid.Uint64(), rapid.Just(uint64(0)))
	rapid.Check(t, func(t *rapid.T) {
		var weights []money.Amount
		for _, lo := range rapid.SliceOfN(weight, 0, 12).Draw(t, "weights") {
			weights = append(weights, money.FromWords(rapid.Uint64Max(1<<60).Draw(t, "hi")*uint64(len(weights)%2), lo))
		}
		base := money.Sum(weights...)
		total := amounts().Draw(t, "total")
		before := slices.Clone(weights)
		shares := money.Largest(total, weights)
		if !slices.Equal(before, weights) || len(shares) != len(weights) {
			t.Fatal("the weights were changed, or not all have a share")
		}
		if base.IsZero() {
			if !money.Sum(shares...).IsZero() {
				t.Fatalf("%s given to nobody", total)
			}
			return
		}
		if money.Sum(shares...) != total {
			t.Fatalf("shares %v do not sum to %s", shares, total)
		}
		var least, most money.Amount // remainders of those with a further unit, of those without
		least = money.Max
		for i, w := range weights {
			floor, rem := total.MulDiv(w, base)
			switch shares[i] {
			case floor:
				if most.Less(rem) {
					most = rem
				}
			case floor.Add(money.Units(1)):
				least = least.Min(rem)
			default:
				t.Fatalf("share %d is %s, the real one %s and %s/%s", i, shares[i], floor, rem, base)
			}
			if !base.Less(total) && w.Less(shares[i]) {
				t.Fatalf("share %d is %s of a weight of %s", i, shares[i], w)
			}
		}
		if least.Less(most) {
			t.Fatalf("a remainder of %s got a unit, one of %s did not", least, most)
		}
	})
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole uint64
		want        string
	}{
		{0, 7, "0.00"}, {7, 0, "0.00"}, {7, 7, "100.00"}, {1, 2, "50.00"}, {1, 3, "33.33"}, {2, 3, "66.66"},
		{1, 200, "0.50"}, {1, 2000, "0.05"}, {1, 1 << 60, "0.00"}, {3, 2, "150.00"}, {5496, 10000, "54.96"}, {11, 1000, "1.10"},
	} {
		if got := money.Percent(money.Units(c.part), money.Units(c.whole)); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
	if got := money.Percent(money.Max, money.Max); got != "100.00" {
		t.Errorf("all of the largest amount: %s", got)
	}
}
