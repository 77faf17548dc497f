package serve_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/guard/receipt"
)

// killChecks is how many checks the child is asked for:
//
//	go test ./guard/serve -run TestKill -kill.checks 10000 -kill.rounds 5
var (
	killChecks = flag.Int("kill.checks", 2000, "checks of a child that is killed")
	killRounds = flag.Int("kill.rounds", 2, "how often a child is killed")
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("COLDTRAIL_GUARD_CHILD"); dir != "" {
		flag.Parse()
		child(dir)
		return
	}
	os.Exit(m.Run())
}

// child checks as fast as it can and prints the hash of each receipt once it is
// answered, until it is killed.
func child(dir string) {
	t := &testing.T{}
	g, rows := bybit(t)
	signer, verifier, err := receipt.ReadKey(filepath.Join(dir, "key"))
	if err != nil {
		panic(err)
	}
	l, _, err := receipt.Open(filepath.Join(dir, "log"), signer, verifier)
	if err != nil {
		panic(err)
	}
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range *killChecks / 4 {
				body, err := g.Check(context.Background(), rows[(i+w)%len(rows)]).JSON()
				if err != nil {
					panic(err)
				}
				made, err := l.Append(body)
				if err != nil {
					panic(err)
				}
				fmt.Println(made.ID())
			}
		})
	}
	all.Wait()
	l.Close()
}

// TestKill kills a guard with SIGKILL in the middle of its work. Afterwards the
// chain is whole and every verdict that was answered stands in it.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	if _, err := receipt.WriteKey(filepath.Join(dir, "key"), "killed"); err != nil {
		t.Fatal(err)
	}
	_, verifier, err := receipt.ReadKey(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	answered := map[string]bool{}
	for round := range *killRounds {
		runAndKill(t, dir, *killChecks/(2*(*killRounds))*(round+1)/2, answered)
		f, err := os.Open(filepath.Join(dir, "log"))
		if err != nil {
			t.Fatal(err)
		}
		kept := map[string]bool{}
		state, err := receipt.Walk(f, verifier, func(r *receipt.Receipt) { kept[r.ID()] = true })
		f.Close()
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for id := range answered {
			if !kept[id] {
				t.Fatalf("round %d: %s was answered and is not in the log", round, id)
			}
		}
		t.Logf("round %d: %d answered, %d in the log, %d bytes torn", round, len(answered), state.Receipts, state.Torn)
	}
}

// runAndKill starts a child and kills it after a number of answers.
func runAndKill(t *testing.T, dir string, after int, answered map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$", fmt.Sprintf("-kill.checks=%d", *killChecks))
	cmd.Env = append(os.Environ(), "COLDTRAIL_GUARD_CHILD="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	in := bufio.NewScanner(out)
	for n := 0; in.Scan(); n++ {
		if id := in.Text(); strings.HasPrefix(id, "sha256:") && len(id) == 71 {
			answered[id] = true // a torn line was cut by the kill, not answered
		}
		if n == after {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if len(answered) <= after/2 {
		t.Fatalf("only %d answers", len(answered))
	}
}
