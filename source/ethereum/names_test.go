package ethereum

import (
	"bytes"
	"fmt"
	"testing"
)

// TestNames: what names gives is what it was asked for, also when addresses take
// each other's place, and it gives nothing that is not in canonical form.
func TestNames(t *testing.T) {
	n := &names{}
	ask := func(text string) {
		b := []byte(text)
		a, ok := n.address(b)
		copy(b, "overwritten") // the caller's bytes are not kept
		if !ok || string(a) != text {
			t.Fatalf("%s: %q, %v", text, a, ok)
		}
	}
	for round := range 3 {
		for i := range 20_000 {
			ask(fmt.Sprintf("0x%032x%08x", i*7, i*2654435761%(1<<32)))
			ask(fmt.Sprintf("0x%032x%08x", i, round)) // one place for all
		}
	}
	for _, bad := range []string{"", "0x", "0X0000000000000000000000000000000000000001", "0x000000000000000000000000000000000000000A", "0x000000000000000000000000000000000000000g", "0x00000000000000000000000000000000000000001", "1x0000000000000000000000000000000000000001"} {
		if a, ok := n.address([]byte(bad)); ok {
			t.Errorf("address %q is read as %q", bad, a)
		}
	}
	var kept []string
	for i := range 1000 {
		h, ok := n.hash(fmt.Appendf(nil, "0x%064x", i/2))
		if !ok {
			t.Fatal(i)
		}
		kept = append(kept, h)
	}
	for i, h := range kept {
		if h != fmt.Sprintf("0x%064x", i/2) {
			t.Fatalf("hash %d has become %s", i/2, h)
		}
	}
	for _, bad := range [][]byte{nil, bytes.Repeat([]byte("0"), 66), fmt.Appendf(nil, "0x%064X", 10), fmt.Appendf(nil, "0x%063x", 10)} {
		if h, ok := n.hash(bad); ok {
			t.Errorf("hash %q is read as %q", bad, h)
		}
	}
}
