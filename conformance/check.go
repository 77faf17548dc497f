package conformance

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Report is the outcome of a comparison.
type Report struct {
	// Compared is the number of figures looked at.
	Compared int
	// Differences has one line per figure that is not what was expected.
	Differences []string
}

// Trail compares every figure of want with a trail of the case's ledger. What
// want does not mention is not looked at. Figures are compared exactly; of cuts
// only that they prove their bound, since several minimum cuts may exist.
func (c *Case) Trail(want *Result, t *trace.Trail, names *Names, d *ledger.Document) Report {
	k := checker{c: c, t: t, names: names, native: d.Ledger.Native}
	k.index()
	k.overlaps(want.Overlaps)
	k.unobserved(want.Unobserved)
	for _, v := range sortedKeys(want.Views) {
		view := t.View(v)
		if v == "any" && view < 0 && len(t.Views) == 1 {
			view = 0 // a single theft is the union of all
		}
		if view < 0 {
			if len(t.Views) > 0 {
				k.differ("no view %q", v)
			}
			continue
		}
		k.name, k.view = v, view
		k.oneView(want.Views[v])
	}
	// Pro-rata fees round over segments, and a theft's own view has other
	// segments than all thefts together.
	if want.Segments != nil && (c.Fee != string(trace.FeeProrata) || len(t.Views) == 1) {
		k.segments(want.Segments)
	}
	return k.Report
}

type hopKey struct {
	transfer string
	out      int
}

type checker struct {
	Report
	c      *Case
	t      *trace.Trail
	names  *Names
	native money.AssetID
	hops   map[hopKey]*trace.Hop
	ends   map[money.AssetID]map[string]*trace.Terminal
	name   string // of the view
	view   int
}

func (k *checker) differ(format string, args ...any) {
	k.Differences = append(k.Differences, fmt.Sprintf(format, args...))
}

func (k *checker) equal(what string, want, got money.Amount) {
	k.Compared++
	if want != got {
		k.differ("%s: want %s, got %s", what, want, got)
	}
}

func (k *checker) index() {
	k.hops = map[hopKey]*trace.Hop{}
	for i := range k.t.Hops {
		h := &k.t.Hops[i]
		k.hops[hopKey{h.Transfer, h.Out}] = h
	}
	k.ends = map[money.AssetID]map[string]*trace.Terminal{}
	for _, end := range k.t.Terminals() {
		if k.ends[end.Asset] == nil {
			k.ends[end.Asset] = map[string]*trace.Terminal{}
		}
		k.ends[end.Asset][end.Name] = &end
	}
}

func (k *checker) overlaps(want []Overlap) {
	if want == nil {
		return
	}
	sum := map[string]money.Amount{}
	for _, o := range want {
		sum[o.Theft] = sum[o.Theft].Add(o.Len.Amount)
	}
	for _, s := range k.t.Seeds {
		sum[s.Theft] = sum[s.Theft].Monus(s.Overlap)
	}
	for _, theft := range sortedKeys(sum) {
		k.equal("overlap of theft "+theft+" not reported", money.Zero, sum[theft])
	}
}

// unobserved compares the missing history of the pools on the trail; pools that
// no theft reached are none of a trail's business.
func (k *checker) unobserved(want []Opening) {
	if want == nil {
		return
	}
	type pool struct {
		account string
		asset   money.AssetID
	}
	expected := map[pool]money.Amount{}
	for _, o := range want {
		expected[pool{o.Account, assetOf(o.Asset)}] = o.Amount.Amount
	}
	found := map[pool]bool{}
	for _, u := range k.t.Unobserved {
		p := pool{string(u.Pool.Account), u.Pool.Asset}
		found[p] = true
		k.equal(fmt.Sprintf("unobserved %s %s", p.account, p.asset), expected[p], u.Amount)
	}
	for p, n := range expected {
		if end := k.ends[p.asset]["held:"+p.account]; end != nil && !found[p] {
			k.differ("unobserved %s %s: want %s, got no row", p.account, p.asset, n)
		}
	}
}

func (k *checker) oneView(want View) {
	for _, asset := range sortedKeys(want.K) {
		if total := k.total(k.assetID(asset)); total != nil {
			if total.Bounded { // behind a conversion K is an estimate
				k.equal(k.label("K", asset), want.K[asset].Amount, total.Seeded)
			}
		} else if want.Exact[asset] != nil || k.c.Kind == UTXO {
			k.equal(k.label("K", asset), want.K[asset].Amount, money.Zero)
		}
	}
	for _, p := range sortedKeys(want.Policies) {
		policy := k.t.Policy(trace.Policy(strings.ToLower(p)))
		if policy < 0 {
			k.differ("no policy %q", p)
			continue
		}
		k.where(p, policy, want.Policies[p])
	}
	if want.OnePass != nil {
		k.onePass(want.OnePass)
	}
	for _, asset := range sortedKeys(want.Exact) {
		k.exact(asset, want.Exact[asset])
	}
	for _, label := range sortedKeys(want.Flows) {
		k.flow(label, want.Flows[label])
	}
	for _, row := range want.Accounts {
		k.row(row)
	}
}

func (k *checker) label(what ...string) string { return k.name + " " + strings.Join(what, " ") }

func (k *checker) assetID(name string) money.AssetID {
	if k.c.Kind == UTXO {
		return k.native
	}
	return assetOf(name)
}

// total is the conservation record of an asset in the view, nil when the trail
// never met it.
func (k *checker) total(asset money.AssetID) *trace.AssetTotals {
	for i, a := range k.t.Views[k.view].Assets {
		if a.Asset.ID == asset {
			return &k.t.Views[k.view].Assets[i]
		}
	}
	return nil
}

// figures are what a hop carries in the view; nothing when it is not on the
// trail.
func (k *checker) figures(h *trace.Hop) trace.Figures {
	if h == nil {
		return trace.Figures{Amounts: make([]money.Amount, len(k.t.Policies))}
	}
	return h.Figures[k.view]
}

// coin is the hop that made a coin of the case, or its terminal's name.
func (k *checker) coin(id string) *trace.Hop {
	c, err := ledger.ParseCoin(k.names.Coin(id))
	if err != nil {
		k.differ("%s is no coin", id)
		return nil
	}
	return k.hops[hopKey{c.Tx, int(c.Index)}]
}

func (k *checker) where(name string, policy int, want Where) {
	for _, id := range sortedKeys(want.Out) {
		k.equal(k.label(name, id), want.Out[id].Amount, k.figures(k.coin(id)).Amounts[policy])
	}
	for _, tx := range sortedKeys(want.Fee) {
		k.equal(k.label(name, "fee of", tx), want.Fee[tx].Amount, k.figures(k.hops[hopKey{tx, -1}]).Amounts[policy])
	}
}

// onePass compares one-pass bounds of coins. Cases cut them at K; whether that
// is done on the way or at the end is the same, so the trail's are cut here.
func (k *checker) onePass(want *Intervals) {
	stolen := money.Zero
	if total := k.total(k.native); total != nil {
		stolen = total.Seeded
	}
	same := func(what string, w [2]Int, f trace.Figures) {
		k.equal(what+" one-pass L", w[0].Amount, f.Lower)
		k.equal(what+" one-pass U", w[1].Amount, f.Upper.Min(stolen))
	}
	for _, id := range sortedKeys(want.Out) {
		same(k.label(id), want.Out[id], k.figures(k.coin(id)))
	}
	for _, tx := range sortedKeys(want.Fee) {
		same(k.label("fee of", tx), want.Fee[tx], k.figures(k.hops[hopKey{tx, -1}]))
	}
}

func (k *checker) exact(asset string, want map[string]Bound) {
	id := k.assetID(asset)
	if want == nil {
		k.Compared++
		if total := k.total(id); total != nil && total.Bounded {
			k.differ("%s: want no exact bounds, the trail has some", k.label("asset", asset))
		}
		return
	}
	for _, name := range sortedKeys(want) {
		members := []string{name}
		if g, ok := strings.CutPrefix(name, "group:"); ok {
			members = k.c.Groups[g]
		}
		k.bound(id, k.label(asset, name), members, want[name])
	}
}

func (k *checker) bound(asset money.AssetID, what string, members []string, want Bound) {
	var names []string
	for _, m := range members {
		if n := k.names.Terminal(m); k.ends[asset][n] != nil {
			names = append(names, n)
		}
	}
	if total := k.total(asset); total == nil || len(names) == 0 {
		// clean, or not on the trail: nothing stolen can be there
		k.equal(what+" L", want.L.Amount, money.Zero)
		k.equal(what+" U", want.U.Amount, money.Zero)
		return
	}
	b, ok, err := k.t.TerminalBound(k.view, asset, names)
	if err != nil || !ok {
		k.differ("%s: no exact bound: %v", what, err)
		return
	}
	k.equal(what+" L", want.L.Amount, b.L)
	k.equal(what+" U", want.U.Amount, b.U)
	var up, low money.Amount
	for _, e := range b.CutU {
		up = up.Add(e.Amount)
	}
	for _, e := range b.CutL {
		low = low.Add(e.Amount)
	}
	k.equal(what+" sum of the cut of U", b.U, up)
	k.equal(what+" K less the cut of L", b.L, k.total(asset).Seeded.Monus(low))
}

// segments compares the lots of each output theft by theft. Their order within
// a coin shows in what later transactions make of it.
func (k *checker) segments(want *Segments) {
	policy := k.t.Policy(trace.FIFO)
	same := func(what string, lots []Lot, h *trace.Hop) {
		sum := map[string]money.Amount{}
		for _, l := range lots {
			sum[l.Theft] = sum[l.Theft].Add(l.N.Amount)
		}
		for v, w := range k.t.Views {
			if w.Name == "any" {
				continue
			}
			k.view = v
			k.equal(what+" of theft "+w.Name, sum[w.Name], k.figures(h).Amounts[policy])
		}
	}
	for _, id := range sortedKeys(want.Out) {
		same("segments of "+id, want.Out[id], k.coin(id))
	}
	for _, tx := range sortedKeys(want.Fee) {
		same("segments of the fee of "+tx, want.Fee[tx], k.hops[hopKey{tx, -1}])
	}
}
