package e2e

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// chainOf is how a node's chain is moved.
type chainOf struct {
	next  func()         // called before each block
	empty func(n uint64) // mines a block without transactions; n is any number
	back  func(depth int)
}

// checkReorganisations brings a store to the node's chain through random
// reorganisations of depth 1 to 20, with missed heads and heads seen twice. In the
// end it says of its ledger what a fresh ingest says. COLDTRAIL_REORGS is how many;
// 5 by default.
func checkReorganisations(t *testing.T, e *evm, chain chainOf) {
	t.Helper()
	reorgs := wanted(t, "COLDTRAIL_REORGS", 5)
	hands := e.deploy(hander)
	rng := rand.New(rand.NewPCG(9, 9))
	mine := func(n int) {
		for range n {
			chain.next()
			value := 1 + rng.Uint64N(1e15)
			switch rng.IntN(4) {
			case 0:
				chain.empty(value)
			case 1:
				e.send(e.accounts[rng.IntN(5)], hands, value, word(stash))
			default:
				e.send(e.accounts[rng.IntN(5)], e.accounts[5+rng.IntN(4)], value, "")
			}
		}
	}
	mine(30)
	node, dir := e.open(""), filepath.Join(t.TempDir(), "live")
	undone, rounds, waits := 0, 0, []time.Duration(nil)
	follow := func(dir string) {
		t.Helper()
		at, took := caughtUp(t, dir, node)
		waits, undone = append(waits, took), undone+at.Undone
		if at.Undone > 0 {
			rounds++
		}
	}
	follow(dir)
	for range reorgs {
		depth := 1 + rng.IntN(20)
		switch rng.IntN(3) {
		case 0:
			chain.back(depth)
			mine(depth + 1)
		case 1: // heads are missed
			mine(3)
			chain.back(depth)
			mine(depth + 2)
		case 2: // two reorganisations between two looks, the last one shorter than the first
			chain.back(depth)
			mine(depth + 5)
			chain.back(3)
			mine(1 + rng.IntN(3))
		}
		follow(dir)
		follow(dir) // the same head again
	}
	slices.Sort(waits)
	t.Logf("%d reorganisations, %d seen by the store, %d blocks with transfers undone; one look with all its blocks: p50 %s, p99 %s", reorgs, rounds, undone, waits[len(waits)/2], waits[len(waits)*99/100])
	if rounds < reorgs/2 {
		t.Errorf("only %d of %d reorganisations took blocks back", rounds, reorgs)
	}
	anew := filepath.Join(t.TempDir(), "fresh")
	follow(anew)
	if live, fresh := digest(t, dir, ethereum.Codec{}), digest(t, anew, ethereum.Codec{}); live != fresh {
		t.Errorf("followed: %s, read afresh: %s", live, fresh)
	}
}

// caughtUp brings a store to the node's chain, and says how long that took once the
// store was open.
func caughtUp(t *testing.T, dir string, node *ethereum.Node) (graph.Ingested, time.Duration) {
	t.Helper()
	w, err := graph.OpenWriter(dir, ethereum.Codec{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	at, err := graph.Ingest(t.Context(), w, node, graph.IngestOptions{Undo: true})
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return at, time.Since(start)
}
