package graph_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// smallStores has a store of each layout.
func smallStores(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, src := range map[string]ledger.Source{
		"blocks": ledgertest.Chain{Seed: 4, Length: 40},
		"coins":  ledgertest.AnyCoins(4, 80),
		"moves":  ledgertest.AnyAccounts(4, 80),
		"flows":  ledgertest.Payments{Seed: 4, Transfers: 700, PerBlock: 60, Hashed: true},
	} {
		dir := filepath.Join(t.TempDir(), name)
		if _, err := storeOne(t, dir, 20, src); err != nil {
			t.Fatal(err)
		}
		out[name] = dir
	}
	return out
}

// fault opens a store and checks it, and gives the first thing wrong.
func fault(t *testing.T, dir string) error {
	t.Helper()
	s, err := graph.OpenStore(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, f := range s.Check(t.Context()) {
		return f
	}
	return nil
}

// TestFlippedBits: whatever bit of a committed file is flipped, opening or
// checking the store says so.
func TestFlippedBits(t *testing.T) {
	for name, dir := range smallStores(t) {
		if err := fault(t, dir); err != nil {
			t.Fatalf("%s: the store as it was written: %v", name, err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			flipEach(t, dir, f)
		}
	}
}

// flipEach flips bits spread over a file, one at a time.
func flipEach(t *testing.T, dir, file string) {
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".tab") || len(whole) == 0 {
		return // TestLostSlots: slots that nobody asks for may be anything
	}
	for i := range 8 {
		at := i * (len(whole) - 1) / 7
		bad := bytes.Clone(whole)
		bad[at] ^= 1 << i
		if err := os.WriteFile(file, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		err := fault(t, dir)
		if err == nil {
			t.Errorf("%s: nobody noticed bit %d of byte %d of %d", filepath.Base(file), i, at, len(whole))
		} else if !errors.Is(err, graph.ErrDamaged) && !errors.Is(err, graph.ErrVersion) {
			t.Errorf("%s: byte %d: %v", filepath.Base(file), at, err)
		}
	}
	if err := os.WriteFile(file, whole, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLostSlots: a hash table that lost its slots is noticed.
func TestLostSlots(t *testing.T) {
	for name, dir := range smallStores(t) {
		tables, err := filepath.Glob(filepath.Join(dir, "*.tab"))
		if err != nil || len(tables) != 2 {
			t.Fatal(tables, err)
		}
		for _, f := range tables {
			whole, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(f, append(whole[:64:64], make([]byte, len(whole)-64)...), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := fault(t, dir); !errors.Is(err, graph.ErrDamaged) {
				t.Errorf("%s: %s without slots: %v", name, filepath.Base(f), err)
			}
			if err := os.WriteFile(f, whole, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestMissingAndCutFiles: each file of a store is needed, whole.
func TestMissingAndCutFiles(t *testing.T) {
	for name, dir := range smallStores(t) {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			base := filepath.Base(f)
			if base == "LOCK" {
				continue
			}
			whole, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
			want := graph.ErrDamaged
			if base == "MANIFEST" {
				want = graph.ErrNoStore
			}
			if err := fault(t, dir); !errors.Is(err, want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("%s without %s: %v", name, base, err)
			}
			if len(whole) > 1 {
				if err := os.WriteFile(f, whole[:len(whole)/2], 0o644); err != nil {
					t.Fatal(err)
				}
				if err := fault(t, dir); !errors.Is(err, graph.ErrDamaged) {
					t.Errorf("%s with half of %s: %v", name, base, err)
				}
			}
			if err := os.WriteFile(f, whole, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestNewerVersion(t *testing.T) {
	dir := smallStores(t)["moves"]
	path := filepath.Join(dir, "MANIFEST")
	m, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	newer := bytes.Replace(m, []byte("coldtrail store 1 "), []byte("coldtrail store 99 "), 1)
	if bytes.Equal(m, newer) {
		t.Fatal("the manifest does not begin as this test thinks")
	}
	if err := os.WriteFile(path, newer, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := fault(t, dir); !errors.Is(err, graph.ErrVersion) || !strings.Contains(err.Error(), "version 99") {
		t.Errorf("got %v", err)
	}
	if w, err := graph.OpenWriter(dir); !errors.Is(err, graph.ErrVersion) {
		t.Errorf("a newer store was opened for writing: %v, %v", w, err)
	}
}

func TestOneWriter(t *testing.T) {
	dir := smallStores(t)["blocks"]
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := graph.OpenWriter(dir); !errors.Is(err, graph.ErrLocked) {
		t.Errorf("a second writer: %v", err)
	}
	if err := fault(t, dir); err != nil {
		t.Errorf("a reader beside a writer: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w, err = graph.OpenWriter(dir); err != nil {
		t.Errorf("after the first closed: %v", err)
	} else if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestNotAStore(t *testing.T) {
	dir := t.TempDir()
	if _, err := graph.OpenStore(dir); !errors.Is(err, graph.ErrNoStore) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := graph.OpenStore(filepath.Join(dir, "none")); !errors.Is(err, graph.ErrNoStore) {
		t.Errorf("no folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.OpenWriter(dir); !errors.Is(err, graph.ErrNoStore) {
		t.Errorf("somebody's folder was taken: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "LOCK")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("and files were left in it")
	}
}

func TestOtherLedgerIsRefused(t *testing.T) {
	dir := smallStores(t)["blocks"]
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := graph.Ingest(t.Context(), w, ledgertest.AnyCoins(1, 20), graph.IngestOptions{}); !errors.Is(err, graph.ErrStore) {
		t.Errorf("another ledger: %v", err)
	}
	if _, err := graph.Ingest(t.Context(), w, ledgertest.Chain{Seed: 999, Length: 50}, graph.IngestOptions{Undo: true}); !errors.Is(err, graph.ErrStore) {
		t.Errorf("another chain: %v", err)
	}
}

// TestSlotsOfACrash: what a crash of the machine left in hash tables that it did not
// count makes no table that is full for ever.
func TestSlotsOfACrash(t *testing.T) {
	part := ledgertest.Payments{Seed: 3, Transfers: 1000, Accounts: 900, PerBlock: 100, Hashed: true}
	dir, want := t.TempDir(), t.TempDir()
	ingest(t, dir, part, graph.IngestOptions{})
	tables, err := filepath.Glob(filepath.Join(dir, "*.tab"))
	if err != nil || len(tables) != 2 {
		t.Fatal(tables, err)
	}
	for _, f := range tables {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		// Slots that were written ahead, of ids that were never committed; the head,
		// which counts them, did not reach the disk.
		for at := 64; at < len(b)-64; at += 8 {
			if binary.LittleEndian.Uint64(b[at:]) == 0 {
				binary.LittleEndian.PutUint64(b[at:], uint64(at)<<40|1<<30)
			}
		}
		if err := os.WriteFile(f, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "DIRTY"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	part.Transfers = 3000
	ingest(t, dir, part, graph.IngestOptions{})
	ingest(t, want, part, graph.IngestOptions{})
	if a, b := digestOf(t, dir), digestOf(t, want); a != b {
		t.Errorf("digest %s, want %s", a, b)
	}
}
