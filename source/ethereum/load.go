package ethereum

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/coldtrail/coldtrail/ledger"
)

// loaded is what the node said of one block, as rows.
type loaded struct {
	head head
	rows *wrote
}

// load asks for the blocks of a range, with receipts and traces. What does not fit
// together, because the chain moved between two questions or because the node lies,
// is asked again, as often as a question is.
func (n *Node) load(ctx context.Context, from, to uint64) ([]loaded, error) {
	for try := 1; ; try++ {
		out, err := n.loadOnce(ctx, from, to)
		var misfit *misfit
		if !errors.As(err, &misfit) {
			return out, err
		}
		if try >= n.opt.Tries {
			return nil, misfit.err
		}
		if err := n.opt.Sleep(ctx, n.opt.Wait); err != nil {
			return nil, err
		}
	}
}

// misfit marks answers that do not fit together.
type misfit struct{ err error }

func (e *misfit) Error() string { return e.err.Error() }

func (n *Node) loadOnce(ctx context.Context, from, to uint64) ([]loaded, error) {
	blocks := make([]blockAnswer, to-from+1)
	var qs []*question
	for i := range blocks {
		qs = append(qs, &question{method: "eth_getBlockByNumber", params: []any{"0x" + strconv.FormatUint(from+uint64(i), 16), true}, out: &blocks[i]})
	}
	if err := n.rpc.must(ctx, qs...); err != nil {
		return nil, err
	}
	out := make([]loaded, len(blocks))
	for i := range blocks {
		at, b := from+uint64(i), &blocks[i]
		if qs[i].null {
			return nil, &misfit{n.rpc.fault("it went back in height: read again", errors.Join(ErrMoved, ledger.ErrCursor), "block %d is not there", at)}
		}
		o := newWrote(fmt.Sprintf("%s@%d", n.rpc.host, at), n.rules.id, at)
		if err := o.block(b); err != nil {
			return nil, err
		}
		out[i] = loaded{head{at, string(b.Hash), string(b.ParentHash)}, o}
	}
	if err := n.loadReceipts(ctx, blocks, out); err != nil {
		return nil, err
	}
	return out, n.loadTraces(ctx, blocks, out)
}

// loadReceipts asks by block, and one by one where the node cannot.
func (n *Node) loadReceipts(ctx context.Context, blocks []blockAnswer, out []loaded) error {
	all := make([][]receiptAnswer, len(blocks))
	var qs []*question
	for i := range blocks {
		if len(blocks[i].Transactions) > 0 && !n.single {
			qs = append(qs, &question{method: "eth_getBlockReceipts", params: []any{string(blocks[i].Hash)}, out: &all[i]})
		}
	}
	if len(qs) > 0 {
		if err := n.rpc.ask(ctx, qs...); err != nil {
			return err
		}
	}
	for _, q := range qs {
		switch {
		case q.said.absent():
			n.single = true
		case q.said != nil || q.null:
			return &misfit{n.rpc.fault("", errors.Join(ErrNode, saidOr(q)), "%s", q.method)}
		}
	}
	for i := range blocks {
		if n.single {
			if err := n.receiptsOf(ctx, &blocks[i], &all[i]); err != nil {
				return err
			}
		}
		if err := out[i].rows.receipts(all[i], &blocks[i]); err != nil {
			return &misfit{err}
		}
	}
	return nil
}

func saidOr(q *question) error {
	if q.said != nil {
		return q.said
	}
	return errors.New("it has none of a block that it gave")
}

// maxAlone is how many receipts one batch asks for.
const maxAlone = 100

func (n *Node) receiptsOf(ctx context.Context, b *blockAnswer, all *[]receiptAnswer) error {
	*all = make([]receiptAnswer, len(b.Transactions))
	var qs []*question
	for i := range b.Transactions {
		qs = append(qs, &question{method: "eth_getTransactionReceipt", params: []any{string(b.Transactions[i].Hash)}, out: &(*all)[i]})
	}
	for len(qs) > 0 {
		part := qs[:min(len(qs), maxAlone)]
		qs = qs[len(part):]
		if err := n.rpc.must(ctx, part...); err != nil {
			return err
		}
		for _, q := range part {
			if q.null {
				return &misfit{n.rpc.fault("", errors.Join(ErrNode, saidOr(q)), "%s", q.method)}
			}
		}
	}
	return nil
}

// loadTraces asks for the calls of each block. callTracer is asked by hash, so that
// the answer is of the block and no other; trace_block has the hash in its answer.
func (n *Node) loadTraces(ctx context.Context, blocks []blockAnswer, out []loaded) error {
	geth, parity := make([][]gethAnswer, len(blocks)), make([][]parityAnswer, len(blocks))
	var qs []*question
	for i := range blocks {
		switch {
		case n.traces == ByParity:
			qs = append(qs, &question{method: "trace_block", params: []any{"0x" + strconv.FormatUint(out[i].head.number, 16)}, out: &parity[i]})
		case n.traces == ByGeth && len(blocks[i].Transactions) > 0:
			qs = append(qs, &question{method: "debug_traceBlockByHash", params: []any{string(blocks[i].Hash), tracer}, out: &geth[i]})
		}
	}
	if len(qs) == 0 {
		return nil
	}
	if err := n.rpc.ask(ctx, qs...); err != nil {
		return err
	}
	for _, q := range qs {
		if q.said != nil {
			return &misfit{n.rpc.fault("a node that has the state of these blocks (archive), or no traces", errors.Join(ErrNode, q.said), "%s", q.method)}
		}
	}
	for i := range blocks {
		if err := n.tracesOf(&blocks[i], &out[i], geth[i], parity[i]); err != nil {
			return &misfit{err}
		}
	}
	return nil
}

// tracesOf makes rows of the calls of a block; every transaction has its root call.
func (n *Node) tracesOf(b *blockAnswer, l *loaded, geth []gethAnswer, parity []parityAnswer) error {
	hashes, roots := []string{}, map[string]bool{} // whether the root was seen
	for i := range b.Transactions {
		hashes = append(hashes, string(b.Transactions[i].Hash))
		roots[hashes[i]] = false
	}
	if n.traces == ByGeth {
		return l.rows.geth(geth, hashes)
	}
	if err := l.rows.parity(parity, string(b.Hash)); err != nil {
		return err
	}
	for _, w := range l.rows.rows[traceTable] {
		if w.trace.kind == "reward" {
			continue
		}
		if _, known := roots[w.tx]; !known {
			return l.rows.lie("a call of transaction %s, which is not in the block", w.tx)
		}
		roots[w.tx] = roots[w.tx] || len(w.trace.path) == 0
	}
	for _, tx := range hashes {
		if !roots[tx] {
			return l.rows.lie("transaction %s has no trace", tx)
		}
	}
	return nil
}
