package swap_test

import (
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/sha3"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/swap"
)

// TestRealBlocks reads blocks 17,173,049 and 17,173,050 of Ethereum as ethereum-etl
// exports them, without traces, and holds what is recognised to what the pools
// themselves say in their events Swap, which recognition never sees: what was given
// must have gone into a pool, and what was got must have come out of one.
func TestRealBlocks(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set")
	}
	dir := filepath.Join(root, "data/etl-fixtures/ethereum-etl/test_stream/blocks_17173049_17173050")
	src, err := ethereum.Open([]string{dir}, ethereum.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := graph.Build(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	g, pools := swap.Over(m), poolEvents(t, filepath.Join(dir, "expected_logs.json.gz"))
	got := map[string]int{}
	seen := map[string]bool{}
	for id := range graph.ID(m.Info().Transfers) {
		e, err := m.Entry(id)
		if err != nil {
			t.Fatal(err)
		}
		if seen[e.Tx] {
			continue
		}
		seen[e.Tx] = true
		f, err := g.Recognised(e.Ledger, e.Tx)
		if err != nil {
			t.Fatal(err)
		}
		got[judged(t, e.Tx, f, pools[e.Tx])]++
	}
	want := map[string]int{
		"nothing exchanged": 227, "not recognised": 4, "not recognised, a pool traded": 37,
		"the pools say the same": 26, "less came out than the pool says": 5, "no pool: the token's contract sold it": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// judged compares what was found in a transaction with what its pools say.
func judged(t *testing.T, tx string, f swap.Finding, pool *inOut) string {
	c := f.Conversion
	switch {
	case c == nil && f.Why == "" && pool != nil:
		t.Errorf("%s: a pool traded, and nobody is said to have exchanged", tx)
	case c == nil && f.Why == "":
		return "nothing exchanged"
	case c == nil && pool == nil:
		return "not recognised"
	case c == nil:
		return "not recognised, a pool traded"
	case pool == nil && c.Got.Counter == ledger.Outside:
		return "no pool: the token's contract sold it"
	case pool == nil || !slices.Contains(pool.in, c.Gave.Amount):
		t.Errorf("%s: %+v, the pools say %v", tx, *c, pool)
	case slices.Contains(pool.out, c.Got.Amount):
		return "the pools say the same"
	case c.Got.Amount.Less(slices.MaxFunc(pool.out, money.Amount.Cmp)):
		// the token kept a part without an event: what arrived is what counts
		return "less came out than the pool says"
	}
	return "wrong"
}

// poolEvents are, by transaction, what went into pools and what came out by their
// events Swap: of Uniswap V2 and V3 and of what is made after them.
func poolEvents(t *testing.T, path string) map[string]*inOut {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	v2, v3 := topic("Swap(address,uint256,uint256,uint256,uint256,address)"), topic("Swap(address,address,int256,int256,uint160,uint128,int24)")
	out := map[string]*inOut{}
	for dec := json.NewDecoder(z); dec.More(); {
		var l struct {
			Tx     string `json:"transaction_hash"`
			Topics []string
			Data   string
		}
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if len(l.Topics) == 0 || l.Topics[0] != v2 && l.Topics[0] != v3 {
			continue
		}
		if out[l.Tx] == nil {
			out[l.Tx] = &inOut{}
		}
		words := signed(t, l.Data)
		for i, w := range words[:4] {
			into := l.Topics[0] == v2 && i < 2
			if l.Topics[0] == v3 {
				// amount0 and amount1 are the pool's: it got what is above zero
				if i > 1 {
					break
				}
				into = w.Sign() > 0
				w = w.Abs(w)
			}
			n, err := money.FromBig(w)
			if err != nil || n.IsZero() {
				continue
			}
			if into {
				out[l.Tx].in = append(out[l.Tx].in, n)
			} else {
				out[l.Tx].out = append(out[l.Tx].out, n)
			}
		}
	}
	return out
}

type inOut struct{ in, out []money.Amount }

func topic(event string) string {
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte(event))
	return "0x" + hex.EncodeToString(h.Sum(nil))
}

// signed reads the words of an event's data as numbers of 256 bits in two's
// complement.
func signed(t *testing.T, data string) []*big.Int {
	raw, err := hex.DecodeString(data[2:])
	if err != nil || len(raw) < 128 {
		t.Fatalf("event data %q: %v", data, err)
	}
	var out []*big.Int
	for i := 0; i+32 <= len(raw); i += 32 {
		w := new(big.Int).SetBytes(raw[i : i+32])
		if w.Bit(255) == 1 {
			w.Sub(w, new(big.Int).Lsh(big.NewInt(1), 256))
		}
		out = append(out, w)
	}
	return out
}
