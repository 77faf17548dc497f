package eip712

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits of a document.
const (
	// MaxDocument is its greatest length in bytes.
	MaxDocument = 1 << 20
	// MaxDepth is the deepest nesting of structures and arrays in the message.
	MaxDepth = 8
	// MaxTypes and MaxTypeText bound the definitions: their count, and the length
	// of their text.
	MaxTypes    = 100
	MaxTypeText = 1 << 16
	// MaxName is the longest name of a type or field.
	MaxName = 256
	// maxJSONDepth leaves room for the document around the message.
	maxJSONDepth = MaxDepth + 4
)

// ErrJSON marks a document that is not JSON, or JSON that programs read in
// different ways.
var ErrJSON = errors.New("not strict JSON")

// node is a value of JSON with its place.
type node struct {
	at    int64    // byte after the value's first token
	value any      // string, json.Number, bool, nil; or what follows
	keys  []string // of an object, in order
	place map[string]int
	items []node // of an object or array
	array bool
}

func (n node) isObject() bool { return n.place != nil }

// get returns the member of that name.
func (n node) get(key string) (node, bool) {
	i, ok := n.place[key]
	if !ok {
		return node{}, false
	}
	return n.items[i], true
}

// readJSON reads one value and nothing after it.
func readJSON(data []byte) (node, error) {
	if len(data) > MaxDocument {
		return node{}, fmt.Errorf("%w: %d bytes, more than %d", ErrJSON, len(data), MaxDocument)
	}
	if !utf8.Valid(data) {
		return node{}, fmt.Errorf("%w: not UTF-8", ErrJSON)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := readNode(dec, 0)
	if err != nil {
		return node{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return node{}, fmt.Errorf("%w: byte %d: something follows the document", ErrJSON, dec.InputOffset())
	}
	return n, nil
}

func readNode(dec *json.Decoder, depth int) (node, error) {
	token, err := dec.Token()
	n := node{at: dec.InputOffset()}
	if err != nil {
		return n, fmt.Errorf("%w: byte %d: %v", ErrJSON, n.at, err)
	}
	if depth > maxJSONDepth {
		return n, fmt.Errorf("%w: byte %d: nested more than %d deep", ErrJSON, n.at, maxJSONDepth)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		n.value = token
		return n, n.checkText()
	}
	if delim == '[' {
		n.array = true
	} else {
		n.place = map[string]int{}
	}
	for dec.More() {
		if !n.array {
			key, err := readNode(dec, depth)
			if err != nil {
				return n, err
			}
			name := key.value.(string) // the decoder takes no other key
			if _, twice := n.place[name]; twice {
				return n, fmt.Errorf("%w: byte %d: key %q stands twice", ErrJSON, key.at, clip(name))
			}
			n.place[name] = len(n.keys)
			n.keys = append(n.keys, name)
		}
		item, err := readNode(dec, depth+1)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, item)
	}
	if _, err := dec.Token(); err != nil {
		return n, fmt.Errorf("%w: byte %d: %v", ErrJSON, dec.InputOffset(), err)
	}
	return n, nil
}

// checkText refuses the character that stands for broken text: an escape that is
// half a pair becomes it here and may become something else elsewhere.
func (n node) checkText() error {
	if s, ok := n.value.(string); ok && strings.ContainsRune(s, utf8.RuneError) {
		return fmt.Errorf("%w: byte %d: text with a broken character", ErrJSON, n.at)
	}
	return nil
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:77] + "..."
	}
	return s
}
