package ledgertest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// draw is the source of chance of one ledger.
type draw struct{ *rand.Rand }

// newDraw separates the streams of different makers, so that the same seed does
// not give them related ledgers.
func newDraw(seed, stream uint64) draw { return draw{rand.New(rand.NewPCG(seed, stream))} }

// chance is true with probability percent/100.
func (d draw) chance(percent int) bool { return d.IntN(100) < percent }

// between draws from low..high, both included.
func (d draw) between(low, high int) int {
	if high <= low {
		return low
	}
	return low + d.IntN(high-low+1)
}

// upTo draws an amount from 0..n, both included.
func (d draw) upTo(n money.Amount) money.Amount {
	hi, lo := n.Words()
	if hi == 0 && lo == ^uint64(0) {
		return money.Units(d.Uint64())
	}
	if hi == 0 {
		return money.Units(d.Uint64N(lo + 1))
	}
	for {
		h := d.Uint64()
		if hi != ^uint64(0) {
			h = d.Uint64N(hi + 1)
		}
		if a := money.FromWords(h, d.Uint64()); !n.Less(a) {
			return a
		}
	}
}

// amount draws from 1..n; small amounts are as likely as large ones, since
// equal and tiny amounts are where ties and rounding live.
func (d draw) amount(n money.Amount) money.Amount {
	if n.IsZero() {
		return n
	}
	if d.chance(50) {
		n = n.Min(money.Units(uint64(d.between(1, 12))))
	}
	return d.upTo(n.Sub(money.Units(1))).Add(money.Units(1))
}

// split cuts n into parts that sum to it. Even splits leave the rest on the
// last part; parts may be zero when zeros are allowed.
func (d draw) split(n money.Amount, parts int, zeros bool) []money.Amount {
	out := make([]money.Amount, 0, parts)
	if d.chance(25) {
		each, _ := n.MulDiv(money.Units(1), money.Units(uint64(parts)))
		for range parts - 1 {
			out, n = append(out, each), n.Sub(each)
		}
		return append(out, n)
	}
	for i := range parts - 1 {
		most := n
		if rest := money.Units(uint64(parts - 1 - i)); !zeros {
			most = n.Monus(rest)
		}
		x := d.upTo(most)
		if !zeros && x.IsZero() && !most.IsZero() {
			x = money.Units(1)
		}
		out, n = append(out, x), n.Sub(x)
	}
	return append(out, n)
}

// pick draws k different indices below n, in the order drawn.
func (d draw) pick(n, k int) []int { return d.Perm(n)[:min(n, k)] }

// parse turns what a maker wrote into a ledger. A maker that writes what the
// text form refuses is a defect of this package, so it panics with the text.
func parse(name, text string) *ledger.Document {
	doc, err := ledger.ParseText(name, strings.NewReader(text))
	if err != nil {
		panic(fmt.Sprintf("ledgertest: made a ledger that does not parse: %v\n%s", err, text))
	}
	return doc
}
