package money

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"strings"

	"github.com/holiman/uint256"
)

// Errors of parsing amounts. They are wrapped with the text that failed.
var (
	// ErrSyntax marks text that is not a plain decimal number.
	ErrSyntax = errors.New("not a plain decimal number")
	// ErrNegative marks an amount below zero.
	ErrNegative = errors.New("negative amount")
	// ErrTooFine marks digits finer than the asset's atomic unit.
	ErrTooFine = errors.New("finer than the atomic unit of the asset")
	// ErrOverflow marks an amount that does not fit in 128 bits.
	ErrOverflow = errors.New("does not fit in 128 bits")
)

// Amount is a count of atomic units (satoshi, wei, cent), from 0 to 2^128-1.
// The zero value is zero. Amounts are comparable with ==.
type Amount struct{ hi, lo uint64 }

// Zero is no units at all; Max is 2^128-1.
var (
	Zero Amount
	Max  = Amount{^uint64(0), ^uint64(0)}
)

// Units returns the amount of n atomic units.
func Units(n uint64) Amount { return Amount{lo: n} }

// FromWords returns hi*2^64 + lo atomic units.
func FromWords(hi, lo uint64) Amount { return Amount{hi, lo} }

// Words returns the high and low 64 bits of the amount.
func (a Amount) Words() (hi, lo uint64) { return a.hi, a.lo }

// IsZero reports whether the amount is zero.
func (a Amount) IsZero() bool { return a.hi|a.lo == 0 }

// Cmp compares two amounts: -1, 0 or +1.
func (a Amount) Cmp(b Amount) int {
	switch {
	case a == b:
		return 0
	case a.hi < b.hi || a.hi == b.hi && a.lo < b.lo:
		return -1
	}
	return 1
}

// Equal reports whether a == b, for packages that compare by method.
func (a Amount) Equal(b Amount) bool { return a == b }

// Less reports whether a < b.
func (a Amount) Less(b Amount) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// Overflow is the panic value of Add, Sub and Sum when a result leaves
// 0..2^128-1. Amounts of a checked ledger cannot cause it unless a spam token's
// balances exceed 128 bits; the tracer turns it into an error that names the
// transfer.
type Overflow struct{ Op string }

// Error says which operation left the range.
func (o Overflow) Error() string { return "money: " + o.Op + ": " + ErrOverflow.Error() }

// Unwrap makes errors.Is(err, ErrOverflow) true.
func (o Overflow) Unwrap() error { return ErrOverflow }

// Add returns a+b and panics with Overflow when it does not fit; use CheckedAdd
// where amounts come from outside.
func (a Amount) Add(b Amount) Amount {
	s, ok := a.CheckedAdd(b)
	if !ok {
		panic(Overflow{"sum"})
	}
	return s
}

// CheckedAdd returns a+b and whether it fits in 128 bits.
func (a Amount) CheckedAdd(b Amount) (Amount, bool) {
	lo, c := bits.Add64(a.lo, b.lo, 0)
	hi, c := bits.Add64(a.hi, b.hi, c)
	return Amount{hi, lo}, c == 0
}

// Sub returns a-b and panics with Overflow when b > a.
func (a Amount) Sub(b Amount) Amount {
	lo, c := bits.Sub64(a.lo, b.lo, 0)
	hi, c := bits.Sub64(a.hi, b.hi, c)
	if c != 0 {
		panic(Overflow{"difference below zero"})
	}
	return Amount{hi, lo}
}

// Monus returns a-b, or zero when b > a.
func (a Amount) Monus(b Amount) Amount {
	if a.Less(b) {
		return Zero
	}
	return a.Sub(b)
}

// Min returns the smaller of a and b.
func (a Amount) Min(b Amount) Amount {
	if b.Less(a) {
		return b
	}
	return a
}

// Sum adds amounts; it panics as Add does.
func Sum(amounts ...Amount) Amount {
	var s Amount
	for _, a := range amounts {
		s = s.Add(a)
	}
	return s
}

// MulDiv returns the floor and the remainder of a*b/d, with a 256-bit product
// between. It panics when d is zero or the quotient does not fit in 128 bits,
// which cannot happen while a <= d or b <= d.
func (a Amount) MulDiv(b, d Amount) (quo, rem Amount) {
	if a.hi|b.hi|d.hi == 0 {
		hi, lo := bits.Mul64(a.lo, b.lo)
		if hi < d.lo {
			q, r := bits.Div64(hi, lo, d.lo)
			return Amount{lo: q}, Amount{lo: r}
		}
	}
	if d.IsZero() {
		panic("money: MulDiv by zero")
	}
	// A 128-bit times a 128-bit number always fits in the 256-bit integer.
	var p, x, y, q, r uint256.Int
	x, y = a.wide(), b.wide()
	p.Mul(&x, &y)
	y = d.wide()
	q.DivMod(&p, &y, &r)
	if q[2]|q[3] != 0 {
		panic(Overflow{"quotient"})
	}
	return Amount{q[1], q[0]}, Amount{r[1], r[0]}
}

func (a Amount) wide() uint256.Int { return uint256.Int{a.lo, a.hi, 0, 0} }

// Big returns the amount as a new big integer.
func (a Amount) Big() *big.Int {
	b := new(big.Int).SetUint64(a.hi)
	return b.Or(b.Lsh(b, 64), new(big.Int).SetUint64(a.lo))
}

// FromBig converts a big integer; it fails with ErrNegative or ErrOverflow.
func FromBig(b *big.Int) (Amount, error) {
	if b.Sign() < 0 {
		return Zero, ErrNegative
	}
	if b.BitLen() > 128 {
		return Zero, ErrOverflow
	}
	var buf [16]byte
	b.FillBytes(buf[:])
	var w uint256.Int
	w.SetBytes(buf[:])
	return Amount{w[1], w[0]}, nil
}

// String returns the count of atomic units in decimal.
func (a Amount) String() string {
	w := a.wide()
	return w.Dec()
}

// MarshalText writes the count in decimal, so that JSON carries a string and
// no reader turns it into a float.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Amount) UnmarshalText(text []byte) error {
	v, err := Parse(string(text))
	*a = v
	return err
}

// Parse reads a count of atomic units: decimal digits only.
func Parse(text string) (Amount, error) {
	if a, ok := short(text); ok {
		return a, nil
	}
	return ParseDecimal(text, 0)
}

// ParseBytes is Parse without a copy of the text.
func ParseBytes(text []byte) (Amount, error) {
	if a, ok := short(text); ok {
		return a, nil
	}
	return ParseDecimal(string(text), 0)
}

// short reads up to 38 digits, which always fit in 128 bits; false where there are
// more, none, or other characters.
func short[T string | []byte](text T) (Amount, bool) {
	if len(text) == 0 || len(text) > 38 {
		return Zero, false
	}
	split := max(0, len(text)-19) // 19 digits fit in 64 bits
	high, ok := word(text[:split])
	low, ok2 := word(text[split:])
	if !ok || !ok2 {
		return Zero, false
	}
	hi, lo := bits.Mul64(high, 1e19)
	lo, c := bits.Add64(lo, low, 0)
	return Amount{hi + c, lo}, true
}

// word reads up to 19 digits.
func word[T string | []byte](text T) (uint64, bool) {
	var n uint64
	for i := range len(text) {
		d := text[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + uint64(d)
	}
	return n, true
}

// ParseDecimal reads a decimal number of whole units ("0.5") of an asset with
// the given number of decimals as atomic units. Digits finer than the atomic
// unit are an error unless they are zeros: nothing is rounded. Signs other than
// a refused minus, exponents, spaces and digit groups are syntax errors.
func ParseDecimal(text string, decimals int) (Amount, error) {
	fail := func(err error) (Amount, error) { return Zero, fmt.Errorf("amount %q: %w", clip(text), err) }
	if strings.HasPrefix(text, "-") {
		return fail(ErrNegative)
	}
	whole, frac, point := strings.Cut(text, ".")
	if whole == "" || point && frac == "" {
		return fail(ErrSyntax)
	}
	for _, c := range []byte(whole + frac) {
		if c < '0' || c > '9' {
			return fail(ErrSyntax)
		}
	}
	if len(frac) > decimals {
		if strings.Trim(frac[decimals:], "0") != "" {
			return fail(fmt.Errorf("%w (%d decimals)", ErrTooFine, decimals))
		}
		frac = frac[:decimals]
	}
	digits := strings.TrimLeft(whole+frac+strings.Repeat("0", decimals-len(frac)), "0")
	var a Amount
	for _, c := range []byte(digits) {
		var ok bool
		if a, ok = a.timesTenPlus(uint64(c - '0')); !ok {
			return fail(ErrOverflow)
		}
	}
	return a, nil
}

func (a Amount) timesTenPlus(d uint64) (Amount, bool) {
	ch, lo := bits.Mul64(a.lo, 10)
	over, hi := bits.Mul64(a.hi, 10)
	hi, c := bits.Add64(hi, ch, 0)
	if over|c != 0 {
		return Zero, false
	}
	return Amount{hi, lo}.CheckedAdd(Units(d))
}

// Decimal returns the amount in whole units of an asset with the given number
// of decimals, exactly, without trailing zeros: 1500 with 3 decimals is "1.5".
func (a Amount) Decimal(decimals int) string {
	s := a.String()
	if decimals <= 0 {
		return s
	}
	if len(s) <= decimals {
		s = strings.Repeat("0", decimals-len(s)+1) + s
	}
	whole, frac := s[:len(s)-decimals], strings.TrimRight(s[len(s)-decimals:], "0")
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

// Grouped returns Decimal with commas between groups of three whole digits, for
// people to read.
func (a Amount) Grouped(decimals int) string {
	whole, frac, point := strings.Cut(a.Decimal(decimals), ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if point {
		b.WriteByte('.')
		b.WriteString(frac)
	}
	return b.String()
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}
