package disk

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"unsafe"
)

const (
	indexMagic = "ctINDEX1"
	indexHead  = 64
	// sparseItems is up to how many items an index lists its keys one by one;
	// larger ones have an offset for every key there is.
	sparseItems = 1 << 20
)

// Index lists, for each key, the items of a range that have it, ascending: the
// adjacency of a graph in compressed rows. It is written once and never
// changes. Sparse ones list the keys that occur, dense ones have a row for every
// key below a number.
type Index struct {
	IndexInfo
	data   *file
	keys   []uint32 // nil when dense
	starts []uint32 // relative to items; one more than rows
	items  []uint32
}

// IndexInfo is what a manifest says of an index.
type IndexInfo struct {
	File string `json:"file"`
	// From and To enclose the items: From <= item < To.
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
	// Built is To when the index was made: an undo lowers To alone.
	Built uint64 `json:"built"`
	// Sum is the CRC-32C of the file.
	Sum uint32 `json:"crc"`
}

// BuildIndex sorts the items from..to by their keys into a new file. keyOf[i] is
// the key of item i; keys at or above rows are left out.
func BuildIndex(dir, name string, keyOf []uint32, from, to uint64, rows int) (IndexInfo, error) {
	info := IndexInfo{File: name, From: from, To: to, Built: to}
	if to-from <= sparseItems && rows > int(to-from) {
		return info, buildSparse(dir, &info, keyOf, uint32(rows))
	}
	return info, buildDense(dir, &info, keyOf, rows)
}

func buildSparse(dir string, info *IndexInfo, keyOf []uint32, rows uint32) error {
	pairs := make([]pair, 0, info.To-info.From)
	for i := info.From; i < info.To; i++ {
		if k := keyOf[i]; k < rows {
			pairs = append(pairs, pair{k, uint32(i)})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if a.key != b.key {
			return cmp32(a.key, b.key)
		}
		return cmp32(a.item, b.item)
	})
	var keys, starts []uint32
	for i, p := range pairs {
		if i == 0 || p.key != pairs[i-1].key {
			keys, starts = append(keys, p.key), append(starts, uint32(i))
		}
	}
	x, err := newIndex(dir, info, len(keys), len(pairs), true)
	if err != nil {
		return err
	}
	copy(x.keys, keys)
	copy(x.starts, append(starts, uint32(len(pairs))))
	for i, p := range pairs {
		x.items[i] = p.item
	}
	return x.finish(info)
}

func cmp32(a, b uint32) int {
	if a < b {
		return -1
	}
	return int(min(a-b, 1))
}

// buildDense is a counting sort in the mapped file itself, so that its memory is
// the page cache's.
func buildDense(dir string, info *IndexInfo, keyOf []uint32, rows int) error {
	n := 0
	for _, k := range keyOf[info.From:info.To] {
		if int(k) < rows {
			n++
		}
	}
	x, err := newIndex(dir, info, rows, n, false)
	if err != nil {
		return err
	}
	// starts[k+1] first counts, then is where row k is being filled, and so ends
	// as where row k+1 begins.
	counts := x.starts[1:]
	near := newNearness(rows)
	for some := range near.each(keyOf, info.From, info.To) {
		for _, p := range some {
			counts[p.key]++
		}
	}
	sum := uint32(0)
	for k, c := range counts {
		counts[k], sum = sum, sum+c
	}
	for some := range near.each(keyOf, info.From, info.To) {
		for _, p := range some {
			x.items[counts[p.key]] = p.item
			counts[p.key]++
		}
	}
	return x.finish(info)
}

func newIndex(dir string, info *IndexInfo, rows, items int, sparse bool) (*Index, error) {
	size := uint64(indexHead) + 4*uint64(rows+1) + 4*uint64(items)
	if sparse {
		size += 4 * uint64(rows)
	}
	path := filepath.Join(dir, info.File)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	f, err := openFile(path, 0, true)
	if err != nil {
		return nil, err
	}
	if err := f.grow(size); err != nil {
		return nil, errors.Join(err, f.close(0), os.Remove(path))
	}
	copy(f.mem, indexMagic)
	kind := uint64(0)
	if sparse {
		kind = 1
	}
	for i, v := range []uint64{kind, uint64(rows), uint64(items), info.From, info.Built} {
		binary.LittleEndian.PutUint64(f.mem[8+8*i:], v)
	}
	x := &Index{IndexInfo: *info, data: f}
	return x, x.slice()
}

// slice lays the parts over the mapped file.
func (x *Index) slice() error {
	m := x.data.mem
	if len(m) < indexHead || string(m[:8]) != indexMagic {
		return fmt.Errorf("%s is no index: %w", x.data.path, ErrDamaged)
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(m[8+8*i:]) }
	sparse, rows, items := word(0) == 1, word(1), word(2)
	size := indexHead + 4*(rows+1) + 4*items
	if sparse {
		size += 4 * rows
	}
	if rows > 1<<32 || items > 1<<32 || size > uint64(len(m)) || word(3) != x.From || word(4) != x.Built {
		return fmt.Errorf("%s does not hold what the manifest says: %w", x.data.path, ErrDamaged)
	}
	all := unsafe.Slice((*uint32)(unsafe.Pointer(&m[0])), len(m)/4)[indexHead/4:]
	if sparse {
		x.keys, all = all[:rows], all[rows:]
	}
	x.starts, x.items = all[:rows+1], all[rows+1:rows+1+items]
	return nil
}

func (x *Index) size() uint64 {
	return indexHead + 4*uint64(len(x.keys)+len(x.starts)+len(x.items))
}

func (x *Index) finish(info *IndexInfo) error {
	info.Sum = crc32.Checksum(x.data.mem[:x.size()], castagnoli)
	return errors.Join(x.data.sync(), x.data.close(x.size()))
}

// OpenIndex opens an index that a manifest names.
func OpenIndex(dir string, info IndexInfo) (*Index, error) {
	path := filepath.Join(dir, info.File)
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	f, err := openFile(path, uint64(st.Size()), false)
	if err != nil {
		return nil, err
	}
	x := &Index{IndexInfo: info, data: f}
	if err := x.slice(); err != nil {
		x.Close()
		return nil, err
	}
	return x, nil
}

// row encloses the items of a key, as they were built.
func (x *Index) row(key uint32) (from, to uint32) {
	row := int(key)
	if x.keys != nil {
		i, ok := slices.BinarySearch(x.keys, key)
		if !ok {
			return 0, 0
		}
		row = i
	}
	if row+1 >= len(x.starts) || x.starts[row] > x.starts[row+1] || uint64(x.starts[row+1]) > uint64(len(x.items)) {
		return 0, 0
	}
	return x.starts[row], x.starts[row+1]
}

// Of gives the items of a key, ascending; those at or after To are not to be
// counted. The slice is the mapped file.
func (x *Index) Of(key uint32) []uint32 {
	from, to := x.row(key)
	items := x.items[from:to]
	if x.To != x.Built {
		end, _ := slices.BinarySearchFunc(items, x.To, func(item uint32, to uint64) int { return cmp.Compare(uint64(item), to) })
		items = items[:end]
	}
	return items
}

// Degree is how many items a key has, read from the table of rows alone unless an
// undo lowered To: then the row is searched for its end.
func (x *Index) Degree(key uint32) int { return len(x.Of(key)) }

// Touch reads where the items of a key begin; see Table.Touch.
func (x *Index) Touch(key uint32) uint64 {
	from, to := x.row(key)
	if from == to {
		return 0
	}
	return uint64(x.items[from])
}

// Items is the number of items it lists.
func (x *Index) Items() int { return len(x.items) }

// Verify compares the file with its checksum.
func (x *Index) Verify() error {
	if got := crc32.Checksum(x.data.mem[:x.size()], castagnoli); got != x.Sum {
		return fmt.Errorf("%s has checksum %08x, written was %08x: %w", x.data.path, got, x.Sum, ErrDamaged)
	}
	return nil
}

// Close ends the use of the index.
func (x *Index) Close() error { return x.data.close(x.size()) }
