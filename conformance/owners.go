package conformance

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/coldtrail/coldtrail/trace"
)

// rules are the names of the allocation rules in the cases and in package trace.
var rules = map[string]trace.OwnerRule{
	"fifo": trace.RuleFIFO, "lifo": trace.RuleLIFO, "haircut": trace.RuleRolling, "own_first": trace.RuleOwn,
}

// Owners compares a legal case with what package trace makes of it.
func (c *Case) Owners(want *Result) (Report, error) {
	var r Report
	events, err := c.ownerEvents()
	if err != nil {
		return r, err
	}
	holder := c.Holder
	if holder == "" {
		holder = "H"
	}
	for _, name := range sortedKeys(want.Rules) {
		rule, ok := rules[name]
		if !ok {
			return r, fmt.Errorf("rule %q: %w", name, ErrCase)
		}
		payments, left, err := trace.Owners(events, rule, holder)
		if err != nil {
			return r, err
		}
		if a := want.Rules[name]; a.Out != nil {
			r.payments(name, a.Out, payments)
		}
		if a := want.Rules[name]; a.Left != nil {
			r.shares(name+" left", a.Left, left)
		}
	}
	for _, owner := range sortedKeys(want.Libr) {
		r.rational("libr of "+owner, want.Libr[owner], trace.LowestBalance(events, owner))
	}
	if want.PariPassu != nil {
		r.shares("pari passu", want.PariPassu, trace.PariPassu(events))
	}
	return r, nil
}

func (c *Case) ownerEvents() ([]trace.OwnerEvent, error) {
	var out []trace.OwnerEvent
	for i, e := range c.Events {
		if (e.In == nil) == (e.Out == nil) {
			return nil, fmt.Errorf("event %d: want in or out: %w", i, ErrCase)
		}
		entry, ev := e.In, trace.OwnerEvent{}
		if e.Out != nil {
			entry = e.Out
			ev.Out = entry.Name
		} else {
			ev.In = entry.Name
		}
		n, ok := new(big.Rat).SetString(entry.Amount)
		if !ok {
			return nil, fmt.Errorf("event %d: amount %q: %w", i, entry.Amount, ErrCase)
		}
		ev.Amount = n
		out = append(out, ev)
	}
	return out, nil
}

func (r *Report) rational(what, want string, got *big.Rat) {
	r.Compared++
	if got == nil {
		got = new(big.Rat)
	}
	if got.RatString() != want {
		r.Differences = append(r.Differences, fmt.Sprintf("%s: want %s, got %s", what, want, got.RatString()))
	}
}

// shares compares owner by owner, in both directions.
func (r *Report) shares(what string, want map[string]string, got trace.Shares) {
	owners := sortedKeys(want)
	for _, o := range got.Names() {
		if !slices.Contains(owners, o) {
			owners = append(owners, o)
		}
	}
	for _, o := range owners {
		w := want[o]
		if w == "" {
			w = "0"
		}
		r.rational(what+" "+o, w, got[o])
	}
}

func (r *Report) payments(what string, want []Payment, got []trace.Payment) {
	if len(want) != len(got) {
		r.Differences = append(r.Differences, fmt.Sprintf("%s: want %d payments, got %d", what, len(want), len(got)))
		return
	}
	for i, p := range want {
		r.Compared++
		if got[i].Name != p.Name {
			r.Differences = append(r.Differences, fmt.Sprintf("%s: payment %d is %s, want %s", what, i, got[i].Name, p.Name))
		}
		r.shares(what+" "+p.Name, p.Owners, got[i].Owners)
	}
}

// Convert compares a swap case with what package trace makes of it.
func (c *Case) Convert(want *Result) (Report, error) {
	var r Report
	if c.Get == nil {
		return r, fmt.Errorf("a swap gets something: %w", ErrCase)
	}
	var lots []trace.Lot
	for _, l := range c.Lots {
		_, colour := l[0].Words()
		if colour > 1000 {
			return r, fmt.Errorf("colour %s: %w", l[0], ErrCase)
		}
		lot := trace.Lot{N: l[1].Amount}
		for range colour {
			lot.Colour++
		}
		lots = append(lots, lot)
	}
	got := trace.SwapLots(lots, c.Get.Amount)
	show := func(colour uint64, n fmt.Stringer) string { return fmt.Sprintf("[%d %s]", colour, n) }
	var a, b []string
	for _, l := range want.Out {
		_, colour := l[0].Words()
		a = append(a, show(colour, l[1]))
	}
	for _, l := range got {
		b = append(b, show(uint64(l.Colour), l.N))
	}
	r.Compared = 1 + len(a)
	if !slices.Equal(a, b) {
		r.Differences = append(r.Differences, fmt.Sprintf("want %v, got %v", a, b))
	}
	return r, nil
}
