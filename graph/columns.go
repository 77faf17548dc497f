package graph

import (
	"errors"
	"fmt"
	"io/fs"
	"sort"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/money"
)

// wide is an amount that does not fit its column of 64 bits: the column then
// holds wideMark, and the amount stands here under the id of its value.
type wide = struct{ ID, Lo, Hi uint64 }

const (
	wideMark = ^uint64(0)
	// noAccount stands for a transfer without a credit.
	noAccount = ^uint32(0)
)

// columns are the columns of a store; those that its layout lacks are nil. Ids
// are positions: of transfers (tx), credits (out) and debits that spend (in).
type columns struct {
	// Coins: a transaction's outputs begin at txOut, its inputs at txIn.
	txOut, txIn *disk.Column[uint32]
	txFee       *disk.Column[uint64]
	outValue    *disk.Column[uint64]
	outAccount  *disk.Column[uint32]
	outSpent    *disk.Column[uint32] // the spending transaction, 0 is none; in place
	inCoin      *disk.Column[uint32] // the output it spends

	// Blocks.
	txID                              *disk.Column[[32]byte]
	txTwin                            *disk.Column[uint32] // transactions whose id came before
	blockTx, blockFile, blockAccounts *disk.Column[uint32]
	blockTime, blockHeight            *disk.Column[uint64]
	blockSubsidy, blockOffset         *disk.Column[uint64]
	blockHash                         *disk.Column[[32]byte]

	// Accounts.
	from, to, asset *disk.Column[uint32]
	amount          *disk.Column[uint64]
	flags           *disk.Column[uint8]

	// Accounts in blocks: where a transaction's transfers begin, and its place in
	// its block. Of the columns of blocks it has those above but the subsidy, and
	// transaction ids if the source has them.
	txMove, txPlace *disk.Column[uint32]

	// All.
	rec       *disk.Heap // nil with blocks
	wideValue *disk.Column[wide]
	wideFee   *disk.Column[wide]
	accounts  *disk.Heap // keys
	known     *disk.Column[uint8]
	strings   *disk.Heap

	stored []disk.Stored
}

// flags of a transfer between accounts.
const (
	flagFailed uint8 = 1 << iota
	flagTied         // with the one before it
	flagConversion
	flagGas
	flagOpening
)

// openColumns opens the columns of a layout at the extents of a manifest.
func openColumns(dir string, m *manifest, writable bool) (*columns, error) {
	o := opener{dir: dir, m: m, writable: writable}
	c := &columns{}
	c.accounts, c.strings = o.heap("accounts", m.Accounts), o.heap("strings", m.Strings)
	c.known, c.wideValue = col[uint8](&o, verdictsName(m.Verdicts), false), col[wide](&o, "wide", false)
	if m.Layout == layoutMoves || m.Layout == layoutCoins {
		c.rec = o.heap("records", m.Records)
	}
	switch m.Layout {
	case layoutMoves, layoutFlows:
		c.from, c.to, c.asset = col[uint32](&o, "from", false), col[uint32](&o, "to", false), col[uint32](&o, "asset", false)
		c.amount, c.flags = col[uint64](&o, "amount", false), col[uint8](&o, "flags", false)
	case layoutBlocks, layoutCoins:
		c.txOut, c.txIn, c.txFee = col[uint32](&o, "tx.out", false), col[uint32](&o, "tx.in", false), col[uint64](&o, "tx.fee", false)
		c.wideFee = col[wide](&o, "wide.fee", false)
		c.outValue, c.outAccount = col[uint64](&o, "out.value", false), col[uint32](&o, "out.account", false)
		c.outSpent, c.inCoin = col[uint32](&o, "out.spent", true), col[uint32](&o, "in.coin", false)
	default:
		o.err = fmt.Errorf("%s: layout %q is not one of this program's: %w", dir, m.Layout, ErrVersion)
	}
	switch m.Layout {
	case layoutBlocks:
		openBlocks(&o, c)
		c.txTwin, c.blockSubsidy = col[uint32](&o, "tx.twin", false), col[uint64](&o, "block.subsidy", false)
	case layoutFlows:
		openBlocks(&o, c)
		c.txMove, c.txPlace = col[uint32](&o, "tx.move", false), col[uint32](&o, "tx.place", false)
		c.wideFee = col[wide](&o, "wide.fee", false)
	}
	c.stored = o.opened
	if o.err != nil {
		c.close()
		return nil, missing(o.err)
	}
	return c, nil
}

// openBlocks opens the columns that layouts of blocks have in common.
func openBlocks(o *opener, c *columns) {
	c.txID = col[[32]byte](o, "tx.id", false)
	c.blockTx, c.blockFile = col[uint32](o, "block.tx", false), col[uint32](o, "block.file", false)
	c.blockAccounts = col[uint32](o, "block.accounts", false)
	c.blockTime, c.blockHeight = col[uint64](o, "block.time", false), col[uint64](o, "block.height", false)
	c.blockOffset = col[uint64](o, "block.offset", false)
	c.blockHash = col[[32]byte](o, "block.hash", false)
}

// verdictsName names the column of the accounts' verdicts, which is written anew
// when they may have changed.
func verdictsName(generation int) string { return fmt.Sprintf("verdicts.%d", generation) }

// missing turns a file that is not there into damage: the manifest names it.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	return err
}

// opener opens columns until one fails.
type opener struct {
	dir      string
	m        *manifest
	writable bool
	opened   []disk.Stored
	err      error
}

func col[T disk.Fixed](o *opener, name string, inPlace bool) *disk.Column[T] {
	if o.err != nil {
		return nil
	}
	c, err := disk.OpenColumn[T](o.dir, name, o.m.Extents[name], o.writable, inPlace)
	if err != nil {
		o.err = err
		return nil
	}
	o.opened = append(o.opened, c)
	return c
}

func (o *opener) heap(name string, n int) *disk.Heap {
	if o.err != nil {
		return nil
	}
	h, err := disk.OpenHeap(o.dir, name, n, o.m.Extents, o.writable)
	if err != nil {
		o.err = err
		return nil
	}
	o.opened = append(o.opened, h.Columns()...)
	return h
}

func (c *columns) close() error {
	var err error
	for _, s := range c.stored {
		err = errors.Join(err, s.Close())
	}
	c.stored = nil
	return err
}

// restore gives an amount from its column of 64 bits, and from the amounts that
// did not fit there, which stand by rising id.
func restore(lo uint64, id int, wides *disk.Column[wide]) money.Amount {
	if lo != wideMark {
		return money.Units(lo)
	}
	all := wides.All()
	i := sort.Search(len(all), func(i int) bool { return all[i].ID >= uint64(id) })
	if i == len(all) || all[i].ID != uint64(id) {
		return money.Units(lo) // damage, which Check reports
	}
	return money.FromWords(all[i].Hi, all[i].Lo)
}

// keep gives the 64 bits of an amount for its column, and keeps one that needs
// more among the wide ones.
func keep(a money.Amount, id int, wides *disk.Column[wide]) (uint64, error) {
	hi, lo := a.Words()
	if hi == 0 && lo != wideMark {
		return lo, nil
	}
	return wideMark, wides.Append(wide{ID: uint64(id), Lo: lo, Hi: hi})
}

// cutWide takes back the wide amounts of ids from id on.
func cutWide(wides *disk.Column[wide], id int) {
	all := wides.All()
	wides.Cut(sort.Search(len(all), func(i int) bool { return all[i].ID >= uint64(id) }))
}
