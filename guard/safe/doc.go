// Package safe reads transactions of Safe wallets (Gnosis Safe), versions 1.0.0
// to 1.5.0, before they are signed.
//
// In go the fields of a transaction, the wallet's address, chain and version, and
// the signatures collected so far. Out come the digests computed here (domain
// separator, message hash, safeTxHash, data hash), the tree of calls with their
// actions, and who made each signature over that digest. What has no meaning to
// the decoder is listed; such a result is not complete and must not be allowed.
//
// The package asks no node. So it cannot tell whether a contract's signature or
// a pre-approved hash is valid, who the owners are now, or what code an address
// has; it says where a node is needed. It holds no keys and signs nothing.
//
// Rules: safe-global/safe-smart-account, contracts Safe.sol (GnosisSafe.sol before
// 1.4), base/*.sol and libraries/MultiSend.sol of the tagged versions; addresses
// of libraries: safe-global/safe-deployments.
package safe
