//go:build unix

package receipt

import (
	"os"
	"syscall"
)

// lock keeps two processes from writing one log.
func lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
