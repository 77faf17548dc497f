package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/mod/sumdb/note"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
	"github.com/coldtrail/coldtrail/guard/replay"
)

// Receipts is the log that the page shows, and keeps its own checks in.
type Receipts struct {
	File string
	Key  note.Verifier
	// Log, when set, gets a receipt of every check that is asked to leave one.
	Log *receipt.Log
}

// CheckQuestion is a request to the guard and the policy that judges it.
type CheckQuestion struct {
	Policy  string          `json:"policy,omitempty" doc:"strict, baseline, or one of the server's own; strict when absent"`
	Over    string          `json:"over,omitempty" maxLength:"262144" doc:"YAML laid over the policy: wallets, owners, the book"`
	Request json.RawMessage `json:"request" doc:"as docs/guard.md describes it"`
	Receipt bool            `json:"receipt,omitempty" doc:"leave a receipt in the server's log"`
}

// CheckAnswer is a verdict with what a person needs beside it.
type CheckAnswer struct {
	Verdict *guard.Verdict `json:"verdict"`
	Intent  *guard.Intent  `json:"intent,omitempty" doc:"what was meant"`
	Order   string         `json:"order" doc:"what the decision asks of the person"`
	Heads   []string       `json:"headlines" doc:"what decided, in words for somebody who has never seen it"`
	Does    []string       `json:"does" doc:"what the bytes do, an effect each"`
	Meant   []string       `json:"meant" doc:"what was meant"`
	Signers []string       `json:"signers" doc:"who signed these bytes, and what that is worth"`
	Screen  string         `json:"screen" doc:"the verdict for a terminal, 80 columns"`
	Groups  []DigestGroups `json:"groups" doc:"the digests in groups, as hardware wallets show them"`
	Receipt string         `json:"receipt,omitempty" doc:"id of the receipt"`
}

// DigestGroups is a digest cut for the eye.
type DigestGroups struct {
	Name   string   `json:"name"`
	Digest string   `json:"digest"`
	Groups []string `json:"groups"`
}

// GuardPolicy is a policy that a request can be judged by.
type GuardPolicy struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
	Mode    string `json:"mode"`
	Own     bool   `json:"own" doc:"given to the server, not built in"`
}

// GuardExample is a request to try.
type GuardExample struct {
	Name    string          `json:"name"`
	Title   string          `json:"title"`
	Policy  string          `json:"policy"`
	Over    string          `json:"over"`
	Made    bool            `json:"made" doc:"the bytes are made by us"`
	Kind    guard.Kind      `json:"kind"`
	Request json.RawMessage `json:"request"`
}

// ReplayAnswer is a wallet's history judged row by row.
type ReplayAnswer struct {
	Header  replay.Head   `json:"header"`
	Rows    []replay.Line `json:"rows"`
	Summary replay.Sum    `json:"summary"`
	Meant   *guard.Intent `json:"meant,omitempty" doc:"what the screens showed at the theft"`
	WarmUp  int           `json:"warm_up" doc:"executed rows that were learnt before any is scored"`
	Cases   []string      `json:"cases" doc:"the histories that can be played"`
}

// ReceiptLine is an entry of the log.
type ReceiptLine struct {
	ID       string          `json:"id"`
	Seq      uint64          `json:"seq"`
	Prev     string          `json:"prev"`
	KeyID    string          `json:"key_id"`
	Note     string          `json:"note" doc:"the signed note"`
	Decision string          `json:"decision,omitempty"`
	Wallet   string          `json:"wallet,omitempty"`
	At       string          `json:"at,omitempty"`
	Body     json.RawMessage `json:"body" doc:"what was signed: the verdict"`
}

// ReceiptsAnswer is the end of the log, the last first, with the state of the whole.
type ReceiptsAnswer struct {
	Open    bool          `json:"open" doc:"the server was given a log"`
	File    string        `json:"file,omitempty" doc:"its name, without the folder"`
	Total   uint64        `json:"total"`
	Fault   string        `json:"fault,omitempty" doc:"where the chain of receipts does not hold"`
	Records []ReceiptLine `json:"records"`
}

func (s *Server) guardRoutes() {
	tags := []string{"guard"}
	huma.Register(s.api, huma.Operation{OperationID: "guard-check", Method: http.MethodPost, Path: Prefix + "/guard/check", Tags: tags,
		Summary: "What was meant, what the bytes will do, and the verdict", MaxBodyBytes: guard.MaxPSBTBody + 1<<20}, s.postCheck)
	huma.Register(s.api, huma.Operation{OperationID: "guard-policies", Method: http.MethodGet, Path: Prefix + "/guard/policies", Tags: tags, Summary: "Policies that a request can be judged by"}, s.getPolicies)
	huma.Register(s.api, huma.Operation{OperationID: "guard-examples", Method: http.MethodGet, Path: Prefix + "/guard/examples", Tags: tags, Summary: "Requests to try, those of real thefts first"}, getExamples)
	huma.Register(s.api, huma.Operation{OperationID: "guard-replay", Method: http.MethodGet, Path: Prefix + "/guard/replay", Tags: tags, Summary: "A wallet's history up to its theft, judged row by row"}, s.getReplay)
	huma.Register(s.api, huma.Operation{OperationID: "guard-receipts", Method: http.MethodGet, Path: Prefix + "/guard/receipts", Tags: tags, Summary: "The log of receipts, and whether its chain holds"}, s.getReceipts)
}

// judge opens a policy with what is laid over it.
func (s *Server) judge(name, over string) (*guard.Guard, error) {
	if name == "" {
		name = "strict"
	}
	p := s.o.Policies[name]
	if p == nil {
		var err error
		if p, err = guard.Builtin(name); err != nil {
			return nil, huma.Error404NotFound(fmt.Sprintf("no policy %s", quoted(name)))
		}
	}
	if over != "" {
		var err error
		if p, err = p.With([]byte(over)); err != nil {
			return nil, huma.Error422UnprocessableEntity(err.Error())
		}
	}
	g := guard.New(p, nil)
	g.Once = true
	return g, nil
}

func (s *Server) postCheck(ctx context.Context, in *struct{ Body CheckQuestion }) (*struct{ Body CheckAnswer }, error) {
	g, err := s.judge(in.Body.Policy, in.Body.Over)
	if err != nil {
		return nil, err
	}
	r, err := guard.ReadRequest(in.Body.Request)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	v := g.Check(ctx, r)
	a := CheckAnswer{Verdict: v, Intent: r.Intent, Groups: []DigestGroups{}}
	if in.Body.Receipt {
		if s.o.Receipts == nil || s.o.Receipts.Log == nil {
			return nil, huma.Error409Conflict("no receipt can be left: this server was started without a log")
		}
		body, err := v.JSON()
		if err != nil {
			return nil, err
		}
		made, err := s.o.Receipts.Log.Append(body)
		if err != nil { // an answer without the receipt that was asked for is no allow
			a.Verdict = g.Unkept(r, v, err)
		} else {
			a.Receipt = made.ID()
		}
	}
	a.tell(g.Policy(), r.Intent)
	var names []string
	for name := range a.Verdict.Digests {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		a.Groups = append(a.Groups, DigestGroups{name, a.Verdict.Digests[name], guard.Groups(a.Verdict.Digests[name])})
	}
	return &struct{ Body CheckAnswer }{a}, nil
}

// tell puts the verdict into words.
func (a *CheckAnswer) tell(p *guard.Policy, intent *guard.Intent) {
	v := a.Verdict
	a.Order, a.Heads, a.Does, a.Meant, a.Signers = v.Decision.Order(), append([]string{}, v.Headlines()...), []string{}, []string{}, []string{}
	for i := range v.Decoded.Effects {
		a.Does = append(a.Does, p.Describe(&v.Decoded.Effects[i]))
	}
	if intent != nil {
		a.Meant = intent.Sentences()
	}
	for _, one := range v.Decoded.Signers {
		a.Signers = append(a.Signers, one.Who+": "+one.Standing())
	}
	a.Screen = v.Screen(p, intent, 80)
}

func (s *Server) getPolicies(context.Context, *struct{}) (*struct{ Body []GuardPolicy }, error) {
	var out []GuardPolicy
	for _, name := range []string{"strict", "baseline"} {
		p, err := guard.Builtin(name)
		if err != nil {
			return nil, err
		}
		out = append(out, GuardPolicy{name, fmt.Sprint(p.Version), p.Hash(), string(p.Mode), false})
	}
	var names []string
	for name := range s.o.Policies {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := s.o.Policies[name]
		out = append(out, GuardPolicy{name, fmt.Sprint(p.Version), p.Hash(), string(p.Mode), true})
	}
	return &struct{ Body []GuardPolicy }{out}, nil
}

func getExamples(context.Context, *struct{}) (*struct{ Body []GuardExample }, error) {
	all, err := replay.Examples()
	if err != nil {
		return nil, err
	}
	var out []GuardExample
	for _, e := range all {
		text, err := json.Marshal(e.Request)
		if err != nil {
			return nil, err
		}
		out = append(out, GuardExample{e.Name, e.Title, e.Base, e.Policy, e.Made, e.Request.Kind, text})
	}
	return &struct{ Body []GuardExample }{out}, nil
}

func (s *Server) getReplay(ctx context.Context, in *struct {
	Case   string `query:"case" default:"bybit-2025"`
	Policy string `query:"policy" default:"baseline"`
}) (*struct{ Body ReplayAnswer }, error) {
	c, err := replay.Open(in.Case)
	if err != nil {
		return nil, huma.Error404NotFound(err.Error())
	}
	g, err := s.judge(in.Policy, "")
	if err != nil {
		return nil, err
	}
	a, err := s.replays.get(ctx, in.Case+"\n"+in.Policy, func(ctx context.Context) (*ReplayAnswer, error) {
		end, err := s.work(ctx)
		if err != nil {
			return nil, err
		}
		defer end()
		r, err := replay.Run(ctx, c, g.Policy())
		if err == nil {
			err = ctx.Err() // a check that breaks off holds its row back: that is no verdict to keep
		}
		if err != nil {
			return nil, err
		}
		a := &ReplayAnswer{WarmUp: c.WarmUp, Cases: replay.Names()}
		a.Header, a.Rows, a.Summary = r.Records()
		for _, row := range r.Rows {
			if row.Step.Label == replay.Malicious || row.Step.Label == replay.Displayed {
				a.Meant = row.Step.Request.Intent
			}
		}
		return a, nil
	})
	if err != nil {
		return nil, err
	}
	return &struct{ Body ReplayAnswer }{*a}, nil
}

// mostReceipts is how many receipts one answer gives.
const mostReceipts = 1000

func (s *Server) getReceipts(ctx context.Context, in *struct {
	Limit int `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}) (*struct{ Body ReceiptsAnswer }, error) {
	out := ReceiptsAnswer{Records: []ReceiptLine{}}
	if s.o.Receipts == nil {
		return &struct{ Body ReceiptsAnswer }{out}, nil
	}
	out.Open, out.File = true, filepath.Base(s.o.Receipts.File)
	f, err := os.Open(s.o.Receipts.File)
	if errors.Is(err, os.ErrNotExist) {
		return &struct{ Body ReceiptsAnswer }{out}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	end, err := s.work(ctx) // every signature is checked
	if err != nil {
		return nil, err
	}
	defer end()
	var last []*receipt.Receipt
	_, err = receipt.Walk(f, s.o.Receipts.Key, func(r *receipt.Receipt) {
		out.Total++
		if last = append(last, r); len(last) > 2*mostReceipts {
			last = slices.Clone(last[len(last)-mostReceipts:])
		}
	})
	if err != nil {
		out.Fault = err.Error()
	}
	for _, r := range slices.Backward(last) {
		if len(out.Records) == in.Limit {
			break
		}
		out.Records = append(out.Records, receiptLine(r))
	}
	return &struct{ Body ReceiptsAnswer }{out}, nil
}

func receiptLine(r *receipt.Receipt) ReceiptLine {
	l := ReceiptLine{ID: r.ID(), Seq: r.Seq, Prev: r.Prev, KeyID: r.KeyID(), Note: r.Note, Body: json.RawMessage(r.Body)}
	var v struct{ Decision, Wallet, At string }
	if json.Unmarshal([]byte(r.Body), &v) == nil { // other entries of the log are no verdicts
		l.Decision, l.Wallet, l.At = v.Decision, v.Wallet, v.At
	}
	return l
}
