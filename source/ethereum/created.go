package ethereum

import (
	"encoding/hex"
	"math/bits"

	"golang.org/x/crypto/sha3"

	"github.com/coldtrail/coldtrail/ledger"
)

// created is the address of the contract that an account's transaction with a
// nonce makes: the last 20 bytes of Keccak-256 of RLP([sender, nonce]) (Yellow
// Paper, section 7).
func created(sender ledger.Account, nonce uint64) ledger.Account {
	from, _ := hex.DecodeString(string(sender[2:]))
	n := (bits.Len64(nonce) + 7) / 8
	var number []byte
	switch {
	case nonce == 0:
		number = []byte{0x80}
	case nonce < 0x80:
		number = []byte{byte(nonce)}
	default:
		number = append(number, 0x80+byte(n))
		for i := n - 1; i >= 0; i-- {
			number = append(number, byte(nonce>>(8*i)))
		}
	}
	list := append(append([]byte{0x80 + 20}, from...), number...)
	h := sha3.NewLegacyKeccak256()
	h.Write(append([]byte{0xc0 + byte(len(list))}, list...))
	return ledger.Account("0x" + hex.EncodeToString(h.Sum(nil)[12:]))
}

func mul64(a, b uint64) (hi, lo uint64) { return bits.Mul64(a, b) }
