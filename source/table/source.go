package table

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"sync"

	"github.com/coldtrail/coldtrail/ledger"
)

// Source reads one table. It implements ledger.Source, and is safe for
// concurrent use.
type Source struct {
	file string
	open func() (io.ReadCloser, error)
	plan *plan

	mu   sync.Mutex
	info ledger.Info
}

// New reads a table from memory; name stands in errors and in the evidence. It
// fails with an *Error around ErrMapping when the mapping cannot be followed;
// faults of the table itself come from All.
func New(name string, data []byte, m Mapping) (*Source, error) {
	return newSource(name, m, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
}

// Open reads a table from a file, which All opens and closes.
func Open(path string, m Mapping) (*Source, error) {
	return newSource(path, m, func() (io.ReadCloser, error) { return os.Open(path) })
}

func newSource(name string, m Mapping, open func() (io.ReadCloser, error)) (*Source, error) {
	p, bad := newPlan(m)
	if bad != nil {
		return nil, &Error{File: name, Msg: "mapping: " + bad.msg, Hint: bad.hint, Err: ErrMapping}
	}
	s := &Source{file: name, open: open, plan: p}
	s.info = ledger.Info{ID: p.Ledger, Model: ledger.Accounts, Native: p.native.ID, Input: name}
	return s, nil
}

// Info implements ledger.Source: what the mapping says, and after All also what
// the table says.
func (s *Source) Info() ledger.Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// Completeness implements ledger.Source, from the mapping alone: a table cannot
// say itself what it lacks.
func (s *Source) Completeness(a ledger.Account) ledger.Completeness { return s.plan.completeness(a) }

// All implements ledger.Source. It reads the table whole and checks it before
// it yields anything: the one error, if there is one, comes before any
// transfer, and is an *Error or the context's. It may be called again.
func (s *Source) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		b, err := s.load(ctx)
		if err != nil {
			yield(ledger.Transfer{}, err)
			return
		}
		for i := range b.rows {
			if err := ctx.Err(); err != nil {
				yield(ledger.Transfer{}, err)
				return
			}
			w := &b.rows[i]
			if !w.refused && !yield(b.value(w), nil) {
				return
			}
			if b.gasApart(w) && !yield(b.gas(w), nil) {
				return
			}
		}
	}
}

// load reads, checks and orders the whole table, and says so in Info.
func (s *Source) load(ctx context.Context) (*batch, error) {
	f, err := s.open()
	if err != nil {
		return nil, &Error{File: s.file, Msg: "cannot open", Err: err}
	}
	defer f.Close()
	in, err := openInput(s.file, f, s.plan.comma)
	if err != nil {
		return nil, err
	}
	cols, err := findColumns(s.plan, in.head, s.file)
	if err != nil {
		return nil, err
	}
	r := newRowReader(s.plan, cols, s.file)
	b := &batch{plan: s.plan, cols: cols, file: s.file}
	for {
		if len(b.rows)%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		rec, line, err := in.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		w, err := r.read(rec, line)
		if err != nil {
			return nil, err
		}
		b.rows = append(b.rows, w)
	}
	if len(b.rows) == 0 {
		return nil, &Error{File: s.file, Line: 1, Msg: "a header and no rows", Hint: "is this the whole file?", Err: ErrEmpty}
	}
	if err := b.settle(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info.SHA256, s.info.Assets, s.info.Skipped = in.sum(), r.assets.all(), len(r.refused)
	s.info.Notes = notes(s.plan, cols, r, b)
	return b, nil
}

// value makes the transfer of a row; a failed one moves nothing, and pays.
func (b *batch) value(w *row) ledger.Transfer {
	t := b.transfer(w)
	t.Attrs = w.attrs
	spent := w.amount
	if w.failed {
		t.Failed, spent = true, t.Fee
	} else {
		t.Credits = []ledger.Credit{{Account: w.to, Amount: w.amount}}
	}
	if !w.fee.IsZero() && !b.gasApart(w) {
		t.Fee = w.fee
		if w.failed {
			spent = w.fee
		} else {
			spent = w.amount.Add(w.fee) // checked by chargeOnce
		}
	}
	t.Debits = []ledger.Debit{{Account: w.from, Amount: spent}}
	return t
}

// gas makes the transfer of a fee that stands apart from its value.
func (b *batch) gas(w *row) ledger.Transfer {
	t := b.transfer(w)
	t.ID, t.Asset, t.Kind, t.Fee = w.name+gasSuffix, b.plan.native.ID, ledger.Gas, w.fee
	t.Debits = []ledger.Debit{{Account: w.payer, Amount: w.fee}}
	if w.tie == 0 && !w.refused && b.numbered() {
		t.Key.Sub++
	}
	return t
}

func (b *batch) transfer(w *row) ledger.Transfer {
	return ledger.Transfer{
		Ledger: b.plan.Ledger, Key: w.key, ID: w.name, Tx: w.tx, Asset: w.asset.ID, Time: w.time,
		Tie: w.tie, Evidence: b.file + ":" + strconv.Itoa(w.line),
	}
}

// notes says what a reader of the result must know of the table.
func notes(p *plan, cols *header, r *rowReader, b *batch) []string {
	out := append([]string(nil), p.notes...)
	say := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(len(cols.unread) > 0, "columns not read: %s", quoted(cols.unread))
	say(r.noStatus > 0, "no status in %s: taken for successful, as the mapping says", count(r.noStatus, "row", "rows"))
	say(r.failed > 0, "%s failed: moved no value", count(r.failed, "row", "rows"))
	say(cols.time == none, "the table has no times")
	say(b.sorted, "rows were not in canonical order and have been sorted")
	say(b.reversed, "the newest row was on top: the rows are read from below")
	say(b.backwards > 0, "the time falls in %s although the order rises", count(b.backwards, "row", "rows"))
	say(b.tied > 0, "the order of %s in %s is not known", count(b.tied, "row", "rows"), count(b.ties, "place", "places"))
	say(b.repeated > 0, "%s shared by %s: each row is a transfer of its own, numbered #1, #2 and so on", count(b.repeated, "name is", "names are"), count(b.renamed, "row", "rows"))
	say(cols.noFee, "the table has no fees")
	say(r.noFee > 0, "no fee in %s: taken as none", count(r.noFee, "row", "rows"))
	say(b.shared > 0, "%s with the fee of another row of the transaction, which is charged once", count(b.shared, "row", "rows"))
	say(r.mixedCase > 0, "%s in mixed case: the checksum in it (EIP-55) was not checked", count(r.mixedCase, "address", "addresses"))
	say(len(r.refused) > 0, "%s left out, the amount being beyond 128 bits: %s", count(len(r.refused), "token row", "token rows"), some(r.refused))
	return append(out, r.assets.notes()...)
}
