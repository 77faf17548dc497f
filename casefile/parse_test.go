package casefile_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/coldtrail/coldtrail/casefile"
)

// head is a case file without anything but what it needs; what a test adds
// begins on line 4.
const head = `version: coldtrail/case/v1
title: test
ledgers: [{path: ledger.txt, format: text}]
`

// TestParse holds every fault of a case file to its line, cause and hint.
// Commands: "whole" parses the input, "with" parses it behind head.
func TestParse(t *testing.T) {
	datadriven.RunTest(t, "testdata/parse.txt", func(t *testing.T, d *datadriven.TestData) string {
		text := d.Input
		if d.Cmd == "with" {
			text = head + text
		}
		c, err := casefile.Parse("case.yaml", []byte(text+"\n"))
		if err == nil {
			return fmt.Sprintf("ok: %d thefts, %d boundaries, %d conversions, %d tags, %d groups, %d expected\n",
				len(c.Thefts), len(c.Boundaries), len(c.Conversions), len(c.Tags), len(c.Groups), len(c.Expect))
		}
		var fault *casefile.Error
		if !errors.As(err, &fault) {
			t.Fatalf("%T is no *casefile.Error: %v", err, err)
		}
		return err.Error() + "\n"
	})
}

// TestErrorKinds: a caller can tell the kinds of fault apart.
func TestErrorKinds(t *testing.T) {
	for text, want := range map[string]error{
		"version: coldtrail/case/v9\n": casefile.ErrSyntax,
		"":                             casefile.ErrSyntax,
		"a: [\n":                       casefile.ErrSyntax,
		head + "gas: perhaps\n":        casefile.ErrValue,
	} {
		if _, err := casefile.Parse("f", []byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want it to be %v", text, err, want)
		}
	}
	if _, err := casefile.Embedded("bybit"); !errors.Is(err, casefile.ErrUnknown) || !strings.Contains(err.Error(), "bybit-2025") {
		t.Errorf("unknown case: %v", err)
	}
}

// TestReadme: the README names every key and every check, and its example is a
// case.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	if _, err := casefile.Parse("README.md", []byte(example)); err != nil {
		t.Error(err)
	}
	for _, unknown := range []string{
		"xyzzyxyzzy: 1\n",
		"expect: [{check: xyzzyxyzzy, title: t}]\n",
		"thefts: [{name: t, seeds: [{xyzzyxyzzy: 1}]}]\n",
		"boundaries: [{xyzzyxyzzy: 1}]\n", "conversions: [{xyzzyxyzzy: 1}]\n", "tags: [{xyzzyxyzzy: 1}]\n", "groups: [{xyzzyxyzzy: 1}]\n",
		"expect: [{check: rows, title: t, xyzzyxyzzy: 1}]\n", "expect: [{check: rows, title: t, where: {xyzzyxyzzy: 1}}]\n",
		"expect: [{check: totals, title: t, xyzzyxyzzy: 1}]\n", "expect: [{check: claim, title: t, xyzzyxyzzy: 1}]\n",
	} {
		_, err := casefile.Parse("f", []byte(head+unknown))
		var fault *casefile.Error
		if !errors.As(err, &fault) || !strings.HasPrefix(fault.Hint, "there are ") {
			t.Fatalf("%q: %v", unknown, err)
		}
		for _, key := range strings.Split(strings.TrimPrefix(fault.Hint, "there are "), ", ") {
			if !strings.Contains(string(text), "`"+key) && !strings.Contains(string(text), key+"`") && !strings.Contains(string(text), key+":") && !strings.Contains(string(text), " "+key+",") {
				t.Errorf("README.md does not say what %q is (%s)", key, strings.TrimSpace(unknown))
			}
		}
	}
}

// FuzzParse: whatever the bytes, an *Error with a line of the file, or a case
// that comes out the same again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(head + "thefts: [{name: a, seeds: [{mark: t1}]}]\n"))
	f.Add([]byte(head + "expect: [{check: rows, title: a, where: {}, count: 1}]\n"))
	f.Add([]byte("version: coldtrail/case/v1\ntitle: &a x\nledgers: *a\n"))
	f.Add([]byte("\xff\xfe\x00"))
	f.Add([]byte("? [a, b]\n: c\n<<: {a: 1}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := casefile.Parse("f", text)
		if err != nil {
			var fault *casefile.Error
			if !errors.As(err, &fault) || fault.Msg == "" || fault.Unwrap() == nil {
				t.Fatalf("%T: %v", err, err)
			}
			if lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + 2; fault.Line < 0 || fault.Line > lines {
				t.Fatalf("line %d of %d: %v", fault.Line, lines, err)
			}
			return
		}
		again, err := casefile.Parse("f", text)
		if err != nil || again.SHA256 != c.SHA256 || len(again.Expect) != len(c.Expect) {
			t.Fatalf("not the same again: %v", err)
		}
		if c.Title == "" || len(c.Ledgers) == 0 {
			t.Fatalf("a case without title or ledger: %q", text)
		}
	})
}
