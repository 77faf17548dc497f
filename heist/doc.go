// Package heist keeps the register: incidents, the claims that sources make
// about them, the sources, the actors and the policies.
//
// In goes a folder of YAML files, either the one inside the binary (Embedded) or
// a checked-out one (LoadDir), or a draft as CSV (ImportCSV). Out comes a
// Register that answers what was claimed, by whom, with which grade, as known on
// a date; every fault of the files comes out as a Problem with file, line and
// what to write instead.
//
// The unit is the claim, not the incident. A claim is never changed or removed:
// a correction is a new claim that supersedes the old one and says why. Amounts
// are exact; a blank is not zero; copies of a source do not corroborate it.
//
// The package never decides what is true, adds up no totals and draws no
// ranking: that is the study's work, under a named policy.
package heist
