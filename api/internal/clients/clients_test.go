package clients

import (
	"os/exec"
	"strings"
	"testing"
)

// description holds what generators stumble over: names that the languages have
// already, comments that end comments, enums, maps, null, and every kind of answer.
const description = `{
 "paths": {
  "/api/v1/things/{case}/{b-c}": {
   "get": {"operationId": "get-thing", "summary": "A thing. It ends */ here, \"\"\"so\"\"\"",
    "parameters": [
     {"name": "b-c", "in": "path", "required": true, "schema": {"type": "string"}},
     {"name": "case", "in": "path", "required": true, "schema": {"type": "string"}},
     {"name": "from", "in": "query", "description": "where\nto begin", "schema": {"type": "integer"}},
     {"name": "max rows", "in": "query", "required": true, "schema": {"type": ["null", "array"], "items": {"type": "string"}}}],
    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}},
   "delete": {"operationId": "delete", "summary": "Away", "responses": {"204": {}}}
  },
  "/api/v1/import": {
   "post": {"operationId": "import", "summary": "Files", "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object"}}}},
    "responses": {"201": {"content": {"application/json": {"schema": {"type": "object"}}}}}},
   "put": {"operationId": "put-it", "summary": "Whole", "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}}}},
    "parameters": [{"name": "If-Match", "in": "header", "schema": {"type": "string"}}],
    "responses": {"200": {"content": {"application/json": {"schema": {"type": "boolean"}}}}}}
  },
  "/api/v1/things/{case}": {"delete": {"operationId": "delete-thing", "summary": "Gone", "parameters": [{"name": "case", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"204": {}}}},
  "/api/v1/events": {"get": {"operationId": "job-events", "summary": "Events", "responses": {"200": {"content": {"text/event-stream": {"schema": {}}}}}}},
  "/api/v1/export": {"get": {"operationId": "export", "summary": "Bytes", "parameters": [{"name": "as", "in": "query", "schema": {"enum": ["a", 1]}}],
    "responses": {"200": {"content": {"text/csv": {"schema": {}}}}}}}
 },
 "components": {"schemas": {
  "Error": {"type": "object", "description": "What is wrong", "required": ["where", "odd key"], "properties": {
   "where": {"type": "string", "enum": ["a\"b", "c"]}, "odd key": {"type": ["integer", "null"]}, "by": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
   "list": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}}, "any": {}, "bare": {"type": "array"}, "open": {"type": "object", "additionalProperties": true},
   "inner": {"type": "object", "properties": {"$ref_of": {"$ref": "#/components/schemas/free-form"}}}}},
  "free-form": {"type": "object"}
 }}
}`

// TestTypeScript: each part of the module, in the words that it must have.
func TestTypeScript(t *testing.T) {
	got := text(t, TypeScript)
	for _, want := range []string{
		"/** What is wrong */\nexport type ErrorOf = {\n",
		`  where: "a\"b" | "c";`, `  "odd key": number;`, "  by?: Record<string, string[]>;", `  list?: Array<"x" | "y">;`, "  any?: unknown;", "  bare?: unknown[];",
		"  open?: Record<string, unknown>;", "  inner?: {\n    \"$ref_of\"?: FreeForm;\n  };",
		"export type FreeForm = Record<string, unknown>;",
		"export type GetThingQuery = {\n  /** where to begin */\n  from?: number | undefined;\n  \"max rows\": string;\n};",
		"  /** A thing. It ends * / here, ''so'' */\n  getThing: (caseName: string, bC: string, query: GetThingQuery, signal?: AbortSignal) => get<ErrorOf>(`/things/${encodeURIComponent(caseName)}/${encodeURIComponent(bC)}`, query, signal),",
		"  import: (form: FormData) => upload<Record<string, unknown>>(`/import`, form),",
		"  putIt: (body: {\n    n: number;\n  }, headers: Record<string, string> = {}) => post<boolean>(`/import`, body, \"PUT\", headers),",
		"  jobEvents: (): string => path(`/events`),",
		"  deleteThing: (caseName: string): Promise<void> => send(`/things/${encodeURIComponent(caseName)}`, \"DELETE\"),",
		"  export: (query: ExportQuery = {}): string => path(`/export`, query),",
		`  as?: "a" | 1 | undefined;`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks\n%s\nin\n%s", want, got)
		}
	}
}

// TestPython: the methods, and that Python reads the module.
func TestPython(t *testing.T) {
	got := text(t, Python)
	for _, want := range []string{
		"    def get_thing(self, case, b_c, **query):\n        \"\"\"A thing. It ends * / here, ''so''.\n\n        Query:\n          from: where to begin\n          max rows\n        \"\"\"\n" +
			"        return self._json(\"GET\", _path(\"/things/{case}/{b_c}\", case=case, b_c=b_c), query=query)\n",
		"    def import_(self, fields=None, files=None):\n        \"\"\"Files.\"\"\"\n        return self._json(\"POST\", \"/import\", form=(fields or {}, files or {}))\n",
		"    def put_it(self, body, headers=None):\n        \"\"\"Whole.\"\"\"\n        return self._json(\"PUT\", \"/import\", body=body, headers=headers)\n",
		"    def job_events(self):\n        \"\"\"Events.\"\"\"\n        return self._events(\"GET\", \"/events\")\n",
		"        return self._bytes(\"GET\", \"/export\", query=query)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks\n%s\nin\n%s", want, got)
		}
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: python3 is not on this machine")
	}
	c := exec.Command(python, "-c", "import ast, sys; ast.parse(sys.stdin.read())")
	c.Stdin = strings.NewReader(got)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("no Python: %v\n%s", err, out)
	}
}

// text writes a client twice: the same description gives the same bytes.
func text(t *testing.T, write func([]byte) ([]byte, error)) string {
	t.Helper()
	got, err := write([]byte(description))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := write([]byte(description))
		if err != nil || string(again) != string(got) {
			t.Fatalf("written again it differs: %v", err)
		}
	}
	return string(got)
}

// TestNoDescription: what is no JSON is an error that names the file.
func TestNoDescription(t *testing.T) {
	for _, write := range []func([]byte) ([]byte, error){TypeScript, Python} {
		if _, err := write([]byte("{")); err == nil || !strings.HasPrefix(err.Error(), "openapi.json: ") {
			t.Errorf("error %v", err)
		}
	}
}
