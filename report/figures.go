package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// notKnown stands where the data does not say; notThere where a policy or figure
// does not exist. Neither is ever written as 0.
const (
	notKnown = "not known"
	notThere = "n/a"
)

// onePass says what the one-pass bounds of a scope are worth: they contain the
// exact ones, unless the trail says why they need not.
func (s scope) onePass() string {
	ok, why := s.t.OnePassHolds(s.view, s.asset().ID)
	if ok {
		return "from one pass: they hold, but are not tight"
	}
	return "from one pass: not tight, and they need not hold under every convention (" + clean(why) + ")"
}

// interval is the bound of a set of places as it is shown: exact, or one-pass
// and then not tight.
type interval struct {
	L, U  money.Amount
	Tight bool
	exact *trace.Bound
}

func boundOf(f trace.Figures) interval {
	if f.Bound != nil {
		return interval{f.Bound.L, f.Bound.U, true, f.Bound}
	}
	return interval{f.Lower, f.Upper, false, nil}
}

// digits writes amounts of one asset for people, all with the same number of
// digits behind the point. What does not fit is cut off, never rounded, and the
// reader is told (cut).
type digits struct {
	asset money.Asset
	shown int
	cut   bool
}

// fit chooses the digits that a set of amounts needs, at most so many.
func fit(asset money.Asset, most int, amounts []money.Amount) digits {
	d := digits{asset: asset}
	for _, a := range amounts {
		if _, frac, point := strings.Cut(a.Decimal(asset.Decimals), "."); point {
			d.shown = max(d.shown, len(frac))
		}
	}
	if d.shown > most {
		d.shown, d.cut = most, true
	}
	return d
}

// few is how many digits behind the point a wide table shows: four, or two where
// whole amounts are long.
func few(asset money.Asset, most money.Amount) int {
	whole, _, _ := strings.Cut(most.Decimal(asset.Decimals), ".")
	if len(whole) > 4 {
		return 2
	}
	return 4
}

// format writes an amount without its asset. An amount that the cut would turn
// into nothing is written as less than the smallest that shows.
func (d digits) format(a money.Amount) string {
	if a.IsZero() {
		return "0"
	}
	whole, frac, _ := strings.Cut(a.Grouped(d.asset.Decimals), ".")
	if len(frac) > d.shown {
		frac = frac[:d.shown]
	}
	frac += strings.Repeat("0", d.shown-len(frac))
	if d.shown == 0 {
		if whole == "0" {
			return "<1"
		}
		return whole
	}
	if strings.Trim(whole+frac, "0") == "" {
		return "<0." + strings.Repeat("0", d.shown-1) + "1"
	}
	return whole + "." + frac
}

// brief writes an amount for a picture: at most four digits behind the point and
// no trailing zeros.
func brief(asset money.Asset, a money.Amount) string {
	s := digits{asset: asset, shown: 4}.format(a)
	if strings.Contains(s, ".") && s[0] != '<' {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// percent is part of whole with two decimals, cut off; nothing of nothing has no
// share.
func percent(part, whole money.Amount) string {
	if whole.IsZero() {
		return notThere
	}
	p := money.Percent(part, whole)
	if p == "0.00" && !part.IsZero() {
		return "<0.01%"
	}
	return p + "%"
}

// instant writes a time in UTC, to the second where it has seconds.
func instant(t time.Time) string {
	switch {
	case t.IsZero():
		return notKnown
	case t.Second() == 0:
		return t.UTC().Format("2006-01-02 15:04 UTC")
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// when writes a time in a sentence.
func when(t time.Time) string {
	if t.IsZero() {
		return "time " + notKnown
	}
	return instant(t)
}

// group is a kind of place as tables and pictures show it.
type group struct {
	Kind  trace.Kind
	Label string // head of its rows
	One   string // one place of it
	Many  string
	Means string
}

// groups in the order in which they are shown.
var groups = []group{
	{trace.Exit, "exits", "exit", "exits", "delivered to a service or another boundary, where tracing stops"},
	{trace.Converted, "converted", "conversion", "conversions", "swapped into another asset"},
	{trace.Held, "held", "holding", "holdings", "still there at the end of a history the data has whole"},
	{trace.Edge, "edge of data", "edge of data", "places at the edge", "the data does not have what came after: it may have moved on"},
	{trace.Debt, "debts", "debt", "debts", "extinguished the overdraft of a bank account"},
	{trace.Burn, "burnt", "burn", "burns", "destroyed, or not claimed by a coinbase"},
	{trace.Elsewhere, "elsewhere", "place", "places elsewhere", "left the paths that lead to the accounts asked about"},
	{trace.Fee, "fees", "fee row", "fee rows", "paid to have transactions included"},
}

func groupOf(k trace.Kind) group {
	for _, g := range groups {
		if g.Kind == k {
			return g
		}
	}
	return group{Kind: k, Label: string(k), One: string(k), Many: string(k)}
}

// of gives the part of the totals that is booked under a kind. Held and edge are
// disjoint here, as they are among the places.
func (g group) of(t trace.Totals) money.Amount {
	switch g.Kind {
	case trace.Exit:
		return t.Exits
	case trace.Held:
		return t.Held.Monus(t.Edge)
	case trace.Edge:
		return t.Edge
	case trace.Fee:
		return t.Fees
	case trace.Burn:
		return t.Burnt
	case trace.Converted:
		return t.Converted
	case trace.Debt:
		return t.Debts
	case trace.Elsewhere:
		return t.Elsewhere
	}
	return money.Zero
}

// always reports whether a kind has a row even where nothing is in it.
func (g group) always(m ledger.Model) bool {
	switch g.Kind {
	case trace.Exit, trace.Held, trace.Edge, trace.Fee:
		return true
	case trace.Converted:
		return m != ledger.UTXO
	}
	return false
}

// section is a kind of place with its places and their sums by policy.
type section struct {
	group
	Places []*trace.Place
	Sums   []money.Amount
}

// sections lays out the places of a scope by kind. The sums come from the
// conservation record, which holds under each policy.
func (s scope) sections() []section {
	places := s.places()
	var out []section
	for _, g := range groups {
		sec := section{group: g}
		some := false
		for i := range s.t.Policies {
			n := g.of(s.totals.ByPolicy[i])
			sec.Sums = append(sec.Sums, n)
			some = some || !n.IsZero()
		}
		for _, p := range places {
			if p.Kind == g.Kind {
				sec.Places = append(sec.Places, p)
			}
		}
		if some || len(sec.Places) > 0 || g.always(s.model) {
			out = append(out, sec)
		}
	}
	return out
}

// sumOf adds up places by policy. Policies that the ledger lacks stay zero and
// are shown as n/a.
func (s scope) sumOf(places []*trace.Place) []money.Amount {
	sums := make([]money.Amount, len(s.t.Policies))
	for _, p := range places {
		for i, a := range s.figures(p).Amounts {
			sums[i] = sums[i].Add(a)
		}
	}
	return sums
}

// equation writes the conservation record of one policy in words:
// "seeded 400,001 = exits 0 + held 3 + …".
func (s scope) equation(p int, d digits) string {
	by := s.totals.ByPolicy[p]
	var b strings.Builder
	fmt.Fprintf(&b, "seeded %s", d.format(by.Seeded))
	if !by.ConvertedIn.IsZero() {
		fmt.Fprintf(&b, " + converted in %s", d.format(by.ConvertedIn))
	}
	b.WriteString(" = ")
	for i, sec := range s.sections() {
		if i > 0 {
			b.WriteString(" + ")
		}
		label := sec.Label
		if sec.Kind == trace.Fee && s.t.Stamp.IgnoreFees && s.model != ledger.UTXO {
			b.WriteString("fees not counted")
			continue
		}
		fmt.Fprintf(&b, "%s %s", label, d.format(sec.Sums[p]))
	}
	return b.String()
}

// plural writes a count with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return money.Units(uint64(n)).Grouped(0) + " " + many
}
