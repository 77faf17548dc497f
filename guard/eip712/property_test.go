package eip712

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// TestOneByte changes one byte of a document: it is refused, or another digest
// comes out, or something is undecoded, or the JSON is the same but for white
// space.
func TestOneByte(t *testing.T) {
	var permits [][]byte
	for _, v := range vectors(t) {
		if d, err := Parse(v.Document); err == nil && d.Complete() {
			permits = append(permits, v.Document)
		}
	}
	if len(permits) != 6 {
		t.Fatalf("%d complete documents", len(permits))
	}
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SampledFrom(permits).Draw(t, "document")
		before, err := Parse(whole)
		if err != nil {
			t.Fatal(err)
		}
		changed := append(json.RawMessage{}, whole...)
		i := rapid.IntRange(0, len(changed)-1).Draw(t, "place")
		changed[i] = rapid.Byte().Draw(t, "byte")
		after, err := Parse(changed)
		if err != nil || !after.Complete() || after.Digest != before.Digest {
			return
		}
		if same(whole, changed) {
			return
		}
		t.Fatalf("byte %d: %q and %q are signed alike", i, whole, changed)
	})
}

// same reports whether two documents hold the same values: hex digits count the
// same in either case, and white space does not count.
func same(a, b []byte) bool {
	strip := func(data []byte) (out []byte) {
		for _, c := range data {
			switch {
			case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			case c >= 'A' && c <= 'F':
				out = append(out, c+'a'-'A')
			default:
				out = append(out, c)
			}
		}
		return out
	}
	return string(strip(a)) == string(strip(b))
}
