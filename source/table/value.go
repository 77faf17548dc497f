package table

import (
	"errors"
	"hash/maphash"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// amountColumn finds the column that has the amount: of several, which split it
// by direction, the one that is not zero.
func (r *rowReader) amountColumn(asset *holding) (int, error) {
	columns := r.cols.amount
	if len(columns) == 1 {
		return columns[0], nil
	}
	found, zero := none, none
	for _, i := range columns {
		if r.rec[i] == "" {
			continue
		}
		n, err := r.amount(i, asset.Decimals)
		if err != nil {
			return i, err
		}
		if n.IsZero() {
			zero = i
			continue
		}
		if found != none {
			if first, _ := r.amount(found, asset.Decimals); first != n {
				return i, r.fail(i, "", ErrContradiction, "%q, but column %q says %q", clip(r.rec[i]), r.cols.names[found], clip(r.rec[found]))
			}
		}
		found = i
	}
	if found == none {
		found = zero
	}
	if found == none {
		return columns[0], r.fail(columns[0], "", ErrValue, "no amount")
	}
	return found, nil
}

// amount reads an amount of the record in the unit of the mapping.
func (r *rowReader) amount(column, decimals int) (money.Amount, error) {
	text := r.rec[column]
	if r.plan.Unit == "atomic" {
		decimals = 0
	}
	if r.plan.Grouped {
		var ok bool
		if text, ok = ungroup(text); !ok {
			return money.Zero, r.fail(column, "commas stand between groups of three digits", ErrValue, "amount %q", clip(text))
		}
	}
	n, err := money.ParseDecimal(text, decimals)
	if err == nil {
		return n, nil
	}
	return money.Zero, r.fail(column, r.amountHint(text, err), err, "cannot be taken as it is")
}

func (r *rowReader) amountHint(text string, err error) string {
	switch {
	case errors.Is(err, money.ErrTooFine) && r.plan.Unit == "atomic":
		return "are these whole coins? then unit: decimal"
	case errors.Is(err, money.ErrTooFine):
		return "are the decimals of the asset right?"
	case errors.Is(err, money.ErrNegative):
		return "an amount moves from the sender to the receiver: swap them, or drop the sign"
	case strings.Contains(text, ","):
		return "grouped: true reads 1,234.5"
	case strings.ContainsAny(text, "eE"):
		return "a spreadsheet has rounded it: export the amounts as text"
	case text == "":
		return "write 0 if nothing moved"
	}
	return ""
}

// ungroup takes out the commas of "1,234,567.8", and refuses others.
func ungroup(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, true
	}
	whole, frac, point := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if len(g) > 3 || i > 0 && len(g) != 3 || g == "" {
			return s, false
		}
	}
	plain := strings.Join(groups, "")
	if point {
		plain += "." + frac
	}
	return plain, true
}

// times multiplies, and says whether the product fits in 128 bits.
func times(a, b money.Amount) (money.Amount, bool) {
	ah, al := a.Words()
	bh, bl := b.Words()
	if ah == 0 && bh == 0 {
		return money.FromWords(bits.Mul64(al, bl)), true
	}
	p, err := money.FromBig(a.Big().Mul(a.Big(), b.Big()))
	return p, err == nil
}

// parseIndex reads a number without sign of at most so many bits.
func parseIndex(s string, size int) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, size)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, errors.New("too large for a place in the order")
	case err != nil:
		return 0, errors.New("not a whole number")
	}
	return n, nil
}

// lastTime is the end of the year 9999: later times are of another unit.
const lastTime = 253402300799

func parseTime(s, form string, zone *time.Location) (time.Time, error) {
	var t time.Time
	var err error
	switch form {
	case "unix":
		var n int64
		n, err = strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 || n > lastTime {
			return t, errors.New("not a time in seconds since 1970")
		}
		return time.Unix(n, 0).UTC(), nil
	case "rfc3339":
		t, err = time.Parse(time.RFC3339, s)
	default:
		t, err = time.ParseInLocation(form, s, zone)
	}
	if err != nil {
		return time.Time{}, errors.New("not a time of the form " + form)
	}
	return t.UTC(), nil
}

func timeHint(s, form string) string {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if form == "unix" && n > lastTime {
			return "are these milliseconds? they must be seconds"
		}
		if form != "unix" {
			return "time: unix reads seconds"
		}
	}
	if form == "unix" {
		return "time: rfc3339 reads 2018-01-26T00:02:00Z"
	}
	return ""
}

// digest is a short form of a record by which two of one file are told apart.
func digest(rec []string) uint64 {
	var h maphash.Hash
	h.SetSeed(digestSeed)
	for _, f := range rec {
		_, _ = h.WriteString(f)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

var digestSeed = maphash.MakeSeed()
