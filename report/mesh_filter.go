package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// hidden counts what filters took out of a mesh.
type hidden struct {
	places, nodes, flows int
	amounts              []money.Amount
}

// filter takes out what the options leave out, and counts it. What ended in places
// that go is summed, so that what stays and what goes is all there was.
func (m *mesh) filter(o PictureOptions) (hidden, error) {
	h := hidden{amounts: make([]money.Amount, len(m.on))}
	if err := knownKinds(o.Kinds); err != nil {
		return h, err
	}
	m.hops()
	if !o.From.IsZero() || !o.Until.IsZero() {
		m.brush(&h, o.From, o.Until)
	}
	if o.Around != "" {
		near, err := m.near(o.Around, max(o.Steps, 1))
		if err != nil {
			return h, err
		}
		m.remove(&h, func(n *meshNode) bool { return !near[n.num] })
	}
	if o.Hops > 0 {
		m.remove(&h, func(n *meshNode) bool { return n.hop > o.Hops })
	}
	if len(o.Kinds) > 0 {
		m.remove(&h, func(n *meshNode) bool { return n.ends() && !slices.Contains(o.Kinds, string(n.kind)) })
		leads := m.leading()
		m.remove(&h, func(n *meshNode) bool { return !n.ends() && n.node.kind != aTheft && !leads[n.num] })
	}
	if !o.Min.IsZero() {
		m.small(&h, o.Min)
	}
	return h, nil
}

func knownKinds(kinds []string) error {
	for _, k := range kinds {
		if !slices.ContainsFunc(groups, func(g group) bool { return string(g.Kind) == k }) {
			var there []string
			for _, g := range groups {
				there = append(there, string(g.Kind))
			}
			return fmt.Errorf("kind of place %q: %w; there are %s", k, ErrNotHere, quoted(there))
		}
	}
	return nil
}

// brushed tells movements in a span of time, whose time must be known.
func brushed(h trace.Hop, from, until time.Time) bool {
	return !h.Time.IsZero() && !h.Time.Before(from) && (until.IsZero() || h.Time.Before(until))
}

// brush keeps the movements of a span of time. What stays on an account is kept
// while a movement of the account is.
func (m *mesh) brush(h *hidden, from, until time.Time) {
	m.number()
	moved := make([]bool, len(m.nodes))
	inside := len(m.inside)
	m.inside = slices.DeleteFunc(m.inside, func(i int) bool { return !brushed(m.s.t.Hops[i], from, until) })
	h.flows += inside - len(m.inside)
	for _, l := range m.links {
		if l.n == 0 {
			continue
		}
		var hops []int
		was := l.n
		l.first, l.last, l.n = time.Time{}, time.Time{}, 0
		for _, i := range l.hops {
			hop := m.s.t.Hops[i]
			if !brushed(hop, from, until) {
				continue
			}
			hops = append(hops, i)
			l.saw(hop.Time)
			l.n++
		}
		h.flows += was - l.n
		l.hops, l.amounts = hops, m.sumOfHops(hops)
		if l.n > 0 {
			moved[l.from.num], moved[l.to.num] = true, true
		} else {
			l.hops = []int{} // to tell it from what stays
		}
	}
	m.links = slices.DeleteFunc(m.links, func(l *meshLink) bool { return l.n == 0 && (l.hops != nil || !moved[l.from.num]) })
	touched := m.touched()
	m.remove(h, func(n *meshNode) bool { return !touched[n.num] })
}

// near tells, by number, the nodes so few steps before or behind an account, a place
// or a node, by name or identifier.
func (m *mesh) near(of string, steps int) ([]bool, error) {
	m.number()
	near := make([]bool, len(m.nodes))
	some := false
	for i, n := range m.nodes {
		near[i] = n.id() == of || n.name == of && n.fold == nil && n.place == nil ||
			n.place != nil && (n.place.ID == of || n.place.Name == of || slices.Contains(n.place.Accounts, ledger.Account(of)))
		some = some || near[i]
	}
	if !some {
		return nil, fmt.Errorf("account or place %q: %w under what else is asked", of, ErrNotHere)
	}
	for range steps {
		next := slices.Clone(near)
		for _, l := range m.links {
			if near[l.from.num] || near[l.to.num] {
				next[l.from.num], next[l.to.num] = true, true
			}
		}
		near = next
	}
	return near, nil
}

// leading tells, by number, the nodes from which a place can be reached.
func (m *mesh) leading() []bool {
	m.number()
	ins := make([][]*meshNode, len(m.nodes))
	for _, l := range m.links {
		ins[l.to.num] = append(ins[l.to.num], l.from)
	}
	leads := make([]bool, len(m.nodes))
	var queue []*meshNode
	for _, n := range m.nodes {
		if n.ends() {
			leads[n.num] = true
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, f := range ins[n.num] {
			if !leads[f.num] {
				leads[f.num] = true
				queue = append(queue, f)
			}
		}
	}
	return leads
}

// small takes out ribbons and places that carry less than an amount, and accounts
// that nothing touches then.
func (m *mesh) small(h *hidden, least money.Amount) {
	m.links = slices.DeleteFunc(m.links, func(l *meshLink) bool {
		if m.weight(l.amounts).Less(least) {
			h.flows += l.n
			return true
		}
		return false
	})
	touched := m.touched()
	m.remove(h, func(n *meshNode) bool {
		if n.ends() {
			return !touched[n.num] && m.weight(n.amounts).Less(least)
		}
		return !touched[n.num] && n.node.kind != aTheft
	})
}

// remove takes nodes out with the links at them.
func (m *mesh) remove(h *hidden, gone func(*meshNode) bool) {
	out := map[*meshNode]bool{}
	m.nodes = slices.DeleteFunc(m.nodes, func(n *meshNode) bool {
		if !gone(n) {
			return false
		}
		out[n] = true
		if n.ends() {
			h.places++
			addTo(h.amounts, n.amounts)
		} else {
			h.nodes++
		}
		return true
	})
	m.links = slices.DeleteFunc(m.links, func(l *meshLink) bool {
		if out[l.from] || out[l.to] {
			h.flows += l.n
			return true
		}
		return false
	})
}

// weight is what figures under several policies count as when one must be
// chosen: the largest under a policy that conserves, or of all where none does.
func (m *mesh) weight(amounts []money.Amount) money.Amount {
	var most, all money.Amount
	some := false
	for i, a := range amounts {
		if m.conserves(i) {
			some = true
			if most.Less(a) {
				most = a
			}
		}
		if all.Less(a) {
			all = a
		}
	}
	if some {
		return most
	}
	return all
}

// conserves reports whether the i-th policy of the mesh conserves.
func (m *mesh) conserves(i int) bool { return m.s.t.Policies[m.on[i]].Conserves() }

// size is what a bar stands for, by policy: what ended there, or what came in or,
// where more did, went out. Sums must be there (total).
func (n *meshNode) size() []money.Amount {
	if n.ends() {
		return n.amounts
	}
	out := make([]money.Amount, len(n.in))
	for i := range out {
		out[i] = n.in[i]
		if out[i].Less(n.out[i]) {
			out[i] = n.out[i]
		}
	}
	return out
}
