package api

import (
	"encoding/json"
	"os"
	"path"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/casefile"
)

// FuzzQuestion: what a question becomes as YAML says the same as the JSON, whatever
// stands in its texts, and reading it as a case file never panics.
func FuzzQuestion(f *testing.F) {
	f.Add(`{"title":"a: b # c","thefts":[{"name":"T\n- x","seeds":[{"mark":"0x01"}]}],"gas":true,"n":1e3,"no":null}`)
	f.Add(`{"title":"\u202e\u0000\u0085","ledgers":[{"path":"x"}]}`)
	f.Add(`[1,`)
	f.Fuzz(func(t *testing.T, text string) {
		out, err := questionYAML(text, []uploaded{{name: "x", sha256: "ab"}})
		if err != nil {
			return
		}
		var back yaml.Node
		if err := yaml.Unmarshal([]byte(out), &back); err != nil {
			t.Fatalf("no YAML: %v\n%s", err, out)
		}
		said, err := yamlOf(text)
		if err != nil {
			t.Fatal(err)
		}
		wrote := back.Content[0].Content
		if value(said, "version") == nil {
			wrote = wrote[2:] // filled in, as parts of ledgers are
		}
		for i := 0; i+1 < len(said.Content); i += 2 {
			if said.Content[i].Value != "ledgers" {
				same(t, said.Content[i], wrote[i], out)
				same(t, said.Content[i+1], wrote[i+1], out)
			}
		}
		_, _ = casefile.Parse("case.yaml", []byte(out))
	})
}

func same(t *testing.T, want, got *yaml.Node, out string) {
	t.Helper()
	if want.Kind != got.Kind || len(want.Content) != len(got.Content) || want.Value != got.Value {
		t.Fatalf("%+v became %+v in\n%s", want, got, out)
	}
	for i := range want.Content {
		same(t, want.Content[i], got.Content[i], out)
	}
}

// FuzzPreview: any file has a preview that can be written as JSON, with at most so
// many rows, and a fault where it cannot be read.
func FuzzPreview(f *testing.F) {
	f.Add([]byte("tx,from,to,value,time\na,A,B,1,2024-01-01\n\"b"), "")
	f.Add([]byte("hash;from_address;to_address;value;block_number\n0x1;2;3;4;5\n"), `{"unit":"atomic"}`)
	f.Add([]byte("ledger x:1 account native EUR\nm A > B 5\n"), "")
	f.Add([]byte("\x1f\x8b\x08\x00"), "")
	f.Add([]byte("\xff\xfea\x00"), "{")
	dir := f.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { root.Close() })
	f.Fuzz(func(t *testing.T, data []byte, mapping string) {
		sub := strings.ReplaceAll(path.Base(t.TempDir()), ".", "")
		if err := root.MkdirAll(sub, 0o700); err != nil {
			t.Fatal(err)
		}
		u := &upload{texts: map[string]string{"mapping": mapping}, files: []uploaded{{name: "f", bytes: int64(len(data))}}, root: root, dir: sub}
		if err := root.WriteFile(path.Join(sub, "f"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := u.preview(t.Context())
		if err != nil {
			problemOf(err)
			return
		}
		if len(p.Rows) > previewRows {
			t.Errorf("%d rows", len(p.Rows))
		}
		if p.Format == "unknown" && len(p.Problems) == 0 {
			t.Error("unknown, and nothing is wrong")
		}
		if _, err := json.Marshal(p); err != nil {
			t.Error(err)
		}
	})
}
