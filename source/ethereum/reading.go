package ethereum

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// reading gathers the rows of one block after the other.
type reading struct {
	s        *Source
	accounts map[ledger.Account]*nonces
	whole    bool
	last     uint64
	begun    bool
}

func (r *reading) next(n *tally) (*block, error) {
	number, any := uint64(0), false
	for _, k := range []kind{blockTable, txTable, receiptTable, tokenTable, traceTable} {
		if t := r.s.tables[k]; t != nil {
			b, ok, err := t.peek()
			if err != nil {
				return nil, err
			}
			if ok && (!any || b < number) {
				number, any = b, true
			}
		}
	}
	if !any {
		return nil, nil
	}
	k := &block{number: number, receipts: map[string]*row{}, traces: map[string][]row{}, tokens: map[string][]row{}}
	for _, step := range []func(*block, *tally) error{r.heads, r.transactions, r.receipts, r.traces, r.tokens} {
		if err := step(k, n); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (r *reading) rows(k kind, block uint64) ([]row, error) {
	t := r.s.tables[k]
	if t == nil {
		return nil, nil
	}
	return t.rowsOf(block)
}

// once drops rows that say the same thing again, as overlapping exports do, and
// refuses two that differ.
func once(rows []row, same func(a, b *row) bool, n *tally) ([]row, error) {
	seen := map[string]*row{}
	out := rows[:0:0]
	for i := range rows {
		w := &rows[i]
		key := w.tx + "/" + strconv.FormatUint(w.log, 10)
		if was := seen[key]; was != nil {
			if !same(was, w) {
				return nil, &Error{File: w.file, Line: w.line, Msg: fmt.Sprintf("%s of block %d differs from %s:%d", key, w.block, was.file, was.line), Hint: "two exports that disagree: keep one", Err: ErrContradiction}
			}
			n.repeated++
			continue
		}
		seen[key] = w
		out = append(out, *w)
	}
	return out, nil
}

func (r *reading) heads(k *block, n *tally) error {
	rows, err := r.rows(blockTable, k.number)
	if err != nil || len(rows) == 0 {
		r.whole = false
		return err
	}
	for i := range rows[1:] {
		if rows[i+1].hash != rows[0].hash {
			return &Error{File: rows[i+1].file, Line: rows[i+1].line, Column: "hash", Msg: fmt.Sprintf("block %d is %s, and %s at %s:%d", k.number, rows[i+1].hash, rows[0].hash, rows[0].file, rows[0].line), Hint: "a block that was replaced: keep one", Err: ErrContradiction}
		}
		n.repeated++
	}
	k.head, k.time = &rows[0], rows[0].time
	if r.begun && k.number != r.last+1 {
		r.whole = false
	}
	r.last, r.begun = k.number, true
	return nil
}

func (r *reading) transactions(k *block, n *tally) error {
	rows, err := r.rows(txTable, k.number)
	if err != nil {
		return err
	}
	if k.txs, err = once(rows, sameTx, n); err != nil {
		return err
	}
	slices.SortStableFunc(k.txs, func(a, b row) int { return int(a.index - b.index) })
	for i := range k.txs {
		w := &k.txs[i]
		if i > 0 && k.txs[i-1].index == w.index {
			return &Error{File: w.file, Line: w.line, Column: "transaction_index", Msg: fmt.Sprintf("%d of block %d is %s and %s", w.index, k.number, k.txs[i-1].tx, w.tx), Err: ErrContradiction}
		}
		if w.hasTime && !k.time.IsZero() && !w.time.Equal(k.time) {
			return &Error{File: w.file, Line: w.line, Column: "block_timestamp", Msg: fmt.Sprintf("%s, and block %d has %s", w.time.Format("2006-01-02T15:04:05Z"), k.number, k.time.Format("2006-01-02T15:04:05Z")), Hint: "a block has one time", Err: ErrContradiction}
		}
		if w.hasTime {
			k.time = w.time
		}
		r.sent(w)
	}
	if k.head != nil && k.head.txs >= 0 && k.head.txs != int64(len(k.txs)) {
		r.whole = false
	}
	return nil
}

func sameTx(a, b *row) bool {
	return a.index == b.index && a.from == b.from && a.to == b.to && a.value == b.value && a.nonce == b.nonce && a.failed == b.failed
}

func sameToken(a, b *row) bool {
	return a.token == b.token && a.from == b.from && a.to == b.to && a.value == b.value
}

// sent counts the outgoing transactions of an account by their nonces.
func (r *reading) sent(w *row) {
	if w.hasNonce == 0 || r.accounts == nil {
		return
	}
	a := r.accounts[w.from]
	if a == nil {
		a = &nonces{first: w.nonce}
		r.accounts[w.from] = a
	}
	a.first, a.last, a.n = min(a.first, w.nonce), max(a.last, w.nonce), a.n+1
}

func (r *reading) receipts(k *block, n *tally) error {
	rows, err := r.rows(receiptTable, k.number)
	for i := range rows {
		k.receipts[rows[i].tx] = &rows[i]
	}
	for i := range k.txs {
		if k.receipts[k.txs[i].tx] != nil {
			n.receipts++
		}
	}
	n.receipts -= len(k.receipts)
	return err
}

// traces sorts traces by transaction. Those of a node that names no hashes (geth)
// are joined by the transaction's index.
func (r *reading) traces(k *block, _ *tally) error {
	rows, err := r.rows(traceTable, k.number)
	for _, w := range rows {
		if w.trace.kind == "reward" || w.trace.kind == "genesis" {
			k.rewards = append(k.rewards, w)
			continue
		}
		tx := w.tx
		if tx == "" && w.index >= 0 {
			for i := range k.txs {
				if k.txs[i].index == w.index {
					tx = k.txs[i].tx
				}
			}
		}
		if tx == "" {
			// A trace without its transaction: a name by its place.
			tx = fmt.Sprintf("block/%d/%d", k.number, w.index)
		}
		k.traces[tx] = append(k.traces[tx], w)
	}
	if err == nil {
		err = r.orphans(k)
	}
	return err
}

// orphans makes transactions of traces whose transaction is not in the data: the
// root trace says what it moved.
func (r *reading) orphans(k *block) error {
	known := map[string]bool{}
	for i := range k.txs {
		known[k.txs[i].tx] = true
	}
	for _, tx := range slices.Sorted(maps.Keys(k.traces)) {
		if known[tx] {
			continue
		}
		found := false
		for _, w := range k.traces[tx] {
			if len(w.trace.path) == 0 {
				found = true
				w.tx = tx
				w.failed, w.hasStatus = w.trace.failed, true
				if w.trace.kind != "call" && w.trace.kind != "create" || w.trace.kind == "call" && w.trace.call != "call" {
					w.value = money.Zero
				}
				w.index = max(w.index, 0)
				k.txs = append(k.txs, w)
			}
		}
		if w := k.traces[tx][0]; !found {
			return &Error{File: w.file, Line: w.line, Column: "trace_address", Msg: "calls of " + tx + ", and neither the transaction nor its root call", Hint: "give the table of transactions, or the traces whole", Err: ErrContradiction}
		}
	}
	slices.SortStableFunc(k.txs, func(a, b row) int { return int(a.index - b.index) })
	if k.time.IsZero() && len(k.txs) > 0 {
		k.time = k.txs[0].time
	}
	return nil
}

func (r *reading) tokens(k *block, n *tally) error {
	rows, err := r.rows(tokenTable, k.number)
	if err != nil {
		return err
	}
	if rows, err = once(rows, sameToken, n); err != nil {
		return err
	}
	known := map[string]bool{}
	for i := range k.txs {
		known[k.txs[i].tx] = true
	}
	for _, w := range rows {
		if known[w.tx] {
			k.tokens[w.tx] = append(k.tokens[w.tx], w)
		} else {
			k.loose = append(k.loose, w)
		}
	}
	return nil
}
