package graph

import (
	"context"
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
)

// maxBatch is how many blocks go at most between two commits of Follow. A commit
// costs some ten writes to the disk whether it is of one block or of a hundred.
const maxBatch = 100

// Followed is one change that a store has made and committed.
type Followed struct {
	Block ledger.BlockRef
	// Undone is set for a block that was taken back.
	Undone bool
	// Transfers is how many an applied block has.
	Transfers int
}

// Follow keeps a store at the tip of a chain until the context ends or the source
// fails. Changes that are at hand together, after a pause or a reorganisation, are
// committed together, a hundred at most; a block that comes alone is committed
// alone, so that a kill then loses at most the block being written. told, if not
// nil, hears of each change once it is committed; its error ends the following.
// The store must hold a block already: Ingest comes first.
func Follow(ctx context.Context, w *Writer, src ledger.Follower, told func(Followed) error) error {
	top, ok := w.Tip()
	if !ok {
		return fmt.Errorf("%s: no block to go on from: ingest first: %w", w.dir, ErrStore)
	}
	f := &following{w: w, src: src, told: told}
	for c, err := range src.Follow(ctx, top, w.Block) {
		if err == nil {
			err = f.change(c)
		}
		if err != nil {
			// What stands is whole: keep it, and say what went wrong.
			if e := f.commit(); e != nil {
				return fmt.Errorf("%w (and the commit of what came before: %w)", err, e)
			}
			return err
		}
	}
	return f.commit()
}

type following struct {
	w       *Writer
	src     ledger.Follower
	told    func(Followed) error
	pending []Followed // added, not committed
	undo    []Followed // to be taken back
}

func (f *following) change(c ledger.Change) error {
	if c.Apply == nil {
		if c.Undo.Height == 0 {
			return fmt.Errorf("%s: the first block cannot be taken back: make the store anew: %w", f.w.dir, ErrStore)
		}
		f.undo = append(f.undo, Followed{Block: c.Undo, Undone: true})
		if c.More {
			return nil
		}
		return f.takeBack()
	}
	if err := f.takeBack(); err != nil {
		return err
	}
	if err := f.w.AddBlock(c.Apply); err != nil {
		return err
	}
	f.pending = append(f.pending, Followed{Block: c.Apply.BlockRef, Transfers: len(c.Apply.Txs)})
	if c.More && len(f.pending) < maxBatch {
		return nil
	}
	return f.commit()
}

// takeBack undoes a run of blocks in one commit.
func (f *following) takeBack() error {
	if len(f.undo) == 0 {
		return nil
	}
	if err := f.commit(); err != nil {
		return err
	}
	done := f.undo
	f.undo = nil
	if err := f.w.UndoTo(done[len(done)-1].Block.Height - 1); err != nil {
		return err
	}
	return f.tell(done)
}

func (f *following) commit() error {
	if len(f.pending) == 0 {
		return nil
	}
	if err := f.w.Commit(f.src.Info(), false); err != nil {
		return err
	}
	done := f.pending
	f.pending = nil
	return f.tell(done)
}

func (f *following) tell(done []Followed) error {
	for _, d := range done {
		if f.told == nil {
			return nil
		}
		if err := f.told(d); err != nil {
			return err
		}
	}
	return nil
}
