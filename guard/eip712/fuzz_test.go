package eip712

import (
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// FuzzParse: no document makes the reader panic, and the digest of what it takes
// is that of the two hashes it gives.
func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add([]byte(v.Document))
	}
	f.Add([]byte(example))
	f.Add([]byte(small("int8[2][]", "[[1,-2]]")))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			if d != nil {
				t.Fatal("an error and a document")
			}
			return
		}
		if d.Digest != evm.TypedDigest(d.DomainSeparator, d.MessageHash) {
			t.Fatal("digest")
		}
		if !strings.HasPrefix(d.TypeText, d.PrimaryType+"(") || d.Complete() && d.Known == "" {
			t.Fatalf("%+v", d)
		}
	})
}
