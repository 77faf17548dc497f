package graph

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// firstOf is the first transfer of a transaction: the transaction itself on a
// ledger of coins.
func (s *Store) firstOf(tx int) int {
	if s.coins() {
		return tx
	}
	if tx < s.txMove.Len() {
		return int(s.txMove.At(tx))
	}
	return s.from.Len()
}

// flowTx finds the transaction of a transfer that came in a block.
func (s *Store) flowTx(i int) int {
	firsts := s.txMove.All()
	return sort.Search(len(firsts), func(t int) bool { return int(firsts[t]) > i }) - 1
}

// flowEntry restores a transfer that came in a block.
func (s *Store) flowEntry(id ID) (Entry, error) {
	i := int(id)
	tx := s.flowTx(i)
	b := s.blockOf(ID(max(tx, 0)))
	if tx < 0 || b < 0 {
		return Entry{}, fmt.Errorf("%s: transfer number %d is in no block: %w", s.dir, id, ErrDamaged)
	}
	t := ledger.Transfer{
		Ledger: s.m.Ledger.ID, Tx: s.flowName(tx, b), Asset: money.AssetID(s.str(uint64(s.asset.At(i)))),
		Key:      ledger.Key{Block: s.blockHeight.At(b), Tx: s.txPlace.At(tx), Sub: uint32(i) - s.txMove.At(tx)},
		Evidence: ledger.BlockEvidence(s.str(uint64(s.blockFile.At(b))), int64(s.blockOffset.At(b))),
	}
	t.ID = ledger.MoveID(t.Tx, t.Key.Sub)
	if at := int64(s.blockTime.At(b)); at != 0 {
		t.Time = time.Unix(at, 0).UTC()
	}
	flags := s.flags.At(i)
	t.Failed = flags&flagFailed != 0
	switch {
	case flags&flagGas != 0:
		t.Kind = ledger.Gas
	case flags&flagOpening != 0:
		t.Kind = ledger.Opening
	}
	if err := s.flowValue(&t, i); err != nil {
		return Entry{}, err
	}
	return Entry{Transfer: &t, Other: None, TieFirst: id, TieLast: id}, nil
}

// flowValue restores accounts and amounts.
func (s *Store) flowValue(t *ledger.Transfer, i int) error {
	from, err := s.accountName(s.from.At(i))
	if err != nil {
		return err
	}
	amount := restore(s.amount.At(i), i, s.wideValue)
	paid := amount
	if to := s.to.At(i); to == noAccount {
		t.Fee = amount
	} else {
		name, err := s.accountName(to)
		if err != nil {
			return err
		}
		var fits bool
		t.Fee = feeOf(s.wideFee, i)
		if paid, fits = amount.CheckedAdd(t.Fee); !fits {
			return fmt.Errorf("%s: transfer number %d: value and fee: %w", s.dir, i, ErrDamaged)
		}
		t.Credits = []ledger.Credit{{Account: name, Amount: amount}}
	}
	t.Debits = []ledger.Debit{{Account: from, Amount: paid}}
	return nil
}

// feeOf finds the fee of a transfer among the fees paid, which stand by rising
// id.
func feeOf(fees *disk.Column[wide], i int) money.Amount {
	all := fees.All()
	k := sort.Search(len(all), func(k int) bool { return all[k].ID >= uint64(i) })
	if k == len(all) || all[k].ID != uint64(i) {
		return money.Zero
	}
	return money.FromWords(all[k].Hi, all[k].Lo)
}

// flowName is the name of a transaction in a block.
func (s *Store) flowName(tx, b int) string {
	var id *[32]byte
	if tx < s.txID.Len() {
		h := s.txID.At(tx)
		id = &h
	}
	return ledger.MoveTxName(id, s.blockHeight.At(b), s.txPlace.At(tx))
}

// idsAgree: either all transactions have ids, or none.
func (c *columns) idsAgree(dir string) error {
	if n := c.txID.Len(); n != 0 && n != c.txMove.Len() {
		return fmt.Errorf("%s: %d ids of %d transactions: %w", dir, n, c.txMove.Len(), ErrDamaged)
	}
	return nil
}

// findFlows looks up a transaction's name, or a transfer's id.
func (s *Store) findFlows(ref string) []ID {
	name, sub, one := ledger.CutMoveID(ref)
	if !one {
		name = ref
	}
	tx, ok := s.flowNamed(name)
	if !ok {
		return nil
	}
	first, end := s.firstOf(tx), s.firstOf(tx+1)
	if one {
		if uint64(sub) >= uint64(end-first) {
			return nil
		}
		return []ID{ID(first) + ID(sub)}
	}
	var ids []ID
	for ; first < end; first++ {
		ids = append(ids, ID(first))
	}
	return ids
}

// flowNamed finds a transaction by its id, or by its place where none has one.
func (s *Store) flowNamed(name string) (tx int, ok bool) {
	if s.txID.Len() > 0 {
		h, ok := parseHash(strings.TrimPrefix(name, "0x"))
		if !ok || len(name) != 66 {
			return 0, false
		}
		for i, j := 0, len(h)-1; i < j; i, j = i+1, j-1 {
			h[i], h[j] = h[j], h[i] // parseHash reverses
		}
		return s.flowHashed([32]byte(h))
	}
	height, place, _ := strings.Cut(name, ":")
	h, err := strconv.ParseUint(height, 10, 64)
	p, e := strconv.ParseUint(place, 10, 32)
	if err != nil || e != nil || ledger.MoveTxName(nil, h, uint32(p)) != name {
		return 0, false
	}
	b := s.blockAbove(h) - 1
	if b < 0 || s.blockHeight.At(b) != h {
		return 0, false
	}
	from, to := s.txsOfBlock(b)
	places := s.txPlace.All()[from:to]
	i := sort.Search(len(places), func(i int) bool { return uint64(places[i]) >= p })
	return from + i, i < len(places) && uint64(places[i]) == p
}

func (s *Store) flowHashed(id [32]byte) (tx int, ok bool) {
	for p := s.names.Seek(txHash(&id)); ; {
		n, ok := p.Next()
		if !ok {
			return 0, false
		}
		if int(n) < s.txID.Len() && s.txID.At(int(n)) == id {
			return int(n), true
		}
	}
}

// txsOfBlock encloses the transactions of a block.
func (s *Store) txsOfBlock(b int) (from, to int) {
	from, to = int(s.blockTx.At(b)), s.txMove.Len()
	if b+1 < s.blockTx.Len() {
		to = int(s.blockTx.At(b + 1))
	}
	if from > to || to > s.txMove.Len() {
		return 0, 0 // damage, which Check reports
	}
	return from, to
}

// flowsNest compares where blocks, transactions and transfers begin: each has at
// least one of the next, and they rise.
func (k *check) flowsNest() bool {
	s := k.s
	k.rises("transaction", s.txMove.All(), s.from.Len(), true)
	k.rises("block", s.blockTx.All(), s.txMove.Len(), true)
	if len(k.faults) > 0 {
		return false
	}
	for b := 1; b < s.blockHeight.Len(); b++ {
		if s.blockHeight.At(b) <= s.blockHeight.At(b-1) {
			k.damaged("block %d has height %d after %d", b, s.blockHeight.At(b), s.blockHeight.At(b-1))
		}
	}
	return true
}

// flowLookups finds every transaction by its name.
func (k *check) flowLookups() {
	s := k.s
	for tx := range s.txMove.Len() {
		name := s.flowName(tx, s.blockOf(ID(tx)))
		if found, ok := s.flowNamed(name); !ok || found != tx {
			k.damaged("transaction %d is not found by its name %s", tx, name)
		}
		if k.stop(tx) {
			return
		}
	}
}
