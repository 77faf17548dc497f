package bitcoin

import (
	"context"
	"fmt"
	"iter"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Options say how a directory is read. The zero value is right for Bitcoin.
type Options struct {
	// Network is stated when the magic does not name the coin; the zero Network
	// is found by the magic of the first record.
	Network Network
	// Workers is how many blocks are parsed at once; 0 is one per processor.
	Workers int
	// SkipMerkle leaves out the check of merkle roots.
	SkipMerkle bool
}

// Source is the chain of most work in a directory of block files, as the files
// were when it was opened. It implements ledger.BlockSource and ledger.Resumer
// and is safe for concurrent use.
type Source struct {
	dir     *blockDir
	opt     Options
	records []record
	chain   *chain
	info    ledger.Info
}

var (
	_ ledger.BlockSource = (*Source)(nil)
	_ ledger.Resumer     = (*Source)(nil)
)

// Open reads the headers of all blocks in a directory, finds the chain of most
// work, and keeps a record of each block. It fails with an *Error when a
// record, a header, a parent or the first block is not right.
func Open(dir string, opt Options) (*Source, error) {
	return OpenContext(context.Background(), dir, opt)
}

// OpenContext is Open that a caller can end.
func OpenContext(ctx context.Context, dir string, opt Options) (*Source, error) {
	d, err := openDir(dir)
	if err != nil {
		return nil, err
	}
	stated := opt.Network.Name != ""
	if stated {
		if err := opt.Network.check(); err != nil {
			return nil, err
		}
		d.net = opt.Network
	}
	s := &Source{dir: d, opt: opt}
	if s.records, err = d.scan(ctx.Err); err != nil {
		return nil, err
	}
	if s.chain, err = d.link(s.records); err != nil {
		return nil, err
	}
	first := s.records[s.chain.order[0]].hash
	id := ledgerID(first)
	asset := d.net.asset(id)
	s.info = ledger.Info{
		ID: id, Model: ledger.UTXO, Native: asset.ID, Blocks: true, Assets: []money.Asset{asset},
		Input: dir, SHA256: s.chain.digest(s.records), Notes: s.notes(stated, first),
	}
	return s, nil
}

// notes says what was met and left out.
func (s *Source) notes(stated bool, first ledger.Hash) []string {
	tip := s.Tip()
	out := []string{fmt.Sprintf("network %s, %d blocks, tip %d %s", s.dir.net.Name, len(s.chain.order), tip.Height, tip.Hash)}
	if !stated && s.dir.net.GenesisFree {
		out = append(out, "the magic is taken for Bitcoin's regtest; Litecoin and Bitcoin Cash share it")
	}
	if s.dir.net.GenesisFree && s.dir.net.Genesis != "" && first.String() != s.dir.net.Genesis {
		out = append(out, "the first block is not that of Bitcoin's regtest")
	}
	count := func(n int, what string) {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, what))
		}
	}
	count(s.chain.stale, "stale blocks off the chain of most work, left out")
	count(s.dir.duplicates, "repeated copies of a block, left out")
	if s.dir.padding > 0 {
		out = append(out, fmt.Sprintf("%d bytes behind the last records of the files, which begin with zeros, left out", s.dir.padding))
	}
	if s.chain.tied {
		out = append(out, "another branch has as much work; the one read first was taken")
	}
	if s.dir.torn != "" {
		out = append(out, s.dir.torn)
	}
	return out
}

// Tip is the last block of the chain.
func (s *Source) Tip() ledger.BlockRef {
	h := len(s.chain.order) - 1
	return ledger.BlockRef{Height: uint64(h), Hash: s.records[s.chain.order[h]].hash}
}

// Network is the network that was stated or found.
func (s *Source) Network() Network { return s.dir.net }

// Codec implements ledger.BlockSource.
func (s *Source) Codec() ledger.Codec { return Codec{s.dir.net} }

// Info implements ledger.Source. SHA256 is over the hashes of the blocks of the
// chain, in order, 32 bytes each as they stand on the wire: each hash commits
// to its block.
func (s *Source) Info() ledger.Info { return s.info }

// Completeness implements ledger.Source: a chain from its first block holds
// everything. Bitcoin has neither internal moves nor tokens in this reading.
func (s *Source) Completeness(ledger.Account) ledger.Completeness { return ledger.Completeness{} }

// Blocks implements ledger.BlockSource. The blocks after a stale one are not
// known: ErrCursor, so that the reader can undo to a block that both have.
func (s *Source) Blocks(ctx context.Context, after ledger.BlockRef) iter.Seq2[*ledger.CoinBlock, error] {
	from := 0
	if after != (ledger.BlockRef{}) {
		if after.Height >= uint64(len(s.chain.order)) || s.records[s.chain.order[after.Height]].hash != after.Hash {
			return func(yield func(*ledger.CoinBlock, error) bool) {
				yield(nil, fmt.Errorf("block %d %s is not on the chain of %s: %w", after.Height, after.Hash, s.info.Input, ledger.ErrCursor))
			}
		}
		from = int(after.Height) + 1
	}
	return s.blocks(ctx, from)
}
