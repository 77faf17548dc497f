package bitcoin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// The names of accounts that have no address, before their hex.
const (
	scriptPrefix   = "script:"        // the whole script
	hashedPrefix   = "script-sha256:" // SHA-256 of a long script
	multiSigPrefix = "multisig:"      // the whole script of a bare multisig
)

// AccountOf names the account of an output script: its address, or
// "multisig:", "script:" or "script-sha256:" and hex.
func (n *Network) AccountOf(script []byte) ledger.Account {
	a, _ := n.accountOfKey(appendScriptKey(nil, script, n.HRP != "")) // a key just made is well-formed
	return a
}

// ScriptOf gives the output script of an account; a name made of a hash of the
// script, or of none, fails with ErrAddress.
func (n *Network) ScriptOf(a ledger.Account) ([]byte, error) {
	key, err := n.accountKey(string(a))
	if err != nil {
		return nil, err
	}
	if s := scriptOfKey(key); s != nil {
		return s, nil
	}
	return nil, &Error{Msg: fmt.Sprintf("account %q does not say its script", a), Hint: "only a hash of it is kept", Err: ErrAddress}
}

// CheckAddress reports why a text is not an address of the network: nil, or an
// error around ErrAddress that names the fault. Names of scripts are no
// addresses.
func (n *Network) CheckAddress(s string) error {
	if strings.HasPrefix(s, scriptPrefix) || strings.HasPrefix(s, hashedPrefix) || strings.HasPrefix(s, multiSigPrefix) {
		return badAddress(s, "names a script")
	}
	_, err := n.addressKey(s)
	return err
}

// CanonicalAccount writes an account as this package does: segwit addresses in
// lower case, scripts under their address if they have one.
func (n *Network) CanonicalAccount(s string) (ledger.Account, error) {
	key, err := n.accountKey(s)
	if err != nil {
		return "", err
	}
	return n.accountOfKey(key)
}

func badAddress(s, why string) error {
	if len(s) > 100 {
		s = s[:100] + "…"
	}
	return &Error{Msg: fmt.Sprintf("%q: %s", s, why), Hint: "copy the address again", Err: ErrAddress}
}

// accountKey reads any name that this package writes.
func (n *Network) accountKey(s string) ([]byte, error) {
	for _, p := range []string{scriptPrefix, multiSigPrefix} {
		if h, ok := strings.CutPrefix(s, p); ok {
			script, err := hex.DecodeString(h)
			if err != nil {
				return nil, badAddress(s, "not hex")
			}
			return appendScriptKey(nil, script, n.HRP != ""), nil
		}
	}
	if h, ok := strings.CutPrefix(s, hashedPrefix); ok {
		sum, err := hex.DecodeString(h)
		if err != nil || len(sum) != sha256.Size {
			return nil, badAddress(s, "not the hex of a SHA-256")
		}
		return append([]byte{byte(HashedScript)}, sum...), nil
	}
	return n.addressKey(s)
}

func (n *Network) addressKey(s string) ([]byte, error) {
	if n.HRP != "" && len(s) > len(n.HRP) && strings.EqualFold(s[:len(n.HRP)+1], n.HRP+"1") {
		_, version, program, bad := segwitDecode(s)
		if bad != "" {
			return nil, badAddress(s, bad)
		}
		return appendWitnessKey(nil, version, program), nil
	}
	body, bad := base58Decode(s)
	if bad != "" {
		if hrp, _, _, no := segwitDecode(s); no == "" {
			bad = fmt.Sprintf("an address of a network that begins with %s1, not of %s", hrp, n.Name)
		}
		return nil, badAddress(s, bad)
	}
	for _, v := range []struct {
		version []byte
		t       Type
	}{{n.PubKeyHash, PubKeyHash}, {n.ScriptHash, ScriptHash}} {
		if h, ok := bytes.CutPrefix(body, v.version); ok && len(h) == 20 {
			return append([]byte{byte(v.t)}, h...), nil
		}
	}
	return nil, badAddress(s, "a valid checksum, but not an address of "+n.Name)
}

// accountOfKey is the reverse of appendScriptKey.
func (n *Network) accountOfKey(key []byte) (ledger.Account, error) {
	if !n.wellFormed(key) {
		return "", &Error{Msg: fmt.Sprintf("account key %x has no account", key), Hint: "the store is damaged or of another network", Err: ErrAddress}
	}
	h := key[1:]
	switch Type(key[0]) {
	case PubKeyHash:
		return ledger.Account(base58Check(n.PubKeyHash, h)), nil
	case ScriptHash:
		return ledger.Account(base58Check(n.ScriptHash, h)), nil
	case WitnessPubKeyHash, WitnessScriptHash:
		return ledger.Account(segwitAddress(n.HRP, 0, h)), nil
	case Taproot:
		return ledger.Account(segwitAddress(n.HRP, 1, h)), nil
	case WitnessUnknown:
		return ledger.Account(segwitAddress(n.HRP, h[0], h[1:])), nil
	case MultiSig:
		return ledger.Account(multiSigPrefix + hex.EncodeToString(h)), nil
	case OtherScript:
		return ledger.Account(scriptPrefix + hex.EncodeToString(h)), nil
	case HashedScript:
		return ledger.Account(hashedPrefix + hex.EncodeToString(h)), nil
	}
	return ledger.Account(h), nil
}

// wellFormed holds each key to the one form that appendScriptKey gives it.
func (n *Network) wellFormed(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	h := key[1:]
	switch Type(key[0]) {
	case PubKeyHash, ScriptHash:
		return len(h) == 20
	case WitnessPubKeyHash:
		return len(h) == 20 && n.HRP != ""
	case WitnessScriptHash, Taproot:
		return len(h) == 32 && n.HRP != ""
	case WitnessUnknown:
		return len(h) >= 3 && len(h) <= 41 && h[0] >= 1 && h[0] <= 16 && n.HRP != "" && (h[0] != 1 || len(h) != 33)
	case MultiSig, OtherScript:
		return bytes.Equal(appendScriptKey(nil, h, n.HRP != ""), key)
	case HashedScript:
		return len(h) == 32
	case PlainName:
		return true
	}
	return false
}
