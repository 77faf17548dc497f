package bitcoin

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// coinValue is an unspent coin: what it is worth and whose it is.
type coinValue struct {
	amount uint64
	key    string // account key
}

// resolver turns blocks into transfers. It keeps the unspent coins in memory.
type resolver struct {
	info    ledger.Info
	unspent map[ledger.CoinIn]coinValue
	made    map[ledger.Hash]bool // the coinbases so far
	names   Codec
}

// All implements ledger.Source: one transfer a transaction, the coinbase first
// in its block. Its memory grows with the unspent coins.
func (s *Source) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return s.From(ctx, ledger.Cursor{})
}

// From implements ledger.Resumer. It reads from the first block on, since the
// coins that later blocks spend are there.
func (s *Source) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	if !after.IsZero() && after.Key.Block >= uint64(len(s.chain.order)) {
		return func(yield func(ledger.Transfer, error) bool) { yield(ledger.Transfer{}, noCursor(&s.info, after)) }
	}
	return resolve(s.blocks(ctx, 0), s.info, Codec{s.dir.net}, after)
}

// resolve makes the transfers of a chain, from its first block on, and yields
// those after a cursor.
func resolve(blocks iter.Seq2[*ledger.CoinBlock, error], info ledger.Info, names Codec, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		fail := func(err error) { yield(ledger.Transfer{}, err) }
		r := resolver{info: info, unspent: map[ledger.CoinIn]coinValue{}, made: map[ledger.Hash]bool{}, names: names}
		found := after.IsZero()
		for cb, err := range blocks {
			if err != nil {
				fail(err)
				return
			}
			for i := range cb.Txs {
				t, err := r.transfer(cb, i)
				if err != nil {
					fail(err)
					return
				}
				switch {
				case found && t.Key.Cmp(after.Key) > 0 || after.IsZero():
					if !yield(t, nil) {
						return
					}
				case t.Key == after.Key && t.ID == after.ID:
					found = true
				case t.Key.Cmp(after.Key) >= 0:
					fail(noCursor(&info, after))
					return
				}
			}
		}
		if !found {
			fail(noCursor(&info, after))
		}
	}
}

func noCursor(info *ledger.Info, c ledger.Cursor) error {
	return fmt.Errorf("%s: no transfer %s in block %d, transaction %d: %w", info.Input, c.ID, c.Key.Block, c.Key.Tx, ledger.ErrCursor)
}

// transfer makes transaction i of a block and applies it to the unspent coins.
func (r *resolver) transfer(cb *ledger.CoinBlock, i int) (ledger.Transfer, error) {
	tx := cb.Txs[i]
	var in, out uint32
	if i > 0 {
		in, out = cb.Txs[i-1].Ins, cb.Txs[i-1].Outs
	}
	id := tx.ID.String()
	t := ledger.Transfer{
		Ledger: r.info.ID, Key: ledger.Key{Block: cb.Height, Tx: uint32(i)}, ID: id, Tx: id, Asset: r.info.Native,
		Time: time.Unix(cb.Time, 0).UTC(), Evidence: ledger.BlockEvidence(cb.File, cb.Offset),
	}
	var total money.Amount
	if i == 0 {
		t.Kind = ledger.Coinbase
		t.Debits = []ledger.Debit{{Account: ledger.Outside, Amount: money.Units(cb.Subsidy)}}
		if r.made[tx.ID] {
			t.ID = ledger.TwinID(id, cb.Height)
		}
		r.made[tx.ID] = true
	}
	for _, c := range cb.Ins[in:tx.Ins] {
		d, err := r.spend(c)
		if err != nil {
			return t, &Error{File: cb.File, Offset: cb.Offset, Msg: fmt.Sprintf("block %d, transaction %s: %s", cb.Height, id, err), Hint: "the files are damaged, or of a coin with other rules", Err: ErrGap}
		}
		total = total.Add(d.Amount)
		t.Debits = append(t.Debits, d)
	}
	for k := out; k < tx.Outs; k++ {
		c, err := r.make(cb, ledger.CoinIn{Tx: tx.ID, Index: k - out}, k)
		if err != nil {
			return t, err
		}
		t.Credits = append(t.Credits, c)
	}
	if i > 0 {
		if total.Less(t.Amount()) {
			return t, &Error{File: cb.File, Offset: cb.Offset, Msg: fmt.Sprintf("block %d, transaction %s pays %s and spends only %s", cb.Height, id, t.Amount(), total), Hint: "the files are damaged, or of a coin with other rules", Err: ErrBlock}
		}
		t.Fee = total.Sub(t.Amount())
	}
	return t, nil
}

// spend takes a coin.
func (r *resolver) spend(c ledger.CoinIn) (ledger.Debit, error) {
	v, ok := r.unspent[c]
	if !ok {
		return ledger.Debit{}, fmt.Errorf("the coin %s:%d is spent already or was never made", c.Tx, c.Index)
	}
	delete(r.unspent, c)
	a, err := r.names.Account([]byte(v.key))
	return ledger.Debit{Account: a, Amount: money.Units(v.amount), Spends: ledger.Coin{Tx: c.Tx.String(), Index: c.Index}}, err
}

// make adds a coin. One of the same name that is still there is replaced, as
// the two repeated coinbases of 2010 did (BIP 30).
func (r *resolver) make(cb *ledger.CoinBlock, c ledger.CoinIn, k uint32) (ledger.Credit, error) {
	var from uint32
	if k > 0 {
		from = cb.Outs[k-1].Key
	}
	o := cb.Outs[k]
	key := cb.Keys[from:o.Key]
	r.unspent[c] = coinValue{amount: o.Amount, key: string(key)}
	a, err := r.names.Account(key)
	return ledger.Credit{Account: a, Amount: money.Units(o.Amount)}, err
}
