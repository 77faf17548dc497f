package api

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
)

// answer asks and decodes, and wants the status.
func answer[T any](t *testing.T, s *Server, path string, status int) (out T) {
	t.Helper()
	w := ask(s, "GET", Prefix+path, "")
	if w.Code != status {
		t.Fatalf("GET %s: status %d, want %d: %s", path, w.Code, status, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return out
}

// TestStudyIsTheCommands compares every table of the API with the lines of the
// command, under every policy of the register.
func TestStudyIsTheCommands(t *testing.T) {
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, Options{})
	tables := map[string]string{"top": "tops", "year": "years", "actor": "actors", "split": "splits", "lag": "lags", "recovery": "recovery", "fall": "falls",
		"evidence": "evidence", "dispute": "disputes", "excluded": "excluded", "grid": "grid", "leave_out": "leave_out", "tornado": "tornado",
		"known": "sweep", "vintage": "vintages", "row": "rows", "number": "numbers"}
	for _, p := range reg.Policies {
		st, err := study.Build(reg, p, "")
		if err != nil {
			t.Fatal(err)
		}
		var lines bytes.Buffer
		if err := study.WriteLines(&lines, st, "coldtrail devel"); err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{}
		for line := range strings.SplitSeq(strings.TrimSpace(lines.String()), "\n") {
			var l struct {
				Type string
				Data json.RawMessage
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			want[l.Type] = append(want[l.Type], string(l.Data))
		}
		got := answer[map[string]json.RawMessage](t, s, "/study?policy="+p.ID, 200)
		for kind, name := range tables {
			var rows []json.RawMessage
			if err := json.Unmarshal(got[name], &rows); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if len(rows) != len(want[kind]) {
				t.Errorf("%s: %s has %d rows, the command %d", p.ID, name, len(rows), len(want[kind]))
				continue
			}
			for i, r := range rows {
				if !sameJSON(t, r, []byte(want[kind][i])) {
					t.Errorf("%s: %s row %d:\n%s\nthe command:\n%s", p.ID, name, i, r, want[kind][i])
				}
			}
		}
		for kind, name := range map[string]string{"header": "header", "front": "front", "sizes": "sizes"} {
			if !sameJSON(t, got[name], []byte(want[kind][0])) {
				t.Errorf("%s: %s differs from the command", p.ID, name)
			}
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y bytes.Buffer
	if err := json.Compact(&x, a); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&y, b); err != nil {
		t.Fatal(err)
	}
	return x.String() == y.String()
}

// TestStudySettings changes one part of the policy at a time: the header must say
// so, and the study must be that of a policy file with the same words.
func TestStudySettings(t *testing.T) {
	s := newServer(t, Options{})
	type head struct{ Header study.Header }
	base := answer[head](t, s, "/study", 200).Header
	for _, c := range []struct {
		query string
		check func(study.Header) bool
	}{
		{"basis=attempted", func(h study.Header) bool { return h.Terms.Basis == "attempted" }},
		{"as_known_on=2021-04-06", func(h study.Header) bool { return h.Terms.AsKnownOn == "2021-04-06" && !h.Now }},
		{"min_confidence=high", func(h study.Header) bool { return h.MinConfidence == "high" }},
		{"disputed=exclude", func(h study.Header) bool { return h.Disputed == "exclude" }},
		{"scope=theft,near_miss", func(h study.Header) bool { return strings.Contains(h.Scope, "near_miss") }},
		{"to=2018-12-31", func(h study.Header) bool { return h.To == "2018-12-31" }},
	} {
		h := answer[head](t, s, "/study?"+c.query, 200).Header
		if !c.check(h) || !strings.Contains(h.Policy, "default with ") || h.Policy == base.Policy {
			t.Errorf("%s: header %+v", c.query, h)
		}
	}
	for _, bad := range []string{"policy=none", "basis=loot", "scope=theft,fun", "as_known_on=someday", "min_confidence=sure", "disputed=maybe", "actor=nobody", "unknown=1", "valuation=as_of:never", "from=yesterday", "reviewed_only=yes"} {
		w := ask(s, "GET", Prefix+"/study?"+bad, "")
		if w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Header().Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: status %d %s", bad, w.Code, w.Body)
		}
	}
}

// TestStudyParts: a part is what the whole holds, and the rest is not sent.
func TestStudyParts(t *testing.T) {
	s := newServer(t, Options{})
	whole := answer[map[string]json.RawMessage](t, s, "/study", 200)
	part := answer[map[string]json.RawMessage](t, s, "/study?parts=tops,rows", 200)
	for name, text := range whole {
		switch name {
		case "header", "front", "sizes", "tops", "rows", "policies", "figures", "tables", "schema", "tool":
			if !sameJSON(t, part[name], text) {
				t.Errorf("%s differs", name)
			}
		default:
			if string(part[name]) != "[]" {
				t.Errorf("%s was sent", name)
			}
		}
	}
	if w := ask(s, "GET", Prefix+"/study?parts=tops,nothing", ""); w.Code != 422 {
		t.Errorf("a table that is not there: %d", w.Code)
	}
}

// TestNumbersOpen: every number of the study opens its claims, and every claim a
// source that the register has.
func TestNumbersOpen(t *testing.T) {
	s := newServer(t, Options{})
	st := answer[struct{ Numbers []study.Number }](t, s, "/study", 200)
	bare := 0
	for _, n := range st.Numbers {
		a := answer[NumberAnswer](t, s, "/study/numbers/"+url.PathEscape(n.ID), 200)
		if len(a.Behind) != len(n.Claims) {
			t.Errorf("%s names %d claims and opens %d", n.ID, len(n.Claims), len(a.Behind))
		}
		for _, b := range a.Behind {
			for _, id := range b.Sources {
				if !slices.ContainsFunc(a.Sources, func(x SourceRecord) bool { return x.ID == id }) {
					t.Errorf("%s: %s names source %s, which is not given", n.ID, b.ID, id)
				}
			}
		}
		if len(a.Behind) == 0 {
			bare++
		}
	}
	if len(st.Numbers) < 100 || bare == len(st.Numbers) {
		t.Errorf("%d numbers, %d with no claim behind them", len(st.Numbers), bare)
	}
	if w := ask(s, "GET", Prefix+"/study/numbers/total.actor", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "total.actor.with-coincheck") {
		t.Errorf("a part of an id should list what is near: %d %s", w.Code, w.Body)
	}
}

func TestFiguresTablesClaims(t *testing.T) {
	s := newServer(t, Options{})
	st := answer[StudyNames](t, s, "/study", 200)
	for _, f := range st.Figures {
		if w := ask(s, "GET", Prefix+"/study/figures/"+f+"?theme=dark", ""); w.Code != 200 || w.Header().Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(w.Body.String(), "<svg") {
			t.Errorf("figure %s: %d %s", f, w.Code, w.Header())
		}
	}
	for _, f := range st.Tables {
		if w := ask(s, "GET", Prefix+"/study/tables/"+f, ""); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
			t.Errorf("table %s: %d %s", f, w.Code, w.Header())
		}
	}
	c := answer[ClaimsAnswer](t, s, "/claims", 200)
	if len(c.Claims) != 10 || c.Matches != 10 {
		t.Errorf("%d claims, %d as expected", len(c.Claims), c.Matches)
	}
	w := ask(s, "POST", Prefix+"/claims/check", `{"text":"schema: nonsense"}`, "Content-Type: application/json")
	if w.Code != 422 || !strings.Contains(w.Body.String(), "coldtrail/claims/v1") {
		t.Errorf("a file of another form: %d %s", w.Code, w.Body)
	}
}

// StudyNames are the names that a study's pictures and tables go by.
type StudyNames struct{ Figures, Tables []string }

func TestRegister(t *testing.T) {
	s := newServer(t, Options{})
	all := answer[IncidentsAnswer](t, s, "/register/incidents", 200)
	if all.Total != all.Of || all.Of < 200 {
		t.Fatalf("%d of %d incidents", all.Total, all.Of)
	}
	if some := answer[IncidentsAnswer](t, s, "/register/incidents?text=COINCHECK", 200); some.Total != 1 {
		t.Errorf("%d incidents mention Coincheck", some.Total)
	}
	i := answer[IncidentAnswer](t, s, "/register/incidents/2018-01-coincheck?as_known_on=2018-06-01", 200)
	later := 0
	for _, c := range i.Claims {
		if !c.KnownThen {
			later++
		}
	}
	if later == 0 || later == len(i.Claims) || len(i.Sources) == 0 {
		t.Errorf("of %d claims %d came later; %d sources", len(i.Claims), later, len(i.Sources))
	}
	src := answer[SourceAnswer](t, s, "/register/sources/"+url.PathEscape(i.Sources[0].ID), 200)
	if len(src.Claims) == 0 {
		t.Errorf("no claim stands on %s", src.Source.ID)
	}
	if w := ask(s, "GET", Prefix+"/register/incidents/2018-01-coinchek", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "2018-01-coincheck") {
		t.Errorf("a slip should be told what is near: %d %s", w.Code, w.Body)
	}
}
