package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"mime"
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
		policies(w.Header())
		switch {
		case !s.ownHost(r.Host):
			refuse(w, problem(http.StatusMisdirectedRequest, "this server does not answer for the host "+quoted(r.Host), "open it by the address that it printed at its start"))
		case !s.ownOrigin(r):
			refuse(w, problem(http.StatusForbidden, "the request comes from another site", "requests are taken from this page and from programs, which send no Origin"))
		case s.enters(w, r):
		case !s.knows(r):
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, problem(http.StatusUnauthorized, "the token is missing or wrong", "send Authorization: Bearer TOKEN, or open /?token=TOKEN once in a browser"))
		case !plainBody(r):
			refuse(w, problem(http.StatusUnsupportedMediaType, "the content type "+quoted(r.Header.Get("Content-Type"))+" is not taken here", "send application/json; files as multipart/form-data to POST /api/v1/cases"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// policies are the headers of every answer.
func policies(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
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

// knows reports whether a request carries the token, if one is asked for.
func (s *Server) knows(r *http.Request) bool {
	if s.o.Token == "" {
		return true
	}
	if given := r.Header.Get("Authorization"); given != "" {
		scheme, token, _ := strings.Cut(given, " ")
		return strings.EqualFold(scheme, "Bearer") && sameSecret(token, s.o.Token)
	}
	c, err := r.Cookie(tokenCookie)
	return err == nil && sameSecret(c.Value, s.pass())
}

// pass is what the cookie has instead of the token: it opens the page, fits into a
// cookie whatever the token is, and does not tell it to other servers on other ports
// of this host, to which browsers send the cookie, too.
func (s *Server) pass() string {
	sum := sha256.Sum256([]byte("coldtrail page\n" + s.o.Token))
	return hex.EncodeToString(sum[:])
}

// enters takes the token from the address of a page, once: it sets the cookie and
// sends the reader on to the same address without it, so that it stays in no history.
func (s *Server) enters(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	given, ok := q["token"]
	if !ok || r.Method != http.MethodGet || strings.HasPrefix(r.URL.Path, Prefix) {
		return false
	}
	if s.o.Token != "" {
		if !sameSecret(given[0], s.o.Token) {
			return false
		}
		http.SetCookie(w, &http.Cookie{Name: tokenCookie, Value: s.pass(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	q.Del("token")
	to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/\\"), RawQuery: q.Encode()}
	w.Header().Set("Location", to.String())
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return true
}

// sameSecret compares what was given with a secret in the same time for every wrong one.
func sameSecret(given, secret string) bool {
	want, got := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// plainBody reports whether a request that changes something has a body of a kind
// that an HTML form elsewhere cannot send without asking, or is an upload.
func plainBody(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.ContentLength == 0 {
		return true
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/json" || kind == "multipart/form-data" && uploads[r.URL.Path]
}

// quoted shows a text from outside in an error: short, without control characters.
func quoted(s string) string {
	if len(s) > 100 {
		s = s[:100] + "..."
	}
	b, _ := json.Marshal(s)
	return string(b)
}
