package tag

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Packs of the public corpus hold hundreds of thousands of tags of one shape: a
// dash, then lines "key: value" with plain or simply quoted values. fast reads
// that shape line by line. A tag of any other shape goes to the YAML library by
// itself, and whatever cannot be cut so (an anchor used across tags, a key after
// the list, a quote over several tags) sends the whole text there.

// fast reads a pack whose last key is tags. It reports false, and has changed
// nothing that counts, when the YAML library must read the whole.
func (r *packReader) fast(text []byte) (record, []record, bool) {
	at := tagsKey(text)
	if at < 0 || bytes.IndexByte(text, '\t') >= 0 || otherBreaks(text) {
		return record{}, nil, false
	}
	trial := &packReader{report: &Report{File: r.report.File}, include: r.include}
	root, err := trial.load(text[:at])
	if err != nil {
		return record{}, nil, false
	}
	head, tags, err := trial.top(root)
	if err != nil || tags != nil {
		return record{}, nil, false
	}
	s := &scanner{text: text, line: 1 + bytes.Count(text[:at], []byte("\n"))}
	s.at = at
	s.next() // the line "tags:"
	out, ok := s.items(trial)
	if !ok {
		return record{}, nil, false
	}
	r.report.Bent = append(r.report.Bent, trial.report.Bent...)
	r.report.Faults = append(r.report.Faults, trial.report.Faults...)
	r.report.Skipped += trial.report.Skipped
	return head, out, true
}

// otherBreaks finds what ends a line for YAML and not for us: a carriage return by
// itself, and the three breaks of Unicode.
func otherBreaks(text []byte) bool {
	if bytes.Count(text, []byte("\r")) != bytes.Count(text, []byte("\r\n")) {
		return true
	}
	for _, b := range []string{"\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(text, []byte(b)) {
			return true
		}
	}
	return false
}

// tagsKey finds the line "tags:" at the left margin.
func tagsKey(text []byte) int {
	for at := 0; at < len(text); {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			return -1
		}
		if string(bytes.TrimRight(text[at:at+end], " \r")) == "tags:" {
			return at
		}
		at += end + 1
	}
	return -1
}

type scanner struct {
	text   []byte
	at     int // of the next line
	line   int // number of the next line, from 1
	indent int // of the dashes
}

// next takes a line, without its end.
func (s *scanner) next() []byte {
	rest := s.text[s.at:]
	end := bytes.IndexByte(rest, '\n')
	if end < 0 {
		s.at = len(s.text)
	} else {
		s.at += end + 1
		rest = rest[:end]
	}
	s.line++
	return bytes.TrimSuffix(rest, []byte("\r"))
}

// items cuts the list into tags and reads each.
func (s *scanner) items(r *packReader) ([]record, bool) {
	var out []record
	s.indent = -1
	for s.at < len(s.text) {
		from, line := s.at, s.line
		first := s.next()
		dash := len(first) - len(bytes.TrimLeft(first, " "))
		if s.indent < 0 {
			s.indent = dash
		}
		if dash != s.indent || !bytes.HasPrefix(first[dash:], []byte("- ")) {
			return nil, false
		}
		to := s.end()
		rec, ok := plain(s.text[from:to], line, s.indent)
		if !ok {
			if rec, ok = r.alone(s.text[from:to], line); !ok {
				return nil, false
			}
		}
		if rec.line > 0 {
			out = append(out, rec)
		}
	}
	return out, len(out) > 0 || r.report.Skipped > 0
}

// end moves to the next dash of the list, or to the end of the text.
func (s *scanner) end() int {
	for s.at < len(s.text) {
		was, line := s.at, s.line
		l := s.next()
		if len(l) > s.indent && l[s.indent] == '-' && len(bytes.TrimLeft(l[:s.indent], " ")) == 0 {
			s.at, s.line = was, line
			return was
		}
		if len(l) > 0 && l[0] != ' ' {
			// A key or marker at the margin: items sees it and gives up.
			s.at, s.line = was, line
			return was
		}
	}
	return s.at
}

// plain reads a tag of the common shape.
func plain(text []byte, line, indent int) (record, bool) {
	rec := record{line: line, fields: make([]field, 0, 5)}
	column := indent + 2
	for n := 0; len(text) > 0; n++ {
		end := bytes.IndexByte(text, '\n')
		l := text
		if end < 0 {
			text = nil
		} else {
			l, text = text[:end], text[end+1:]
		}
		l = bytes.TrimSuffix(l, []byte("\r"))
		if len(l) <= column {
			return rec, false
		}
		if n > 0 && (l[column] == ' ' || len(bytes.TrimLeft(l[:column], " ")) != 0) || n == 0 && l[column] == ' ' {
			return rec, false
		}
		colon := bytes.Index(l, []byte(": "))
		if colon <= column || !isKey(l[column:colon]) {
			return rec, false
		}
		value, ok := simple(l[colon+2:])
		if !ok {
			return rec, false
		}
		rec.fields = append(rec.fields, field{key: string(l[column:colon]), text: value, line: line + n})
	}
	return rec, len(rec.fields) > 0
}

func isKey(k []byte) bool {
	for _, c := range k {
		if c != '_' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(k) > 0 && len(k) < 64
}

// simple reads a value on one line: plain letters that mean nothing to YAML, or
// in quotes with nothing to undo inside.
func simple(v []byte) (string, bool) {
	v = bytes.Trim(v, " ")
	if len(v) == 0 {
		return "", false
	}
	for _, c := range v {
		if c < ' ' || c > '~' {
			return "", false
		}
	}
	if q := v[0]; q == '\'' || q == '"' {
		inner := v[1:]
		if len(inner) == 0 || inner[len(inner)-1] != q {
			return "", false
		}
		inner = inner[:len(inner)-1]
		if bytes.IndexByte(inner, q) >= 0 || q == '"' && bytes.IndexByte(inner, '\\') >= 0 {
			return "", false
		}
		return string(inner), true
	}
	c := v[0] | 0x20
	if (c < 'a' || c > 'z') && (v[0] < '0' || v[0] > '9') || v[len(v)-1] == ':' {
		return "", false
	}
	if bytes.Contains(v, []byte(": ")) || bytes.Contains(v, []byte(" #")) || len(v) == 4 && strings.EqualFold(string(v), "null") {
		return "", false
	}
	return string(v), true
}

// alone reads one tag by the YAML library; false when it does not stand alone.
func (r *packReader) alone(text []byte, line int) (record, bool) {
	var doc yaml.Node
	if err := yaml.Load(text, &doc, yaml.WithUniqueKeys(false)); err != nil {
		return record{}, false
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return record{}, false
	}
	list := doc.Content[0]
	if list.Kind != yaml.SequenceNode || len(list.Content) != 1 {
		return record{}, false
	}
	rec, ok := r.item(list.Content[0], line-1)
	if !ok {
		rec.line = 0 // refused, and counted
	}
	return rec, true
}
