package tag

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/sha3"

	"github.com/coldtrail/coldtrail/ledger"
)

// Family is a form of address. It says how addresses are compared and checked,
// and nothing of the network: one EVM address stands on every EVM network.
type Family string

// The families whose checksums are known here. Everything else is Other, and
// its addresses are unchecked.
const (
	EVM    Family = "evm"    // 0x and 40 hexadecimal digits, EIP-55
	Base58 Family = "base58" // Base58Check: Bitcoin and coins made after it
	Tron   Family = "tron"   // Base58Check with version 0x41
	Bech32 Family = "bech32" // SegWit of Bitcoin, Litecoin, testnets
	Other  Family = "other"
)

// ErrChecksum marks an address whose checksum is wrong.
var ErrChecksum = errors.New("wrong checksum")

// FamilyOf tells the family by the form of an address alone.
func FamilyOf(address string) Family {
	a := strings.TrimSpace(address)
	low := strings.ToLower(a)
	switch {
	case isEVM(a):
		return EVM
	case strings.HasPrefix(low, "bc1"), strings.HasPrefix(low, "ltc1"), strings.HasPrefix(low, "tb1"), strings.HasPrefix(low, "bcrt1"):
		return Bech32
	case len(a) == 34 && a[0] == 'T' && isBase58(a):
		return Tron
	case len(a) >= 25 && len(a) <= 35 && isBase58(a) && strings.ContainsRune("123LMDA9X7Gmn", rune(a[0])):
		return Base58
	}
	return Other
}

// Check verifies an address's checksum. Checked is false where the family has
// none that is known here, or where an EVM address is written in one case and so
// carries none. A wrong one is an error that wraps ErrChecksum.
func Check(id ledger.ID, address string) (checked bool, err error) {
	a := strings.TrimSpace(address)
	f := FamilyOf(a)
	if f == Other || !checksFamily(id, f, a) {
		return false, shape(id, a)
	}
	switch f {
	case EVM:
		return checkEIP55(a)
	case Bech32:
		return true, checkBech32(a)
	}
	version, err := base58Check(a)
	if err == nil && f == Tron && version != 0x41 {
		err = fmt.Errorf("version byte %#x, want 0x41: %w", version, ErrChecksum)
	}
	return true, err
}

// checksFamily reports whether addresses of a family on a ledger carry the
// checksum that Check knows: an unknown network may use the letters of Base58
// in a way of its own.
func checksFamily(id ledger.ID, f Family, a string) bool {
	switch {
	case f == Tron:
		return id == tron
	case f == EVM:
		return strings.HasPrefix(string(id), "eip155:") || strings.HasPrefix(string(id), "tagpack:")
	}
	return strings.HasPrefix(string(id), "bip122:") || id == "tagpack:BCH" || id == "tagpack:BSV" || id == "tagpack:BTG" || id == "tagpack:DASH"
}

// shape says what is wrong with an address that has not the form of its ledger.
func shape(id ledger.ID, a string) error {
	switch {
	case strings.HasPrefix(string(id), "eip155:"):
		return fmt.Errorf("not 0x and 40 hexadecimal digits: %w", ErrChecksum)
	case id == bitcoin, id == networks["LTC"], id == networks["DOGE"]:
		return fmt.Errorf("neither Base58Check nor bech32: %w", ErrChecksum)
	}
	return nil
}

// checkEIP55 checks the case of the letters: upper where the digit of the
// Keccak-256 of the lower-case address is 8 or more (EIP-55).
func checkEIP55(a string) (bool, error) {
	digits := a[2:]
	low := strings.ToLower(digits)
	if digits == low || digits == strings.ToUpper(digits) {
		return false, nil
	}
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte(low))
	sum := h.Sum(nil)
	for i := range len(low) {
		nibble := sum[i/2] >> 4
		if i%2 == 1 {
			nibble = sum[i/2] & 15
		}
		if want := low[i] >= 'a' && nibble >= 8; low[i] >= 'a' && want != (digits[i] < 'a') {
			return true, fmt.Errorf("letter %d has the wrong case (EIP-55): %w", i+3, ErrChecksum)
		}
	}
	return true, nil
}

const base58Letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58Value gives each letter its value, and 255 to all that are none.
var base58Value = func() (v [256]byte) {
	for i := range v {
		v[i] = 255
	}
	for i := range len(base58Letters) {
		v[base58Letters[i]] = byte(i)
	}
	return v
}()

func isBase58(a string) bool {
	for i := range len(a) {
		if base58Value[a[i]] == 255 {
			return false
		}
	}
	return a != ""
}

// base58Check decodes Base58Check and returns the version byte: 25 bytes, of
// which the last four are the double SHA-256 of the others. The address is of
// base58Letters, at most 35 of them.
func base58Check(a string) (version byte, err error) {
	var raw [32]byte // 35 letters are less than 26 bytes
	first := len(raw)
	for i := range len(a) {
		carry := uint32(base58Value[a[i]])
		for k := len(raw) - 1; k >= first || carry > 0; k-- {
			carry += uint32(raw[k]) * 58
			raw[k] = byte(carry)
			carry >>= 8
			first = min(first, k)
		}
	}
	n := len(raw) - first + len(a) - len(strings.TrimLeft(a, "1"))
	if n != 25 {
		return 0, fmt.Errorf("%d bytes in Base58, want 25: %w", n, ErrChecksum)
	}
	body := raw[len(raw)-25:]
	once := sha256.Sum256(body[:21])
	twice := sha256.Sum256(once[:])
	if !bytes.Equal(twice[:4], body[21:]) {
		return 0, fmt.Errorf("Base58Check: %w", ErrChecksum)
	}
	return body[0], nil
}

const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// checkBech32 checks a SegWit address: bech32 for witness version 0 (BIP 173),
// bech32m for the others (BIP 350).
func checkBech32(a string) error {
	low := strings.ToLower(a)
	if a != low && a != strings.ToUpper(a) {
		return fmt.Errorf("bech32 in mixed case: %w", ErrChecksum)
	}
	at := strings.LastIndexByte(low, '1')
	if len(low) > 90 || at < 1 || len(low)-at < 8 {
		return fmt.Errorf("not of a bech32 length: %w", ErrChecksum)
	}
	sum := uint32(1)
	step := func(v uint32) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ v
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for i := range at {
		step(uint32(low[i]) >> 5)
	}
	step(0)
	for i := range at {
		step(uint32(low[i]) & 31)
	}
	for i := at + 1; i < len(low); i++ {
		v := strings.IndexByte(bech32Letters, low[i])
		if v < 0 {
			return fmt.Errorf("letter %q is not of bech32: %w", low[i], ErrChecksum)
		}
		step(uint32(v))
	}
	want := uint32(1)
	if low[at+1] != 'q' {
		want = 0x2bc830a3
	}
	if sum != want {
		return fmt.Errorf("bech32: %w", ErrChecksum)
	}
	return nil
}
