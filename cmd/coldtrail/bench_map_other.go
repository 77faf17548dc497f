//go:build !unix

package main

import (
	"os"
	"time"
)

// mapFile reads a file, where this program maps none.
func mapFile(name string) (mem []byte, unmap func(), err error) {
	mem, err = os.ReadFile(name)
	return mem, func() {}, err
}

// processorTime is not known where this program maps no files.
func processorTime() time.Duration { return 0 }
