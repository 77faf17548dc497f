package heist

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrDate marks a date that is no EDTF date of the forms the register takes.
var ErrDate = errors.New("not a date")

// Date is an EDTF date (ISO 8601-2, levels 0 and 1 in part): a day, a month, a
// year, a UTC instant, or an interval of them, each with a mark ~ (approximate),
// ? (uncertain) or % (both) if need be; an open end is "..". The zero Date is
// blank. Dates are kept as written.
type Date struct {
	text        string
	first, last time.Time // first and last day (or instant) it can mean; zero: open
	precision   string
}

// ParseDate reads an EDTF date. Errors wrap ErrDate.
func ParseDate(text string) (Date, error) {
	d := Date{text: text}
	if begin, end, ok := strings.Cut(text, "/"); ok {
		var err error
		var coarse, fine string
		if d.first, _, coarse, err = bound(begin); err != nil {
			return Date{}, fmt.Errorf("%w: %q: %v", ErrDate, text, err)
		}
		if _, d.last, fine, err = bound(end); err != nil {
			return Date{}, fmt.Errorf("%w: %q: %v", ErrDate, text, err)
		}
		if d.precision = coarse; len(fine) > 0 && (coarse == "" || coarser(fine, coarse)) {
			d.precision = fine
		}
		if begin == ".." && end == ".." || !d.first.IsZero() && !d.last.IsZero() && d.last.Before(d.first) {
			return Date{}, fmt.Errorf("%w: %q: the interval ends before it begins", ErrDate, text)
		}
		return d, nil
	}
	var err error
	if d.first, d.last, d.precision, err = simple(text); err != nil {
		return Date{}, fmt.Errorf("%w: %q: %v", ErrDate, text, err)
	}
	return d, nil
}

// bound reads one end of an interval; ".." is open.
func bound(text string) (first, last time.Time, precision string, err error) {
	if text == ".." {
		return time.Time{}, time.Time{}, "", nil
	}
	return simple(text)
}

// simple reads a day, month, year or instant and gives its first and last day.
func simple(text string) (first, last time.Time, precision string, err error) {
	bare := strings.TrimRight(text, "~?%")
	if len(text)-len(bare) > 1 {
		return first, last, "", errors.New("one mark at most: ~, ? or %")
	}
	forms := []struct{ layout, precision string }{
		{"2006-01-02", "day"}, {"2006-01", "month"}, {"2006", "year"}, {time.RFC3339, "instant"},
	}
	for _, f := range forms {
		t, perr := time.Parse(f.layout, bare)
		if perr != nil {
			if len(bare) == len(f.layout) && f.precision == "day" {
				return first, last, "", errors.New("no such day")
			}
			continue
		}
		t = t.UTC()
		switch f.precision {
		case "month":
			return t, t.AddDate(0, 1, -1), "month", nil
		case "year":
			return t, t.AddDate(1, 0, -1), "year", nil
		}
		return t, t, f.precision, nil
	}
	return first, last, "", errors.New("write YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm:ssZ or two of them with a slash")
}

func coarser(a, b string) bool {
	rank := map[string]int{"year": 0, "month": 1, "day": 2, "instant": 3}
	return rank[a] < rank[b]
}

// String gives the date as written.
func (d Date) String() string { return d.text }

// IsZero reports a blank date.
func (d Date) IsZero() bool { return d.text == "" }

// First is the first day, or the instant, that the date can mean, in UTC; the
// zero time when it is blank or its begin is open.
func (d Date) First() time.Time { return d.first }

// Last is the last day that the date can mean, in UTC; the zero time when it is
// blank or its end is open.
func (d Date) Last() time.Time { return d.last }

// Year is the year of First, 0 when blank.
func (d Date) Year() int {
	if d.first.IsZero() {
		return 0
	}
	return d.first.Year()
}

// Precision is "year", "month", "day" or "instant": of an interval the coarser
// of its ends; "" for a blank date.
func (d Date) Precision() string { return d.precision }

// After reports whether d certainly lies after all of what e can mean: a month
// is not after a day inside it.
func (d Date) After(e Date) bool {
	return !d.first.IsZero() && !e.last.IsZero() && dayOf(d.first).After(dayOf(e.last))
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// MarshalText writes the date as it was written.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText reads an EDTF date; an empty text is the blank date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(text))
	*d = v
	return err
}
