// Package bitcoin reads the files of Bitcoin and of coins framed like it: the
// blk*.dat files of a node, and exports of bitcoin-etl. In go a directory or a
// file, out come blocks in compact form (ledger.CoinBlock) or transfers in
// chain order. It also reads single transactions, scripts and addresses.
//
// It never writes, never talks to a node, never checks a signature, and never
// guesses: what does not parse, or lacks its parent, is an *Error with file and
// offset. The scheme of account names stands in docs/bitcoin.md.
package bitcoin
