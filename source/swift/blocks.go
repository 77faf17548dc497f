package swift

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/source/payments"
)

// put takes one block; at is where its body begins.
func (m *Message) put(id byte, body string, at int) error {
	fail := func(format string, args ...any) error {
		return &payments.Error{File: m.File, Offset: int64(at), Field: "block " + string(id), Msg: fmt.Sprintf(format, args...), Err: payments.ErrFrame}
	}
	switch id {
	case '1':
		if len(body) < 15 {
			return fail("%q is shorter than application, service and terminal", body)
		}
		if body[:3] != "F01" {
			m.Output = "F21"
		}
		if body[:3] != "F01" && body[:3] != "F21" {
			return &payments.Error{File: m.File, Offset: int64(at), Field: "block 1", Msg: fmt.Sprintf("service %q", body[:3]), Err: payments.ErrType,
				Hint: "messages (F01) and their acknowledgements (F21) are read; what a terminal and the network say to each other is not"}
		}
		m.Sender = terminal(body[3:15])
	case '2':
		return m.application(body, fail)
	case '3':
		m.Header = body
	case '4':
		if m.service() {
			return m.answer(body, fail)
		}
		return m.split(body, int64(at))
	case '5':
		m.Trailer = body
	default:
		m.Bent = append(m.Bent, fmt.Sprintf("at byte %d: block %c is not read", at, id))
	}
	return nil
}

// answer reads an acknowledgement: it took the message behind it (451:0), or not.
func (m *Message) answer(body string, fail func(string, ...any) error) error {
	switch inner(body, "451") {
	case "0":
	case "1":
		m.Nacked, m.NakCode = true, inner(body, "405")
	default:
		return fail("the acknowledgement says neither {451:0} nor {451:1}")
	}
	return nil
}

// application reads block 2. On output messages the terminal of block 1 is the
// receiver's and the sender stands in the MIR.
func (m *Message) application(body string, fail func(string, ...any) error) error {
	switch {
	case len(body) >= 16 && body[0] == 'I':
		m.Receiver = terminal(body[4:16])
	case len(body) >= 46 && body[0] == 'O':
		m.Receiver = m.Sender
		m.Sender = terminal(body[14:26])
	default:
		return fail("%q is neither the form of an input nor of an output message", body)
	}
	m.Type, m.Output = body[1:4], body
	return nil
}

// terminal drops the terminal letter of a logical terminal: BANKBEBBAXXX is
// BANKBEBBXXX.
func terminal(lt string) string {
	if len(lt) < 12 {
		return lt
	}
	return lt[:8] + lt[9:12]
}

// split cuts block 4 into fields. A field begins with a colon, two digits, an
// optional letter and a colon at the start of a line; every other line goes on
// with the field before it.
func (m *Message) split(body string, at int64) error {
	m.Fields = make([]Field, 0, 16)
	for pos := 0; pos < len(body); {
		end := strings.IndexAny(body[pos:], "\r\n")
		line := body[pos:]
		if end >= 0 {
			line = body[pos : pos+end]
		}
		here := at + int64(pos)
		pos += len(line)
		for pos < len(body) && (body[pos] == '\r' || body[pos] == '\n') {
			pos++
		}
		if tag := tagOf(line); tag != "" {
			m.Fields = append(m.Fields, Field{tag, line[len(tag)+2:], here})
			continue
		}
		if line == "" {
			continue
		}
		if len(m.Fields) == 0 {
			return &payments.Error{File: m.File, Offset: here, Field: "block 4", Msg: fmt.Sprintf("%q stands before the first field", line), Err: payments.ErrFrame}
		}
		f := &m.Fields[len(m.Fields)-1]
		f.Value += "\n" + line
	}
	return nil
}

// tagOf is the tag that a line begins with, or "".
func tagOf(line string) string {
	if len(line) < 4 || line[0] != ':' || line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9' {
		return ""
	}
	if line[3] == ':' {
		return line[1:3]
	}
	if len(line) > 4 && line[3] >= 'A' && line[3] <= 'Z' && line[4] == ':' {
		return line[1:4]
	}
	return ""
}

// inner is the value of a {tag:value} in a block of them.
func inner(block, tag string) string {
	i := strings.Index(block, "{"+tag+":")
	if i < 0 {
		return ""
	}
	rest := block[i+len(tag)+2:]
	if end := strings.IndexAny(rest, "}{"); end >= 0 {
		return rest[:end]
	}
	return rest
}

// UETR is field 121 of block 3, as written.
func (m *Message) UETR() string { return inner(m.Header, "121") }

// Cover reports whether block 3 marks a cover payment ({119:COV}).
func (m *Message) Cover() bool { return inner(m.Header, "119") == "COV" }

// PossibleDuplicate reports a PDE or PDM trailer, or the header's own mark.
func (m *Message) PossibleDuplicate() bool {
	return strings.Contains(m.Trailer, "{PDE") || strings.Contains(m.Trailer, "{PDM")
}

// Get is the first field of a tag, such as "20" or "50" with any option letter.
func (m *Message) Get(tag string) (Field, bool) {
	for _, f := range m.Fields {
		if f.Tag == tag || len(tag) == 2 && len(f.Tag) == 3 && f.Tag[:2] == tag {
			return f, true
		}
	}
	return Field{}, false
}
