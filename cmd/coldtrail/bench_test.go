package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
)

// The file of the limits is one cycle through all places: a shorter one would
// fit a cache, and the limit would be too high.
func TestOneCycle(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cycle")
	const n = 1000
	if err := writeCycle(name, n); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil || len(b) != 4*n {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	at, hops := uint32(0), 0
	for {
		at = binary.NativeEndian.Uint32(b[4*at:])
		if hops++; at == 0 || hops > n {
			break
		}
	}
	if hops != n {
		t.Errorf("back after %d hops of %d", hops, n)
	}
}

// Copies of columns are the same chain by other numbers: a coin's spender and an
// input's coin stay in their copy.
func TestCopiedColumns(t *testing.T) {
	// Transaction 0 makes two outputs; 1 spends the first, and makes one.
	one := graph.CoinColumns{
		TxOut: []uint32{0, 2}, TxIn: []uint32{0, 0}, Fee: []uint64{0, 3},
		Value: []uint64{10, 5, 7}, Account: []uint32{0, 1, 0}, Spent: []uint32{1, 0, 0}, Coin: []uint32{0},
	}
	c := copied(one, 3)
	if c.Txs() != 6 {
		t.Fatalf("%d transactions", c.Txs())
	}
	for i := range uint32(3) {
		by, spent := c.Spender(3 * i)
		if _, other := c.Spender(3*i + 1); !spent || other || by != 2*i+1 {
			t.Errorf("copy %d: spent by %d, %v", i, by, spent)
		}
		from, to := c.Ins(2*i + 1)
		if to-from != 1 || c.Coin[from] != 3*i || c.TxOf(3*i+2) != 2*i+1 {
			t.Errorf("copy %d: inputs %d to %d", i, from, to)
		}
	}
}

func TestCompareExpected(t *testing.T) {
	e := &expected{Figure: map[string]uint64{"b": 2, "a": 1, "c": 3}}
	bad := e.compare(map[string]uint64{"a": 1, "b": 5, "other": 9})
	if len(bad) != 2 || bad[0].String() != "b: 5, expected 2" || bad[1].String() != "c: no row gives it; 3 expected" {
		t.Errorf("%v", bad)
	}
}

func TestShareOfTheLimit(t *testing.T) {
	for _, x := range []struct {
		limit, median time.Duration
		want          int
	}{{0, time.Second, 0}, {time.Second, 4 * time.Second, 250}, {time.Second, 0, 0}} {
		if got := (&benchRow{Limit: x.limit, Median: x.median}).share(); got != x.want {
			t.Errorf("%v of %v: %d", x.limit, x.median, got)
		}
	}
}
