package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// holdAtMost is how much of an answer is held back to give it a digest. What is
// longer goes on as a stream, without one.
const holdAtMost = 4 << 20

// zipFrom is the length from which an answer is compressed: below it the packet
// that it fits in is sent anyway.
const zipFrom = 1400

// answered gives answers their ETag, a digest of the body, answers 304 where the
// reader has it, and compresses what is text. Event streams pass untouched.
func answered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &reply{ResponseWriter: w, r: r, status: http.StatusOK, zips: takesGzip(r)}
		if in := r.Header.Get("If-None-Match"); in != "" {
			a.has = in
			// A handler with tags of its own knows them without our suffix.
			r.Header.Set("If-None-Match", strings.ReplaceAll(in, zipped+`"`, `"`))
		}
		w.Header().Add("Vary", "Accept-Encoding")
		next.ServeHTTP(a, r)
		a.end()
	})
}

// zipped marks the tag of a compressed answer: its bytes differ, so must its tag.
const zipped = "-gz"

func zippedTag(tag string) string { return strings.TrimSuffix(tag, `"`) + zipped + `"` }

// reply is an answer on its way: held back, then sent whole or as a stream.
type reply struct {
	http.ResponseWriter
	r      *http.Request
	status int
	zips   bool // the reader takes gzip
	// has are the tags that the reader has, of which a 304 repeats the right one.
	has string

	decided bool // status and headers are known
	passing bool // headers are sent
	held    *bytes.Buffer
	gz      *gzip.Writer
}

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return z }}
)

// Unwrap lets http.ResponseController reach the connection.
func (a *reply) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader takes the status; it is sent with the first bytes that go out.
func (a *reply) WriteHeader(status int) {
	if a.decided || status < http.StatusOK {
		if status < http.StatusOK {
			a.ResponseWriter.WriteHeader(status)
		}
		return
	}
	a.decided, a.status = true, status
	if status >= http.StatusBadRequest && a.Header().Get("Cache-Control") == "" {
		a.Header().Set("Cache-Control", "no-store") // the framework's own problems say nothing of it
	}
	switch {
	case status == http.StatusNoContent, status == http.StatusNotModified, status == http.StatusPartialContent, !isText(a.Header().Get("Content-Type")):
		a.pass(false)
	default:
		a.held = buffers.Get().(*bytes.Buffer)
		a.held.Reset()
	}
}

// Write holds bytes back or passes them on.
func (a *reply) Write(b []byte) (int, error) {
	if !a.decided {
		a.WriteHeader(http.StatusOK)
	}
	if !a.passing {
		if a.held.Len()+len(b) <= holdAtMost {
			return a.held.Write(b)
		}
		if err := a.stream(); err != nil {
			return 0, err
		}
	}
	if a.gz != nil {
		return a.gz.Write(b)
	}
	return a.ResponseWriter.Write(b)
}

// Flush makes a stream of an answer and sends what there is.
func (a *reply) Flush() {
	if !a.decided {
		a.WriteHeader(http.StatusOK)
	}
	if !a.passing && a.stream() != nil {
		return
	}
	if a.gz != nil {
		_ = a.gz.Flush() // a lost reader shows at the next write
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// pass sends the headers, compressed or not from here on.
func (a *reply) pass(zip bool) {
	a.passing = true
	h := a.Header()
	if tag := zippedTag(h.Get("ETag")); a.status == http.StatusNotModified && has(a.has, tag) && a.has != "*" {
		h.Set("ETag", tag)
	}
	if zip {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		h.Del("Accept-Ranges")
		if tag := h.Get("ETag"); tag != "" {
			h.Set("ETag", zippedTag(tag))
		}
		a.gz = zippers.Get().(*gzip.Writer)
		a.gz.Reset(a.ResponseWriter)
	}
	a.ResponseWriter.WriteHeader(a.status)
}

// stream sends what was held and stops holding.
func (a *reply) stream() error {
	if a.Header().Get("Cache-Control") == "" {
		a.Header().Set("Cache-Control", "private, no-cache")
	}
	a.pass(a.zips && a.Header().Get("Content-Encoding") == "")
	return a.sendHeld()
}

func (a *reply) sendHeld() error {
	held := a.held
	a.held = nil
	var err error
	if a.gz != nil {
		_, err = a.gz.Write(held.Bytes())
	} else {
		_, err = a.ResponseWriter.Write(held.Bytes())
	}
	if held.Cap() <= 1<<20 {
		buffers.Put(held)
	}
	return err
}

// end sends what was held, with its digest, or says that the reader has it.
func (a *reply) end() {
	if !a.decided {
		a.WriteHeader(http.StatusOK)
	}
	if a.passing {
		a.close()
		return
	}
	h := a.Header()
	zip := a.zips && a.held.Len() >= zipFrom && h.Get("Content-Encoding") == ""
	if a.status == http.StatusOK && (a.r.Method == http.MethodGet || a.r.Method == http.MethodHead) && h.Get("ETag") == "" && h.Get("Cache-Control") != "no-store" {
		sum := sha256.Sum256(a.held.Bytes())
		tag := `"` + hex.EncodeToString(sum[:16]) + `"`
		h.Set("ETag", tag)
		if h.Get("Cache-Control") == "" {
			h.Set("Cache-Control", "private, no-cache")
		}
		if has(a.r.Header.Get("If-None-Match"), tag) {
			h.Del("Content-Type")
			h.Del("Content-Length")
			a.status = http.StatusNotModified
			a.pass(false)
			return
		}
	}
	if !zip {
		h.Set("Content-Length", strconv.Itoa(a.held.Len()))
	}
	a.pass(zip)
	_ = a.sendHeld() // whoever does not read it has gone
	a.close()
}

func (a *reply) close() {
	if a.gz == nil {
		return
	}
	_ = a.gz.Close()
	zippers.Put(a.gz)
	a.gz = nil
}

// has reports whether a list of tags names one; weak tags compare as strong ones do.
func has(list, tag string) bool {
	for _, t := range strings.Split(list, ",") {
		t = strings.TrimSpace(t)
		if t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}

// takesGzip reads Accept-Encoding; ranges of compressed answers are not given.
func takesGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" || r.Method == http.MethodHead {
		return false
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

// isText reports whether a type is worth holding and compressing.
func isText(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || kind == "text/event-stream" {
		return false
	}
	for _, end := range []string{"json", "xml", "javascript", "yaml", "x-ndjson"} {
		if strings.HasSuffix(kind, end) {
			return true
		}
	}
	return strings.HasPrefix(kind, "text/")
}
