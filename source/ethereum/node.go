package ethereum

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Ways to learn what moved inside transactions.
const (
	ByParity = "trace_block"
	ByGeth   = "callTracer"
	NoTraces = "none"
)

// NodeOptions say which node is asked, for what, and how.
type NodeOptions struct {
	// From and To bound the blocks, both included; To 0 is the node's head at the
	// time of asking.
	From, To uint64
	// Head is the tag that the node's head is asked by: latest, safe or finalized;
	// empty is latest.
	Head string
	// Traces is ByParity, ByGeth or NoTraces; empty takes the first that the node
	// has.
	Traces string
	// Ledger is the CAIP-2 id; empty is eip155 and the node's chain id. Native is
	// the asset of values and gas; empty is ether.
	Ledger ledger.ID
	Native money.Asset
	// AssumeSuccess is as in Options, for blocks before 4,370,000 without traces.
	AssumeSuccess bool
	// Batch is how many blocks are asked for at a time; 0 is 10.
	Batch int
	// HTTP is the client, for certificates of one's own; nil is a plain one.
	HTTP *http.Client
	// Timeout bounds one answer; 0 is two minutes.
	Timeout time.Duration
	// Tries is how often a question is asked before the node is given up; 0 is 6.
	Tries int
	// Wait is the time before the second try, doubled each time up to a minute; 0
	// is half a second. A Retry-After of the node is kept, up to five minutes.
	Wait time.Duration
	// Sleep waits; tests replace it.
	Sleep func(ctx context.Context, d time.Duration) error
}

func (o NodeOptions) filled() NodeOptions {
	if o.Head == "" {
		o.Head = "latest"
	}
	if o.Batch <= 0 {
		o.Batch = 10
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{}
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.Tries == 0 {
		o.Tries = 6
	}
	if o.Wait == 0 {
		o.Wait = 500 * time.Millisecond
	}
	if o.Sleep == nil {
		o.Sleep = wait
	}
	return o
}

// Node is a running node, asked over JSON-RPC for blocks, receipts and traces. The
// answers become the rows that exports have, and these the transfers. It
// implements ledger.Live and is for one reader at a time.
type Node struct {
	rpc    *rpc
	opt    NodeOptions
	rules  *Source // holds the rows of one block at a time
	traces string
	held   head // the block that Holds last found on the chain
	// The counts of wrote, summed over the reading.
	silent, unwrapped int
	odd               oddEvents
	unsaid            bool // some reading had silent ones
	single            bool // receipts come one by one
}

// head names a block.
type head struct {
	number       uint64
	hash, parent string
}

var _ ledger.Live = (*Node)(nil)

// OpenNode asks a node for its chain and for what it can trace.
func OpenNode(ctx context.Context, url string, opt NodeOptions) (*Node, error) {
	opt = opt.filled()
	c, err := newRPC(url, opt)
	if err != nil {
		return nil, err
	}
	if opt.To != 0 && opt.To < opt.From {
		return nil, c.fault("", ErrValue, "blocks %d to %d", opt.From, opt.To)
	}
	var chain quantity
	if err := c.must(ctx, &question{method: "eth_chainId", out: &chain}); err != nil {
		return nil, err
	}
	id, ok := chain.small()
	if !ok {
		return nil, c.fault("is it a node of Ethereum?", ErrLie, "eth_chainId: no number came")
	}
	own := ledger.ID("eip155:" + strconv.FormatUint(id, 10))
	if opt.Ledger != "" && opt.Ledger != own {
		return nil, c.fault("", ErrValue, "the node's chain is %s, not %s", own, opt.Ledger)
	}
	n := &Node{rpc: c, opt: opt, traces: opt.Traces}
	if err := n.probe(ctx); err != nil {
		return nil, err
	}
	n.rules = n.newRules(own)
	return n, nil
}

// probe finds the first way to trace that the node has. A node that has a way and
// fails at it is not one that lacks it: its fault shows when a block is read.
func (n *Node) probe(ctx context.Context) error {
	if n.traces != "" {
		return nil
	}
	number := "0x" + strconv.FormatUint(n.opt.From, 16)
	for _, way := range []*question{
		{method: "trace_block", params: []any{number}, out: &[]parityAnswer{}},
		{method: "debug_traceBlockByNumber", params: []any{number, tracer}, out: &[]gethAnswer{}},
	} {
		if err := n.rpc.ask(ctx, way); err != nil {
			return err
		}
		if !way.said.absent() {
			n.traces = map[string]string{"trace_block": ByParity}[way.method]
			if n.traces == "" {
				n.traces = ByGeth
			}
			return nil
		}
	}
	n.traces = NoTraces
	return nil
}

var tracer = map[string]string{"tracer": "callTracer"}

// newRules is a source whose tables hold the rows of a block in memory.
func (n *Node) newRules(id ledger.ID) *Source {
	ether := money.Asset{ID: money.AssetID(string(id) + "/slip44:60"), Symbol: "ETH", Decimals: 18, Known: true}
	if n.opt.Native.ID != "" {
		ether = n.opt.Native
	}
	s := &Source{opt: Options{AssumeSuccess: n.opt.AssumeSuccess}, id: id, native: ether.ID, input: n.rpc.host, tables: map[kind]*table{}, collectibles: map[ledger.Account]bool{}, tokens: map[ledger.Account]money.Asset{}}
	for _, k := range []kind{blockTable, txTable, receiptTable, tokenTable, traceTable, contractTable} {
		if k != traceTable || n.traces != NoTraces {
			s.tables[k] = &table{kind: k, sort: true}
		}
	}
	s.info = ledger.Info{ID: id, Model: ledger.Accounts, Native: s.native, Blocks: true, Assets: []money.Asset{ether}, Input: "node " + n.rpc.host}
	s.found = []string{"read from a running node"}
	switch {
	case n.traces == NoTraces:
		s.found = append(s.found, "no internal transfers: the node gives no traces, or none were asked for")
	default:
		s.found = append(s.found, "internal transfers by "+n.traces)
	}
	s.info.Notes = s.found
	return s
}

// Codec is the form of account keys in stores.
func (n *Node) Codec() ledger.Codec { return Codec{} }

// Info implements ledger.Source. Counts in its notes are of the last reading.
func (n *Node) Info() ledger.Info { return n.rules.Info() }

// Traces says how internal transfers are learnt: ByParity, ByGeth or NoTraces.
func (n *Node) Traces() string { return n.traces }

// Completeness implements ledger.Source. A node gives every block of the range
// whole. Without traces it is known that internal transfers are missing, and with
// self-destructions of unsaid value it is not known. Balances before the range are
// not known.
func (n *Node) Completeness(ledger.Account) ledger.Completeness {
	c := ledger.Completeness{Opening: ledger.Unknown}
	switch {
	case n.traces == NoTraces:
		c.Internal = ledger.Gap
	case n.unsaid:
		c.Internal = ledger.Unknown
	}
	return c
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

// each reads blocks in order, several at a time. Each must name the one before it
// as its parent: else the chain has moved.
func (n *Node) each(ctx context.Context, from uint64, after ledger.Cursor, do func(ledger.Transfer) bool) error {
	to, err := n.end(ctx)
	if err != nil {
		return err
	}
	b := newBuilder(n.rules)
	r := &reading{s: n.rules}
	for _, t := range n.rules.tables {
		if err := t.rewind(); err != nil {
			return err
		}
	}
	n.silent, n.odd, n.unwrapped = 0, oddEvents{}, 0
	found, last := after.IsZero(), head{}
	for at := from; at <= to; at += uint64(n.opt.Batch) {
		blocks, err := n.load(ctx, at, min(to, at+uint64(n.opt.Batch)-1))
		if err != nil {
			return err
		}
		for i := range blocks {
			k := &blocks[i]
			if last.hash != "" && k.head.parent != last.hash || !found && n.held.hash != "" && k.head.number == n.held.number && k.head.hash != n.held.hash {
				return n.moved(k.head)
			}
			last = k.head
			if err := n.build(b, r, k); err != nil {
				return err
			}
			for j := range b.out {
				if !found {
					found = ledger.At(&b.out[j]) == after
					continue
				}
				if !do(b.out[j]) {
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
	n.settle(b, from, to)
	return nil
}

func (n *Node) moved(h head) error {
	return n.rpc.fault("read again; what the chain has left is taken back first", errors.Join(ErrMoved, ledger.ErrCursor), "block %d %s does not follow what was read", h.number, h.hash)
}

func (n *Node) lost(after ledger.Cursor) error {
	return fmt.Errorf("%s: no transfer %s in block %d: %w", n.rpc.host, after.ID, after.Key.Block, ledger.ErrCursor)
}

// end is the last block to read.
func (n *Node) end(ctx context.Context) (uint64, error) {
	h, ok, err := n.headOf(ctx, n.opt.Head)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, n.rpc.fault("", ErrNode, "the node has no block %s", n.opt.Head)
	}
	if n.opt.To != 0 && n.opt.To < h.number {
		return n.opt.To, nil
	}
	return h.number, nil
}

// headOf asks for a block's names by number or tag; false when there is none.
func (n *Node) headOf(ctx context.Context, at string) (head, bool, error) {
	var b struct {
		Number           quantity
		Hash, ParentHash hexText
	}
	q := &question{method: "eth_getBlockByNumber", params: []any{at, false}, out: &b}
	if err := n.rpc.must(ctx, q); err != nil || q.null {
		return head{}, false, err
	}
	number, ok := b.Number.small()
	if !ok || b.Hash == "" {
		return head{}, false, n.rpc.fault("ask another node", ErrLie, "block %s: no number or no hash", at)
	}
	return head{number, string(b.Hash), string(b.ParentHash)}, true, nil
}

// Holds implements ledger.Live: transfers say the hash of their block.
func (n *Node) Holds(ctx context.Context, t *ledger.Transfer) (ledger.Standing, error) {
	_, hash, ok := strings.Cut(t.Evidence, "#")
	if hash, _, _ = strings.Cut(hash, ":"); !ok {
		return ledger.Left, n.rpc.fault("read the node into a store of its own", ErrValue, "%s was not read from a node: it does not say its block's hash", t.ID)
	}
	h, there, err := n.headOf(ctx, "0x"+strconv.FormatUint(t.Key.Block, 16))
	switch {
	case err != nil:
		return ledger.Left, err
	case !there:
		return ledger.Beyond, nil
	case h.number != t.Key.Block:
		return ledger.Left, n.rpc.fault("ask another node", ErrLie, "asked for block %d, and %d came", t.Key.Block, h.number)
	case h.hash != hash:
		return ledger.Left, nil
	}
	n.held = h
	return ledger.Held, nil
}

// build makes the transfers of one block by the rules of exports.
func (n *Node) build(b *builder, r *reading, k *loaded) error {
	n.silent, n.unwrapped = n.silent+k.rows.silent, n.unwrapped+k.rows.unwrapped
	n.odd.add(k.rows.odd)
	n.unsaid = n.unsaid || n.silent > 0
	for kind, t := range n.rules.tables {
		t.sorted, t.at = k.rows.rows[kind], 0
	}
	built, err := r.next(&b.tally)
	if err != nil {
		return err
	}
	built.mark = n.rpc.host + "#" + k.head.hash
	return b.build(built)
}

// settle keeps what the reading found, for Info.
func (n *Node) settle(b *builder, from, to uint64) {
	s := n.rules
	s.settle(b, &reading{})
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.silent > 0 {
		s.info.Notes = append(s.info.Notes, fmt.Sprintf("%d self-destructions of which the node does not say what they moved", n.silent))
	}
	s.info.Skipped += n.odd.things + n.odd.amounts
	s.info.Notes = append(s.info.Notes, n.odd.notes()...)
	if n.unwrapped > 0 {
		s.info.Notes = append(s.info.Notes, unwrappedNote(n.unwrapped, s.id))
	}
	s.info.Notes = append(s.info.Notes, fmt.Sprintf("this reading: blocks %d to %d", from, to))
}

// unwrappedNote says which events of wrapping were not read, and why.
func unwrappedNote(n int, chain ledger.ID) string {
	why := fmt.Sprintf("which contract wraps ether on %s is not known here", chain)
	if known := wrapped[chain]; known != "" {
		why = fmt.Sprintf("they are of other contracts than wrapped ether (%s)", known)
	}
	return fmt.Sprintf("%d events Deposit or Withdrawal are not read, since %s: if they wrap, tokens appear and vanish", n, why)
}
