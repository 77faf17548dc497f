package ledger

import (
	"context"
	"iter"
	"strconv"
)

// Hash is a double SHA-256 in the byte order of the wire: block hashes and
// transaction ids print reversed.
type Hash [32]byte

// String prints the hash as explorers do: reversed, in hex.
func (h Hash) String() string {
	const digits = "0123456789abcdef"
	var b [64]byte
	for i, x := range h {
		b[62-2*i], b[63-2*i] = digits[x>>4], digits[x&15]
	}
	return string(b[:])
}

// BlockRef names a block: its height and hash. The zero BlockRef stands before
// the first block.
type BlockRef struct {
	Height uint64
	Hash   Hash
}

// CoinBlock is one block of a UTXO ledger in compact form: the fast way from a
// source to a store, without a Transfer per transaction. Inputs are not
// resolved: the store knows the coins they spend. A reader must not keep it or
// its slices beyond the next block.
type CoinBlock struct {
	BlockRef
	Parent Hash
	Time   int64 // of the header, Unix seconds
	// Subsidy is what the block may make, in atomic units.
	Subsidy uint64
	// Txs are in block order, the coinbase first.
	Txs  []CoinTx
	Ins  []CoinIn
	Outs []CoinOut
	// Keys holds the account keys of the outputs (Codec).
	Keys []byte
	// File and Offset say where the block was read, for evidence and errors.
	File   string
	Offset int64
}

// CoinTx is one transaction: Ins and Outs are where its inputs and outputs end
// in the block's slices. A coinbase has no inputs.
type CoinTx struct {
	ID        Hash
	Ins, Outs uint32
}

// CoinIn is an input: the coin it spends.
type CoinIn struct {
	Tx    Hash
	Index uint32
}

// CoinOut is an output: its value, and the end of its account key in Keys (it
// begins where the key before it ends).
type CoinOut struct {
	Amount uint64
	Key    uint32
}

// BlockSource is a source of coins that can hand over whole blocks.
type BlockSource interface {
	Source
	// Codec reads and writes the account keys of the blocks.
	Codec() Codec
	// Blocks yields, in chain order, the blocks after the given one. It fails
	// with ErrCursor, before any block, when that one is not on the chain.
	Blocks(ctx context.Context, after BlockRef) iter.Seq2[*CoinBlock, error]
}

// TwinID is the id of a coinbase whose transaction id an earlier one has
// (blocks 91,842 and 91,880 of Bitcoin, before BIP 30): the transaction keeps its
// name, and its coins replace those of the earlier one.
func TwinID(tx string, height uint64) string { return tx + "@" + strconv.FormatUint(height, 10) }

// BlockEvidence is the evidence of a transfer that was read in a block file:
// the file and the offset of its block.
func BlockEvidence(file string, offset int64) string {
	return file + "@" + strconv.FormatInt(offset, 10)
}
