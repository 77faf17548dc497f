package graph_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// long are ledgers with more than fifteen blocks, in columns of several runs of
// checksums and of less than one.
func long() map[string]ledger.Source {
	return map[string]ledger.Source{
		"blocks": ledgertest.Chain{Seed: 9, Length: 40, PerBlock: 200},
		"flows":  ledgertest.Payments{Seed: 9, Transfers: 40_000, Accounts: 3000, PerBlock: 1000},
		"small":  ledgertest.Payments{Seed: 9, Transfers: 2500, Accounts: 500, PerBlock: 100},
	}
}

// withSync puts a wait for the disk in the place of the real one for a test.
func withSync(t *testing.T, sync func(*os.File) error) {
	t.Helper()
	old := disk.Sync
	disk.Sync, disk.NoSync = sync, false
	t.Cleanup(func() { disk.Sync, disk.NoSync = old, true })
}

// TestFailedUndo: an undo whose commit fails takes nothing back, in the writer and
// in what it leaves, and can be tried again.
func TestFailedUndo(t *testing.T) {
	const height = 15
	for name, src := range long() {
		for _, again := range []bool{false, true} {
			dir, want := t.TempDir(), t.TempDir()
			ingest(t, dir, src, graph.IngestOptions{})
			ingest(t, want, src, graph.IngestOptions{})
			w := writer(t, dir)
			// The commit cannot write its manifest here.
			block := filepath.Join(dir, disk.ManifestName+".new")
			if err := os.Mkdir(block, 0o755); err != nil {
				t.Fatal(err)
			}
			before := w.Info().Transfers
			if err := w.UndoTo(height); err == nil {
				t.Fatalf("%s: an undo was committed without a manifest", name)
			}
			if tip, _ := w.Tip(); tip.Height <= height || w.Info().Transfers != before {
				t.Errorf("%s: the writer ends at %d after an undo that failed", name, tip.Height)
			}
			if err := os.Remove(block); err != nil {
				t.Fatal(err)
			}
			if again {
				for _, w := range []*graph.Writer{w, writer(t, want)} {
					if err := w.UndoTo(height); err != nil {
						t.Fatal(err)
					}
					if err := w.Close(); err != nil {
						t.Fatal(err)
					}
				}
			} else if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if a, b := digestOf(t, dir), digestOf(t, want); a != b {
				t.Errorf("%s, tried again %v: digest %s, want %s", name, again, a, b)
			}
		}
	}
}

// TestFailedAfterRename: when a commit fails though its manifest is there already,
// the store is what either manifest says, and the next writer goes on with it.
func TestFailedAfterRename(t *testing.T) {
	for name, undo := range map[string]bool{"added": false, "undone": true} {
		t.Run(name, func(t *testing.T) {
			short, whole := ledgertest.Chain{Seed: 9, Length: 20, PerBlock: 60}, ledgertest.Chain{Seed: 9, Length: 40, PerBlock: 60}
			dir, want := t.TempDir(), t.TempDir()
			ingest(t, want, whole, graph.IngestOptions{})
			first := short
			if undo {
				first = whole
			}
			ingest(t, dir, first, graph.IngestOptions{})
			w := writer(t, dir)
			bad := errors.New("no wait for the folder")
			withSync(t, func(f *os.File) error {
				if f.Name() == dir {
					return bad
				}
				return nil
			})
			var err error
			if undo {
				err = w.UndoTo(19)
			} else {
				_, err = graph.Ingest(t.Context(), w, whole, graph.IngestOptions{})
			}
			if !errors.Is(err, bad) {
				t.Fatal(err)
			}
			disk.NoSync = true
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			digestOf(t, dir)
			ingest(t, dir, whole, graph.IngestOptions{})
			if a, b := digestOf(t, dir), digestOf(t, want); a != b {
				t.Errorf("digest %s, want %s", a, b)
			}
		})
	}
}

// openBlock opens a store of a chain and adds the next block, uncommitted.
func openBlock(t *testing.T, dir string, chain ledgertest.Chain) *graph.Writer {
	t.Helper()
	ingest(t, dir, chain, graph.IngestOptions{})
	next := chain
	next.Length++
	w := writer(t, dir)
	if err := w.AddBlock(blocksOf(t, next, chain.Length)[0].Apply); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestLinksBeforeMark: Close has links that it took back on the disk before it
// removes the mark that has the next writer look for them.
func TestLinksBeforeMark(t *testing.T) {
	for name, bad := range map[string]error{"synced": nil, "not synced": errors.New("no wait for links")} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w := openBlock(t, dir, ledgertest.Chain{Seed: 9, Length: 30, PerBlock: 60})
			mark := filepath.Join(dir, "DIRTY")
			synced := false
			withSync(t, func(f *os.File) error {
				if filepath.Base(f.Name()) != "out.spent.col" {
					return nil
				}
				_, err := os.Stat(mark)
				synced = err == nil
				return bad
			})
			if err := w.Close(); !errors.Is(err, bad) {
				t.Errorf("closed with %v", err)
			}
			if !synced {
				t.Error("the links were not waited for while the mark was there")
			}
			if _, err := os.Stat(mark); (err == nil) != (bad != nil) {
				t.Errorf("the mark: %v", err)
			}
			digestOf(t, dir)
		})
	}
}

// TestMarkOutlivesFailedOpening: a writer that could not open the store has
// cleared nothing, and leaves the mark of a crash.
func TestMarkOutlivesFailedOpening(t *testing.T) {
	dir := t.TempDir()
	ingest(t, dir, ledgertest.Chain{Seed: 9, Length: 30}, graph.IngestOptions{})
	mark, file := filepath.Join(dir, "DIRTY"), filepath.Join(dir, "tx.fee.col")
	if err := os.WriteFile(mark, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.OpenWriter(dir); !errors.Is(err, graph.ErrDamaged) {
		t.Fatal(err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Error(err)
	}
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
	if err := writer(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the mark is there after a writer that ended well")
	}
}

// TestMarkIsDurable: a writer has a new folder and its mark on the disk before it
// writes anything else.
func TestMarkIsDurable(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "store")
	var lock sync.Mutex
	var waits []string
	withSync(t, func(f *os.File) error {
		lock.Lock()
		defer lock.Unlock()
		waits = append(waits, f.Name())
		return nil
	})
	begin := func() []string { return waits[:min(len(waits), 3)] }
	ingest(t, dir, ledgertest.Chain{Seed: 9, Length: 30}, graph.IngestOptions{})
	if want := []string{top, filepath.Join(dir, "DIRTY"), dir}; !slices.Equal(begin(), want) {
		t.Errorf("a new store waits first for %q, want %q", begin(), want)
	}
	waits = nil
	w := writer(t, dir)
	if want := []string{filepath.Join(dir, "DIRTY"), dir}; !slices.Equal(begin(), want) {
		t.Errorf("a store waits first for %q, want %q", begin(), want)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestIndexesAfterFailedCommit: lists made for a commit that failed are not written
// over by those of the next, which names both.
func TestIndexesAfterFailedCommit(t *testing.T) {
	dir := t.TempDir()
	part := ledgertest.Payments{Seed: 3, Transfers: 133_000, Accounts: 2000, PerBlock: 1000}
	w := writer(t, dir)
	block := filepath.Join(dir, disk.ManifestName+".new")
	if err := os.Mkdir(block, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Ingest(t.Context(), w, part, graph.IngestOptions{}); err == nil {
		t.Fatal("committed without a manifest")
	}
	if err := os.Remove(block); err != nil {
		t.Fatal(err)
	}
	part.Transfers = 199_000
	if _, err := graph.Ingest(t.Context(), w, part, graph.IngestOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := fault(t, dir); err != nil {
		t.Error(err)
	}
}
