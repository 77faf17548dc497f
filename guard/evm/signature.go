package evm

import (
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// ErrSignature marks a signature that recovers to no key.
var ErrSignature = errors.New("the signature recovers to no key")

// halfOrder is half the order of secp256k1, rounded down (SEC 2, 2.4.1).
// EIP-2 forbids a larger s in a transaction's signature.
var halfOrder = Hash{
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
}

// Signature is an ECDSA signature on secp256k1.
type Signature struct {
	R, S Hash
	// Parity is 0 or 1: whether the y of the point of R is odd.
	Parity byte
}

// HighS reports whether s is above half the order: the other of the two forms in
// which every signature can be written. Contracts that call ecrecover take it,
// transactions may not have it (EIP-2).
func (s Signature) HighS() bool { return string(s.S[:]) > string(halfOrder[:]) }

// Recover returns the address whose key made the signature over the digest, by
// the rules of the ecrecover precompile: r and s from 1 to the order minus one,
// either form of s. The error is ErrSignature.
//
// A genuine signature checked over another digest gives no error but another
// address: a stranger's address is the sign of a wrong digest.
func Recover(digest Hash, sig Signature) (Address, error) {
	if sig.Parity > 1 {
		return Address{}, fmt.Errorf("%w: parity %d is neither 0 nor 1", ErrSignature, sig.Parity)
	}
	var compact [65]byte
	compact[0] = 27 + sig.Parity // the form of an uncompressed key
	copy(compact[1:], sig.R[:])
	copy(compact[33:], sig.S[:])
	key, _, err := ecdsa.RecoverCompact(compact[:], digest[:])
	if err != nil {
		return Address{}, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	return addressOf(key), nil
}

// addressOf returns the last 20 bytes of the hash of the key's two coordinates.
func addressOf(key *secp256k1.PublicKey) Address {
	h := Keccak(key.SerializeUncompressed()[1:])
	return Address(h[12:])
}

// PersonalDigest returns the digest that eth_sign and personal_sign put a
// signature on for a 32-byte message: the hash of the prefix of EIP-191, version
// 0x45, and the message.
func PersonalDigest(message Hash) Hash {
	return Keccak([]byte("\x19Ethereum Signed Message:\n32"), message[:])
}

// TypedDigest returns the digest of EIP-712 (EIP-191 version 0x01) over a domain
// separator and the hash of a struct.
func TypedDigest(domain, structHash Hash) Hash {
	return Keccak([]byte{0x19, 0x01}, domain[:], structHash[:])
}
