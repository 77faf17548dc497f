package ethereum

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// reading gathers the rows of one block after the other.
type reading struct {
	s        *Source
	accounts *accounts
	whole    bool
	last     uint64
	begun    bool
	block    block // in work
}

// block is everything that the tables say of one block.
type block struct {
	number   uint64
	mark     string // of a node's block: host#hash, which its transfers say as evidence
	head     *row
	txs      []row            // with their receipts and token transfers
	places   map[string]int   // of txs, by hash
	receipts map[string]*row  // whose transaction is not in the data
	traces   map[string][]row // by transaction
	rewards  []row
	loose    []row // token rows whose transaction is not in the data
	echoes   bool  // ether that moves is logged (EIP-7708)
	time     time.Time
}

// reset makes an empty block, in the memory of the one before.
func (k *block) reset(number uint64) {
	*k = block{number: number, places: emptied(k.places), receipts: emptied(k.receipts), traces: emptied(k.traces), rewards: k.rewards[:0], loose: k.loose[:0]}
}

// emptied clears a map, or makes a new one where it has been so large that clearing
// it for each of many small blocks would cost more.
func emptied[V any](m map[string]V) map[string]V {
	if m == nil || len(m) > 4096 {
		return map[string]V{}
	}
	clear(m)
	return m
}

// index notes the places of the transactions.
func (k *block) index() {
	for i := range k.txs {
		k.places[k.txs[i].tx] = i
	}
}

// place finds a transaction that is likely at a place, or next to it.
func (k *block) place(tx string, likely int) (int, bool) {
	for i := likely; i < len(k.txs) && i < likely+2; i++ {
		if k.txs[i].tx == tx {
			return i, true
		}
	}
	i, ok := k.places[tx]
	return i, ok
}

// inBlocks are the tables whose rows are of blocks.
var inBlocks = []kind{blockTable, txTable, receiptTable, tokenTable, traceTable}

// next gives the next block, nil after the last. It is valid until the next call.
func (r *reading) next(n *tally) (*block, error) {
	number, any := uint64(0), false
	for _, k := range inBlocks {
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
	k := &r.block
	k.reset(number)
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

// shanghai is when blocks began to pay withdrawals (EIP-4895), in Unix seconds
// (go-ethereum 1.17.8, params/chainspecs).
var shanghai = map[ledger.ID]int64{"eip155:1": 1681338455, "eip155:11155111": 1677557088}

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
	if at, known := shanghai[r.s.id]; known && k.head.unpaid && k.time.Unix() >= at {
		n.unpaid++
	}
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
	if err := k.once(rows, n); err != nil {
		return err
	}
	if arrange(k.txs, byIndex) {
		k.index()
	}
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
		if w.hasNonce == 1 && r.accounts != nil {
			r.accounts.count(w.from, w.nonce)
		}
	}
	if k.head != nil && k.head.txs >= 0 && k.head.txs != int64(len(k.txs)) {
		r.whole = false
	}
	return nil
}

// once keeps the transactions of a block. Rows that say the same thing again, as
// overlapping exports do, are dropped, and two that differ are refused.
func (k *block) once(rows []row, n *tally) error {
	k.txs = rows[:0]
	for i := range rows {
		w := &rows[i]
		if place, again := k.places[w.tx]; again {
			if was := &k.txs[place]; !sameTx(was, w) {
				return differs(was, w)
			}
			n.repeated++
			continue
		}
		k.places[w.tx] = len(k.txs)
		if len(k.txs) < i {
			rows[len(k.txs)] = *w
		}
		k.txs = rows[:len(k.txs)+1]
	}
	return nil
}

func differs(was, w *row) error {
	return &Error{File: w.file, Line: w.line, Msg: fmt.Sprintf("%s/%d of block %d differs from %s:%d", w.tx, w.log, w.block, was.file, was.line), Hint: "two exports that disagree: keep one", Err: ErrContradiction}
}

func sameTx(a, b *row) bool {
	return a.index == b.index && a.from == b.from && a.to == b.to && a.value == b.value && a.nonce == b.nonce && a.failed == b.failed
}

func sameToken(a, b *row) bool {
	return a.token == b.token && a.from == b.from && a.to == b.to && a.value == b.value
}

func (r *reading) receipts(k *block, n *tally) error {
	rows, err := r.rows(receiptTable, k.number)
	if err != nil {
		return err
	}
	for i := range rows {
		w := &rows[i]
		if place, ok := k.place(w.tx, i); ok {
			k.txs[place].receipt = w
		} else {
			k.receipts[w.tx] = w
		}
	}
	n.receipts -= len(k.receipts)
	return nil
}

// traces sorts traces by transaction. Those of a node that names no hashes (geth)
// are joined by the transaction's index.
func (r *reading) traces(k *block, n *tally) error {
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
	if err != nil {
		return err
	}
	for tx, rows := range k.traces {
		k.traces[tx] = onceTraces(rows, n)
	}
	return r.orphans(k)
}

// onceTraces is once for the calls of a transaction: those of overlapping exports
// must not move their value twice. Each has a place of its own in the tree of calls;
// where the places rise, none comes again.
func onceTraces(rows []row, n *tally) []row {
	rise := true
	for i := range rows[1:] {
		rise = rise && slices.Compare(rows[i].trace.path, rows[i+1].trace.path) < 0
	}
	if rise {
		return rows
	}
	type call struct {
		path, kind, call string
		from, to         ledger.Account
		value            money.Amount
		failed           bool
	}
	seen, out := map[call]bool{}, rows[:0]
	for i := range rows {
		w := &rows[i]
		c := call{pathName(w.trace.path), w.trace.kind, w.trace.call, w.from, w.to, w.value, w.trace.failed}
		if seen[c] {
			n.repeated++
			continue
		}
		seen[c] = true
		out = append(out, *w)
	}
	return out
}

// orphans makes transactions of traces whose transaction is not in the data: the
// root trace says what it moved.
func (r *reading) orphans(k *block) error {
	own := len(k.txs)
	for _, tx := range slices.Sorted(maps.Keys(k.traces)) {
		if _, known := k.places[tx]; known {
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
	if len(k.txs) > own {
		arrange(k.txs, byIndex)
		k.index()
	}
	if k.time.IsZero() && len(k.txs) > 0 {
		k.time = k.txs[0].time
	}
	return nil
}

// tokens gives each transaction its token transfers, by log index.
func (r *reading) tokens(k *block, n *tally) error {
	rows, err := r.rows(tokenTable, k.number)
	all := len(rows)
	rows = slices.DeleteFunc(rows, func(w row) bool { return w.token == systemAddress })
	n.echoes, k.echoes = n.echoes+all-len(rows), len(rows) < all
	if err != nil || len(rows) == 0 {
		return err
	}
	if rows, err = onceTokens(rows, n); err != nil {
		return err
	}
	known, at := rows[:0], 0
	for i := range rows {
		place, ok := k.place(rows[i].tx, at)
		if !ok {
			k.loose = append(k.loose, rows[i])
			continue
		}
		at = place
		if rows[i].index = int64(place); len(known) < i {
			rows[len(known)] = rows[i]
		}
		known = rows[:len(known)+1]
	}
	arrange(known, func(a, b *row) int { return cmp.Or(cmp.Compare(a.index, b.index), cmp.Compare(a.log, b.log)) })
	for len(known) > 0 {
		tx, i := known[0].index, 1
		for i < len(known) && known[i].index == tx {
			i++
		}
		k.txs[tx].tokens, known = known[:i:i], known[i:]
	}
	return nil
}

// onceTokens is once for token transfers. A block counts its logs through: where
// the numbers rise, none comes again.
func onceTokens(rows []row, n *tally) ([]row, error) {
	rise := true
	for i := range rows[1:] {
		rise = rise && rows[i].log < rows[i+1].log
	}
	if rise {
		return rows, nil
	}
	type name struct {
		tx  string
		log uint64
	}
	seen, out := map[name]int{}, rows[:0]
	for i := range rows {
		w := &rows[i]
		if place, again := seen[name{w.tx, w.log}]; again {
			if was := &out[place]; !sameToken(was, w) {
				return nil, differs(was, w)
			}
			n.repeated++
			continue
		}
		seen[name{w.tx, w.log}] = len(out)
		out = append(out, *w)
	}
	return out, nil
}

// byIndex is the order of transactions in their block.
func byIndex(a, b *row) int { return cmp.Compare(a.index, b.index) }

// arrange sorts rows that are not in order; those that are equal stay as they
// stand. It reports whether any moved. Nearly all exports are in order.
func arrange(rows []row, order func(a, b *row) int) bool {
	for i := 1; i < len(rows); i++ {
		if order(&rows[i-1], &rows[i]) > 0 {
			sort.SliceStable(rows, func(i, j int) bool { return order(&rows[i], &rows[j]) < 0 })
			return true
		}
	}
	return false
}
