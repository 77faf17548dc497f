package api

import (
	"slices"
	"sync"

	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// trail is an answered question. Nothing in it changes any more.
type trail struct {
	id       string
	question Question
	doc      *report.Document
	records  *report.Records // of all views and assets
	skipped  int
	wrong    int // findings that are a mismatch

	near  sync.Mutex
	hops  map[string][]int // of the places, by view
	bytes int64
}

// keptTrails is how many trails are kept at most, askedTrails how many questions
// are remembered, in how many bytes, to be answered again when they are asked for.
const (
	keptTrails  = 64
	askedTrails = 2000
	askedBytes  = 64 << 20
)

// trails keeps the trails that were asked for last, within a bound of memory, and
// remembers the questions of the others.
type trails struct {
	mu    sync.Mutex
	limit int64
	bytes int64
	kept  map[string]*trail
	used  []string // ids of kept, the longest unused first
	asked map[string]*asked
	first []string // ids of asked, the oldest first
	words int64    // bytes of asked
}

// asked is a question by its trail, with the last job that answers it.
type asked struct {
	question Question
	job      string
}

func newTrails(limit int64) *trails {
	return &trails{limit: limit, kept: map[string]*trail{}, asked: map[string]*asked{}}
}

// get finds a trail that is kept.
func (ts *trails) get(id string) *trail {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := ts.kept[id]
	if t != nil {
		i := slices.Index(ts.used, id)
		ts.used = append(slices.Delete(ts.used, i, i+1), id)
	}
	return t
}

// put keeps a trail and lets go of others while there is too much. The last is
// always kept, however large.
func (ts *trails) put(t *trail) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if old := ts.kept[t.id]; old != nil {
		ts.drop(t.id)
	}
	ts.kept[t.id] = t
	ts.used = append(ts.used, t.id)
	ts.bytes += t.bytes
	for len(ts.used) > 1 && (ts.bytes > ts.limit || len(ts.used) > keptTrails) {
		ts.drop(ts.used[0])
	}
}

func (ts *trails) drop(id string) {
	ts.bytes -= ts.kept[id].bytes
	delete(ts.kept, id)
	i := slices.Index(ts.used, id)
	ts.used = slices.Delete(ts.used, i, i+1)
}

// remember keeps a question with its job.
func (ts *trails) remember(id string, q Question, job string) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if a := ts.asked[id]; a != nil {
		a.job = job
		return
	}
	ts.asked[id] = &asked{q, job}
	ts.first = append(ts.first, id)
	ts.words += q.bytes()
	for len(ts.first) > askedTrails || ts.words > askedBytes && len(ts.first) > 1 {
		ts.words -= ts.asked[ts.first[0]].question.bytes()
		delete(ts.asked, ts.first[0])
		ts.first = slices.Delete(ts.first, 0, 1)
	}
}

// bytes is the memory of a question, by its texts.
func (q *Question) bytes() int64 {
	sum := 200
	for _, list := range [][]string{q.Thefts, q.Policies, q.Through, q.Boundaries, q.Groups} {
		for _, s := range list {
			sum += 16 + len(s)
		}
	}
	return int64(sum)
}

// recall gives a question that was asked before.
func (ts *trails) recall(id string) (Question, string, bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if a := ts.asked[id]; a != nil {
		return a.question, a.job, true
	}
	return Question{}, "", false
}

// usage says how much is kept.
func (ts *trails) usage() (n int, bytes int64) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return len(ts.used), ts.bytes
}

// bytesOf estimates the memory of a trail with its graph: what the records have,
// by count, but for the transfers that stay on disk.
func bytesOf(q *inquiry.Inquiry, onDisk int) int64 {
	t := q.Document.Trail
	figures := func(fs []trace.Figures) int64 {
		n := int64(len(fs)) * int64(16*len(t.Policies)+120)
		for _, f := range fs {
			if f.Bound != nil {
				n += 100 + 150*int64(len(f.Bound.CutU)+len(f.Bound.CutL))
			}
		}
		return n
	}
	sum := int64(1 << 16)
	for i := range t.Hops {
		sum += 600 + 2*figures(t.Hops[i].Figures) // with its edges in the networks
	}
	for _, p := range t.Places {
		sum += 500 + 80*int64(len(p.Accounts)) + figures(p.Figures)
	}
	for i := range t.Groups {
		sum += 200 + figures(t.Groups[i].Figures)
	}
	return sum + 900*int64(q.Graph.Info().Transfers-onDisk)
}
