package e2e

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// wanted is how many, by an environment variable; n where that is not set.
func wanted(t *testing.T, name string, n int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return n
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// blocksToSee is how many blocks the tests of this file mine, one by one:
// COLDTRAIL_BLOCKS, 30 by default.
func blocksToSee(t *testing.T) int {
	t.Helper()
	return wanted(t, "COLDTRAIL_BLOCKS", 30)
}

// queryable opens the store as another program would, and finds the transaction.
func queryable(t *testing.T, dir, tx string, codec ledger.Codec) {
	t.Helper()
	s, err := graph.OpenStore(dir, codec)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if found, err := s.Find(tx); err != nil || len(found) == 0 {
		t.Fatalf("%s is not in the store: %v", tx, err)
	}
}

func report(t *testing.T, what string, waits []time.Duration) {
	t.Helper()
	slices.Sort(waits)
	t.Logf("%d blocks, one by one; %s: p50 %s, p99 %s, most %s", len(waits), what, waits[len(waits)/2], waits[len(waits)*99/100], waits[len(waits)-1])
}

// TestBtcdSeen: how long it takes from a block that btcd has mined until its
// transfers are found in the store, opened anew. The poll is not waited for.
func TestBtcdSeen(t *testing.T) {
	miner, shop := someone(t, 1), someone(t, 2)
	b := startBtcd(t, miner.address)
	blocks := blocksToSee(t)
	b.call(nil, "generate", blocks+101)
	var tx string
	var ready time.Time
	paid := 0
	node := b.node(t, func(context.Context, time.Duration) error {
		if paid++; paid > blocks {
			return errEnough
		}
		c := b.mined(paid, miner)
		tx, _ = b.pay([]coin{c}, payment{shop, c.value - 1e5})
		b.call(nil, "generate", 1)
		ready = time.Now()
		return nil
	})
	dir := filepath.Join(t.TempDir(), "live")
	w := store(t, dir, node)
	var waits []time.Duration
	err := graph.Follow(t.Context(), w, node, func(graph.Followed) error {
		queryable(t, dir, tx, codec)
		waits = append(waits, time.Since(ready))
		return nil
	})
	if err = errors.Join(w.Close(), err); !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	if len(waits) != blocks {
		t.Errorf("%d blocks were seen of %d", len(waits), blocks)
	}
	report(t, "from mined to found in the store", waits)
}

// TestAnvilSeen: the same of anvil, whose hints over WebSocket are waited for.
func TestAnvilSeen(t *testing.T) { checkSeen(t, startAnvil(t)) }

// TestGethSeen: the same of geth. All that was followed is what a fresh ingest says.
func TestGethSeen(t *testing.T) { checkSeen(t, startGeth(t, t.TempDir(), "eth,debug").evm) }

func checkSeen(t *testing.T, e *evm) {
	t.Helper()
	node := e.openAt(e.socket(), "")
	dir := filepath.Join(t.TempDir(), "live")
	e.send(e.accounts[0], e.accounts[1], 1, "")
	caughtUp(t, dir, node)
	if err := node.Wait(t.Context(), time.Second); err != nil { // subscribes
		t.Fatal(err)
	}
	var waits, looks []time.Duration
	for range blocksToSee(t) {
		ready := time.Now()
		tx := e.send(e.accounts[2], e.accounts[3], 1e9, "")
		asked := time.Now()
		if err := node.Wait(t.Context(), 10*time.Second); err != nil {
			t.Fatal(err)
		}
		seen := time.Now()
		if seen.Sub(asked) >= 10*time.Second {
			t.Error("no hint at a new head came")
		}
		caughtUp(t, dir, node)
		queryable(t, dir, tx, ethereum.Codec{})
		looks = append(looks, time.Since(seen))
		waits = append(waits, time.Since(ready))
	}
	anew := filepath.Join(t.TempDir(), "fresh")
	caughtUp(t, anew, node)
	if live, fresh := digest(t, dir, ethereum.Codec{}), digest(t, anew, ethereum.Codec{}); live != fresh {
		t.Errorf("followed: %s, read afresh: %s", live, fresh)
	}
	report(t, "from seen to found in the store", looks)
	report(t, "from sent over mined and hinted at to found in the store, with the 50 ms between two looks", waits)
}
