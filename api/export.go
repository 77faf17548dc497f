package api

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// exportIn asks for a trail as a file, with the options of the command.
type exportIn struct {
	TrailPath
	Scope
	Format string `query:"format" enum:"text,jsonl,csv,graphml,sankey,timeline,html" default:"text" doc:"sankey and timeline are SVG"`
	Draw   string `query:"draw" maxLength:"40" doc:"policy that pictures draw and tables sort by; absent: fifo"`
	Limit  int    `query:"limit" minimum:"-1" maximum:"1000000" doc:"rows to show before the rest is summed up; -1: all; 0: as usual"`
	Theme  string `query:"theme" enum:"light,dark" doc:"of pictures and pages; absent: the reader's own setting"`
	Width  int    `query:"width" minimum:"60" maximum:"400" default:"100" doc:"columns of text"`
}

// form is how a trail is written.
type form struct {
	write       func(io.Writer, *report.Document, report.Options) error
	contentType string
	ending      string
}

var forms = map[string]form{
	"text":     {report.Text, "text/plain; charset=utf-8", ".txt"},
	"jsonl":    {report.JSONL, "application/x-ndjson", ".jsonl"},
	"csv":      {report.CSV, "text/csv; charset=utf-8", ".csv"},
	"graphml":  {report.GraphML, "application/graphml+xml", ".graphml"},
	"sankey":   {report.Sankey, "image/svg+xml", "-sankey.svg"},
	"timeline": {report.Timeline, "image/svg+xml", "-timeline.svg"},
	"html":     {report.HTML, "text/html; charset=utf-8", ".html"},
}

func (s *Server) exportRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "export", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/export",
		Summary: "A trail as a file: the bytes of coldtrail trace --format", Tags: []string{"trails"},
		Responses: map[string]*huma.Response{"200": {Description: "the file", Content: map[string]*huma.MediaType{
			"text/plain": {}, "application/x-ndjson": {}, "text/csv": {}, "application/graphml+xml": {}, "image/svg+xml": {}, "text/html": {},
		}}},
	}, func(ctx context.Context, in *exportIn) (*huma.StreamResponse, error) {
		t, err := s.ready(ctx, in.Trail)
		if err != nil {
			return nil, err
		}
		select {
		case s.exports <- struct{}{}: // and not among heavy work, which a reader who takes long would hold up
		case <-ctx.Done():
			return nil, busy(http.StatusServiceUnavailable, "too many exports at a time", "ask again in a while")
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			defer func() { <-s.exports }()
			s.export(hc, t, in)
		}}, nil
	})
}

// export writes a trail as it is drawn. What cannot be drawn is a problem as long
// as nothing was sent; after that the answer breaks off, and so is seen to be cut.
func (s *Server) export(hc huma.Context, t *trail, in *exportIn) {
	f := forms[in.Format]
	o := report.Options{View: in.View, Asset: in.Asset, Policy: trace.Policy(strings.ToLower(in.Draw)), Limit: in.Limit, Theme: in.Theme, Width: in.Width}
	name := t.question.Case
	if name == "" {
		name = "trail-" + t.id[:8]
	}
	w := &late{w: hc.BodyWriter().(http.ResponseWriter), ctx: hc.Context(), before: func(h http.Header) {
		h.Set("Content-Type", f.contentType)
		h.Set("Content-Disposition", attached(name+f.ending))
	}}
	err := f.write(w, t.doc, o)
	switch {
	case err == nil && !w.begun:
		w.begin()
	case err != nil && w.begun:
		panic(http.ErrAbortHandler)
	case err != nil:
		refuse(w.w, problemOf(err))
	}
}

// late is an answer whose headers are set with its first bytes, and that ends when
// its time is over.
type late struct {
	w      http.ResponseWriter
	ctx    context.Context
	before func(http.Header)
	begun  bool
}

func (l *late) begin() {
	l.begun = true
	l.before(l.w.Header())
}

// Write passes on.
func (l *late) Write(b []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	if !l.begun {
		l.begin()
	}
	return l.w.Write(b)
}
