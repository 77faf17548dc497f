package ethereum_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// wire is a stub that is asked over WebSocket. It holds the stub's lock while it
// answers.
type wire struct {
	*stubNode
	mu    sync.Mutex
	conns atomic.Int32
	// refuse, when set, may answer the handshake.
	refuse func(w http.ResponseWriter) bool
	// trouble, when set, may answer a message in the stub's place; true ends the
	// connection when it has not been ended.
	trouble func(c *websocket.Conn, body []byte) (done, hangUp bool)
	now     *websocket.Conn
}

func (s *wire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.refuse != nil && s.refuse(w) {
		return
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(1 << 20)
	s.conns.Add(1)
	for {
		_, body, err := c.Read(r.Context())
		if err != nil {
			return
		}
		s.mu.Lock()
		s.now = c
		trouble := s.trouble
		s.mu.Unlock()
		if trouble != nil {
			done, hangUp := trouble(c, body)
			if hangUp {
				return
			}
			if done {
				continue
			}
		}
		s.mu.Lock()
		text := s.reply(body)
		s.mu.Unlock()
		if c.Write(r.Context(), websocket.MessageText, text) != nil {
			return
		}
	}
}

// open opens the stub and, after that, lets its troubles loose.
func (s *wire) open(t *testing.T, opt ethereum.NodeOptions) *ethereum.Node {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	if opt.Tries == 0 {
		opt.Tries = 3
	}
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second
	}
	if opt.Sleep == nil {
		opt.Sleep = func(context.Context, time.Duration) error { return nil }
	}
	if opt.Batch == 0 {
		opt.Batch = 4
	}
	trouble, bend := s.trouble, s.bend
	s.trouble, s.bend = nil, nil
	n, err := ethereum.OpenNode(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/v3/secret", opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	s.mu.Lock()
	s.trouble, s.bend = trouble, bend
	s.mu.Unlock()
	return n
}

func TestSocketSuite(t *testing.T) {
	s := &wire{stubNode: newStub(9)}
	n := s.open(t, ethereum.NodeOptions{})
	sourcetest.Run(t, func(*testing.T) ledger.Source { return n })
}

// TestSocketWays: over WebSocket a node says what it says over HTTP, in batches or
// without, and goes on over a new connection after Close.
func TestSocketWays(t *testing.T) {
	want := lines(all(t, newStub(9).node(t, ethereum.NodeOptions{})))
	s := &wire{stubNode: newStub(9)}
	n := s.open(t, ethereum.NodeOptions{})
	got := all(t, n)
	if lines(got) != want || s.asked["eth_getBlockReceipts"] != 9 {
		t.Errorf("over WebSocket, %v:\n%s", s.asked, lines(got))
	}
	for _, tr := range got {
		if strings.Contains(tr.Evidence, "secret") || !strings.Contains(tr.Evidence, "#0x00bb") {
			t.Fatalf("evidence %q", tr.Evidence)
		}
	}
	if err := n.Close(); err != nil || lines(all(t, n)) != want || s.conns.Load() != 2 {
		t.Errorf("after Close: %v, %d connections", err, s.conns.Load())
	}
	for name, trouble := range map[string]func(c *websocket.Conn, body []byte) (bool, bool){
		"no batches": func(c *websocket.Conn, body []byte) (bool, bool) {
			return body[0] == '[' && says(c, `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches"}}`), false
		},
		"small batches": func(c *websocket.Conn, body []byte) (bool, bool) {
			if bytes.Count(body, []byte("method")) < 3 {
				return false, false
			}
			c.Close(websocket.StatusMessageTooBig, "too big")
			return true, true
		},
	} {
		s := &wire{stubNode: newStub(9), trouble: trouble}
		if got := lines(all(t, s.open(t, ethereum.NodeOptions{}))); got != want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func says(c *websocket.Conn, text string) bool {
	c.Write(context.Background(), websocket.MessageText, []byte(text))
	return true
}

// TestSocketTroubles: what passes is waited for, over a new connection where the old
// one is broken or may still bring an answer; nothing is lost or doubled.
func TestSocketTroubles(t *testing.T) {
	want := lines(all(t, newStub(6).node(t, ethereum.NodeOptions{})))
	for name, trouble := range map[string]struct {
		do    func(s *wire, c *websocket.Conn, body []byte) (bool, bool)
		conns int32 // that it takes
	}{
		"dropped connection": {func(_ *wire, c *websocket.Conn, _ []byte) (bool, bool) { c.CloseNow(); return true, true }, 3},
		"going away": {func(_ *wire, c *websocket.Conn, _ []byte) (bool, bool) {
			c.Close(websocket.StatusGoingAway, "restart")
			return true, true
		}, 3},
		"half JSON": {func(_ *wire, c *websocket.Conn, _ []byte) (bool, bool) {
			return says(c, `[{"id":7,"result":{"num`), false
		}, 3},
		"half a message":  {halfMessage, 3},
		"answers missing": {func(_ *wire, c *websocket.Conn, _ []byte) (bool, bool) { return says(c, `[]`), false }, 3},
		"slow down": {func(_ *wire, c *websocket.Conn, _ []byte) (bool, bool) {
			return says(c, `{"id":null,"error":{"code":-32005,"message":"slow down"}}`), false
		}, 1},
		"late": {func(s *wire, c *websocket.Conn, body []byte) (bool, bool) {
			time.Sleep(130 * time.Millisecond)
			s.mu.Lock()
			defer s.mu.Unlock()
			return says(c, string(s.reply(body))), false
		}, 3},
		"twice": {func(s *wire, c *websocket.Conn, body []byte) (bool, bool) {
			s.mu.Lock()
			defer s.mu.Unlock()
			text := s.reply(body)
			says(c, string(text))
			return says(c, string(text)), false
		}, 1},
		"hints between": {func(_ *wire, c *websocket.Conn, _ []byte) (bool, bool) { says(c, hint); return false, false }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &wire{stubNode: newStub(6)}
			var done atomic.Int32
			s.trouble = func(c *websocket.Conn, body []byte) (bool, bool) {
				if !bytes.Contains(body, []byte("Receipts")) || done.Load() == 2 {
					return false, false
				}
				done.Add(1)
				return trouble.do(s, c, body)
			}
			opt := ethereum.NodeOptions{}
			if name == "late" {
				opt.Timeout, opt.Tries = 100*time.Millisecond, 10 // a busy machine is late by itself
			}
			if got := lines(all(t, s.open(t, opt))); got != want || done.Load() != 2 || s.conns.Load() < trouble.conns || name != "late" && s.conns.Load() > trouble.conns {
				t.Errorf("after %d troubles, over %d connections:\n%s", done.Load(), s.conns.Load(), got)
			}
		})
	}
}

// halfMessage breaks off within a message.
func halfMessage(_ *wire, c *websocket.Conn, _ []byte) (bool, bool) {
	w, err := c.Writer(context.Background(), websocket.MessageText)
	if err == nil {
		w.Write(bytes.Repeat([]byte(" "), 8<<10))
	}
	c.CloseNow()
	return true, true
}

// TestSocketFaults: what does not pass is an error that says what the node did, and
// never the address, which may hold a key.
func TestSocketFaults(t *testing.T) {
	answer := func(text string) func(*websocket.Conn, []byte) (bool, bool) {
		return func(c *websocket.Conn, _ []byte) (bool, bool) { return says(c, text), false }
	}
	for name, f := range map[string]struct {
		trouble func(*websocket.Conn, []byte) (bool, bool)
		want    error
		says    string
	}{
		"wrong id":     {answer(`{"id":999999,"result":null}`), ethereum.ErrLie, "999999"},
		"no id":        {answer(`{"result":null}`), ethereum.ErrLie, "an answer to question"},
		"two answers":  {answer(`{"id":5,"result":[]}{"id":5,"result":[]}`), ethereum.ErrLie, "two answers"},
		"another form": {answer(`"yes"`), ethereum.ErrLie, "another form"},
		"only old answers": {func(c *websocket.Conn, _ []byte) (bool, bool) {
			for range 200 {
				says(c, `{"id":1,"result":"0x1"}`)
			}
			return true, false
		}, ethereum.ErrLie, "answers to earlier questions"},
		"stays down": {func(c *websocket.Conn, _ []byte) (bool, bool) { return true, true }, ethereum.ErrNode, "after 3 tries"},
		"too large": {func(c *websocket.Conn, _ []byte) (bool, bool) {
			c.Close(websocket.StatusMessageTooBig, "")
			return true, true
		}, ethereum.ErrNode, "too large for the node"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &wire{stubNode: newStub(6), trouble: f.trouble}
			var last error
			for _, last = range s.open(t, ethereum.NodeOptions{}).All(t.Context()) {
			}
			if !errors.Is(last, f.want) || !strings.Contains(last.Error(), f.says) || strings.Contains(last.Error(), "secret") {
				t.Errorf("got %v, want %q", last, f.says)
			}
		})
	}
}

// TestSocketHandshake: a handshake that fails is judged as an answer over HTTP is,
// and names neither password nor key.
func TestSocketHandshake(t *testing.T) {
	for name, f := range map[string]struct {
		code int
		says string
	}{
		"refused": {403, "the node refuses: 403"}, "no such door": {404, "does it speak WebSocket"}, "not a socket": {200, "does it speak WebSocket"},
		"busy": {429, "after 3 tries"}, "down": {503, "after 3 tries"}, "failing": {500, "after 3 tries"},
	} {
		t.Run(name, func(t *testing.T) {
			tries, slept := 0, time.Duration(0)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tries++
				if user, password, _ := r.BasicAuth(); user != "ann" || password != "hush" {
					t.Errorf("user %q, password %q", user, password)
				}
				w.Header().Set("Retry-After", "9")
				w.WriteHeader(f.code)
			}))
			defer srv.Close()
			_, err := ethereum.OpenNode(t.Context(), "ws://ann:hush@"+strings.TrimPrefix(srv.URL, "http://")+"/v3/secret", ethereum.NodeOptions{Tries: 3, Sleep: func(_ context.Context, d time.Duration) error { slept += d; return nil }})
			if !errors.Is(err, ethereum.ErrNode) || !strings.Contains(err.Error(), f.says) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "hush") {
				t.Errorf("%d tries, %v", tries, err)
			}
			if f.code == 429 && (tries != 3 || slept != 18*time.Second) {
				t.Errorf("%d tries, waited %s", tries, slept)
			}
		})
	}
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close() // nobody there
	_, err := ethereum.OpenNode(t.Context(), "ws://ann:hush@"+strings.TrimPrefix(srv.URL, "http://")+"/v3/secret", ethereum.NodeOptions{Tries: 2, Sleep: func(context.Context, time.Duration) error { return nil }})
	if !errors.Is(err, ethereum.ErrNode) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "hush") {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := ethereum.OpenNode(t.Context(), "wss:///nowhere", ethereum.NodeOptions{}); !errors.Is(err, ethereum.ErrNode) {
		t.Errorf("no host: %v", err)
	}
}

const hint = `{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0xcd","result":{"number":"0x7"}}}`

// TestSocketHints: a hint ends a wait, however early and whatever it says; a
// node without hints, and one that is down, is waited for the whole time.
func TestSocketHints(t *testing.T) {
	s := &wire{stubNode: newStub(6)}
	n := s.open(t, ethereum.NodeOptions{Sleep: func(ctx context.Context, d time.Duration) error {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
		return ctx.Err()
	}})
	waited := func(d time.Duration) time.Duration {
		t.Helper()
		began := time.Now()
		if err := n.Wait(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	if got := waited(150 * time.Millisecond); got < 150*time.Millisecond {
		t.Errorf("without a hint it waited %s of 150ms", got)
	}
	for range 50 { // a node that floods
		says(s.now, hint)
	}
	if got := waited(time.Hour); got < 50*time.Millisecond {
		t.Errorf("it looks again after %s", got)
	}
	s.mine(1) // before the hint: one of the flood may still be on its way
	go func() {
		time.Sleep(20 * time.Millisecond)
		says(s.now, hint)
	}()
	if waited(time.Hour); len(all(t, n)) != 2*7 {
		t.Error("the block that was hinted at is not read")
	}
	if s.asked["eth_subscribe"] != 1 {
		t.Errorf("subscribed %d times on one connection", s.asked["eth_subscribe"])
	}
	s.now.CloseNow()
	// The break may be seen during the first wait only; then there must be time to
	// connect again, on a busy machine too.
	waited(400 * time.Millisecond)
	if waited(400*time.Millisecond) < 400*time.Millisecond || s.asked["eth_subscribe"] != 2 {
		t.Errorf("after a broken connection it subscribed %d times", s.asked["eth_subscribe"])
	}
	n.Close()
	s.absent["eth_subscribe"] = true
	for _, d := range []time.Duration{400 * time.Millisecond, 30 * time.Millisecond} { // the first connects
		if waited(d) < d {
			t.Error("a node without hints is not waited for")
		}
	}
	if s.asked["eth_subscribe"] != 3 {
		t.Errorf("a node without hints was asked for them %d times", s.asked["eth_subscribe"]-2)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := n.Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, the wait ends with %v", err)
	}
}

// FuzzSocketMessage: no bytes that come over a WebSocket make the client panic or
// wait for ever, or give a transfer that is none.
func FuzzSocketMessage(f *testing.F) {
	s := &wire{stubNode: newStub(1)}
	text, err := json.Marshal(object{"id": "ID", "result": s.result("eth_getBlockByNumber", []any{"0x0", true})})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, []byte(hint))
	f.Add([]byte(hint), text)
	f.Add([]byte(`{"id":1,"result":"0x1"}`), text)
	f.Add([]byte(`[{"id":"ID","result":null},{"id":1}]`), []byte(`[]`))
	f.Add([]byte(`{"id":null,"error":{"code":-32005,"message":""}}`), []byte(`{"id":"ID","error":{}}`))
	srv := httptest.NewServer(s)
	f.Cleanup(srv.Close)
	f.Fuzz(func(t *testing.T, one, two []byte) {
		n, err := ethereum.OpenNode(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http"), ethereum.NodeOptions{Tries: 2, Traces: ethereum.NoTraces, AssumeSuccess: true, Timeout: 200 * time.Millisecond,
			Sleep: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Skip(err) // a busy machine
		}
		defer n.Close()
		s.mu.Lock()
		s.trouble = func(c *websocket.Conn, q []byte) (bool, bool) {
			var a struct{ ID json.Number }
			json.Unmarshal(q, &a)
			for _, m := range [][]byte{one, two} {
				says(c, string(bytes.ReplaceAll(m, []byte(`"ID"`), []byte(a.ID))))
			}
			return true, false
		}
		s.mu.Unlock()
		defer func() { s.mu.Lock(); s.trouble = nil; s.mu.Unlock() }()
		for tr, err := range n.All(t.Context()) {
			if err != nil {
				return
			}
			if err := tr.Validate(ledger.Accounts); err != nil {
				t.Fatal(fmt.Errorf("%+v: %w", tr, err))
			}
		}
	})
}
