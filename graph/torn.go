package graph

import (
	"fmt"
	"runtime/debug"
)

// Guarded does work that reads a store, and makes an error of a memory fault in it: the
// files of a store are mapped, so that one that is cut short or goes away while it is
// open is seen as a fault of the reading goroutine (SIGBUS, mmap(2)), and would end the
// process. The error wraps ErrDamaged. Goroutines that the work starts need a Guarded of
// their own; other panics go on.
func Guarded(work func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			if err = Torn(v); err == nil {
				panic(v)
			}
		}
	}()
	return work()
}

// Torn is the error of a recovered panic that is a memory fault in mapped files, and nil
// for any other. Addresses in the first page are nil pointers: a defect, and no store.
func Torn(v any) error {
	if f, ok := v.(interface{ Addr() uintptr }); ok && f.Addr() > 4096 {
		return fmt.Errorf("the store could not be read: its files changed while it was open; coldtrail graph check says whether it is whole: %w", ErrDamaged)
	}
	return nil
}
