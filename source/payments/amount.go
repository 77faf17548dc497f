package payments

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// Money is an exact amount in the minor units of a currency. The zero Money is
// "not stated".
type Money struct {
	Currency string // ISO 4217
	Units    money.Amount
}

// Stated reports whether the message gave the amount.
func (m Money) Stated() bool { return m.Currency != "" }

// String writes "USD 81001662.12".
func (m Money) String() string { return m.Currency + " " + m.Units.Decimal(decimals[m.Currency]) }

// Grouped is String with separators of thousands, for people.
func (m Money) Grouped() string { return m.Currency + " " + m.Units.Grouped(decimals[m.Currency]) }

// Decimals is the number of digits of the currency's minor unit (ISO 4217).
func (m Money) Decimals() int { return decimals[m.Currency] }

// Asset is the currency as an asset of a ledger.
func (m Money) Asset() money.AssetID { return money.AssetID("iso4217:" + m.Currency) }

// codes lists the currencies of ISO 4217 by their number of minor digits, with
// those that were withdrawn since 1999, which archives hold.
var codes = map[int]string{
	0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ITL ESP BEF LUF PTE TRL",
	2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD " +
		"CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS " +
		"GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL " +
		"MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP " +
		"PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT " +
		"TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES VEF WST XCD XCG YER ZAR ZMW ZWG ZWL DEM FRF NLG ATS FIM IEP GRD",
	3: "BHD IQD JOD KWD LYD OMR TND",
	4: "CLF UYW",
}

var decimals = func() map[string]int {
	m := map[string]int{}
	for n, list := range codes {
		for _, c := range strings.Fields(list) {
			m[c] = n
		}
	}
	return m
}()

// Decimals is the number of minor digits of a currency, and whether ISO 4217
// lists it.
func Decimals(currency string) (int, bool) {
	n, ok := decimals[currency]
	return n, ok
}

// ParseMT reads an amount of a FIN message: digits, one comma, decimals that
// may be absent: "3700,". A point, a separator of thousands, a missing comma or
// whole part, and more decimals than the currency has are errors.
func ParseMT(currency, text string) (Money, error) {
	if !strings.Contains(text, ",") {
		return Money{}, fmt.Errorf("%q lacks the decimal comma: %w", text, ErrAmount)
	}
	return parse(currency, text, ',')
}

// ParseISO reads an amount of an ISO 20022 message: digits and, with decimals,
// one point. Trailing zeros beyond the currency's decimals are no other amount;
// any other digit there is an error.
func ParseISO(currency, text string) (Money, error) {
	n, ok := decimals[currency]
	if i := strings.IndexByte(text, '.'); ok && i >= 0 && len(text) > i+1+n {
		if cut := i + 1 + n; strings.Trim(text[cut:], "0") == "" {
			text = text[:cut]
		}
	}
	return parse(currency, text, '.')
}

func parse(currency, text string, point byte) (Money, error) {
	n, ok := decimals[currency]
	if !ok {
		return Money{}, fmt.Errorf("%q: %w", currency, ErrCurrency)
	}
	var units uint64
	seen, whole, after := false, 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == point && !seen:
			seen = true
			continue
		case c < '0' || c > '9':
			return Money{}, fmt.Errorf("%q holds %q: %w", text, c, ErrAmount)
		case seen:
			after++
		default:
			whole++
		}
		if whole+after > 18 {
			return Money{}, fmt.Errorf("%q has more than 18 digits: %w", text, ErrAmount)
		}
		units = units*10 + uint64(c-'0')
	}
	if whole == 0 {
		return Money{}, fmt.Errorf("%q has no digit before the decimals: %w", text, ErrAmount)
	}
	if after > n {
		return Money{}, fmt.Errorf("%q has %d decimals, %s has %d: %w", text, after, currency, n, ErrAmount)
	}
	if whole+n > 19 {
		return Money{}, fmt.Errorf("%q is too large: %w", text, ErrAmount)
	}
	for ; after < n; after++ {
		units *= 10 // at most 19 digits: fits
	}
	return Money{currency, money.Units(units)}, nil
}
