package report

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLog2(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Uint64Range(1, 1<<53).Draw(t, "v")
		if got, want := float64(log2(v))/(1<<logBits), math.Log2(float64(v)); math.Abs(got-want) > 1e-6 {
			t.Fatalf("log2(%d) = %v, want %v", v, got, want)
		}
	})
}

// TestScale: a larger value stands no lower, the ends stand at the ends, ticks
// are on the scale, ascend and are not too many.
func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(1, 1e12).Draw(t, "from")
		s := scale{from, from + from + rapid.Int64Range(1, 1e15).Draw(t, "span"), 10 * px, 700 * px, rapid.Bool().Draw(t, "log")}
		if s.pos(s.from) != s.at || s.pos(s.until) != s.at+s.size {
			t.Fatalf("ends at %d and %d", s.pos(s.from), s.pos(s.until))
		}
		a, b := rapid.Int64Range(s.from, s.until).Draw(t, "a"), rapid.Int64Range(s.from, s.until).Draw(t, "b")
		if a <= b && s.pos(a) > s.pos(b) {
			t.Fatalf("%d stands at %d, %d at %d", a, s.pos(a), b, s.pos(b))
		}
		down := scale{s.from, s.until, 0, -s.size, s.log}
		if down.pos(a) != -(s.pos(a) - s.at) {
			t.Fatalf("upside down: %d and %d", down.pos(a), s.pos(a))
		}
		ticks := s.ticks(6)
		for i, v := range ticks {
			if v < s.from || v > s.until || i > 0 && v <= ticks[i-1] {
				t.Fatalf("ticks %v of %d to %d", ticks, s.from, s.until)
			}
		}
		if len(ticks) > 8 {
			t.Fatalf("%d ticks", len(ticks))
		}
	})
}

func TestShortMoney(t *testing.T) {
	for cents, want := range map[int64]string{
		0: "0", 49: "0", 99_950: "1.00 k", 99_900: "999", 100_000: "1.00 k", 53_400_000_000: "534 M", 350_000_000_000: "3.50 bn", 149_043_766_900: "1.49 bn",
		7_500_000_000: "75.0 M", 99_949_999_999: "999 M", 99_950_000_000: "1.00 bn", 9_999_999_999: "100 M", 100_000_000: "1.00 M",
	} {
		if got := shortMoney(cents); got != want {
			t.Errorf("%d cents: %q, want %q", cents, got, want)
		}
	}
	for cents, want := range map[int64]string{0: "0", 50_000_000_000: "500 M", 150_000_000_000: "1.5 bn", 100_000_000_000: "1 bn"} {
		if got := tickMoney(cents); got != want {
			t.Errorf("tick of %d cents: %q, want %q", cents, got, want)
		}
	}
}

// TestBreakInto: every line fits, and no word but one too long for a line is
// lost.
func TestBreakInto(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-zA-Z0-9]{1,12}`)).Draw(t, "words")
		width := rapid.IntRange(140, 600).Draw(t, "width") * px
		lines := breakInto(strings.Join(words, " "), width, 11)
		for _, l := range lines {
			if textWidth(l, 11) > width {
				t.Fatalf("%q is wider than %d", l, width)
			}
		}
		if got := strings.Join(lines, " "); got != strings.Join(words, " ") {
			t.Fatalf("%q became %q", words, got)
		}
	})
	if got := cutTo("Bangladesh Bank (account at Federal Reserve)", 100*px, 12); !strings.HasSuffix(got, "…") || textWidth(got, 12) > 100*px {
		t.Errorf("cut to %q", got)
	}
}

func TestAnchor(t *testing.T) {
	if a, b := anchor("c", "2018-01-coincheck#stolen"), anchor("c", "2018-01-coincheck_23stolen"); a == b || a != "c-2018-01-coincheck_23stolen" {
		t.Errorf("%q and %q", a, b)
	}
}

func TestNextQuarter(t *testing.T) {
	for q, want := range map[string]string{"2021-Q3": "2021-Q4", "2021-Q4": "2022-Q1", "": "", "soon": ""} {
		if got := nextQuarter(q); got != want {
			t.Errorf("after %q: %q, want %q", q, got, want)
		}
	}
}
