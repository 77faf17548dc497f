package ledger

import (
	"context"
	"errors"
	"iter"
)

// ErrCursor marks a cursor or block that a source does not have: another file,
// a changed file, or a block that is no longer on the chain of most work.
var ErrCursor = errors.New("not a place in this source")

// Cursor is a place in a source's canonical order: the last transfer that was
// taken. The zero Cursor stands before the first.
type Cursor struct {
	Key Key
	// ID is the transfer's id, which tells transfers of equal keys apart and
	// shows that the source is still the one the cursor was made from.
	ID string
}

// IsZero reports whether the cursor stands before the first transfer.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// At is the cursor that stands behind a transfer.
func At(t *Transfer) Cursor { return Cursor{t.Key, t.ID} }

// Resumer is a source that can go on where a reader stopped.
type Resumer interface {
	Source
	// From yields what All yields after the cursor's transfer, in the same
	// order. It fails with ErrCursor, before any transfer, when the source has
	// no such transfer there.
	From(ctx context.Context, after Cursor) iter.Seq2[Transfer, error]
}

// Standing is where the block of a transfer stands on a chain that moves.
type Standing uint8

// What became of a block.
const (
	Held   Standing = iota // it is on the chain
	Left                   // another block is in its place
	Beyond                 // the chain ends below it
)

// Live is a source of transfers whose chain goes on, and may take blocks back. What
// it gives is whole blocks of one chain, or ErrCursor when that moves meanwhile.
type Live interface {
	Resumer
	// Holds says what became of the block that a transfer of this source, given
	// earlier, was in.
	Holds(ctx context.Context, t *Transfer) (Standing, error)
}
