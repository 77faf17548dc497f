// Package parquet reads and writes tables of ethereum-etl and bitcoin-etl as
// Parquet: the schemas that ethereum-etl publishes for it, and the layout of the
// public data sets of AWS.
//
// In go Parquet files; out come rows for source/ethereum and source/bitcoin, which
// make transfers of them. Columns are known by name and read by their type: text,
// integers, decimals, timestamps, lists. Amounts that the layout of AWS keeps as
// doubles are restored where a double is exact, and otherwise stated with the room
// in which the true amount lies. Columns that nobody asks for are not read.
//
// It never guesses an amount in silence, and it stands apart so that a program
// that reads no Parquet does not link it. docs/parquet.md has every rule.
package parquet
