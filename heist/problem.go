package heist

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// ErrRegister marks a register, or a draft, that has errors.
var ErrRegister = errors.New("the register has errors")

// Severity tells an error, with which nothing is computed, from a warning.
type Severity string

// The two severities of a Problem.
const (
	Fault   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one fault of a file: where, what is wrong, what to write.
type Problem struct {
	File     string   `json:"file"`
	Line     int      `json:"line"` // from 1; 0: the file as a whole
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"` // short name, listed in docs/register.md
	Msg      string   `json:"msg"`
	Hint     string   `json:"hint,omitempty"`
}

// String writes "file:line: error: what; hint".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	fmt.Fprintf(&b, ": %s: %s [%s]", p.Severity, p.Msg, p.Rule)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Problems is all that is wrong, in order of file and line.
type Problems []Problem

// Faults counts the errors, Warnings the rest.
func (ps Problems) Faults() int { return ps.count(Fault) }

// Warnings counts the warnings.
func (ps Problems) Warnings() int { return ps.count(Warning) }

func (ps Problems) count(s Severity) int {
	n := 0
	for _, p := range ps {
		if p.Severity == s {
			n++
		}
	}
	return n
}

// Err gives nil when there is no error, else one that lists the first ten and
// wraps ErrRegister.
func (ps Problems) Err() error {
	var lines []string
	n := ps.Faults()
	for _, p := range ps {
		if p.Severity == Fault && len(lines) < 10 {
			lines = append(lines, p.String())
		}
	}
	if n == 0 {
		return nil
	}
	if n > len(lines) {
		lines = append(lines, fmt.Sprintf("and %d more", n-len(lines)))
	}
	return fmt.Errorf("%w (%d):\n%s", ErrRegister, n, strings.Join(lines, "\n"))
}

func (ps Problems) sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Rule != b.Rule:
			return a.Rule < b.Rule
		}
		return a.Msg < b.Msg
	})
}

// nearest names the word nearest to a wrong one, or else all words in order.
func nearest(word string, all []string) string {
	best, least := "", len(word)/2+1
	for _, w := range all {
		if d := edits(strings.ToLower(word), strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("did you mean %q?", best)
	case len(all) == 0:
		return "there are none"
	case len(all) > 30:
		return fmt.Sprintf("there are %d; none is near", len(all))
	}
	return "write one of: " + strings.Join(all, ", ")
}

// edits counts the letters to insert, remove, change or swap with their neighbour
// between two short words, in bytes.
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	above, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := row[j]
			if a[i] != b[j] {
				cost++
			}
			next[j+1] = min(cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], above[j-1]+1)
			}
		}
		above, row, next = row, next, above
	}
	return row[len(b)]
}
