package study

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
)

// The bundle is whole by STIX 2.1: ids of the right form and unique, every
// reference resolved, required properties there, confidence 0 to 100.
func TestSTIX(t *testing.T) {
	reg, s := build(t, "press", nil)
	var b bytes.Buffer
	if err := WriteSTIX(&b, reg, s); err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Type, ID string
		Objects  []map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &bundle); err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^([a-z-]+)--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	required := map[string][]string{"incident": {"name"}, "identity": {"name"}, "threat-actor": {"name"}, "note": {"content", "object_refs"},
		"relationship": {"relationship_type", "source_ref", "target_ref"}, "report": {"name", "published", "object_refs"}, "marking-definition": {"definition"}}
	ids, kinds := map[string]bool{}, map[string]int{}
	for _, o := range bundle.Objects {
		id, kind := o["id"].(string), o["type"].(string)
		if m := form.FindStringSubmatch(id); m == nil || m[1] != kind || ids[id] {
			t.Errorf("id %q of a %s", id, kind)
		}
		ids[id] = true
		kinds[kind]++
		for _, key := range append(required[kind], "spec_version", "created") {
			if o[key] == nil {
				t.Errorf("%s has no %s", id, key)
			}
		}
		if c, ok := o["confidence"].(float64); ok && (c < 0 || c > 100) {
			t.Errorf("%s: confidence %v", id, c)
		}
	}
	for _, o := range bundle.Objects {
		for key, v := range o {
			refs, ok := v.([]any)
			if !ok {
				refs = []any{v}
			}
			for _, r := range refs {
				if (strings.HasSuffix(key, "_ref") || strings.HasSuffix(key, "_refs")) && !ids[r.(string)] {
					t.Errorf("%s: %s names %v, which is not in the bundle", o["id"], key, r)
				}
			}
		}
	}
	if kinds["incident"] != len(s.Rows) || kinds["relationship"] <= len(s.Rows) || kinds["note"] == 0 {
		t.Errorf("%v for %d rows", kinds, len(s.Rows))
	}
}

// The table has the columns of its schema, and no amount without its terms.
func TestRowsFitTheirSchema(t *testing.T) {
	_, s := build(t, "default", nil)
	var rows, pack bytes.Buffer
	if err := WriteRows(&rows, s); err != nil {
		t.Fatal(err)
	}
	if err := WritePackage(&pack, s); err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(&rows).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Resources []struct {
			Schema struct {
				Fields []struct{ Name, Type string }
			}
		}
	}
	if err := json.Unmarshal(pack.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for n, f := range p.Resources[0].Schema.Fields {
		at[f.Name] = n
		if table[0][n] != f.Name {
			t.Errorf("column %d is %q, the schema says %q", n, table[0][n], f.Name)
		}
	}
	if len(table) != 1+len(s.Rows)*len(bases()) {
		t.Errorf("%d lines", len(table))
	}
	for _, r := range table[1:] {
		for _, name := range []string{"basis", "valuation", "as_known_on"} {
			if r[at[name]] == "" {
				t.Fatalf("%v has no %s", r, name)
			}
		}
		if r[at["usd"]] == "" && r[at["usd_high"]] != "" {
			t.Errorf("%v: a range without amount", r)
		}
	}
}

// No form prints an amount that lost its terms.
func TestWritersRefuse(t *testing.T) {
	reg, s := build(t, "default", nil)
	s.Years[0].All.Left.terms.Valuation = ""
	if err := WriteText(io.Discard, s); err == nil {
		t.Error("the text prints it")
	}
	if err := WriteLines(io.Discard, s, "test"); err == nil {
		t.Error("the lines print it")
	}
	s.Rows[0].Amounts[0].Value.terms.AsKnownOn = ""
	if err := WriteRows(io.Discard, s); err == nil {
		t.Error("the table prints it")
	}
	if err := WriteSTIX(io.Discard, reg, s); err == nil {
		t.Error("the bundle prints it")
	}
}

// Policy reviewed leaves drafts out; default marks them.
func TestDraftsAreMarkedOrLeftOut(t *testing.T) {
	_, s := build(t, "reviewed", nil)
	for _, r := range s.Rows {
		if r.Draft {
			t.Errorf("reviewed counts the draft %s", r.ID)
		}
	}
	_, s = build(t, "default", nil)
	if s.Header.Drafts == 0 {
		t.Skip("the register has no drafts left")
	}
	var b bytes.Buffer
	if err := WriteText(&b, s); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "rest on a draft") || !regexp.MustCompile(` [+?]?d [=0-9]`).MatchString(b.String()) {
		t.Error("drafts are not marked")
	}
}

// Every incident of the register counts or is left out, and the text says how many of
// each; those that count without an amount are among the first.
func TestEveryIncidentIsSaid(t *testing.T) {
	for _, policy := range []string{"default", "reviewed", "press"} {
		reg, s := build(t, policy, nil)
		out, blank := s.leftOut()
		if len(s.Rows)+out != len(reg.Incidents) {
			t.Errorf("%s: %d count and %d are left out, of %d", policy, len(s.Rows), out, len(reg.Incidents))
		}
		without := 0
		for _, r := range s.Rows {
			if !r.On(left).Known && !r.On("attempted").Known {
				without++
			}
		}
		if blank != without {
			t.Errorf("%s: %d without an amount, counted %d", policy, without, blank)
		}
		var b bytes.Buffer
		if err := WriteText(&b, s); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%d incidents left out with reasons, %d of those that count", out, blank); !strings.Contains(b.String(), want) {
			t.Errorf("%s: the text does not say %q", policy, want)
		}
	}
}

// A list of nothing is [] in JSON, of a study of nothing too.
func TestNoListIsNull(t *testing.T) {
	nothing := func(p *heist.Policy) {
		for to, day := range map[*heist.Date]string{&p.Period.From: "2035-01-01", &p.Period.To: "2035-12-31"} {
			if err := to.UnmarshalText([]byte(day)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, change := range map[string]func(*heist.Policy){"all": nil, "of nothing": nothing} {
		_, s := build(t, "default", change)
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(text, []byte("null")); at >= 0 {
			t.Errorf("%s: %s", name, text[max(0, at-200):at+4])
		}
	}
}

// A policy that leaves an end of the period or the confidence open says so in words.
func TestOpenPeriods(t *testing.T) {
	day := func(text string) (d heist.Date) {
		if err := d.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct{ from, to, bar, want string }{
		{"", "", "", "; all years; attributions of any confidence, disputed"},
		{"2018-01-01", "", "low", "; 2018-01-01 to today; attributions of low confidence or more, disputed"},
		{"", "2018-12-31", "low", "; the beginning to 2018-12-31; attributions of low confidence or more, disputed"},
	} {
		_, s := build(t, "default", func(p *heist.Policy) {
			p.Period.From, p.Period.To = day(c.from), day(c.to)
			p.Attribution.MinConfidence, p.Interval.Runs = heist.Confidence(c.bar), "10"
		})
		var b bytes.Buffer
		if err := WriteText(&b, s); err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(b.String(), "\nRegister of")
		if !strings.Contains(head, c.want) || strings.Contains(head, "not-recorded") {
			t.Errorf("%q to %q: %s", c.from, c.to, head)
		}
		for _, e := range s.Excluded {
			if strings.Contains(e.Reason, "outside  to") || strings.Contains(e.Reason, " to ;") {
				t.Errorf("%q to %q: %s: %s", c.from, c.to, e.ID, e.Reason)
			}
		}
	}
}

// The citation in the binary is the one at the root.
func TestCitation(t *testing.T) {
	data, err := os.ReadFile("../CITATION.cff")
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != Citation {
		t.Error("study/CITATION.cff is not CITATION.cff")
	}
}
