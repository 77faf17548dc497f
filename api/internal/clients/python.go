package clients

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// pythonHead is the part of the Python client that does not depend on the
// description.
//
//go:embed head.py
var pythonHead string

// Python writes a module with one class, which has a method for each operation.
func Python(openAPI []byte) ([]byte, error) {
	_, calls, err := read(openAPI)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(pythonHead)
	for _, c := range calls {
		b.WriteString(pyMethod(c))
	}
	return b.Bytes(), nil
}

// taken are names that Python or the head uses for something else.
var taken = []string{"import", "from", "class", "def", "pass", "for", "in", "is", "not", "try", "with", "return", "pages", "answer"}

func pyName(name string) string {
	s := snake(name)
	if slices.Contains(taken, s) {
		s += "_"
	}
	return s
}

func pyMethod(c call) string {
	args := []string{"self"}
	var parts []string
	at := c.path
	for _, p := range c.inPath {
		args = append(args, pyName(p.Name))
		at = strings.ReplaceAll(at, "{"+p.Name+"}", "{"+pyName(p.Name)+"}")
		parts = append(parts, pyName(p.Name)+"="+pyName(p.Name))
	}
	path := fmt.Sprintf("%q", at)
	if len(parts) > 0 {
		path = fmt.Sprintf("_path(%q, %s)", at, strings.Join(parts, ", "))
	}
	send := fmt.Sprintf("%q, %s", c.method, path)
	switch {
	case c.body == "multipart/form-data":
		args = append(args, "fields=None", "files=None")
		send += ", form=(fields or {}, files or {})"
	case c.body != "":
		args = append(args, "body")
		send += ", body=body"
	}
	if len(c.headers) > 0 {
		args = append(args, "headers=None")
		send += ", headers=headers"
	}
	if len(c.query) > 0 {
		args = append(args, "**query")
		send += ", query=query"
	}
	how := "_json"
	if c.answer == nil {
		how = "_bytes"
		for status, x := range c.Responses {
			if _, ok := x.Content["text/event-stream"]; ok && status == "200" {
				how = "_events"
			}
		}
	}
	doc := sentence(c.Summary) + "."
	if len(c.query) > 0 {
		doc += "\n\n        Query:"
		for _, p := range c.query {
			doc += "\n          " + strings.TrimRight(p.Name+": "+sentence(p.Description), ": ")
		}
		doc += "\n        "
	}
	return fmt.Sprintf("\n    def %s(%s):\n        \"\"\"%s\"\"\"\n        return self.%s(%s)\n", pyName(c.ID), strings.Join(args, ", "), doc, how, send)
}
