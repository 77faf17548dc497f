// Package tag says who is behind an address: says who, and how sure.
//
// A tag is a claim, never a finding: a label with its source and confidence.
// The vocabulary is GraphSense's TagPack: concepts from the INTERPOL-derived
// taxonomy, fourteen levels of confidence. Tags on one address may disagree;
// they stand side by side. A tag says nothing of guilt, and it is never an
// attribution, which joins an incident to an actor.
package tag

import (
	"fmt"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// Tag is one claim about one account.
type Tag struct {
	Ledger  ledger.ID      // empty: the address on any ledger
	Account ledger.Account // canonical form
	Label   string
	// Entity groups addresses under one name in reports: an actor, a service,
	// a role. Empty: the label.
	Entity     string
	Concepts   []string // see Concepts
	Confidence string   // see Confidence
	Source     string   // URL or document
}

// Confidence gives the level of each TagPack confidence id, 0 to 100.
var Confidence = map[string]int{
	"override": 100, "ownership": 100, "ledger_immanent": 100, "manual_transaction": 90,
	"service_api": 70, "forensic_investigation": 70, "authority_data": 60,
	"trusted_provider": 50, "service_data": 50, "forensic": 50,
	"untrusted_transaction": 40, "web_crawl": 20, "heuristic": 10, "unknown": 5,
}

// boundaryConcepts are services: value going in is delivered, and what comes
// out has another identity (docs/methods.md).
var boundaryConcepts = map[string]bool{
	"exchange": true, "mixing_service": true, "defi_bridge": true, "gambling": true,
	"payment_processor": true, "market": true, "hosted_wallet": true,
}

// BoundaryLevel is the least confidence level at which a service tag stops a
// trace.
const BoundaryLevel = 20

// Boundary reports whether the tag makes its account a place where tracing
// stops. Tags of theft, hack, sanction or seizure never do: they stand on the
// thief's own addresses.
func (t Tag) Boundary() bool {
	if Confidence[t.Confidence] < BoundaryLevel {
		return false
	}
	for _, c := range t.Concepts {
		if boundaryConcepts[c] {
			return true
		}
	}
	return false
}

// Name is the entity, or the label where there is none.
func (t Tag) Name() string {
	if t.Entity != "" {
		return t.Entity
	}
	return t.Label
}

// Validate checks that a tag has what a claim needs.
func (t Tag) Validate() error {
	switch {
	case t.Account == "":
		return fmt.Errorf("tag %q: no address", t.Label)
	case t.Label == "":
		return fmt.Errorf("tag on %s: no label", t.Account)
	case t.Source == "":
		return fmt.Errorf("tag %q on %s: no source; a label without one is hearsay", t.Label, t.Account)
	}
	if _, ok := Confidence[t.Confidence]; !ok {
		return fmt.Errorf("tag %q on %s: confidence %q is not one of %s", t.Label, t.Account, t.Confidence, strings.Join(levels(), ", "))
	}
	return nil
}

func levels() []string {
	var ids []string
	for id := range Confidence {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// Set holds tags by account. The zero value is empty and ready.
type Set struct {
	by map[ledger.Account][]Tag
	n  int
}

// Add validates a tag and keeps it beside the others on its account.
func (s *Set) Add(t Tag) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if s.by == nil {
		s.by = map[ledger.Account][]Tag{}
	}
	s.by[t.Account] = append(s.by[t.Account], t)
	s.n++
	return nil
}

// Len is the number of tags.
func (s *Set) Len() int { return s.n }

// On returns the tags on an account of a ledger, surest first, then in the
// order in which they were added.
func (s *Set) On(l ledger.ID, a ledger.Account) []Tag {
	var out []Tag
	for _, t := range s.by[a] {
		if t.Ledger == "" || t.Ledger == l {
			out = append(out, t)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		return Confidence[out[i].Confidence] > Confidence[out[j].Confidence]
	})
	return out
}
