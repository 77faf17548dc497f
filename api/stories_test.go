package api

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/web"
)

// TestStories runs conversations with a server, each file with one of its own:
//
//	METHOD PATH          a request, with headers on the lines below it; a body after
//	Name: value          a line of its own with {, or "file NAME" and "part NAME" lines
//	{"json": 1}
//	= 200                the status, after which come, each as often as needed:
//	= Name: value        a header, or "Name: -" for none
//	= has TEXT           the body contains it
//	= lacks TEXT         it does not
//	= keep NAME header H   for later, as $NAME
//	= keep NAME json KEY   the same of a member of the answer
//
// Parts of an upload are "part NAME TEXT" and "file NAME CONTENT", with \n, \xNN.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			o := Options{Page: web.Handler()}
			if strings.Contains(string(text), "# token: ") {
				_, rest, _ := strings.Cut(string(text), "# token: ")
				o.Token, _, _ = strings.Cut(rest, "\n")
			}
			(&story{t: t, s: newServer(t, o), kept: map[string]string{}}).run(string(text))
		})
	}
}

type story struct {
	t       *testing.T
	s       *Server
	kept    map[string]string
	line    int
	request []string // lines of the request that is being read
	w       *httptest.ResponseRecorder
}

func (st *story) run(text string) {
	for n, line := range strings.Split(text, "\n") {
		st.line = n + 1
		switch {
		case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "= "):
			st.expect(strings.TrimPrefix(line, "= "))
		default:
			if st.w != nil {
				st.request, st.w = nil, nil
			}
			st.request = append(st.request, st.filled(line))
		}
	}
}

func (st *story) filled(s string) string {
	for k, v := range st.kept {
		s = strings.ReplaceAll(s, "$"+k, v)
	}
	return s
}

func (st *story) send() {
	method, path, _ := strings.Cut(st.request[0], " ")
	var headers []string
	var body strings.Builder
	const mark = "a-mark-of-this-test"
	parts := false
	for _, l := range st.request[1:] {
		kind, rest, _ := strings.Cut(l, " ")
		name, content, _ := strings.Cut(rest, " ")
		content = strings.NewReplacer(`\n`, "\n", `\xff`, "\xff", `\xfe`, "\xfe", `\xfc`, "\xfc", `\x00`, "\x00").Replace(content)
		switch {
		case kind == "part":
			parts = true
			body.WriteString("--" + mark + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n")
		case kind == "file":
			parts = true
			body.WriteString("--" + mark + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + content + "\r\n")
		case strings.HasPrefix(l, "{"):
			body.WriteString(l)
			headers = append([]string{"Content-Type: application/json"}, headers...)
		default:
			headers = append(headers, l)
		}
	}
	if parts {
		body.WriteString("--" + mark + "--\r\n")
		headers = append(headers, "Content-Type: multipart/form-data; boundary="+mark)
	}
	st.w = ask(st.s, method, path, body.String(), headers...)
}

func (st *story) expect(what string) {
	if st.w == nil {
		st.send()
	}
	body := st.w.Body.String()
	fail := func(format string, args ...any) {
		st.t.Helper()
		st.t.Errorf("line %d: %s: "+format, append([]any{st.line, st.request[0]}, args...)...)
	}
	word, rest, _ := strings.Cut(what, " ")
	rest = st.filled(rest)
	switch {
	case len(word) == 3 && word[0] >= '1' && word[0] <= '5':
		if got := st.w.Result().StatusCode; word != strings.Fields(st.w.Result().Status)[0] {
			fail("status %d, want %s: %.500s", got, word, body)
		}
	case word == "has":
		if !strings.Contains(body, rest) {
			fail("the body lacks %q: %.1500s", rest, body)
		}
	case word == "lacks":
		if strings.Contains(body, rest) {
			fail("the body has %q: %.1500s", rest, body)
		}
	case word == "keep":
		f := strings.Fields(rest)
		v := st.w.Header().Get(f[2])
		if f[1] == "json" {
			var m map[string]any
			if err := json.Unmarshal([]byte(body), &m); err != nil {
				fail("no JSON: %v", err)
			}
			v, _ = m[f[2]].(string)
		}
		if v == "" {
			fail("nothing to keep as %s", f[0])
		}
		st.kept[f[0]] = v
	case strings.HasSuffix(word, ":"):
		got := st.w.Header().Get(strings.TrimSuffix(word, ":"))
		if got != rest && (rest != "-" || got != "") {
			fail("header %s %q, want %q", word, got, rest)
		}
	default:
		st.t.Fatalf("line %d: cannot read %q", st.line, what)
	}
}
