package graph_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
)

// asTransfers hides that a source has blocks, so that it is read as transfers.
type asTransfers struct{ ledger.Source }

// TestFlowsAreTransfers: what came as blocks of moves answers as the same ledger
// read as transfers, into memory and into a store of records.
func TestFlowsAreTransfers(t *testing.T) {
	for name, src := range map[string]ledgertest.Payments{
		"ids":    {Seed: 3, Transfers: 5000, Accounts: 300, PerBlock: 97, Hops: 5, Hashed: true},
		"places": {Seed: 4, Transfers: 5000, Accounts: 300, PerBlock: 700, Hops: 2},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := storeOne(t, t.TempDir(), 1000, src)
			if err != nil {
				t.Fatal(err)
			}
			records, err := storeOne(t, t.TempDir(), 1000, asTransfers{src})
			if err != nil {
				t.Fatal(err)
			}
			m, err := graph.Build(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			sameGraph(t, m, s)
			sameGraph(t, records, s)
			for _, f := range s.Check(t.Context()) {
				t.Error(f)
			}
			for _, bad := range []string{"", "x", "1:0/", "1:0/99999", "1:0/00", "1:01", "0:0", "999999:0", "0x00", "1:0/0/0"} {
				if ids, err := s.Find(bad); !errors.Is(err, graph.ErrNotFound) {
					t.Errorf("find %q: %v, %v", bad, ids, err)
				}
			}
		})
	}
}

// sameGraph compares every transfer, every name and every account's events.
func sameGraph(t *testing.T, want, got graph.Graph) {
	t.Helper()
	if got.Info().Transfers != want.Info().Transfers || got.Info().Transfers == 0 {
		t.Fatalf("%d transfers, want %d", got.Info().Transfers, want.Info().Transfers)
	}
	asked := map[graph.Pool]bool{}
	for id := range graph.ID(want.Info().Transfers) {
		a, e1 := want.Entry(id)
		b, e2 := got.Entry(id)
		if d := cmp.Diff(a, b); d != "" || e1 != nil || e2 != nil {
			t.Fatalf("transfer %d: %v, %v (-want +got):\n%s", id, e1, e2, d)
		}
		for _, ref := range []string{a.ID, a.Tx} {
			x, e1 := want.Find(ref)
			y, e2 := got.Find(ref)
			if !slices.Equal(x, y) || e1 != nil || e2 != nil {
				t.Fatalf("find %s: %v %v, want %v %v", ref, y, e2, x, e1)
			}
		}
		l, _ := want.Info().Ledger(a.Ledger)
		for _, account := range []ledger.Account{a.From(), a.To()} {
			for _, asset := range l.Assets {
				p := graph.Pool{Ledger: a.Ledger, Account: account, Asset: asset.ID}
				if account == "" || asked[p] {
					continue
				}
				asked[p] = true
				x, e1 := want.Events(p)
				y, e2 := got.Events(p)
				if !slices.Equal(x, y) || e1 != nil || e2 != nil {
					t.Fatalf("events of %v: %v %v, want %v %v", p, y, e2, x, e1)
				}
			}
		}
	}
}

// TestFlowsFollowForks: a store of moves that followed forks, or was read in
// parts, is the one that read the final chain only.
func TestFlowsFollowForks(t *testing.T) {
	for _, hashed := range []bool{false, true} {
		dir := t.TempDir()
		chain := ledgertest.Payments{Seed: 9, Transfers: 6000, Accounts: 500, PerBlock: 100, Hashed: hashed}
		ingest(t, dir, ledgertest.Payments{Seed: 9, Transfers: 2500, Accounts: 500, PerBlock: 100, Hashed: hashed}, graph.IngestOptions{Every: 300})
		ingest(t, dir, chain, graph.IngestOptions{Every: 700})
		fresh := t.TempDir()
		ingest(t, fresh, chain, graph.IngestOptions{})
		if a, b := digestOf(t, dir), digestOf(t, fresh); a != b {
			t.Fatalf("digests %s in parts and %s at once", a, b)
		}
		r := rand.New(rand.NewPCG(5, 6))
		for range 8 {
			next := chain
			next.Fork, next.ForkSeed = 60-r.IntN(40), r.Uint64()
			w, err := graph.OpenWriter(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := graph.Ingest(t.Context(), w, next, graph.IngestOptions{}); !errors.Is(err, graph.ErrStore) {
				t.Fatalf("a chain that left the store's was taken without leave to undo: %v", err)
			}
			at, err := graph.Ingest(t.Context(), w, next, graph.IngestOptions{Undo: true})
			if err != nil || at.Undone == 0 {
				t.Fatalf("%+v, %v", at, err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			fresh := t.TempDir()
			ingest(t, fresh, next, graph.IngestOptions{Every: 1000})
			if a, b := digestOf(t, dir), digestOf(t, fresh); a != b {
				t.Fatalf("fork at %d: digest %s, %s afresh", next.Fork, a, b)
			}
			chain = next
		}
	}
}

// TestBadMovesAddNothing: a block that is not one is refused whole.
func TestBadMovesAddNothing(t *testing.T) {
	dir := t.TempDir()
	src := ledgertest.Payments{Seed: 2, Transfers: 200, PerBlock: 100, Hashed: true}
	ingest(t, dir, src, graph.IngestOptions{})
	before := digestOf(t, dir)
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	src.Transfers = 300
	tip, _ := w.Tip()
	var next ledger.MoveBlock
	for b, err := range src.MoveBlocks(t.Context(), tip) {
		if err != nil {
			t.Fatal(err)
		}
		next = *b
		next.Txs, next.Moves, next.Keys = slices.Clone(b.Txs), slices.Clone(b.Moves), slices.Clone(b.Keys)
	}
	big := money.FromWords(^uint64(0), 1)
	for name, change := range map[string]func(*ledger.MoveBlock){
		"a parent that is not the tip": func(b *ledger.MoveBlock) { b.Parent[0]++ },
		"a height of before":           func(b *ledger.MoveBlock) { b.Height-- },
		"an id twice":                  func(b *ledger.MoveBlock) { b.Txs[len(b.Txs)-1].ID = b.Txs[0].ID },
		"no ids":                       func(b *ledger.MoveBlock) { b.Hashed = false },
		"places that do not rise":      func(b *ledger.MoveBlock) { b.Txs[1].Place = b.Txs[0].Place },
		"a transaction without moves":  func(b *ledger.MoveBlock) { b.Txs[1].Moves = b.Txs[0].Moves },
		"moves in no transaction":      func(b *ledger.MoveBlock) { b.Moves = append(b.Moves, b.Moves[0]) },
		"a payer without a name":       func(b *ledger.MoveBlock) { b.Moves[0].From = 0 },
		"keys beyond the arena":        func(b *ledger.MoveBlock) { b.Moves[len(b.Moves)-1].To += 9 },
		"an asset beyond":              func(b *ledger.MoveBlock) { b.Moves[3].Asset = 2 },
		"a coinbase":                   func(b *ledger.MoveBlock) { b.Moves[3].Kind = ledger.Coinbase },
		"value and fee beyond 128":     func(b *ledger.MoveBlock) { b.Moves[3].Amount, b.Moves[3].Fee = big, big },
		"a failed one that credits": func(b *ledger.MoveBlock) {
			i := slices.IndexFunc(b.Moves, func(m ledger.Move) bool { return m.To > m.From })
			b.Moves[i].Failed = true
		},
		"value credited to nobody": func(b *ledger.MoveBlock) {
			b.Moves[0].To = b.Moves[0].From
			b.Moves[0].Amount = money.Units(1)
		},
	} {
		bad := next
		bad.Txs, bad.Moves = slices.Clone(next.Txs), slices.Clone(next.Moves)
		change(&bad)
		if err := w.AddMoves(&bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := w.AddMoves(&next); err != nil {
		t.Errorf("the right block after wrong ones: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if after := digestOf(t, dir); after != before {
		t.Errorf("digest %s, was %s: an uncommitted block stayed", after, before)
	}
}
