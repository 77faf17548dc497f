package heist

import (
	"errors"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

func prices(t *testing.T) *Prices {
	t.Helper()
	p, err := EmbeddedPrices()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func on(t *testing.T, day string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The values that the series must hold.
func TestPricesOfDays(t *testing.T) {
	p := prices(t)
	for _, c := range []struct{ asset, day, usd, id string }{
		{"BTC", "2016-08-02", "552.821", "btc:2016-08-02"},
		{"BTC", "2018-01-26", "11090.063", "btc:2018-01-26"},
		{"EUR", "2025-03-06", "1.0796", "ecb:EUR:2025-03-06"},
		{"EUR", "2025-03-09", "1.0796", "ecb:EUR:2025-03-06"}, // a Sunday: Thursday's
		{"USD", "2011-01-01", "1", "usd"},
	} {
		got, err := p.At(c.asset, on(t, c.day))
		if err != nil {
			t.Errorf("%s on %s: %v", c.asset, c.day, err)
			continue
		}
		if got.USD.Text('f') != c.usd || got.ID != c.id {
			t.Errorf("%s on %s: %s (%s), want %s (%s)", c.asset, c.day, got.USD.Text('f'), got.ID, c.usd, c.id)
		}
	}
}

func TestPricesMissing(t *testing.T) {
	p := prices(t)
	for _, c := range []struct{ asset, day string }{
		{"ETH", "2018-01-26"}, {"BTC", "2025-01-01"}, {"BTC", "2009-01-03"}, {"JPY", "2025-03-12"}, {"RUB", "2024-01-10"},
	} {
		if got, err := p.At(c.asset, on(t, c.day)); !errors.Is(err, ErrNoPrice) {
			t.Errorf("%s on %s: %v, %v; want ErrNoPrice", c.asset, c.day, got.USD, err)
		}
	}
}

// Coincheck's refund rate and the ECB's cross give the dollars it said it paid:
// about 425 million, to half a percent.
func TestRefundOfCoincheck(t *testing.T) {
	p := prices(t)
	rate, err := p.Fixed("coincheck-refund-xem")
	if err != nil {
		t.Fatal(err)
	}
	reg, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	xem := reg.Asset("XEM")
	n, err := money.ParseDecimal("523000000", 6)
	if err != nil {
		t.Fatal(err)
	}
	got, err := xem.Value(n, rate)
	if err != nil {
		t.Fatal(err)
	}
	low, high := money.Units(422_900_000_00), money.Units(427_100_000_00)
	if got.Less(low) || high.Less(got) {
		t.Errorf("%s USD, want about 425 million", got.Decimal(2))
	}
	t.Logf("%s USD", got.Decimal(2))
}

func TestValueRoundsHalfToEven(t *testing.T) {
	usd := &Asset{Code: "X", decimals: 3}
	one, err := prices(t).At("USD", on(t, "2018-01-26"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		units uint64
		cents uint64
	}{{1005, 100}, {1015, 102}, {1014, 101}, {1, 0}, {0, 0}} {
		got, err := usd.Value(money.Units(c.units), one)
		if err != nil || got != money.Units(c.cents) {
			t.Errorf("%d thousandths: %v cents, %v; want %d", c.units, got, err, c.cents)
		}
	}
}
