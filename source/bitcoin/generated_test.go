package bitcoin_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

var generated = ledgertest.BlockFiles{Seed: 7, Txs: 3000, PerBlock: 40, FileSize: 1 << 19, Magic: bitcoin.Regtest.Magic, Hash160: bitcoin.Hash160}

// The generated chain is one to this reader: ids that its inputs name, Merkle
// roots, links, proof of work, amounts; and it holds what was planted.
func TestGeneratedChain(t *testing.T) {
	dir := t.TempDir()
	truth, err := generated.Write(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "blk*.dat")); len(files) < 2 {
		t.Errorf("%d files", len(files))
	}
	s := open(t, dir, bitcoin.Options{Network: bitcoin.Regtest})
	if n := len(s.Info().Notes); n != 2 {
		t.Errorf("notes: %q", s.Info().Notes) // its length, and that the first block is not regtest's own
	}
	all := transfers(t, s)
	ins, outs, most, mixed := 0, 0, uint64(0), 0
	for i, x := range all {
		if len(x.Debits) > 0 && x.Debits[0].Spends.Tx != "" {
			ins += len(x.Debits)
		}
		outs += len(x.Credits)
		equal := map[string]int{}
		for _, c := range x.Credits {
			_, n := c.Amount.Words()
			most = max(most, n)
			equal[c.Amount.String()]++
		}
		if _, n := x.Credits[0].Amount.Words(); len(x.Debits) >= 3 && len(x.Credits) == 2*len(x.Debits) && equal[x.Credits[0].Amount.String()] >= len(x.Debits) && n > 0 {
			mixed++
		}
		for _, h := range truth.Heists {
			if h.Number == i && (x.Tx != h.Tx || len(x.Credits) != 1 || x.Credits[0].Amount != money.Units(h.Stolen)) {
				t.Errorf("heist %+v is %+v", h, x)
			}
		}
	}
	if len(all) != truth.Txs || ins != truth.Inputs || outs != truth.Outputs || most != truth.MaxOutput || mixed != truth.CoinJoins {
		t.Errorf("%d transactions, %d inputs, %d outputs, %d at most, %d CoinJoins; planted %+v", len(all), ins, outs, most, mixed, truth)
	}
	if len(truth.Heists) != 16 || truth.CoinJoins < 5 || truth.Txs != 3000+truth.Blocks {
		t.Errorf("planted %+v", truth)
	}
}

// The same seed gives the same bytes, another one others.
func TestGeneratedChainIsDetermined(t *testing.T) {
	read := func(f ledgertest.BlockFiles) []byte {
		dir := t.TempDir()
		if _, err := f.Write(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, "blk00000.dat"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a, b := read(generated), read(generated)
	other := generated
	other.Seed++
	if !bytes.Equal(a, b) || bytes.Equal(a, read(other)) {
		t.Error("bytes do not follow from the seed alone")
	}
}

// One flipped bit anywhere in a block is found by its id or Merkle root.
func TestGeneratedChainBroken(t *testing.T) {
	dir := t.TempDir()
	if _, err := generated.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "blk00000.dat")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[8+80+1+50] ^= 1 // in the first coinbase
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := bitcoin.Open(dir, bitcoin.Options{Network: bitcoin.Regtest})
	if err == nil {
		for _, err = range s.All(t.Context()) {
			if err != nil {
				break
			}
		}
	}
	var e *bitcoin.Error
	if !errors.As(err, &e) {
		t.Errorf("%v", err)
	}
}
