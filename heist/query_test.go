package heist

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/money"
)

const standing = "    recorded_on: 2026-11-20\n    recorded_by: researcher\n"

// history is an incident whose story changed: found late, corrected once by a
// source and once by us, attributed, then contested.
const history = `schema: coldtrail/incident/v1
id: 2016-01-bank
title: Bank
victim: Bank
sector: bank
scope: theft
status: confirmed
claims:
  - id: occurred
    property: occurred
    value: 2016-01-20
    sources: [court]
    grade: A1
` + standing + `  - id: disclosed
    property: disclosed
    value: 2016-06
    sources: [court]
    grade: A1
` + standing + `  - id: left
    property: amount
    basis: left_control
    asset: USD
    value: 100
    valuation: at_theft
    asserted_on: 2016-06-10
    sources: [paper]
    grade: C3
` + standing + `  - id: left-court
    property: amount
    basis: left_control
    asset: USD
    value: 120
    low: 110
    high: 130
    valuation: at_theft
    asserted_on: 2017-02-01
    sources: [court]
    grade: A1
    reviewed_on: 2026-11-25
    reviewed_by: editor
` + standing + `  - id: left-wild
    property: amount
    basis: left_control
    asset: USD
    value: 900
    valuation: at_theft
    asserted_on: 2018-01-01
    sources: [copy]
    grade: E5
` + standing + `  - id: back-one
    property: amount
    basis: recovered
    asset: USD
    value: 10
    valuation: at_theft
    on: 2016-07-01
    asserted_on: 2016-07-02
    sources: [paper]
    grade: B2
` + standing + `  - id: back-two
    property: amount
    basis: recovered
    asset: USD
    value: 5
    valuation: at_theft
    on: 2017-07-01
    asserted_on: 2017-07-02
    sources: [paper]
    grade: B2
` + standing + `  - id: back-two-mended
    property: amount
    basis: recovered
    asset: USD
    value: 6
    valuation: at_theft
    on: 2017-07-01
    asserted_on: 2019-01-01
    sources: [court]
    grade: A1
    recorded_on: 2026-11-27
    recorded_by: researcher
    supersedes: back-two
    reason: the court counted again
  - id: seized
    property: amount
    basis: seized
    asset: USD
    value: 700
    valuation: at_seizure
    on: 2020-01-01
    sources: [court]
    grade: A1
` + standing + `  - id: who
    property: attribution
    actor: ring
    status: assessed
    confidence: moderate
    parties: [Court]
    asserted_on: 2017-01-01
    sources: [court]
    grade: A2
` + standing + `  - id: who-not
    property: attribution
    actor: ring
    status: disputed
    polarity: against
    parties: [Paper]
    asserted_on: 2019-01-01
    sources: [paper]
    grade: B3
` + standing

func historyRegister(t *testing.T) (*Register, *Incident) {
	t.Helper()
	m := edited(t, bank, "title", "title")
	m[bank] = history
	reg, ps, err := Load(files(m), "")
	if err != nil {
		t.Fatal(err, ps)
	}
	return reg, reg.Incident("2016-01-bank")
}

func knownOn(t *testing.T, day string) Query { return Query{AsKnownOn: on(t, day)} }

func TestAsKnownOn(t *testing.T) {
	reg, i := historyRegister(t)
	for _, c := range []struct {
		q    Query
		left string
		back uint64
		who  int
	}{
		{knownOn(t, "2016-06-09"), "", 0, 0},
		{knownOn(t, "2016-06-10"), "left", 0, 0},
		{knownOn(t, "2017-01-31"), "left", 1000, 1},
		{knownOn(t, "2017-07-02"), "left-court", 1500, 1},
		{knownOn(t, "2018-12-31"), "left-court", 1500, 1}, // the wild figure is seen and not chosen
		{knownOn(t, "2019-01-01"), "left-court", 1600, 2},
		{Query{}, "left-court", 1600, 2},
		{Query{AsRecordedOn: on(t, "2026-11-26")}, "left-court", 1500, 2},
		{Query{AsRecordedOn: on(t, "2026-11-19")}, "", 0, 0},
		{Query{ReviewedOnly: true}, "left-court", 0, 0},
	} {
		got := ""
		if cl := reg.Amounts(i, LeftCtrl, "USD", c.q).Claim; cl != nil {
			got = cl.ID
		}
		back, _ := reg.Back(i, "USD", c.q)
		if got != c.left || back != money.Units(c.back) || len(reg.Attributions(i, c.q)) != c.who {
			t.Errorf("%+v: left %q, back %s, %d attributions; want %q, %d, %d", c.q, got, back, len(reg.Attributions(i, c.q)), c.left, c.back, c.who)
		}
	}
	if reg.Known(i, knownOn(t, "2016-05-31")) || !reg.Known(i, knownOn(t, "2016-06-01")) {
		t.Error("the incident is public from its disclosure on")
	}
	if day, assumed := reg.KnownFrom(i.Claim("seized")); !assumed || day != on(t, "2020-01-01") {
		t.Errorf("a claim without date is known when its source was published, but not before the event: %v, %v", day, assumed)
	}
	if day, assumed := reg.KnownFrom(i.Claim("left")); assumed || day != on(t, "2016-06-10") {
		t.Errorf("asserted_on decides: %v, %v", day, assumed)
	}
}

func TestRangeIsTheHullOfWhatPasses(t *testing.T) {
	reg, i := historyRegister(t)
	for _, c := range []struct {
		min       Grade
		low, high uint64
	}{{"", 10000, 90000}, {"D4", 10000, 13000}, {"B2", 11000, 13000}} {
		r := reg.Amounts(i, LeftCtrl, "USD", Query{MinGrade: c.min})
		if r.Low != money.Units(c.low) || r.High != money.Units(c.high) || !r.HasRange {
			t.Errorf("grade %q: %s to %s, want %d to %d", c.min, r.Low, r.High, c.low, c.high)
		}
	}
	if r := reg.Amounts(i, LeftCtrl, "USD", Query{}); len(r.Considered) != 3 || r.Claim != r.Considered[0] {
		t.Errorf("%d considered", len(r.Considered))
	}
	if r := reg.Amounts(i, Destroyed, "USD", Query{}); r.Claim != nil || r.HasRange {
		t.Error("a blank is not zero")
	}
}

func TestRootsDoNotMultiplyByCopying(t *testing.T) {
	reg, _ := historyRegister(t)
	for _, id := range []string{"court", "paper", "copy"} {
		if got := strings.Join(reg.Roots(id), " "); got != "court" {
			t.Errorf("roots of %s: %s", id, got)
		}
	}
}

func TestPreferredWinsOverGrade(t *testing.T) {
	m := edited(t, bank, "title", "title")
	m[bank] = strings.Replace(history, "    value: 900\n", "    value: 900\n    rank: preferred\n    reason: a test\n", 1)
	reg, _, err := Load(files(m), "")
	if err != nil {
		t.Fatal(err)
	}
	if cl := reg.Amounts(reg.Incident("2016-01-bank"), LeftCtrl, "USD", Query{}).Claim; cl.ID != "left-wild" {
		t.Errorf("chose %s", cl.ID)
	}
}

// The history is append-only: Diff tells a correction from a rewriting.
func TestDiff(t *testing.T) {
	before, _ := historyRegister(t)
	for _, c := range []struct {
		name, old, new, want string
	}{
		{"nothing", "title: Bank", "title: Bank", ""},
		{"a review", "    grade: C3\n", "    grade: C3\n    reviewed_on: 2026-11-27\n    reviewed_by: editor\n", "reviewed 2016-01-bank#left: reviewed_by, reviewed_on"},
		{"a review and another grade", "    grade: C3\n", "    grade: C2\n    reviewed_on: 2026-11-27\n    reviewed_by: editor\n", "rewritten 2016-01-bank#left: grade, reviewed_by, reviewed_on (breaks the history: add a claim with supersedes instead)"},
		{"another value", "    value: 100\n", "    value: 101\n", "rewritten 2016-01-bank#left: value (breaks the history: add a claim with supersedes instead)"},
		{"another grade", "    grade: C3\n", "    grade: C2\n", "rewritten 2016-01-bank#left: grade (breaks the history: add a claim with supersedes instead)"},
		{"the head", "title: Bank", "title: Bank of Bank", "edited 2016-01-bank: title"},
		{"a claim gone", history[strings.Index(history, "  - id: who-not"):], "", "removed 2016-01-bank#who-not: attribution disputed: ring (against), by Paper (breaks the history: add a claim with supersedes instead)"},
	} {
		m := edited(t, bank, "title", "title")
		m[bank] = strings.Replace(history, c.old, c.new, 1)
		now, _, err := Load(files(m), "")
		if err != nil {
			t.Fatal(c.name, err)
		}
		var got []string
		for _, d := range Diff(before, now) {
			got = append(got, d.String())
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if back := Diff(now, before); c.name == "a claim gone" && (len(back) != 1 || back[0].Breaks || back[0].Kind != "added") {
			t.Errorf("an added claim: %v", back)
		}
	}
}

func TestDiffOfSources(t *testing.T) {
	load := func(old, new string) *Register {
		reg, _, err := Load(files(edited(t, all, old, new)), "")
		if err != nil {
			t.Fatal(err)
		}
		return reg
	}
	before := load("id: copy", "id: copy")
	for _, c := range []struct{ old, new, want string }{
		{"id: copy", "id: copy", "[]"},
		{"publisher: Copy", "publisher: The Copy", "[edited source copy: publisher]"},
		{"https://copy.example/1", "https://copy.example/2", "[edited source copy: url (breaks the history: add another source instead)]"},
		{"id: copy", "id: coppy", "[removed source copy: https://copy.example/1 (breaks the history: add another source instead) added source coppy: https://copy.example/1]"},
	} {
		if got := fmt.Sprint(Diff(before, load(c.old, c.new))); got != c.want {
			t.Errorf("%s -> %s: %s, want %s", c.old, c.new, got, c.want)
		}
	}
}
