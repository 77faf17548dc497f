package trace

import (
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Trail is the answer to a question: where the value of each theft went, under
// each policy, between bounds that hold under every conforming convention.
type Trail struct {
	Stamp Stamp
	// Views are the thefts in order, then, with more than one theft and none
	// that continues another, their union "any". Figures of places, hops and
	// totals are indexed by view.
	Views []View
	// Policies index the Amounts of every Figures.
	Policies []Policy
	Seeds    []SeedRow
	// Places in order of value, largest first; places of one asset together.
	Places []*Place
	Groups []GroupRow
	// Hops are the movements of tainted value, in canonical order.
	Hops []Hop
	// Conversions are the swaps of tainted value, in canonical order; Unclear the
	// exchanges that were not recognised as any.
	Conversions []Conversion
	Unclear     []Unclear
	// Unobserved lists the tainted pools whose payments exceed what the data
	// says they had: clean value from before the data.
	Unobserved []UnobservedRow
	Warnings   []string

	graph    graph.Graph
	nets     map[money.AssetID]*network
	terms    []*terminal
	seedRows []SeedRow
	colours  [][]bool // by view
}

// NoBoundary is the digest in the stamp of a question without boundaries.
const NoBoundary = "none"

// Stamp is what stands beside every figure.
type Stamp struct {
	Ledgers        []ledger.Info
	FeeRule        FeeRule
	FeeFate        FeeFate
	IgnoreFees     bool
	BoundaryDigest string
	Until          time.Time
	Through        []ledger.Account
	Speculative    bool
	// Recognised: conversions within a transaction count that were recognised
	// from its net flows (package swap), beside those that are stated.
	Recognised bool
	// Ties is the number of transfers on the trail whose order is not known:
	// policy figures and one-pass bounds use the listed order there; exact
	// bounds hold for every order.
	Ties int
	// Completeness is the worst of the accounts whose money was followed.
	Completeness ledger.Completeness
	// Read is the number of transfers that the trail had to look at; Graph
	// the number in the data.
	Read, Graph int
}

// View is one theft, or the union of all (Name "any").
type View struct {
	Name      string
	Continues string
	Assets    []AssetTotals
}

// AssetTotals is the conservation record of a view in one asset.
type AssetTotals struct {
	Asset money.Asset
	// Seeded is K: the stolen units that entered.
	Seeded money.Amount
	// ByPolicy has, per policy, where they are. For every policy that
	// conserves, Seeded + ConvertedIn = the sum of the others, checked on
	// every run.
	ByPolicy []Totals
	// Bounded is false where no exact bound exists: the asset was reached
	// through a conversion, or thefts overlap. Why says which.
	Bounded bool
	Why     string
}

// Totals is where the value of a view is, in one asset under one policy. Edge
// is the part of Held that stands on accounts whose later history the data does
// not have.
type Totals struct {
	Seeded, ConvertedIn                                         money.Amount
	Exits, Held, Edge, Fees, Burnt, Debts, Converted, Elsewhere money.Amount
}

// SeedRow is a seed as it was found or put in.
type SeedRow struct {
	Theft    string
	Transfer string // id of the transfer, "" for an injection
	Evidence string
	Account  ledger.Account
	Ledger   ledger.ID
	Asset    money.Asset
	Amount   money.Amount
	Injected bool
	Time     time.Time
	// Overlap is the part that an earlier theft had marked before.
	Overlap money.Amount
}

// Kind says what a place is.
type Kind string

// The kinds of place. Together they hold every unit that was seeded.
const (
	Exit      Kind = "exit"      // delivered to a boundary: a service, a mixer
	Held      Kind = "held"      // on an account or coin whose history the data has to the end
	Edge      Kind = "edge"      // where the data ends: it may have moved on
	Fee       Kind = "fee"       // paid as fees
	Burn      Kind = "burn"      // destroyed: credited to Outside, or not claimed by a coinbase
	Converted Kind = "converted" // swapped into another asset
	Debt      Kind = "debt"      // extinguished the overdraft of a bank account
	Elsewhere Kind = "elsewhere" // left the paths that lead to the target (backward)
)

// Place is where tainted value ended: one account or entity, in one asset.
type Place struct {
	// ID is stable and unique in the trail: kind, name and asset.
	ID   string
	Kind Kind
	// Name is the entity or boundary name, else the account; "fees" for fees.
	Name     string
	Named    bool // Name is an entity or boundary, not an account
	Ledger   ledger.ID
	Accounts []ledger.Account
	Asset    money.Asset
	// Boundary is why tracing stopped here, for exits.
	Boundary Boundary
	// Value is all value, tainted or not, that the tainted part stands in: the
	// balance held, the payments delivered.
	Value       money.Amount
	First, Last time.Time // of the hops into it; zero when not known
	Figures     []Figures // by view
	terminals   []int32
}

// Figures are the tainted units of one place, hop or group in one view.
type Figures struct {
	// Amounts by policy, in the order of Trail.Policies.
	Amounts []money.Amount
	// Lower and Upper are the one-pass bounds: sound, not always tight.
	Lower, Upper money.Amount
	// Bound is the exact bound, nil where none was computed.
	Bound *Bound
}

// Bound is what is true of a set of places whatever the convention: no
// conforming assignment puts less than L or more than U there (tracing method,
// section 4). A bound holds for its set of boundaries and its ledger.
type Bound struct {
	L, U money.Amount
	// CutU are ledger entries whose amounts sum to U: without them nothing
	// gets from the theft to the places. CutL are entries whose amounts sum to
	// K - L: without them nothing gets anywhere else.
	CutU, CutL []CutEdge
}

// CutEdge is one entry of a certificate.
type CutEdge struct {
	// Kind is "theft" (a seed itself), "pay" (a payment), "hold" (a balance
	// kept), "coin" (an output), "fee" or "end" (what stands at the place).
	Kind     string
	Transfer string // id; for a hold, the payment after which the balance was kept
	Account  ledger.Account
	To       ledger.Account
	Out      int // output number, for a coin
	Amount   money.Amount
	Time     time.Time
}

// GroupRow is a named group with its figures by view and asset.
type GroupRow struct {
	Name    string
	Asset   money.Asset
	Places  []*Place
	Figures []Figures // by view
}

// Hop is one movement of tainted value.
type Hop struct {
	ID       graph.ID
	Transfer string
	Ledger   ledger.ID
	Time     time.Time
	Asset    money.Asset
	// From is the paying account; on UTXO ledgers it is empty when inputs of
	// several accounts were spent together. Out is the credit's index, -1 for
	// the fee.
	From, To ledger.Account
	Out      int
	// Place is the index in Trail.Places where the hop ends, or -1.
	Place int
	// Value is what the hop moved, tainted or not.
	Value money.Amount
	// Tied is set when the order of this hop is not known.
	Tied    bool
	Seed    bool // the stolen value enters with this hop
	Figures []Figures
}

// UnobservedRow is clean value that must have been on a tainted pool before the
// data began, because the pool paid more than the data shows arriving.
type UnobservedRow struct {
	Pool   graph.Pool
	Asset  money.Asset
	Amount money.Amount
}

// Policy index of a policy in the trail, or -1.
func (t *Trail) Policy(p Policy) int {
	for i, q := range t.Policies {
		if q == p {
			return i
		}
	}
	return -1
}

// View returns the index of a view by name, or -1.
func (t *Trail) View(name string) int {
	for i, v := range t.Views {
		if v.Name == name {
			return i
		}
	}
	return -1
}

// OnePassHolds reports whether the one-pass bounds of a view in an asset hold
// under every convention. They use the listed order, so they do not where order
// is not known; they are the policies' own where a seed lies on the trail of
// another; and behind a conversion lots may differ from them by a unit each.
func (t *Trail) OnePassHolds(view int, asset money.AssetID) (bool, string) {
	if t.Stamp.Ties > 0 {
		return false, "the order of some transfers is not known"
	}
	for _, a := range t.Views[view].Assets {
		if a.Asset.ID == asset && !a.Bounded {
			return false, a.Why
		}
	}
	return true, ""
}

// Place finds a place by ID, by name, or by one of its accounts. More than one
// may match: an account may hold several assets.
func (t *Trail) Place(name string) []*Place {
	var out []*Place
	for _, p := range t.Places {
		hit := p.ID == name || p.Name == name
		for _, a := range p.Accounts {
			hit = hit || string(a) == name
		}
		if hit {
			out = append(out, p)
		}
	}
	return out
}
