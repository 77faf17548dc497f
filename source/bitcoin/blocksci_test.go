package bitcoin_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// goldenTx is one line of BlockSci's output.
type goldenTx struct {
	TxID   string
	Height uint64
	Fee    uint64
	In     []struct {
		Tx    int
		Vout  uint32
		Addr  string
		Value uint64
	}
	Out []struct {
		Type, Addr string
		Value      uint64
	}
}

// BlockSci's regtest chain: every transaction, coin, address, fee and balance.
func TestBlockSci(t *testing.T) {
	f, err := os.Open(shared(t, "blocksci-btc", "golden", "txs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := open(t, shared(t, "blocksci-btc", "btc", "regtest", "blocks"), bitcoin.Options{})
	got := transfers(t, s)
	balance, theirs := map[ledger.Account]money.Amount{}, map[string]uint64{}
	var golden []goldenTx
	var ins, outs int
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var g goldenTx
		if err := json.Unmarshal(sc.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		tr := got[len(golden)]
		golden = append(golden, g)
		ins, outs = ins+len(g.In), outs+len(g.Out)
		if tr.Tx != g.TxID || tr.Key.Block != g.Height || len(tr.Credits) != len(g.Out) || tr.Fee != money.Units(g.Fee) {
			t.Fatalf("%s at %d, fee %s; want %+v", tr.Tx, tr.Key.Block, tr.Fee, g)
		}
		if tr.Kind != ledger.Coinbase && len(tr.Debits) != len(g.In) {
			t.Fatalf("%s: %d inputs", tr.Tx, len(tr.Debits))
		}
		for i, in := range g.In {
			d := tr.Debits[i]
			balance[d.Account] = balance[d.Account].Sub(d.Amount)
			theirs[in.Addr] -= in.Value
			if d.Amount != money.Units(in.Value) || d.Spends != (ledger.Coin{Tx: golden[in.Tx].TxID, Index: in.Vout}) || !sameName(d.Account, in.Addr) {
				t.Fatalf("%s input %d: %+v, want %+v", tr.Tx, i, d, in)
			}
		}
		for i, out := range g.Out {
			c := tr.Credits[i]
			balance[c.Account] = balance[c.Account].Add(c.Amount)
			theirs[out.Addr] += out.Value
			if c.Amount != money.Units(out.Value) || !sameName(c.Account, out.Addr) {
				t.Fatalf("%s output %d: %+v, want %+v", tr.Tx, i, c, out)
			}
		}
	}
	tip := s.Tip()
	if tip.Height != 201 || len(golden) != 356 || len(got) != 356 || ins != 178 || outs != 693 {
		t.Errorf("tip %d, %d transactions, %d inputs, %d outputs", tip.Height, len(got), ins, outs)
	}
	n, total := 0, money.Zero
	for a, b := range balance {
		total = total.Add(b)
		if strings.Contains(string(a), ":") {
			continue
		}
		n++
		if b != money.Units(theirs[string(a)]) {
			t.Errorf("%s holds %s, want %d", a, b, theirs[string(a)])
		}
	}
	if n != 196+10+3+3+1 || total != money.Units(878_999_980_000) {
		t.Errorf("%d addresses that hold %s", n, total)
	}
	for cb := range s.Blocks(context.Background(), ledger.BlockRef{}) {
		if want := uint64(50e8) >> (cb.Height / 150); cb.Subsidy != want {
			t.Fatalf("block %d makes %d", cb.Height, cb.Subsidy)
		}
	}
}

// sameName compares where both give an address; BlockSci numbers the rest.
func sameName(a ledger.Account, theirs string) bool {
	if strings.Contains(theirs, ":") {
		return strings.HasPrefix(string(a), "script:6a") || strings.HasPrefix(string(a), "multisig:")
	}
	return string(a) == theirs
}
