package iso20022

import (
	"bytes"

	"github.com/coldtrail/coldtrail/source/payments"
)

// tag reads a start or end tag whose ">" is n bytes away.
func (l *lexer) tag(n int) (token, error) {
	body := l.buf[l.pos+1 : l.pos+n]
	if bytes.IndexByte(body, '<') >= 0 {
		return token{}, l.fail(payments.ErrFrame, "", "a tag inside a tag")
	}
	if len(body) > 0 && body[0] == '/' {
		name := bytes.TrimRight(body[1:], " \t\r\n")
		if len(l.stack) == 0 || string(name) != l.stack[len(l.stack)-1] {
			return token{}, l.fail(payments.ErrFrame, "", "</%s> closes nothing that is open", name)
		}
		l.pos += n + 1
		return l.close()
	}
	t := token{kind: start, at: l.at()}
	if len(body) > 0 && body[len(body)-1] == '/' {
		body, l.empty = body[:len(body)-1], true
	}
	k := bytes.IndexAny(body, " \t\r\n")
	if k < 0 {
		k = len(body)
	}
	if k == 0 {
		return token{}, l.fail(payments.ErrFrame, "", "a tag without a name")
	}
	q := l.intern(body[:k])
	if err := l.attributes(&t, body[k:]); err != nil {
		return token{}, err
	}
	if len(l.stack) == maxDepth {
		return token{}, l.fail(payments.ErrUnsafe, "", "elements are nested deeper than %d", maxDepth)
	}
	l.stack = append(l.stack, q)
	t.name = local(q)
	l.pos += n + 1
	return t, nil
}

// close ends the innermost element.
func (l *lexer) close() (token, error) {
	q := l.stack[len(l.stack)-1]
	l.stack = l.stack[:len(l.stack)-1]
	return token{kind: end, name: local(q), at: l.at()}, nil
}

func local(q string) string {
	for i := len(q) - 1; i >= 0; i-- {
		if q[i] == ':' {
			return q[i+1:]
		}
	}
	return q
}

// intern keeps one string a name; a file of endless names does not fill memory.
func (l *lexer) intern(b []byte) string {
	if s, ok := l.names[string(b)]; ok {
		return s
	}
	if len(l.names) > 4096 {
		clear(l.names)
	}
	s := string(b)
	l.names[s] = s
	return s
}

// attributes reads name="value" pairs and keeps Ccy and the namespace.
func (l *lexer) attributes(t *token, b []byte) error {
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if len(b) == 0 {
			return nil
		}
		eq := bytes.IndexByte(b, '=')
		if eq <= 0 {
			return l.fail(payments.ErrFrame, "", "an attribute without a value")
		}
		name := bytes.TrimRight(b[:eq], " \t\r\n")
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) < 2 || b[0] != '"' && b[0] != '\'' {
			return l.fail(payments.ErrFrame, "", "the value of attribute %s is not quoted", name)
		}
		close := bytes.IndexByte(b[1:], b[0])
		if close < 0 {
			return l.fail(payments.ErrFrame, "", "the value of attribute %s does not end", name)
		}
		value := b[1 : close+1]
		b = b[close+2:]
		switch {
		case string(name) == "Ccy":
			t.ccy = l.intern(value)
		case string(name) == "xmlns" || bytes.HasPrefix(name, []byte("xmlns:")):
			if bytes.Contains(value, []byte("iso:std:iso:20022")) || string(name) == "xmlns" {
				t.space = string(value)
			}
		}
	}
}
