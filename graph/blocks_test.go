package graph_test

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// TestBlocksAreTransfers: what came as blocks answers as the same ledger read as
// transfers into memory.
func TestBlocksAreTransfers(t *testing.T) {
	chain := ledgertest.Chain{Seed: 3, Length: 120}
	s, err := storeOne(t, t.TempDir(), 50, chain)
	if err != nil {
		t.Fatal(err)
	}
	m, err := graph.Build(t.Context(), chain)
	if err != nil {
		t.Fatal(err)
	}
	if s.Info().Transfers != m.Info().Transfers || s.Info().Transfers < 500 {
		t.Fatalf("%d transfers, want %d", s.Info().Transfers, m.Info().Transfers)
	}
	asked := map[graph.Pool]bool{}
	for id := range graph.ID(m.Info().Transfers) {
		got, err := s.Entry(id)
		want, _ := m.Entry(id)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("transfer %d (-memory +store):\n%s", id, d)
		}
		if ids, err := s.Find(want.ID); err != nil || len(ids) != 1 || ids[0] != id {
			t.Fatalf("find %s: %v, %v", want.ID, ids, err)
		}
		for _, c := range want.Credits {
			p := graph.Pool{Ledger: ledgertest.ChainID, Account: c.Account, Asset: "unit"}
			if asked[p] {
				continue
			}
			asked[p] = true
			a, _ := m.Events(p)
			b, err := s.Events(p)
			if d := cmp.Diff(a, b); d != "" || err != nil {
				t.Fatalf("events of %s: %v\n%s", c.Account, err, d)
			}
		}
	}
	for _, f := range s.Check(t.Context()) {
		t.Error(f)
	}
}

func ingest(t *testing.T, dir string, src ledger.Source, o graph.IngestOptions) graph.Ingested {
	t.Helper()
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	at, err := graph.Ingest(t.Context(), w, src, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return at
}

// digestOf checks a store and gives its digest.
func digestOf(t *testing.T, dir string, codecs ...ledger.Codec) string {
	t.Helper()
	s, err := graph.OpenStore(dir, codecs...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, f := range s.Check(t.Context()) {
		t.Error(f)
	}
	d, err := s.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var (
	reorgs     = flag.Int("reorg.n", 25, "reorganisations")
	reorgDepth = flag.Int("reorg.depth", 30, "the deepest of them, in blocks")
)

// TestReorganisations: a store that followed forks of any depth has the digest
// of one that read the final chain only.
func TestReorganisations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	chain := ledgertest.Chain{Seed: 1, Length: 2 * *reorgDepth, PerBlock: 4}
	ingest(t, dir, chain, graph.IngestOptions{})
	for round := range *reorgs {
		depth := 1 + r.IntN(*reorgDepth)
		next := chain
		next.Fork, next.ForkSeed = chain.Length-depth, uint64(100+round)
		next.Length = chain.Length + r.IntN(3)
		w, err := graph.OpenWriter(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := graph.Ingest(t.Context(), w, next, graph.IngestOptions{}); err == nil {
			t.Fatal("a chain that left the store's was taken without leave to undo")
		}
		at, err := graph.Ingest(t.Context(), w, next, graph.IngestOptions{Undo: true})
		if err != nil || at.Undone == 0 {
			t.Fatalf("round %d: %+v, %v", round, at, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		fresh := t.TempDir()
		ingest(t, fresh, next, graph.IngestOptions{Every: 100})
		if a, b := digestOf(t, dir), digestOf(t, fresh); a != b {
			t.Fatalf("round %d, depth %d: digest %s after the reorganisation, %s afresh", round, depth, a, b)
		}
		// Back to the first chain for the next round.
		w, err = graph.OpenWriter(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := graph.Ingest(t.Context(), w, chain, graph.IngestOptions{Undo: true}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestUndoIsIdentity: blocks added and taken back leave the digest as it was.
func TestUndoIsIdentity(t *testing.T) {
	dir := t.TempDir()
	ingest(t, dir, ledgertest.Chain{Seed: 5, Length: 40}, graph.IngestOptions{})
	before := digestOf(t, dir)
	ingest(t, dir, ledgertest.Chain{Seed: 5, Length: 70}, graph.IngestOptions{})
	if digestOf(t, dir) == before {
		t.Fatal("thirty blocks changed nothing")
	}
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.UndoTo(39); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if after := digestOf(t, dir); after != before {
		t.Errorf("digest %s, was %s", after, before)
	}
}

// TestResume: a chain read in parts is the chain.
func TestResume(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	ingest(t, whole, ledgertest.Chain{Seed: 8, Length: 90}, graph.IngestOptions{})
	for _, n := range []int{1, 2, 30, 31, 90, 90} {
		ingest(t, parts, ledgertest.Chain{Seed: 8, Length: n}, graph.IngestOptions{Every: 17})
	}
	if a, b := digestOf(t, whole), digestOf(t, parts); a != b {
		t.Errorf("digests %s and %s", a, b)
	}
}

func TestBadBlocksAddNothing(t *testing.T) {
	dir := t.TempDir()
	ingest(t, dir, ledgertest.Chain{Seed: 5, PerBlock: 30, Length: 10}, graph.IngestOptions{})
	before := digestOf(t, dir)
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	var next ledger.CoinBlock
	tip, _ := w.Tip()
	for b, err := range (ledgertest.Chain{Seed: 5, PerBlock: 30, Length: 11}).Blocks(t.Context(), tip) {
		if err != nil {
			t.Fatal(err)
		}
		next = *b
	}
	for name, change := range map[string]func(*ledger.CoinBlock){
		"a parent that is not the tip":   func(b *ledger.CoinBlock) { b.Parent[0]++ },
		"a height that does not follow":  func(b *ledger.CoinBlock) { b.Height++ },
		"an input that is not there":     func(b *ledger.CoinBlock) { b.Ins[len(b.Ins)-1].Tx[0]++ },
		"an output number beyond":        func(b *ledger.CoinBlock) { b.Ins[len(b.Ins)-1].Index = 99 },
		"an input spent twice":           func(b *ledger.CoinBlock) { b.Ins[len(b.Ins)-1] = b.Ins[0] },
		"outputs larger than the inputs": func(b *ledger.CoinBlock) { b.Outs[len(b.Outs)-1].Amount += 1 << 40 },
		"outputs beyond 64 bits":         func(b *ledger.CoinBlock) { b.Outs[len(b.Outs)-1].Amount = ^uint64(0) },
	} {
		bad := next
		bad.Ins, bad.Outs = append([]ledger.CoinIn(nil), next.Ins...), append([]ledger.CoinOut(nil), next.Outs...)
		if len(bad.Ins) < 3 {
			t.Fatal("the block is too small for this test")
		}
		change(&bad)
		if err := w.AddBlock(&bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := w.AddBlock(&next); err != nil {
		t.Errorf("the right block after wrong ones: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if after := digestOf(t, dir); after != before {
		t.Errorf("digest %s, was %s: an uncommitted block stayed", after, before)
	}
	ingest(t, dir, ledgertest.Chain{Seed: 5, PerBlock: 30, Length: 11}, graph.IngestOptions{})
	fresh := t.TempDir()
	ingest(t, fresh, ledgertest.Chain{Seed: 5, PerBlock: 30, Length: 11}, graph.IngestOptions{})
	if digestOf(t, dir) != digestOf(t, fresh) {
		t.Error("the store is not as a fresh one")
	}
}
