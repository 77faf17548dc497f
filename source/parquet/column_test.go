package parquet

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/money"
)

// TestDouble: what a double says of the amount that was meant. Below 2^53 it is
// that amount. Above, the amount lies within the room; amounts of up to 15 digits
// before their zeros are restored (IEEE 754: 15 decimal digits survive a double).
func TestDouble(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := new(big.Int).SetUint64(rapid.Uint64().Draw(t, "n"))
		n.Rsh(n, uint(rapid.IntRange(0, 63).Draw(t, "shorter")))
		n.Mul(n, new(big.Int).SetUint64(rapid.Uint64Range(1, 1<<62).Draw(t, "factor")))
		checkDouble(t, n)
	})
	rapid.Check(t, func(t *rapid.T) {
		n := new(big.Int).SetUint64(rapid.Uint64Range(0, 999_999_999_999_999).Draw(t, "digits"))
		n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(rapid.Int64Range(0, 22).Draw(t, "zeros")), nil))
		if got := checkDouble(t, n); got != n.String() {
			t.Fatalf("%s becomes %s", n, got)
		}
	})
	for text, want := range map[string]string{
		"0": "0", "9007199254740991": "9007199254740991", "1e18": "1000000000000000000", "-1": "-1", "0.5": "0.5", "NaN": "NaN", "Inf": "+Inf",
	} {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := appendDouble(nil, x); string(got) != want {
			t.Errorf("%s becomes %s", text, got)
		}
	}
	if _, room := appendDouble(nil, math.Ldexp(1, 53)); room != money.Units(2) {
		t.Errorf("2^53 has the room %s", room)
	}
	if _, room := appendDouble(nil, math.Ldexp(1, 250)); room != money.Max {
		t.Errorf("2^250 has the room %s", room)
	}
}

// checkDouble turns an amount into a double and back, and holds the result to
// what appendDouble promises.
func checkDouble(t *rapid.T, n *big.Int) string {
	x, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		t.Fatal(err)
	}
	text, room := appendDouble(nil, x)
	got, ok := new(big.Int).SetString(string(text), 10)
	if !ok {
		t.Fatalf("%s becomes %s", n, text)
	}
	off := new(big.Int).Sub(got, n)
	if off.Abs(off).Cmp(room.Big()) > 0 {
		t.Fatalf("%s becomes %s, with the room %s", n, got, room)
	}
	if exact := n.BitLen() <= 53 && n.Cmp(big.NewInt(1<<53)) < 0; exact != room.IsZero() {
		t.Fatalf("%s: room %s", n, room)
	}
	return string(text)
}

// TestSatoshi: every amount of Bitcoin that was a double of bitcoin is restored,
// and what is no whole satoshi is refused.
func TestSatoshi(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 21e14).Draw(t, "satoshi")
		text, room := appendDouble(nil, float64(n)/1e8)
		if got, err := satoshi(nil, text); err != nil || string(got) != strconv.FormatUint(n, 10) || !room.IsZero() {
			t.Fatalf("%d becomes %s, %v", n, got, err)
		}
	})
	for _, bad := range []string{"0.123456789", "-1", "NaN", "1e-9"} {
		if got, err := satoshi(nil, []byte(bad)); err == nil {
			t.Errorf("%s becomes %s", bad, got)
		}
	}
}

// TestLayouts: each column has a type that there is, and each table of a layout is
// known by its columns.
func TestLayouts(t *testing.T) {
	for l, tables := range schemas {
		for table, schema := range tables {
			var names []string
			for _, f := range strings.Fields(schema) {
				name, typ, _ := strings.Cut(f, ":")
				names = append(names, name)
				switch typ {
				case "", "int", "bool", "double", "time", "decimal", "list":
				default:
					t.Errorf("%s %s: type %q of %s", l, table, typ, name)
				}
			}
			places, left, err := plan(l, names)
			if err != nil || len(left) > 0 || len(places) != len(names) {
				t.Errorf("%s %s: %v, left %v", l, table, err, left)
				continue
			}
			for i, c := range schemaOf(table, places).Columns() {
				if c[0] != names[i] {
					t.Errorf("%s %s: column %d is %s, want %s", l, table, i, c[0], names[i])
				}
			}
		}
	}
}
