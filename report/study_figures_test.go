package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/study"
)

// TestStudyGolden holds the bytes of every figure over a fixed register.
func TestStudyGolden(t *testing.T) {
	st := smallStudy(t, smallRegister(t), "default")
	for _, name := range StudyFigures() {
		golden(t, "study."+name+".svg", figure(t, name, st, false, Options{}))
	}
	golden(t, "study.ranks.narrow.svg", figure(t, "ranks", st, true, Options{Theme: "dark"}))
	for _, name := range []string{"front", "tops"} {
		var b bytes.Buffer
		if err := StudyCSV(&b, name, st); err != nil {
			t.Fatal(err)
		}
		golden(t, "study."+name+".csv", b.String())
	}
}

// TestStudyFigureForm: well-formed, titled, described, labelled, inside its
// frame, under every policy and at both widths.
func TestStudyFigureForm(t *testing.T) {
	reg := smallRegister(t)
	for _, pol := range reg.Policies {
		if pol.Reviewed {
			continue // nothing in this register is reviewed
		}
		st := smallStudy(t, reg, pol.ID)
		for _, name := range StudyFigures() {
			for _, narrow := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%t", pol.ID, name, narrow), func(t *testing.T) {
					checkForm(t, figure(t, name, st, narrow, Options{}), narrow)
				})
			}
		}
	}
}

func checkForm(t *testing.T, svg string, narrow bool) {
	t.Helper()
	width := wideFigure / px
	if narrow {
		width = narrowFigure / px
	}
	ids, texts := map[string]bool{}, ""
	elements(t, svg, func(d *xml.Decoder, e xml.StartElement) {
		for _, a := range e.Attr {
			if a.Name.Local == "id" {
				if ids[a.Value] {
					t.Errorf("id %s twice", a.Value)
				}
				ids[a.Value] = true
			}
			if a.Name.Local == "style" {
				t.Errorf("a style attribute: %s", a.Value)
			}
		}
		if e.Name.Local != "text" {
			return
		}
		var x figureText
		if err := d.DecodeElement(&x, &e); err != nil {
			t.Fatal(err)
		}
		texts += x.Text + " "
		from, until := frame(x)
		if from < -1 || until > float64(width)+1 {
			t.Errorf("%q stands from %.0f to %.0f on a width of %d", x.Text, from, until, width)
		}
	})
	for _, want := range []string{"ct-t", "ct-d"} {
		if !ids[want] {
			t.Errorf("no element %s", want)
		}
	}
	for _, want := range []string{"Basis:", "Valuation:", "As known", "Policy:", "Register"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is not printed", want)
		}
	}
}

// frame is from where to where a text can reach.
func frame(x figureText) (from, until float64) {
	size := 12
	for _, c := range strings.Fields(x.Class) {
		switch c {
		case "h":
			size = 17
		case "c", "m":
			size = 11
		}
	}
	w := float64(textWidth(x.Text, size)) / px
	switch {
	case strings.Contains(" "+x.Class+" ", " e "):
		return x.X - w, x.X
	case strings.Contains(" "+x.Class+" ", " mid "):
		return x.X - w/2, x.X + w/2
	}
	return x.X, x.X + w
}

// cents is an amount as the axis has it.
func cents(t testing.TB, v study.Value) int64 {
	t.Helper()
	n, err := strconv.ParseInt(v.Cents().String(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// expected are the numbers that figures must show, taken from the study alone.
func expected(t testing.TB, st *study.Study) map[string][]drawn {
	out := map[string][]drawn{}
	basis := st.Header.Terms.Basis // the property test draws policies of these three bases only
	put := func(fig, id string, v int64) { out[fig] = append(out[fig], drawn{id, v}) }
	for _, y := range st.Years {
		actor, all := cents(t, y.Actor.On(basis)), cents(t, y.All.On(basis))
		if actor > 0 {
			put("years", y.Actor.Number, actor)
		}
		if all > actor {
			put("years", y.All.Number, all-actor)
		}
		if y.Share.Known {
			put("share", fmt.Sprintf("year.%d.share", y.Year), int64(y.Share.Permille))
			put("share", fmt.Sprintf("year.%d.share", y.Year), int64(y.ByCount.Permille))
		}
	}
	for _, f := range st.Falls {
		for _, s := range f.Steps {
			if !s.Value.Cents().IsZero() && s.Basis != "returned_by_attacker" && s.Basis != "recovered" {
				put("waterfall", s.Number, cents(t, s.Value))
			}
		}
	}
	for _, top := range st.Tops {
		for _, r := range top.Rows {
			put("ranks", r.Number, cents(t, r.Value))
		}
	}
	for _, c := range st.Curve {
		put("curve", c.Number, int64(c.Share.Permille))
	}
	for i, c := range st.Tornado {
		if i < tornadoRows && c.Before != c.After {
			put("tornado", c.Number, cents(t, c.After))
		}
	}
	for _, v := range st.Vintages {
		put("vintages", v.Number, cents(t, v.Ours))
	}
	for _, r := range st.Sizes.Values {
		if cents(t, r.Value) >= 1e8 {
			put("sizes", r.Number, cents(t, r.Value))
		}
	}
	for _, l := range st.Lags {
		if l.Days > 1 {
			put("lag", l.Number, int64(l.Days))
		}
	}
	return out
}

// TestFigureNumbersAreTheStudys draws the study under policies at random and
// finds every number of it again in its figure, and no number that has no entry.
func TestFigureNumbersAreTheStudys(t *testing.T) {
	reg := smallRegister(t)
	rapid.Check(t, func(rt *rapid.T) {
		st := smallStudy(t, reg, "default", func(p *heist.Policy) {
			p.Basis = rapid.SampledFrom([]string{"attempted", "left_control", "net"}).Draw(rt, "basis")
			p.AsKnownOn = rapid.SampledFrom([]string{"now", "2021-04-06", "2019-12-31", "2024-06"}).Draw(rt, "known")
			p.Attribution.MinConfidence = rapid.SampledFrom([]heist.Confidence{"low", "moderate", "high"}).Draw(rt, "confidence")
			p.Attribution.Disputed = rapid.SampledFrom([]string{"include", "exclude", "interval"}).Draw(rt, "disputed")
		})
		known := map[string]bool{}
		for _, n := range st.Numbers {
			known[n.ID] = true
		}
		want := expected(t, st)
		for _, name := range StudyFigures() {
			narrow := rapid.Bool().Draw(rt, "narrow")
			got := numbersOf(t, figure(t, name, st, narrow, Options{}))
			for d := range got {
				if !known[d.id] {
					rt.Errorf("%s shows %q, which the study has no entry for", name, d.id)
				}
			}
			for _, d := range want[name] {
				if got[d] == 0 {
					rt.Errorf("%s does not show %s = %d", name, d.id, d.value)
				}
				got[d]--
			}
		}
	})
}

// TestUnstatedIsRefused: an amount without terms, or a study without basis,
// valuation or day, is neither drawn nor written.
func TestUnstatedIsRefused(t *testing.T) {
	reg := smallRegister(t)
	for what, spoil := range map[string]func(*study.Study){
		"basis":     func(s *study.Study) { s.Header.Terms.Basis = "" },
		"valuation": func(s *study.Study) { s.Header.Terms.Valuation = "" },
		"day":       func(s *study.Study) { s.Header.Terms.AsKnownOn = "" },
	} {
		for _, name := range StudyFigures() {
			st := smallStudy(t, reg, "default")
			spoil(st)
			var b bytes.Buffer
			err := StudyFigure(&b, name, st, false, Options{})
			if !errors.Is(err, ErrUnlabelled) && !errors.Is(err, study.ErrUnstated) || b.Len() > 0 {
				t.Errorf("%s without %s: %v, %d bytes", name, what, err, b.Len())
			}
		}
		st := smallStudy(t, reg, "default")
		spoil(st)
		var b bytes.Buffer
		if err := StudyHTML(&b, st, reg, Options{}); err == nil || b.Len() > 0 {
			t.Errorf("page without %s: %v, %d bytes", what, err, b.Len())
		}
	}
	st := smallStudy(t, reg, "default")
	st.Years[5].All.Net = study.Value{}
	if err := StudyCSV(&bytes.Buffer{}, "years", st); !errors.Is(err, study.ErrUnstated) {
		t.Errorf("a total without net: %v", err)
	}
	other, err := study.NewValue(money.Units(1), study.Terms{Basis: "frozen", Valuation: "at_theft", AsKnownOn: "2020-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	st = smallStudy(t, reg, "default")
	st.Falls[0].Steps[0].Value = other
	if err := StudyFigure(&bytes.Buffer{}, "waterfall", st, false, Options{}); !errors.Is(err, study.ErrUnstated) {
		t.Errorf("an amount of other terms: %v", err)
	}
}

func TestNoSuchFigure(t *testing.T) {
	st := smallStudy(t, smallRegister(t), "default")
	if err := StudyFigure(&bytes.Buffer{}, "pie", st, false, Options{}); !errors.Is(err, ErrNotHere) || !strings.Contains(err.Error(), "waterfall") {
		t.Errorf("got %v", err)
	}
	if err := StudyCSV(&bytes.Buffer{}, "pie", st); !errors.Is(err, ErrNotHere) {
		t.Errorf("got %v", err)
	}
}

// TestUndated: incidents without a date, which the study gives as year 0, stand in
// a column that says so.
func TestUndated(t *testing.T) {
	st := smallStudy(t, smallRegister(t), "default")
	none := st.Years[0]
	none.Year = 0
	st.Years = append([]study.Year{none}, st.Years...)
	if svg := figure(t, "years", st, false, Options{}); !strings.Contains(svg, ">no date</text>") {
		t.Error("no column for the undated")
	}
}
