package nem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/nem"
)

// stub is a NIS node with a made-up ledger. fault, when set, may answer in its
// place.
type stub struct {
	pairs   []pair // oldest first
	height  int
	mosaics map[string]any
	fault   func(w http.ResponseWriter, r *http.Request) bool
	mu      sync.Mutex // of asked: an answer given too late runs beside the next
	asked   []string
	waits   []time.Duration
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.Path)
	s.mu.Unlock()
	if s.fault != nil && s.fault(w, r) {
		return
	}
	q := r.URL.Query()
	var out any
	switch r.URL.Path {
	case "/chain/height":
		out = object{"height": s.height}
	case "/account/get":
		out = object{"meta": object{}, "account": object{"address": q.Get("address"), "balance": 0}}
	case "/account/transfers/all":
		out = s.page(q.Get("id"), q.Get("pageSize"))
	case "/namespace/mosaic/definition/page":
		out = object{"data": []any{}}
		if d := s.mosaics[q.Get("namespace")]; d != nil && q.Get("id") == "" {
			out = d
		}
	case "/block/at/public":
		var ask struct{ Height int }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || ask.Height > len(s.pairs) || ask.Height < 1 {
			w.WriteHeader(http.StatusBadRequest)
			out = object{"timeStamp": 1, "error": "Bad Request", "message": "no such block", "status": 400}
			break
		}
		out = block(ask.Height, s.pairs[ask.Height-1].tx)
	}
	if err := json.NewEncoder(w).Encode(out); err != nil {
		panic(err)
	}
}

func (s *stub) page(id, size string) object {
	below, n := len(s.pairs)+1, 25
	if id != "" {
		below, _ = strconv.Atoi(id)
	}
	if size != "" {
		n, _ = strconv.Atoi(size)
	}
	return page(s.pairs[max(0, below-1-n) : below-1]...)
}

func (s *stub) client(t *testing.T, opt nem.Options) *nem.Client {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	opt.Sleep = func(_ context.Context, d time.Duration) error {
		s.waits = append(s.waits, d)
		return nil
	}
	c, err := nem.NewClient(srv.URL, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func seventy() *stub {
	l := newLedger()
	s := &stub{height: 1000}
	for i := range 70 {
		s.pairs = append(s.pairs, l.pay(alice, bob, i))
	}
	return s
}

var accounts = []ledger.Account{ledger.Account(alice.address())}

// TestFetch walks a list of several pages to its beginning, once, and asks for the
// definitions of the mosaics in it.
func TestFetch(t *testing.T) {
	s := seventy()
	l := &made{n: len(s.pairs)}
	s.pairs = append(s.pairs, l.mosaics(alice, bob, 1_000_000, mosaic("shop", "coin", 700)))
	s.mosaics = map[string]any{"shop": definition("shop", "coin", "2", levy(1, carol, "nem", "xem", 33))}
	src, answers, err := nem.Fetch(t.Context(), s.client(t, nem.Options{}), accounts)
	if err != nil {
		t.Fatal(err)
	}
	got := drain(t, src)
	if len(got) != 70+3 { // coin, levy, fee
		t.Fatalf("%d transfers, want 73", len(got))
	}
	if lev := got[71]; lev.To() != ledger.Account(carol.address()) || lev.Amount().String() != "33" || lev.Asset != nem.XEM {
		t.Errorf("the levy is %+v", lev)
	}
	if again := drain(t, read(t, answers...)); len(again) != len(got) || again[5].ID != got[5].ID {
		t.Error("the answers that were kept read otherwise")
	}
	pages := 0
	for _, p := range s.asked {
		if p == "/account/transfers/all" {
			pages++
		}
	}
	if pages != 4 {
		t.Errorf("%d pages asked for, want 3 and an empty one", pages)
	}
	if n := strings.Join(src.Info().Notes, "\n"); strings.Contains(n, "may still be rewritten") || !strings.Contains(n, "do not add up") {
		t.Errorf("notes: %s", n)
	}
	s.height = 100
	src, _, err = nem.Fetch(t.Context(), s.client(t, nem.Options{}), accounts)
	if err != nil || !slices.ContainsFunc(src.Info().Notes, func(n string) bool { return strings.Contains(n, "73 transfers are within 360 blocks") }) {
		t.Errorf("young transfers are not said: %v", err)
	}
}

// TestBlock: a block comes by height, and what a node refuses is an error at once.
func TestBlock(t *testing.T) {
	s := seventy()
	c := s.client(t, nem.Options{})
	b, err := c.Block(t.Context(), 7)
	if err != nil || len(drain(t, read(t, b))) != 1 {
		t.Fatal(err)
	}
	if _, err := c.Block(t.Context(), 71); !errors.Is(err, nem.ErrNode) || !strings.Contains(err.Error(), "no such block") || len(s.waits) > 0 {
		t.Errorf("a block that is not there: %v, waits %v", err, s.waits)
	}
}

// TestTroubles: what a node may do wrong in passing, done twice; then it answers,
// and nothing is lost or doubled.
func TestTroubles(t *testing.T) {
	hang := func(w http.ResponseWriter) { panic(http.ErrAbortHandler) }
	for name, trouble := range map[string]func(w http.ResponseWriter){
		"rate limit": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "9")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"failure":            func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"dropped connection": hang,
		"half an answer":     func(w http.ResponseWriter) { fmt.Fprint(w, `{"data":[{"meta":{"id":7`) },
		"cut connection": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "500")
			fmt.Fprint(w, `{"data":`)
			hang(w)
		},
		"late": func(w http.ResponseWriter) { time.Sleep(150 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			s := seventy()
			var n atomic.Int32
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("id") == "21" && n.Load() < 2 {
					n.Add(1)
					trouble(w)
					return true
				}
				return false
			}
			opt := nem.Options{Tries: 3, Wait: time.Second}
			if name == "late" {
				opt.Timeout, opt.Tries = 100*time.Millisecond, 10 // a busy machine is late by itself
			}
			src, _, err := nem.Fetch(t.Context(), s.client(t, opt), accounts)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(drain(t, src)); got != 70 || n.Load() != 2 {
				t.Errorf("%d transfers after %d troubles, want 70 after 2", got, n.Load())
			}
			want := []time.Duration{time.Second, 2 * time.Second}
			if name == "rate limit" {
				want = []time.Duration{9 * time.Second, 9 * time.Second}
			}
			waits := s.waits
			if name == "late" { // other answers may be late too, and waited for apart
				waits = waits[max(0, slices.Index(waits, 2*time.Second)-1):]
			}
			// net/http asks once more by itself when a kept connection breaks.
			if n := min(len(waits), len(want)); n == 0 || !slices.Equal(waits[:n], want[:n]) {
				t.Errorf("waited %v, want %v", s.waits, want)
			}
		})
	}
}

// TestGivenUp: a node that stays down is given up, with what it said.
func TestGivenUp(t *testing.T) {
	s := seventy()
	s.fault = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	_, err := s.client(t, nem.Options{Tries: 3}).Height(t.Context())
	if !errors.Is(err, nem.ErrNode) || !strings.Contains(err.Error(), "3 tries") || !strings.Contains(err.Error(), "503") || len(s.asked) != 3 {
		t.Errorf("%v after %d questions", err, len(s.asked))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.client(t, nem.Options{}).Height(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancellation: %v", err)
	}
}

// TestLies: a page that repeats, a height that falls, another block and another
// account than was asked for are refused.
func TestLies(t *testing.T) {
	s := seventy()
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/account/transfers/all" {
			return false
		}
		return json.NewEncoder(w).Encode(s.page("", "25")) == nil
	}
	c := s.client(t, nem.Options{})
	if _, _, err := nem.Fetch(t.Context(), c, accounts); !errors.Is(err, nem.ErrRepeat) || !strings.Contains(err.Error(), "data[0]: id 70 does not lie below 46") {
		t.Errorf("a page that repeats: %v", err)
	}
	id := 1 << 60
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		id--
		_, err := fmt.Fprintf(w, `{"data":[{"meta":{"id":%d}}]}`, id)
		return err == nil
	}
	if _, err := s.client(t, nem.Options{MaxList: 1000}).Transfers(t.Context(), accounts[0]); !errors.Is(err, nem.ErrEndless) || len(s.asked) > 40 {
		t.Errorf("a list without end: %v after %d questions", err, len(s.asked))
	}
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		_, err := w.Write([]byte(`{"data":[` + strings.Repeat("{},", 1<<20) + "{}]}"))
		return err == nil
	}
	if _, err := s.client(t, nem.Options{Tries: 1}).Transfers(t.Context(), accounts[0]); !errors.Is(err, nem.ErrJSON) || !strings.Contains(err.Error(), "empty objects") {
		t.Errorf("a million empty objects: %v", err)
	}
	s.fault = nil
	for _, h := range []int{1000, 640, 639} {
		s.height = h
		if _, err := c.Height(t.Context()); errors.Is(err, nem.ErrHeight) != (h == 639) {
			t.Errorf("height %d after 1000: %v", h, err)
		}
	}
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		var out any = block(6)
		if r.URL.Path == "/account/get" {
			out = object{"account": object{"address": bob.address(), "balance": 1}}
		}
		return json.NewEncoder(w).Encode(out) == nil
	}
	if _, err := c.Block(t.Context(), 5); !errors.Is(err, nem.ErrContradiction) {
		t.Errorf("another block: %v", err)
	}
	if _, err := c.Account(t.Context(), accounts[0]); !errors.Is(err, nem.ErrContradiction) {
		t.Errorf("another account: %v", err)
	}
	for _, base := range []string{"", "ftp://x", "localhost:7890"} {
		if _, err := nem.NewClient(base, nem.Options{}); !errors.Is(err, nem.ErrNode) {
			t.Errorf("%q is taken for a node: %v", base, err)
		}
	}
}

// direct asks a handler without a network.
type direct struct{ to http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.to.ServeHTTP(w, r)
	return w.Result(), nil
}

// FuzzClient: no bytes that a node answers make the client panic, ask for ever,
// fail without a file and a cause, or give a transfer that is none.
func FuzzClient(f *testing.F) {
	paths := []string{"/chain/height", "/account/get", "/account/transfers/all", "/namespace/mosaic/definition/page"}
	l := newLedger()
	moved := l.mosaics(alice, bob, 1_000_000, mosaic("shop", "coin", 700))
	coin := definition("shop", "coin", "2", levy(1, carol, "nem", "xem", 33))
	for i, a := range []any{object{"height": 1000}, object{"meta": object{}, "account": object{"address": alice.address(), "balance": 5}}, page(moved), coin} {
		text, err := json.Marshal(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, uint8(i))
	}
	f.Add([]byte(`{"timeStamp":1,"error":"Bad Request","message":"no","status":400}`), uint8(2))
	f.Add([]byte(`{"data":[{"meta":{"id":`), uint8(3))
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		s := &stub{height: 1000, pairs: []pair{moved}, mosaics: map[string]any{"shop": coin}}
		path, answered := paths[int(which)%len(paths)], 0
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != path {
				return false
			}
			if answered++; answered > 1000 {
				t.Fatal("asked without end")
			}
			w.Write(body)
			return true
		}
		c, err := nem.NewClient("http://stub", nem.Options{Tries: 2, Sleep: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		c.Through(direct{s})
		src, _, err := nem.Fetch(t.Context(), c, accounts)
		if err != nil {
			var e *nem.Error
			if !errors.As(err, &e) || e.File == "" || e.Err == nil {
				t.Fatalf("an error without file and cause: %v", err)
			}
			return
		}
		for tr, err := range src.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if err := tr.Validate(ledger.Accounts); err != nil {
				t.Fatal(err)
			}
		}
	})
}
