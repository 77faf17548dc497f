package graph_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
)

// TestActivityIsTheSum: what a store says of an account, by its columns and by its
// indexes, is what adding up its transfers in memory gives, for every account in every
// asset, whatever the layout; and the balances of a ledger of coins add up to it.
func TestActivityIsTheSum(t *testing.T) {
	for name, src := range map[string]ledger.Source{
		"blocks": ledgertest.Chain{Seed: 21, Length: 25, PerBlock: 8}, "coins": ledgertest.AnyCoins(21, 80),
		"moves": ledgertest.AnyAccounts(21, 80), "flows": ledgertest.Payments{Seed: 21, Transfers: 400, Accounts: 60, PerBlock: 40},
	} {
		s, err := storeOne(t, t.TempDir(), 50, src)
		if err != nil {
			t.Fatal(err)
		}
		m, err := graph.Build(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		l := m.Info().Ledgers[0]
		var unspent money.Amount
		for a := range uint32(s.Accounts()) {
			who, err := s.AccountName(a)
			if err != nil {
				t.Fatal(err)
			}
			want, e1 := graph.AssetsOf(m, l.ID, who)
			got, e2 := graph.AssetsOf(s, l.ID, who)
			if who != ledger.Outside && (e1 != nil || e2 != nil || !slices.Equal(want, got)) {
				t.Fatalf("%s: assets of %q: %v (%v), want %v (%v)", name, who, got, e2, want, e1)
			}
			for _, asset := range want {
				p := graph.Pool{Ledger: l.ID, Account: who, Asset: asset}
				want, _, e1 := graph.ActivityOf(m, p)
				got, _, e2 := graph.ActivityOf(s, p)
				if d := cmp.Diff(want, got); d != "" || e1 != nil || e2 != nil {
					t.Fatalf("%s: %+v: %v, %v (-memory +store)\n%s", name, p, e1, e2, d)
				}
				if b, short := got.Balance(); l.Model == ledger.UTXO && !short {
					unspent = unspent.Add(b)
				}
			}
		}
		st, err := s.Stats()
		if err != nil || l.Model == ledger.UTXO && st.Value != unspent {
			t.Errorf("%s: %s is unspent, the balances add up to %s: %v", name, st.Value, unspent, err)
		}
	}
}

// blocks are blocks that a test made.
type blocks struct {
	ledgertest.Chain
	list []*ledger.CoinBlock
}

func (b blocks) Blocks(context.Context, ledger.BlockRef) iter.Seq2[*ledger.CoinBlock, error] {
	return func(yield func(*ledger.CoinBlock, error) bool) {
		for _, one := range b.list {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// coinBlock makes a block of a coinbase and one transaction that spends coins of it.
func coinBlock(first, spends []uint64, outs []uint64) *ledger.CoinBlock {
	b := &ledger.CoinBlock{BlockRef: ledger.BlockRef{Height: 1, Hash: ledger.Hash{1}}, Time: 1, Subsidy: 1, File: "made"}
	key := func(i int) {
		b.Keys = fmt.Appendf(b.Keys, "a%d", i)
	}
	pay := func(values []uint64) {
		for i, v := range values {
			key(i)
			b.Outs = append(b.Outs, ledger.CoinOut{Amount: v, Key: uint32(len(b.Keys))})
		}
	}
	pay(first)
	b.Txs = append(b.Txs, ledger.CoinTx{ID: ledger.Hash{2}, Outs: uint32(len(b.Outs))})
	for _, i := range spends {
		b.Ins = append(b.Ins, ledger.CoinIn{Tx: ledger.Hash{2}, Index: uint32(i)})
	}
	pay(outs)
	b.Txs = append(b.Txs, ledger.CoinTx{ID: ledger.Hash{3}, Ins: uint32(len(b.Ins)), Outs: uint32(len(b.Outs))})
	return b
}

// TestManyInputsAndOutputs: nothing is numbered by sixteen bits: a transaction of more
// than 65,536 outputs, and one that spends them all, come back whole.
func TestManyInputsAndOutputs(t *testing.T) {
	const n = 1<<16 + 3
	values, spends := make([]uint64, n), make([]uint64, n)
	sum := uint64(0)
	for i := range values {
		values[i], spends[i] = uint64(i+1), uint64(n-1-i)
		sum += values[i]
	}
	s, err := storeOne(t, t.TempDir(), 0, blocks{list: []*ledger.CoinBlock{coinBlock(values, spends, []uint64{sum - 7})}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Check(t.Context()) {
		t.Error(f)
	}
	made, err := s.Entry(0)
	if err != nil || len(made.Credits) != n || slices.ContainsFunc(made.SpentBy, func(by graph.ID) bool { return by != 1 }) {
		t.Errorf("%d credits, %v", len(made.Credits), err)
	}
	e, err := s.Entry(1)
	if err != nil || len(e.Debits) != n || e.Fee != money.Units(7) {
		t.Fatalf("%d debits, fee %s, %v", len(e.Debits), e.Fee, err)
	}
	for _, i := range []int{0, 1, 1<<16 - 1, 1 << 16, n - 1} {
		d := e.Debits[i]
		if want := spends[i]; uint64(d.Spends.Index) != want || d.Amount != money.Units(values[want]) || d.Account != made.Credits[want].Account {
			t.Errorf("input %d: %+v, want output %d", i, d, want)
		}
	}
}

// TestSumsBeyond64Bits: amounts of a block that do not add up within 64 bits are
// refused with their place, and nothing of the block stays.
func TestSumsBeyond64Bits(t *testing.T) {
	const most = ^uint64(0)
	for name, c := range map[string]struct {
		b   *ledger.CoinBlock
		err error
	}{
		"the most there is":     {coinBlock([]uint64{most}, []uint64{0}, []uint64{most - 1, 1}), nil},
		"outputs":               {coinBlock([]uint64{5}, []uint64{0}, []uint64{most, 6}), ledger.ErrUnbalanced},
		"inputs":                {coinBlock([]uint64{most - 1, 2}, []uint64{0, 1}, []uint64{1}), ledger.ErrUnbalanced},
		"of the coinbase":       {coinBlock([]uint64{most, 1}, []uint64{1}, []uint64{1}), ledger.ErrUnbalanced},
		"more than is taken in": {coinBlock([]uint64{5}, []uint64{0}, []uint64{6}), ledger.ErrUnbalanced},
		"a coin twice":          {coinBlock([]uint64{5}, []uint64{0, 0}, []uint64{6}), graph.ErrUnresolved},
		"an output beyond":      {coinBlock([]uint64{5}, []uint64{1<<32 - 1}, []uint64{1}), graph.ErrUnresolved},
	} {
		dir := t.TempDir()
		w := writer(t, dir)
		_, err := graph.Ingest(t.Context(), w, blocks{list: []*ledger.CoinBlock{c.b}}, graph.IngestOptions{})
		if !errors.Is(err, c.err) || err != nil && !strings.Contains(err.Error(), "made") {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err := graph.OpenStore(dir); (err == nil) != (c.err == nil) {
			t.Errorf("%s: a store is there: %v", name, err)
		} else if err == nil {
			for _, f := range s.Check(t.Context()) {
				t.Errorf("%s: %v", name, f)
			}
			s.Close()
		}
	}
}
