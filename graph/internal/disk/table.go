package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"unsafe"
)

// tableHead is the size of a table's header: magic, slots, used slots.
const tableHead = 64

const tableMagic = "ctTABLE1"

// Slots hold an id below 2^40 and 24 bits of the hash.
const (
	idBits  = 40
	idMask  = 1<<idBits - 1
	tagMask = 1<<(64-idBits) - 1
)

// Table finds ids by the hash of their name: open addressing with linear
// probing, in place in a mapped file. It does not keep names: whoever asks
// compares the name of each id that a probe gives. Ids that do not exist (any
// more) may be found, and are to be passed over.
type Table struct {
	dir, name  string
	generation int
	data       *file
	slots      uint64
	dirty      bool
	filled     uint64 // keeps the reads of Fill alive
}

// Hash is the hash of names in tables, the same on every machine: 64-bit folded
// multiplication over words of eight bytes, after the wyhash family. It is no
// defence against names made to collide, which cost time and never an answer.
func Hash(name []byte) uint64 {
	const k0, k1 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	h := uint64(len(name)) ^ k1
	for len(name) >= 8 {
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(name)^k0, h^k1)
		h, name = hi^lo, name[8:]
	}
	var last [8]byte
	copy(last[:], name)
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(last[:])^k0, h^k1)
	hi, lo = bits.Mul64(hi^k1, lo^k0)
	return hi ^ lo
}

func tablePath(dir, name string, generation int) string {
	return filepath.Join(dir, fmt.Sprintf("%s.%d.tab", name, generation))
}

// NewTable makes an empty table with room for n ids.
func NewTable(dir, name string, generation int, n uint64) (*Table, error) {
	path := tablePath(dir, name, generation)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	t := &Table{dir: dir, name: name, generation: generation, slots: max(1024, n+n/3)}
	var err error
	if t.data, err = openFile(path, 0, true); err != nil {
		return nil, err
	}
	if err := t.data.grow(tableHead + 8*t.slots); err != nil {
		t.data.close(0)
		os.Remove(path)
		return nil, err
	}
	t.slots = uint64(len(t.data.mem)-tableHead) / 8 // what was allocated, whole
	copy(t.data.mem, tableMagic)
	binary.LittleEndian.PutUint64(t.data.mem[8:], t.slots)
	t.dirty = true
	return t, nil
}

// OpenTable opens a table that a manifest names.
func OpenTable(dir, name string, generation int, writable bool) (*Table, error) {
	path := tablePath(dir, name, generation)
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	t := &Table{dir: dir, name: name, generation: generation}
	if t.data, err = openFile(path, uint64(st.Size()), writable); err != nil {
		return nil, err
	}
	bad := len(t.data.mem) < tableHead || string(t.data.mem[:8]) != tableMagic
	if !bad {
		t.slots = binary.LittleEndian.Uint64(t.data.mem[8:])
		bad = t.slots == 0 || t.slots > uint64(len(t.data.mem)-tableHead)/8
	}
	if bad {
		t.data.close(uint64(st.Size()))
		return nil, fmt.Errorf("%s is no hash table: %w", path, ErrDamaged)
	}
	return t, nil
}

// Generation tells the files of one table apart: it rises when a table is made
// anew because it was full.
func (t *Table) Generation() int { return t.generation }

func (t *Table) all() []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(&t.data.mem[tableHead])), t.slots)
}

// Used is the number of slots in use.
func (t *Table) Used() uint64 { return binary.LittleEndian.Uint64(t.data.mem[16:]) }

// Slots is the number of slots.
func (t *Table) Slots() uint64 { return t.slots }

// Recount counts the slots in use one by one. After a crash of the machine the count
// may be older than the slots, and a table that fills beyond its end never ends a walk.
func (t *Table) Recount() {
	used := uint64(0)
	for _, s := range t.all() {
		if s != 0 {
			used++
		}
	}
	if used != t.Used() {
		binary.LittleEndian.PutUint64(t.data.mem[16:], used)
		t.dirty = true
	}
}

// Full reports whether the table needs to be made anew, larger, before the next
// insertion.
func (t *Table) Full() bool { return t.Used() >= t.slots/5*4 }

// Probe walks the ids that may have a name.
type Probe struct {
	slots []uint64
	at    uint64
	tag   uint64
	left  uint64
}

// Seek begins a walk for the name with a hash.
func (t *Table) Seek(hash uint64) Probe {
	at, _ := bits.Mul64(hash, t.slots)
	return Probe{t.all(), at, hash & tagMask, t.slots}
}

// Next gives the next id that may have the name, in the order in which they
// were inserted; false at the end.
func (p *Probe) Next() (id uint64, ok bool) {
	for ; p.left > 0; p.left-- {
		s := p.slots[p.at]
		if s == 0 {
			return 0, false
		}
		if p.at++; p.at == uint64(len(p.slots)) {
			p.at = 0
		}
		if s>>idBits == p.tag {
			p.left--
			return s&idMask - 1, true
		}
	}
	return 0, false
}

// Touch reads the slot where the walk for a hash begins. Reading many slots one
// after the other brings them near in the time of a few: the processor waits for
// several at once.
func (t *Table) Touch(hash uint64) uint64 {
	at, _ := bits.Mul64(hash, t.slots)
	return t.all()[at]
}

// TouchAll touches the slots of many hashes, in a loop so short that the
// processor has many of the reads under way at once.
func (t *Table) TouchAll(hashes []uint64) (read uint64) {
	slots, n := t.all(), t.slots
	for _, h := range hashes {
		at, _ := bits.Mul64(h, n)
		read += slots[at]
	}
	return read
}

// Insert adds an id under a hash. The table must not be full.
func (t *Table) Insert(hash, id uint64) {
	p := t.Seek(hash)
	t.Put(&p, hash, id)
}

// Put adds an id under a hash, from where a walk for it has come to.
func (t *Table) Put(p *Probe, hash, id uint64) {
	slots, at := p.slots, p.at
	for slots[at] != 0 {
		if at++; at == t.slots {
			at = 0
		}
	}
	slots[at] = (hash&tagMask)<<idBits | (id + 1)
	binary.LittleEndian.PutUint64(t.data.mem[16:], t.Used()+1)
	t.dirty = true
}

// Fill inserts the ids below n under their hashes, many at a time: see Touch.
func (t *Table) Fill(n int, hash func(i int) uint64) {
	var hashes [512]uint64
	seen := uint64(0)
	for from := 0; from < n; from += len(hashes) {
		some := hashes[:min(len(hashes), n-from)]
		for i := range some {
			some[i] = hash(from + i)
		}
		for _, h := range some {
			seen += t.Touch(h)
		}
		for i, h := range some {
			t.Insert(h, uint64(from+i))
		}
	}
	t.filled = seen
}

// Commit makes the table durable.
func (t *Table) Commit() error {
	if !t.dirty {
		return nil
	}
	if err := t.data.sync(); err != nil {
		return err
	}
	t.dirty = false
	return nil
}

// Close ends the use of the table.
func (t *Table) Close() error { return t.data.close(uint64(len(t.data.mem))) }

// Remove closes the table and deletes its file.
func (t *Table) Remove() error {
	return errors.Join(t.Close(), os.Remove(tablePath(t.dir, t.name, t.generation)))
}
