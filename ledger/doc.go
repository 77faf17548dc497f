// Package ledger is the vocabulary of movement: what a transfer, a debit, a
// credit, an account and a coin are, on any ledger.
//
// There are two kinds of ledger. On a UTXO ledger a transfer is a transaction:
// each debit spends one earlier credit (a coin) whole. On an account ledger a
// transfer moves value between two lasting accounts. Everything else (Bitcoin,
// Ethereum, NEM, a bank) is one of the two, and every source turns its format
// into this one form: transfers in canonical order, one asset each, with
//
//	Σ debits = Σ credits + fee
//
// checked at the boundary by Validate. Value that enters or leaves the ledger
// (subsidy, mint, burn, history before the data) is a debit or credit of the
// account Outside.
//
// The package also has the one-line text form (ParseText, Text) in which tests,
// documents and bug reports write ledgers.
//
// Nothing here follows money or judges it.
package ledger
