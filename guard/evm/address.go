package evm

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/sha3"
)

// Errors of reading text. They are wrapped with the text that failed.
var (
	// ErrHex marks text that is not 0x and an even count of hex digits of the
	// expected length.
	ErrHex = errors.New("not 0x and hex digits of the right length")
	// ErrChecksum marks an address in mixed case whose case is not that of
	// EIP-55: a typing error, or a different address.
	ErrChecksum = errors.New("the upper and lower case is not that of EIP-55")
)

// Address is an account of 20 bytes.
type Address [20]byte

// Hash is a digest of 32 bytes.
type Hash [32]byte

// Keccak returns the Keccak-256 digest (the original padding, not NIST's SHA-3)
// of the parts joined.
func Keccak(parts ...[]byte) Hash {
	d := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		d.Write(p)
	}
	var h Hash
	d.Sum(h[:0])
	return h
}

// ParseAddress reads 0x and 40 hex digits. All lower or all upper case carries
// no checksum and is taken; mixed case must be that of EIP-55, else the error is
// ErrChecksum. Anything else is ErrHex.
func ParseAddress(text string) (Address, error) {
	var a Address
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok || len(digits) != 40 {
		return a, fmt.Errorf("address %q: %w", clip(text), ErrHex)
	}
	if _, err := hex.Decode(a[:], []byte(digits)); err != nil {
		return a, fmt.Errorf("address %q: %w", clip(text), ErrHex)
	}
	if digits == strings.ToLower(digits) || digits == strings.ToUpper(digits) {
		return a, nil
	}
	if want := a.String(); want != text {
		return Address{}, fmt.Errorf("address %q: %w (expected %s)", text, ErrChecksum, want)
	}
	return a, nil
}

// String writes the address in the mixed case of EIP-55: a letter is upper case
// where the same digit of the hash of the lower-case text is 8 or more.
func (a Address) String() string {
	var text [42]byte
	copy(text[:], "0x")
	hex.Encode(text[2:], a[:])
	h := Keccak(text[2:])
	for i, c := range text[2:] {
		nibble := h[i/2] >> (4 * (1 - i%2)) & 15
		if c >= 'a' && nibble >= 8 {
			text[2+i] = c - 'a' + 'A'
		}
	}
	return string(text[:])
}

// IsZero reports whether all bytes are zero.
func (a Address) IsZero() bool { return a == Address{} }

// Word returns the address as the ABI's 32-byte word: zeros, then its bytes.
func (a Address) Word() (w [32]byte) {
	copy(w[12:], a[:])
	return w
}

// MarshalText writes the EIP-55 form.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what ParseAddress takes.
func (a *Address) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAddress(string(text))
	return err
}

// String writes 0x and 64 hex digits.
func (h Hash) String() string { return "0x" + hex.EncodeToString(h[:]) }

// MarshalText writes what String does.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 0x and 64 hex digits; the error is ErrHex.
func (h *Hash) UnmarshalText(text []byte) (err error) {
	*h, err = ParseHash(string(text))
	return err
}

// ParseHash reads 0x and 64 hex digits; the error is ErrHex.
func ParseHash(text string) (h Hash, err error) {
	b, err := ParseHex(text)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("hash %q: %w", clip(text), ErrHex)
	}
	return Hash(b), nil
}

// ParseHex reads 0x and an even count of hex digits, possibly none. The error is
// ErrHex.
func ParseHex(text string) ([]byte, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok {
		return nil, fmt.Errorf("%q: %w", clip(text), ErrHex)
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", clip(text), ErrHex)
	}
	return b, nil
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:77] + "..."
	}
	return s
}
