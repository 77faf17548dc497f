package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// server is a program that listens.
type server struct {
	base string
	cmd  *exec.Cmd
}

// build builds the program and starts it on a free port, with a log of receipts and a
// folder for notes.
func build(dir string) error {
	served.dir, served.binary = dir, filepath.Join(dir, "coldtrail")
	build := exec.Command("go", "build", "-o", served.binary, "./cmd/coldtrail")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, out)
	}
	key := filepath.Join(dir, "receipts.key")
	if out, err := exec.Command(served.binary, "guard", "keygen", key).CombinedOutput(); err != nil {
		return fmt.Errorf("making a key: %w\n%s", err, out)
	}
	var err error
	served.server, err = serve("127.0.0.1:0", "--notes", filepath.Join(dir, "notes"), "--guard-log", filepath.Join(dir, "receipts.log"), "--guard-key", key)
	return err
}

// serve starts a server and waits until it says where it listens.
func serve(listen string, args ...string) (*server, error) {
	s := &server{cmd: exec.Command(served.binary, append([]string{"serve", "--listen", listen}, args...)...)}
	errs, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	var said bytes.Buffer
	go func() {
		for l := bufio.NewScanner(io.TeeReader(errs, &said)); l.Scan(); {
			if m := regexp.MustCompile(`open (http://[^/]+)/`).FindStringSubmatch(l.Text()); m != nil {
				found <- m[1]
			}
		}
		close(found)
	}()
	select {
	case s.base = <-found:
	case <-time.After(30 * time.Second):
	}
	if s.base == "" {
		s.kill()
		return nil, fmt.Errorf("the server did not say where it listens: %s", said.String())
	}
	return s, nil
}

// another is a server of one test.
func another(t testing.TB, args ...string) *server {
	t.Helper()
	s, err := serve("127.0.0.1:0", args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

func (s *server) stop() { _ = s.cmd.Process.Signal(os.Interrupt); _ = s.cmd.Wait() }
func (s *server) kill() { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() }

// command runs the program as a user would, and gives what it prints. The exit code
// 3, a mismatch with what a case expects, is none of ours.
func command(t testing.TB, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(served.binary, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 3 {
		t.Fatalf("coldtrail %v: %v\n%s", args, err, errs.String())
	}
	return out
}

// ask reads an answer of the API.
func ask[T any](t testing.TB, s *server, path string) T {
	t.Helper()
	res, err := http.Get(s.base + "/api/v1" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var v T
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode == http.StatusOK {
		err = json.Unmarshal(body, &v)
	}
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v: %.300s", path, res.Status, err, body)
	}
	return v
}

// trailOf is the trail of a case under its own settings.
func trailOf(t testing.TB, s *server, name string) string {
	t.Helper()
	res, err := http.Post(s.base+"/api/v1/trails", "application/json", bytes.NewReader([]byte(`{"case":`+quote(name)+`}`)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var a struct{ Trail string }
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil || a.Trail == "" {
		t.Fatalf("the trail of %s: %s, %v", name, res.Status, err)
	}
	for end := time.Now().Add(wait); ; time.Sleep(50 * time.Millisecond) {
		if state := ask[struct{ State string }](t, s, "/trails/"+a.Trail).State; state == "done" {
			return a.Trail
		} else if time.Now().After(end) {
			t.Fatalf("the trail of %s is %s", name, state)
		}
	}
}

func quote(s string) string { q, _ := json.Marshal(s); return string(q) }
