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
// the coins that it spends. It errs when the graph cannot say which these are.
func (d *Document) Distances(view string) (out []int, err error) {
	defer failed(&err)
	t := d.Trail
	out = make([]int, len(t.Places))
	for i := range out {
		out[i] = -1
	}
	x := newHopIndex(t)
	v, thefts := t.View(view), x.thefts
	at := map[spot]int{}   // accounts, where value mixes
	coins := map[int]int{} // by the hop that made one
	for i := range t.Hops {
		h := &t.Hops[i]
		if v >= 0 && !touches(h.Figures[v]) {
			continue
		}
		n := -1
		switch {
		case v >= 0 && view != "any" && slices.Contains(thefts[i], view), h.Seed && (v < 0 || view == "any"):
			n = 1
		case modelOf(t, h.Ledger) == ledger.UTXO && d.Graph != nil:
			for _, j := range d.spent(x, h.ID) {
				if from, ok := coins[j]; ok && (n < 0 || from+1 < n) {
					n = from + 1
				}
			}
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
		coins[i] = n
		to := mixing(h.Ledger, h.Asset.ID, h.To)
		if was, ok := at[to]; !ok || n < was {
			at[to] = n
		}
	}
	return out, nil
}

// mixing is where value of an account mixes. A swap takes one asset in and gives
// another out.
func mixing(l ledger.ID, asset money.AssetID, a ledger.Account) spot {
	if strings.HasPrefix(string(a), "swap:") {
		asset = ""
	}
	return spot{l, asset, a}
}

func modelOf(t *trace.Trail, id ledger.ID) ledger.Model {
	for _, l := range t.Stamp.Ledgers {
		if l.ID == id {
			return l.Model
		}
	}
	return 0
}
