package bitcoin_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// shared is a file of the shared data, which is not in the repository.
func shared(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set")
	}
	return filepath.Join(append([]string{root, "data"}, path...)...)
}

// btcdFile is a file in btcd's module, which the go command has for the oracle.
func btcdFile(t testing.TB, path string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/btcsuite/btcd").Output()
	if err != nil || strings.TrimSpace(string(out)) == "" {
		t.Skipf("the module of btcd is not at hand: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), path)
}

func open(t testing.TB, dir string, opt bitcoin.Options) *bitcoin.Source {
	t.Helper()
	s, err := bitcoin.Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t testing.TB, path string, parts ...[]byte) {
	t.Helper()
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	if err := os.WriteFile(path, all, 0o666); err != nil {
		t.Fatal(err)
	}
}

func transfers(t testing.TB, s ledger.Source) []ledger.Transfer {
	t.Helper()
	var all []ledger.Transfer
	for tr, err := range s.All(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.Validate(ledger.UTXO); err != nil {
			t.Fatal(err)
		}
		all = append(all, tr)
	}
	return all
}
