package serve

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coldtrail/coldtrail/guard"
)

// pendingChange is a loosening that is approved and waits for its delay.
type pendingChange struct {
	change *guard.PolicyChange
	next   *guard.Policy
}

// proposal takes a new policy. Tightening is in force at once; loosening needs two
// approvers and waits. Each is written to the log of receipts.
func (s *Server) proposal(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Policy    string // YAML
		Approvals []guard.Consent
	}
	if !s.read(w, r, &in) {
		return
	}
	s.applyChanges()
	next, err := guard.ParsePolicy([]byte(in.Policy))
	if err != nil {
		s.fault(w, http.StatusBadRequest, err)
		return
	}
	c := guard.ProposeChange(s.Guard.Policy(), next, in.Approvals, s.now())
	if c.Effective.IsZero() {
		reply(w, http.StatusForbidden, map[string]any{"error": "this loosens the policy and lacks approvers", "loosens": c.Loosens, "from": c.From, "to": c.To, "approvers": c.Approvers})
		return
	}
	if err := s.record(c); err != nil {
		s.fault(w, http.StatusInternalServerError, err)
		return
	}
	s.mu.Lock()
	s.changes = append(s.changes, &pendingChange{c, next})
	s.mu.Unlock()
	s.applyChanges()
	reply(w, http.StatusOK, map[string]any{"from": c.From, "to": c.To, "loosens": c.Loosens, "approvers": c.Approvers, "effective": c.Effective})
}

func (s *Server) record(c *guard.PolicyChange) error {
	if s.Log == nil {
		return errors.New("a policy is changed only where receipts are kept (--log)")
	}
	text, err := json.Marshal(map[string]any{"type": "policy_change", "from": c.From, "to": c.To, "loosens": c.Loosens, "approvers": c.Approvers, "effective": c.Effective.Format(time.RFC3339)})
	if err == nil {
		_, err = s.append(text)
	}
	return err
}

// applyChanges puts in force what is due, if the policy is still the one from
// which it was proposed.
func (s *Server) applyChanges() {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.changes[:0]
	for _, p := range s.changes {
		switch {
		case p.change.From != s.Guard.Policy().Hash(): // proposed from another: void
		case s.now().Before(p.change.Effective):
			left = append(left, p)
		default:
			s.Guard.SetPolicy(p.next)
		}
	}
	s.changes = left
}

func (s *Server) pendingChanges() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []map[string]any{}
	for _, p := range s.changes {
		all = append(all, map[string]any{"to": p.change.To, "effective": p.change.Effective, "loosens": p.change.Loosens})
	}
	return all
}
