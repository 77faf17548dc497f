package casefile

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A reader walks the YAML tree and keeps the first fault it meets; after that
// its methods return zero values, so that parsing code reads as the form of the
// file. Scalars are taken as written: "no" is a word, 0x1f an address, 1.50 an
// amount. Anchors, aliases, merge keys and explicit tags are refused, since a
// reviewer must see on a line what the line says.
type reader struct {
	file string
	err  *Error
	used used
}

// used are the names that Load must find a meaning for.
type used struct {
	amounts                   []*Amount
	filters                   []*Where
	assets, accounts, ledgers []Word
	// thefts and groups are looked up in the file itself.
	thefts, groups []Word
}

func (r *reader) fail(line int, hint, format string, args ...any) {
	if r.err == nil {
		r.err = &Error{File: r.file, Line: line, Msg: fmt.Sprintf(format, args...), Hint: hint, Err: ErrValue}
	}
}

// document reads the one document of a file.
func (r *reader) document(data []byte) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Load(data, &doc, yaml.WithUniqueKeys(false)); err != nil {
		line, msg := yamlFault(err)
		if strings.Contains(msg, "single document") {
			msg = "more than one document"
		}
		r.fail(line, "", "cannot be read as YAML: %s", msg)
		r.err.Err = ErrSyntax
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		r.fail(0, "the first line is version: "+Version, "the file is empty")
		r.err.Err = ErrSyntax
		return nil
	}
	return doc.Content[0]
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// yamlFault takes the line out of an error of the YAML library.
func yamlFault(err error) (int, string) {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	msg = strings.ReplaceAll(msg, "\n", " ")
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

// plain refuses what hides meaning.
func (r *reader) plain(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.fail(n.Line, "write the value out", "anchors and aliases are not allowed")
	case n.Style&yaml.TaggedStyle != 0:
		r.fail(n.Line, "write the value without !", "tags such as %s are not allowed", n.Tag)
	}
}

// word reads a scalar that is not empty.
func (r *reader) word(n *yaml.Node, what string) Word {
	if r.err != nil {
		return Word{}
	}
	r.plain(n)
	if n.Kind != yaml.ScalarNode {
		r.fail(n.Line, "", "%s must be one value", what)
		return Word{}
	}
	text := strings.TrimSpace(n.Value)
	if text == "" || n.Tag == "!!null" && n.Style == 0 {
		r.fail(n.Line, "leave the key out or give it a value", "%s has no value", what)
	}
	return Word{Text: text, Line: n.Line}
}
