package web

import (
	"bytes"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ask sends a request whose path is taken as it stands, tricks and all.
func ask(method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = path
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// dist gives the built files by their paths on the page.
func dist(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := fs.WalkDir(built, "dist", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out[strings.TrimPrefix(name, "dist")], err = built.ReadFile(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var named = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)

// imports are the names in a script of what it loads from its own folder.
var imports = regexp.MustCompile(`(?:from|import)\s*\(?\s*["']\./([^"']+)["']`)

// TestNamedFilesExist: what index.html names, and what each script loads, is built;
// what is preloaded is a script that the first page needs; and nothing lies in dist
// that nothing names.
func TestNamedFilesExist(t *testing.T) {
	files := dist(t)
	index := string(files["/index.html"])
	used := map[string]bool{"/index.html": true}
	for _, m := range named.FindAllStringSubmatch(index, -1) {
		if files[m[1]] == nil {
			t.Errorf("index.html names %s, which is not there", m[1])
		}
		if used[m[1]] {
			t.Errorf("index.html names %s twice", m[1])
		}
		used[m[1]] = true
	}
	if len(used) < 4 {
		t.Fatalf("index.html names only %d files", len(used))
	}
	for _, line := range strings.Split(index, "\n") {
		if strings.Contains(line, "modulepreload") && !strings.HasSuffix(named.FindStringSubmatch(line)[1], ".js") {
			t.Errorf("preloaded, and no script: %s", line)
		}
	}
	loads := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for _, m := range imports.FindAllSubmatch(files[name], -1) {
			loads++
			other := "/assets/" + string(m[1])
			if files[other] == nil {
				t.Errorf("%s loads %s, which is not there", name, other)
			}
			used[other] = true
		}
	}
	if loads < 20 {
		t.Errorf("scripts load only %d others: the test reads them wrongly", loads)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !used[name] {
			t.Errorf("%s is built, and nothing loads it", name)
		}
	}
}

// TestFiles: each file comes whole, with its kind, its own digest, and how long it
// may be kept.
func TestFiles(t *testing.T) {
	kinds := map[string]string{".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
	tags := map[string]string{}
	for name, want := range dist(t) {
		path, kept := name, "no-cache"
		if name == "/index.html" {
			path = "/"
		}
		if strings.HasPrefix(name, "/assets/") {
			kept = "public, max-age=31536000, immutable"
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := ask(method, path)
			got := body(t, r)
			if method == http.MethodHead {
				if len(got) > 0 || r.ContentLength != int64(len(want)) && r.Header.Get("Content-Length") == "" {
					t.Errorf("HEAD %s: %d bytes", path, len(got))
				}
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, want %d", path, len(got), len(want))
			}
			if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != kept || !strings.HasPrefix(r.Header.Get("Content-Type"), kinds[name[strings.LastIndexByte(name, '.'):]]) {
				t.Errorf("%s %s: %d %v", method, path, r.StatusCode, r.Header)
			}
			tags[name] = r.Header.Get("ETag")
		}
		if r := ask(http.MethodGet, path, "If-None-Match", tags[name]); r.StatusCode != http.StatusNotModified || len(body(t, r)) > 0 {
			t.Errorf("%s, had already: %d", path, r.StatusCode)
		}
		if r := ask(http.MethodGet, path, "If-None-Match", `"other"`); r.StatusCode != http.StatusOK {
			t.Errorf("%s, had another: %d", path, r.StatusCode)
		}
	}
	if list := slices.Sorted(maps.Values(tags)); len(slices.Compact(list)) != len(tags) || list[0] == "" {
		t.Errorf("files share ETags: %v", tags)
	}
}

// TestRanges: a part of a file is that part; a part that is not there is refused, and
// the refusal is not kept for a year.
func TestRanges(t *testing.T) {
	want := dist(t)["/icon.svg"]
	r := ask(http.MethodGet, "/icon.svg", "Range", "bytes=2-5")
	if got := body(t, r); r.StatusCode != http.StatusPartialContent || !bytes.Equal(got, want[2:6]) {
		t.Errorf("%d %q", r.StatusCode, got)
	}
	for name := range dist(t) {
		if strings.HasPrefix(name, "/assets/") {
			r := ask(http.MethodGet, name, "Range", "bytes=999999999-")
			if r.StatusCode != http.StatusRequestedRangeNotSatisfiable || r.Header.Get("Cache-Control") != "" || r.Header.Get("ETag") != "" {
				t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
			}
		}
	}
}

// TestPaths: places on the page get its shell, also those that look like files; of
// assets only what is there is given; no path leads out of dist.
func TestPaths(t *testing.T) {
	shell := dist(t)["/index.html"]
	asset := ""
	for name := range dist(t) {
		if strings.HasPrefix(name, "/assets/") {
			asset = max(asset, name)
		}
	}
	for _, path := range []string{"/", "", "/trail/bybit-2025", "/address/0xabc.eth", "/assets", "//", "/index.htm", "/a/b/c/", "/%2e%2e/x", "/web.go", "/dist/index.html/x", "/\x00", "/ä/日", strings.Repeat("/x", 2000)} {
		if r := ask(http.MethodGet, path); r.StatusCode != http.StatusOK || !bytes.Equal(body(t, r), shell) || r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%.40q: %d %v", path, r.StatusCode, r.Header)
		}
	}
	for _, path := range []string{"/assets/nothing.js", "/assets/main-.js", "/assets//nothing", "/assets/x/../nothing.css", "//assets/gone.js", "/assets/main.js/x"} {
		if r := ask(http.MethodGet, path); r.StatusCode != http.StatusNotFound || strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%q: %d %v", path, r.StatusCode, r.Header)
		}
	}
	for _, path := range []string{"/../web.go", "/assets/../../web.go", "/..", "/assets/..", "/x/.." + asset, asset + "/..", asset + "/../../../web.go", `/..\web.go`} {
		r := ask(http.MethodGet, path)
		got := body(t, r)
		if r.StatusCode == http.StatusOK && !bytes.Equal(got, shell) {
			t.Errorf("%q gives %d bytes", path, len(got))
		}
		if r.StatusCode != http.StatusOK && strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%q: %d is kept for a year", path, r.StatusCode)
		}
	}
	if r := ask(http.MethodGet, "/index.html"); r.StatusCode != http.StatusMovedPermanently || r.Header.Get("Location") != "./" {
		t.Errorf("/index.html: %d to %q", r.StatusCode, r.Header.Get("Location"))
	}
}

// TestMethods: the page is only read.
func TestMethods(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace, "FROB"} {
		for _, path := range []string{"/", "/icon.svg", "/assets/nothing.js"} {
			if r := ask(method, path); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" || r.Header.Get("Cache-Control") != "" {
				t.Errorf("%s %s: %d %v", method, path, r.StatusCode, r.Header)
			}
		}
	}
}
