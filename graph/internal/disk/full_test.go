//go:build unix

package disk

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

// TestHeapOnFullDisk: a record for which there is no room adds nothing, wherever the
// room ends: neither its bytes nor an offset that every later record would follow.
func TestHeapOnFullDisk(t *testing.T) {
	full := errors.New("no room")
	old := Allocate
	defer func() { Allocate = old }()
	for _, file := range []string{"h.col", "h.at.col"} {
		dir := t.TempDir()
		h, err := OpenHeap(dir, "h", 0, nil, true)
		if err != nil {
			t.Fatal(err)
		}
		// A record fills a step of the file, so that the next one, the first of its
		// group of offsets too, needs room of both kinds.
		record := bytes.Repeat([]byte{7}, 8<<10-2)
		for h.Len() < 8*16 {
			Allocate = old
			if h.Len()%8 == 0 {
				Allocate = func(f *os.File, size int64) error {
					if strings.HasSuffix(f.Name(), "/"+file) {
						return full
					}
					return old(f, size)
				}
				_ = h.Append(record) // fails where the file has to grow
				Allocate = old
			}
			if err := h.Append(record); err != nil {
				t.Fatal(err)
			}
		}
		extents := map[string]Extent{}
		for _, c := range h.Columns() {
			if extents[c.Name()], err = c.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		n := h.Len()
		if err := h.Verify(); err != nil {
			t.Errorf("%s full: %v", file, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := OpenHeap(dir, "h", n, extents, false)
		if err != nil {
			t.Errorf("%s full: %v", file, err)
			continue
		}
		again.Close()
	}
}
