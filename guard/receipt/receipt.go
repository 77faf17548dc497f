// Package receipt keeps what a guard answered, so that nobody can change it later
// without being found out.
//
// In goes the JSON of a verdict. It is written in one canonical form (RFC 8785),
// hashed into a chain, signed (Ed25519, a signed note of golang.org/x/mod) and
// appended to a file that is flushed to the disk before the answer goes out. Out
// come receipts, and the findings of whoever checks the file. The key signs
// receipts and nothing else; the package never sees a payload's secrets, since
// there are none.
package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/note"
)

// Format is the name in the first line of every signed text.
const Format = "coldtrail guard receipt v1"

// Zero stands for the receipt before the first one.
const Zero = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

// Errors of reading and checking.
var (
	// ErrReceipt marks a receipt that is not whole.
	ErrReceipt = errors.New("not a receipt")
	// ErrChain marks a log in which a receipt was changed, removed or put in.
	ErrChain = errors.New("the chain of receipts is broken")
)

// Receipt is one answer, as it stands in the log.
type Receipt struct {
	// Seq counts from 1.
	Seq uint64 `json:"seq"`
	// Prev is the hash of the receipt before.
	Prev string `json:"prev"`
	// Body is the verdict in canonical JSON.
	Body json.RawMessage `json:"body"`
	// Note is the signed text: format, number, hash of the one before, hash of the
	// body, and the signature.
	Note string `json:"note"`
}

// ID is the hash of the signed text, by which the next receipt names this one.
func (r *Receipt) ID() string { return hash([]byte(r.Note)) }

// KeyID is the name of the key that signed.
func (r *Receipt) KeyID() string {
	_, tail, _ := strings.Cut(r.Note, "\n\n")
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(tail), "— "), " ")
	return name
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func signedText(seq uint64, prev string, body []byte) string {
	return fmt.Sprintf("%s\n%d\n%s\n%s\n", Format, seq, prev, hash(body))
}

// Make makes and signs a receipt of a body, which is brought into canonical form.
func Make(seq uint64, prev string, body []byte, key note.Signer) (*Receipt, error) {
	text, err := Canonical(body)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: signedText(seq, prev, text)}, key)
	if err != nil {
		return nil, fmt.Errorf("signing receipt %d: %w", seq, err)
	}
	return &Receipt{Seq: seq, Prev: prev, Body: text, Note: string(signed)}, nil
}

// Verify checks a receipt by itself: form, body, signature. The error wraps
// ErrReceipt.
func (r *Receipt) Verify(key note.Verifier) error {
	text, err := Canonical(r.Body)
	if err != nil || !bytes.Equal(text, r.Body) {
		return fmt.Errorf("%w: %d: its body is not in canonical form", ErrReceipt, r.Seq)
	}
	n, err := note.Open([]byte(r.Note), note.VerifierList(key))
	if err != nil {
		return fmt.Errorf("%w: %d: %w", ErrReceipt, r.Seq, err)
	}
	if n.Text != signedText(r.Seq, r.Prev, r.Body) {
		return fmt.Errorf("%w: %d: the signed text is not about this body", ErrReceipt, r.Seq)
	}
	if r.Note != n.Text+"\n"+signatureLine(n.Sigs[0]) {
		return fmt.Errorf("%w: %d: its signature is not in the bytes in which it was written", ErrReceipt, r.Seq)
	}
	return nil
}

// signatureLine writes a signature as note.Sign does. Base64 has several texts for
// the same bytes, and a note may carry further signatures; here one form counts.
func signatureLine(s note.Signature) string {
	sig, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil {
		return ""
	}
	return "— " + s.Name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

// VerifyAny checks a receipt against the one of several keys that it names.
func (r *Receipt) VerifyAny(keys []note.Verifier) error {
	for _, k := range keys {
		if k.Name() == r.KeyID() {
			return r.Verify(k)
		}
	}
	return fmt.Errorf("%w: %d: it is signed by %q, whose key is not known here", ErrReceipt, r.Seq, r.KeyID())
}

// Line is the receipt as it stands in the log, with its line end. The body is
// written as it was hashed: Go's usual escapes of <, > and & would change it.
func (r *Receipt) Line() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Parse reads one receipt: a line of the log, with or without its end. A line
// that says the same in other bytes is refused, since one that is not exactly what
// was written was touched.
func Parse(line []byte) (*Receipt, error) {
	var r Receipt
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	written, err := r.Line()
	if err != nil || !bytes.Equal(bytes.TrimSuffix(line, []byte("\n")), bytes.TrimSuffix(written, []byte("\n"))) {
		return nil, fmt.Errorf("%w: it is not in the bytes in which receipts are written", ErrReceipt)
	}
	return &r, nil
}

// Canonical writes JSON in the one form of RFC 8785: keys in order of their
// UTF-16, no blanks, the shortest escapes. Numbers must be integers of at most 53
// bits, which is all that verdicts hold; others are errors, never rounded.
func Canonical(text []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("canonical JSON: something follows the value")
	}
	return appendValue(nil, v)
}

func appendValue(b []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendString(b, v), nil
	case json.Number:
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil || n > 1<<53-1 || n < -(1<<53-1) || string(v) == "-0" {
			return nil, fmt.Errorf("canonical JSON: number %s is not an integer of 53 bits", v)
		}
		return strconv.AppendInt(b, n, 10), nil
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendValue(b, item); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case map[string]any:
		return appendObject(b, v)
	}
	return nil, fmt.Errorf("canonical JSON: a value of type %T", v)
}

func appendObject(b []byte, v map[string]any) ([]byte, error) {
	b = append(b, '{')
	for i, k := range sortedKeys(v) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, k), ':')
		var err error
		if b, err = appendValue(b, v[k]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= 0x20:
			b = append(b, string(r)...)
		default:
			if i := strings.IndexRune("\b\t\n\f\r", r); i >= 0 {
				b = append(b, '\\', "btnfr"[i])
			} else {
				b = fmt.Appendf(b, "\\u%04x", r)
			}
		}
	}
	return append(b, '"')
}

// sortedKeys sorts by UTF-16 code units, as RFC 8785 says.
func sortedKeys(v map[string]any) []string {
	type entry struct {
		key   string
		units []uint16
	}
	all := make([]entry, 0, len(v))
	for k := range v {
		all = append(all, entry{k, utf16.Encode([]rune(k))})
	}
	slices.SortFunc(all, func(a, b entry) int { return slices.Compare(a.units, b.units) })
	keys := make([]string, len(all))
	for i, e := range all {
		keys[i] = e.key
	}
	return keys
}
