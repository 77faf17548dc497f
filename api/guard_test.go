package api

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
	"github.com/coldtrail/coldtrail/guard/replay"
)

// TestGuardExamples asks what the page offers to try; the verdict must be the one
// that the guard gives when it is asked directly, and be told in words.
func TestGuardExamples(t *testing.T) {
	s := newServer(t, Options{})
	for _, e := range answer[[]GuardExample](t, s, "/guard/examples", 200) {
		body, err := json.Marshal(CheckQuestion{Policy: e.Policy, Over: e.Over, Request: e.Request})
		if err != nil {
			t.Fatal(err)
		}
		w := ask(s, "POST", Prefix+"/guard/check", string(body), "Content-Type: application/json")
		if w.Code != 200 {
			t.Fatalf("%s: %d %s", e.Name, w.Code, w.Body)
		}
		var got struct {
			Verdict struct {
				Decision guard.Decision
				Decoded  struct{ Effects []json.RawMessage }
			}
			Screen, Order string
			Headlines     []string
			Does, Meant   []string
			Groups        []DigestGroups
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		base, err := guard.Builtin(e.Policy)
		if err != nil {
			t.Fatal(err)
		}
		p, err := base.With([]byte(e.Over))
		if err != nil {
			t.Fatal(err)
		}
		r, err := guard.ReadRequest(e.Request)
		if err != nil {
			t.Fatal(err)
		}
		want := guard.New(p, nil).Check(t.Context(), r)
		if got.Verdict.Decision != want.Decision || got.Order != want.Decision.Order() || !strings.Contains(got.Screen, got.Order) || len(got.Groups) != len(want.Digests) {
			t.Errorf("%s: %s, want %s\n%s", e.Name, got.Verdict.Decision, want.Decision, got.Screen)
		}
		if len(got.Does) != len(got.Verdict.Decoded.Effects) || (r.Intent != nil) != (len(got.Meant) > 0) || (want.Decision == guard.Deny) != (len(got.Headlines) > 0 && strings.HasPrefix(got.Order, "DENY")) {
			t.Errorf("%s: told as %q, %q, %q", e.Name, got.Headlines, got.Does, got.Meant)
		}
	}
}

func TestGuardRefuses(t *testing.T) {
	s := newServer(t, Options{})
	for name, body := range map[string]string{
		"half JSON":       `{"request":{"wallet":"w"`,
		"no policy":       `{"policy":"kind","request":{"wallet":"w","kind":"safe_tx","payload":{}}}`,
		"a key twice":     `{"request":{"wallet":"w","wallet":"x","kind":"safe_tx","payload":{}}}`,
		"no YAML":         `{"over":"\t:","request":{"wallet":"w","kind":"safe_tx","payload":{}}}`,
		"receipt, no log": `{"receipt":true,"request":{"wallet":"w","kind":"safe_tx","payload":{}}}`,
	} {
		w := ask(s, "POST", Prefix+"/guard/check", body, "Content-Type: application/json")
		if w.Code < 400 || w.Code > 499 || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := ask(s, "POST", Prefix+"/guard/check", `{}`, "Content-Type: text/plain"); w.Code == 200 {
		t.Errorf("a form can send text/plain; it was taken: %d", w.Code)
	}
}

// TestGuardLargeBody: a transaction as large as the guard takes reaches it.
func TestGuardLargeBody(t *testing.T) {
	s := newServer(t, Options{})
	body := func(n int) string {
		return `{"policy":"baseline","request":{"wallet":"w","kind":"psbt","payload":{"psbt":"` + strings.Repeat("A", n) + `"}}}`
	}
	if w := ask(s, "POST", Prefix+"/guard/check", body(5<<20), "Content-Type: application/json"); w.Code != 200 || !strings.Contains(w.Body.String(), `"decision":"hold"`) {
		t.Errorf("5 MiB: %d %.300s", w.Code, w.Body)
	}
	if w := ask(s, "POST", Prefix+"/guard/check", body(9<<20), "Content-Type: application/json"); w.Code != 413 {
		t.Errorf("9 MiB: %d %.300s", w.Code, w.Body)
	}
}

// TestReplay: the API's replay is the command's, and the deny of the displayed
// proposal stands ahead of the theft.
func TestReplay(t *testing.T) {
	s := newServer(t, Options{})
	a := answer[struct {
		Header  replay.Head
		Rows    []struct{ Label replay.Label }
		Summary replay.Sum
		Meant   struct{ To string }
	}](t, s, "/guard/replay", 200)
	if a.Summary.FalseDenies != 0 || a.Summary.Ahead != 8*3600+30*60+55 || a.Meant.To == "" || len(a.Rows) < 70 {
		t.Errorf("%+v, %d rows", a.Summary, len(a.Rows))
	}
	if w := ask(s, "GET", Prefix+"/guard/replay?case=none", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "dmm-2024") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestReceiptsLog: checks leave receipts, the page reads them last first, and a
// changed log says where it does not hold.
func TestReceiptsLog(t *testing.T) {
	dir := t.TempDir()
	key, file := filepath.Join(dir, "key"), filepath.Join(dir, "log")
	if _, err := receipt.WriteKey(key, "test"); err != nil {
		t.Fatal(err)
	}
	signer, verifier, err := receipt.ReadKey(key)
	if err != nil {
		t.Fatal(err)
	}
	log, _, err := receipt.Open(file, signer, verifier)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s := newServer(t, Options{Receipts: &Receipts{File: file, Key: verifier, Log: log}})
	if a := answer[ReceiptsAnswer](t, s, "/guard/receipts", 200); !a.Open || a.Total != 0 {
		t.Errorf("an empty log: %+v", a)
	}
	for i := range 3 {
		body := fmt.Sprintf(`{"policy":"baseline","receipt":true,"request":{"request_id":"r%d","wallet":"w","kind":"transfer","payload":{"to":"x"}}}`, i)
		if w := ask(s, "POST", Prefix+"/guard/check", body, "Content-Type: application/json"); w.Code != 200 || !strings.Contains(w.Body.String(), `"receipt":"sha256:`) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	a := answer[ReceiptsAnswer](t, s, "/guard/receipts?limit=2", 200)
	if a.Total != 3 || len(a.Records) != 2 || a.Records[0].Seq != 3 || a.Records[0].Decision != "hold" || a.Fault != "" {
		t.Errorf("%+v", a)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "hold", "allow", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := answer[ReceiptsAnswer](t, s, "/guard/receipts", 200); a.Fault == "" {
		t.Error("a changed log is called whole")
	}
}

func TestTags(t *testing.T) {
	s := newServer(t, Options{})
	a := answer[TagsAnswer](t, s, "/tags?subject=0xd90e2f925da726b50c4ed8d0fb90ad053324f31b", 200)
	if len(a.Records) == 0 || len(a.Stops) == 0 || !a.Stops[0].Stops || len(a.Books) != 1 {
		t.Errorf("Tornado's router: %+v", a)
	}
	if a := answer[TagsAnswer](t, s, "/tags?subject=0xD90e2f925da726b50c4ed8d0fb90ad053324f31B", 200); a.Fault == "" {
		t.Error("a wrong checksum is not said")
	}
	if a := answer[TagsAnswer](t, s, "/tags?subject=%3Cscript%3E", 200); len(a.Records) != 0 || a.Subject != "<script>" {
		t.Errorf("%+v", a)
	}
}

// docLinks gathers where a document leads.
func docLinks(tree []DocNode) (out []string) {
	for _, n := range tree {
		if n.To != "" {
			out = append(out, n.To)
		}
		out = append(out, docLinks(n.Children)...)
	}
	return out
}

func TestDocs(t *testing.T) {
	s := newServer(t, Options{})
	all := answer[[]DocPage](t, s, "/docs", 200)
	if len(all) < 20 || all[0].Path != "tour" {
		t.Fatalf("%d documents, the first is %s", len(all), all[0].Path)
	}
	for _, p := range all {
		d := answer[DocText](t, s, "/docs/page?path="+p.Path, 200)
		if d.Title == "" || !strings.HasPrefix(d.Markdown, "# ") || d.Tree[0].Type != "heading" || d.Tree[0].Level != 1 {
			t.Errorf("%s has no title", p.Path)
		}
		for _, link := range docLinks(d.Tree) {
			if path, ok := strings.CutPrefix(link, "/docs/"); ok {
				path, _, _ = strings.Cut(path, "#")
				if w := ask(s, "GET", Prefix+"/docs/page?path="+path, ""); w.Code != 200 {
					t.Errorf("%s links to %s, which is not there", p.Path, link)
				}
			}
		}
	}
	if h := answer[DocHits](t, s, "/docs/search?q=minimum+cut", 200); h.Total == 0 || h.Records[0].Title == "" {
		t.Errorf("%+v", h)
	}
	for _, bad := range []string{"/docs/page?path=../go", "/docs/img/..%2Ftour.md", "/docs/search?q=a"} {
		if w := ask(s, "GET", Prefix+bad, ""); w.Code < 400 || w.Code > 499 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}
