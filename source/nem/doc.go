// Package nem reads the NEM ledger (NIS1): pages of transfers, blocks, accounts
// and mosaic definitions, as a node answers them in JSON, saved in files, asked for
// with Client, or followed block by block with Node (ledger.Live).
//
// Out come transfers: XEM and every other mosaic, each an asset of its own; the
// levy of a mosaic as a payment to its third account; the rental and creation fees
// of namespaces and mosaics. What a multisig account sends leaves the multisig
// account, and so do all the fees; the accounts that signed are an attribute.
// Messages stay with their transfer as they were sent. Other kinds of transaction
// move no value but their fee, and are counted.
//
// A page tells of an account, not of the ledger: Completeness says so. The package
// checks addresses and the shape of answers; it does not verify signatures or
// hashes, and trusts the node for what stands in a block.
package nem
