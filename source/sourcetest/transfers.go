package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

// OpenTransfers makes a node of some blocks, each with transfers, a live reader of
// it, and a function that tells the hash of the block which a transfer names. The
// reader must bear two dropped connections in a row.
type OpenTransfers func(t *testing.T, blocks int) (ledger.Live, LiveNode, func(*ledger.Transfer) ledger.Hash)

// RunLiveTransfers is the suite of live sources of transfers (ledger.Live): a reader
// that asks what stands and then for what comes after it has the node's chain in the
// end, each transfer once, and was told to give up nothing that stands.
func RunLiveTransfers(t *testing.T, open OpenTransfers) {
	for _, c := range transferChecks {
		t.Run(c.name, func(t *testing.T) {
			if err := c.check(t.Context(), func(blocks int) *keeper {
				src, node, of := open(t, blocks)
				return &keeper{src: src, node: node, of: of}
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// opening is OpenTransfers without the test, so that a check can be tried on a
// wrong source.
type opening func(blocks int) *keeper

var transferChecks = []struct {
	name  string
	check func(context.Context, opening) error
}{
	{"catching up", keepsUp}, {"missed and doubled heads", headsOfTransfers}, {"reorganisation", replacesTransfers},
	{"shorter chain", shorterTransfers}, {"behind", behindTransfers}, {"moving while read", movesWhileRead},
	{"falling while read", fallsWhileRead}, {"dropped connection", dropsTransfers}, {"resumption", resumesTransfers}, {"cursor gone", cursorGone},
	{"another chain", otherTransfers}, {"everything at random", randomTransfers},
}

// errOther says that a reader shares no block with its source.
var errOther = errors.New("no block is shared")

// keeper keeps the transfers of a live source, as a store would.
type keeper struct {
	src           ledger.Live
	node          LiveNode
	of            func(*ledger.Transfer) ledger.Hash
	kept          []ledger.Transfer
	added, undone int // transfers and blocks
	// taken, if set, is called after each transfer.
	taken func()
}

// sync brings what is kept to the node's chain.
func (k *keeper) sync(ctx context.Context) error {
	for try := 0; ; try++ {
		behind, err := k.back(ctx)
		if err != nil || behind {
			return err
		}
		seq := k.src.All(ctx)
		if n := len(k.kept); n > 0 {
			seq = k.src.From(ctx, ledger.At(&k.kept[n-1]))
		}
		moved := false
		for t, err := range seq {
			if moved = errors.Is(err, ledger.ErrCursor) && try < 100; moved {
				break
			}
			if err != nil {
				return err
			}
			k.kept = append(k.kept, t)
			if k.added++; k.taken != nil {
				k.taken()
			}
		}
		if !moved {
			return nil
		}
	}
}

// back gives up the blocks that the node's chain has left. behind says that the
// node's chain merely ends below them.
func (k *keeper) back(ctx context.Context) (behind bool, err error) {
	beyond, left := true, 0
	for n := len(k.kept); n > 0; left++ {
		t := &k.kept[n-1]
		standing, err := k.src.Holds(ctx, t)
		if err != nil {
			return false, err
		}
		stands := slices.Contains(k.node.Chain(), k.block(t))
		switch {
		case standing == ledger.Left && stands:
			return false, fmt.Errorf("block %d is said to be left, and stands", t.Key.Block)
		case standing == ledger.Held && left == 0:
			return false, nil
		case standing == ledger.Held && beyond:
			return true, nil
		case standing == ledger.Held:
			k.kept, k.undone = k.kept[:n], k.undone+left
			return false, nil
		}
		beyond = beyond && standing == ledger.Beyond
		for at := t.Key.Block; n > 0 && k.kept[n-1].Key.Block == at; {
			n--
		}
	}
	if len(k.kept) > 0 {
		return false, errOther
	}
	return false, nil
}

func (k *keeper) block(t *ledger.Transfer) ledger.BlockRef {
	return ledger.BlockRef{Height: t.Key.Block, Hash: k.of(t)}
}

// is holds what is kept against the node's chain, against a reading of it from the
// start, and the number of blocks given up.
func (k *keeper) is(ctx context.Context, undone int) error {
	var blocks []ledger.BlockRef
	for i := range k.kept {
		if b := k.block(&k.kept[i]); len(blocks) == 0 || blocks[len(blocks)-1] != b {
			blocks = append(blocks, b)
		}
	}
	if chain := k.node.Chain(); !slices.Equal(blocks, chain) {
		return fmt.Errorf("the reader has transfers of %d blocks, the node %d blocks, or others", len(blocks), len(chain))
	}
	all, err := drain(k.src.All(ctx))
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(all, k.kept) {
		return fmt.Errorf("the reader has %d transfers, a reading from the start gives %d, or others", len(k.kept), len(all))
	}
	if k.undone != undone {
		return fmt.Errorf("%d blocks were given up, want %d", k.undone, undone)
	}
	return nil
}

// steps does one thing after the other, each followed by two syncs.
func (k *keeper) steps(ctx context.Context, do ...func(LiveNode)) error {
	for _, step := range append([]func(LiveNode){func(LiveNode) {}}, do...) {
		step(k.node)
		for range 2 {
			if err := k.sync(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepsUp: a reader that has nothing is given every block once.
func keepsUp(ctx context.Context, open opening) error {
	k := open(12)
	if err := k.steps(ctx); err != nil {
		return err
	}
	if k.added != len(k.kept) {
		return fmt.Errorf("%d transfers were given for %d", k.added, len(k.kept))
	}
	return k.is(ctx, 0)
}

// headsOfTransfers: of heads between two looks none is left out, and one seen
// again is not given again.
func headsOfTransfers(ctx context.Context, open opening) error {
	k := open(5)
	same := func(LiveNode) {}
	if err := k.steps(ctx, func(n LiveNode) { n.Mine(3) }, same, func(n LiveNode) { n.Mine(1) }, same, func(n LiveNode) { n.Mine(2) }); err != nil {
		return err
	}
	if k.added != len(k.kept) {
		return fmt.Errorf("%d transfers were given for %d", k.added, len(k.kept))
	}
	return k.is(ctx, 0)
}

// replacesTransfers: what the chain has left is given up, no more, at depths of 1
// to 20.
func replacesTransfers(ctx context.Context, open opening) error {
	for depth := 1; depth <= 20; depth++ {
		k := open(25)
		err := k.steps(ctx, func(n LiveNode) { n.Cut(depth); n.Mine(depth + 1) })
		if err == nil {
			err = k.is(ctx, depth)
		}
		if err != nil {
			return fmt.Errorf("depth %d: %w", depth, err)
		}
	}
	return nil
}

// shorterTransfers: a chain that has left the reader's is followed though it is
// shorter.
func shorterTransfers(ctx context.Context, open opening) error {
	k := open(12)
	if err := k.steps(ctx, func(n LiveNode) { n.Cut(6); n.Mine(2) }, func(n LiveNode) { n.Cut(3); n.Mine(1) }); err != nil {
		return err
	}
	return k.is(ctx, 6+3)
}

// behindTransfers: a node that merely lacks the top blocks makes the reader give up
// nothing.
func behindTransfers(ctx context.Context, open opening) error {
	k := open(10)
	nothing := func(LiveNode) {}
	if err := k.steps(ctx, func(n LiveNode) { n.Hide(6) }, nothing, func(n LiveNode) { n.Hide(2) }, func(n LiveNode) { n.Hide(0); n.Mine(1) }); err != nil {
		return err
	}
	return k.is(ctx, 0)
}

// movesWhileRead: the chain is reorganised between the transfers that are given.
func movesWhileRead(ctx context.Context, open opening) error {
	k, moves, calm := open(8), 0, 0
	k.taken = func() {
		if calm++; moves < 12 && calm == 5 {
			moves, calm = moves+1, 0
			k.node.Cut(2)
			k.node.Mine(3)
		}
	}
	// A source may end where the chain ended when it began.
	for round := 0; round < 100 && moves < 12; round++ {
		if err := k.steps(ctx, func(n LiveNode) { n.Mine(1) }); err != nil {
			return err
		}
	}
	if err := k.steps(ctx); err != nil {
		return err
	}
	if err := k.is(ctx, k.undone); err != nil {
		return err
	}
	if moves != 12 {
		return fmt.Errorf("the chain moved %d times of 12", moves)
	}
	return nil
}

// fallsWhileRead: the chain loses its top while it is read, and goes on otherwise
// at the next look.
func fallsWhileRead(ctx context.Context, open opening) error {
	k, fell := open(40), false
	k.taken = func() {
		if at := k.kept[len(k.kept)-1].Key.Block - k.kept[0].Key.Block; at == 20 && !fell {
			fell = true
			k.node.Cut(30)
			k.node.Mine(1)
		}
	}
	if err := k.steps(ctx, func(n LiveNode) { n.Mine(3) }); err != nil {
		return err
	}
	return k.is(ctx, k.undone)
}

// dropsTransfers: what a broken answer held comes when it is asked for again.
func dropsTransfers(ctx context.Context, open opening) error {
	k := open(4)
	if err := k.steps(ctx, func(n LiveNode) { n.Mine(2); n.Drop(1) }, func(n LiveNode) { n.Cut(3); n.Mine(4); n.Drop(2) }); err != nil {
		return err
	}
	return k.is(ctx, 3)
}

// resumesTransfers: a reader that stopped at any transfer goes on there, over what
// was reorganised meanwhile.
func resumesTransfers(ctx context.Context, open opening) error {
	whole := open(9)
	if err := whole.sync(ctx); err != nil {
		return err
	}
	for stop := 1; stop <= len(whole.kept); stop++ {
		k := open(9)
		for t, err := range k.src.All(ctx) {
			if err != nil {
				return err
			}
			if k.kept = append(k.kept, t); len(k.kept) == stop {
				break
			}
		}
		top := int(k.kept[stop-1].Key.Block - k.node.Chain()[0].Height)
		k.node.Cut(2)
		k.node.Mine(4)
		err := k.steps(ctx)
		if err == nil {
			err = k.is(ctx, max(0, top-6))
		}
		if err != nil {
			return fmt.Errorf("after a stop at %d: %w", stop, err)
		}
	}
	return nil
}

// cursorGone: a reader whose block goes after it was asked whether it stands is told
// so. To give nothing, or another block's transfers, would be to lose some.
func cursorGone(ctx context.Context, open opening) error {
	k := open(6)
	if err := k.sync(ctx); err != nil {
		return err
	}
	top := k.kept[len(k.kept)-1]
	if standing, err := k.src.Holds(ctx, &top); err != nil || standing != ledger.Held {
		return fmt.Errorf("the top stands, and is said to be %v, %v", standing, err)
	}
	k.node.Cut(2)
	if all, err := drain(k.src.From(ctx, ledger.At(&top))); len(all) > 0 || !errors.Is(err, ledger.ErrCursor) {
		return fmt.Errorf("the block of the cursor is gone, and the reader is given %d transfers and %v", len(all), err)
	}
	return nil
}

// otherTransfers: a reader whose blocks are all of another chain is told that each
// is left, and not given what comes after.
func otherTransfers(ctx context.Context, open opening) error {
	k := open(6)
	if err := k.sync(ctx); err != nil {
		return err
	}
	k.node.Cut(6)
	k.node.Mine(8)
	if err := k.sync(ctx); !errors.Is(err, errOther) {
		return fmt.Errorf("the reader is of another chain, and is told %v", err)
	}
	return nil
}

// randomTransfers: hundreds of rounds of all of the above.
func randomTransfers(ctx context.Context, open opening) error {
	rng := rand.New(rand.NewPCG(3, 4))
	k := open(30)
	for range 300 {
		hidden, _ := anything(rng, k.node)
		if err := k.sync(ctx); err != nil {
			return err
		}
		if hidden {
			k.node.Hide(0)
		}
	}
	if err := k.sync(ctx); err != nil {
		return err
	}
	if k.undone < 300 {
		return fmt.Errorf("only %d blocks were given up", k.undone)
	}
	return k.is(ctx, k.undone)
}
