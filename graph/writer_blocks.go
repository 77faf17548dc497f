package graph

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
)

// AddBlock appends a block of coins. It fails, and adds nothing, when the block
// does not follow the tip (ErrOrder), when an input spends what is not there
// (ErrUnresolved), or when a transaction pays out more than it takes in
// (ledger.ErrUnbalanced).
func (w *Writer) AddBlock(b *ledger.CoinBlock) error {
	if tip, ok := w.Tip(); ok && (b.Height != tip.Height+1 || b.Parent != tip.Hash) {
		return fmt.Errorf("%s: block %d %s follows %s, the store ends with block %d %s: %w", ledger.BlockEvidence(b.File, b.Offset), b.Height, b.Hash, b.Parent, tip.Height, tip.Hash, ErrOrder)
	}
	n := w.transfers()
	if uint64(n)+uint64(len(b.Txs)) >= uint64(None) || uint64(w.outValue.Len()+len(b.Outs)) >= maxOuts || uint64(w.inCoin.Len()+len(b.Ins)) >= maxOuts {
		return fmt.Errorf("%s: 2^32-1 transactions, outputs or inputs: %w", w.dir, disk.ErrFull)
	}
	if err := w.room(len(b.Txs), len(b.Outs)); err != nil {
		return err
	}
	before := w.mark()
	if err := w.appendBlock(b); err != nil {
		w.rewind(before)
		return err
	}
	return nil
}

// appendBlock looks up accounts beside transactions: the two dictionaries have
// nothing in common.
func (w *Writer) appendBlock(b *ledger.CoinBlock) error {
	err := w.blockAccounts.Append(uint32(w.accounts.Len()))
	interned := make(chan error, 1)
	go func() { interned <- w.internAccounts(b) }()
	if err == nil {
		err = w.appendTxs(b)
	}
	if e := <-interned; err == nil {
		err = e
	}
	for _, owner := range w.owners {
		if err != nil {
			return err
		}
		err = w.outAccount.Append(owner)
	}
	return err
}

// internAccounts numbers the accounts of a block's outputs.
func (w *Writer) internAccounts(b *ledger.CoinBlock) error {
	w.keyHashes, w.owners = w.keyHashes[:0], w.owners[:0]
	key, sum := uint32(0), uint64(0)
	for _, o := range b.Outs {
		h := disk.Hash(b.Keys[key:o.Key])
		key = o.Key
		w.keyHashes = append(w.keyHashes, h)
		sum += w.byKey.Touch(h)
	}
	for _, h := range w.keyHashes {
		p := w.byKey.Seek(h)
		if n, ok := p.Next(); ok {
			sum += w.accounts.Near(int(n))
		}
	}
	w.readKeys = sum
	key = 0
	for i, o := range b.Outs {
		a, err := w.accountOf(b.Keys[key:o.Key], w.keyHashes[i])
		if err != nil {
			return err
		}
		key = o.Key
		w.owners = append(w.owners, a)
	}
	return nil
}

// approach reads, for everything that a block will look up, the places where the
// look-ups begin, stage by stage. The reads of a stage do not wait for each
// other, and the block's own walk then finds them in the cache: a store is filled
// at the rate at which memory answers many questions at once, not one by one.
func (w *Writer) approach(b *ledger.CoinBlock) {
	w.hashes = w.hashes[:0]
	sum := uint64(0)
	for i := range b.Ins {
		h := txHash((*[32]byte)(&b.Ins[i].Tx))
		w.hashes = append(w.hashes, h)
		sum += w.names.Touch(h)
	}
	for i := range b.Txs {
		sum += w.names.Touch(txHash((*[32]byte)(&b.Txs[i].ID)))
	}
	ids, firsts := w.txID.All(), w.txOut.All()
	w.near = w.near[:0]
	for _, h := range w.hashes {
		p := w.names.Seek(h)
		if n, ok := p.Next(); ok && n < uint64(len(ids)) {
			w.near = append(w.near, uint32(n))
			sum += uint64(ids[n][0])
		}
	}
	for i, n := range w.near {
		w.near[i] = firsts[n]
	}
	values, spent := w.outValue.All(), w.outSpent.All()
	for _, out := range w.near {
		if int(out) < len(values) {
			sum += values[out] + uint64(spent[out])
		}
	}
	w.read = sum
}

// txHash is the hash of a transaction id in the table of names: ids are hashes
// already.
func txHash(id *[32]byte) uint64 {
	return binary.LittleEndian.Uint64(id[:8]) * 0x9e3779b97f4a7c15
}

// appendTxs appends a block and its transactions, but for the outputs' owners.
func (w *Writer) appendTxs(b *ledger.CoinBlock) error {
	w.approach(b)
	file, err := w.intern(b.File)
	if err != nil {
		return err
	}
	err = errors.Join(w.blockTx.Append(uint32(w.transfers())), w.blockFile.Append(uint32(file)),
		w.blockTime.Append(uint64(b.Time)), w.blockHeight.Append(b.Height), w.blockSubsidy.Append(b.Subsidy),
		w.blockOffset.Append(uint64(b.Offset)), w.blockHash.Append(b.Hash))
	ins, outs := uint32(0), uint32(0)
	for i := range b.Txs {
		if err != nil {
			return err
		}
		tx := &b.Txs[i]
		err = w.appendBlockTx(b, tx, b.Ins[ins:tx.Ins], b.Outs[outs:tx.Outs], i == 0)
		ins, outs = tx.Ins, tx.Outs
	}
	return err
}

// appendBlockTx appends a transaction: first its inputs, which may spend outputs
// of this very block, then its outputs.
func (w *Writer) appendBlockTx(b *ledger.CoinBlock, tx *ledger.CoinTx, ins []ledger.CoinIn, outs []ledger.CoinOut, coinbase bool) error {
	n := uint32(w.transfers())
	fail := func(err error, format string, args ...any) error {
		return fmt.Errorf("%s: block %d: transaction %s: %s: %w", ledger.BlockEvidence(b.File, b.Offset), b.Height, tx.ID, fmt.Sprintf(format, args...), err)
	}
	place, twin := w.placeOf(tx.ID)
	if twin {
		if err := w.txTwin.Append(n); err != nil {
			return err
		}
	}
	in, out := uint64(0), uint64(0)
	for i, c := range ins {
		coin, ok := w.resolve(c)
		if !ok {
			return fail(ErrUnresolved, "input %d spends %s:%d, which is not in the data (or spent already)", i, c.Tx, c.Index)
		}
		if err := w.inCoin.Append(coin); err != nil {
			return err
		}
		w.outSpent.Set(int(coin), n)
		value := w.outValue.At(int(coin))
		if in+value < in {
			return fail(ledger.ErrUnbalanced, "inputs of more than 2^64 units")
		}
		in += value
	}
	for _, o := range outs {
		if out+o.Amount < out {
			return fail(ledger.ErrUnbalanced, "outputs of more than 2^64 units")
		}
		out += o.Amount
	}
	if !coinbase && in < out {
		return fail(ledger.ErrUnbalanced, "inputs of %d, outputs of %d", in, out)
	}
	fee := uint64(0)
	if !coinbase {
		fee = in - out
	}
	if err := w.txIn.Append(uint32(w.inCoin.Len() - len(ins))); err != nil {
		return err
	}
	if err := errors.Join(w.txOut.Append(uint32(w.outValue.Len())), w.txFee.Append(fee), w.txID.Append(tx.ID)); err != nil {
		return err
	}
	w.names.Put(&place, txHash((*[32]byte)(&tx.ID)), uint64(n))
	for _, o := range outs {
		if err := errors.Join(w.outValue.Append(o.Amount), w.outSpent.Append(0)); err != nil {
			return err
		}
	}
	return nil
}

// placeOf walks to where a transaction's id belongs in the table, and says
// whether it was there before.
func (w *Writer) placeOf(id ledger.Hash) (p disk.Probe, twin bool) {
	p = w.names.Seek(txHash((*[32]byte)(&id)))
	for {
		n, ok := p.Next()
		if !ok {
			return p, twin
		}
		twin = twin || int(n) < w.txID.Len() && w.txID.At(int(n)) == id
	}
}

// resolve finds the unspent output that an input spends: of the latest
// transaction with that id.
func (w *Writer) resolve(c ledger.CoinIn) (uint32, bool) {
	tx := -1
	for p := w.names.Seek(txHash((*[32]byte)(&c.Tx))); ; {
		n, ok := p.Next()
		if !ok {
			break
		}
		if int(n) < w.txID.Len() && int(n) > tx && w.txID.At(int(n)) == c.Tx {
			tx = int(n)
		}
	}
	if tx < 0 {
		return 0, false
	}
	from, to := w.outsOf(tx)
	if uint64(from)+uint64(c.Index) >= uint64(to) || w.outSpent.At(from+int(c.Index)) != 0 {
		return 0, false
	}
	return uint32(from) + c.Index, true
}
