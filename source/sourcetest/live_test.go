package sourcetest

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// toyNode is a node in memory.
type toyNode struct {
	chain         []ledger.BlockRef
	made          uint64
	hidden, drops int
}

func (n *toyNode) Mine(k int) {
	for range k {
		n.made++
		b := ledger.BlockRef{Height: uint64(len(n.chain))}
		binary.BigEndian.PutUint64(b.Hash[8:], n.made)
		n.chain = append(n.chain, b)
	}
}
func (n *toyNode) Cut(k int)                { n.chain = slices.Clone(n.chain[:len(n.chain)-k]) }
func (n *toyNode) Hide(k int)               { n.hidden = k }
func (n *toyNode) Drop(k int)               { n.drops = k }
func (n *toyNode) Chain() []ledger.BlockRef { return n.chain[:len(n.chain)-n.hidden] }

var errDropped = errors.New("connection dropped")

// defect is one thing that a wrong follower does.
type defect int

const (
	none defect = iota
	skipsMissed
	repeatsHead
	deepens
	wantsLonger
	undoesBehind
	staysBehind
	trustsHeights
	givesUp
	losesDropped
	startsOver
	undoesForeign
	neverEnds
	silentEnd
	bottomUp
	promises
)

// toyFollower follows a toyNode, with at most one defect.
type toyFollower struct {
	ledgertest.Chain
	node   *toyNode
	idle   func() error
	defect defect
}

func (f *toyFollower) Follow(ctx context.Context, top ledger.BlockRef, have func(uint64) (ledger.BlockRef, bool)) iter.Seq2[ledger.Change, error] {
	return func(yield func(ledger.Change, error) bool) {
		if f.defect == startsOver {
			top = ledger.BlockRef{}
		}
		for {
			ok, err := f.round(&top, have, yield)
			if !ok {
				return
			}
			if err == nil {
				err = f.idle()
			}
			if err == nil && f.defect != neverEnds {
				err = ctx.Err()
			}
			if err != nil && f.defect == silentEnd {
				return
			}
			if err != nil {
				yield(ledger.Change{}, err)
				return
			}
		}
	}
}

// round looks once; false when the reader has stopped.
func (f *toyFollower) round(top *ledger.BlockRef, have func(uint64) (ledger.BlockRef, bool), yield func(ledger.Change, error) bool) (bool, error) {
	if f.node.drops > 0 {
		f.node.drops--
		switch f.defect {
		case givesUp:
			return true, errDropped
		case losesDropped:
			if chain := f.node.Chain(); len(chain) > int(top.Height)+1 {
				*top = chain[top.Height+1]
			}
		}
		return true, nil
	}
	left, at, err := f.left(*top, have)
	if err != nil {
		return true, err
	}
	if f.defect == bottomUp {
		slices.Reverse(left)
	}
	for _, b := range left {
		if !yield(ledger.Change{Undo: b}, nil) {
			return false, nil
		}
	}
	*top = at
	for chain := f.node.Chain(); ; {
		next := int(top.Height) + 1
		if *top == (ledger.BlockRef{}) {
			next = 0
		}
		if f.defect == skipsMissed && next > 0 && next < len(chain) {
			next = len(chain) - 1
		}
		if f.defect == repeatsHead && next > 1 && next == len(chain) {
			next--
		}
		if next >= len(chain) || f.defect != trustsHeights && next > 0 && chain[next-1] != *top && f.defect != skipsMissed && f.defect != repeatsHead {
			return true, nil
		}
		b := &ledger.CoinBlock{BlockRef: chain[next]}
		if next > 0 {
			b.Parent = chain[next-1].Hash
		}
		*top = b.BlockRef
		if !yield(ledger.Change{Apply: b, More: f.defect == promises || next < len(chain)-1}, nil) {
			return false, nil
		}
		if f.defect == repeatsHead && next == len(chain)-1 {
			return true, nil
		}
	}
}

// left are the reader's blocks that the chain has left, from the top, and the
// block below them.
func (f *toyFollower) left(top ledger.BlockRef, have func(uint64) (ledger.BlockRef, bool)) ([]ledger.BlockRef, ledger.BlockRef, error) {
	var left []ledger.BlockRef
	chain, at, behind := f.node.Chain(), top, true
	for at != (ledger.BlockRef{}) && (at.Height >= uint64(len(chain)) || chain[at.Height] != at) {
		behind = behind && at.Height >= uint64(len(chain))
		left = append(left, at)
		below, known := have(at.Height - 1)
		if at.Height == 0 || !known {
			if f.defect == undoesForeign {
				return left, ledger.BlockRef{}, nil
			}
			return nil, top, errors.New("another chain")
		}
		at = below
	}
	switch {
	case f.defect == staysBehind && len(left) > 0 && behind:
		return nil, top, errors.New("the node is behind")
	case behind && f.defect != undoesBehind, f.defect == wantsLonger && len(chain) <= int(top.Height)+1, f.defect == trustsHeights:
		return nil, top, nil
	case f.defect == deepens && len(left) > 0 && at.Height > 0:
		below, _ := have(at.Height - 1)
		return append(left, at), below, nil
	}
	return left, at, nil
}

func toy(d defect) opener {
	return func(blocks int, idle func() error) (ledger.Follower, LiveNode) {
		n := &toyNode{}
		n.Mine(blocks)
		return &toyFollower{node: n, idle: idle, defect: d}, n
	}
}

func TestLiveSuite(t *testing.T) {
	RunLive(t, func(_ *testing.T, blocks int, idle func() error) (ledger.Follower, LiveNode) {
		return toy(none)(blocks, idle)
	})
}

// TestLiveSuiteNotices gives the suite followers with one defect each: the check
// that is meant for it notices, and so does the suite.
func TestLiveSuiteNotices(t *testing.T) {
	for name, c := range map[string]struct {
		defect defect
		check  func(context.Context, opener) error
	}{
		"leaves out missed heads":             {skipsMissed, missedHeads},
		"tells a head again":                  {repeatsHead, doubledHeads},
		"undoes a block too many":             {deepens, reorganisation},
		"undoes from the bottom up":           {bottomUp, reorganisation},
		"does not look at hashes":             {trustsHeights, reorganisation},
		"waits for a longer chain":            {wantsLonger, shorterChain},
		"undoes what a node behind lacks":     {undoesBehind, fallsBehind},
		"fails when a node is behind":         {staysBehind, fallsBehind},
		"does not see the chain move":         {trustsHeights, movingWhileRead},
		"gives up at a dropped connection":    {givesUp, droppedConnection},
		"loses what a broken answer held":     {losesDropped, droppedConnection},
		"promises what does not come":         {promises, catchingUp},
		"starts over":                         {startsOver, resumesFollowing},
		"undoes a reader of another chain":    {undoesForeign, anotherChain},
		"is deaf to cancellation":             {neverEnds, endOfFollowing},
		"ends without saying why":             {silentEnd, endOfFollowing},
		"is wrong in any way (undo too many)": {deepens, anythingAtRandom},
		"is wrong in any way (a lost block)":  {losesDropped, anythingAtRandom},
		"cannot even start (ends in silence)": {silentEnd, catchingUp},
	} {
		if err := c.check(t.Context(), toy(c.defect)); err == nil {
			t.Errorf("nobody noticed a follower that %s", name)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
}
