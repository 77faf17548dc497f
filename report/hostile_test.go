package report

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/trace"
)

// hostile is a story whose every name attacks some format.
const hostile = `ledger "x<y>&\"z'" account native "</style><img src=x onerror=alert(1)>"
"e1\u001b[31m" 2024-01-01T00:00Z "victim" > "<script>alert(1)</script>" 100
e2 2024-01-02T00:00Z "<script>alert(1)</script>" > "=cmd|' /C calc'!A0" 40
e3 2024-01-03T00:00Z "<script>alert(1)</script>" > "name\u202egnp.exe\u0007" 30
e4 2024-01-04T00:00Z "<script>alert(1)</script>" > "svc-\"onload=alert(1) x=\"" 20
theft "</script><b>T" "e1\u001b[31m"
`

func hostileDocument(t *testing.T) *Document {
	t.Helper()
	doc, err := ledger.ParseText("<hostile>.txt", strings.NewReader(hostile))
	if err != nil {
		t.Fatal(err)
	}
	d := run(t, "hostile", doc)
	d.Title, d.Question = "<title>Evil & \x1b[2J</title>", "javascript:alert(1)"
	d.Tags = func(ledger.ID, ledger.Account) []tag.Tag {
		return []tag.Tag{{Label: "<svg onload=alert(1)>", Confidence: "unknown", Source: "https://evil.example/x.js"}}
	}
	d.Findings = []Finding{{Title: "<iframe src=//evil>", Status: "\" onmouseover=\"", Got: "<b>", Want: "&", Source: "https://evil.example"}}
	d.Trail.Warnings = append(d.Trail.Warnings, "<object data=evil>")
	evil := money.Asset{ID: "evil", Symbol: "<img src=x>\x1b[2J\u202e"}
	leg := trace.ConversionLeg{Account: "<script>alert(2)</script>", Asset: evil, Amount: money.Units(1), Counter: "<img src=y>\x1b", Transfers: []string{"<svg onload=alert(3)>\x07"}}
	d.Trail.Conversions = append(d.Trail.Conversions, trace.Conversion{Name: "<img src=z>", Tx: "<iframe>\x1b]0;x\x07", Gave: leg, Got: leg, Recognised: true})
	d.Trail.Unclear = append(d.Trail.Unclear, trace.Unclear{Tx: "<iframe>\x1b[2J", Why: "no reason", Who: "<img src=u>\u202e"})
	return d
}

func TestHostileNames(t *testing.T) {
	d := hostileDocument(t)
	for name, write := range everyWriter {
		out := render(t, write, d, Options{})
		switch name {
		case "html":
			for _, bad := range []string{"<script>alert", "<img", "<iframe", "<object", "<svg onload", "onload=alert(1) x=\"", "</script><b>", "</style><img", "<title>Evil"} {
				if strings.Contains(out, bad) {
					t.Errorf("html lets %q through", bad)
				}
			}
		case "sankey", "timeline", "graphml":
			wellFormed(t, name, out)
		case "text", "freeze", "explain":
			if i := strings.IndexFunc(out, func(r rune) bool { return r < ' ' && r != '\n' || r == '\u202e' || r == 0x7f }); i >= 0 {
				t.Errorf("%s lets control characters through: %q", name, out[max(0, i-20):i+20])
			}
		case "csv":
			rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
						t.Errorf("csv has a formula: %q", cell)
					}
				}
			}
		}
	}
}

// TestHostilePictures checks that names for people carry no control characters.
func TestHostilePictures(t *testing.T) {
	p := flowOf(t, hostileDocument(t), PictureOptions{})
	for _, n := range p.Nodes {
		for _, s := range []string{n.Label, n.Short, n.Tag} {
			if clean(s) != s {
				t.Errorf("a bar is called %q", s)
			}
		}
	}
}

// TestSumsThatDoNotFit moves a supply near the end of 128 bits in a circle: what one
// ribbon carries does not fit, which is an error and no panic.
func TestSumsThatDoNotFit(t *testing.T) {
	n := " 200000000000000000000000000000000000000 ETH\n"
	doc, err := ledger.ParseText("huge.txt", strings.NewReader("ledger test account native ETH\nloot victim > a"+n+"p1 a > b"+n+"p2 b > a"+n+"p3 a > b"+n+"theft Loot loot\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := run(t, "huge", doc)
	if _, err := FlowPicture(d, PictureOptions{}); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("flow picture: %v", err)
	}
	if _, err := GraphPicture(d, PictureOptions{}); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("graph: %v", err)
	}
	for name, write := range everyWriter {
		adds := slices.Contains([]string{"sankey", "timeline", "html", "explain"}, name)
		if err := write(io.Discard, d, Options{}); errors.Is(err, money.ErrOverflow) != adds || err != nil && !adds {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wellFormed reads XML to its end.
func wellFormed(t *testing.T, name, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s is not well-formed XML: %v", name, err)
		}
	}
}

func TestHTMLLoadsNothing(t *testing.T) {
	loads := regexp.MustCompile(`(?i)(src|href|action|data|poster|srcset)\s*=\s*["']?\s*(https?:|//)|url\(\s*["']?(https?:|//)|@import`)
	for _, story := range []string{"five", "thefts", "coins"} {
		out := render(t, HTML, document(t, story), Options{})
		if hit := loads.FindString(out); hit != "" {
			t.Errorf("%s: the page loads something: %s", story, hit)
		}
		for _, svg := range regexp.MustCompile(`(?s)<svg .*?</svg>`).FindAllString(out, -1) {
			wellFormed(t, story, strings.ReplaceAll(svg, "&nbsp;", " "))
		}
		if n := strings.Count(out, "<h1"); n != 1 {
			t.Errorf("%s: %d first headings", story, n)
		}
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(`\bid="([^"]*)"`).FindAllStringSubmatch(out, -1) {
			if ids[m[1]] {
				t.Errorf("%s: id %s twice", story, m[1])
			}
			ids[m[1]] = true
		}
	}
}

func TestGraphMLCountsWhatItDrops(t *testing.T) {
	out := render(t, GraphML, hostileDocument(t), Options{})
	if m := regexp.MustCompile(`key="g_dropped">(\d+)<`).FindStringSubmatch(out); m == nil || m[1] == "0" {
		t.Errorf("control characters were dropped and not counted: %v", m)
	}
	for _, key := range regexp.MustCompile(`<data key="([^"]*)"`).FindAllStringSubmatch(out, -1) {
		if !strings.Contains(out, `<key id="`+key[1]+`"`) {
			t.Errorf("key %s is used and not declared", key[1])
		}
	}
}

func TestInert(t *testing.T) {
	for in, want := range map[string]string{"": "", "a=b": "a=b", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x"} {
		if got := inert(in); got != want {
			t.Errorf("inert(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain ≈ name": "plain ≈ name", "a\x1b[31mb": `a\u001b[31mb`, "x\u202ey": `x\u202ey`, "two\nlines": "two lines", "bad\xff": `bad\xff`, "\uFFFD": "\uFFFD",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestShortNames(t *testing.T) {
	hops := func(accounts ...ledger.Account) *trace.Trail {
		t := &trace.Trail{}
		for _, a := range accounts {
			t.Hops = append(t.Hops, trace.Hop{To: a})
		}
		return t
	}
	a, b := "0xa4b2fd68593b6f34e51cb9edb66e71c1b4ab449e", "0xa4b2fd68593b0000000000000e71c1b4ab449e00"
	c := "0xa4b2fd68593b6f34e51cb9edb66eFFc1b4ab449e"
	n := newNames(hops(ledger.Account(a), ledger.Account(b), ledger.Account(c)))
	if got := n.short(a, 20); got != alike+a {
		t.Errorf("two short forms agree, so the name must be whole: %s", got)
	}
	if got := n.short(b, 20); got != "0xa4b2fd68…ab449e00" && len([]rune(got)) > 20 {
		t.Errorf("a name that is like no other is shortened: %s", got)
	}
	if n.alikes[a] != c || n.alikes[c] != a || n.alikes[b] != "" {
		t.Errorf("look-alikes: %v", n.alikes)
	}
	if got := n.label(a, 20); len([]rune(got)) != 20 || !strings.HasPrefix(got, alike) {
		t.Errorf("a label keeps its width and its mark: %s", got)
	}
	for w := 4; w < 60; w++ {
		if got := middle(a, w); len([]rune(got)) != min(w, len(a)) {
			t.Errorf("middle(%d) is %d wide", w, len([]rune(got)))
		}
	}
}

// torn is a graph that can no longer be read, as a store whose disk fails while it is
// looked at.
type torn struct {
	graph.Graph
	find bool // also of transfers by name only
}

var errTorn = errors.New("the disk is gone")

func (g torn) Entry(id graph.ID) (graph.Entry, error) {
	if g.find {
		return g.Graph.Entry(id)
	}
	return graph.Entry{}, errTorn
}

func (torn) Find(string) ([]graph.ID, error) { return nil, errTorn }

// TestTornGraph: what a picture cannot read is an error, and no picture with less on
// it.
func TestTornGraph(t *testing.T) {
	for _, find := range []bool{false, true} {
		d := document(t, "coins")
		d.Graph = torn{d.Graph, find}
		if _, err := FlowPicture(d, PictureOptions{}); !errors.Is(err, errTorn) {
			t.Errorf("flow picture: %v", err)
		}
		if _, err := GraphPicture(d, PictureOptions{}); !errors.Is(err, errTorn) {
			t.Errorf("graph picture: %v", err)
		}
		if _, err := d.Distances(""); !errors.Is(err, errTorn) {
			t.Errorf("distances: %v", err)
		}
		for name, write := range map[string]func(io.Writer, *Document, Options) error{"sankey": Sankey, "html": HTML, "graphml": GraphML} {
			if err := write(io.Discard, d, Options{}); !errors.Is(err, errTorn) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, p := range d.Trail.Places {
			if p.Kind == trace.Fee {
				continue
			}
			if err := Explain(io.Discard, d, p.ID, Options{}); !errors.Is(err, errTorn) && !find {
				t.Errorf("explain %s: %v", p.ID, err)
			}
		}
	}
}
