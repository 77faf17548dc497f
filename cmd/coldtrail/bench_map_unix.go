//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a file to be read.
func mapFile(name string) (mem []byte, unmap func(), err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	mem, err = unix.Mmap(int(f.Fd()), 0, int(st.Size()), unix.PROT_READ, unix.MAP_SHARED)
	return mem, func() { _ = unix.Munmap(mem) }, err
}
