package api

import (
	"compress/gzip"
	"fmt"
	"io"
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

// TestAnswerForms: an answer is the same whether asked plainly, by HEAD, compressed or
// with tags: each form has its own tag, and any list that names it gets 304 with it.
func TestAnswerForms(t *testing.T) {
	s := newServer(t, Options{})
	for _, path := range []string{"/register/incidents", "/about", "/study"} {
		plain := ask(s, "GET", Prefix+path, "")
		if plain.Code != 200 {
			t.Fatalf("%s: %d", path, plain.Code)
		}
		tag, body := plain.Header().Get("ETag"), plain.Body.String()
		head := ask(s, "HEAD", Prefix+path, "")
		if head.Code != 200 || head.Header().Get("ETag") != tag || head.Header().Get("Content-Length") != fmt.Sprint(len(body)) {
			t.Errorf("%s: HEAD %d %v, want tag %s, %d bytes", path, head.Code, head.Header(), tag, len(body))
		}
		zip := ask(s, "GET", Prefix+path, "", "Accept-Encoding: br, gzip;q=0.5")
		unzipped := zip.Body.String()
		if zip.Header().Get("Content-Encoding") == "gzip" {
			if zip.Header().Get("ETag") != zippedTag(tag) || zip.Header().Get("Content-Length") != "" {
				t.Errorf("%s: compressed %v, plain %s", path, zip.Header(), tag)
			}
			r, err := gzip.NewReader(zip.Body)
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			unzipped = string(all)
		} else if len(body) >= zipFrom {
			t.Errorf("%s: %d bytes are not compressed", path, len(body))
		}
		if unzipped != body {
			t.Errorf("%s: another body when compressed", path)
		}
		for _, method := range []string{"GET", "HEAD"} {
			for list, want := range map[string]string{
				tag: tag, "*": tag, "W/" + tag: tag, `"x", ` + tag: tag, zippedTag(tag): zippedTag(tag),
				`"other-gz", ` + tag: tag, zippedTag(tag) + `, "other"`: zippedTag(tag), `"x"`: "", strings.Trim(tag, `"`): "", `"other-gz"`: "",
			} {
				w := ask(s, method, Prefix+path, "", "If-None-Match: "+list)
				switch {
				case want == "" && w.Code == 200:
				case want != "" && w.Code == 304 && w.Header().Get("ETag") == want && w.Body.Len() == 0:
				default:
					t.Errorf("%s %s, If-None-Match %s: %d with %q, want %q", method, path, list, w.Code, w.Header().Get("ETag"), want)
				}
			}
		}
	}
}
