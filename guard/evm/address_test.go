package evm

import (
	"errors"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"pgregory.net/rapid"
)

// TestEIP55 holds the four addresses in the text of EIP-55.
func TestEIP55(t *testing.T) {
	for _, text := range []string{
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	} {
		a, err := ParseAddress(text)
		if err != nil || a.String() != text {
			t.Errorf("%s: %s, %v", text, a, err)
		}
		for _, plain := range []string{strings.ToLower(text), "0x" + strings.ToUpper(text[2:])} {
			if b, err := ParseAddress(plain); err != nil || b != a {
				t.Errorf("%s: %v", plain, err)
			}
		}
		// One letter in the other case.
		i := strings.IndexAny(text, "abcdef")
		wrong := text[:i] + strings.ToUpper(text[i:i+1]) + text[i+1:]
		if _, err := ParseAddress(wrong); !errors.Is(err, ErrChecksum) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	for _, text := range []string{"", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg"} {
		if _, err := ParseAddress(text); !errors.Is(err, ErrHex) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestRecover signs with random keys and recovers them, in both forms of s.
func TestRecover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		digest := Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
		seed[0] &= 0x7f
		seed[31] |= 1
		key := secp256k1.PrivKeyFromBytes(seed[:])
		want := addressOf(key.PubKey())
		compact := ecdsa.SignCompact(key, digest[:], false)
		sig := Signature{R: Hash(compact[1:33]), S: Hash(compact[33:]), Parity: compact[0] - 27}
		if sig.Parity > 1 {
			t.Skip("r above the order: one in 2^128")
		}
		if got, err := Recover(digest, sig); err != nil || got != want {
			t.Fatalf("%s, %v, want %s", got, err, want)
		}
		if sig.HighS() {
			t.Fatal("the signer gives the low form")
		}
		var s secp256k1.ModNScalar
		s.SetByteSlice(sig.S[:])
		other := Signature{R: sig.R, S: s.Negate().Bytes(), Parity: 1 - sig.Parity}
		if got, err := Recover(digest, other); err != nil || got != want || !other.HighS() {
			t.Fatalf("the high form: %s, %v", got, err)
		}
		digest[0] ^= 1
		if got, err := Recover(digest, sig); err == nil && got == want {
			t.Fatal("another digest recovers to the same key")
		}
	})
}

func TestRecoverFaults(t *testing.T) {
	one := Hash{31: 1}
	order := Hash{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41}
	for name, sig := range map[string]Signature{
		"r zero": {S: one}, "s zero": {R: one}, "r is the order": {R: order, S: one}, "s is the order": {R: one, S: order},
		"parity": {R: one, S: one, Parity: 2}, "r on no point": {R: Hash{31: 5}, S: one},
	} {
		if a, err := Recover(Hash{}, sig); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %s, %v", name, a, err)
		}
	}
}

func TestHash(t *testing.T) {
	// Keccak-256 of nothing: Ethereum Yellow Paper, appendix on precomputed values.
	const empty = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
	h, err := ParseHash(empty)
	if err != nil || h != Keccak() || h.String() != empty {
		t.Errorf("%s, %v", h, err)
	}
	for _, text := range []string{"", empty[2:], empty + "00", empty[:64], "0xzz" + empty[4:]} {
		if _, err := ParseHash(text); !errors.Is(err, ErrHex) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
