package study

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/coldtrail/coldtrail/money"
)

// A draw is one incident of the seeded runs, in cents.
type draw struct {
	low, mode, high uint64
	permille        uint64 // that it is the actor's
}

// interval gives hard bounds and the seeded runs of the actor's sum over rows: the
// lower bound takes the lows and leaves the disputed out, the upper one takes the
// highs and counts them. A run draws each amount from the triangular distribution
// of its range and each attribution from its probability.
func (b *builder) interval(rows []Row, basis Basis, id string) Interval {
	t := b.terms(basis)
	iv := Interval{Central: Value{terms: t}, Low: Value{terms: t}, High: Value{terms: t}, Mean: Value{terms: t}, P5: Value{terms: t}, P95: Value{terms: t}}
	var draws []draw
	var ids, claims []string
	for n := range rows {
		row := &rows[n]
		counted := b.counts(row)
		maybe := b.disputed(row) && b.pol.Attribution.Disputed != "exclude"
		if !counted && !maybe {
			continue
		}
		a := b.on(row, basis)
		ids, claims = append(ids, row.ID), append(claims, b.amountAndActor(basis)(row)...)
		if counted {
			iv.Central.cents = iv.Central.cents.Add(a.Value.cents)
		}
		if counted && (!maybe || b.pol.Attribution.Disputed == "include") {
			iv.Low.cents = iv.Low.cents.Add(a.Low.cents)
		}
		iv.High.cents = iv.High.cents.Add(a.High.cents)
		draws = append(draws, draw{cents64(a.Low.cents), cents64(a.Value.cents), cents64(a.High.cents), uint64(row.Claimed.Permille)})
	}
	runs, seed := b.runs()
	sums := simulate(draws, runs, seed)
	var all money.Amount
	for _, s := range sums {
		all = all.Add(money.Units(s))
	}
	iv.Mean.cents, _ = all.MulDiv(money.Units(1), money.Units(uint64(runs)))
	iv.P5.cents, iv.P95.cents = money.Units(quantile(sums, 5)), money.Units(quantile(sums, 95))
	b.number(id, "interval of the actor's sum", fmt.Sprintf("central %s; hard bounds %s to %s; mean of %d runs with seed %d %s; 90 %% between %s and %s",
		iv.Central, iv.Low, iv.High, runs, seed, iv.Mean, iv.P5, iv.P95), ids, claims)
	return iv
}

// cents64: rows above 2^53 cents were refused when they were read.
func cents64(a money.Amount) uint64 {
	_, lo := a.Words()
	return lo
}

// quantile is by nearest rank of sorted sums.
func quantile(sorted []uint64, percent int) uint64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// simulate gives the sorted sums of the runs. Whole cents only: a triangular draw
// is the limb chosen by its weight and, inside it, the larger of two uniforms.
func simulate(draws []draw, runs int, seed uint64) []uint64 {
	rng := rand.New(rand.NewPCG(seed, 0x636f6c64747261))
	sums := make([]uint64, runs)
	for n := range sums {
		for _, d := range draws {
			if d.permille < 1000 && rng.Uint64N(1000) >= d.permille {
				continue
			}
			sums[n] += d.amount(rng)
		}
	}
	slices.Sort(sums)
	return sums
}

func (d draw) amount(rng *rand.Rand) uint64 {
	if d.low == d.high {
		return d.mode
	}
	left := rng.Uint64N(d.high-d.low) < d.mode-d.low
	u := max(rng.Uint64(), rng.Uint64())
	if left {
		step, _ := bits.Mul64(d.mode-d.low, u)
		return d.low + step
	}
	step, _ := bits.Mul64(d.high-d.mode, u)
	return d.high - step
}
