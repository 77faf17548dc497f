package heist

import (
	"errors"
	"testing"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct{ text, first, last, precision string }{
		{"2018-01-25", "2018-01-25", "2018-01-25", "day"},
		{"2016-02", "2016-02-01", "2016-02-29", "month"},
		{"2013", "2013-01-01", "2013-12-31", "year"},
		{"2011/2014", "2011-01-01", "2014-12-31", "year"},
		{"2016-03-01/2016-04", "2016-03-01", "2016-04-30", "month"},
		{"../2019-05", "", "2019-05-31", "month"},
		{"2019-05-02/..", "2019-05-02", "", "day"},
		{"2016~", "2016-01-01", "2016-12-31", "year"},
		{"2018-01-26T02:57:00+09:00", "2018-01-25", "2018-01-25", "instant"},
	} {
		d, err := ParseDate(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		first, last := "", ""
		if !d.First().IsZero() {
			first = d.First().Format("2006-01-02")
		}
		if !d.Last().IsZero() {
			last = d.Last().Format("2006-01-02")
		}
		if first != c.first || last != c.last || d.Precision() != c.precision || d.String() != c.text {
			t.Errorf("%s: %s to %s, %s; want %s to %s, %s", c.text, first, last, d.Precision(), c.first, c.last, c.precision)
		}
	}
	for _, text := range []string{"", "2016-13", "2016-02-30", "16-02-03", "2016-2-3", "2016/2015", "../..", "2016~?", "soon", "2016-01-01T00:00", "2016/", "/2016"} {
		if d, err := ParseDate(text); !errors.Is(err, ErrDate) {
			t.Errorf("%q: %v, %v; want ErrDate", text, d, err)
		}
	}
}

// A month is not after a day inside it.
func TestDateAfter(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		after bool
	}{{"2016-03", "2016-03-05", false}, {"2016-04", "2016-03-31", true}, {"2016-03-05", "2016-03", false}, {"2017", "2016", true}, {"2016-01-02", "2016-01-02", false}, {"../2016", "2015", false}} {
		a, errA := ParseDate(c.a)
		b, errB := ParseDate(c.b)
		if errA != nil || errB != nil || a.After(b) != c.after {
			t.Errorf("%s after %s: %v (%v, %v)", c.a, c.b, a.After(b), errA, errB)
		}
	}
}

func TestGrades(t *testing.T) {
	for _, c := range []struct {
		a, b            Grade
		better, atLeast bool
	}{
		{"A1", "B1", true, true}, {"B1", "A6", false, false}, {"A6", "B1", true, false}, {"B2", "B2", false, true},
		{"B3", "B2", false, false}, {"", "F6", false, false}, {"F6", "", true, true}, {"", "", false, true},
	} {
		if c.a.Better(c.b) != c.better || c.a.AtLeast(c.b) != c.atLeast {
			t.Errorf("%q and %q: better %v, at least %v", c.a, c.b, c.a.Better(c.b), c.a.AtLeast(c.b))
		}
	}
	for _, text := range []string{"A", "A0", "A7", "G1", "a1", "A11"} {
		if _, err := ParseGrade(text); !errors.Is(err, ErrGrade) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestNearest(t *testing.T) {
	all := []string{"attempted", "executed", "left_control"}
	for word, want := range map[string]string{
		"attemted": `did you mean "attempted"?`, "atetmpted": `did you mean "attempted"?`, "left-control": `did you mean "left_control"?`,
		"zzz": "write one of: attempted, executed, left_control",
	} {
		if got := nearest(word, all); got != want {
			t.Errorf("%s: %s", word, got)
		}
	}
}

func TestSourceIDs(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/1712n/dn-institute/blob/ec67/content/incidents/2018-01-28-Coincheck.md": "dn-institute-2018-01-28-coincheck",
		"https://github.com/vz-risk/VCDB/issues/10345":                                              "vcdb-10345",
		"https://www.paper.example/news/2018/some-long-title.html":                                  "paper-example-some-long-title-html",
		"https://bank.example/index.php?id=4651":                                                    "bank-example-id-4651",
	} {
		m := &importer{byURL: map[string]*Source{}, ids: map[string]bool{}, out: &Register{}}
		if got := m.source(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
		if m.source(address) != want || len(m.out.Sources) != 1 {
			t.Errorf("%s: the same address is another source", address)
		}
		m.byURL = map[string]*Source{}
		if got := m.source(address); got != want+"-2" {
			t.Errorf("%s: a taken id gives %s", address, got)
		}
	}
}

// Files of actors, assets and policies are checked as strictly as incidents.
func TestFaultsOfOtherFiles(t *testing.T) {
	policy := "schema: coldtrail/policy/v1\nid: p\nbasis: net\n"
	for _, c := range []struct {
		file, text string
		rule       string
		line       int
	}{
		{"actors/ring.yaml", "schema: coldtrail/actor/v1\nid: ring\nname: A\nkind: gang\n", "word", 4},
		{"actors/ring.yaml", "schema: coldtrail/actor/v1\nid: ring\nname: A\nkind: group\npart_of: rign\n", "unknown-actor", 5},
		{"actors/ring.yaml", "schema: coldtrail/actor/v1\nid: ring\nname: A\nkind: group\npart_of: ring\n", "actor-cycle", 5},
		{"assets.yaml", "schema: coldtrail/assets/v1\nassets:\n  - code: USD\n    kind: fiat\n    name: US dollar\n    decimals: two\n", "asset", 6},
		{"policies/p.yaml", policy + "basis: nett\n", "twice", 4},
		{"policies/p.yaml", "schema: coldtrail/policy/v1\nid: p\nbasis: nett\n", "word", 3},
		{"policies/p.yaml", policy + "as_known_on: yesterday\n", "value", 4},
		{"policies/p.yaml", policy + "exclude: [{incident: 2016-01-bank}]\n", "policy", 4},
		{"policies/p.yaml", policy + "attribution:\n  disputed: maybe\n", "word", 4},
		{"policies/p.yaml", policy + "adjudication: coin\n", "word", 4},
		{"policies/p.txt", policy, "file-name", 0},
	} {
		m := edited(t, bank, "title", "title")
		m[c.file] = c.text
		_, ps, err := Load(files(m), "")
		found := false
		for _, p := range ps {
			found = found || p.Rule == c.rule && p.File == c.file && p.Line == c.line && p.Severity == Fault
		}
		if !found || !errors.Is(err, ErrRegister) {
			t.Errorf("no %s at %s:%d among %v", c.rule, c.file, c.line, err)
		}
	}
}

func TestPriceFilesArePinned(t *testing.T) {
	if _, _, err := series("x", []byte("other bytes"), btcSHA256); err == nil {
		t.Error("a changed price file was read")
	}
}

// Parts of grades and dates; a blank one has none, and reads as blank.
func TestPartsOfGradesAndDates(t *testing.T) {
	var g Grade
	if err := g.UnmarshalText([]byte("B2")); err != nil || g.Reliability() != 'B' || g.Credibility() != 2 {
		t.Errorf("%q: %c %d, %v", g, g.Reliability(), g.Credibility(), err)
	}
	for _, bad := range []string{"G1", "A7", "A", "A10", "a1"} {
		if err := g.UnmarshalText([]byte(bad)); !errors.Is(err, ErrGrade) || g != "" {
			t.Errorf("%q: %q, %v", bad, g, err)
		}
	}
	if err := g.UnmarshalText(nil); err != nil || g.Reliability() != 0 || g.Credibility() != 0 {
		t.Errorf("blank: %q, %v", g, err)
	}
	var d Date
	if err := d.UnmarshalText([]byte("2016-02/..")); err != nil || d.Year() != 2016 {
		t.Errorf("%v: %d, %v", d, d.Year(), err)
	}
	if text, err := d.MarshalText(); err != nil || string(text) != "2016-02/.." {
		t.Errorf("%q, %v", text, err)
	}
	if err := d.UnmarshalText(nil); err != nil || !d.IsZero() || d.Year() != 0 {
		t.Errorf("blank: %v, %v", d, err)
	}
	if err := d.UnmarshalText([]byte("soon")); !errors.Is(err, ErrDate) {
		t.Errorf("soon: %v", err)
	}
}

// What a number stands on: claims in short, in the order asked, none made up.
func TestBehind(t *testing.T) {
	reg := shippedRegister(t)
	list := reg.Behind([]string{"2018-01-coincheck#stolen-xem-read", "nobody#x", "2018-01-coincheck#nothing", "2018-01-coincheck", ""})
	if len(list) != 1 || list[0].ID != "2018-01-coincheck#stolen-xem-read" || list[0].Says == "" || len(list[0].Sources) == 0 {
		t.Errorf("%+v", list)
	}
	for _, s := range list[0].Sources {
		if reg.Source(s) == nil {
			t.Errorf("source %q is not in the register", s)
		}
	}
	if got := reg.Behind(nil); got == nil || len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
	// Every claim has a record under its own id, and is known when it holds.
	for _, i := range reg.Incidents {
		if r := reg.IncidentRecord(i, Query{}); r.ID != i.ID {
			t.Errorf("%s: record of %s", i.ID, r.ID)
		}
		for _, cl := range i.Claims {
			r := reg.ClaimRecord(cl, Query{})
			if r.ID != i.ID+"#"+cl.ID || r.Holds && !r.KnownThen {
				t.Errorf("%s#%s: record %s, holds %v, known %v", i.ID, cl.ID, r.ID, r.Holds, r.KnownThen)
			}
		}
	}
}

// A wrong id is met with the one that was meant.
func TestNearIncident(t *testing.T) {
	reg := shippedRegister(t)
	for id, want := range map[string]string{"coincheck": `did you mean "2018-01-coincheck"?`, "2018-01-coinchekc": `did you mean "2018-01-coincheck"?`, "2019-05-coincheck": `did you mean "2018-01-coincheck"?`} {
		if got := reg.NearIncident(id); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
	for _, id := range []string{"", "zzzzzzzzzzzzzzzz", "-", "2018"} {
		if got := reg.NearIncident(id); got == "" {
			t.Errorf("%q: nothing is said", id)
		}
	}
}

// A policy made in the program is held to what files are held to.
func TestCheckPolicy(t *testing.T) {
	reg := shippedRegister(t)
	p := *reg.Policy("default")
	if err := reg.CheckPolicy(&p); err != nil {
		t.Error(err)
	}
	p.AsKnownOn = "yesterday"
	if err := reg.CheckPolicy(&p); !errors.Is(err, ErrRegister) {
		t.Errorf("as known yesterday: %v", err)
	}
}
