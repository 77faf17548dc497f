package heist

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// sound is a small register without faults. The planted faults are edits of it.
var sound = map[string]string{
	"assets.yaml": `schema: coldtrail/assets/v1
assets:
  - code: USD
    kind: fiat
    name: US dollar
    decimals: 2
  - code: BTC
    kind: coin
    name: Bitcoin
    decimals: 8
`,
	"actors/ring.yaml": `schema: coldtrail/actor/v1
id: ring
name: A ring
kind: group
`,
	"sources/all.yaml": `schema: coldtrail/sources/v1
sources:
  - id: court
    url: https://court.example/1
    publisher: Court
    kind: court
    published_on: 2016-02-01
  - id: paper
    url: https://paper.example/1
    publisher: Paper
    kind: press
    derived_from: [court]
  - id: copy
    url: https://copy.example/1
    publisher: Copy
    kind: press
    derived_from: [paper]
`,
	"incidents/2016-01-bank.yaml": `schema: coldtrail/incident/v1
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
    recorded_on: 2026-11-27
    recorded_by: researcher
    grade: A1
  - id: asked
    property: amount
    basis: attempted
    asset: USD
    value: 900
    valuation: at_theft
    sources: [court]
    recorded_on: 2026-11-27
    recorded_by: researcher
    grade: A1
  - id: left
    property: amount
    basis: left_control
    asset: USD
    value: 100
    low: 90
    high: 110
    valuation: at_theft
    sources: [court, paper]
    asserted_on: 2016-02-01
    recorded_on: 2026-11-27
    recorded_by: researcher
    grade: A1
  - id: back
    property: amount
    basis: recovered
    asset: USD
    value: 40
    valuation: at_theft
    on: 2016-03-01
    sources: [paper]
    recorded_on: 2026-11-27
    recorded_by: researcher
    grade: B2
  - id: who
    property: attribution
    actor: ring
    status: assessed
    confidence: low
    parties: [Court]
    sources: [court]
    recorded_on: 2026-11-27
    recorded_by: researcher
    grade: B2
`,
}

func files(m map[string]string) fstest.MapFS {
	fs := fstest.MapFS{}
	for name, text := range m {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fs
}

const bank, all = "incidents/2016-01-bank.yaml", "sources/all.yaml"

// edited is the sound register with one text replaced in one file.
func edited(t *testing.T, file, old, new string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for name, text := range sound {
		m[name] = text
	}
	if strings.Count(m[file], old) == 0 {
		t.Fatalf("%s does not hold %q", file, old)
	}
	m[file] = strings.Replace(m[file], old, new, 1)
	return m
}

func TestSoundRegister(t *testing.T) {
	_, ps, err := Load(files(sound), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		if p.Rule != "no-country" && p.Rule != "single-source" {
			t.Error(p)
		}
	}
	// Two sources, but one repeats the other: one root.
	if len(ps) != 2 {
		t.Errorf("%d warnings, want no-country and single-source", len(ps))
	}
}

const after = "    grade: B2\n"

const claimTail = "    sources: [court]\n    recorded_on: 2026-11-27\n    recorded_by: researcher\n    grade: A1\n"

// planted is a fault: an edit of a sound file, and what must be said about it.
type planted struct {
	name, file, old, new string
	rule                 string
	line                 int
	says                 string
}

func plantedFaults() []planted {
	addLeft := func(keys string) string {
		return "  - id: left2\n    property: amount\n    basis: left_control\n    asset: USD\n    value: 101\n    valuation: at_theft\n" + keys + claimTail
	}
	end := "  - id: who\n"
	return []planted{
		{"unknown key", bank, "victim: Bank", "victm: Bank", "unknown-key", 4, `did you mean "victim"?`},
		{"unknown key of a claim", bank, "    basis: attempted", "    bases: attempted", "unknown-key", 18, `did you mean "basis"?`},
		{"key twice", bank, "sector: bank\n", "sector: bank\nsector: bank\n", "twice", 6, "line 5 already"},
		{"no value", bank, "value: 900", "value:", "empty", 20, "leave the key out"},
		{"unknown word", bank, "scope: theft", "scope: thieft", "word", 6, `did you mean "theft"?`},
		{"unknown basis", bank, "basis: left_control", "basis: left_controll", "word", 28, `did you mean "left_control"?`},
		{"claim without source", bank, "    sources: [court, paper]\n", "", "no-source", 26, "sources: with the id"},
		{"source that does not exist", bank, "[court, paper]", "[court, papr]", "unknown-source", 34, `did you mean "paper"?`},
		{"no grade", bank, "    on: 2016-03-01\n    sources: [paper]\n    recorded_on: 2026-11-27\n    recorded_by: researcher\n    grade: B2\n", "    on: 2016-03-01\n    sources: [paper]\n    recorded_on: 2026-11-27\n    recorded_by: researcher\n", "no-grade", 39, "B2"},
		{"wrong grade", bank, "grade: A1", "grade: A9", "value", 15, "letter A to F"},
		{"not recorded", bank, "    recorded_on: 2026-11-27\n", "", "not-recorded", 9, "recorded_on:"},
		{"stolen above attempted", bank, "value: 900", "value: 99", "sum", 20, "at least what left"},
		{"low above high", bank, "low: 90", "low: 120", "range", 31, "must rise"},
		{"executed above attempted", bank, end, strings.Replace(addLeft(""), "left_control", "executed", 1) + "  - id: done2\n    property: amount\n    basis: executed\n    asset: USD\n    value: 901\n    valuation: at_theft\n    rank: preferred\n    reason: x\n" + claimTail + end, "sum", 20, "was executed"},
		{"executed below stolen", bank, end, strings.Replace(strings.Replace(addLeft(""), "left_control", "executed", 1), "101", "99", 1) + end, "sum", 54, "left for good"},
		{"net below zero", bank, "value: 40", "value: 140", "sum", 43, "reimbursed_by_victim"},
		{"impossible date", bank, "value: 2016-01-20", "value: 2016-02-30", "date", 11, "calendar"},
		{"date that is none", bank, "value: 2016-01-20", "value: January 2016", "date", 11, "EDTF"},
		{"asserted after recorded", bank, "asserted_on: 2016-02-01", "asserted_on: 2027-02-01", "date-order", 35, "when the source said it"},
		{"published after read", all, "published_on: 2016-02-01", "published_on: 2016-02-01\n    retrieved_on: 2015-01-01", "date-order", 7, "check both"},
		{"half a review", bank, after, after + "    reviewed_on: 2026-11-28\n", "review", 50, "both"},
		{"unknown currency", bank, "asset: USD", "asset: UDS", "unknown-asset", 19, `did you mean "USD"?`},
		{"too fine", bank, "value: 900", "value: 900.001", "amount", 20, "decimals"},
		{"no number", bank, "value: 900", "value: 900M", "amount", 20, "whole units in digits"},
		{"no valuation", bank, "    valuation: at_theft\n", "", "no-valuation", 16, "as_booked"},
		{"wrong valuation", bank, "valuation: at_theft", "valuation: at_thef", "word", 21, `did you mean "at_theft"?`},
		{"no basis", bank, "    basis: attempted\n", "", "no-basis", 16, "ten"},
		{"value and missing", bank, "value: 900", "value: 900\n    missing: unknown", "missing", 21, "keep one"},
		{"key of another property", bank, "    value: 2016-01-20\n", "    value: 2016-01-20\n    basis: attempted\n", "misplaced-key", 12, "property amount"},
		{"two claims of one id", bank, "id: asked", "id: occurred", "duplicate-id", 16, "never used twice"},
		{"supersedes nothing", bank, end, addLeft("    supersedes: lefft\n    reason: a better figure\n") + end, "supersedes", 56, `did you mean "left"?`},
		{"supersedes another property", bank, end, addLeft("    supersedes: occurred\n    reason: no\n") + end, "supersedes", 56, "same property"},
		{"supersedes without reason", bank, end, addLeft("    supersedes: left\n") + end, "no-reason", 50, "one sentence"},
		{"supersedes itself", bank, end, addLeft("    supersedes: left2\n    reason: no\n") + end, "supersedes", 56, "remove one"},
		{"two preferred", bank, end, addLeft("    rank: preferred\n    reason: x\n") + strings.ReplaceAll(addLeft("    rank: preferred\n    reason: y\n"), "left2", "left3") + end, "two-preferred", 68, "keep rank: preferred on one"},
		{"disputed by one party", bank, "status: assessed", "status: disputed", "one-party", 53, "other side"},
		{"attribution without party", bank, "    parties: [Court]\n", "", "no-party", 50, "who says so"},
		{"actor that does not exist", bank, "actor: ring", "actor: rign", "unknown-actor", 52, "actors/rign.yaml"},
		{"circle of copies", all, "    published_on: 2016-02-01\n", "    derived_from: [copy]\n", "derived-cycle", 17, "one of them was first"},
		{"derived from nothing", all, "derived_from: [court]", "derived_from: [cuort]", "unknown-source", 12, `did you mean "court"?`},
		{"one address twice", all, "url: https://paper.example/1", "url: https://court.example/1", "duplicate-source", 9, "use court"},
		{"no address", all, "url: https://copy.example/1", "url: copy.example", "source", 14, "https://"},
		{"anchor", bank, "title: Bank", "title: &b Bank", "yaml", 3, "write the value out"},
		{"not YAML", bank, "title: Bank", "title: [Bank", "yaml", 0, "quote texts"},
		{"file name", bank, "id: 2016-01-bank", "id: 2016-01-banc", "file-name", 1, "name the file"},
		{"other form", bank, IncidentForm, "coldtrail/incident/v9", "schema", 1, IncidentForm},
		{"draft without a row", bank, after, after + "    imported: true\n", "import", 50, "remove imported:"},
	}
}

// Every planted fault is found where it stands, and the message says what to write.
func TestPlantedFaults(t *testing.T) {
	for _, c := range plantedFaults() {
		t.Run(c.name, func(t *testing.T) {
			_, ps, err := Load(files(edited(t, c.file, c.old, c.new)), "")
			if !errors.Is(err, ErrRegister) {
				t.Fatalf("error %v, want ErrRegister; problems %v", err, ps)
			}
			for _, p := range ps {
				if p.Rule == c.rule && p.File == c.file && (p.Line == c.line || c.line == 0) && strings.Contains(p.Hint+p.Msg, c.says) && p.Severity == Fault {
					return
				}
			}
			t.Errorf("no %s at %s:%d that says %q among\n%v", c.rule, c.file, c.line, c.says, err)
		})
	}
}

// Two sources for one recovery are one recovery; one without a date beside one
// with a date is said, since they are added up.
func TestOneRecoveryIsCountedOnce(t *testing.T) {
	again := func(on string) string {
		return "  - id: back2\n    property: amount\n    basis: recovered\n    asset: USD\n    value: 70\n    valuation: at_theft\n" + on + claimTail
	}
	for _, c := range []struct {
		on     string
		faults int
		rule   string
	}{{"    on: 2016-03-01\n", 0, ""}, {"    on: 2016-04-01\n", 1, "sum"}, {"", 1, "undated-beside-dated"}} {
		_, ps, _ := Load(files(edited(t, bank, "  - id: who\n", again(c.on)+"  - id: who\n")), "")
		found := c.rule == ""
		for _, p := range ps {
			found = found || p.Rule == c.rule
		}
		if ps.Faults() != c.faults || !found {
			t.Errorf("on %q: %v, want %d errors and %q", c.on, ps, c.faults, c.rule)
		}
	}
}

// A row's words are replaced by the amounts that they hold.
func TestWordsBecomeAmounts(t *testing.T) {
	text := "  - id: words\n    property: amount_text\n    text: 12 BTC and 1 BTC\n" + claimTail
	for n, id := range []string{"btc-a", "btc-b"} {
		text += "  - id: " + id + "\n    property: amount\n    basis: " + []string{"left_control", "frozen"}[n] + "\n    asset: BTC\n    value: 12\n    supersedes: words\n    reason: split\n" + claimTail
	}
	reg, ps, err := Load(files(edited(t, bank, "  - id: who\n", text+"  - id: who\n")), "")
	if err != nil {
		t.Fatal(err, ps)
	}
	if cl := reg.Resolve(reg.Incident("2016-01-bank"), PropAmountText, Query{}).Claim; cl != nil {
		t.Error("the words still hold")
	}
}

func TestDuplicateIncidents(t *testing.T) {
	second := func(extra string) map[string]string {
		m := edited(t, bank, "victim: Bank", "victim: Bank")
		m["incidents/2016-01-bank-again.yaml"] = strings.NewReplacer("id: 2016-01-bank\n", "id: 2016-01-bank-again\n", "victim: Bank\n", "victim: BANK\n"+extra).Replace(sound[bank])
		return m
	}
	_, ps, err := Load(files(second("")), "")
	if !errors.Is(err, ErrRegister) || ps.Faults() != 1 || ps[len(ps)-1].Rule == "" || !strings.Contains(err.Error(), "duplicate-incident") {
		t.Errorf("two files of one incident: %v", err)
	}
	if _, _, err := Load(files(second("related: [2016-01-bank]\n")), ""); err != nil {
		t.Errorf("declared as kin: %v", err)
	}
	if _, _, err := Load(files(second("duplicate_of: 2016-01-bank\n")), ""); err != nil {
		t.Errorf("declared as a duplicate: %v", err)
	}
}

// All faults come out of one run, in order of file and line.
func TestAllFaultsAtOnce(t *testing.T) {
	m := edited(t, bank, "sector: bank", "sector: bnak")
	m[bank] = strings.Replace(m[bank], "value: 900", "value: 99", 1)
	m[all] = strings.Replace(m[all], "kind: court", "kind: curt", 1)
	_, ps, _ := Load(files(m), "reg")
	var got []string
	for _, p := range ps {
		if p.Severity == Fault {
			got = append(got, fmt.Sprintf("%s:%d %s", p.File, p.Line, p.Rule))
		}
	}
	want := "[reg/incidents/2016-01-bank.yaml:5 word reg/incidents/2016-01-bank.yaml:20 sum reg/sources/all.yaml:3 source reg/sources/all.yaml:6 word]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v\nwant %s", got, want)
	}
}
