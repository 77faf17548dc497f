package nem_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/nem"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// follower is a stub whose chain the suite of live sources moves: block n pays n
// from alice to bob, and something that no other block paid.
type follower struct {
	*stub
	made  int
	all   []pair
	names map[string]ledger.Hash // of blocks, made once
	drops atomic.Int32
}

func newFollower(blocks int) *follower {
	f := &follower{stub: &stub{}, names: map[string]ledger.Hash{}}
	f.stub.fault = func(http.ResponseWriter, *http.Request) bool {
		if f.drops.Add(-1) >= 0 {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	f.Mine(blocks)
	return f
}

func (f *follower) Mine(n int) {
	l := newLedger()
	for range n {
		f.made++
		f.all = append(f.all, l.pay(alice, bob, 1000+f.made))
	}
	f.show(0)
}

func (f *follower) Cut(n int)  { f.all = f.all[: len(f.all)-n : len(f.all)-n]; f.show(0) }
func (f *follower) Hide(n int) { f.show(n) }
func (f *follower) Drop(n int) { f.drops.Store(int32(n)) }

func (f *follower) show(hidden int) {
	f.pairs = f.all[:len(f.all)-hidden]
	f.height = len(f.pairs)
}

func (f *follower) Chain() (out []ledger.BlockRef) {
	for i, p := range f.pairs {
		key := fmt.Sprint(i, p.tx["amount"])
		if _, ok := f.names[key]; !ok {
			f.names[key] = hashOf(block(i+1, p.tx)["signature"].(string)[:64])
		}
		out = append(out, ledger.BlockRef{Height: uint64(i + 1), Hash: f.names[key]})
	}
	return out
}

func hashOf(text string) (h ledger.Hash) {
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		panic(err)
	}
	return h
}

func blockNamed(t *ledger.Transfer) ledger.Hash {
	_, name, _ := strings.Cut(t.Evidence, "#")
	return hashOf(name[:64])
}

func (f *follower) node(t *testing.T, opt nem.NodeOptions) *nem.Node {
	t.Helper()
	n, err := nem.OpenNode(t.Context(), f.client(t, nem.Options{Tries: 3}), opt)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNodeSuite(t *testing.T) {
	n := newFollower(9).node(t, nem.NodeOptions{Batch: 4})
	sourcetest.Run(t, func(*testing.T) ledger.Source { return n })
}

// TestLive runs the suite of live sources on a node.
func TestLive(t *testing.T) {
	sourcetest.RunLiveTransfers(t, func(t *testing.T, blocks int) (ledger.Live, sourcetest.LiveNode, func(*ledger.Transfer) ledger.Hash) {
		f := newFollower(blocks)
		return f.node(t, nem.NodeOptions{Batch: 4}), f, blockNamed
	})
}

// TestNodeBlocks: a node's blocks are the transfers that the same blocks are as
// saved answers, in a range too, and what it says is said.
func TestNodeBlocks(t *testing.T) {
	f := newFollower(0)
	l := newLedger()
	f.all = append(f.all, l.pay(alice, bob, 5), l.mosaics(alice, bob, 1_000_000, mosaic("shop", "coin", 700)), l.multisig(alice, pay(joint, carol, 9), bob), l.wrap(tx(2049, bob, 150000, nil)))
	f.mosaics = map[string]any{"shop": definition("shop", "coin", "2", levy(1, carol, "nem", "xem", 33))}
	f.show(0)
	n := f.node(t, nem.NodeOptions{})
	got := drain(t, n)
	answers := []nem.Answer{answer(t, "d.json", f.mosaics["shop"])}
	for i, p := range f.all {
		answers = append(answers, answer(t, fmt.Sprint(i), block(i+1, p.tx)))
	}
	want := drain(t, read(t, answers...))
	if len(got) != len(want) || show(got) != show(want) {
		t.Errorf("from a node\n%sas answers\n%s", show(got), show(want))
	}
	if e := got[0].Evidence; !strings.HasSuffix(e, ":1") || !strings.HasPrefix(e, "http://127.0.0.1") {
		t.Errorf("evidence %q", e)
	}
	notes := strings.Join(n.Info().Notes, "\n")
	if a := n.Info().Assets; len(a) != 2 || a[1].ID != "shop:coin" || a[1].Decimals != 2 || !strings.Contains(notes, "importance transfers") || !strings.Contains(notes, "blocks 1 to 4") {
		t.Errorf("assets %v, notes %s", n.Info().Assets, notes)
	}
	if part := drain(t, f.node(t, nem.NodeOptions{From: 2, To: 3})); len(part) == 0 || part[0].Key.Block != 2 || part[len(part)-1].Key.Block != 3 {
		t.Errorf("blocks 2 to 3 are %s", show(part))
	}
}

// TestNodeDefinesAnew: a mosaic defined in a namespace that was asked for before has
// its definition, and its levy, when it moves; a known one is not asked for again.
func TestNodeDefinesAnew(t *testing.T) {
	f, l := newFollower(0), newLedger()
	move := func(name string) {
		f.all = append(f.all, l.mosaics(alice, bob, 1_000_000, mosaic("shop", name, 700)))
		f.show(0)
	}
	f.mosaics = map[string]any{"shop": definition("shop", "coin", "2", nil)}
	move("coin")
	n := f.node(t, nem.NodeOptions{})
	first := drain(t, n)
	f.mosaics["shop"] = definition("shop", "token", "3", levy(1, carol, "nem", "xem", 33))
	move("coin")
	move("token")
	var after string
	for tr, err := range n.From(t.Context(), ledger.At(&first[len(first)-1])) {
		if err != nil {
			t.Fatal(err)
		}
		after += fmt.Sprintln(tr.Asset, tr.Attrs["what"])
	}
	if !strings.Contains(after, "nem:xem levy") {
		t.Errorf("no levy in\n%s", after)
	}
	if a := n.Info().Assets; len(a) != 3 || a[1].Decimals != 2 || a[2].ID != "shop:token" || a[2].Decimals != 3 {
		t.Errorf("assets %v", a)
	}
	asked := 0
	for _, path := range f.asked {
		if path == "/namespace/mosaic/definition/page" {
			asked++
		}
	}
	if asked != 2*2 { // a page, and the empty one that ends the list, twice
		t.Errorf("definitions were asked for %d times", asked)
	}
}

// TestNodeReorganisations: a store is brought to the node's chain through all that,
// and is in the end the store that a fresh ingest makes.
func TestNodeReorganisations(t *testing.T) {
	f := newFollower(12)
	n := f.node(t, nem.NodeOptions{Batch: 4})
	ingest := func(dir string) graph.Ingested {
		t.Helper()
		w, err := graph.OpenWriter(dir, ledger.Plain{})
		if err != nil {
			t.Fatal(err)
		}
		at, err := graph.Ingest(t.Context(), w, n, graph.IngestOptions{Undo: true})
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		return at
	}
	dir := filepath.Join(t.TempDir(), "live")
	for _, step := range []struct {
		do            func()
		undone, added int
	}{
		{func() {}, 0, 12}, {func() {}, 0, 0}, {func() { f.Mine(3) }, 0, 3}, {func() { f.Hide(5) }, 0, 0},
		{func() { f.Cut(4); f.Mine(2) }, 4, 2}, {func() { f.Cut(9); f.Mine(30) }, 9, 30},
	} {
		step.do()
		if at := ingest(dir); at.Undone != step.undone || at.Added != step.added {
			t.Errorf("%d undone, %d added; want %d, %d", at.Undone, at.Added, step.undone, step.added)
		}
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	ingest(fresh)
	digest := func(dir string) string {
		s, err := graph.OpenStore(dir, ledger.Plain{})
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
	if a, b := digest(dir), digest(fresh); a != b {
		t.Errorf("followed %s, fresh %s", a, b)
	}
}

// TestNodeLies: a node that changes its mind for ever, and one whose blocks lack
// what names them, are refused; nothing of theirs is given.
func TestNodeLies(t *testing.T) {
	for name, c := range map[string]struct {
		bend func(asked int32, b object)
		want error
		says string
	}{
		"another block each time": {func(n int32, b object) { b["signature"] = fmt.Sprintf("%064x%064x", n, n) }, ledger.ErrCursor, "is another than it was"},
		"no signature":            {func(_ int32, b object) { delete(b, "signature") }, nem.ErrJSON, "without a signature"},
		"no version":              {func(_ int32, b object) { delete(b, "version") }, nem.ErrJSON, "version of a network"},
		"another network":         {func(_ int32, b object) { b["version"] = -1744830463 }, nem.ErrNetwork, "a block of"},
		"another height":          {func(_ int32, b object) { b["height"] = 99 }, nem.ErrContradiction, "another came"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFollower(6)
			n := f.node(t, nem.NodeOptions{})
			var asked atomic.Int32
			f.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/block/at/public" {
					return false
				}
				var ask struct{ Height int }
				if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
					panic(err)
				}
				b := block(ask.Height, f.pairs[ask.Height-1].tx)
				c.bend(asked.Add(1), b)
				return json.NewEncoder(w).Encode(b) == nil
			}
			given := 0
			var last error
			for _, last = range n.All(t.Context()) {
				if last == nil {
					given++
				}
			}
			if !errors.Is(last, c.want) || !strings.Contains(last.Error(), c.says) || given > 0 {
				t.Errorf("%d transfers, %v", given, last)
			}
		})
	}
	f := newFollower(6)
	n := f.node(t, nem.NodeOptions{})
	if _, err := n.Holds(t.Context(), &ledger.Transfer{ID: "x", Evidence: "file.json: data[3]"}); !errors.Is(err, nem.ErrContradiction) {
		t.Errorf("a transfer of a file: %v", err)
	}
	if _, err := nem.OpenNode(t.Context(), f.client(t, nem.Options{}), nem.NodeOptions{From: 5, To: 4}); err == nil {
		t.Error("blocks 5 to 4 are read")
	}
}

// FuzzNodeBlock: no bytes that a node gives for a block make the reader panic, or
// give a transfer that is none.
func FuzzNodeBlock(f *testing.F) {
	l := newLedger()
	for _, p := range []pair{l.pay(alice, bob, 5), l.mosaics(alice, bob, 3, mosaic("nem", "xem", 7)), l.multisig(alice, pay(joint, carol, 9), bob)} {
		text, err := json.Marshal(block(1, p.tx))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	var body []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/chain/height":
			fmt.Fprint(w, `{"height":1}`)
		case "/block/at/public":
			w.Write(body)
		default:
			fmt.Fprint(w, `{"data":[]}`)
		}
	}))
	f.Cleanup(srv.Close)
	f.Fuzz(func(t *testing.T, text []byte) {
		body = text
		c, err := nem.NewClient(srv.URL, nem.Options{Tries: 1, Sleep: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		n, err := nem.OpenNode(t.Context(), c, nem.NodeOptions{})
		if err != nil {
			return
		}
		for tr, err := range n.All(t.Context()) {
			if err != nil {
				return
			}
			if err := tr.Validate(ledger.Accounts); err != nil {
				t.Fatal(err)
			}
		}
	})
}
