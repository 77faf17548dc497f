package trace

import (
	"fmt"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// pool is the state of one tainted (account, asset): its lots under the ordered
// policies, and by view its tainted amount under every policy with the one-pass
// interval. An untainted pool has no state; when taint first reaches it, all it
// holds is clean.
type pool struct {
	key       graph.Pool
	bal, debt money.Amount
	// unobserved is the clean value that must have been there before the data.
	unobserved money.Amount
	fifo       queue
	lifo       stack
	own        ownQueue
	figs       []Figures // by view; poison as 0 or the balance is made when read
	poison     []bool    // by view, sticky
	node       int32     // of the flow network
	tie        uint64    // the tie group whose shared node that is, 0 for none
	events     []graph.ID
	next       int
	epoch      uint64
}

// parcel is value on its way from one pool to another.
type parcel struct {
	n               money.Amount
	fifo, lifo, own []Lot
	figs            []Figures
	poison          []bool
	node            int32 // of the network it comes from, -1 when it is clean
	injected        bool
	row             int32 // of the seed, when injected
}

// stepAccounts applies a transfer of an account ledger: value first, then fee
// from the same lots.
func (e *Engine) stepAccounts(en graph.Entry, id graph.ID) error {
	t := en.Transfer
	from, to, n := t.From(), t.To(), t.Amount()
	marks := e.seeds.marks[id]
	src := e.tracked(t, from)
	dst := e.tracked(t, to)
	if src == nil && dst == nil && e.tracked(t, t.Counter()) == nil && len(marks) == 0 && e.swaps[swapID{t.Ledger, t.Conversion}] == nil {
		return nil
	}
	e.note(id, en)
	if !t.Failed && !n.IsZero() && from != to && t.Kind != ledger.Gas {
		if err := e.pay(t, id, src, to, n, marks); err != nil {
			return err
		}
	}
	if src != nil && !t.Fee.IsZero() && !e.q.IgnoreFees {
		return e.payFee(t, id, src)
	}
	return nil
}

// note counts a transfer as read and remembers what it says of completeness.
func (e *Engine) note(id graph.ID, en graph.Entry) {
	if e.touched[id] {
		return
	}
	e.touched[id] = true
	e.read++
	if en.Tie != 0 {
		e.ties++
	}
}

// tracked finds the pool of an account if taint has reached it.
func (e *Engine) tracked(t *ledger.Transfer, a ledger.Account) *pool {
	if a == "" || a == ledger.Outside {
		return nil
	}
	p := e.pools[graph.Pool{Ledger: t.Ledger, Account: a, Asset: t.Asset}]
	if p != nil {
		e.touchPool(p)
	}
	return p
}

// pay moves n from a pool (nil: a clean one) to where the credit goes.
func (e *Engine) pay(t *ledger.Transfer, id graph.ID, src *pool, to ledger.Account, n money.Amount, marks []mark) error {
	pc, lent, err := e.draw(t, src, n)
	if err != nil {
		return err
	}
	if err := e.counter(t, id, n); err != nil {
		return err
	}
	if in, ok := e.swaps[swapID{t.Ledger, t.Conversion}]; ok && t.From() == ledger.SwapAccount(t.Conversion) {
		pc = e.cross(t, in, n)
	}
	if len(marks) > 0 {
		// A marked credit is stolen whole, whoever lent the payer its money.
		pc, lent = pc.withClean(lent), money.Zero
	}
	for _, m := range marks {
		e.stain(t, m, &pc)
	}
	hop := Hop{ID: id, Transfer: t.ID, Ledger: t.Ledger, Time: t.Time, From: t.From(), To: to, Place: -1, Value: pc.n, Tied: t.Tie != 0, Seed: len(marks) > 0, Figures: pc.figs}
	hop.Asset = e.info.Asset(t.Asset)
	if anyTaint(pc.figs) {
		e.hops = append(e.hops, hop)
	}
	if end, ok := e.endOf(t, to); ok {
		edge := int32(-1)
		if pc.node >= 0 {
			edge = e.net(t.Asset).add(pc.node, sink, pc.n, pc.figs, e.fifo(), label{kind: edgePay, id: id})
		}
		e.deliver(end, pc.n, pc.figs, edge, t.Time)
		if t.Conversion != "" && end.Kind == Converted && !pc.n.IsZero() {
			e.keepSwap(swapID{t.Ledger, t.Conversion}, &pc)
		}
		return nil
	}
	dst := e.pools[graph.Pool{Ledger: t.Ledger, Account: to, Asset: t.Asset}]
	if dst == nil {
		if pc.node < 0 && !anyTaint(pc.figs) {
			return nil
		}
		if dst, err = e.openPool(graph.Pool{Ledger: t.Ledger, Account: to, Asset: t.Asset}, id, allInjected); err != nil {
			return err
		}
	}
	e.touchPool(dst)
	e.deposit(t, id, dst, pc)
	e.settleDebt(t, id, dst, lent, n)
	return nil
}

// endOf finds the terminal a credit ends in, if tracing stops there.
func (e *Engine) endOf(t *ledger.Transfer, to ledger.Account) (*terminal, bool) {
	if to == ledger.Outside {
		return e.end(t.Ledger, t.Asset, "burn", Burn, to), true
	}
	if t.Conversion != "" && to == ledger.SwapAccount(t.Conversion) {
		return e.end(t.Ledger, t.Asset, string(to), Converted, to), true
	}
	b, ok := e.boundary(t.Ledger, to)
	if !ok {
		return nil, false
	}
	name, kind := string(to), Exit
	switch b.Kind {
	case "swap":
		kind = Converted
	case "elsewhere":
		kind = Elsewhere
	}
	end := e.end(t.Ledger, t.Asset, name, kind, to)
	end.boundary = b
	return end, true
}

// draw takes n out of a pool under every policy. A nil pool is clean. On a book
// with overdraft only what the balance covers is the account's own; the bank
// lends the rest, clean.
func (e *Engine) draw(t *ledger.Transfer, src *pool, n money.Amount) (pc parcel, lent money.Amount, err error) {
	if src == nil {
		return e.clean(n), money.Zero, nil
	}
	if t.Tie != 0 {
		e.enter(t, src)
	}
	if src.bal.Less(n) {
		if !e.models[t.Ledger].Overdraft {
			return pc, lent, fmt.Errorf("%s: transfer %s: %s pays %s of a balance of %s: %w", t.Evidence, t.ID, src.key.Account, n, src.bal, ErrHistory)
		}
		lent = n.Sub(src.bal)
		src.debt = src.debt.Add(lent)
		n = src.bal
	}
	pc = parcel{n: n, figs: e.figures(), poison: make([]bool, len(e.views)), node: -1}
	if n.IsZero() {
		return pc, lent, nil
	}
	before := src.bal
	src.bal = src.bal.Sub(n)
	pc.fifo = src.fifo.take(n)
	if e.lifo {
		pc.lifo = src.lifo.take(n)
	}
	if e.own {
		pc.own = src.own.take(n)
	}
	for v := range e.views {
		e.drawView(v, src, &pc, before)
		pc.poison[v] = src.poison[v]
	}
	pc.node = e.leave(t, src, pc.figs)
	return pc, lent, nil
}

// drawView takes the payment's share of one view. before is the balance before
// the payment.
func (e *Engine) drawView(v int, src *pool, pc *parcel, before money.Amount) {
	have, out, n := &src.figs[v], &pc.figs[v], pc.n
	for i, p := range e.policies {
		var x money.Amount
		switch a := have.Amounts[i]; p {
		case FIFO:
			x = tally(pc.fifo, e.views[v].in)
		case LIFO:
			x = tally(pc.lifo, e.views[v].in)
		case OwnFirst:
			x = tally(pc.own, e.views[v].in)
		case Haircut:
			x, _ = a.MulDiv(n, before)
		case TaintFirst:
			x = a.Min(n)
		case CleanFirst, LIBR:
			// for one view the lowest-intermediate-balance cap and own-money-first
			// in aggregate are the same: what clean value cannot cover
			x = n.Monus(before.Sub(a))
		case Poison:
			if src.poison[v] {
				out.Amounts[i] = n
			}
			continue
		}
		out.Amounts[i] = x
		have.Amounts[i] = have.Amounts[i].Sub(x)
	}
	out.Upper = have.Upper.Min(n)
	out.Lower = n.Monus(before.Sub(have.Lower))
	have.Upper = have.Upper.Min(before.Sub(n))
	have.Lower = have.Lower.Monus(n)
}

// clean is a parcel without taint.
func (e *Engine) clean(n money.Amount) parcel {
	lots := push(nil, Lot{0, n})
	return parcel{n: n, fifo: lots, lifo: lots, own: lots, figs: e.figures(), poison: make([]bool, len(e.views)), node: -1}
}

// withClean is a parcel with clean value at its end.
func (pc parcel) withClean(n money.Amount) parcel {
	l := Lot{0, n}
	pc.n = pc.n.Add(n)
	pc.fifo, pc.lifo, pc.own = push(pc.fifo, l), push(pc.lifo, l), push(pc.own, l)
	return pc
}

// stain turns a parcel into stolen value: a seed. What another theft marked
// before keeps its colour under the policies that know colours.
func (e *Engine) stain(t *ledger.Transfer, m mark, pc *parcel) {
	as := e.asset(t.Asset)
	overlap := pc.node >= 0
	before := pc.figs
	pc.fifo, pc.lifo, pc.own = repaint(pc.fifo, m.colour), repaint(pc.lifo, m.colour), repaint(pc.own, m.colour)
	pc.figs = e.figures()
	for v, w := range e.views {
		f, vs := &pc.figs[v], &as.views[v]
		*f = before[v]
		if !w.in[m.colour] {
			continue
		}
		f.Amounts = make([]money.Amount, len(e.policies))
		for i, p := range e.policies {
			x := pc.n
			switch p {
			case FIFO:
				x = tally(pc.fifo, w.in)
			case LIFO:
				x = tally(pc.lifo, w.in)
			case OwnFirst:
				x = tally(pc.own, w.in)
			}
			f.Amounts[i] = x
			vs.seeded[i] = vs.seeded[i].Add(x.Monus(before[v].Amounts[i]))
		}
		f.Lower, f.Upper = pc.n, pc.n
		vs.k = vs.k.Add(pc.n)
		pc.poison[v] = true
		if overlap {
			vs.unbounded = "a seed lies on the trail of another"
		}
	}
	row := e.seeds.rows[m.row]
	row.Overlap = pc.n.Sub(tally(pc.fifo, e.only(m.colour)))
	e.seeded = append(e.seeded, row)
	net := e.net(t.Asset)
	node := net.node()
	net.source(node, pc.n, m.colour, label{kind: edgeTheft, id: m.id, out: int32(m.row)})
	if pc.node >= 0 {
		net.add(pc.node, node, pc.n, before, e.fifo(), label{kind: edgePay, id: m.id})
	}
	pc.node = node
}

func (e *Engine) only(c colour) []bool {
	in := make([]bool, len(e.q.Thefts)+1)
	in[c] = true
	return in
}

// deposit puts a parcel into a pool.
func (e *Engine) deposit(t *ledger.Transfer, id graph.ID, dst *pool, pc parcel) {
	node := e.enter(t, dst)
	if pc.node >= 0 {
		l := label{kind: edgePay, id: id}
		if pc.injected {
			l = label{kind: edgeTheft, id: id, out: pc.row}
		}
		e.net(t.Asset).add(pc.node, node, pc.n, pc.figs, e.fifo(), l)
	}
	dst.bal = dst.bal.Add(pc.n)
	for _, l := range pc.fifo {
		dst.fifo.push(l)
	}
	if e.lifo {
		for _, l := range pc.lifo {
			dst.lifo.push(l)
		}
	}
	if e.own {
		for _, l := range pc.own {
			dst.own.push(l)
		}
	}
	as := e.asset(t.Asset)
	for v := range e.views {
		f := &dst.figs[v]
		for i, p := range e.policies {
			if p != Poison {
				f.Amounts[i] = f.Amounts[i].Add(pc.figs[v].Amounts[i])
			}
		}
		f.Lower = f.Lower.Add(pc.figs[v].Lower)
		f.Upper = f.Upper.Add(pc.figs[v].Upper).Min(as.views[v].k).Min(dst.bal)
		dst.poison[v] = dst.poison[v] || pc.poison[v]
	}
}

// payFee takes the fee after the value, from the same lots.
func (e *Engine) payFee(t *ledger.Transfer, id graph.ID, src *pool) error {
	pc, _, err := e.draw(t, src, t.Fee)
	if err != nil || pc.n.IsZero() {
		return err
	}
	end := e.end(t.Ledger, t.Asset, "fee", Fee, "")
	edge := int32(-1)
	if pc.node >= 0 {
		edge = e.net(t.Asset).add(pc.node, sink, pc.n, pc.figs, e.fifo(), label{kind: edgeFee, id: id})
	}
	e.deliver(end, pc.n, pc.figs, edge, t.Time)
	if anyTaint(pc.figs) {
		e.hops = append(e.hops, Hop{ID: id, Transfer: t.ID, Ledger: t.Ledger, Time: t.Time, Asset: e.info.Asset(t.Asset), From: t.From(), Out: -1, Place: -1, Value: pc.n, Tied: t.Tie != 0, Figures: pc.figs})
	}
	return nil
}

// settleDebt deals with an account in debit: what the bank lent to the payer
// arrives clean, and what arrives first pays the receiver's debt, into the
// terminal "debt:<account>", where it is no longer traceable.
func (e *Engine) settleDebt(t *ledger.Transfer, id graph.ID, dst *pool, lent, arrived money.Amount) {
	if !e.models[t.Ledger].Overdraft {
		return
	}
	if !lent.IsZero() {
		e.deposit(t, id, dst, e.clean(lent))
	}
	repay := dst.debt.Min(arrived)
	if repay.IsZero() {
		return
	}
	dst.debt = dst.debt.Sub(repay)
	pc, _, _ := e.draw(t, dst, repay) // covered: what arrived is there
	end := e.end(t.Ledger, t.Asset, "debt:"+string(dst.key.Account), Debt, dst.key.Account)
	edge := int32(-1)
	if pc.node >= 0 {
		edge = e.net(t.Asset).add(pc.node, sink, pc.n, pc.figs, e.fifo(), label{kind: edgePay, id: id})
	}
	e.deliver(end, pc.n, pc.figs, edge, t.Time)
}

// counter books a leg of a conversion with who stood on the other side, where
// that is known and on the trail: a pool, say, that took stolen value by another
// way. What it takes is clean, since what the giver's units were worth comes out
// on the far side; what it gives ends at the conversion, as the giver's own does.
func (e *Engine) counter(t *ledger.Transfer, id graph.ID, n money.Amount) error {
	p := e.tracked(t, t.Counter())
	if p == nil {
		return nil
	}
	between := ledger.SwapAccount(t.Conversion)
	if t.From() != between {
		e.deposit(t, id, p, e.clean(n))
		return nil
	}
	pc, _, err := e.draw(t, p, n)
	if err != nil || pc.n.IsZero() {
		return err
	}
	edge := int32(-1)
	if pc.node >= 0 {
		edge = e.net(t.Asset).add(pc.node, sink, pc.n, pc.figs, e.fifo(), label{kind: edgePay, id: id})
	}
	e.deliver(e.end(t.Ledger, t.Asset, string(between), Converted, between), pc.n, pc.figs, edge, t.Time)
	if anyTaint(pc.figs) {
		e.hops = append(e.hops, Hop{ID: id, Transfer: t.ID, Ledger: t.Ledger, Time: t.Time, Asset: e.info.Asset(t.Asset), From: p.key.Account, To: between, Place: -1, Value: pc.n, Tied: t.Tie != 0, Figures: pc.figs})
	}
	return nil
}

// cross carries a parcel over a conversion into n units of another asset: lots
// by cumulative floor, scalars by floor, the upper bound by ceiling (tracing
// method, section 3.2). Exact bounds end at the conversion.
func (e *Engine) cross(t *ledger.Transfer, in *parcel, n money.Amount) parcel {
	out := parcel{n: n, fifo: SwapLots(in.fifo, n), lifo: SwapLots(in.lifo, n), own: SwapLots(in.own, n), figs: e.figures(), poison: in.poison, node: -1}
	as := e.asset(t.Asset)
	for v, w := range e.views {
		f, vs := &out.figs[v], &as.views[v]
		for i, p := range e.policies {
			var x money.Amount
			switch p {
			case FIFO:
				x = tally(out.fifo, w.in)
			case LIFO:
				x = tally(out.lifo, w.in)
			case OwnFirst:
				x = tally(out.own, w.in)
			case Poison:
				if in.poison[v] {
					f.Amounts[i] = n
				}
				continue
			default:
				x, _ = in.figs[v].Amounts[i].MulDiv(n, in.n)
			}
			f.Amounts[i] = x
			vs.converted[i] = vs.converted[i].Add(x)
		}
		f.Lower, _ = in.figs[v].Lower.MulDiv(n, in.n)
		up, rem := in.figs[v].Upper.MulDiv(n, in.n)
		if !rem.IsZero() {
			up = up.Add(money.Units(1))
		}
		f.Upper = up
		vs.k = vs.k.Add(up)
		if !in.figs[v].Upper.IsZero() || in.poison[v] {
			vs.unbounded = "reached through a conversion; bounds do not cross rates"
		}
	}
	return out
}
