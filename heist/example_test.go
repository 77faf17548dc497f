package heist_test

import (
	"fmt"
	"time"

	"github.com/coldtrail/coldtrail/heist"
)

// What was known of a heist on a day, on each basis, and who was said to have done
// it.
func ExampleRegister() {
	reg, err := heist.Embedded()
	if err != nil {
		fmt.Println(err)
		return
	}
	i := reg.Incident("2016-02-bangladesh-bank")
	usd := reg.Asset("USD").Money()
	q := heist.Query{AsKnownOn: time.Date(2018, 12, 31, 0, 0, 0, 0, time.UTC)}
	for _, b := range heist.Bases() {
		r := reg.Amounts(i, b, "USD", q)
		if r.Claim == nil {
			continue // nobody says: a blank is not zero
		}
		n, _ := r.Claim.Amount()
		fmt.Println(b, usd.Format(n)) // r.Low, r.High, r.Claim.Grade, .Valuation, .Draft(), .Sources, ...
	}
	for _, cl := range reg.Attributions(i, q) {
		fmt.Println(cl.Actor, cl.Standing, cl.Confidence, cl.AssertedOn, reg.IsOrPartOf(cl.Actor, "dprk"))
	}
	// Output:
	// attempted 951,000,000 USD
	// executed 101,000,000 USD
	// left_control 81,000,000 USD
	// recovered 15,250,000 USD
	// dprk indicted high 2018-06-08 true
}

// A native amount in dollars of the day, at a pinned price.
func ExampleAsset_Value() {
	reg, err := heist.Embedded()
	if err != nil {
		fmt.Println(err)
		return
	}
	prices, err := heist.EmbeddedPrices()
	if err != nil {
		fmt.Println(err)
		return
	}
	i := reg.Incident("2016-08-bitfinex")
	stolen, _ := reg.Amounts(i, heist.LeftCtrl, "BTC", heist.Query{}).Claim.Amount()
	price, err := prices.At("BTC", i.Occurred().First())
	if err != nil {
		fmt.Println(err)
		return
	}
	cents, err := reg.Asset("BTC").Value(stolen, price)
	fmt.Println(cents.Grouped(2), "USD at", price.ID, err)
	// Output:
	// 66,202,526.03 USD at btc:2016-08-02 <nil>
}
