// Package claims checks what a document says about heists against the register.
//
// In goes a file of claims as structured data (coldtrail/claims/v1) and a register;
// out comes, for each claim, under how many and which policies of a stated grid it
// is true: reproduced, reproduced only under some, contradicted, or not testable,
// with the incidents and claims that decide it and the wording that would be true.
//
// The package judges words by numbers of package study. It never judges a source,
// never reads the document itself and repeats none of its sentences.
package claims
