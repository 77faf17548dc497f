package ledger

import (
	"context"
	"iter"

	"github.com/coldtrail/coldtrail/money"
)

// Known says how much of something the data holds.
type Known uint8

// The verdicts of completeness, from best to worst.
const (
	// Complete: everything of this kind that the ledger has is in the data.
	Complete Known = iota
	// Unknown: the data does not say.
	Unknown
	// Gap: something is known to be missing.
	Gap
)

// String returns the word used in JSON.
func (k Known) String() string { return [...]string{"complete", "unknown", "gap"}[k] }

// Completeness says what the data holds of one account: its external
// transactions, its internal (traced) value moves, its token transfers, and the
// balance it opened with. A result carries the worst of the accounts it used.
type Completeness struct {
	External, Internal, Tokens, Opening Known
}

// Worse returns the worse verdict of each kind.
func (c Completeness) Worse(o Completeness) Completeness {
	return Completeness{max(c.External, o.External), max(c.Internal, o.Internal), max(c.Tokens, o.Tokens), max(c.Opening, o.Opening)}
}

// Info describes a ledger as one source gives it.
type Info struct {
	ID     ID
	Model  Model
	Native money.AssetID
	// Overdraft is set for bank books: balances may go below zero, and value
	// arriving at an account in debit first pays the debt.
	Overdraft bool
	// Blocks is set when Key.Block is a block and coinbases are present, so
	// that fees can be followed into them.
	Blocks bool
	Assets []money.Asset
	// Input names what was read, with its SHA-256, for the header of results.
	Input  string
	SHA256 string
	// Notes are what the source wants a reader to know: rows counted and left
	// out, symbols that imitate others, amounts that were cut.
	Notes []string
	// Skipped counts records that were left out; more than zero makes exit
	// code 4.
	Skipped int
}

// Source yields the transfers of one ledger in canonical order.
type Source interface {
	// Info describes the ledger; it is complete once All has ended.
	Info() Info
	// All yields every transfer in canonical order and stops at the
	// first error, which names file, record and cause.
	All(ctx context.Context) iter.Seq2[Transfer, error]
	// Completeness says what the source holds of an account.
	Completeness(a Account) Completeness
}
