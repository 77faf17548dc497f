package table

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// A row is one record of the table, understood.
type row struct {
	line     int
	key      ledger.Key
	name     string // of the transfer; numbered later when it repeats
	tx       string
	from, to ledger.Account
	asset    *holding
	amount   money.Amount
	fee      money.Amount
	payer    ledger.Account
	time     time.Time
	failed   bool
	refused  bool   // amount beyond 128 bits: only the fee is kept
	tie      uint64 // joins rows whose order is not known
	attrs    map[string]string
}

// A rowReader turns records into rows. Strings that outlive the record are
// copied, once each.
type rowReader struct {
	plan   *plan
	cols   *header
	file   string
	assets *assets
	rec    []string
	line   int

	accounts map[string]ledger.Account
	attrs    map[string]map[string]string
	scratch  []byte
	seen     map[string]once // of unique names

	mixedCase, noStatus, noFee, failed int
	refused                            []string // "line n: why"
}

func newRowReader(p *plan, cols *header, file string) *rowReader {
	return &rowReader{
		plan: p, cols: cols, file: file, assets: newAssets(p),
		accounts: map[string]ledger.Account{}, attrs: map[string]map[string]string{}, seen: map[string]once{},
	}
}

// read understands one record; the error is an *Error.
func (r *rowReader) read(rec []string, line int) (row, error) {
	r.rec, r.line = rec, line
	w := row{line: line}
	steps := [...]func(*row) error{r.readNames, r.readPlace, r.readAsset, r.readStatus, r.readParties, r.readAmount, r.readFee, r.readAttrs}
	for _, step := range steps {
		if err := step(&w); err != nil {
			return w, err
		}
	}
	return w, nil
}

// fail makes the error of a field of the record; column none is the whole row.
func (r *rowReader) fail(column int, hint string, err error, format string, args ...any) error {
	e := &Error{File: r.file, Line: r.line, Msg: fmt.Sprintf(format, args...), Hint: hint, Err: err}
	if column != none {
		e.Column = r.cols.names[column]
	}
	return e
}

// field is a field of the record, or "" of a column that is not there.
func (r *rowReader) field(column int) string {
	if column == none {
		return ""
	}
	return r.rec[column]
}

func (r *rowReader) readNames(w *row) error {
	tx := r.rec[r.cols.tx]
	if !plainName(tx) {
		return r.fail(r.cols.tx, "", ErrValue, "%q does not name a transaction", clip(tx))
	}
	w.tx = strings.Clone(tx)
	w.name = w.tx
	if len(r.cols.id) > 0 {
		var parts []string
		for _, i := range r.cols.id {
			if !plainName(r.rec[i]) {
				return r.fail(i, "", ErrValue, "%q does not name a row", clip(r.rec[i]))
			}
			parts = append(parts, r.rec[i])
		}
		if name := strings.Join(parts, "/"); name != w.tx {
			w.name = strings.Clone(name)
		}
	}
	if r.plan.Columns.ID.Unique {
		return r.unique(w.name)
	}
	return nil
}

// once is where a unique name stood, and what its row said.
type once struct {
	line   int
	digest uint64
}

func (r *rowReader) unique(name string) error {
	before, twice := r.seen[name]
	if !twice {
		r.seen[name] = once{line: r.line, digest: digest(r.rec)}
		return nil
	}
	column := r.cols.id[len(r.cols.id)-1]
	if before.digest == digest(r.rec) {
		return r.fail(column, "remove one of the lines, or do not declare the key unique", ErrRepeated, "%q stands on line %d already", clip(name), before.line)
	}
	return r.fail(column, "find out which line is right", ErrContradiction, "%q stands on line %d already, with other values", clip(name), before.line)
}

// readPlace reads the time and the key that orders the rows.
func (r *rowReader) readPlace(w *row) error {
	if r.cols.time != none {
		t, err := parseTime(r.rec[r.cols.time], r.plan.Time.Format, r.plan.zone)
		if err != nil {
			return r.fail(r.cols.time, timeHint(r.rec[r.cols.time], r.plan.Time.Format), ErrValue, "%q: %v", clip(r.rec[r.cols.time]), err)
		}
		w.time = t
	}
	if len(r.cols.order) == 0 || r.cols.order[0] == none {
		if w.time.Unix() < 0 {
			return r.fail(r.cols.time, "", ErrValue, "a time before 1970 cannot order the rows")
		}
		w.key = ledger.Key{Block: uint64(w.time.Unix()), Tx: uint32(w.time.Nanosecond())}
		return nil
	}
	for n, i := range r.cols.order {
		if i == none {
			continue
		}
		v, err := parseIndex(r.rec[i], [...]int{63, 32, 32}[n])
		if err != nil {
			return r.fail(i, "", ErrValue, "%q: %v", clip(r.rec[i]), err)
		}
		switch n {
		case 0:
			w.key.Block = v
		case 1:
			w.key.Tx = uint32(v)
		case 2:
			w.key.Sub = uint32(v)
		}
	}
	return nil
}

// readAsset finds the asset by contract, else by the word of the asset column,
// else takes the native one.
func (r *rowReader) readAsset(w *row) error {
	symbol, contract := r.field(r.cols.asset), r.field(r.cols.contract)
	switch {
	case contract != "":
		h, ok := r.assets.contract(contract)
		if !ok {
			return r.fail(r.cols.contract, "an empty field is the native asset", ErrValue, "%q is not a contract of %s", clip(contract), r.plan.Ledger)
		}
		w.asset = h
	case r.cols.contract == none && r.cols.asset != none:
		h, ok := r.assets.byWord[symbol]
		if !ok {
			return r.fail(r.cols.asset, "list it under assets with its id: a symbol alone does not tell what it is", ErrValue, "asset %q is not declared", clip(symbol))
		}
		if h == r.assets.native && r.plan.TokensOnly {
			return r.fail(r.cols.asset, "", ErrValue, "a row without a token, in a table of tokens only")
		}
		h.rows++
		w.asset = h
		return nil
	case r.assets.native == nil || r.plan.TokensOnly:
		return r.fail(r.cols.contract, "", ErrValue, "a row without a token, in a table of tokens only")
	default:
		w.asset = r.assets.native
	}
	w.asset.called(symbol)
	return nil
}

func (r *rowReader) readStatus(w *row) error {
	if r.cols.status == none {
		if r.plan.Status.Column != "" {
			r.noStatus++
		}
		return nil
	}
	s, v := r.plan.Status, r.rec[r.cols.status]
	switch {
	case listed(s.OK, v):
		return nil
	case listed(s.Failed, v) || len(s.Failed) == 0 && v != "":
		w.failed = true
		r.failed++
		return nil
	case v == "" && r.plan.AssumeSuccess:
		r.noStatus++
		return nil
	case v == "":
		return r.fail(r.cols.status, "join the receipts, or set assume_success: true, which is noted", ErrValue, "no status: the transaction may have failed")
	}
	return r.fail(r.cols.status, "", ErrValue, "%q means neither success nor failure", clip(v))
}

func listed(words []string, v string) bool {
	for _, w := range words {
		if w == v {
			return true
		}
	}
	return false
}

func (r *rowReader) readParties(w *row) (err error) {
	if w.from, err = r.party(r.cols.from, w.asset.token); err != nil {
		return err
	}
	to := r.cols.to
	switch {
	case r.rec[to] != "" || !r.plan.evm:
	case r.field(r.cols.created) != "":
		to = r.cols.created
	case w.failed:
		return nil // a contract that was never made
	default:
		hint := "a transaction without a receiver makes a contract: name the column with its address as created"
		if created := r.plan.Columns.Created; created != "" {
			hint = "a transaction without a receiver makes a contract, whose address is wanted in column " + strings.TrimSuffix(created, "?")
		}
		return r.fail(to, hint, ErrValue, "no receiver")
	}
	w.to, err = r.party(to, w.asset.token)
	return err
}

// party reads an account; the zero address of a token is outside the ledger.
func (r *rowReader) party(column int, token bool) (ledger.Account, error) {
	raw := r.rec[column]
	a, ok := r.accounts[raw]
	if !ok {
		if a, ok = r.plan.account(raw); !ok {
			hint := ""
			if r.plan.evm {
				hint = "an address is 0x and 40 hex digits"
			}
			return "", r.fail(column, hint, ErrValue, "%q is not an account of %s", clip(raw), r.plan.Ledger)
		}
		if string(a) != raw {
			r.mixedCase++
		}
		a = ledger.Account(strings.Clone(string(a)))
		r.accounts[strings.Clone(raw)] = a
	}
	if token && r.plan.evm && a == zeroAddress {
		return ledger.Outside, nil
	}
	return a, nil
}

// readAmount reads the amount, and refuses a token's that is beyond 128 bits.
func (r *rowReader) readAmount(w *row) error {
	if r.plan.Unit == "decimal" && w.asset.token && !w.asset.scaled {
		return r.fail(r.cols.amount[0], "list the token under assets, or give decimals for all that are not listed", ErrValue, "the decimals of %s are not known", w.asset.ID)
	}
	column, err := r.amountColumn(w.asset)
	if err == nil {
		w.amount, err = r.amount(column, w.asset.Decimals)
	}
	if errors.Is(err, money.ErrOverflow) && w.asset.token {
		w.refused = true
		r.refused = append(r.refused, fmt.Sprintf("line %d (%s %s)", r.line, clip(r.rec[column]), w.asset.label()))
		return nil
	}
	if err != nil {
		return err
	}
	unit := r.field(r.cols.precision)
	if unit == "" {
		return nil
	}
	n, err := money.Parse(unit)
	if err != nil || n.IsZero() {
		return r.fail(r.cols.precision, "write the unit in atomic units, 1 for an exact amount", ErrValue, "%q is not a unit", clip(unit))
	}
	if n != money.Units(1) {
		w.asset.inexactly(n)
	}
	return nil
}

// readFee reads the cost of the transaction and who pays it.
func (r *rowReader) readFee(w *row) (err error) {
	if !r.plan.hasFee() || r.cols.noFee {
		return nil
	}
	if w.fee, err = r.fee(); err != nil {
		return err
	}
	w.payer = w.from
	if r.cols.feePayer != none && !w.fee.IsZero() {
		w.payer, err = r.party(r.cols.feePayer, false)
	}
	return err
}

func (r *rowReader) fee() (money.Amount, error) {
	if i := r.cols.feeColumn; i != none {
		if r.rec[i] == "" {
			r.noFee++
			return money.Zero, nil
		}
		return r.amount(i, r.assets.native.Decimals)
	}
	price, used := r.cols.product[0], r.cols.product[1]
	if r.rec[price] == "" || r.rec[used] == "" {
		r.noFee++
		return money.Zero, nil
	}
	a, err := money.Parse(r.rec[price])
	if err != nil {
		return money.Zero, r.fail(price, "", err, "fee")
	}
	b, err := money.Parse(r.rec[used])
	if err != nil {
		return money.Zero, r.fail(used, "", err, "fee")
	}
	product, ok := times(a, b)
	if !ok {
		return money.Zero, r.fail(price, "", money.ErrOverflow, "fee %s times %s", a, b)
	}
	return product, nil
}

// readAttrs keeps the columns that filters may ask for. Equal sets of values
// share one map, since nobody may change it.
func (r *rowReader) readAttrs(w *row) error {
	r.scratch = r.scratch[:0]
	columns := r.cols.keep
	if r.field(r.cols.precision) != "" {
		columns = append(columns[:len(columns):len(columns)], r.cols.precision)
	}
	for _, i := range columns {
		r.scratch = append(append(r.scratch, r.rec[i]...), 0)
	}
	if w.failed {
		w.attrs = map[string]string{"attempted": w.amount.String(), "attempted_to": string(w.to)}
	} else if shared, ok := r.attrs[string(r.scratch)]; ok || len(columns) == 0 {
		w.attrs = shared
		return nil
	} else {
		w.attrs = map[string]string{}
		r.attrs[string(r.scratch)] = w.attrs
	}
	for _, i := range columns {
		name := r.cols.names[i]
		if i == r.cols.precision {
			name = "precision"
		}
		w.attrs[name] = strings.Clone(r.rec[i])
	}
	return nil
}
