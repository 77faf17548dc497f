package ethereum

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// kind is which table a file holds.
type kind int

const (
	unknown kind = iota
	blockTable
	txTable
	receiptTable
	tokenTable
	traceTable
	contractTable
	assetTable
	logTable
)

var kindNames = [...]string{"unknown", "blocks", "transactions", "receipts", "token_transfers", "traces", "contracts", "tokens", "logs"}

// needs are the columns by which a table is known, and without which it cannot
// be read.
var needs = []struct {
	kind    kind
	columns []string
}{
	{traceTable, []string{"trace_type", "block_number", "from_address", "to_address", "value", "call_type"}},
	{tokenTable, []string{"token_address", "from_address", "to_address", "value", "transaction_hash", "log_index", "block_number"}},
	{receiptTable, []string{"transaction_hash", "gas_used", "cumulative_gas_used", "block_number"}},
	{txTable, []string{"hash", "block_number", "transaction_index", "from_address", "to_address", "value"}},
	{blockTable, []string{"number", "hash", "miner", "timestamp"}},
	{logTable, []string{"log_index", "topics", "data"}},
	{contractTable, []string{"address", "bytecode"}},
	{assetTable, []string{"address", "symbol", "decimals"}},
}

// tableOf tells which table a file holds.
func tableOf(in *input) kind {
	for _, n := range needs {
		all := true
		for _, c := range n.columns {
			all = all && in.has(c)
		}
		if all {
			return n.kind
		}
	}
	return unknown
}

// row is what the tables have in common; the fields that a table lacks are zero.
type row struct {
	line     int
	file     string
	block    uint64
	tx       string // transaction hash
	index    int64  // of the transaction in its block, -1 when not stated
	from, to ledger.Account
	value    money.Amount
	wide     bool         // the value is beyond 128 bits
	spread   money.Amount // by how much the value may be off, being a float
	hasTime  bool
	time     time.Time

	// transactions and receipts; a block's price of gas is its base fee
	nonce, hasNonce   uint64
	gasPrice, gasUsed money.Amount
	hasPrice, hasUsed bool
	paidPrice         bool         // the price is what was paid, by the receipt
	blobs             money.Amount // blob gas times its price
	failed, hasStatus bool
	contract          ledger.Account
	// token transfers
	token       ledger.Account
	log         uint64
	collectible bool   // said by the row itself; else by the table of contracts
	number      string // of the collectible, where the row says it
	// traces
	trace traceRow
	// blocks
	miner       ledger.Account
	hash        string
	txs         int64 // -1 when not stated
	withdrawals []withdrawal
}

type traceRow struct {
	kind, call, reward string
	path               []uint32
	failed             bool
}

type withdrawal struct {
	Index     uint64         `json:"index"`
	Validator uint64         `json:"validator_index"`
	Address   ledger.Account `json:"address"`
	Amount    json.Number    `json:"amount"` // in gwei (EIP-4895)
}

// rowReader reads fields of the row in work; the first fault stays.
type rowReader struct {
	in     *input
	err    error
	spread money.Amount // of the last amount
}

func (r *rowReader) fail(column, msg string, err error) {
	if r.err == nil {
		r.err = r.in.fault(column, "", err, msg)
	}
}

// fault is the first thing wrong with the row: of its bytes, then of its fields.
func (r *rowReader) fault() error {
	if r.in.bad != nil {
		return r.in.bad
	}
	return r.err
}

func (r *rowReader) text(column string) string { return string(r.in.get(column)) }

// number reads a whole number; ok is false where the field is empty.
func (r *rowReader) number(column string) (n uint64, ok bool) {
	f := r.in.get(column)
	if len(f) == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(f), 10, 64)
	if err != nil {
		r.fail(column, strconv.Quote(clip(f))+" is no whole number", ErrValue)
		return 0, false
	}
	return n, true
}

func (r *rowReader) must(column string) uint64 {
	n, ok := r.number(column)
	if !ok {
		r.fail(column, "empty, and needed", ErrValue)
	}
	return n
}

// amount reads an amount of atomic units in decimals. One beyond 128 bits is
// marked wide and zero.
func (r *rowReader) amount(column string) (a money.Amount, wide, ok bool) {
	field := r.in.field(column)
	f := field.Text
	if r.spread = field.Spread; len(f) == 0 {
		return money.Zero, false, false
	}
	a, err := money.Parse(string(f))
	if errors.Is(err, money.ErrOverflow) {
		return money.Zero, true, true
	}
	if err != nil {
		r.fail(column, strconv.Quote(clip(f)), err)
	}
	return a, false, err == nil
}

// address reads an address in lower case; empty where there is none.
func (r *rowReader) address(column string) ledger.Account {
	f := r.in.get(column)
	if len(f) == 0 {
		return ""
	}
	low := bytes.ToLower(f)
	if len(low) != 42 || string(low[:2]) != "0x" || !lowerHex(string(low[2:])) {
		r.fail(column, strconv.Quote(clip(f))+" is no address: 0x and 40 hex digits", ErrValue)
	}
	return ledger.Account(low)
}

// hash reads a transaction or block hash in lower case.
func (r *rowReader) hash(column string) string {
	f := bytes.ToLower(r.in.get(column))
	if len(f) != 0 && (len(f) != 66 || string(f[:2]) != "0x" || !lowerHex(string(f[2:]))) {
		r.fail(column, strconv.Quote(clip(f))+" is no hash: 0x and 64 hex digits", ErrValue)
	}
	return string(f)
}

func (r *rowReader) time(column string) (time.Time, bool) {
	f := r.in.get(column)
	if len(f) == 0 {
		return time.Time{}, false
	}
	if n, err := strconv.ParseInt(string(f), 10, 64); err == nil {
		return time.Unix(n, 0).UTC(), true
	}
	for _, form := range []string{"2006-01-02 15:04:05 UTC", time.RFC3339} {
		if t, err := time.Parse(form, string(f)); err == nil {
			return t.UTC(), true
		}
	}
	r.fail(column, strconv.Quote(clip(f))+" is no time: Unix seconds", ErrValue)
	return time.Time{}, false
}

// status reads a column of 1 and 0.
func (r *rowReader) status(column string) (failed, ok bool) {
	switch f := string(r.in.get(column)); f {
	case "":
		return false, false
	case "0", "1":
		return f == "0", true
	default:
		r.fail(column, strconv.Quote(clip([]byte(f)))+" is neither 1 nor 0", ErrValue)
		return false, false
	}
}

func clip(b []byte) string {
	if len(b) > 60 {
		return string(b[:57]) + "..."
	}
	return string(b)
}

func itoa(n int) string { return strconv.Itoa(n) }

// read reads the row in work as one of its table.
func read(in *input, k kind) (row, error) {
	r := &rowReader{in: in}
	w := row{line: in.line, file: in.name, index: -1, txs: -1}
	switch k {
	case blockTable:
		r.block(&w)
	case txTable:
		r.transaction(&w)
	case receiptTable:
		w.block, w.tx = r.must("block_number"), r.hash("transaction_hash")
		w.gasUsed, _, w.hasUsed = r.amount("gas_used")
		w.gasPrice, _, w.hasPrice = r.amount("effective_gas_price")
		w.blobs = r.blobs("blob_gas_used", "blob_gas_price")
		w.failed, w.hasStatus = r.status("status")
		w.contract = r.address("contract_address")
	case tokenTable:
		w.block, w.tx, w.log = r.must("block_number"), r.hash("transaction_hash"), r.must("log_index")
		w.token, w.from, w.to = r.address("token_address"), r.address("from_address"), r.address("to_address")
		r.value(&w)
		w.time, w.hasTime = r.time("block_timestamp")
	case traceTable:
		r.traceRow(&w)
	}
	return w, r.fault()
}

// value reads the amount that a row moves.
func (r *rowReader) value(w *row) {
	w.value, w.wide, _ = r.amount("value")
	w.spread = r.spread
}

// blobs is what blob gas cost, nothing where its columns are absent or empty.
func (r *rowReader) blobs(used, price string) money.Amount {
	if !r.in.has(used) {
		return money.Zero
	}
	n, wide1, _ := r.amount(used)
	each, wide2, _ := r.amount(price)
	out, fits := product(n, each)
	if wide1 || wide2 || !fits {
		r.fail(used, "blob gas times its price", money.ErrOverflow)
	}
	return out
}

func (r *rowReader) block(w *row) {
	w.block, w.hash, w.miner = r.must("number"), r.hash("hash"), r.address("miner")
	w.time, w.hasTime = r.time("timestamp")
	price, wide, ok := r.amount("base_fee_per_gas")
	w.gasPrice, w.hasPrice = price, ok && !wide
	if n, ok := r.number("transaction_count"); ok {
		w.txs = int64(n)
	}
	raw := bytes.TrimSpace(r.in.get("withdrawals"))
	if len(raw) == 0 {
		return
	}
	if raw[0] != '[' { // CSV: the objects alone, commas between
		raw = append(append([]byte{'['}, raw...), ']')
	}
	if err := json.Unmarshal(raw, &w.withdrawals); err != nil {
		r.fail("withdrawals", err.Error(), ErrFormat)
	}
}

func (r *rowReader) transaction(w *row) {
	w.block, w.tx, w.index = r.must("block_number"), r.hash("hash"), int64(r.must("transaction_index"))
	w.from, w.to = r.address("from_address"), r.address("to_address")
	r.value(w)
	w.time, w.hasTime = r.time("block_timestamp")
	if n, ok := r.number("nonce"); ok {
		w.nonce, w.hasNonce = n, 1
	}
	w.gasPrice, _, w.hasPrice = r.amount("gas_price")
	if p, _, ok := r.amount("receipt_effective_gas_price"); ok {
		w.gasPrice, w.hasPrice, w.paidPrice = p, true, true
	}
	w.blobs = r.blobs("receipt_blob_gas_used", "receipt_blob_gas_price")
	w.gasUsed, _, w.hasUsed = r.amount("receipt_gas_used")
	w.failed, w.hasStatus = r.status("receipt_status")
	w.contract = r.address("receipt_contract_address")
	if w.tx == "" || w.from == "" {
		r.fail("", "a transaction without hash or sender", ErrValue)
	}
}

func (r *rowReader) traceRow(w *row) {
	w.block, w.tx = r.must("block_number"), r.hash("transaction_hash")
	if n, ok := r.number("transaction_index"); ok {
		w.index = int64(n)
	}
	w.from, w.to = r.address("from_address"), r.address("to_address")
	r.value(w)
	w.time, w.hasTime = r.time("block_timestamp")
	w.trace = traceRow{kind: r.text("trace_type"), call: r.text("call_type"), reward: r.text("reward_type")}
	failed, stated := r.status("status")
	w.trace.failed = failed || !stated && len(r.in.get("error")) > 0
	path := bytes.Trim(r.in.get("trace_address"), "[] ")
	for len(path) > 0 {
		part, rest, _ := bytes.Cut(path, []byte(","))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(part)), 10, 32)
		if err != nil {
			r.fail("trace_address", strconv.Quote(clip(path))+" is no place in a tree of calls", ErrValue)
			return
		}
		w.trace.path = append(w.trace.path, uint32(n))
		path = rest
	}
}
