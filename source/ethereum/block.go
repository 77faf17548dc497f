package ethereum

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Positions behind the transactions of a block, for what has none.
const (
	looseTokens = math.MaxUint32 - 2
	blockPays   = math.MaxUint32 - 1
)

// builder turns blocks into transfers and counts what there is to say.
type builder struct {
	s     *Source
	out   []ledger.Transfer
	tie   uint64
	moves []move // not yet given out
	text  []byte
	texts texts
	tally
}

func newBuilder(s *Source) *builder {
	return &builder{s: s, tally: tally{assets: map[ledger.Account]money.AssetID{}}}
}

// move is the room of a transfer's debit and credit. Rooms are made many at a time
// and each is given out once.
type move struct {
	debit  [1]ledger.Debit
	credit [1]ledger.Credit
}

// pay says who a transfer debits and credits, and what.
func (b *builder) pay(t *ledger.Transfer, from ledger.Account, debit money.Amount, to ledger.Account, credit money.Amount) {
	if len(b.moves) == 0 {
		b.moves = make([]move, 8)
	}
	m := &b.moves[0]
	b.moves = b.moves[1:]
	m.debit[0] = ledger.Debit{Account: from, Amount: debit}
	m.credit[0] = ledger.Credit{Account: to, Amount: credit}
	t.Debits, t.Credits = m.debit[:], m.credit[:]
}

// tally is what a reading counted, for the notes.
type tally struct {
	assumed, failed, noGas, repeated int
	collectibles, rewards, withdrawn int
	burnt, echoes, doubted, unpaid   int
	loose, wide, derived             int
	receipts                         int // below zero: without their transaction
	rounded, nameless                int
	tipped, whole                    int
	spread                           money.Amount // the widest
	wides                            []string
	assets                           map[ledger.Account]money.AssetID // of the contracts of tokens that moved
}

// build makes the transfers of a block in canonical order.
func (b *builder) build(k *block) error {
	b.out = b.out[:0]
	for i := range k.txs {
		if err := b.transaction(k, &k.txs[i]); err != nil {
			return err
		}
	}
	if err := b.looseTokens(k); err != nil {
		return err
	}
	return b.blockPays(k)
}

func (b *builder) transfer(k *block, w *row, id, tx string) ledger.Transfer {
	file, line := w.file, uint64(w.line)
	if k.mark != "" {
		file, line = k.mark, k.number
	}
	b.text = strconv.AppendUint(append(append(b.text[:0], file...), ':'), line, 10)
	return ledger.Transfer{Ledger: b.s.id, ID: id, Tx: tx, Asset: b.s.native, Time: k.time, Evidence: b.texts.keep(b.text)}
}

// round marks a transfer whose amount was kept as a float and may not be the one
// that was meant.
func (b *builder) round(t *ledger.Transfer, w *row) {
	if w.spread.IsZero() {
		return
	}
	b.rounded++
	if b.spread.Less(w.spread) {
		b.spread = w.spread
	}
	setAttr(t, "rounded", w.spread.String())
}

// transaction makes the transfers of one transaction: value, gas, tokens.
func (b *builder) transaction(k *block, w *row) error {
	if r := cmp.Or(w.receipt, k.receipts[w.tx]); r != nil {
		join(w, r)
	}
	traces := k.traces[w.tx]
	for i := range traces {
		if t := &traces[i]; w.contract == "" && len(t.trace.path) == 0 && t.trace.kind == "create" {
			w.contract = t.to
		}
	}
	failed, err := b.hasFailed(w, traces)
	if err != nil {
		return err
	}
	fee, err := b.fee(k, w)
	if err != nil {
		return err
	}
	at := ledger.Key{Block: k.number, Tx: uint32(w.index)}
	own := b.transfer(k, w, w.tx, w.tx)
	own.Key = at
	switch {
	case failed:
		b.failed++
		own.Failed = true
		own.Debits = []ledger.Debit{{Account: w.from, Amount: fee.burnt}}
		own.Attrs = map[string]string{"attempted": w.value.String(), "attempted_to": string(w.to)}
	case w.wide:
		return b.fail(w, "value", "beyond 128 bits in the native asset", money.ErrOverflow)
	default:
		spent, fits := w.value.CheckedAdd(fee.burnt)
		if !fits {
			return b.fail(w, "value", "value and fee", money.ErrOverflow)
		}
		to, err := b.receiver(w)
		if err != nil {
			return err
		}
		b.pay(&own, w.from, spent, to, w.value)
	}
	if !failed {
		b.round(&own, w)
	}
	b.pays(k, &own, fee)
	at.Sub = b.out[len(b.out)-1].Key.Sub + 1
	if at.Sub, err = b.internal(k, w, traces, failed, at); err != nil {
		return err
	}
	if failed && len(w.tokens) > 0 {
		return b.fail(&w.tokens[0], "", "a token transfer of a transaction that failed", ErrContradiction)
	}
	b.tokensOf(k, w, at)
	return nil
}

// join lays what a receipt says over its transaction.
func join(w, r *row) {
	if !w.hasStatus {
		w.failed, w.hasStatus = r.failed, r.hasStatus
	}
	if !w.hasUsed {
		w.gasUsed, w.hasUsed = r.gasUsed, r.hasUsed
	}
	if r.hasPrice {
		w.gasPrice, w.hasPrice, w.paidPrice = r.gasPrice, true, true
	}
	if w.blobs.IsZero() {
		w.blobs = r.blobs
	}
	if w.contract == "" {
		w.contract = r.contract
	}
}

func (b *builder) fail(w *row, column, msg string, err error) error {
	return &Error{File: w.file, Line: w.line, Column: column, Msg: fmt.Sprintf("%s: %s", w.tx, msg), Err: err}
}

// hasFailed says whether a transaction failed: by its receipt, else by the trace
// at its root. Before block 4,370,000 receipts had no status (EIP-658).
func (b *builder) hasFailed(w *row, traces []row) (bool, error) {
	if w.hasStatus {
		return w.failed, nil
	}
	for i := range traces {
		if len(traces[i].trace.path) == 0 {
			return traces[i].trace.failed, nil
		}
	}
	if !b.s.opt.AssumeSuccess {
		return false, &Error{File: w.file, Line: w.line, Column: "receipt_status", Msg: "nobody says whether transaction " + w.tx + " failed",
			Hint: "give the receipts or the traces too; or assume success, which is noted", Err: ErrStatus}
	}
	b.assumed++
	return false, nil
}

// receiver is the account that a transaction credits: who it is to, or the
// contract it makes, whose address follows from sender and nonce.
func (b *builder) receiver(w *row) (ledger.Account, error) {
	switch {
	case w.to != "":
		return w.to, nil
	case w.contract != "":
		return w.contract, nil
	case w.hasNonce == 1:
		b.derived++
		return created(w.from, w.nonce), nil
	}
	return "", b.fail(w, "to_address", "nobody to credit: no receiver, no contract made, no nonce", ErrValue)
}

// internal makes transfers of the calls inside a transaction that move value.
// The root call is the transaction's own value, and is not repeated.
func (b *builder) internal(k *block, w *row, traces []row, failed bool, at ledger.Key) (uint32, error) {
	arrange(traces, func(x, y *row) int { return slices.Compare(x.trace.path, y.trace.path) })
	var dead [][]uint32 // calls that failed: what is below them did not happen
	var made []ledger.Account
	for i := range traces {
		t := &traces[i]
		below := slices.ContainsFunc(dead, func(d []uint32) bool { return len(d) <= len(t.trace.path) && slices.Equal(d, t.trace.path[:len(d)]) })
		if wrongly := t.trace.alone && !below && hasParent(traces, t); wrongly {
			b.doubted++
		} else if t.trace.failed {
			dead, below = append(dead, t.trace.path), true
		}
		root := len(t.trace.path) == 0
		if root && t.trace.kind == "call" && !failed && (!agree(t, w) || t.from != w.from) {
			return 0, b.fail(t, "value", fmt.Sprintf("its root trace moves %s from %s, its row %s from %s", t.value, t.from, w.value, w.from), ErrContradiction)
		}
		if t.trace.kind == "create" && !below {
			made = append(made, t.to)
		}
		if root || failed || below || !moves(t) || t.value.IsZero() {
			continue
		}
		if t.wide {
			return 0, b.fail(t, "value", "beyond 128 bits in the native asset", money.ErrOverflow)
		}
		if t.from == "" || t.to == "" {
			return 0, b.fail(t, "to_address", "value moves, and one end is missing", ErrValue)
		}
		v := b.transfer(k, t, w.tx+"/"+t.trace.kind+"/"+pathName(t.trace.path), w.tx)
		v.Key = at
		to := t.to
		if b.s.burns(k, t, made) {
			b.burnt++
			to = ledger.Outside
		}
		b.pay(&v, t.from, t.value, to, t.value)
		b.round(&v, t)
		b.out = append(b.out, v)
		at.Sub++
	}
	return at.Sub, nil
}

// hasParent reports whether the call that made a call is in the data. A call without
// an error of its own fails with one above it; where that one stands and did not
// fail, a status that says so is wrong.
func hasParent(traces []row, t *row) bool {
	if len(t.trace.path) == 0 {
		return false
	}
	_, found := slices.BinarySearchFunc(traces, t.trace.path[:len(t.trace.path)-1], func(w row, path []uint32) int { return slices.Compare(w.trace.path, path) })
	return found
}

// agree reports whether two rows state one value, of which either may be rounded.
func agree(a, b *row) bool {
	low, high := a.value, b.value
	if high.Less(low) {
		low, high = high, low
	}
	room, fits := a.spread.CheckedAdd(b.spread)
	return !fits || high.Sub(low).Cmp(room) <= 0
}

// moves reports whether a trace moves its value: a plain call, a creation, a
// destruction. Delegated and static calls repeat a value without moving it.
func moves(t *row) bool {
	switch t.trace.kind {
	case "call":
		return t.trace.call == "call"
	case "create", "suicide", "selfdestruct":
		return true
	}
	return false
}

func pathName(path []uint32) string {
	var parts []string
	for _, p := range path {
		parts = append(parts, strconv.FormatUint(uint64(p), 10))
	}
	return strings.Join(parts, ".")
}

// blockPays makes what the block itself pays: rewards, by traces, and
// withdrawals from the consensus layer (EIP-4895, in gwei).
func (b *builder) blockPays(k *block) error {
	at := ledger.Key{Block: k.number, Tx: blockPays}
	credit := func(w *row, id string, to ledger.Account, amount money.Amount) {
		t := b.transfer(k, w, id, "block/"+strconv.FormatUint(k.number, 10))
		t.Key = at
		b.pay(&t, ledger.Outside, amount, to, amount)
		b.out = append(b.out, t)
		at.Sub++
	}
	for i := range k.rewards {
		w := &k.rewards[i]
		what := w.trace.kind
		if w.trace.reward != "" {
			what = w.trace.reward
		}
		b.rewards++
		credit(w, fmt.Sprintf("block/%d/%s/%d", k.number, what, i), w.to, w.value)
		b.round(&b.out[len(b.out)-1], w)
	}
	if k.head == nil {
		return nil
	}
	for _, x := range k.head.withdrawals {
		gwei, err := strconv.ParseUint(x.Amount.String(), 10, 64)
		if err != nil || len(x.Address) != 42 {
			return b.fail(k.head, "withdrawals", fmt.Sprintf("withdrawal %d of %q to %q", x.Index, x.Amount, x.Address), ErrValue)
		}
		b.withdrawn++
		credit(k.head, fmt.Sprintf("withdrawal/%d", x.Index), ledger.Account(strings.ToLower(string(x.Address))), times(gwei, money.Units(1e9)))
	}
	return nil
}
