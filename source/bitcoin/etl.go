package bitcoin

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sort"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// maxLine bounds one line of an export; the largest transactions take a few
// megabytes as JSON.
const maxLine = 64 << 20

// maxOpening bounds the output number of a coin from before an extract, since
// every lower number needs a place.
const maxOpening = 1 << 16

// ETL is the table transactions of bitcoin-etl, as JSON lines. It implements
// ledger.Resumer.
type ETL struct {
	info ledger.Info
	all  []ledger.Transfer
}

var _ ledger.Resumer = (*ETL)(nil)

// OpenETL reads an export whole, orders it by block and place, and resolves
// every input: from an earlier output, or, when the coin is older than the
// export, from the value and address that an enriched input carries. An input
// with neither is an error around ErrGap. n must state Name and Genesis. A
// network without Subsidy makes coins without a rule: a coinbase then comes
// from outside whole, and Info.Blocks is not set.
func OpenETL(path string, n Network) (*ETL, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{File: path, Offset: -1, Msg: err.Error(), Err: err}
	}
	defer f.Close()
	return ReadETL(path, f, n)
}

// ReadETL is OpenETL on an open export; name stands in errors and evidence.
func ReadETL(name string, r io.Reader, n Network) (*ETL, error) {
	g, ok := hashOf(n.Genesis)
	if n.Name == "" || !ok {
		return nil, &Error{Msg: "an export does not name its ledger: state a network with its first block", Err: ErrNetwork}
	}
	e := &etlReader{name: name, n: n, sum: ledgerID(g), at: map[ledger.Coin]ledger.Credit{}, made: map[string]bool{}, early: map[string][]ledger.Credit{}}
	h := sha256.New()
	rows, err := e.rows(io.TeeReader(r, h))
	if err != nil {
		return nil, err
	}
	out := &ETL{}
	asset := n.asset(e.sum)
	e.asset = asset.ID
	if out.all, err = e.transfers(rows); err != nil {
		return nil, err
	}
	out.info = ledger.Info{
		ID: e.sum, Model: ledger.UTXO, Native: asset.ID, Assets: []money.Asset{asset}, Blocks: n.Subsidy > 0 && !e.bare,
		Input: name, SHA256: hex.EncodeToString(h.Sum(nil)), Notes: e.notes,
	}
	return out, nil
}

// hashOf reads a hash as explorers print it.
func hashOf(s string) (h ledger.Hash, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, false
	}
	for i := range h {
		h[i] = b[31-i]
	}
	return h, true
}

// Info implements ledger.Source.
func (e *ETL) Info() ledger.Info { return e.info }

// Completeness implements ledger.Source: an export does not say what it lacks.
func (e *ETL) Completeness(ledger.Account) ledger.Completeness {
	return ledger.Completeness{External: ledger.Unknown, Opening: ledger.Unknown}
}

// All implements ledger.Source.
func (e *ETL) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return e.From(ctx, ledger.Cursor{})
}

// From implements ledger.Resumer.
func (e *ETL) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		i := 0
		if !after.IsZero() {
			i = sort.Search(len(e.all), func(i int) bool { return e.all[i].Key.Cmp(after.Key) >= 0 })
			if i == len(e.all) || ledger.At(&e.all[i]) != after {
				yield(ledger.Transfer{}, fmt.Errorf("%s: no transfer %s: %w", e.info.Input, after.ID, ledger.ErrCursor))
				return
			}
			i++
		}
		for ; i < len(e.all); i++ {
			if err := ctx.Err(); err != nil {
				yield(ledger.Transfer{}, err)
				return
			}
			if !yield(e.all[i], nil) {
				return
			}
		}
	}
}

// etlReader holds what one reading needs.
type etlReader struct {
	name  string
	n     Network
	sum   ledger.ID
	asset money.AssetID
	bare  bool // a block without its coinbase
	notes []string
	at    map[ledger.Coin]ledger.Credit // unspent, by txid
	made  map[string]bool               // the txids so far
	early map[string][]ledger.Credit    // coins older than the export, by txid
}

func (e *etlReader) fail(line int, sentinel error, hint, format string, args ...any) error {
	return &Error{File: e.name, Line: line, Msg: fmt.Sprintf(format, args...), Hint: hint, Err: sentinel}
}

// rows reads the lines, leaves out exact repetitions, and orders the rest.
func (e *etlReader) rows(r io.Reader) ([]*etlTx, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	var all []*etlTx
	type place struct {
		block uint64
		hash  string
	}
	seen, blocks, twice, unplaced := map[place]string{}, map[uint64]string{}, 0, 0
	line := 0
	for sc.Scan() {
		line++
		if len(sc.Bytes()) == 0 {
			continue
		}
		t, bad := parseETL(sc.Bytes())
		if bad != "" {
			return nil, e.fail(line, ErrRow, "export transactions of bitcoin-etl as JSON lines", "%s", bad)
		}
		t.line = line
		p := place{*t.BlockNumber, t.Hash}
		sum := sha256.Sum256(sc.Bytes())
		if old, ok := seen[p]; ok {
			if old != string(sum[:]) {
				return nil, e.fail(line, ErrRow, "two exports are mixed", "transaction %s of block %d stands here again with other fields", t.Hash, p.block)
			}
			twice++
			continue
		}
		if b, ok := blocks[p.block]; ok && b != t.BlockHash {
			return nil, e.fail(line, ErrRow, "the export crosses a reorganisation: export these blocks again", "block %d is %s here and %s before", p.block, t.BlockHash, b)
		}
		seen[p], blocks[p.block] = string(sum[:]), t.BlockHash
		if t.Index == nil {
			unplaced++
		}
		all = append(all, t)
	}
	if err := sc.Err(); err != nil {
		return nil, e.fail(line+1, err, "", "%v", err)
	}
	if twice > 0 {
		e.notes = append(e.notes, fmt.Sprintf("%d repeated lines, left out", twice))
	}
	if unplaced > 0 {
		e.notes = append(e.notes, fmt.Sprintf("%d transactions without index: the order of the lines is taken", unplaced))
	}
	return all, e.order(all, unplaced)
}

func (e *etlReader) order(all []*etlTx, unplaced int) error {
	if unplaced > 0 && unplaced < len(all) {
		return e.fail(0, ErrRow, "two exports are mixed", "%d of %d transactions have no index", unplaced, len(all))
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if *a.BlockNumber != *b.BlockNumber || unplaced > 0 {
			return *a.BlockNumber < *b.BlockNumber
		}
		return *a.Index < *b.Index
	})
	for i, t := range all {
		first := i == 0 || *all[i-1].BlockNumber != *t.BlockNumber
		if unplaced > 0 {
			var k uint32
			if !first {
				k = *all[i-1].Index + 1
			}
			t.Index = &k
		} else if !first && *all[i-1].Index == *t.Index {
			return e.fail(t.line, ErrRow, "two exports are mixed", "place %d of block %d is taken by line %d", *t.Index, *t.BlockNumber, all[i-1].line)
		}
		if t.Coinbase != (*t.Index == 0) {
			return e.fail(t.line, ErrRow, "", "transaction %d of block %d: the first of a block, and no other, is its coinbase", *t.Index, *t.BlockNumber)
		}
		e.bare = e.bare || first && !t.Coinbase
	}
	return nil
}

func (e *etlReader) transfers(rows []*etlTx) ([]ledger.Transfer, error) {
	all := make([]ledger.Transfer, 0, len(rows))
	made := map[string]bool{}
	for _, t := range rows {
		made[t.Hash] = true
	}
	for _, t := range rows {
		for i := range t.Inputs {
			if err := e.opening(t, &t.Inputs[i], made); err != nil {
				return nil, err
			}
		}
	}
	if len(e.early) > 0 {
		if *rows[0].BlockNumber == 0 {
			return nil, e.fail(rows[0].line, ErrGap, "", "the first block of the ledger is here, and older coins are spent")
		}
		all = e.openings(all, *rows[0].BlockNumber-1)
		e.notes = append(e.notes, fmt.Sprintf("coins of %d older transactions come from enriched inputs", len(e.early)))
	}
	for _, t := range rows {
		tr, err := e.transfer(t)
		if err != nil {
			return nil, err
		}
		all = append(all, tr)
	}
	return all, nil
}

// opening notes a coin that is older than the export.
func (e *etlReader) opening(t *etlTx, in *etlIn, made map[string]bool) error {
	if in.Type == shielded || made[*in.SpentTx] {
		return nil
	}
	a := in.listed(&e.n)
	if in.Value == nil || a == "" {
		return e.fail(t.line, ErrGap, "export from the first block on, or enrich the export", "transaction %s spends %s:%d, which is not in the export and has no value or address here", t.Hash, *in.SpentTx, *in.SpentIndex)
	}
	v, bad := in.amount()
	if bad != "" || *in.SpentIndex >= maxOpening {
		return e.fail(t.line, ErrRow, "", "transaction %s spends %s:%d: %s", t.Hash, *in.SpentTx, *in.SpentIndex, bad)
	}
	c := e.early[*in.SpentTx]
	for len(c) <= int(*in.SpentIndex) {
		c = append(c, ledger.Credit{Account: ledger.Outside})
	}
	c[*in.SpentIndex] = ledger.Credit{Account: a, Amount: money.Units(v)}
	e.early[*in.SpentTx] = c
	return nil
}

// openings makes the older coins, in the block before the export. Outputs that
// it does not tell of hold their places with nothing, outside.
func (e *etlReader) openings(all []ledger.Transfer, block uint64) []ledger.Transfer {
	ids := make([]string, 0, len(e.early))
	for id := range e.early {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for i, id := range ids {
		t := ledger.Transfer{Ledger: e.sum, Key: ledger.Key{Block: block, Tx: uint32(i)}, ID: id, Tx: id, Asset: e.asset, Kind: ledger.Opening, Credits: e.early[id], Evidence: e.name}
		t.Debits = []ledger.Debit{{Account: ledger.Outside, Amount: t.Amount()}}
		e.made[id] = true
		for k, c := range t.Credits {
			e.at[ledger.Coin{Tx: id, Index: uint32(k)}] = c
		}
		all = append(all, t)
	}
	return all
}

func (e *etlReader) transfer(t *etlTx) (ledger.Transfer, error) {
	tr := ledger.Transfer{
		Ledger: e.sum, Key: ledger.Key{Block: *t.BlockNumber, Tx: *t.Index}, ID: t.Hash, Tx: t.Hash, Asset: e.asset,
		Time: time.Unix(t.Timestamp, 0).UTC(), Evidence: fmt.Sprintf("%s:%d", e.name, t.line),
	}
	var total money.Amount
	for i := range t.Inputs {
		d, err := e.spend(t, &t.Inputs[i])
		if err != nil {
			return tr, err
		}
		total = total.Add(d.Amount)
		tr.Debits = append(tr.Debits, d)
	}
	if e.made[t.Hash] {
		if !t.Coinbase {
			return tr, e.fail(t.line, ErrRow, "", "transaction %s stands in two blocks", t.Hash)
		}
		tr.ID = ledger.TwinID(t.Hash, *t.BlockNumber)
	}
	e.made[t.Hash] = true
	for i := range t.Outputs {
		a, bad := t.Outputs[i].account(&e.n)
		if bad != "" {
			return tr, e.fail(t.line, ErrRow, "", "output %d: %s", i, bad)
		}
		v, _ := t.Outputs[i].amount() // parseETL has checked it
		c := ledger.Credit{Account: a, Amount: money.Units(v)}
		e.at[ledger.Coin{Tx: t.Hash, Index: uint32(i)}] = c
		tr.Credits = append(tr.Credits, c)
	}
	paid := tr.Amount()
	switch {
	case t.Coinbase:
		tr.Kind = ledger.Coinbase
		made := money.Units(e.n.SubsidyAt(*t.BlockNumber))
		if e.n.Subsidy == 0 {
			made = paid
		}
		tr.Debits = []ledger.Debit{{Account: ledger.Outside, Amount: made}}
	case total.Less(paid):
		return tr, e.fail(t.line, ErrRow, "", "transaction %s pays %s and spends only %s", t.Hash, paid, total)
	default:
		tr.Fee = total.Sub(paid)
	}
	return tr, nil
}

// errShielded is in the chain of an error about a shielded input.
var errShielded = errors.New("shielded input")

func (e *etlReader) spend(t *etlTx, in *etlIn) (ledger.Debit, error) {
	if in.Type == shielded {
		return ledger.Debit{}, e.fail(t.line, errors.Join(ErrRow, errShielded), "leave the transaction out, or stop before it", "transaction %s spends shielded value, which has no coin to follow", t.Hash)
	}
	c := ledger.Coin{Tx: *in.SpentTx, Index: *in.SpentIndex}
	from, ok := e.at[c]
	if !ok {
		return ledger.Debit{}, e.fail(t.line, ErrGap, "the export lacks a transaction, or is out of order", "transaction %s spends %s, which is spent already or not made before it", t.Hash, c)
	}
	if v, bad := in.amount(); in.Value != nil && (bad != "" || money.Units(v) != from.Amount) {
		return ledger.Debit{}, e.fail(t.line, ErrRow, "two exports are mixed", "transaction %s says that %s holds %s, its output says %s", t.Hash, c, *in.Value, from.Amount)
	}
	delete(e.at, c)
	return ledger.Debit{Account: from.Account, Amount: from.Amount, Spends: c}, nil
}
