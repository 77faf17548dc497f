package ledgertest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
)

// BlockFiles makes a chain of Bitcoin's form as a node keeps it: block files
// with real transaction ids, Merkle roots, links of headers and proof of work at
// the lowest difficulty (regtest's). Wallets pay each other and services, join
// their coins, pay out in batches, mix (CoinJoin), and services are robbed. The
// signatures are made up: nothing that reads a chain for its values checks them.
//
// What is planted is known by construction (BlockTruth): the makers mark the
// coins of each heist and carry the marks along, apart from any code under test.
type BlockFiles struct {
	Seed uint64
	// Txs is how many transactions there are beside one coinbase a block.
	Txs int
	// PerBlock is how many of them a block takes; 0 is 2,000.
	PerBlock int
	// FileSize is when the next file begins, in bytes; 0 is 128 MiB, a node's.
	FileSize int
	// Magic opens each record.
	Magic [4]byte
	// Hash160 is RIPEMD-160 of SHA-256, which names keys and scripts.
	Hash160 func([]byte) [20]byte
}

// BlockTruth is what is true of the chain that was written.
type BlockTruth struct {
	Blocks, Txs, Inputs, Outputs int
	// MaxOutput is the largest amount of an output, in satoshi.
	MaxOutput uint64
	CoinJoins int
	// Heists are at most sixteen, in the order of the chain.
	Heists []PlantedHeist
}

// PlantedHeist is a robbery: one transaction whose first output takes all.
type PlantedHeist struct {
	Tx     string // id, as explorers print it
	Number int    // of the transaction in the chain, coinbases included, from 0
	Stolen uint64 // satoshi
	// Reached is how many transactions spend a coin that descends from the
	// stolen one; Ends and Sum are the unspent outputs that do, and their
	// amounts: what poison says.
	Reached, Ends int
	Sum           uint64
}

// maturity is after how many blocks a coinbase may be spent (Bitcoin Core,
// src/consensus/consensus.h).
const maturity = 100

// Regtest's easiest target, and its version bits and block spacing.
const (
	easyBits     = 0x207fffff
	blockVersion = 0x20000000
	firstTime    = 1_300_000_000
	spacing      = 600
)

// errBlockFiles says that the options make no chain.
var errBlockFiles = errors.New("no chain of block files")

// Write makes the files blk00000.dat, blk00001.dat and so on in a folder that
// is there.
func (f BlockFiles) Write(ctx context.Context, dir string) (*BlockTruth, error) {
	if f.Txs < 1 || f.PerBlock < 0 || f.FileSize < 0 || f.Hash160 == nil {
		return nil, fmt.Errorf("%d transactions, %d a block: %w", f.Txs, f.PerBlock, errBlockFiles)
	}
	if f.PerBlock == 0 {
		f.PerBlock = 2000
	}
	if f.FileSize == 0 {
		f.FileSize = 128 << 20
	}
	w := newBlockWriter(dir, f.Magic, f.FileSize)
	m := newMarket(f)
	for m.made < f.Txs {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, w.close())
		}
		m.block()
		if err := w.write(m); err != nil {
			return nil, errors.Join(err, w.close())
		}
		m.height++
	}
	m.tally()
	return &m.truth, w.close()
}

// block makes the transactions of the next block. The coinbase comes first in
// the block, and is made last: it takes the fees.
func (m *market) block() {
	m.body, m.ids, m.fees = m.body[:0], append(m.ids[:0], ledger.Hash{}), 0
	m.truth.Txs++
	m.mature()
	for tries := 0; len(m.ids) <= m.f.PerBlock && m.made < m.f.Txs && tries < 4*m.f.PerBlock; tries++ {
		if m.transact() {
			m.made++
		}
	}
	m.coinbase()
	m.truth.Blocks++
}

// mature hands out the coinbases that may be spent from here on.
func (m *market) mature() {
	for len(m.young) > 0 && m.young[0].height+maturity <= m.height {
		m.give(m.young[0].owner, m.young[0].coin)
		m.young = m.young[1:]
	}
}

// subsidy halves once, at regtest's first halving, so that coins do not run out.
func (m *market) subsidy() uint64 {
	if m.height >= 150 {
		return 25e8
	}
	return 50e8
}

// coinbase makes the first transaction of the block. Early ones have many
// outputs, so that there is something to trade with after a hundred blocks.
func (m *market) coinbase() {
	n := 1
	if m.height < 120 {
		n = 100
	}
	whole := m.subsidy() + m.fees
	part := m.subsidy() / uint64(n)
	var outs []paid
	for i := range n {
		owner, amount := m.payee(), part
		if i == 0 {
			amount = whole - part*uint64(n-1)
		}
		outs = append(outs, paid{owner, m.address(owner, 50), amount})
	}
	script := binary.LittleEndian.AppendUint32([]byte{4}, uint32(m.height)) // BIP 34: ids differ by height
	m.head, m.base = m.form(m.head, m.base, nil, outs, 0, script)
	m.ids[0] = twiceHashed(m.base)
	for i, o := range outs {
		m.note(o.amount)
		m.young = append(m.young, young{o.owner, m.height, coin{tx: m.ids[0], index: uint32(i), amount: o.amount, key: o.key}})
	}
}

func twiceHashed(b []byte) ledger.Hash {
	h := sha256.Sum256(b)
	return sha256.Sum256(h[:])
}
