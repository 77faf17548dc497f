package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// JobPath names a job.
type JobPath struct {
	Job string `path:"job" maxLength:"64"`
}

// Jobs are those that run and wait.
type Jobs struct {
	Records []Job `json:"records" doc:"those that run, then those that wait, in turn"`
}

func (s *Server) jobRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "jobs", Method: http.MethodGet, Path: Prefix + "/jobs",
		Summary: "The jobs that run and wait: what to cancel when too much waits", Tags: []string{"jobs"},
	}, func(context.Context, *struct{}) (*struct {
		CacheControl string `header:"Cache-Control"`
		Body         Jobs
	}, error) {
		return &struct {
			CacheControl string `header:"Cache-Control"`
			Body         Jobs
		}{"no-store", Jobs{s.jobs.open()}}, nil
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "job", Method: http.MethodGet, Path: Prefix + "/jobs/{job}",
		Summary: "How a job stands", Tags: []string{"jobs"},
	}, func(_ context.Context, in *JobPath) (*struct {
		CacheControl string `header:"Cache-Control"`
		Body         Job
	}, error) {
		j, _, ok := s.jobs.look(in.Job)
		if !ok {
			return nil, noJob()
		}
		return &struct {
			CacheControl string `header:"Cache-Control"`
			Body         Job
		}{"no-store", j}, nil
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "cancel-job", Method: http.MethodDelete, Path: Prefix + "/jobs/{job}",
		Summary: "Cancel a job", Tags: []string{"jobs"},
	}, func(_ context.Context, in *JobPath) (*struct{ Body Job }, error) {
		j, ok := s.jobs.stop(in.Job)
		if !ok {
			return nil, noJob()
		}
		return &struct{ Body Job }{j}, nil
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "job-events", Method: http.MethodGet, Path: Prefix + "/jobs/{job}/events",
		Summary: "The progress of a job, as server-sent events: progress, then done, failed or cancelled, each with the job as JSON", Tags: []string{"jobs"},
		Responses: map[string]*huma.Response{"200": {Description: "events", Content: map[string]*huma.MediaType{"text/event-stream": {}}}},
	}, func(_ context.Context, in *JobPath) (*huma.StreamResponse, error) {
		if _, _, ok := s.jobs.look(in.Job); !ok {
			return nil, noJob()
		}
		select {
		case s.streams <- struct{}{}:
		default:
			return nil, busy(http.StatusServiceUnavailable, "too many event streams are open", "close other pages, or ask GET /api/v1/jobs/JOB now and then")
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			defer func() { <-s.streams }()
			s.events(ctx, in.Job)
		}}, nil
	})
}

func noJob() *Problem {
	return problem(http.StatusNotFound, "no such job", "jobs that ended are forgotten after a while: ask for the trail")
}

// eventPause is the least time between two events of progress: a reader needs no
// more, and a slow one falls behind by no more than the last.
const eventPause = 100 * time.Millisecond

// events writes how a job goes on until it ends or nobody reads. The job knows
// nothing of it: a reader that is slow or gone holds up only this stream.
func (s *Server) events(ctx huma.Context, id string) {
	ctx.SetHeader("Content-Type", "text/event-stream")
	ctx.SetHeader("Cache-Control", "no-store")
	w := ctx.BodyWriter().(http.ResponseWriter)
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // a stream outlives the time for a request to arrive
	beat := time.NewTicker(s.heartbeat)
	defer beat.Stop()
	send := func(format string, args ...any) bool {
		_ = c.SetWriteDeadline(time.Now().Add(10 * time.Second))
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && c.Flush() == nil
	}
	for {
		j, changed, ok := s.jobs.look(id)
		if !ok {
			return
		}
		name := "progress"
		if j.ended() {
			name = j.State
		}
		text, _ := json.Marshal(j) // strings and numbers only
		if !send("event: %s\ndata: %s\n\n", name, text) || j.ended() {
			return
		}
		pause := time.After(eventPause)
		for changed != nil || pause != nil {
			select {
			case <-changed:
				changed = nil
				if j, _, ok := s.jobs.look(id); !ok || j.ended() {
					pause = nil
				}
			case <-pause:
				pause = nil
			case <-beat.C:
				if !send(": still here\n\n") {
					return
				}
			case <-s.closed:
				return
			case <-ctx.Context().Done():
				return
			}
		}
	}
}
