package api

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/money"
)

// The limits of a server. They bound memory, disk and time whatever is asked.
const (
	bodyLimit    = 4 << 20   // bytes of a JSON body
	fileLimit    = 64 << 20  // bytes of an uploaded file
	uploadLimit  = 256 << 20 // bytes of an upload
	caseLimit    = 1 << 20   // bytes of a case file
	madeLimit    = 1 << 30   // bytes of all cases made here
	madeLines    = 1_000_000 // lines of the files of a case made here, each as often as it is read
	madeCases    = 100       // how many
	requestLimit = 512       // requests at a time
	largeBody    = 256 << 10 // bytes from which a body is large
	largeLimit   = 8         // large bodies at a time
	exportLimit  = 4         // exports at a time
	streamLimit  = 200       // event streams at a time
	runningLimit = 2         // jobs at a time
	queueLimit   = 64        // jobs that wait
	answerTime   = time.Minute
	streamTime   = 15 * time.Minute // of an upload or an export
)

// uploads are the paths that take files.
var uploads = map[string]bool{Prefix + "/cases": true, Prefix + "/cases/preview": true}

// limited gives every operation that takes a body the same limits; the guard's, which
// takes transactions of Bitcoin whole, has its own larger one.
func limited(_ *huma.OpenAPI, op *huma.Operation) {
	if op.MaxBodyBytes > 0 {
		op.MaxBodyBytes = max(op.MaxBodyBytes, bodyLimit)
	}
	if op.BodyReadTimeout > 0 {
		op.BodyReadTimeout = 30 * time.Second
	}
}

// isStream reports the path of an event stream.
func isStream(path string) bool {
	job, ok := strings.CutPrefix(path, Prefix+"/jobs/")
	job, ends := strings.CutSuffix(job, "/events")
	return ok && ends && !strings.Contains(job, "/")
}

// isExport reports the path of an export.
func isExport(path string) bool {
	trail, ok := strings.CutPrefix(path, Prefix+"/trails/")
	trail, ends := strings.CutSuffix(trail, "/export")
	return ok && ends && !strings.Contains(trail, "/")
}

// bounded keeps the number and the time of requests within limits, and turns a
// panic into a problem. A memory fault becomes a panic: it is what reading a store
// gives whose files were cut short meanwhile.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isStream(r.URL.Path) {
			next.ServeHTTP(w, r) // counted and timed where they are served
			return
		}
		select {
		case s.requests <- struct{}{}:
			defer func() { <-s.requests }()
		default:
			refuse(w, busy(http.StatusServiceUnavailable, "too many requests at a time", "ask again in a while"))
			return
		}
		if !uploads[r.URL.Path] && (r.ContentLength > largeBody || r.ContentLength < 0) { // held in memory, several times over
			select {
			case s.bodies <- struct{}{}:
				defer func() { <-s.bodies }()
			default:
				refuse(w, busy(http.StatusServiceUnavailable, "too many large requests at a time", "ask again in a while"))
				return
			}
		}
		limit := answerTime
		if uploads[r.URL.Path] || isExport(r.URL.Path) {
			limit = streamTime
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(limit))
		}
		// The connection ends a little later than the work, so that its end can be told.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + 10*time.Second))
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer s.recovered(w, r)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// recovered answers a panic with a problem, when nothing was sent yet.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) || r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
	if a, ok := w.(*reply); ok && a.passing {
		s.o.Log.Error("an answer broke off", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
		panic(http.ErrAbortHandler)
	} else if ok {
		a.decided, a.held = false, nil
		clear(a.Header())
		policies(a.Header())
	}
	refuse(w, s.broken(r.URL.Path, v))
}

// broken is the problem of a panic. A fault of memory has an address: the files of
// a store went away under it. A sum beyond 128 bits is of the data: reports add up
// without asking, and spam tokens have amounts of which two are too many.
func (s *Server) broken(where string, v any) *Problem {
	if graph.Torn(v) != nil {
		s.o.Log.Error("a store could not be read", "path", where, "panic", v)
		return problem(http.StatusServiceUnavailable, "the store could not be read: its files changed while it was open", "start coldtrail serve again; coldtrail graph check says whether the store is whole")
	}
	if err, ok := v.(error); ok && errors.Is(err, money.ErrOverflow) {
		return problemOf(err)
	}
	s.o.Log.Error("a request failed", "path", where, "panic", v, "stack", string(debug.Stack()))
	return problem(http.StatusInternalServerError, "this is a defect of coldtrail", "please report it, with what the server printed")
}

// work waits for a place among heavy work, of which as much is done at a time as
// there are processors. The caller ends it.
func (s *Server) work(ctx context.Context) (end func(), err error) {
	select {
	case s.heavy <- struct{}{}:
		return func() { <-s.heavy }, nil
	default:
	}
	select {
	case s.heavy <- struct{}{}:
		return func() { <-s.heavy }, nil
	case <-ctx.Done():
		return nil, busy(http.StatusServiceUnavailable, "the server is busy", "ask again in a while")
	}
}

func processors() int { return max(2, runtime.GOMAXPROCS(0)) }
