package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger"
)

// TestEveryRequestIsCounted: a path that only ends as a stream does is no stream.
func TestEveryRequestIsCounted(t *testing.T) {
	s := newServer(t, Options{})
	for range cap(s.requests) {
		s.requests <- struct{}{}
	}
	for _, path := range []string{"/notes/events", "/trails/bybit-2025/places/events", "/addresses/eip155:1/events?from=bybit-2025", "/cases/events", "/jobs/x/y/events"} {
		if w := ask(s, "GET", Prefix+path, ""); w.Code != 503 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

// TestLargeBodiesAreFew: bodies are held in memory, so that few are at a time.
func TestLargeBodiesAreFew(t *testing.T) {
	s := newServer(t, Options{})
	for range cap(s.bodies) {
		s.bodies <- struct{}{}
	}
	large := `{"case":"` + strings.Repeat("x", largeBody) + `"}`
	if w := ask(s, "POST", Prefix+"/trails", large, "Content-Type: application/json"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("a large body: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", Prefix+"/trails", `{"case":"x"}`, "Content-Type: application/json"); w.Code != 404 {
		t.Errorf("a small body: %d %s", w.Code, w.Body)
	}
}

// TestQuestionsAreBounded: what is remembered of questions has a limit in bytes.
func TestQuestionsAreBounded(t *testing.T) {
	ts := newTrails(1 << 30)
	q := Question{Case: "x"}
	q.Boundaries = []string{strings.Repeat("b", 4<<20)}
	for i := range 200 {
		ts.remember(fmt.Sprint(i), q, "job")
	}
	if sum := int64(len(ts.asked)) * 4 << 20; sum > askedBytes+4<<20 || len(ts.asked) != len(ts.first) || len(ts.asked) == 0 {
		t.Errorf("%d questions of 4 MiB are remembered", len(ts.asked))
	}
	if _, _, ok := ts.recall("199"); !ok {
		t.Error("the last is forgotten")
	}
}

// TestKindOfAVanishedReader: a reader who goes away while a case is read does not
// leave the others a wrong kind of it.
func TestKindOfAVanishedReader(t *testing.T) {
	s := newServer(t, Options{})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	payments := 0
	for _, name := range casefile.Names() {
		cs, origin, err := s.cases.open(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = s.describe(gone, name, cs, origin)
		_, _ = s.listed(gone, name)
		want, err := newServer(t, Options{}).describe(t.Context(), name, cs, origin)
		if err != nil {
			t.Fatal(err)
		}
		after, err := s.describe(t.Context(), name, cs, origin)
		if listed, bad := s.listed(t.Context(), name); err != nil || bad != nil || after.Kind != want.Kind || listed.Kind != want.Kind {
			t.Errorf("%s is %q, listed as %q, want %q: %v, %v", name, after.Kind, listed.Kind, want.Kind, err, bad)
		}
		if after.Kind == "payments" {
			payments++
		}
	}
	if payments == 0 {
		t.Error("no case inside is of payments")
	}
}

// TestNamesOfOwnCases: none can be taken for something else.
func TestNamesOfOwnCases(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"store", "0123456789abcdef01234567", "made-x", "bybit-2025"} {
		f := filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(f, []byte("version: coldtrail/case/v1\ntitle: x\nledgers:\n  - {path: l.txt, format: text}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	s := newServer(t, Options{Cases: files})
	for _, name := range s.cases.names {
		if name == storeName || trailID.MatchString(name) || strings.HasPrefix(name, "made-") || name == "bybit-2025" || !caseName.MatchString(name) {
			t.Errorf("a case of the keeper's is called %q", name)
		}
	}
	if len(s.cases.names) != len(files) {
		t.Errorf("%v", s.cases.names)
	}
}

// TestDataOfOwnCasesChange: what is shown of a case of the keeper's is of its data as
// they are now.
func TestDataOfOwnCasesChange(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const head = "ledger x:1 account native EUR\nasset EUR EUR decimals 2\n"
	write("l.txt", head+"m0 Z > H 5 EUR\n")
	write("mine.yaml", "version: coldtrail/case/v1\ntitle: x\nledgers:\n  - {path: l.txt, format: text}\n")
	s := newServer(t, Options{Cases: []string{filepath.Join(dir, "mine.yaml")}})
	for _, want := range []string{"5", "7"} {
		write("l.txt", head+"m0 Z > H "+want+" EUR\n")
		if a := answer[AddressAnswer](t, s, "/addresses/x:1/H?from=mine", 200); a.Assets[0].Received.String() != want {
			t.Errorf("%s received, want %s", a.Assets[0].Received, want)
		}
	}
	if all := answer[Cases](t, s, "/cases", 200); all.Total != len(casefile.Names())+1 || len(all.Unread) != 0 {
		t.Errorf("%d cases, without %v", all.Total, all.Unread)
	}
	write("mine.yaml", "version: ")
	if all := answer[Cases](t, s, "/cases", 200); all.Total != len(casefile.Names()) || len(all.Unread) != 1 || all.Unread[0] != "mine" {
		t.Errorf("%d cases, without %v", all.Total, all.Unread)
	}
}

// TestSlowReaderHoldsUpNothing: who takes an export and does not read it leaves
// heavy work to the others.
func TestSlowReaderHoldsUpNothing(t *testing.T) {
	s := newServer(t, Options{})
	if w := ask(s, "GET", Prefix+"/trails/bybit-2025", ""); w.Code != 200 {
		t.Fatal(w.Code)
	}
	stop, begun := make(chan struct{}), make(chan struct{}, cap(s.heavy)+1)
	var all sync.WaitGroup
	for range cap(s.heavy) + 1 {
		all.Go(func() {
			r := httptest.NewRequest("GET", Prefix+"/trails/bybit-2025/export?format=html", nil)
			r.Host = "127.0.0.1:1"
			s.guarded(s.bounded(s.mux)).ServeHTTP(&unread{stop: stop, begun: begun, ResponseRecorder: httptest.NewRecorder()}, r)
		})
	}
	for range min(exportLimit, cap(s.heavy)) { // they write, and nobody reads
		<-begun
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	end, err := s.work(ctx)
	if err != nil {
		t.Errorf("no heavy work while two do not read: %v", err)
	} else {
		end()
	}
	close(stop)
	all.Wait()
}

// unread is a connection whose other side does not read.
type unread struct {
	*httptest.ResponseRecorder
	stop  chan struct{}
	begun chan<- struct{} // told once a writing begins
	once  sync.Once
}

func (u *unread) Write(b []byte) (int, error) {
	u.once.Do(func() { u.begun <- struct{}{} })
	<-u.stop
	return len(b), nil
}

// TestManyClaims: a file of claims costs a bounded amount of work.
func TestManyClaims(t *testing.T) {
	var b strings.Builder
	b.WriteString("schema: coldtrail/claims/v1\ndocument: {id: a, title: b, published_on: 2020-01-01}\nactor: dprk\nclaims:\n")
	for i := range 60 {
		fmt.Fprintf(&b, "- {id: c%d, expect: reproduced, parts: [%s]}\n", i, strings.Repeat("{measure: top_count, op: '>', value: '1'},", 20))
	}
	body := `{"text":` + quoteAll(b.String()) + `}`
	w := ask(newServer(t, Options{}), "POST", Prefix+"/claims/check", body, "Content-Type: application/json")
	if w.Code != 422 || !strings.Contains(w.Body.String(), "parts") {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}

func quoteAll(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// TestReadersWhoLeave: reading a busy account ends with whoever asked.
func TestReadersWhoLeave(t *testing.T) {
	s := newServer(t, Options{Store: busyStore(t)})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	in := AddressQuestion{Ledger: "x:1", Address: "H", From: storeName}
	if _, err := s.look(t.Context(), &in); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(context.Context) error{
		"balance": func(ctx context.Context) error {
			_, err := s.getBalance(ctx, &struct {
				AddressQuestion
				Asset string `query:"asset"`
			}{AddressQuestion: in})
			return err
		},
	} {
		if err := read(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := read(gone); err == nil {
			t.Errorf("%s is read for nobody", name)
		}
	}
	for range cap(s.heavy) {
		s.heavy <- struct{}{}
	}
	for _, path := range []string{"balance", "neighbours", "transfers"} {
		r := httptest.NewRequestWithContext(gone, "GET", Prefix+"/addresses/x:1/H/"+path+"?from=store", nil)
		r.Host = "127.0.0.1:1"
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != 503 {
			t.Errorf("%s beside heavy work: %d", path, w.Code)
		}
	}
}

// busyStore is a store in which one account has some thousand transfers.
func busyStore(t *testing.T) *graph.Store {
	t.Helper()
	return storeOf(t, func(b *strings.Builder) {
		b.WriteString("m0 Z > H 100000 EUR\n")
		for i := range 3000 {
			fmt.Fprintf(b, "m%d H > A%d 1 EUR\n", i+1, i)
		}
	})
}

// TestClosing: a server that ends while jobs run, wait and are watched leaves no
// work behind.
func TestClosing(t *testing.T) {
	before := runtime.NumGoroutine()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	var open []*http.Response
	for i := range runningLimit + 5 {
		job, _ := hold(t, s, fmt.Sprint(i))
		for range 3 {
			open = append(open, stream(t, web.URL, job))
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Close() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, r := range open {
		_, _ = io.ReadAll(r.Body)
		r.Body.Close()
	}
	if _, err := s.jobs.start("late", nil); err == nil {
		t.Error("a job begins after the end")
	}
	web.Close()
	http.DefaultClient.CloseIdleConnections()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// smallStore is a store of a few payments.
func smallStore(t *testing.T) *graph.Store {
	t.Helper()
	return storeOf(t, func(b *strings.Builder) {
		b.WriteString("m0 Z > A0 1000 EUR\n")
		for i := range 3000 {
			fmt.Fprintf(b, "m%d A%d > A%d %d EUR\n", i+1, i, i+1, 1000-i/10)
		}
	})
}

// storeOf is a store of account transfers that are written.
func storeOf(t *testing.T, write func(*strings.Builder)) *graph.Store {
	t.Helper()
	var text strings.Builder
	text.WriteString("ledger x:1 account native EUR\nasset EUR EUR decimals 2\n")
	write(&text)
	return textStore(t, text.String())
}

// textStore is a store of a ledger in the text form.
func textStore(t *testing.T, text string) *graph.Store {
	t.Helper()
	src, err := ledger.ParseText("few.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return graphtest.Stored(t, src)
}

// TestMethods: a path that is there says by which methods it is asked.
func TestMethods(t *testing.T) {
	s := newServer(t, Options{})
	for path, want := range map[string]string{"/about": "GET", "/cases": "GET, POST", "/cases/preview": "GET, POST, DELETE", "/notes/x": "GET, PUT, DELETE", "/nothing": ""} {
		w := ask(s, "PATCH", Prefix+path, "")
		if got := w.Header().Get("Allow"); got != want || (w.Code == 405) != (want != "") || !strings.Contains(w.Body.String(), "there is no") {
			t.Errorf("%s: %d, Allow %q, want %q: %s", path, w.Code, got, want, w.Body)
		}
	}
}
