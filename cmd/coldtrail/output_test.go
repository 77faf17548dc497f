package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errFull = errors.New("no room on the device")

// fullAfter takes so many bytes and no more.
type fullAfter struct{ left int }

func (f *fullAfter) Write(p []byte) (int, error) {
	if len(p) > f.left {
		n := f.left
		f.left = 0
		return n, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

// TestOutputThatIsFull: what could not be printed is a failure of every verb, also
// when it happens in the middle, and is said once.
func TestOutputThatIsFull(t *testing.T) {
	for _, line := range []string{
		"version", "version --json", "--help", "trace --help", "help guard",
		"register show 2018-01-coincheck", "register show 2018-01-coincheck --json", "register check", "register check --json", "register diff embedded embedded --json",
		"claims check", "claims check --json", "claims explain c04", "study explain year.2018.actor", "study explain year.2018.actor --json",
		"tag lookup 0xd90e2f925da726b50c4ed8d0fb90ad053324f31b", "guard policy lint strict", "guard replay wazirx-2024", "trace --case bybit-2025 --no-bounds",
	} {
		for _, room := range []int{0, 40} {
			var talk strings.Builder
			code := run(t.Context(), strings.Fields(line), streams{strings.NewReader(""), &fullAfter{room}, &talk}, func(string) string { return "" })
			if code != exitFailed || strings.Count(talk.String(), errFull.Error()) != 1 {
				t.Errorf("%s, room for %d bytes: exit %d: %s", line, room, code, talk.String())
			}
		}
	}
}

// TestVerdictThatIsNotPrinted: a hold that could not be printed is no allow, and
// keeps its exit code.
func TestVerdictThatIsNotPrinted(t *testing.T) {
	_, requests := bybitFiles(t)
	for _, format := range []string{"--json=false", "--json"} {
		for _, request := range requests {
			code := run(t.Context(), []string{"guard", "check", format, "--quiet", "-"}, streams{strings.NewReader(request), &fullAfter{}, io.Discard}, func(string) string { return "" })
			if code != exitHold && code != exitDeny {
				t.Errorf("%s: exit %d", format, code)
			}
		}
	}
}

// filesIn writes files into a folder and gives their paths.
func filesIn(t *testing.T, dir string) func(name, text string) string {
	return func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// TestJSONIsLines: with --json every line of every verb is one value that says what it
// is, the same bytes come out each time, and --quiet leaves nothing to say.
func TestJSONIsLines(t *testing.T) {
	dir := t.TempDir()
	file := filesIn(t, dir)
	coins := file("coins.txt", "coin s A:3\ncoin c B:7\nt1 s.0 c.0 -> X:4 Y:6\nt2 t1.0 -> Z:4\ntheft heist s.0\n")
	pack := file("pack.yaml", "title: T\ncreator: c\ntags:\n  - {address: \"0x00000000000000000000000000000000000000aa\", label: X, source: \"https://example.org\", currency: ETH, confidence: odd}\n  - {label: nothing}\n")
	request := file("request.json", `{"wallet":"cold","kind":"transfer","payload":{"from":"a","to":"b","asset":"iso4217:USD","amount":"1"},"as_of":"2025-01-01T00:00:00Z"}`)
	store, db := filepath.Join(dir, "store"), filepath.Join(dir, "tags")
	for _, c := range []struct {
		line   string
		clocks bool // an answer says when it was given
	}{
		{"ingest text " + coins + " --json --store " + store, true}, // the second time nothing is new
		{"graph info --json --store " + store, false}, {"graph stats --json --store " + store, false},
		{"graph check --json --store " + store, false}, {"graph digest --json --store " + store, false},
		{"trace sweep --json --theft heist=s:0 --store " + store, false}, {"trace --json --theft heist=s:0 --store " + store, false},
		{"cluster build --store " + store, true}, {"cluster stats --store " + store, false}, {"cluster show A --store " + store, false},
		{"cluster show A B --store " + store, false}, {"cluster show A Y --store " + store, false}, {"cluster change --store " + store, false},
		{"cluster undo t1 --store " + store, true},
		{"tag import --json " + pack + " --tags " + db, false}, {"tag check --json " + pack, false},
		{"tag lookup 0x00000000000000000000000000000000000000aa --json --tags " + db, false},
		{"tag lookup 0x00000000000000000000000000000000000000aa --json --screen --tags " + pack, false},
		{"version --json", false}, {"trace --json --no-bounds --case lubian-2020", false},
		{"trace payments --json --case bancomext-2018", false}, {"trace owners --json --case union-bank-india-2016", false},
		{"register show --json", false}, {"register show 2018-01-coincheck --json --as-known-on 2018-06-01", false}, {"register check --json", false},
		{"register diff embedded embedded --json", false}, {"claims check --json", false}, {"claims explain c04 --json", false},
		{"study --json", false}, {"study explain year.2018.actor --json", false},
		{"guard replay banco-del-austro-2015 --json", false}, {"guard check --json " + request, true},
	} {
		say := func() string {
			var out, talk strings.Builder
			code := run(t.Context(), append(strings.Fields(c.line), "--quiet"), streams{strings.NewReader(""), &out, &talk}, func(string) string { return "" })
			if code == exitFailed || code == exitUsage || talk.Len() > 0 {
				t.Fatalf("%s: exit %d, said %q", c.line, code, talk.String())
			}
			return out.String()
		}
		got := say()
		if got == "" || !strings.HasSuffix(got, "\n") {
			t.Errorf("%s: ends in the middle of a line: %q", c.line, got)
		}
		for l := range strings.Lines(got) {
			var record map[string]any
			if err := json.Unmarshal([]byte(l), &record); err != nil {
				t.Errorf("%s: %v in %.100q", c.line, err, l)
				continue
			}
			if record["record"] == nil && record["type"] == nil && record["version"] == nil && record["decision"] == nil {
				t.Errorf("%s: a record that does not say what it is: %.100s", c.line, l)
			}
		}
		if again := say(); !c.clocks && again != got {
			t.Errorf("%s: the second time it says something else", c.line)
		}
	}
}
