package table_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/table"
)

// TestRead reads the tables of testdata/read. Each case is a mapping in YAML, a
// line "===", and a table; the answer is the transfers with the notes, or the
// error. In the table A, B, C and so on stand for addresses of an EVM ledger.
func TestRead(t *testing.T) {
	datadriven.Walk(t, "testdata/read", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			head, rows, ok := strings.Cut(d.Input+"\n", "===\n")
			if d.Cmd != "read" || !ok {
				d.Fatalf(t, "want: read, a mapping, ===, a table")
			}
			var m table.Mapping
			if err := yaml.Load([]byte(long(head)), &m, yaml.WithKnownFields()); err != nil {
				return "yaml: " + err.Error()
			}
			s, err := table.New("t.csv", []byte(long(rows)), m)
			if err != nil {
				return report(t, err)
			}
			ts, err := collect(s)
			if err != nil {
				return report(t, err)
			}
			return show(t, ts, s.Info())
		})
	})
}

// long writes out the one-letter addresses {A} to {F}; short undoes it.
func long(s string) string {
	for _, c := range "ABCDEF" {
		s = strings.ReplaceAll(s, "{"+string(c)+"}", "0x"+strings.Repeat(strings.ToLower(string(c)), 40))
	}
	return s
}

func short(s string) string {
	for _, c := range "ABCDEF" {
		s = strings.ReplaceAll(s, "0x"+strings.Repeat(strings.ToLower(string(c)), 40), "{"+string(c)+"}")
	}
	return s
}

func collect(s ledger.Source) (ts []ledger.Transfer, err error) {
	for t, err := range s.All(context.Background()) {
		if err != nil {
			return ts, err
		}
		ts = append(ts, t)
	}
	return ts, nil
}

// report prints an error with the sentinel that callers will look for; an error
// without one, or of another type, is a defect.
func report(t *testing.T, err error) string {
	t.Helper()
	var e *table.Error
	if !errors.As(err, &e) || e.File != "t.csv" {
		t.Errorf("not a *table.Error of the file: %v", err)
	}
	for _, s := range []struct {
		name string
		err  error
	}{
		{"mapping", table.ErrMapping}, {"columns", table.ErrColumns}, {"format", table.ErrFormat}, {"value", table.ErrValue},
		{"order", table.ErrOrder}, {"repeated", table.ErrRepeated}, {"contradiction", table.ErrContradiction}, {"empty", table.ErrEmpty},
		{"negative", money.ErrNegative}, {"too fine", money.ErrTooFine}, {"overflow", money.ErrOverflow}, {"syntax", money.ErrSyntax},
	} {
		if errors.Is(err, s.err) {
			return "error (" + s.name + ") " + short(err.Error())
		}
	}
	t.Errorf("an error without a sentinel: %v", err)
	return err.Error()
}

// show prints each transfer on a line, then the notes.
func show(t *testing.T, ts []ledger.Transfer, info ledger.Info) string {
	var b strings.Builder
	var last ledger.Key
	for _, x := range ts {
		if err := x.Validate(ledger.Accounts); err != nil {
			t.Errorf("%s: %v", x.Evidence, err)
		}
		if x.Key.Cmp(last) < 0 {
			t.Errorf("%s: %v comes after %v", x.Evidence, x.Key, last)
		}
		last = x.Key
		fmt.Fprintf(&b, "%s %d/%d/%d", strings.TrimPrefix(x.Evidence, "t.csv:"), x.Key.Block, x.Key.Tx, x.Key.Sub)
		if x.Tie > 0 {
			fmt.Fprintf(&b, " =%d", x.Tie)
		}
		fmt.Fprintf(&b, " %s", x.ID)
		if x.Tx != x.ID {
			fmt.Fprintf(&b, "[%s]", x.Tx)
		}
		if !x.Time.IsZero() {
			fmt.Fprintf(&b, " %s", x.Time.Format(time.RFC3339Nano))
		}
		fmt.Fprintf(&b, " %s > ", x.From())
		if len(x.Credits) > 0 {
			fmt.Fprintf(&b, "%s %s ", x.To(), x.Amount())
		}
		b.WriteString(strings.TrimPrefix(string(x.Asset), string(x.Ledger)+"/"))
		if x.Kind != ledger.Value {
			b.WriteString(" " + x.Kind.String())
		}
		if x.Failed {
			b.WriteString(" failed")
		}
		if !x.Fee.IsZero() {
			fmt.Fprintf(&b, " fee %s", x.Fee)
		}
		var attrs []string
		for k, v := range x.Attrs {
			attrs = append(attrs, fmt.Sprintf(" %s=%s", k, v))
		}
		slices.Sort(attrs)
		b.WriteString(strings.Join(attrs, "") + "\n")
	}
	for _, n := range info.Notes {
		b.WriteString("note: " + n + "\n")
	}
	if info.Skipped > 0 {
		fmt.Fprintf(&b, "skipped: %d\n", info.Skipped)
	}
	return short(b.String())
}
