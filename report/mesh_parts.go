package report

import (
	"slices"
	"strconv"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// part is the account of a split exit that a movement reaches, or what it reaches.
func (b *mesher) part(n node, h trace.Hop) node {
	if n.kind != aPlace || b.split == nil {
		return n
	}
	if p := b.s.t.Places[h.Place]; p.Kind == trace.Exit && len(p.Accounts) > 1 && b.split(p) {
		return node{aPart, n.ledger, n.name + " " + string(h.To)}
	}
	return n
}

// parts gives every account of a split exit what was paid to it. Where that is not
// the figure of the exit, it stays whole.
func (b *mesher) parts() {
	var exits []*trace.Place
	of := map[*trace.Place][]*meshNode{}
	for _, n := range b.nodes {
		if n.node.kind != aPart {
			continue
		}
		if of[n.place] == nil {
			exits = append(exits, n.place)
		}
		of[n.place] = append(of[n.place], n)
	}
	for _, p := range exits {
		sum := make([]money.Amount, len(b.on))
		for _, n := range of[p] {
			addTo(sum, n.amounts)
		}
		if slices.Equal(sum, pick(b.s.figures(p).Amounts, b.on)) {
			b.apart[p] = true
			continue
		}
		whole := b.node(node{aPlace, p.Ledger, strconv.Itoa(slices.Index(b.s.t.Places, p))}, of[p][0].order)
		for _, n := range of[p] {
			n.into = whole
		}
	}
	b.replace()
}
