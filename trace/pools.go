package trace

import (
	"math"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// openPool begins to track a pool that taint reaches at a place in the order:
// just before an injection (by its index) at transfer at, or, with allInjected,
// just before the transfer itself. What it holds by then is clean.
//
// Payments beyond the observed balance need clean value from before the data.
// The smallest opening balance that lets every payment be made is put at the
// oldest end, before everything: crediting it when it is missed would be
// unsound (tracing method, section 3.1).
func (e *Engine) openPool(key graph.Pool, at graph.ID, injected int) (*pool, error) {
	events, err := e.g.Events(key)
	if err != nil {
		return nil, err
	}
	h := history{overdraft: e.models[key.Ledger].Overdraft}
	inj := e.seeds.into[key]
	here := false
	reach := func(id graph.ID, k int) {
		if !here && (id > at || id == at && k >= injected) {
			here = true
			h.mark()
		}
	}
	next := 0
	for i, id := range events {
		for len(inj) > 0 && inj[0].before <= id {
			reach(inj[0].before, inj[0].index)
			h.credit(inj[0].amount)
			inj = inj[1:]
		}
		reach(id, allInjected)
		en, err := e.g.Entry(id)
		if err != nil {
			return nil, err
		}
		if e.until(en.Time) {
			events = events[:i]
			break
		}
		if !here {
			next = i + 1
		}
		h.apply(en.Transfer, key.Account, e.q.IgnoreFees)
	}
	for _, j := range inj {
		reach(j.before, j.index)
		h.credit(j.amount)
	}
	if !here {
		h.mark()
	}
	p := &pool{
		key: key, unobserved: h.short, debt: h.debtThen, bal: h.balThen.Add(h.short.Sub(h.shortThen)),
		figs: e.figures(), poison: make([]bool, len(e.views)), events: events, next: next, epoch: e.blocks,
	}
	held := Lot{0, p.bal}
	p.fifo.push(held)
	p.lifo.push(held)
	p.own.push(held)
	p.node = e.net(key.Asset).node()
	e.pools[key] = p
	if e.open != nil {
		e.open.newPools = append(e.open.newPools, key)
	}
	e.worst = e.worst.Worse(e.g.Completeness(key.Ledger, key.Account))
	return p, nil
}

// allInjected stands for the place after all injections before a transfer.
const allInjected = math.MaxInt

// history is the running balance of one pool in the first of the two passes.
type history struct {
	overdraft                    bool
	bal, debt, short             money.Amount
	balThen, debtThen, shortThen money.Amount
}

// mark remembers the state where the tracking begins.
func (h *history) mark() { h.balThen, h.debtThen, h.shortThen = h.bal, h.debt, h.short }

func (h *history) credit(n money.Amount) {
	repay := h.debt.Min(n)
	h.debt = h.debt.Sub(repay)
	h.bal = h.bal.Add(n.Sub(repay))
}

func (h *history) debit(n money.Amount) {
	own := h.bal.Min(n)
	h.bal = h.bal.Sub(own)
	if h.overdraft {
		h.debt = h.debt.Add(n.Sub(own))
		return
	}
	h.short = h.short.Add(n.Sub(own))
}

// apply books one transfer: value, then fee.
func (h *history) apply(t *ledger.Transfer, a ledger.Account, ignoreFees bool) {
	n := t.Amount()
	if t.From() != t.To() && !t.Failed {
		if t.Gives(a) {
			h.debit(n)
		}
		if t.Takes(a) {
			h.credit(n)
		}
	}
	if t.From() == a && !ignoreFees {
		h.debit(t.Fee)
	}
}

// fifo is the index of the policy from which the bounds start.
func (e *Engine) fifo() int {
	for i, p := range e.policies {
		if p == FIFO {
			return i
		}
	}
	return 0
}

// enter returns the network node at which value arrives on a pool. Inflows
// between two payments share a node: the balance kept before an inflow is never
// the narrowest place. Tied transfers of a pool share one node of their own:
// all their inflows in, all their payments out.
func (e *Engine) enter(t *ledger.Transfer, p *pool) int32 {
	if t.Tie == p.tie {
		return p.node
	}
	e.hold(t.Asset, p, label{kind: edgeHold, id: noID, account: p.key.Account})
	p.tie = t.Tie
	return p.node
}

// leave returns the node from which a payment leaves and moves the pool to the
// node of what it keeps. It is called when the payment is drawn. A pool that
// can hold no tainted unit needs no edges: it returns -1.
func (e *Engine) leave(t *ledger.Transfer, p *pool, paid []Figures) int32 {
	if t.Tie != 0 {
		return p.node
	}
	if e.ties == 0 && !anyUpper(paid) && !anyUpper(p.figs) {
		return -1
	}
	from := p.node
	e.hold(t.Asset, p, label{kind: edgeHold, id: e.at, account: p.key.Account})
	p.tie = 0
	return from
}

func anyUpper(fs []Figures) bool {
	for _, f := range fs {
		if !f.Upper.IsZero() {
			return true
		}
	}
	return false
}

// hold moves a pool to a new node, over an edge as wide as its balance.
func (e *Engine) hold(asset money.AssetID, p *pool, l label) {
	net := e.net(asset)
	node := net.node()
	if !p.bal.IsZero() {
		net.add(p.node, node, p.bal, p.figs, e.fifo(), l)
	}
	p.node = node
}
