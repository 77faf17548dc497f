package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tokenCookie carries the token for a page, which cannot set headers on its own
// requests for scripts and pictures.
const tokenCookie = "coldtrail-token"

// policy is the Content Security Policy of every answer: nothing from elsewhere,
// no inline script or style, no frame around us.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guarded keeps out requests that are not a reader's own: those to another host
// name (DNS rebinding), those from another site, and those without the token.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		switch {
		case !s.ownHost(r.Host):
			refuse(w, http.StatusMisdirectedRequest, "this server does not answer for the host "+quoted(r.Host), "open it by the address that it printed at its start")
		case !s.ownOrigin(r):
			refuse(w, http.StatusForbidden, "the request comes from another site", "requests are taken from this page and from programs, which send no Origin")
		case !s.knows(r):
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "the token is missing or wrong", "send Authorization: Bearer TOKEN, or open /?token=TOKEN once in a browser")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// ownHost reports whether a Host header names us. A name that only resolves to us
// is not ours: that is how a foreign page reaches a local server.
func (s *Server) ownHost(host string) bool {
	if len(s.o.Hosts) > 0 {
		return slices.Contains(s.o.Hosts, strings.ToLower(host))
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// ownOrigin reports whether a request was made by our page or by a program. Any
// Origin but our own is foreign; so is what a browser says comes from another site.
func (s *Server) ownOrigin(r *http.Request) bool {
	if o := r.Header.Get("Origin"); o != "" {
		u, err := url.Parse(o)
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, r.Host)
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	case "cross-site", "same-site":
		// Following a link from elsewhere to a page of ours shows it and changes nothing.
		return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && !strings.HasPrefix(r.URL.Path, Prefix)
	}
	return false
}

// knows reports whether a request carries the token, if one is asked for. The
// comparison takes the same time for every wrong one.
func (s *Server) knows(r *http.Request) bool {
	if s.o.Token == "" {
		return true
	}
	given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if c, err := r.Cookie(tokenCookie); given == "" && err == nil {
		given = c.Value
	}
	want, got := sha256.Sum256([]byte(s.o.Token)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// refuse answers with a problem (RFC 9457) before any operation is reached.
func refuse(w http.ResponseWriter, status int, detail, hint string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail, "hint": hint})
}

// quoted shows a text from outside in an error: short, without control characters.
func quoted(s string) string {
	if len(s) > 100 {
		s = s[:100] + "..."
	}
	b, _ := json.Marshal(s)
	return string(b)
}
