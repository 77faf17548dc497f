package conformance

import (
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// flow compares what one event moved. Labels are the event's id, and "<id>:fee"
// for its fee. A debt repaid is no movement of its own on a trail: it shows in
// the terminal "debt:<account>".
func (k *checker) flow(label string, want Flow) {
	if strings.HasSuffix(label, ":debt") {
		return
	}
	h := k.hops[hopKey{label, 0}]
	if id, ok := strings.CutSuffix(label, ":fee"); ok {
		id = strings.TrimSuffix(id, feeApart)
		if h = k.hops[hopKey{id, -1}]; h == nil {
			h = k.hops[hopKey{id + "/fee", -1}]
		}
	}
	if h != nil && h.Seed {
		return // the case books this payment as clean and its theft apart
	}
	what := k.label("flow", label)
	got := k.figures(h)
	if want.Asset != nil && h != nil {
		k.Compared++
		if h.Asset.ID != assetOf(*want.Asset) {
			k.differ("%s: in %s, want %s", what, h.Asset.ID, *want.Asset)
		}
	}
	if want.FromBoundary {
		for i := range got.Amounts {
			k.equal(what+" out of a boundary", money.Zero, got.Amounts[i])
		}
		return
	}
	for _, f := range []struct {
		policy trace.Policy
		want   *Int
	}{
		{trace.FIFO, want.FIFO}, {trace.LIFO, want.LIFO}, {trace.Haircut, want.Haircut},
		{trace.TaintFirst, want.TaintFirst}, {trace.CleanFirst, want.CleanFirst}, {trace.OwnFirst, want.OwnFirst}, {trace.LIBR, want.LIBR},
	} {
		if f.want != nil {
			k.equal(what+" "+string(f.policy), f.want.Amount, got.Amounts[k.t.Policy(f.policy)])
		}
	}
	if want.L != nil {
		k.equal(what+" one-pass L", want.L.Amount, got.Lower)
	}
	if want.U != nil {
		k.equal(what+" one-pass U", want.U.Amount, got.Upper)
	}
	if want.Poison != nil {
		k.poison(what, *want.Poison, got)
	}
	if want.Lots != nil {
		var sum money.Amount
		for _, l := range want.Lots {
			if !l[0].IsZero() {
				sum = sum.Add(l[1].Amount)
			}
		}
		k.equal(what+" sum of the stolen lots", sum, got.Amounts[k.t.Policy(trace.FIFO)])
	}
}

func (k *checker) poison(what string, want bool, got trace.Figures) {
	k.Compared++
	if has := !got.Amounts[k.t.Policy(trace.Poison)].IsZero(); has != want {
		k.differ("%s: poison: want %v, got %v", what, want, has)
	}
}

// row compares what stands at one account or terminal at the end.
func (k *checker) row(want Row) {
	name, sink := strings.CutPrefix(want.Account, "sink:")
	if !sink {
		name = "held:" + name
	}
	what := k.label("row", want.Account, want.Asset)
	got := trace.Figures{Amounts: make([]money.Amount, len(k.t.Policies))}
	end := k.ends[assetOf(want.Asset)][name]
	if end != nil {
		got = end.Figures[k.view]
	}
	for _, f := range []struct {
		policy trace.Policy
		want   Int
	}{
		{trace.FIFO, want.FIFO}, {trace.LIFO, want.LIFO}, {trace.Haircut, want.Haircut},
		{trace.TaintFirst, want.TaintFirst}, {trace.CleanFirst, want.CleanFirst},
	} {
		k.equal(what+" "+string(f.policy), f.want.Amount, got.Amounts[k.t.Policy(f.policy)])
	}
	k.equal(what+" one-pass L", want.OnePass[0].Amount, got.Lower)
	k.equal(what+" one-pass U", want.OnePass[1].Amount, got.Upper)
	// Poison is sticky: an account that was poisoned and is empty has none to
	// show.
	if want.Balance == nil || !want.Balance.IsZero() {
		k.poison(what, want.Poison, got)
	}
	if end != nil && !sink && want.Balance != nil {
		k.equal(what+" balance", want.Balance.Amount, end.Value)
	}
}
