package report

import (
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

const (
	pictureAccounts = 5  // accounts listed of a node
	shortAddress    = 16 // characters of a short form
	shortName       = 28
)

// describe says what every bar, ribbon and column is.
func (p *flowPicture) describe(out *LaidOut) {
	first, last := p.times()
	entities := p.s.behind()
	for k, n := range p.nodes {
		node := &out.Nodes[k]
		node.ID, node.Kind, node.Ends, node.Hop = n.id(), kindOf(n), n.ends(), n.hop
		node.Label, node.Ledger = clean(nodeName(n)), string(n.ledger)
		node.Short, node.Alike = p.short(n), p.names.alikes[nodeName(n)]
		node.AlikeOff = p.names.off[node.Alike]
		node.First, node.Last = knownTime(first[n]), knownTime(last[n])
		p.accounts(n, node, entities)
		if n.fold != nil {
			node.Folded = &PictureFolded{n.fold.n, n.fold.why}
		}
		if n.place == nil {
			continue
		}
		node.Place = n.place.ID
		if !n.bounded() {
			continue
		}
		b := boundOf(p.s.figures(n.place))
		node.Lower, node.Upper, node.Tight = &b.L, &b.U, b.Tight
		for _, a := range append([]money.Amount{b.U}, n.amounts...) {
			if out.Most.Less(a) {
				out.Most = a
			}
		}
		if c, mirror := p.s.hops.conversionOf(n.place); c != nil && !mirror && observed(c) {
			node.Imposter = p.s.imitates(c.Got.Asset)
		}
	}
	for k, l := range p.links {
		link := &out.Links[k]
		link.From, link.To = l.from.id(), l.to.id()
		link.ID = digestID("l", link.From, link.To)
		link.N, link.First, link.Last = l.n, knownTime(l.first), knownTime(l.last)
		link.Back, link.Fee, link.Conversion = l.back, l.fee, l.swap
	}
	out.Folds = p.folds()
	out.Columns = columnsOf(out.Nodes)
}

// times are the first and last movement into every node, or out of a theft.
func (p *flowPicture) times() (first, last map[*meshNode]time.Time) {
	first, last = map[*meshNode]time.Time{}, map[*meshNode]time.Time{}
	see := func(n *meshNode, l *meshLink) {
		if l.first.IsZero() {
			return
		}
		if at := first[n]; at.IsZero() || l.first.Before(at) {
			first[n] = l.first
		}
		if l.last.After(last[n]) {
			last[n] = l.last
		}
	}
	for _, l := range p.links {
		see(l.to, l)
		if l.from.node.kind == aTheft {
			see(l.from, l)
		}
	}
	return first, last
}

// nodeName is the whole name of a node.
func nodeName(n *meshNode) string {
	switch {
	case n.fold != nil:
		return n.fold.label
	case n.bounded():
		return n.place.Name
	case n.node.kind == aTransaction:
		return "tx " + n.name
	}
	return n.name
}

// kindOf is the word for what a node is.
func kindOf(n *meshNode) string {
	switch {
	case n.kind != "":
		return string(n.kind)
	case isSwap(n):
		return string(trace.Converted)
	}
	switch n.node.kind {
	case aTheft:
		return "theft"
	case anEntity:
		return "entity"
	case aTransaction:
		return "mixed"
	case aBlock:
		return string(trace.Fee)
	}
	return "account"
}

// short is the short form of the name of a node. Addresses lose their middle,
// names may be longer.
func (p *flowPicture) short(n *meshNode) string {
	width := shortAddress
	if n.fold != nil || n.bounded() && n.place.Named || n.node.kind == aTheft || n.node.kind == anEntity {
		width = shortName
	}
	return p.names.label(nodeName(n), width)
}

// accounts lists the first accounts of a node, and counts tags on all of them.
func (p *flowPicture) accounts(n *meshNode, node *PictureNode, entities map[node][]ledger.Account) {
	node.Accounts = []string{}
	add := func(l ledger.ID, a ledger.Account) {
		if len(node.Accounts) < pictureAccounts {
			node.Accounts = append(node.Accounts, string(a))
		} else {
			node.MoreAccounts++
		}
		if p.s.d.Tags == nil {
			return
		}
		tags := p.s.d.Tags(l, a)
		if len(tags) > 0 && node.Tag == "" {
			node.Tag = clean(tags[0].Label)
		}
		node.Tags += len(tags)
	}
	places, names := []*trace.Place{n.place}, n.namesOf()
	if n.fold != nil {
		places = n.fold.places
	} else if !n.bounded() {
		places = nil
	}
	for _, at := range places {
		if at != nil {
			for _, a := range at.Accounts {
				add(at.Ledger, a)
			}
		}
	}
	for _, name := range names {
		switch {
		case (name.kind == anAccount || name.kind == aPart) && !strings.HasPrefix(name.name, "swap:"):
			add(name.ledger, ledger.Account(name.name))
		case name.kind == anEntity:
			for _, a := range entities[name] {
				add(name.ledger, a)
			}
		}
	}
}

// namesOf are the accounts that a node stands for where it is no place.
func (n *meshNode) namesOf() []node {
	switch {
	case n.fold != nil:
		return n.fold.names
	case n.bounded():
		return nil
	}
	return []node{n.node}
}

// behind lists the accounts of every entity.
func (s scope) behind() map[node][]ledger.Account {
	out := map[node][]ledger.Account{}
	for _, p := range s.t.Places {
		if p.Named && !final(p.Kind) && p.Kind != trace.Burn && p.Asset.ID == s.asset().ID {
			key := node{anEntity, p.Ledger, p.Name}
			out[key] = append(out[key], p.Accounts...)
		}
	}
	return out
}

// pictureAsset is the asset of the scope, with what it imitates.
func (s scope) pictureAsset() PictureAsset {
	a := s.asset()
	return PictureAsset{string(a.ID), a.Symbol, a.Decimals, a.Known, s.imitates(a)}
}

// imitates is the symbol of a known asset that an asset nobody vouches for looks
// like, or "" (money.Skeleton).
func (s scope) imitates(a money.Asset) string {
	if a.Known || money.Skeleton(a.Symbol) == "" {
		return ""
	}
	for _, l := range s.t.Stamp.Ledgers {
		for _, k := range l.Assets {
			if k.Known && money.Skeleton(k.Symbol) == money.Skeleton(a.Symbol) {
				return k.Symbol
			}
		}
	}
	return ""
}

// folds counts what is folded, by reason.
func (p *flowPicture) folds() []PictureFold {
	out := []PictureFold{}
	for _, why := range []string{foldPeel, foldService, foldDust, foldOthers} {
		f := PictureFold{Why: why, Amounts: make([]money.Amount, len(p.on))}
		for _, n := range p.nodes {
			if n.fold != nil && n.fold.why == why {
				f.Nodes, f.N = f.Nodes+1, f.N+n.fold.n
				addTo(f.Amounts, n.amounts)
			}
		}
		if f.Nodes > 0 {
			out = append(out, f)
		}
	}
	return out
}

// columnsOf counts the bars of each column, and when value came there.
func columnsOf(nodes []PictureNode) []PictureColumn {
	out := []PictureColumn{}
	for _, n := range nodes {
		for len(out) <= n.Column {
			out = append(out, PictureColumn{})
		}
		c := &out[n.Column]
		c.X, c.Nodes = n.X, c.Nodes+1
		if n.First != nil && (c.First == nil || n.First.Before(*c.First)) {
			c.First = n.First
		}
		if n.Last != nil && (c.Last == nil || n.Last.After(*c.Last)) {
			c.Last = n.Last
		}
	}
	return out
}
