package table

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Errors of a table. Every *Error wraps one of them, an error of package money,
// or the error of the file system or of gzip.
var (
	// ErrMapping marks a mapping that cannot be followed.
	ErrMapping = errors.New("mapping not usable")
	// ErrColumns marks a header without the columns the mapping names, or with
	// one name twice.
	ErrColumns = errors.New("columns do not fit the mapping")
	// ErrFormat marks bytes that are not the table they should be.
	ErrFormat = errors.New("not a table of this form")
	// ErrValue marks a field that its column does not allow.
	ErrValue = errors.New("value not allowed here")
	// ErrOrder marks rows that are not in canonical order.
	ErrOrder = errors.New("rows out of order")
	// ErrRepeated marks a key that is declared unique and stands twice.
	ErrRepeated = errors.New("key repeated")
	// ErrContradiction marks two rows that cannot both be true.
	ErrContradiction = errors.New("rows contradict each other")
	// ErrEmpty marks a file without rows.
	ErrEmpty = errors.New("no rows")
)

// Error is a fault of a table: where, what, and what to do.
type Error struct {
	File   string
	Line   int    // 0: the file or the mapping as a whole
	Column string // name in the header; empty: the row as a whole
	Msg    string
	Hint   string // may be empty
	Err    error
}

// Error writes `file:line: column "name": what: cause; hint`.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ": column %q", e.Column)
	}
	b.WriteString(": " + e.Msg)
	if e.Err != nil && !ownSentinel(e.Err) {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ownSentinel: the message already says what the sentinel says.
func ownSentinel(err error) bool {
	for _, own := range []error{ErrMapping, ErrColumns, ErrFormat, ErrValue, ErrOrder, ErrRepeated, ErrContradiction, ErrEmpty} {
		if err == own {
			return true
		}
	}
	return false
}

// nearest hints at the word meant by one that is not there, or says nothing.
func nearest(word string, have []string) string {
	best, least := "", min(len(word)/2+1, 4)
	for _, h := range have {
		d := distance(fold(word), fold(h))
		if d < least {
			best, least = h, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// fold leaves what names of columns differ in when people mean the same.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// distance is the number of bytes to insert, delete or change (Levenshtein).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := last
			if a[i] != b[j] {
				change++
			}
			last, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, change)
		}
	}
	return row[len(b)]
}

// clip keeps a field short enough for a message.
func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:77], "") + "..."
	}
	return s
}
