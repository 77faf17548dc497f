package replay

import (
	"time"

	"github.com/coldtrail/coldtrail/guard"
)

// Head opens a replay as the command and the API write it.
type Head struct {
	Type           string   `json:"type" doc:"header"`
	Case           string   `json:"case"`
	Title          string   `json:"title"`
	Reconstruction bool     `json:"reconstruction" doc:"the bytes are made by us, after reports"`
	Sources        []string `json:"sources"`
	Policy         string   `json:"policy"`
	PolicyVersion  string   `json:"policy_version"`
}

// Line is the verdict on one step.
type Line struct {
	Type    string         `json:"type" doc:"row"`
	At      time.Time      `json:"at"`
	Name    string         `json:"name"`
	Label   Label          `json:"label" enum:"benign,cancelled,displayed,malicious"`
	Scored  bool           `json:"scored" doc:"counts for the false alarms"`
	Verdict *guard.Verdict `json:"verdict"`
}

// Sum closes a replay.
type Sum struct {
	Type        string              `json:"type" doc:"summary"`
	Scored      int                 `json:"scored"`
	FalseHolds  int                 `json:"false_holds"`
	FalseDenies int                 `json:"false_denies"`
	ByRule      map[string][]string `json:"by_rule" doc:"names of the scored benign rows on which a rule fired"`
	Loss        string              `json:"loss"`
	FirstStop   *time.Time          `json:"first_stop,omitempty"`
	Decision    guard.Decision      `json:"decision,omitempty"`
	Ahead       int64               `json:"ahead_seconds,omitempty"`
}

// Records writes the result.
func (r *Result) Records() (Head, []Line, Sum) {
	head := Head{"header", r.Case.Name, r.Case.Title, r.Case.Reconstruction, r.Case.Sources, r.Policy, r.Hash}
	var lines []Line
	for _, row := range r.Rows {
		lines = append(lines, Line{"row", row.Step.At, row.Step.Name, row.Step.Label, row.Scored, row.Verdict})
	}
	sum := Sum{Type: "summary", Scored: r.Scored, FalseHolds: r.FalseHolds, FalseDenies: r.FalseDenies, ByRule: r.ByRule, Loss: r.Case.Loss}
	if r.First != nil {
		sum.FirstStop, sum.Decision, sum.Ahead = &r.First.Step.At, r.First.Verdict.Decision, int64(r.Ahead().Seconds())
	}
	return head, lines, sum
}
