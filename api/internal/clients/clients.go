// Package clients writes clients of the API in other languages: what goes in is the
// description (openapi.json), what comes out is the text of a TypeScript module for
// the page and of a Python module without dependencies. It adds nothing that the
// description does not say.
package clients

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is what of a description the clients need.
type document struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID          string      `json:"operationId"`
	Summary     string      `json:"summary"`
	Parameters  []parameter `json:"parameters"`
	RequestBody *content    `json:"requestBody"`
	Responses   map[string]content
}

type parameter struct {
	Name, In, Description string
	Required              bool
	Schema                schema
}

type content struct {
	Content map[string]struct {
		Schema schema `json:"schema"`
	} `json:"content"`
}

type schema struct {
	Ref                  string            `json:"$ref"`
	Type                 any               `json:"type"`
	Description          string            `json:"description"`
	Enum                 []any             `json:"enum"`
	Items                *schema           `json:"items"`
	Properties           map[string]schema `json:"properties"`
	Required             []string          `json:"required"`
	AdditionalProperties any               `json:"additionalProperties"`
}

// call is an operation with its place, as the clients show it.
type call struct {
	operation
	method, path string // path without the prefix
	inPath       []parameter
	query        []parameter
	headers      []parameter
	body         string // content type; "" when there is none
	bodySchema   schema
	answer       *schema // of JSON; nil when it is something else
}

// prefix is cut from the paths: the clients set it once.
const prefix = "/api/v1"

func read(openAPI []byte) (*document, []call, error) {
	var d document
	if err := json.Unmarshal(openAPI, &d); err != nil {
		return nil, nil, fmt.Errorf("openapi.json: %w", err)
	}
	var calls []call
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			c := call{operation: d.Paths[path][method], method: strings.ToUpper(method), path: strings.TrimPrefix(path, prefix)}
			for _, p := range c.Parameters {
				switch p.In {
				case "path":
					c.inPath = append(c.inPath, p)
				case "query":
					c.query = append(c.query, p)
				case "header":
					c.headers = append(c.headers, p)
				}
			}
			slices.SortStableFunc(c.inPath, func(a, b parameter) int {
				return strings.Index(path, "{"+a.Name+"}") - strings.Index(path, "{"+b.Name+"}")
			})
			if c.RequestBody != nil {
				for _, kind := range slices.Sorted(maps.Keys(c.RequestBody.Content)) {
					c.body, c.bodySchema = kind, c.RequestBody.Content[kind].Schema
				}
			}
			for _, status := range []string{"200", "201"} {
				if x, ok := c.Responses[status].Content["application/json"]; ok && c.answer == nil {
					s := x.Schema
					c.answer = &s
				}
			}
			calls = append(calls, c)
		}
	}
	slices.SortFunc(calls, func(a, b call) int { return strings.Compare(a.ID, b.ID) })
	return &d, calls, nil
}

// kind is the type of a schema: the first that is not null.
func (s schema) kind() string {
	switch t := s.Type.(type) {
	case string:
		return t
	case []any:
		for _, x := range t {
			if x != "null" {
				return fmt.Sprint(x)
			}
		}
	}
	return ""
}

// inner is the schema of the values of a map.
func (s schema) inner() *schema {
	if _, ok := s.AdditionalProperties.(map[string]any); !ok {
		return nil
	}
	text, _ := json.Marshal(s.AdditionalProperties) // it was just read
	var out schema
	if json.Unmarshal(text, &out) != nil {
		return nil
	}
	return &out
}

// words splits a name at what no language takes in names.
func words(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

// camel writes a name as "jobEvents".
func camel(name string) string {
	var b strings.Builder
	for i, w := range words(name) {
		if i == 0 {
			b.WriteString(w)
			continue
		}
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// pascal writes a name as "JobEvents".
func pascal(name string) string {
	s := camel(name)
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// snake writes a name as "job_events".
func snake(name string) string { return strings.ToLower(strings.Join(words(name), "_")) }

// sentence keeps a description on one line, without what ends a comment.
func sentence(s string) string {
	return strings.NewReplacer("\n", " ", "*/", "* /", `"""`, "''", `\`, `\\`).Replace(strings.TrimSpace(s))
}
