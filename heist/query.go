package heist

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// Query says how the register is read. The zero Query reads all that is known
// now, drafts included.
type Query struct {
	AsKnownOn    time.Time // what sources had said by the end of this day; zero: now
	AsRecordedOn time.Time // what the register held by the end of this day; zero: now
	ReviewedOnly bool      // leaves drafts out
	MinGrade     Grade     // of the claims that make up a range
}

// Claim finds a claim of the incident by id, or gives nil.
func (i *Incident) Claim(id string) *Claim { return i.byID[id] }

// Incident is the incident the claim is about.
func (cl *Claim) Incident() *Incident { return cl.incident }

// GlobalID names the claim in the whole register: "2018-01-coincheck#stolen-usd".
func (cl *Claim) GlobalID() string {
	if cl.incident == nil {
		return cl.ID
	}
	return cl.incident.ID + "#" + cl.ID
}

// Draft reports that nobody has checked the claim a second time.
func (cl *Claim) Draft() bool { return cl.ReviewedOn.IsZero() }

// SupersededBy is the claim that corrects this one, or nil.
func (cl *Claim) SupersededBy() *Claim { return cl.supersededBy }

// SharedSources reports that the claim stands on the sources of its draft row,
// of which it is not recorded which says it.
func (cl *Claim) SharedSources() bool { return cl.inheritedSources }

// Amount is the value of an amount in atomic units of its asset, and whether the
// claim has one: a blank is not zero.
func (cl *Claim) Amount() (money.Amount, bool) { return cl.amount, cl.hasAmount }

// Range is the source's own range; an end that it does not give is the value.
// false when there is neither.
func (cl *Claim) Range() (low, high money.Amount, ok bool) {
	low, high = cl.amount, cl.amount
	if cl.hasLow {
		low = cl.lo
		if !cl.hasAmount && !cl.hasHigh {
			high = cl.lo
		}
	}
	if cl.hasHigh {
		high = cl.hi
		if !cl.hasAmount && !cl.hasLow {
			low = cl.hi
		}
	}
	return low, high, cl.hasAmount || cl.hasLow || cl.hasHigh
}

// Date is the value of a date property.
func (cl *Claim) Date() Date { return cl.date }

// KnownFrom is the first day on which the claim can have been known: when its
// source said it; else when the first of its own sources was published; else when
// the incident was disclosed; else when it began; but never before that which it
// tells happened. Where no source gives the day, assumed is true.
func (reg *Register) KnownFrom(cl *Claim) (day time.Time, assumed bool) {
	if t := cl.AssertedOn.First(); !t.IsZero() {
		return dayOf(t), false
	}
	day, assumed = reg.firstPublished(cl), false
	if day.IsZero() {
		day, assumed = dayOf(cl.incident.public().First()), true
	}
	if t := cl.On.First(); !t.IsZero() && dayOf(t).After(day) {
		return dayOf(t), true
	}
	return day, assumed
}

// firstPublished is when the first of the claim's own sources came out; the zero
// time when the claim has the sources of its row, or none has a date.
func (reg *Register) firstPublished(cl *Claim) time.Time {
	var first time.Time
	if cl.inheritedSources {
		return first
	}
	for _, id := range cl.Sources {
		if s := reg.Source(id); s != nil && !s.PublishedOn.First().IsZero() {
			if t := dayOf(s.PublishedOn.First()); first.IsZero() || t.Before(first) {
				first = t
			}
		}
	}
	return first
}

// public is when the incident was disclosed, else when it happened.
func (i *Incident) public() Date {
	if d := i.Disclosed(); !d.IsZero() {
		return d
	}
	return i.Occurred()
}

// Known reports whether the incident itself was public by the end of the query's
// day: by its disclosure date, else by the day it began.
func (reg *Register) Known(i *Incident, q Query) bool {
	if q.AsKnownOn.IsZero() {
		return true
	}
	d := i.public().First()
	return d.IsZero() || !dayOf(d).After(dayOf(q.AsKnownOn))
}

// Claims lists the claims of a property that the query sees, in file order:
// deprecated and superseded ones are left out, but a correction that is not yet
// known or recorded supersedes nothing.
func (reg *Register) Claims(i *Incident, p Property, q Query) []*Claim {
	var out []*Claim
	for _, cl := range i.Claims {
		if cl.Property == p && cl.Rank != Deprecated && reg.sees(cl, q) && !reg.replaced(i, cl, q) {
			out = append(out, cl)
		}
	}
	return out
}

func (reg *Register) sees(cl *Claim, q Query) bool {
	if q.ReviewedOnly && cl.Draft() {
		return false
	}
	if !q.AsRecordedOn.IsZero() && dayOf(cl.RecordedOn.First()).After(dayOf(q.AsRecordedOn)) {
		return false
	}
	if q.AsKnownOn.IsZero() {
		return true
	}
	known, _ := reg.KnownFrom(cl)
	return !known.After(dayOf(q.AsKnownOn))
}

// replaced: a correction counts once it was known and recorded itself. One that
// no source dates corrects our reading, not what was said: it counts whatever the
// day asked for.
func (reg *Register) replaced(i *Incident, cl *Claim, q Query) bool {
	for _, next := range i.Claims {
		if next.Supersedes != cl.ID {
			continue
		}
		asked := q
		if _, assumed := reg.KnownFrom(next); assumed {
			asked.AsKnownOn = time.Time{}
		}
		if reg.sees(next, asked) {
			return true
		}
	}
	return false
}

// Resolved is the answer to a question with what it was chosen from.
type Resolved struct {
	Claim      *Claim   // the chosen one; nil when there is none
	Considered []*Claim // all that compete, the chosen one first
	Low, High  money.Amount
	HasRange   bool
}

// Amounts resolves one basis in one asset: preferred first, then the better
// grade, then the later statement, then the id; the range is the hull of the
// claims that pass the minimum grade. Claims without a number are considered but
// not chosen while another has one.
func (reg *Register) Amounts(i *Incident, b Basis, asset string, q Query) Resolved {
	var all []*Claim
	for _, cl := range reg.Claims(i, PropAmount, q) {
		if cl.Basis == b && (cl.Asset == asset || cl.Asset == "" && cl.Missing != "") {
			all = append(all, cl)
		}
	}
	return resolve(all, q)
}

// Assets lists the assets in which a basis has claims, sorted.
func (reg *Register) AssetsOf(i *Incident, b Basis, q Query) []string {
	var out []string
	for _, cl := range reg.Claims(i, PropAmount, q) {
		if cl.Basis == b && cl.Asset != "" && !contains(out, cl.Asset) {
			out = append(out, cl.Asset)
		}
	}
	sort.Strings(out)
	return out
}

// Resolve chooses among the claims of a property that is no amount.
func (reg *Register) Resolve(i *Incident, p Property, q Query) Resolved {
	return resolve(reg.Claims(i, p, q), q)
}

func resolve(all []*Claim, q Query) Resolved {
	sort.SliceStable(all, func(a, b int) bool { return all[a].outranks(all[b]) })
	r := Resolved{Considered: all}
	for _, cl := range all {
		low, high, ok := cl.Range()
		if r.Claim == nil {
			r.Claim = cl
		}
		if !ok || !cl.Grade.AtLeast(q.MinGrade) {
			continue
		}
		if !r.HasRange {
			r.Low, r.High, r.HasRange = low, high, true
			continue
		}
		r.Low = r.Low.Min(low)
		if r.High.Less(high) {
			r.High = high
		}
	}
	return r
}

// outranks is the order of choice: a total one, so that the file order of equals
// does not matter.
func (cl *Claim) outranks(o *Claim) bool {
	if a, b := cl.Missing == "", o.Missing == ""; a != b {
		return a
	}
	if a, b := cl.Rank == Preferred, o.Rank == Preferred; a != b {
		return a
	}
	if cl.Grade != o.Grade {
		return cl.Grade.Better(o.Grade)
	}
	if a, b := cl.AssertedOn.First(), o.AssertedOn.First(); !a.Equal(b) {
		return a.After(b)
	}
	return cl.ID < o.ID
}

// Events lists the dated or undated amounts of a basis in an asset that add up
// instead of competing: several seizures, several returns.
func (reg *Register) Events(i *Incident, b Basis, asset string, q Query) []Resolved {
	groups := map[slot][]*Claim{}
	var order []slot
	for _, cl := range reg.Claims(i, PropAmount, q) {
		if cl.Basis != b || cl.Asset != asset {
			continue
		}
		s := cl.slot()
		if groups[s] == nil {
			order = append(order, s)
		}
		groups[s] = append(groups[s], cl)
	}
	out := make([]Resolved, 0, len(order))
	for _, s := range order {
		out = append(out, resolve(groups[s], q))
	}
	return out
}

// Attributions lists who is said to have done it, best first: every party's claim
// stands, for and against.
func (reg *Register) Attributions(i *Incident, q Query) []*Claim {
	return reg.Resolve(i, PropAttribution, q).Considered
}

// Occurred is when it happened, as known now.
func (i *Incident) Occurred() Date { return i.dateOf(PropOccurred) }

// Disclosed is when the public could know, as known now; blank when no claim says.
func (i *Incident) Disclosed() Date { return i.dateOf(PropDisclosed) }

func (i *Incident) dateOf(p Property) Date {
	var best *Claim
	for _, cl := range i.Claims {
		if cl.Property == p && cl.Rank != Deprecated && cl.supersededBy == nil && !cl.date.IsZero() && (best == nil || cl.outranks(best)) {
			best = cl
		}
	}
	if best == nil {
		return Date{}
	}
	return best.date
}

// Sees reports whether a query sees a claim at all: known, recorded and, if it
// asks for that, reviewed.
func (reg *Register) Sees(cl *Claim, q Query) bool { return reg.sees(cl, q) }

// Holds reports whether a claim is the one that a query chooses among those it
// competes with.
func (reg *Register) Holds(cl *Claim, q Query) bool {
	var rivals []*Claim
	for _, o := range reg.Claims(cl.incident, cl.Property, q) {
		if o.slot() == cl.slot() {
			rivals = append(rivals, o)
		}
	}
	return resolve(rivals, q).Claim == cl
}

// Back adds up what came back to the victim in an asset: recovered and
// returned_by_attacker, each day's best claim. Amounts valued on another day than
// the theft's (at_seizure, as_of) are left out: they are not of the same money.
// false when no claim has a number; a blank is not zero.
func (reg *Register) Back(i *Incident, asset string, q Query) (sum money.Amount, ok bool) {
	for _, b := range []Basis{Recovered, Returned} {
		for _, e := range reg.Events(i, b, asset, q) {
			n, has := e.Claim.Amount()
			if !has || e.Claim.Valuation == "at_seizure" || strings.HasPrefix(string(e.Claim.Valuation), "as_of:") {
				continue
			}
			if s, fits := sum.CheckedAdd(n); fits {
				sum, ok = s, true
			}
		}
	}
	return sum, ok
}

// NearIncident says which incident a wrong id may mean.
func (reg *Register) NearIncident(id string) string {
	names, full := []string{}, map[string]string{}
	for _, i := range reg.Incidents {
		if strings.Contains(i.ID, id) && id != "" {
			return fmt.Sprintf("did you mean %q?", i.ID)
		}
		name := strings.TrimLeft(i.ID, "0123456789-")
		names, full[name] = append(names, name), i.ID
	}
	near := nearest(strings.TrimLeft(id, "0123456789-"), names)
	if name, ok := strings.CutPrefix(near, "did you mean \""); ok {
		return fmt.Sprintf("did you mean %q?", full[strings.TrimSuffix(name, "\"?")])
	}
	return near
}
