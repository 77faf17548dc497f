package study

import (
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

// reading is a register under a policy: it turns incidents into rows.
type reading struct {
	reg    *heist.Register
	pol    *heist.Policy
	actor  string
	q      heist.Query
	day    string // as known on
	prices *heist.Prices
}

// additive are the bases whose events of different days add up (docs/register.md).
var additive = map[heist.Basis]bool{heist.Frozen: true, heist.Seized: true, heist.Returned: true, heist.Recovered: true, heist.Reimbursed: true}

// ordered are the bases of a row, in the order of a heist, with what is derived
// last.
var ordered = func() (out []Basis) {
	for _, b := range heist.Bases() {
		out = append(out, Basis(b))
	}
	return append(out, Net)
}()

func bases() []Basis { return ordered }

func newReading(reg *heist.Register, pol *heist.Policy, actor string) (*reading, error) {
	r := &reading{reg: reg, pol: pol, actor: actor, q: heist.Query{ReviewedOnly: pol.Reviewed, MinGrade: pol.MinGrade}}
	r.day = lastRecorded(reg)
	if pol.AsKnownOn != "" && pol.AsKnownOn != "now" {
		d, err := heist.ParseDate(pol.AsKnownOn)
		if err != nil {
			return nil, fmt.Errorf("policy %s: as_known_on: %w", pol.ID, err)
		}
		if d.Last().IsZero() {
			return nil, fmt.Errorf("policy %s: as_known_on: %q has no end; write a day, a month or now", pol.ID, pol.AsKnownOn)
		}
		r.q.AsKnownOn, r.day = d.Last(), d.Last().Format(time.DateOnly)
	}
	var err error
	r.prices, err = heist.EmbeddedPrices()
	return r, err
}

// lastRecorded is the day of the register's last entry: what "now" means without
// a clock.
func lastRecorded(reg *heist.Register) string {
	last := "1970-01-01"
	take := func(d heist.Date) {
		if s := d.String(); len(s) >= 10 && s[:10] > last {
			last = s[:10]
		}
	}
	for _, i := range reg.Incidents {
		if i.Import != nil {
			take(i.Import.RecordedOn)
		}
		for _, cl := range i.Claims {
			take(cl.RecordedOn)
			take(cl.ReviewedOn)
		}
	}
	return last
}

func (r *reading) terms(b Basis) Terms {
	v := r.pol.Valuation
	if v == "" {
		v = string(heist.AsBooked)
	}
	return Terms{b, v, r.day}
}

// value states cents on a basis; the terms of a reading are always complete.
func (r *reading) value(cents money.Amount, b Basis) Value { return Value{cents, r.terms(b)} }

// figure is an amount on its way into a row.
type figure struct {
	cents, low, high money.Amount
	known, stands    bool
	native           bool // valued from native units
	claims           []string
}

// row reads one incident.
func (r *reading) row(i *heist.Incident) (Row, error) {
	out := Row{ID: i.ID, Title: i.Title, Occurred: i.Occurred().String(), Year: i.Occurred().Year(),
		Sector: string(i.Sector), Scope: string(i.Scope), Country: r.word(i, heist.PropCountry),
		Method: r.word(i, heist.PropMethod), Wallet: r.word(i, heist.PropTemperature), Claimed: r.attribution(i)}
	figs := map[Basis]figure{}
	for _, b := range heist.Bases() {
		f, err := r.figure(i, b)
		if err != nil {
			return out, err
		}
		figs[Basis(b)] = f
	}
	stand(figs)
	figs[Net] = r.net(i, figs)
	for _, b := range bases() {
		f := figs[b]
		if f.high.Less(f.cents) {
			f.high = f.cents
		}
		out.Amounts = append(out.Amounts, Amount{r.value(f.cents, b), r.value(f.low.Min(f.cents), b), r.value(f.high, b), f.known, f.stands, f.native, f.claims})
	}
	out.Draft = r.draft(i, figs, out.Claimed)
	out.Roots = r.roots(i)
	return out, nil
}

// stand fills what no claim gives: what left control was also asked for and
// carried out, so attempted is never below left_control.
func stand(figs map[Basis]figure) {
	left := figs[Basis(heist.LeftCtrl)]
	for _, b := range []Basis{Basis(heist.Attempted), Basis(heist.Executed), Basis(heist.Proceeds)} {
		f := figs[b]
		if left.known && (!f.known || b == Basis(heist.Attempted) && f.cents.Less(left.cents)) {
			f = left
			f.stands = true
			figs[b] = f
		}
	}
}

// figure reads a basis in dollars: as booked, those that sources give; else native
// units at pinned prices, and the booked dollars where there is no price.
func (r *reading) figure(i *heist.Incident, b heist.Basis) (figure, error) {
	if v := r.pol.Valuation; v == string(heist.AtTheft) || strings.HasPrefix(v, "as_of:") {
		if f, ok, err := r.valued(i, b); ok || err != nil {
			return f, err
		}
	}
	return r.booked(i, b), nil
}

// booked reads the dollars that sources give.
func (r *reading) booked(i *heist.Incident, b heist.Basis) figure {
	if additive[b] {
		var f figure
		for _, e := range r.reg.Events(i, b, "USD", r.q) {
			f.add(e)
		}
		return f
	}
	return one(r.reg.Amounts(i, b, "USD", r.q))
}

func one(res heist.Resolved) figure {
	var f figure
	f.add(res)
	return f
}

// add takes an event in; what is valued on another day than the theft's is not of
// the same money and stays out.
func (f *figure) add(res heist.Resolved) {
	if res.Claim == nil {
		return
	}
	n, ok := res.Claim.Amount()
	v := res.Claim.Valuation
	if !ok || v == "at_seizure" || strings.HasPrefix(string(v), "as_of:") {
		f.claims = append(f.claims, res.Claim.GlobalID())
		return
	}
	low, high := n, n
	if res.HasRange {
		low, high = n.Min(res.Low), res.High
		if high.Less(n) {
			high = n
		}
	}
	f.cents, f.low, f.high, f.known = f.cents.Add(n), f.low.Add(low), f.high.Add(high), true
	f.claims = append(f.claims, res.Claim.GlobalID())
}

// valued turns native units into dollars at pinned prices of the policy's day;
// false when an asset has no price, when the theft is of no known day, or when it
// cannot be told which of several moneys the amount is.
func (r *reading) valued(i *heist.Incident, b heist.Basis) (figure, bool, error) {
	day := i.Occurred().First()
	if text, ok := strings.CutPrefix(r.pol.Valuation, "as_of:"); ok {
		d, err := heist.ParseDate(text)
		if err != nil {
			return figure{}, false, fmt.Errorf("policy %s: valuation: %w", r.pol.ID, err)
		}
		day = d.First()
	} else if !exact(i.Occurred()) {
		return figure{}, false, nil
	}
	codes, ok := r.counted(i, b)
	if !ok {
		return figure{}, false, nil
	}
	var f figure
	for _, code := range codes {
		a := r.reg.Asset(code)
		if a == nil {
			continue
		}
		native := one(r.reg.Amounts(i, b, code, r.q))
		if additive[b] {
			native = figure{}
			for _, e := range r.reg.Events(i, b, code, r.q) {
				native.add(e)
			}
		}
		price, err := r.prices.At(code, day)
		if err != nil || !native.known {
			return figure{}, false, nil // no price, no dollars: the booked ones stand
		}
		for _, part := range []struct{ to, of *money.Amount }{{&f.cents, &native.cents}, {&f.low, &native.low}, {&f.high, &native.high}} {
			cents, err := a.Value(*part.of, price)
			if err != nil {
				return figure{}, false, fmt.Errorf("%s: %s %s: %w", i.ID, b, code, err)
			}
			*part.to = part.to.Add(cents)
		}
		f.known, f.native, f.claims = true, true, append(f.claims, native.claims...)
	}
	return f, f.known, nil
}

// net is left_control less what came back, in native units where both are given in
// one asset: two dollar figures of different days do not subtract (Euler: 197 M
// stolen, 240 M returned).
func (r *reading) net(i *heist.Incident, figs map[Basis]figure) figure {
	left := figs[Basis(heist.LeftCtrl)]
	f := left
	f.stands = false
	f.claims = append([]string{}, left.claims...)
	if !left.known {
		return f
	}
	for _, code := range r.native(i, heist.LeftCtrl) {
		gone := one(r.reg.Amounts(i, heist.LeftCtrl, code, r.q))
		back, ok := r.reg.Back(i, code, r.q)
		if !ok || !gone.known || gone.cents.IsZero() {
			continue
		}
		for _, c := range []*money.Amount{&f.cents, &f.low, &f.high} {
			*c, _ = c.MulDiv(gone.cents.Monus(back), gone.cents)
		}
		f.claims = append(append(f.claims, gone.claims...), r.backClaims(i, code)...)
		return f
	}
	back, ok := r.reg.Back(i, "USD", r.q)
	if !ok {
		return f
	}
	f.cents, f.low, f.high = f.cents.Monus(back), f.low.Monus(back), f.high.Monus(back)
	f.claims = append(f.claims, r.backClaims(i, "USD")...)
	return f
}

// counted lists the native assets whose amounts add up to a basis: coins, each kind
// apart; else one money, since a second one tells the same loss again (Standard Bank
// in yen and in rand). Of several it is that of the victim's country; false when
// none is.
func (r *reading) counted(i *heist.Incident, b heist.Basis) ([]string, bool) {
	codes := r.native(i, b)
	if len(codes) < 2 || !r.fiat(codes[0]) {
		return codes, true
	}
	country := r.word(i, heist.PropCountry)
	for _, code := range codes {
		if country != "" && strings.HasPrefix(code, country) { // ISO 4217 begins with the country's ISO 3166 letters
			return []string{code}, true
		}
	}
	return nil, false
}

func (r *reading) fiat(code string) bool {
	a := r.reg.Asset(code)
	return a != nil && a.Kind == "fiat"
}

// native lists the assets in which a basis is counted in units of its own: coins; or,
// where there are none, the moneys. Euros for coins that were sold years later
// (BitGrail) are as little the money of the theft as dollars are.
func (r *reading) native(i *heist.Incident, b heist.Basis) (coins []string) {
	var other []string
	for _, code := range r.reg.AssetsOf(i, b, r.q) {
		switch {
		case code == "USD":
		case r.fiat(code):
			other = append(other, code)
		default:
			coins = append(coins, code)
		}
	}
	if len(coins) == 0 {
		return other
	}
	return coins
}

func (r *reading) backClaims(i *heist.Incident, asset string) (ids []string) {
	for _, b := range []heist.Basis{heist.Recovered, heist.Returned} {
		for _, e := range r.reg.Events(i, b, asset, r.q) {
			ids = append(ids, e.Claim.GlobalID())
		}
	}
	return ids
}

// word is the value of a property that is a word, "" when there is none.
func (r *reading) word(i *heist.Incident, p heist.Property) string {
	cl := r.reg.Resolve(i, p, r.q).Claim
	if cl == nil || cl.Missing != "" {
		return ""
	}
	return cl.Value
}

// draft: an amount or the attribution that counts has not been checked again.
func (r *reading) draft(i *heist.Incident, figs map[Basis]figure, who Attribution) bool {
	for _, b := range []Basis{Basis(heist.LeftCtrl), Basis(heist.Attempted), Net} {
		for _, id := range figs[b].claims {
			if cl := i.Claim(local(id)); cl != nil && cl.Draft() {
				return true
			}
		}
	}
	return r.unchecked(i, who)
}

// unchecked: everything that decides an attribution is a draft; one checked claim
// that gives the same verdict is enough. A counted one is decided by the claims that
// reach the bar, a disputed one by those for it together with those against it.
func (r *reading) unchecked(i *heist.Incident, who Attribution) bool {
	drafts := func(ids []string, take func(*heist.Claim) bool) bool {
		all := false
		for _, id := range ids {
			cl := i.Claim(local(id))
			if take(cl) && !cl.Draft() {
				return false
			}
			all = all || take(cl)
		}
		return all
	}
	every := func(*heist.Claim) bool { return true }
	if who.Verdict == Counted {
		return drafts(who.Claims, r.strong)
	}
	return drafts(who.Claims, every) || drafts(who.Against, every)
}

// local cuts the incident off a claim's global id.
func local(id string) string {
	_, name, _ := strings.Cut(id, "#")
	return name
}

// roots counts independent sources of the incident's amounts: copies count as
// what they copy.
func (r *reading) roots(i *heist.Incident) int {
	seen := map[string]bool{}
	for _, cl := range r.reg.Claims(i, heist.PropAmount, r.q) {
		sources := cl.Sources
		if len(sources) == 0 && i.Import != nil {
			sources = i.Import.Sources
		}
		for _, s := range sources {
			for _, root := range r.reg.Roots(s) {
				seen[root] = true
			}
		}
	}
	return len(seen)
}

// On is the row's amount on a basis.
func (row *Row) On(b Basis) Amount {
	for n, name := range bases() {
		if name == b {
			return row.Amounts[n]
		}
	}
	return Amount{}
}
