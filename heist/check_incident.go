package heist

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/coldtrail/coldtrail/money"
)

var claimType = reflect.TypeFor[Claim]()

func (c *checker) incident(i *Incident) {
	if i.ID != "" && !incidentID.MatchString(i.ID) {
		c.fault(&i.Place, "id", "id", "YYYY-MM-name or YYYY-name, as in 2018-01-coincheck", "incident id %q", i.ID)
	}
	for key, v := range map[string]string{"title": i.Title, "victim": i.Victim, "sector": string(i.Sector), "scope": string(i.Scope), "status": string(i.Status)} {
		if v == "" && !i.Has(key) {
			c.fault(&i.Place, "", "incident", "write "+key+":", "incident %s has no %s", i.ID, key)
		}
	}
	if i.Import != nil {
		c.sourceIDs(&i.Place, "import", i.Import.Sources)
	}
	for _, id := range append([]string{i.DuplicateOf}, i.Related...) {
		if id != "" && (c.reg.Incident(id) == nil || id == i.ID) {
			c.fault(&i.Place, "related", "unknown-incident", "name another incident of the register", "%s names incident %q, which does not exist", i.ID, id)
		}
	}
	i.byID = map[string]*Claim{}
	for _, cl := range i.Claims {
		if other := i.byID[cl.ID]; other != nil {
			c.fault(&cl.Place, "id", "duplicate-id", "ids are never used twice in a file", "claim %q stands twice", cl.ID)
		} else {
			i.byID[cl.ID] = cl
		}
		c.claim(i, cl)
	}
	if len(i.Claims) == 0 {
		c.fault(&i.Place, "", "incident", "write claims: with at least property: occurred", "incident %s has no claims", i.ID)
	}
	c.supersedes(i)
	c.preferred(i)
	c.disputes(i)
	c.sums(i)
	c.gaps(i)
	c.cross(i)
}

// supersedes checks that corrections form chains: one successor each, of the same
// kind, not earlier, without a circle.
func (c *checker) supersedes(i *Incident) {
	for _, cl := range i.Claims {
		if cl.Supersedes == "" {
			continue
		}
		old := i.byID[cl.Supersedes]
		switch {
		case old == nil:
			var ids []string
			for id := range i.byID {
				ids = append(ids, id)
			}
			c.fault(&cl.Place, "supersedes", "supersedes", nearest(cl.Supersedes, ids), "claim %s supersedes %q, which is not in this file", cl.ID, cl.Supersedes)
			continue
		case !sameThing(old, cl):
			c.fault(&cl.Place, "supersedes", "supersedes", "supersede a claim of the same property", "claim %s (%s) supersedes %s (%s): not the same thing", cl.ID, cl.Property, old.ID, old.Property)
		case old.supersededBy != nil && !splits(cl):
			c.fault(&cl.Place, "supersedes", "supersedes", "supersede "+old.supersededBy.ID+" instead, or deprecate one with a reason", "claims %s and %s both supersede %s: which one holds?", old.supersededBy.ID, cl.ID, old.ID)
		case old.RecordedOn.After(cl.RecordedOn):
			c.fault(&cl.Place, "supersedes", "supersedes", "the later claim supersedes the earlier one", "claim %s was recorded before %s, which it supersedes", cl.ID, old.ID)
		}
		if old.supersededBy == nil {
			old.supersededBy = cl
		}
		if circular(cl) {
			c.fault(&cl.Place, "supersedes", "supersedes", "remove one supersedes:", "supersedes runs in a circle at claim %s", cl.ID)
			old.supersededBy = nil
		}
	}
}

// sameThing: a claim corrects one of its own property. Amounts may move to another
// basis or asset, not both at once; an amount in words becomes amounts.
func sameThing(old, cl *Claim) bool {
	switch {
	case old.Property == PropAmountText && cl.Property == PropAmount:
		return true
	case old.Property != cl.Property:
		return false
	}
	return old.Property != PropAmount || old.Asset == cl.Asset || old.Basis == cl.Basis
}

// splits: several claims may replace one amount, when a sum in a row's words is
// split into its bases.
func splits(cl *Claim) bool { return cl.Property == PropAmount || cl.Property == PropAttribution }

func circular(cl *Claim) bool {
	slow := cl
	for at, n := cl.supersededBy, 0; at != nil; at, n = at.supersededBy, n+1 {
		if at == cl || at == slow {
			return true
		}
		if n%2 == 1 {
			slow = slow.supersededBy
		}
	}
	return false
}

// slot is what one claim answers: claims of one slot compete.
type slot struct {
	property  Property
	basis     Basis
	asset     string
	valuation Valuation
	actor     string
	on        string
}

func (cl *Claim) slot() slot {
	s := slot{property: cl.Property, basis: cl.Basis, asset: cl.Asset}
	switch cl.Property {
	case PropAmount:
		s.valuation = cl.Valuation
		if repeated(cl.Basis) {
			s.on = cl.On.String() // several recoveries add up; they do not compete
		}
	case PropAttribution:
		s.actor = cl.Actor
	case PropLegal, PropOnchain:
		s.on = cl.ID
	}
	return s
}

// repeated tells bases of which an incident can have several events.
func repeated(b Basis) bool {
	return b == Frozen || b == Seized || b == Returned || b == Recovered || b == Reimbursed
}

func (c *checker) preferred(i *Incident) {
	first := map[slot]*Claim{}
	for _, cl := range i.Claims {
		if cl.Rank != Preferred || cl.supersededBy != nil {
			continue
		}
		if other := first[cl.slot()]; other != nil {
			c.fault(&cl.Place, "rank", "two-preferred", "keep rank: preferred on one of them and say why in reason:", "claims %s and %s are both preferred for %s", other.ID, cl.ID, cl.Property)
			continue
		}
		first[cl.slot()] = cl
	}
}

// disputes: a dispute has two sides, and both are named.
func (c *checker) disputes(i *Incident) {
	parties := map[string]bool{}
	for _, cl := range i.Claims {
		if cl.Property == PropAttribution && cl.supersededBy == nil {
			for _, p := range cl.Parties {
				parties[p] = true
			}
		}
	}
	for _, cl := range i.Claims {
		if cl.Standing != StatusDisputed || cl.supersededBy != nil || len(parties) >= 2 {
			continue
		}
		hint := "add the other side: a second party, or an attribution claim with polarity: against"
		if cl.Imported && cl.ReviewedOn.IsZero() {
			c.warn(&cl.Place, "status", "one-party", hint, "attribution %s is disputed but the draft names one party", cl.ID)
			continue
		}
		c.fault(&cl.Place, "status", "one-party", hint, "attribution %s is disputed but only %d party is named", cl.ID, len(parties))
	}
}

// money of one kind can be compared: one asset at one day's price.
type kind struct {
	asset     string
	valuation Valuation
}

// best gives the best amount of each slot, in file order: claims of one slot say
// the same thing and are counted once.
func best(claims []*Claim) []*Claim {
	at := map[slot]int{}
	var out []*Claim
	for _, cl := range claims {
		if cl.Property != PropAmount || !cl.hasAmount || cl.supersededBy != nil || cl.Rank == Deprecated {
			continue
		}
		n, seen := at[cl.slot()]
		switch {
		case !seen:
			at[cl.slot()] = len(out)
			out = append(out, cl)
		case cl.outranks(out[n]):
			out[n] = cl
		}
	}
	return out
}

// sums compares the amounts of one asset and valuation: what was stolen was asked
// for, what came back was stolen.
func (c *checker) sums(i *Incident) {
	held := map[kind]map[Basis]*Claim{}
	back := map[kind]money.Amount{}
	last := map[kind]*Claim{}
	dated, undated := map[slot]bool{}, map[slot]*Claim{}
	var order []kind
	for _, cl := range best(i.Claims) {
		k := kind{cl.Asset, cl.Valuation}
		if held[k] == nil {
			held[k] = map[Basis]*Claim{}
			order = append(order, k)
		}
		held[k][cl.Basis] = cl
		if cl.Basis == Recovered || cl.Basis == Returned {
			if sum, ok := back[k].CheckedAdd(cl.amount); ok {
				back[k], last[k] = sum, cl
			}
		}
		if repeated(cl.Basis) {
			s := cl.slot()
			s.on = ""
			if dated[s] = dated[s] || !cl.On.IsZero(); cl.On.IsZero() {
				undated[s] = cl
			}
		}
	}
	for s, cl := range undated {
		if dated[s] {
			c.warn(&cl.Place, "", "undated-beside-dated", "supersede it by the dated ones, or write on: if it is another event", "amount %s (%s) has no date beside dated ones: it is added to them", cl.ID, cl.Basis)
		}
	}
	for _, k := range order {
		c.sumsOf(i, k, held[k], back[k], last[k])
	}
}

func (c *checker) sumsOf(i *Incident, k kind, held map[Basis]*Claim, back money.Amount, last *Claim) {
	left, asked, done := held[LeftCtrl], held[Attempted], held[Executed]
	if left != nil && asked != nil && asked.amount.Less(left.amount) {
		c.fault(&asked.Place, "value", "sum", "attempted is everything asked for, so at least what left", "%s: attempted %s is less than left_control %s %s", i.ID, asked.Value, left.Value, k.asset)
	}
	if done != nil && asked != nil && asked.amount.Less(done.amount) {
		c.fault(&asked.Place, "value", "sum", "attempted is everything asked for, so at least what was executed", "%s: attempted %s is less than executed %s %s", i.ID, asked.Value, done.Value, k.asset)
	}
	if left != nil && done != nil && done.amount.Less(left.amount) {
		c.fault(&done.Place, "value", "sum", "executed is what left the first account, so at least what left for good", "%s: executed %s is less than left_control %s %s", i.ID, done.Value, left.Value, k.asset)
	}
	if left != nil && left.amount.Less(back) {
		c.fault(&last.Place, "value", "sum", "count each recovery once; refunds are reimbursed_by_victim; a later price needs its own valuation", "%s: more came back than left: net of %s %s is below zero", i.ID, left.Value, k.asset)
	}
}

// gaps warns of what a reader will miss.
func (c *checker) gaps(i *Incident) {
	have := map[Property]bool{}
	roots := map[string]bool{}
	for _, cl := range i.Claims {
		have[cl.Property] = true
		for _, s := range cl.Sources {
			for _, r := range c.reg.Roots(s) {
				roots[r] = true
			}
		}
		if cl.Property == PropAmount && repeated(cl.Basis) && cl.On.IsZero() && cl.AssertedOn.IsZero() && cl.supersededBy == nil && cl.Value != "0" && cl.Missing == "" {
			c.warn(&cl.Place, "", "undated-recovery", "write on: with the day it came back", "amount %s (%s) has no date", cl.ID, cl.Basis)
		}
	}
	if !have[PropOccurred] {
		c.fault(&i.Place, "", "incident", "write a claim of property: occurred", "incident %s does not say when it happened", i.ID)
	}
	if !have[PropCountry] {
		c.warn(&i.Place, "", "no-country", "write a claim of property: country, or missing: unknown", "%s has no country", i.ID)
	}
	if len(roots) == 1 {
		c.warn(&i.Place, "", "single-source", "find a second source that is not a copy", "%s stands on one independent source", i.ID)
	}
}

// incidentsTogether: one incident is one file.
func (c *checker) incidentsTogether() {
	seen := map[string]*Incident{}
	for _, i := range c.reg.Incidents {
		day := i.Occurred().String()
		key := plainName(i.Victim) + "/" + day
		other := seen[key]
		if other == nil || day == "" {
			seen[key] = i
			continue
		}
		if i.DuplicateOf == other.ID || other.DuplicateOf == i.ID || contains(i.Related, other.ID) || contains(other.Related, i.ID) {
			continue
		}
		c.fault(&i.Place, "victim", "duplicate-incident", "write duplicate_of: "+other.ID+" if it is the same one, related: ["+other.ID+"] if not", "%s and %s have one victim and one date", other.ID, i.ID)
	}
}

// plainName strips what spellings of a name differ in.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func contains(all []string, s string) bool {
	for _, v := range all {
		if v == s {
			return true
		}
	}
	return false
}
