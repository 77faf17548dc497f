package eip712

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// ErrValue marks a value that is not one of its type.
var ErrValue = errors.New("not a value of its type")

// Value is a typed value of a message or domain.
type Value struct {
	// Name is the field's; "" for an element of an array.
	Name string
	Type string
	// Word is what enters the hash of the structure around it: the value itself,
	// or for text, bytes, arrays and structures a hash.
	Word [32]byte
	// Text is the value as a person reads it: decimal numbers, EIP-55 addresses,
	// hex bytes. Empty for arrays and structures.
	Text string
	// Items are the fields of a structure or the elements of an array.
	Items []Value
}

// Field returns the member of that name; a zero Value if there is none.
func (v Value) Field(name string) Value {
	for _, f := range v.Items {
		if f.Name == name {
			return f
		}
	}
	return Value{}
}

// Address returns the low 20 bytes of the word.
func (v Value) Address() evm.Address { return evm.Address(v.Word[12:]) }

// Uint returns the word as a number of 256 bits.
func (v Value) Uint() (n uint256.Int) {
	n.SetBytes32(v.Word[:])
	return n
}

// Bool reports whether the word is not zero.
func (v Value) Bool() bool { return v.Word != [32]byte{} }

// reader turns JSON into values and collects what the signature does not cover.
type reader struct {
	*schema
	// path names the value that is being read.
	path      []string
	undecoded []evm.Undecoded
}

// where writes the path for a person.
func (r *reader) where() string { return clip(strings.Join(r.path, ".")) }

// fault returns an error at a place.
func (r *reader) fault(n node, format string, args ...any) error {
	return fmt.Errorf("%s, byte %d: %w", r.where(), n.at, fmt.Errorf(format, args...))
}

// at reads a value one step further down the path.
func (r *reader) at(step, typ string, n node, depth int) (Value, error) {
	r.path = append(r.path, step)
	v, err := r.value(typ, n, depth)
	r.path = r.path[:len(r.path)-1]
	return v, err
}

// value reads a value of a type. depth counts structures and arrays around it.
func (r *reader) value(typ string, n node, depth int) (v Value, err error) {
	v.Type = typ
	if depth > MaxDepth {
		return v, r.fault(n, "%w: nested more than %d deep", ErrValue, MaxDepth)
	}
	if strings.HasSuffix(typ, "]") {
		v.Items, err = r.elements(typ, n, depth)
		v.Word = hashWords(nil, v.Items)
		return v, err
	}
	if r.structs[typ] != nil {
		v.Items, err = r.members(typ, n, depth)
		h := r.typeHash(typ)
		v.Word = hashWords(h[:], v.Items)
		return v, err
	}
	if err := v.read(atomic(typ), n); err != nil {
		return v, r.fault(n, "%w", err)
	}
	return v, nil
}

func hashWords(first []byte, items []Value) [32]byte {
	buf := append(make([]byte, 0, 32*(len(items)+1)), first...)
	for _, i := range items {
		buf = append(buf, i.Word[:]...)
	}
	return evm.Keccak(buf)
}

// elements reads an array, whose last suffix is its outermost: in uint8[2][]
// each element is a uint8[2].
func (r *reader) elements(typ string, n node, depth int) ([]Value, error) {
	_, sizes, err := splitArray(typ)
	if err != nil {
		return nil, err
	}
	size := sizes[len(sizes)-1]
	if !n.array || size >= 0 && len(n.items) != size {
		return nil, r.fault(n, "%w: an array %s belongs here", ErrValue, clip(typ))
	}
	elem := typ[:strings.LastIndexByte(typ, '[')]
	items := make([]Value, 0, len(n.items))
	for i, e := range n.items {
		v, err := r.at(strconv.Itoa(i), elem, e, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return items, nil
}

// members reads a structure. Each field must be there; a member without a field
// is shown and not signed.
func (r *reader) members(typ string, n node, depth int) ([]Value, error) {
	if !n.isObject() {
		return nil, r.fault(n, "%w: an object %s belongs here", ErrValue, clip(typ))
	}
	var items []Value
	defined := map[string]bool{}
	for _, f := range r.structs[typ] {
		defined[f.Name] = true
		member, ok := n.get(f.Name)
		if !ok {
			return nil, r.fault(n, "%w: field %q is missing", ErrValue, clip(f.Name))
		}
		v, err := r.at(f.Name, f.Type, member, depth+1)
		if err != nil {
			return nil, err
		}
		v.Name = f.Name
		items = append(items, v)
	}
	for i, key := range n.keys {
		if !defined[key] && len(r.undecoded) < evm.MaxActions {
			r.undecoded = append(r.undecoded, evm.Undecoded{
				Offset: int(n.items[i].at), Reason: fmt.Sprintf("%s.%s is shown but not signed: its type has no such field", r.where(), clip(key)),
			})
		}
	}
	return items, nil
}

// read reads an atomic value.
func (v *Value) read(t *atomicType, n node) error {
	switch value := n.value.(type) {
	case bool:
		if t.kind == "bool" {
			v.Text = fmt.Sprint(value)
			if value {
				v.Word[31] = 1
			}
			return nil
		}
	case json.Number:
		if t.kind == "uint" || t.kind == "int" {
			return v.readNumber(t, value.String(), true)
		}
	case string:
		return v.readText(t, value)
	}
	return fmt.Errorf("%w %s", ErrValue, v.Type)
}

func (v *Value) readText(t *atomicType, text string) error {
	switch t.kind {
	case "uint", "int":
		return v.readNumber(t, text, false)
	case "string":
		v.Word, v.Text = evm.Keccak([]byte(text)), text
		return nil
	case "address":
		a, err := evm.ParseAddress(text)
		v.Word, v.Text = a.Word(), a.String()
		return err
	case "bytes", "bytesN":
		b, err := evm.ParseHex(text)
		if err != nil {
			return err
		}
		v.Text = strings.ToLower(text)
		if t.kind == "bytes" {
			v.Word = evm.Keccak(b)
		} else if len(b) == t.size {
			copy(v.Word[:], b)
		} else {
			return fmt.Errorf("%w %s: %d bytes", ErrValue, v.Type, len(b))
		}
		return nil
	}
	return fmt.Errorf("%w %s", ErrValue, v.Type)
}

// maxExact is the largest number that JavaScript keeps exactly (2^53-1): a larger
// one in JSON without quotation marks is hashed differently by other programs.
const maxExact = 1<<53 - 1

// readNumber reads decimal digits, after a minus sign for an int, or 0x and hex
// digits in quoted text.
func (v *Value) readNumber(t *atomicType, text string, bare bool) error {
	digits, negative := strings.CutPrefix(text, "-")
	var n uint256.Int
	var err error
	switch hexDigits, isHex := strings.CutPrefix(digits, "0x"); {
	case negative && t.kind == "uint", digits == "", len(digits) > 80:
		err = ErrValue
	case isHex && (bare || negative):
		err = ErrValue
	case isHex:
		if hexDigits = strings.TrimLeft(hexDigits, "0"); hexDigits == "" && digits != "0x" {
			hexDigits = "0"
		}
		err = n.SetFromHex("0x" + hexDigits)
	case digits != "0" && digits[0] == '0' || strings.Trim(digits, "0123456789") != "" || negative && digits == "0":
		err = ErrValue
	default:
		err = n.SetFromDecimal(digits)
	}
	bits := t.size
	if t.kind == "int" {
		bits--
	}
	// The smallest int has no positive twin.
	var low uint256.Int
	low.Lsh(uint256.NewInt(1), uint(bits))
	switch {
	case err != nil:
		return fmt.Errorf("%w %s: %q", ErrValue, v.Type, clip(text))
	case n.BitLen() > bits && !(negative && n.Eq(&low)):
		return fmt.Errorf("%w %s: %s is outside its range", ErrValue, v.Type, clip(text))
	case bare && n.GtUint64(maxExact):
		return fmt.Errorf("%w %s: %s loses digits in JavaScript; write it as text", ErrValue, v.Type, clip(text))
	}
	v.Text = n.Dec()
	if negative {
		v.Text = "-" + v.Text
		n.Neg(&n)
	}
	v.Word = n.Bytes32()
	return nil
}
