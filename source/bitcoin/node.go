package bitcoin

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Node is a running node of Bitcoin Core or btcd, asked over JSON-RPC. Blocks come
// whole (getblock, verbosity 0) and are parsed and checked here: hash, parent,
// merkle root. Proof of work is left to the node. It implements ledger.Follower
// and is for one reader at a time.
type Node struct {
	rpc  *rpc
	net  Network
	info ledger.Info
}

var _ ledger.Follower = (*Node)(nil)

// OpenNode asks a node for its first block and holds it against the network's.
func OpenNode(ctx context.Context, url string, opt NodeOptions) (*Node, error) {
	if opt.Network.Name == "" {
		opt.Network = Mainnet
	}
	c, err := newRPC(url, opt)
	if err != nil {
		return nil, err
	}
	n := &Node{rpc: c, net: opt.Network}
	first, ok, err := n.hashAt(ctx, 0)
	if err != nil {
		return nil, err
	}
	if g := n.net.Genesis; !ok || g != "" && first.String() != g {
		return nil, &Error{File: c.name, Offset: -1, Msg: fmt.Sprintf("the node's first block is %s, that of %s is %s", first, n.net.Name, g), Hint: "state the node's network", Err: ErrNetwork}
	}
	id := ledgerID(first)
	asset := n.net.asset(id)
	n.info = ledger.Info{ID: id, Model: ledger.UTXO, Native: asset.ID, Blocks: true, Assets: []money.Asset{asset}, Input: c.name, Notes: []string{"read from a running node, network " + n.net.Name}}
	return n, nil
}

// Codec implements ledger.BlockSource.
func (n *Node) Codec() ledger.Codec { return Codec{n.net} }

// Info implements ledger.Source. A node has no digest: its chain goes on.
func (n *Node) Info() ledger.Info { return n.info }

// Completeness implements ledger.Source: a chain from its first block holds
// everything.
func (n *Node) Completeness(ledger.Account) ledger.Completeness { return ledger.Completeness{} }

// All implements ledger.Source. Its memory grows with the unspent coins.
func (n *Node) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return resolve(n.Blocks(ctx, ledger.BlockRef{}), n.info, Codec{n.net}, ledger.Cursor{})
}

// hashAt is the hash of the node's block at a height; false when its chain is
// shorter.
func (n *Node) hashAt(ctx context.Context, height uint64) (ledger.Hash, bool, error) {
	var text string
	err := n.rpc.call(ctx, &text, "getblockhash", height)
	var said *rpcError
	if errors.As(err, &said) && (said.Code == codeNoHeight || said.Code == codeNoHeightBtcd) {
		return ledger.Hash{}, false, nil
	}
	if err != nil {
		return ledger.Hash{}, false, err
	}
	h, ok := hashOf(text)
	if !ok {
		return h, false, &Error{File: n.rpc.name, Offset: -1, Msg: fmt.Sprintf("getblockhash: %.80q is no hash", text), Err: ErrLie}
	}
	return h, true, nil
}

// block asks for a block and parses it.
func (n *Node) block(ctx context.Context, at ledger.BlockRef) (*ledger.CoinBlock, error) {
	var text string
	if err := n.rpc.call(ctx, &text, "getblock", at.Hash.String(), 0); err != nil {
		return nil, err
	}
	fail := func(format string, args ...any) error {
		return &Error{File: n.rpc.name, Offset: -1, Msg: fmt.Sprintf("block %d %s: ", at.Height, at.Hash) + fmt.Sprintf(format, args...), Hint: "ask another node", Err: ErrLie}
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, fail("the answer is not hex")
	}
	b, err := n.net.ParseBlock(raw)
	if err != nil {
		return nil, fail("%v", err)
	}
	if b.Hash != at.Hash {
		return nil, fail("another block came, %s", b.Hash)
	}
	b.Height, b.Subsidy = at.Height, n.net.SubsidyAt(at.Height)
	b.File = n.rpc.name
	return b, nil
}

// Blocks implements ledger.BlockSource: the blocks up to the tip. It fails with
// ledger.ErrCursor when the chain leaves what was given out.
func (n *Node) Blocks(ctx context.Context, after ledger.BlockRef) iter.Seq2[*ledger.CoinBlock, error] {
	return func(yield func(*ledger.CoinBlock, error) bool) {
		if on, err := n.on(ctx, after); err != nil || !on {
			if err == nil {
				err = fmt.Errorf("block %d %s is not on the chain of %s: %w", after.Height, after.Hash, n.info.Input, ledger.ErrCursor)
			}
			yield(nil, err)
			return
		}
		for {
			b, err := n.after(ctx, after)
			if err == nil && b == nil {
				return
			}
			if err == nil && b.Parent != after.Hash {
				err = fmt.Errorf("%s: the chain left block %d %s while it was read: %w", n.info.Input, after.Height, after.Hash, ledger.ErrCursor)
			}
			if !yield(b, err) || err != nil {
				return
			}
			after = b.BlockRef
		}
	}
}

// on reports whether a block is on the node's chain.
func (n *Node) on(ctx context.Context, at ledger.BlockRef) (bool, error) {
	if at == (ledger.BlockRef{}) {
		return true, ctx.Err()
	}
	h, ok, err := n.hashAt(ctx, at.Height)
	return ok && h == at.Hash, err
}

// after is the node's block at the height above a block, nil when there is none.
func (n *Node) after(ctx context.Context, at ledger.BlockRef) (*ledger.CoinBlock, error) {
	next := at.Height + 1
	if at == (ledger.BlockRef{}) {
		next = 0
	}
	h, ok, err := n.hashAt(ctx, next)
	if err != nil || !ok {
		return nil, err
	}
	return n.block(ctx, ledger.BlockRef{Height: next, Hash: h})
}

// Follow implements ledger.Follower. Each round looks whether the reader's top is
// still the node's block of that height, walks back to the last common block if it
// is not, and takes what comes next. A block whose parent is not the one below it
// means that the chain has just moved: the round is begun again, and after as many
// rounds as there are tries without a step the node is refused.
func (n *Node) Follow(ctx context.Context, top ledger.BlockRef, have func(uint64) (ledger.BlockRef, bool)) iter.Seq2[ledger.Change, error] {
	return func(yield func(ledger.Change, error) bool) {
		f := follow{n: n, top: top, have: have, yield: yield}
		for idle := 0; ; {
			moved, err := f.round(ctx)
			if f.stopped {
				return
			}
			if err != nil {
				yield(ledger.Change{}, err)
				return
			}
			switch {
			case moved:
				idle = 0
			case f.lie != nil:
				if idle++; idle >= n.rpc.opt.Tries {
					yield(ledger.Change{}, f.lie)
					return
				}
			}
			if err := n.rpc.opt.Sleep(ctx, n.rpc.opt.Poll); err != nil {
				yield(ledger.Change{}, err)
				return
			}
		}
	}
}

// follow is where one reader stands.
type follow struct {
	n       *Node
	top     ledger.BlockRef
	have    func(uint64) (ledger.BlockRef, bool)
	yield   func(ledger.Change, error) bool
	stopped bool
	lie     error // what the last round met that cannot be, if anything
}

// maxAhead is how many blocks are fetched before the first of them is given out.
const maxAhead = 16

// round brings the reader to the node's tip and reports whether anything changed.
// Blocks are given out in runs that are at hand whole, so that the promise of
// another one holds however long the node takes for the next answer.
func (f *follow) round(ctx context.Context) (moved bool, err error) {
	f.lie = nil
	moved, err = f.back(ctx)
	for err == nil && !f.stopped {
		var run []*ledger.CoinBlock
		run, err = f.ahead(ctx)
		for i, b := range run {
			f.top, moved = b.BlockRef, true
			if !f.yield(ledger.Change{Apply: b, More: i < len(run)-1}, nil) {
				f.stopped = true
				return moved, nil
			}
		}
		if len(run) < maxAhead {
			break
		}
	}
	return moved, err
}

// ahead fetches the next blocks on the reader's top. On an error it gives those
// that came before it, too.
func (f *follow) ahead(ctx context.Context) (run []*ledger.CoinBlock, err error) {
	top := f.top
	for len(run) < maxAhead {
		b, err := f.next(ctx, top)
		if err != nil || b == nil {
			return run, err
		}
		run, top = append(run, b), b.BlockRef
	}
	return run, nil
}

// next is the block on top of one, nil when there is none or what the node shows
// does not stand on it.
func (f *follow) next(ctx context.Context, top ledger.BlockRef) (*ledger.CoinBlock, error) {
	b, err := f.n.after(ctx, top)
	if err != nil || b == nil || b.Parent == top.Hash {
		return b, err
	}
	f.lie = &Error{File: f.n.rpc.name, Offset: -1, Msg: fmt.Sprintf("block %d %s names the parent %s, and block %d is %s", b.Height, b.Hash, b.Parent, top.Height, top.Hash), Hint: "ask another node", Err: ErrLie}
	return nil, nil
}

// back undoes the blocks that the node's chain has left. A node that is merely
// behind, its tip among the reader's blocks, has left none: it is waited for.
func (f *follow) back(ctx context.Context) (bool, error) {
	var left []ledger.BlockRef
	at, behind := f.top, true
	for at != (ledger.BlockRef{}) {
		h, ok, err := f.n.hashAt(ctx, at.Height)
		if err != nil {
			return false, err
		}
		if ok && h == at.Hash {
			break
		}
		behind = behind && !ok
		left = append(left, at)
		below, known := f.have(at.Height - 1)
		if at.Height == 0 || !known {
			return false, &Error{File: f.n.rpc.name, Offset: -1, Msg: fmt.Sprintf("the node shares no block with the reader down to %d", at.Height), Hint: "is it another chain?", Err: ErrGap}
		}
		at = below
	}
	if len(left) == 0 || behind {
		return false, nil
	}
	for i, b := range left {
		if !f.yield(ledger.Change{Undo: b, More: i < len(left)-1}, nil) {
			f.stopped = true
			return true, nil
		}
	}
	f.top = at
	return true, nil
}
