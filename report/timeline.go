package report

import (
	"sort"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// timelineLanes is how many places have lanes of their own.
const timelineLanes = 14

// timeline is when stolen value came to its places, under one policy.
type timeline struct {
	s           scope
	from, until time.Time
	lanes       []lane
	stack       []level
	// unknown counts the movements to or from places whose time is not known, with
	// their sum: they are not drawn. undated counts seeds without a time: they stand at
	// the left edge.
	unknown    int
	unknownSum money.Amount
	missed     map[int]bool // the movements counted so
	undated    int
}

// lane is one place, or what is left of them, over time.
type lane struct {
	label  string
	place  *trace.Place // nil for the rest
	kind   trace.Kind
	merged int
	steps  []step
	final  money.Amount // what the policy puts there at the end
	top    money.Amount // the most that was there
}

// step is what stands somewhere from a time on.
type step struct {
	at     time.Time
	amount money.Amount
}

// level is what had ended in each kind of place, and what was still on the way
// or on accounts, from a time on.
type level struct {
	at    time.Time
	exits money.Amount
	other money.Amount // converted, burnt, fees, debts, elsewhere
	left  money.Amount // on accounts
}

// timelineOf reads the movements of a scope in the order of time.
func (s scope) timelineOf(limit int) *timeline {
	t := &timeline{s: s, missed: map[int]bool{}}
	t.bounds()
	shown, rest := t.choose(limit)
	for _, p := range shown {
		l := lane{label: p.Name, place: p, kind: p.Kind, final: s.amount(s.figures(p))}
		l.steps = t.series([]*trace.Place{p})
		t.lanes = append(t.lanes, l)
	}
	if len(rest) > 0 {
		l := lane{label: plural(len(rest), "other place", "other places"), merged: len(rest), final: s.sumOf(rest)[s.policy]}
		l.steps = t.series(rest)
		t.lanes = append(t.lanes, l)
	}
	for i := range t.lanes {
		l := &t.lanes[i]
		l.top = l.final
		for _, st := range l.steps {
			if l.top.Less(st.amount) {
				l.top = st.amount
			}
		}
	}
	t.overview()
	return t
}

// choose picks the places that get lanes: the largest few of each kind but what
// is held, then the largest. Fees have none.
func (t *timeline) choose(limit int) (shown, rest []*trace.Place) {
	var places []*trace.Place
	for _, p := range t.s.places() {
		if p.Kind != trace.Fee {
			places = append(places, p)
		}
	}
	if len(places) <= limit+1 {
		return places, nil
	}
	chosen := map[*trace.Place]bool{}
	seen := map[trace.Kind]int{}
	for _, p := range places {
		if seen[p.Kind]++; p.Kind != trace.Held && p.Kind != trace.Edge && seen[p.Kind] <= 5 && len(chosen) < limit {
			chosen[p] = true
		}
	}
	for _, p := range places {
		if len(chosen) < limit {
			chosen[p] = true
		}
	}
	for _, p := range places {
		if chosen[p] {
			shown = append(shown, p)
		} else {
			rest = append(rest, p)
		}
	}
	return shown, rest
}

// bounds finds the time between the earliest and the latest movement.
func (t *timeline) bounds() {
	for _, h := range t.s.t.Hops {
		if h.Asset.ID != t.s.asset().ID || h.Time.IsZero() || !touches(h.Figures[t.s.view]) {
			continue
		}
		if t.from.IsZero() || h.Time.Before(t.from) {
			t.from = h.Time.UTC()
		}
		if h.Time.After(t.until) {
			t.until = h.Time.UTC()
		}
	}
}

// change is an amount that comes to a lane, or leaves it.
type change struct {
	at    time.Time
	order int
	in    bool
	n     money.Amount
}

// series adds up what came to some places and left them. Block times may step
// back; the order is then that of time.
func (t *timeline) series(places []*trace.Place) []step {
	seen := map[int]int{} // hop to +1 or -1
	for _, p := range places {
		for _, i := range t.s.into(p) {
			seen[i]++
		}
		for _, i := range t.s.outOf(p) {
			seen[i]--
		}
	}
	var changes []change
	for i, sign := range seen {
		h := t.s.t.Hops[i]
		n := t.s.amount(h.Figures[t.s.view])
		switch {
		case sign == 0 || n.IsZero():
			continue
		case h.Time.IsZero() && t.s.theftOf(i) != "" && !t.from.IsZero():
			h.Time = t.from
		case h.Time.IsZero():
			t.miss(i, n)
			continue
		}
		changes = append(changes, change{h.Time.UTC(), i, sign > 0, n})
	}
	sort.Slice(changes, func(a, b int) bool {
		if !changes[a].at.Equal(changes[b].at) {
			return changes[a].at.Before(changes[b].at)
		}
		return changes[a].order < changes[b].order
	})
	var steps []step
	var sum money.Amount
	for _, c := range changes {
		if c.in {
			sum = sum.Add(c.n)
		} else {
			sum = sum.Monus(c.n)
		}
		if n := len(steps); n > 0 && steps[n-1].at.Equal(c.at) {
			steps[n-1].amount = sum
		} else {
			steps = append(steps, step{c.at, sum})
		}
	}
	return steps
}

// miss counts a movement that cannot be drawn, once for both its ends.
func (t *timeline) miss(i int, n money.Amount) {
	if !t.missed[i] {
		t.missed[i] = true
		t.unknown++
		t.unknownSum = t.unknownSum.Add(n)
	}
}

// overview adds up, over time, what had entered and what had ended for good.
func (t *timeline) overview() {
	type event struct {
		at   time.Time
		kind trace.Kind // "" for a seed
		n    money.Amount
	}
	var events []event
	s := t.s
	for i, h := range s.t.Hops {
		n := s.amount(h.Figures[s.view])
		if h.Asset.ID != s.asset().ID || n.IsZero() {
			continue
		}
		when := h.Time.UTC()
		enters := s.theftOf(i) != "" || s.convertedIn(h)
		if h.Time.IsZero() {
			if !enters {
				continue
			}
			t.undated++
			when = t.from
		}
		if enters {
			events = append(events, event{when, "", n})
		}
		if h.Place >= 0 && s.target(h).kind == aPlace {
			events = append(events, event{when, s.t.Places[h.Place].Kind, n})
		}
	}
	sort.SliceStable(events, func(i, j int) bool { return events[i].at.Before(events[j].at) })
	var seeded, exits, other money.Amount
	for _, e := range events {
		switch e.kind {
		case "":
			seeded = seeded.Add(e.n)
		case trace.Exit:
			exits = exits.Add(e.n)
		default:
			other = other.Add(e.n)
		}
		l := level{e.at, exits, other, seeded.Monus(exits.Add(other))}
		if n := len(t.stack); n > 0 && t.stack[n-1].at.Equal(e.at) {
			t.stack[n-1] = l
		} else {
			t.stack = append(t.stack, l)
		}
	}
}

// convertedIn reports whether a hop brings value out of a conversion into this
// asset.
func (s scope) convertedIn(h trace.Hop) bool {
	return s.model == ledger.Accounts && len(h.From) > 5 && h.From[:5] == "swap:"
}
