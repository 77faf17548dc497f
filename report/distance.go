package report

import (
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Distances gives, for every place of the trail in order, the least number of
// movements from the theft to it, that of the theft included: 1 where the theft
// itself put value there, -1 where the view has nothing. view "" takes the nearest
// theft. Movements count in the order of the ledger; on coins a spend counts from
// the coins that it spends.
func (d *Document) Distances(view string) []int {
	t := d.Trail
	out := make([]int, len(t.Places))
	for i := range out {
		out[i] = -1
	}
	v, thefts := t.View(view), newHopIndex(t).thefts
	at := map[spot]int{} // accounts, where value mixes
	coins := map[coinKey]int{}
	for i := range t.Hops {
		h := &t.Hops[i]
		if v >= 0 && !touches(h.Figures[v]) {
			continue
		}
		n := -1
		switch {
		case v >= 0 && view != "any" && slices.Contains(thefts[i], view), h.Seed && (v < 0 || view == "any"):
			n = 1
		case d.model(h.Ledger) == ledger.UTXO && d.Graph != nil:
			n = d.spentFrom(h, coins)
		default:
			if from, ok := at[mixing(h.Ledger, h.Asset.ID, h.From)]; ok {
				n = from + 1
			}
		}
		if n < 0 {
			continue
		}
		if h.Place >= 0 && (out[h.Place] < 0 || n < out[h.Place]) {
			out[h.Place] = n
		}
		if h.Out < 0 {
			continue
		}
		coins[coinKey{h.ID, h.Out}] = n
		to := mixing(h.Ledger, h.Asset.ID, h.To)
		if was, ok := at[to]; !ok || n < was {
			at[to] = n
		}
	}
	return out
}

// mixing is where value of an account mixes. A swap takes one asset in and gives
// another out.
func mixing(l ledger.ID, asset money.AssetID, a ledger.Account) spot {
	if strings.HasPrefix(string(a), "swap:") {
		asset = ""
	}
	return spot{l, asset, a}
}

func (d *Document) model(id ledger.ID) ledger.Model {
	for _, l := range d.Trail.Stamp.Ledgers {
		if l.ID == id {
			return l.Model
		}
	}
	return 0
}

// spentFrom is one more than the nearest of the tainted coins that a transaction
// spends.
func (d *Document) spentFrom(h *trace.Hop, coins map[coinKey]int) int {
	best := -1
	en, err := d.Graph.Entry(h.ID)
	if err != nil {
		return best
	}
	for _, in := range en.Debits {
		ids, err := d.Graph.Find(in.Spends.Tx)
		if err != nil {
			continue
		}
		for _, id := range ids {
			if n, ok := coins[coinKey{id, int(in.Spends.Index)}]; ok && (best < 0 || n+1 < best) {
				best = n + 1
			}
		}
	}
	return best
}
