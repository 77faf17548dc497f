package trace

import (
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Question is what to trace and under which conventions. The zero value of
// every field but Thefts is a usable default.
type Question struct {
	Thefts []Theft
	// Boundary says where tracing stops. Nil: nowhere.
	Boundary func(ledger.ID, ledger.Account) (Boundary, bool)
	// BoundaryDigest identifies the boundary set in the stamp.
	BoundaryDigest string
	// Through names accounts to go on through although they are boundaries.
	// The result is stamped speculative.
	Through []ledger.Account
	// Entity names who stands behind an account; places of one entity, asset
	// and kind become one place. Nil or false: the account stands alone.
	Entity func(ledger.ID, ledger.Account) (string, bool)
	// Policies to compute; none means Default. FIFO is always computed, since
	// the bounds start from it.
	Policies []Policy
	FeeRule  FeeRule // default FeeLast; on coins
	FeeFate  FeeFate // default FeeSink; on coins
	// IgnoreFees leaves fees of account ledgers out of account (stamped).
	IgnoreFees bool
	// Until ends the trace: transfers at or after it are not read. Zero: the
	// end of the data.
	Until time.Time
	// Groups to bound beside the single places.
	Groups []Group
	// NoBounds leaves out the exact bounds (the one-pass bounds stay).
	NoBounds bool
	// MaxBounds limits how many single places get exact bounds, the largest
	// under any policy first; groups always get them. 0 means 1000. The rest
	// show their one-pass bounds, marked not tight.
	MaxBounds int
	// Progress, when set, is called now and then with the transfers done.
	Progress func(stage string, done, total int)
}

// Boundary is why tracing stops at an account.
type Boundary struct {
	// Kind is "service", "mixer", "bridge", "swap" or "unlisted" (outside the
	// set of accounts whose history was collected).
	Kind string
	// Name is what to call the place; empty: the account itself.
	Name string
	// Why says who says so.
	Why string
}

// Theft is one theft, with its own colour: where its value entered.
type Theft struct {
	Name string
	// Continues names another theft whose value this is, behind a conversion
	// that the data does not show. The two are never added up: while any theft
	// continues another there is no union view of their assets.
	Continues string
	Seeds     []Seed
}

// Seed is where stolen value enters the ledger. It either marks credits that
// stand in the ledger (Ref or Where), or injects value the ledger lacks.
type Seed struct {
	// Ref marks one credit by transfer id, transaction or tx:vout. It must
	// match exactly one credit; Where, when set beside it, narrows it.
	Ref string
	// Where marks every credit of the transfers it selects; then Count and Sum
	// state how many and how much they are, and a difference is an error.
	Where *graph.Filter
	Count int
	Sum   money.Amount
	// Part marks only Length units from Offset on of one coin.
	Part           bool
	Offset, Length money.Amount

	// Inject adds Amount of Asset at Account, which the ledger lacks, on an
	// account ledger. It is an error if a transfer of the transaction Before
	// credits just that after all.
	Inject  bool
	Ledger  ledger.ID
	Account ledger.Account
	Asset   money.AssetID
	Amount  money.Amount
	// Before places it just before the first transfer of this transaction or
	// id; BeforeFirst just before the first transfer that a filter selects.
	// With neither it stands before everything.
	Before      string
	BeforeFirst *graph.Filter
}

// Group is a set of places to bound together. Bounds of single places do not
// add; a group's own bound is one pair of max-flows.
type Group struct {
	Name string
	// Match selects places, after grouping by entity.
	Match func(*Place) bool
}

// Marked turns the theft lines of a text ledger into thefts, in order of first
// mention.
func Marked(d *ledger.Document) []Theft {
	var out []Theft
	at := map[string]int{}
	for _, m := range d.Thefts {
		i, ok := at[m.Theft]
		if !ok {
			i = len(out)
			at[m.Theft] = i
			out = append(out, Theft{Name: m.Theft})
		}
		out[i].Seeds = append(out[i].Seeds, Seed{Ref: m.Ref, Part: m.Part, Offset: m.Offset, Length: m.Length})
	}
	return out
}
