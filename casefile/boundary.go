package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
)

// Stop is why tracing stops at an account.
type Stop struct {
	Kind string // "service", "mixer", "bridge", "swap", "unlisted"
	Name string // empty: the account itself
	Why  string
}

type stopKey struct {
	ledger  ledger.ID // empty: any
	account ledger.Account
}

// stops is the set of boundaries: accounts named one by one, by the case before
// tags, then sets given by who is not in them.
type stops struct {
	by       map[stopKey]Stop
	line     map[stopKey]int
	fromTags map[stopKey]Stop
	outside  []outside
}

type outside struct {
	ledger ledger.ID
	inside map[ledger.Account]bool
	stop   Stop
}

// Boundary says whether tracing stops at an account, and why. What the case
// names goes before tags, tags before files that list who was collected.
func (l *Loaded) Boundary(id ledger.ID, a ledger.Account) (Stop, bool) {
	if a == "" || a == ledger.Outside || strings.HasPrefix(string(a), "swap:") {
		return Stop{}, false
	}
	for _, set := range []map[stopKey]Stop{l.stops.by, l.stops.fromTags} {
		for _, k := range []stopKey{{id, a}, {"", a}} {
			if s, ok := set[k]; ok {
				return s, true
			}
		}
	}
	for _, o := range l.stops.outside {
		if (o.ledger == "" || o.ledger == id) && !o.inside[a] {
			return o.stop, true
		}
	}
	return Stop{}, false
}

// Entity says who stands behind an account: the entity of its surest tag that
// names one.
func (l *Loaded) Entity(id ledger.ID, a ledger.Account) (string, bool) {
	for _, t := range l.Tags.On(id, a) {
		if t.Entity != "" {
			return t.Entity, true
		}
	}
	return "", false
}

// addTags reads the tags of the case.
func (l *Loaded) addTags() error {
	for _, t := range l.Case.Tags {
		id, err := l.ledgerID(t.Ledger)
		if err != nil {
			return err
		}
		add := func(a ledger.Account, label string) error {
			made := tag.Tag{Ledger: id, Account: a, Label: label, Entity: t.Entity, Concepts: t.Concepts, Confidence: t.Confidence, Source: t.Source}
			if err := l.Tags.Add(made); err != nil {
				return l.fail(t.Line, "", err, "tag refused")
			}
			l.tagged = append(l.tagged, made)
			return nil
		}
		if t.LabelColumn != "" {
			rows, err := l.list(t.File, t.LabelColumn)
			for _, r := range rows {
				if err == nil {
					err = add(r.account, r.extra)
				}
			}
			if err != nil {
				return err
			}
			continue
		}
		accounts, err := l.accounts(t.Accounts, t.File)
		for _, a := range accounts {
			if err == nil {
				err = add(a, t.Label)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addBoundaries makes the set of boundaries and its digest.
func (l *Loaded) addBoundaries() error {
	l.stops = stops{by: map[stopKey]Stop{}, line: map[stopKey]int{}, fromTags: map[stopKey]Stop{}}
	for _, b := range l.Case.Boundaries {
		if err := l.addBoundary(b); err != nil {
			return err
		}
	}
	for _, c := range l.Case.Conversions {
		if len(c.Accounts) == 0 {
			continue
		}
		b := Boundary{Line: c.Line, Ledger: c.Ledger, Accounts: c.Accounts, Kind: "swap", Name: "swap:" + c.Name, Why: c.Why}
		if err := l.addBoundary(b); err != nil {
			return err
		}
	}
	l.stopAtTags()
	l.BoundaryDigest = l.stops.digest()
	return nil
}

// stopAtTags makes boundaries of the accounts that tags call services. One that a
// tag of theft stands on too is none, and a note says so.
func (l *Loaded) stopAtTags() {
	seen := map[stopKey]bool{}
	for _, t := range l.tagged {
		k := stopKey{t.Ledger, t.Account}
		if seen[k] {
			continue
		}
		seen[k] = true
		on := l.Tags.On(t.Ledger, t.Account)
		if t.Ledger == "" {
			on = l.Tags.Anywhere(t.Account)
		}
		surest, ok, disputed := tag.Stop(on)
		if disputed {
			l.Notes = append(l.Notes, fmt.Sprintf("%s bears tags of a service and of a theft, so tags make it no boundary: if it is the service's, name it under boundaries", t.Account))
		}
		if ok {
			l.stops.fromTags[k] = Stop{kindOfTag(surest), surest.Name(), fmt.Sprintf("tag %q (%s): %s", surest.Label, surest.Confidence, surest.Source)}
		}
	}
}

func (l *Loaded) addBoundary(b Boundary) error {
	id, err := l.ledgerID(b.Ledger)
	if err != nil {
		return err
	}
	accounts, err := l.accounts(b.Accounts, b.File)
	if err != nil {
		return err
	}
	stop := Stop{b.Kind, b.Name, b.Why}
	if b.Invert {
		o := outside{id, map[ledger.Account]bool{}, stop}
		for _, a := range accounts {
			o.inside[a] = true
		}
		l.stops.outside = append(l.stops.outside, o)
		return nil
	}
	for _, a := range accounts {
		k := stopKey{id, a}
		if was, ok := l.stops.by[k]; ok && was != stop {
			return l.fail(b.Line, "an account is one place: keep one of the two", ErrValue, "%s is a boundary already, on line %d, of another kind or name", a, l.stops.line[k])
		}
		l.stops.by[k], l.stops.line[k] = stop, b.Line
	}
	return nil
}

func kindOfTag(t tag.Tag) string {
	for _, c := range t.Concepts {
		switch c {
		case "mixing_service":
			return "mixer"
		case "defi_bridge":
			return "bridge"
		}
	}
	return "service"
}

// digest is the SHA-256 of the boundaries, one a line, sorted: it tells two
// sets apart, whatever files they came from. It is empty for no boundary at all.
func (s stops) digest() string {
	var lines []string
	for _, set := range []map[stopKey]Stop{s.by, s.fromTags} {
		for k, stop := range set {
			if _, named := s.by[k]; !named || s.by[k] == stop {
				lines = append(lines, fmt.Sprintf("at\t%s\t%s\t%s\t%s", k.ledger, k.account, stop.Kind, stop.Name))
			}
		}
	}
	for _, o := range s.outside {
		var inside []string
		for a := range o.inside {
			inside = append(inside, string(a))
		}
		sort.Strings(inside)
		lines = append(lines, fmt.Sprintf("outside\t%s\t%s\t%s\t%s", o.ledger, strings.Join(inside, ","), o.stop.Kind, o.stop.Name))
	}
	if len(lines) == 0 {
		return ""
	}
	sort.Strings(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
