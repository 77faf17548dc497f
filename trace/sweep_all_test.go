package trace_test

import (
	"fmt"
	"testing"

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
		s := storeOf(t, ledgertest.Chain{Seed: 70 + seed, Length: 60, PerBlock: 8})
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
