package ledger

import (
	"context"
	"iter"
)

// Change is one step of a chain that is being followed: a block that comes on top,
// or one that is taken back from the top.
type Change struct {
	// Apply is the block that comes next; nil when one is taken back. It is good
	// until the next change.
	Apply *CoinBlock
	// Undo is the block that is no longer on the chain: the top of what the reader
	// has.
	Undo BlockRef
	// More promises that the next change comes without a wait, so that a reader
	// may keep both at once. Not set, it promises nothing.
	More bool
}

// Follower is a live source of coins: it goes on where the chain goes, and back
// where the chain goes back.
type Follower interface {
	BlockSource
	// Follow yields the changes that lead from the reader's top block to the
	// node's, and from then on what happens, until the context ends or a fault
	// that waiting does not mend. Blocks are undone from the top down, one at a
	// time, before others are applied in their place; each applied block's parent
	// is the reader's top. A node that merely lacks blocks that the reader has
	// undoes nothing. have is what the reader has at a height; it is asked only
	// at and below the reader's top.
	Follow(ctx context.Context, top BlockRef, have func(height uint64) (BlockRef, bool)) iter.Seq2[Change, error]
}
