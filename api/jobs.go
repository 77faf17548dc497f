package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// States of a job.
const (
	queued    = "queued"
	running   = "running"
	done      = "done"
	failed    = "failed"
	cancelled = "cancelled"
)

// Job is long work: a trace with its bounds.
type Job struct {
	Job   string `json:"job"`
	Trail string `json:"trail,omitempty" doc:"what it computes"`
	State string `json:"state" enum:"queued,running,done,failed,cancelled"`
	Stage string `json:"stage,omitempty" doc:"what is being done"`
	Done  int    `json:"done" doc:"of the stage"`
	Total int    `json:"total" doc:"of the stage; 0: not known"`
	// Ahead is how many jobs go first.
	Ahead   int      `json:"ahead,omitempty" doc:"jobs that go first"`
	Problem *Problem `json:"problem,omitempty" doc:"why it failed"`
}

// jobs runs few jobs at a time and lets the others wait, in order. A job goes on
// whoever watches it; it ends early only when it is cancelled.
type jobs struct {
	mu      sync.Mutex
	by      map[string]*job
	order   []*job // that have not begun, then in turn
	past    []*job // that ended, oldest first
	running int
	broken  func(where string, v any) *Problem
	all     sync.WaitGroup
	closed  bool
}

// job is one of them. Its fields are held by the lock of jobs.
type job struct {
	Job
	work    func(context.Context, func(stage string, done, total int)) error
	cancel  context.CancelFunc
	ctx     context.Context
	changed chan struct{} // closed at the next change: whoever waits looks again
}

// pastLimit is how many ended jobs can still be asked for.
const pastLimit = 200

func newJobs(broken func(string, any) *Problem) *jobs {
	return &jobs{by: map[string]*job{}, broken: broken}
}

// start queues work. Errors: 429 when too much waits.
func (js *jobs) start(trail string, work func(context.Context, func(string, int, int)) error) (*job, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	if js.closed {
		return nil, busy(http.StatusServiceUnavailable, "the server is ending", "start coldtrail serve again")
	}
	if len(js.order) >= queueLimit {
		return nil, busy(http.StatusTooManyRequests, "too many jobs wait already", "wait for one to end, or cancel one: DELETE /api/v1/jobs/JOB")
	}
	j := &job{Job: Job{Job: rand.Text()[:16], Trail: trail, State: queued}, work: work, changed: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancel(context.Background())
	js.by[j.Job.Job] = j
	js.order = append(js.order, j)
	js.next()
	return j, nil
}

// next begins jobs while there is room. The lock is held.
func (js *jobs) next() {
	for js.running < runningLimit && len(js.order) > 0 && !js.closed {
		j := js.order[0]
		js.order = js.order[1:]
		js.running++
		j.State = running
		js.tell(j)
		js.all.Add(1)
		go js.run(j)
	}
	for _, j := range js.order {
		js.tell(j) // their place in the queue changed
	}
}

func (js *jobs) run(j *job) {
	defer js.all.Done()
	p := js.safely(j)
	js.mu.Lock()
	defer js.mu.Unlock()
	js.running--
	switch {
	case p == nil:
		j.State = done
	case j.ctx.Err() != nil:
		j.State = cancelled
	default:
		j.State, j.Problem = failed, p
	}
	j.cancel()
	j.work = nil
	js.ended(j)
	js.next()
}

// safely does the work; a panic is a failure of this job alone.
func (js *jobs) safely(j *job) (p *Problem) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			p = js.broken("job "+j.Job.Trail, v)
		}
	}()
	err := j.work(j.ctx, func(stage string, n, total int) {
		js.mu.Lock()
		defer js.mu.Unlock()
		j.Stage, j.Done, j.Total = stage, n, total
		js.tell(j)
	})
	if err != nil {
		return problemOf(err)
	}
	return nil
}

// ended moves a job to those past and forgets the oldest. The lock is held.
func (js *jobs) ended(j *job) {
	js.past = append(js.past, j)
	if len(js.past) > pastLimit {
		delete(js.by, js.past[0].Job.Job)
		js.past = slices.Delete(js.past, 0, 1)
	}
	js.tell(j)
}

// tell wakes whoever watches. The lock is held.
func (js *jobs) tell(j *job) {
	close(j.changed)
	j.changed = make(chan struct{})
}

// look says how a job stands, and gives a channel that closes at the next change.
func (js *jobs) look(id string) (Job, <-chan struct{}, bool) {
	js.mu.Lock()
	defer js.mu.Unlock()
	j := js.by[id]
	if j == nil {
		return Job{}, nil, false
	}
	out := j.Job
	out.Ahead = max(0, slices.Index(js.order, j))
	return out, j.changed, true
}

// wait waits for the end of a job, for some time at most.
func (js *jobs) wait(ctx context.Context, id string, most time.Duration) Job {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		j, changed, ok := js.look(id)
		if !ok || j.ended() {
			return j
		}
		select {
		case <-changed:
		case <-timer.C:
			return j
		case <-ctx.Done():
			return j
		}
	}
}

func (j *Job) ended() bool { return j.State == done || j.State == failed || j.State == cancelled }

// stop cancels a job: one that waits at once, one that runs as soon as it looks.
func (js *jobs) stop(id string) (Job, bool) {
	js.mu.Lock()
	defer js.mu.Unlock()
	j := js.by[id]
	if j == nil {
		return Job{}, false
	}
	j.cancel()
	if i := slices.Index(js.order, j); i >= 0 {
		js.order = slices.Delete(js.order, i, i+1)
		j.State, j.work = cancelled, nil
		js.ended(j)
		for _, other := range js.order[i:] {
			js.tell(other) // their place in the queue changed
		}
	}
	return j.Job, true
}

// open lists the jobs that run, then those that wait, in turn.
func (js *jobs) open() []Job {
	js.mu.Lock()
	defer js.mu.Unlock()
	out := []Job{}
	for _, j := range js.by {
		if j.State == running {
			out = append(out, j.Job)
		}
	}
	slices.SortFunc(out, func(a, b Job) int { return strings.Compare(a.Job, b.Job) })
	for i, j := range js.order {
		one := j.Job
		one.Ahead = i
		out = append(out, one)
	}
	return out
}

// count says how many jobs run and wait.
func (js *jobs) count() (runs, waits int) {
	js.mu.Lock()
	defer js.mu.Unlock()
	return js.running, len(js.order)
}

// close cancels everything and waits for what runs.
func (js *jobs) close() {
	js.mu.Lock()
	js.closed = true
	for _, j := range js.by {
		j.cancel()
	}
	for _, j := range slices.Clone(js.order) {
		j.State = cancelled
		js.ended(j)
	}
	js.order = nil
	js.mu.Unlock()
	js.all.Wait()
}
