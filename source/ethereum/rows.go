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
	receipt           *row  // of a transaction
	tokens            []row // of a transaction, by log index
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
	unpaid      bool // the table has no column of withdrawals
}

type traceRow struct {
	kind, call, reward string
	path               []uint32
	failed             bool
	alone              bool // only its status says that it failed: the column of errors is empty
}

type withdrawal struct {
	Index     uint64         `json:"index"`
	Validator uint64         `json:"validator_index"`
	Address   ledger.Account `json:"address"`
	Amount    json.Number    `json:"amount"` // in gwei (EIP-4895)
}

// rowReader reads fields of the row in work; the first fault of a row stays.
type rowReader struct {
	in     *input
	err    error
	spread money.Amount // of the last amount
	names  *names
}

func (r *rowReader) fail(c column, msg string, err error) {
	if r.err == nil {
		r.err = r.in.fault(c.String(), "", err, msg)
	}
}

// fault is the first thing wrong with the row: of its bytes, then of its fields.
func (r *rowReader) fault() error {
	if r.in.bad != nil {
		return r.in.bad
	}
	return r.err
}

func (r *rowReader) text(c column) string { return string(r.in.get(c)) }

// number reads a whole number; ok is false where the field is empty.
func (r *rowReader) number(c column) (n uint64, ok bool) {
	if n, ok := r.in.number(c); ok {
		return n, true
	}
	f := r.in.get(c)
	if len(f) == 0 {
		return 0, false
	}
	if n, ok := digits(f); ok {
		return n, true
	}
	n, err := strconv.ParseUint(string(f), 10, 64)
	if err != nil {
		r.fail(c, strconv.Quote(clip(f))+" is no whole number", ErrValue)
		return 0, false
	}
	return n, true
}

// digits reads a number of up to 18 digits, as nearly all are.
func digits(f []byte) (n uint64, ok bool) {
	if len(f) == 0 || len(f) > 18 {
		return 0, false
	}
	for _, c := range f {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + uint64(d)
	}
	return n, true
}

func (r *rowReader) must(c column) uint64 {
	n, ok := r.number(c)
	if !ok {
		r.fail(c, "empty, and needed", ErrValue)
	}
	return n
}

// amount reads an amount of atomic units in decimals. One beyond 128 bits is
// marked wide and zero.
func (r *rowReader) amount(c column) (a money.Amount, wide, ok bool) {
	if a, ok := r.in.whole(c); ok {
		r.spread = money.Zero
		return a, false, true
	}
	field := r.in.field(c)
	f := field.Text
	if r.spread = field.Spread; len(f) == 0 {
		return money.Zero, false, false
	}
	a, err := money.ParseBytes(f)
	if errors.Is(err, money.ErrOverflow) {
		return money.Zero, true, true
	}
	if err != nil {
		r.fail(c, strconv.Quote(clip(f)), err)
	}
	return a, false, err == nil
}

// address reads an address in lower case; empty where there is none.
func (r *rowReader) address(c column) ledger.Account {
	f := r.in.get(c)
	if len(f) == 0 {
		return ""
	}
	if a, ok := r.names.address(f); ok {
		return a
	}
	low := bytes.ToLower(f)
	if len(low) != 42 || string(low[:2]) != "0x" || !lowerHex(low[2:]) {
		r.fail(c, strconv.Quote(clip(f))+" is no address: 0x and 40 hex digits", ErrValue)
	}
	return ledger.Account(low)
}

// hash reads a transaction or block hash in lower case.
func (r *rowReader) hash(c column) string {
	f := r.in.get(c)
	if h, ok := r.names.hash(f); ok {
		return h
	}
	f = bytes.ToLower(f)
	if len(f) != 0 && (len(f) != 66 || string(f[:2]) != "0x" || !lowerHex(f[2:])) {
		r.fail(c, strconv.Quote(clip(f))+" is no hash: 0x and 64 hex digits", ErrValue)
	}
	return string(f)
}

func (r *rowReader) time(c column) (time.Time, bool) {
	if n, ok := r.in.number(c); ok {
		return time.Unix(int64(n), 0).UTC(), true
	}
	f := r.in.get(c)
	if len(f) == 0 {
		return time.Time{}, false
	}
	if n, ok := digits(f); ok {
		return time.Unix(int64(n), 0).UTC(), true
	}
	if n, err := strconv.ParseInt(string(f), 10, 64); err == nil {
		return time.Unix(n, 0).UTC(), true
	}
	for _, form := range []string{"2006-01-02 15:04:05 UTC", time.RFC3339} {
		if t, err := time.Parse(form, string(f)); err == nil {
			return t.UTC(), true
		}
	}
	r.fail(c, strconv.Quote(clip(f))+" is no time: Unix seconds", ErrValue)
	return time.Time{}, false
}

// status reads a column of 1 and 0.
func (r *rowReader) status(c column) (failed, ok bool) {
	if n, ok := r.in.number(c); ok && n <= 1 {
		return n == 0, true
	}
	switch f := string(r.in.get(c)); f {
	case "":
		return false, false
	case "0", "1":
		return f == "0", true
	default:
		r.fail(c, strconv.Quote(clip([]byte(f)))+" is neither 1 nor 0", ErrValue)
		return false, false
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// read reads the row in work as one of its table.
func (r *rowReader) read(k kind, w *row) error {
	r.err = nil
	*w = row{line: r.in.line, file: r.in.name, index: -1, txs: -1}
	switch k {
	case blockTable:
		r.block(w)
	case txTable:
		r.transaction(w)
	case receiptTable:
		w.block, w.tx = r.must(colBlockNumber), r.hash(colTransactionHash)
		w.gasUsed, w.hasUsed = r.gas(colGasUsed)
		w.gasPrice, w.hasPrice = r.gas(colEffectiveGasPrice)
		w.blobs = r.blobs(colBlobGasUsed, colBlobGasPrice)
		w.failed, w.hasStatus = r.status(colStatus)
		w.contract = r.address(colContractAddress)
	case tokenTable:
		w.block, w.tx, w.log = r.must(colBlockNumber), r.hash(colTransactionHash), r.must(colLogIndex)
		w.token, w.from, w.to = r.address(colTokenAddress), r.address(colFromAddress), r.address(colToAddress)
		r.value(w)
		w.time, w.hasTime = r.time(colBlockTimestamp)
		if w.tx == "" || w.token == "" || w.from == "" || w.to == "" {
			r.fail(wholeRow, "a token transfer without transaction, token, sender or receiver", ErrValue)
		}
	case traceTable:
		r.traceRow(w)
	}
	return r.fault()
}

// value reads the amount that a row moves.
func (r *rowReader) value(w *row) {
	w.value, w.wide, _ = r.amount(colValue)
	w.spread = r.spread
}

// gas reads an amount of gas, or its price.
func (r *rowReader) gas(c column) (money.Amount, bool) {
	a, wide, ok := r.amount(c)
	if wide {
		r.fail(c, "gas or its price beyond 128 bits", money.ErrOverflow)
	}
	return a, ok
}

// blobs is what blob gas cost, nothing where its columns are absent or empty.
func (r *rowReader) blobs(used, price column) money.Amount {
	n, wide1, ok := r.amount(used)
	if !ok {
		return money.Zero
	}
	each, wide2, _ := r.amount(price)
	out, fits := product(n, each)
	if wide1 || wide2 || !fits {
		r.fail(used, "blob gas times its price", money.ErrOverflow)
	}
	return out
}

func (r *rowReader) block(w *row) {
	w.block, w.hash, w.miner = r.must(colNumber), r.hash(colHash), r.address(colMiner)
	w.time, w.hasTime = r.time(colTimestamp)
	w.gasPrice, w.hasPrice = r.gas(colBaseFeePerGas)
	if n, ok := r.number(colTransactionCount); ok {
		w.txs = int64(n)
	}
	w.unpaid = !r.in.has(colWithdrawals.String())
	raw := bytes.TrimSpace(r.in.get(colWithdrawals))
	if len(raw) == 0 {
		return
	}
	if raw[0] != '[' { // CSV: the objects alone, commas between
		raw = append(append([]byte{'['}, raw...), ']')
	}
	if err := json.Unmarshal(raw, &w.withdrawals); err != nil {
		r.fail(colWithdrawals, err.Error(), ErrFormat)
	}
}

// place is a transaction's place in its block, below those of what has none.
func (r *rowReader) place(n uint64) int64 {
	if n >= looseTokens {
		r.fail(colTransactionIndex, strconv.FormatUint(n, 10)+" is no place in a block", ErrValue)
		return 0
	}
	return int64(n)
}

func (r *rowReader) transaction(w *row) {
	w.block, w.tx, w.index = r.must(colBlockNumber), r.hash(colHash), r.place(r.must(colTransactionIndex))
	w.from, w.to = r.address(colFromAddress), r.address(colToAddress)
	r.value(w)
	w.time, w.hasTime = r.time(colBlockTimestamp)
	if n, ok := r.number(colNonce); ok {
		w.nonce, w.hasNonce = n, 1
	}
	w.gasPrice, w.hasPrice = r.gas(colGasPrice)
	if p, ok := r.gas(colReceiptEffectiveGasPrice); ok {
		w.gasPrice, w.hasPrice, w.paidPrice = p, true, true
	}
	w.blobs = r.blobs(colReceiptBlobGasUsed, colReceiptBlobGasPrice)
	w.gasUsed, w.hasUsed = r.gas(colReceiptGasUsed)
	w.failed, w.hasStatus = r.status(colReceiptStatus)
	w.contract = r.address(colReceiptContractAddress)
	if w.tx == "" || w.from == "" {
		r.fail(wholeRow, "a transaction without hash or sender", ErrValue)
	}
}

func (r *rowReader) traceRow(w *row) {
	w.block, w.tx = r.must(colBlockNumber), r.hash(colTransactionHash)
	if n, ok := r.number(colTransactionIndex); ok {
		w.index = r.place(n)
	}
	w.from, w.to = r.address(colFromAddress), r.address(colToAddress)
	r.value(w)
	w.time, w.hasTime = r.time(colBlockTimestamp)
	w.trace = traceRow{kind: r.text(colTraceType), call: r.text(colCallType), reward: r.text(colRewardType)}
	failed, stated := r.status(colStatus)
	silent := len(r.in.get(colError)) == 0
	w.trace.failed, w.trace.alone = failed || !stated && !silent, failed && silent && r.in.has(colError.String())
	path := bytes.Trim(r.in.get(colTraceAddress), "[] ")
	for len(path) > 0 {
		part, rest, _ := bytes.Cut(path, []byte(","))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(part)), 10, 32)
		if err != nil {
			r.fail(colTraceAddress, strconv.Quote(clip(path))+" is no place in a tree of calls", ErrValue)
			return
		}
		w.trace.path = append(w.trace.path, uint32(n))
		path = rest
	}
}
