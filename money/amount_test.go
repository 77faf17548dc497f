package money_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/money"
)

// amounts draws amounts of all sizes, the edges of the words among them.
func amounts() *rapid.Generator[money.Amount] {
	word := rapid.OneOf(rapid.Uint64(), rapid.Uint64Max(9), rapid.SampledFrom([]uint64{0, 1, 1 << 63, 1<<64 - 1}))
	return rapid.Custom(func(t *rapid.T) money.Amount {
		hi := rapid.OneOf(rapid.Just(uint64(0)), word).Draw(t, "hi")
		return money.FromWords(hi, word.Draw(t, "lo"))
	})
}

var limit = new(big.Int).Lsh(big.NewInt(1), 128)

// overflows runs f and reports whether it panicked as the package says.
func overflows(t *rapid.T, f func()) (did bool) {
	defer func() {
		if r := recover(); r != nil {
			o, ok := r.(money.Overflow)
			if !ok || !errors.Is(o, money.ErrOverflow) {
				t.Fatalf("panic with %v", r)
			}
			did = true
		}
	}()
	f()
	return false
}

// TestAgainstBig holds every operation against math/big.
func TestAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), amounts().Draw(t, "b")
		x, y := a.Big(), b.Big()
		same := func(what string, got money.Amount, want *big.Int) {
			if got.Big().Cmp(want) != 0 {
				t.Fatalf("%s of %s and %s: %s, want %s", what, a, b, got, want)
			}
		}
		if a.String() != x.String() {
			t.Fatalf("%s is written %s", x, a)
		}
		if a.Cmp(b) != x.Cmp(y) || a.Less(b) != (x.Cmp(y) < 0) || a.Equal(b) != (x.Cmp(y) == 0) || a.IsZero() != (x.Sign() == 0) {
			t.Fatalf("%s and %s compare wrongly", a, b)
		}
		sum := new(big.Int).Add(x, y)
		got, fits := a.CheckedAdd(b)
		if fits != (sum.Cmp(limit) < 0) {
			t.Fatalf("%s + %s fits: %t", a, b, fits)
		}
		if fits {
			same("sum", got, sum)
			same("sum", money.Sum(a, b), sum)
		} else if !overflows(t, func() { a.Add(b) }) {
			t.Fatalf("%s + %s did not overflow", a, b)
		}
		difference := new(big.Int).Sub(x, y)
		if difference.Sign() < 0 {
			if !overflows(t, func() { a.Sub(b) }) {
				t.Fatalf("%s - %s did not overflow", a, b)
			}
			same("monus", a.Monus(b), big.NewInt(0))
			same("min", a.Min(b), x)
		} else {
			same("difference", a.Sub(b), difference)
			same("monus", a.Monus(b), difference)
			same("min", a.Min(b), y)
		}
	})
}

// TestMulDiv: quotient and remainder of a product of 256 bits.
func TestMulDiv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, d := amounts().Draw(t, "a"), amounts().Draw(t, "b"), amounts().Draw(t, "d")
		if d.IsZero() {
			return
		}
		product := new(big.Int).Mul(a.Big(), b.Big())
		wantQ, wantR := new(big.Int).QuoRem(product, d.Big(), new(big.Int))
		if wantQ.Cmp(limit) >= 0 {
			if !overflows(t, func() { a.MulDiv(b, d) }) {
				t.Fatalf("%s*%s/%s did not overflow", a, b, d)
			}
			return
		}
		q, r := a.MulDiv(b, d)
		if q.Big().Cmp(wantQ) != 0 || r.Big().Cmp(wantR) != 0 {
			t.Fatalf("%s*%s/%s: %s rest %s, want %s rest %s", a, b, d, q, r, wantQ, wantR)
		}
	})
}

// TestMulDivEdge: quotients at the edge of one word.
func TestMulDivEdge(t *testing.T) {
	for _, c := range [][4]uint64{ // a*b/d is q*2^64
		{1 << 63, 2, 1, 1}, {1 << 63, 6, 3, 1}, {1 << 63, 1 << 63, 1 << 62, 1},
	} {
		q, r := money.Units(c[0]).MulDiv(money.Units(c[1]), money.Units(c[2]))
		if q != money.FromWords(c[3], 0) || !r.IsZero() {
			t.Errorf("%d*%d/%d: %s rest %s", c[0], c[1], c[2], q, r)
		}
	}
}

func TestMulDivByZero(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a division by zero passed")
		}
	}()
	money.Units(1).MulDiv(money.Units(1), money.Zero)
}

func TestFromBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := amounts().Draw(t, "a")
		if got, err := money.FromBig(a.Big()); err != nil || got != a {
			t.Fatalf("%s comes back as %s, %v", a, got, err)
		}
		hi, lo := a.Words()
		if money.FromWords(hi, lo) != a {
			t.Fatalf("%s is not its words", a)
		}
	})
	if _, err := money.FromBig(big.NewInt(-1)); !errors.Is(err, money.ErrNegative) {
		t.Errorf("-1: %v", err)
	}
	if _, err := money.FromBig(limit); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("2^128: %v", err)
	}
	if money.Max.Big().Cmp(new(big.Int).Sub(limit, big.NewInt(1))) != 0 {
		t.Errorf("Max is %s", money.Max)
	}
}

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		text     string
		decimals int
		want     string
		err      error
	}{
		{"0", 0, "0", nil},
		{"0.0", 0, "0", nil},
		{"000", 18, "0", nil},
		{"1", 18, "1000000000000000000", nil},
		{"400001", 18, "400001000000000000000000", nil}, // beyond 64 bits
		{"90375.54791768", 18, "90375547917680000000000", nil},
		{"10062.358226033052619", 18, "10062358226033052619000", nil},
		{"0.00000001", 8, "1", nil},
		{"21000000.00000000", 8, "2100000000000000", nil},
		{"1.500", 1, "15", nil}, // zeros beyond the unit say nothing
		{"340282366920938463463374607431768211455", 0, "340282366920938463463374607431768211455", nil},
		{"340282366920938463463.374607431768211455", 18, "340282366920938463463374607431768211455", nil},

		{"0.000000001", 8, "", money.ErrTooFine},
		{"0.5", 0, "", money.ErrTooFine},
		{"340282366920938463463374607431768211456", 0, "", money.ErrOverflow},
		{"340282366920938463464", 18, "", money.ErrOverflow},
		{strings.Repeat("9", 400), 0, "", money.ErrOverflow},
		{"-1", 0, "", money.ErrNegative},
		{"-0.5", 8, "", money.ErrNegative},
		{"", 8, "", money.ErrSyntax},
		{".", 8, "", money.ErrSyntax},
		{".5", 8, "", money.ErrSyntax},
		{"5.", 8, "", money.ErrSyntax},
		{"+5", 8, "", money.ErrSyntax},
		{" 5", 8, "", money.ErrSyntax},
		{"5 ", 8, "", money.ErrSyntax},
		{"1e18", 18, "", money.ErrSyntax},
		{"1,000", 0, "", money.ErrSyntax},
		{"1_000", 0, "", money.ErrSyntax},
		{"0x10", 0, "", money.ErrSyntax},
		{"1.2.3", 8, "", money.ErrSyntax},
		{"١", 0, "", money.ErrSyntax}, // an Arabic digit
		{"NaN", 0, "", money.ErrSyntax},
	} {
		got, err := money.ParseDecimal(c.text, c.decimals)
		if !errors.Is(err, c.err) {
			t.Errorf("%q with %d decimals: error %v, want %v", c.text, c.decimals, err, c.err)
		}
		if c.err == nil && got.String() != c.want || c.err != nil && !got.IsZero() {
			t.Errorf("%q with %d decimals: %s, want %s", c.text, c.decimals, got, c.want)
		}
		if err != nil && len(err.Error()) > 160 {
			t.Errorf("the error repeats all of a long text: %v", err)
		}
	}
}

// TestParse: counts of units, which have a way of their own, are read as decimals
// without a fraction are, and refused with the same words.
func TestParse(t *testing.T) {
	texts := rapid.OneOf(rapid.StringMatching(`[0-9]{0,45}`), rapid.StringMatching(`[0-9]{17,21}[-+.0-9a ٣:/]?[0-9]{0,20}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		text := texts.Draw(t, "text")
		want, fault := money.ParseDecimal(text, 0)
		got, err := money.Parse(text)
		same, err2 := money.ParseBytes([]byte(text))
		if got != want || same != want || fmt.Sprint(err) != fmt.Sprint(fault) || fmt.Sprint(err2) != fmt.Sprint(fault) {
			t.Fatalf("%q: %s, %v and %s, %v; want %s, %v", text, got, err, same, err2, want, fault)
		}
	})
}

// TestDecimalRoundTrip: text of an amount reads back as the amount, and has no
// zeros to spare.
func TestDecimalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, decimals := amounts().Draw(t, "a"), rapid.IntRange(0, 63).Draw(t, "decimals")
		text := a.Decimal(decimals)
		if back, err := money.ParseDecimal(text, decimals); err != nil || back != a {
			t.Fatalf("%s with %d decimals is %q, which is %s, %v", a, decimals, text, back, err)
		}
		whole, frac, point := strings.Cut(text, ".")
		if point && (frac == "" || strings.HasSuffix(frac, "0")) || len(whole) > 1 && whole[0] == '0' {
			t.Fatalf("%q has zeros to spare", text)
		}
		grouped := a.Grouped(decimals)
		if strings.ReplaceAll(grouped, ",", "") != text {
			t.Fatalf("%q is not %q grouped", grouped, text)
		}
		whole, _, _ = strings.Cut(grouped, ".")
		for i, g := range strings.Split(whole, ",") {
			if len(g) != 3 && (i > 0 || len(g) == 0 || len(g) > 3) {
				t.Fatalf("%q has a group %q", grouped, g)
			}
		}
	})
}

func TestGrouped(t *testing.T) {
	for _, c := range []struct {
		units    uint64
		decimals int
		want     string
	}{{0, 8, "0"}, {1, 8, "0.00000001"}, {100, 0, "100"}, {1000, 0, "1,000"}, {123456789, 4, "12,345.6789"}, {1234567, 0, "1,234,567"}} {
		if got := money.Units(c.units).Grouped(c.decimals); got != c.want {
			t.Errorf("%d with %d decimals: %s, want %s", c.units, c.decimals, got, c.want)
		}
	}
}

// TestJSON: amounts are strings in JSON, so that no reader makes floats of them.
func TestJSON(t *testing.T) {
	in := map[string]money.Amount{"wei": money.Max}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"wei":"340282366920938463463374607431768211455"}` {
		t.Fatalf("%s, %v", text, err)
	}
	var out map[string]money.Amount
	if err := json.Unmarshal(text, &out); err != nil || out["wei"] != money.Max {
		t.Errorf("%v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"wei":"0.5"}`), &out); !errors.Is(err, money.ErrTooFine) {
		t.Errorf("half a wei: %v", err)
	}
}

// FuzzParseDecimal: any text that is read means what math/big makes of it, and
// what is written of it reads back; any that is not is refused with a reason.
func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "1.5", "-1", "1e9", "0.000000000000000001", "340282366920938463463374607431768211456", "00.10", "5."} {
		f.Add(s, uint8(18))
	}
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		decimals := int(n % 64)
		a, err := money.ParseDecimal(text, decimals)
		if err != nil {
			for _, known := range []error{money.ErrSyntax, money.ErrNegative, money.ErrTooFine, money.ErrOverflow} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatalf("%q: an error without a reason: %v", text, err)
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q was read as %s", text, a)
		}
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
		if want.Mul(want, new(big.Rat).SetInt(scale)); want.Cmp(new(big.Rat).SetInt(a.Big())) != 0 {
			t.Fatalf("%q with %d decimals was read as %s, want %s", text, decimals, a, want)
		}
		if back, err := money.ParseDecimal(a.Decimal(decimals), decimals); err != nil || back != a {
			t.Fatalf("%s came back as %s, %v", a, back, err)
		}
	})
}
