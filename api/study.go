package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/study"
)

// StudyQuestion is what a study is a function of, beside the register: a policy of
// it, and what a reader changes of that policy. Blank changes nothing.
type StudyQuestion struct {
	Policy        string `query:"policy" default:"default" doc:"id of a policy of the register"`
	Actor         string `query:"actor" doc:"whom the study is about; blank: the DPRK"`
	Basis         string `query:"basis" doc:"attempted, executed, left_control, net, ..."`
	Valuation     string `query:"valuation" doc:"as_booked, at_theft or as_of:DATE"`
	AsKnownOn     string `query:"as_known_on" doc:"a day, or now"`
	Scope         string `query:"scope" doc:"words with commas between: theft,near_miss"`
	Sectors       string `query:"sectors" doc:"kinds of victims with commas between; all: every kind"`
	From          string `query:"from" doc:"first day"`
	To            string `query:"to" doc:"last day"`
	MinConfidence string `query:"min_confidence" doc:"low, moderate or high"`
	MinStatus     string `query:"min_status" doc:"claimed, assessed, indicted, sanctioned or convicted"`
	Disputed      string `query:"disputed" doc:"include, exclude or interval"`
	Reviewed      string `query:"reviewed_only" doc:"true or false"`
}

// StudyAnswer is a study with what made it.
type StudyAnswer struct {
	Schema string `json:"schema"`
	Tool   string `json:"tool"`
	*study.Study
	Policies []PolicyChoice `json:"policies" doc:"the policies of the register, to begin from"`
	Figures  []string       `json:"figures" doc:"names of the pictures"`
	Tables   []string       `json:"tables" doc:"names of the tables that can be had as CSV"`
}

// PolicyChoice is a policy of the register with what it sets.
type PolicyChoice struct {
	ID            string   `json:"id"`
	Title         string   `json:"title"`
	Basis         string   `json:"basis"`
	Valuation     string   `json:"valuation"`
	AsKnownOn     string   `json:"as_known_on"`
	Scope         []string `json:"scope"`
	Sectors       []string `json:"sectors" doc:"empty: every kind"`
	From          string   `json:"from"`
	To            string   `json:"to"`
	MinConfidence string   `json:"min_confidence"`
	MinStatus     string   `json:"min_status"`
	Disputed      string   `json:"disputed"`
	Reviewed      bool     `json:"reviewed_only"`
	Note          string   `json:"note,omitempty"`
}

func (s *Server) studyRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "study", Method: http.MethodGet, Path: Prefix + "/study", Tags: []string{"study"},
		Summary:     "The study under a policy",
		Description: "The tables of coldtrail study --json as one object. Any part of the policy can be changed; the header says what was used.",
	}, s.getStudy)
	huma.Register(s.api, huma.Operation{
		OperationID: "study-number", Method: http.MethodGet, Path: Prefix + "/study/numbers/{id}", Tags: []string{"study"},
		Summary: "What stands behind one number: its incidents, claims and sources",
	}, s.getNumber)
	huma.Register(s.api, huma.Operation{
		OperationID: "study-figure", Method: http.MethodGet, Path: Prefix + "/study/figures/{name}", Tags: []string{"study"},
		Summary: "A picture of the study, SVG", Responses: fileResponse("image/svg+xml"),
	}, s.getFigure)
	huma.Register(s.api, huma.Operation{
		OperationID: "study-table", Method: http.MethodGet, Path: Prefix + "/study/tables/{name}", Tags: []string{"study"},
		Summary: "A table of the study, CSV", Responses: fileResponse("text/csv"),
	}, s.getTable)
}

// fileResponse describes an answer that is a file.
func fileResponse(contentType string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {
		Description: "the file", Content: map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
}

// File is an answer that is a file.
type File struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Server) getStudy(ctx context.Context, q *struct {
	StudyQuestion
	Parts string `query:"parts" doc:"only these tables, with commas between; header, front and sizes are always there, and the other tables are empty"`
}) (*struct{ Body StudyAnswer }, error) {
	st, err := s.studyOf(ctx, &q.StudyQuestion)
	if err != nil {
		return nil, err
	}
	tables, err := report.StudyTables(st)
	if err != nil {
		return nil, err
	}
	part, err := partOf(st, q.Parts)
	if err != nil {
		return nil, err
	}
	a := StudyAnswer{Schema: study.Schema, Tool: s.o.Tool, Study: part, Figures: report.StudyFigures(), Tables: tables}
	for _, p := range s.o.Register.Policies {
		a.Policies = append(a.Policies, policyChoice(p))
	}
	return &struct{ Body StudyAnswer }{a}, nil
}

// partOf is a study with some of its tables, the others empty; blank is all of them.
func partOf(st *study.Study, parts string) (*study.Study, error) {
	if parts == "" {
		return st, nil
	}
	whole, out := reflect.ValueOf(st).Elem(), &study.Study{Header: st.Header, Front: st.Front, Sizes: st.Sizes} // amounts without terms refuse to be written
	for i := range whole.NumField() {
		if f := reflect.ValueOf(out).Elem().Field(i); f.Kind() == reflect.Slice {
			f.Set(reflect.MakeSlice(f.Type(), 0, 0))
		}
	}
	for name := range strings.SplitSeq(parts, ",") {
		found := false
		for i := range whole.NumField() {
			if whole.Type().Field(i).Tag.Get("json") == name {
				reflect.ValueOf(out).Elem().Field(i).Set(whole.Field(i))
				found = true
			}
		}
		if !found {
			return nil, huma.Error422UnprocessableEntity(fmt.Sprintf("the study has no table %s", quoted(name)))
		}
	}
	return out, nil
}

func policyChoice(p *heist.Policy) PolicyChoice {
	return PolicyChoice{p.ID, p.Title, p.Basis, p.Valuation, p.AsKnownOn, words(p.Scope), words(p.Sectors), p.Period.From.String(), p.Period.To.String(),
		string(p.Attribution.MinConfidence), string(p.Attribution.MinStatus), p.Attribution.Disputed, p.Reviewed, p.Note}
}

func words[T ~string](in []T) []string {
	out := []string{}
	for _, w := range in {
		out = append(out, string(w))
	}
	return out
}

// studyOf builds the study of a question, or gives the one that it built before.
func (s *Server) studyOf(ctx context.Context, q *StudyQuestion) (*study.Study, error) {
	p, err := s.policy(q)
	if err != nil {
		return nil, err
	}
	return s.studies.get(ctx, fmt.Sprintf("%q", *q), func(ctx context.Context) (*study.Study, error) {
		end, err := s.work(ctx)
		if err != nil {
			return nil, err
		}
		defer end()
		st, err := study.Build(s.o.Register, p, q.Actor)
		if err != nil {
			return nil, huma.Error422UnprocessableEntity(err.Error())
		}
		return st, nil
	})
}

// policy is the register's policy with the question's changes, named in its id so
// that no figure passes for the unchanged one's.
func (s *Server) policy(q *StudyQuestion) (*heist.Policy, error) {
	base := s.o.Register.Policy(q.Policy)
	if base == nil {
		return nil, huma.Error404NotFound(fmt.Sprintf("the register has no policy %s", quoted(q.Policy)))
	}
	p := *base
	var changed []string
	change := func(key, value string, set func()) {
		if value != "" {
			changed = append(changed, key+"="+value)
			set()
		}
	}
	var bad []error
	date := func(text string, into *heist.Date) func() {
		return func() {
			d, err := heist.ParseDate(text)
			if err != nil {
				bad = append(bad, err)
			}
			*into = d
		}
	}
	change("basis", q.Basis, func() {
		p.Basis = q.Basis
		if q.Basis != string(study.Mixed) {
			p.Mixed = nil
		}
	})
	change("valuation", q.Valuation, func() { p.Valuation = q.Valuation })
	change("as_known_on", q.AsKnownOn, func() { p.AsKnownOn = q.AsKnownOn })
	change("scope", q.Scope, func() { p.Scope = list[heist.Scope](q.Scope) })
	change("sectors", q.Sectors, func() {
		if p.Sectors = list[heist.Sector](q.Sectors); q.Sectors == "all" {
			p.Sectors = nil
		}
	})
	change("from", q.From, date(q.From, &p.Period.From))
	change("to", q.To, date(q.To, &p.Period.To))
	change("min_confidence", q.MinConfidence, func() { p.Attribution.MinConfidence = heist.Confidence(q.MinConfidence) })
	change("min_status", q.MinStatus, func() { p.Attribution.MinStatus = heist.AttributionStatus(q.MinStatus) })
	change("disputed", q.Disputed, func() { p.Attribution.Disputed = q.Disputed })
	change("reviewed_only", q.Reviewed, func() {
		if p.Reviewed = q.Reviewed == "true"; !p.Reviewed && q.Reviewed != "false" {
			bad = append(bad, fmt.Errorf("reviewed_only is true or false, not %s", quoted(q.Reviewed)))
		}
	})
	if len(changed) > 0 {
		p.ID += " with " + strings.Join(changed, ", ")
		p.Title += "; changed: " + strings.Join(changed, ", ")
	}
	err := errors.Join(append(bad, s.o.Register.CheckPolicy(&p), wordsOf(p.Scope), wordsOf(p.Sectors),
		wordsOf([]heist.Confidence{p.Attribution.MinConfidence}), wordsOf([]heist.AttributionStatus{p.Attribution.MinStatus}))...)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return &p, nil
}

func list[T ~string](text string) []T {
	var out []T
	for w := range strings.SplitSeq(text, ",") {
		out = append(out, T(strings.TrimSpace(w)))
	}
	return out
}

// wordsOf checks words against their closed vocabulary; the blank word is a choice
// not made.
func wordsOf[T ~string](given []T) error {
	for _, w := range given {
		if known := heist.Words[T](); w != "" && !slices.Contains(known, string(w)) {
			return fmt.Errorf("%s is none of %s", quoted(string(w)), strings.Join(known, ", "))
		}
	}
	return nil
}

// NumberAnswer is a number of a study with the claims it stands on, and their
// sources.
type NumberAnswer struct {
	study.Number
	Behind  []heist.Behind `json:"behind" doc:"the claims"`
	Sources []SourceRecord `json:"sources" doc:"every source that they name"`
}

func (s *Server) getNumber(ctx context.Context, in *struct {
	ID string `path:"id"`
	StudyQuestion
}) (*struct{ Body NumberAnswer }, error) {
	st, err := s.studyOf(ctx, &in.StudyQuestion)
	if err != nil {
		return nil, err
	}
	var near []string
	for _, n := range st.Numbers {
		if n.ID == in.ID {
			behind := s.o.Register.Behind(n.Claims)
			return &struct{ Body NumberAnswer }{NumberAnswer{n, behind, s.sourcesOf(behind)}}, nil
		}
		if strings.Contains(n.ID, in.ID) && len(near) < 12 {
			near = append(near, n.ID)
		}
	}
	return nil, huma.Error404NotFound(fmt.Sprintf("no number of this study has the id %s; near: %s", quoted(in.ID), strings.Join(near, " ")))
}

func (s *Server) getFigure(ctx context.Context, in *struct {
	Name   string `path:"name" doc:"one of figures of the study"`
	Narrow bool   `query:"narrow" doc:"for a telephone"`
	Theme  string `query:"theme" enum:"light,dark,"`
	StudyQuestion
}) (*File, error) {
	st, err := s.studyOf(ctx, &in.StudyQuestion)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := report.StudyFigure(&b, in.Name, st, in.Narrow, report.Options{Theme: in.Theme}); errors.Is(err, report.ErrNotHere) {
		return nil, huma.Error404NotFound(err.Error())
	} else if err != nil {
		return nil, err
	}
	return &File{"image/svg+xml", `inline; filename="` + in.Name + `.svg"`, b.Bytes()}, nil
}

func (s *Server) getTable(ctx context.Context, in *struct {
	Name string `path:"name" doc:"one of tables of the study"`
	StudyQuestion
}) (*File, error) {
	st, err := s.studyOf(ctx, &in.StudyQuestion)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := report.StudyCSV(&b, in.Name, st); errors.Is(err, report.ErrNotHere) {
		return nil, huma.Error404NotFound(err.Error())
	} else if err != nil {
		return nil, err
	}
	return &File{"text/csv; charset=utf-8", `attachment; filename="` + in.Name + `.csv"`, b.Bytes()}, nil
}
