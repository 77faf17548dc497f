package report

import (
	"strconv"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/trace"
)

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
	aPart    // one account of a place
)

// blockFees names the fees of all blocks on their way into coinbases.
const blockFees = "fees in coinbases"

// movements turns the hops of a scope into arrows.
func (s scope) movements() []movement {
	var out []movement
	led := map[graph.ID]bool{}
	for i, h := range s.t.Hops {
		if h.Asset.ID != s.asset().ID || !touches(h.Figures[s.view]) {
			continue
		}
		from := s.source(i)
		out = append(out, movement{from, s.target(h), i})
		if from.kind != aTransaction || led[h.ID] {
			continue
		}
		led[h.ID] = true
		for _, j := range s.d.spent(s.hops, h.ID) {
			if touches(s.t.Hops[j].Figures[s.view]) {
				out = append(out, movement{s.target(s.t.Hops[j]), from, j})
			}
		}
	}
	return out
}

// source is where a hop comes from.
func (s scope) source(i int) node {
	h := s.t.Hops[i]
	switch {
	case s.theftOf(i) != "":
		return node{aTheft, h.Ledger, s.theftOf(i)}
	case h.From == ledger.Outside && s.blocks:
		return node{aBlock, h.Ledger, blockFees}
	case h.From == "":
		return node{aTransaction, h.Ledger, h.Transfer}
	}
	return node{anAccount, h.Ledger, string(h.From)}
}

// target is where a hop goes: a place where value stays for good, or an account.
func (s scope) target(h trace.Hop) node {
	if stays(s.t, &h) {
		return node{aPlace, h.Ledger, strconv.Itoa(h.Place)}
	}
	if h.Out < 0 {
		return node{aBlock, h.Ledger, blockFees}
	}
	return node{anAccount, h.Ledger, string(h.To)}
}

// stays reports whether the value of a hop ended in a place that it does not leave.
func stays(t *trace.Trail, h *trace.Hop) bool {
	return h.Place >= 0 && (final(t.Places[h.Place].Kind) || h.To == ledger.Outside)
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

func accountOf(n node) ledger.Account { return ledger.Account(n.name) }
