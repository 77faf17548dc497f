package graph

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// AddMoves appends a block of moves between accounts. It fails, and adds
// nothing, when the block does not follow the tip or its transactions do not
// rise (ErrOrder), when a transaction's id is there already (ErrDuplicate), or
// when a move is not one of an account ledger (ledger.ErrShape).
func (w *Writer) AddMoves(b *ledger.MoveBlock) error {
	if len(b.Moves) == 0 {
		return nil
	}
	fail := func(err error) error {
		return fmt.Errorf("%s: block %d: %w", ledger.BlockEvidence(b.File, b.Offset), b.Height, err)
	}
	if tip, ok := w.Tip(); ok && (b.Height <= tip.Height || b.Height == tip.Height+1 && b.Parent != tip.Hash) {
		return fail(fmt.Errorf("it follows %s, the store ends with block %d %s: %w", b.Parent, tip.Height, tip.Hash, ErrOrder))
	}
	if w.txMove.Len() > 0 && b.Hashed != (w.txID.Len() > 0) {
		return fail(fmt.Errorf("transactions with ids and without: %w", ledger.ErrShape))
	}
	if uint64(w.transfers())+uint64(len(b.Moves)) >= uint64(None) {
		return fmt.Errorf("%s: 2^32-1 transfers: %w", w.dir, disk.ErrFull)
	}
	if err := checkMoves(b); err != nil {
		return fail(err)
	}
	names := 0
	if b.Hashed {
		names = len(b.Txs)
	}
	if err := w.room(names, 2*len(b.Moves)); err != nil {
		return err
	}
	moves, txs, blocks, accounts := w.transfers(), w.txMove.Len(), w.blockTx.Len(), w.accounts.Len()
	if err := w.appendFlows(b); err != nil {
		w.cutMoves(moves)
		w.cutFlows(txs, blocks)
		w.accounts.Cut(accounts)
		return fail(err)
	}
	return nil
}

// checkMoves checks a block by itself, as ledger.Transfer.Validate does a transfer.
func checkMoves(b *ledger.MoveBlock) error {
	moves := uint32(0)
	for i := range b.Txs {
		tx := &b.Txs[i]
		if tx.Moves <= moves || i > 0 && tx.Place <= b.Txs[i-1].Place {
			return fmt.Errorf("transaction %d has place %d and ends at move %d, after %d: %w", i, tx.Place, tx.Moves, moves, ErrOrder)
		}
		moves = tx.Moves
	}
	if int(moves) != len(b.Moves) {
		return fmt.Errorf("%d moves in transactions, of %d: %w", moves, len(b.Moves), ledger.ErrShape)
	}
	key := uint32(0)
	for i := range b.Moves {
		m := &b.Moves[i]
		credits := m.To > m.From
		switch {
		case m.From <= key || m.To < m.From || int(m.To) > len(b.Keys) || int(m.Asset) >= len(b.Assets):
			return fmt.Errorf("move %d: accounts or asset are not in the block: %w", i, ledger.ErrShape)
		case !credits && !m.Amount.IsZero(), credits && (m.Failed || m.Kind == ledger.Gas), m.Kind == ledger.Coinbase || m.Kind > ledger.Opening:
			return fmt.Errorf("move %d: no move of an account ledger: %w", i, ledger.ErrShape)
		}
		if _, fits := m.Amount.CheckedAdd(m.Fee); !fits {
			return fmt.Errorf("move %d: value and fee: %w", i, money.ErrOverflow)
		}
		key = m.To
	}
	return nil
}

func (w *Writer) appendFlows(b *ledger.MoveBlock) error {
	file, err := w.intern(b.File)
	if err != nil {
		return err
	}
	err = errors.Join(w.blockAccounts.Append(uint32(w.accounts.Len())), w.blockTx.Append(uint32(w.txMove.Len())), w.blockFile.Append(uint32(file)),
		w.blockTime.Append(uint64(b.Time)), w.blockHeight.Append(b.Height), w.blockOffset.Append(uint64(b.Offset)), w.blockHash.Append(b.Hash))
	if err != nil {
		return err
	}
	if err := w.appendFlowTxs(b); err != nil {
		return err
	}
	if err := w.internMoves(b); err != nil {
		return err
	}
	return w.fillMoves(b)
}

// appendFlowTxs appends the transactions of a block, and enters their ids.
func (w *Writer) appendFlowTxs(b *ledger.MoveBlock) error {
	first := w.txMove.Len()
	firsts, err := w.txMove.Extend(len(b.Txs))
	if err != nil {
		return err
	}
	places, err := w.txPlace.Extend(len(b.Txs))
	if err != nil {
		return err
	}
	move := uint32(w.transfers())
	at := move
	for i := range b.Txs {
		firsts[i], places[i] = at, b.Txs[i].Place
		at = move + b.Txs[i].Moves
	}
	if !b.Hashed {
		return nil
	}
	for i := range b.Txs {
		w.read += w.names.Touch(txHash(&b.Txs[i].ID))
	}
	for i := range b.Txs {
		id := b.Txs[i].ID
		p, twin := w.placeOf(id)
		if twin {
			return fmt.Errorf("transaction %s: %w", ledger.MoveTxName(&id, 0, 0), ErrDuplicate)
		}
		if err := w.txID.Append(id); err != nil {
			return err
		}
		w.names.Put(&p, txHash(&id), uint64(first+i))
	}
	return nil
}

// fillMoves writes the columns of transfers, whose accounts are numbered.
func (w *Writer) fillMoves(b *ledger.MoveBlock) error {
	first := w.transfers()
	assets := make([]uint32, len(b.Assets))
	for i, a := range b.Assets {
		n, err := w.intern(string(a))
		if err != nil {
			return err
		}
		assets[i] = uint32(n)
	}
	n := len(b.Moves)
	from, e1 := w.from.Extend(n)
	to, e2 := w.to.Extend(n)
	asset, e3 := w.asset.Extend(n)
	amount, e4 := w.amount.Extend(n)
	flags, e5 := w.flags.Extend(n)
	if err := errors.Join(e1, e2, e3, e4, e5); err != nil {
		return err
	}
	for i := range b.Moves {
		m := &b.Moves[i]
		from[i], to[i], asset[i] = w.owners[2*i], w.owners[2*i+1], assets[m.Asset]
		value := m.Amount
		if to[i] == noAccount {
			value = m.Fee
		} else if !m.Fee.IsZero() {
			hi, lo := m.Fee.Words()
			if err := w.wideFee.Append(wide{ID: uint64(first + i), Lo: lo, Hi: hi}); err != nil {
				return err
			}
		}
		var err error
		if amount[i], err = keep(value, first+i, w.wideValue); err != nil {
			return err
		}
		flags[i] = moveFlags(m)
	}
	return nil
}

func moveFlags(m *ledger.Move) (f uint8) {
	if m.Failed {
		f = flagFailed
	}
	switch m.Kind {
	case ledger.Gas:
		f |= flagGas
	case ledger.Opening:
		f |= flagOpening
	}
	return f
}

// manyMoves is from how many moves on a block's accounts are looked up on two
// processors.
const manyMoves = 512

// internMoves numbers the accounts of a block's moves, as they come. Those that
// are there already are found first, in two halves beside each other; what is
// left is new, and entered in order.
func (w *Writer) internMoves(b *ledger.MoveBlock) error {
	n := len(b.Moves)
	w.owners, w.keyHashes = sized(w.owners, 2*n), sized(w.keyHashes, 2*n)
	if n < manyMoves {
		w.readKeys = w.seekMoves(b, 0, n)
	} else {
		other := make(chan uint64)
		go func() { other <- w.seekMoves(b, n/2, n) }()
		w.readKeys = w.seekMoves(b, 0, n/2)
		w.readKeys += <-other
	}
	key := uint32(0)
	for i := range b.Moves {
		m := &b.Moves[i]
		for side, end := range [2]uint32{m.From, m.To} {
			if k := 2*i + side; w.owners[k] == noAccount && end > key {
				a, err := w.accountOf(b.Keys[key:end], w.keyHashes[k])
				if err != nil {
					return err
				}
				w.owners[k] = a
			}
			key = end
		}
	}
	return nil
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, 2*n)
	}
	return s[:n]
}

// seekMoves looks up the accounts of some moves: noAccount for those that are
// not there. It goes stage by stage over a few hundred at a time, so that the
// reads of a stage wait for memory together (see approach).
func (w *Writer) seekMoves(b *ledger.MoveBlock, begin, end int) (read uint64) {
	const some = 256
	var places [2 * some]uint64
	for ; begin < end; begin += some {
		to := min(begin+some, end)
		first := uint32(0)
		if begin > 0 {
			first = b.Moves[begin-1].To
		}
		hashes, owners := w.keyHashes[2*begin:2*to], w.owners[2*begin:2*to]
		key := first
		for i := range hashes {
			last := moveKey(b, 2*begin+i)
			hashes[i] = disk.Hash(b.Keys[key:last])
			key = last
		}
		read += w.byKey.TouchAll(hashes)
		for i, h := range hashes {
			p := w.byKey.Seek(h)
			owners[i] = noAccount
			if n, ok := p.Next(); ok && int(n) < w.accounts.Len() {
				owners[i] = uint32(n)
			}
		}
		read += w.accounts.NearAll(owners, places[:])
		key = first
		for i, h := range hashes {
			last := moveKey(b, 2*begin+i)
			if n := owners[i]; n != noAccount && !bytes.Equal(w.accounts.At(int(n)), b.Keys[key:last]) {
				owners[i] = noAccount
				if n, ok := w.accountHashed(b.Keys[key:last], h); ok {
					owners[i] = n
				}
			}
			key = last
		}
	}
	return read
}

// moveKey is where the k-th key of a block ends.
func moveKey(b *ledger.MoveBlock, k int) uint32 {
	if k&1 == 0 {
		return b.Moves[k/2].From
	}
	return b.Moves[k/2].To
}

// cutFlows takes back transactions and blocks of moves.
func (w *Writer) cutFlows(txs, blocks int) {
	if w.txMove == nil {
		return
	}
	w.txMove.Cut(txs)
	w.txPlace.Cut(txs)
	w.txID.Cut(txs)
	for _, c := range []*disk.Column[uint32]{w.blockTx, w.blockFile, w.blockAccounts} {
		c.Cut(blocks)
	}
	for _, c := range []*disk.Column[uint64]{w.blockTime, w.blockHeight, w.blockOffset} {
		c.Cut(blocks)
	}
	w.blockHash.Cut(blocks)
}
