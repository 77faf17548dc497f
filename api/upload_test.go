package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
)

// endless is a body without an end; it counts what was read of it.
type endless struct {
	head io.Reader
	fill byte
	most int64
	read int64
}

func (e *endless) Read(b []byte) (int, error) {
	if e.most > 0 && e.read >= e.most {
		return 0, io.EOF
	}
	n, _ := e.head.Read(b)
	if n == 0 {
		for i := range b {
			b[i] = e.fill
		}
		n = len(b)
	}
	e.read += int64(n)
	return n, nil
}

const partHead = "--m\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.csv\"\r\n\r\n"

// TestUploadOfAGigabyte: refused by its length before a byte is read, and without a
// length at the limit of a file; neither memory nor disk keep any of it.
func TestUploadOfAGigabyte(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, Options{Made: dir})
	upload := func(length int64, body *endless) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", Prefix+"/cases/preview", body)
		r.Host, r.ContentLength = "127.0.0.1:1", length
		r.Header.Set("Content-Type", "multipart/form-data; boundary=m")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stated := &endless{head: strings.NewReader(partHead), fill: 'a'}
	if w := upload(1<<30, stated); w.Code != 413 || stated.read > 0 || !strings.Contains(w.Body.String(), "coldtrail ingest") {
		t.Errorf("status %d after %d bytes: %s", w.Code, stated.read, w.Body)
	}
	chunked := &endless{head: strings.NewReader(partHead), fill: 'a'}
	if w := upload(-1, chunked); w.Code != 413 || chunked.read > fileLimit+1<<20 {
		t.Errorf("status %d after %d bytes: %s", w.Code, chunked.read, w.Body)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 16<<20 {
		t.Errorf("%d MiB were allocated for what was refused", grown>>20)
	}
	if n := sizeOf(os.DirFS(dir), "."); n > 0 {
		t.Errorf("%d bytes stayed on disk", n)
	}
}

// TestPackedBomb: a small file that unpacks to more than an upload may have.
func TestPackedBomb(t *testing.T) {
	var bomb bytes.Buffer
	bomb.WriteString(partHead)
	z, _ := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	if _, err := io.Copy(z, &endless{head: strings.NewReader(""), fill: ' ', most: uploadLimit + 1<<20}); err != nil {
		t.Fatal(err)
	}
	z.Close()
	bomb.WriteString("\r\n--m--\r\n")
	w := ask(newServer(t, Options{}), "POST", Prefix+"/cases/preview", bomb.String(), "Content-Type: multipart/form-data; boundary=m")
	if w.Code != 413 || !strings.Contains(w.Body.String(), "unpacked") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// TestBrokenUpload: a client that vanishes in the middle leaves nothing.
func TestBrokenUpload(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, Options{Made: dir})
	w := ask(s, "POST", Prefix+"/cases", partHead+"half a li", "Content-Type: multipart/form-data; boundary=m")
	if w.Code != 400 || !strings.Contains(w.Body.String(), "broke off") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if entries, _ := fs.ReadDir(os.DirFS(dir), "."); len(entries) > 0 {
		t.Errorf("%v stayed", entries)
	}
}
