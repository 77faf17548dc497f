package swift

import (
	"bytes"
	"fmt"
	"iter"

	"github.com/coldtrail/coldtrail/source/payments"
)

// Field is one field of block 4.
type Field struct {
	Tag    string // "32A"
	Value  string // lines joined by \n, whatever the file has
	Offset int64  // of the tag's colon in the file
}

// Message is one FIN message, framed and split but not judged.
type Message struct {
	File   string
	Offset int64  // of its block 1
	Type   string // "103"; "021" and the like for service messages
	// Sender and Receiver are the logical terminals' BICs, without the terminal
	// letter.
	Sender, Receiver string
	// Output is the text of block 2; Header that of block 3; Trailer of block 5.
	Output, Header, Trailer string
	Fields                  []Field
	// Acked and Nacked tell of the acknowledgement in front.
	Acked, Nacked bool
	NakCode       string // field 405 of a NAK
	Bent          []string
}

// Scan yields the messages of a file in order. An error is about one message:
// the next value is the message behind it. Errors are *payments.Error.
func Scan(file string, data []byte) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		s := &scanner{file: file, data: data}
		for {
			m, err := s.next()
			if m == nil && err == nil {
				return
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

type scanner struct {
	file string
	data []byte
	pos  int
	ack  *Message // acknowledgement waiting for its message
	stop bool
	last *Message
	bad  bool // a fault was given out
}

func (s *scanner) fail(at int, err error, hint, format string, args ...any) error {
	s.bad = true
	return &payments.Error{File: s.file, Offset: int64(at), Msg: fmt.Sprintf(format, args...), Hint: hint, Err: err}
}

// next frames the next message; nil, nil at the end.
func (s *scanner) next() (*Message, error) {
	for !s.stop {
		from := s.pos
		start := s.begin()
		if err := s.between(from, start); err != nil {
			s.pos = start
			return nil, err
		}
		if start == len(s.data) {
			return nil, s.finish()
		}
		m, err := s.message(start)
		if err != nil {
			s.ack = nil
			return nil, err
		}
		if m.service() {
			if s.ack != nil {
				held := s.ack
				s.ack = m
				return nil, s.fail(int(held.Offset), payments.ErrFrame, "", "an acknowledgement without the message it acknowledges")
			}
			s.ack = m
			continue
		}
		if s.ack != nil {
			m.Acked, m.Nacked, m.NakCode = !s.ack.Nacked, s.ack.Nacked, s.ack.NakCode
			s.ack = nil
		}
		s.last = m
		if end := s.begin(); s.between(s.pos, end) == nil {
			s.pos = end
		}
		return m, nil
	}
	return nil, nil
}

func (s *scanner) finish() error {
	s.stop = true
	if s.ack != nil {
		return s.fail(int(s.ack.Offset), payments.ErrFrame, "", "an acknowledgement without the message it acknowledges")
	}
	if s.last == nil && !s.bad {
		return s.fail(0, payments.ErrFrame, "a message begins with {1:", "no message in this file")
	}
	return nil
}

// begin finds the next block 1.
func (s *scanner) begin() int {
	if i := bytes.Index(s.data[s.pos:], []byte("{1:")); i >= 0 {
		return s.pos + i
	}
	return len(s.data)
}

// between judges what stands between two messages: separators, blanks, and
// strays, which are reported on the message in front of them.
func (s *scanner) between(from, to int) error {
	gap := s.data[from:to]
	stray := bytes.Trim(gap, " \t\r\n$\x00\x01\x03\ufeff")
	if len(stray) == 0 {
		return nil
	}
	at := from + bytes.Index(gap, stray)
	if s.last == nil || bytes.Contains(stray, []byte("{4:")) || bytes.Contains(stray, []byte("{2:")) {
		return s.fail(at, payments.ErrFrame, "a message begins with {1:", "%d bytes that belong to no message: %q", len(stray), head(stray))
	}
	s.last.Bent = append(s.last.Bent, fmt.Sprintf("at byte %d: stray %q behind the message", at, head(stray)))
	return nil
}

func head(b []byte) string {
	if len(b) > 24 {
		b = b[:24]
	}
	return string(b)
}

// limit is where the next message begins: a block 1 at the start of a line or
// behind a separator.
func (s *scanner) limit(start int) int {
	for at := start; ; {
		i := bytes.Index(s.data[at:], []byte("{1:"))
		if i < 0 {
			return len(s.data)
		}
		at += i
		if c := s.data[at-1]; c == '\n' || c == '\r' || c == '$' || c == '}' || c == 1 || c == 3 {
			return at
		}
		at += 3
	}
}

// message frames the blocks from start on and moves behind them.
func (s *scanner) message(start int) (*Message, error) {
	m := &Message{File: s.file, Offset: int64(start)}
	limit := s.limit(start + 3)
	at, before := start, byte(0)
	s.pos = limit // where reading goes on after a fault
	for at+2 < limit && s.data[at] == '{' && s.data[at+2] == ':' {
		id := s.data[at+1]
		if id == '{' || id == '}' {
			return nil, s.fail(at, payments.ErrFrame, "", "a block without a name")
		}
		if id <= before && id >= '1' && id <= '5' {
			return nil, s.fail(at, payments.ErrFrame, "blocks stand in the order 1 to 5", "block %c behind block %c", id, before)
		}
		if id == '4' && m.Type == "" && !m.service() {
			return nil, s.fail(at, payments.ErrFrame, "blocks stand in the order 1 to 5", "block 4 without block 2")
		}
		body, end, err := s.block(m, at, limit)
		if err != nil {
			return nil, err
		}
		if err := m.put(id, body, at+3); err != nil {
			s.bad = true
			return nil, err
		}
		before, at = id, end
	}
	if before < '4' {
		return nil, s.fail(at, payments.ErrFrame, "a message has the blocks 1, 2 and 4", "the message that begins at byte %d has no block 4", start)
	}
	s.pos = at
	return m, nil
}

// service reports whether block 1 is that of a service message (F21 and other).
func (m *Message) service() bool { return m.Output == "F21" }

// block finds the end of the block at at: its body and the place behind it.
func (s *scanner) block(m *Message, at, limit int) (string, int, error) {
	if s.data[at+1] == '4' && !(at+3 < limit && s.data[at+3] == '{') {
		return s.text(m, at, limit)
	}
	depth := 0
	for i := at; i < limit; i++ {
		switch s.data[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return string(s.data[at+3 : i]), i + 1, nil
			}
		}
	}
	return "", 0, s.fail(at, payments.ErrFrame, "the file may be cut", "block %c does not end", s.data[at+1])
}

// text finds the end of block 4: a line that begins with "-}". Where none does,
// "-}" before another block or the end is taken, and reported.
func (s *scanner) text(m *Message, at, limit int) (string, int, error) {
	for i := at + 3; i+1 < limit; {
		k := bytes.Index(s.data[i:limit], []byte("-}"))
		if k < 0 {
			break
		}
		i += k
		if c := s.data[i-1]; c == '\n' || c == '\r' {
			return string(s.data[at+3 : i]), i + 2, nil
		}
		rest := bytes.TrimLeft(s.data[i+2:limit], "\r\n $")
		if len(rest) == 0 || bytes.HasPrefix(rest, []byte("{5:")) {
			m.Bent = append(m.Bent, fmt.Sprintf("at byte %d: the text ends inside a line", i))
			return string(s.data[at+3 : i]), i + 2, nil
		}
		i += 2
	}
	return "", 0, s.fail(at, payments.ErrFrame, "the text ends with a line -}; the file may be cut", "block 4 does not end")
}
