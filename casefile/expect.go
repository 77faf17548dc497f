package casefile

import (
	"time"

	"go.yaml.in/yaml/v4"
)

// Expect is one line that a case says ought to come out, with who says so. It
// is checked, never believed: see Loaded.Check and trace.Check.
type Expect struct {
	Line   int
	Title  string
	Source string
	Text   string
	// Test is one of the kinds below.
	Test Test
}

// Test is what an expect line checks.
type Test interface{ isTest() }

// Rows counts and sums the transfers of a selection ("check: rows"). Only what
// is set is compared.
type Rows struct {
	Where                                                   Where
	Count, Senders, Receivers, Times, Days, Assets, Unknown int // -1: not stated
	NewReceivers                                            int
	Sum, Smallest, Largest                                  *Amount
	First, Last                                             time.Time
	// Span is the time from the first row to the last.
	Span time.Duration
	// Share is the sum in percent of that of ShareOf, two decimals, cut off.
	ShareOf *Where
	Share   string
	// Prefixes counts the receivers whose names begin so.
	Prefixes []PrefixCount
}

// PrefixCount is a number of accounts that begin alike.
type PrefixCount struct {
	Prefix string
	Count  int
}

// ByTime lists a selection by block time ("check: by_time") or by day in UTC
// ("check: by_day"). The list must be whole.
type ByTime struct {
	Where Where
	Day   bool
	Rows  []TimeRow
}

// TimeRow is one time or day of a ByTime.
type TimeRow struct {
	At                     time.Time
	Count                  int // -1: not stated
	Sum, Smallest, Largest *Amount
}

// Shape says how senders and receivers of a selection are joined ("check:
// shape"): "one-to-one", "fan-out" (a sender pays several, each receiver has one
// sender), "consolidation" (a receiver is paid by several, each sender pays
// one) or "mixed".
type Shape struct {
	Where Where
	Shape string
}

// RepeatReceivers lists the receivers paid by more than one row, or by more
// than one sender ("check: repeat_receivers").
type RepeatReceivers struct {
	Where     Where
	BySenders bool
	Count     int // -1: not stated
	Accounts  []Word
}

// CommonReceivers lists the receivers whom every one of the senders pays
// ("check: common_receivers").
type CommonReceivers struct {
	Where    Where
	Senders  []Word
	Count    int // -1: not stated
	Accounts []Word
}

// Dormancy measures, for each account, the whole days from its last credit in
// In to its first debit in Out ("check: dormancy").
type Dormancy struct {
	In, Out Where
	// Accounts is how many accounts have both; Still how many have no debit in
	// Out; -1: not stated.
	Accounts, Still  int
	MinDays, MaxDays int
}

// SumDifference is the sum of More less that of Less ("check: sum_difference").
type SumDifference struct {
	More, Less         Where
	Difference, Within *Amount
}

// Claim compares a published figure with a selection ("check: claim"). The
// arithmetic says whether they agree; whether a difference contradicts the
// claim or only is not explained is a judgement of whoever wrote the case.
type Claim struct {
	Who    string
	Figure Amount
	Where  Where
	// Within is how far apart agreeing figures may be; nil: not at all.
	Within *Amount
	// Verdict is "agrees", "contradicted" or "not explained".
	Verdict    string
	Difference *Amount
}

// Tagged counts the senders or receivers of a selection that carry a label or
// concept ("check: tagged").
type Tagged struct {
	Where          Where
	Senders        bool
	Label, Concept string
	Count, Of      int // -1: not stated
}

// Note is a statement with its source and nothing to check ("check: note").
type Note struct{}

// Target names a place or group of the trail in one view and asset.
type Target struct {
	Place, Group string
	Theft        string // empty: the only theft, or the union
	Asset        Word
}

// Place is the amount that stands at a place or group under policies ("check:
// place").
type Place struct {
	Target  Target
	Amounts []PolicyAmount
	Within  *Amount
}

// PolicyAmount is an amount under a policy.
type PolicyAmount struct {
	Policy Word
	Amount Amount
}

// Bound is the exact interval of a place or group ("check: bound").
type Bound struct {
	Target               Target
	Lower, Upper, Within *Amount
}

// Spread says that policies differ by at most Percent of the largest of them,
// on each place or on the sum of all places ("check: spread"). An empty Group
// means all places.
type Spread struct {
	Theft, Group string
	Asset        Word
	Policies     []Word
	Percent      Word
	Total        bool
}

// Totals is the conservation record of a theft in one asset ("check: totals").
type Totals struct {
	Theft  string
	Asset  Word
	Policy Word // empty: fifo
	// Parts are amounts by name: seeded, exits, held, edge, fees, burnt,
	// debts, converted, converted_in, elsewhere.
	Parts  []PartAmount
	Within *Amount
}

// PartAmount is an amount of a conservation record.
type PartAmount struct {
	Part   string
	Amount Amount
}

// Untouched says that no stolen value of any theft reached some assets or
// accounts under any policy ("check: untouched").
type Untouched struct {
	Assets, Accounts []Word
	Ledger           Word
}

// Unobserved sums the clean value that must have stood on tainted accounts
// before the data ("check: unobserved").
type Unobserved struct {
	Asset         Word
	Label         string // only accounts with this label
	Accounts      []Word // only these
	Count         int    // -1: not stated
	Sum, Min, Max *Amount
	Within        *Amount
}

func (Rows) isTest()            {}
func (ByTime) isTest()          {}
func (Shape) isTest()           {}
func (RepeatReceivers) isTest() {}
func (CommonReceivers) isTest() {}
func (Dormancy) isTest()        {}
func (SumDifference) isTest()   {}
func (Claim) isTest()           {}
func (Tagged) isTest()          {}
func (Note) isTest()            {}
func (Place) isTest()           {}
func (Bound) isTest()           {}
func (Spread) isTest()          {}
func (Totals) isTest()          {}
func (Untouched) isTest()       {}
func (Unobserved) isTest()      {}

// A form reads the keys of one kind of check.
type form struct {
	keys []string
	read func(o *object) Test
}

// expect reads one entry: its kind decides its keys.
func (r *reader) expect(n *yaml.Node) Expect {
	kind := kindOf(n)
	f, ok := forms[kind]
	if !ok {
		words := make([]string, 0, len(forms))
		for k := range forms {
			words = append(words, k)
		}
		if kind == "" {
			r.fail(n.Line, "begin it with check: rows or another kind", "an expect entry does not say what it checks")
		}
		r.fail(n.Line, nearest(kind, words), "unknown check %q", kind)
		return Expect{}
	}
	o := r.object(n, "a check "+kind, append([]string{"check", "title!", "source", "text"}, f.keys...)...)
	return Expect{Line: o.line, Title: o.text("title"), Source: o.text("source"), Text: o.text("text"), Test: f.read(o)}
}

func kindOf(n *yaml.Node) string {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "check" {
				return n.Content[i+1].Value
			}
		}
	}
	return ""
}
