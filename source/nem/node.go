package nem

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// NodeOptions say which blocks of a node are read.
type NodeOptions struct {
	// From and To bound the blocks, both included; From 0 is the first, To 0 the
	// node's height at the time of asking.
	From, To uint64
	// Batch is how many blocks are read at a time; 0 is 20.
	Batch int
}

// Node reads all transactions of a node's blocks, one block after the other. It
// implements ledger.Live and is for one reader at a time.
type Node struct {
	c    *Client
	opt  NodeOptions
	net  Network
	defs map[money.AssetID]definition
	seen map[money.AssetID]bool // mosaics that moved
	held wireBlock              // the block that Holds last found on the chain
	info ledger.Info
}

var _ ledger.Live = (*Node)(nil)

// wireBlock is a block and what names it. NIS does not say a block's own hash: its
// signature stands for it, as no two blocks have the same.
type wireBlock struct {
	height uint64
	name   string // half of the signature
	txs    []wireTx
	net    Network
}

// OpenNode asks a node for its network.
func OpenNode(ctx context.Context, c *Client, opt NodeOptions) (*Node, error) {
	if opt.From = max(opt.From, 1); opt.To != 0 && opt.To < opt.From {
		return nil, &Error{File: c.name, Msg: fmt.Sprintf("blocks %d to %d", opt.From, opt.To), Err: ErrNode}
	}
	if opt.Batch <= 0 {
		opt.Batch = 20
	}
	n := &Node{c: c, opt: opt, defs: map[money.AssetID]definition{}, seen: map[money.AssetID]bool{}}
	first, err := n.block(ctx, 1)
	if err != nil {
		return nil, err
	}
	n.net = first.net
	n.info = ledger.Info{ID: n.net.Ledger(), Model: ledger.Accounts, Native: XEM, Blocks: true, Assets: []money.Asset{xem}, Input: "node " + c.name, Notes: []string{"read from a running node"}}
	return n, nil
}

var xem = money.Asset{ID: XEM, Symbol: "XEM", Decimals: 6, Known: true}

// block asks for a block and holds that it has what names it.
func (n *Node) block(ctx context.Context, height uint64) (wireBlock, error) {
	a, err := n.c.blockAt(ctx, height)
	if err != nil {
		return wireBlock{}, err
	}
	w := a.wire
	b := wireBlock{height: height}
	fail := func(format string, args ...any) (wireBlock, error) {
		return b, &Error{File: a.Name, Msg: fmt.Sprintf(format, args...), Hint: "ask another node", Err: ErrJSON}
	}
	if len(w.Signature) != 128 || !isHash(w.Signature[:64]) || !isHash(w.Signature[64:]) {
		return fail("a block without a signature of 128 hex digits")
	}
	if w.Version == nil || *w.Version != int64(int32(*w.Version)) || !Network(uint32(*w.Version)>>24).known() {
		return fail("a block without the version of a network that is known")
	}
	b.name, b.net = w.Signature[:64], Network(uint32(*w.Version)>>24)
	if n.net != 0 && b.net != n.net {
		return b, &Error{File: a.Name, Msg: fmt.Sprintf("a block of %s, the first was of %s", b.net, n.net), Err: ErrNetwork}
	}
	if w.Transactions != nil {
		b.txs = *w.Transactions
	}
	return b, nil
}

// Info implements ledger.Source. Its notes are of the last reading.
func (n *Node) Info() ledger.Info { return n.info }

// Completeness implements ledger.Source. A node gives every block of the range
// whole; what was there before the range is not known, and what accounts harvest is
// in no transaction.
func (n *Node) Completeness(ledger.Account) ledger.Completeness {
	return ledger.Completeness{Opening: ledger.Unknown}
}

// All implements ledger.Source.
func (n *Node) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return n.seq(ctx, n.opt.From, ledger.Cursor{})
}

// From implements ledger.Resumer: it begins with the cursor's block.
func (n *Node) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	if after.IsZero() {
		return n.All(ctx)
	}
	return n.seq(ctx, after.Key.Block, after)
}

func (n *Node) seq(ctx context.Context, from uint64, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		if err := n.each(ctx, from, after, func(t ledger.Transfer) bool { return yield(t, nil) }); err != nil {
			yield(ledger.Transfer{}, err)
		}
	}
}

// each reads the blocks from a height on, several at a time.
func (n *Node) each(ctx context.Context, from uint64, after ledger.Cursor, do func(ledger.Transfer) bool) error {
	to, err := n.end(ctx)
	if err != nil {
		return err
	}
	r := &reader{net: n.net, defs: n.defs, counts: map[int64]int{}, undef: map[money.AssetID]int{}}
	found, last := after.IsZero(), wireBlock{}
	if !found && n.held.height == from {
		last = n.held
	}
	for at := max(from, 1); at <= to; at += uint64(n.opt.Batch) {
		blocks, err := n.load(ctx, at, min(to, at+uint64(n.opt.Batch)-1), last)
		if err != nil {
			return err
		}
		last = blocks[len(blocks)-1]
		for _, b := range blocks {
			if err := n.read(r, b); err != nil {
				return err
			}
			for _, t := range r.out {
				if t.Asset != XEM {
					n.seen[t.Asset] = true
				}
				if !found {
					found = ledger.At(&t) == after
				} else if !do(t) {
					return nil
				}
			}
			if !found {
				return n.lost(after)
			}
		}
	}
	if !found {
		return n.lost(after)
	}
	n.settle(r, from, to)
	return nil
}

func (n *Node) lost(after ledger.Cursor) error {
	return fmt.Errorf("%s: no transfer %s in block %d: %w", n.c.name, after.ID, after.Key.Block, ledger.ErrCursor)
}

// end is the last block to read.
func (n *Node) end(ctx context.Context) (uint64, error) {
	h, err := n.c.Height(ctx)
	if n.opt.To != 0 {
		h = min(h, n.opt.To)
	}
	return h, err
}

// read turns a block into transfers, in r.out.
func (n *Node) read(r *reader, b wireBlock) error {
	r.out = r.out[:0]
	name := n.c.name + "#" + b.name + ":" + strconv.FormatUint(b.height, 10)
	for i := range b.txs {
		e := &entry{tx: &b.txs[i], file: name, record: fmt.Sprintf("transactions[%d]", i), evidence: name, key: ledger.Key{Block: b.height, Tx: uint32(i)}}
		if err := r.read(e); err != nil {
			return err
		}
	}
	return nil
}

// load asks for blocks from the top down, and for the top again. If that is the
// block it was, the chain held it all the while, and with it all below. last, where
// it has a name, is a block at or right below the first that must still be there.
func (n *Node) load(ctx context.Context, from, to uint64, last wireBlock) ([]wireBlock, error) {
	for try := 1; ; try++ {
		out, err := n.loadOnce(ctx, from, to, last)
		if !errors.Is(err, errShifted) || try >= n.c.opt.Tries {
			return out, err
		}
		if err := n.c.opt.Sleep(ctx, n.c.opt.Wait); err != nil {
			return nil, err
		}
	}
}

// errShifted marks a chain that moved between two questions of one batch.
var errShifted = errors.New("the chain moved while it was read")

func (n *Node) loadOnce(ctx context.Context, from, to uint64, last wireBlock) ([]wireBlock, error) {
	down := from
	if last.name != "" {
		down = last.height
	}
	var out []wireBlock
	for h := to; h >= down; h-- {
		b, err := n.there(ctx, h)
		if err != nil {
			return nil, err
		}
		if h == last.height && last.name != "" && b.name != last.name {
			return nil, n.shifted(fmt.Sprintf("block %d is another than was read", h), ledger.ErrCursor)
		}
		if h >= from {
			out = append(out, b)
		}
	}
	slices.Reverse(out)
	top, err := n.there(ctx, to)
	if err != nil {
		return nil, err
	}
	if top.name != out[len(out)-1].name {
		return nil, n.shifted(fmt.Sprintf("block %d is another than it was", to), errors.Join(errShifted, ledger.ErrCursor))
	}
	return out, n.define(ctx, out)
}

func (n *Node) shifted(msg string, err error) error {
	return &Error{File: n.c.name, Msg: msg, Hint: "read again; what the chain has left is taken back first", Err: err}
}

// there asks for a block that the node said it has. One that is gone means that the
// node went back in height, which it says itself; how it refuses is not looked at.
func (n *Node) there(ctx context.Context, height uint64) (wireBlock, error) {
	b, err := n.block(ctx, height)
	if !errors.Is(err, ErrNode) || ctx.Err() != nil {
		return b, err
	}
	if now, e := n.c.Height(ctx); e == nil && now < height {
		return b, n.shifted(fmt.Sprintf("block %d is not there: the node went back in height", height), ledger.ErrCursor)
	}
	return b, err
}

// define asks for the definitions of the mosaics that blocks move. A namespace gets
// new ones while it is followed: it is asked for again, once for these blocks, when
// one moves that is not known.
func (n *Node) define(ctx context.Context, blocks []wireBlock) error {
	asked := map[string]bool{"nem": true}
	for i := range blocks {
		for j := range blocks[i].txs {
			for _, m := range blocks[i].txs[j].moved() {
				space := m.ID.Namespace
				if _, known := n.defs[assetOf(m.ID)]; known || asked[space] {
					continue
				}
				pages, err := n.c.Mosaics(ctx, space)
				if err != nil {
					return err
				}
				c := &collection{defs: map[money.AssetID]wireNamed{}}
				for _, p := range pages {
					if err := c.answer(p); err != nil {
						return err
					}
				}
				r := &reader{net: n.net}
				if err := r.define(c.defs); err != nil {
					return err
				}
				for id, d := range r.defs {
					n.defs[id] = d
				}
				asked[space] = true
			}
		}
	}
	return nil
}

// Holds implements ledger.Live: transfers name their block.
func (n *Node) Holds(ctx context.Context, t *ledger.Transfer) (ledger.Standing, error) {
	_, name, ok := strings.Cut(t.Evidence, "#")
	if name, _, _ = strings.Cut(name, ":"); !ok || !isHash(name) {
		return ledger.Left, &Error{File: n.c.name, Msg: t.ID + " was not read from the blocks of a node: it does not name its block", Hint: "read the node into a store of its own", Err: ErrContradiction}
	}
	h, err := n.c.Height(ctx)
	if err != nil {
		return ledger.Left, err
	}
	if h < t.Key.Block {
		return ledger.Beyond, nil
	}
	b, err := n.there(ctx, t.Key.Block)
	switch {
	case errors.Is(err, ledger.ErrCursor):
		return ledger.Beyond, nil
	case err != nil:
		return ledger.Left, err
	case b.name != name:
		return ledger.Left, nil
	}
	n.held = b
	return ledger.Held, nil
}

// settle keeps what the reading found, for Info.
func (n *Node) settle(r *reader, from, to uint64) {
	n.info.Assets = append([]money.Asset{xem}, r.named(n.seen)...)
	n.info.Skipped = r.skipped
	n.info.Notes = append([]string{"read from a running node"}, r.notes(&collection{})...)
	n.info.Notes = append(n.info.Notes, fmt.Sprintf("this reading: blocks %d to %d; within %d blocks of the node's height they may still be rewritten", from, to, RewriteLimit))
}
