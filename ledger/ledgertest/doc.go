// Package ledgertest makes ledgers for tests: random ones from a seed, scripted
// heists whose truth is known by construction, a stream of any length for
// benchmarks, and a shrinker that turns a failing ledger into a small one.
//
// In go options and a seed; out come ledgers in the text form's Document, so
// that every one of them can be printed, read again and put into a bug report.
// The same seed and options give the same ledger on every machine: random
// numbers come from PCG (math/rand/v2) and from nothing else.
//
// The package knows nothing of tracing. What it says about the truth of a
// heist is computed here by closed forms, never by the code under test.
package ledgertest
