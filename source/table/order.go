package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// A batch is the rows of a file on their way to canonical order.
type batch struct {
	plan *plan
	cols *header
	file string
	rows []row

	// what happened, for the notes
	sorted, reversed  bool
	repeated, renamed int // names that several rows share, and those rows
	tied, ties        int
	shared            int // rows whose fee another row of the transaction has
	backwards         int // times that fall although the order rises
}

// settle orders the rows, leaves each fee on one of them, names them and joins
// those whose order is not known.
func (b *batch) settle() error {
	for _, step := range []func() error{b.order, b.checkTimes, b.chargeOnce, b.nameRows, b.placeRows} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) fail(w row, column int, hint string, err error, format string, args ...any) error {
	e := &Error{File: b.file, Line: w.line, Msg: fmt.Sprintf(format, args...), Hint: hint, Err: err}
	if column != none {
		e.Column = b.cols.names[column]
	}
	return e
}

// byTime: the table has no column of order, so the time is the order.
func (b *batch) byTime() bool { return len(b.cols.order) == 0 || b.cols.order[0] == none }

func (b *batch) order() error {
	rises, falls := true, true
	for i := 1; i < len(b.rows); i++ {
		w, before := b.rows[i], b.rows[i-1]
		c := w.key.Cmp(before.key)
		falls = falls && c <= 0
		if c < 0 && !b.plan.Sort {
			return b.fail(w, none, "sort: true puts the rows in order", ErrOrder, "%s comes after %s of line %d", b.place(w), b.place(before), before.line)
		}
		rises = rises && c >= 0
	}
	if rises {
		return nil
	}
	if falls && b.plan.Ties == "file" {
		// The file has its newest row on top: its order is from below.
		slices.Reverse(b.rows)
		b.reversed = true
		return nil
	}
	slices.SortStableFunc(b.rows, func(v, w row) int { return v.key.Cmp(w.key) })
	b.sorted = true
	return nil
}

// place writes where a row stands, for errors.
func (b *batch) place(w row) string {
	if b.byTime() {
		return w.time.Format(time.RFC3339)
	}
	var parts []string
	for n, i := range b.cols.order {
		if i != none {
			v := [...]uint64{w.key.Block, uint64(w.key.Tx), uint64(w.key.Sub)}[n]
			parts = append(parts, b.cols.names[i]+" "+strconv.FormatUint(v, 10))
		}
	}
	return strings.Join(parts, ", ")
}

// checkTimes holds times against the order: on EVM ledgers a block has one.
func (b *batch) checkTimes() error {
	if b.cols.time == none || b.byTime() {
		return nil
	}
	for i := 1; i < len(b.rows); i++ {
		w, before := b.rows[i], b.rows[i-1]
		if b.plan.evm && w.key.Block == before.key.Block && !w.time.Equal(before.time) {
			return b.fail(w, b.cols.time, "a block has one time", ErrContradiction, "%s, but line %d says %s for the same block %d", w.time.Format(time.RFC3339), before.line, before.time.Format(time.RFC3339), w.key.Block)
		}
		if w.time.Before(before.time) {
			b.backwards++
		}
	}
	return nil
}

// chargeOnce leaves the fee of a transaction on the one row of it that comes
// before the others, since tables repeat it on every row.
func (b *batch) chargeOnce() error {
	if !b.plan.hasFee() {
		return nil
	}
	charged := map[string]int{}
	for i := range b.rows {
		w := &b.rows[i]
		if w.fee.IsZero() {
			continue
		}
		column := b.cols.feeColumn
		if column == none {
			column = b.cols.product[0]
		}
		j, twice := charged[w.tx]
		if !twice {
			charged[w.tx] = i
			if !b.gasApart(w) {
				if _, fits := w.amount.CheckedAdd(w.fee); !fits {
					return b.fail(*w, column, "", money.ErrOverflow, "amount and fee together")
				}
			}
			continue
		}
		before := &b.rows[j]
		if before.fee != w.fee {
			return b.fail(*w, column, "the fee is that of the whole transaction", ErrContradiction, "fee %s, but line %d says %s for the same transaction", w.fee, before.line, before.fee)
		}
		if before.payer != w.payer {
			return b.fail(*w, column, "columns: fee_payer names the column with the sender of the transaction", ErrContradiction, "%s would pay the fee that %s pays on line %d", w.payer, before.payer, before.line)
		}
		w.fee = money.Zero
		b.shared++
	}
	return nil
}

// gasApart: the fee is a transfer of its own, being of another asset than the
// value or of another payer, or its value having been refused.
func (b *batch) gasApart(w *row) bool {
	return !w.fee.IsZero() && (w.asset.token || w.payer != w.from || w.refused)
}

// nameRows numbers the rows that share a name, and sees to it that the names
// made so are not those of other rows.
func (b *batch) nameRows() error {
	if !b.plan.Columns.ID.Unique {
		b.numberNames()
	}
	risky := false
	for i := range b.rows {
		name := b.rows[i].name
		risky = risky || strings.HasSuffix(name, gasSuffix) || strings.Contains(name, "#")
	}
	if !risky {
		return nil
	}
	lines := make(map[string]int, len(b.rows))
	for i := range b.rows {
		w := &b.rows[i]
		names := []string{w.name}
		if b.gasApart(w) {
			names = append(names, w.name+gasSuffix)
		}
		for _, name := range names {
			if at, twice := lines[name]; twice {
				return b.fail(*w, none, "columns: id names a column that tells the rows apart", ErrRepeated, "its name %q is also that of line %d", clip(name), at)
			}
			lines[name] = w.line
		}
	}
	return nil
}

func (b *batch) numberNames() {
	rows := make(map[string]int, len(b.rows))
	for i := range b.rows {
		rows[b.rows[i].name]++
	}
	if len(rows) == len(b.rows) {
		return
	}
	next := make(map[string]int)
	for i := range b.rows {
		w := &b.rows[i]
		if rows[w.name] == 1 {
			continue
		}
		if next[w.name]++; next[w.name] == 1 {
			b.repeated++
		}
		b.renamed++
		w.name += "#" + strconv.Itoa(next[w.name])
	}
}

// gasSuffix makes the name of a fee from that of its row.
const gasSuffix = "/fee"

// yields counts the transfers that a row becomes.
func (b *batch) yields(w *row) (n int) {
	if !w.refused {
		n++
	}
	if b.gasApart(w) {
		n++
	}
	return n
}

// numbered: no column has the position in the transaction, so it is counted.
func (b *batch) numbered() bool {
	return b.byTime() || len(b.cols.order) < 3 || b.cols.order[2] == none
}

// placeRows gives tied rows their number, and all others the position in their
// transaction when no column has it.
func (b *batch) placeRows() error {
	for i := 0; i < len(b.rows); {
		j, rows := i, 0
		for ; j < len(b.rows) && b.rows[j].key == b.rows[i].key; j++ {
			if b.yields(&b.rows[j]) > 0 {
				rows++
			}
		}
		tied := rows > 1 && b.plan.Ties != "file"
		if tied {
			b.ties++
			b.tied += rows
		}
		for position := uint32(0); i < j; i++ {
			w := &b.rows[i]
			switch {
			case tied:
				w.tie = uint64(b.ties)
			case b.numbered():
				w.key.Sub = position
				position += uint32(b.yields(w))
			}
		}
	}
	return nil
}
