package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestNotModifiedNamesItsTag: the answer to a reader who has the compressed form
// carries the tag of that form; long answers are private, too.
func TestNotModifiedNamesItsTag(t *testing.T) {
	s := newServer(t, Options{})
	first := ask(s, "GET", Prefix+"/register/incidents", "", "Accept-Encoding: gzip")
	tag := first.Header().Get("ETag")
	if !strings.HasSuffix(tag, zipped+`"`) {
		t.Fatalf("ETag %q", tag)
	}
	again := ask(s, "GET", Prefix+"/register/incidents", "", "Accept-Encoding: gzip", "If-None-Match: "+tag)
	if again.Code != 304 || again.Header().Get("ETag") != tag {
		t.Errorf("%d, ETag %q, want %q", again.Code, again.Header().Get("ETag"), tag)
	}
	if plain := ask(s, "GET", Prefix+"/register/incidents", "", "If-None-Match: "+strings.Replace(tag, zipped, "", 1)); plain.Code != 304 || strings.Contains(plain.Header().Get("ETag"), zipped) {
		t.Errorf("%d, ETag %q", plain.Code, plain.Header().Get("ETag"))
	}
	s.mux.HandleFunc("GET "+Prefix+"/long", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = w.Write(make([]byte, holdAtMost+1))
	})
	if got := ask(s, "GET", Prefix+"/long", "").Header().Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("a long answer: Cache-Control %q", got)
	}
}
