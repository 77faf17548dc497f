package report

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// rate is what was got for one whole unit of what was given, as an exact fraction
// in lowest terms. The far leg is there and nothing given is not a conversion.
func rate(c *trace.Conversion) *big.Rat {
	return new(big.Rat).Quo(whole(c.Got.Asset, c.Got.Amount), whole(c.Gave.Asset, c.Gave.Amount))
}

// whole is an amount in whole units of its asset.
func whole(a money.Asset, n money.Amount) *big.Rat {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(a.Decimals, 0))), nil)
	return new(big.Rat).SetFrac(n.Big(), ten)
}

// rateWords writes a rate with its unit: "3000 USDT per ETH", "1/3 USDT per ETH".
func rateWords(c *trace.Conversion) string {
	return fmt.Sprintf("%s %s per %s", rate(c).RatString(), c.Got.Asset.Name(), c.Gave.Asset.Name())
}

// observed reports whether the data has what was got.
func observed(c *trace.Conversion) bool { return c.Got.Transfers != nil && !c.Gave.Amount.IsZero() }

// recognised counts the conversions that nobody stated.
func recognised(cs []trace.Conversion) int {
	n := 0
	for _, c := range cs {
		if c.Recognised {
			n++
		}
	}
	return n
}

// conversionAt finds the conversion between whose legs an account stands, or nil.
func (x *hopIndex) conversionAt(l ledger.ID, a ledger.Account) *trace.Conversion {
	return x.swaps[spot{ledger: l, account: a}]
}

// conversionOf is the conversion that a place is the end of, or nil. What a pool
// gave in it, of value that came to the pool by another way, ends there too, and is
// not what it converts: then mirror is set.
func (x *hopIndex) conversionOf(p *trace.Place) (c *trace.Conversion, mirror bool) {
	if p.Kind != trace.Converted || len(p.Accounts) != 1 {
		return nil, false
	}
	if c = x.conversionAt(p.Ledger, p.Accounts[0]); c == nil {
		return nil, false
	}
	return c, c.Gave.Asset.ID != p.Asset.ID
}

// fate says in words what a conversion made of what ended at a place.
func (x *hopIndex) fate(p *trace.Place) (string, bool) {
	switch c, mirror := x.conversionOf(p); {
	case c == nil:
		return "", false
	case mirror:
		return fmt.Sprintf("paid out by %s in the conversion of another, for %s; not followed further", c.Got.Counter, c.Gave.Asset.Format(c.Gave.Amount)), true
	default:
		return became(c) + "; " + basis(c), true
	}
}

// became says what a conversion made of what it took.
func became(c *trace.Conversion) string {
	if !observed(c) {
		return "what it became is not in the data"
	}
	s := fmt.Sprintf("became %s at %s", c.Got.Asset.Format(c.Got.Amount), rateWords(c))
	if c.Got.Account != c.Gave.Account {
		s += fmt.Sprintf(", got by %s", c.Got.Account)
	}
	return s
}

// basis says who says that it is a conversion, and from which entries.
func basis(c *trace.Conversion) string {
	s := "stated"
	if c.Recognised {
		s = "recognised from net flows"
	}
	s += fmt.Sprintf(", transaction %s: given in %s", c.Tx, entries(c.Tx, c.Gave))
	if observed(c) {
		s += ", got in " + entries(c.Tx, c.Got)
	}
	return s
}

// entries names the ledger entries of a leg, within its transaction where they say
// so, and who stood on the other side.
func entries(tx string, l trace.ConversionLeg) string {
	var ids []string
	for _, id := range l.Transfers {
		part, within := strings.CutPrefix(id, tx+"/")
		switch {
		case id == tx:
			id = "its own transfer"
		case within:
			id = "…/" + part
		}
		ids = append(ids, id)
	}
	s := strings.Join(ids, " and ")
	switch {
	case l.Counter == ledger.Outside:
		s += " (made or destroyed)"
	case l.Counter != "":
		s += fmt.Sprintf(" (with %s)", l.Counter)
	}
	return s
}

// conversions lists what was swapped into another asset.
func (t *text) conversions() {
	rows := t.d.Trail.Conversions
	if len(rows) > 0 {
		t.heading("Conversions: what was swapped into another asset")
		shown := min(len(rows), t.o.limit(listLimit))
		for i := range rows[:shown] {
			c := &rows[i]
			line := fmt.Sprintf("%s: %s gave %s, which %s; %s, %s", t.names.look(string(ledger.SwapAccount(c.Name))), t.names.look(string(c.Gave.Account)),
				clean(c.Gave.Asset.Format(c.Gave.Amount)), clean(became(c)), clean(basis(c)), when(c.Time))
			t.b.WriteString("  " + wrap(line, t.width-2, "    ") + "\n")
		}
		if rest := len(rows) - shown; rest > 0 {
			fmt.Fprintf(&t.b, "  … %s (--limit -1)\n", plural(rest, "more conversion", "more conversions"))
		}
	}
	t.unclear()
}

// unclear lists the exchanges that were not recognised, with the reason.
func (t *text) unclear() {
	rows := t.d.Trail.Unclear
	if len(rows) == 0 {
		return
	}
	t.heading("Not recognised: transactions on the trail that exchange assets, followed as they are")
	shown := min(len(rows), t.o.limit(listLimit))
	for _, u := range rows[:shown] {
		t.b.WriteString("  " + wrap(clean(u.Tx)+": "+clean(unclearWords(u)), t.width-2, "    ") + "\n")
	}
	if rest := len(rows) - shown; rest > 0 {
		fmt.Fprintf(&t.b, "  … %s (--limit -1)\n", plural(rest, "more transaction", "more transactions"))
	}
}

func unclearWords(u trace.Unclear) string {
	if u.Who == "" {
		return string(u.Why)
	}
	return fmt.Sprintf("%s (%s)", u.Why, u.Who)
}

// ConversionRecord is value on the trail that changed its asset.
type ConversionRecord struct {
	Record string `json:"record"` // "conversion"
	// Name of the account between the legs, behind "swap:".
	Name   string `json:"name"`
	Ledger string `json:"ledger"`
	Tx     string `json:"tx"`
	Time   string `json:"time,omitempty"`
	// Recognised from net flows; else the ledger or the case states it.
	Recognised bool       `json:"recognised"`
	Gave       LegRecord  `json:"gave"`
	Got        *LegRecord `json:"got,omitempty"` // absent: not in the data
	// Rate is units got per unit given, both whole, as an exact fraction "p/q".
	Rate string `json:"rate,omitempty"`
}

type LegRecord struct {
	Account string       `json:"account"`
	Asset   string       `json:"asset"`
	Amount  money.Amount `json:"amount"`
	// Counter is who stood on the other side; absent: nobody says.
	Counter   string         `json:"counter,omitempty"`
	Transfers []string       `json:"transfers"` // it is their net sum
	Evidence  string         `json:"evidence,omitempty"`
	Figures   []FigureRecord `json:"figures"`
}

// UnclearRecord is an exchange on the trail that was not recognised.
type UnclearRecord struct {
	Record string `json:"record"` // "unclear"
	Ledger string `json:"ledger"`
	Tx     string `json:"tx"`
	Time   string `json:"time,omitempty"`
	Why    string `json:"why"`
	Who    string `json:"who,omitempty"` // the account that Why is about
}

// Conversions lists what changed its asset on the trail, in the assets that are
// shown.
func (r *Records) Conversions() []ConversionRecord {
	out := []ConversionRecord{}
	for i := range r.d.Trail.Conversions {
		c := &r.d.Trail.Conversions[i]
		if !r.converts(c) {
			continue
		}
		rec := ConversionRecord{
			Record: "conversion", Name: c.Name, Ledger: string(c.Ledger), Tx: c.Tx, Time: stampTime(c.Time), Recognised: c.Recognised,
			Gave: r.leg(c.Gave),
		}
		if observed(c) {
			leg := r.leg(c.Got)
			rec.Got, rec.Rate = &leg, rate(c).String()
		}
		out = append(out, rec)
	}
	return out
}

func (r *Records) converts(c *trace.Conversion) bool {
	_, gave := r.assets[c.Gave.Asset.ID]
	_, got := r.assets[c.Got.Asset.ID]
	return gave || got
}

// Unclear lists the exchanges on the trail that were not recognised, with why.
func (r *Records) Unclear() []UnclearRecord {
	out := []UnclearRecord{}
	for _, u := range r.d.Trail.Unclear {
		out = append(out, UnclearRecord{"unclear", string(u.Ledger), u.Tx, stampTime(u.Time), string(u.Why), string(u.Who)})
	}
	return out
}

func (r *Records) leg(l trace.ConversionLeg) LegRecord {
	return LegRecord{string(l.Account), string(l.Asset.ID), l.Amount, string(l.Counter), l.Transfers, l.Evidence, r.figures(l.Asset.ID, l.Figures)}
}

// pageConversion is a conversion, or an exchange that was not recognised, on the
// page.
type pageConversion struct{ Tx, Account, Gave, Got, Rate, How, Time, Why string }

func (p *page) conversions(d *Document, n *names) {
	for i := range d.Trail.Conversions {
		c := &d.Trail.Conversions[i]
		row := pageConversion{
			Tx: clean(c.Tx), Account: n.look(string(c.Gave.Account)), Gave: clean(c.Gave.Asset.Format(c.Gave.Amount)),
			Got: "not in the data", How: clean(basis(c)), Time: when(c.Time),
		}
		if observed(c) {
			row.Got, row.Rate = clean(c.Got.Asset.Format(c.Got.Amount)), clean(rateWords(c))
			if c.Got.Account != c.Gave.Account {
				row.Got += ", to " + n.look(string(c.Got.Account))
			}
		}
		p.Conversions = append(p.Conversions, row)
	}
	for _, u := range d.Trail.Unclear {
		p.Unclear = append(p.Unclear, pageConversion{Tx: clean(u.Tx), Time: when(u.Time), Why: clean(unclearWords(u))})
	}
}
