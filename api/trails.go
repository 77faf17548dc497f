package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/report"
)

// Question asks for a trail: of a case, or of the store. What is not set stays as
// the case says.
type Question struct {
	Case   string   `json:"case,omitempty" maxLength:"64" doc:"name of a case"`
	Store  bool     `json:"store,omitempty" doc:"ask of the open store instead; with a case, take its ledger from there"`
	Thefts []string `json:"thefts,omitempty" maxItems:"1000" doc:"NAME=TRANSFER or NAME=TX:VOUT: what it credited is stolen (of the store, without a case)"`
	inquiry.Settings
}

// Asked says where the answer to a question is, or will be.
type Asked struct {
	Trail string `json:"trail" doc:"the digest of the question with its data: the same question is the same trail"`
	State string `json:"state" enum:"queued,running,done,failed,cancelled"`
	Job   string `json:"job,omitempty" doc:"what computes it, while it is not done"`
}

// Trail is the head of an answer: all but places, flows and bounds.
type Trail struct {
	Asked
	Case     string                 `json:"case,omitempty"`
	Question Question               `json:"question" doc:"as it was asked"`
	Header   *report.HeaderRecord   `json:"header,omitempty" doc:"absent while the trail is computed, like all below"`
	Scopes   []report.ScopeRecord   `json:"scopes,omitempty" doc:"the views and assets in which there are amounts, in order"`
	Seeds    []report.SeedRecord    `json:"seeds,omitempty"`
	Warnings []report.WarningRecord `json:"warnings,omitempty"`
	Summary  *report.SummaryRecord  `json:"summary,omitempty" doc:"totals by view, asset and policy; counts; findings"`
	Groups   []string               `json:"groups,omitempty" doc:"places bounded together: GET .../bounds?of=group"`
	Skipped  int                    `json:"skipped" doc:"records of the data that were left out"`
	Mistaken int                    `json:"mistaken" doc:"findings that are not as the case expects"`
}

// TrailPath names a trail, or a case under its own settings.
type TrailPath struct {
	Trail string `path:"trail" maxLength:"64" doc:"id of a trail, or name of a case"`
}

var trailID = regexp.MustCompile(`^[0-9a-f]{24}$`)

// Waiting for an answer: a request for a trail waits a little, so that most come at
// once; those for a part of one wait longer, since they have nothing else to give.
const (
	askPatience  = 300 * time.Millisecond
	headPatience = 2 * time.Second
	partPatience = 30 * time.Second
)

func (s *Server) trailRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "ask", Method: http.MethodPost, Path: Prefix + "/trails",
		Summary: "Ask for a trail: of a case or the store, under conventions", Tags: []string{"trails"},
	}, func(ctx context.Context, in *struct{ Body Question }) (*struct {
		Status int
		Body   Asked
	}, error) {
		out := &struct {
			Status int
			Body   Asked
		}{Status: http.StatusOK}
		t, j, id, err := s.ask(ctx, in.Body, askPatience, true)
		if err != nil {
			return nil, err
		}
		out.Body = Asked{Trail: id, State: done}
		if t == nil {
			out.Status, out.Body.State, out.Body.Job = http.StatusAccepted, j.State, j.Job
		}
		return out, nil
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "trail", Method: http.MethodGet, Path: Prefix + "/trails/{trail}",
		Summary: "The head of a trail: what it rests on, totals, findings; 202 while it is computed", Tags: []string{"trails"},
	}, func(ctx context.Context, in *TrailPath) (*struct {
		Status int
		Body   Trail
	}, error) {
		t, j, id, err := s.find(ctx, in.Trail, headPatience)
		if err != nil {
			return nil, err
		}
		out := &struct {
			Status int
			Body   Trail
		}{Status: http.StatusOK}
		if t == nil {
			q, _, _ := s.trails.recall(id)
			out.Status, out.Body = http.StatusAccepted, Trail{Asked: Asked{id, j.State, j.Job}, Case: q.Case, Question: q}
			return out, nil
		}
		out.Body = t.head()
		return out, nil
	})
	s.recordRoutes()
	s.placeRoutes()
	s.pictureRoutes()
	s.exportRoutes()
}

func (t *trail) head() Trail {
	h, sum := t.records.Header(), t.records.Summary()
	out := Trail{
		Asked: Asked{Trail: t.id, State: done}, Case: t.question.Case, Question: t.question, Header: &h, Scopes: t.records.Scopes(),
		Seeds: t.records.Seeds(), Warnings: t.records.Warnings(), Summary: &sum, Skipped: t.skipped, Mistaken: t.wrong,
	}
	seen := map[string]bool{}
	for _, g := range t.doc.Trail.Groups {
		if !seen[g.Name] {
			out.Groups = append(out.Groups, g.Name)
		}
		seen[g.Name] = true
	}
	return out
}

// find gives a trail by its id, or that of a case under its own settings. One that
// was let go is computed again. Without a trail there is a job.
func (s *Server) find(ctx context.Context, name string, patience time.Duration) (*trail, Job, string, error) {
	if trailID.MatchString(name) {
		if t := s.trails.get(name); t != nil {
			return t, Job{}, name, nil
		}
		q, _, ok := s.trails.recall(name)
		if !ok {
			return nil, Job{}, "", problem(http.StatusNotFound, "there is no trail "+quoted(name), "ask for it again: POST /api/v1/trails gives the same question the same id")
		}
		return s.ask(ctx, q, patience, false)
	}
	if !caseName.MatchString(name) {
		return nil, Job{}, "", problem(http.StatusNotFound, "there is no trail "+quoted(name), "name a case (GET /api/v1/cases), or a trail that was asked for (POST /api/v1/trails)")
	}
	if id := s.cases.trailOf(name); id != "" {
		if t := s.trails.get(id); t != nil {
			return t, Job{}, id, nil
		}
	}
	return s.ask(ctx, Question{Case: name}, patience, false)
}

// ready gives a trail, or says that it is still computed.
func (s *Server) ready(ctx context.Context, name string) (*trail, error) {
	t, j, _, err := s.find(ctx, name, partPatience)
	if t != nil || err != nil {
		return t, err
	}
	p := busy(http.StatusServiceUnavailable, "the trail is still being computed", "wait for the job to end, then ask again")
	p.Job = j.Job
	return nil, p
}

// ask answers a question: from what is kept, by the job that is at it already, or
// by a new one; and waits for it for a while. What failed or was cancelled is tried
// again only by who asks anew, not by who looks.
func (s *Server) ask(ctx context.Context, q Question, patience time.Duration, anew bool) (*trail, Job, string, error) {
	id, cs, err := s.identify(q)
	if err != nil {
		return nil, Job{}, "", err
	}
	if t := s.trails.get(id); t != nil {
		return t, Job{}, id, nil
	}
	job, err := s.join(id, q, cs, anew)
	if err != nil {
		return nil, Job{}, id, err
	}
	j := s.jobs.wait(ctx, job, patience)
	switch j.State {
	case failed:
		return nil, j, id, j.Problem
	case cancelled:
		return nil, j, id, problem(http.StatusConflict, "the job was cancelled", "ask again: POST /api/v1/trails")
	case done:
		if t := s.trails.get(id); t != nil {
			return t, j, id, nil
		}
		return nil, j, id, busy(http.StatusServiceUnavailable, "the trail was let go to make room", "ask again")
	}
	return nil, j, id, nil
}

// join gives the job that answers a question, and starts one when none does.
func (s *Server) join(id string, q Question, cs *casefile.Case, anew bool) (string, error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	if _, job, ok := s.trails.recall(id); ok {
		j, _, ok := s.jobs.look(job)
		if ok && (!j.ended() || j.State == done && s.trails.get(id) != nil || j.State != done && !anew) {
			return job, nil
		}
	}
	j, err := s.jobs.start(id, func(ctx context.Context, step func(string, int, int)) error {
		t, err := s.answer(ctx, id, q, cs, step)
		if err == nil {
			s.trails.put(t)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	s.trails.remember(id, q, j.Job.Job)
	return j.Job.Job, nil
}

// identify checks a question and names it by the digest of its data and settings.
func (s *Server) identify(q Question) (id string, cs *casefile.Case, err error) {
	h := sha256.New()
	switch {
	case q.Case == "" && !q.Store:
		return "", nil, problem(http.StatusUnprocessableEntity, "the question names no case and no store", "give case, a name of GET /api/v1/cases")
	case q.Case != "" && len(q.Thefts) > 0:
		return "", nil, problem(http.StatusUnprocessableEntity, "thefts go with the store; a case names its own", "leave thefts out, or make a case: POST /api/v1/cases")
	case q.Case == "" && len(q.Thefts) == 0:
		return "", nil, problem(http.StatusUnprocessableEntity, "no theft is named", "thefts: NAME=TRANSFER or NAME=TX:VOUT")
	}
	if q.Case != "" {
		var origin string
		if cs, origin, err = s.cases.open(q.Case); err != nil {
			return "", nil, err
		}
		if origin != "file" && reflect.DeepEqual(q, Question{Case: q.Case}) {
			defer func() { s.cases.setTrail(q.Case, id) }()
		}
		sum, err := s.cases.digest(cs)
		if err != nil {
			return "", nil, err
		}
		io.WriteString(h, sum)
		for _, b := range s.books {
			io.WriteString(h, b.Name+" "+b.SHA256+"\n")
		}
		cs.Books = s.books
	}
	if q.Store {
		if err := s.storeThere(); err != nil {
			return "", nil, err
		}
		if err := json.NewEncoder(h).Encode(s.o.Store.Info()); err != nil {
			return "", nil, err
		}
	}
	if err := json.NewEncoder(h).Encode(q); err != nil {
		return "", nil, err
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), cs, nil
}

// storeThere reports whether there is a store, and whether its folder is still
// where it was.
func (s *Server) storeThere() error {
	if s.o.Store == nil {
		return problem(http.StatusNotFound, "no store is open", "start coldtrail serve with --store FOLDER")
	}
	if _, err := os.Stat(s.o.Store.Dir()); err != nil {
		s.o.Log.Error("the store is gone", "err", err) // with its path, which a reader elsewhere need not know
		return problem(http.StatusServiceUnavailable, "the store is gone: its folder cannot be read", "bring the folder back, and start coldtrail serve again")
	}
	return nil
}

// answer computes a trail.
func (s *Server) answer(ctx context.Context, id string, q Question, cs *casefile.Case, step func(string, int, int)) (*trail, error) {
	step("load", 0, 0)
	var in *inquiry.Inquiry
	if cs == nil {
		marks, err := inquiry.Marks(q.Thefts)
		if err != nil {
			return nil, err
		}
		in = inquiry.OfStore(s.o.Store, s.o.Tool, marks)
	} else {
		var stored []graph.Graph
		if q.Store {
			stored = append(stored, s.o.Store)
		}
		err := q.Settings.Prepare(cs)
		if err != nil {
			return nil, err
		}
		in, err = inquiry.OfCase(ctx, cs, s.o.Tool, stored...)
		if errors.Is(err, inquiry.ErrNoTheft) {
			return nil, problem(http.StatusUnprocessableEntity, err.Error(), "GET /api/v1/cases/"+q.Case+" has its payments")
		}
		if err != nil {
			return nil, err
		}
	}
	if err := q.Settings.Apply(in); err != nil {
		return nil, err
	}
	in.Question.Progress = step
	if err := in.Answer(ctx); err != nil {
		return nil, err
	}
	records, err := report.NewRecords(&in.Document, report.Options{})
	if err != nil {
		return nil, err
	}
	return &trail{id: id, question: q, doc: &in.Document, records: records, skipped: in.Skipped, wrong: in.Mismatches, bytes: bytesOf(in, s.onDisk(q, cs)) + q.bytes()}, nil
}

// onDisk counts the transfers that a question reads from the store, through whatever
// is laid over it.
func (s *Server) onDisk(q Question, cs *casefile.Case) int {
	if !q.Store {
		return 0
	}
	info := s.o.Store.Info()
	if cs != nil && !slices.ContainsFunc(cs.Ledgers, func(l casefile.Ledger) bool { return l.ID == info.Ledgers[0].ID }) {
		return 0
	}
	return info.Transfers
}
