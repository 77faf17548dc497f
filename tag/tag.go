// Package tag says who is behind an address: says who, and how sure.
//
// In go TagPacks and ActorPacks (GraphSense's YAML) and OFAC's sanctions lists;
// out come tags, with a report of what was bent to read them. Package tagdb
// keeps them on disk.
//
// A tag is a claim, never a finding: a label with its source and confidence.
// The vocabulary is GraphSense's TagPack: concepts from the INTERPOL-derived
// taxonomy, fourteen levels of confidence. Tags on one address may disagree;
// they stand side by side. A tag says nothing of guilt, and it is never an
// attribution, which joins an incident to an actor. A label of one network never
// shows on another; only screening looks across networks, and it says so.
package tag

import (
	"fmt"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// Tag is one claim about one account, or about one transaction.
type Tag struct {
	Ledger  ledger.ID      // empty: the address on any ledger
	Account ledger.Account // canonical form (Canonical); empty when Tx is set
	Tx      string         // the transaction, when the claim is about one
	Network string         // as the list writes it: "BTC", "BEP20"
	Label   string
	// Entity groups addresses under one name in reports: an actor, a service,
	// a role. Empty: the label.
	Entity     string
	Concepts   []string // see Concepts
	Confidence string   // see Confidence
	Source     string   // URL or document
	Actor      string   // id in an ActorPack
	Type       string   // "actor", "event", "attribute", "mention"; empty is actor
	// Definer says that the label names the whole cluster of the address.
	Definer bool
	LastMod string // date as the pack writes it
	Context string // free JSON text of the pack
	// Pack is the title of the pack or list, File and Line where the claim stands.
	Pack, File string
	Line       int
	// AboutTheft says that the pack, by its title or description, is about thefts:
	// then even its service tags may stand on a thief's addresses.
	AboutTheft bool
	// Listed is set for entries of a sanctions list.
	Listed *Listing
}

// Listing is an entry of a sanctions list. Dates are YYYY-MM-DD, or YYYY-MM where
// no more is known, or empty.
type Listing struct {
	List      string // "OFAC SDN"
	ListDate  string // state of the list
	Begin     string // when the party came on the list, where the list says so
	End       string // date of a later list that has the address no more (EndListings)
	Party     string
	Programme string
	Asset     string // as the list writes it: "XBT"
}

// String says on which list, of which date, and for how long.
func (l Listing) String() string {
	s := l.List + " as of " + or(l.ListDate, "an unstated date")
	if l.Begin != "" {
		s += ", listed " + l.Begin
	}
	if l.End != "" {
		s += ", no more on the list of " + l.End
	}
	return s
}

func or(s, none string) string {
	if s == "" {
		return none
	}
	return s
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
	case t.Account == "" && t.Tx == "":
		return fmt.Errorf("tag %q: no address", t.Label)
	case t.Account != "" && t.Tx != "":
		return fmt.Errorf("tag %q: an address and a transaction, where one claim is about one of them", t.Label)
	case t.Label == "":
		return fmt.Errorf("tag on %s: no label", t.Account)
	case t.Source == "":
		return fmt.Errorf("tag %q on %s: no source; a label without one is hearsay", t.Label, t.Account)
	}
	if _, ok := Confidence[t.Confidence]; !ok {
		return fmt.Errorf("tag %q on %s: confidence %q is not one of %s", t.Label, t.Account, t.Confidence, strings.Join(confidenceIDs(), ", "))
	}
	return nil
}

// Set holds tags by account, and those of transactions by transaction. The zero
// value is empty and ready.
type Set struct {
	by map[ledger.Account][]Tag
	tx map[string][]Tag
	n  int
}

// Add validates a tag and keeps it beside the others on its account.
func (s *Set) Add(t Tag) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if s.by == nil {
		s.by, s.tx = map[ledger.Account][]Tag{}, map[string][]Tag{}
	}
	if t.Tx != "" {
		k := strings.ToLower(t.Tx)
		s.tx[k] = append(s.tx[k], t)
	} else {
		s.by[t.Account] = append(s.by[t.Account], t)
	}
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
	Rank(out)
	return out
}

// OnTx returns the tags on a transaction, ordered as On does.
func (s *Set) OnTx(l ledger.ID, tx string) []Tag {
	var out []Tag
	for _, t := range s.tx[strings.ToLower(tx)] {
		if t.Ledger == "" || t.Ledger == l {
			out = append(out, t)
		}
	}
	Rank(out)
	return out
}

// Anywhere returns the tags on an address whatever their network, ordered as On
// does. It is for screening: a label look-up asks On.
func (s *Set) Anywhere(a ledger.Account) []Tag {
	out := append([]Tag(nil), s.by[a]...)
	Rank(out)
	return out
}

// Rank orders tags by confidence, surest first; equals keep their order. All
// stay: a surer claim never overwrites another.
func Rank(tags []Tag) {
	sort.SliceStable(tags, func(i, j int) bool {
		return Confidence[tags[i].Confidence] > Confidence[tags[j].Confidence]
	})
}

// AnywhereTx returns the tags on a transaction whatever its network.
func (s *Set) AnywhereTx(tx string) []Tag {
	out := append([]Tag(nil), s.tx[strings.ToLower(tx)]...)
	Rank(out)
	return out
}
