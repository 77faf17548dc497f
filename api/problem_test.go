package api

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestEveryProblemHasAHint: whoever refuses, the framework, the guards or an
// operation, answers with a problem that says what happened and what to try.
func TestEveryProblemHasAHint(t *testing.T) {
	s := newServer(t, Options{})
	for _, c := range []struct {
		method, path, body string
		want               int
		headers            []string
	}{
		{"GET", "/nothing", "", 404, nil},
		{"PATCH", "/about", "", 405, nil},
		{"HEAD", "/guard/check", "", 405, nil},
		{"GET", "/docs/nothing.md", "", 404, nil},
		{"GET", "/cases/nothing", "", 404, nil},
		{"GET", "/trails/0123456789abcdef", "", 404, nil},
		{"GET", "/jobs/none", "", 404, nil},
		{"DELETE", "/jobs/none", "", 404, nil},
		{"GET", "/register/incidents/none", "", 404, nil},
		{"GET", "/register/sources/none", "", 404, nil},
		{"GET", "/register/incidents?limit=x", "", 422, nil},
		{"GET", "/register/incidents?limit=-1", "", 422, nil},
		{"GET", "/register/incidents?nothing=1", "", 422, nil},
		{"GET", "/register/incidents?as_known_on=later", "", 422, nil},
		{"GET", "/addresses/eip155:1/0x0?from=store", "", 404, nil},
		{"POST", "/guard/check", "{", 400, []string{"Content-Type: application/json"}},
		{"POST", "/guard/check", "", 400, []string{"Content-Type: application/json"}},
		{"POST", "/guard/check", "[]", 422, []string{"Content-Type: application/json"}},
		{"POST", "/trails", "{", 400, []string{"Content-Type: application/json"}},
		{"POST", "/trails", "a: b", 415, []string{"Content-Type: application/yaml"}},
		{"POST", "/cases", "x", 415, []string{"Content-Type: text/plain"}},
		{"PUT", "/notes/t", `{"notes":[]}`, 428, []string{"Content-Type: application/json"}},
		{"PUT", "/notes/t", `{"notes":[]}`, 412, []string{"Content-Type: application/json", `If-Match: "9"`}},
		{"GET", "/about", "", 421, []string{"Host: elsewhere.example"}},
		{"GET", "/about", "", 403, []string{"Origin: https://elsewhere.example"}},
	} {
		w := ask(s, c.method, Prefix+c.path, c.body, c.headers...)
		var p Problem
		err := json.Unmarshal(w.Body.Bytes(), &p)
		if w.Code != c.want || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") || err != nil {
			t.Errorf("%s %s: %d, want %d, %v: %s", c.method, c.path, w.Code, c.want, err, w.Body)
			continue
		}
		if p.Status != w.Code || p.Title == "" || p.Detail == "" || p.Hint == "" {
			t.Errorf("%s %s: %s", c.method, c.path, w.Body)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("ETag") != "" {
			t.Errorf("%s %s: a problem that may be kept: %v", c.method, c.path, w.Header())
		}
	}
}
