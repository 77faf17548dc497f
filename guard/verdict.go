package guard

import (
	"encoding/json"
	"fmt"
	"sort"
	"time"
)

// Severity of a reason. High is a hold, critical a deny.
type Severity int

// The severities, rising.
const (
	Info Severity = iota
	Warn
	High
	Critical
)

var severityNames = [...]string{"info", "warn", "high", "critical"}

// String writes the severity as policies do.
func (s Severity) String() string { return severityNames[s] }

// MarshalText writes it.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads it; hold and deny stand for high and critical.
func (s *Severity) UnmarshalText(text []byte) error {
	switch string(text) {
	case "hold":
		*s = High
		return nil
	case "deny":
		*s = Critical
		return nil
	}
	for i, name := range severityNames {
		if string(text) == name {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("severity %q: it is info, warn, high (hold) or critical (deny)", text)
}

// Decision is the answer in one word.
type Decision string

// The decisions.
const (
	Allow Decision = "allow"
	Hold  Decision = "hold"
	Deny  Decision = "deny"
)

// Decision gives what a severity means.
func (s Severity) Decision() Decision {
	switch s {
	case Critical:
		return Deny
	case High:
		return Hold
	}
	return Allow
}

// Reason is one rule that fired.
type Reason struct {
	// Rule is G01 to G21, or P1, P2 .. for the policy's own rules in order.
	Rule     string   `json:"rule"`
	Name     string   `json:"name"`
	Severity Severity `json:"severity" enum:"info,warn,high,critical"`
	// Monitor is set for a rule that is only watched: it does not count.
	Monitor  bool              `json:"monitor,omitempty"`
	Text     string            `json:"text"`
	Evidence map[string]string `json:"evidence,omitempty"`
	// Approved names the approvers by whom a hold was lowered to a warning.
	Approved []string `json:"approved,omitempty"`
}

// Undecoded is a part of the payload without a meaning.
type Undecoded struct {
	Where  string `json:"where,omitempty"`
	Reason string `json:"reason"`
}

// Decoded is what the bytes do, as far as they show it.
type Decoded struct {
	Complete  bool        `json:"complete"`
	Effects   []Effect    `json:"effects"`
	Undecoded []Undecoded `json:"undecoded,omitempty"`
	// Signers tells who made each signature over the digest computed here.
	Signers []Signer `json:"signers,omitempty"`
}

// Signer is one collected signature.
type Signer struct {
	Who string `json:"who,omitempty"`
	// Kind is ecdsa, eth_sign, approved_hash, contract, schnorr.
	Kind string `json:"kind,omitempty"`
	// Owner is set when the wallet's policy names Who.
	Owner bool `json:"owner"`
	// NeedsNode is set where only the chain can tell.
	NeedsNode bool   `json:"needs_node,omitempty"`
	Fault     string `json:"fault,omitempty"`
}

// Verdict is the answer to a request. Its JSON is the same for the same request,
// policy, history and time.
type Verdict struct {
	RequestID string   `json:"request_id,omitempty"`
	Wallet    string   `json:"wallet"`
	Kind      Kind     `json:"kind"`
	Decision  Decision `json:"decision" enum:"allow,hold,deny"`
	// Mode is enforce, or monitor when the policy only watches.
	Mode          string            `json:"mode"`
	Policy        string            `json:"policy"`
	PolicyVersion string            `json:"policy_version"`
	RulesVersion  string            `json:"rules_version"`
	Lists         []List            `json:"lists,omitempty"`
	Reasons       []Reason          `json:"reasons"`
	Decoded       Decoded           `json:"decoded"`
	Digests       map[string]string `json:"digests"`
	// NotEvaluated names rules that lacked what they need, and what that is.
	NotEvaluated []string `json:"not_evaluated,omitempty"`
	// PayloadHash is the SHA-256 of the payload as it came; RequestHash of the
	// whole request.
	PayloadHash string    `json:"payload_hash"`
	RequestHash string    `json:"request_hash"`
	At          time.Time `json:"at"`
	ExpiresAt   time.Time `json:"expires_at"`
}

// List names a list against which recipients were screened.
type List struct {
	Name string `json:"name"`
	AsOf string `json:"as_of,omitempty"`
}

// Fired reports whether a rule is among the reasons that count.
func (v *Verdict) Fired(rule string) bool {
	for _, r := range v.Reasons {
		if r.Rule == rule && !r.Monitor {
			return true
		}
	}
	return false
}

// conclude sorts the reasons, gravest first, and draws the decision from the
// gravest that counts.
func (v *Verdict) conclude() {
	sort.SliceStable(v.Reasons, func(i, j int) bool {
		a, b := v.Reasons[i], v.Reasons[j]
		if a.Monitor != b.Monitor {
			return b.Monitor
		}
		if a.Severity != b.Severity {
			return a.Severity > b.Severity
		}
		return a.Rule < b.Rule
	})
	worst := Info
	for _, r := range v.Reasons {
		if !r.Monitor && r.Severity > worst {
			worst = r.Severity
		}
	}
	v.Decision = worst.Decision()
	if v.Decision == Allow && !v.Decoded.Complete {
		v.Decision = Hold // no severity of any policy lets undecoded bytes pass
	}
}

// JSON is the verdict as it is written and hashed.
func (v *Verdict) JSON() ([]byte, error) {
	if v.Reasons == nil {
		v.Reasons = []Reason{}
	}
	if v.Decoded.Effects == nil {
		v.Decoded.Effects = []Effect{}
	}
	return json.Marshal(v)
}
