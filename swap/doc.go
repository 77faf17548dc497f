// Package swap recognises conversions: what one account gave in one asset and got
// in another within one transaction of an account ledger.
//
// In go the transfers of a transaction; out comes the one conversion that they
// are, or why it cannot be told. Graph lays what was recognised over a graph, so
// that a trace meets two legs of a conversion where the data has a payment into a
// router and one out of a pool.
//
// It works on net flows by account and asset. It follows no policy, knows no
// contract but wrapped ether, values nothing, and never guesses: where a
// transaction exchanges assets and more than one reading fits, it says which rule
// failed and leaves the transfers as they are.
package swap
