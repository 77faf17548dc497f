//go:build !unix

package disk

import (
	"errors"
	"os"
)

// errPlatform: stores need mapped files and file locks.
var errPlatform = errors.New("a store on disk needs a Unix system; without one, ledgers are read into memory")

type file struct {
	path string
	mem  []byte
	f    *os.File
}

func openFile(string, uint64, bool) (*file, error) { return nil, errPlatform }
func (m *file) grow(uint64) error                  { return errPlatform }
func (m *file) sync() error                        { return errPlatform }
func (m *file) close(uint64) error                 { return errPlatform }
func syncDir(string) error                         { return errPlatform }

// Lock is not possible on this system.
func Lock(string) (func() error, error) { return nil, errPlatform }
