package ledger

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// MoveBlock is one block of an account ledger in compact form: the fast way from
// a source to a store, without a Transfer per move. What needs ties, conversions
// or columns kept goes the other way, as transfers. A reader must not keep it or
// its slices beyond the next block.
type MoveBlock struct {
	// BlockRef is the block; its hash is zero where the source has none.
	BlockRef
	// Parent is the block before, which a reader compares when Height follows.
	Parent Hash
	// Time is in Unix seconds, 0 when it is not known.
	Time int64
	// Txs are in block order; each has at least one move.
	Txs   []MoveTx
	Moves []Move
	// Assets are what the moves' asset numbers mean.
	Assets []money.AssetID
	// Keys holds the account keys of the moves (Codec), the debited before the
	// credited one.
	Keys []byte
	// Hashed says whether the transactions have ids of 32 bytes; else they are
	// called by their place. All blocks of a ledger agree.
	Hashed bool
	// File and Offset say where the block was read, for evidence and errors.
	File   string
	Offset int64
}

// MoveTx is one transaction: its id as it prints (not reversed), its place in
// the block (Key.Tx, rising), and where its moves end. Key.Sub of a move is its
// place among them.
type MoveTx struct {
	ID    [32]byte
	Place uint32
	Moves uint32
}

// Move is one movement of one asset. From and To are where the keys of its
// accounts end in Keys; each begins where the key before it ends. An empty key
// of To means that nobody is credited: then Amount is zero, and the move pays
// its fee only.
type Move struct {
	// Amount is what is credited, Fee what leaves the debited account besides.
	Amount, Fee money.Amount
	From, To    uint32
	Asset       uint32
	Kind        Kind // Value, Gas or Opening
	Failed      bool
}

// MoveSource is a source of an account ledger that can hand over whole blocks.
type MoveSource interface {
	Source
	// Codec reads and writes the account keys of the blocks.
	Codec() Codec
	// MoveBlocks yields, in chain order, the blocks after the given one. It
	// fails with ErrCursor, before any block, when that one is not on the chain.
	MoveBlocks(ctx context.Context, after BlockRef) iter.Seq2[*MoveBlock, error]
}

// MoveTxName is the name of a transaction: its id in hex behind "0x", or
// "height:place" where it has none.
func MoveTxName(id *[32]byte, height uint64, place uint32) string {
	if id != nil {
		return "0x" + hex.EncodeToString(id[:])
	}
	return strconv.FormatUint(height, 10) + ":" + strconv.FormatUint(uint64(place), 10)
}

// MoveID is the id of a move: its transaction and its place there.
func MoveID(tx string, sub uint32) string { return tx + "/" + strconv.FormatUint(uint64(sub), 10) }

// CutMoveID takes an id apart; false for what MoveID does not write.
func CutMoveID(id string) (tx string, sub uint32, ok bool) {
	tx, digits, ok := strings.Cut(id, "/")
	n, err := strconv.ParseUint(digits, 10, 32)
	return tx, uint32(n), ok && err == nil && strconv.FormatUint(n, 10) == digits
}

// MoveTransfers reads a source of blocks as transfers: what its All yields.
func MoveTransfers(ctx context.Context, src MoveSource) iter.Seq2[Transfer, error] {
	return func(yield func(Transfer, error) bool) {
		for b, err := range src.MoveBlocks(ctx, BlockRef{}) {
			if err != nil {
				yield(Transfer{}, err)
				return
			}
			if !b.transfers(src.Info().ID, src.Codec(), yield) {
				return
			}
		}
	}
}

func (b *MoveBlock) transfers(id ID, codec Codec, yield func(Transfer, error) bool) bool {
	at, key := uint32(0), uint32(0)
	for i := range b.Txs {
		tx := &b.Txs[i]
		hash := &tx.ID
		if !b.Hashed {
			hash = nil
		}
		name := MoveTxName(hash, b.Height, tx.Place)
		for sub := uint32(0); at < tx.Moves; at, sub = at+1, sub+1 {
			m := &b.Moves[at]
			t, err := b.transfer(m, key, codec)
			t.Ledger, t.Tx, t.ID = id, name, MoveID(name, sub)
			t.Key = Key{Block: b.Height, Tx: tx.Place, Sub: sub}
			if !yield(t, err) || err != nil {
				return false
			}
			key = m.To
		}
	}
	return true
}

// transfer makes the transfer of a move whose keys begin at key.
func (b *MoveBlock) transfer(m *Move, key uint32, codec Codec) (Transfer, error) {
	t := Transfer{Asset: b.Assets[m.Asset], Kind: m.Kind, Failed: m.Failed, Fee: m.Fee, Evidence: BlockEvidence(b.File, b.Offset)}
	if b.Time != 0 {
		t.Time = time.Unix(b.Time, 0).UTC()
	}
	from, err := codec.Account(b.Keys[key:m.From])
	if err != nil {
		return t, fmt.Errorf("%s: %w", t.Evidence, err)
	}
	paid, fits := m.Amount.CheckedAdd(m.Fee)
	if !fits {
		return t, fmt.Errorf("%s: value and fee: %w", t.Evidence, money.ErrOverflow)
	}
	t.Debits = []Debit{{Account: from, Amount: paid}}
	if m.To > m.From {
		to, err := codec.Account(b.Keys[m.From:m.To])
		if err != nil {
			return t, fmt.Errorf("%s: %w", t.Evidence, err)
		}
		t.Credits = []Credit{{Account: to, Amount: m.Amount}}
	}
	return t, nil
}
