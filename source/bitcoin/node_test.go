package bitcoin_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// stubNode answers as Bitcoin Core does, from a chain made by hand.
type stubNode struct {
	chain [][]byte // raw blocks
	known map[string][]byte
	salt  uint32
	// fault, when set, may answer in its place.
	fault func(w http.ResponseWriter, method string, params []any, id any) bool
}

func hashOf(raw []byte) string {
	h := ledger.Hash(twice(raw[:80]))
	return h.String()
}

func newStub(blocks int) *stubNode {
	s := &stubNode{known: map[string][]byte{}}
	s.mine(blocks)
	return s
}

// mine adds blocks with fresh coinbases.
func (s *stubNode) mine(n int) {
	for range n {
		parent := null
		if len(s.chain) > 0 {
			parent = twice(s.chain[len(s.chain)-1][:80])
		}
		s.salt++
		rec, _ := rawBlock(parent, s.salt, rawTx(null, 0xffffffff, uint64(s.salt)))
		s.chain = append(s.chain, rec[8:])
		s.known[hashOf(rec[8:])] = rec[8:]
	}
}

func (s *stubNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q struct {
		ID     any
		Method string
		Params []any
	}
	if user, password, _ := r.BasicAuth(); user != "u" || password != "p" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		panic(err)
	}
	if s.fault != nil && s.fault(w, q.Method, q.Params, q.ID) {
		return
	}
	answer := func(result, fault any) {
		if fault != nil {
			w.WriteHeader(http.StatusInternalServerError) // as Bitcoin Core does
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"result": result, "error": fault, "id": q.ID}); err != nil {
			panic(err)
		}
	}
	switch q.Method {
	case "getblockhash":
		h := int(q.Params[0].(float64))
		if h >= len(s.chain) {
			answer(nil, map[string]any{"code": -8, "message": "Block height out of range"})
			return
		}
		answer(hashOf(s.chain[h]), nil)
	case "getblock":
		raw, ok := s.known[q.Params[0].(string)]
		if !ok {
			answer(nil, map[string]any{"code": -5, "message": "Block not found"})
			return
		}
		answer(hex.EncodeToString(raw), nil)
	}
}

// node opens the stub; idle is called instead of each wait.
func (s *stubNode) node(t *testing.T, idle func() error) *bitcoin.Node {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	n, err := bitcoin.OpenNode(t.Context(), srv.URL, bitcoin.NodeOptions{Network: toy, User: "u", Password: "p", Timeout: 100 * time.Millisecond, Tries: 3,
		Sleep: func(context.Context, time.Duration) error { return idle() }})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func never() error { return nil }

// errEnough ends a follower that has nothing more to tell.
var errEnough = errors.New("enough")

// TestNodeSuite runs the suite of every source on a node.
func TestNodeSuite(t *testing.T) {
	s := newStub(9)
	n := s.node(t, never)
	sourcetest.Run(t, func(*testing.T) ledger.Source { return n })
}

// reader keeps what a follower tells and holds that it may be told so.
type reader struct{ blocks []ledger.BlockRef }

func (r *reader) top() (b ledger.BlockRef) {
	if n := len(r.blocks); n > 0 {
		b = r.blocks[n-1]
	}
	return b
}

func (r *reader) have(h uint64) (ledger.BlockRef, bool) {
	if h >= uint64(len(r.blocks)) {
		return ledger.BlockRef{}, false
	}
	return r.blocks[h], true
}

func (r *reader) take(c ledger.Change) error {
	if c.Apply == nil {
		if c.Undo != r.top() {
			return fmt.Errorf("undo of %v, the top is %v", c.Undo, r.top())
		}
		r.blocks = r.blocks[:len(r.blocks)-1]
		return nil
	}
	if c.Apply.Parent != r.top().Hash || c.Apply.Height != uint64(len(r.blocks)) {
		return fmt.Errorf("block %d does not stand on %v", c.Apply.Height, r.top())
	}
	r.blocks = append(r.blocks, c.Apply.BlockRef)
	return nil
}

func (r *reader) follow(t *testing.T, n *bitcoin.Node) error {
	for c, err := range n.Follow(t.Context(), r.top(), r.have) {
		if err != nil {
			return err
		}
		if err := r.take(c); err != nil {
			t.Fatal(err)
		}
	}
	return nil
}

// TestFollow: a thousand times the chain grows, is reorganised, falls back or is
// shown old; in the end the reader has the node's chain, block for block.
func TestFollow(t *testing.T) {
	s := newStub(30)
	rng := rand.New(rand.NewPCG(1, 2))
	steps := map[string]int{}
	kept := [][]byte(nil)
	n := s.node(t, func() error {
		if kept != nil { // the node is itself again
			s.chain, kept = kept, nil
			return nil
		}
		if len(steps) == 5 && steps["grow"] > 200 {
			return errEnough
		}
		switch depth := 1 + rng.IntN(20); rng.IntN(5) {
		case 0:
			steps["grow"]++
			s.mine(1 + rng.IntN(3)) // heads are missed
		case 1:
			steps["same"]++ // the head comes again
		case 2:
			steps["reorg"]++
			s.chain = s.chain[: len(s.chain)-depth : len(s.chain)-depth]
			s.mine(depth + rng.IntN(3))
		case 3:
			steps["shorter"]++
			s.chain = s.chain[: len(s.chain)-depth : len(s.chain)-depth]
			s.mine(rng.IntN(depth) + 1)
			s.mine(depth)
		case 4:
			steps["behind"]++
			kept, s.chain = s.chain, s.chain[:len(s.chain)-depth]
		}
		return nil
	})
	r := &reader{}
	if err := r.follow(t, n); !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	if len(r.blocks) != len(s.chain) {
		t.Fatalf("%d blocks, the node has %d", len(r.blocks), len(s.chain))
	}
	for h, b := range r.blocks {
		if b.Hash.String() != hashOf(s.chain[h]) {
			t.Fatalf("block %d is %s", h, b.Hash)
		}
	}
	t.Logf("%v", steps)
}

// TestBehind: a node that only goes back in height makes the reader undo nothing.
func TestBehind(t *testing.T) {
	s := newStub(10)
	idle := 0
	n := s.node(t, func() error {
		if idle++; idle == 1 {
			s.chain = s.chain[:4]
		}
		if idle > 5 {
			return errEnough
		}
		return nil
	})
	r := &reader{}
	if err := r.follow(t, n); !errors.Is(err, errEnough) || len(r.blocks) != 10 {
		t.Errorf("%d blocks, %v", len(r.blocks), err)
	}
}

// TestNodeTroubles: what passes is waited for, and nothing is lost or doubled.
func TestNodeTroubles(t *testing.T) {
	for name, trouble := range map[string]func(w http.ResponseWriter, id any){
		"rate limit":         func(w http.ResponseWriter, _ any) { w.WriteHeader(http.StatusTooManyRequests) },
		"full queue":         func(w http.ResponseWriter, _ any) { w.WriteHeader(http.StatusServiceUnavailable) },
		"dropped connection": func(http.ResponseWriter, any) { panic(http.ErrAbortHandler) },
		"half JSON":          func(w http.ResponseWriter, _ any) { fmt.Fprint(w, `{"result":"00`) },
		"late":               func(http.ResponseWriter, any) { time.Sleep(130 * time.Millisecond) },
		"starting": func(w http.ResponseWriter, id any) {
			fmt.Fprintf(w, `{"result":null,"error":{"code":-28,"message":"Loading block index..."},"id":%v}`, id)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, done := newStub(6), 0
			s.fault = func(w http.ResponseWriter, method string, _ []any, id any) bool {
				if method == "getblock" && done < 2 {
					done++
					trouble(w, id)
					return true
				}
				return false
			}
			if got := len(transfers(t, s.node(t, never))); got != 6 || done != 2 {
				t.Errorf("%d transfers after %d troubles", got, done)
			}
		})
	}
}

// TestNodeFaults: what does not pass is an error that says what the node did.
func TestNodeFaults(t *testing.T) {
	say := func(result string) func(http.ResponseWriter, string, []any, any) bool {
		return func(w http.ResponseWriter, method string, _ []any, id any) bool {
			if method == "getblock" {
				fmt.Fprintf(w, `{"result":%s,"error":null,"id":%v}`, result, id)
			}
			return method == "getblock"
		}
	}
	other := newStub(3)
	cut := hex.EncodeToString(newStub(1).chain[0][:90])
	for name, f := range map[string]struct {
		fault func(http.ResponseWriter, string, []any, any) bool
		want  error
		says  string
	}{
		"another block": {say(`"` + hex.EncodeToString(other.chain[2]) + `"`), bitcoin.ErrLie, "another block came"},
		"a cut block":   {say(`"` + cut + `"`), bitcoin.ErrLie, "byte"},
		"no hex":        {say(`"zz"`), bitcoin.ErrLie, "not hex"},
		"another form":  {say(`{"a":1}`), bitcoin.ErrLie, "another form"},
		"two answers":   {say(`"00","error":null,"id":1}{"result":"00"`), bitcoin.ErrLie, "two answers"},
		"answer to another": {func(w http.ResponseWriter, m string, _ []any, _ any) bool {
			fmt.Fprint(w, `{"result":"00","id":999999}`)
			return m != ""
		}, bitcoin.ErrLie, "999999"},
		"stays down": {func(w http.ResponseWriter, _ string, _ []any, _ any) bool { w.WriteHeader(503); return true }, bitcoin.ErrNode, "after 3 tries"},
		"an error of its own": {func(w http.ResponseWriter, _ string, _ []any, id any) bool {
			fmt.Fprintf(w, `{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":%v}`, id)
			return true
		}, bitcoin.ErrNode, "Method not found"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(3)
			n := s.node(t, never)
			s.fault = f.fault
			var last error
			for _, last = range n.All(t.Context()) {
			}
			if !errors.Is(last, f.want) || !strings.Contains(last.Error(), f.says) {
				t.Errorf("got %v, want %q", last, f.says)
			}
		})
	}
}

// TestNodeLiesAboutParent: a chain whose blocks do not stand on each other is
// refused after some rounds, and nothing of it is applied.
func TestNodeLiesAboutParent(t *testing.T) {
	s := newStub(5)
	odd := newStub(0)
	odd.salt = 1000
	odd.mine(6)
	s.chain = append(s.chain[:5:5], odd.chain[5])
	s.known[hashOf(odd.chain[5])] = odd.chain[5]
	r := &reader{}
	if err := r.follow(t, s.node(t, never)); !errors.Is(err, bitcoin.ErrLie) || !strings.Contains(err.Error(), "names the parent") || len(r.blocks) != 5 {
		t.Errorf("%d blocks, %v", len(r.blocks), err)
	}
}

// TestNodeAccess: cookie, wrong password, wrong network, no node.
func TestNodeAccess(t *testing.T) {
	s := newStub(2)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	cookie := filepath.Join(t.TempDir(), ".cookie")
	if err := os.WriteFile(cookie, []byte("u:p\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := func(url string, o bitcoin.NodeOptions) error {
		o.Tries, o.Sleep = 2, func(context.Context, time.Duration) error { return nil }
		_, err := bitcoin.OpenNode(t.Context(), url, o)
		return err
	}
	if err := open(srv.URL, bitcoin.NodeOptions{Network: toy, Cookie: cookie}); err != nil {
		t.Error(err)
	}
	if err := open(srv.URL, bitcoin.NodeOptions{Network: toy, User: "u"}); !errors.Is(err, bitcoin.ErrNode) || !strings.Contains(err.Error(), "cookie") {
		t.Errorf("a wrong password: %v", err)
	}
	if err := open(srv.URL, bitcoin.NodeOptions{Network: bitcoin.Mainnet, User: "u", Password: "p"}); !errors.Is(err, bitcoin.ErrNetwork) {
		t.Errorf("another network: %v", err)
	}
	if err := open("localhost:1", bitcoin.NodeOptions{}); !errors.Is(err, bitcoin.ErrNode) {
		t.Errorf("no address: %v", err)
	}
	if err := open(srv.URL, bitcoin.NodeOptions{Network: toy, Cookie: cookie + "?"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no cookie: %v", err)
	}
}

// direct asks a handler without a network.
type direct struct{ to http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.to.ServeHTTP(w, r)
	return w.Result(), nil
}

// FuzzNodeAnswer: no bytes that a node answers make the client panic, or give a
// block that was not asked for.
func FuzzNodeAnswer(f *testing.F) {
	s := newStub(1)
	f.Add(fmt.Appendf(nil, `{"result":"%s","error":null,"id":2}`, hex.EncodeToString(s.chain[0])))
	f.Add([]byte(`{"result":null,"error":{"code":-5,"message":"Block not found"},"id":2}`))
	f.Add([]byte(`{"result":{`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newStub(1)
		n, err := bitcoin.OpenNode(t.Context(), "http://stub", bitcoin.NodeOptions{Network: toy, User: "u", Password: "p", Tries: 2,
			HTTP: &http.Client{Transport: direct{s}}, Sleep: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		s.fault = func(w http.ResponseWriter, method string, _ []any, id any) bool {
			if method == "getblock" {
				w.Write(bytes.Replace(body, []byte(`"id":2`), fmt.Appendf(nil, `"id":%v`, id), 1))
			}
			return method == "getblock"
		}
		for b, err := range n.Blocks(t.Context(), ledger.BlockRef{}) {
			if err == nil && b.Hash.String() != hashOf(s.chain[0]) {
				t.Fatalf("block %s", b.Hash)
			}
			var e *bitcoin.Error
			if err != nil && !errors.As(err, &e) {
				t.Fatalf("%v", err)
			}
		}
	})
}
