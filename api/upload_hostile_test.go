package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// parts writes an upload: "case=TEXT" and "question=TEXT" are texts, what else has a
// name before the = is a file.
func parts(list ...string) (body, contentType string) {
	var b strings.Builder
	for _, p := range list {
		name, text, _ := strings.Cut(p, "=")
		if name == "case" || name == "question" {
			b.WriteString("--m\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + text + "\r\n")
			continue
		}
		b.WriteString("--m\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + text + "\r\n")
	}
	return b.String() + "--m--\r\n", "Content-Type: multipart/form-data; boundary=m"
}

func packed(t *testing.T, n int64) string {
	t.Helper()
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if _, err := io.Copy(z, &endless{head: strings.NewReader(""), fill: '\n', most: n}); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return b.String()
}

const textCase = "case=version: coldtrail/case/v1\ntitle: x\nledgers:\n"

// TestHostileUploads: no path leaves the folder of the upload, what is named twice is
// refused, and files that are small only until they are read are refused, too. None
// is a defect of ours, and nothing stays on disk.
func TestHostileUploads(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(outside, []byte("ledger x:1 account native EUR\nasset EUR EUR decimals 2\nm A > SECRET 5 EUR\ntheft T m\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const ledger = "l.txt=ledger x:1 account native EUR\nasset EUR EUR decimals 2\nm A > B 5 EUR\ntheft T m\n"
	half := packed(t, uploadLimit/2+1<<20)
	var often strings.Builder
	for i := range 400 {
		fmt.Fprintf(&often, "  - {id: 'bank:b%d', path: big.txt, format: swift}\n", i)
	}
	for _, c := range []struct {
		name  string
		parts []string
		want  int
		has   string
	}{
		{"a path above", []string{textCase + "  - {path: ../secret.txt, format: text}\n", ledger}, 422, "leaves the folder"},
		{"an absolute path", []string{textCase + "  - {path: " + outside + ", format: text}\n", ledger}, 422, "leaves the folder"},
		{"a path above in the middle", []string{textCase + "  - {path: a/../../secret.txt, format: text}\n", ledger}, 422, "leaves the folder"},
		{"a name above", []string{textCase + "  - {path: secret.txt, format: text}\n", "../../secret.txt=ledger x:1 account native EUR\nm A > B 5\n"}, 422, ""},
		{"a name with a hidden folder", []string{textCase + "  - {path: l.txt, format: text}\n", ".hidden=x"}, 422, "cannot be called"},
		{"the case file as a file", []string{textCase + "  - {path: CASE.yaml, format: text}\n", "CASE.yaml=x"}, 422, "cannot be called"},
		{"another case of ours", []string{textCase + "  - {path: made-0123/l.txt, format: text}\n"}, 422, "was not sent"},
		{"the case file as a folder", []string{textCase + "  - {path: case.yaml/l.txt, format: text}\n", ledger}, 422, "case.yaml"},
		{"a file as a folder", []string{textCase + "  - {path: l.txt/l2.txt, format: text}\n  - {path: l.txt, format: text}\n", ledger, "l2.txt=x"}, 422, "l.txt"},
		{"one file under two paths", []string{textCase + "  - {path: a/l.txt, format: text}\n  - {path: b/l.txt, format: text}\n", ledger}, 422, "one file l.txt was sent"},
		{"a path as deep as can be", []string{textCase + "  - {path: " + strings.Repeat("a/", 3000) + "l.txt, format: text}\n", ledger}, 422, "can stand at"},
		{"many small bombs", []string{textCase + "  - {path: a.txt, format: text}\n", "a.txt=" + half, "b.txt=" + half}, 413, "unpacked"},
		{"one file read often", []string{textCase + often.String(), "big.txt=" + strings.Repeat("x", 1<<20)}, 413, "read"},
		{"too many lines", []string{textCase + "  - {path: a.txt, format: text}\n", "a.txt=" + strings.Repeat("\n", madeLines+1)}, 413, "lines"},
		{"a case file of megabytes", []string{textCase + "  - {path: l.txt, format: text}\n#" + strings.Repeat("x", caseLimit), ledger}, 413, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := newServer(t, Options{Made: dir})
			body, kind := parts(c.parts...)
			w := ask(s, "POST", Prefix+"/cases", body, kind)
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.has) || strings.Contains(w.Body.String(), "SECRET") || strings.Contains(w.Body.String(), dir) {
				t.Errorf("status %d, want %d with %q: %.600s", w.Code, c.want, c.has, w.Body)
			}
			if entries, _ := fs.ReadDir(os.DirFS(dir), "."); len(entries) > 0 {
				t.Errorf("%v stayed", entries)
			}
		})
	}
}

// TestNamesOfMadeCases: they are long enough that nobody makes two cases of one name,
// the second of which would be answered with the first.
func TestNamesOfMadeCases(t *testing.T) {
	s := newServer(t, Options{})
	body, kind := parts(textCase+"  - {path: l.txt, format: text}\n", "l.txt=ledger x:1 account native EUR\nasset EUR EUR decimals 2\nm A > B 5 EUR\ntheft T m\n")
	w := ask(s, "POST", Prefix+"/cases", body, kind)
	_, name, _ := strings.Cut(w.Body.String(), `"name":"made-`)
	name, _, _ = strings.Cut(name, `"`)
	if w.Code != 201 || len(name) < 24 {
		t.Errorf("status %d, %q: %.200s", w.Code, name, w.Body)
	}
}

// TestUploadsWaitWithTheirFiles: while heavy work keeps uploads waiting, no more are
// taken than the disk was promised.
func TestUploadsWaitWithTheirFiles(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, Options{Made: dir})
	for range cap(s.heavy) {
		s.heavy <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	codes := make(chan int, 10)
	for range 10 {
		all.Go(func() {
			body, kind := parts("rows.csv=a,b\n1,2\n")
			r := httptest.NewRequestWithContext(ctx, "POST", Prefix+"/cases/preview", strings.NewReader(body))
			r.Host = "127.0.0.1:1"
			r.Header.Set("Content-Type", strings.TrimPrefix(kind, "Content-Type: "))
			w := httptest.NewRecorder()
			defer func() { _ = recover() }() // the reader has gone
			s.Handler().ServeHTTP(w, r)
			codes <- w.Code
		})
	}
	refused := 0
	for refused < 8 {
		select {
		case c := <-codes:
			if c != 503 {
				t.Errorf("status %d", c)
			}
			refused++
		case <-time.After(5 * time.Second):
			entries, _ := fs.ReadDir(os.DirFS(dir), ".")
			t.Errorf("%d uploads wait with their files", len(entries))
			refused = 8
		}
	}
	cancel()
	all.Wait()
}
