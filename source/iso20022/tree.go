package iso20022

import (
	"fmt"
	"io"
	"strings"

	"github.com/coldtrail/coldtrail/source/payments"
)

// tree is one record of a message: a transaction, an entry, a header. Nodes
// stand in document order; the text of all is one string.
type tree struct {
	nodes []node
	buf   []byte
	text  string
	at    int64
}

type node struct {
	name   string
	ccy    string
	lo, hi int
	next   int // node behind this one and all in it
	at     int64
}

// capture reads the element whose start was just taken, to its end.
func (t *tree) capture(l *lexer, first token) error {
	t.nodes, t.buf, t.at = t.nodes[:0], t.buf[:0], first.at
	var open [maxDepth + 1]int
	depth := 0
	push := func(tok token) {
		open[depth] = len(t.nodes)
		depth++
		t.nodes = append(t.nodes, node{name: tok.name, ccy: tok.ccy, at: tok.at})
	}
	push(first)
	for depth > 0 {
		tok, err := l.next()
		if err != nil {
			return unexpected(l, err)
		}
		switch tok.kind {
		case start:
			push(tok)
		case text:
			n := &t.nodes[open[depth-1]]
			if n.hi == 0 {
				n.lo = len(t.buf)
			}
			if n.hi != 0 && n.hi != len(t.buf) {
				n.lo = n.hi // text between elements: never a value of ours
			}
			t.buf = append(t.buf, tok.text...)
			n.hi = len(t.buf)
		case end:
			depth--
			t.nodes[open[depth]].next = len(t.nodes)
		}
		if l.at()-t.at > maxRecord {
			return l.fail(payments.ErrUnsafe, "", "<%s> is longer than %d bytes", first.name, maxRecord)
		}
	}
	t.text = string(t.buf)
	return nil
}

func unexpected(l *lexer, err error) error {
	if err == io.EOF {
		return l.fail(payments.ErrFrame, "the file may be cut", "the document ends early")
	}
	return err
}

// child is the first child of a name, or -1.
func (t *tree) child(i int, name string) int {
	if i < 0 {
		return -1
	}
	for k := i + 1; k < t.nodes[i].next; k = t.nodes[k].next {
		if t.nodes[k].name == name {
			return k
		}
	}
	return -1
}

// find walks down a path.
func (t *tree) find(i int, path ...string) int {
	for _, name := range path {
		i = t.child(i, name)
	}
	return i
}

// value is the text at a path, or "".
func (t *tree) value(i int, path ...string) string {
	if i = t.find(i, path...); i < 0 {
		return ""
	}
	return t.textOf(i)
}

// textOf is the text of a node, without the blanks around it.
func (t *tree) textOf(i int) string { return strings.TrimSpace(t.text[t.nodes[i].lo:t.nodes[i].hi]) }

// each calls f with every child of a name.
func (t *tree) each(i int, name string, f func(int) error) error {
	if i < 0 {
		return nil
	}
	for k := i + 1; k < t.nodes[i].next; k = t.nodes[k].next {
		if t.nodes[k].name == name {
			if err := f(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// money reads an amount at a path; absent is the zero Money. The currency is
// mandatory.
func (r *reader) money(t *tree, i int, path ...string) (payments.Money, error) {
	if i = t.find(i, path...); i < 0 {
		return payments.Money{}, nil
	}
	n := t.nodes[i]
	if n.ccy == "" {
		return payments.Money{}, r.fault(n.at, n.name, payments.ErrCurrency, "the attribute Ccy is missing")
	}
	m, err := payments.ParseISO(n.ccy, t.textOf(i))
	if err != nil {
		return m, r.fault(n.at, n.name, err, "%v", err)
	}
	return m, nil
}

func (r *reader) fault(at int64, field string, err error, format string, args ...any) error {
	return &payments.Error{File: r.l.file, Offset: at, Field: r.typ + " " + field, Msg: fmt.Sprintf(format, args...), Err: err}
}
