package ethereum

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// quantity is a whole number of the node: hex with 0x, as the JSON-RPC writes
// them; a plain number where Parity does so.
type quantity struct {
	n         money.Amount
	set, wide bool // wide: beyond 128 bits
}

// UnmarshalJSON implements json.Unmarshaler.
func (q *quantity) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	q.set = true
	if len(text) > 0 && text[0] != '"' {
		n, err := strconv.ParseUint(string(text), 10, 64)
		q.n = money.Units(n)
		return err
	}
	digits, ok := strings.CutPrefix(strings.Trim(string(text), `"`), "0x")
	if !ok || len(digits) > 64 || !lowerHex(strings.ToLower(digits)) {
		return fmt.Errorf("%.80s is no quantity", text)
	}
	q.n, q.wide = amountOf(digits)
	return nil
}

// amountOf reads hex digits; wide beyond 128 bits, and zero then.
func amountOf(digits string) (a money.Amount, wide bool) {
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 32 {
		return money.Zero, true
	}
	var words [2]uint64
	padded := strings.Repeat("0", 32-len(digits)) + digits
	for i := range words {
		words[i], _ = strconv.ParseUint(padded[16*i:16*i+16], 16, 64)
	}
	return money.FromWords(words[0], words[1]), false
}

// small is the number where it has 64 bits.
func (q quantity) small() (uint64, bool) {
	hi, lo := q.n.Words()
	return lo, q.set && !q.wide && hi == 0
}

// hexText is an address (42 characters) or a hash (66), in lower case.
type hexText string

// UnmarshalJSON implements json.Unmarshaler.
func (h *hexText) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	s := strings.ToLower(strings.Trim(string(text), `"`))
	if len(s) != 42 && len(s) != 66 || s[:2] != "0x" || !lowerHex(s[2:]) {
		return fmt.Errorf("%.80s is neither an address nor a hash", text)
	}
	*h = hexText(s)
	return nil
}

// account is an address, none where the text is a hash.
func (h hexText) account() ledger.Account {
	if len(h) != 42 {
		return ""
	}
	return ledger.Account(h)
}

// blockAnswer is what eth_getBlockByNumber gives, with transactions whole.
type blockAnswer struct {
	Number, Timestamp quantity
	Hash, ParentHash  hexText
	Miner             hexText
	BaseFeePerGas     quantity // since EIP-1559
	Transactions      []txAnswer
	Withdrawals       []struct {
		Index, ValidatorIndex, Amount quantity
		Address                       hexText
	}
}

type txAnswer struct {
	Hash, From, To                           hexText
	TransactionIndex, Value, Nonce, GasPrice quantity
}

// receiptAnswer is what eth_getTransactionReceipt gives.
type receiptAnswer struct {
	TransactionHash, BlockHash, ContractAddress hexText
	Status, GasUsed, EffectiveGasPrice          quantity
	BlobGasUsed, BlobGasPrice                   quantity // since EIP-4844
	Logs                                        []logAnswer
}

type logAnswer struct {
	Address, TransactionHash hexText
	Topics                   []hexText
	Data                     string
	LogIndex                 quantity
	Removed                  bool
}

// callAnswer is a call as geth's callTracer gives it, with the calls inside it.
type callAnswer struct {
	Type, Error string
	From, To    hexText
	Value       quantity
	Calls       []callAnswer
}

// gethAnswer is one transaction of debug_traceBlockByHash.
type gethAnswer struct {
	TxHash hexText
	Result *callAnswer
	Error  string
}

// parityAnswer is one call of trace_block.
type parityAnswer struct {
	Type   string
	Action struct {
		CallType, RewardType             string
		From, To, Author                 hexText
		Address, RefundAddress           hexText
		Value, Balance                   quantity
		CreationMethod, Gas, Init, Input json.RawMessage
	}
	BlockHash, TransactionHash hexText
	TransactionPosition        quantity
	TraceAddress               []uint32
	Error                      string
	Result                     *struct{ Address hexText }
}

// Topics of the events that are read: Transfer(address,address,uint256) of EIP-20
// and EIP-721; Deposit(address,uint256) and Withdrawal(address,uint256) of wrapped
// ether, which makes and destroys tokens without a Transfer.
const (
	topicTransfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
	topicWrap     = "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c"
	topicUnwrap   = "0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65"
)

// wrapped is the contract of wrapped ether (WETH9) by chain (gnosis/canonical-weth,
// networks.json, where other chains have it at other addresses; etherscan.io shows its
// verified source). On another chain anything may stand at this address: forks of
// Ethereum have the contract there, and another coin in it.
var wrapped = map[ledger.ID]ledger.Account{"eip155:1": "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"}

// wrote gathers the rows that a node's answers about one block are.
type wrote struct {
	file    string // stands in errors and evidence
	at      uint64
	wrapped ledger.Account // the chain's contract of wrapped ether, none where it is not known
	rows    map[kind][]row
	// silent counts self-destructions of which the node does not say what they moved.
	silent int
	odd    oddEvents
	// unwrapped counts the events Deposit and Withdrawal of contracts that are not
	// known to wrap ether.
	unwrapped int
}

func newWrote(file string, chain ledger.ID, at uint64) *wrote {
	return &wrote{file: file, at: at, wrapped: wrapped[chain], rows: map[kind][]row{}}
}

func (o *wrote) row() row { return row{file: o.file, block: o.at, index: -1, txs: -1} }

func (o *wrote) add(k kind, w row) { o.rows[k] = append(o.rows[k], w) }

func (o *wrote) lie(format string, args ...any) error {
	return &Error{File: o.file, Msg: fmt.Sprintf(format, args...), Hint: "ask another node", Err: ErrLie}
}

// block makes rows of the block and its transactions.
func (o *wrote) block(b *blockAnswer) error {
	if n, ok := b.Number.small(); !ok || n != o.at {
		return o.lie("asked for, and block %s came", b.Number.n)
	}
	seconds, ok := b.Timestamp.small()
	if !ok || seconds > 1<<40 || len(b.Hash) != 66 || len(b.ParentHash) != 66 {
		return o.lie("a block without hash, parent or time")
	}
	w := o.row()
	w.hash, w.miner, w.txs = string(b.Hash), b.Miner.account(), int64(len(b.Transactions))
	w.time, w.hasTime = time.Unix(int64(seconds), 0).UTC(), true
	if b.BaseFeePerGas.wide {
		return o.lie("a base fee beyond 128 bits")
	}
	w.gasPrice, w.hasPrice = b.BaseFeePerGas.n, b.BaseFeePerGas.set
	for _, x := range b.Withdrawals {
		index, ok1 := x.Index.small()
		validator, ok2 := x.ValidatorIndex.small()
		if _, ok3 := x.Amount.small(); !ok1 || !ok2 || !ok3 || x.Address.account() == "" {
			return o.lie("a withdrawal without number, receiver or amount")
		}
		w.withdrawals = append(w.withdrawals, withdrawal{index, validator, x.Address.account(), json.Number(x.Amount.n.String())})
	}
	o.add(blockTable, w)
	for i := range b.Transactions {
		if err := o.transaction(&b.Transactions[i], i, &w); err != nil {
			return err
		}
	}
	return nil
}

func (o *wrote) transaction(t *txAnswer, i int, head *row) error {
	w := o.row()
	if n, ok := t.TransactionIndex.small(); !ok || n != uint64(i) || len(t.Hash) != 66 || t.From.account() == "" || !t.Value.set {
		return o.lie("transaction %d without place, hash, sender or value", i)
	}
	w.tx, w.index, w.from, w.to = string(t.Hash), int64(i), t.From.account(), t.To.account()
	w.value, w.wide, w.time, w.hasTime = t.Value.n, t.Value.wide, head.time, true
	if n, ok := t.Nonce.small(); ok {
		w.nonce, w.hasNonce = n, 1
	}
	if t.GasPrice.wide {
		return o.lie("transaction %d with a price of gas beyond 128 bits", i)
	}
	w.gasPrice, w.hasPrice = t.GasPrice.n, t.GasPrice.set
	o.add(txTable, w)
	return nil
}

// receipts makes rows of receipts and of the token transfers in their logs. The
// answers are of this block, one for each transaction, or they are refused.
func (o *wrote) receipts(rs []receiptAnswer, b *blockAnswer) error {
	if len(rs) != len(b.Transactions) {
		return o.lie("%d receipts of %d transactions", len(rs), len(b.Transactions))
	}
	for i := range rs {
		r := &rs[i]
		if r.TransactionHash != b.Transactions[i].Hash || r.BlockHash != b.Hash {
			return o.lie("receipt %d is of transaction %s in block %s", i, r.TransactionHash, r.BlockHash)
		}
		if err := o.receipt(r); err != nil {
			return err
		}
	}
	return nil
}

func (o *wrote) receipt(r *receiptAnswer) error {
	w := o.row()
	w.tx, w.contract = string(r.TransactionHash), r.ContractAddress.account()
	if r.GasUsed.wide || r.EffectiveGasPrice.wide {
		return o.lie("gas or its price beyond 128 bits in the receipt of %s", r.TransactionHash)
	}
	w.gasUsed, w.hasUsed = r.GasUsed.n, r.GasUsed.set
	w.gasPrice, w.hasPrice = r.EffectiveGasPrice.n, r.EffectiveGasPrice.set
	blobs, fits := product(r.BlobGasUsed.n, r.BlobGasPrice.n)
	if !fits || r.BlobGasUsed.wide || r.BlobGasPrice.wide {
		return o.lie("blob gas of %s beyond 64 bits", r.TransactionHash)
	}
	w.blobs = blobs
	w.failed, w.hasStatus = r.Status.n.IsZero(), r.Status.set
	o.add(receiptTable, w)
	for i := range r.Logs {
		if r.Logs[i].TransactionHash != r.TransactionHash {
			return o.lie("a log of transaction %s in the receipt of %s", r.Logs[i].TransactionHash, r.TransactionHash)
		}
		if err := o.log(&r.Logs[i]); err != nil {
			return err
		}
	}
	return nil
}

// log makes a row of an event that moves tokens. EIP-20 and EIP-721 have the same
// topic; the number of a collectible is a topic of its own, an amount is data.
func (o *wrote) log(l *logAnswer) error {
	n, ok := l.LogIndex.small()
	if l.Removed { // by a reorganisation: its block does not stand
		return o.lie("log %d is removed, and stands in the receipt of %s", n, l.TransactionHash)
	}
	if len(l.Topics) == 0 {
		return nil
	}
	w := o.row()
	w.tx, w.token, w.log = string(l.TransactionHash), l.Address.account(), n
	if !ok || w.token == "" || w.tx == "" {
		return o.lie("a log without place, contract or transaction")
	}
	data, err := hex.DecodeString(strings.TrimPrefix(l.Data, "0x"))
	if err != nil {
		return o.lie("the data of log %d is no hex", n)
	}
	fields := []string{}
	for _, t := range l.Topics[1:] {
		fields = append(fields, strings.TrimPrefix(string(t), "0x"))
	}
	for ; len(data) >= 32; data = data[32:] {
		fields = append(fields, hex.EncodeToString(data[:32]))
	}
	switch topic := l.Topics[0]; {
	case topic == topicTransfer && len(fields) == 3 && len(data) == 0:
		w.collectible = len(l.Topics) == 4
		w.from, w.to = addressIn(fields[0]), addressIn(fields[1])
	case topic == topicWrap && w.token == o.wrapped && len(fields) == 2:
		w.from, w.to = zeroAddress, addressIn(fields[0])
	case topic == topicUnwrap && w.token == o.wrapped && len(fields) == 2:
		w.from, w.to = addressIn(fields[0]), zeroAddress
	case topic == topicTransfer:
		o.odd.count(len(l.Topics) == 4, w.tx+"/"+strconv.FormatUint(n, 10))
		return nil
	case topic == topicWrap, topic == topicUnwrap:
		o.unwrapped++
		return nil
	default:
		return nil
	}
	last := fields[len(fields)-1]
	if w.collectible {
		w.number = decimal(last)
	} else {
		w.value, w.wide = amountOf(last)
	}
	o.add(tokenTable, w)
	return nil
}

// addressIn is the address in a word of 32 bytes.
func addressIn(word string) ledger.Account {
	if len(word) != 64 {
		return ""
	}
	return ledger.Account("0x" + word[24:])
}

// decimal writes a number in hex in decimals.
func decimal(digits string) string {
	n, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		return digits
	}
	return n.String()
}
