// Package evm reads what an Ethereum key is asked to sign: transaction envelopes
// (legacy, EIP-2930, 1559, 4844, 7702) and the calldata inside them.
//
// In go bytes. Out come typed values: addresses with their EIP-55 form, digests
// computed here, signers recovered from signatures, and a list of actions (value
// and token movements, approvals, changes of control, calls) with exact amounts
// of 256 bits. What has no meaning to the decoder comes out as Undecoded, with
// its place and the reason. A result that has any is not complete, and a guard
// must never allow it.
//
// The package asks no node, keeps no state, holds no keys and signs nothing. It
// does not know what the code at an address does: a selector is a guess at a
// name, and only the caller knows which addresses are token contracts.
package evm
