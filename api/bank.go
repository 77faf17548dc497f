package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/report"
)

// PaymentsAnswer are the payments of a case of bank messages, by page, with their
// sums over the whole list.
type PaymentsAnswer struct {
	Header    report.PaymentsHeaderRecord `json:"header"`
	Totals    []report.PaymentTotalRecord `json:"totals" doc:"by currency: attempted, credited, returned, rejected"`
	Sums      []report.PaymentSumRecord   `json:"sums" doc:"by state and currency"`
	Published []report.PublishedRecord    `json:"published" doc:"figures that others published, with the difference that the case states"`
	Page[report.PaymentRecord]
}

// OwnersAnswer says whose money is in each account that stolen money reached.
type OwnersAnswer struct {
	Header report.OwnersHeaderRecord `json:"header"`
	Rules  []report.OwnerRuleRecord  `json:"rules" doc:"with their authorities; none is the default"`
	Page[report.OwnersRecord]
}

// bankIn asks for a part of what a case has.
type bankIn struct {
	CasePath
	Paging
}

// ownersPatience is how long the rules may take; exact fractions grow.
const ownersPatience = time.Minute

func (s *Server) bankRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "payments", Method: http.MethodGet, Path: Prefix + "/cases/{case}/payments",
		Summary: "The payments of bank messages: attempted, credited, returned; the records of trace payments --json", Tags: []string{"cases"},
	}, func(ctx context.Context, in *bankIn) (*struct{ Body PaymentsAnswer }, error) {
		a, err := s.payments(ctx, in)
		return &struct{ Body PaymentsAnswer }{a}, err
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "owners", Method: http.MethodGet, Path: Prefix + "/cases/{case}/owners",
		Summary: "Whose money is in each mixed account, under every rule of the courts; the records of trace owners --json", Tags: []string{"cases"},
	}, func(ctx context.Context, in *bankIn) (*struct{ Body OwnersAnswer }, error) {
		a, err := s.ownersAnswer(ctx, in)
		return &struct{ Body OwnersAnswer }{a}, err
	})
}

func (s *Server) payments(ctx context.Context, in *bankIn) (a PaymentsAnswer, err error) {
	c, err := s.loaded(ctx, in.Case)
	if err != nil {
		return a, err
	}
	p, err := inquiry.PaymentsOf(c.Loaded)
	if errors.Is(err, inquiry.ErrNoMessages) {
		return a, problem(http.StatusNotFound, err.Error(), "GET /api/v1/trails/"+in.Case+" has its trail")
	}
	if err != nil {
		return a, err
	}
	a = PaymentsAnswer{Header: p.Header, Totals: report.PaymentTotals(p.List), Sums: report.PaymentSums(p.List), Published: p.Published}
	a.Page, err = pagedOf(in.Paging, len(p.List), func(i int) report.PaymentRecord {
		return report.PaymentRecords(p.List[i : i+1])[0]
	}, "payments", in.Case)
	return a, err
}

func (s *Server) ownersAnswer(ctx context.Context, in *bankIn) (a OwnersAnswer, err error) {
	o, err := s.ownersOf(ctx, in.Case)
	if err != nil {
		return a, err
	}
	a = OwnersAnswer{Header: o.Header, Rules: report.OwnerRules()}
	a.Page, err = pagedOf(in.Paging, len(o.List), func(i int) report.OwnersRecord { return report.OwnerRecord(&o.List[i]) }, "owners", in.Case)
	return a, err
}

// ownersOf applies the rules to a case under its own settings, once for the same
// data.
func (s *Server) ownersOf(ctx context.Context, name string) (*inquiry.Owners, error) {
	cs, _, err := s.cases.open(name)
	if err != nil {
		return nil, err
	}
	key, err := s.cases.digest(cs)
	if err != nil {
		return nil, err
	}
	return s.owners.get(ctx, name+" "+key, func(ctx context.Context) (*inquiry.Owners, error) {
		ctx, cancel := context.WithTimeout(ctx, ownersPatience)
		defer cancel()
		end, err := s.work(ctx)
		if err != nil {
			return nil, err
		}
		defer end()
		q, err := inquiry.OfCase(ctx, cs, s.o.Tool)
		if errors.Is(err, inquiry.ErrNoTheft) {
			return nil, problem(http.StatusUnprocessableEntity, err.Error(), "GET /api/v1/cases/"+name+"/payments lists what was ordered")
		}
		if err != nil {
			return nil, err
		}
		return q.Owners(ctx)
	})
}
