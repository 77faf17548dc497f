package inquiry

import (
	"context"
	"errors"
	"strings"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/trace"
)

// ErrNoMessages marks a case without bank messages: it has no list of payments.
var ErrNoMessages = errors.New("the case has no bank messages")

// Payments are the payments of a case of bank messages, with what others published
// of them.
type Payments struct {
	Header    report.PaymentsHeaderRecord
	List      []*payments.Payment
	Published []report.PublishedRecord
}

// PaymentsOf gives the payments of a case. Errors: ErrNoMessages.
func PaymentsOf(l *casefile.Loaded) (*Payments, error) {
	if len(l.Payments) == 0 {
		return nil, ErrNoMessages
	}
	c := l.Case
	return &Payments{report.PaymentsHeader(c.Title, strings.TrimSpace(c.Summary), c.Reconstruction()), l.Payments, published(c)}, nil
}

// published lists the figures that the case file compares with its messages.
func published(c *casefile.Case) []report.PublishedRecord {
	out := []report.PublishedRecord{}
	for _, e := range c.Expect {
		t, ok := e.Test.(casefile.Claim)
		if !ok {
			continue
		}
		r := report.PublishedRecord{Record: "published", Title: e.Title, Who: t.Who, Figure: written(t.Figure), Verdict: t.Verdict, Source: e.Source, Text: e.Text}
		if t.Difference != nil {
			r.Difference = written(*t.Difference)
		}
		out = append(out, r)
	}
	return out
}

func written(a casefile.Amount) string {
	if a.Atomic {
		return a.Digits + " atomic " + a.Unit
	}
	return a.Digits + " " + a.Unit
}

// Owners is whose money is in each account that stolen money reached, under every
// rule of the courts.
type Owners struct {
	Header report.OwnersHeaderRecord
	List   []trace.Mixed
}

// Owners applies the rules to the question. Errors are those of trace.OwnersOn.
func (q *Inquiry) Owners(ctx context.Context) (*Owners, error) {
	list, err := trace.OwnersOn(ctx, q.Graph, q.Question)
	if err != nil {
		return nil, err
	}
	made := q.Loaded != nil && q.Loaded.Case.Reconstruction()
	return &Owners{report.OwnersHeader(q.Document.Title, strings.TrimSpace(q.Document.Question), made), list}, nil
}
