package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"time"
	"unsafe"
)

// limits are what the machine can do, measured on the spot, on one core.
type limits struct {
	// Sequential is bytes a second from a mapped file that the memory holds;
	// Dependent and Interleaved are random reads of it a second, each after the
	// one before, and sixteen chains of them side by side.
	Sequential, Dependent, Interleaved float64
	// Hash is bytes a second through SHA-256.
	Hash float64
}

// chains is how many random reads are under way at once.
const chains = 16

// measureLimits writes a file of so many bytes: one cycle through all its
// places, in an order that no cache foresees, so that a read says where the next
// is. Of several tries the best counts: a limit is what is possible.
func measureLimits(dir string, size int64, tries int) (limits, error) {
	name := filepath.Join(dir, "limits")
	if err := writeCycle(name, int(size/4)); err != nil {
		return limits{}, err
	}
	mem, unmap, err := mapFile(name)
	if err != nil {
		return limits{}, err
	}
	defer unmap()
	cells := unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(mem))), len(mem)/4)
	words := unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(mem))), len(mem)/8)
	hops := min(len(cells), 1<<21)
	var l limits
	var sink uint64
	for range max(1, tries) + 1 { // the first brings the pages in
		l.Sequential = max(l.Sequential, rate(8*len(words), func() { sink += sumOf(words) }))
		l.Dependent = max(l.Dependent, rate(hops, func() { sink += uint64(chase(cells, hops)) }))
		l.Interleaved = max(l.Interleaved, rate(hops/chains*chains*4, func() { sink += uint64(chaseMany(cells, hops/chains*4)) }))
		l.Hash = max(l.Hash, rate(min(len(mem), 16<<20), func() { h := sha256.Sum256(mem[:min(len(mem), 16<<20)]); sink += uint64(h[0]) }))
	}
	runtime.KeepAlive(sink) // or the compiler may leave the reads out
	return l, nil
}

func rate(n int, work func()) float64 {
	began := time.Now()
	work()
	return float64(n) / max(time.Since(began).Seconds(), 1e-9)
}

// writeCycle writes a permutation of 0..n-1 that is a single cycle (Sattolo).
func writeCycle(name string, n int) error {
	cells := make([]uint32, n)
	for i := range cells {
		cells[i] = uint32(i)
	}
	r := rand.New(rand.NewPCG(1, 'l'))
	for i := n - 1; i > 0; i-- {
		j := r.IntN(i)
		cells[i], cells[j] = cells[j], cells[i]
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	var b [4]byte
	for _, c := range cells {
		binary.NativeEndian.PutUint32(b[:], c)
		if _, err := w.Write(b[:]); err != nil {
			return closing(f, err)
		}
	}
	return closing(f, w.Flush())
}

func closing(f *os.File, err error) error {
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// sumOf adds eight words at a time, in sums that do not wait for each other.
func sumOf(w []uint64) uint64 {
	var a, b, c, d uint64
	for ; len(w) >= 8; w = w[8:] {
		a += w[0] + w[4]
		b += w[1] + w[5]
		c += w[2] + w[6]
		d += w[3] + w[7]
	}
	return a + b + c + d
}

func chase(cells []uint32, hops int) uint32 {
	at := uint32(0)
	for range hops {
		at = cells[at]
	}
	return at
}

func chaseMany(cells []uint32, hops int) (sum uint32) {
	var at [chains]uint32
	for i := range at {
		at[i] = uint32(i * (len(cells) / chains))
	}
	for range hops {
		for i, x := range at {
			at[i] = cells[x]
		}
	}
	for _, x := range at {
		sum += x
	}
	return sum
}
