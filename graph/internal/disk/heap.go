package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// heapStep is how many records share one stored offset: a record is found by
// skipping at most heapStep-1 others.
const heapStep = 8

// Heap is records of any length by id: their bytes, each behind its length, and
// the offset of every eighth.
type Heap struct {
	bytes *Column[uint8]
	offs  *Column[uint64]
	n     int
}

// OpenHeap opens a heap of n committed records.
func OpenHeap(dir, name string, n int, extents map[string]Extent, writable bool) (*Heap, error) {
	b, err := OpenColumn[uint8](dir, name, extents[name], writable, false)
	if err != nil {
		return nil, err
	}
	offs, err := OpenColumn[uint64](dir, name+".at", extents[name+".at"], writable, false)
	if err != nil {
		b.Close()
		return nil, err
	}
	h := &Heap{bytes: b, offs: offs, n: n}
	if want := (n + heapStep - 1) / heapStep; offs.Len() != want {
		h.Close()
		return nil, fmt.Errorf("%s: offsets for %d records, %d are counted: %w", offs.data.path, offs.Len()*heapStep, n, ErrDamaged)
	}
	return h, nil
}

// Len is the number of records.
func (h *Heap) Len() int { return h.n }

// Columns are the columns it is made of.
func (h *Heap) Columns() []Stored { return []Stored{h.bytes, h.offs} }

// Append adds a record, or nothing when the disk is full: an offset without its
// record would make every later one wrong.
func (h *Heap) Append(record []byte) error {
	if err := h.bytes.Reserve(binary.MaxVarintLen64 + len(record)); err != nil {
		return err
	}
	if h.n%heapStep == 0 {
		if err := h.offs.Append(uint64(h.bytes.Len())); err != nil {
			return err
		}
	}
	at := h.bytes.n
	room := h.bytes.data.mem[at:]
	k := binary.PutUvarint(room, uint64(len(record)))
	copy(room[k:], record)
	h.bytes.n += k + len(record)
	h.bytes.dirty = true
	h.n++
	return nil
}

// At is a record, in the mapped file: a reader must not keep it. The store has
// checked i; bytes that make no sense give nil, and Verify finds them.
func (h *Heap) At(i int) []byte {
	if i < 0 || i >= h.n {
		return nil
	}
	at, all := h.offs.At(i/heapStep), h.bytes.Bytes()
	skip := i % heapStep
	// Lengths below 128 are a byte, and most are.
	for ; skip > 0 && at < uint64(len(all)) && all[at] < 1<<7; skip-- {
		at += 1 + uint64(all[at])
	}
	for ; at <= uint64(len(all)); skip-- {
		size, k := binary.Uvarint(all[at:])
		begin := at + uint64(k)
		if k <= 0 || size > uint64(len(all))-begin {
			return nil
		}
		if skip == 0 {
			return all[begin : begin+size]
		}
		at = begin + size
	}
	return nil
}

// NearAll brings many records near, those that are there: first the offsets of
// their groups, then where each group begins and where the record is about. See
// Table.TouchAll. The slice of places is a buffer of the caller's.
func (h *Heap) NearAll(ids []uint32, places []uint64) (read uint64) {
	offs, all := h.offs.All(), h.bytes.Bytes()
	places = places[:len(ids)]
	for k, i := range ids {
		places[k] = 0
		if g := int(i / heapStep); int(i) < h.n && g < len(offs) {
			places[k] = offs[g]
		}
	}
	for k, at := range places {
		if at < uint64(len(all)) {
			read += uint64(all[at])
		}
		if i := ids[k]; int(i/heapStep)+1 < len(offs) {
			size := offs[i/heapStep+1] - at
			if about := at + size*uint64(i%heapStep)/heapStep; about < uint64(len(all)) {
				read += uint64(all[about])
			}
		}
	}
	return read
}

// Near reads where a record's group begins; see Table.Touch.
func (h *Heap) Near(i int) uint64 {
	if i < 0 || i >= h.n {
		return 0
	}
	at := h.offs.At(i / heapStep)
	if at >= uint64(h.bytes.n) {
		return 0
	}
	return uint64(h.bytes.data.mem[at])
}

// Cut takes back all records from n on.
func (h *Heap) Cut(n int) {
	if n >= h.n {
		return
	}
	at := uint64(0)
	if n%heapStep == 0 {
		at = h.offs.At(n / heapStep)
	} else if last := h.At(n - 1); last != nil {
		at = h.offs.At((n - 1) / heapStep)
		for all, i := h.bytes.Bytes(), (n-1)/heapStep*heapStep; i < n; i++ {
			size, k := binary.Uvarint(all[at:])
			at += uint64(k) + size
		}
	}
	h.bytes.Cut(int(at))
	h.offs.Cut((n + heapStep - 1) / heapStep)
	h.n = n
}

// Hold gives what takes back the cuts made after it: see Column.Hold.
func (h *Heap) Hold() (back func()) {
	n, b, offs := h.n, h.bytes.Hold(), h.offs.Hold()
	return func() {
		h.n = n
		b()
		offs()
	}
}

// Verify reads every record's length.
func (h *Heap) Verify() error {
	all, at := h.bytes.Bytes(), uint64(0)
	for i := range h.n {
		if i%heapStep == 0 && h.offs.At(i/heapStep) != at {
			return fmt.Errorf("%s: record %d stands at %d, its offset says %d: %w", h.bytes.data.path, i, at, h.offs.At(i/heapStep), ErrDamaged)
		}
		size, k := binary.Uvarint(all[at:])
		if k <= 0 || size > uint64(len(all))-at-uint64(k) {
			return fmt.Errorf("%s: record %d at byte %d has no length: %w", h.bytes.data.path, i, at, ErrDamaged)
		}
		at += uint64(k) + size
	}
	if at != uint64(len(all)) {
		return fmt.Errorf("%s: %d bytes after the last record: %w", h.bytes.data.path, uint64(len(all))-at, ErrDamaged)
	}
	return nil
}

// Close ends the use of the heap.
func (h *Heap) Close() error { return errors.Join(h.bytes.Close(), h.offs.Close()) }
