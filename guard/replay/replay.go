// Package replay plays a guard against what happened: the history of a wallet up
// to its theft, row by row, in order of time.
//
// In go a case and a policy, out comes the verdict of every row, when the first
// deny or hold came and what it would have saved, and what the guard would have
// held or denied for nothing. Cases that are reconstructed from reports, because
// their bytes are not public, say so. It measures; it proves nothing about a theft
// of another kind.
package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/guard"
)

// ErrCase marks a name that is no case.
var ErrCase = errors.New("no such case")

// Label says what a step was.
type Label string

// The labels.
const (
	Benign    Label = "benign"
	Cancelled Label = "cancelled"
	Displayed Label = "displayed"
	Malicious Label = "malicious"
)

// Case is what is played.
type Case struct {
	Name, Title string
	// Reconstruction is set where the bytes are ours, made after reports.
	Reconstruction bool
	Sources        []string
	// Policy is YAML that names the wallet, its owners and its book.
	Policy string
	// WarmUp is how many executed rows are learnt before any is scored.
	WarmUp int
	Steps  []Step
	// Loss is what was lost, as published; Stolen when the theft was executed.
	Loss   string
	Stolen time.Time
}

// Step is one row.
type Step struct {
	At      time.Time
	Label   Label
	Name    string
	Request *guard.Request
	// Executed is set where the row took effect; it is then learnt. Failed where
	// the chain reverted it.
	Executed, Failed bool
	// Owners replaces the wallet's owners after this step; nil changes nothing.
	Owners []string
}

// Row is the verdict on a step.
type Row struct {
	Step    Step
	Scored  bool
	Verdict *guard.Verdict
}

// Result is a whole replay.
type Result struct {
	Case   *Case
	Policy string
	Hash   string
	Rows   []Row
	// Counts are of the scored benign rows.
	Scored, FalseHolds, FalseDenies int
	HoldNames, DenyNames            []string
	// ByRule gives the names of the scored benign rows on which a rule fired.
	ByRule map[string][]string
	// First is the first row of the theft that was not allowed, nil if none.
	First *Row
}

// Run plays a case under a built-in policy, or one that a file gives: the case's
// wallets are added to it.
func Run(ctx context.Context, c *Case, base *guard.Policy) (*Result, error) {
	policy, err := base.With([]byte(c.Policy))
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", c.Name, err)
	}
	var now time.Time
	g := guard.New(policy, nil)
	g.Now = func() time.Time { return now }
	r := &Result{Case: c, Policy: base.Name, Hash: policy.Hash(), ByRule: map[string][]string{}}
	executed := 0
	for _, s := range c.Steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		now = s.At
		v, params := g.CheckParams(ctx, s.Request)
		row := Row{Step: s, Verdict: v, Scored: s.Label == Benign && s.Executed && executed >= c.WarmUp}
		r.Rows = append(r.Rows, row)
		if row.Scored {
			r.score(&row)
		}
		if s.Executed || s.Failed {
			g.Learn(v, params, guard.Executed{At: s.At, Executor: s.Request.Executor, Proposer: s.Request.Proposer, Failed: s.Failed})
			executed++
		}
		if s.Owners != nil {
			if err := policy.SetOwners(s.Request.Wallet, s.Owners); err != nil {
				return nil, err
			}
		}
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		if (row.Step.Label == Malicious || row.Step.Label == Displayed) && row.Verdict.Decision != guard.Allow && r.First == nil {
			r.First = row
		}
	}
	return r, nil
}

func (r *Result) score(row *Row) {
	r.Scored++
	switch row.Verdict.Decision {
	case guard.Hold:
		r.FalseHolds++
		r.HoldNames = append(r.HoldNames, row.Step.Name)
	case guard.Deny:
		r.FalseDenies++
		r.DenyNames = append(r.DenyNames, row.Step.Name)
	}
	seen := map[string]bool{}
	for _, reason := range row.Verdict.Reasons {
		k := reason.Rule
		if !seen[k] {
			r.ByRule[k] = append(r.ByRule[k], row.Step.Name)
		}
		seen[k] = true
	}
}

// Ahead is how long before the theft the first deny or hold came.
func (r *Result) Ahead() time.Duration {
	if r.First == nil || r.Case.Stolen.IsZero() {
		return 0
	}
	return r.Case.Stolen.Sub(r.First.Step.At)
}

// Open returns a case by name.
func Open(name string) (*Case, error) {
	for _, c := range all {
		if c.name == name {
			return c.make()
		}
	}
	return nil, fmt.Errorf("%w: %q (there are %s)", ErrCase, name, strings.Join(Names(), ", "))
}

// Names lists the cases.
func Names() []string {
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	return names
}

var all = []struct {
	name string
	make func() (*Case, error)
}{
	{"bybit-2025", bybit},
	{"bybit-2025-from-39", bybitShort},
	{"dmm-2024", dmm},
	{"wazirx-2024", wazirx},
	{"banco-del-austro-2015", austro},
}

func payload(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps and strings made here
	}
	return text
}
