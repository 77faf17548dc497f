package casefile

import (
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// Status is the outcome of an expect line.
type Status string

// The outcomes. A note is said, not checked.
const (
	OK       Status = "ok"
	Mismatch Status = "mismatch"
	Noted    Status = "note"
)

// Verdict is an expect line after the check: what was wanted, what came out,
// who says so.
type Verdict struct {
	Title  string
	Status Status
	Want   string
	Got    string
	Source string
	Text   string
	Line   int // of the case file
}

// Comparison collects what a check wanted beside what it got. Only what a case
// states is compared.
type Comparison struct {
	want, got []string
	differs   bool
}

// Text compares two texts.
func (c *Comparison) Text(name, want, got string) {
	c.Put(name, want, got, want == got)
}

// Count compares two counts; a want below zero was not stated.
func (c *Comparison) Count(name string, want, got int) {
	if want >= 0 {
		c.Put(name, strconv.Itoa(want), strconv.Itoa(got), want == got)
	}
}

// Amount compares two amounts of an asset that may be within apart.
func (c *Comparison) Amount(name string, asset money.Asset, want, got, within money.Amount) {
	apart := want.Monus(got)
	if apart.IsZero() {
		apart = got.Monus(want)
	}
	text := asset.Format(want)
	if !within.IsZero() {
		text += " ± " + within.Grouped(asset.Decimals)
	}
	c.Put(name, text, asset.Format(got), !within.Less(apart))
}

// Wrong records something that makes the check fail whatever was wanted.
func (c *Comparison) Wrong(got string) {
	c.got = append(c.got, got)
	c.differs = true
}

// NoAnswer records that a check could not be computed: a mismatch, since an
// expectation is never skipped.
func (c *Comparison) NoAnswer(err error) {
	c.Put("", "an answer", "cannot be computed: "+err.Error(), false)
}

// Put compares by the caller's own rule: same says whether it holds. An empty
// name leaves the texts as they are.
func (c *Comparison) Put(name, want, got string, same bool) {
	if name != "" {
		want, got = name+" "+want, name+" "+got
	}
	c.want, c.got = append(c.want, want), append(c.got, got)
	c.differs = c.differs || !same
}

// Verdict makes the verdict of an expect line.
func (c *Comparison) Verdict(e Expect) Verdict {
	v := Verdict{Title: e.Title, Status: OK, Want: strings.Join(c.want, ", "), Got: strings.Join(c.got, ", "), Source: e.Source, Text: e.Text, Line: e.Line}
	if c.differs {
		v.Status = Mismatch
	}
	return v
}
