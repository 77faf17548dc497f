package replay_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/replay"
)

func play(t *testing.T, name, policy string) *replay.Result {
	t.Helper()
	c, err := replay.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := guard.Builtin(policy)
	if err != nil {
		t.Fatal(err)
	}
	r, err := replay.Run(context.Background(), c, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fired lists the rules of a verdict, each once, in order.
func fired(v *guard.Verdict) string {
	var all []string
	seen := map[string]bool{}
	for _, r := range v.Reasons {
		if id := r.Rule + ":" + r.Severity.String(); !seen[id] {
			seen[id] = true
			all = append(all, id)
		}
	}
	return strings.Join(all, " ")
}

func find(t *testing.T, r *replay.Result, label replay.Label) *guard.Verdict {
	t.Helper()
	for _, row := range r.Rows {
		if row.Step.Label == label {
			return row.Verdict
		}
	}
	t.Fatalf("no row %s", label)
	return nil
}

// TestBybitWhole is the table of a whole life: which benign rows each rule takes
// for a sign, and that the theft is denied in both views.
func TestBybitWhole(t *testing.T) {
	r := play(t, "bybit-2025", "baseline")
	if r.Scored != 66 || r.FalseDenies != 0 {
		t.Errorf("scored %d, denied %v", r.Scored, r.DenyNames)
	}
	for rule, want := range map[string]string{
		"G01": "", "G02": "", "G03": "", "G04": "", "G07": "", "G10": "", "G20": "", "G21": "",
		"G05": "34 54 55 59 60", "G06": "18 22 61 62 67", "G12": "35 44 47 55 56 64", "G14": "67",
	} {
		if got := strings.Join(r.ByRule[rule], " "); got != want {
			t.Errorf("%s fires on %q, want %q", rule, got, want)
		}
	}
	if got := strings.Join(r.HoldNames, " "); got != "18 22 34 54 55 59 60 61 62 67" {
		t.Errorf("held: %s", got)
	}
	if got := fired(find(t, r, replay.Displayed)); got != "G03:critical" {
		t.Errorf("displayed: %s", got)
	}
	v := find(t, r, replay.Malicious)
	if v.Decision != guard.Deny || v.Digests["safe_tx_hash"] != "0xb3476d061aeb8fc1d605a873c483a2402d88a68a9cdd1a8b47655dd55ba004f8" {
		t.Errorf("executed: %s %v", v.Decision, v.Digests)
	}
	for _, rule := range []string{"G02", "G04", "G06", "G12", "G13", "G14"} {
		if !v.Fired(rule) {
			t.Errorf("executed: %s is silent: %s", rule, fired(v))
		}
	}
	if v.Fired("G03") || v.Fired("G05") || v.Fired("G10") || v.Fired("G11") {
		t.Errorf("executed: %s", fired(v))
	}
	if got := r.Ahead(); got != 8*time.Hour+30*time.Minute+55*time.Second {
		t.Errorf("ahead by %s", got)
	}
	for _, row := range r.Rows {
		if row.Step.Label != replay.Cancelled || len(row.Step.Request.Signatures) == 0 {
			continue
		}
		if row.Verdict.Fired("G03") {
			t.Errorf("cancelled %s: %s", row.Step.Name, fired(row.Verdict))
		}
	}
}

func TestBybitShort(t *testing.T) {
	r := play(t, "bybit-2025-from-39", "baseline")
	if r.Scored != 27 || r.FalseDenies != 0 || r.FalseHolds != 8 {
		t.Errorf("scored %d, held %v, denied %v", r.Scored, r.HoldNames, r.DenyNames)
	}
	for rule, want := range map[string]string{
		"G05": "54 55 59 60", "G06": "45 61 62 67", "G12": "44 47 55 56 64", "G14": "67", "G03": "", "G04": "",
	} {
		if got := strings.Join(r.ByRule[rule], " "); got != want {
			t.Errorf("%s fires on %q, want %q", rule, got, want)
		}
	}
}

func TestDMM(t *testing.T) {
	r := play(t, "dmm-2024", "baseline")
	for _, row := range r.Rows[:2] {
		if row.Verdict.Decision != guard.Allow {
			t.Errorf("%s: %s %s", row.Step.Name, row.Verdict.Decision, fired(row.Verdict))
		}
	}
	v := r.Rows[2].Verdict
	if v.Decision != guard.Deny || !v.Fired("G07") || !v.Fired("G02") || !v.Fired("G06") {
		t.Errorf("the theft: %s %s", v.Decision, fired(v))
	}
}

func TestWazirX(t *testing.T) {
	r := play(t, "wazirx-2024", "baseline")
	for _, row := range r.Rows[:3] {
		if row.Verdict.Decision == guard.Deny {
			t.Errorf("%s: %s", row.Step.Name, fired(row.Verdict))
		}
	}
	v := r.Rows[3].Verdict
	if v.Decision != guard.Deny || !v.Fired("G05") || !v.Fired("G02") {
		t.Errorf("the theft: %s", fired(v))
	}
	for _, reason := range v.Reasons {
		if reason.Rule == "G05" && reason.Severity != guard.Critical {
			t.Errorf("a control change after a failed transfer is %s", reason.Severity)
		}
	}
}

func TestAustro(t *testing.T) {
	r := play(t, "banco-del-austro-2015", "baseline")
	v := r.Rows[0].Verdict
	if v.Decision == guard.Deny || v.Fired("G02") || !v.Decoded.Complete {
		t.Errorf("the order as it was given: %s %+v", fired(v), v.Decoded)
	}
	v = r.Rows[1].Verdict
	if v.Decision != guard.Deny || !v.Fired("G02") {
		t.Errorf("the altered order: %s", fired(v))
	}
}
