package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

// LiveNode is the chain behind a follower under test, which the suite moves.
// Blocks once mined never come again after they were cut.
type LiveNode interface {
	// Mine puts n new blocks on top.
	Mine(n int)
	// Cut takes the top n blocks off the chain for good.
	Cut(n int)
	// Hide shows the chain without its top n blocks, as a node that is behind;
	// Hide(0) shows all of it again.
	Hide(n int)
	// Drop breaks the connection at the next n answers.
	Drop(n int)
	// Chain is what the node shows, from its first block.
	Chain() []ledger.BlockRef
}

// OpenLive makes a node of some blocks and a follower of it that calls idle in
// place of every wait, and ends with idle's error. It must bear two dropped
// connections in a row, and looks in vain.
type OpenLive func(t *testing.T, blocks int, idle func() error) (ledger.Follower, LiveNode)

// RunLive is the suite of live sources: whatever a chain does, its reader has
// the chain in the end, was told of each block once, and had nothing taken back
// that stands.
func RunLive(t *testing.T, open OpenLive) {
	for _, c := range liveChecks {
		t.Run(c.name, func(t *testing.T) {
			if err := c.check(t.Context(), func(blocks int, idle func() error) (ledger.Follower, LiveNode) { return open(t, blocks, idle) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// opener is OpenLive without the test, so that a check can be tried on a wrong
// follower.
type opener func(blocks int, idle func() error) (ledger.Follower, LiveNode)

var liveChecks = []struct {
	name  string
	check func(context.Context, opener) error
}{
	{"catching up", catchingUp}, {"missed heads", missedHeads}, {"doubled heads", doubledHeads},
	{"reorganisation", reorganisation}, {"shorter chain", shorterChain}, {"behind", fallsBehind},
	{"moving while read", movingWhileRead}, {"dropped connection", droppedConnection}, {"drop while told", dropWhileTold},
	{"resumption of following", resumesFollowing}, {"another chain", anotherChain},
	{"end of following", endOfFollowing}, {"everything at random", anythingAtRandom},
}

// errEnough ends a follower that has nothing more to tell.
var errEnough = errors.New("enough")

// reader keeps what it is told, as a store would, and holds that it may be told
// so.
type reader struct {
	node            LiveNode
	blocks          []ledger.BlockRef
	applied, undone int
	more            bool // the follower has promised another change
	// taken, if set, is called after each change.
	taken func()
}

func (r *reader) top() (b ledger.BlockRef) {
	if n := len(r.blocks); n > 0 {
		b = r.blocks[n-1]
	}
	return b
}

func (r *reader) have(h uint64) (ledger.BlockRef, bool) {
	if h >= uint64(len(r.blocks)) {
		return ledger.BlockRef{}, false
	}
	return r.blocks[h], true
}

func (r *reader) take(c ledger.Change) error {
	r.more = c.More
	if c.Apply == nil {
		switch {
		case len(r.blocks) == 0 || c.Undo != r.top():
			return fmt.Errorf("undo of block %d %s, the reader's top is block %d %s", c.Undo.Height, c.Undo.Hash, r.top().Height, r.top().Hash)
		case slices.Contains(r.node.Chain(), c.Undo):
			return fmt.Errorf("undo of block %d, which stands on the node's chain", c.Undo.Height)
		}
		r.blocks = r.blocks[:len(r.blocks)-1]
		r.undone++
		return nil
	}
	b := c.Apply
	if b.Parent != r.top().Hash || b.Height != uint64(len(r.blocks)) {
		return fmt.Errorf("block %d %s does not stand on the reader's block %d %s", b.Height, b.Hash, r.top().Height, r.top().Hash)
	}
	r.blocks = append(r.blocks, b.BlockRef)
	r.applied++
	return nil
}

// follow reads until the follower ends, which it must with errEnough.
func (r *reader) follow(ctx context.Context, f ledger.Follower) error {
	for c, err := range f.Follow(ctx, r.top(), r.have) {
		if err != nil && r.more {
			return fmt.Errorf("another change was promised after block %d, and there came %w", r.top().Height, err)
		}
		if errors.Is(err, errEnough) {
			return nil
		}
		if err == nil {
			err = r.take(c)
		}
		if err != nil {
			return err
		}
		if r.taken != nil {
			r.taken()
		}
	}
	return errors.New("following ended without an error")
}

// is holds the reader against the node, and the number of changes it was told.
func (r *reader) is(applied, undone int) error {
	chain := r.node.Chain()
	if !slices.Equal(r.blocks, chain) {
		return fmt.Errorf("the reader has %d blocks up to %s, the node %d blocks up to %s", len(r.blocks), r.top().Hash, len(chain), chain[len(chain)-1].Hash)
	}
	if r.applied != applied || r.undone != undone {
		return fmt.Errorf("%d blocks were applied and %d undone, want %d and %d", r.applied, r.undone, applied, undone)
	}
	return nil
}

// waits holds, at a wait, that no change has been promised.
func (r *reader) waits() error {
	if r.more {
		return fmt.Errorf("a wait after block %d, where another change was promised", r.top().Height)
	}
	return nil
}

// acts follows a node of some blocks that does one thing at each wait, then
// nothing at two.
func acts(ctx context.Context, open opener, blocks int, do ...func(LiveNode)) (*reader, error) {
	r, at := &reader{}, 0
	f, node := open(blocks, func() error {
		if at++; at > len(do)+2 {
			return errEnough
		}
		if at <= len(do) {
			do[at-1](r.node)
		}
		return r.waits()
	})
	r.node = node
	return r, r.follow(ctx, f)
}

// catchingUp: a reader that has nothing is told every block once.
func catchingUp(ctx context.Context, open opener) error {
	r, err := acts(ctx, open, 12)
	if err != nil {
		return err
	}
	return r.is(12, 0)
}

// missedHeads: of three heads between two looks none is left out.
func missedHeads(ctx context.Context, open opener) error {
	r, err := acts(ctx, open, 5, func(n LiveNode) { n.Mine(3) }, func(n LiveNode) { n.Mine(1) }, func(n LiveNode) { n.Mine(2) })
	if err != nil {
		return err
	}
	return r.is(11, 0)
}

// doubledHeads: a head that is seen again is not told again.
func doubledHeads(ctx context.Context, open opener) error {
	same := func(LiveNode) {}
	r, err := acts(ctx, open, 5, same, same, func(n LiveNode) { n.Mine(1) }, same, same)
	if err != nil {
		return err
	}
	return r.is(6, 0)
}

// reorganisation: what the chain has left is taken back, no more, and what came
// instead is told; at depths of 1 to 20.
func reorganisation(ctx context.Context, open opener) error {
	for depth := 1; depth <= 20; depth++ {
		r, err := acts(ctx, open, 25, func(n LiveNode) { n.Cut(depth); n.Mine(depth + 1) })
		if err == nil {
			err = r.is(25+depth+1, depth)
		}
		if err != nil {
			return fmt.Errorf("depth %d: %w", depth, err)
		}
	}
	return nil
}

// shorterChain: a chain that has left the reader's is followed though it is
// shorter, as work decides and not length.
func shorterChain(ctx context.Context, open opener) error {
	r, err := acts(ctx, open, 12, func(n LiveNode) { n.Cut(6); n.Mine(2) }, func(n LiveNode) { n.Cut(3); n.Mine(1) })
	if err != nil {
		return err
	}
	return r.is(12+2+1, 6+3)
}

// fallsBehind: a node that merely lacks the top blocks makes the reader undo
// nothing, and is followed again once it has caught up.
func fallsBehind(ctx context.Context, open opener) error {
	nothing := func(LiveNode) {}
	r, err := acts(ctx, open, 10, func(n LiveNode) { n.Hide(6) }, nothing, func(n LiveNode) { n.Hide(2) }, func(n LiveNode) { n.Hide(0); n.Mine(1) })
	if err != nil {
		return err
	}
	return r.is(11, 0)
}

// movingWhileRead: the chain is reorganised while its changes are being told.
func movingWhileRead(ctx context.Context, open opener) error {
	r := &reader{}
	idle, moves := 0, 0
	f, node := open(8, func() error {
		if idle++; idle > 30 {
			return errEnough
		}
		return r.waits()
	})
	r.node = node
	r.taken = func() {
		if moves < 12 && (r.applied+r.undone)%3 == 0 {
			moves++
			node.Cut(2)
			node.Mine(3)
		}
	}
	if err := r.follow(ctx, f); err != nil {
		return err
	}
	if moves != 12 {
		return fmt.Errorf("the chain moved %d times of 12: too few changes were told", moves)
	}
	return r.is(r.applied, r.undone)
}

// droppedConnection: what a broken answer held comes when it is asked for again.
func droppedConnection(ctx context.Context, open opener) error {
	nothing := func(LiveNode) {} // the waits between tries are waits too
	r, err := acts(ctx, open, 4, func(n LiveNode) { n.Mine(2); n.Drop(1) }, nothing, func(n LiveNode) { n.Cut(3); n.Mine(4); n.Drop(2) })
	if err != nil {
		return err
	}
	return r.is(4+2+4, 3)
}

// dropWhileTold: a connection that breaks between two changes breaks no promise,
// and loses nothing.
func dropWhileTold(ctx context.Context, open opener) error {
	r, idle := &reader{}, 0
	f, node := open(40, func() error {
		if idle++; idle > 60 {
			return errEnough
		}
		return r.waits()
	})
	r.node = node
	r.taken = func() {
		if r.applied%5 == 2 {
			node.Drop(1)
		}
	}
	if err := r.follow(ctx, f); err != nil {
		return err
	}
	return r.is(40, 0)
}

// resumesFollowing: a reader that stopped anywhere goes on from there, over what
// was reorganised meanwhile, without what it has being told again.
func resumesFollowing(ctx context.Context, open opener) error {
	for stop := 1; stop <= 9; stop++ {
		r := &reader{}
		idle := 0
		f, node := open(9, func() error {
			if idle++; idle > 3 {
				return errEnough
			}
			return nil
		})
		r.node = node
		for c, err := range f.Follow(ctx, r.top(), r.have) {
			if err == nil {
				err = r.take(c)
			}
			if err != nil {
				return err
			}
			if r.applied == stop {
				break
			}
		}
		if r.applied != stop {
			return fmt.Errorf("stopped after %d changes, was told %d", stop, r.applied)
		}
		node.Cut(2)
		node.Mine(4)
		if err := r.follow(ctx, f); err != nil {
			return fmt.Errorf("after a stop at %d: %w", stop, err)
		}
		left := max(0, stop-7)
		if err := r.is(11+left, left); err != nil {
			return fmt.Errorf("after a stop at %d: %w", stop, err)
		}
	}
	return nil
}

// anotherChain: a reader whose blocks are all of another chain is told so, before
// anything is undone.
func anotherChain(ctx context.Context, open opener) error {
	f, node := open(6, func() error { return errEnough })
	r := &reader{node: node}
	for h, b := range node.Chain() {
		b.Hash[3] ^= 0xff
		r.blocks = append(r.blocks, b)
		if h == 3 {
			break
		}
	}
	for c, err := range f.Follow(ctx, r.top(), r.have) {
		if err == nil {
			return fmt.Errorf("the reader is of another chain, and is told %+v", c)
		}
		if errors.Is(err, errEnough) {
			break
		}
		return nil
	}
	return errors.New("the reader is of another chain, and is not told")
}

// endOfFollowing: a cancelled context ends the following with its own error.
func endOfFollowing(ctx context.Context, open opener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	idle := 0
	f, node := open(5, func() error {
		if idle++; idle > 20 {
			return errEnough
		}
		cancel()
		return nil
	})
	r := &reader{node: node}
	for c, err := range f.Follow(ctx, r.top(), r.have) {
		switch {
		case errors.Is(err, context.Canceled):
			return nil
		case err != nil:
			return fmt.Errorf("cancelled, it ends with %w", err)
		}
		if err := r.take(c); err != nil {
			return err
		}
	}
	return errors.New("cancelled, it ends without an error")
}

// anythingAtRandom: hundreds of rounds of all of the above.
func anythingAtRandom(ctx context.Context, open opener) error {
	rng := rand.New(rand.NewPCG(1, 2))
	r, hidden, quiet, rounds := &reader{}, false, false, 0
	f, node := open(30, func() error {
		if hidden {
			hidden = false
			r.node.Hide(0)
			return nil
		}
		if quiet { // the wait after a dropped connection
			quiet = false
			return nil
		}
		if rounds++; rounds > 600 {
			if slices.Equal(r.blocks, r.node.Chain()) || rounds > 610 {
				return errEnough
			}
			return nil
		}
		hidden, quiet = anything(rng, r.node)
		return nil
	})
	r.node = node
	if err := r.follow(ctx, f); err != nil {
		return err
	}
	if r.undone < 600 {
		return fmt.Errorf("only %d blocks were undone in %d rounds", r.undone, rounds)
	}
	return r.is(r.applied, r.undone)
}

// anything does one thing to a node, of all that happens to nodes. hidden says that
// its top is hidden now, dropped that its next answer breaks off.
func anything(rng *rand.Rand, node LiveNode) (hidden, dropped bool) {
	depth := 1 + rng.IntN(20)
	switch rng.IntN(6) {
	case 0:
		node.Mine(1 + rng.IntN(3))
	case 1: // the head comes again
	case 2:
		node.Cut(depth)
		node.Mine(depth + rng.IntN(3))
	case 3: // two reorganisations between two looks
		node.Cut(depth)
		node.Mine(rng.IntN(depth) + 1)
		node.Mine(depth)
	case 4:
		node.Hide(depth)
		return true, false
	case 5:
		node.Mine(1)
		node.Drop(1)
		return false, true
	}
	return false, false
}
