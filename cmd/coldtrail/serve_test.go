package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/api"
	"github.com/coldtrail/coldtrail/casefile"
)

// served is the API as serve opens it, asked without a network.
type served struct {
	t *testing.T
	h http.Handler
}

func serving(t *testing.T) served {
	t.Helper()
	a := &app{streams: streams{err: io.Discard}, env: func(string) string { return "" }}
	s, end, err := a.pageServer(t.Context(), &pageFlags{}, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return served{t, s.Handler()}
}

func (s served) ask(method, path, body string) []byte {
	s.t.Helper()
	r := httptest.NewRequest(method, api.Prefix+path, strings.NewReader(body))
	r.Host = "127.0.0.1:1"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	if w.Code >= 300 {
		s.t.Fatalf("%s %s: status %d: %s", method, path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// asked gives the id of the trail of a question.
func (s served) asked(question string) string {
	s.t.Helper()
	var a struct{ Trail, Job string }
	if err := json.Unmarshal(s.ask("POST", "/trails", question), &a); err != nil {
		s.t.Fatal(err)
	}
	if a.Job != "" {
		s.ask("GET", "/jobs/"+a.Job+"/events", "") // ends with the job
	}
	return a.Trail
}

// command runs the program and gives what it prints.
func command(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, talk bytes.Buffer
	code := run(context.Background(), args, streams{strings.NewReader(""), &out, &talk}, func(string) string { return "" })
	if code != exitDone && code != exitFound && code != exitSkipped {
		t.Fatalf("coldtrail %s: exit code %d: %s", strings.Join(args, " "), code, talk.String())
	}
	return out.Bytes()
}

// TestExportsAreTheCommands: every format of every case inside has the bytes that
// the command writes.
func TestExportsAreTheCommands(t *testing.T) {
	s := serving(t)
	trails := 0
	for _, name := range casefile.Names() {
		var c struct {
			Kind     string
			Payments struct{ Text string }
		}
		if err := json.Unmarshal(s.ask("GET", "/cases/"+name, ""), &c); err != nil {
			t.Fatal(err)
		}
		if c.Kind == "payments" {
			if want := command(t, "trace", "--case", name); c.Payments.Text != string(want) {
				t.Errorf("%s: the payments differ from the command's", name)
			}
			continue
		}
		trails++
		for format := range formats {
			got := s.ask("GET", "/trails/"+name+"/export?format="+format, "")
			if want := command(t, "trace", "--case", name, "--format", format); !bytes.Equal(got, want) {
				t.Errorf("%s as %s: %d bytes, the command writes %d others", name, format, len(got), len(want))
			}
		}
	}
	if trails < 5 {
		t.Errorf("only %d cases have a trail", trails)
	}
}

// TestFiguresAreTheCommands samples questions and compares every record of the API,
// page by page, with the lines of trace --json.
func TestFiguresAreTheCommands(t *testing.T) {
	s := serving(t)
	for _, q := range []struct{ question, flags string }{
		{`{"case":"bybit-2025"}`, "--case bybit-2025"},
		{`{"case":"bybit-2025","policies":["all"]}`, "--case bybit-2025 --policies all"},
		{`{"case":"bybit-2025","policies":["haircut","fifo"],"until":"2025-02-22"}`, "--case bybit-2025 --policies haircut,fifo --until 2025-02-22"},
		{`{"case":"bybit-2025","gas":"ignore","max_bounds":3}`, "--case bybit-2025 --gas ignore --max-bounds 3"},
		{`{"case":"bybit-2025","no_bounds":true,"boundaries":["0x36ed3c0213565530c35115d93a80f9c04d94e4cb=Somebody"]}`, "--case bybit-2025 --no-bounds --boundary 0x36ed3c0213565530c35115d93a80f9c04d94e4cb=Somebody"},
		{`{"case":"bybit-2025","swaps":"recognise","policies":["fifo"],"no_bounds":true}`, "--case bybit-2025 --swaps recognise --policies fifo --no-bounds"},
		{`{"case":"lubian-2020"}`, "--case lubian-2020"},
		{`{"case":"lubian-2020","until":"2021-01-01","groups":["all=edge,held"]}`, "--case lubian-2020 --until 2021-01-01 --group all=edge,held"},
		{`{"case":"coincheck-2018","policies":["lifo","poison"]}`, "--case coincheck-2018 --policies lifo,poison"},
		{`{"case":"bangladesh-2016"}`, "--case bangladesh-2016"},
		{`{"case":"austro-2015","policies":["libr","own-first"]}`, "--case austro-2015 --policies libr,own-first"},
		{`{"case":"union-bank-india-2016"}`, "--case union-bank-india-2016"},
	} {
		want := map[string][]string{}
		for line := range strings.SplitSeq(strings.TrimSpace(string(command(t, append([]string{"trace", "--json"}, strings.Fields(q.flags)...)...))), "\n") {
			var r struct{ Record string }
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			want[r.Record] = append(want[r.Record], line)
		}
		id := s.asked(q.question)
		got := map[string][]string{"place": s.records(id, "places", "hops"), "flow": s.records(id, "flows", ""), "bound": s.records(id, "bounds", ""), "conversion": s.records(id, "conversions", "")}
		var head map[string]json.RawMessage
		if err := json.Unmarshal(s.ask("GET", "/trails/"+id, ""), &head); err != nil {
			t.Fatal(err)
		}
		got["header"], got["summary"] = []string{string(head["header"])}, []string{string(head["summary"])}
		for key, kind := range map[string]string{"seeds": "seed", "warnings": "warning"} {
			var list []json.RawMessage
			if head[key] != nil {
				if err := json.Unmarshal(head[key], &list); err != nil {
					t.Fatal(err)
				}
			}
			for _, r := range list {
				got[kind] = append(got[kind], string(r))
			}
		}
		for kind := range got {
			if _, ok := want[kind]; !ok {
				want[kind] = nil // the command has none
			}
		}
		for kind, lines := range want {
			if !slices.Equal(got[kind], lines) {
				t.Errorf("%s: %d records %q, the command has %d others", q.flags, len(got[kind]), kind, len(lines))
			}
		}
	}
}

// TestBankAnswersAreTheCommands: payments and owners of every case inside that has
// them are the lines of the command, page by page.
func TestBankAnswersAreTheCommands(t *testing.T) {
	s := serving(t)
	for _, c := range []struct{ verb, cases string }{
		{"payments", "austro-2015 bancomext-2018 bangladesh-2016 union-bank-india-2016"},
		{"owners", "austro-2015 bangladesh-2016 union-bank-india-2016 coincheck-2018 lubian-2020"},
	} {
		for name := range strings.FieldsSeq(c.cases) {
			var head struct {
				Header                         json.RawMessage
				Rules, Sums, Totals, Published []json.RawMessage
			}
			if err := json.Unmarshal(s.ask("GET", "/cases/"+name+"/"+c.verb, ""), &head); err != nil {
				t.Fatal(err)
			}
			got := []string{string(head.Header)}
			add := func(list []json.RawMessage) {
				for _, r := range list {
					got = append(got, string(r))
				}
			}
			add(head.Rules)
			got = append(got, s.pages("/cases/"+name+"/"+c.verb, 3, "")...)
			add(head.Sums)
			add(head.Totals)
			add(head.Published)
			want := strings.Split(strings.TrimSpace(string(command(t, "trace", c.verb, "--case", name, "--json"))), "\n")
			if !slices.Equal(got, want) {
				t.Errorf("%s of %s: %d records, the command has %d others", c.verb, name, len(got), len(want))
			}
		}
	}
}

// records reads a list of a trail page by page, without the member that the API adds.
func (s served) records(id, list, added string) []string {
	s.t.Helper()
	return s.pages("/trails/"+id+"/"+list, 300, added)
}

// pages reads a list, so many records at a time.
func (s served) pages(list string, limit int, added string) []string {
	s.t.Helper()
	var out []string
	for next := ""; ; {
		var page struct {
			Records []json.RawMessage
			Next    string
			Total   int
		}
		if err := json.Unmarshal(s.ask("GET", fmt.Sprintf("%s?limit=%d&cursor=%s", list, limit, url.QueryEscape(next)), ""), &page); err != nil {
			s.t.Fatal(err)
		}
		for _, r := range page.Records {
			text := string(r)
			if i := strings.LastIndex(text, `,"`+added+`":`); added != "" && i > 0 {
				text = text[:i] + "}"
			}
			out = append(out, text)
		}
		if next = page.Next; next == "" {
			if len(out) != page.Total {
				s.t.Errorf("%s: %d records, the total says %d", list, len(out), page.Total)
			}
			return out
		}
	}
}
