package conformance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/trace"
)

// run answers a case with package trace.
func run(t *testing.T, c *Case) (*trace.Trail, *Names, *ledger.Document, error) {
	t.Helper()
	d, names, err := c.Document()
	if err != nil {
		return nil, nil, nil, err
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		return nil, nil, nil, err
	}
	trail, err := trace.Run(t.Context(), g, c.Question(d))
	return trail, names, d, err
}

func check(t *testing.T, v *Vector) Report {
	t.Helper()
	var r Report
	var err error
	switch v.Case.Kind {
	case Legal:
		r, err = v.Case.Owners(v.Expect)
	case Swap:
		r, err = v.Case.Convert(v.Expect)
	default:
		trail, names, d, fault := run(t, &v.Case)
		if fault != nil {
			t.Fatal(fault)
		}
		r = v.Case.Trail(v.Expect, trail, names, d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVectors(t *testing.T) {
	vectors, err := Vectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			if v.Refuse != "" {
				if trail, _, d, err := run(t, &v.Case); err == nil {
					t.Errorf("answered although %s: %d places\n%s", v.Refuse, len(trail.Places), d.Text())
				}
				return
			}
			r := check(t, &v)
			for _, diff := range r.Differences {
				t.Error(diff)
			}
			if r.Compared == 0 {
				t.Error("nothing was compared")
			}
			if t.Failed() && (v.Case.Kind == UTXO || v.Case.Kind == Account) {
				if d, _, err := v.Case.Document(); err == nil {
					t.Logf("the ledger:\n%s", d.Text())
				}
			}
		})
	}
}

// TestEveryExpectedFigureCounts changes numbers that a vector expects, one at a
// time, and wants the comparison to notice. Of large vectors it takes a sample.
func TestEveryExpectedFigureCounts(t *testing.T) {
	vectors, err := Vectors()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, v := range vectors {
		if v.Refuse != "" || v.Case.Kind == Legal || v.Case.Kind == Swap {
			continue
		}
		trail, names, d, err := run(t, &v.Case)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(v.Expect)
		if err != nil {
			t.Fatal(err)
		}
		step := 1 + len(text)/2000
		if testing.Short() {
			step *= 10
		}
		for n := 0; ; n += step {
			changed, where := changeNumber(t, v.Expect, n)
			if changed == nil {
				break
			}
			checked++
			if r := v.Case.Trail(changed, trail, names, d); len(r.Differences) == 0 && !strings.Contains(where, "fifo_segments") {
				t.Errorf("%s: %s was changed and nobody noticed", v.Name, where)
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d figures were tried", checked)
	}
}

// changeNumber adds 100 to the n-th number of an expectation.
func changeNumber(t *testing.T, r *Result, n int) (*Result, string) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	where := ""
	var walk func(path string, x any) any
	walk = func(path string, x any) any {
		switch x := x.(type) {
		case map[string]any:
			for _, key := range sortedKeys(x) {
				// Balances are looked at only where the trail knows them, and
				// of an overlap only how much it is.
				if key == "balance" || path == "/overlaps" && key == "off" {
					continue
				}
				x[key] = walk(path+"/"+key, x[key])
			}
		case []any:
			for i := range x {
				x[i] = walk(path, x[i])
			}
		case json.Number:
			if n--; n == -1 {
				where = path
				return json.Number("1" + strings.Repeat("0", len(x.String())) + "7")
			}
		}
		return x
	}
	walk("", tree)
	if where == "" {
		return nil, ""
	}
	if text, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	changed, err := ReadResult(text)
	if err != nil {
		t.Fatal(err)
	}
	return changed, where
}
