package eip712

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// ErrType marks a type that is not defined, or a definition that is not one of
// EIP-712.
var ErrType = errors.New("not a type of EIP-712")

// Field is a member of a structure.
type Field struct{ Name, Type string }

// schema holds the definitions of structures and their hashes.
type schema struct {
	structs map[string][]Field
	hashes  map[string]evm.Hash
}

// identifier is what Solidity takes as a name.
var identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

func isName(text string) bool { return len(text) <= MaxName && identifier.MatchString(text) }

// readTypes reads the "types" of a document: name to list of {name, type}.
func readTypes(n node) (*schema, error) {
	if !n.isObject() {
		return nil, fmt.Errorf("%w: types is not an object", ErrType)
	}
	if len(n.keys) > MaxTypes {
		return nil, fmt.Errorf("%w: %d types, more than %d", ErrType, len(n.keys), MaxTypes)
	}
	s := &schema{structs: map[string][]Field{}, hashes: map[string]evm.Hash{}}
	size := 0
	for i, name := range n.keys {
		if !isName(name) || atomic(name) != nil {
			return nil, fmt.Errorf("%w: %q cannot name a structure", ErrType, clip(name))
		}
		fields, err := readFields(name, n.items[i])
		if err != nil {
			return nil, err
		}
		s.structs[name] = fields
		for _, f := range fields {
			size += len(f.Name) + len(f.Type) + 2
		}
		if size += len(name) + 2; size > MaxTypeText {
			return nil, fmt.Errorf("%w: definitions longer than %d bytes", ErrType, MaxTypeText)
		}
	}
	for _, name := range n.keys {
		for _, f := range s.structs[name] {
			base, _, err := splitArray(f.Type)
			if err == nil && atomic(base) == nil && s.structs[base] == nil {
				err = fmt.Errorf("%w: unknown type %q", ErrType, clip(f.Type))
			}
			if err != nil {
				return nil, fmt.Errorf("%s.%s: %w", clip(name), clip(f.Name), err)
			}
		}
	}
	return s, nil
}

func readFields(of string, n node) ([]Field, error) {
	if !n.array {
		return nil, fmt.Errorf("%w: %s is not a list of fields", ErrType, of)
	}
	fields := []Field{}
	seen := map[string]bool{}
	for _, item := range n.items {
		name, ok1 := item.get("name")
		typ, ok2 := item.get("type")
		f := Field{}
		f.Name, _ = name.value.(string)
		f.Type, _ = typ.value.(string)
		if !ok1 || !ok2 || len(item.keys) != 2 || !isName(f.Name) {
			return nil, fmt.Errorf("%w: byte %d: a field of %s needs a name and a type, and nothing else", ErrType, item.at, of)
		}
		if seen[f.Name] {
			return nil, fmt.Errorf("%w: %s has two fields %q", ErrType, of, f.Name)
		}
		seen[f.Name] = true
		fields = append(fields, f)
	}
	return fields, nil
}

// splitArray cuts a type into its base and the sizes of its array suffixes, of
// which -1 stands for "[]".
func splitArray(typ string) (base string, sizes []int, err error) {
	base, rest, found := strings.Cut(typ, "[")
	for found {
		var digits string
		digits, rest, found = strings.Cut(rest, "]")
		n := -1
		if digits != "" {
			if n, err = strconv.Atoi(digits); err != nil || n < 1 || strconv.Itoa(n) != digits {
				found = false
			}
		}
		if !found || rest != "" && rest[0] != '[' {
			return "", nil, fmt.Errorf("%w: %q", ErrType, clip(typ))
		}
		if sizes = append(sizes, n); len(sizes) > MaxDepth {
			return "", nil, fmt.Errorf("%w: %q is nested more than %d deep", ErrType, clip(typ), MaxDepth)
		}
		rest, found = strings.CutPrefix(rest, "[")
	}
	return base, sizes, nil
}

// atomicType is a type that is no structure.
type atomicType struct {
	kind string // uint, int, bytesN, address, bool, bytes, string
	size int    // bits of a number, bytes of bytesN
}

// atomic returns the type of that name, nil if there is none. The short names
// uint and int are not types of EIP-712.
func atomic(name string) *atomicType {
	switch name {
	case "address", "bool", "bytes", "string":
		return &atomicType{kind: name}
	}
	for prefix, limits := range map[string][2]int{"uint": {8, 256}, "int": {8, 256}, "bytes": {1, 32}} {
		digits, ok := strings.CutPrefix(name, prefix)
		n, err := strconv.Atoi(digits)
		if !ok || err != nil || strconv.Itoa(n) != digits || n < limits[0] || n > limits[1] {
			continue
		}
		if prefix == "bytes" {
			return &atomicType{kind: "bytesN", size: n}
		}
		if n%8 == 0 {
			return &atomicType{kind: prefix, size: n}
		}
	}
	return nil
}

// encodeType writes a structure's definition and those that it needs, which
// follow in the order of their names.
func (s *schema) encodeType(name string) string {
	needed := map[string]bool{}
	s.collect(name, needed)
	delete(needed, name)
	var others []string
	for other := range needed {
		others = append(others, other)
	}
	slices.Sort(others)
	var b strings.Builder
	for _, one := range append([]string{name}, others...) {
		b.WriteString(one + "(")
		for i, f := range s.structs[one] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(f.Type + " " + f.Name)
		}
		b.WriteByte(')')
	}
	return b.String()
}

func (s *schema) collect(name string, needed map[string]bool) {
	if needed[name] || s.structs[name] == nil {
		return
	}
	needed[name] = true
	for _, f := range s.structs[name] {
		base, _, _ := strings.Cut(f.Type, "[")
		s.collect(base, needed)
	}
}

func (s *schema) typeHash(name string) evm.Hash {
	h, ok := s.hashes[name]
	if !ok {
		h = evm.Keccak([]byte(s.encodeType(name)))
		s.hashes[name] = h
	}
	return h
}
