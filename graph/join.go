package graph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// Joined is several graphs of different ledgers in one order: by time, each
// ledger's own order kept. Joining reads every transfer once.
type Joined struct {
	parts  []Graph
	info   Info
	places []place // by joined id
	ids    [][]ID  // by part and its own id
}

// place is a transfer's part and its id there.
type place struct {
	part int
	id   ID
}

// Join makes one graph of several; a ledger may be in one of them only
// (ErrDuplicate). A transfer without a time stands with the one before it, and so do
// those tied with it, whatever their times.
func Join(parts ...Graph) (*Joined, error) {
	j := &Joined{parts: parts}
	type timed struct {
		place
		at int64
	}
	var all []timed
	for p, g := range parts {
		for _, l := range g.Info().Ledgers {
			if _, twice := j.info.Ledger(l.ID); twice {
				return nil, fmt.Errorf("ledger %s is given twice: %w", l.ID, ErrDuplicate)
			}
			j.info.Ledgers = append(j.info.Ledgers, l)
		}
		// Times never fall within a ledger for this purpose: block times may
		// step back, and the ledger's order stands.
		high := int64(0)
		for id := range ID(g.Info().Transfers) {
			e, err := g.Entry(id)
			if err != nil {
				return nil, err
			}
			if n := e.Time.UnixNano(); !e.Time.IsZero() && n > high {
				high = n
			}
			at := high
			if e.TieFirst < id {
				at = all[len(all)-1].at // nothing comes between the tied
			}
			all = append(all, timed{place{p, id}, at})
		}
		j.ids = append(j.ids, make([]ID, g.Info().Transfers))
	}
	slices.SortStableFunc(all, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
	j.places = make([]place, len(all))
	for i, t := range all {
		j.places[i] = t.place
		j.ids[t.part][t.id] = ID(i)
	}
	j.info.Transfers = len(all)
	return j, nil
}

// Info implements Graph.
func (j *Joined) Info() Info { return j.info }

// Entry implements Graph.
func (j *Joined) Entry(id ID) (Entry, error) {
	if int(id) >= len(j.places) {
		return Entry{}, fmt.Errorf("transfer number %d: %w", id, ErrNotFound)
	}
	p := j.places[id]
	e, err := j.parts[p.part].Entry(p.id)
	if err != nil {
		return e, err
	}
	spent := make([]ID, len(e.SpentBy))
	for i, s := range e.SpentBy {
		spent[i] = j.joined(p.part, s)
	}
	if e.SpentBy != nil {
		e.SpentBy = spent
	}
	e.Other = j.joined(p.part, e.Other)
	e.TieFirst, e.TieLast = j.joined(p.part, e.TieFirst), j.joined(p.part, e.TieLast)
	return e, nil
}

func (j *Joined) joined(part int, id ID) ID {
	if id == None {
		return None
	}
	return j.ids[part][id]
}

// Find implements Graph. A part that cannot be searched is an error: what it has of
// that name would be missing.
func (j *Joined) Find(ref string) ([]ID, error) {
	var out []ID
	for p, g := range j.parts {
		ids, err := g.Find(ref)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("look for %q on %s: %w", ref, ledgersOf(g), err)
		}
		for _, id := range ids {
			out = append(out, j.ids[p][id])
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%q: %w", ref, ErrNotFound)
	}
	slices.Sort(out)
	return out, nil
}

// ledgersOf names the ledgers of a part.
func ledgersOf(g Graph) string {
	var names []string
	for _, l := range g.Info().Ledgers {
		names = append(names, string(l.ID))
	}
	return strings.Join(names, ", ")
}

// Events implements Graph.
func (j *Joined) Events(pool Pool) ([]ID, error) {
	p := j.partOf(pool.Ledger)
	if p < 0 {
		return nil, nil
	}
	ids, err := j.parts[p].Events(pool)
	out := make([]ID, len(ids))
	for i, id := range ids {
		out[i] = j.ids[p][id]
	}
	return out, err
}

func (j *Joined) partOf(l ledger.ID) int {
	return slices.IndexFunc(j.parts, func(g Graph) bool { _, ok := g.Info().Ledger(l); return ok })
}

// Completeness implements Graph.
func (j *Joined) Completeness(l ledger.ID, a ledger.Account) ledger.Completeness {
	if p := j.partOf(l); p >= 0 {
		return j.parts[p].Completeness(l, a)
	}
	u := ledger.Unknown
	return ledger.Completeness{External: u, Internal: u, Tokens: u, Opening: u}
}
