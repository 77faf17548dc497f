package guard

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/psbt"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// PolicyFormat is the name of the file format, which a file states.
const PolicyFormat = "coldtrail/guard-policy/v1"

// ErrPolicy marks a policy that cannot be used. The message names the place.
var ErrPolicy = errors.New("not a usable policy")

//go:embed policies/*.yaml
var builtin embed.FS

// Role is what a wallet is for.
type Role string

// The roles. Rules are stricter for cold wallets.
const (
	Cold Role = "cold"
	Warm Role = "warm"
	Hot  Role = "hot"
)

// Policy is what a treasury decided. The YAML names are in docs/guard.md.
type Policy struct {
	Format string `yaml:"format"`
	Name   string `yaml:"name"`
	// Base is the built-in policy on which a file stands: its maps are merged, its
	// lists replaced. Files without one stand on strict.
	Base    string `yaml:"base"`
	Version int    `yaml:"version"`
	// Mode is enforce or monitor; in monitor every decision is allow, and the
	// verdict says what it would have been.
	Mode        string                         `yaml:"mode"`
	Wallets     map[string]*Wallet             `yaml:"wallets"`
	AddressBook []BookEntry                    `yaml:"address_book"`
	Tokens      []Token                        `yaml:"tokens"`
	Chains      []string                       `yaml:"chains"`
	Delegates   []string                       `yaml:"delegates"`
	Groups      map[string][]string            `yaml:"groups"`
	IntentKeys  []string                       `yaml:"intent_keys"`
	Severity    map[string]map[string]Severity `yaml:"severity"`
	Monitor     []string                       `yaml:"monitor"`
	Approvals   map[string]Quorum              `yaml:"approvals"`
	Rules       []Rule                         `yaml:"rules"`
	Pairs       []Pair                         `yaml:"pairs"`
	Thresholds  Thresholds                     `yaml:"thresholds"`
	// RequireIntent holds a cold wallet's request without an intent,
	// RequireBalance one without balances.
	RequireIntent  bool `yaml:"require_intent"`
	RequireBalance bool `yaml:"require_balance"`
	// Default is what happens when no rule matches: hold or allow.
	Default Decision `yaml:"default"`
	// TTL is the greatest age of a proposal; DuplicateWindow the time in which the
	// same payment twice is a duplicate. Zero turns the rule off.
	TTL             Duration `yaml:"ttl"`
	DuplicateWindow Duration `yaml:"duplicate_window"`
	// FreezeOn lists rules after whose deny every request of the wallet is held
	// until someone releases it.
	FreezeOn []string `yaml:"freeze_on"`
	// ChangeDelay is how long a loosening waits, ChangeApprovers by whom and how
	// many it must be approved.
	ChangeDelay     Duration `yaml:"change_delay"`
	ChangeApprovers Quorum   `yaml:"change_approvers"`

	hash  string
	texts [][]byte // of the base and of the file
	book  map[string]BookEntry

	mu       sync.Mutex
	bitcoins map[string]*psbt.Wallet
}

// Wallet is one wallet of the policy.
type Wallet struct {
	Role Role `yaml:"role"`
	// Safe is eip155:CHAIN:ADDRESS, SafeVersion its version.
	Safe        string   `yaml:"safe"`
	SafeVersion string   `yaml:"safe_version"`
	Owners      []string `yaml:"owners"`
	Threshold   int      `yaml:"threshold"`
	// Account is the address of a wallet that is one key: eip155:CHAIN:ADDRESS, or
	// the account of a bank customer.
	Account string `yaml:"account"`
	// Descriptors are the output descriptors of a Bitcoin wallet.
	Descriptors []string `yaml:"descriptors"`
	// GapLimit bounds the index of proven change; 0 means 1000.
	GapLimit uint32 `yaml:"gap_limit"`
}

// BookEntry is a destination that people have agreed on.
type BookEntry struct {
	Name string `yaml:"name"`
	Addr string `yaml:"addr"`
	// Added is the day or time of the entry. It counts as known only after Cooldown.
	Added    string   `yaml:"added"`
	Cooldown Duration `yaml:"cooldown"`

	from time.Time
}

// Token is a contract that is known to be a token.
type Token struct {
	// Asset is eip155:CHAIN/erc20:ADDRESS.
	Asset    string `yaml:"asset"`
	Symbol   string `yaml:"symbol"`
	Decimals int    `yaml:"decimals"`
}

// Quorum is a number of members of a group.
type Quorum struct {
	Group string `yaml:"group"`
	N     int    `yaml:"n"`
}

// Pair raises the severity when all of its rules fire.
type Pair struct {
	If   []string `yaml:"if"`
	Then Severity `yaml:"then"`
}

// Thresholds are the numbers of the rules.
type Thresholds struct {
	DrainHold Share `yaml:"drain_hold"`
	DrainDeny Share `yaml:"drain_deny"`
	// Lookalike gives leading and trailing characters.
	LookalikeBase58 [2]int `yaml:"lookalike_base58"`
	LookalikeHex    [2]int `yaml:"lookalike_hex"`
	// FeeMax bounds a fee in atomic units by asset; FeeRate in sat per vbyte.
	FeeMax  map[string]string `yaml:"fee_max"`
	FeeRate uint64            `yaml:"fee_rate"`
	// ApprovalMax bounds an approval by asset; ApprovalLife how long it may hold.
	ApprovalMax  map[string]string `yaml:"approval_max"`
	ApprovalLife Duration          `yaml:"approval_life"`
}

// Duration is a time span as Go writes it: 24h, 15m.
type Duration time.Duration

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err == nil && v < 0 {
		err = fmt.Errorf("duration %s is negative", text)
	}
	*d = Duration(v)
	return err
}

// Share is a part of a whole, in millionths; written 25% or 0.25.
type Share uint64

// UnmarshalText reads it.
func (s *Share) UnmarshalText(text []byte) error {
	t, percent := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	scale := 6
	if percent {
		scale = 4
	}
	n, err := decimal(t, scale)
	if err != nil || !n.IsUint64() || n.Uint64() > 1e6 {
		return fmt.Errorf("share %q: it is between 0%% and 100%%, with at most %d decimals", text, scale)
	}
	*s = Share(n.Uint64())
	return nil
}

func (p *Policy) decode(text []byte) error {
	if err := yaml.Load(text, p, yaml.WithKnownFields(), yaml.WithUniqueKeys()); err != nil {
		return fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	return nil
}

// finish checks a policy and prepares what look-ups need. The hash covers the
// text and the base on which it stands.
func (p *Policy) finish(text []byte) error {
	sum := sha256.Sum256(text)
	p.hash = "sha256:" + hex.EncodeToString(sum[:])
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if p.Format != PolicyFormat {
		bad("format %q: it must be %s", p.Format, PolicyFormat)
	}
	if p.Mode != "enforce" && p.Mode != "monitor" {
		bad("mode %q: it is enforce or monitor", p.Mode)
	}
	if p.Default != Allow && p.Default != Hold {
		bad("default %q: it is hold or allow", p.Default)
	}
	for name, w := range p.Wallets {
		if err := w.check(); err != nil {
			bad("wallet %s: %w", name, err)
		}
	}
	p.book = map[string]BookEntry{}
	for i := range p.AddressBook {
		if err := p.enter(&p.AddressBook[i]); err != nil {
			bad("address_book entry %d (%s): %w", i+1, p.AddressBook[i].Name, err)
		}
	}
	p.checkNames(bad)
	for i := range p.Rules {
		if err := p.Rules[i].check(p); err != nil {
			bad("rule %d: %w", i+1, err)
		}
	}
	p.checkOrder(bad)
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrPolicy, errors.Join(faults...))
	}
	return nil
}

func (p *Policy) checkNames(bad func(string, ...any)) {
	for rule, by := range p.Severity {
		if ruleNames[rule] == "" {
			bad("severity: rule %q is not known", rule)
		}
		for role := range by {
			if role != "any" && !validRole(Role(role)) {
				bad("severity of %s: role %q is not cold, warm, hot or any", rule, role)
			}
		}
	}
	for _, list := range [][]string{p.Monitor, p.FreezeOn} {
		for _, rule := range list {
			if ruleNames[rule] == "" {
				bad("rule %q is not known", rule)
			}
		}
	}
	if slices.Contains(p.Monitor, "G01") {
		bad("G01 cannot be only watched: undecoded bytes are never allowed")
	}
	for rule, q := range p.Approvals {
		if ruleNames[rule] == "" || q.N < 1 || len(p.Groups[q.Group]) < q.N {
			bad("approvals of %s: %d of group %q, which has %d members", rule, q.N, q.Group, len(p.Groups[q.Group]))
		}
	}
	if _, there := p.Approvals["G01"]; there {
		bad("approvals of G01: nobody's approval lets undecoded bytes pass")
	}
	p.checkPeople(bad)
	for i, pair := range p.Pairs {
		for _, rule := range pair.If {
			if ruleNames[rule] == "" {
				bad("pair %d: rule %q is not known", i+1, clip(rule))
			}
		}
		if len(pair.If) == 0 {
			bad("pair %d names no rules", i+1)
		}
	}
	for i, t := range p.Tokens {
		if slices.ContainsFunc(p.Tokens[:i], func(o Token) bool { return sameAsset(o.Asset, t.Asset) }) {
			bad("token %s: %s stands twice", t.Symbol, clip(t.Asset))
		}
		if _, err := tokenAddress(t.Asset); err != nil || t.Decimals < 0 || t.Decimals > 77 {
			bad("token %s: asset must be eip155:CHAIN/erc20:ADDRESS, decimals 0 to 77", t.Symbol)
		}
	}
	p.checkLimits("approval_max", p.Thresholds.ApprovalMax, bad)
	p.checkLimits("fee_max", p.Thresholds.FeeMax, bad)
	for _, d := range p.Delegates {
		if _, err := Place(d); err != nil {
			bad("delegate %q: %w", d, err)
		}
	}
}

// checkPeople refuses members of a group who could never sign, and one who stands there
// twice: their one key would count as two people.
func (p *Policy) checkPeople(bad func(string, ...any)) {
	keysOf := func(name string, keys []string) {
		for i, k := range keys {
			if _, err := publicKey(k); err != nil {
				bad("%s: %q: %w", name, clip(k), err)
			}
			if slices.Contains(keys[:i], k) {
				bad("%s: %q stands twice", name, clip(k))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Groups)) {
		keysOf("group "+name, p.Groups[name])
	}
	keysOf("intent_keys", p.IntentKeys)
}

// checkLimits refuses a limit that could never apply: of something that is no
// asset, of one asset twice, or no whole number.
func (p *Policy) checkLimits(name string, limits map[string]string, bad func(string, ...any)) {
	seen := map[string]bool{}
	for asset, limit := range limits {
		if err := feeAsset(asset); name == "fee_max" && err != nil {
			bad("%s: %w", name, err)
		}
		if _, err := tokenAddress(asset); name == "approval_max" && err != nil {
			bad("%s: %w", name, err)
		}
		if _, err := decimal(limit, 0); err != nil || strings.Contains(limit, ".") {
			bad("%s of %s: %q is not a whole number; amounts are in atomic units", name, clip(asset), clip(limit))
		}
		if seen[strings.ToLower(asset)] {
			bad("%s: %s stands twice", name, clip(asset))
		}
		seen[strings.ToLower(asset)] = true
	}
}

// feeAsset reports whether fees are paid in an asset.
func feeAsset(asset string) error {
	chain, coin := strings.CutPrefix(strings.TrimSuffix(asset, "/slip44:60"), "eip155:")
	code, money := strings.CutPrefix(asset, "iso4217:")
	switch {
	case sameAsset(asset, bitcoinAsset),
		coin && strings.HasSuffix(asset, "/slip44:60") && chain != "" && strings.Trim(chain, "0123456789") == "",
		money && len(code) == 3 && strings.ToUpper(code) == code:
		return nil
	}
	return fmt.Errorf("no fee is paid in %q: eip155:CHAIN/slip44:60, %s or iso4217:CODE", clip(asset), bitcoinAsset)
}

func validRole(r Role) bool { return r == Cold || r == Warm || r == Hot }

func (w *Wallet) check() error {
	if w == nil || !validRole(w.Role) {
		return fmt.Errorf("role is cold, warm or hot")
	}
	if w.SafeVersion != "" {
		if _, err := safe.ParseVersion(w.SafeVersion); err != nil {
			return err
		}
	}
	for _, text := range append([]string{w.Safe, w.Account}, w.Owners...) {
		if text == "" {
			continue
		}
		if _, err := Place(text); err != nil {
			return err
		}
	}
	if _, err := psbt.NewWallet(w.Descriptors, w.GapLimit); err != nil {
		return err
	}
	if w.Safe != "" && (w.Threshold < 1 || w.Threshold > len(w.Owners)) {
		return fmt.Errorf("threshold %d of %d owners", w.Threshold, len(w.Owners))
	}
	return nil
}

func (p *Policy) enter(b *BookEntry) error {
	k, err := Place(b.Addr)
	if err != nil {
		return err
	}
	if b.Added != "" {
		t, err := time.Parse(time.RFC3339, b.Added)
		if err != nil {
			if t, err = time.Parse(time.DateOnly, b.Added); err != nil {
				return fmt.Errorf("added %q: a day (2024-11-30) or a time (RFC 3339)", b.Added)
			}
		}
		b.from = t.Add(time.Duration(b.Cooldown))
	} else if b.Cooldown > 0 {
		return fmt.Errorf("a cooldown needs the day on which the entry was added")
	}
	if _, twice := p.book[k]; twice {
		return fmt.Errorf("%s stands twice", b.Addr)
	}
	p.book[k] = *b
	return nil
}

// Hash identifies the policy: every verdict carries it.
func (p *Policy) Hash() string { return p.hash }

// Wallet returns a wallet by name. One that the policy does not name is cold and
// has no owners, so that nothing passes for it.
func (p *Policy) Wallet(name string) *Wallet {
	if w := p.Wallets[name]; w != nil {
		return w
	}
	return &Wallet{Role: Cold}
}

// Book returns the entry of a place, and whether its cooldown is over at a time.
func (p *Policy) Book(place string, at time.Time) (entry BookEntry, listed, ripe bool) {
	entry, listed = p.book[key(place)]
	return entry, listed, listed && !at.Before(entry.from)
}

func (p *Policy) token(asset string) (Token, bool) {
	for _, t := range p.Tokens {
		if sameAsset(t.Asset, asset) {
			return t, true
		}
	}
	return Token{}, false
}

func tokenAddress(asset string) (evm.Address, error) {
	_, text, ok := strings.Cut(asset, "/erc20:")
	if !ok || !strings.HasPrefix(asset, "eip155:") {
		return evm.Address{}, fmt.Errorf("asset %q is no ERC-20 token", clip(asset))
	}
	return evm.ParseAddress(text)
}
