package tag

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/ledger"
)

type ledgerID = ledger.ID

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// split reads a pack into its head and its tags, by the fast path where the text
// has the common shape and by the YAML library otherwise. The two give the same
// (TestFastPath, FuzzTagPack).
func (r *packReader) split(text []byte) (record, []record, error) {
	if head, tags, ok := r.fast(text); ok {
		return head, tags, nil
	}
	return r.slow(text)
}

// slow reads a pack by the YAML library alone.
func (r *packReader) slow(text []byte) (record, []record, error) {
	root, err := r.load(text)
	if err != nil {
		return record{}, nil, err
	}
	head, tags, err := r.top(root)
	if err != nil {
		return head, nil, err
	}
	if tags == nil {
		return head, nil, r.fault(0, "a TagPack has a list of tags", ErrSyntax, "no tags")
	}
	if tags.Kind != yaml.SequenceNode {
		return head, nil, r.fault(tags.Line, "begin each tag with a dash", ErrSyntax, "tags is not a list")
	}
	out := make([]record, 0, len(tags.Content))
	for _, n := range tags.Content {
		rec, ok := r.item(n, 0)
		if ok {
			out = append(out, rec)
		}
	}
	return head, out, nil
}

// load parses a text of one YAML document.
func (r *packReader) load(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Load(text, &doc, yaml.WithUniqueKeys(false)); err != nil {
		line, msg := yamlFault(err)
		return nil, r.fault(line, "check quotes, colons and indentation there", ErrSyntax, "cannot be read as YAML: %s", msg)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, r.fault(0, "a pack begins with title: and creator:", ErrSyntax, "not a mapping")
	}
	return doc.Content[0], nil
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// yamlFault takes the line out of an error of the YAML library.
func yamlFault(err error) (int, string) {
	msg := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")
	var le *yaml.LoadError
	if errors.As(err, &le) && le.Mark.Line > 0 {
		return le.Mark.Line, le.Message
	}
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n, msg
	}
	return 0, msg
}

// top reads the keys of the top level, the mapping header merged in: what stands
// at the top wins over it.
func (r *packReader) top(root *yaml.Node) (record, *yaml.Node, error) {
	var head record
	var tags, header *yaml.Node
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		if was := head.find(k.Value); was != nil {
			return head, nil, r.fault(k.Line, "keep one of the two", ErrSyntax, "key %q is there twice, before on line %d", k.Value, was.line)
		}
		f := field{key: k.Value, line: k.Line}
		switch k.Value {
		case "tags", "actors":
			if tags == nil && k.Value == "tags" {
				tags = v
			}
			if k.Value == "tags" {
				f.key = "\x00tags"
				if head.find(f.key) != nil {
					return head, nil, r.fault(k.Line, "keep one of the two", ErrSyntax, "key %q is there twice", "tags")
				}
			}
		case "header":
			header = v
		default:
			f = r.value(k, v, 0)
		}
		head.fields = append(head.fields, f)
	}
	head.fields = without(head.fields, "\x00tags")
	if header == nil {
		return head, tags, nil
	}
	return r.merge(head, tags, header)
}

func without(fields []field, key string) []field {
	var out []field
	for _, f := range fields {
		if f.key != key {
			out = append(out, f)
		}
	}
	return out
}

// merge adds the mapping header, or the file it includes, to the head.
func (r *packReader) merge(head record, tags, header *yaml.Node) (record, *yaml.Node, error) {
	if header.Tag == "!include" {
		name := header.Value
		if r.include == nil {
			return head, nil, r.fault(header.Line, "read the pack from its folder", ErrSyntax, "!include %s cannot be followed here", name)
		}
		text, err := r.include(name)
		if err != nil {
			return head, nil, r.fault(header.Line, "the file is looked for beside the pack and in the folders above it, up to the one given", err, "!include %s", name)
		}
		root, err := r.load(text)
		if err != nil {
			return head, nil, r.fault(header.Line, "", err, "!include %s", name)
		}
		header = root
	}
	if header.Kind != yaml.MappingNode {
		return head, nil, r.fault(header.Line, "write key: value lines", ErrSyntax, "header is not a mapping")
	}
	for i := 0; i+1 < len(header.Content); i += 2 {
		k, v := header.Content[i], header.Content[i+1]
		switch {
		case k.Value == "tags" && tags == nil:
			tags = v
		case head.find(k.Value) != nil:
			r.report.bend(k.Line, "key of header that the top level has too; the top level's holds", k.Value)
		default:
			head.fields = append(head.fields, r.value(k, v, 0))
		}
	}
	return head, tags, nil
}

// item reads one tag; down is added to its lines.
func (r *packReader) item(n *yaml.Node, down int) (record, bool) {
	n = target(n)
	rec := record{line: n.Line + down}
	if n.Kind != yaml.MappingNode {
		r.report.refuse(rec.line, "write key: value lines", "a tag is not a mapping")
		return rec, false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		rec.fields = append(rec.fields, r.value(n.Content[i], n.Content[i+1], down))
	}
	return rec, true
}

// target follows an alias to what it stands for.
func target(n *yaml.Node) *yaml.Node {
	for range 8 {
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			return n
		}
		n = n.Alias
	}
	return n
}

// value reads one key with its value as written: types are of no matter here.
func (r *packReader) value(k, v *yaml.Node, down int) field {
	f := field{key: strings.TrimSpace(k.Value), line: k.Line + down}
	switch v = target(v); v.Kind {
	case yaml.ScalarNode:
		f.text, f.null = v.Value, v.Tag == "!!null" && v.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0
	case yaml.SequenceNode:
		f.isList = true
		for _, x := range v.Content {
			if x = target(x); x.Kind == yaml.ScalarNode {
				f.list = append(f.list, x.Value)
			}
		}
		fallthrough
	default:
		f.nested = true
		f.text = asJSON(v)
	}
	return f
}

// asJSON writes a nested value as JSON, so that a context written as YAML is
// kept; a value that is too deep is cut there.
func asJSON(n *yaml.Node) string {
	var b bytes.Buffer
	left := 100_000 // nodes: aliases may unfold without end
	var write func(n *yaml.Node, depth int)
	write = func(n *yaml.Node, depth int) {
		n = target(n)
		left--
		switch {
		case depth > 32 || left < 0:
			b.WriteString("null")
		case n.Kind == yaml.MappingNode:
			b.WriteByte('{')
			for i := 0; i+1 < len(n.Content); i += 2 {
				if i > 0 {
					b.WriteByte(',')
				}
				key, _ := json.Marshal(n.Content[i].Value)
				b.Write(append(key, ':'))
				write(n.Content[i+1], depth+1)
			}
			b.WriteByte('}')
		case n.Kind == yaml.SequenceNode:
			b.WriteByte('[')
			for i, x := range n.Content {
				if i > 0 {
					b.WriteByte(',')
				}
				write(x, depth+1)
			}
			b.WriteByte(']')
		case n.Tag == "!!null":
			b.WriteString("null")
		case (n.Tag == "!!int" || n.Tag == "!!bool") && json.Valid([]byte(n.Value)):
			b.WriteString(n.Value)
		default:
			text, _ := json.Marshal(n.Value)
			b.Write(text)
		}
	}
	write(n, 0)
	return b.String()
}
