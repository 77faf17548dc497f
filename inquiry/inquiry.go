// Package inquiry turns a question into a document: it loads a case, runs the
// trace, compares what came out with what the case expects, and gives what report
// draws. The command and the API both ask through it, so their answers are the same.
//
// It chooses nothing: conventions come with the case or from who asks.
package inquiry

import (
	"context"
	"errors"
	"slices"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// ErrNoTheft marks a case of bank messages of which none was credited: there is
// nothing to trace, only payments to show (report.Payments).
var ErrNoTheft = errors.New("nothing was credited: there is nothing to trace")

// Inquiry is a question with its graph, ready to run.
type Inquiry struct {
	Graph    graph.Graph
	Question trace.Question
	// Document is what report draws; its trail comes with Answer.
	Document report.Document
	// Loaded is the case; nil for a ledger asked without one.
	Loaded *casefile.Loaded
	// Skipped counts the records of the data that were left out.
	Skipped int
	// Mismatches counts what came out otherwise than the case expects.
	Mismatches int
}

// OfCase loads a case, from its files or, where one of the stored graphs holds a
// ledger of it, from there. tool is the name and version for headers. Errors:
// ErrNoTheft, and those of casefile.Load and trace.FromCase, with file and line.
func OfCase(ctx context.Context, c *casefile.Case, tool string, stored ...graph.Graph) (*Inquiry, error) {
	l, err := casefile.Load(ctx, c, stored...)
	if err != nil {
		return nil, err
	}
	if OnlyOrders(l) {
		return nil, ErrNoTheft
	}
	question, err := trace.FromCase(l)
	if err != nil {
		return nil, err
	}
	q := &Inquiry{Graph: l.Graph, Question: question, Loaded: l, Skipped: l.Skipped}
	q.Document = report.Document{Title: c.Title, Question: c.Summary, Tool: tool, Graph: l.Graph, Tags: l.Tags.On}
	for _, in := range l.Inputs {
		q.Document.Inputs = append(q.Document.Inputs, report.Input{Name: in.Name, SHA256: in.SHA256})
	}
	return q, nil
}

// OfStore asks of one graph without a case: thefts mark credits of it. tool is the
// name and version for headers.
func OfStore(g graph.Graph, tool string, thefts []ledger.Mark) *Inquiry {
	info := g.Info().Ledgers[0]
	q := &Inquiry{Graph: g, Question: trace.Question{Thefts: trace.Marked(&ledger.Document{Thefts: thefts})}, Skipped: info.Skipped}
	q.Document = report.Document{Title: "Trail through " + string(info.ID), Tool: tool, Graph: g}
	q.Document.Inputs = []report.Input{{Name: info.Input, SHA256: info.SHA256}}
	return q
}

// Answer runs the question, puts the trail and the findings into the document,
// and counts what the case expects otherwise. What left for services is bounded
// together beside the groups of the question, since single bounds do not add.
// Errors are those of trace.Run.
func (q *Inquiry) Answer(ctx context.Context) error {
	q.Question.Groups = append(slices.Clip(q.Question.Groups), report.Exits())
	t, err := trace.Run(ctx, q.Graph, q.Question)
	if err != nil {
		return err
	}
	q.Document.Trail = t
	if q.Loaded == nil {
		return nil
	}
	for _, v := range trace.Check(q.Loaded, t) {
		q.Document.Findings = append(q.Document.Findings, report.Finding{Title: v.Title, Status: string(v.Status), Want: v.Want, Got: v.Got, Source: v.Source, Text: v.Text})
		if v.Status == "mismatch" {
			q.Mismatches++
		}
	}
	return nil
}

// OnlyOrders reports a case of bank messages that moved nothing.
func OnlyOrders(l *casefile.Loaded) bool {
	return len(l.Case.Thefts) == 0 && len(l.Payments) > 0 && l.Graph.Info().Transfers == 0
}
