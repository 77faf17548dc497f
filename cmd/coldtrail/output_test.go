package main

import (
	"errors"
	"io"
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
