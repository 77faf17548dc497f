package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"golang.org/x/crypto/sha3"
)

// key is the key of an account that the node does not hold.
type key struct {
	secret  *btcec.PrivateKey
	address string
}

// keyOf makes a key of a number, the same each time.
func keyOf(n byte) key {
	secret, public := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{n}, 32))
	return key{secret, "0x" + hex.EncodeToString(keccak(public.SerializeUncompressed()[1:])[12:])}
}

func keccak(text []byte) []byte {
	h := sha3.NewLegacyKeccak256()
	h.Write(text)
	return h.Sum(nil)
}

// sign gives y's parity, r and s.
func (k key) sign(hash []byte) []any {
	s := ecdsa.SignCompact(k.secret, hash, false) // 27 + parity, r, s
	return []any{uint64(s[0] - 27), new(big.Int).SetBytes(s[1:33]), new(big.Int).SetBytes(s[33:])}
}

// typed signs the fields of a transaction with a type (EIP-2718): the byte of the
// type before the list, in what is signed and in what is sent.
func (k key) typed(kind byte, fields []any) (signed []any) {
	return append(fields[:len(fields):len(fields)], k.sign(keccak(append([]byte{kind}, rlp(fields)...)))...)
}

// old signs the fields of a transaction without a type, for one chain (EIP-155).
func (k key) old(chain uint64, fields []any) []byte {
	s := k.sign(keccak(rlp(append(fields[:len(fields):len(fields)], chain, uint64(0), uint64(0)))))
	return rlp(append(fields[:len(fields):len(fields)], 35+2*chain+s[0].(uint64), s[1], s[2]))
}

// raw is a transaction with a type, as it is sent.
func raw(kind byte, content []any) []byte { return append([]byte{kind}, rlp(content)...) }

// unhex reads hex with or without 0x.
func unhex(text string) []byte {
	out, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil {
		panic(err) // a constant of these tests
	}
	return out
}

// rlp writes numbers, bytes and lists of them (Yellow Paper, appendix B).
func rlp(v any) []byte {
	switch v := v.(type) {
	case uint64:
		return rlp(new(big.Int).SetUint64(v))
	case *big.Int:
		return rlp(v.Bytes())
	case []byte:
		if len(v) == 1 && v[0] < 0x80 {
			return v
		}
		return append(length(0x80, len(v)), v...)
	case []any:
		var all []byte
		for _, x := range v {
			all = append(all, rlp(x)...)
		}
		return append(length(0xc0, len(all)), all...)
	}
	panic("not a number, bytes or a list")
}

// length is the head of an item: its kind and how long it is.
func length(kind byte, n int) []byte {
	if n < 56 {
		return []byte{kind + byte(n)}
	}
	digits := bytes.TrimLeft(binary.BigEndian.AppendUint64(nil, uint64(n)), "\x00")
	return append([]byte{kind + 55 + byte(len(digits))}, digits...)
}
