// Package study counts heists: rankings, totals, shares, intervals and what they
// depend on.
//
// In goes a register and a policy; out comes a Study, whose every number is a
// function of the two, carries a stable id and names the claims it stands on. The
// same register and policy give the same study on any machine: there is no clock,
// no map order and no float in it, and the Monte Carlo runs are seeded.
//
// An amount is a Value, and a Value cannot be printed without its basis, its
// valuation and the day as of which it was known. A total is a Total: what was
// asked for, what left the victim's control and what stayed away, side by side.
//
// The package never decides what is true, never reads the network and draws
// nothing: pictures are package report's.
package study
