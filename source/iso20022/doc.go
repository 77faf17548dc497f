// Package iso20022 reads the XML messages of banks: pacs.002, pacs.004,
// pacs.008, pacs.009 (core and cover), camt.029, camt.052, camt.053, camt.054
// and camt.056, with or without a business header head.001, in any version, by
// local names.
//
// In goes a stream of any length; out comes payments.Message, one a transaction
// or entry. Statements are streamed; a batch of payments is given out only when
// its stated count and sum are right. Document types, entities, other encodings
// than UTF-8 and nesting beyond 64 are refused: no reference is ever expanded.
package iso20022
