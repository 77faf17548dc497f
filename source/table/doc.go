// Package table reads movements of value from any table with a header: the CSV
// of an explorer, of an ETL tool, of a researcher, plain or gzipped.
//
// In go the bytes of a file and a Mapping that says which column is what; out
// come ledger.Transfer in canonical order, with the file and line of each as
// its evidence. Columns are found by name, never by position; amounts are read
// as text, never as floats; assets are told apart by contract, never by symbol.
//
// The reader is strict. A row it cannot read exactly stops it, with file, line,
// column, cause and a hint (*Error). The one thing it leaves out and goes on is
// a token transfer of 2^128 units or more, which only worthless tokens have:
// counted in Info.Skipped and listed in Info.Notes. Whatever else a reader of
// the result must know (rows sorted, orders not known, fees shared, symbols
// that imitate others) is in Info.Notes too.
//
// A table is read as an account ledger, also that of a UTXO chain: a row "from,
// to, amount" is a statement about addresses, not about coins. The inputs,
// change and outputs of coins need source/bitcoin.
package table
