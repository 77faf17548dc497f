package disk

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"unsafe"
)

// Errors of stored bytes. They are wrapped with the file.
var (
	// ErrDamaged marks stored bytes that are not what was written.
	ErrDamaged = errors.New("the store is damaged")
	// ErrLocked marks a store that another process writes to.
	ErrLocked = errors.New("another process is writing to this store")
	// ErrVersion marks a store of another version of the format.
	ErrVersion = errors.New("a store of another version")
	// ErrFull marks a column at the end of its ids.
	ErrFull = errors.New("the store has no more ids of this kind")
)

// Fixed is a value of fixed size without pointers, as columns hold.
type Fixed interface {
	~uint8 | ~uint32 | ~uint64 | ~[32]byte | ~struct{ ID, Lo, Hi uint64 }
}

// runBytes is how much of a column one checksum covers.
const runBytes = 64 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Extent is what a manifest knows of a column: how many bytes are committed,
// and the checksum of what is not yet a whole run.
type Extent struct {
	Bytes uint64 `json:"bytes"`
	Tail  uint32 `json:"tail"`
}

// Column is values of one type by id, in a file of their bytes and a file of
// the checksums of its runs. A column opened for reading is safe for concurrent
// readers; one opened for writing has one user.
type Column[T Fixed] struct {
	name   string
	data   *file
	sums   *file // nil for a column written in place
	n      int
	summed int // runs that have their checksum
	dirty  bool
	extent Extent // of the last commit
}

// Stored is what a store does with any column of its own.
type Stored interface {
	Name() string
	Commit() (Extent, error)
	Verify() error
	Bytes() []byte
	Hold() (back func())
	Close() error
}

// OpenColumn opens a column of a folder at its committed extent; the zero
// extent makes a new one when it is writable. An in-place column has no
// checksums: what it holds can be computed from other columns.
func OpenColumn[T Fixed](dir, name string, e Extent, writable, inPlace bool) (*Column[T], error) {
	c := &Column[T]{name: name, extent: e}
	if e.Bytes%uint64(c.width()) != 0 {
		return nil, fmt.Errorf("%s: %d bytes are no whole number of values: %w", filepath.Join(dir, name+".col"), e.Bytes, ErrDamaged)
	}
	var err error
	if c.data, err = openFile(filepath.Join(dir, name+".col"), e.Bytes, writable); err != nil {
		return nil, err
	}
	c.n = int(e.Bytes / uint64(c.width()))
	if inPlace {
		return c, nil
	}
	c.summed = int(e.Bytes / runBytes)
	if c.sums, err = openFile(filepath.Join(dir, name+".crc"), uint64(c.summed)*4, writable); err != nil {
		c.data.close(e.Bytes)
		return nil, err
	}
	if want := crc32.Checksum(c.data.mem[c.summed*runBytes:c.n*c.width()], castagnoli); want != e.Tail {
		c.Close()
		return nil, fmt.Errorf("%s: checksum %08x of its end, the manifest says %08x: %w", c.data.path, want, e.Tail, ErrDamaged)
	}
	return c, nil
}

func (c *Column[T]) width() int {
	var zero T
	return int(unsafe.Sizeof(zero))
}

// Name is the column's name.
func (c *Column[T]) Name() string { return c.name }

// Len is the number of values, committed or not.
func (c *Column[T]) Len() int { return c.n }

// All is every value. The slice is the mapped file: it changes under its reader
// when the column is written, and ends with Close or the next Append.
func (c *Column[T]) All() []T {
	if c.n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&c.data.mem[0])), c.n)
}

// At is one value.
func (c *Column[T]) At(i int) T { return c.All()[i] }

// Set writes a value of an in-place column, or one not yet committed.
func (c *Column[T]) Set(i int, v T) {
	c.dirty = true
	c.All()[i] = v
}

// Append adds a value. It fails when the disk is full.
func (c *Column[T]) Append(v T) error {
	if err := c.Reserve(1); err != nil {
		return err
	}
	c.n++
	c.dirty = true
	c.All()[c.n-1] = v
	return nil
}

// Extend adds n values, to be filled in by the caller before anything else is
// done with the column. It fails when the disk is full.
func (c *Column[T]) Extend(n int) ([]T, error) {
	if err := c.Reserve(n); err != nil {
		return nil, err
	}
	c.n += n
	c.dirty = true
	return c.All()[c.n-n:], nil
}

// Reserve makes room for n more values, so that as many Appends cannot fail.
func (c *Column[T]) Reserve(n int) error {
	want := uint64(c.n+n) * uint64(c.width())
	if want <= uint64(len(c.data.mem)) {
		return nil
	}
	return c.data.grow(want)
}

// Cut takes back all values from n on.
func (c *Column[T]) Cut(n int) {
	if n >= c.n {
		return
	}
	c.n, c.dirty = n, true
	c.summed = min(c.summed, c.n*c.width()/runBytes)
}

// Hold gives what takes back the cuts made after it, whether they were committed
// or not, as long as nothing was appended: the values are all still there.
func (c *Column[T]) Hold() (back func()) {
	n, summed := c.n, c.summed
	return func() {
		if c.n < n {
			c.n, c.summed, c.dirty = n, summed, true
		}
	}
}

// Bytes are the bytes of all values.
func (c *Column[T]) Bytes() []byte { return c.data.mem[:c.n*c.width()] }

// Commit makes the values durable and returns their extent for the manifest.
func (c *Column[T]) Commit() (Extent, error) {
	if !c.dirty {
		return c.extent, nil
	}
	b := c.Bytes()
	e := Extent{Bytes: uint64(len(b))}
	if c.sums != nil {
		runs := len(b) / runBytes
		if err := c.sums.grow(uint64(runs) * 4); err != nil {
			return e, err
		}
		for ; c.summed < runs; c.summed++ {
			at := c.summed * runBytes
			putUint32(c.sums.mem[c.summed*4:], crc32.Checksum(b[at:at+runBytes], castagnoli))
		}
		e.Tail = crc32.Checksum(b[runs*runBytes:], castagnoli)
		if err := c.sums.sync(); err != nil {
			return e, err
		}
	}
	if err := c.data.sync(); err != nil {
		return e, err
	}
	c.dirty, c.extent = false, e
	return e, nil
}

// Verify compares every whole run with its checksum; the end was compared when
// the column was opened.
func (c *Column[T]) Verify() error {
	for i := range c.summed {
		at := i * runBytes
		got := crc32.Checksum(c.data.mem[at:at+runBytes], castagnoli)
		if want := getUint32(c.sums.mem[i*4:]); got != want {
			return fmt.Errorf("%s: bytes %d to %d have checksum %08x, written was %08x: %w", c.data.path, at, at+runBytes, got, want, ErrDamaged)
		}
	}
	return nil
}

// Close ends the use of the column.
func (c *Column[T]) Close() error {
	err := c.data.close(uint64(c.n * c.width()))
	if c.sums != nil {
		err = errors.Join(err, c.sums.close(uint64(c.summed)*4))
	}
	return err
}

func putUint32(b []byte, v uint32) {
	_ = b[3]
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}

func getUint32(b []byte) uint32 {
	_ = b[3]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func init() {
	one := uint16(1)
	if *(*byte)(unsafe.Pointer(&one)) != 1 {
		panic("coldtrail stores are little endian, this machine is not")
	}
}

// NoSync leaves out every wait for the disk. Tests that do not cut the power set
// it: a killed process loses nothing that it has written.
var NoSync bool

// Sync waits for the disk to have a file, or the names in a folder. Tests put
// another in its place, to see the waits or have them fail.
var Sync = (*os.File).Sync
