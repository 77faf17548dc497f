package api

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// testOf are the tests that servers are made for.
var testOf sync.Map // *Server to testing.TB

// described checks that an answer is what the description says of it: whoever writes
// a client from openapi.json must be able to read it. It is called for every request
// that a test makes with ask.
func described(s *Server, method, path string, w *httptest.ResponseRecorder) {
	in, ok := testOf.Load(s)
	if !ok {
		return
	}
	t := in.(testing.TB)
	path, _, _ = strings.Cut(path, "?")
	op := operationAt(s.api.OpenAPI(), method, path)
	if op == nil || !strings.Contains(w.Header().Get("Content-Type"), "json") || w.Header().Get("Content-Encoding") != "" || w.Body.Len() == 0 {
		return
	}
	answer := op.Responses[strconv.Itoa(w.Code)]
	if answer == nil {
		answer = op.Responses["default"]
	}
	if answer == nil {
		t.Errorf("%s %s: status %d is not described", method, path, w.Code)
		return
	}
	media := answer.Content[w.Header().Get("Content-Type")]
	if media == nil || media.Schema == nil {
		return
	}
	var v any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Errorf("%s %s: %v", method, path, err)
		return
	}
	found := &huma.ValidateResult{}
	huma.Validate(s.api.OpenAPI().Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, found)
	for i, err := range found.Errors {
		if i == 5 {
			t.Errorf("%s %s: and %d more", method, path, len(found.Errors)-i)
			break
		}
		t.Errorf("%s %s is not as described: %v", method, path, err)
	}
}

// operationAt finds the operation of a path; of several, the one with the most words
// of its own.
func operationAt(d *huma.OpenAPI, method, path string) (best *huma.Operation) {
	most := -1
	for template, item := range d.Paths {
		op := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete}[method]
		if fixed := fits(template, path); op != nil && fixed > most {
			best, most = op, fixed
		}
	}
	return best
}

// fits counts the words that a path and a template share, or is -1.
func fits(template, path string) int {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return -1
	}
	fixed := 0
	for i, word := range want {
		switch {
		case strings.HasPrefix(word, "{"):
		case word == got[i]:
			fixed++
		default:
			return -1
		}
	}
	return fixed
}
