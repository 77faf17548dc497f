package disk

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stands are the files of a folder with what is in them.
func stands(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if out[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// folder is a folder with a file of each kind, and what a manifest would say of them.
type folder struct {
	dir     string
	extents map[string]Extent
	indexes []IndexInfo
}

func makeFolder(t *testing.T) folder {
	t.Helper()
	dir := t.TempDir()
	c, err := OpenColumn[uint64](dir, "c", Extent{}, true, false)
	if err != nil {
		t.Fatal(err)
	}
	h, err := OpenHeap(dir, "h", 0, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	keys := make([]uint32, 3000)
	for i := range 20_000 { // more than one run of checksums
		if err := errors.Join(c.Append(uint64(i)), h.Append([]byte("0123456789"))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range keys {
		keys[i] = uint32(i % 700)
	}
	dense, e1 := BuildIndex(dir, "dense.idx", keys, 0, 3000, 700)
	sparse, e2 := BuildIndex(dir, "sparse.idx", keys, 0, 300, 700)
	extents := map[string]Extent{}
	for _, s := range append(h.Columns(), c) {
		if extents[s.Name()], err = s.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(e1, e2, c.Close(), h.Close()); err != nil {
		t.Fatal(err)
	}
	return folder{dir, extents, []IndexInfo{dense, sparse}}
}

// look opens and verifies everything.
func (f folder) look() error {
	c, err := OpenColumn[uint64](f.dir, "c", f.extents["c"], false, false)
	if err != nil {
		return err
	}
	defer c.Close()
	h, err := OpenHeap(f.dir, "h", 20_000, f.extents, false)
	if err != nil {
		return err
	}
	defer h.Close()
	err = c.Verify()
	for _, s := range h.Columns() {
		err = errors.Join(err, s.Verify())
	}
	for _, info := range f.indexes {
		x, e := OpenIndex(f.dir, info)
		if e == nil {
			e = errors.Join(x.Verify(), x.Close())
		}
		err = errors.Join(err, e)
	}
	return err
}

// TestDamageHasAPlace: a file of each kind that is cut, or has a byte changed, is found
// damaged when it is opened or verified, and the error names it.
func TestDamageHasAPlace(t *testing.T) {
	f := makeFolder(t)
	dir, extents := f.dir, f.extents
	if err := f.look(); err != nil {
		t.Fatal(err)
	}
	whole := stands(t, dir)
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		path, b := filepath.Join(dir, name), whole[name]
		if len(b) == 0 {
			continue
		}
		kind := strings.TrimSuffix(strings.TrimSuffix(path, ".crc"), ".col") // its column may be named in its place
		for _, at := range []int{0, min(8, len(b)-1), len(b) / 2, len(b) - 1} {
			flipped := bytes.Clone(b)
			flipped[at] ^= 0x10
			for what, bad := range map[string][]byte{"changed": flipped, "cut": b[:at]} {
				if err := os.WriteFile(path, bad, 0o644); err != nil {
					t.Fatal(err)
				}
				if err := f.look(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), kind) {
					t.Errorf("%s %s at byte %d of %d: %v", name, what, at, len(b), err)
				}
			}
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for what, e := range map[string]Extent{"no whole value": {Bytes: extents["c"].Bytes - 3}, "one more than there is": {Bytes: extents["c"].Bytes + 8}} {
		if _, err := OpenColumn[uint64](dir, "c", e, false, false); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), filepath.Join(dir, "c")) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, n := range []int{0, 19_000, 21_000} {
		if _, err := OpenHeap(dir, "h", n, extents, false); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%d records: %v", n, err)
		}
	}
}
