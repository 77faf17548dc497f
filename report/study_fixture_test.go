package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
)

// smallRegister is a fixed register of 15 incidents; the shipped one changes.
func smallRegister(t testing.TB) *heist.Register {
	t.Helper()
	reg, _, err := heist.LoadDir("testdata/register")
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// smallStudy counts it under a policy, changed by each of edits, with few runs.
func smallStudy(t testing.TB, reg *heist.Register, policy string, edits ...func(*heist.Policy)) *study.Study {
	t.Helper()
	pol := *reg.Policy(policy)
	pol.Interval.Runs = "200"
	for _, edit := range edits {
		edit(&pol)
	}
	st, err := study.Build(reg, &pol, "")
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func figure(t testing.TB, name string, st *study.Study, narrow bool, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := StudyFigure(&b, name, st, narrow, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// drawn is a number of a figure: its id in the study and its place on the axis.
type drawn struct {
	id    string
	value int64
}

var drawnPattern = regexp.MustCompile(`<g data-v="(-?\d+)" data-estimate="([^"]*)"`)

// numbersOf reads the numbers back out of a figure.
func numbersOf(t testing.TB, svg string) map[drawn]int {
	t.Helper()
	out := map[drawn]int{}
	for _, m := range drawnPattern.FindAllStringSubmatch(svg, -1) {
		v, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[drawn{m[2], v}]++
	}
	return out
}

// lines are the texts of a figure with where they stand.
type figureText struct {
	X     float64 `xml:"x,attr"`
	Class string  `xml:"class,attr"`
	Text  string  `xml:",chardata"`
}

// elements walks a figure and checks that it is well-formed.
func elements(t testing.TB, svg string, each func(*xml.Decoder, xml.StartElement)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	d.Strict = true
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			each(d, e)
		}
	}
}
