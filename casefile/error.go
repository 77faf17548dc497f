package casefile

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Errors of a case. Every *Error wraps one of them or the error of the part
// that failed (money, the table reader, the graph).
var (
	// ErrSyntax marks a file that is not a case file of this version.
	ErrSyntax = errors.New("not a case file of version " + Version)
	// ErrValue marks a value that its key does not allow.
	ErrValue = errors.New("value not allowed here")
	// ErrData marks data that is missing or not the data the case was written for.
	ErrData = errors.New("data does not fit the case")
	// ErrUnknown marks a name the case uses but nothing declares.
	ErrUnknown = errors.New("name not declared")
)

// Error is a fault of a case file: where, what, and what to do.
type Error struct {
	File string
	Line int // 0: the file as a whole
	Msg  string
	Hint string // may be empty
	Err  error
}

// Error writes "file:line: what: cause; hint".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
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
	return err == ErrSyntax || err == ErrValue || err == ErrData || err == ErrUnknown
}

// nearest returns a hint that names the word nearest to a wrong one, or else
// all words, sorted.
func nearest(word string, words []string) string {
	best, least := "", 2*min(len(word)/2+1, 4)
	for _, w := range words {
		d := 2 * distance(strings.ToLower(word), strings.ToLower(w))
		if word == "" || w == "" || word[0] != w[0] {
			d++ // of two as near, the one that begins alike
		}
		if d < least {
			best, least = w, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("did you mean %q?", best)
	case len(words) == 0:
		return "there are none"
	}
	sorted := append([]string(nil), words...)
	sort.Strings(sorted)
	return "there are " + strings.Join(sorted, ", ")
}

// distance is the number of letters to insert, delete or change (Levenshtein).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		last := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			last, row[j] = row[j], min(row[j]+1, row[j-1]+1, last+cost)
		}
	}
	return row[len(b)]
}
