package guard

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/holiman/uint256"
)

// Rule is one line of the policy's own rules. The first that matches decides;
// its decision can only make the verdict stricter than the guard's rules do.
type Rule struct {
	When   When     `yaml:"when"`
	Action Decision `yaml:"action"`
	// Approvals lower a hold of this rule to a warning.
	Approvals Quorum `yaml:"approvals"`
	// Unless names what makes a deny of this rule pass.
	Unless *Unless `yaml:"unless"`
	Note   string  `yaml:"note"`
}

// When is what a rule matches. Every condition that is given must hold.
type When struct {
	Wallet     string       `yaml:"wallet"`
	WalletRole Role         `yaml:"wallet_role"`
	Kind       Kind         `yaml:"kind"`
	Effect     []EffectType `yaml:"effect"`
	// Dst is book (all recipients stand in the book and are ripe), known (or were
	// paid before), unknown (at least one is neither). None without a recipient.
	Dst string `yaml:"dst"`
	// Asset is a CAIP-19 id; AmountGT and SumGT are in atomic units of it.
	Asset    string `yaml:"asset"`
	AmountGT string `yaml:"amount_gt"`
	// Window and SumGT: this and what was sent in the time before.
	Window Duration `yaml:"window"`
	SumGT  string   `yaml:"sum_gt"`
	// Intent is match, missing or mismatch.
	Intent string `yaml:"intent"`
}

// Unless is what lifts a rule.
type Unless struct {
	Approvals int    `yaml:"approvals"`
	Group     string `yaml:"group"`
	Intent    string `yaml:"intent"` // required: it must match
}

func (r *Rule) check(p *Policy) error {
	if r.Action != Allow && r.Action != Hold && r.Action != Deny {
		return fmt.Errorf("action %q: it is allow, hold or deny", r.Action)
	}
	w := r.When
	for _, limit := range []string{w.AmountGT, w.SumGT} {
		if limit == "" {
			continue
		}
		if _, err := decimal(limit, 0); err != nil {
			return fmt.Errorf("%w; amounts are in atomic units", err)
		}
		if w.Asset == "" {
			return fmt.Errorf("an amount needs the asset it is of")
		}
	}
	if err := r.checkWords(); err != nil {
		return err
	}
	if (w.SumGT != "") != (w.Window > 0) {
		return fmt.Errorf("window and sum_gt go together")
	}
	switch {
	case w.Wallet != "" && p.Wallets[w.Wallet] == nil:
		return fmt.Errorf("wallet %q is not in the policy", w.Wallet)
	case w.WalletRole != "" && !validRole(w.WalletRole):
		return fmt.Errorf("wallet_role %q", w.WalletRole)
	case !slices.Contains([]string{"", "book", "known", "unknown"}, w.Dst):
		return fmt.Errorf("dst %q: it is book, known or unknown", w.Dst)
	case !slices.Contains([]string{"", "match", "missing", "mismatch"}, w.Intent):
		return fmt.Errorf("intent %q: it is match, missing or mismatch", w.Intent)
	case r.Approvals.N > 0 && len(p.Groups[r.Approvals.Group]) < r.Approvals.N:
		return fmt.Errorf("approvals: %d of group %q, which has %d members", r.Approvals.N, r.Approvals.Group, len(p.Groups[r.Approvals.Group]))
	case r.Unless != nil && r.Unless.Approvals < 1 && r.Unless.Intent != "required":
		return fmt.Errorf("unless names neither approvals nor intent: required")
	case r.Unless != nil && r.Unless.Approvals > len(p.Groups[r.Unless.Group]):
		return fmt.Errorf("unless: %d approvals of group %q, which has %d members", r.Unless.Approvals, r.Unless.Group, len(p.Groups[r.Unless.Group]))
	}
	return nil
}

// checkWords refuses what would never be met, and what would be passed over: a deny
// that never matches lets pass what it was written against.
func (r *Rule) checkWords() error {
	w := r.When
	for _, t := range w.Effect {
		if !slices.Contains(effectTypes, t) {
			return fmt.Errorf("effect %q is not known", t)
		}
	}
	switch {
	case w.Kind != "" && !slices.Contains(kinds, w.Kind):
		return fmt.Errorf("kind %q is not known", clip(string(w.Kind)))
	case w.Asset != "" && !strings.Contains(w.Asset, ":"):
		return fmt.Errorf("asset %q: write its CAIP-19 id, such as eip155:1/slip44:60 or iso4217:EUR", clip(w.Asset))
	case r.Approvals != (Quorum{}) && (r.Action != Hold || r.Approvals.N < 1):
		return fmt.Errorf("approvals lower a hold, by one person at least: %d of a rule that says %s", r.Approvals.N, r.Action)
	case r.Unless == nil:
		return nil
	case r.Action == Allow:
		return fmt.Errorf("unless lifts a hold or a deny: this rule says allow")
	case r.Unless.Intent != "" && r.Unless.Intent != "required":
		return fmt.Errorf("unless: intent %q: it is required, or is left out", clip(r.Unless.Intent))
	case r.Unless.Approvals < 0:
		return fmt.Errorf("unless: %d approvals", r.Unless.Approvals)
	}
	return nil
}

// kinds are the kinds of payloads.
var kinds = []Kind{SafeTx, EthTx, EIP712, EIP7702, PSBT, BTCRaw, Transfer, MT103, MT202, Pacs008, Pacs009}

// checkOrder refuses rules that an earlier one leaves nothing: the first that matches
// decides.
func (p *Policy) checkOrder(bad func(string, ...any)) {
	for i := range p.Rules {
		for k := range p.Rules[:i] {
			earlier := p.Rules[k].When
			if reflect.DeepEqual(earlier, When{}) || reflect.DeepEqual(earlier, p.Rules[i].When) {
				bad("rule %d never decides: rule %d takes all that it would match", i+1, k+1)
				break
			}
		}
	}
}

var effectTypes = []EffectType{NativeTransfer, TokenTransfer, NFTTransfer, Approval, Delegatecall, ControlChange, ContractCall, BankCredit, Fee, Change, Data}

// policyRules applies the policy's own rules, in order.
func (c *check) policyRules() {
	for i := range c.policy.Rules {
		r := &c.policy.Rules[i]
		if !c.matches(&r.When) {
			continue
		}
		id := fmt.Sprintf("P%d", i+1)
		if r.Action == Allow {
			c.notes = append(c.notes, fmt.Sprintf("policy rule %s lets this pass where no other rule fires", id))
			return
		}
		if r.Unless != nil && c.lifted(r.Unless) {
			c.fire(id, Warn, "policy rule "+id+" is lifted by its \"unless\"", nil)
			return
		}
		s := High
		if r.Action == Deny {
			s = Critical
		}
		why := r.Note
		if why == "" {
			why = "a rule of the policy says so"
		}
		c.fire(id, s, fmt.Sprintf("policy rule %d: %s: %s", i+1, r.Action, why), nil)
		if s == High && r.Approvals.N > 0 {
			c.quorum[id] = r.Approvals
		}
		return
	}
	if c.policy.Default == Hold {
		c.fire("P0", High, "no rule of the policy lets this pass; what is not allowed is held", nil)
	}
}

func (c *check) matches(w *When) bool {
	wallet := c.policy.Wallet(c.req.Wallet)
	switch {
	case w.Wallet != "" && w.Wallet != c.req.Wallet,
		w.WalletRole != "" && w.WalletRole != wallet.Role,
		w.Kind != "" && w.Kind != c.req.Kind,
		len(w.Effect) > 0 && !c.has(w.Effect),
		w.Dst != "" && !c.destinations(w.Dst),
		w.Intent != "" && w.Intent != c.intentState():
		return false
	}
	if w.AmountGT == "" && w.SumGT == "" {
		return w.Asset == "" || c.moves(w.Asset)
	}
	sum, largest := c.outflow(w.Asset)
	if w.AmountGT != "" {
		limit, _ := decimal(w.AmountGT, 0) // checked when the policy was read
		if !largest.Gt(&limit) {
			return false
		}
	}
	if w.SumGT != "" {
		limit, _ := decimal(w.SumGT, 0)
		c.summed = true
		before := c.past.sent(w.Asset, c.at.Add(-time.Duration(w.Window)), c.at)
		total, over := new(uint256.Int).AddOverflow(&sum, &before)
		if !over && !total.Gt(&limit) {
			return false
		}
	}
	return true
}

func (c *check) has(types []EffectType) bool {
	for _, e := range c.v.Decoded.Effects {
		if slices.Contains(types, e.Type) && !carrier(&e) {
			return true
		}
	}
	return false
}

func (c *check) moves(asset string) bool {
	return slices.ContainsFunc(c.v.Decoded.Effects, func(e Effect) bool { return e.pays() && sameAsset(e.Asset, asset) })
}

// destinations tells whether all recipients are of a kind (for unknown: any).
func (c *check) destinations(kind string) bool {
	n, unknown, unlisted := 0, 0, 0
	for i := range c.v.Decoded.Effects {
		e := &c.v.Decoded.Effects[i]
		if !e.pays() || c.own(e.To) {
			continue
		}
		n++
		_, _, ripe := c.policy.Book(e.To, c.at)
		if !ripe {
			unlisted++
			if !c.past.paid(e.To) {
				unknown++
			}
		}
	}
	switch kind {
	case "unknown":
		return unknown > 0
	case "known":
		return n > 0 && unknown == 0
	}
	return n > 0 && unlisted == 0
}

func (c *check) intentState() string {
	switch {
	case c.req.Intent == nil:
		return "missing"
	case c.mismatched || c.unsigned || c.denied("G02"):
		return "mismatch"
	}
	return "match"
}

// denied reports whether a rule fired as a deny: bytes for another wallet, say.
func (c *check) denied(rule string) bool {
	for _, r := range c.v.Reasons {
		if r.Rule == rule && r.Severity == Critical {
			return true
		}
	}
	return false
}

// lifted reports whether all that an "unless" names is there.
func (c *check) lifted(u *Unless) bool {
	if u.Intent == "required" && c.intentState() != "match" {
		return false
	}
	return u.Approvals == 0 || len(c.approvers(u.Group)) >= u.Approvals
}
