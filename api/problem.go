package api

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/source/table"
	"github.com/coldtrail/coldtrail/trace"
)

// Problem is what every error answers with (RFC 9457), with what to do about it.
type Problem struct {
	Title  string `json:"title" doc:"the status in words"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"what went wrong"`
	Hint   string `json:"hint,omitempty" doc:"what to try"`
	// Errors are the single faults, where there are several or a place is known.
	Errors []Fault `json:"errors,omitempty"`
	// Job is set where an answer is still being computed.
	Job string `json:"job,omitempty" doc:"the job whose end to wait for"`
	// Present is set where a change was lost to another.
	Present *Notes `json:"present,omitempty" doc:"what stands now, when somebody else changed it"`

	after string // Retry-After, in seconds
}

// Fault is one fault in what was sent: a field of the request, or a row of a file.
type Fault struct {
	Message  string `json:"message"`
	Location string `json:"location,omitempty" doc:"of the request, such as query.limit"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty" doc:"line of the file, from 1"`
	Column   string `json:"column,omitempty" doc:"name of the column"`
	Hint     string `json:"hint,omitempty"`
}

// Error gives the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders says when to ask again, where that is known.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	if p.after != "" {
		h.Set("Retry-After", p.after)
	}
	return h
}

// ContentType is that of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(status int, detail, hint string) *Problem {
	if hint == "" {
		hint = usualHint(status)
	}
	return &Problem{Title: http.StatusText(status), Status: status, Detail: detail, Hint: hint}
}

// usualHint is what to try where nobody knows better.
func usualHint(status int) string {
	switch status {
	case http.StatusNotFound:
		return "check the name against the list that it stands in; GET /openapi.json describes every operation"
	case http.StatusInternalServerError:
		return "please report it, with what the server printed"
	case http.StatusServiceUnavailable, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return "ask again in a while"
	}
	return "GET /openapi.json describes every operation"
}

// busy asks to come back later.
func busy(status int, detail, hint string) *Problem {
	p := problem(status, detail, hint)
	p.after = "2"
	return p
}

// The framework makes its errors by a function of its own, and describes arrays
// as possibly null; ours never are.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		if status == http.StatusInternalServerError && len(errs) == 1 {
			return problemOf(errs[0])
		}
		p := problem(status, detail, "")
		for _, err := range errs {
			var d huma.ErrorDetailer
			switch {
			case err == nil:
			case errors.As(err, &d):
				e := d.ErrorDetail()
				p.Errors = append(p.Errors, Fault{Message: short(e.Message), Location: e.Location})
			default:
				p.Errors = append(p.Errors, Fault{Message: short(err.Error())})
			}
		}
		switch {
		case status == http.StatusUnprocessableEntity && len(p.Errors) > 0:
			p.Detail = "the request is not as described: " + p.Errors[0].Location + ": " + p.Errors[0].Message
			p.Hint = "GET /openapi.json describes every operation"
		case status == http.StatusRequestEntityTooLarge:
			p.Detail, p.Hint = "the body is larger than 4 MiB", "files are sent to POST /api/v1/cases, up to 64 MiB each"
		case status == http.StatusBadRequest && len(p.Errors) > 0:
			p.Detail = detail + ": " + p.Errors[0].Message
		}
		return p
	}
}

// problemOf turns an error into a problem: its kind decides the status.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	hint := inquiry.Hint(err)
	var setting *inquiry.SettingError
	var text *ledger.TextError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return busy(http.StatusServiceUnavailable, "the answer took too long", "ask for less, or again in a while")
	case errors.Is(err, context.Canceled):
		return busy(http.StatusServiceUnavailable, "the work was cancelled", "ask again")
	case errors.As(err, &setting), errors.Is(err, trace.ErrSeed), errors.Is(err, trace.ErrQuestion):
		return problem(http.StatusUnprocessableEntity, err.Error(), hint)
	case errors.Is(err, money.ErrOverflow):
		return problem(http.StatusUnprocessableEntity, err.Error(), "amounts are added up within 128 bits, and those of these data are larger")
	case errors.Is(err, report.ErrNotHere), errors.Is(err, graph.ErrNotFound):
		return problem(http.StatusNotFound, err.Error(), hint)
	case errors.Is(err, graph.ErrDamaged), errors.Is(err, graph.ErrNoStore), errors.Is(err, graph.ErrVersion):
		return problem(http.StatusServiceUnavailable, err.Error(), hint)
	}
	if faults := faultsOf(err); len(faults) > 0 {
		p := problem(http.StatusUnprocessableEntity, err.Error(), faults[0].Hint)
		p.Errors = faults
		return p
	}
	if errors.As(err, &text) || errors.Is(err, fs.ErrNotExist) {
		return problem(http.StatusUnprocessableEntity, err.Error(), hint)
	}
	return problem(http.StatusInternalServerError, err.Error(), hint)
}

// faultsOf finds where in a file an error is: the case file, and the table or text
// that it names.
func faultsOf(err error) []Fault {
	var out []Fault
	var row *table.Error
	if errors.As(err, &row) {
		msg := strings.TrimPrefix((&table.Error{Msg: row.Msg, Err: row.Err}).Error(), ": ")
		out = append(out, Fault{Message: msg, File: row.File, Line: row.Line, Column: row.Column, Hint: row.Hint})
	}
	var text *ledger.TextError
	if errors.As(err, &text) {
		msg := text.Msg
		if text.Err != nil {
			msg += ": " + text.Err.Error()
		}
		out = append(out, Fault{Message: msg, File: text.Name, Line: text.Line, Hint: inquiry.Hint(err)})
	}
	var in *casefile.Error
	if errors.As(err, &in) {
		msg := in.Msg
		if len(out) == 0 {
			msg = strings.TrimPrefix((&casefile.Error{Msg: in.Msg, Err: in.Err}).Error(), ": ")
		}
		out = append(out, Fault{Message: msg, File: in.File, Line: in.Line, Hint: in.Hint})
	}
	return out
}

// short keeps what an error repeats of a request short.
func short(s string) string {
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:297], "") + "..."
	}
	return s
}

// refuse answers with a problem before any operation is reached.
func refuse(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) // whoever does not read it has gone
}
