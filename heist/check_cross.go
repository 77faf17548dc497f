package heist

import (
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// worth is a standing amount in US cents on the day of the theft.
type worth struct {
	cl        *Claim
	low, high money.Amount
	coin      bool // one of several, perhaps: it may be less than the whole
}

// cross warns of claims that cannot both be right: garbled copies show by a day
// or an amount far from what others say, or by a currency taken for another.
func (c *checker) cross(i *Incident) {
	dates := map[*Claim]Date{}
	var days []*Claim
	amounts := map[Basis][]worth{}
	for _, cl := range i.Claims {
		switch {
		case cl.Rank == Deprecated || cl.supersededBy != nil:
		case cl.Property == PropOccurred && !cl.date.IsZero():
			dates[cl] = cl.date
			days = append(days, cl)
		case cl.Property == PropAmount && !repeated(cl.Basis):
			if w, ok := c.worth(i, cl); ok {
				amounts[cl.Basis] = append(amounts[cl.Basis], w)
			}
		}
	}
	for n, a := range days {
		for _, b := range days[:n] {
			if a.Rank != Preferred && b.Rank != Preferred && (apart(dates[a], dates[b]) || apart(dates[b], dates[a])) {
				c.warn(&a.Place, "value", "dates-differ", "supersede the wrong one, or write rank: preferred and reason: on the right one", "%s: %s says %s, %s says %s", i.ID, a.ID, a.Value, b.ID, b.Value)
			}
		}
	}
	for _, b := range Bases() {
		c.crossAmounts(i, amounts[b])
	}
}

// apart reports that a ends more than a day before b begins: a day is what time
// zones explain.
func apart(a, b Date) bool {
	end, begin := a.Last(), b.First()
	return !end.IsZero() && !begin.IsZero() && begin.Sub(end) > 24*time.Hour
}

// worth values a claim; what is valued on another day, or has no price, is not
// compared.
func (c *checker) worth(i *Incident, cl *Claim) (w worth, ok bool) {
	low, high, has := cl.Range()
	a := c.reg.Asset(cl.Asset)
	if !has || a == nil || cl.Valuation == "at_seizure" || strings.HasPrefix(string(cl.Valuation), "as_of:") {
		return w, false
	}
	w = worth{cl, low, high, a.Kind != "fiat"}
	if cl.Asset == "USD" {
		return w, true
	}
	prices, err := EmbeddedPrices()
	if err != nil {
		return w, false // a broken build: every study says so
	}
	price, err := prices.At(cl.Asset, i.Occurred().First())
	if err != nil {
		return w, false
	}
	var err2 error
	w.low, err = a.Value(low, price)
	w.high, err2 = a.Value(high, price)
	return w, err == nil && err2 == nil
}

// crossAmounts warns when one amount is more than twice another. One coin of
// several may well be less than the whole, never twice it.
func (c *checker) crossAmounts(i *Incident, all []worth) {
	for n, a := range all {
		for _, b := range all[:n] {
			small, large := a, b
			if b.high.Less(a.low) {
				small, large = b, a
			}
			sure := small.cl.Rank == Preferred || large.cl.Rank == Preferred
			if small.coin || a.coin && b.coin || sure && a.cl.Asset == b.cl.Asset || !small.high.Add(small.high).Less(large.low) {
				continue
			}
			c.warn(&a.cl.Place, "value", "amounts-differ", "look at currency and unit; supersede the wrong one, or write rank: preferred and reason: on the right one",
				"%s: %s is %s %s, %s is %s %s: more than twice as much on the day of the theft", i.ID, large.cl.ID, orBlank(large.cl.Value), large.cl.Asset, small.cl.ID, orBlank(small.cl.Value), small.cl.Asset)
		}
	}
}
