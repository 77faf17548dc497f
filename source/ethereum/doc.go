// Package ethereum reads exports of ethereum-etl: tables of blocks, transactions,
// receipts, token transfers, traces, contracts and tokens, as CSV or JSON lines,
// plain or gzip.
//
// In go files and folders, told apart by their columns; out come transfers in
// canonical order: for each transaction its own value (or what its traces say
// moved), its gas, and its token transfers; then what the block paid. Failed
// transactions move nothing and pay their gas. Rows are read block by block, so
// memory follows the largest block and not the export.
//
// A running node is read as well (OpenNode): its answers become the same rows.
//
// It never writes to a node, and it guesses nothing: a transaction whose success
// nobody states is an error, unless the caller says to assume it, which is noted.
// docs/ethereum.md has every rule.
package ethereum
