package bitcoin_test

import (
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// TestSiblings: the key of BIP 49's test vector as P2PKH, P2WPKH and wrapped;
// types of script have kinds of their own.
func TestSiblings(t *testing.T) {
	n := bitcoin.Testnet3
	c := bitcoin.NewCodec(n)
	hash := []byte("\x38\x97\x1f\x73\x93\x0f\x6c\x14\x1d\x97\x7a\xc4\xfd\x4a\x72\x7c\x85\x49\x35\xb3")
	pkh, wpkh := append([]byte{byte(bitcoin.PubKeyHash)}, hash...), append([]byte{byte(bitcoin.WitnessPubKeyHash)}, hash...)
	wrapped := c.AppendKey(nil, ledger.Account("2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2"))
	for _, x := range []struct {
		key  []byte
		want [][]byte
	}{{pkh, [][]byte{wpkh, wrapped}}, {wpkh, [][]byte{pkh, wrapped}}, {wrapped, nil}, {nil, nil}} {
		got := c.Siblings(x.key)
		if len(got) != len(x.want) {
			t.Fatalf("siblings of %x: %x", x.key, got)
		}
		for i := range got {
			if string(got[i]) != string(x.want[i]) {
				t.Errorf("sibling %d of %x: %x, want %x", i, x.key, got[i], x.want[i])
			}
		}
	}
	data := c.AppendKey(nil, "script:6a0568656c6c6f")
	if c.Kind(data) != 1 || c.Kind(pkh) < 2 || c.Kind(pkh) == c.Kind(wpkh) || c.Kind(nil) != 0 {
		t.Errorf("kinds: data %d, P2PKH %d, P2WPKH %d", c.Kind(data), c.Kind(pkh), c.Kind(wpkh))
	}
}
