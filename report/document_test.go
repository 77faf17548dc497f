package report

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// TestJSONLReference holds docs/reference/jsonl.md to the records: every field
// of every record is named there.
func TestJSONLReference(t *testing.T) {
	page, err := os.ReadFile("../docs/reference/jsonl.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []any{
		HeaderRecord{}, InputRecord{}, LedgerRecord{}, AssetRecord{}, PolicyRecord{}, ViewRecord{}, CompletenessRecord{}, SeedRecord{},
		PlaceRecord{}, BoundaryRecord{}, TagRecord{}, FigureRecord{}, FlowRecord{}, ConversionRecord{}, LegRecord{}, UnclearRecord{},
		BoundRecord{}, CutRecord{}, WarningRecord{},
		SummaryRecord{}, RecordCounts{}, TotalRecord{}, FindingRecord{},
	} {
		typ := reflect.TypeOf(r)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name == "" || !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("%s.%s: field %q is not in docs/reference/jsonl.md", typ.Name(), typ.Field(i).Name, name)
			}
		}
	}
}

// TestPictureReference holds docs/reference/picture.md to the types: every field
// that the page gets is named there.
func TestPictureReference(t *testing.T) {
	page, err := os.ReadFile("../docs/reference/picture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []any{
		LaidOut{}, PictureAsset{}, PictureColumn{}, PictureNode{}, PictureFolded{}, PictureLink{}, PictureFold{}, PictureHidden{}, PictureWithin{},
		LaidOutGraph{}, GraphNodes{}, GraphEdges{},
	} {
		typ := reflect.TypeOf(r)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name == "" || !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("%s.%s: field %q is not in docs/reference/picture.md", typ.Name(), typ.Field(i).Name, name)
			}
		}
	}
}

func TestTextKeepsItsWidth(t *testing.T) {
	for _, story := range []string{"five", "thefts", "coins", "hundreds"} {
		d := document(t, story)
		for _, width := range []int{80, 100, 132, 200} {
			for _, line := range strings.Split(render(t, Text, d, Options{Width: width}), "\n") {
				if columns(line) > width {
					t.Errorf("%s at %d: a line is %d wide: %s", story, width, columns(line), line)
				}
			}
		}
	}
}

// TestTextSaysTheRest checks that a table that is cut off counts and sums what
// it leaves out, and that no limit leaves nothing out.
func TestTextSaysTheRest(t *testing.T) {
	d := document(t, "hundreds")
	all, few := render(t, Text, d, Options{Limit: All, Width: 200}), render(t, Text, d, Options{Limit: 3, Width: 200})
	if strings.Contains(all, "more places") || !strings.Contains(few, "more places (--limit -1)") {
		t.Error("the limit of the table does not show in it")
	}
	held := 0
	for _, p := range d.Trail.Places {
		if p.Kind == trace.Held {
			held++
		}
	}
	if n := strings.Count(all, "  0x"); n < held {
		t.Errorf("%d rows of %d held places", n, held)
	}
}

func TestRowsThatAreNeverHidden(t *testing.T) {
	text := render(t, Text, document(t, "five"), Options{})
	for _, row := range []string{"EXITS", "CONVERTED", "HELD", "EDGE OF DATA", "FEES", "UNOBSERVED"} {
		if !strings.Contains(text, "\n"+row) {
			t.Errorf("the row %s is hidden", row)
		}
	}
	if !strings.Contains(render(t, Text, document(t, "coins"), Options{}), "UNOBSERVED n/a") {
		t.Error("coins have no unobserved value, which the text must say")
	}
}

// TestEdgeIsNotHeld checks that what stands where the data ends is told apart
// from what is held, in rows that sum to what entered.
func TestEdgeIsNotHeld(t *testing.T) {
	s := leadOf(t, document(t, "edge"))
	sums, total := map[trace.Kind]string{}, money.Zero
	for _, sec := range s.sections() {
		sums[sec.Kind] = sec.Sums[s.policy].String()
		total = total.Add(sec.Sums[s.policy])
		if len(sec.Places) > 0 && s.sumOf(sec.Places)[s.policy] != sec.Sums[s.policy] {
			t.Errorf("%s: the places sum to %s, the row is %s", sec.Label, s.sumOf(sec.Places)[s.policy], sec.Sums[s.policy])
		}
	}
	if sums[trace.Edge] != "65" || sums[trace.Held] != "34" || total != s.base(s.policy) {
		t.Errorf("rows %v sum to %s of %s", sums, total, s.base(s.policy))
	}
	if svg := render(t, Sankey, s.d, Options{}); !strings.Contains(svg, `class="bar k-edge" style="fill:url(#sk-h)"`) {
		t.Error("the edge of the data is not hatched")
	}
}

// TestUnknownIsNotZero holds that a missing policy and a missing time are words.
func TestUnknownIsNotZero(t *testing.T) {
	d := document(t, "coins")
	for i := range d.Trail.Policies {
		if d.Trail.Policies[i] == "tiho" {
			d.Trail.Policies[i] = trace.OwnFirst // accounts only
		}
	}
	scopes, err := d.scopes(Options{})
	if err != nil {
		t.Fatal(err)
	}
	own := d.Trail.Policy(trace.OwnFirst)
	if got := scopes[0].cell(own, money.Units(5), digits{}); got != notThere {
		t.Errorf("a policy that coins lack gives %q", got)
	}
	if _, has := scopes[0].amounts(scopes[0].figures(d.Trail.Places[0]).Amounts)["own-first"]; has {
		t.Error("a policy that coins lack is in the JSON")
	}
	if got := instant(time.Time{}); got != notKnown {
		t.Errorf("an unknown time is %q", got)
	}
	if got := percent(money.Zero, money.Zero); got != notThere {
		t.Errorf("the share of nothing is %q", got)
	}
}

func TestDigits(t *testing.T) {
	eth := money.Asset{ID: "e", Symbol: "ETH", Decimals: 18}
	whole := func(n uint64) money.Amount {
		a, err := money.ParseDecimal(money.Units(n).String(), 18)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	d := fit(eth, 4, []money.Amount{whole(3), money.Units(1)})
	for _, c := range []struct {
		in   money.Amount
		want string
	}{
		{money.Zero, "0"}, {money.Units(1), "<0.0001"}, {whole(400001), "400,001.0000"},
		{whole(2).Sub(money.Units(1)), "1.9999"}, {money.Max, "340,282,366,920,938,463,463.3746"},
	} {
		if got := d.format(c.in); got != c.want || !d.cut {
			t.Errorf("%s: %q, want %q", c.in, got, c.want)
		}
	}
	if d := fit(eth, 4, []money.Amount{whole(3)}); d.cut || d.format(whole(3)) != "3" {
		t.Errorf("whole amounts need no digits: %+v", d)
	}
	if got := glance(eth, whole(123456).Add(money.Units(5))); got != "123,456" {
		t.Errorf("glance: %s", got)
	}
}

func TestTicks(t *testing.T) {
	from := time.Date(2021, 1, 31, 23, 0, 0, 0, time.UTC)
	for span := time.Second; span < 80*365*24*time.Hour; span = span*3/2 + 7*time.Second {
		a := axis{from, from.Add(span), timeLeft, timeWidth}
		ticks, form := a.ticks(timeTicks)
		if len(ticks) > timeTicks+1 || form == "" || span > time.Minute && len(ticks) == 0 {
			t.Errorf("%s: %d ticks %q", span, len(ticks), form)
		}
		last := timeLeft - 1
		for _, at := range ticks {
			x := a.x(at)
			if x <= last && span > time.Minute || x > timeLeft+timeWidth {
				t.Errorf("%s: tick %s at %d after %d", span, at, x, last)
			}
			last = x
		}
	}
	one := axis{from, from, timeLeft, timeWidth}
	if one.x(from) != timeLeft {
		t.Error("a trail of one moment stands at the left edge")
	}
}

func TestCircles(t *testing.T) {
	doc, err := ledger.ParseText("circle", strings.NewReader(`e1 2024-01-01T00:00Z v > a 100
e2 2024-01-02T00:00Z a > b 90
e3 2024-01-03T00:00Z b > c 80
e4 2024-01-04T00:00Z c > a 70
e5 2024-01-05T00:00Z a > svc-x 75
theft T e1
`))
	if err != nil {
		t.Fatal(err)
	}
	d := run(t, "circle", doc)
	s, err := d.lead(Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := s.graphOf(All - 1 + sankeyPlaces)
	g.layout(picLeft, placesLeft)
	back := 0
	for _, l := range g.links {
		if l.back {
			back++
			if l.from.node.name != "c" || l.to.node.name != "a" {
				t.Errorf("the way back is %s to %s", l.from.node.name, l.to.node.name)
			}
		}
	}
	if back != 1 {
		t.Errorf("%d ways back, want 1", back)
	}
	if svg := render(t, Sankey, d, Options{}); !strings.Contains(svg, `class="back"`) || !strings.Contains(svg, "Dashed: value that came back") {
		t.Error("the way back is not drawn or not said")
	}
}

// TestExitsCut holds the freeze list to the cut of the group of exits.
func TestExitsCut(t *testing.T) {
	d := document(t, "five")
	if got := render(t, Freeze, d, Options{}); !strings.Contains(got, "At most 140 ETH can have reached the 2 exits") || !strings.Contains(got, "140 ETH in 2 entries") {
		t.Errorf("the cut of the exits is not there:\n%s", got)
	}
	d.Trail.Groups = nil
	if got := render(t, Freeze, d, Options{}); !strings.Contains(got, "were not bounded together") {
		t.Error("without the group of exits the list must say so")
	}
}

func TestPolicySwitchSharesPictures(t *testing.T) {
	d := document(t, "five")
	s, err := d.lead(Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, same := range s.agreeing() {
		for _, i := range same {
			if seen[i] {
				t.Errorf("policy %d has two pictures", i)
			}
			seen[i] = true
			if !s.agree(same[0], i) {
				t.Errorf("policies %d and %d share a picture and differ", same[0], i)
			}
		}
	}
	if len(seen) != len(d.Trail.Policies) {
		t.Errorf("%d of %d policies have a picture", len(seen), len(d.Trail.Policies))
	}
	page := render(t, HTML, d, Options{})
	for i := range d.Trail.Policies {
		if !strings.Contains(page, "html:has(#p"+string(rune('0'+i))+":checked)") {
			t.Errorf("no rule shows policy %d without scripts", i)
		}
	}
}

// TestThinKeepsPeaks holds that steps too close to draw apart leave their
// highest and their last.
func TestThinKeepsPeaks(t *testing.T) {
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	d := &timeDrawing{axis: axis{from, from.Add(1000 * time.Hour), timeLeft, timeWidth}}
	steps := []step{{from, money.Units(1)}}
	for i, n := range []uint64{2, 9, 4, 3} {
		steps = append(steps, step{from.Add(500*time.Hour + time.Duration(i)*time.Second), money.Units(n)})
	}
	steps = append(steps, step{from.Add(900 * time.Hour), money.Units(5)})
	var got []string
	for _, s := range d.thin(steps) {
		got = append(got, s.amount.String())
	}
	if want := "1 9 3 5"; strings.Join(got, " ") != want {
		t.Errorf("steps %v, want %s", got, want)
	}
}
