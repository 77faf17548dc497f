package trace

import (
	"context"
	"fmt"
	"sort"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/money"
)

// exact computes [L,U] of a set of terminals of one asset in one view, with
// both cuts, and checks the certificates: the cut of U sums to U, the cut of L
// to K - L.
func (t *Trail) exact(v int, asset money.AssetID, set []int32) (Bound, error) {
	net, in := t.nets[asset], make(map[int32]bool, len(set))
	for _, i := range set {
		in[i] = true
	}
	var ends, others []int32
	var have money.Amount
	for i, end := range t.terms {
		if end.Asset != asset {
			continue
		}
		if !in[int32(i)] {
			others = append(others, end.ends...)
			continue
		}
		ends = append(ends, end.ends...)
		for _, e := range end.ends {
			have = have.Add(net.flow[v][e])
		}
	}
	colours := t.colours[v]
	k := net.stolen(colours)
	b := Bound{U: k}
	if have == k { // nothing more can get there than was stolen
		b.CutU = t.theftCut(asset, colours)
	} else {
		more, labels, amounts := net.maxMove(v, colours, ends, others, true)
		b.U, b.CutU = have.Add(more), t.edges(asset, labels, amounts)
	}
	if t.avoidable(v, set) { // a conforming policy puts nothing there
		b.CutL = t.theftCut(asset, colours)
	} else {
		less, labels, amounts := net.maxMove(v, colours, ends, others, false)
		b.L, b.CutL = have.Sub(less), t.edges(asset, labels, amounts)
	}
	if got := sumCut(b.CutU); got != b.U {
		return b, fmt.Errorf("certificate of the upper bound sums to %s, the bound is %s: %w", got, b.U, ErrConservation)
	}
	if got := sumCut(b.CutL); got != k.Sub(b.L) {
		return b, fmt.Errorf("certificate of the lower bound sums to %s, K - L is %s: %w", got, k.Sub(b.L), ErrConservation)
	}
	return b, nil
}

// avoidable reports whether some policy puts nothing on a set of terminals: then
// L is zero without a search, since every policy but poison conforms.
func (t *Trail) avoidable(v int, set []int32) bool {
	for i, p := range t.Policies {
		if !p.Conserves() {
			continue
		}
		nothing := true
		for _, at := range set {
			end := t.terms[at]
			nothing = nothing && end.Figures[v].Amounts[i].IsZero() && t.on(p, end.Asset)
		}
		if nothing {
			return true
		}
	}
	return false
}

// theftCut is the cut at the seeds themselves: K.
func (t *Trail) theftCut(asset money.AssetID, in []bool) []CutEdge {
	var labels []label
	var amounts []money.Amount
	for _, s := range t.nets[asset].sources {
		if in[s.colour] && !s.amount.IsZero() {
			labels, amounts = append(labels, s.label), append(amounts, s.amount)
		}
	}
	return t.edges(asset, labels, amounts)
}

// stolen is K of the network in a view.
func (n *network) stolen(in []bool) money.Amount {
	var k money.Amount
	for _, s := range n.sources {
		if in[s.colour] {
			k = k.Add(s.amount)
		}
	}
	return k
}

func sumCut(cut []CutEdge) money.Amount {
	var s money.Amount
	for _, c := range cut {
		s = s.Add(c.Amount)
	}
	return s
}

// edges turns the labels of a cut into entries of the ledger, in its order.
func (t *Trail) edges(asset money.AssetID, labels []label, amounts []money.Amount) []CutEdge {
	idx := make([]int, len(labels))
	for i := range idx {
		idx[i] = i
	}
	sort.SliceStable(idx, func(a, b int) bool {
		x, y := labels[idx[a]], labels[idx[b]]
		if x.id != y.id {
			return x.id < y.id
		}
		if x.kind != y.kind {
			return x.kind < y.kind
		}
		return x.out < y.out
	})
	cut := make([]CutEdge, 0, len(labels))
	for _, i := range idx {
		cut = append(cut, t.edge(labels[i], amounts[i]))
	}
	return cut
}

// edge says in the ledger's words which entry a label is.
func (t *Trail) edge(l label, n money.Amount) CutEdge {
	c := CutEdge{Kind: edgeNames[l.kind], Amount: n, Account: l.account}
	if l.kind == edgeTheft {
		row := t.seedRows[l.out]
		c.Transfer, c.To, c.Time, c.Account = row.Transfer, row.Account, row.Time, ""
		return c
	}
	if l.id == graph.None {
		return c
	}
	en, err := t.graph.Entry(l.id)
	if err != nil {
		return c // was read during the sweep; only a store that lost data gets here
	}
	c.Transfer, c.Time = en.ID, en.Time
	switch l.kind {
	case edgePay, edgeFee:
		c.Account = en.From()
		if l.kind == edgePay {
			c.To = en.To()
		}
	case edgeCoin:
		c.To, c.Account = l.account, ""
		c.Out = int(l.out)
		if len(en.Debits) == 1 {
			c.Account = en.From()
		}
	}
	return c
}

// TerminalBound is the exact bound of a set of terminals by name, in one asset
// and view. It is false when the view has no exact bounds in that asset, or the
// asset is not on the trail. Names that are no terminals are ignored.
func (t *Trail) TerminalBound(view int, asset money.AssetID, names []string) (Bound, bool, error) {
	if t.nets[asset] == nil || !t.bounded(view, asset) {
		return Bound{}, false, nil
	}
	want := map[string]bool{}
	for _, n := range names {
		want[n] = true
	}
	var set []int32
	for i, end := range t.terms {
		if end.Asset == asset && want[end.Name] {
			set = append(set, int32(i))
		}
	}
	b, err := t.exact(view, asset, set)
	return b, true, err
}

func (t *Trail) bounded(view int, asset money.AssetID) bool {
	for _, a := range t.Views[view].Assets {
		if a.Asset.ID == asset {
			return a.Bounded
		}
	}
	return false
}

// boundPlaces computes the exact bounds of places and groups.
func (t *Trail) boundPlaces(ctx context.Context, q *Question) error {
	if q.NoBounds {
		return nil
	}
	done := map[money.AssetID]int{}
	for n, p := range t.Places {
		if q.Progress != nil && n%64 == 0 {
			q.Progress("bounds", n, len(t.Places))
		}
		if done[p.Asset.ID]++; done[p.Asset.ID] > q.MaxBounds {
			continue
		}
		if err := t.boundSet(ctx, p.Asset.ID, p.terminals, p.Figures); err != nil {
			return fmt.Errorf("bounds of %s: %w", p.ID, err)
		}
	}
	for i := range t.Groups {
		g := &t.Groups[i]
		var set []int32
		for _, p := range g.Places {
			set = append(set, p.terminals...)
		}
		if err := t.boundSet(ctx, g.Asset.ID, set, g.Figures); err != nil {
			return fmt.Errorf("bounds of group %s: %w", g.Name, err)
		}
	}
	return nil
}

func (t *Trail) boundSet(ctx context.Context, asset money.AssetID, set []int32, fs []Figures) error {
	for v := range t.Views {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !t.bounded(v, asset) {
			continue
		}
		b, err := t.exact(v, asset, set)
		if err != nil {
			return err
		}
		for i, p := range t.Policies {
			if a := fs[v].Amounts[i]; p.Conserves() && t.on(p, asset) && (a.Less(b.L) || b.U.Less(a)) {
				return fmt.Errorf("%s puts %s of theft %s there, outside [%s, %s]: %w", p, a, t.Views[v].Name, b.L, b.U, ErrConservation)
			}
		}
		fs[v].Bound = &b
	}
	return nil
}

// on reports whether a policy exists on the ledger of an asset.
func (t *Trail) on(p Policy, asset money.AssetID) bool {
	for _, l := range t.Stamp.Ledgers {
		for _, a := range l.Assets {
			if a.ID == asset {
				return p.On(l.Model)
			}
		}
	}
	return false
}
