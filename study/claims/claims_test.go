package claims

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/coldtrail/coldtrail/heist"
)

func article(t *testing.T, reg *heist.Register) map[string]Result {
	t.Helper()
	f, err := Parse("upi-2021-04-08.yaml", Article)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Check(reg, f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Result{}
	for _, r := range all {
		out[r.ID] = r
		if !r.Matches {
			for _, p := range r.Parts {
				t.Logf("%s %s: %s, %d of %d; default %+v", r.ID, p.Asks, p.Verdict, p.TrueIn, p.Of, p.Nearest)
			}
			t.Errorf("%s: %s, the file expects %s", r.ID, r.Verdict, r.Expect)
		}
	}
	return out
}

// The article's ten claims come out as the file says, over the shipped register.
func TestArticle(t *testing.T) {
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	got := article(t, reg)
	if len(got) != 10 {
		t.Fatalf("%d claims", len(got))
	}
	for id, r := range got {
		for _, p := range r.Parts {
			if p.Verdict != Contradicted && len(p.Smallest.Claims) == 0 {
				t.Errorf("%s: %s names no claim", id, p.Asks)
			}
		}
	}
	for id, want := range map[string][]int{"c01": {11, 12}, "c02": {6}} {
		for n, p := range got[id].Parts {
			if p.TrueIn != want[n] || p.Of != 48 {
				t.Errorf("%s: %s true in %d of %d, want %d of 48", id, p.Asks, p.TrueIn, p.Of, want[n])
			}
		}
	}
	if p := got["c04"].Parts[1]; p.Smallest.String() != "disputed=include known=now min_confidence=moderate" {
		t.Errorf("the smallest policy of Coincheck's attribution is %s", p.Smallest)
	}
	if p := got["c05"].Parts[1]; p.Smallest.String() != "basis=attempted known=now min_grade=F6" {
		t.Errorf("the smallest policy of Malaysia's 390 M is %s", p.Smallest)
	}
}

// Over the first draft the counts of true policies are those of its own check.
func TestArticleOverTheDraft(t *testing.T) {
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the article is not checked over the draft")
	}
	in, err := os.Open(filepath.Join(dir, "data", "register", "incidents-draft.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer in.Close()
	day, err := heist.ParseDate("2026-11-27")
	if err != nil {
		t.Fatal(err)
	}
	reg, _, err := heist.ImportCSV(in, "draft.csv", heist.ImportOptions{RecordedOn: day})
	if err != nil {
		t.Fatal(err)
	}
	written, err := reg.Write()
	if err != nil {
		t.Fatal(err)
	}
	// The draft has no column for the day of disclosure; the register's is this.
	files := fstest.MapFS{}
	for _, f := range written {
		if f.Path == "incidents/2020-12-lubian.yaml" {
			f.Data = append(f.Data, "  - id: disclosed\n    property: disclosed\n    value: 2025-08-03\n    imported: true\n"...)
		}
		files[f.Path] = &fstest.MapFile{Data: f.Data}
	}
	if reg, _, err = heist.Load(files, ""); err != nil {
		t.Fatal(err)
	}
	got := article(t, reg)
	for id, want := range map[string][]int{"c01": {11, 12}, "c02": {6}} {
		for n, p := range got[id].Parts {
			if p.TrueIn != want[n] || p.Of != 48 {
				t.Errorf("%s: %s true in %d of %d, want %d of 48", id, p.Asks, p.TrueIn, p.Of, want[n])
			}
		}
	}
	if s := got["c01"].Parts[0].Smallest; s.Got != "55.5 %" {
		t.Errorf("the smallest policy of c01 is %s with %s", s, s.Got)
	}
}

func TestBadFiles(t *testing.T) {
	good := string(Article)
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", "actor: dprk", "actr: dprk", "actr"},
		{"form", "claims/v1", "claims/v2", "first line is schema"},
		{"verdict", "expect: contradicted\n    true", "expect: wrong\n    true", "write reproduced"},
		{"measure", "measure: top_share", "measure: topshare", "topshare"},
		{"value", `value: "390000000"`, `value: "39x"`, "value"},
		{"twice", "id: c02", "id: c01", "id of its own"},
		{"op", `op: "=="`, `op: "="`, "op is"},
	} {
		_, err := Parse("bad.yaml", []byte(strings.Replace(good, c.from, c.to, 1)))
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "bad.yaml") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse("x.yaml", []byte(strings.Replace(good, "incident: 2018-01-bancomext", "incident: 2018-01-bancomex", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Check(reg, f); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "bancomext") {
		t.Errorf("an unknown incident: %v", err)
	}
}

// No bytes make the parser fail otherwise than by ErrFile.
func FuzzParse(f *testing.F) {
	f.Add(Article)
	f.Add([]byte("schema: coldtrail/claims/v1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Parse("f.yaml", data); err != nil && !errors.Is(err, ErrFile) {
			t.Error(err)
		}
	})
}
