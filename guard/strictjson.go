package guard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ErrJSON marks text that is not JSON, or JSON that two programs could read in
// two ways.
var ErrJSON = errors.New("not strict JSON")

// StrictJSON checks a document before it is read: one value, UTF-8, no key twice
// in an object (nor twice but for case, which Go's reader would join, so keys are
// ASCII), nesting of at most depth. Under the key deep of the outermost object
// twice the depth is allowed and keys are free, since typed data has its own rules
// and its own reader. Errors wrap ErrJSON and name the byte.
func StrictJSON(data []byte, depth int, deep string) error {
	if !utf8.Valid(data) {
		return fmt.Errorf("%w: not UTF-8", ErrJSON)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	s := &scan{dec: dec, depth: depth, deep: deep}
	if err := s.value(0, false); err != nil {
		return fmt.Errorf("%w: byte %d: %w", ErrJSON, dec.InputOffset(), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: byte %d: something follows the value", ErrJSON, dec.InputOffset())
	}
	return nil
}

type scan struct {
	dec   *json.Decoder
	depth int
	deep  string
}

func (s *scan) value(level int, deeper bool) error {
	t, err := s.dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	d, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	limit := s.depth
	if deeper {
		limit *= 2
	}
	if level++; level > limit {
		return fmt.Errorf("nested deeper than %d", limit)
	}
	seen := map[string]bool{}
	for s.dec.More() {
		under := deeper
		if d == '{' {
			t, err := s.dec.Token()
			if err != nil {
				return err
			}
			name := t.(string)
			folded := name
			if !deeper {
				if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
					return fmt.Errorf("key %q is not ASCII", clip(name))
				}
				folded = strings.ToLower(name)
			}
			if seen[folded] {
				return fmt.Errorf("key %q stands twice", clip(name))
			}
			seen[folded] = true
			under = under || level == 1 && name == s.deep
		}
		if err := s.value(level, under); err != nil {
			return err
		}
	}
	_, err = s.dec.Token()
	return err
}
