package disk

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestColumnIsASlice: whatever is appended, cut, committed and opened again, a
// column holds what a slice would.
func TestColumnIsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "column")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		var extent Extent
		var want, committed []uint64
		c, err := OpenColumn[uint64](dir, "c", extent, true, false)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				for range rapid.IntRange(1, 20000).Draw(t, "more") {
					v := uint64(len(want))*3 + 1
					if err := c.Append(v); err != nil {
						t.Fatal(err)
					}
					want = append(want, v)
				}
			case 1:
				// Only what is not committed may be cut without a commit after.
				n := rapid.IntRange(0, len(want)).Draw(t, "cut")
				c.Cut(n)
				want = want[:n]
				fallthrough
			case 2:
				if extent, err = c.Commit(); err != nil {
					t.Fatal(err)
				}
				committed = slices.Clone(want)
			case 3:
				if err := c.Close(); err != nil {
					t.Fatal(err)
				}
				if c, err = OpenColumn[uint64](dir, "c", extent, true, false); err != nil {
					t.Fatal(err)
				}
				want = slices.Clone(committed)
			case 4: // a commit that no manifest follows
				back := c.Hold()
				c.Cut(rapid.IntRange(0, len(want)).Draw(t, "for now"))
				if _, err := c.Commit(); err != nil {
					t.Fatal(err)
				}
				back()
			}
			if !slices.Equal(c.All(), want) {
				t.Fatalf("the column has %d values, the slice %d", c.Len(), len(want))
			}
			if err := c.Verify(); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestHeapIsASlice: the same of records.
func TestHeapIsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "heap")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		h, err := OpenHeap(dir, "h", 0, nil, true)
		if err != nil {
			t.Fatal(err)
		}
		var want [][]byte
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if rapid.IntRange(0, 9).Draw(t, "step") == 0 {
				n := rapid.IntRange(0, len(want)).Draw(t, "cut")
				back := h.Hold()
				h.Cut(n)
				if rapid.Bool().Draw(t, "for now") {
					back()
				} else {
					want = want[:n]
				}
			} else {
				r := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "record")
				if err := h.Append(r); err != nil {
					t.Fatal(err)
				}
				want = append(want, r)
			}
			if err := h.Verify(); err != nil {
				t.Fatal(err)
			}
		}
		extents := map[string]Extent{}
		for _, c := range h.Columns() {
			if extents[c.Name()], err = c.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if h, err = OpenHeap(dir, "h", len(want), extents, false); err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		for i, r := range want {
			if !bytes.Equal(h.At(i), r) {
				t.Fatalf("record %d is %x, want %x", i, h.At(i), r)
			}
		}
		if h.At(len(want)) != nil || h.At(-1) != nil {
			t.Fatal("a record beyond the last")
		}
	})
}

// TestTableFinds: every id is found under its hash, among at most a few others,
// and in the order of insertion.
func TestTableFinds(t *testing.T) {
	const n = 5000
	table, err := NewTable(t.TempDir(), "t", 0, n)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	name := func(i int) []byte { return fmt.Appendf(nil, "name %d", i%4000) } // some twice
	for i := range n {
		table.Insert(Hash(name(i)), uint64(i))
	}
	for i := range n {
		var found []uint64
		for p := table.Seek(Hash(name(i))); ; {
			id, ok := p.Next()
			if !ok {
				break
			}
			if bytes.Equal(name(int(id)), name(i)) {
				found = append(found, id)
			} else if len(found) > 100 {
				t.Fatal("the tags tell nothing apart")
			}
		}
		want := []uint64{uint64(i % 4000)}
		if i%4000 < n-4000 {
			want = append(want, uint64(i%4000+4000))
		}
		if !slices.Equal(found, want) {
			t.Fatalf("name of %d: found %v, want %v", i, found, want)
		}
	}
	p := table.Seek(Hash([]byte("nobody")))
	for {
		id, ok := p.Next()
		if !ok {
			break
		}
		if bytes.Equal(name(int(id)), []byte("nobody")) {
			t.Fatal("found what was not inserted")
		}
	}
}

func TestFullTableEndsItsWalk(t *testing.T) {
	table, err := NewTable(t.TempDir(), "t", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	for i := range table.Slots() {
		table.Insert(7, i)
	}
	n := uint64(0)
	for p := table.Seek(7); ; n++ {
		if _, ok := p.Next(); !ok {
			break
		}
	}
	if n != table.Slots() {
		t.Errorf("the walk gave %d of %d ids", n, table.Slots())
	}
}

// TestIndexesAgree: sparse and dense lists are what a map would hold.
func TestIndexesAgree(t *testing.T) {
	was := nearItems
	defer func() { nearItems = was }()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "index")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		keys := rapid.SliceOfN(rapid.Uint32Range(0, 40), 0, 200).Draw(t, "keys")
		from := rapid.IntRange(0, len(keys)).Draw(t, "from")
		rows := rapid.SampledFrom([]int{20, 41, 1000}).Draw(t, "rows")
		nearItems = rapid.SampledFrom([]uint64{1, 7, was}).Draw(t, "at a time")
		info, err := BuildIndex(dir, "x.idx", keys, uint64(from), uint64(len(keys)), rows)
		if err != nil {
			t.Fatal(err)
		}
		x, err := OpenIndex(dir, info)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		want := map[uint32][]uint32{}
		for i := from; i < len(keys); i++ {
			if int(keys[i]) < rows {
				want[keys[i]] = append(want[keys[i]], uint32(i))
			}
		}
		for k := range uint32(45) {
			if !slices.Equal(x.Of(k), want[k]) {
				t.Fatalf("key %d: %v, want %v", k, x.Of(k), want[k])
			}
		}
		if err := x.Verify(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestManifestIsReplacedWhole(t *testing.T) {
	dir := t.TempDir()
	type content struct{ N int }
	var got content
	if err := ReadManifest(dir, 1, &got); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no manifest: %v", err)
	}
	for n := range 3 {
		if err := WriteManifest(dir, 1, content{n}); err != nil {
			t.Fatal(err)
		}
		if err := ReadManifest(dir, 1, &got); err != nil || got.N != n {
			t.Errorf("read %v, %v, want %d", got, err, n)
		}
	}
	// A crash before the rename leaves the old manifest.
	if err := os.WriteFile(filepath.Join(dir, ManifestName+".new"), []byte("coldtrail store 1 0"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := ReadManifest(dir, 1, &got); err != nil || got.N != 2 {
		t.Errorf("read %v, %v", got, err)
	}
	if err := ReadManifest(dir, 2, &got); !errors.Is(err, ErrVersion) {
		t.Errorf("another version: %v", err)
	}
}

// TestDurableNames: a mark and a folder are waited for with the folders that they
// are named in.
func TestDurableNames(t *testing.T) {
	var waits []string
	old := Sync
	defer func() { Sync, NoSync = old, false }()
	top := t.TempDir()
	Sync = func(f *os.File) error {
		name, err := filepath.Rel(top, f.Name())
		waits = append(waits, name)
		return err
	}
	dir := filepath.Join(top, "a", "b")
	for range 2 { // the second makes nothing
		if err := MakeDir(dir); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"a", "."}; !slices.Equal(waits, want) {
		t.Errorf("making %s waits for %q, want %q", dir, waits, want)
	}
	waits = nil
	if err := Mark(dir, "M"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a/b/M", "a/b"}; !slices.Equal(waits, want) {
		t.Errorf("a mark waits for %q, want %q", waits, want)
	}
	waits, NoSync = nil, true
	if err := errors.Join(Mark(dir, "N"), MakeDir(filepath.Join(dir, "c"))); err != nil || len(waits) > 0 {
		t.Errorf("without waits: %v, %q", err, waits)
	}
}

// TestTableWaitsAgain: a table that the disk did not take is not held for durable.
func TestTableWaitsAgain(t *testing.T) {
	table, err := NewTable(t.TempDir(), "t", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	old, bad := Sync, errors.New("not now")
	defer func() { Sync = old }()
	Sync = func(*os.File) error { return bad }
	for range 2 {
		if err := table.Commit(); !errors.Is(err, bad) {
			t.Errorf("committed: %v", err)
		}
	}
}

// TestNoRoom: a disk without room is an error at the growth, not a fault at a
// later write. The limit on the size of files stands for the disk's.
func TestNoRoom(t *testing.T) {
	limitFiles(t, 1<<20)
	c, err := OpenColumn[uint64](t.TempDir(), "c", Extent{}, true, false)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range uint64(1 << 20) {
		if err := c.Append(i); err != nil {
			if n := c.Len(); n != int(i) || n < 1<<16 {
				t.Errorf("%d values, %d were taken", n, i)
			}
			return
		}
	}
	t.Error("eight MiB went into one")
}

// BenchmarkBuildIndex lists sixteen million items by two million keys, a quarter of
// which are few.
func BenchmarkBuildIndex(b *testing.B) {
	dir := b.TempDir()
	keys, x := make([]uint32, 16<<20), uint64(1)
	for i := range keys {
		x = x*6364136223846793005 + 1442695040888963407
		if keys[i] = uint32(x>>40) % 2_000_000; i%4 == 0 {
			keys[i] %= 50
		}
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := BuildIndex(dir, "x.idx", keys, 0, uint64(len(keys)), 2_000_000); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(keys)), "ns/item")
}

func BenchmarkTableFind(b *testing.B) {
	table, err := NewTable(b.TempDir(), "t", 0, 1<<22)
	if err != nil {
		b.Fatal(err)
	}
	defer table.Close()
	for i := range uint64(1 << 22) {
		table.Insert(i*0x9e3779b97f4a7c15, i)
	}
	i := uint64(0)
	for b.Loop() {
		p := table.Seek(i % (1 << 22) * 0x9e3779b97f4a7c15)
		p.Next()
		i += 7919
	}
}
