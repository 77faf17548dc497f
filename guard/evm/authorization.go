package evm

import (
	"fmt"

	"github.com/holiman/uint256"
)

// Authorization is a tuple of EIP-7702: it makes an account run the code at
// Delegate from then on, whatever becomes of the transaction that carries it.
type Authorization struct {
	// ChainID of zero is good on every chain.
	ChainID uint256.Int
	// Delegate is the code; zero takes it away again.
	Delegate Address
	Nonce    uint64
	// Digest is what the account signs: Keccak(0x05, RLP of the three fields).
	Digest Hash
	// Authority is the account; nil if not signed, or if the signature recovers
	// to no key, which Fault says.
	Authority *Address
	Signature *Signature
	Fault     string
}

// ParseAuthorization reads what is put before a key to sign: 0x05 and the list of
// chain id, address and nonce; or the bare list, with the signature (6 fields) or
// without it (3). Errors are ErrRLP and ErrEnvelope.
func ParseAuthorization(raw []byte) (*Authorization, error) {
	at := 0
	if len(raw) > 0 && raw[0] == 5 {
		at = 1
	}
	it, rest, err := nextItem(raw[at:], at)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes after the authorization", ErrEnvelope, len(rest))
	}
	return readAuthorization(it)
}

func (t *Transaction) readAuthorizations(it item) error {
	tuples, err := it.items()
	if err != nil {
		return err
	}
	if len(tuples) == 0 {
		return fmt.Errorf("%w: a set-code transaction without authorizations", ErrEnvelope)
	}
	if len(tuples) > MaxActions { // each costs a recovery; no block holds as many
		return fmt.Errorf("%w: %d authorizations, more than %d", ErrEnvelope, len(tuples), MaxActions)
	}
	for _, tuple := range tuples {
		a, err := readAuthorization(tuple)
		if err != nil {
			return err
		}
		if a.Signature == nil {
			return fmt.Errorf("%w: byte %d: an authorization without signature", ErrEnvelope, tuple.at)
		}
		t.Authorizations = append(t.Authorizations, *a)
	}
	return nil
}

func readAuthorization(it item) (*Authorization, error) {
	all, err := it.items()
	if err != nil {
		return nil, err
	}
	if len(all) != 3 && len(all) != 6 {
		return nil, fmt.Errorf("%w: byte %d: an authorization of %d fields; 3 or 6 belong here", ErrEnvelope, it.at, len(all))
	}
	a := &Authorization{}
	c := &cursor{rest: all}
	a.ChainID = c.uint(256)
	c.keep(c.next().fixed(a.Delegate[:]))
	nonce := c.uint(64)
	a.Nonce = nonce.Uint64()
	if c.err == nil && len(all) == 6 {
		parity, r, s := c.uint(8), c.uint(256), c.uint(256)
		a.Signature = &Signature{Parity: byte(parity.Uint64()), R: r.Bytes32(), S: s.Bytes32()}
	}
	if c.err != nil {
		return nil, c.err
	}
	a.Digest = AuthorizationDigest(a.ChainID, a.Delegate, a.Nonce)
	if a.Signature != nil {
		a.recover()
	}
	return a, nil
}

// recover finds the account. A tuple with a bad signature is skipped on the
// chain, so it is a fault of the tuple and not of the transaction.
func (a *Authorization) recover() {
	if a.Signature.HighS() {
		a.Fault = "s is above half the order (EIP-2)"
		return
	}
	who, err := Recover(a.Digest, *a.Signature)
	if err != nil {
		a.Fault = err.Error()
		return
	}
	a.Authority = &who
}

// AuthorizationDigest returns the digest of a tuple given by its fields.
func AuthorizationDigest(chainID uint256.Int, delegate Address, nonce uint64) Hash {
	return Keccak([]byte{5}, listOf(uintItem(chainID), bytesItem(delegate[:]), uintItem(*uint256.NewInt(nonce))))
}

// Action returns the control change that the tuple is. Contract is the account,
// nil if it is not known; To is the code.
func (a *Authorization) Action() Action {
	return Action{Kind: ControlChange, Name: "eip-7702 delegation", Contract: a.Authority, From: a.Authority, To: &a.Delegate}
}
