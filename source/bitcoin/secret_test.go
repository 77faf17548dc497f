package bitcoin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestNoPasswordInErrors: the password and key in a node's address are used, and
// stand in no error.
func TestNoPasswordInErrors(t *testing.T) {
	var user, password, path string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		path = r.URL.Path
		w.WriteHeader(http.StatusForbidden)
	}))
	base := strings.Replace(srv.URL, "://", "://ann:secret@", 1) + "/key"
	ask := func() error {
		c, err := newRPC(base, NodeOptions{Tries: 1})
		if err != nil {
			t.Fatal(err)
		}
		var out any
		return c.call(t.Context(), &out, "getblockhash", 1)
	}
	refused := ask()
	if user != "ann" || password != "secret" || path != "/key" {
		t.Errorf("asked as %q with %q at %q", user, password, path)
	}
	srv.Close()
	down := ask()
	_, bad := newRPC("ftp://ann:secret@host/key", NodeOptions{})
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"result":%q,"error":null,"id":1}`, strings.Repeat("0", 64))
	}))
	t.Cleanup(wrong.Close)
	_, other := OpenNode(t.Context(), strings.Replace(wrong.URL, "://", "://ann:secret@", 1)+"/key", NodeOptions{Tries: 1})
	for _, err := range []error{refused, down, bad, other} {
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "/key") {
			t.Errorf("an error that tells: %v", err)
		}
	}
}
