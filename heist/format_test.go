package heist

import (
	"bytes"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every shipped file stands in its canonical form.
func TestShippedFilesAreFormatted(t *testing.T) {
	n := 0
	err := fs.WalkDir(Files(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(Files(), p)
		if err != nil {
			return err
		}
		n++
		if ok, err := Formatted(p, data); err != nil || !ok {
			t.Errorf("%s is not in form (%v); run coldtrail register fmt", p, err)
		}
		return nil
	})
	if err != nil || n < 150 {
		t.Errorf("%d files: %v", n, err)
	}
}

func TestFormatSortsAndKeepsComments(t *testing.T) {
	in := `# who wrote this
id:   "2016-01-bank"
schema: 'coldtrail/incident/v1'
claims:
    - property: occurred # as told
      id: occurred
      value: "2016-01-20"
      recorded_on: 2026-11-27
      sources:
      - court
      grade: A1
victim: Bank
title: Bank
`
	out, err := Format(bank, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	want := `schema: coldtrail/incident/v1
# who wrote this
id: 2016-01-bank
title: Bank
victim: Bank
claims:
  - id: occurred
    property: occurred # as told
    value: 2016-01-20
    sources: [court]
    recorded_on: 2026-11-27
    grade: A1
`
	if string(out) != want {
		t.Errorf("%s\nwant\n%s", out, want)
	}
}

// Whatever a text holds, writing and reading gives it back, and formatting twice
// is formatting once.
func TestWriteThenRead(t *testing.T) {
	text := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("aé字 :#-'\"[]{}|>&*!%@`,?\\0123456789.~\n")), 0, 200, -1),
		rapid.SampledFrom([]string{"NO", "null", "~", "true", "2018-01-25", "2016~", "010", "1e3", "0x1f", "- a", "? b", "1_000", ".5", "12:30:45", "..", "=", "<<"}),
		rapid.StringMatching(`[a-z]{1,12}( [a-z]{1,12}){0,40}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		clean := func(s string) string { return strings.TrimSpace(s) }
		want := &Incident{
			Schema: IncidentForm, ID: "2016-01-bank", Title: clean(text.Draw(t, "title")), Notes: clean(text.Draw(t, "notes")),
			Claims: []*Claim{{ID: "a", Value: clean(text.Draw(t, "value")), Text: clean(text.Draw(t, "text"))}},
		}
		for _, s := range rapid.SliceOfN(text, 0, 5).Draw(t, "parties") {
			if s = clean(s); s != "" {
				want.Claims[0].Parties = append(want.Claims[0].Parties, s)
			}
		}
		data, err := encodeFile(want)
		if err != nil {
			t.Fatal(err)
		}
		p := parsePart(bank, bank, data)
		if len(p.problems) > 0 {
			t.Fatalf("%v\n%s", p.problems, data)
		}
		got := p.incident
		got.Place, got.Claims[0].Place = Place{}, Place{}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v %+v\nwant %+v %+v\n%s", got, got.Claims[0], want, want.Claims[0], data)
		}
		again, err := Format(bank, data)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("formatted again: %v\n%s\nwas\n%s", err, again, data)
		}
	})
}

// FuzzLoad: no bytes make the loader panic, faults have a place, and what loads
// without fault can be formatted, twice with one result.
func FuzzLoad(f *testing.F) {
	for name, text := range sound {
		f.Add(name, []byte(text))
	}
	f.Add(bank, []byte(history))
	f.Add("policies/default.yaml", []byte("schema: coldtrail/policy/v1\nid: default\nbasis: net\nexclude: [{incident: x, reason: y}]\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(data) > 1<<16 || !fs.ValidPath(name) {
			return
		}
		m := files(sound)
		if _, ours := m[name]; !ours {
			name = bank
		}
		m[name].Data = data
		reg, ps, err := Load(m, "")
		if reg == nil {
			t.Fatalf("no register: %v", err)
		}
		for _, p := range ps {
			if p.File == "" || p.Msg == "" || p.Rule == "" {
				t.Fatalf("a problem without place or words: %+v", p)
			}
		}
		if err != nil {
			return
		}
		once, err := Format(name, data)
		if err != nil {
			t.Fatalf("loads but cannot be formatted: %v", err)
		}
		twice, err := Format(name, once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("formatted twice: %v\n%q\n%q", err, once, twice)
		}
	})
}
