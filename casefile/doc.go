// Package casefile holds the question: which ledgers, which theft, where tracing
// stops, who is behind which address, and what ought to come out.
//
// In goes one YAML file of the form coldtrail/case/v1 with the files it names.
// Out comes a Case, and from Load the graph, tags and boundaries that a trace
// needs, every input with its SHA-256. Two cases are embedded and need nothing
// else: Names lists them, Embedded reads them.
//
// The reader is strict: a key it does not know, a key written twice, an amount
// finer than its asset, a file with another hash are errors with file, line and
// a hint. Nothing is guessed, no value passes through a float, and no path
// leaves the folder of the data. A case file states what somebody claims, with
// the source; its expect lines are checked, never believed.
//
// What each key means is written in README.md beside this file, and at the types.
package casefile
