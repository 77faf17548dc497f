package ethereum

import (
	"strings"
)

// geth makes rows of the calls of a block by geth's callTracer, depth first.
func (o *wrote) geth(ts []gethAnswer, hashes []string) error {
	if hashes != nil && len(ts) != len(hashes) {
		return o.lie("traces of %d transactions, the block has %d", len(ts), len(hashes))
	}
	for i := range ts {
		t := &ts[i]
		if t.Error != "" || t.Result == nil {
			return &Error{File: o.file, Msg: "transaction " + string(t.TxHash) + " is not traced: " + t.Error, Hint: "a node that has the state of this block (archive), or no traces", Err: ErrNode}
		}
		tx := string(t.TxHash)
		if hashes != nil {
			if tx != "" && tx != hashes[i] {
				return o.lie("trace %d is of transaction %s, not %s", i, tx, hashes[i])
			}
			tx = hashes[i]
		}
		if err := o.call(t.Result, tx, int64(i), nil); err != nil {
			return err
		}
	}
	return nil
}

// maxDepth is how deep calls nest (Yellow Paper, section 8: 1024).
const maxDepth = 1024

func (o *wrote) call(c *callAnswer, tx string, index int64, path []uint32) error {
	if len(path) > maxDepth {
		return o.lie("calls nested deeper than %d", maxDepth)
	}
	w := o.row()
	w.tx, w.index, w.from, w.to = tx, index, c.From.account(), c.To.account()
	w.value, w.wide = c.Value.n, c.Value.wide
	w.trace = traceRow{path: path, failed: c.Error != ""}
	switch c.Type {
	case "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL":
		w.trace.kind, w.trace.call = "call", strings.ToLower(c.Type)
	case "CREATE", "CREATE2":
		w.trace.kind = "create"
	case "SELFDESTRUCT", "SUICIDE":
		w.trace.kind = "suicide"
		if w.from == "" || w.to == "" || !c.Value.set {
			o.silent++ // old nodes say neither who nor how much
		}
	default:
		return o.lie("a call of type %.20q", c.Type)
	}
	o.add(traceTable, w)
	for i := range c.Calls {
		below := append(path[:len(path):len(path)], uint32(i))
		if err := o.call(&c.Calls[i], tx, index, below); err != nil {
			return err
		}
	}
	return nil
}

// parity makes rows of the calls and rewards of a block by trace_block. hash, if
// not empty, is the block's.
func (o *wrote) parity(ts []parityAnswer, hash string) error {
	for i := range ts {
		t := &ts[i]
		if hash != "" && t.BlockHash != "" && string(t.BlockHash) != hash {
			return o.lie("a trace of block %s, not %s", t.BlockHash, hash)
		}
		w, a := o.row(), &t.Action
		w.tx, w.value, w.wide = string(t.TransactionHash), a.Value.n, a.Value.wide
		if n, ok := t.TransactionPosition.small(); ok && n < 1<<31 {
			w.index = int64(n)
		}
		w.trace = traceRow{kind: t.Type, call: strings.ToLower(a.CallType), path: t.TraceAddress, failed: t.Error != ""}
		w.from, w.to = a.From.account(), a.To.account()
		switch t.Type {
		case "call":
		case "create":
			if t.Result != nil {
				w.to = t.Result.Address.account()
			}
		case "suicide":
			w.from, w.to = a.Address.account(), a.RefundAddress.account()
			w.value, w.wide = a.Balance.n, a.Balance.wide
		case "reward":
			w.to, w.trace.reward = a.Author.account(), a.RewardType
			if w.to == "" || !a.Value.set || w.wide {
				return o.lie("a reward without receiver or amount")
			}
		default:
			return o.lie("a trace of type %.20q", t.Type)
		}
		if t.Type != "reward" && w.tx == "" {
			return o.lie("a call without its transaction")
		}
		o.add(traceTable, w)
	}
	return nil
}
