// Package psbt reads Bitcoin transactions before they are signed: PSBT version 0
// and 2, and raw transactions.
//
// In go bytes and the wallet's output descriptors. Out come the transaction, the
// amounts that are proven, which outputs return to the wallet, the fee, who has
// signed, and findings that a guard must judge. The reader is strict: duplicate
// keys, fields of another version, trailing bytes and lengths that are not
// canonical are errors.
//
// It asks no node, so an amount is known only where the transaction that made the
// coin is there or the signature commits to it. It holds no keys and signs
// nothing. Rules: BIP 174, 370, 371; digests: BIP 143, 341. Bitcoin mainnet.
package psbt
