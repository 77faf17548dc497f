package heist

import (
	"bytes"
	"encoding"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Format writes a file of the register in its one canonical form: keys in the
// order of docs/register.md, two spaces, plain scalars where they can be, long
// texts folded, comments kept. file is its path inside the register, which tells
// the form; the bytes must be readable. Format(Format(x)) is Format(x).
func Format(file string, data []byte) ([]byte, error) {
	p := parsePart(file, file, data)
	if err := p.problems.Err(); err != nil {
		return nil, err
	}
	r := &reader{file: file}
	n := r.document(data)
	if n == nil {
		return nil, r.problems.Err()
	}
	canonical(n, formOf(file))
	return dump(n)
}

func formOf(file string) reflect.Type {
	switch path.Dir(file) {
	case "incidents":
		return reflect.TypeFor[Incident]()
	case "sources":
		return reflect.TypeFor[sourcesFile]()
	case "actors":
		return reflect.TypeFor[Actor]()
	case "policies":
		return reflect.TypeFor[Policy]()
	}
	return reflect.TypeFor[assetsFile]()
}

func dump(n *yaml.Node) ([]byte, error) {
	out, err := yaml.Dump(n, yaml.WithIndent(2), yaml.WithLineWidth(100), yaml.WithCompactSeqIndent(false))
	if err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	return out, nil
}

// canonical sorts keys and chooses styles, from the top down.
func canonical(n *yaml.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n.Kind {
	case yaml.MappingNode:
		n.Style = 0
		order := fieldsOf(t)
		pairs := make([][2]*yaml.Node, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			pairs = append(pairs, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
		}
		slices.SortStableFunc(pairs, func(a, b [2]*yaml.Node) int {
			return order.index[a[0].Value] - order.index[b[0].Value]
		})
		n.Content = n.Content[:0]
		for _, p := range pairs {
			p[0].Style = 0
			canonical(p[1], t.Field(order.index[p[0].Value]).Type)
			n.Content = append(n.Content, p[0], p[1])
		}
	case yaml.SequenceNode:
		n.Style = 0
		length := 0
		for _, c := range n.Content {
			canonical(c, t.Elem())
			length += len(c.Value) + 2
			if c.HeadComment+c.LineComment+c.FootComment != "" || c.Kind != yaml.ScalarNode || c.Style != 0 {
				length += 1000
			}
		}
		if length < 70 {
			n.Style = yaml.FlowStyle
		}
	case yaml.ScalarNode:
		scalarStyle(n)
	}
}

var plainNumber = regexp.MustCompile(`^([0-9]|[1-9][0-9]*)(\.[0-9]+)?$`)

// scalarStyle: numbers and dates stand plain, as people write them; they are read
// as texts all the same. Long texts are folded, the rest is the library's choice.
func scalarStyle(n *yaml.Node) {
	n.Value = strings.TrimSpace(n.Value)
	n.Style, n.Tag = 0, "!!str"
	_, err := ParseDate(n.Value)
	switch {
	case n.Value == "true", plainNumber.MatchString(n.Value), err == nil && !strings.Contains(n.Value, "..") && !strings.Contains(n.Value, "?"):
		n.Tag = ""
	case len(n.Value) > 90 && !strings.HasPrefix(n.Value, "http") && !strings.ContainsAny(n.Value, "\n\t") && !strings.Contains(n.Value, "  "):
		n.Style = yaml.FoldedStyle
	}
}

// encode makes the YAML tree of a structure, leaving blanks out.
func encode(v reflect.Value) *yaml.Node {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.CanAddr() {
		if m, ok := v.Addr().Interface().(encoding.TextMarshaler); ok {
			text, err := m.MarshalText()
			if err != nil {
				text = nil
			}
			return &yaml.Node{Kind: yaml.ScalarNode, Value: string(text)}
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode}
		order := fieldsOf(v.Type())
		for _, name := range order.names {
			f := v.Field(order.index[name])
			if blank(f) {
				continue
			}
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, encode(f))
		}
		return n
	case reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range v.Len() {
			n.Content = append(n.Content, encode(v.Index(i)))
		}
		return n
	case reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v.Bool())}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
}

func blank(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	if d, ok := v.Interface().(Date); ok {
		return d.IsZero()
	}
	return v.IsZero()
}

// encodeFile writes a structure as a canonical file.
func encodeFile(v any) ([]byte, error) {
	n := encode(reflect.ValueOf(v))
	canonical(n, reflect.TypeOf(v))
	return dump(n)
}

// File is a file of a register: its path inside it and its bytes.
type File struct {
	Path string
	Data []byte
}

// Write gives the files of a register in canonical form, sorted by path: one per
// incident, actor and policy; sources by collection. What an imported claim has
// from its row is not written again.
func (reg *Register) Write() ([]File, error) {
	var out []File
	add := func(p string, v any) error {
		data, err := encodeFile(v)
		if err == nil {
			out = append(out, File{p, data})
		}
		return err
	}
	for _, i := range reg.Incidents {
		if err := add("incidents/"+i.ID+".yaml", i.bare()); err != nil {
			return nil, err
		}
	}
	for _, a := range reg.Actors {
		if err := add("actors/"+a.ID+".yaml", a); err != nil {
			return nil, err
		}
	}
	for _, p := range reg.Policies {
		if err := add("policies/"+p.ID+".yaml", p); err != nil {
			return nil, err
		}
	}
	files := map[string]*sourcesFile{}
	for _, s := range reg.Sources {
		name := "sources/" + collection(s) + ".yaml"
		if files[name] == nil {
			files[name] = &sourcesFile{Schema: SourcesForm}
		}
		files[name].Sources = append(files[name].Sources, s)
	}
	for name, f := range files {
		if err := add(name, f); err != nil {
			return nil, err
		}
	}
	if err := add("assets.yaml", &assetsFile{AssetsForm, reg.Assets}); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

// collection is the file that a new source is written to: that of its family, or
// its kind.
func collection(s *Source) string {
	if path.Base(path.Dir(s.File)) == "sources" {
		return strings.TrimSuffix(path.Base(s.File), ".yaml")
	}
	for _, f := range families {
		if f.match.MatchString(s.URL) {
			return f.prefix
		}
	}
	return string(s.Kind)
}

// bare is the incident without what its imported claims have from the row.
func (i *Incident) bare() *Incident {
	c := *i
	c.Claims = make([]*Claim, len(i.Claims))
	for n, cl := range i.Claims {
		d := *cl
		if d.Imported && i.Import != nil {
			if d.inheritedSources {
				d.Sources = nil
			}
			if d.Grade == i.Import.Grade {
				d.Grade = ""
			}
			if d.RecordedBy == i.Import.RecordedBy && d.RecordedOn.text == i.Import.RecordedOn.text {
				d.RecordedBy, d.RecordedOn = "", Date{}
			}
		}
		c.Claims[n] = &d
	}
	return &c
}

// Formatted reports whether a file has its canonical form.
func Formatted(file string, data []byte) (bool, error) {
	want, err := Format(file, data)
	return bytes.Equal(want, data), err
}

// addressed gives a value that encode can take the address of.
func addressed[T any](v T) reflect.Value { return reflect.ValueOf(&v).Elem() }
