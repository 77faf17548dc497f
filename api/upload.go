package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// upload is what a multipart request brought: texts, kept short, and files, written
// to a folder of their own as they came.
type upload struct {
	texts map[string]string
	files []uploaded
	root  *os.Root // all folders
	dir   string   // of this upload, in root

	unpacked int64  // bytes of all files
	free     func() // gives its place to another upload
}

// uploaded is one file of an upload.
type uploaded struct {
	name, sha256 string
	bytes        int64
	unpacked     int64 // bytes, where it is packed; else bytes
	lines        int64 // unpacked
}

// uploadIn takes a request as it is, so that files are never held in memory.
type uploadIn struct {
	request *http.Request
	writer  http.ResponseWriter
}

// Resolve implements huma.Resolver.
func (in *uploadIn) Resolve(ctx huma.Context) []error {
	in.request, in.writer = humago.Unwrap(ctx)
	return nil
}

// receive reads an upload into a new folder, within the limits. The caller removes
// the folder; until then its place among uploads is taken, so that those that wait
// for work do not fill the disk. Without a length that fits, nothing is read at all.
func (s *Server) receive(in *uploadIn) (_ *upload, err error) {
	r := in.request
	if r.ContentLength > uploadLimit {
		return nil, tooLarge("the upload", r.ContentLength, uploadLimit)
	}
	select {
	case s.uploading <- struct{}{}:
	default:
		return nil, busy(http.StatusServiceUnavailable, "two uploads are being received already", "send it again in a while")
	}
	u := &upload{texts: map[string]string{}, dir: "part-" + strings.ToLower(rand.Text()), free: func() { <-s.uploading }}
	defer func() {
		if err != nil {
			u.remove()
		}
	}()
	root, err := s.cases.openRoot()
	if err != nil {
		return nil, err
	}
	u.root = root
	r.Body = http.MaxBytesReader(in.writer, r.Body, uploadLimit)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, problem(http.StatusUnsupportedMediaType, "no upload: "+err.Error(), "send multipart/form-data")
	}
	if err := root.Mkdir(u.dir, 0o700); err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err == nil {
			err = u.take(part)
		}
		var most *http.MaxBytesError
		switch {
		case errors.As(err, &most):
			return nil, tooLarge("the upload", 0, uploadLimit)
		case err != nil:
			var p *Problem
			if errors.As(err, &p) {
				return nil, p
			}
			return nil, problem(http.StatusBadRequest, "the upload broke off: "+err.Error(), "send it again")
		}
	}
}

func tooLarge(what string, bytes, limit int64) *Problem {
	size := ""
	if bytes > 0 {
		size = fmt.Sprintf(" has %d MiB and", bytes>>20)
	}
	p := problem(http.StatusRequestEntityTooLarge, fmt.Sprintf("%s%s is larger than %d MiB", what, size, limit>>20), "large ledgers go into a store: coldtrail ingest, then coldtrail serve --store FOLDER")
	return p
}

func (u *upload) remove() {
	if u.root != nil {
		_ = u.root.RemoveAll(u.dir) // what is left goes at the end
	}
	if u.free != nil {
		u.free()
	}
}

// take reads one part: a text, or a file.
func (u *upload) take(part *multipart.Part) error {
	if part.FileName() == "" || part.FormName() == "case" {
		if len(u.texts) >= 20 {
			return problem(http.StatusUnprocessableEntity, "more than twenty fields", "")
		}
		text, err := io.ReadAll(io.LimitReader(part, caseLimit+1))
		if len(text) > caseLimit {
			return tooLarge("the field "+quoted(part.FormName()), 0, caseLimit)
		}
		u.texts[part.FormName()] = string(text)
		return err
	}
	name := part.FileName()
	if err := goodName(name); err != nil {
		return err
	}
	for _, f := range u.files {
		if f.name == name {
			return problem(http.StatusUnprocessableEntity, "two files are called "+quoted(name), "rename one")
		}
	}
	if len(u.files) >= 100 {
		return problem(http.StatusUnprocessableEntity, "more than a hundred files", "")
	}
	f, err := u.root.OpenFile(path.Join(u.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(part, fileLimit+1))
	err = errors.Join(err, f.Close())
	if n > fileLimit {
		return tooLarge("the file "+quoted(name), 0, fileLimit)
	}
	if err != nil {
		return err
	}
	one := uploaded{name: name, sha256: hex.EncodeToString(h.Sum(nil)), bytes: n}
	if err := u.measure(&one); err != nil {
		return err
	}
	u.files = append(u.files, one)
	return nil
}

// goodName refuses names that a file system could take for something else.
func goodName(name string) error {
	ok := fs.ValidPath(name) && !strings.ContainsAny(name, `/\:`) && len(name) <= 150 && name[0] != '.' && !strings.EqualFold(name, "case.yaml")
	for _, r := range name {
		ok = ok && r >= ' ' && r != 0x7f && r != '�'
	}
	if !ok {
		return problem(http.StatusUnprocessableEntity, "a file cannot be called "+quoted(name), "use letters, digits, points and hyphens; the case file is the field case")
	}
	return nil
}

// measure reads a file as its reader will: unpacked, where it is packed with gzip. All
// files of an upload together may not unpack to more than an upload may have.
func (u *upload) measure(one *uploaded) error {
	f, err := u.root.Open(path.Join(u.dir, one.name))
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var text io.Reader = in
	if start, _ := in.Peek(2); string(start) == "\x1f\x8b" {
		if text, err = gzip.NewReader(in); err != nil {
			text = strings.NewReader("") // the reader of the ledger says it better
		}
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := text.Read(buf)
		one.unpacked += int64(n)
		one.lines += int64(bytes.Count(buf[:n], []byte("\n")))
		if u.unpacked += int64(n); u.unpacked > uploadLimit {
			return tooLarge("what was sent, with the file "+quoted(one.name)+" unpacked,", 0, uploadLimit)
		}
		if err != nil {
			return nil // the end, or damage that the reader of the ledger says better
		}
	}
}

// openRoot gives the folder of the cases made here, made when it is first needed.
func (c *cases) openRoot() (*os.Root, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.folder == nil {
		if err := c.openFolder(""); err != nil {
			return nil, err
		}
	}
	return c.folder, nil
}
