package guard

import (
	"fmt"
	"strings"

	"github.com/holiman/uint256"
)

// units gives the decimals of unit words that need no policy.
var units = map[string]int{"wei": 0, "gwei": 9, "ETH": 18, "sat": 0, "BTC": 8}

// exponents are the decimals of currencies that do not have two (ISO 4217).
var exponents = map[string]int{
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0,
	"PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}

// Units turns an amount of a unit into atomic units of an asset, exactly. An
// empty unit is the atomic one.
func (p *Policy) Units(amount, unit, asset string) (uint256.Int, error) {
	places, err := p.decimals(unit, asset)
	if err != nil {
		return uint256.Int{}, err
	}
	return decimal(amount, places)
}

func (p *Policy) decimals(unit, asset string) (int, error) {
	if unit == "" {
		return 0, nil
	}
	if code, ok := strings.CutPrefix(asset, "iso4217:"); ok && code == unit {
		return currencyDecimals(code), nil
	}
	if t, ok := p.token(asset); ok && t.Symbol == unit {
		return t.Decimals, nil
	}
	bitcoin, ether := strings.HasPrefix(asset, "bip122:"), strings.HasPrefix(asset, "eip155:") && strings.HasSuffix(asset, "/slip44:60")
	if n, ok := units[unit]; ok && (bitcoin && (unit == "BTC" || unit == "sat") || ether && (unit == "wei" || unit == "gwei" || unit == "ETH")) {
		return n, nil
	}
	return 0, fmt.Errorf("unit %q is not one of asset %s: name the token in the policy", clip(unit), clip(asset))
}

func currencyDecimals(code string) int {
	if n, ok := exponents[code]; ok {
		return n
	}
	return 2
}

// decimal reads a decimal number exactly as an integer of 10^-places.
func decimal(text string, places int) (uint256.Int, error) {
	whole, part, _ := strings.Cut(text, ".")
	digits := whole + part
	if whole == "" || len(part) > places || len(digits) > 80 || strings.Trim(digits, "0123456789") != "" {
		return uint256.Int{}, fmt.Errorf("amount %q: digits with at most %d decimals", clip(text), places)
	}
	digits = strings.TrimLeft(digits+strings.Repeat("0", places-len(part)), "0")
	if digits == "" {
		return uint256.Int{}, nil
	}
	var n uint256.Int
	if err := n.SetFromDecimal(digits); err != nil {
		return n, fmt.Errorf("amount %q: beyond 256 bits", clip(text))
	}
	return n, nil
}

// human writes an amount of an asset for a person, with its unit; atomic units
// where the asset's decimals are not known.
func (p *Policy) human(n uint256.Int, asset string) string {
	places, unit := 0, "units of "+asset
	switch {
	case strings.HasPrefix(asset, "bip122:"):
		places, unit = 8, "BTC"
	case strings.HasPrefix(asset, "eip155:") && strings.HasSuffix(asset, "/slip44:60"):
		places, unit = 18, "ETH"
	case strings.HasPrefix(asset, "iso4217:"):
		unit = asset[len("iso4217:"):]
		places = currencyDecimals(unit)
	default:
		if t, ok := p.token(asset); ok {
			places, unit = t.Decimals, t.Symbol
		} else if _, at, ok := strings.Cut(asset, "/erc20:"); ok {
			unit = "units of token " + at
		}
	}
	return point(n.Dec(), places) + " " + unit
}

// point puts the decimal point, and marks thousands with commas.
func point(digits string, places int) string {
	if len(digits) <= places {
		digits = strings.Repeat("0", places-len(digits)+1) + digits
	}
	whole, part := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		return whole + "." + part
	}
	return whole
}
