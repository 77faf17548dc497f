package trace_test

import (
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// unproved checks certificates as a reader would, by the ledger alone: with the
// entries of the cut of U removed, no path may lead from the theft to the
// places; with those of the cut of L removed, none to anywhere else. That the
// entries sum to U and K - L is checked where bounds are compared.
func unproved(d *ledger.Document, trail *trace.Trail, boundaries []string, groups map[string][]string) []string {
	var out []string
	sets := map[string][]string{}
	for _, end := range trail.Terminals() {
		sets[end.Name] = []string{end.Name}
	}
	for g, members := range groups {
		sets["group:"+g] = members
	}
	for v, view := range trail.Views {
		for _, a := range view.Assets {
			for name, set := range sets {
				b, ok, err := trail.TerminalBound(v, a.Asset.ID, set)
				if err != nil {
					out = append(out, err.Error())
				}
				if !ok {
					continue
				}
				in := func(t string) bool { return slices.Contains(set, t) }
				w := walker{d: d, asset: a.Asset.ID, thefts: thefts(trail, view.Name), boundaries: boundaries}
				if path := w.path(b.CutU, in); path != "" {
					out = append(out, fmt.Sprintf("view %s, %s %s: with the cut of U removed (%v) stolen value still gets to %s", view.Name, a.Asset.ID, name, b.CutU, path))
				}
				if path := w.path(b.CutL, func(t string) bool { return !in(t) }); path != "" {
					out = append(out, fmt.Sprintf("view %s, %s %s: with the cut of L removed (%v) stolen value still gets to %s", view.Name, a.Asset.ID, name, b.CutL, path))
				}
			}
		}
	}
	return out
}

// thefts are the thefts of a view.
func thefts(trail *trace.Trail, view string) map[string]bool {
	out := map[string]bool{}
	for _, v := range trail.Views {
		out[v.Name] = view == "any" || v.Name == view
	}
	return out
}

// walker follows where value can go, entry by entry, without the engine.
type walker struct {
	d          *ledger.Document
	asset      money.AssetID
	thefts     map[string]bool
	boundaries []string
}

// cutSet says which entries are removed. Holds are found by the balance kept.
type cutSet map[trace.CutEdge]bool

func cuts(edges []trace.CutEdge) cutSet {
	s := cutSet{}
	for _, e := range edges {
		k := trace.CutEdge{Kind: e.Kind, Transfer: e.Transfer, Amount: e.Amount}
		switch e.Kind {
		case "coin":
			k.Out = e.Out
		case "hold", "end":
			k.Account = e.Account
		case "theft":
			k.Account = e.To
		}
		s[k] = true
	}
	return s
}

func (s cutSet) theft(id string, to ledger.Account, n money.Amount) bool {
	return s[trace.CutEdge{Kind: "theft", Transfer: id, Account: to, Amount: n}]
}

// path returns a terminal of the set that stolen value can reach, or "".
func (w *walker) path(edges []trace.CutEdge, in func(terminal string) bool) string {
	if w.d.Ledger.Model == ledger.UTXO {
		return w.coins(cuts(edges), in)
	}
	for i := range w.d.Transfers {
		if w.d.Transfers[i].Tie != 0 || w.d.Ledger.Overdraft {
			return "" // balances have no one order here
		}
	}
	return w.accounts(cuts(edges), in)
}

func (w *walker) coins(cut cutSet, in func(string) bool) string {
	reached := map[string]bool{} // coins that hold stolen value
	spent := map[string]bool{}
	for i := range w.d.Transfers {
		for _, x := range w.d.Transfers[i].Debits {
			spent[x.Spends.String()] = true
		}
	}
	for i := range w.d.Transfers {
		t := &w.d.Transfers[i]
		hit := false
		for _, x := range t.Debits {
			hit = hit || t.Kind == ledger.Value && reached[x.Spends.String()]
		}
		for k, c := range t.Credits {
			id := ledger.Coin{Tx: t.Tx, Index: uint32(k)}.String()
			through := hit && !cut[trace.CutEdge{Kind: "coin", Transfer: t.ID, Out: k, Amount: c.Amount}]
			stolen := w.stolen(cut, t, id, c) && !cut[trace.CutEdge{Kind: "coin", Transfer: t.ID, Out: k, Amount: c.Amount}]
			reached[id] = !c.Amount.IsZero() && (through || stolen)
			if reached[id] && !spent[id] && in(id) {
				return id
			}
		}
		if fee := "fee:" + t.Tx; hit && !t.Fee.IsZero() && in(fee) && !cut[trace.CutEdge{Kind: "fee", Transfer: t.ID, Amount: t.Fee}] {
			return fee
		}
	}
	return ""
}

// stolen says whether a mark of the view that is not cut stands on a coin.
// Marks that an earlier mark covers bring nothing, so any amount is looked at.
func (w *walker) stolen(cut cutSet, t *ledger.Transfer, id string, c ledger.Credit) bool {
	for _, m := range w.d.Thefts {
		if !w.thefts[m.Theft] || m.Ref != id {
			continue
		}
		gone := false
		for k := range cut {
			gone = gone || k.Kind == "theft" && k.Transfer == t.ID && k.Account == c.Account && !m.Length.Less(k.Amount) == m.Part
		}
		if !gone {
			return !overlapped(w.d, m)
		}
	}
	return false
}

// overlapped says whether another mark lies on the same coin: then which units
// a mark brings depends on both, and the check lets it be.
func overlapped(d *ledger.Document, m ledger.Mark) bool {
	n := 0
	for _, o := range d.Thefts {
		if o.Ref == m.Ref {
			n++
		}
	}
	return n > 1
}

type held struct {
	account ledger.Account
	asset   money.AssetID
}

// balances finds opening balances as a reader would: the smallest that let
// every payment be made.
func (w *walker) opening() map[held]money.Amount {
	bal, opening := map[held]money.Amount{}, map[held]money.Amount{}
	for i := range w.d.Transfers {
		t := &w.d.Transfers[i]
		pay := func(n money.Amount) {
			k := held{t.From(), t.Asset}
			if short := n.Monus(bal[k]); !short.IsZero() {
				opening[k], bal[k] = opening[k].Add(short), bal[k].Add(short)
			}
			bal[k] = bal[k].Sub(n)
		}
		if !t.Failed && t.From() != t.To() {
			pay(t.Amount())
			k := held{t.To(), t.Asset}
			bal[k] = bal[k].Add(t.Amount())
		}
		pay(t.Fee)
	}
	return opening
}

func (w *walker) accounts(cut cutSet, in func(string) bool) string {
	stolen := map[string]bool{}
	for _, m := range w.d.Thefts {
		stolen[m.Ref] = stolen[m.Ref] || w.thefts[m.Theft]
	}
	bal, reached := w.opening(), map[held]bool{}
	for i := range w.d.Transfers {
		t := &w.d.Transfers[i]
		from, to := held{t.From(), t.Asset}, held{t.To(), t.Asset}
		stop := t.From() == ledger.Outside || slices.Contains(w.boundaries, string(t.From()))
		pay := func(n money.Amount) (out bool) {
			out = reached[from] && !stop && !n.IsZero()
			bal[from] = bal[from].Monus(n)
			keeps := !bal[from].IsZero() && !cut[trace.CutEdge{Kind: "hold", Transfer: t.ID, Account: t.From(), Amount: bal[from]}]
			if !n.IsZero() {
				reached[from] = reached[from] && keeps
			}
			return out
		}
		if !t.Failed && t.From() != t.To() && !t.Amount().IsZero() {
			out := pay(t.Amount()) || stolen[t.ID] && !cut.theft(t.ID, t.To(), t.Amount())
			out = out && t.Asset == w.asset && !cut[trace.CutEdge{Kind: "pay", Transfer: t.ID, Amount: t.Amount()}]
			end := w.terminal(t)
			if out && end != "" && in(end) {
				return end
			}
			bal[to] = bal[to].Add(t.Amount())
			reached[to] = end == "" && (reached[to] || out)
		}
		if pay(t.Fee) && t.Asset == w.asset && in("fee") && !cut[trace.CutEdge{Kind: "fee", Transfer: t.ID, Amount: t.Fee}] {
			return "fee"
		}
	}
	for k, hit := range reached {
		name := "held:" + string(k.account)
		if hit && k.asset == w.asset && !bal[k].IsZero() && in(name) && !cut[trace.CutEdge{Kind: "end", Account: k.account, Amount: bal[k]}] {
			return name
		}
	}
	return ""
}

// terminal is where a payment ends, "" when it goes on.
func (w *walker) terminal(t *ledger.Transfer) string {
	switch {
	case t.To() == ledger.Outside:
		return "burn"
	case t.Conversion != "" && t.To() == ledger.SwapAccount(t.Conversion), slices.Contains(w.boundaries, string(t.To())):
		return string(t.To())
	}
	return ""
}
