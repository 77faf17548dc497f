package graph_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
)

// scripted is a follower that tells what it was given, then fails.
type scripted struct {
	ledgertest.Chain
	changes []ledger.Change
	end     error
	// between, if set, is called before each change.
	between func(i int)
}

func (s *scripted) Follow(context.Context, ledger.BlockRef, func(uint64) (ledger.BlockRef, bool)) iter.Seq2[ledger.Change, error] {
	return func(yield func(ledger.Change, error) bool) {
		for i, c := range s.changes {
			if s.between != nil {
				s.between(i)
			}
			if !yield(c, nil) {
				return
			}
		}
		yield(ledger.Change{}, s.end)
	}
}

// blocksOf are copies of a chain's blocks from a height on.
func blocksOf(t *testing.T, c ledgertest.Chain, from int) (out []ledger.Change) {
	t.Helper()
	for b, err := range c.Blocks(t.Context(), ledger.BlockRef{}) {
		if err != nil {
			t.Fatal(err)
		}
		if int(b.Height) >= from {
			k := *b
			k.Txs, k.Ins = append([]ledger.CoinTx(nil), b.Txs...), append([]ledger.CoinIn(nil), b.Ins...)
			k.Outs, k.Keys = append([]ledger.CoinOut(nil), b.Outs...), append([]byte(nil), b.Keys...)
			out = append(out, ledger.Change{Apply: &k})
		}
	}
	return out
}

// TestFollowCommits: a block that comes alone is committed before the next is
// asked for; blocks that come together, and a run that is taken back, are
// committed once; the store says in the end what a fresh one says.
func TestFollowCommits(t *testing.T) {
	start := ledgertest.Chain{Seed: 5, Length: 10}
	end := ledgertest.Chain{Seed: 5, Length: 16, Fork: 7, ForkSeed: 6}
	dir := filepath.Join(t.TempDir(), "live")
	w := writer(t, dir)
	if _, err := graph.Ingest(t.Context(), w, start, graph.IngestOptions{}); err != nil {
		t.Fatal(err)
	}
	var changes []ledger.Change
	for _, c := range blocksOf(t, start, 7) { // from the top down
		changes = append([]ledger.Change{{Undo: c.Apply.BlockRef, More: true}}, changes...)
	}
	changes[2].More = false
	changes = append(changes, blocksOf(t, end, 7)...) // nine, the last five together
	for i := len(changes) - 5; i < len(changes)-1; i++ {
		changes[i].More = true
	}
	stop, told, committed := errors.New("stop"), 0, []int(nil)
	src := &scripted{Chain: end, changes: changes, end: stop, between: func(int) { committed = append(committed, told) }}
	err := graph.Follow(t.Context(), w, src, func(graph.Followed) error { told++; return nil })
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(committed, told), "[0 0 0 3 4 5 6 7 7 7 7 7] 12"; got != want {
		t.Errorf("committed before each change, and in the end: %s, want %s", got, want)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	f := writer(t, fresh)
	if _, err := graph.Ingest(t.Context(), f, end, graph.IngestOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if a, b := digestOf(t, dir), digestOf(t, fresh); a != b {
		t.Errorf("followed %s, fresh %s", a, b)
	}
}

// TestFollowBroken: what was added when the source fails in the middle of a batch
// is kept, and a run of undos that was not whole is left alone.
func TestFollowBroken(t *testing.T) {
	start, end := ledgertest.Chain{Seed: 5, Length: 10}, ledgertest.Chain{Seed: 5, Length: 13}
	stop := errors.New("stop")
	for name, c := range map[string]struct {
		changes []ledger.Change
		height  uint64
	}{
		"applied": {[]ledger.Change{blocksOf(t, end, 10)[0], blocksOf(t, end, 11)[0]}, 11},
		"undone":  {[]ledger.Change{{Undo: blocksOf(t, start, 9)[0].Apply.BlockRef}}, 9},
	} {
		for i := range c.changes {
			c.changes[i].More = true
		}
		dir := filepath.Join(t.TempDir(), "live")
		w := writer(t, dir)
		if _, err := graph.Ingest(t.Context(), w, start, graph.IngestOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := graph.Follow(t.Context(), w, &scripted{Chain: end, changes: c.changes, end: stop}, nil); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if tip, _ := writer(t, dir).Tip(); tip.Height != c.height {
			t.Errorf("%s: the store ends at %d, want %d", name, tip.Height, c.height)
		}
	}
	w := writer(t, filepath.Join(t.TempDir(), "empty"))
	if err := graph.Follow(t.Context(), w, &scripted{}, nil); !errors.Is(err, graph.ErrStore) {
		t.Errorf("an empty store: %v", err)
	}
}

func writer(t *testing.T, dir string) *graph.Writer {
	t.Helper()
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() }) // a second Close changes nothing
	return w
}

// reading is a live source as it speaks of one reading: of a chain that nobody takes
// back it gives the transfers from the cursor on.
type reading struct {
	chain   []ledger.Transfer
	end     error // nil: the reading comes to its end
	skipped int
	known   ledger.Completeness
}

func (r reading) Info() ledger.Info {
	return ledger.Info{ID: "toy", Model: ledger.Accounts, Skipped: r.skipped}
}

func (r reading) Completeness(ledger.Account) ledger.Completeness { return r.known }

func (r reading) Holds(context.Context, *ledger.Transfer) (ledger.Standing, error) {
	return ledger.Held, nil
}

func (r reading) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return r.From(ctx, ledger.Cursor{})
}

func (r reading) From(_ context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		for _, t := range r.chain {
			if t.Key.Block > after.Key.Block && !yield(t, nil) {
				return
			}
		}
		if r.end != nil {
			yield(ledger.Transfer{}, r.end)
		}
	}
}

// TestReadingsJoin: a store that was read into several times lacks what any of the
// readings left out, however well the last one saw.
func TestReadingsJoin(t *testing.T) {
	gap := ledger.Completeness{Internal: ledger.Gap, Opening: ledger.Unknown}
	clear := ledger.Completeness{Opening: ledger.Unknown}
	stop := errors.New("stop")
	var chain []ledger.Transfer
	for i := range 4 {
		chain = append(chain, ledger.Transfer{Ledger: "toy", ID: fmt.Sprint("t", i), Tx: fmt.Sprint("t", i), Asset: "unit", Key: ledger.Key{Block: uint64(i + 1)},
			Debits: []ledger.Debit{{Account: "a", Amount: money.Units(1)}}, Credits: []ledger.Credit{{Account: ledger.Account(fmt.Sprint("b", i)), Amount: money.Units(1)}}})
	}
	dir := filepath.Join(t.TempDir(), "live")
	for i, c := range []struct {
		reading
		skipped, notes int
		known          ledger.Completeness
	}{
		{reading{chain[:1], nil, 0, clear}, 0, 0, clear},
		{reading{chain[:2], stop, 3, gap}, 3, 0, gap}, // it breaks off, and has seen what it saw
		{reading{chain[:3], nil, 1, clear}, 3, 1, gap},
		{reading{chain, nil, 5, clear}, 5, 0, gap},
	} {
		w := writer(t, dir)
		if _, err := graph.Ingest(t.Context(), w, c.reading, graph.IngestOptions{}); !errors.Is(err, c.end) {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := graph.OpenStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		if s.Info().Transfers != i+1 {
			t.Fatalf("reading %d: %d transfers", i, s.Info().Transfers)
		}
		info := s.Info().Ledgers[0]
		if info.Skipped != c.skipped || len(info.Notes) != c.notes {
			t.Errorf("reading %d: %d left out, notes %q", i, info.Skipped, info.Notes)
		}
		for _, a := range []ledger.Account{"a", ledger.Account(fmt.Sprint("b", i)), "elsewhere"} {
			if got := s.Completeness("toy", a); got != c.known {
				t.Errorf("reading %d: of %s is known %+v, want %+v", i, a, got, c.known)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
