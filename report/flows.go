package report

import (
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/trace"
)

// none is no hop.
const none = -1

// movement is a hop as an arrow between two nodes of a picture: accounts,
// places, or a transaction that spends coins of several accounts.
type movement struct {
	from, to node
	hop      int // whose figures it carries
}

// node names one end of an arrow.
type node struct {
	kind   nodeKind
	ledger ledger.ID
	name   string // account, transaction, theft or place id
}

type nodeKind uint8

const (
	anAccount nodeKind = iota
	aTransaction
	aTheft
	aPlace   // where value ended and does not go on
	aBlock   // fees on their way into coinbases
	anEntity // several accounts under one name
	aMerge   // bars of a picture in one
)

// blockFees names the fees of all blocks on their way into coinbases.
const blockFees = "fees in coinbases"

// movements turns the hops of a scope into arrows.
func (s scope) movements() []movement {
	var out []movement
	coins := s.coinHops()
	led := map[graph.ID]bool{}
	for i, h := range s.t.Hops {
		if h.Asset.ID != s.asset().ID || !touches(h.Figures[s.view]) {
			continue
		}
		from := s.source(h)
		out = append(out, movement{from, s.target(h), i})
		if from.kind != aTransaction || led[h.ID] {
			continue
		}
		led[h.ID] = true
		for _, j := range s.d.spent(h.ID, coins) {
			if touches(s.t.Hops[j].Figures[s.view]) {
				out = append(out, movement{s.target(s.t.Hops[j]), from, j})
			}
		}
	}
	return out
}

// source is where a hop comes from.
func (s scope) source(h trace.Hop) node {
	switch {
	case h.Seed:
		return node{aTheft, h.Ledger, s.theftOf(h)}
	case h.From == ledger.Outside && s.blocks:
		return node{aBlock, h.Ledger, blockFees}
	case h.From == "":
		return node{aTransaction, h.Ledger, h.Transfer}
	}
	return node{anAccount, h.Ledger, string(h.From)}
}

// target is where a hop goes: a place where value stays for good, or an account.
func (s scope) target(h trace.Hop) node {
	if h.Place >= 0 && (final(s.t.Places[h.Place].Kind) || h.To == ledger.Outside) {
		return node{aPlace, h.Ledger, strconv.Itoa(h.Place)}
	}
	if h.Out < 0 {
		return node{aBlock, h.Ledger, blockFees}
	}
	return node{anAccount, h.Ledger, string(h.To)}
}

// final reports whether value in a kind of place cannot go on. The others are
// what is left on accounts.
func final(k trace.Kind) bool {
	switch k {
	case trace.Exit, trace.Fee, trace.Converted, trace.Elsewhere:
		return true
	}
	return false
}

// theftOf names the theft whose seed a hop is.
func (s scope) theftOf(h trace.Hop) string {
	for _, r := range s.t.Seeds {
		if r.Transfer == h.Transfer && r.Account == h.To && r.Asset.ID == h.Asset.ID && s.shows(r.Theft) {
			return r.Theft
		}
	}
	return s.viewName()
}

// shows reports whether a theft is part of the view.
func (s scope) shows(theft string) bool {
	return s.viewName() == theft || s.viewName() == "any"
}

// coinHops finds hops by the coin they make.
func (s scope) coinHops() map[[2]int64]int {
	out := map[[2]int64]int{}
	for i, h := range s.t.Hops {
		if h.Out >= 0 {
			out[[2]int64{int64(h.ID), int64(h.Out)}] = i
		}
	}
	return out
}

// spent lists the hops whose coins a transaction spends, each once. Without a
// graph nobody knows.
func (d *Document) spent(id graph.ID, coins map[[2]int64]int) []int {
	if d.Graph == nil {
		return nil
	}
	en, err := d.Graph.Entry(id)
	if err != nil {
		return nil
	}
	var out []int
	for _, debit := range en.Debits {
		made, err := d.Graph.Find(debit.Spends.Tx)
		if err != nil {
			continue
		}
		for _, m := range made {
			if i, ok := coins[[2]int64{int64(m), int64(debit.Spends.Index)}]; ok && m < id {
				out = append(out, i)
			}
		}
	}
	return out
}

// spender is the transfer that spends the coin of a hop before the trail ends,
// or none.
func (d *Document) spender(h trace.Hop) int {
	if d.Graph == nil || h.Out < 0 {
		return none
	}
	en, err := d.Graph.Entry(h.ID)
	if err != nil || h.Out >= len(en.SpentBy) || en.SpentBy[h.Out] == graph.None {
		return none
	}
	by := en.SpentBy[h.Out]
	if u := d.Trail.Stamp.Until; !u.IsZero() {
		if next, err := d.Graph.Entry(by); err == nil && !next.Time.Before(u) {
			return none
		}
	}
	return int(by)
}

// feeds lists the hops that may have fed a hop.
func (s scope) feeds(i int) []int {
	h := s.t.Hops[i]
	if s.model == ledger.UTXO && s.d.Graph != nil {
		return s.d.spent(h.ID, s.coinHops())
	}
	var out []int
	swap := strings.HasPrefix(string(h.From), "swap:")
	for j, o := range s.t.Hops[:i] {
		if o.To == h.From && o.Ledger == h.Ledger && (swap || o.Asset.ID == h.Asset.ID) && o.Out >= 0 {
			out = append(out, j)
		}
	}
	return out
}

func accountOf(n node) ledger.Account { return ledger.Account(n.name) }
