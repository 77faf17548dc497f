package graph_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// between is a codec that lets a test act when a reader has the manifest and not yet
// the files that it names.
type between struct {
	ledger.Plain
	act func()
}

func (b between) Name() string {
	b.act()
	return b.Plain.Name()
}

// TestOpenBesideCommit: a commit that takes away the files of the manifest which a
// reader has just read is no damage: the reader opens what is there now.
func TestOpenBesideCommit(t *testing.T) {
	dir := t.TempDir()
	part := func(n int) ledgertest.Payments {
		return ledgertest.Payments{Seed: 3, Transfers: n, Accounts: 9000, PerBlock: 500, Hashed: true}
	}
	ingest(t, dir, part(2000), graph.IngestOptions{})
	commits := 0
	s, err := graph.OpenStore(dir, between{act: func() {
		if commits++; commits <= 2 { // tables are made anew, larger, each time
			ingest(t, dir, part(2000+9000*commits), graph.IngestOptions{})
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Info().Transfers != 20_000 || commits != 3 {
		t.Errorf("%d transfers, opened at try %d", s.Info().Transfers, commits)
	}
	for _, f := range s.Check(t.Context()) {
		t.Error(f)
	}
	// A file that is missing though nobody committed is damage, and no endless loop.
	tables, err := filepath.Glob(filepath.Join(dir, "names.*.tab"))
	if err != nil || len(tables) != 1 {
		t.Fatal(tables, err)
	}
	if err := os.Remove(tables[0]); err != nil {
		t.Fatal(err)
	}
	if err := fault(t, dir); err == nil || !bytes.Contains([]byte(err.Error()), []byte(tables[0])) {
		t.Errorf("without its names: %v", err)
	}
}
