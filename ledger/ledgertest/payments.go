package ledgertest

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math/bits"
	"math/rand/v2"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Payments is a synthetic account ledger of any size that comes in blocks: a
// ledger.MoveSource. Each block follows from the seed and its height alone, so
// that reading can begin anywhere, and memory does not grow. One payer in eight is
// a hub, and one payee: the largest hub pays about a sixteenth of all transfers and
// gets as many, the next half of that, and so on to the sixteenth. Elsewhere degrees
// are skewed: the density of account i is as 1/sqrt(i). Balances are not kept:
// accounts pay what the data never shows arriving.
type Payments struct {
	Seed      uint64
	Transfers int
	// Accounts is how many there are beside the trail; 0 is a tenth of Transfers.
	Accounts int
	// PerBlock is how many transfers a block has; 0 is 4096.
	PerBlock int
	// Hops plants a trail: a mint to Trail(0) at a half of the ledger, then
	// payments of all of it from each Trail account to the next, evenly spread,
	// to Trail(Hops). Nobody else pays or is paid by them. 0 plants none. There
	// must be more blocks after the half than hops.
	Hops int
	// Hashed gives the transactions ids of 32 bytes.
	Hashed bool
	// Fork, if set, is the height from which on the blocks follow from ForkSeed.
	Fork     int
	ForkSeed uint64
}

// PaymentsID is the id of its ledger; PaymentsLoot what its trail carries.
const (
	PaymentsID   ledger.ID = "test:payments"
	PaymentsLoot uint64    = 777_000_777
)

// hubs is how many accounts are hubs.
const hubs = 16

// Info implements ledger.Source.
func (p Payments) Info() ledger.Info {
	return ledger.Info{
		ID: PaymentsID, Model: ledger.Accounts, Native: "unit", Blocks: true,
		Assets: []money.Asset{{ID: "unit"}, {ID: "token"}}, Input: "synthetic payments",
	}
}

// Codec implements ledger.MoveSource.
func (p Payments) Codec() ledger.Codec { return ledger.Plain{} }

// Completeness implements ledger.Source: what accounts opened with is missing.
func (p Payments) Completeness(ledger.Account) ledger.Completeness {
	return ledger.Completeness{Opening: ledger.Gap}
}

// All implements ledger.Source.
func (p Payments) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return ledger.MoveTransfers(ctx, p)
}

func (p Payments) perBlock() int {
	if p.PerBlock == 0 {
		return 4096
	}
	return p.PerBlock
}

func (p Payments) accounts() uint64 {
	if p.Accounts == 0 {
		return uint64(max(p.Transfers/10, 2*hubs))
	}
	return uint64(p.Accounts)
}

func (p Payments) blocks() int { return (p.Transfers + p.perBlock() - 1) / p.perBlock() }

// Tip is the last block.
func (p Payments) Tip() ledger.BlockRef { return p.ref(p.blocks()) }

// ref names the block at a height; the first has height 1.
func (p Payments) ref(height int) ledger.BlockRef {
	if height == 0 {
		return ledger.BlockRef{}
	}
	return ledger.BlockRef{Height: uint64(height), Hash: digest([]byte("payments"), p.seed(height), uint64(height))}
}

func (p Payments) seed(height int) uint64 {
	if p.Fork > 0 && height >= p.Fork {
		return p.ForkSeed
	}
	return p.Seed
}

// MoveBlocks implements ledger.MoveSource. Blocks are made ahead of the reader.
func (p Payments) MoveBlocks(ctx context.Context, after ledger.BlockRef) iter.Seq2[*ledger.MoveBlock, error] {
	return func(yield func(*ledger.MoveBlock, error) bool) {
		if after.Height > uint64(p.blocks()) || p.ref(int(after.Height)) != after {
			yield(nil, fmt.Errorf("block %d %s: %w", after.Height, after.Hash, ledger.ErrCursor))
			return
		}
		ctx, stop := context.WithCancel(ctx)
		ready, free := make(chan *ledger.MoveBlock), make(chan *ledger.MoveBlock, 3)
		defer func() {
			stop()
			for range ready {
			}
		}()
		for range cap(free) {
			free <- &ledger.MoveBlock{Assets: []money.AssetID{"unit", "token"}, File: "payments", Hashed: p.Hashed}
		}
		go func() {
			defer close(ready)
			for h := int(after.Height) + 1; h <= p.blocks(); h++ {
				var b *ledger.MoveBlock
				select {
				case b = <-free:
				case <-ctx.Done():
					return
				}
				p.fill(b, h)
				select {
				case ready <- b:
				case <-ctx.Done():
					return
				}
			}
		}()
		for b := range ready {
			if !yield(b, nil) {
				return
			}
			free <- b
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// fill makes the block at a height.
func (p Payments) fill(b *ledger.MoveBlock, height int) {
	b.BlockRef, b.Parent = p.ref(height), p.ref(height-1).Hash
	b.Time, b.Offset = 1_500_000_000+12*int64(height), int64(height)
	b.Txs, b.Moves, b.Keys = b.Txs[:0], b.Moves[:0], b.Keys[:0]
	r := rand.NewPCG(p.seed(height), uint64(height))
	count := min(p.perBlock(), p.Transfers-(height-1)*p.perBlock())
	n := p.accounts()
	planted := p.planted(height)
	place := uint32(0)
	for i := range count {
		who, how := r.Uint64(), r.Uint64()
		if how&1 != 0 || i == 0 || i == 1 && planted >= 0 {
			b.Txs = append(b.Txs, ledger.MoveTx{Place: place})
			place += 1 + uint32(how>>1&1)
		}
		if i == 0 && planted >= 0 {
			p.plant(b, planted)
		} else {
			pay(b, who, how, n)
		}
		b.Txs[len(b.Txs)-1].Moves = uint32(len(b.Moves))
	}
	if p.Hashed {
		for i := range b.Txs {
			b.Txs[i].ID = digest(b.Hash[:], uint64(i), 1)
		}
	}
}

// pay appends a move drawn by two words.
func pay(b *ledger.MoveBlock, who, how, n uint64) {
	m := ledger.Move{Amount: money.Units(how >> 24), Asset: uint32(how >> 2 & 1)}
	b.Keys = appendPayer(b.Keys, drawn(uint32(who), uint32(how>>3&7), uint32(how>>24), n))
	m.From = uint32(len(b.Keys))
	odd := how >> 9 & 63
	if odd >= 2 {
		b.Keys = appendPayer(b.Keys, drawn(uint32(who>>32), uint32(how>>6&7), uint32(how>>40), n))
	}
	m.To = uint32(len(b.Keys))
	switch {
	case odd == 0: // gas
		m.Amount, m.Fee, m.Kind = money.Zero, m.Amount, ledger.Gas
	case odd == 1:
		m.Amount, m.Fee, m.Failed = money.Zero, m.Amount, true
	case odd == 2:
		m.Fee = money.Units(how >> 50)
	case odd == 3 && how>>15&511 == 0: // beyond 64 bits
		m.Amount = money.FromWords(how>>60+1, how)
	}
	b.Moves = append(b.Moves, m)
}

// drawn draws an account by 32 random bits, three that choose hubs, and bits
// that choose which.
func drawn(u, hub, which uint32, n uint64) uint64 {
	if hub == 0 {
		return uint64(min(bits.TrailingZeros32(which), hubs-1))
	}
	square := uint64(u) * uint64(u) >> 32
	return square * n >> 32
}

// planted is which step of the trail a block holds first, -1 for none.
func (p Payments) planted(height int) int {
	half := p.blocks() / 2
	if p.Hops == 0 || height <= half {
		return -1
	}
	every := max(1, (p.blocks()-half-1)/p.Hops)
	if step := (height - half - 1) / every; (height-half-1)%every == 0 && step <= p.Hops {
		return step
	}
	return -1
}

// plant appends a step of the trail: the theft, or a hop.
func (p Payments) plant(b *ledger.MoveBlock, step int) {
	from := string(ledger.Outside)
	if step > 0 {
		from = string(p.Trail(step - 1))
	}
	b.Keys = append(b.Keys, from...)
	m := ledger.Move{Amount: money.Units(PaymentsLoot), From: uint32(len(b.Keys))}
	b.Keys = append(b.Keys, p.Trail(step)...)
	m.To = uint32(len(b.Keys))
	b.Moves = append(b.Moves, m)
}

// Trail names an account of the planted trail.
func (p Payments) Trail(i int) ledger.Account {
	return ledger.Account(fmt.Sprintf("trail%015d", i))
}

// Payer names an account by its number: 20 bytes, as many as an address has.
// The first 16 are the hubs.
func (p Payments) Payer(i uint64) ledger.Account { return ledger.Account(appendPayer(nil, i)) }

// appendPayer writes four letters and the hex digits of a mix of the number
// that gives no two numbers the same (odd multiplications and shifts).
func appendPayer(dst []byte, i uint64) []byte {
	const digits = "0123456789abcdef"
	i = (i ^ i>>30 ^ 0x9e3779b9) * 0xbf58476d1ce4e5b9
	i ^= i >> 31
	var b [20]byte
	binary.BigEndian.PutUint32(b[:], 0x61636374) // acct
	for k := range 16 {
		b[4+k] = digits[i&15]
		i >>= 4
	}
	return append(dst, b[:]...)
}
