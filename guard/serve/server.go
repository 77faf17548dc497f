package serve

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
)

// Server answers over HTTP. Fields are set before Handler is called.
type Server struct {
	Guard *guard.Guard
	// Log keeps receipts; nil answers without. Then no answer counts as kept.
	Log *receipt.Log
	// Keys verify the receipts that compare is given: this machine's and the
	// other's.
	Keys  []note.Verifier
	Token string // bearer token; empty means that none is asked for
	// Busy is how many checks may run at one time; zero means 64.
	Busy int
	// Fireblocks is the co-signer's adapter; nil if it is not served.
	Fireblocks *Fireblocks
	// Now is the clock; nil means the computer's.
	Now func() time.Time

	slots   chan struct{}
	counts  [3]atomic.Uint64 // allow, hold, deny
	refused atomic.Uint64
	mu      sync.Mutex
	kept    []*receipt.Receipt // the last ones, for GET
	changes []*pendingChange
}

// keepReceipts is how many receipts GET can give; older ones stand in the log.
const keepReceipts = 10000

//go:embed openapi.json
var openAPI []byte

// Routes are the paths that the server answers, with their methods.
var Routes = []string{
	"POST /v1/guard/check", "POST /v1/guard/compare", "GET /v1/guard/receipts/{id}", "POST /v1/guard/intents",
	"POST /v1/guard/approvals", "POST /v1/guard/release", "GET /v1/policy", "POST /v1/policy/proposals",
	"GET /healthz", "GET /metrics", "GET /openapi.json",
}

// Handler returns the HTTP handler.
func (s *Server) Handler() http.Handler {
	if s.Busy == 0 {
		s.Busy = 64
	}
	s.slots = make(chan struct{}, s.Busy)
	mux := http.NewServeMux()
	handlers := []http.HandlerFunc{
		s.check, s.compare, s.receipt, s.intent, s.approval, s.release, s.policy, s.proposal,
		func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }, s.metrics,
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write(openAPI)
		},
	}
	for i, route := range Routes {
		h := handlers[i]
		if !strings.Contains(route, "/healthz") && !strings.Contains(route, "/openapi.json") {
			h = s.authorized(h)
		}
		mux.HandleFunc(route, h)
	}
	if f := s.Fireblocks; f != nil {
		f.server = s
		mux.HandleFunc("POST /v2/tx_sign_request", f.sign)
		mux.HandleFunc("POST /v2/config_change_sign_request", f.config)
	}
	return mux
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now().UTC()
	}
	return time.Now().UTC()
}

// authorized asks for the token. The comparison takes the same time for every
// wrong one.
func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	want := sha256.Sum256([]byte("Bearer " + s.Token))
	return func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if s.Token != "" && subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			s.fault(w, http.StatusUnauthorized, errors.New("the token is missing or wrong"))
			return
		}
		next(w, r)
	}
}

func (s *Server) fault(w http.ResponseWriter, code int, err error) {
	s.refused.Add(1)
	reply(w, code, map[string]string{"error": err.Error()})
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // a receipt goes out as it was written
	_ = enc.Encode(v)        // the caller may be gone
}

func body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, guard.MaxPSBTBody))
}

// Answer is the verdict with its receipt.
type Answer struct {
	*guard.Verdict
	Receipt *Stub `json:"receipt,omitempty"`
}

// Stub is what an answer says of its receipt; the whole one is at its path.
type Stub struct {
	ID    string `json:"id"`
	Seq   uint64 `json:"seq"`
	Prev  string `json:"prev"`
	Note  string `json:"note"`
	KeyID string `json:"key_id"`
}

func (s *Server) check(w http.ResponseWriter, r *http.Request) {
	data, err := body(w, r)
	if err != nil {
		s.fault(w, http.StatusBadRequest, err)
		return
	}
	req, err := guard.ReadRequest(data)
	if err != nil {
		s.fault(w, http.StatusBadRequest, err)
		return
	}
	reply(w, http.StatusOK, s.answer(r.Context(), req))
}

// answer checks and keeps the receipt. An answer whose receipt cannot be kept is
// a hold, or the deny that it was.
func (s *Server) answer(ctx context.Context, req *guard.Request) *Answer {
	var v *guard.Verdict
	timeout := s.Guard.Timeout
	if timeout == 0 {
		timeout = guard.DefaultTimeout
	}
	wait := time.NewTimer(timeout)
	defer wait.Stop()
	select {
	case s.slots <- struct{}{}:
		v = s.Guard.Check(ctx, req)
		<-s.slots
	case <-wait.C:
		v = s.Guard.Held(req, "the guard is too busy to check in time")
	case <-ctx.Done():
		v = s.Guard.Held(req, "the caller went away")
	}
	a := &Answer{Verdict: v}
	if s.Log != nil {
		if made, err := s.keep(v); err != nil {
			a.Verdict = s.Guard.Unkept(req, v, err)
		} else {
			a.Receipt = &Stub{ID: made.ID(), Seq: made.Seq, Prev: made.Prev, Note: made.Note, KeyID: made.KeyID()}
		}
	}
	s.counts[map[guard.Decision]int{guard.Allow: 0, guard.Hold: 1, guard.Deny: 2}[a.Decision]].Add(1)
	return a
}

func (s *Server) keep(v *guard.Verdict) (*receipt.Receipt, error) {
	text, err := v.JSON()
	if err != nil {
		return nil, err
	}
	return s.append(text)
}

func (s *Server) append(text []byte) (*receipt.Receipt, error) {
	made, err := s.Log.Append(text)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept = append(s.kept, made); len(s.kept) > 2*keepReceipts {
		s.kept = append([]*receipt.Receipt(nil), s.kept[len(s.kept)-keepReceipts:]...)
	}
	return made, nil
}

// receipt gives a receipt by its number or its hash.
func (s *Server) receipt(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	seq, _ := strconv.ParseUint(id, 10, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.kept) - 1; i >= 0; i-- {
		if one := s.kept[i]; one.Seq == seq || seq == 0 && one.ID() == id {
			reply(w, http.StatusOK, one)
			return
		}
	}
	s.fault(w, http.StatusNotFound, errors.New("no such receipt among the last ones; the log has all"))
}

func (s *Server) compare(w http.ResponseWriter, r *http.Request) {
	var in struct{ A, B *receipt.Receipt }
	if !s.read(w, r, &in) {
		return
	}
	if in.A == nil || in.B == nil {
		s.fault(w, http.StatusBadRequest, errors.New("two receipts, a and b, are needed"))
		return
	}
	for _, one := range []*receipt.Receipt{in.A, in.B} {
		if err := one.VerifyAny(s.Keys); err != nil {
			s.fault(w, http.StatusBadRequest, err)
			return
		}
	}
	c, err := receipt.Compare(in.A, in.B)
	if err != nil {
		s.fault(w, http.StatusBadRequest, err)
		return
	}
	reply(w, http.StatusOK, c)
}

// read reads a body strictly into a structure; it answers 400 itself.
func (s *Server) read(w http.ResponseWriter, r *http.Request, into any) bool {
	data, err := body(w, r)
	if err == nil {
		err = guard.StrictJSON(data, 2*guard.MaxNesting, "")
	}
	if err == nil {
		dec := json.NewDecoder(strings.NewReader(string(data)))
		dec.DisallowUnknownFields()
		err = dec.Decode(into)
	}
	if err != nil {
		s.fault(w, http.StatusBadRequest, err)
	}
	return err == nil
}

func (s *Server) intent(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Wallet string
		Intent *guard.Intent
	}
	if !s.read(w, r, &in) {
		return
	}
	if in.Intent == nil {
		s.fault(w, http.StatusBadRequest, errors.New("intent is missing"))
		return
	}
	if err := s.Guard.RegisterIntent(in.Wallet, in.Intent); err != nil {
		s.fault(w, http.StatusBadRequest, err)
		return
	}
	reply(w, http.StatusOK, map[string]string{"wallet": in.Wallet, "ref": in.Intent.Ref})
}

func (s *Server) approval(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Wallet      string
		PayloadHash string `json:"payload_hash"`
		By          string
		Signature   string
	}
	if !s.read(w, r, &in) {
		return
	}
	if err := s.Guard.Approve(in.Wallet, in.PayloadHash, guard.Consent{By: in.By, Signature: in.Signature}); err != nil {
		s.fault(w, http.StatusBadRequest, err)
		return
	}
	reply(w, http.StatusOK, map[string]string{"approved": in.PayloadHash})
}

// release ends a freeze, by as many approvers as change the policy.
func (s *Server) release(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Wallet    string
		Approvals []guard.Consent
	}
	if !s.read(w, r, &in) {
		return
	}
	if err := s.Guard.ReleaseBy(in.Wallet, in.Approvals); err != nil {
		s.fault(w, http.StatusForbidden, err)
		return
	}
	reply(w, http.StatusOK, map[string]string{"released": in.Wallet})
}

func (s *Server) policy(w http.ResponseWriter, _ *http.Request) {
	s.applyChanges()
	p := s.Guard.Policy()
	reply(w, http.StatusOK, map[string]any{"name": p.Name, "version": p.Version, "hash": p.Hash(), "mode": p.Mode, "pending": s.pendingChanges()})
}

func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintln(w, "# HELP coldtrail_guard_verdicts_total Verdicts by decision.\n# TYPE coldtrail_guard_verdicts_total counter")
	for i, d := range []guard.Decision{guard.Allow, guard.Hold, guard.Deny} {
		fmt.Fprintf(w, "coldtrail_guard_verdicts_total{decision=%q} %d\n", d, s.counts[i].Load())
	}
	fmt.Fprintf(w, "# HELP coldtrail_guard_refused_total Requests that were not understood or not authorized.\n# TYPE coldtrail_guard_refused_total counter\ncoldtrail_guard_refused_total %d\n", s.refused.Load())
}
