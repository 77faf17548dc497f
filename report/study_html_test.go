package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
)

func studyPageOf(t testing.TB, st *study.Study, reg *heist.Register) string {
	t.Helper()
	var b bytes.Buffer
	if err := StudyHTML(&b, st, reg, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	// tagPattern finds what a browser would read as elements of the page.
	tagPattern     = regexp.MustCompile(`<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[-a-zA-Z:]+(?:="[^"]*")?)*)\s*/?>`)
	idPattern      = regexp.MustCompile(`\sid="([^"]*)"`)
	hrefPattern    = regexp.MustCompile(`\shref="([^"]*)"`)
	handlerPattern = regexp.MustCompile(`\son[a-z]+=`)
)

// checkPage holds what makes the page safe: no script, no style attribute, no
// handler, nothing loaded, one style sheet of the hash that the policy allows,
// and every link of the page with a target.
func checkPage(t *testing.T, out string) {
	t.Helper()
	allowed := map[string]bool{}
	for _, e := range strings.Fields("html head meta title style body a header h1 p main section h2 div ul li nav ol figure svg desc defs pattern rect path circle g text details summary table thead tr th tbody td b span") {
		allowed[e] = true
	}
	ids := map[string]bool{}
	for _, m := range idPattern.FindAllStringSubmatch(out, -1) {
		if ids[m[1]] {
			t.Errorf("id %s twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range tagPattern.FindAllStringSubmatch(out, -1) {
		if !allowed[m[1]] {
			t.Errorf("an element %s: %s", m[1], m[0])
		}
		if strings.Contains(m[2], " style=") || strings.Contains(m[2], " src=") || handlerPattern.MatchString(m[2]) {
			t.Errorf("an attribute that should not be: %s", m[0])
		}
		href := hrefPattern.FindStringSubmatch(m[2])
		if href == nil {
			continue
		}
		if to, inside := strings.CutPrefix(href[1], "#"); inside {
			if !ids[html.UnescapeString(to)] {
				t.Errorf("a link to %s, which is not on the page", to)
			}
		} else if !strings.HasPrefix(href[1], "https://") && !strings.HasPrefix(href[1], "http://") {
			t.Errorf("a link to %s", href[1])
		}
	}
	styles := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(out, -1)
	if len(styles) != 1 {
		t.Fatalf("%d style sheets", len(styles))
	}
	sum := sha256.Sum256([]byte(styles[0][1]))
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(out)[1])
	if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, want) || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %s does not allow just the style sheet %s", policy, want)
	}
	if strings.Contains(styles[0][1], "url(") || strings.Contains(styles[0][1], "@import") {
		t.Error("the style sheet loads something")
	}
}

func TestStudyPage(t *testing.T) {
	reg := smallRegister(t)
	st := smallStudy(t, reg, "default")
	out := studyPageOf(t, st, reg)
	checkPage(t, out)
	if again := studyPageOf(t, smallStudy(t, smallRegister(t), "default"), smallRegister(t)); again != out {
		t.Error("two pages of one study differ")
	}
	first := out[strings.Index(out, `<section class="first"`):strings.Index(out, `<nav aria-label="Contents"`)]
	for _, x := range []study.Total{st.Front.With, st.Front.Without, st.Front.All} {
		for _, basis := range totalBases {
			want := basisName(basis) + " USD " + shortMoney(cents(t, x.On(basis)))
			if !strings.Contains(first, want) || !strings.Contains(first, `href="#`+anchor("n", x.Number)+`"`) {
				t.Errorf("the first page lacks %q", want)
			}
		}
	}
	if !strings.Contains(first, st.Header.Terms.AsKnownOn) {
		t.Error("the first page does not say as of when")
	}
	for _, n := range st.Numbers {
		if !strings.Contains(out, `id="`+anchor("n", n.ID)+`"`) {
			t.Errorf("number %s has no entry", n.ID)
		}
	}
	if n := len(regexp.MustCompile(`data-estimate="`).FindAllString(out, -1)); n < 500 {
		t.Errorf("only %d numbers lead to their entry", n)
	}
}

// evil attacks HTML, SVG, spreadsheets and terminals at once.
const evil = "=</title></style></script><script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"alert(1) {{.}} \u202e\x1b[2J &amp;"

func TestStudyHostileRegister(t *testing.T) {
	reg := smallRegister(t)
	for _, i := range reg.Incidents {
		i.Title, i.Victim = evil+i.ID, evil
		for _, cl := range i.Claims {
			cl.Locator, cl.AssertedBy, cl.Note = evil, evil, evil
			cl.Parties = append([]string{evil}, cl.Parties...)
		}
	}
	for n, s := range reg.Sources {
		s.Publisher, s.Title, s.Licence = evil, evil, evil
		s.URL = []string{"javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "https://a.example/\"><script>", "//evil.example", evil}[n%5]
	}
	st := smallStudy(t, reg, "default")
	st.Header.PolicyTitle = evil
	out := studyPageOf(t, st, reg)
	checkPage(t, out)
	for _, bad := range []string{"<script", "<img", "\u202e", "\x1b", `href="javascript`, `href="data`, `href="//`} {
		if strings.Contains(out, bad) {
			t.Errorf("the page lets %q through", bad)
		}
	}
	for _, name := range StudyFigures() {
		checkForm(t, figure(t, name, st, true, Options{}), true)
	}
	names, err := StudyTables(st)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var b bytes.Buffer
		if err := StudyCSV(&b, name, st); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.HasPrefix(cell, "=") || strings.ContainsAny(cell, "\x1b\u202e") {
					t.Errorf("table %s lets %q through", name, cell)
				}
			}
		}
	}
}

func TestStudyOfAnotherRegister(t *testing.T) {
	reg := smallRegister(t)
	st := smallStudy(t, reg, "default")
	st.Numbers[0].Claims = append(st.Numbers[0].Claims, "2018-01-coincheck#no-such")
	if err := StudyHTML(&bytes.Buffer{}, st, reg, Options{}); !errors.Is(err, ErrOtherRegister) {
		t.Errorf("got %v", err)
	}
}
