package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

func leadOf(t *testing.T, d *Document) scope {
	t.Helper()
	s, err := d.lead(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMergedPlacesAreCounted checks at every limit that each place is either a
// bar or counted in one.
func TestMergedPlacesAreCounted(t *testing.T) {
	s := leadOf(t, document(t, "hundreds"))
	places := len(s.places())
	for limit := 1; limit < places+3; limit += 7 {
		g := s.graphOf(limit)
		own, merged := 0, 0
		var sum money.Amount
		for _, n := range g.nodes {
			if n.place != nil {
				own++
			} else if n.ends() {
				merged += n.merged
				if n.merged < 2 {
					t.Errorf("limit %d: a bar of %d merged places", limit, n.merged)
				}
			}
			if n.ends() {
				sum = sum.Add(n.amount)
			}
		}
		if own+merged != places || own != g.shown || merged != g.rest {
			t.Errorf("limit %d: %d bars and %d merged of %d places; the picture says %d and %d", limit, own, merged, places, g.shown, g.rest)
		}
		if own > limit+len(groups) {
			t.Errorf("limit %d: %d bars", limit, own)
		}
		if sum != s.base(s.policy) {
			t.Errorf("limit %d: bars sum to %s of %s", limit, sum, s.base(s.policy))
		}
	}
}

func TestServicesKeepTheirNames(t *testing.T) {
	s := leadOf(t, document(t, "hundreds"))
	exits := 0
	for _, n := range s.graphOf(sankeyPlaces).nodes {
		if n.place != nil && n.kind == trace.Exit {
			exits++
		}
	}
	if exits != 5 {
		t.Errorf("%d of 5 small services have bars of their own", exits)
	}
	lanes := map[trace.Kind]int{}
	for _, l := range s.timelineOf(timelineLanes).lanes {
		lanes[l.kind]++
	}
	if lanes[trace.Exit] != 5 || lanes[trace.Held] != timelineLanes-5 || lanes[""] != 1 || lanes[trace.Fee] != 0 {
		t.Errorf("lanes by kind: %v", lanes)
	}
}

// TestDeepTrails checks that a chain of forty steps fits in the columns there
// are, with what lies deeper in one bar.
func TestDeepTrails(t *testing.T) {
	d := run(t, "peel", ledgertest.PeelChain(3, 40).Doc)
	g := leadOf(t, d).graphOf(sankeyPlaces)
	g.layout(picLeft, placesLeft)
	deep := 0
	for _, n := range g.nodes {
		if !n.ends() && n.col > sankeyColumns || n.ends() != (n.col == g.columns-1) {
			t.Errorf("%s stands in column %d of %d", n.node.name, n.col, g.columns)
		}
		if n.node.kind == aMerge && !n.ends() && n.col == sankeyColumns {
			deep = n.merged
		}
	}
	if g.columns != sankeyColumns+2 || deep < 30 {
		t.Errorf("%d columns, %d accounts in the last", g.columns, deep)
	}
	if g.within == 0 {
		t.Error("movements inside the last bar are not counted")
	}
}

// TestTransactionsOfSeveralAccounts checks that coins spent together meet in the
// transaction, and that without the graph only what left it is shown.
func TestTransactionsOfSeveralAccounts(t *testing.T) {
	d := document(t, "coins")
	into := func() (n int) {
		for _, l := range leadOf(t, d).graphOf(sankeyPlaces).links {
			if l.to.node.kind == aTransaction {
				n++
			}
		}
		return n
	}
	if n := into(); n != 3 {
		t.Errorf("%d ways lead into transactions, want 3", n)
	}
	d.Graph = nil
	if n := into(); n != 0 {
		t.Errorf("without a graph %d ways lead into transactions", n)
	}
	if svg := render(t, Sankey, d, Options{}); svg == "" {
		t.Error("no picture without a graph")
	}
}

// TestOverviewSums checks at each moment that what had ended and what was left
// is what had entered.
func TestOverviewSums(t *testing.T) {
	for _, story := range []string{"five", "thefts", "coins", "hundreds"} {
		s := leadOf(t, document(t, story))
		line := s.timelineOf(5)
		var last time.Time
		for _, l := range line.stack {
			if l.at.Before(last) {
				t.Errorf("%s: time goes back at %s", story, l.at)
			}
			last = l.at
			if sum := l.exits.Add(l.other).Add(l.left); s.base(s.policy).Less(sum) {
				t.Errorf("%s at %s: %s is there, %s entered", story, l.at, sum, s.base(s.policy))
			}
		}
		by := s.totals.ByPolicy[s.policy]
		end := line.stack[len(line.stack)-1]
		if end.exits != by.Exits || end.left != by.Held {
			t.Errorf("%s: ends with exits %s, on accounts %s; the record says %s and %s", story, end.exits, end.left, by.Exits, by.Held)
		}
	}
}

func TestTimesNotKnown(t *testing.T) {
	d := document(t, "thefts")
	for i := range d.Trail.Hops {
		if h := &d.Trail.Hops[i]; h.Place >= 0 && d.Trail.Places[h.Place].Kind == trace.Exit {
			h.Time = time.Time{}
		}
	}
	svg := render(t, Timeline, d, Options{})
	if !strings.Contains(svg, "Not drawn: 2 movements (30 ETH) to or from these places, whose times are not known.") || !strings.Contains(svg, "times not known") {
		t.Error("movements without a time are counted and said")
	}
	for i := range d.Trail.Hops {
		d.Trail.Hops[i].Time = time.Time{}
	}
	if svg := render(t, Timeline, d, Options{}); !strings.Contains(svg, "No movement of this trail has a known time.") || strings.Contains(svg, `class="area`) {
		t.Error("without any time there is nothing to draw, which the picture must say")
	}
}

func TestGauge(t *testing.T) {
	u := money.Units
	for _, c := range []struct {
		b            interval
		amount, most uint64
		want         string
	}{
		{interval{L: u(25), U: u(50), Tight: true}, 50, 100, `M40 5L65 5" class="bracket"`},
		{interval{L: u(0), U: u(100)}, 0, 100, `M15 5L115 5" class="bracket loose"`},
		{interval{L: u(0), U: u(0)}, 0, 0, `M15 5L15 5`},
		{interval{L: u(5), U: u(500)}, 500, 100, `M20 5L115 5`}, // beyond the scale stops at its end
	} {
		p := &picture{}
		p.gauge(15*px, 5*px, 100*px, c.b, u(c.amount), u(c.most), "t")
		if !strings.Contains(p.b.String(), c.want) {
			t.Errorf("[%s, %s] of %d: %s lacks %s", c.b.L, c.b.U, c.most, p.b.String(), c.want)
		}
	}
}

func TestLengths(t *testing.T) {
	for in, want := range map[int]string{0: "0", 1000: "1", 1500: "1.5", 1001: "1.001", -250: "-0.25", -3000: "-3", 20: "0.02"} {
		if got := at(in); got != want {
			t.Errorf("at(%d) = %s, want %s", in, got, want)
		}
	}
}

// TestThemes checks that a picture follows its reader unless told otherwise, and
// carries its own style only when it stands alone.
func TestThemes(t *testing.T) {
	d := document(t, "five")
	for theme, want := range map[string]bool{"": false, "light": true, "dark": true, "odd": false} {
		head, _, _ := strings.Cut(render(t, Sankey, d, Options{Theme: theme}), ">")
		if got := strings.Contains(head, fmt.Sprintf("data-theme=%q", theme)); got != want {
			t.Errorf("theme %q is written: %v", theme, got)
		}
	}
	if alone := render(t, Sankey, d, Options{}); strings.Count(alone, "<style>") != 1 || !strings.Contains(alone, "prefers-color-scheme:dark") {
		t.Error("a picture that stands alone carries its style")
	}
	if inside := drawSankey(leadOf(t, d), newNames(d.Trail), Options{}, "x-", false); strings.Contains(inside, "<style>") || !strings.Contains(inside, `id="x-t"`) {
		t.Error("a picture on a page has no style and ids of its own")
	}
}

// TestPicturesTellThemselves checks title and description for readers who cannot
// see.
func TestPicturesTellThemselves(t *testing.T) {
	d := document(t, "five")
	for name, want := range map[string][]string{
		"sankey":   {`role="img"`, "<title id=\"sk-t\">Where the stolen ETH went", "exits 90 ETH", "converted 30 ETH"},
		"timeline": {`role="img"`, "<title id=\"tl-t\">When the stolen ETH moved", "90 ETH reached services"},
	} {
		svg := render(t, everyWriter[name], d, Options{})
		for _, w := range want {
			if !strings.Contains(svg, w) {
				t.Errorf("%s lacks %q", name, w)
			}
		}
	}
}
