package trace_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/trace"
)

// upTo is a chain cut after a height.
type upTo struct {
	ledger.BlockSource
	height uint64
}

func (u upTo) Blocks(ctx context.Context, after ledger.BlockRef) iter.Seq2[*ledger.CoinBlock, error] {
	return func(yield func(*ledger.CoinBlock, error) bool) {
		for b, err := range u.BlockSource.Blocks(ctx, after) {
			if err == nil && b.Height > u.height || !yield(b, err) {
				return
			}
		}
	}
}

// taintCase is a row of a peer's golden file.
type taintCase struct {
	Method    string   `json:"method"`
	Sources   []string `json:"sources"`
	MaxHeight int64    `json:"max_height"`
	TaintFee  bool     `json:"taint_fee"`
	Result    []struct {
		Out     string `json:"out"`
		Tainted uint64 `json:"tainted"`
	} `json:"result"`
}

// TestBlockSciTaint: the 36 cases of BlockSci on its regression chain, to the
// satoshi: poison, and haircut in its rounding, with fees lost or followed into
// the coinbase behind the subsidy. Our own haircut conserves, and is nowhere
// further from it than the transactions on the way.
func TestBlockSciTaint(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set")
	}
	dir := filepath.Join(root, "data", "blocksci-btc")
	src, err := bitcoin.Open(filepath.Join(dir, "btc", "regtest", "blocks"), bitcoin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "golden", "taint.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases := 0
	stores := map[int64]*graph.Store{}
	for lines := bufio.NewScanner(f); lines.Scan(); cases++ {
		var c taintCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if stores[c.MaxHeight] == nil {
			height := uint64(c.MaxHeight)
			if c.MaxHeight < 0 {
				height = src.Tip().Height
			}
			stores[c.MaxHeight] = graphtest.Stored(t, upTo{src, height}, src.Codec())
		}
		t.Run(fmt.Sprintf("%d %s", cases, c.Method), func(t *testing.T) { checkTaint(t, stores[c.MaxHeight], c) })
	}
	if cases != 36 {
		t.Errorf("%d cases, want 36", cases)
	}
}

func checkTaint(t *testing.T, s *graph.Store, c taintCase) {
	policy := trace.Poison
	if c.Method == "haircut" {
		policy = trace.HaircutTruncated
	}
	q := trace.Question{Policies: []trace.Policy{policy, trace.Haircut}, NoBounds: true, FeeFate: trace.FeeSink}
	if c.TaintFee {
		q.FeeFate = trace.SubsidyFirst
	}
	theft := trace.Theft{Name: "x"}
	for _, ref := range c.Sources {
		theft.Seeds = append(theft.Seeds, trace.Seed{Ref: ref})
	}
	q.Thefts = []trace.Theft{theft}
	trail, err := trace.Run(t.Context(), s, q)
	if err != nil {
		t.Fatal(err)
	}
	cols, _ := s.CoinColumns()
	got, ours := map[string]money.Amount{}, map[string]money.Amount{}
	p, h := trail.Policy(policy), trail.Policy(trace.Haircut)
	for out, figs := range endsOf(t, s, cols, trail) {
		tx := cols.TxOf(out)
		first, _ := cols.Outs(tx)
		en, err := s.Entry(graph.ID(tx))
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%s:%d", en.Tx, out-first)
		if a := figs.Amounts[p]; !a.IsZero() {
			got[name] = a
		}
		ours[name] = figs.Amounts[h]
	}
	for _, r := range c.Result {
		if got[r.Out] != money.Units(r.Tainted) {
			t.Errorf("%s: %s, BlockSci has %d", r.Out, got[r.Out], r.Tainted)
		}
		if d, ok := ours[r.Out]; c.Method == "haircut" && ok {
			far := d.Monus(money.Units(r.Tainted)).Add(money.Units(r.Tainted).Monus(d))
			if money.Units(16).Less(far) {
				t.Errorf("%s: our haircut %s, BlockSci's %d", r.Out, d, r.Tainted)
			}
		}
		delete(got, r.Out)
	}
	for out, a := range got {
		t.Errorf("%s: %s, BlockSci has nothing", out, a)
	}
}
