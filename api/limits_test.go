package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// hold starts a job that runs until it is let go or cancelled.
func hold(t *testing.T, s *Server, trail string) (id string, letGo func()) {
	t.Helper()
	free := make(chan struct{})
	j, err := s.jobs.start(trail, func(ctx context.Context, step func(string, int, int)) error {
		step("trace", 1, 2)
		select {
		case <-free:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return j.Job.Job, sync.OnceFunc(func() { close(free) })
}

// stream opens the events of a job.
func stream(t *testing.T, base, job string) *http.Response {
	t.Helper()
	r, err := http.Get(base + Prefix + "/jobs/" + job + "/events")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestManyStreams: a hundred streams read one job; beyond the limit the answer is to
// come back; readers that vanish or do not read hold nothing up.
func TestManyStreams(t *testing.T) {
	s := newServer(t, Options{})
	s.heartbeat = 20 * time.Millisecond
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	job, letGo := hold(t, s, "t")
	defer letGo()
	var open []*http.Response
	for range streamLimit {
		r := stream(t, web.URL, job)
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("stream %d: %s", len(open), r.Status)
		}
		open = append(open, r)
	}
	over := stream(t, web.URL, job)
	if over.StatusCode != 503 || over.Header.Get("Retry-After") == "" {
		t.Errorf("one stream too many: %s, %v", over.Status, over.Header)
	}
	over.Body.Close()
	for _, r := range open[100:] {
		r.Body.Close() // they vanish; the first hundred stay
	}
	beats := bufio.NewScanner(open[0].Body)
	for beats.Scan() && !strings.HasPrefix(beats.Text(), ":") {
	}
	letGo()
	var all sync.WaitGroup
	for i, r := range open[:100] {
		all.Go(func() {
			defer r.Body.Close()
			if i%2 == 1 {
				return // half of them read nothing
			}
			text, err := io.ReadAll(r.Body)
			if err != nil || !strings.Contains(string(text), "event: done\n") {
				t.Errorf("stream %d: %v, %q", i, err, text)
			}
		})
	}
	all.Wait()
	if j := s.jobs.wait(t.Context(), job, time.Second); j.State != done {
		t.Errorf("the job is %s", j.State)
	}
	for range 100 { // every place is free again
		if len(s.streams) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d places of streams are still taken", len(s.streams))
}

// TestJobsWaitTheirTurn: two run, the others wait in order, too many are refused; one
// is cancelled while it waits and one while it runs.
func TestJobsWaitTheirTurn(t *testing.T) {
	s := newServer(t, Options{})
	var ids []string
	var free []func()
	for i := range runningLimit + queueLimit {
		id, letGo := hold(t, s, fmt.Sprint(i))
		ids, free = append(ids, id), append(free, letGo)
	}
	if _, err := s.jobs.start("over", nil); err == nil || problemOf(err).Status != 429 || problemOf(err).GetHeaders().Get("Retry-After") == "" {
		t.Errorf("one too many: %v", err)
	}
	state := func(i int) Job {
		j, _, _ := s.jobs.look(ids[i])
		return j
	}
	if a, b := state(2), state(3); a.State != queued || a.Ahead != 0 || b.Ahead != 1 {
		t.Errorf("the queue begins with %+v, %+v", a, b)
	}
	var open Jobs
	if err := json.Unmarshal(ask(s, "GET", Prefix+"/jobs", "").Body.Bytes(), &open); err != nil || len(open.Records) != runningLimit+queueLimit ||
		open.Records[0].State != running || open.Records[2].Job != ids[2] || open.Records[5].Ahead != 3 {
		t.Errorf("the list of jobs: %v, %+v", err, open.Records)
	}
	if w := ask(s, "DELETE", Prefix+"/jobs/"+ids[2], ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"state":"cancelled"`) {
		t.Errorf("cancelled while it waits: %d %s", w.Code, w.Body)
	}
	ask(s, "DELETE", Prefix+"/jobs/"+ids[0], "")
	if j := s.jobs.wait(t.Context(), ids[0], 5*time.Second); j.State != cancelled {
		t.Errorf("cancelled while it runs: %+v", j)
	}
	free[3]()
	if j := s.jobs.wait(t.Context(), ids[3], 5*time.Second); j.State != done {
		t.Errorf("the next in turn: %+v", j)
	}
	if w := ask(s, "GET", Prefix+"/jobs/nobody", ""); w.Code != 404 {
		t.Errorf("an unknown job: %d", w.Code)
	}
}

// TestLookingBeginsNothing: who looks at a trail whose job was cancelled learns that;
// who asks anew gets it.
func TestLookingBeginsNothing(t *testing.T) {
	s := newServer(t, Options{})
	_, free1 := hold(t, s, "a")
	_, free2 := hold(t, s, "b")
	var a Asked
	if err := json.Unmarshal(ask(s, "POST", Prefix+"/trails", `{"case":"coincheck-2018"}`, "Content-Type: application/json").Body.Bytes(), &a); err != nil || a.State != queued {
		t.Fatal(err, a)
	}
	ask(s, "DELETE", Prefix+"/jobs/"+a.Job, "")
	free1()
	free2()
	for _, name := range []string{a.Trail, "coincheck-2018"} {
		if w := ask(s, "GET", Prefix+"/trails/"+name, ""); w.Code != 409 || !strings.Contains(w.Body.String(), "cancelled") {
			t.Errorf("looking at %s: %d %s", name, w.Code, w.Body)
		}
	}
	ask(s, "POST", Prefix+"/trails", `{"case":"coincheck-2018"}`, "Content-Type: application/json")
	if w := ask(s, "GET", Prefix+"/trails/"+a.Trail, ""); w.Code != 200 {
		t.Errorf("after asking anew: %d %s", w.Code, w.Body)
	}
}

// TestStreamOutlivesReading: the time in which a request must arrive does not end the
// stream that answers it.
func TestStreamOutlivesReading(t *testing.T) {
	s := newServer(t, Options{})
	s.heartbeat = 30 * time.Millisecond
	web := httptest.NewUnstartedServer(s.Handler())
	web.Config.ReadTimeout = 100 * time.Millisecond
	web.Start()
	defer web.Close()
	job, letGo := hold(t, s, "t")
	r := stream(t, web.URL, job)
	defer r.Body.Close()
	time.AfterFunc(400*time.Millisecond, letGo)
	if text, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(text), "event: done\n") {
		t.Errorf("%v: %q", err, text)
	}
}

// TestPanicsAreProblems: of a request, of a job, and of a request that had begun to
// answer.
func TestPanicsAreProblems(t *testing.T) {
	s := newServer(t, Options{})
	s.mux.HandleFunc("GET "+Prefix+"/breaks", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "half an answer")
		panic("in the middle of it")
	})
	w := ask(s, "GET", Prefix+"/breaks", "")
	if w.Code != 500 || strings.Contains(w.Body.String(), "half") || !strings.Contains(w.Body.String(), "defect of coldtrail") || w.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("status %d, %v: %s", w.Code, w.Header(), w.Body)
	}
	j, err := s.jobs.start("t", func(context.Context, func(string, int, int)) error { panic("no") })
	if err != nil {
		t.Fatal(err)
	}
	if got := s.jobs.wait(t.Context(), j.Job.Job, 5*time.Second); got.State != failed || got.Problem.Status != 500 {
		t.Errorf("%+v", got)
	}
}

// TestLongAnswersFlow: what is longer than the server holds back is a stream, whole
// and compressed where it may be.
func TestLongAnswersFlow(t *testing.T) {
	const n = 3 * holdAtMost
	s := newServer(t, Options{})
	s.mux.HandleFunc("GET "+Prefix+"/long", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		for range n / 1024 {
			_, _ = w.Write(bytes.Repeat([]byte("x"), 1024))
		}
	})
	plain := ask(s, "GET", Prefix+"/long", "")
	if plain.Body.Len() != n || plain.Header().Get("ETag") != "" {
		t.Errorf("%d bytes, ETag %q", plain.Body.Len(), plain.Header().Get("ETag"))
	}
	packed := ask(s, "GET", Prefix+"/long", "", "Accept-Encoding: gzip")
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || len(text) != n {
		t.Errorf("%d bytes unpacked, %v", len(text), err)
	}
}

// TestTrailsAreBounded: the least used go first, the last stays whatever its size,
// and what was let go is computed again under its id.
func TestTrailsAreBounded(t *testing.T) {
	s := newServer(t, Options{TrailBytes: 1})
	var ids []string
	for _, policies := range []string{`["fifo"]`, `["lifo"]`, `["haircut"]`} {
		var a Asked
		w := ask(s, "POST", Prefix+"/trails", `{"case":"coincheck-2018","policies":`+policies+`}`, "Content-Type: application/json")
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatal(err, w.Body)
		}
		if a.Job != "" {
			s.jobs.wait(t.Context(), a.Job, 30*time.Second)
		}
		ids = append(ids, a.Trail)
	}
	if n, bytes := s.trails.usage(); n != 1 || bytes <= 1 {
		t.Errorf("%d trails with %d bytes are kept", n, bytes)
	}
	for _, id := range ids {
		if w := ask(s, "GET", Prefix+"/trails/"+id+"/places", ""); w.Code != 200 {
			t.Errorf("trail %s: %d %s", id, w.Code, w.Body)
		}
	}
	s.trails.limit = 1 << 40
	for i := range 2 * keptTrails {
		s.trails.put(&trail{id: fmt.Sprint(i), bytes: 10})
	}
	if n, _ := s.trails.usage(); n != keptTrails {
		t.Errorf("%d trails are kept, want %d", n, keptTrails)
	}
}

// TestStoresStayOnDisk: the transfers of a store are not counted as memory, whatever
// is laid over it.
func TestStoresStayOnDisk(t *testing.T) {
	s := newServer(t, Options{Store: smallStore(t)})
	ends := map[string]int64{}
	for _, more := range []string{"", `,"swaps":"recognise"`} {
		var a Asked
		w := ask(s, "POST", Prefix+"/trails", `{"store":true,"thefts":["T=m2990"],"no_bounds":true,"policies":["fifo"]`+more+`}`, "Content-Type: application/json")
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatal(err, w.Body)
		}
		if a.Job != "" {
			s.jobs.wait(t.Context(), a.Job, time.Minute)
		}
		if x := s.trails.get(a.Trail); x == nil {
			t.Fatal(w.Body)
		} else {
			ends[more] = x.bytes
		}
	}
	for more, n := range ends {
		if n > 1<<20 {
			t.Errorf("%q: %d bytes for a trail of ten movements", more, n)
		}
	}
}

// TestStoreDisappears: while its files are whole the store answers; cut short under
// the server it is a problem and not the end; gone it is a problem, too.
func TestStoreDisappears(t *testing.T) {
	store := smallStore(t)
	s := newServer(t, Options{Store: store})
	put := func(theft string) *httptest.ResponseRecorder {
		w := ask(s, "POST", Prefix+"/trails", `{"store":true,"thefts":["`+theft+`"],"no_bounds":true,"policies":["fifo"]}`, "Content-Type: application/json")
		var a Asked
		if json.Unmarshal(w.Body.Bytes(), &a) == nil && a.Job != "" {
			s.jobs.wait(t.Context(), a.Job, time.Minute)
			return ask(s, "GET", Prefix+"/trails/"+a.Trail, "")
		}
		return w
	}
	if w := put("T=m2900"); w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if w := put("T=nothing"); w.Code != 422 && w.Code != 404 {
		t.Errorf("an unknown transfer: %d %s", w.Code, w.Body)
	}
	cut := 0
	if err := filepath.WalkDir(store.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) != ".json" {
			cut++
			return os.Truncate(path, 0)
		}
		return err
	}); err != nil || cut == 0 {
		t.Fatal(cut, err)
	}
	if w := put("U=m2"); w.Code != 503 || !strings.Contains(w.Body.String(), "its files changed") {
		t.Errorf("a store cut short: %d %s", w.Code, w.Body)
	}
	if err := os.RemoveAll(store.Dir()); err != nil {
		t.Fatal(err)
	}
	if w := put("V=m3"); w.Code != 503 || !strings.Contains(w.Body.String(), "the store is gone") || strings.Contains(w.Body.String(), store.Dir()) {
		t.Errorf("a store that is gone: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "GET", Prefix+"/about", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"there":false`) {
		t.Errorf("about: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "GET", Prefix+"/trails/bybit-2025", ""); w.Code != 200 {
		t.Errorf("a case inside: %d", w.Code)
	}
}

// TestNotesAreKept: in their folder, whole or not at all, over a restart; a file that
// is none is said at the start.
func TestNotesAreKept(t *testing.T) {
	dir := t.TempDir()
	first := newServer(t, Options{Notes: dir})
	if _, err := first.notes.put("bybit-2025", `"0"`, []Note{{ID: "a", Text: "kept"}}); err != nil {
		t.Fatal(err)
	}
	if w := ask(newServer(t, Options{Notes: dir}), "GET", Prefix+"/notes/bybit-2025", ""); !strings.Contains(w.Body.String(), `"text":"kept"`) {
		t.Errorf("after a restart: %s", w.Body)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := first.notes.put("bybit-2025", `"1"`, nil); err == nil || first.notes.get("bybit-2025").Version != 1 {
		t.Errorf("a folder that is gone: %v, version %d", err, first.notes.get("bybit-2025").Version)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Notes: dir}); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a file that is none: %v", err)
	}
}

// TestNotesOfManyTabs: of many writers with one version exactly one gets through.
func TestNotesOfManyTabs(t *testing.T) {
	s := newServer(t, Options{})
	var all sync.WaitGroup
	var mu sync.Mutex
	through := 0
	for i := range 50 {
		all.Go(func() {
			_, err := s.notes.put("t", `"0"`, []Note{{ID: fmt.Sprint(i)}})
			var p *Problem
			if err == nil {
				mu.Lock()
				through++
				mu.Unlock()
			} else if !errors.As(err, &p) || p.Status != 412 || p.Present.Version != 1 {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if through != 1 {
		t.Errorf("%d writers got through", through)
	}
}
