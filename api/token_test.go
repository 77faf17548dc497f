package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestTokensOfAnyText: a token may have characters that a cookie cannot; the cookie
// opens the page and does not tell the token.
func TestTokensOfAnyText(t *testing.T) {
	const token = `é;"0123 456,789ab`
	s := newServer(t, Options{Token: token, Page: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {})})
	w := ask(s, "GET", "/?token=%C3%A9%3B%220123+456%2C789ab", "")
	c := w.Result().Cookies()
	if w.Code != 303 || len(c) != 1 || strings.Contains(c[0].Value, "0123") || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("%d %v", w.Code, c)
	}
	if got := ask(s, "GET", "/", "", "Cookie: "+c[0].Name+"="+c[0].Value).Code; got != 200 {
		t.Errorf("with the cookie: %d", got)
	}
	if got := ask(s, "GET", Prefix+"/about", "", "Authorization: bearer "+token).Code; got != 200 {
		t.Errorf("with the token: %d", got)
	}
	if got := ask(s, "GET", Prefix+"/about", "", "Authorization: Bearer "+c[0].Value).Code; got != 401 {
		t.Errorf("the cookie as a token: %d", got)
	}
}
