//go:build unix

package disk

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Allocate makes room on the disk for so many bytes of a file. Tests put another in
// its place, to see the growths or have the disk full at one.
var Allocate = allocate

// file is a file mapped whole, growing in steps.
type file struct {
	path     string
	f        *os.File
	mem      []byte
	writable bool
}

// openFile maps the first size bytes of a file. A writable one is made if it is
// not there, and may be longer or shorter than size: a shorter one lost
// committed bytes.
func openFile(path string, size uint64, writable bool) (*file, error) {
	flags := os.O_RDONLY
	if writable {
		flags = os.O_RDWR | os.O_CREATE
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && uint64(st.Size()) < size {
		err = fmt.Errorf("%s has %d bytes, the manifest counts %d: %w", path, st.Size(), size, ErrDamaged)
	}
	m := &file{path: path, f: f, writable: writable}
	if err == nil {
		err = m.remap(size)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return m, nil
}

func (m *file) remap(size uint64) error {
	if err := m.unmap(); err != nil {
		return err
	}
	if size == 0 {
		return nil
	}
	prot := unix.PROT_READ
	if m.writable {
		prot |= unix.PROT_WRITE
	}
	mem, err := unix.Mmap(int(m.f.Fd()), 0, int(size), prot, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map %d bytes of %s: %w", size, m.path, err)
	}
	m.mem = mem
	return nil
}

func (m *file) unmap() error {
	if m.mem == nil {
		return nil
	}
	mem := m.mem
	m.mem = nil
	return unix.Munmap(mem)
}

// grow makes room for size bytes. The room is allocated on the disk first, so
// that a full disk is an error here and not a fault at some later write.
func (m *file) grow(size uint64) error {
	if size <= uint64(len(m.mem)) {
		return nil
	}
	step := min(uint64(len(m.mem))/2, 256<<20)
	want := (max(size, uint64(len(m.mem))+step) + 0xffff) &^ 0xffff
	if err := Allocate(m.f, int64(want)); err != nil {
		return fmt.Errorf("%s: room for %d bytes: %w", m.path, want, err)
	}
	return m.remap(want)
}

func (m *file) sync() error {
	if NoSync {
		return nil
	}
	if err := Sync(m.f); err != nil {
		return fmt.Errorf("%s: %w", m.path, err)
	}
	return nil
}

// close unmaps the file; a writable one is cut to size.
func (m *file) close(size uint64) error {
	err := m.unmap()
	if m.writable {
		err = errors.Join(err, m.f.Truncate(int64(size)))
	}
	return errors.Join(err, m.f.Close())
}

// Lock takes the one lock of a folder for writing; it is free again when the
// process ends, however it ends. ErrLocked when another process has it.
func Lock(path string) (release func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f.Close, nil
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	if NoSync {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(Sync(d), d.Close())
}
