package e2e

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/trace"
)

// TestBtcdTheft: a theft of coins of three owners, and what the thief does with
// them, is read live from a chain of 1,000 blocks and more, and reorganised under
// the reader. What a trace says in the end is what it says of the same chain read
// afresh, and of its blocks written out as files.
func TestBtcdTheft(t *testing.T) {
	miner, thief, fence, shop := someone(t, 1), someone(t, 2), someone(t, 3), someone(t, 4)
	owners := []person{someone(t, 5), someone(t, 6), someone(t, 7)}
	b := startBtcd(t, miner.address)
	b.call(nil, "generate", 1000)

	var theft string
	var loot []coin
	steps := []func(){
		func() { // the owners come to their coins
			var theirs []coin
			for i, o := range owners {
				_, out := b.pay([]coin{b.mined(i+1, miner)}, payment{o, 30e8}, payment{miner, 19e8})
				theirs = append(theirs, out[0])
			}
			b.call(nil, "generate", 2)
			theft, loot = b.pay(theirs, payment{thief, 60e8}, payment{fence, 29e8}) // a co-spend of three
			b.call(nil, "generate", 1)
		},
		func() { // the thief mixes with clean coins, and pays on
			clean := b.mined(4, miner)
			_, out := b.pay([]coin{loot[0], clean}, payment{shop, 70e8}, payment{thief, 39e8})
			b.call(nil, "generate", 3)
			b.pay([]coin{out[1], loot[1]}, payment{fence, 67e8})
			b.call(nil, "generate", 1)
		},
		func() { b.reorganise(2, 4) },
		func() { b.reorganise(6, 8) }, // the theft's own block is taken back, and mined again
	}
	at := 0
	node := b.node(t, func(context.Context, time.Duration) error {
		if at == len(steps) {
			return errEnough
		}
		steps[at]()
		at++
		return nil
	})
	live, undone := filepath.Join(t.TempDir(), "live"), 0
	w := store(t, live, node)
	err := graph.Follow(t.Context(), w, node, func(f graph.Followed) error {
		if f.Undone {
			undone++
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if undone != 2+6 {
		t.Errorf("%d blocks were undone, want 8", undone)
	}
	got := traced(t, live, theft)
	// By hand: 60 of the 110 BTC that went to the shop and back were stolen, of its
	// 70 at least 20 and at most 60; the haircut is 70 * 60/110.
	for _, want := range []string{"held " + shop.address, "held " + fence.address, " 3818181818 ", " 2000000000 6000000000 "} {
		if !strings.Contains(got, want) {
			t.Errorf("the trail lacks %q:\n%s", want, got)
		}
	}
	t.Logf("%d blocks; the trail:\n%s", b.height()+1, got)
	files, err := bitcoin.Open(b.files(t), bitcoin.Options{Network: bitcoin.Regtest})
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]ledger.Source{"the node": node, "files": files} {
		dir := filepath.Join(t.TempDir(), "fresh")
		if err := store(t, dir, src).Close(); err != nil {
			t.Fatal(err)
		}
		if fresh := traced(t, dir, theft); fresh != got {
			t.Errorf("read afresh from %s, the trail is\n%s\nfollowed live, it is\n%s", name, fresh, got)
		}
		if a, b := digest(t, live, codec), digest(t, dir, codec); a != b {
			t.Errorf("followed live the store says %s, afresh from %s %s", a, name, b)
		}
	}
}

var codec = bitcoin.NewCodec(bitcoin.Regtest)

func (b *btcd) node(t *testing.T, sleep func(context.Context, time.Duration) error) *bitcoin.Node {
	t.Helper()
	n, err := bitcoin.OpenNode(t.Context(), b.url, bitcoin.NodeOptions{Network: bitcoin.Regtest, User: "u", Password: "p", Sleep: sleep})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// store reads a source into a new store.
func store(t *testing.T, dir string, src ledger.Source) *graph.Writer {
	t.Helper()
	w, err := graph.OpenWriter(dir, codec)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Ingest(t.Context(), w, src, graph.IngestOptions{}); err != nil {
		t.Fatal(err)
	}
	return w
}

// traced is where the value of a theft ended, under every default policy.
func traced(t *testing.T, dir, theft string) string {
	t.Helper()
	return tracedFrom(t, dir, theft+":0", theft+":1")
}

func tracedFrom(t *testing.T, dir string, coins ...string) string {
	t.Helper()
	s, err := graph.OpenStore(dir, codec)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var seeds []trace.Seed
	for _, c := range coins {
		seeds = append(seeds, trace.Seed{Ref: c})
	}
	q := trace.Question{Thefts: []trace.Theft{{Name: "theft", Seeds: seeds}}}
	trail, err := trace.Run(t.Context(), s, q)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range trail.Terminals() {
		fmt.Fprintf(&b, "%s %s %s %s: %v\n", e.Kind, e.Account, e.Name, e.Value, e.Figures[0])
	}
	return b.String()
}

// files writes the node's chain as Bitcoin Core's block files. btcd's own are
// in a format of its own (ffldb), which source/bitcoin does not read.
func (b *btcd) files(t *testing.T) string {
	t.Helper()
	var all []byte
	for h := range b.height() + 1 {
		raw := b.block(h)
		all = append(all, bitcoin.Regtest.Magic[:]...)
		all = append(binary.LittleEndian.AppendUint32(all, uint32(len(raw))), raw...)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "blk00000.dat"), all, 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}
