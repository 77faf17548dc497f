package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/report"
)

// kind says whether a case has a trail. Only one of bank messages without thefts
// must be read for that. Errors: that nobody waits for it.
func (s *Server) kind(ctx context.Context, cs *casefile.Case) (string, error) {
	bank := len(cs.Thefts) == 0 && slices.ContainsFunc(cs.Ledgers, func(l casefile.Ledger) bool { return l.Format == "swift" || l.Format == "iso20022" })
	if !bank {
		return "trail", nil
	}
	end, err := s.work(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	l, err := casefile.Load(ctx, cs)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil || !inquiry.OnlyOrders(l) {
		return "trail", nil // what is wrong shows when it is asked
	}
	return "payments", nil
}

// listed says what a case is, without reading its file again where that cannot have
// changed: a hundred large ones are read for minutes.
func (s *Server) listed(ctx context.Context, name string) (Case, error) {
	read := func(ctx context.Context) (Case, error) {
		cs, origin, err := s.cases.open(name)
		if err != nil {
			return Case{}, err
		}
		return s.describe(ctx, name, cs, origin)
	}
	if s.cases.own[name] != nil {
		return read(ctx)
	}
	return s.described.get(ctx, name, read)
}

// describe says what a case is. Errors: that nobody waits for it.
func (s *Server) describe(ctx context.Context, name string, cs *casefile.Case, origin string) (Case, error) {
	out := Case{
		Name: name, Title: cs.Title, Summary: strings.TrimSpace(cs.Summary), Origin: origin, SHA256: cs.SHA256,
		Sources: []CaseSource{}, Ledgers: []CaseLedger{}, Thefts: []CaseTheft{}, Expect: []CaseExpect{},
	}
	key := name + " " + cs.SHA256
	s.cases.mu.Lock()
	out.Kind = s.cases.kinds[key]
	s.cases.mu.Unlock()
	if out.Kind == "" {
		kind, err := s.kind(ctx, cs)
		if err != nil {
			return out, err
		}
		out.Kind = kind
		s.cases.mu.Lock()
		s.cases.kinds[key] = kind
		s.cases.mu.Unlock()
	}
	for _, x := range cs.Sources {
		out.Sources = append(out.Sources, CaseSource(x))
	}
	for _, l := range cs.Ledgers {
		out.Ledgers = append(out.Ledgers, CaseLedger{string(l.ID), l.Path, l.SHA256, l.Format})
	}
	for _, t := range cs.Thefts {
		out.Thefts = append(out.Thefts, CaseTheft{t.Name, t.Continues, t.Why, len(t.Seeds)})
	}
	for _, p := range cs.Policies {
		out.Policies = append(out.Policies, p.Text)
	}
	for _, e := range cs.Expect {
		out.Expect = append(out.Expect, CaseExpect{e.Title, e.Source, e.Text})
	}
	return out, nil
}

// CasePath names a case.
type CasePath struct {
	Case string `path:"case" maxLength:"64"`
}

func (s *Server) caseRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "cases", Method: http.MethodGet, Path: Prefix + "/cases",
		Summary: "The cases inside, the keeper's own, and those made here", Tags: []string{"cases"},
	}, func(ctx context.Context, in *Paging) (*struct{ Body Cases }, error) {
		list, unread := []Case{}, []string{}
		for _, name := range s.cases.list() {
			one, err := s.listed(ctx, name)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				s.o.Log.Warn("a case cannot be read", "case", name, "err", err)
				unread = append(unread, name)
				continue
			}
			list = append(list, one)
		}
		p, err := paged(*in, list, "cases")
		return &struct{ Body Cases }{Cases{p, unread}}, err
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "case", Method: http.MethodGet, Path: Prefix + "/cases/{case}",
		Summary: "A case with its file, and its payments where there is nothing to trace", Tags: []string{"cases"},
	}, func(ctx context.Context, in *CasePath) (*struct{ Body CaseWhole }, error) {
		w, err := s.whole(ctx, in.Case)
		return &struct{ Body CaseWhole }{w}, err
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "case-file", Method: http.MethodGet, Path: Prefix + "/cases/{case}/file",
		Summary: "The case file (YAML)", Tags: []string{"cases"},
		Responses: map[string]*huma.Response{"200": {Description: "the case file", Content: map[string]*huma.MediaType{"application/yaml": {}}}},
	}, func(_ context.Context, in *CasePath) (*fileAnswer, error) {
		text, err := s.cases.text(in.Case)
		return &fileAnswer{"application/yaml; charset=utf-8", attached(in.Case + ".yaml"), text}, err
	})
}

// fileAnswer is bytes to be saved.
type fileAnswer struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func attached(name string) string { return `attachment; filename="` + name + `"` }

func (s *Server) whole(ctx context.Context, name string) (CaseWhole, error) {
	cs, origin, err := s.cases.open(name)
	if err != nil {
		return CaseWhole{}, err
	}
	w := CaseWhole{}
	if w.Case, err = s.describe(ctx, name, cs, origin); err != nil {
		return w, err
	}
	text, err := s.cases.text(name)
	if err != nil {
		return w, err
	}
	w.File = string(text)
	if w.Kind != "payments" {
		return w, nil
	}
	l, err := s.loaded(ctx, name)
	if err != nil {
		return w, err
	}
	var b strings.Builder
	if err := report.Payments(&b, cs.Title, cs.Summary, l.Payments); err != nil {
		return w, err
	}
	w.Payments = &Payments{Text: b.String(), Records: report.PaymentRecords(l.Payments)}
	return w, nil
}
