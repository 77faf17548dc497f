package evm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/holiman/uint256"
)

// errABI marks arguments that cannot be read at all. Its text is the reason that
// the caller sees.
var errABI = errors.New("arguments")

// Arg is one decoded argument of a call.
type Arg struct {
	// Name and Type are as in the function's signature.
	Name, Type string
	// Word holds a value of fixed size as it stands in the bytes.
	Word [32]byte
	// Bytes holds a value of type bytes or string.
	Bytes []byte
	// Offset is where Bytes begin in the call's data.
	Offset int
	// Items holds the elements of an array or the members of a tuple.
	Items []Arg
}

// Address returns the low 20 bytes of the word.
func (a Arg) Address() Address { return Address(a.Word[12:]) }

// Uint returns the word as a number of 256 bits.
func (a Arg) Uint() (n uint256.Int) {
	n.SetBytes32(a.Word[:])
	return n
}

// Bool reports whether the word is not zero.
func (a Arg) Bool() bool { return a.Word != [32]byte{} }

// abiType is a parsed type of the contract ABI.
type abiType struct {
	name, text string
	// base is uint, bytesN, address, bool, bytes, string, tuple or array.
	base string
	// size is the bits of a uint or the bytes of a bytesN.
	size    int
	members []abiType // of a tuple; the one element of an array
}

func (t abiType) dynamic() bool {
	switch t.base {
	case "bytes", "string", "array":
		return true
	case "tuple":
		for _, m := range t.members {
			if m.dynamic() {
				return true
			}
		}
	}
	return false
}

// headWords counts the words that the type takes where it stands: one for the
// offset of a dynamic type.
func (t abiType) headWords() int {
	if t.dynamic() || t.base != "tuple" {
		return 1
	}
	n := 0
	for _, m := range t.members {
		n += m.headWords()
	}
	return n
}

// parseParams reads "address to,uint256 amount" or nested "(uint8 a,bytes b)[] c".
// It serves the tables of this package and panics on a fault in them.
func parseParams(list string) (types []abiType) {
	depth, start := 0, 0
	for i := 0; i <= len(list); i++ {
		if i < len(list) && list[i] != ',' || depth > 0 && i < len(list) {
			depth += strings.Count(list[i:i+1], "(") - strings.Count(list[i:i+1], ")")
			continue
		}
		if part := list[start:i]; part != "" {
			text, name := part, ""
			if k := strings.LastIndexAny(part, " )"); k >= 0 && part[k] == ' ' {
				text, name = part[:k], part[k+1:]
			}
			t := parseType(text)
			t.name = name
			types = append(types, t)
		}
		start = i + 1
	}
	return types
}

func parseType(text string) abiType {
	if elem, ok := strings.CutSuffix(text, "[]"); ok {
		e := parseType(elem)
		return abiType{base: "array", text: e.text + "[]", members: []abiType{e}}
	}
	if inner, ok := strings.CutPrefix(text, "("); ok {
		t := abiType{base: "tuple", members: parseParams(strings.TrimSuffix(inner, ")"))}
		t.text = "(" + typeTexts(t.members) + ")"
		return t
	}
	number := func(prefix string) int {
		n, err := strconv.Atoi(strings.TrimPrefix(text, prefix))
		if err != nil {
			panic("evm: type " + text + " in a table")
		}
		return n
	}
	switch {
	case text == "address" || text == "bool" || text == "bytes" || text == "string":
		return abiType{base: text, text: text}
	case strings.HasPrefix(text, "uint"):
		return abiType{base: "uint", text: text, size: number("uint")}
	case strings.HasPrefix(text, "bytes"):
		return abiType{base: "bytesN", text: text, size: number("bytes")}
	}
	panic("evm: type " + text + " in a table")
}

func typeTexts(types []abiType) string {
	var texts []string
	for _, t := range types {
		texts = append(texts, t.text)
	}
	return strings.Join(texts, ",")
}

// decodeArgs reads the arguments of a call strictly. Faults that leave the
// values readable (dirty bits, padding, unread bytes) come back in faults; an
// error means that the values could not be read. Each word may be read once, so
// overlapping offsets are an error, and the work is linear in the data.
func decodeArgs(types []abiType, data []byte) (args []Arg, faults []Undecoded, err error) {
	d := abiReader{data: data, read: make([]bool, len(data)/32)}
	args, err = d.tuple(types, 0)
	if err != nil {
		return nil, nil, err
	}
	for i := 0; i < len(d.read); i++ {
		if d.read[i] {
			continue
		}
		from := i
		for i < len(d.read) && !d.read[i] {
			i++
		}
		d.fault(from*32, (i-from)*32, "bytes that no argument refers to")
	}
	if n := len(data) % 32; n > 0 && !d.unpadded {
		d.fault(len(data)-n, n, "trailing bytes after the last whole word")
	}
	return args, d.faults, nil
}

type abiReader struct {
	data   []byte
	read   []bool // per word
	faults []Undecoded
	// unpadded is set when the bytes after the last whole word belong to a value.
	unpadded bool
}

func (d *abiReader) fault(offset, length int, reason string) {
	d.faults = append(d.faults, Undecoded{Offset: offset, Length: length, Reason: reason})
}

// word reads the word at a byte offset, which must be a multiple of 32 and not
// read before.
func (d *abiReader) word(at int) (w [32]byte, err error) {
	if at+32 > len(d.data) {
		return w, fmt.Errorf("%w end at byte %d, before the word at %d", errABI, len(d.data), at)
	}
	if d.read[at/32] {
		return w, fmt.Errorf("%w overlap: the word at byte %d is used twice", errABI, at)
	}
	d.read[at/32] = true
	return [32]byte(d.data[at:]), nil
}

// tuple reads values whose heads start at base, to which their offsets refer.
func (d *abiReader) tuple(types []abiType, base int) ([]Arg, error) {
	var args []Arg
	at := base
	for _, t := range types {
		arg, err := d.value(t, base, at)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		at += 32 * t.headWords()
	}
	return args, nil
}

// value reads one value whose head is at byte at.
func (d *abiReader) value(t abiType, base, at int) (a Arg, err error) {
	a.Name, a.Type = t.name, t.text
	if !t.dynamic() {
		if t.base == "tuple" {
			a.Items, err = d.tuple(t.members, at)
			return a, err
		}
		if a.Word, err = d.word(at); err == nil {
			d.checkWord(t, a.Word, at)
		}
		return a, err
	}
	start, err := d.offset(base, at)
	if err != nil {
		return a, err
	}
	switch t.base {
	case "tuple":
		a.Items, err = d.tuple(t.members, start)
	case "array":
		a.Items, err = d.array(t.members[0], start)
	default:
		a.Bytes, err = d.bytes(start)
		a.Offset = 4 + start + 32
	}
	return a, err
}

// offset reads an offset at byte at and returns the absolute place it names.
func (d *abiReader) offset(base, at int) (int, error) {
	w, err := d.word(at)
	if err != nil {
		return 0, err
	}
	n, ok := small(w, len(d.data))
	if !ok || base+n+32 > len(d.data) {
		return 0, fmt.Errorf("%w: the offset at byte %d points outside the data", errABI, at)
	}
	if n%32 != 0 {
		return 0, fmt.Errorf("%w: the offset at byte %d is not a multiple of 32", errABI, at)
	}
	return base + n, nil
}

func (d *abiReader) array(elem abiType, start int) ([]Arg, error) {
	w, err := d.word(start)
	if err != nil {
		return nil, err
	}
	n, ok := small(w, (len(d.data)-start-32)/(32*max(1, elem.headWords())))
	if !ok {
		return nil, fmt.Errorf("%w: the array at byte %d is longer than the data", errABI, start)
	}
	types := make([]abiType, n)
	for i := range types {
		types[i] = elem
	}
	return d.tuple(types, start+32)
}

func (d *abiReader) bytes(start int) ([]byte, error) {
	w, err := d.word(start)
	if err != nil {
		return nil, err
	}
	from := start + 32
	n, ok := small(w, len(d.data)-from)
	if !ok {
		return nil, fmt.Errorf("%w: the bytes at byte %d are longer than the data", errABI, start)
	}
	for at := from; at < from+n; at += 32 {
		if at+32 > len(d.data) {
			d.unpadded = true
			d.fault(at, len(d.data)-at, "bytes without padding to a whole word")
			break
		}
		if _, err := d.word(at); err != nil {
			return nil, err
		}
	}
	for _, c := range d.data[from+n : min(len(d.data), from+(n+31)/32*32)] {
		if c != 0 {
			d.fault(from+n, (32-n%32)%32, "padding that is not zero")
			break
		}
	}
	return d.data[from : from+n : from+n], nil
}

// checkWord notes bits that the type does not have.
func (d *abiReader) checkWord(t abiType, w [32]byte, at int) {
	zero := func(b []byte) bool { return strings.Trim(string(b), "\x00") == "" }
	switch t.base {
	case "address":
		if !zero(w[:12]) {
			d.fault(at, 12, "dirty high bytes of an address")
		}
	case "uint":
		if n := 32 - t.size/8; !zero(w[:n]) {
			d.fault(at, n, "number outside "+t.text)
		}
	case "bool":
		if !zero(w[:31]) || w[31] > 1 {
			d.fault(at, 32, "bool that is neither 0 nor 1")
		}
	case "bytesN":
		if !zero(w[t.size:]) {
			d.fault(at+t.size, 32-t.size, "dirty low bytes of "+t.text)
		}
	}
}

// small returns the word as an int if it is at most limit.
func small(w [32]byte, limit int) (int, bool) {
	var n uint256.Int
	n.SetBytes32(w[:])
	if limit < 0 || !n.IsUint64() || n.Uint64() > uint64(limit) {
		return 0, false
	}
	return int(n.Uint64()), true
}
