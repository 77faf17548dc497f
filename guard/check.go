package guard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/safe"
	"github.com/coldtrail/coldtrail/tag"
)

// rulesVersion changes with the meaning of a rule.
const rulesVersion = "rules-1"

// DefaultTimeout is how long a check may take before the answer is hold.
const DefaultTimeout = 5 * time.Second

// Screener tells what lists say about an address; tag.Set is one. Addresses are
// compared by family, never by ticker.
type Screener interface {
	Screen(address string) []tag.Tag
}

// Guard answers requests. It is safe for use by several goroutines.
type Guard struct {
	// Lists may be nil: then no list is screened, and every verdict says so.
	Lists Screener
	// ListNames are the names and dates of the lists, for the verdict.
	ListNames []List
	// Now is the clock; nil means the computer's.
	Now func() time.Time
	// Timeout of a check; zero means DefaultTimeout.
	Timeout time.Duration
	// Once is set where the guard answers one request and ends: then the verdict
	// says which rules would need a memory.
	Once bool

	mu      sync.RWMutex
	policy  *Policy
	history *History
	// seen holds the digest by wallet and nonce, and when each payment was checked.
	seen   map[string]string
	asked  map[string]asked
	frozen map[string]string
	// intents and consents wait for their request, by wallet and reference or hash.
	intents  map[string]*Intent
	consents map[string][]Consent
	// past guards the history while checks read it and Learn writes; learns is set
	// once it did.
	past   sync.RWMutex
	learns bool

	// stall is for tests: it is called inside a check.
	stall func(context.Context)
}

// asked is a payment that was checked before.
type asked struct {
	digest string
	at     time.Time
}

// New returns a guard with a policy and a history, which may be nil.
func New(p *Policy, h *History) *Guard {
	if h == nil {
		h = NewHistory()
	}
	return &Guard{policy: p, history: h, seen: map[string]string{}, asked: map[string]asked{}, frozen: map[string]string{}, intents: map[string]*Intent{}, consents: map[string][]Consent{}}
}

// Policy returns the policy in force.
func (g *Guard) Policy() *Policy {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.policy
}

// SetPolicy puts another policy in force for the checks that begin from now on.
func (g *Guard) SetPolicy(p *Policy) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.policy = p
}

// Release ends the freeze of a wallet. It is for a person, after they know why.
func (g *Guard) Release(wallet string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.frozen, wallet)
}

// Learn adds an executed transaction to the history of a wallet.
func (g *Guard) Learn(v *Verdict, params map[string]string, x Executed) {
	g.past.Lock()
	defer g.past.Unlock()
	g.learns = true
	g.history.Of(v.Wallet).Learn(v, params, x)
}

// Check answers a request. It never fails: a fault inside, or more time than the
// guard has, gives hold.
func (g *Guard) Check(ctx context.Context, r *Request) *Verdict {
	v, _ := g.CheckParams(ctx, r)
	return v
}

// CheckParams is Check, and returns the parameters of the transaction that a
// history learns (gas limits).
func (g *Guard) CheckParams(ctx context.Context, r *Request) (*Verdict, map[string]string) {
	timeout := g.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	type answer struct {
		v      *Verdict
		params map[string]string
	}
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if fault := recover(); fault != nil {
				done <- answer{g.failed(r, fmt.Sprintf("internal fault: %v", fault)), nil}
			}
		}()
		c := g.begin(r)
		if g.stall != nil {
			g.stall(ctx)
		}
		c.run()
		done <- answer{c.v, c.params}
	}()
	select {
	case a := <-done:
		if ctx.Err() == nil {
			return a.v, a.params
		}
	case <-ctx.Done():
	}
	return g.failed(r, fmt.Sprintf("the check took longer than %s", timeout)), nil
}

// failed is the verdict when there is none: hold. It says of the request what it can;
// where even that fails, it is a bare hold.
func (g *Guard) failed(r *Request, why string) (v *Verdict) {
	defer func() {
		if fault := recover(); fault != nil {
			v = &Verdict{Decision: Hold, Mode: "enforce", Digests: map[string]string{}, Decoded: Decoded{Effects: []Effect{}}, At: g.now(), ExpiresAt: g.now().Add(24 * time.Hour),
				Reasons: []Reason{{Rule: "G01", Name: ruleNames["G01"], Severity: High, Text: fmt.Sprintf("%s; and of the request nothing can be said: %v", why, fault)}}}
		}
	}()
	c := g.begin(r)
	c.leave("", "%s", why)
	c.fire("G01", High, why+"; without an answer nothing passes", nil)
	c.v.conclude()
	return c.v
}

func (g *Guard) now() time.Time {
	if g.Now != nil {
		return g.Now().UTC()
	}
	return time.Now().UTC().Truncate(time.Millisecond)
}

// check is one check under way.
type check struct {
	g      *Guard
	policy *Policy
	past   *Past
	req    *Request
	v      *Verdict
	at     time.Time // now
	asOf   time.Time // when the bytes were proposed
	// facts are chain_id, nonce, account, ref of the bytes; params what history
	// learns; claimed the digests that a screen may show.
	facts, params map[string]string
	claimed       []string
	// quorum gives for a rule which approvals lower its hold.
	quorum map[string]Quorum
	notes  []string
	// mismatched is set when the effects differ from the intent.
	mismatched bool
	// summed is set when a rule added earlier payments.
	summed bool
	// unsigned is set when the intent lacks the signature that the policy asks for.
	unsigned bool
}

func (g *Guard) begin(r *Request) *check {
	g.mu.RLock()
	policy := g.policy
	g.mu.RUnlock()
	g.past.RLock()
	past := g.history.Wallets[r.Wallet]
	g.past.RUnlock()
	if past == nil {
		past = newPast()
	}
	now := g.now()
	c := &check{
		g: g, policy: policy, past: past, req: r, at: now, asOf: now,
		facts: map[string]string{}, params: map[string]string{}, quorum: map[string]Quorum{},
	}
	if r.AsOf != nil {
		c.asOf = r.AsOf.UTC()
	}
	for rule, q := range policy.Approvals {
		c.quorum[rule] = q
	}
	whole, _ := json.Marshal(r) // strings and raw JSON that was read: cannot fail
	c.v = &Verdict{
		RequestID: r.ID, Wallet: r.Wallet, Kind: r.Kind, Mode: policy.Mode, Policy: policy.Name,
		PolicyVersion: policy.hash, RulesVersion: rulesVersion + "+libraries-" + safe.LibrariesHash().String()[2:18],
		Lists: g.ListNames, Digests: map[string]string{}, Reasons: []Reason{}, Decoded: Decoded{Effects: []Effect{}},
		PayloadHash: hashOf(r.Payload), RequestHash: hashOf(whole), At: now, ExpiresAt: now.Add(lifetime(policy)),
	}
	return c
}

func lifetime(p *Policy) time.Duration {
	if p.TTL > 0 {
		return time.Duration(p.TTL)
	}
	return 24 * time.Hour
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// run is the whole check: decode, compare, judge, conclude.
func (c *check) run() {
	c.resolve()
	c.decode()
	c.compare()
	c.frozen()
	c.approve()
	c.pairs()
	c.watchOnly()
	c.v.conclude()
	c.remember()
	if c.policy.Mode == "monitor" && c.v.Decision != Allow {
		c.notes = append(c.notes, fmt.Sprintf("monitor: in enforce mode this would be %s", c.v.Decision))
		c.v.Decision = Allow
	}
	c.v.NotEvaluated = append(c.v.NotEvaluated, c.notes...)
}

// compare applies the rules that read the history, which Learn must not change
// meanwhile.
func (c *check) compare() {
	c.g.past.RLock()
	defer c.g.past.RUnlock()
	c.judge()
	c.compareIntent()
	c.claimedDigest()
	c.policyRules()
	c.forgetful()
}

// forgetful notes what the rules about earlier requests and payments cannot know
// here: what other processes were asked, and what was sent since the history was
// learnt.
func (c *check) forgetful() {
	if c.g.Once {
		if c.policy.DuplicateWindow > 0 {
			c.notes = append(c.notes, "G20 replay_or_duplicate: this process remembers no request before this one")
		}
		if len(c.policy.FreezeOn) > 0 {
			c.notes = append(c.notes, "G20: whether the wallet is frozen is not known to this process")
		}
	}
	if c.summed && !c.g.learns {
		until := "it has none"
		if n := len(c.past.Outflows); n > 0 {
			until = "its last is of " + c.past.Outflows[n-1].At.UTC().Format(time.RFC3339)
		}
		c.notes = append(c.notes, "earlier payments (G08, sum_gt) are known from the learnt history alone: "+until)
	}
}

// fire records that a rule fired. The policy may set another severity for the
// rule and the wallet's role; it replaces only the rule's usual one, so that a
// gravest case stays what it is.
func (c *check) fire(rule string, s Severity, text string, evidence map[string]string) {
	if s != Critical {
		by := c.policy.Severity[rule]
		if set, ok := by[string(c.policy.Wallet(c.req.Wallet).Role)]; ok {
			s = set
		} else if set, ok := by["any"]; ok {
			s = set
		}
	}
	if rule == "G01" && s < High {
		s = High
	}
	name := ruleNames[rule]
	if name == "" {
		name = "policy_rule"
	}
	c.v.Reasons = append(c.v.Reasons, Reason{Rule: rule, Name: name, Severity: s, Text: text, Evidence: evidence})
}

// claimedDigest compares what a screen shows with what was computed here.
func (c *check) claimedDigest() {
	shown := c.req.ClaimedDigest
	if shown == "" {
		return
	}
	for _, d := range c.claimed {
		if sameDigest(shown, d) {
			return
		}
	}
	c.mismatched = true
	c.fire("G02", Critical, fmt.Sprintf("the screen shows digest %s; these bytes have none like it", clip(shown)), map[string]string{"claimed": clip(shown)})
}

func (c *check) frozen() {
	c.g.mu.RLock()
	why := c.g.frozen[c.req.Wallet]
	c.g.mu.RUnlock()
	if why != "" {
		c.fire("G20", High, "the wallet is frozen since "+why+"; a person must release it", nil)
		delete(c.quorum, "G20")
	}
}

// approve lowers holds for which enough people consent.
func (c *check) approve() {
	for i := range c.v.Reasons {
		r := &c.v.Reasons[i]
		q, ok := c.quorum[r.Rule]
		if !ok || r.Severity != High {
			continue
		}
		if by := c.approvers(q.Group); len(by) >= q.N {
			r.Severity, r.Approved = Warn, by
		}
	}
}

// pairs raises the severity where two rules together mean more than each.
func (c *check) pairs() {
	for _, p := range c.policy.Pairs {
		all := len(p.If) > 0
		for _, rule := range p.If {
			all = all && c.found(rule)
		}
		if !all {
			continue
		}
		for i := range c.v.Reasons {
			r := &c.v.Reasons[i]
			if r.Rule == p.If[0] && r.Severity < p.Then && len(r.Approved) == 0 {
				r.Severity = p.Then
				r.Text += fmt.Sprintf(" (raised: it comes with %s)", p.If[len(p.If)-1])
			}
		}
	}
}

// found reports whether a rule found something, rather than lacked what it needs.
func (c *check) found(rule string) bool {
	return slices.ContainsFunc(c.v.Reasons, func(r Reason) bool { return r.Rule == rule && r.Name == ruleNames[rule] })
}

func (c *check) watchOnly() {
	for i := range c.v.Reasons {
		c.v.Reasons[i].Monitor = slices.Contains(c.policy.Monitor, c.v.Reasons[i].Rule)
	}
}

// remember keeps what later checks compare with.
func (c *check) remember() {
	c.g.mu.Lock()
	defer c.g.mu.Unlock()
	if c.policy.Wallets[c.req.Wallet] == nil {
		return // names from outside must not fill the memory
	}
	c.g.forget(c.at, time.Duration(c.policy.DuplicateWindow))
	if n := c.facts["nonce"]; n != "" && len(c.claimed) > 0 {
		if k := c.req.Wallet + "/" + n; c.g.seen[k] == "" {
			c.g.seen[k] = c.claimed[0]
		}
	}
	if c.policy.DuplicateWindow > 0 {
		for _, k := range c.payments() {
			if _, ok := c.g.asked[k]; !ok || c.at.Sub(c.g.asked[k].at) > time.Duration(c.policy.DuplicateWindow) {
				c.g.asked[k] = asked{c.identity(), c.at}
			}
		}
	}
	for _, rule := range c.policy.FreezeOn {
		for _, r := range c.v.Reasons {
			if r.Rule == rule && r.Severity == Critical && !r.Monitor {
				c.g.frozen[c.req.Wallet] = fmt.Sprintf("%s (%s)", c.at.Format(time.RFC3339), rule)
			}
		}
	}
}

// maxRemembered bounds what is kept of past checks.
const maxRemembered = 1 << 20

// forget drops payments whose window is over, once there are many. The nonces are
// dropped all at once when there are far too many: then the first other digest of
// an old nonce is not noticed, and everything else still is.
func (g *Guard) forget(now time.Time, window time.Duration) {
	if len(g.asked) >= maxRemembered {
		for k, a := range g.asked {
			if now.Sub(a.at) > window {
				delete(g.asked, k)
			}
		}
	}
	if len(g.seen) >= maxRemembered {
		clear(g.seen)
	}
}

// identity is the digest by which the same bytes are known again.
func (c *check) identity() string {
	if len(c.claimed) > 0 {
		return c.claimed[0]
	}
	return c.v.PayloadHash
}

// payments names each payment of the request, for duplicates.
func (c *check) payments() []string {
	var all []string
	for i := range c.v.Decoded.Effects {
		if e := &c.v.Decoded.Effects[i]; e.pays() {
			all = append(all, fmt.Sprintf("%s/%s/%s/%s", c.req.Wallet, key(e.To), strings.ToLower(e.Asset), e.Amount.Dec()))
		}
	}
	return all
}

// outflow sums what leaves in an asset, and gives the largest payment.
func (c *check) outflow(asset string) (sum, largest uint256.Int) {
	for i := range c.v.Decoded.Effects {
		e := &c.v.Decoded.Effects[i]
		if !e.pays() || !sameAsset(e.Asset, asset) || c.own(e.To) {
			continue
		}
		if _, over := sum.AddOverflow(&sum, &e.Amount); over {
			sum.SetAllOne()
		}
		if e.Amount.Gt(&largest) {
			largest = e.Amount
		}
	}
	return sum, largest
}

// own reports whether a place is the wallet itself.
func (c *check) own(place string) bool { return samePlace(place, c.facts["account"]) }
