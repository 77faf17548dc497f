package e2e

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// btcd is a running node in regtest.
type btcd struct {
	t   *testing.T
	url string
}

func startBtcd(t *testing.T, miner string) *btcd {
	t.Helper()
	path := os.Getenv("COLDTRAIL_BTCD")
	if path == "" {
		t.Skip("COLDTRAIL_BTCD is not set: no real node is started")
	}
	addr := freeAddress(t).String()
	dir := t.TempDir()
	config := filepath.Join(dir, "btcd.conf") // empty, and none of the user's
	if err := os.WriteFile(config, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--regtest", "--notls", "--rpcuser=u", "--rpcpass=p", "--rpclisten="+addr, "--nolisten", "--nodnsseed",
		"--datadir="+filepath.Join(dir, "data"), "--logdir="+filepath.Join(dir, "log"), "--configfile="+config, "--miningaddr="+miner)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		cmd.Wait() // an interrupted node ends with an error of its own
	})
	b := &btcd{t, "http://" + addr}
	for range 600 { // a busy machine is slow to start it
		if b.try(nil, "getblockcount") == nil {
			return b
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("btcd does not answer")
	return nil
}

func (b *btcd) try(out any, method string, params ...any) error {
	return post(b.url, "1.0", func(r *http.Request) { r.SetBasicAuth("u", "p") }, out, method, params)
}

func (b *btcd) call(out any, method string, params ...any) {
	b.t.Helper()
	if err := b.try(out, method, params...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *btcd) height() (h int) { b.call(&h, "getblockcount"); return h }

// reorganise takes the last blocks back and mines others.
func (b *btcd) reorganise(depth, others int) {
	var hash string
	b.call(&hash, "getblockhash", b.height()-depth+1)
	b.call(nil, "invalidateblock", hash)
	b.call(nil, "generate", others)
}

// errEnough ends a follower.
var errEnough = errors.New("enough")

// TestBtcdReorganisations: a store follows btcd through random reorganisations of
// depth 1 to 20, with missed heads and heads seen twice. In the end it says of its
// ledger what a fresh ingest says. COLDTRAIL_REORGS is how many; 20 by default.
func TestBtcdReorganisations(t *testing.T) {
	b := startBtcd(t, someone(t, 1).address)
	b.call(nil, "generate", 1000)
	reorgs := wanted(t, "COLDTRAIL_REORGS", 20)
	rng, done, ready := rand.New(rand.NewPCG(7, 7)), 0, time.Time{}
	idle := func(context.Context, time.Duration) error {
		if done++; done > reorgs {
			return errEnough
		}
		depth := 1 + rng.IntN(20)
		switch rng.IntN(3) {
		case 0: // the same head again, then a reorganisation
			b.reorganise(depth, depth+1)
		case 1: // several heads at once
			b.call(nil, "generate", 3)
			b.reorganise(depth, depth+2)
		case 2: // two reorganisations between two looks, the last one shorter than the first
			b.reorganise(depth, depth+5)
			b.reorganise(3, 1+rng.IntN(3))
		}
		ready = time.Now()
		return nil
	}
	node := b.node(t, idle)
	dir := filepath.Join(t.TempDir(), "live")
	w := store(t, dir, node)
	undone, waits := 0, []time.Duration(nil)
	err := graph.Follow(t.Context(), w, node, func(f graph.Followed) error {
		if f.Undone {
			undone++
		} else {
			waits = append(waits, time.Since(ready))
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(waits)
	t.Logf("%d rounds, %d blocks undone, %d applied; from mined to in the store, with all blocks of its round: p50 %s, p99 %s",
		reorgs, undone, len(waits), waits[len(waits)/2], waits[len(waits)*99/100])
	if undone < reorgs {
		t.Errorf("only %d blocks were undone", undone)
	}
	if live, fresh := digest(t, dir, codec), fresh(t, node); live != fresh {
		t.Errorf("followed: %s, read afresh: %s", live, fresh)
	}
}

// fresh is what a store says that reads the node anew.
func fresh(t *testing.T, node *bitcoin.Node) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "fresh")
	if err := store(t, dir, node).Close(); err != nil {
		t.Fatal(err)
	}
	return digest(t, dir, codec)
}

func digest(t *testing.T, dir string, codec ledger.Codec) string {
	t.Helper()
	s, err := graph.OpenStore(dir, codec)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d, err := s.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}
