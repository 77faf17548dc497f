package heist

import (
	"errors"
	"fmt"
)

// ErrGrade marks a text that is no Admiralty grade.
var ErrGrade = errors.New("not an Admiralty grade")

// Grade is an Admiralty grade: how reliable the source is (A best to E, F cannot
// be judged) and how credible this information is (1 best to 5, 6 cannot be
// judged). "B2". The blank Grade grades nothing.
type Grade string

// ParseGrade reads "A1" to "F6".
func ParseGrade(text string) (Grade, error) {
	if len(text) != 2 || text[0] < 'A' || text[0] > 'F' || text[1] < '1' || text[1] > '6' {
		return "", fmt.Errorf("%w: %q; write a letter A to F and a digit 1 to 6, as in B2", ErrGrade, text)
	}
	return Grade(text), nil
}

// Reliability is the letter, or 0 when blank.
func (g Grade) Reliability() byte {
	if g == "" {
		return 0
	}
	return g[0]
}

// Credibility is the digit 1 to 6, or 0 when blank.
func (g Grade) Credibility() int {
	if g == "" {
		return 0
	}
	return int(g[1] - '0')
}

// Better reports whether g is the better grade: by reliability, then by
// credibility. Any grade is better than none.
func (g Grade) Better(h Grade) bool {
	if g == "" || h == "" {
		return g != "" && h == ""
	}
	return g < h
}

// AtLeast reports whether g is as good as min in both parts; a blank min lets
// everything pass.
func (g Grade) AtLeast(min Grade) bool {
	return min == "" || g != "" && g[0] <= min[0] && g[1] <= min[1]
}

// UnmarshalText reads a grade; an empty text is the blank grade.
func (g *Grade) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*g = ""
		return nil
	}
	v, err := ParseGrade(string(text))
	*g = v
	return err
}
