package api

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/api/internal/clients"
)

// TestClients holds the committed clients to the description: write them again with
// COLDTRAIL_WRITE=1.
func TestClients(t *testing.T) {
	description, err := newServer(t, Options{}).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file string
		make func([]byte) ([]byte, error)
	}{{"../web/app/src/client.ts", clients.TypeScript}, {"clients/coldtrail_client.py", clients.Python}} {
		got, err := c.make(description)
		if err != nil {
			t.Fatal(err)
		}
		if os.Getenv("COLDTRAIL_WRITE") != "" {
			if err := os.WriteFile(c.file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what the description says; run: COLDTRAIL_WRITE=1 go test ./api -run Clients", c.file)
		}
	}
}

// TestPythonClient runs the Python client against a server: pages, a question, an
// export, notes, problems.
func TestPythonClient(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: python3 is not on this machine")
	}
	s := newServer(t, Options{})
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	cmd := exec.Command(python, "-B", "testdata/client_test.py", web.URL)
	cmd.Env = append(os.Environ(), "PYTHONPATH=clients")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "all is well") {
		t.Errorf("the script did not reach its end: %s", out)
	}
}
