package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// TestExpand: a frontier's transfers are those of the columns, from one index,
// from several and from what no index has yet; hubs are reported and not walked.
func TestExpand(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []int{150_000, 220_000, 250_000} {
		ingest(t, dir, ledgertest.Payments{Seed: 1, Transfers: n, Accounts: 4000, PerBlock: 1000}, graph.IngestOptions{})
		s, err := graph.OpenStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := s.MoveColumns()
		for _, forward := range []bool{true, false} {
			key := c.To
			if forward {
				key = c.From
			}
			checkExpand(t, s, key, forward, fmt.Sprint(n, forward))
		}
		s.Close()
	}
}

func checkExpand(t *testing.T, s *graph.Store, key []uint32, forward bool, name string) {
	t.Helper()
	want := map[uint32][]uint32{}
	for i, a := range key {
		want[a] = append(want[a], uint32(i))
	}
	const most = 100
	var frontier, hubs []uint32
	for a := range uint32(3000) {
		a = a * 7 % 3001
		frontier = append(frontier, a)
		if len(want[a]) > most {
			hubs = append(hubs, a)
		}
	}
	walked := 0
	got, err := s.Expand(frontier, forward, most, func(a uint32, items []uint32) {
		walked++
		if !slices.Equal(items, want[a]) {
			t.Fatalf("%s: account %d has %v, want %v", name, a, items, want[a])
		}
	})
	if err != nil || !slices.Equal(got, hubs) || len(hubs) < 8 || walked < 1000 {
		t.Fatalf("%s: %d hubs, want %d; %d walked; %v", name, len(got), len(hubs), walked, err)
	}
	for _, a := range frontier {
		if n, err := s.Degree(a, forward); n != len(want[a]) || err != nil {
			t.Fatalf("%s: degree %d of %d, want %d, %v", name, n, a, len(want[a]), err)
		}
	}
	if all, err := s.Expand(frontier, forward, 0, func(uint32, []uint32) { walked-- }); len(all) > 0 || err != nil || walked != -len(hubs) {
		t.Errorf("%s: without a guard: %d hubs, %v", name, len(all), err)
	}
}

func TestExpandRefuses(t *testing.T) {
	s, err := storeOne(t, t.TempDir(), 0, ledgertest.Chain{Seed: 4, Length: 5})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Expand([]uint32{0}, true, 0, nil); !errors.Is(err, graph.ErrStore) {
		t.Errorf("coins: %v", err)
	}
	if s, err = storeOne(t, t.TempDir(), 0, ledgertest.Payments{Seed: 4, Transfers: 50}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Expand([]uint32{1 << 30}, true, 0, nil); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("no such account: %v", err)
	}
}

// TestPlantedTrail follows the planted trail by frontiers alone: at each step one
// account, one transfer, the whole loot, to the last account.
func TestPlantedTrail(t *testing.T) {
	src := ledgertest.Payments{Seed: 6, Transfers: 20_000, PerBlock: 100, Hops: 40}
	s, err := storeOne(t, t.TempDir(), 0, src)
	if err != nil {
		t.Fatal(err)
	}
	followTrail(t, s, src)
}

func followTrail(t testing.TB, s *graph.Store, src ledgertest.Payments) {
	t.Helper()
	c, _ := s.MoveColumns()
	at, ok := s.AccountNumber(src.Trail(0))
	if !ok {
		t.Fatal("the trail is not there")
	}
	for hop := range src.Hops + 1 {
		if name, err := s.AccountName(at); err != nil || name != src.Trail(hop) {
			t.Fatalf("hop %d is at %s, want %s: %v", hop, name, src.Trail(hop), err)
		}
		var out []uint32
		if _, err := s.Expand([]uint32{at}, true, 1000, func(_ uint32, items []uint32) { out = slices.Clone(items) }); err != nil {
			t.Fatal(err)
		}
		if hop == src.Hops {
			if len(out) != 0 {
				t.Fatalf("the last account pays %v", out)
			}
			return
		}
		if len(out) != 1 {
			t.Fatalf("hop %d pays %v", hop, out)
		}
		e, err := s.Entry(graph.ID(out[0]))
		if hi, lo := e.Amount().Words(); err != nil || hi != 0 || lo != ledgertest.PaymentsLoot || e.Kind != ledger.Value {
			t.Fatalf("hop %d carries %v, %v", hop, e.Amount(), err)
		}
		at = c.To[out[0]]
	}
}

// TestExpandAfterUndo: transfers that were taken back count for no degree, so they
// make no account a hub.
func TestExpandAfterUndo(t *testing.T) {
	dir := t.TempDir()
	ingest(t, dir, ledgertest.Payments{Seed: 1, Transfers: 70_000, Accounts: 4000, PerBlock: 1000}, graph.IngestOptions{})
	for _, height := range []uint64{55, 44} {
		w := writer(t, dir)
		if err := w.UndoTo(height); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := graph.OpenStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := s.MoveColumns()
		checkExpand(t, s, c.From, true, fmt.Sprint("paid, undone to ", height))
		checkExpand(t, s, c.To, false, fmt.Sprint("got, undone to ", height))
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
