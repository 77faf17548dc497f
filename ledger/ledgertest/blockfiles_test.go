package ledgertest

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// shortHash stands in for the hash of keys: the chain's form does not follow
// from it.
func shortHash(b []byte) (h [20]byte) {
	full := sha256.Sum256(b)
	copy(h[:], full[:])
	return h
}

func TestBlockFilesRefuses(t *testing.T) {
	for name, f := range map[string]BlockFiles{
		"no transactions": {Hash160: shortHash},
		"no hash":         {Txs: 1},
		"negative block":  {Txs: 1, PerBlock: -1, Hash160: shortHash},
		"negative file":   {Txs: 1, FileSize: -1, Hash160: shortHash},
	} {
		if _, err := f.Write(t.Context(), t.TempDir()); !errors.Is(err, errBlockFiles) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := BlockFiles{Txs: 10, Hash160: shortHash}
	if _, err := f.Write(t.Context(), filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Write(ctx, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Files stay within their size as long as a block does, and all amounts that are
// unspent at the end are what the blocks made: fees are paid, nothing is lost.
func TestBlockFilesAddUp(t *testing.T) {
	f := BlockFiles{Seed: 5, Txs: 4000, PerBlock: 50, FileSize: 1 << 18, Hash160: shortHash}
	dir := t.TempDir()
	if _, err := f.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "blk*.dat"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if st, err := os.Stat(name); err != nil || st.Size() > 1<<18 || st.Size() == 0 {
			t.Errorf("%s: %d bytes, %v", name, st.Size(), err)
		}
	}
	f.PerBlock, f.FileSize = 50, 1<<18
	m, made, held := newMarket(f), uint64(0), uint64(0)
	for ; m.made < f.Txs; m.height++ {
		made += m.subsidy()
		m.block()
	}
	for _, w := range m.wallets {
		for _, c := range w {
			held += c.amount
		}
	}
	for _, y := range m.young {
		held += y.coin.amount
	}
	if made != held {
		t.Errorf("%d made, %d held", made, held)
	}
	m.tally()
	for _, h := range m.truth.Heists {
		if h.Stolen == 0 || h.Ends == 0 || h.Sum == 0 || len(h.Tx) != 64 {
			t.Errorf("%+v", h)
		}
	}
}
