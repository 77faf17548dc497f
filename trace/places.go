package trace

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// trail turns the state at the end of a sweep into the answer.
func (e *Engine) trail(ctx context.Context) (*Trail, error) {
	e.finish()
	t := &Trail{
		Policies: e.policies, Seeds: e.seeded, Hops: e.hops, graph: e.g, nets: e.nets,
		terms: e.terms, seedRows: e.seeds.rows,
		Stamp: Stamp{
			Ledgers: e.info.Ledgers, FeeRule: e.q.FeeRule, FeeFate: e.q.FeeFate, IgnoreFees: e.q.IgnoreFees,
			BoundaryDigest: e.q.BoundaryDigest, Until: e.q.Until, Through: e.q.Through, Speculative: len(e.q.Through) > 0,
			Ties: e.ties, Completeness: e.worst, Read: e.read, Graph: e.info.Transfers,
		},
	}
	if e.q.Boundary == nil {
		t.Stamp.BoundaryDigest = NoBoundary
	}
	for _, w := range e.views {
		t.Views = append(t.Views, View{Name: w.name, Continues: w.continues})
		t.colours = append(t.colours, w.in)
	}
	e.unobserved(t)
	e.totals(t)
	if err := t.conserved(); err != nil {
		return nil, err
	}
	e.places(t)
	e.groups(t)
	if err := e.conversions(t); err != nil {
		return nil, err
	}
	e.warnings(t)
	if err := t.boundPlaces(ctx, &e.q); err != nil {
		return nil, err
	}
	t.Places = slices.DeleteFunc(t.Places, t.untouched)
	e.endHops(t)
	return t, nil
}

// untouched reports that no stolen unit can be at a place: no policy puts one
// there, and no view that has value in its asset bounds it above zero.
func (t *Trail) untouched(p *Place) bool {
	for v, f := range p.Figures {
		if f.Bound != nil && !f.Bound.U.IsZero() || f.Bound == nil && t.holds(v, p.Asset.ID) {
			return false
		}
	}
	return !anyTaint(p.Figures)
}

// holds reports whether a view has any value in an asset.
func (t *Trail) holds(view int, asset money.AssetID) bool {
	for _, a := range t.Views[view].Assets {
		if a.Asset.ID == asset {
			return true
		}
	}
	return false
}

// finish makes terminals of what is still held: balances and unspent coins.
func (e *Engine) finish() {
	var keys []graph.Pool
	for key, p := range e.pools {
		if !p.bal.IsZero() {
			keys = append(keys, key)
		}
	}
	sort.Slice(keys, func(i, j int) bool { return lessPool(keys[i], keys[j]) })
	for _, key := range keys {
		p := e.pools[key]
		fs := cloneFigures(p.figs)
		for v := range fs {
			for i, q := range e.policies {
				if q == Poison && p.poison[v] {
					fs[v].Amounts[i] = p.bal
				}
			}
		}
		edge := e.net(key.Asset).add(p.node, sink, p.bal, fs, e.fifo(), label{kind: edgeEnd, id: graph.None, account: key.Account})
		end := e.end(key.Ledger, key.Asset, "held:"+string(key.Account), e.heldKind(key.Ledger, key.Account), key.Account)
		e.deliver(end, p.bal, fs, edge, e.lastInto(key))
	}
	var coins []*coin
	for _, c := range e.coins {
		coins = append(coins, c)
	}
	sort.Slice(coins, func(i, j int) bool {
		if coins[i].id != coins[j].id {
			return coins[i].id < coins[j].id
		}
		return coins[i].out < coins[j].out
	})
	for _, c := range coins {
		en, _ := e.g.Entry(c.id) // was read when the coin was made
		kind := e.heldKind(c.term.ledger, c.owner)
		e.deliverCoin(en.Asset, e.end(c.term.ledger, en.Asset, c.term.coin.String(), kind, c.owner), c)
	}
}

func lessPool(a, b graph.Pool) bool {
	if a.Ledger != b.Ledger {
		return a.Ledger < b.Ledger
	}
	if a.Asset != b.Asset {
		return a.Asset < b.Asset
	}
	return a.Account < b.Account
}

// heldKind tells value that stands still from value whose later history the
// data does not have.
func (e *Engine) heldKind(l ledger.ID, a ledger.Account) Kind {
	if e.g.Completeness(l, a).External == ledger.Complete {
		return Held
	}
	return Edge
}

// unobserved lists the clean value that must have been there before the data.
func (e *Engine) unobserved(t *Trail) {
	for key, p := range e.pools {
		if !p.unobserved.IsZero() {
			t.Unobserved = append(t.Unobserved, UnobservedRow{key, e.info.Asset(key.Asset), p.unobserved})
		}
	}
	sort.Slice(t.Unobserved, func(i, j int) bool { return lessPool(t.Unobserved[i].Pool, t.Unobserved[j].Pool) })
	if len(t.Unobserved) > 0 {
		t.Stamp.Completeness.Opening = ledger.Gap
	}
}

// totals books every terminal under its kind.
func (e *Engine) totals(t *Trail) {
	for v := range t.Views {
		for _, id := range e.order {
			vs := e.assets[id].views[v]
			at := AssetTotals{Asset: e.info.Asset(id), Seeded: vs.k, Bounded: vs.unbounded == "", Why: vs.unbounded, ByPolicy: make([]Totals, len(e.policies))}
			touched := !vs.k.IsZero()
			for i := range e.policies {
				s := &at.ByPolicy[i]
				s.Seeded, s.ConvertedIn = vs.seeded[i], vs.converted[i]
				for _, end := range e.terms {
					if end.Asset == id {
						s.book(end.Kind, end.Figures[v].Amounts[i])
						touched = touched || !end.Figures[v].Amounts[i].IsZero()
					}
				}
				if e.policies[i] == FIFO && at.Bounded {
					at.Seeded = s.Seeded
				}
			}
			if touched {
				t.Views[v].Assets = append(t.Views[v].Assets, at)
			}
		}
	}
}

// book adds an amount to the row of its kind.
func (s *Totals) book(k Kind, n money.Amount) {
	row := map[Kind]*money.Amount{
		Exit: &s.Exits, Held: &s.Held, Edge: &s.Held, Fee: &s.Fees, Burn: &s.Burnt, Converted: &s.Converted,
		Debt: &s.Debts, Elsewhere: &s.Elsewhere,
	}[k]
	*row = row.Add(n)
	if k == Edge {
		s.Edge = s.Edge.Add(n)
	}
}

// Out is where the value went, all rows together.
func (s Totals) Out() money.Amount {
	return money.Sum(s.Exits, s.Held, s.Fees, s.Burnt, s.Debts, s.Converted, s.Elsewhere)
}

// conserved checks seeded + converted in = the sum of all rows, under every
// policy but poison, in every view and asset.
func (t *Trail) conserved() error {
	for _, v := range t.Views {
		for _, a := range v.Assets {
			for i, s := range a.ByPolicy {
				if in := s.Seeded.Add(s.ConvertedIn); t.Policies[i].Conserves() && t.on(t.Policies[i], a.Asset.ID) && in != s.Out() {
					return fmt.Errorf("theft %s, %s, %s: %s entered and %s is accounted for: %w", v.Name, a.Asset.Name(), t.Policies[i], in, s.Out(), ErrConservation)
				}
			}
		}
	}
	return nil
}

// places groups terminals: by boundary or entity where there is a name, else by
// account; all fees of an asset are one place.
func (e *Engine) places(t *Trail) {
	index := map[string]*Place{}
	for i, end := range e.terms {
		// Where order is not known, a place can hold stolen value under another
		// order though the listed one puts none there.
		if !anyTaint(end.Figures) && (e.ties == 0 || len(end.ends) == 0) {
			continue
		}
		name, named := e.placeName(end)
		asset := e.info.Asset(end.Asset)
		id := string(end.Kind) + " " + string(end.Ledger) + " " + name + " " + string(end.Asset)
		p := index[id]
		if p == nil {
			p = &Place{ID: id, Kind: end.Kind, Name: name, Named: named, Ledger: end.Ledger, Asset: asset, Boundary: end.boundary, Figures: e.figures()}
			index[id] = p
			t.Places = append(t.Places, p)
		}
		e.join(p, end, int32(i))
	}
	for _, p := range t.Places {
		for v := range p.Figures {
			p.Figures[v].Upper = p.Figures[v].Upper.Min(e.assets[p.Asset.ID].views[v].k)
		}
		sort.Slice(p.Accounts, func(i, j int) bool { return p.Accounts[i] < p.Accounts[j] })
	}
	rank := map[money.AssetID]int{}
	for i, id := range e.order {
		rank[id] = i
	}
	sort.SliceStable(t.Places, func(i, j int) bool {
		a, b := t.Places[i], t.Places[j]
		if a.Asset.ID != b.Asset.ID {
			return rank[a.Asset.ID] < rank[b.Asset.ID]
		}
		if x, y := largest(t, a), largest(t, b); x != y {
			return y.Less(x)
		}
		return a.ID < b.ID
	})
}

func (e *Engine) placeName(end *terminal) (string, bool) {
	switch end.Kind {
	case Fee:
		return "fees", true
	case Burn:
		return "burnt", true
	case Elsewhere:
		return "elsewhere", true
	}
	if end.boundary.Name != "" {
		return end.boundary.Name, true
	}
	if e.q.Entity != nil {
		if name, ok := e.q.Entity(end.Ledger, end.Account); ok {
			return name, true
		}
	}
	return string(end.Account), false
}

// join adds a terminal to its place.
func (e *Engine) join(p *Place, end *terminal, i int32) {
	p.terminals = append(p.terminals, i)
	known := end.Account == ""
	for _, a := range p.Accounts {
		known = known || a == end.Account
	}
	if !known {
		p.Accounts = append(p.Accounts, end.Account)
	}
	p.Value = p.Value.Add(end.Value)
	for v := range p.Figures {
		f, g := &p.Figures[v], end.Figures[v]
		for k := range f.Amounts {
			f.Amounts[k] = f.Amounts[k].Add(g.Amounts[k])
		}
		f.Lower, f.Upper = f.Lower.Add(g.Lower), f.Upper.Add(g.Upper)
	}
	if !end.first.IsZero() && (p.First.IsZero() || end.first.Before(p.First)) {
		p.First = end.first
	}
	if end.last.After(p.Last) {
		p.Last = end.last
	}
}

// largest is the most that any conserving policy puts on a place in any view.
func largest(t *Trail, p *Place) money.Amount {
	var most money.Amount
	for _, f := range p.Figures {
		for i, a := range f.Amounts {
			if t.Policies[i].Conserves() && most.Less(a) {
				most = a
			}
		}
	}
	return most
}

// endHops tells each hop the place where it ends.
func (e *Engine) endHops(t *Trail) {
	type spot struct {
		l     ledger.ID
		asset money.AssetID
		a     ledger.Account
		fee   bool
	}
	at := map[spot]int{}
	for i, p := range t.Places {
		for _, a := range p.Accounts {
			at[spot{p.Ledger, p.Asset.ID, a, false}] = i
		}
		if p.Kind == Fee {
			at[spot{p.Ledger, p.Asset.ID, "", true}] = i
		}
	}
	for i := range t.Hops {
		h := &t.Hops[i]
		if n, ok := at[spot{h.Ledger, h.Asset.ID, h.To, h.Out < 0}]; ok {
			h.Place = n
		}
	}
}

// groups gathers the places of the question's groups, by asset.
func (e *Engine) groups(t *Trail) {
	for _, g := range e.q.Groups {
		for _, id := range e.order {
			row := GroupRow{Name: g.Name, Asset: e.info.Asset(id), Figures: e.figures()}
			for _, p := range t.Places {
				if p.Asset.ID != id || !g.Match(p) {
					continue
				}
				row.Places = append(row.Places, p)
				for v := range row.Figures {
					f, of := &row.Figures[v], p.Figures[v]
					for k := range f.Amounts {
						f.Amounts[k] = f.Amounts[k].Add(of.Amounts[k])
					}
					f.Lower, f.Upper = f.Lower.Add(of.Lower), f.Upper.Add(of.Upper).Min(e.assets[id].views[v].k)
				}
			}
			if len(row.Places) > 0 {
				t.Groups = append(t.Groups, row)
			}
		}
	}
}

// warnings says what a reader of the figures must know.
func (e *Engine) warnings(t *Trail) {
	add := func(format string, args ...any) { t.Warnings = append(t.Warnings, fmt.Sprintf(format, args...)) }
	for _, l := range e.info.Ledgers {
		for _, n := range l.Notes {
			add("%s: %s", l.ID, n)
		}
	}
	if t.Policy(Poison) >= 0 {
		add("poison does not conserve value: it marks all value that any stolen unit could have touched; it is reachability, not an amount")
	}
	if e.ties > 0 {
		add("the order of %d transfers on the trail is not known: policy figures and one-pass bounds use the listed order; exact bounds hold for every order", e.ties)
	}
	if t.Stamp.Speculative {
		add("speculative: the trail goes on through %v although they are boundaries; services do not keep the identity of money", e.q.Through)
	}
	if e.q.IgnoreFees {
		add("fees of account ledgers are left out as the question asks")
	}
	for _, v := range t.Views {
		if v.Continues != "" {
			add("%q is the value of %q behind a conversion that the data does not show; the two are never added up", v.Name, v.Continues)
		}
		for _, a := range v.Assets {
			if !a.Bounded {
				add("no exact bounds for %s of %q: %s", a.Asset.Name(), v.Name, a.Why)
			}
		}
	}
	for _, s := range t.Seeds {
		if !s.Overlap.IsZero() {
			add("%s of the seed %s of %q was reported stolen before; the earlier theft keeps it", s.Asset.Format(s.Overlap), s.Transfer, s.Theft)
		}
	}
}

// Terminals lists the ends of the trail at their finest, in the order in which
// the trail came to them.
func (t *Trail) Terminals() []Terminal {
	out := make([]Terminal, len(t.terms))
	for i, end := range t.terms {
		out[i] = end.Terminal
	}
	return out
}

// lastInto is the time of the last transfer read of a pool.
func (e *Engine) lastInto(key graph.Pool) (at time.Time) {
	p := e.pools[key]
	for _, id := range p.events {
		if en, err := e.g.Entry(id); err == nil && en.Takes(key.Account) {
			at = en.Time
		}
	}
	return at
}
