package api

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func newServer(t *testing.T, o Options) *Server {
	t.Helper()
	o.Tool, o.Version, o.Go = "coldtrail devel", "devel", "go"
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	testOf.Store(s, t)
	t.Cleanup(func() {
		testOf.Delete(s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask makes one request, with headers as "Name: value"; Host is special.
func ask(s *Server, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8788"
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	described(s, method, path, w)
	return w
}

// TestForeignRequests: a page elsewhere can reach a local port; it must get nothing.
func TestForeignRequests(t *testing.T) {
	open := newServer(t, Options{Page: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {})})
	fixed := newServer(t, Options{Hosts: []string{"127.0.0.1:8788"}})
	secret := newServer(t, Options{Token: "0123456789abcdef"})
	for _, c := range []struct {
		name, path string
		s          *Server
		headers    []string
		want       int
	}{
		{"a program", "/api/v1/about", open, nil, 200},
		{"localhost", "/api/v1/about", open, []string{"Host: localhost:1"}, 200},
		{"IPv6", "/api/v1/about", open, []string{"Host: [::1]:9"}, 200},
		{"rebinding", "/api/v1/about", open, []string{"Host: attacker.example:8788"}, 421},
		{"a name that begins as ours", "/api/v1/about", open, []string{"Host: 127.0.0.1.attacker.example"}, 421},
		{"another port", "/api/v1/about", fixed, []string{"Host: 127.0.0.1:80"}, 421},
		{"our page", "/api/v1/about", open, []string{"Origin: http://127.0.0.1:8788", "Sec-Fetch-Site: same-origin"}, 200},
		{"another site", "/api/v1/about", open, []string{"Origin: https://attacker.example"}, 403},
		{"another local port", "/api/v1/about", open, []string{"Origin: http://127.0.0.1:3000", "Sec-Fetch-Site: same-site"}, 403},
		{"a sandboxed frame", "/api/v1/about", open, []string{"Origin: null"}, 403},
		{"a script tag elsewhere", "/api/v1/about", open, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, 403},
		{"a link elsewhere to a page", "/", open, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"}, 200},
		{"a link elsewhere to data", "/api/v1/about", open, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"}, 403},
		{"no token", "/api/v1/about", secret, nil, 401},
		{"wrong token", "/api/v1/about", secret, []string{"Authorization: Bearer 0123456789abcdeg"}, 401},
		{"token", "/api/v1/about", secret, []string{"Authorization: Bearer 0123456789abcdef"}, 200},
		{"token by cookie", "/api/v1/about", secret, []string{"Cookie: coldtrail-token=" + secret.pass()}, 200},
	} {
		w := ask(c.s, "GET", c.path, "", c.headers...)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.want, w.Body)
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") {
			t.Errorf("%s: policy %q", c.name, got)
		}
	}
}

// TestOpenAPIFile holds the committed description to the program: write it again
// with COLDTRAIL_WRITE=1.
func TestOpenAPIFile(t *testing.T) {
	got, err := newServer(t, Options{}).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("COLDTRAIL_WRITE") != "" {
		if err := os.WriteFile("openapi.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("openapi.json is not what the program describes; run: COLDTRAIL_WRITE=1 go test ./api -run OpenAPIFile, and read the difference")
	}
}
