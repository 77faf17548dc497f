// Package money holds exact amounts and the assets they are amounts of.
//
// In go decimal texts and 128-bit counts; out come counts of atomic units and
// text again. An amount is never a float, is never rounded without saying so,
// and cannot leave 0..2^128-1 unnoticed. 128 bits hold any supply met on the
// ledgers we read (1 ETH is 10^18 wei; 2^63 wei are but 9.22 ETH); a transfer
// that does not fit is refused at the boundary, counted and listed.
//
// Assets are named by identifier (CAIP-19), never by symbol: symbols are claims
// of whoever made the token, and SymbolWarnings says when one imitates another.
package money
