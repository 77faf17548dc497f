package graph_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// branch is a live source whose chain is so many blocks of a letter: those of a common
// stem first.
type branch struct {
	reading
	blocks []string // the name of each block, from height 1 on
	fault  error    // of asking what became of a block
}

// chainOf makes a chain of blocks by name, of two transfers each, the second of which
// names an account of its own.
func chainOf(names ...string) branch {
	b := branch{blocks: names}
	for i, name := range names {
		for k := range 2 {
			id := fmt.Sprint(name, "/", k)
			b.chain = append(b.chain, ledger.Transfer{
				Ledger: "toy", ID: id, Tx: name, Asset: money.AssetID("asset " + name[:1]), Key: ledger.Key{Block: uint64(i + 1), Sub: uint32(k)},
				Debits:  []ledger.Debit{{Account: "hub", Amount: money.Units(uint64(i + 2))}},
				Credits: []ledger.Credit{{Account: ledger.Account(fmt.Sprint("to ", name, k*i)), Amount: money.Units(uint64(i + 2))}}, Evidence: "node:" + id,
			})
		}
	}
	return b
}

func (b branch) Info() ledger.Info {
	info := ledger.Info{ID: "toy", Model: ledger.Accounts, Native: "asset s", Blocks: true}
	for _, t := range b.chain {
		if !slices.ContainsFunc(info.Assets, func(a money.Asset) bool { return a.ID == t.Asset }) {
			info.Assets = append(info.Assets, money.Asset{ID: t.Asset})
		}
	}
	return info
}

func (b branch) Holds(_ context.Context, t *ledger.Transfer) (ledger.Standing, error) {
	at := int(t.Key.Block)
	switch {
	case at > len(b.blocks):
		return ledger.Beyond, b.fault
	case b.blocks[at-1] != t.Tx:
		return ledger.Left, b.fault
	}
	return ledger.Held, b.fault
}

func (b branch) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return b.From(ctx, ledger.Cursor{})
}

// TestLiveForks: a store of records that followed a live chain over forks of any depth
// but the whole has the digest of one that read the last chain only; without leave to
// undo, or where no block is shared, it stays as it was.
func TestLiveForks(t *testing.T) {
	stem := []string{"s1", "s2", "s3", "s4", "s5"}
	fault := errors.New("the node is gone")
	for name, c := range map[string]struct {
		next   branch
		undone int
		err    error
		same   bool // the store stays as it was
	}{
		"more":                     {chainOf("s1", "s2", "s3", "s4", "s5", "s6", "s7"), 0, nil, false},
		"nothing new":              {chainOf(stem...), 0, nil, true},
		"the last left":            {chainOf("s1", "s2", "s3", "s4", "b5", "b6"), 1, nil, false},
		"all but the first":        {chainOf("s1", "b2", "b3", "b4", "b5", "b6"), 4, nil, false},
		"a shorter branch":         {chainOf("s1", "s2", "b3"), 3, nil, false},
		"behind":                   {chainOf("s1", "s2", "s3"), 0, nil, true},
		"another from the first":   {chainOf("b1", "b2", "b3", "b4", "b5", "b6"), 0, graph.ErrStore, true},
		"a node that cannot tell":  {branch{reading: chainOf("s1", "b2").reading, blocks: []string{"s1", "b2"}, fault: fault}, 0, fault, true},
		"nothing at all":           {chainOf(), 0, graph.ErrStore, true},
		"behind on another branch": {chainOf("s1", "s2", "b3", "b4"), 3, nil, false},
	} {
		dir, want := t.TempDir(), t.TempDir()
		ingest(t, dir, chainOf(stem...), graph.IngestOptions{Every: 3})
		before := digestOf(t, dir)
		if c.same {
			ingest(t, want, chainOf(stem...), graph.IngestOptions{})
		} else {
			ingest(t, want, c.next, graph.IngestOptions{})
		}
		w := writer(t, dir)
		if c.undone > 0 {
			_, err := graph.Ingest(t.Context(), w, c.next, graph.IngestOptions{})
			if !errors.Is(err, graph.ErrStore) || !strings.Contains(err.Error(), "undo") {
				t.Errorf("%s: without leave to undo: %v", name, err)
			}
		}
		at, err := graph.Ingest(t.Context(), w, c.next, graph.IngestOptions{Undo: true})
		if !errors.Is(err, c.err) || at.Undone != c.undone {
			t.Errorf("%s: %+v, %v; want %d undone, %v", name, at, err, c.undone, c.err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := digestOf(t, dir); got != digestOf(t, want) || c.same && got != before {
			t.Errorf("%s: the digest is not that of the chain read at once", name)
		}
	}
}
