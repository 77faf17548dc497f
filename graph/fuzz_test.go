package graph_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// FuzzOpenStore opens a store whose files were changed: a file, where, and what
// is written there. Whatever it is, opening, checking and reading end, with
// answers or with errors.
func FuzzOpenStore(f *testing.F) {
	var whole []map[string][]byte
	for i, src := range []ledger.Source{ledgertest.Chain{Seed: 4, Length: 12}, ledgertest.AnyCoins(4, 30), ledgertest.AnyAccounts(4, 30), ledgertest.Payments{Seed: 4, Transfers: 60, PerBlock: 9, Hashed: true}} {
		whole = append(whole, filesOf(f, src))
		f.Add(uint8(i), uint8(1), uint16(40), []byte("9"))
		f.Add(uint8(i), uint8(7), uint16(0), []byte{})
		f.Add(uint8(i), uint8(3), uint16(8), []byte{0xff, 0xff, 0xff, 0xff})
	}
	f.Fuzz(func(t *testing.T, which, file uint8, at uint16, with []byte) {
		files := whole[int(which)%len(whole)]
		names := make([]string, 0, len(files))
		for n := range files {
			names = append(names, n)
		}
		slices.Sort(names)
		name := names[int(file)%len(names)]
		dir := t.TempDir()
		for n, b := range files {
			if n == name {
				b = slices.Clone(b)
				begin := min(int(at), len(b))
				if len(with) == 0 {
					b = b[:begin]
				} else {
					b = append(b[:begin], append(slices.Clone(with), b[min(len(b), begin+len(with)):]...)...)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, n), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		walk(t, dir)
	})
}

func filesOf(f *testing.F, src ledger.Source) map[string][]byte {
	f.Helper()
	dir := f.TempDir()
	w, err := graph.OpenWriter(dir)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := graph.Ingest(context.Background(), w, src, graph.IngestOptions{}); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	out := map[string][]byte{}
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		out[filepath.Base(p)] = b
	}
	return out
}

// walk asks a store everything there is to ask.
func walk(t *testing.T, dir string) {
	s, err := graph.OpenStore(dir)
	if err != nil {
		return
	}
	defer s.Close()
	s.Check(t.Context())
	s.Stats()
	s.Digest(t.Context())
	for id := range graph.ID(s.Info().Transfers) {
		e, err := s.Entry(id)
		if err != nil {
			continue
		}
		s.Find(e.ID)
		for _, c := range e.Credits {
			s.Events(graph.Pool{Ledger: e.Ledger, Account: c.Account, Asset: e.Asset})
			s.Completeness(e.Ledger, c.Account)
			s.CoinBalance(c.Account)
			if n, ok := s.AccountNumber(c.Account); ok {
				s.Degree(n, true)
				s.Expand([]uint32{n}, true, 5, func(uint32, []uint32) {})
				s.Expand([]uint32{n}, false, 0, func(uint32, []uint32) {})
			}
		}
	}
}
