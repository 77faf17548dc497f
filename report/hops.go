package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// hopIndex finds the hops of a trail by their ends. It is made once for all
// scopes.
type hopIndex struct {
	to, from map[spot][]int
	fees     map[*trace.Place][]int
	coins    map[coinKey]int
	thefts   map[int][]string           // whose seeds a hop is
	swaps    map[spot]*trace.Conversion // by the account between the legs, in any asset
}

// spot is one account in one asset.
type spot struct {
	ledger  ledger.ID
	asset   money.AssetID
	account ledger.Account
}

// coinKey is a coin by the transfer that made it.
type coinKey struct {
	id  graph.ID
	out int
}

func newHopIndex(t *trace.Trail) *hopIndex {
	x := &hopIndex{to: map[spot][]int{}, from: map[spot][]int{}, fees: map[*trace.Place][]int{}, coins: map[coinKey]int{}, thefts: map[int][]string{}, swaps: map[spot]*trace.Conversion{}}
	for i := range t.Conversions {
		c := &t.Conversions[i]
		x.swaps[spot{ledger: c.Ledger, account: ledger.SwapAccount(c.Name)}] = c
	}
	type seed struct {
		transfer string
		at       spot
	}
	thefts := map[seed][]string{}
	for _, r := range t.Seeds {
		k := seed{r.Transfer, spot{r.Ledger, r.Asset.ID, r.Account}}
		thefts[k] = append(thefts[k], r.Theft)
	}
	for i, h := range t.Hops {
		from := spot{h.Ledger, h.Asset.ID, h.From}
		x.from[from] = append(x.from[from], i)
		if h.Out < 0 {
			if h.Place >= 0 {
				p := t.Places[h.Place]
				x.fees[p] = append(x.fees[p], i)
			}
			continue
		}
		to := spot{h.Ledger, h.Asset.ID, h.To}
		if h.Seed {
			x.thefts[i] = thefts[seed{h.Transfer, to}]
		}
		x.to[to] = append(x.to[to], i)
		x.coins[coinKey{h.ID, h.Out}] = i
	}
	return x
}

// unread is a panic with what the graph said when it was asked for the way of a coin.
// The walks over the hops do not carry errors; failed catches it where they begin.
type unread struct{ error }

// failed makes an error of a graph that cannot be read, and of sums that do not fit, as
// those of a token whose whole supply is near the end of 128 bits and moved twice.
func failed(err *error) {
	switch r := recover().(type) {
	case nil:
	case money.Overflow:
		*err = fmt.Errorf("the amounts do not add up: %w", r)
	case unread:
		*err = r.error
	default:
		panic(r)
	}
}

// spent lists the hops whose coins a transaction spends, but for coins of boundaries,
// which count as clean. Without a graph nobody knows.
func (d *Document) spent(x *hopIndex, id graph.ID) (out []int) {
	if d.Graph == nil {
		return nil
	}
	by, err := d.Graph.Entry(id)
	if err != nil {
		panic(unread{fmt.Errorf("transfer %d, which is on the trail: %w", id, err)})
	}
	for _, debit := range by.Debits {
		made, err := d.Graph.Find(debit.Spends.Tx)
		if err != nil && !errors.Is(err, graph.ErrNotFound) { // else made before the data begins
			panic(unread{fmt.Errorf("%s, which %s spends: %w", debit.Spends.Tx, by.Tx, err)})
		}
		for _, m := range made {
			if i, ok := x.coins[coinKey{m, int(debit.Spends.Index)}]; ok && m < id && !stays(d.Trail, &d.Trail.Hops[i]) {
				out = append(out, i)
			}
		}
	}
	return out
}

// spentAgain reports whether the coin of a hop is spent before the trail ends, where
// the graph can tell.
func (d *Document) spentAgain(h *trace.Hop) bool {
	if d.Graph == nil || h.Out < 0 {
		return false
	}
	made, err := d.Graph.Entry(h.ID)
	if err != nil {
		panic(unread{fmt.Errorf("%s, which is on the trail: %w", h.Transfer, err)})
	}
	if h.Out >= len(made.SpentBy) || made.SpentBy[h.Out] == graph.None {
		return false
	}
	u := d.Trail.Stamp.Until
	if u.IsZero() {
		return true
	}
	next, err := d.Graph.Entry(made.SpentBy[h.Out])
	if err != nil {
		panic(unread{fmt.Errorf("the spender of %s:%d: %w", h.Transfer, h.Out, err)})
	}
	return next.Time.Before(u)
}

// into lists, in order, the movements that make up a place, without coins that were
// spent again.
func (s scope) into(p *trace.Place) []int {
	if p.Kind == trace.Fee {
		return s.ofView(s.hops.fees[p])
	}
	var out []int
	for _, a := range p.Accounts {
		for _, i := range s.ofView(s.hops.to[spot{p.Ledger, p.Asset.ID, a}]) {
			if s.model != ledger.UTXO || p.Kind == trace.Exit || !s.d.spentAgain(&s.t.Hops[i]) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out
}

// outOf lists, in order, the movements away from the accounts of a place, on
// accounts.
func (s scope) outOf(p *trace.Place) []int {
	if s.model == ledger.UTXO || final(p.Kind) || p.Kind == trace.Burn {
		return nil
	}
	var out []int
	for _, a := range p.Accounts {
		for _, i := range s.ofView(s.hops.from[spot{p.Ledger, p.Asset.ID, a}]) {
			if s.theftOf(i) == "" {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out
}

// theftOf names the theft of the view whose value enters with a hop, or "". A
// payment that one theft took can carry the value of another on.
func (s scope) theftOf(i int) string {
	for _, name := range s.hops.thefts[i] {
		if s.viewName() == name || s.viewName() == "any" {
			return name
		}
	}
	return ""
}

// ofView keeps the hops that carry something of the view.
func (s scope) ofView(hops []int) []int {
	var out []int
	for _, i := range hops {
		if touches(s.t.Hops[i].Figures[s.view]) {
			out = append(out, i)
		}
	}
	return out
}

// parts splits the figure of a place among its accounts: what came in less what
// went on. It is false where that does not make the figure, as under a policy
// that does not conserve.
func (s scope) parts(p *trace.Place) ([]money.Amount, bool) {
	if len(p.Accounts) == 1 {
		return []money.Amount{s.amount(s.figures(p))}, true
	}
	var out []money.Amount
	for _, a := range p.Accounts {
		one := *p
		one.Accounts = []ledger.Account{a}
		var in, gone money.Amount
		for _, i := range s.into(&one) {
			in = in.Add(s.amount(s.t.Hops[i].Figures[s.view]))
		}
		for _, i := range s.outOf(&one) {
			gone = gone.Add(s.amount(s.t.Hops[i].Figures[s.view]))
		}
		out = append(out, in.Monus(gone))
	}
	return out, money.Sum(out...) == s.amount(s.figures(p))
}

// feeds lists the hops that may have fed a hop.
func (s scope) feeds(i int) []int {
	h := s.t.Hops[i]
	if s.model == ledger.UTXO && s.d.Graph != nil {
		return s.d.spent(s.hops, h.ID)
	}
	if !strings.HasPrefix(string(h.From), "swap:") {
		return before(s.hops.to[spot{h.Ledger, h.Asset.ID, h.From}], i)
	}
	var out []int
	for _, l := range s.t.Stamp.Ledgers {
		for _, a := range l.Assets {
			out = append(out, before(s.hops.to[spot{h.Ledger, a.ID, h.From}], i)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func before(hops []int, i int) []int {
	n, _ := slices.BinarySearch(hops, i)
	return hops[:n]
}
