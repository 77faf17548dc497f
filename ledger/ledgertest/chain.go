package ledgertest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Chain is a synthetic ledger of coins that comes in blocks: a
// ledger.BlockSource whose every block follows from the seed. Forked chains
// share their blocks up to the fork's height.
type Chain struct {
	Seed uint64
	// Length is how many blocks there are.
	Length int
	// PerBlock is how many transactions a block has on average, beside its
	// coinbase; 0 is 10.
	PerBlock int
	// Fork, if set, is the height from which on the blocks follow from
	// ForkSeed.
	Fork     int
	ForkSeed uint64
}

// ChainID is the id of its ledger.
const ChainID ledger.ID = "test:chain"

// Info implements ledger.Source.
func (c Chain) Info() ledger.Info {
	return ledger.Info{ID: ChainID, Model: ledger.UTXO, Native: "unit", Blocks: true, Assets: []money.Asset{{ID: "unit"}}, Input: "synthetic chain"}
}

// Codec implements ledger.BlockSource.
func (c Chain) Codec() ledger.Codec { return ledger.Plain{} }

// Completeness implements ledger.Source: everything there is.
func (c Chain) Completeness(ledger.Account) ledger.Completeness { return ledger.Completeness{} }

// made is an unspent output of the chain so far.
type made struct {
	coin    ledger.CoinIn
	amount  uint64
	account string
}

// chainState is what the next block follows from.
type chainState struct {
	block   ledger.CoinBlock
	unspent []made
	spent   []made // by the inputs of the block, in order
}

// Blocks implements ledger.BlockSource.
func (c Chain) Blocks(ctx context.Context, after ledger.BlockRef) iter.Seq2[*ledger.CoinBlock, error] {
	return func(yield func(*ledger.CoinBlock, error) bool) {
		found := after == ledger.BlockRef{}
		if !found && after.Height >= uint64(c.Length) {
			yield(nil, fmt.Errorf("block %d: the chain has %d: %w", after.Height, c.Length, ledger.ErrCursor))
			return
		}
		s := &chainState{}
		for h := range c.Length {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			c.next(s, h)
			switch {
			case found:
				if !yield(&s.block, nil) {
					return
				}
			case after == s.block.BlockRef:
				found = true
			case uint64(h) >= after.Height:
				yield(nil, fmt.Errorf("block %d %s: %w", after.Height, after.Hash, ledger.ErrCursor))
				return
			}
		}
	}
}

// next makes the block at a height.
func (c Chain) next(s *chainState, height int) {
	seed := c.Seed
	if c.Fork > 0 && height >= c.Fork {
		seed = c.ForkSeed
	}
	r := rand.New(rand.NewPCG(seed, uint64(height)))
	per := c.PerBlock
	if per == 0 {
		per = 10
	}
	b := &s.block
	parent := b.Hash
	*b = ledger.CoinBlock{
		Parent: parent, Time: 1500000000 + 600*int64(height), Subsidy: 5000,
		Txs: b.Txs[:0], Ins: b.Ins[:0], Outs: b.Outs[:0], Keys: b.Keys[:0], File: "chain", Offset: int64(height),
	}
	s.spent = s.spent[:0]
	b.Height, b.Hash = uint64(height), digest(parent[:], seed, uint64(height))
	s.pay(r, 5000, height)
	for range r.IntN(2*per + 1) {
		in := uint64(0)
		for range 1 + r.IntN(3) {
			if len(s.unspent) == 0 {
				break
			}
			i := r.IntN(len(s.unspent))
			coin := s.unspent[i]
			s.unspent[i] = s.unspent[len(s.unspent)-1]
			s.unspent = s.unspent[:len(s.unspent)-1]
			b.Ins = append(b.Ins, coin.coin)
			s.spent = append(s.spent, coin)
			in += coin.amount
		}
		if in > 0 {
			s.pay(r, in-in/100, height)
		}
	}
}

// pay ends a transaction of the block with outputs that share an amount.
func (s *chainState) pay(r *rand.Rand, amount uint64, height int) {
	b := &s.block
	id := digest(b.Hash[:], uint64(len(b.Txs)), 0)
	first := len(b.Outs)
	for n := 1 + r.IntN(4); n > 0; n-- {
		part := amount
		if n > 1 {
			part = r.Uint64N(amount + 1)
		}
		amount -= part
		account := strconv.FormatUint(r.Uint64N(uint64(10+20*height)), 36)
		b.Keys = append(b.Keys, account...)
		b.Outs = append(b.Outs, ledger.CoinOut{Amount: part, Key: uint32(len(b.Keys))})
		s.unspent = append(s.unspent, made{ledger.CoinIn{Tx: id, Index: uint32(len(b.Outs) - 1 - first)}, part, account})
	}
	b.Txs = append(b.Txs, ledger.CoinTx{ID: id, Ins: uint32(len(b.Ins)), Outs: uint32(len(b.Outs))})
}

func digest(b []byte, n, m uint64) ledger.Hash {
	b = binary.LittleEndian.AppendUint64(append([]byte(nil), b...), n)
	return sha256.Sum256(binary.LittleEndian.AppendUint64(b, m))
}

// All implements ledger.Source.
func (c Chain) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		s := &chainState{}
		for h := range c.Length {
			if err := ctx.Err(); err != nil {
				yield(ledger.Transfer{}, err)
				return
			}
			c.next(s, h)
			ins, outs := uint32(0), uint32(0)
			for i, tx := range s.block.Txs {
				if !yield(s.transfer(i, s.spent[ins:tx.Ins], outs), nil) {
					return
				}
				ins, outs = tx.Ins, tx.Outs
			}
		}
	}
}

func (s *chainState) transfer(i int, spent []made, outs uint32) ledger.Transfer {
	b := &s.block
	t := ledger.Transfer{
		Ledger: ChainID, Key: ledger.Key{Block: b.Height, Tx: uint32(i)}, ID: b.Txs[i].ID.String(), Asset: "unit",
		Time: time.Unix(b.Time, 0).UTC(), Evidence: ledger.BlockEvidence(b.File, b.Offset),
	}
	t.Tx = t.ID
	in, out, key := uint64(0), uint64(0), uint32(0)
	for _, m := range spent {
		t.Debits = append(t.Debits, ledger.Debit{Account: ledger.Account(m.account), Amount: money.Units(m.amount), Spends: ledger.Coin{Tx: m.coin.Tx.String(), Index: m.coin.Index}})
		in += m.amount
	}
	if outs > 0 {
		key = b.Outs[outs-1].Key
	}
	for _, o := range b.Outs[outs:b.Txs[i].Outs] {
		t.Credits = append(t.Credits, ledger.Credit{Account: ledger.Account(b.Keys[key:o.Key]), Amount: money.Units(o.Amount)})
		out, key = out+o.Amount, o.Key
	}
	if i == 0 {
		t.Kind = ledger.Coinbase
		t.Debits = []ledger.Debit{{Account: ledger.Outside, Amount: money.Units(b.Subsidy)}}
	} else {
		t.Fee = money.Units(in - out)
	}
	return t
}
