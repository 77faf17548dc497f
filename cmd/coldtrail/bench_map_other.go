//go:build !unix

package main

import "os"

// mapFile reads a file, where this program maps none.
func mapFile(name string) (mem []byte, unmap func(), err error) {
	mem, err = os.ReadFile(name)
	return mem, func() {}, err
}
