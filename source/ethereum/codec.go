package ethereum

import (
	"encoding/hex"
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
)

// Codec writes an address of 20 bytes as such, and any other name as it is, each
// behind a byte that says which. It implements ledger.Codec.
type Codec struct{}

const (
	keyName    = 0
	keyAddress = 1
)

// Name implements ledger.Codec.
func (Codec) Name() string { return "ethereum" }

// AppendKey implements ledger.Codec.
func (Codec) AppendKey(dst []byte, a ledger.Account) []byte {
	if len(a) == 42 && a[:2] == "0x" && lowerHex(string(a[2:])) {
		dst = append(dst, keyAddress)
		dst, _ = hex.AppendDecode(dst, []byte(a[2:]))
		return dst
	}
	return append(append(dst, keyName), a...)
}

// Account implements ledger.Codec.
func (Codec) Account(key []byte) (ledger.Account, error) {
	switch {
	case len(key) == 21 && key[0] == keyAddress:
		var b [42]byte
		b[0], b[1] = '0', 'x'
		hex.Encode(b[2:], key[1:])
		return ledger.Account(b[:]), nil
	case len(key) > 0 && key[0] == keyName:
		return ledger.Account(key[1:]), nil
	}
	return "", fmt.Errorf("an account key of %d bytes", len(key))
}

// isHex marks the digits of hex in lower case.
var isHex = func() (is [256]bool) {
	for _, c := range "0123456789abcdef" {
		is[c] = true
	}
	return is
}()

func lowerHex[T string | []byte](s T) bool {
	for i := range len(s) {
		if !isHex[s[i]] {
			return false
		}
	}
	return true
}
