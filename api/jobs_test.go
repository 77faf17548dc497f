package api

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// held is work that runs until it is let go or cancelled, and then ends as end says.
func held(let <-chan bool, end func(ctx context.Context) error) func(context.Context, func(string, int, int)) error {
	return func(ctx context.Context, told func(string, int, int)) error {
		told("working", 1, 2)
		select {
		case <-let:
		case <-ctx.Done():
		}
		return end(ctx)
	}
}

// TestCancelAtEachStage: a job that waits is cancelled at once, one that runs when it
// looks, one that ended keeps its end, and whoever watches hears of each change.
func TestCancelAtEachStage(t *testing.T) {
	js := newJobs(func(string, any) *Problem { return problem(500, "a defect", "") })
	t.Cleanup(js.close)
	start := func(work func(context.Context, func(string, int, int)) error) string {
		t.Helper()
		j, err := js.start("t", work)
		if err != nil {
			t.Fatal(err)
		}
		return j.Job.Job
	}
	end := func(id, want string) {
		t.Helper()
		if j := js.wait(t.Context(), id, time.Minute); j.State != want {
			t.Errorf("job is %s, want %s (%+v)", j.State, want, j.Problem)
		}
	}
	let := make(chan bool)
	obeys := start(held(let, func(ctx context.Context) error { return ctx.Err() }))
	finishes := start(held(let, func(context.Context) error { return nil })) // it was as good as done
	fails := start(held(let, func(ctx context.Context) error { return errors.New("no memory") }))
	panics := start(held(let, func(context.Context) error { panic("a defect") }))
	last := start(held(let, func(context.Context) error { return nil }))
	if runs, waits := js.count(); runs != runningLimit || waits != 3 {
		t.Fatalf("%d run, %d wait", runs, waits)
	}
	_, changed, _ := js.look(last)
	if j, ok := js.stop(panics); !ok || j.State != cancelled {
		t.Errorf("one that waits: %+v", j)
	}
	select {
	case <-changed:
	default:
		t.Error("whoever watches the next in the queue was not told that it is nearer")
	}
	if j, _, _ := js.look(last); j.Ahead != 1 {
		t.Errorf("%d are ahead of the last", j.Ahead)
	}
	for _, id := range []string{obeys, finishes} {
		if _, ok := js.stop(id); !ok {
			t.Error("a job that runs is not known")
		}
	}
	end(obeys, cancelled)
	end(finishes, done)
	close(let)
	end(fails, failed)
	end(last, done)
	for id, state := range map[string]string{obeys: cancelled, finishes: done, fails: failed, panics: cancelled, last: done} {
		if j, ok := js.stop(id); !ok || j.State != state {
			t.Errorf("cancelled after its end, %s became %s", state, j.State)
		}
	}
	if _, ok := js.stop("none"); ok {
		t.Error("a job that never was is cancelled")
	}
}

// TestJobsEnd: the end of the server ends every job, and begins none.
func TestJobsEnd(t *testing.T) {
	js := newJobs(nil)
	var ids []string
	for i := range queueLimit + runningLimit {
		j, err := js.start(fmt.Sprint(i), held(nil, func(ctx context.Context) error { return ctx.Err() }))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, j.Job.Job)
	}
	var p *Problem
	if _, err := js.start("more", nil); !errors.As(err, &p) || p.Status != 429 || p.Hint == "" {
		t.Errorf("beyond the queue: %v", err)
	}
	js.close()
	for _, id := range ids {
		if j, _, ok := js.look(id); !ok || j.State != cancelled {
			t.Errorf("after the end: %+v", j)
		}
	}
	if _, err := js.start("more", nil); !errors.As(err, &p) || p.Status != 503 || p.Hint == "" {
		t.Errorf("after the end: %v", err)
	}
}
