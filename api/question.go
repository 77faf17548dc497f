package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/casefile"
)

// questionYAML writes a question in JSON as a case file: the same keys, in the
// order in which they came. What an upload says itself is filled in: the version,
// and path and digest of a ledger.
func questionYAML(text string, files []uploaded) (string, error) {
	doc, err := yamlOf(text)
	if err != nil {
		return "", problem(http.StatusUnprocessableEntity, "the question is no JSON object: "+err.Error(), "it has the keys of a case file (casefile/README.md)")
	}
	if doc.Kind != yaml.MappingNode {
		return "", problem(http.StatusUnprocessableEntity, "the question is no JSON object", "it has the keys of a case file (casefile/README.md)")
	}
	if value(doc, "version") == nil {
		doc.Content = append([]*yaml.Node{word("version"), word(casefile.Version)}, doc.Content...)
	}
	if list := value(doc, "ledgers"); list != nil {
		for _, l := range list.Content {
			fillLedger(l, files)
		}
	}
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return "", err
	}
	return b.String(), enc.Close()
}

func fillLedger(l *yaml.Node, files []uploaded) {
	if l.Kind != yaml.MappingNode {
		return
	}
	if value(l, "path") == nil && len(files) == 1 {
		l.Content = append(l.Content, word("path"), word(files[0].name))
	}
	p := value(l, "path")
	if p == nil || value(l, "sha256") != nil {
		return
	}
	for _, f := range files {
		if f.name == p.Value[strings.LastIndexByte(p.Value, '/')+1:] {
			l.Content = append(l.Content, word("sha256"), word(f.sha256))
		}
	}
}

func value(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func word(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

// yamlOf turns JSON into a YAML tree: numbers and words of truth as they are
// written, texts as texts, keys that are null left out.
func yamlOf(text string) (*yaml.Node, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	n, err := yamlNode(dec, 0)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends in the middle")
		}
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows it")
	}
	return n, nil
}

// nested is how deep a question may go; a case file goes no deeper than six.
const nested = 20

func yamlNode(dec *json.Decoder, depth int) (*yaml.Node, error) {
	if depth > nested {
		return nil, fmt.Errorf("nested deeper than %d", nested)
	}
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		if t == '{' {
			n = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		}
		for dec.More() {
			child, err := yamlNode(dec, depth+1)
			if err != nil {
				return nil, err
			}
			if n.Kind == yaml.SequenceNode {
				if child != nil {
					n.Content = append(n.Content, child)
				}
				continue
			}
			v, err := yamlNode(dec, depth+1)
			if err != nil {
				return nil, err
			}
			if v != nil {
				n.Content = append(n.Content, child, v)
			}
		}
		_, err := dec.Token()
		return n, err
	case string:
		return word(t), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(t)}, nil
	}
	return nil, nil // null
}
