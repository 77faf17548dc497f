package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// The reasons for folding.
const (
	foldPeel    = "peel"
	foldService = "service"
	foldDust    = "dust"
	foldOthers  = "others"
)

// fold is what a folded node holds.
type fold struct {
	id     string
	why    string
	label  string
	n      int // accounts or places
	places []*trace.Place
	names  []node // of accounts, the first few
}

// folds reports whether nodes are folded for a reason.
func (o PictureOptions) folds(why string) bool { return !slices.Contains(o.Unfold, why) }

// split reports whether the accounts of a service are shown one by one.
func (o PictureOptions) split(p *trace.Place) bool {
	return !o.folds(foldService) || slices.Contains(o.Open, placeID(p))
}

// gather puts nodes into one. Of places the kind stays.
func (m *mesh) gather(some []*meshNode, f fold) *meshNode {
	one := &meshNode{node: node{aMerge, some[0].ledger, f.id}, kind: some[0].kind, order: some[0].order, col: some[0].col, hop: some[0].hop, fold: &f}
	if some[0].ends() {
		one.amounts = make([]money.Amount, len(m.on))
	}
	f.n = 0
	for _, n := range some {
		n.into = one
		one.hop = min(one.hop, n.hop)
		addTo(one.amounts, n.amounts)
		if n.fold != nil {
			f.n += n.fold.n
			f.places = append(f.places, n.fold.places...)
			f.names = append(f.names, n.fold.names...)
			continue
		}
		f.n++
		if n.bounded() {
			f.places = append(f.places, n.place)
		} else {
			f.names = append(f.names, n.node)
		}
	}
	return one
}

// foldPeels folds chains of three or more accounts or transactions, each fed by the
// one before it only, that pass at least three quarters of what leaves them to the
// next, in one piece, with at most two smaller payments beside it and fees. Who
// received the theft is not part of one.
func (m *mesh) foldPeels(o PictureOptions) {
	if !o.folds(foldPeel) {
		return
	}
	outs := m.outs()
	fed := make([]int, len(m.nodes))
	for _, l := range m.links {
		fed[l.to.num]++
		if l.from.node.kind == aTheft {
			fed[l.to.num]++ // who received the theft stands alone
		}
	}
	next, follows := map[*meshNode]*meshNode{}, map[*meshNode]bool{}
	links := func(n *meshNode) bool {
		return !n.ends() && (n.node.kind == anAccount || n.node.kind == aTransaction) && fed[n.num] == 1 && !isSwap(n) && m.peels(outs[n.num])
	}
	for _, n := range m.nodes {
		if !links(n) {
			continue
		}
		if to := m.main(outs[n.num]).to; links(to) {
			next[n], follows[to] = to, true
		}
	}
	for _, n := range m.nodes {
		if follows[n] || next[n] == nil {
			continue
		}
		var chain []*meshNode
		for at := n; at != nil; at = next[at] {
			chain = append(chain, at)
		}
		id := foldID(foldPeel, n.id())
		if len(chain) < 3 || slices.Contains(o.Open, id) {
			continue
		}
		m.gather(chain, fold{id: id, why: foldPeel, label: fmt.Sprintf("chain of %s", thousands(len(chain)))})
	}
	m.replace()
}

// peels reports whether the payments of an account are one large one and at most
// two small ones, beside fees and what stays.
func (m *mesh) peels(outs []*meshLink) bool {
	main := m.main(outs)
	if main == nil {
		return false
	}
	small := 0
	var sum money.Amount
	for _, l := range outs {
		sum = sum.Add(m.weight(l.amounts))
		if l != main && !l.fee && l.n > 0 {
			small++
		}
	}
	quarter, _ := sum.MulDiv(money.Units(3), money.Units(4))
	return small <= 2 && !m.weight(main.amounts).Less(quarter)
}

// main is the largest of some links, the first of equals.
func (m *mesh) main(outs []*meshLink) *meshLink {
	var main *meshLink
	for _, l := range outs {
		if main == nil || m.weight(main.amounts).Less(m.weight(l.amounts)) {
			main = l
		}
	}
	return main
}

// foldServices folds exits that tags give to one entity.
func (m *mesh) foldServices(o PictureOptions) {
	if !o.folds(foldService) || m.s.d.Tags == nil {
		return
	}
	var names []string
	by := map[string][]*meshNode{}
	for _, n := range m.nodes {
		if n.kind != trace.Exit || n.place == nil || n.node.kind == aPart {
			continue
		}
		if name := m.s.entityOf(n.place); name != "" {
			if by[name] == nil {
				names = append(names, name)
			}
			by[name] = append(by[name], n)
		}
	}
	for _, name := range names {
		id := foldID(foldService, name)
		if len(by[name]) > 1 && !slices.Contains(o.Open, id) {
			m.gather(by[name], fold{id: id, why: foldService, label: name})
		}
	}
	m.replace()
}

// entityOf is the entity that the first tag of a place names, or its own name.
func (s scope) entityOf(p *trace.Place) string {
	for _, a := range p.Accounts {
		for _, t := range s.d.Tags(p.Ledger, a) {
			if t.Entity != "" {
				return t.Entity
			}
		}
	}
	if p.Named {
		return p.Name
	}
	return ""
}

// foldDeep folds what lies more columns from the thefts than a picture shows, so
// that nothing flows inside its last column of accounts.
func (m *mesh) foldDeep(o PictureOptions) {
	most := pictureColumns
	id := foldID(foldOthers, "deep")
	if slices.Contains(o.Open, id) {
		most *= 3
	}
	var deep []*meshNode
	beyond := false
	for _, n := range m.nodes {
		if !n.ends() && n.node.kind != aTheft && n.col >= most {
			deep = append(deep, n)
			beyond = beyond || n.col > most
		}
	}
	if !beyond {
		return
	}
	one := m.gather(deep, fold{id: id, why: foldOthers})
	one.col, one.fold.label = most, thousands(one.fold.n)+" further on"
	m.replace()
}

// foldDust folds places, by kind, and accounts, by column, that carry less than one
// part in so many of what entered under every policy that conserves. A place that
// may hold a thousand times that under some convention is no dust.
func (m *mesh) foldDust(o PictureOptions, entered money.Amount) {
	parts := o.Dust
	if parts == 0 {
		parts = dustParts
	}
	least, _ := entered.MulDiv(money.Units(1), money.Units(parts))
	much, _ := entered.MulDiv(money.Units(min(1000, parts)), money.Units(parts))
	if !o.folds(foldDust) || least.IsZero() {
		return
	}
	m.total()
	var large, some []*meshNode
	for _, n := range m.nodes {
		if n.node.kind != aTheft && m.weight(n.size()).Less(least) && m.most(n).Less(much) {
			some = append(some, n)
		} else {
			large = append(large, n)
		}
	}
	m.byWeight(some)
	_, some = doubles(large, some, m.faces(), len(some))
	m.foldGroups(foldDust, "small", some, pictureMost, o)
}

// bounded reports whether a node is a whole place, which has bounds.
func (n *meshNode) bounded() bool { return n.place != nil && n.node.kind != aPart }

// most is what a node counts as when one must be chosen: its weight, or what a
// place may hold at most where that is more.
func (m *mesh) most(n *meshNode) money.Amount {
	w := m.weight(n.size())
	if n.bounded() {
		if u := boundOf(m.s.figures(n.place)).U; w.Less(u) {
			return u
		}
	}
	return w
}

// foldGroups folds some nodes, the heaviest first: places by kind, others by column.
// Of a group that is open so many stay.
func (m *mesh) foldGroups(why, words string, some []*meshNode, open int, o PictureOptions) {
	keys, by := groupsOf(some)
	for _, k := range keys {
		id := foldID(why, fmt.Sprintf("%s %d", k.kind, k.col))
		if slices.Contains(o.Open, id) {
			by[k] = by[k][min(open, len(by[k])):]
		}
		if len(by[k]) < 2 {
			continue
		}
		n := 0
		for _, one := range by[k] {
			n += one.count()
		}
		what := "accounts"
		if k.kind != "" {
			what = groupOf(k.kind).Many
		}
		label := fmt.Sprintf("%s %s %s", thousands(n), words, what)
		m.gather(by[k], fold{id: id, why: why, label: label})
	}
	m.replace()
}

// groupKey is a kind of place or a column of accounts.
type groupKey struct {
	kind trace.Kind
	col  int
}

func groupsOf(some []*meshNode) (keys []groupKey, by map[groupKey][]*meshNode) {
	by = map[groupKey][]*meshNode{}
	for _, n := range some {
		k := groupKey{col: n.col}
		if n.ends() {
			k = groupKey{kind: n.kind}
		}
		if by[k] == nil {
			keys = append(keys, k)
		}
		by[k] = append(by[k], n)
	}
	return keys, by
}

func (n *meshNode) count() int {
	if n.fold != nil {
		return n.fold.n
	}
	return 1
}

// thousands writes a number for people.
func thousands(n int) string { return money.Units(uint64(n)).Grouped(0) }

// foldOthers keeps the largest nodes, half of them places where there are so many,
// and folds the rest. What can be mistaken for a node that stays, stays with it, up
// to a quarter of the limit: one address with a thousand doubles is no way to empty a
// picture.
func (m *mesh) foldOthers(limit int, o PictureOptions) {
	if len(m.nodes) <= limit {
		return
	}
	m.total()
	var places, accounts []*meshNode
	fixed := 0
	for _, n := range m.nodes {
		switch {
		case n.node.kind == aTheft:
			fixed++
		case n.ends():
			places = append(places, n)
		default:
			accounts = append(accounts, n)
		}
	}
	m.byWeight(places)
	m.byWeight(accounts)
	places = firstOfKinds(places)
	faces := m.faces()
	for keep := limit - fixed; ; keep-- {
		p := min(len(places), max(keep/2, keep-len(accounts)))
		a := min(len(accounts), keep-p)
		p, a = max(p, 0), max(a, 0)
		twins, rest := doubles(slices.Concat(places[:p], accounts[:a]), slices.Concat(places[p:], accounts[a:]), faces, limit/4)
		if keys, _ := groupsOf(rest); keep <= 0 || fixed+p+a+len(twins)+len(keys) <= limit {
			m.foldGroups(foldOthers, "other", rest, limit, o)
			return
		}
	}
}

// byWeight sorts nodes, the heaviest first.
func (m *mesh) byWeight(nodes []*meshNode) {
	weights := map[*meshNode][2]money.Amount{}
	for _, n := range nodes {
		weights[n] = [2]money.Amount{m.weight(n.size()), m.most(n)}
	}
	slices.SortStableFunc(nodes, func(a, b *meshNode) int {
		x, y := weights[a], weights[b]
		return cmp.Or(y[0].Cmp(x[0]), y[1].Cmp(x[1]), cmp.Compare(a.order, b.order))
	})
}

// firstOfKinds moves the largest few of each kind but what is held to the front,
// so that a picture names services and fees however small they are.
func firstOfKinds(places []*meshNode) []*meshNode {
	var first, rest []*meshNode
	seen := map[trace.Kind]int{}
	for _, n := range places {
		seen[n.kind]++
		if n.kind != trace.Held && n.kind != trace.Edge && seen[n.kind] <= 5 {
			first = append(first, n)
		} else {
			rest = append(rest, n)
		}
	}
	return append(first, rest...)
}
