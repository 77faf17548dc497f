package study

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
)

// At the prices of the theft a loss counts once, in coins where there are any, else
// in the money of the victim's country: Coinis is told in BTC and KRW, Standard Bank
// in JPY and ZAR. The coins of Mt. Gox went from 2011 to 2014: no day, no price.
func TestAtTheft(t *testing.T) {
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	p := *reg.Policy("default")
	p.Valuation = string(heist.AtTheft)
	r, err := NewReading(reg, &p, DefaultActor)
	if err != nil {
		t.Fatal(err)
	}
	prices, err := heist.EmbeddedPrices()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id, asset string // blank: the booked dollars
		claims    string
	}{
		{"2017-09-coinis", "BTC", "stolen-btc"},
		{"2016-05-standard-bank", "ZAR", "stolen-zar"},
		{"2011-mt-gox", "", "stolen-usd-read"},
	} {
		i := reg.Incident(c.id)
		row, err := r.Row(c.id)
		if err != nil {
			t.Fatal(err)
		}
		units, _ := i.Claim(c.claims).Amount()
		want := units
		if c.asset != "" {
			price, err := prices.At(c.asset, i.Occurred().First())
			if err != nil {
				t.Fatal(err)
			}
			if want, err = reg.Asset(c.asset).Value(units, price); err != nil {
				t.Fatal(err)
			}
		}
		a := row.On(left)
		if a.Value.Cents() != want || a.Priced != (c.asset != "") || strings.Join(a.Claims, " ") != c.id+"#"+c.claims {
			t.Errorf("%s: %s cents, priced %t, by %v; want %s by %s", c.id, a.Value.Cents(), a.Priced, a.Claims, want, c.claims)
		}
	}
}

// Two moneys, and no country to say which is the victim's: the booked dollars stay.
func TestTwoMoneysOfNoCountry(t *testing.T) {
	dir := t.TempDir()
	shipped, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	const claim = "  - id: %s\n    property: amount\n    basis: left_control\n    asset: %s\n    value: %s\n    sources: [SOURCE]\n    asserted_on: 2024-01-05\n    recorded_on: 2026-11-27\n    recorded_by: researcher\n    grade: B2\n"
	writeRegister(t, dir, fmt.Sprintf(claim, "gone-jpy", "JPY", "1400000000")+fmt.Sprintf(claim, "gone-zar", "ZAR", "300000000"))
	planted, ps, err := heist.LoadDir(dir)
	if planted == nil {
		t.Fatal(ps, err)
	}
	p := *shipped.Policy("default")
	p.Valuation = string(heist.AtTheft)
	r, err := NewReading(planted, &p, DefaultActor)
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Row("2024-01-example")
	if err != nil {
		t.Fatal(err)
	}
	if a := row.On(left); usd(row, left) != "197,000,000" || a.Priced {
		t.Errorf("left %s, priced %t", usd(row, left), a.Priced)
	}
}

// A row is a draft while an amount that counts, of what came back too, or all that
// decides its attribution has not been checked again.
func TestWhatMakesADraft(t *testing.T) {
	shipped, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	day, err := heist.ParseDate("2026-11-27")
	if err != nil {
		t.Fatal(err)
	}
	const tail = "    sources: [SOURCE]\n    asserted_on: 2024-01-05\n    recorded_on: 2026-11-27\n    recorded_by: researcher\n    grade: B2\n"
	const by = "  - id: %s\n    property: attribution\n    actor: dprk\n    status: assessed\n    confidence: %s\n    parties: [%s]\n" + tail
	const back = "  - id: back-usd\n    property: amount\n    basis: recovered\n    asset: USD\n    value: 1000000\n    valuation: as_booked\n" + tail
	two := back + fmt.Sprintf(by, "by-second", "high", "Second") + fmt.Sprintf(by, "by-weak", "low", "Third")
	denied := fmt.Sprintf(by, "denied", "high", "Fourth") + "    polarity: against\n"
	for _, c := range []struct {
		more, reviewed string
		want           bool
	}{
		{two, "stolen-usd back-usd by by-second by-weak", false},
		{two, "stolen-usd back-usd by", false},
		{two, "stolen-usd back-usd by-second", false},
		{two, "stolen-usd back-usd", true},
		{two, "stolen-usd back-usd by-weak", true}, // it does not reach the bar
		{two, "stolen-usd by by-second", true},     // net stands on what came back
		{two, "back-usd by by-second", true},
		{denied, "stolen-usd by denied", false},
		{denied, "stolen-usd by", true}, // the dispute stands on a draft
		{denied, "stolen-usd denied", true},
	} {
		dir := t.TempDir()
		writeRegister(t, dir, c.more)
		reg, ps, err := heist.LoadDir(dir)
		if reg == nil || err != nil {
			t.Fatal(ps, err)
		}
		for _, id := range strings.Fields(c.reviewed) {
			reg.Incident("2024-01-example").Claim(id).ReviewedOn = day
		}
		r, err := NewReading(reg, shipped.Policy("default"), DefaultActor)
		if err != nil {
			t.Fatal(err)
		}
		row, err := r.Row("2024-01-example")
		if err != nil {
			t.Fatal(err)
		}
		if row.Draft != c.want {
			t.Errorf("reviewed %s: draft %t, want %t", c.reviewed, row.Draft, c.want)
		}
	}
}

// The drafts of a total are some of the incidents that it adds up.
func TestDraftsOfATotal(t *testing.T) {
	_, s := build(t, "default", nil)
	_, r := read(t, coincheck, "now")
	drafts := map[int]int{}
	for _, row := range r.b.rows {
		if row.Draft && (row.On("attempted").Known || row.On(left).Known || row.On(Net).Known) {
			drafts[row.Year]++
		}
	}
	for _, y := range s.Years {
		if y.All.Drafts != drafts[y.Year] || y.All.Drafts > y.All.N {
			t.Errorf("%d: %d drafts of %d, want %d", y.Year, y.All.Drafts, y.All.N, drafts[y.Year])
		}
	}
}
