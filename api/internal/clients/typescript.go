package clients

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// TypeScript writes the types of all records and a function for each operation,
// over the module api.ts that asks the server.
func TypeScript(openAPI []byte) ([]byte, error) {
	d, calls, err := read(openAPI)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`// Written from api/openapi.json by COLDTRAIL_WRITE=1 go test ./api -run Clients; do not
// edit. The records of the API as types, and a function for each of its operations.
import { get, path, post, prefix, send, upload } from "./api.ts";
`)
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		s := d.Components.Schemas[name]
		fmt.Fprintf(&b, "\n%sexport type %s = %s;\n", comment(s.Description, ""), typeName(name), tsType(s, ""))
	}
	for _, c := range calls {
		if len(c.query) > 0 {
			fmt.Fprintf(&b, "\nexport type %sQuery = {\n", pascal(c.ID))
			for _, p := range c.query {
				mark := "?"
				if p.Required {
					mark = ""
				}
				fmt.Fprintf(&b, "%s  %s%s: %s;\n", comment(p.Description, "  "), key(p.Name), mark, queryType(p, mark))
			}
			b.WriteString("};\n")
		}
	}
	b.WriteString("\n// The operations, by their names in the description.\nexport const api = {\n")
	for _, c := range calls {
		fmt.Fprintf(&b, "%s  %s: %s,\n", comment(c.Summary, "  "), camel(c.ID), tsCall(c))
	}
	b.WriteString("};\n")
	return b.Bytes(), nil
}

// typeName and argument keep clear of names that the language has already.
func typeName(name string) string {
	s := pascal(name)
	if slices.Contains([]string{"Array", "Date", "Error", "FormData", "Map", "Object", "Promise", "Record", "Set", "String", "Number"}, s) {
		s += "Of"
	}
	return s
}

func argument(name string) string {
	s := camel(name)
	if slices.Contains([]string{"case", "class", "default", "delete", "export", "function", "import", "in", "new", "query", "body", "form", "signal", "headers"}, s) {
		s += "Name"
	}
	return s
}

func comment(s, indent string) string {
	if s == "" {
		return ""
	}
	return indent + "/** " + strings.ReplaceAll(sentence(s), `\\`, `\`) + " */\n"
}

// queryType is the type of a query parameter; lists are written with commas.
func queryType(p parameter, mark string) string {
	t := tsType(p.Schema, "")
	if p.Schema.kind() == "array" {
		t = "string"
	}
	if mark != "" {
		t += " | undefined"
	}
	return t
}

// key quotes a property name that is no identifier.
func key(name string) string {
	if camel(name) == name || strings.Join(words(name), "_") == name {
		return name
	}
	return strconv.Quote(name)
}

func tsType(s schema, indent string) string {
	if s.Ref != "" {
		return typeName(s.Ref[strings.LastIndexByte(s.Ref, '/')+1:])
	}
	if len(s.Enum) > 0 {
		var parts []string
		for _, e := range s.Enum {
			if text, ok := e.(string); ok {
				parts = append(parts, strconv.Quote(text))
			} else {
				parts = append(parts, fmt.Sprint(e))
			}
		}
		return strings.Join(parts, " | ")
	}
	switch s.kind() {
	case "string":
		return "string"
	case "integer", "number":
		return "number"
	case "boolean":
		return "boolean"
	case "array":
		if s.Items == nil {
			return "unknown[]"
		}
		inner := tsType(*s.Items, indent)
		if strings.ContainsAny(inner, "|{") {
			return "Array<" + inner + ">"
		}
		return inner + "[]"
	case "object":
		if v := s.inner(); v != nil {
			return "Record<string, " + tsType(*v, indent) + ">"
		}
		if len(s.Properties) == 0 {
			return "Record<string, unknown>"
		}
		return tsObject(s, indent)
	}
	return "unknown"
}

func tsObject(s schema, indent string) string {
	var b strings.Builder
	b.WriteString("{\n")
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		mark := "?"
		if slices.Contains(s.Required, name) {
			mark = ""
		}
		fmt.Fprintf(&b, "%s%s  %s%s: %s;\n", comment(p.Description, indent+"  "), indent, key(name), mark, tsType(p, indent+"  "))
	}
	return b.String() + indent + "}"
}

// tsCall is the function of an operation. One that is read and does not answer in JSON
// gives its address, for links and event streams.
func tsCall(c call) string {
	var args []string
	at := c.path
	for _, p := range c.inPath {
		args = append(args, argument(p.Name)+": string")
		at = strings.ReplaceAll(at, "{"+p.Name+"}", "${encodeURIComponent("+argument(p.Name)+")}")
	}
	at = "`" + at + "`"
	switch {
	case c.body == "multipart/form-data":
		args = append(args, "form: FormData")
	case c.body != "":
		args = append(args, "body: "+tsType(c.bodySchema, "  "))
	}
	query := ""
	if len(c.query) > 0 {
		arg := "query: " + pascal(c.ID) + "Query"
		if !slices.ContainsFunc(c.query, func(p parameter) bool { return p.Required }) {
			arg += " = {}"
		}
		args = append(args, arg)
		query = ", query"
		if c.method != "GET" {
			at = "path(" + at + ", query).slice(prefix.length)"
		}
	}
	switch {
	case c.answer == nil && c.method != "GET":
		return fmt.Sprintf("(%s): Promise<void> => send(%s, %q)", strings.Join(args, ", "), at, c.method)
	case c.answer == nil:
		return fmt.Sprintf("(%s): string => path(%s%s)", strings.Join(args, ", "), at, query)
	case c.method == "GET":
		args = append(args, "signal?: AbortSignal")
		if query == "" {
			query = ", {}"
		}
		return fmt.Sprintf("(%s) => get<%s>(%s%s, signal)", strings.Join(args, ", "), tsType(*c.answer, "  "), at, query)
	case c.body == "multipart/form-data":
		return fmt.Sprintf("(%s) => upload<%s>(%s, form)", strings.Join(args, ", "), tsType(*c.answer, "  "), at)
	}
	body, headers := "undefined", ""
	if c.body != "" {
		body = "body"
	}
	if len(c.headers) > 0 {
		args = append(args, "headers: Record<string, string> = {}")
		headers = ", headers"
	}
	return fmt.Sprintf("(%s) => post<%s>(%s, %s, %q%s)", strings.Join(args, ", "), tsType(*c.answer, "  "), at, body, c.method, headers)
}
