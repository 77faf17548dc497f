package bitcoin_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// stubNode answers as Bitcoin Core does, from a chain made by hand.
type stubNode struct {
	// A new connection is another goroutine than the one that was dropped.
	mu            sync.Mutex
	chain         []ledger.BlockRef
	known         map[string][]byte // raw blocks, by hash
	salt          uint32
	hidden, drops int
	timeout       time.Duration // of one answer; 0 is the usual
	tries         int           // 0 is 3
	// fault, when set, may answer in its place.
	fault func(w http.ResponseWriter, method string, params []any, id any) bool
}

func newStub(blocks int) *stubNode {
	s := &stubNode{known: map[string][]byte{}}
	s.Mine(blocks)
	return s
}

// Mine adds blocks with fresh coinbases; it and what follows implement
// sourcetest.LiveNode.
func (s *stubNode) Mine(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		parent := null
		if len(s.chain) > 0 {
			parent = s.chain[len(s.chain)-1].Hash[:]
		}
		s.salt++
		rec, hash := rawBlock(parent, s.salt, rawTx(null, 0xffffffff, uint64(s.salt)))
		s.chain = append(s.chain, ledger.BlockRef{Height: uint64(len(s.chain)), Hash: ledger.Hash(hash)})
		s.known[ledger.Hash(hash).String()] = rec[8:]
	}
}

func (s *stubNode) Cut(n int) { s.set(func() { s.chain = slices.Clone(s.chain[:len(s.chain)-n]) }) }

func (s *stubNode) Hide(n int) { s.set(func() { s.hidden = n }) }

func (s *stubNode) Drop(n int) { s.set(func() { s.drops = n }) }

func (s *stubNode) Chain() (shown []ledger.BlockRef) {
	s.set(func() { shown = s.chain[:len(s.chain)-s.hidden] })
	return shown
}

func (s *stubNode) set(to func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to()
}

// raw is the block at a height.
func (s *stubNode) raw(h int) []byte { return s.known[s.chain[h].Hash.String()] }

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
	dropped := false
	s.set(func() {
		if dropped = s.drops > 0; dropped {
			s.drops--
		}
	})
	if dropped {
		panic(http.ErrAbortHandler)
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
		chain := s.Chain()
		if h >= len(chain) {
			answer(nil, map[string]any{"code": -8, "message": "Block height out of range"})
			return
		}
		answer(chain[h].Hash.String(), nil)
	case "getblock":
		var raw []byte
		var ok bool
		s.set(func() { raw, ok = s.known[q.Params[0].(string)] })
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
	n, err := bitcoin.OpenNode(t.Context(), srv.URL, bitcoin.NodeOptions{Network: toy, User: "u", Password: "p", Timeout: s.timeout, Tries: cmp.Or(s.tries, 3),
		Sleep: func(context.Context, time.Duration) error { return idle() }})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func never() error { return nil }

// TestNodeSuite runs the suite of every source on a node.
func TestNodeSuite(t *testing.T) {
	s := newStub(9)
	n := s.node(t, never)
	sourcetest.Run(t, func(*testing.T) ledger.Source { return n })
}

// TestFollow runs the suite of every live source on a node.
func TestFollow(t *testing.T) {
	sourcetest.RunLive(t, func(t *testing.T, blocks int, idle func() error) (ledger.Follower, sourcetest.LiveNode) {
		s := newStub(blocks)
		return s.node(t, idle), s
	})
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
			s := newStub(6)
			if name == "late" {
				s.timeout, s.tries = 100*time.Millisecond, 10 // a busy machine is late by itself
			}
			var asked atomic.Int32
			s.fault = func(w http.ResponseWriter, method string, _ []any, id any) bool {
				if method == "getblock" && asked.Add(1) <= 2 {
					trouble(w, id)
					return true
				}
				return false
			}
			got, most := len(transfers(t, s.node(t, never))), int32(6+2)
			if name == "late" {
				most = 6 * 10
			}
			if n := asked.Load(); got != 6 || n < 6+2 || n > most {
				t.Errorf("%d transfers after %d questions for blocks", got, n)
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
	cut := hex.EncodeToString(newStub(1).raw(0)[:90])
	for name, f := range map[string]struct {
		fault func(http.ResponseWriter, string, []any, any) bool
		want  error
		says  string
	}{
		"another block": {say(`"` + hex.EncodeToString(other.raw(2)) + `"`), bitcoin.ErrLie, "another block came"},
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
	odd.Mine(6)
	s.chain = append(s.chain[:5:5], odd.chain[5])
	s.known[odd.chain[5].Hash.String()] = odd.raw(5)
	var applied int
	var last error
	have := func(h uint64) (ledger.BlockRef, bool) { return s.chain[h], true }
	for c, err := range s.node(t, never).Follow(t.Context(), s.chain[4], have) {
		if last = err; err == nil && c.Apply != nil {
			applied++
		}
	}
	if !errors.Is(last, bitcoin.ErrLie) || !strings.Contains(last.Error(), "names the parent") || applied != 0 {
		t.Errorf("%d blocks, %v", applied, last)
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

// FuzzNodeAnswer: no bytes that a node answers make the client panic, fail without
// a file and a cause, or give a block that was not asked for.
func FuzzNodeAnswer(f *testing.F) {
	s := newStub(2)
	f.Add(fmt.Appendf(nil, `{"result":"%s","error":null,"id":"ID"}`, hex.EncodeToString(s.raw(0))), false)
	f.Add(fmt.Appendf(nil, `{"result":"%s","error":null,"id":"ID"}`, s.chain[0].Hash), true)
	f.Add(fmt.Appendf(nil, `{"result":"%s","error":null,"id":"ID"}`, s.chain[1].Hash), true)
	f.Add([]byte(`{"result":null,"error":{"code":-5,"message":"Block not found"},"id":"ID"}`), false)
	f.Add([]byte(`{"result":null,"error":{"code":-8,"message":"Block height out of range"},"id":"ID"}`), true)
	f.Add([]byte(`{"result":{`), false)
	f.Fuzz(func(t *testing.T, body []byte, hashes bool) {
		s := newStub(2)
		method := map[bool]string{true: "getblockhash", false: "getblock"}[hashes]
		s.fault = func(w http.ResponseWriter, asked string, _ []any, id any) bool {
			if asked == method {
				w.Write(bytes.Replace(body, []byte(`"ID"`), fmt.Appendf(nil, "%v", id), 1))
			}
			return asked == method
		}
		told := func(err error) {
			var e *bitcoin.Error
			if !errors.As(err, &e) && !errors.Is(err, ledger.ErrCursor) {
				t.Fatalf("an error without file and cause: %v", err)
			}
		}
		n, err := bitcoin.OpenNode(t.Context(), "http://stub", bitcoin.NodeOptions{Network: toy, User: "u", Password: "p", Tries: 2,
			HTTP: &http.Client{Transport: direct{s}}, Sleep: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			told(err)
			return
		}
		for b, err := range n.Blocks(t.Context(), ledger.BlockRef{}) {
			if err != nil {
				told(err)
			} else if b.Height > 1 || !hashes && b.Hash != s.chain[b.Height].Hash {
				t.Fatalf("block %d %s", b.Height, b.Hash)
			}
		}
	})
}
