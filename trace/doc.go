// Package trace follows stolen value through a ledger, under every convention
// the courts and the papers use, and bounds what any convention could say.
//
// In go a graph of transfers and a Question: thefts with their seeds,
// boundaries, policies. Out comes a Trail: places where the value ended, with
// its amount under each policy and the exact interval [L,U] that holds under
// every conforming convention, each with a minimum cut that anybody can check
// by hand.
//
// Value mixes in pools and only there: the transaction on a UTXO ledger, the
// balance on an account ledger. A policy is a rule for what leaves a pool given
// what entered it. All policies run in one pass over the transfers the trail
// touches, in exact integers, each theft in its own colour; every run checks
// its own conservation and stops with the transfer's name when a unit is
// missing.
//
// The package never calls a convention the truth, never follows value through
// a boundary unless told so (and then stamps the result), and never adds what
// may not be added: bounds of single places, haircuts of single thefts.
//
// Definitions: docs/methods.md, with the source of each rule.
package trace
