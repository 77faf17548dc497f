package trace

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// Policy is a rule for what leaves a pool given what entered it, by its name in
// lower case: "fifo", "haircut", "hiso".
type Policy string

// The policies that both kinds of ledger have.
const (
	FIFO    Policy = "fifo"
	LIFO    Policy = "lifo"
	Haircut Policy = "haircut"
	Poison  Policy = "poison"
	// HaircutTruncated is the haircut on coins as BlockSci rounds it: an output
	// gets the whole part of value * tainted / all, in floating point, and the fee
	// what remains. It loses units, and is there to compare with that
	// program; it is never part of "default" or "all".
	HaircutTruncated Policy = "haircut-truncated"
	TaintFirst       Policy = "taint-first"
	CleanFirst       Policy = "clean-first"
	OwnFirst         Policy = "own-first"
	LIBR             Policy = "libr"
)

// Default is what a table shows when nothing is chosen: every policy that coins
// and accounts both have.
var Default = []Policy{FIFO, LIFO, Haircut, TaintFirst, CleanFirst, Poison}

// Method is what there is to say about a policy beside its figures.
type Method struct {
	Policy Policy
	Rule   string // one sentence
	Source string // paper, case or statute
	On     string // "coins", "accounts" or "both"
}

// Methods describes the named policies. The 24 input-output orders are made by
// Orders.
var Methods = []Method{
	{FIFO, "what came in first goes out first", "Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572; on coins R. Anderson, Tracing stolen bitcoin, Light Blue Touchpaper, 26 March 2018", "both"},
	{LIFO, "what came in last goes out first; coins reverse the whole queue, accounts keep the order inside a slice", "order (L,F) of taintedtx on coins; the opposite convention to first in, first out on accounts", "both"},
	{Haircut, "every payment takes its proportional share; largest remainder on coins, floor on accounts", "the rolling charge of Re Ontario Securities Commission (1985) 30 DLR (4th) 30; named so in R. Anderson, Tracing stolen bitcoin, Light Blue Touchpaper, 26 March 2018", "both"},
	{TaintFirst, "tainted value leaves first; on coins the order tifo", "MFTracer's simulation; taintedtx order (T,F)", "both"},
	{CleanFirst, "the holder's own value leaves first; on coins the order cifo", "Re Hallett's Estate (1880) 13 Ch D 696, in aggregate", "both"},
	{OwnFirst, "the holder's own value leaves first, then each victim's in order of arrival", "Re Hallett's Estate (1880) 13 Ch D 696", "accounts"},
	{LIBR, "a cap on each claim: the lowest balance since the claim arose; not an allocation between claimants", "Roscoe v Winder [1915] 1 Ch 62; Bishopsgate v Homan [1995] Ch 211", "accounts"},
	{HaircutTruncated, "the haircut cut off below the unit at each output, in floating point; loses units, for comparison with BlockSci only", "observed behaviour of BlockSci 0.7.0 (int64 of a double share)", "coins"},
	{Poison, "anything touched is wholly tainted; reachability, does not conserve", "named so in R. Anderson, Tracing stolen bitcoin, Light Blue Touchpaper, 26 March 2018", "both"},
}

// order is an input order and an output order of the generalised ordered
// policy (tracing method, section 2.3).
type order struct{ in, out byte }

const (
	inputOrders  = "FLTCHS"
	outputOrders = "FLHS"
)

// Orders lists the 24 ordered policies of coins: xIyO with x the order of the
// inputs (F vin, L reversed, T tainted first, C clean first, H high value
// first, S small first) and y that of the outputs (F vout, L reversed, H, S).
func Orders() []Policy {
	var ps []Policy
	for _, i := range inputOrders {
		for _, o := range outputOrders {
			ps = append(ps, Policy(strings.ToLower(string(i)+"i"+string(o)+"o")))
		}
	}
	return ps
}

// aliases are the names under which some orders are known.
var aliases = map[Policy]order{
	FIFO: {'F', 'F'}, LIFO: {'L', 'F'}, TaintFirst: {'T', 'F'}, CleanFirst: {'C', 'F'},
	"tiho": {'T', 'H'}, "tifo": {'T', 'F'}, "cifo": {'C', 'F'}, "ciso": {'C', 'S'},
}

// coinOrder finds the order of an ordered policy on coins.
func coinOrder(p Policy) (order, bool) {
	if o, ok := aliases[p]; ok {
		return o, true
	}
	s := strings.ToUpper(string(p))
	if len(s) == 4 && s[1] == 'I' && s[3] == 'O' && strings.IndexByte(inputOrders, s[0]) >= 0 && strings.IndexByte(outputOrders, s[2]) >= 0 {
		return order{s[0], s[2]}, true
	}
	return order{}, false
}

// On reports whether a policy exists on a kind of ledger.
func (p Policy) On(m ledger.Model) bool {
	if m == ledger.UTXO {
		_, ordered := coinOrder(p)
		return ordered || p == Haircut || p == Poison || p == HaircutTruncated
	}
	switch p {
	case FIFO, LIFO, Haircut, Poison, TaintFirst, CleanFirst, OwnFirst, LIBR:
		return true
	}
	return false
}

// Conserves reports whether the policy keeps Σ tainted out = Σ tainted in. All
// do but poison, and the haircut in another program's rounding.
func (p Policy) Conserves() bool { return p != Poison && p != HaircutTruncated }

// ParsePolicies reads a comma-separated list of policy names, without regard
// to case; "all" is every policy of the kind of ledger, "default" is Default.
func ParsePolicies(list string, m ledger.Model) ([]Policy, error) {
	var ps []Policy
	seen := map[Policy]bool{}
	add := func(more ...Policy) {
		for _, p := range more {
			if !seen[p] {
				seen[p] = true
				ps = append(ps, p)
			}
		}
	}
	for _, word := range strings.Split(list, ",") {
		p := Policy(strings.ToLower(strings.TrimSpace(word)))
		switch {
		case p == "default" || p == "":
			add(Default...)
		case p == "all":
			add(Default...)
			if m == ledger.UTXO {
				add(Orders()...)
			} else {
				add(OwnFirst, LIBR)
			}
		case p.On(m):
			add(p)
		case p.On(ledger.UTXO) || p.On(ledger.Accounts):
			return nil, fmt.Errorf("policy %q does not exist on %s ledgers", word, m)
		default:
			return nil, fmt.Errorf("unknown policy %q; there are fifo, lifo, haircut, poison, taint-first, clean-first; on coins tiho, tifo, cifo, ciso, the xIyO orders (hiso) and haircut-truncated; on accounts own-first, libr", word)
		}
	}
	return ps, nil
}

// FeeRule says which units of a transaction's queue pay its fee.
type FeeRule string

// The fee rules (tracing method, section 2.4).
const (
	FeeLast    FeeRule = "last"    // outputs first, the rest of the queue is the fee
	FeeFirst   FeeRule = "first"   // the head of the queue is the fee
	FeeProrata FeeRule = "prorata" // every segment pays its share first
)

// FeeFate says where tainted fees go.
type FeeFate string

// The fee fates (tracing method, section 2.4).
const (
	FeeSink      FeeFate = "sink"          // fees end as a terminal
	FeesFirst    FeeFate = "fees-first"    // into the coinbase: fees in order, then the subsidy
	SubsidyFirst FeeFate = "subsidy-first" // into the coinbase: the subsidy, then fees in order
)
