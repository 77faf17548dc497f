package iso20022

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coldtrail/coldtrail/source/payments"
)

// Limits of the tokenizer. A name, text or batch beyond them is an error.
const (
	maxDepth  = 64
	maxToken  = 1 << 20  // bytes of one tag or text
	maxRecord = 32 << 20 // bytes of one transaction or entry, and of one batch
)

type kind uint8

const (
	start kind = iota + 1
	end
	text
)

// token is one piece of the document. Its bytes are valid until the next one.
type token struct {
	kind  kind
	name  string // local
	ccy   string // attribute Ccy of a start
	space string // attribute xmlns of a start
	text  []byte // unescaped
	at    int64
}

// lexer is a strict pull tokenizer for the part of XML that messages use.
type lexer struct {
	file  string
	r     io.Reader
	buf   []byte
	pos   int   // of the next byte in buf
	base  int64 // of buf[0] in the file
	eof   bool
	stack []string // qualified names that are open
	empty bool     // the last start was <x/>: an end is due
	names map[string]string
	out   []byte // unescaped text
}

func newLexer(file string, r io.Reader) *lexer {
	return &lexer{file: file, r: r, names: map[string]string{}}
}

func (l *lexer) at() int64 { return l.base + int64(l.pos) }

func (l *lexer) fail(err error, hint, format string, args ...any) error {
	return &payments.Error{File: l.file, Offset: l.at(), Msg: fmt.Sprintf(format, args...), Hint: hint, Err: err}
}

// fill reads more; false at the end of the input.
func (l *lexer) fill() (bool, error) {
	if l.eof {
		return false, nil
	}
	if l.pos > 0 {
		l.base += int64(l.pos)
		l.buf = l.buf[:copy(l.buf, l.buf[l.pos:])]
		l.pos = 0
	}
	if len(l.buf) > maxToken {
		return false, l.fail(payments.ErrUnsafe, "", "one tag or text is longer than %d bytes", maxToken)
	}
	if cap(l.buf)-len(l.buf) < 32<<10 {
		l.buf = append(make([]byte, 0, 2*cap(l.buf)+64<<10), l.buf...)
	}
	for range 100 {
		n, err := l.r.Read(l.buf[len(l.buf):cap(l.buf)])
		l.buf = l.buf[:len(l.buf)+n]
		if errors.Is(err, io.EOF) {
			l.eof = true
			return n > 0, nil
		}
		if err != nil {
			return false, l.fail(err, "", "cannot read: %v", err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, l.fail(io.ErrNoProgress, "", "the input gives no bytes")
}

// until is the number of bytes to the next occurrence of sep, reading on as
// needed; -1 when there is none.
func (l *lexer) until(sep string) (int, error) {
	from := 0
	for {
		var i int
		if len(sep) == 1 {
			i = bytes.IndexByte(l.buf[l.pos+from:], sep[0])
		} else {
			i = bytes.Index(l.buf[l.pos+from:], []byte(sep))
		}
		if i >= 0 {
			return from + i, nil
		}
		from = max(0, len(l.buf)-l.pos-len(sep)+1)
		if more, err := l.fill(); err != nil || !more {
			return -1, err
		}
	}
}

// next is the next token; io.EOF behind the last.
func (l *lexer) next() (token, error) {
	if l.empty {
		l.empty = false
		return l.close()
	}
	for {
		n, err := l.until("<")
		if err != nil {
			return token{}, err
		}
		if n != 0 {
			if n < 0 {
				n = len(l.buf) - l.pos
			}
			t, err := l.text(n)
			if err != nil || t.kind != 0 {
				return t, err
			}
			if l.eof && l.pos == len(l.buf) {
				return token{}, l.finish()
			}
			continue
		}
		t, err := l.markup()
		if err != nil || t.kind != 0 {
			return t, err
		}
	}
}

func (l *lexer) finish() error {
	if len(l.stack) > 0 {
		return l.fail(payments.ErrFrame, "the file may be cut", "the document ends inside <%s>", l.stack[len(l.stack)-1])
	}
	return io.EOF
}

// text takes n bytes of text; blanks give no token.
func (l *lexer) text(n int) (token, error) {
	at := l.at()
	raw := l.buf[l.pos : l.pos+n]
	trimmed := bytes.TrimSpace(raw)
	if len(l.stack) == 0 {
		trimmed = bytes.TrimSpace(bytes.TrimPrefix(trimmed, []byte("\ufeff")))
	}
	if len(trimmed) == 0 {
		l.pos += n
		return token{}, nil
	}
	if len(l.stack) == 0 {
		return token{}, l.fail(payments.ErrFrame, "a message is XML in UTF-8", "text outside of a document: %.24q", trimmed)
	}
	if !utf8.Valid(raw) {
		return token{}, l.fail(payments.ErrFrame, "convert the file to UTF-8", "bytes that are not UTF-8")
	}
	if bytes.IndexByte(raw, '&') >= 0 {
		var err error
		if raw, err = l.unescape(raw); err != nil {
			return token{}, err
		}
	}
	l.pos += n
	return token{kind: text, text: raw, at: at}, nil // with its blanks: a comment may stand inside a value
}

// markup reads what begins with "<"; comments and declarations give no token.
func (l *lexer) markup() (token, error) {
	for len(l.buf)-l.pos < 9 {
		if more, err := l.fill(); err != nil {
			return token{}, err
		} else if !more {
			break
		}
	}
	rest := l.buf[l.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return token{}, l.skip("-->", "comment")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return l.cdata()
	case bytes.HasPrefix(rest, []byte("<!")):
		return token{}, l.fail(payments.ErrUnsafe, "messages have neither document types nor entities", "a declaration %.12q", rest)
	case bytes.HasPrefix(rest, []byte("<?")):
		return token{}, l.instruction()
	}
	n, err := l.until(">")
	if err != nil {
		return token{}, err
	}
	if n < 0 {
		return token{}, l.fail(payments.ErrFrame, "the file may be cut", "a tag does not end")
	}
	return l.tag(n)
}

func (l *lexer) skip(sep, what string) error {
	n, err := l.until(sep)
	if err != nil {
		return err
	}
	if n < 0 {
		return l.fail(payments.ErrFrame, "the file may be cut", "a %s does not end", what)
	}
	l.pos += n + len(sep)
	return nil
}

func (l *lexer) cdata() (token, error) {
	at := l.at()
	n, err := l.until("]]>")
	if err != nil {
		return token{}, err
	}
	if n < 0 || len(l.stack) == 0 {
		return token{}, l.fail(payments.ErrFrame, "the file may be cut", "character data out of place or without end")
	}
	raw := l.buf[l.pos+9 : l.pos+n]
	l.pos += n + 3
	if !utf8.Valid(raw) {
		return token{}, l.fail(payments.ErrFrame, "convert the file to UTF-8", "bytes that are not UTF-8")
	}
	return token{kind: text, text: raw, at: at}, nil
}

// instruction reads <?xml …?> and refuses other encodings than UTF-8.
func (l *lexer) instruction() error {
	n, err := l.until("?>")
	if err != nil {
		return err
	}
	if n >= 0 {
		decl := strings.ToLower(string(l.buf[l.pos : l.pos+n]))
		if i := strings.Index(decl, "encoding"); i >= 0 && !strings.Contains(decl[i:], "utf-8") && !strings.Contains(decl[i:], "us-ascii") {
			return l.fail(payments.ErrUnsafe, "convert the file to UTF-8", "the encoding is not UTF-8: %.60q", decl)
		}
	}
	return l.skip("?>", "processing instruction")
}

// unescape replaces the five predefined references and character references.
func (l *lexer) unescape(b []byte) ([]byte, error) {
	l.out = l.out[:0]
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			l.out = append(l.out, b...)
			return l.out, nil
		}
		l.out = append(l.out, b[:i]...)
		b = b[i:]
		j := bytes.IndexByte(b, ';')
		if j < 0 || j > 12 {
			return nil, l.fail(payments.ErrFrame, "write & as &amp;", "a bare &")
		}
		ref := string(b[1:j])
		b = b[j+1:]
		r, ok := predefined[ref]
		if !ok && strings.HasPrefix(ref, "#") {
			r, ok = charRef(ref[1:])
		}
		if !ok {
			return nil, l.fail(payments.ErrUnsafe, "messages have no entities", "the reference &%s;", ref)
		}
		l.out = utf8.AppendRune(l.out, r)
	}
}

var predefined = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

func charRef(s string) (rune, bool) {
	base := 10
	if strings.HasPrefix(s, "x") {
		s, base = s[1:], 16
	}
	n, err := strconv.ParseUint(s, base, 32)
	r := rune(n)
	return r, err == nil && n <= utf8.MaxRune && utf8.ValidRune(r) && (r >= ' ' || r == '\t' || r == '\n' || r == '\r')
}
