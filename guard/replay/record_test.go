package replay

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/guard"
)

// TestRecords: of every case, what is written is what was judged: a line a step, in
// order, sums that the lines bear out, and the same bytes each time.
func TestRecords(t *testing.T) {
	if len(Names()) < 5 {
		t.Errorf("cases %v", Names())
	}
	for _, name := range Names() {
		text := func() (string, Head, []Line, Sum) {
			c, err := Open(name)
			if err != nil {
				t.Fatal(err)
			}
			p, err := guard.Builtin("baseline")
			if err != nil {
				t.Fatal(err)
			}
			r, err := Run(t.Context(), c, p)
			if err != nil {
				t.Fatal(err)
			}
			head, lines, sum := r.Records()
			all, err := json.Marshal([]any{head, lines, sum})
			if err != nil {
				t.Fatal(err)
			}
			return string(all), head, lines, sum
		}
		got, head, lines, sum := text()
		if again, _, _, _ := text(); again != got {
			t.Errorf("%s: played again it differs", name)
		}
		if head.Type != "header" || head.Case != name || head.Title == "" || len(head.Sources) == 0 || head.PolicyVersion == "" {
			t.Errorf("%s: %+v", name, head)
		}
		scored, holds, denies := 0, 0, 0
		var first *Line
		for i := range lines {
			l := &lines[i]
			if i > 0 && l.At.Before(lines[i-1].At) {
				t.Errorf("%s: step %s comes before the one above it", name, l.Name)
			}
			if l.Scored {
				scored++
				switch l.Verdict.Decision {
				case guard.Hold:
					holds++
				case guard.Deny:
					denies++
				}
			}
			if first == nil && (l.Label == Displayed || l.Label == Malicious) && l.Verdict.Decision != guard.Allow {
				first = l
			}
		}
		if sum.Type != "summary" || sum.Scored != scored || sum.FalseHolds != holds || sum.FalseDenies != denies || sum.Loss == "" {
			t.Errorf("%s: %+v, the lines say %d scored, %d held, %d denied", name, sum, scored, holds, denies)
		}
		if first == nil || sum.FirstStop == nil || !sum.FirstStop.Equal(first.At) || sum.Decision != first.Verdict.Decision || sum.Ahead < 0 {
			t.Errorf("%s: first stop %v %s", name, sum.FirstStop, sum.Decision)
		}
		for rule, rows := range sum.ByRule {
			if rule == "" || len(rows) == 0 || len(rows) != len(slices.Compact(slices.Clone(rows))) {
				t.Errorf("%s: rule %q on %v", name, rule, rows)
			}
		}
	}
	if _, err := Open("nobody"); !errors.Is(err, ErrCase) {
		t.Errorf("no case: %v", err)
	}
}

// TestNoStop: a theft that was allowed has no first stop, and nothing ahead.
func TestNoStop(t *testing.T) {
	r := &Result{Case: &Case{Name: "x"}}
	_, lines, sum := r.Records()
	if len(lines) != 0 || sum.FirstStop != nil || sum.Decision != "" || sum.Ahead != 0 || r.Ahead() != 0 {
		t.Errorf("%+v", sum)
	}
}
