package graph

import (
	"fmt"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
)

// UndoTo takes back the blocks above a height, whole, and commits that. The
// store then answers, and has the digest, as before they were added. There is no
// journal: what to take back is in the columns, so any depth can be undone but
// the whole ledger. When it fails before the commit, nothing is taken back.
func (w *Writer) UndoTo(height uint64) error {
	if !w.m.Ledger.Blocks {
		return fmt.Errorf("%s: the ledger %s has no blocks to take back: %w", w.dir, w.m.Ledger.ID, ErrStore)
	}
	n, err := w.firstAbove(height)
	if err != nil || n == w.transfers() {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%s: no block at or below height %d would stay: make the store anew: %w", w.dir, height, ErrStore)
	}
	back, commit := w.hold(), w.m.Commit
	defer func() {
		if w.m.Commit == commit {
			back()
		}
	}()
	if w.coins() {
		err = w.undoCoins(n)
	} else {
		err = w.undoMoves(n)
	}
	if err != nil {
		return err
	}
	return w.recallLast()
}

// hold gives what puts back what an undo cuts. The manifest on the disk counts it
// until there is another, and Close shortens the files to what is there.
func (w *Writer) hold() (back func()) {
	last, credited, debited := w.last, w.m.Credited, w.m.Debited
	ends := []func(){w.accounts.Hold()}
	if w.rec != nil {
		ends = append(ends, w.rec.Hold())
	}
	for _, s := range w.stored {
		ends = append(ends, s.Hold())
	}
	return func() {
		w.last, w.m.Credited, w.m.Debited = last, credited, debited
		for _, end := range ends {
			end()
		}
	}
}

// firstAbove is the first transfer in a block above a height.
func (w *Writer) firstAbove(height uint64) (int, error) {
	n := w.transfers()
	if w.inBlocks() {
		b := w.blockAbove(height)
		if b == w.blockTx.Len() {
			return n, nil
		}
		return w.firstOf(int(w.blockTx.At(b))), nil
	}
	for ; n > 0; n-- {
		t, _, err := readRecord(w.rec.At(n-1), "", w.str)
		if err != nil {
			return 0, err
		}
		if t.Kind == ledger.Opening || t.Key.Block <= height {
			break
		}
	}
	return n, nil
}

// undoCoins first commits that the transactions are gone, then clears the links
// to them: a crash between the two leaves links that no reader believes.
func (w *Writer) undoCoins(n int) error {
	m := mark{tx: n, out: int(w.txOut.At(n)), in: int(w.txIn.At(n))}
	accounts := 0
	if w.m.Layout == layoutBlocks {
		m.block = w.blockOf(ID(n))
		accounts = int(w.blockAccounts.At(m.block))
	} else {
		accounts = countAccounts(w.outAccount.All()[:m.out])
	}
	freed := append([]uint32(nil), w.inCoin.All()[m.in:]...)
	w.cutCoins(m)
	commit := w.m.Commit
	err := w.commitUndo(accounts, uint64(m.out))
	if w.m.Commit != commit {
		w.free(freed, m)
	}
	return err
}

func (w *Writer) undoMoves(n int) error {
	if w.inBlocks() {
		tx := w.flowTx(n)
		b := w.blockOf(ID(tx))
		accounts := int(w.blockAccounts.At(b))
		w.cutMoves(n)
		w.cutFlows(tx, b)
		return w.commitUndo(accounts, uint64(n))
	}
	w.cutMoves(n)
	return w.commitUndo(countAccounts(w.from.All(), w.to.All()), uint64(n))
}

// countAccounts is how many accounts columns name: they are numbered as they
// come.
func countAccounts(columns ...[]uint32) int {
	n := uint32(0)
	for _, c := range columns {
		for _, a := range c {
			if a != noAccount && a >= n {
				n = a + 1
			}
		}
	}
	return int(n)
}

// commitUndo commits shortened columns. Indexes stay, their ends lowered.
func (w *Writer) commitUndo(accounts int, items uint64) error {
	w.accounts.Cut(accounts)
	w.known.Cut(accounts)
	for _, list := range []*[]disk.IndexInfo{&w.m.Credited, &w.m.Debited} {
		kept := (*list)[:0:0]
		for _, x := range *list {
			if x.To = min(x.To, items); x.From < x.To {
				kept = append(kept, x)
			}
		}
		*list = kept
	}
	if err := w.recallLast(); err != nil {
		return err
	}
	if err := w.Commit(w.m.Ledger, false); err != nil {
		return err
	}
	return w.reopenIndexes()
}
