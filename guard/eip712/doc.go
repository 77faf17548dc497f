// Package eip712 reads typed data (EIP-712) as a wallet is asked to sign it.
//
// In goes the JSON document of eth_signTypedData_v4. Out come the domain, the
// message as a tree of typed values, the digests computed here, and for messages
// that are known by their whole type (ERC-2612, DAI and Permit2 permits) the
// approvals that a signature would give. A message of another type hashes all the
// same, but is undecoded: its fields have values and no meaning.
//
// The reader is strict, since two programs that read one document in two ways
// would show one thing and sign another: duplicate keys, numbers that lose digits
// in JavaScript, unknown types, missing values and bytes of a wrong length are
// errors. Fields that the signature does not cover are undecoded. It asks no
// node, holds no keys and signs nothing.
package eip712
