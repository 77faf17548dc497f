package nem

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/ripemd160" //lint:ignore SA1019 the addresses of NEM are made of it
	"golang.org/x/crypto/sha3"

	"github.com/coldtrail/coldtrail/ledger"
)

// Network is the network byte of an address, and the top byte of a version.
type Network byte

// The networks.
const (
	Mainnet Network = 0x68
	Testnet Network = 0x98
	Mijin   Network = 0x60
)

// String names the network: "mainnet", "testnet", "mijin".
func (n Network) String() string {
	switch n {
	case Mainnet:
		return "mainnet"
	case Testnet:
		return "testnet"
	case Mijin:
		return "mijin"
	}
	return fmt.Sprintf("network 0x%02x", byte(n))
}

// known reports whether the network is one of the three.
func (n Network) known() bool { return n == Mainnet || n == Testnet || n == Mijin }

// Ledger is the id of the network's ledger, "nem:mainnet". NEM has no registered
// CAIP-2 name; the id has its form.
func (n Network) Ledger() ledger.ID { return ledger.ID("nem:" + n.String()) }

// An address is 25 bytes: network, RIPEMD-160 of the Keccak-256 of the public key,
// and the first four bytes of the Keccak-256 of both.
const (
	bodyBytes    = 21
	addressBytes = bodyBytes + 4
)

func keccak(b []byte) []byte {
	h := sha3.NewLegacyKeccak256() // the padding of before SHA3-256
	h.Write(b)
	return h.Sum(nil)
}

// Derive is the address of a public key (32 bytes in hex) on a network.
func Derive(publicKey string, n Network) (ledger.Account, error) {
	key, err := hex.DecodeString(publicKey)
	if err != nil || len(key) != 32 {
		return "", &Error{Msg: fmt.Sprintf("public key %q is not 64 hex digits", clip(publicKey)), Err: ErrAddress}
	}
	h := ripemd160.New()
	h.Write(keccak(key))
	body := h.Sum([]byte{byte(n)})
	return ledger.Account(base32.StdEncoding.EncodeToString(append(body, keccak(body)[:4]...))), nil
}

// ParseAddress checks an address, with or without hyphens, and returns it without
// them, with its network. Letters are capital.
func ParseAddress(text string) (ledger.Account, Network, error) {
	bad := func(why string) (ledger.Account, Network, error) {
		return "", 0, &Error{Msg: fmt.Sprintf("address %q: %s", clip(text), why), Err: ErrAddress}
	}
	plain := strings.ReplaceAll(text, "-", "")
	if len(plain) != 40 {
		return bad(fmt.Sprintf("%d characters, want 40", len(plain)))
	}
	b, err := base32.StdEncoding.DecodeString(plain)
	if err != nil || len(b) != addressBytes {
		return bad("not base32 (A to Z, 2 to 7)")
	}
	if got := keccak(b[:bodyBytes])[:4]; string(got) != string(b[bodyBytes:]) {
		return bad("the checksum is wrong: a character is mistyped")
	}
	if n := Network(b[0]); n.known() {
		return ledger.Account(plain), n, nil
	}
	return bad("it is of no network that is known")
}

// clip shortens what is quoted in an error.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
