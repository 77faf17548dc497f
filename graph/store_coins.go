package graph

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// outsOf and insOf enclose the outputs and inputs of a transaction.
func (s *Store) outsOf(tx int) (from, to int) {
	from, to = int(s.txOut.At(tx)), s.outValue.Len()
	if tx+1 < s.txOut.Len() {
		to = int(s.txOut.At(tx + 1))
	}
	return from, to
}

func (s *Store) insOf(tx int) (from, to int) {
	from, to = int(s.txIn.At(tx)), s.inCoin.Len()
	if tx+1 < s.txIn.Len() {
		to = int(s.txIn.At(tx + 1))
	}
	return from, to
}

// txOfOut finds the transaction of an output.
func (s *Store) txOfOut(out uint32) int {
	firsts := s.txOut.All()
	return sort.Search(len(firsts), func(i int) bool { return firsts[i] > out }) - 1
}

// coinEntry restores a transaction that came as a transfer.
func (s *Store) coinEntry(id ID) (Entry, error) {
	t, outside, err := readRecord(s.rec.At(int(id)), s.m.Ledger.Native, s.str)
	if err != nil {
		return Entry{}, fmt.Errorf("%s: transfer number %d: %w", s.dir, id, err)
	}
	for _, a := range outside {
		t.Debits = append(t.Debits, ledger.Debit{Account: ledger.Outside, Amount: a})
	}
	return s.fillCoins(id, &t)
}

// blockEntry restores a transaction that came in a block.
func (s *Store) blockEntry(id ID) (Entry, error) {
	b := s.blockOf(id)
	if b < 0 {
		return Entry{}, fmt.Errorf("%s: transaction number %d is in no block: %w", s.dir, id, ErrDamaged)
	}
	first := s.blockTx.At(b)
	h := ledger.Hash(s.txID.At(int(id)))
	t := ledger.Transfer{
		Key:   ledger.Key{Block: s.blockHeight.At(b), Tx: uint32(id) - first},
		ID:    h.String(),
		Asset: s.m.Ledger.Native,
		Time:  time.Unix(int64(s.blockTime.At(b)), 0).UTC(),
	}
	t.Tx = t.ID
	if s.isTwin(id) {
		t.ID = ledger.TwinID(t.Tx, t.Key.Block)
	}
	t.Evidence = ledger.BlockEvidence(s.str(uint64(s.blockFile.At(b))), int64(s.blockOffset.At(b)))
	if uint32(id) == first {
		t.Kind = ledger.Coinbase
		t.Debits = []ledger.Debit{{Account: ledger.Outside, Amount: money.Units(s.blockSubsidy.At(b))}}
	}
	return s.fillCoins(id, &t)
}

// fillCoins gives a transaction its coins.
func (s *Store) fillCoins(id ID, t *ledger.Transfer) (Entry, error) {
	t.Ledger = s.m.Ledger.ID
	t.Fee = restore(s.txFee.At(int(id)), int(id), s.wideFee)
	from, to := s.insOf(int(id))
	if from > to || to > s.inCoin.Len() {
		return Entry{}, fmt.Errorf("%s: %s: inputs %d to %d: %w", s.dir, t.ID, from, to, ErrDamaged)
	}
	for i := from; i < to; i++ {
		out := s.inCoin.At(i)
		if int(out) >= s.outValue.Len() {
			return Entry{}, fmt.Errorf("%s: input %d of %s spends output number %d of %d: %w", s.dir, i-from, t.ID, out, s.outValue.Len(), ErrDamaged)
		}
		a, err := s.accountName(s.outAccount.At(int(out)))
		if err != nil {
			return Entry{}, err
		}
		tx := s.txOfOut(out)
		if tx < 0 {
			return Entry{}, fmt.Errorf("%s: input %d of %s spends output number %d, which no transaction has: %w", s.dir, i-from, t.ID, out, ErrDamaged)
		}
		t.Debits = append(t.Debits, ledger.Debit{
			Account: a, Amount: restore(s.outValue.At(int(out)), int(out), s.wideValue),
			Spends: ledger.Coin{Tx: s.txName(tx), Index: out - s.txOut.At(tx)},
		})
	}
	if from, to = s.outsOf(int(id)); from > to || to > s.outValue.Len() {
		return Entry{}, fmt.Errorf("%s: %s: outputs %d to %d: %w", s.dir, t.ID, from, to, ErrDamaged)
	}
	t.Credits = make([]ledger.Credit, to-from)
	e := Entry{Transfer: t, SpentBy: make([]ID, to-from), Other: None, TieFirst: id, TieLast: id}
	for i := from; i < to; i++ {
		a, err := s.accountName(s.outAccount.At(i))
		if err != nil {
			return Entry{}, err
		}
		t.Credits[i-from] = ledger.Credit{Account: a, Amount: restore(s.outValue.At(i), i, s.wideValue)}
		e.SpentBy[i-from] = s.spender(i)
	}
	return e, nil
}

// spender is the transaction that spends an output. One that is not committed
// does not count.
func (s *Store) spender(out int) ID {
	if n := s.outSpent.At(out); n != 0 && int(n) < s.transfers() {
		return ID(n)
	}
	return None
}

// txName is the transaction's name, by which coins are called.
func (s *Store) txName(tx int) string {
	if s.rec == nil {
		return ledger.Hash(s.txID.At(tx)).String()
	}
	name, _ := s.namesOf(tx)
	return name
}

// blockOf finds the block of a transaction.
func (s *Store) blockOf(id ID) int {
	firsts := s.blockTx.All()
	return sort.Search(len(firsts), func(i int) bool { return firsts[i] > uint32(id) }) - 1
}

// isTwin reports whether a transaction's id came before in another block.
func (s *Store) isTwin(id ID) bool {
	_, ok := slices.BinarySearch(s.txTwin.All(), uint32(id))
	return ok
}

// coinEvents lists the transactions that credit or debit an address.
func (s *Store) coinEvents(account uint32, asset money.AssetID) ([]ID, error) {
	if asset != s.m.Ledger.Native && s.rec == nil {
		return nil, nil
	}
	outs, err := s.listed(s.credited, s.outAccount.All(), account)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, out := range outs {
		ids = append(ids, ID(s.txOfOut(out)))
		if by := s.spender(int(out)); by != None {
			ids = append(ids, by)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if s.rec == nil {
		return ids, nil
	}
	var bad error
	ids = slices.DeleteFunc(ids, func(id ID) bool {
		t, _, err := readRecord(s.rec.At(int(id)), s.m.Ledger.Native, s.str)
		if err != nil {
			bad = err
		}
		return t.Asset != asset
	})
	return ids, bad
}

// blockRef names a stored block.
func (s *Store) blockRef(b int) ledger.BlockRef {
	return ledger.BlockRef{Height: s.blockHeight.At(b), Hash: ledger.Hash(s.blockHash.At(b))}
}

// Tip is the last block of a store that was made from blocks; false without one.
func (s *Store) Tip() (ledger.BlockRef, bool) {
	if !s.inBlocks() || s.blockTx.Len() == 0 {
		return ledger.BlockRef{}, false
	}
	return s.blockRef(s.blockTx.Len() - 1), true
}

// Block names the stored block at a height; false when there is none.
func (s *Store) Block(height uint64) (ledger.BlockRef, bool) {
	if !s.inBlocks() || s.blockTx.Len() == 0 {
		return ledger.BlockRef{}, false
	}
	b := s.blockAbove(height) - 1
	if b < 0 || s.blockHeight.At(b) != height {
		return ledger.BlockRef{}, false
	}
	return s.blockRef(b), true
}

// blockAbove is the first stored block above a height.
func (s *Store) blockAbove(height uint64) int {
	heights := s.blockHeight.All()
	return sort.Search(len(heights), func(i int) bool { return heights[i] > height })
}

// before names the stored block before a height; false when there is none.
func (s *Store) before(height uint64) (ledger.BlockRef, bool) {
	if height == 0 {
		return ledger.BlockRef{}, false
	}
	b := s.blockAbove(height-1) - 1
	if b < 0 {
		return ledger.BlockRef{}, false
	}
	return s.blockRef(b), true
}
