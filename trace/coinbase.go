package trace

import (
	"fmt"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// stepCoinbase leads the fees of a block into its coinbase, in the order the
// question asks for; what the coinbase does not claim is burnt. It runs at the
// end of the block.
func (e *Engine) stepCoinbase(en graph.Entry, id graph.ID) error {
	t := en.Transfer
	fees, last, err := e.blockFees(en, id)
	if err != nil {
		return err
	}
	for i, s := range en.SpentBy {
		if s != graph.None && s <= last {
			return fmt.Errorf("%s: output %d of coinbase %s is spent in its own block: %w", t.Evidence, i, t.ID, ErrCoinbase)
		}
	}
	f := flowing{node: -1}
	have := t.Debits[0].Amount
	for _, c := range fees {
		have = have.Add(c.value)
		if c.node >= 0 {
			f.node = 0
		}
	}
	if have.Less(t.Amount()) {
		return fmt.Errorf("%s: coinbase %s claims %s, subsidy and fees are %s: %w", t.Evidence, t.ID, t.Amount(), have, ErrCoinbase)
	}
	if f.node < 0 && e.seeds.marks[id] == nil {
		return nil
	}
	subsidy := e.cleanCoin(t.Debits[0].Amount)
	f.inputs = append(append([]*coin(nil), fees...), subsidy)
	if e.q.FeeFate == SubsidyFirst {
		f.inputs = append([]*coin{subsidy}, fees...)
	}
	f.rest = have.Sub(t.Amount())
	e.note(id, en)
	return e.transact(en, id, &f, true)
}

// blockFees gathers the fees of a block in the order of its transactions, the
// clean ones too, and the block's last transfer.
func (e *Engine) blockFees(en graph.Entry, id graph.ID) (fees []*coin, last graph.ID, err error) {
	first := id
	same := func(o graph.Entry) bool {
		return o.Ledger == en.Ledger && o.Key.Block == en.Key.Block && o.Kind != ledger.Opening
	}
	for first > 0 {
		o, err := e.g.Entry(first - 1)
		if err != nil {
			return nil, 0, err
		}
		if !same(o) {
			break
		}
		first--
	}
	for i := first; int(i) < e.info.Transfers; i++ {
		o, err := e.g.Entry(i)
		if err != nil {
			return nil, 0, err
		}
		if !same(o) {
			break
		}
		last = i
		if o.Kind == ledger.Coinbase {
			if i != id {
				return nil, 0, fmt.Errorf("%s: block %d has the coinbases %s and %s: %w", o.Evidence, o.Key.Block, en.ID, o.ID, ErrCoinbase)
			}
			continue
		}
		c := e.fees[i]
		if c == nil {
			c = e.cleanCoin(o.Fee)
		} else {
			e.dropFee(i)
		}
		if !o.Fee.IsZero() {
			fees = append(fees, c)
		}
	}
	return fees, last, nil
}
