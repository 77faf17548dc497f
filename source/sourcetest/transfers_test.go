package sourcetest

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// slip is one thing that a wrong live source of transfers does.
type slip int

const (
	noSlip slip = iota
	saysHeld
	saysLeft
	saysBeyond
	restarts
	skipsOne
	givesTwice
	mixesChains
	breaksOff
	losesOne
	trustsCursor
)

// toyLive reads a toyNode: two transfers a block.
type toyLive struct {
	node *toyNode
	slip slip
}

func (s *toyLive) Info() ledger.Info                               { return ledger.Info{ID: "toy", Model: ledger.Accounts} }
func (s *toyLive) Completeness(ledger.Account) ledger.Completeness { return ledger.Completeness{} }

func toyTransfers(b ledger.BlockRef) (out []ledger.Transfer) {
	for i := range uint32(2) {
		id := fmt.Sprintf("%d/%d", b.Height, i) // as NEM's blocks have it: it says nothing of the chain
		out = append(out, ledger.Transfer{Ledger: "toy", ID: id, Tx: id, Asset: "unit", Key: ledger.Key{Block: b.Height, Tx: i}, Evidence: hex.EncodeToString(b.Hash[:]),
			Debits: []ledger.Debit{{Account: "a", Amount: money.Units(1)}}, Credits: []ledger.Credit{{Account: "b", Amount: money.Units(1)}}})
	}
	return out
}

func (s *toyLive) Holds(_ context.Context, t *ledger.Transfer) (ledger.Standing, error) {
	chain := s.node.Chain()
	switch {
	case s.slip == saysHeld:
		return ledger.Held, nil
	case t.Key.Block >= uint64(len(chain)) && s.slip == saysLeft:
		return ledger.Left, nil
	case t.Key.Block >= uint64(len(chain)):
		return ledger.Beyond, nil
	case chain[t.Key.Block].Hash == hashNamed(t):
		return ledger.Held, nil
	case s.slip == saysBeyond:
		return ledger.Beyond, nil
	}
	return ledger.Left, nil
}

func (s *toyLive) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return s.From(ctx, ledger.Cursor{})
}

// From reads block by block, and sees when the chain below moves.
func (s *toyLive) From(_ context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		found := after.IsZero() || s.slip == restarts
		var last ledger.BlockRef
		for h := 0; h < len(s.node.Chain()); h++ {
			if h > 0 && s.slip != mixesChains && s.node.Chain()[h-1] != last {
				yield(ledger.Transfer{}, fmt.Errorf("moved: %w", ledger.ErrCursor))
				return
			}
			last = s.node.Chain()[h]
			if s.node.drops > 0 && s.slip == breaksOff {
				yield(ledger.Transfer{}, errDropped)
				return
			}
			if s.node.drops > 0 && s.slip == losesOne && h == len(s.node.Chain())-2 {
				s.node.drops = 0
				continue
			}
			for _, t := range toyTransfers(last) {
				if found {
					if s.slip == skipsOne && !after.IsZero() {
						after = ledger.Cursor{}
						continue
					}
					if !yield(t, nil) {
						return
					}
				}
				found = found || ledger.At(&t) == after
				if found && s.slip == givesTwice && ledger.At(&t) == after && !yield(t, nil) {
					return
				}
			}
		}
		if !found && s.slip != trustsCursor {
			yield(ledger.Transfer{}, ledger.ErrCursor)
		}
	}
}

func toyKeeper(s slip) opening {
	return func(blocks int) *keeper {
		n := &toyNode{}
		n.Mine(blocks)
		return &keeper{src: &toyLive{node: n, slip: s}, node: n, of: hashNamed}
	}
}

func hashNamed(t *ledger.Transfer) (h ledger.Hash) {
	if _, err := hex.Decode(h[:], []byte(t.Evidence)); err != nil {
		panic(err)
	}
	return h
}

func TestLiveTransfers(t *testing.T) {
	RunLiveTransfers(t, func(_ *testing.T, blocks int) (ledger.Live, LiveNode, func(*ledger.Transfer) ledger.Hash) {
		k := toyKeeper(noSlip)(blocks)
		return k.src, k.node, k.of
	})
}

// TestLiveTransfersNotices gives the suite sources with one slip each: the check
// that is meant for it notices.
func TestLiveTransfersNotices(t *testing.T) {
	for name, c := range map[string]struct {
		slip  slip
		check func(context.Context, opening) error
	}{
		"says that all stands":                  {saysHeld, replacesTransfers},
		"says that what is beyond has left":     {saysLeft, behindTransfers},
		"says that what has left is beyond":     {saysBeyond, shorterTransfers},
		"starts over":                           {restarts, headsOfTransfers},
		"leaves one out":                        {skipsOne, resumesTransfers},
		"gives one twice":                       {givesTwice, keepsUp},
		"does not see the chain move":           {mixesChains, movesWhileRead},
		"gives up at a dropped connection":      {breaksOff, dropsTransfers},
		"loses what a broken answer held":       {losesOne, dropsTransfers},
		"does not miss its cursor":              {trustsCursor, cursorGone},
		"says that another chain stands":        {saysHeld, otherTransfers},
		"says that a fallen chain stands":       {saysHeld, fallsWhileRead},
		"is wrong in any way (says it is held)": {saysHeld, randomTransfers},
	} {
		if err := c.check(t.Context(), toyKeeper(c.slip)); err == nil {
			t.Errorf("nobody noticed a source that %s", name)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
}
