package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// mesh is a scope as a graph, before anything is merged for a picture: what value
// passed through and where it ended, and between them all movements joined, with
// their sums under some policies at once.
type mesh struct {
	s     scope
	on    []int // policies of the sums, by index in the trail
	nodes []*meshNode
	links []*meshLink
	// inside are the hops between accounts that are one node.
	inside []int
}

// meshNode is an account, an entity, a transaction, a theft, or a place.
type meshNode struct {
	node
	place   *trace.Place // where value ended; nil for what it passed through
	kind    trace.Kind   // of the place, or of the places merged here
	order   int          // by the movement that reached it before all others
	amounts []money.Amount
	in, out []money.Amount
	col     int
	hop     int
	fold    *fold // of nodes merged here

	num  int       // place in mesh.nodes, as of the last numbering
	into *meshNode // what it becomes in the next replacement
}

// meshLink is all movements from one node to another.
type meshLink struct {
	from, to *meshNode
	amounts  []money.Amount
	hops     []int // none for what stays on an account
	n        int   // movements
	order    int   // of the movement before all others
	back     bool  // leads back to an earlier column

	fee, swap   bool
	first, last time.Time
}

// ends reports whether value stays in the node.
func (n *meshNode) ends() bool { return n.kind != "" }

// meshOf builds the graph of a scope under some policies: movements joined by
// account or entity, with what is left on accounts led to the places where it
// stands.
//
// Exits of which split is true are shown by account; nil splits none.
func (s scope) meshOf(on []int, split func(*trace.Place) bool) *mesh {
	b := &mesher{split: split, apart: map[*trace.Place]bool{}, mesh: mesh{s: s, on: on}, at: map[node]*meshNode{}, byEnds: map[[2]*meshNode]*meshLink{}, names: s.entities()}
	for _, m := range s.movements() {
		b.join(m)
	}
	b.parts()
	b.residuals()
	b.collapse()
	b.drop()
	return &b.mesh
}

// mesher is a mesh in the making.
type mesher struct {
	mesh
	at     map[node]*meshNode
	byEnds map[[2]*meshNode]*meshLink
	names  entityNames
	split  func(*trace.Place) bool
	apart  map[*trace.Place]bool // exits that are shown by account
}

// entityNames gives accounts the entity they are shown as.
type entityNames map[node]node

func (e entityNames) of(n node) node {
	if m, ok := e[n]; ok {
		return m
	}
	return n
}

// entities gathers the accounts that stand behind a named place.
func (s scope) entities() entityNames {
	e := entityNames{}
	for _, p := range s.t.Places {
		if !p.Named || final(p.Kind) || p.Kind == trace.Burn || p.Asset.ID != s.asset().ID {
			continue
		}
		for _, a := range p.Accounts {
			e[node{anAccount, p.Ledger, string(a)}] = node{anEntity, p.Ledger, p.Name}
		}
	}
	return e
}

// pick takes the figures of some policies.
func pick(amounts []money.Amount, on []int) []money.Amount {
	out := make([]money.Amount, len(on))
	for i, p := range on {
		out[i] = amounts[p]
	}
	return out
}

// nothing reports that no policy has anything.
func nothing(amounts []money.Amount) bool {
	for _, a := range amounts {
		if !a.IsZero() {
			return false
		}
	}
	return true
}

// addTo adds figures up by policy.
func addTo(sum, more []money.Amount) {
	for i, a := range more {
		sum[i] = sum[i].Add(a)
	}
}

// join adds a movement to the link between two nodes.
func (b *mesher) join(m movement) {
	h := b.s.t.Hops[m.hop]
	from, to := b.node(b.names.of(m.from), m.hop), b.node(b.part(b.names.of(m.to), h), m.hop)
	amounts := pick(h.Figures[b.s.view].Amounts, b.on)
	if nothing(amounts) {
		return
	}
	if from == to {
		b.inside = append(b.inside, m.hop)
		return
	}
	if to.node.kind == aPart {
		addTo(to.amounts, amounts)
	}
	l := b.link(from, to, amounts, m.hop)
	l.hops = append(l.hops, m.hop)
	l.n++
	l.fee = l.fee || h.Out < 0
	l.swap = l.swap || isSwap(from) || isSwap(to)
	l.saw(h.Time)
}

// isSwap reports whether a node stands between the legs of a conversion.
func isSwap(n *meshNode) bool {
	return n.kind == trace.Converted || n.node.kind == anAccount && len(n.name) > 5 && n.name[:5] == "swap:"
}

// saw widens the times of a link.
func (l *meshLink) saw(t time.Time) {
	if t.IsZero() {
		return
	}
	if l.first.IsZero() || t.Before(l.first) {
		l.first = t
	}
	if t.After(l.last) {
		l.last = t
	}
}

func (b *mesher) link(from, to *meshNode, amounts []money.Amount, order int) *meshLink {
	ends := [2]*meshNode{from, to}
	if l := b.byEnds[ends]; l != nil {
		addTo(l.amounts, amounts)
		return l
	}
	l := &meshLink{from: from, to: to, amounts: amounts, order: order}
	b.byEnds[ends] = l
	b.links = append(b.links, l)
	return l
}

func (b *mesher) node(n node, order int) *meshNode {
	if f, ok := b.at[n]; ok {
		return f
	}
	f := &meshNode{node: n, order: order}
	if n.kind == aPart {
		i, account, _ := strings.Cut(n.name, " ") // written by part
		k, _ := strconv.Atoi(i)
		f.place, f.name = b.s.t.Places[k], account
		f.kind, f.amounts = f.place.Kind, make([]money.Amount, len(b.on))
	}
	if n.kind == aPlace {
		i, _ := strconv.Atoi(n.name) // written by target
		f.place = b.s.t.Places[i]
		f.kind = f.place.Kind
		f.amounts = pick(b.s.figures(f.place).Amounts, b.on)
	}
	b.at[n] = f
	b.nodes = append(b.nodes, f)
	return f
}

// residuals leads what is left on accounts to the places where it stands, and
// makes nodes for places that a policy leaves empty although value may be there.
func (b *mesher) residuals() {
	last := len(b.s.t.Hops)
	for i, p := range b.s.t.Places {
		if p.Asset.ID != b.s.asset().ID || !touches(b.s.figures(p)) {
			continue
		}
		key := node{aPlace, p.Ledger, strconv.Itoa(i)}
		had := b.at[key] != nil
		if b.apart[p] {
			continue
		}
		end := b.node(key, last+i)
		if final(p.Kind) || had || nothing(end.amounts) {
			continue
		}
		if p.Kind == trace.Burn {
			if from := b.at[node{aBlock, p.Ledger, blockFees}]; from != nil {
				b.link(from, end, slices.Clone(end.amounts), last+i)
			}
			continue
		}
		for _, a := range p.Accounts {
			if from := b.at[b.names.of(node{anAccount, p.Ledger, string(a)})]; from != nil {
				b.link(from, end, slices.Clone(end.amounts), last+i)
				break // the accounts of a place are one node
			}
		}
	}
}

// collapse lets an account from which nothing went on be its own place.
func (b *mesher) collapse() {
	outs := b.outs()
	for _, n := range b.nodes {
		if o := outs[n.num]; n.kind == "" && (n.node.kind == anAccount || n.node.kind == anEntity) && len(o) == 1 && o[0].n == 0 && o[0].to.place != nil {
			n.into = o[0].to
		}
	}
	b.replace()
}

// drop takes out what no link touches, but for places that may hold value, and
// puts everything in the order of the ledger.
func (m *mesh) drop() {
	touched := m.touched()
	m.nodes = slices.DeleteFunc(m.nodes, func(n *meshNode) bool { return !touched[n.num] && !n.ends() })
	slices.SortStableFunc(m.nodes, func(a, b *meshNode) int { return cmp.Compare(a.order, b.order) })
	slices.SortStableFunc(m.links, func(a, b *meshLink) int { return cmp.Compare(a.order, b.order) })
}

// number gives every node its number, for lists beside the nodes.
func (m *mesh) number() {
	for i, n := range m.nodes {
		n.num = i
	}
}

// touched tells, by number, which nodes a link touches.
func (m *mesh) touched() []bool {
	m.number()
	out := make([]bool, len(m.nodes))
	for _, l := range m.links {
		out[l.from.num], out[l.to.num] = true, true
	}
	return out
}

// replace lets nodes become what they are to become (into), and joins the links that
// then run between the same nodes. Nodes that are not in the mesh yet are put at its
// end.
func (m *mesh) replace() {
	var nodes []*meshNode
	m.number()
	for _, n := range m.nodes {
		if n.into == nil {
			nodes = append(nodes, n)
		}
	}
	if len(nodes) == len(m.nodes) {
		return
	}
	for _, n := range m.nodes {
		to := n.into
		if to == nil {
			continue
		}
		to.order = min(to.order, n.order)
		if to.num >= len(m.nodes) || m.nodes[to.num] != to { // new
			to.num = len(m.nodes)
			m.nodes = append(m.nodes, to)
			nodes = append(nodes, to)
		}
	}
	is := func(n *meshNode) *meshNode {
		if n.into != nil {
			return n.into
		}
		return n
	}
	at := map[[2]*meshNode]*meshLink{}
	var links []*meshLink
	for _, l := range m.links {
		l.from, l.to = is(l.from), is(l.to)
		if l.from == l.to {
			m.inside = append(m.inside, l.hops...)
			continue
		}
		ends := [2]*meshNode{l.from, l.to}
		if o := at[ends]; o != nil {
			o.absorb(l)
			continue
		}
		at[ends] = l
		links = append(links, l)
	}
	m.nodes, m.links = nodes, links
}

// absorb takes another link between the same nodes in.
func (l *meshLink) absorb(o *meshLink) {
	addTo(l.amounts, o.amounts)
	l.hops = append(l.hops, o.hops...)
	l.n, l.order = l.n+o.n, min(l.order, o.order)
	l.fee, l.swap = l.fee || o.fee, l.swap || o.swap
	l.saw(o.first)
	l.saw(o.last)
}

// outs are the links that leave each node, by its number.
func (m *mesh) outs() [][]*meshLink {
	m.number()
	outs := make([][]*meshLink, len(m.nodes))
	for _, l := range m.links {
		outs[l.from.num] = append(outs[l.from.num], l)
	}
	return outs
}

// total adds up what each node takes in and gives out.
func (m *mesh) total() {
	for _, n := range m.nodes {
		n.in, n.out = make([]money.Amount, len(m.on)), make([]money.Amount, len(m.on))
	}
	for _, l := range m.links {
		addTo(l.from.out, l.amounts)
		addTo(l.to.in, l.amounts)
	}
}

// sumOfHops adds movements up by policy.
func (m *mesh) sumOfHops(hops []int) []money.Amount {
	sum := make([]money.Amount, len(m.on))
	for _, i := range hops {
		addTo(sum, pick(m.s.t.Hops[i].Figures[m.s.view].Amounts, m.on))
	}
	return sum
}
