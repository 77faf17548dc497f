package guard

import (
	"errors"
	"fmt"
	"slices"
)

// ErrFull marks a registry that takes nothing more until it is restarted.
var ErrFull = errors.New("too many are registered")

// maxRegistered bounds intents and approvals that wait in memory.
const maxRegistered = 10000

// RegisterIntent keeps an intent that was given ahead, by another channel. A
// request then names it by its reference alone. A reference is taken once.
func (g *Guard) RegisterIntent(wallet string, in *Intent) error {
	if wallet == "" || in.Ref == "" {
		return fmt.Errorf("%w: an intent needs its wallet and a ref", ErrRequest)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	k := wallet + "\x00" + in.Ref
	if _, taken := g.intents[k]; taken {
		return fmt.Errorf("%w: ref %q of wallet %q is taken; an intent is never changed", ErrRequest, clip(in.Ref), clip(wallet))
	}
	if len(g.intents) >= maxRegistered {
		return ErrFull
	}
	g.intents[k] = in
	return nil
}

// Approve keeps the consent of a person to a payload. One that no group's member
// signed is refused.
func (g *Guard) Approve(wallet, payloadHash string, a Consent) error {
	p := g.Policy()
	member := false
	for _, keys := range p.Groups {
		for _, k := range keys {
			member = member || k == a.By
		}
	}
	if !member || !verifies(a.By, a.Signature, ApprovalMessage(wallet, payloadHash)) {
		return fmt.Errorf("%w: the approval is not signed by a member of a group of the policy", ErrRequest)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.consents) >= maxRegistered {
		return ErrFull
	}
	k := wallet + "\x00" + payloadHash
	g.consents[k] = append(g.consents[k], a)
	return nil
}

// resolve puts a registered intent in the place of one that names only its
// reference.
func (c *check) resolve() {
	in := c.req.Intent
	if in == nil || in.Ref == "" || len(in.transfers()) > 0 || len(in.AllowEffects) > 0 {
		return
	}
	c.g.mu.RLock()
	found := c.g.intents[c.req.Wallet+"\x00"+in.Ref]
	c.g.mu.RUnlock()
	if found == nil {
		return // it names nothing, so every effect will differ from it
	}
	r := *c.req
	r.Intent = found
	c.req = &r
}

// Held is the verdict when a request cannot be checked: hold, and why.
func (g *Guard) Held(r *Request, why string) *Verdict { return g.failed(r, why) }

// Unkept is the answer when the receipt of a verdict cannot be kept: a deny stays
// one, all else is hold.
func (g *Guard) Unkept(r *Request, v *Verdict, err error) *Verdict {
	why := "the receipt could not be written: " + err.Error()
	if v.Decision != Deny {
		return g.Held(r, why)
	}
	kept := *v
	kept.Reasons = append(slices.Clone(v.Reasons), Reason{Rule: "G01", Name: "receipt_missing", Severity: High, Text: why})
	return &kept
}

// ReleaseMessage is what is signed to end the freeze of a wallet.
func ReleaseMessage(wallet, since string) []byte {
	return []byte("coldtrail guard release v1\n" + wallet + "\n" + since + "\n")
}

// Frozen tells since when a wallet is frozen, "" if it is not.
func (g *Guard) Frozen(wallet string) string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.frozen[wallet]
}

// ReleaseBy ends the freeze of a wallet when as many approvers as may change the
// policy have signed ReleaseMessage.
func (g *Guard) ReleaseBy(wallet string, consents []Consent) error {
	p, since := g.Policy(), g.Frozen(wallet)
	signed := map[string]bool{}
	for _, a := range consents {
		for _, member := range p.Groups[p.ChangeApprovers.Group] {
			if member == a.By && verifies(a.By, a.Signature, ReleaseMessage(wallet, since)) {
				signed[a.By] = true
			}
		}
	}
	if since == "" || p.ChangeApprovers.N < 1 || len(signed) < p.ChangeApprovers.N {
		return fmt.Errorf("%w: releasing a wallet needs %d approvers of group %q, over the time of its freeze (%q)", ErrRequest, p.ChangeApprovers.N, p.ChangeApprovers.Group, since)
	}
	g.Release(wallet)
	return nil
}
