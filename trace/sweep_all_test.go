package trace_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/trace"
)

// TestTogetherIsApart: policies in one pass have the figures of each alone, also
// when the pass is given up on the way; and a working memory that was used for one
// is as good as a new one for the next.
func TestTogetherIsApart(t *testing.T) {
	policies := sweptPolicies()
	compared := 0
	for seed := range uint64(6) {
		s := graphtest.Stored(t, ledgertest.Chain{Seed: 70 + seed, Length: 60, PerBlock: 8})
		c, _ := s.CoinColumns()
		for _, tx := range []uint32{0, uint32(c.Txs() / 4), uint32(c.Txs() / 2)} {
			first, _ := c.Outs(tx)
			seeds := []uint32{first}
			if other, _ := c.Outs(tx + 1); seed%2 == 1 && c.TxOf(other) > tx {
				seeds = append(seeds, other)
			}
			kept, err := trace.NewSweep(c, seeds, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]trace.Swept, len(policies))
			overlap := false
			for i, p := range policies {
				fresh, _ := trace.NewSweep(c, seeds, nil)
				if want[i], err = fresh.Run(t.Context(), p); err != nil {
					overlap = true // the second seed is on the trail of the first
				}
			}
			for _, long := range []int{1 << 14, 20, 0} {
				restore := trace.LongTrail(long)
				got, err := kept.RunAll(t.Context(), policies)
				restore()
				if overlap != (err != nil) {
					t.Fatalf("chain %d, theft %d: together %v, apart %v", seed, tx, err, overlap)
				}
				for i := range got {
					if fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
						t.Fatalf("chain %d, theft %d, %s, together up to %d: %+v, alone %+v", seed, tx, policies[i], long, got[i], want[i])
					}
					compared++
				}
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d sweeps compared", compared)
	}
}

// TestTornStore: a store whose files are cut while sweeps of several workers read it is
// an error of the run, and no end of the process.
func TestTornStore(t *testing.T) {
	s := graphtest.Stored(t, ledgertest.Chain{Seed: 9, Length: 200, PerBlock: 40})
	c, _ := s.CoinColumns()
	first, _ := c.Outs(0)
	if _, err := trace.SweepAll(t.Context(), c, []uint32{first}, nil, trace.Orders(), 2); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(s.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) != ".json" {
			return os.Truncate(path, 1<<12) // the seed can be read, its trail cannot
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	err := graph.Guarded(func() error { // what the caller's own goroutine reads
		_, err := trace.SweepAll(t.Context(), c, []uint32{first}, nil, trace.Orders(), 2)
		return err
	})
	if !errors.Is(err, graph.ErrDamaged) {
		t.Errorf("a store that was cut short: %v", err)
	}
	if err := graph.Guarded(func() error { return errTest }); err != errTest {
		t.Errorf("an error became %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a nil pointer is no store")
		}
	}()
	var none *trace.Sweep
	_ = graph.Guarded(func() error { _, err := none.Run(t.Context(), trace.FIFO); return err })
}

var errTest = errors.New("test")
