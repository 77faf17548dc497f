//go:build unix

package graph_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
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

var errNoRoom = errors.New("no room")

// withRoom has a test decide for each growth of a file whether the disk has room.
func withRoom(t *testing.T, room func(growth string) bool) {
	t.Helper()
	old := disk.Allocate
	var lock sync.Mutex // a commit grows files side by side
	disk.Allocate = func(f *os.File, size int64) error {
		lock.Lock()
		ok := room(fmt.Sprint(filepath.Base(f.Name()), " to ", size))
		lock.Unlock()
		if !ok {
			return errNoRoom
		}
		return old(f, size)
	}
	t.Cleanup(func() { disk.Allocate = old })
}

// grown are ledgers of each layout that make files grow more than once.
func grown() map[string]ledger.Source {
	return map[string]ledger.Source{
		"blocks": ledgertest.Chain{Seed: 9, Length: 25, PerBlock: 90},
		"flows":  ledgertest.Payments{Seed: 9, Transfers: 2600, Accounts: 1500, PerBlock: 500, Hashed: true},
		"moves":  resumed{ledgertest.Payments{Seed: 9, Transfers: 900, Accounts: 900, PerBlock: 100}},
		"coins":  resumed{ledgertest.Chain{Seed: 9, Length: 8, PerBlock: 60}},
	}
}

// resumed hides that a source has blocks, and lets it go on from a cursor.
type resumed struct{ ledger.Source }

func (s resumed) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		for t, err := range s.All(ctx) {
			if err == nil && t.Key.Cmp(after.Key) <= 0 {
				continue
			}
			if !yield(t, err) {
				return
			}
		}
	}
}

// TestFullDisk: wherever the disk is full, what was committed before stands, whole,
// and the ledger is the same in the end, read by another writer or by the same one.
func TestFullDisk(t *testing.T) {
	for name, src := range grown() {
		growths := map[string]bool{}
		withRoom(t, func(g string) bool { growths[g] = true; return true })
		whole := t.TempDir()
		ingest(t, whole, src, graph.IngestOptions{Every: 300})
		want := digestOf(t, whole)
		for i, growth := range slices.Sorted(maps.Keys(growths)) {
			for k, same := range []bool{false, true} {
				if testing.Short() && i%4 != 2*k {
					continue
				}
				dir, full, met := t.TempDir(), true, false
				withRoom(t, func(g string) bool { met = met || g == growth; return !full || g != growth })
				w := writer(t, dir)
				_, err := graph.Ingest(t.Context(), w, src, graph.IngestOptions{Every: 300})
				if !errors.Is(err, errNoRoom) || !met {
					t.Fatalf("%s: %s: %v", name, growth, err)
				}
				full = false
				if !same {
					if err := w.Close(); err != nil {
						t.Fatal(err)
					}
					if s, err := graph.OpenStore(dir); err == nil {
						for _, f := range s.Check(t.Context()) {
							t.Errorf("%s: %s: %v", name, growth, f)
						}
						s.Close()
					} else if !errors.Is(err, graph.ErrNoStore) {
						t.Errorf("%s: %s: %v", name, growth, err)
					}
					w = writer(t, dir)
				}
				if _, err := graph.Ingest(t.Context(), w, src, graph.IngestOptions{Every: 300}); err != nil {
					t.Errorf("%s: %s, same writer %v: %v", name, growth, same, err)
				}
				if err := w.Close(); err != nil {
					t.Error(err)
				}
				if got := digestOf(t, dir); got != want {
					t.Errorf("%s: %s, same writer %v: digest %s, want %s", name, growth, same, got, want)
				}
			}
		}
	}
}
