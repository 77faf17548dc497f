package trace

import (
	"fmt"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// coin is the state of one tainted credit of a UTXO ledger (or of a fee on its
// way to a coinbase). It is never changed once made; spending drops it.
type coin struct {
	value money.Amount
	lots  [][]Lot   // by slot
	figs  []Figures // by view: haircut, poison and one-pass; the ordered policies too
	node  int32     // of the transaction that made it, -1 when that is clean
	id    graph.ID
	out   int32
	marks []painted
	term  coinID
	owner ledger.Account
}

// painted is a seed on a coin, for the network.
type painted struct {
	amount money.Amount
	mark   mark
}

// flowing is a transaction in work: its inputs as coins, its outputs' values.
type flowing struct {
	inputs []*coin // tainted or made clean for the purpose
	node   int32   // -1 while no input is tainted
	values []money.Amount
	rest   money.Amount // fee, or what a coinbase does not claim
}

// stepCoins applies a transaction of a UTXO ledger.
func (e *Engine) stepCoins(en graph.Entry, id graph.ID) error {
	t := en.Transfer
	follow := e.q.FeeFate != FeeSink
	if t.Kind == ledger.Coinbase && follow {
		return e.stepCoinbase(en, id)
	}
	f := flowing{node: -1, rest: t.Fee}
	for _, d := range t.Debits {
		c := e.coins[coinID{t.Ledger, d.Spends}]
		if c == nil {
			f.inputs = append(f.inputs, e.cleanCoin(d.Amount))
			continue
		}
		f.inputs = append(f.inputs, c)
		f.node = 0
		e.dropCoin(coinID{t.Ledger, d.Spends})
	}
	if f.node < 0 && e.seeds.marks[id] == nil {
		return nil
	}
	e.note(id, en)
	return e.transact(en, id, &f, !follow)
}

// transact mixes inputs to outputs and puts the outputs where they go.
func (e *Engine) transact(en graph.Entry, id graph.ID, f *flowing, feeEnds bool) error {
	t := en.Transfer
	for _, c := range t.Credits {
		f.values = append(f.values, c.Amount)
	}
	if f.node >= 0 {
		f.node = e.connect(t, f.inputs)
	}
	outs, fee, err := e.mix(t, f)
	if err != nil {
		return err
	}
	for j, c := range outs {
		c.node, c.id, c.out, c.owner = f.node, id, int32(j), t.Credits[j].Account
		c.term = coinID{t.Ledger, ledger.Coin{Tx: t.Tx, Index: uint32(j)}}
		if err := e.stainCoin(t, id, c); err != nil {
			return err
		}
		e.hopOut(t, id, j, c)
		e.place(t, c)
	}
	if f.node < 0 || fee.value.IsZero() {
		return nil
	}
	fee.node, fee.id, fee.out = f.node, id, -1
	e.hopOut(t, id, -1, fee)
	if !feeEnds && t.Kind != ledger.Coinbase {
		e.keepFee(id, fee)
		return nil
	}
	name, kind := "fee:"+t.Tx, Fee
	if t.Kind == ledger.Coinbase {
		name, kind = "burn:"+t.Tx, Burn
	}
	edge := e.net(t.Asset).add(fee.node, sink, fee.value, fee.figs, e.fifo(), label{kind: edgeFee, id: id})
	e.deliver(e.end(t.Ledger, t.Asset, name, kind, ""), fee.value, fee.figs, edge, t.Time)
	return nil
}

// connect makes the transaction's node and leads its tainted inputs there.
func (e *Engine) connect(t *ledger.Transfer, inputs []*coin) int32 {
	net := e.net(t.Asset)
	node := net.node()
	for _, c := range inputs {
		e.lead(net, c, node)
	}
	return node
}

// lead adds the edges of a coin to where it goes: its own, and those of seeds
// on it.
func (e *Engine) lead(net *network, c *coin, to int32) {
	if c.node >= 0 {
		l := label{kind: edgeCoin, id: c.id, out: c.out, account: c.owner}
		if c.out < 0 {
			l.kind = edgeFee
		}
		net.add(c.node, to, c.value, c.figs, e.fifo(), l)
	}
	for _, p := range c.marks {
		net.source(to, p.amount, p.mark.colour, label{kind: edgeTheft, id: c.id, out: int32(p.mark.row)})
	}
}

// cleanCoin is an input without taint.
func (e *Engine) cleanCoin(value money.Amount) *coin {
	c := &coin{value: value, figs: e.figures(), node: -1, lots: make([][]Lot, len(e.slots))}
	lots := push(nil, Lot{0, value})
	for i := range c.lots {
		c.lots[i] = lots
	}
	return c
}

// mix runs every policy on a transaction. A transaction without tainted inputs
// gives clean coins.
func (e *Engine) mix(t *ledger.Transfer, f *flowing) (outs []*coin, fee *coin, err error) {
	for _, w := range f.values {
		outs = append(outs, e.cleanCoin(w))
	}
	fee = e.cleanCoin(f.rest)
	if f.node < 0 {
		return outs, fee, nil
	}
	rule := e.q.FeeRule
	if t.Kind == ledger.Coinbase {
		rule = FeeLast // what is not claimed is burnt
	}
	inputs := make([][]Lot, len(f.inputs))
	for i, s := range e.slots {
		for k, c := range f.inputs {
			inputs[k] = c.lots[i]
		}
		o, rest := spend(inputs, f.values, f.rest, s.order, rule)
		for j := range outs {
			outs[j].lots[i] = o[j]
		}
		fee.lots[i] = rest
	}
	all := append(append([]*coin(nil), outs...), fee)
	for _, c := range all {
		e.readLots(c)
	}
	for v := range e.views {
		e.mixView(v, f.inputs, all)
	}
	return outs, fee, e.checkMix(t, f.inputs, all)
}

// readLots takes the ordered policies' figures from the lots.
func (e *Engine) readLots(c *coin) {
	for i, s := range e.slots {
		if s.view >= 0 {
			c.figs[s.view].Amounts[s.policy] = tally(c.lots[i], oneView)
			continue
		}
		for v, w := range e.views {
			c.figs[v].Amounts[s.policy] = tally(c.lots[i], w.in)
		}
	}
}

// oneView counts the lots of a list that is kept for one view.
var oneView = []bool{false, true}

// mixView runs haircut, poison and the one-pass interval in one view:
// L_j = max(0, ΣL - (V - w_j)), U_j = min(w_j, ΣU) (tracing method, 4.5).
func (e *Engine) mixView(v int, inputs, all []*coin) {
	var value, low, high money.Amount
	for _, c := range inputs {
		value = value.Add(c.value)
		low, high = low.Add(c.figs[v].Lower), high.Add(c.figs[v].Upper)
	}
	for _, c := range all {
		c.figs[v].Lower = low.Monus(value.Sub(c.value))
		c.figs[v].Upper = high.Min(c.value)
	}
	for i, p := range e.policies {
		switch p {
		case Haircut:
			var taint money.Amount
			weights := make([]money.Amount, len(all))
			for _, c := range inputs {
				taint = taint.Add(c.figs[v].Amounts[i])
			}
			for j, c := range all {
				weights[j] = c.value
			}
			for j, share := range money.Largest(taint, weights) {
				all[j].figs[v].Amounts[i] = share
			}
		case HaircutTruncated:
			var taint money.Amount
			for _, c := range inputs {
				taint = taint.Add(c.figs[v].Amounts[i])
			}
			left := taint
			for j := range all[:len(all)-1] {
				share := truncatedShare(taint, value, all[j].value).Min(left)
				all[j].figs[v].Amounts[i] = share
				left = left.Sub(share)
			}
			all[len(all)-1].figs[v].Amounts[i] = left.Min(all[len(all)-1].value)
		case Poison:
			hit := false
			for _, c := range inputs {
				hit = hit || !c.figs[v].Amounts[i].IsZero()
			}
			for _, c := range all {
				if hit {
					c.figs[v].Amounts[i] = c.value
				}
			}
		}
	}
}

// truncatedShare is an output's part of a taint in BlockSci's rounding. It is the
// one place where an amount passes through floating point: see HaircutTruncated.
func truncatedShare(taint, value, output money.Amount) money.Amount {
	_, t := taint.Words()
	_, v := value.Words()
	_, w := output.Words()
	if v == 0 {
		return money.Zero
	}
	return money.Units(uint64(float64(w) * float64(t) / float64(v)))
}

// checkMix holds every policy to Σ tainted in = Σ tainted out at this
// transaction, so that a lost unit is named where it is lost.
func (e *Engine) checkMix(t *ledger.Transfer, inputs, all []*coin) error {
	for v, w := range e.views {
		for i, p := range e.policies {
			if !p.Conserves() {
				continue
			}
			var in, out money.Amount
			for _, c := range inputs {
				in = in.Add(c.figs[v].Amounts[i])
			}
			for _, c := range all {
				a := c.figs[v].Amounts[i]
				out = out.Add(a)
				if c.value.Less(a) {
					return fmt.Errorf("%s: transaction %s: %s of theft %s puts %s into a coin of %s: %w", t.Evidence, t.ID, p, w.name, a, c.value, ErrConservation)
				}
			}
			if in != out {
				return fmt.Errorf("%s: transaction %s: %s of theft %s takes in %s and gives out %s: %w", t.Evidence, t.ID, p, w.name, in, out, ErrConservation)
			}
		}
	}
	return nil
}

// stainCoin paints the seeds that stand on a coin.
func (e *Engine) stainCoin(t *ledger.Transfer, id graph.ID, c *coin) error {
	for _, m := range e.seeds.marks[id] {
		if m.out != c.out {
			continue
		}
		off, n := money.Zero, c.value
		if m.part {
			off, n = m.offset, m.length
			if c.node >= 0 {
				return fmt.Errorf("%s: coin %s already carries stolen value, so a part of it cannot be marked: %w", t.Evidence, c.term.coin, ErrSeed)
			}
			if end, ok := off.CheckedAdd(n); !ok || c.value.Less(end) {
				return fmt.Errorf("%s: the marked part of coin %s ends beyond its value %s: %w", t.Evidence, c.term.coin, c.value, ErrSeed)
			}
		}
		e.paintCoin(t, c, m, off, n)
	}
	return nil
}

// paintCoin gives a seed's units their colour. On a clean coin units that an
// earlier seed marked keep their colour and are counted as overlap; on a coin
// that already lies on a trail the whole coin is stolen anew, each policy
// keeping the units that it had there.
func (e *Engine) paintCoin(t *ledger.Transfer, c *coin, m mark, off, n money.Amount) {
	before := cloneFigures(c.figs)
	added, overlap := n, money.Zero
	if c.node < 0 {
		added, overlap = e.paintClean(c, m, off, n)
	} else {
		for i, s := range e.slots {
			if s.view < 0 {
				c.lots[i] = repaint(c.lots[i], m.colour)
			} else if e.views[s.view].in[m.colour] {
				c.lots[i] = push(nil, Lot{1, c.value})
			}
		}
	}
	e.readLots(c)
	as := e.asset(t.Asset)
	for v, w := range e.views {
		if !w.in[m.colour] {
			continue
		}
		f, vs := &c.figs[v], &as.views[v]
		e.paintView(c, v, before[v], added)
		for i := range e.policies {
			vs.seeded[i] = vs.seeded[i].Add(f.Amounts[i].Monus(before[v].Amounts[i]))
		}
		vs.k = vs.k.Add(added)
		if c.node >= 0 {
			vs.unbounded = "a seed lies on the trail of another"
		}
	}
	c.marks = append(c.marks, painted{added, m})
	row := e.seeds.rows[m.row]
	row.Overlap = overlap
	e.seeded = append(e.seeded, row)
}

// paintClean paints a clean coin after its earlier marks and returns the units
// that took the colour and those that kept another.
func (e *Engine) paintClean(c *coin, m mark, off, n money.Amount) (added, overlap money.Amount) {
	lots := push(nil, Lot{0, c.value})
	for _, p := range c.marks {
		o, l := money.Zero, c.value
		if p.mark.part {
			o, l = p.mark.offset, p.mark.length
		}
		lots, _ = paint(lots, o, l, p.mark.colour)
	}
	had := tally(lots, e.only(0))
	lots, overlap = paint(lots, off, n, m.colour)
	for i, s := range e.slots {
		if s.view < 0 {
			c.lots[i] = lots
		} else {
			c.lots[i] = project(lots, e.views[s.view].in)
		}
	}
	return had.Sub(tally(lots, e.only(0))), overlap
}

// paintView gives the policies without lots their share of a seed.
func (e *Engine) paintView(c *coin, v int, before Figures, added money.Amount) {
	f := &c.figs[v]
	whole := c.node >= 0 // a seed on tainted value marks the whole coin
	for i, p := range e.policies {
		switch {
		case p == Poison && !added.IsZero():
			f.Amounts[i] = c.value
		case (p == Haircut || p == HaircutTruncated) && whole:
			f.Amounts[i] = c.value
		case p == Haircut || p == HaircutTruncated:
			f.Amounts[i] = before.Amounts[i].Add(added)
		}
	}
	if whole {
		f.Lower, f.Upper = c.value, c.value
		return
	}
	f.Lower, f.Upper = f.Lower.Add(added), f.Upper.Add(added)
}

// place keeps a coin if it is tainted, or delivers it where tracing stops.
func (e *Engine) place(t *ledger.Transfer, c *coin) {
	if c.value.IsZero() || c.node < 0 && len(c.marks) == 0 {
		return
	}
	name, kind := "", Kind("")
	b, stop := e.boundary(t.Ledger, c.owner)
	switch {
	case c.owner == ledger.Outside:
		name, kind = c.term.coin.String(), Burn
	case stop:
		name, kind = c.term.coin.String(), Exit
		if b.Kind == "swap" {
			kind = Converted
		} else if b.Kind == "elsewhere" {
			kind = Elsewhere
		}
	default:
		e.worst = e.worst.Worse(e.g.Completeness(t.Ledger, c.owner))
		e.keepCoin(c)
		return
	}
	end := e.end(t.Ledger, t.Asset, name, kind, c.owner)
	end.boundary = b
	e.deliverCoin(t.Asset, end, c)
}

// deliverCoin ends a coin in a terminal.
func (e *Engine) deliverCoin(asset money.AssetID, end *terminal, c *coin) {
	net := e.net(asset)
	node := c.node
	if node < 0 || len(c.marks) > 0 {
		node = net.node()
		e.lead(net, c, node)
	}
	edge := net.add(node, sink, c.value, c.figs, e.fifo(), label{kind: edgeCoin, id: c.id, out: c.out, account: c.owner})
	en, _ := e.g.Entry(c.id) // was read when the coin was made
	e.deliver(end, c.value, c.figs, edge, en.Time)
}

// hopOut records a movement of tainted value out of a transaction.
func (e *Engine) hopOut(t *ledger.Transfer, id graph.ID, out int, c *coin) {
	if !anyTaint(c.figs) {
		return
	}
	h := Hop{ID: id, Transfer: t.ID, Ledger: t.Ledger, Time: t.Time, Asset: e.info.Asset(t.Asset), Out: out, Place: -1, Value: c.value, Seed: len(c.marks) > 0, Figures: c.figs}
	for i, d := range t.Debits {
		if i == 0 {
			h.From = d.Account
		} else if h.From != d.Account {
			h.From = ""
		}
	}
	if out >= 0 {
		h.To = t.Credits[out].Account
	}
	e.hops = append(e.hops, h)
}
