package heist

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// A reader turns the YAML tree of one file into a structure. Scalars are taken as
// written: NO is a word, 010 a text, 1.50 an amount. Every fault is noted with its
// line and the reading goes on, so that one run shows all of them. Anchors,
// aliases and tags are refused: a reviewer must see on a line what the line says.
type reader struct {
	file     string
	problems Problems
}

func (r *reader) fault(line int, rule, hint, format string, args ...any) {
	r.problems = append(r.problems, Problem{r.file, line, Fault, rule, fmt.Sprintf(format, args...), hint})
}

// read decodes a document into a structure; false when there is none to decode.
func (r *reader) read(data []byte, into any) bool {
	n := r.document(data)
	if n == nil {
		return false
	}
	r.structure(n, reflect.ValueOf(into).Elem(), "the file")
	return true
}

func (r *reader) document(data []byte) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Load(data, &doc, yaml.WithUniqueKeys(false)); err != nil {
		line, msg := yamlFault(err)
		r.fault(line, "yaml", "one document with spaces for indentation; quote texts that hold ': ' or ' #'", "cannot be read as YAML: %s", msg)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		r.fault(1, "yaml", "the first line is schema: and the form of the file", "the file is empty")
		return nil
	}
	return doc.Content[0]
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// yamlFault takes the line out of an error of the YAML library.
func yamlFault(err error) (int, string) {
	msg := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n, msg
	}
	return 0, msg
}

// structure reads a mapping into a struct by its yaml tags.
func (r *reader) structure(n *yaml.Node, v reflect.Value, what string) {
	lines := map[string]int{}
	if p, ok := v.Addr().Interface().(interface {
		setPlace(string, int, map[string]int)
	}); ok {
		p.setPlace(r.file, n.Line, lines)
	}
	if n.Kind != yaml.MappingNode {
		r.fault(n.Line, "yaml", "write key: value lines", "%s must be a list of keys with values", what)
		return
	}
	fields := fieldsOf(v.Type())
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		at, ok := fields.index[k.Value]
		switch {
		case !ok:
			r.fault(k.Line, "unknown-key", nearest(k.Value, fields.names), "%s has no key %q", what, k.Value)
		case lines[k.Value] > 0:
			r.fault(k.Line, "twice", fmt.Sprintf("it stands on line %d already; keep one", lines[k.Value]), "key %q stands twice", k.Value)
		default:
			lines[k.Value] = k.Line
			r.value(n.Content[i+1], v.Field(at), k.Value)
		}
	}
}

// value reads what stands behind a key.
func (r *reader) value(n *yaml.Node, v reflect.Value, key string) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.fault(n.Line, "yaml", "write the value out", "anchors and aliases are not allowed")
	case n.Style&yaml.TaggedStyle != 0:
		r.fault(n.Line, "yaml", "write the value without !", "tags such as %s are not allowed", n.Tag)
	case v.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
			r.fault(n.Line, "yaml", "write a list, [a, b] or lines that begin with a dash, or leave the key out", "%s must be a list", key)
			return
		}
		list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
		for i, c := range n.Content {
			r.value(c, list.Index(i), key)
		}
		v.Set(list)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.structure(n, v.Elem(), "an entry of "+key)
	case v.Kind() == reflect.Struct && !isText(v):
		r.structure(n, v, key)
	default:
		r.scalar(n, v, key)
	}
}

func isText(v reflect.Value) bool {
	_, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	return ok
}

func (r *reader) scalar(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.ScalarNode {
		r.fault(n.Line, "yaml", "", "%s must be one value", key)
		return
	}
	text := strings.TrimSpace(n.Value)
	if text == "" || n.Tag == "!!null" && n.Style == 0 {
		r.fault(n.Line, "empty", "leave the key out: a blank says that nobody looked; missing: unknown, none, not_reported or not_applicable says more", "%s has no value", key)
		return
	}
	if v.Kind() == reflect.Bool {
		if text != "true" {
			r.fault(n.Line, "value", "write true or leave the key out", "%s: %q", key, text)
		}
		v.SetBool(text == "true")
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			r.fault(n.Line, "value", "", "%s: %v", key, err)
		}
		return
	}
	if all := words[v.Type()]; all != nil && !slices.Contains(all, text) {
		r.fault(n.Line, "word", nearest(text, all), "%s: %q is not a word of the register", key, text)
		return
	}
	v.SetString(text)
}

// keys are the keys of a structure, in the order of its fields, which is the
// canonical order of a file.
type keys struct {
	names []string
	index map[string]int
}

var keysOf sync.Map // reflect.Type to keys

func fieldsOf(t reflect.Type) keys {
	if k, ok := keysOf.Load(t); ok {
		return k.(keys)
	}
	k := keys{index: map[string]int{}}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			k.index[name] = i
			k.names = append(k.names, name)
		}
	}
	keysOf.Store(t, k)
	return k
}
