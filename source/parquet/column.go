package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// conversion is how the values of a column become the text of ethereum-etl.
type conversion uint8

const (
	notRead   conversion = iota
	asText               // as it stands
	asAddress            // text, or the 20 or 32 bytes of an address or hash
	asHex                // bytes
	asBool
	asInt
	asUint
	asDouble
	asDecimal
	asSeconds // a timestamp, unit ticks a second
	asInt96   // a timestamp of older writers
)

// column is one column at the top of a file's schema.
type column struct {
	name     string
	typeName string
	convert  conversion
	unit     int64 // of asSeconds
	scale    int   // of asDecimal
	verbatim bool  // None and nan are what they say
	text     []byte
	cursor   *cursor
	nested   *nest // of lists and groups
}

func newColumn(f *File, c *pq.Column) *column {
	out := &column{name: c.Name(), typeName: "a group"}
	if !c.Leaf() || c.MaxRepetitionLevel() > 0 {
		if out.nested = newNest(f, c); out.nested != nil {
			out.convert = asText
		}
		return out
	}
	out.leaf(c)
	out.cursor = &cursor{index: c.Index()}
	return out
}

// leaf chooses the conversion of a column by its type (parquet-format,
// LogicalTypes.md).
func (c *column) leaf(p *pq.Column) {
	t := p.Type()
	c.typeName = t.String()
	c.verbatim = c.name == "symbol" || c.name == "name" || c.name == "input"
	kind := t.Kind()
	var logical format.LogicalTypeValue
	if l := t.LogicalType(); l != nil {
		logical = l.Value
	}
	switch l := logical.(type) {
	case *format.StringType, *format.EnumType, *format.JsonType:
		c.convert = asText
	case *format.NullType: // a column in which nothing is there
		c.convert = asInt
		return
	case *format.DecimalType:
		if c.scale = int(l.Scale); c.scale >= 0 && c.scale <= 76 {
			c.convert = asDecimal
		}
		return
	case *format.TimestampType:
		if kind == pq.Int64 {
			c.convert, c.unit = asSeconds, ticks(l)
		}
		return
	case *format.IntType:
		if c.convert = asInt; !l.IsSigned {
			c.convert = asUint
		}
		return
	case nil:
		c.convert = map[pq.Kind]conversion{pq.Boolean: asBool, pq.Int32: asInt, pq.Int64: asInt, pq.Int96: asInt96, pq.Double: asDouble, pq.ByteArray: asText, pq.FixedLenByteArray: asHex}[kind]
	}
	if c.convert == asText && (strings.HasSuffix(c.name, "address") || strings.HasSuffix(c.name, "hash") || c.name == "miner") {
		c.convert = asAddress
	}
}

// ticks is how many units of a timestamp make a second.
func ticks(t *format.TimestampType) int64 {
	switch t.Unit.Value.(type) {
	case *format.MilliSeconds:
		return 1e3
	case *format.MicroSeconds:
		return 1e6
	}
	return 1e9
}

// field converts a value that is there.
func (c *column) field(f *File, v *pq.Value) (ethereum.Field, error) {
	c.text = c.text[:0]
	switch c.convert {
	case asText:
		return ethereum.Field{Text: c.orNone(f, v.ByteArray())}, nil
	case asAddress:
		return ethereum.Field{Text: c.address(c.orNone(f, v.ByteArray()))}, nil
	case asHex:
		c.text = hex.AppendEncode(append(c.text, "0x"...), v.ByteArray())
	case asBool:
		c.text = strconv.AppendBool(c.text, v.Boolean())
	case asInt:
		n := v.Int64()
		if v.Kind() == pq.Int32 {
			n = int64(v.Int32())
		}
		c.text = strconv.AppendInt(c.text, n, 10)
	case asUint:
		n := v.Uint64()
		if v.Kind() == pq.Int32 {
			n = uint64(v.Uint32())
		}
		c.text = strconv.AppendUint(c.text, n, 10)
	case asDouble:
		var spread money.Amount
		c.text, spread = appendDouble(c.text, v.Double())
		return ethereum.Field{Text: c.text, Spread: spread}, nil
	case asDecimal:
		c.text = appendDecimal(c.text, v, c.scale)
	case asSeconds:
		return c.seconds(f, v.Int64(), c.unit)
	case asInt96:
		// Nanoseconds of the day, and the Julian day; 2440588 is 1970-01-01.
		n := v.Int96()
		nanos := int64(n[1])<<32 | int64(n[0])
		if nanos%1e9 != 0 || nanos < 0 {
			return ethereum.Field{}, f.fault(c.name, ethereum.ErrValue, "a time with a part of a second")
		}
		c.text = strconv.AppendInt(c.text, (int64(n[2])-2440588)*86400+nanos/1e9, 10)
	}
	return ethereum.Field{Text: c.text}, nil
}

// whole reports whether the column may hold whole numbers.
func (c *column) whole() bool {
	switch c.convert {
	case asInt, asUint, asSeconds, asDecimal:
		return c.nested == nil
	}
	return false
}

// amount is the number that field writes out; false where that is none, has a
// fraction or is below zero.
func (c *column) amount(v *pq.Value) (money.Amount, bool) {
	kind := v.Kind()
	var n int64
	switch {
	case c.convert == asUint && kind == pq.Int32:
		return money.Units(uint64(v.Uint32())), true
	case c.convert == asUint:
		return money.Units(v.Uint64()), true
	case c.convert == asDecimal && c.scale != 0:
		return money.Zero, false
	case kind == pq.Int32:
		n = int64(v.Int32())
	case kind == pq.Int64:
		n = v.Int64()
	case c.convert == asDecimal:
		if b := v.ByteArray(); len(b) == 16 && b[0] < 0x80 {
			return money.FromWords(binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])), true
		}
		return money.Zero, false
	default:
		return money.Zero, false
	}
	if c.convert == asSeconds {
		if n%c.unit != 0 {
			return money.Zero, false
		}
		n /= c.unit
	}
	return money.Units(uint64(n)), n >= 0
}

// orNone drops the words that pandas writes where a text is missing: the producer
// of the AWS data turns columns into text with astype('str').
func (c *column) orNone(f *File, text []byte) []byte {
	if !c.verbatim && (len(text) == 3 || len(text) == 4) {
		if s := string(text); s == "None" || s == "nan" || s == "<NA>" {
			f.missing++
			return nil
		}
	}
	return text
}

// address writes an address or hash of raw bytes in hex, and cuts an address out
// of the 32-byte word of a log's topic, as the token transfers of AWS have it.
func (c *column) address(b []byte) []byte {
	const word = "0x000000000000000000000000"
	switch {
	case (len(b) == 20 || len(b) == 32) && (b[0] != '0' || b[1] != 'x'):
		c.text = hex.AppendEncode(append(c.text, "0x"...), b)
		return c.text
	case len(b) == 66 && string(b[:26]) == word && strings.HasSuffix(c.name, "address"):
		c.text = append(append(c.text, "0x"...), b[26:]...)
		return c.text
	}
	return b
}

func (c *column) seconds(f *File, n, unit int64) (ethereum.Field, error) {
	s := n / unit
	if n%unit != 0 {
		return ethereum.Field{}, f.fault(c.name, ethereum.ErrValue, "a time with a part of a second")
	}
	c.text = strconv.AppendInt(c.text, s, 10)
	return ethereum.Field{Text: c.text}, nil
}

// appendDouble writes a double as a whole number. Below 2^53 a double holds
// exactly one whole number. Above, several numbers have the same double: the
// shortest decimal among them is written, which is what other tools print, and
// the spread is the distance to the next double: the number that was meant lies
// no further away, since both round to this double.
func appendDouble(dst []byte, x float64) ([]byte, money.Amount) {
	size := math.Abs(x)
	switch {
	case size < 1<<53 && x == math.Trunc(x):
		return strconv.AppendInt(dst, int64(x), 10), money.Zero
	case size < 1<<53 || math.IsNaN(x) || math.IsInf(x, 0):
		return strconv.AppendFloat(dst, x, 'f', -1, 64), money.Zero
	}
	_, exp := math.Frexp(size)
	spread := money.Max
	if n := exp - 53; n < 64 {
		spread = money.Units(1 << n)
	} else if n < 128 {
		spread = money.FromWords(1<<(n-64), 0)
	}
	return strconv.AppendFloat(dst, x, 'f', -1, 64), spread
}

// appendDecimal writes a decimal of a scale, and without its fraction where that
// is zero.
func appendDecimal(dst []byte, v *pq.Value, scale int) []byte {
	var n big.Int
	switch v.Kind() {
	case pq.Int32:
		n.SetInt64(int64(v.Int32()))
	case pq.Int64:
		n.SetInt64(v.Int64())
	default:
		b := v.ByteArray()
		if scale == 0 && len(b) == 16 && b[0] < 0x80 {
			return append(dst, money.FromWords(binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])).String()...)
		}
		n.SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 { // two's complement
			n.Sub(&n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	if scale == 0 {
		return n.Append(dst, 10)
	}
	if n.Sign() < 0 {
		dst = append(dst, '-')
		n.Neg(&n)
	}
	whole, part := new(big.Int).DivMod(&n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil), new(big.Int))
	dst = whole.Append(dst, 10)
	if part.Sign() == 0 {
		return dst
	}
	digits := part.String()
	dst = append(append(dst, '.'), strings.Repeat("0", scale-len(digits))...)
	return append(dst, strings.TrimRight(digits, "0")...)
}

func (c *column) release() {
	if c.cursor != nil {
		c.cursor.release()
	}
	if c.nested != nil {
		c.nested.release()
	}
}
