package inquiry

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/swap"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/trace"
)

// Settings lay conventions over a question. They are written as words, as on the
// command line; what is not set stays as the case says.
type Settings struct {
	Policies []string `json:"policies,omitempty" maxItems:"64" doc:"policies, default or all; must exist on one of the ledgers"`
	Fee      string   `json:"fee,omitempty" doc:"on coins, who pays the fee: last, first or prorata"`
	FeeFate  string   `json:"fee_fate,omitempty" doc:"on coins, where fees go: sink, fees-first or subsidy-first"`
	Gas      string   `json:"gas,omitempty" doc:"on accounts, fees: pay or ignore"`
	// Swaps is casefile.Named or casefile.Recognise.
	Swaps string `json:"swaps,omitempty" doc:"on accounts, swaps within a transaction: named (by the case or the ledger), or recognise as well"`
	Until string `json:"until,omitempty" doc:"leave out transfers at or after this time, UTC"`
	// Through are boundaries to go on through.
	Through []string `json:"through,omitempty" maxItems:"1000" doc:"accounts to go on through although they are boundaries (stamped speculative)"`
	// Boundaries are ACCOUNT or ACCOUNT=NAME.
	Boundaries []string `json:"boundaries,omitempty" maxItems:"10000" doc:"ACCOUNT or ACCOUNT=NAME: a service, tracing stops there"`
	// Groups are NAME=PLACE,PLACE: accounts, entities or kinds of place.
	Groups    []string `json:"groups,omitempty" maxItems:"100" doc:"NAME=PLACE,PLACE: bound these places together"`
	NoBounds  bool     `json:"no_bounds,omitempty" doc:"leave out exact bounds"`
	MaxBounds int      `json:"max_bounds,omitempty" minimum:"0" maximum:"1000000" doc:"exact bounds for at most so many single places, largest first; 0: 1000"`
}

// SettingError is a setting that cannot be followed. Name is its JSON key.
type SettingError struct{ Name, Msg string }

// Error writes "name: what is wrong".
func (e *SettingError) Error() string { return e.Name + " " + e.Msg }

func wrong(name, format string, args ...any) error {
	return &SettingError{name, fmt.Sprintf(format, args...)}
}

// Prepare lays over a case what must be known before it is loaded: which swaps
// count. Errors are *SettingError.
func (s *Settings) Prepare(c *casefile.Case) error {
	if s.Swaps != "" {
		c.Swaps = s.Swaps
	}
	return oneOf("swaps", s.Swaps, casefile.Named, casefile.Recognise)
}

// Apply lays the settings over the question; a case was prepared before it was
// loaded. Errors are *SettingError.
func (s *Settings) Apply(q *Inquiry) error {
	t := &q.Question
	err := cmp.Or(
		oneOf("fee", s.Fee, "last", "first", "prorata"),
		oneOf("fee_fate", s.FeeFate, "sink", "fees-first", "subsidy-first"),
		oneOf("gas", s.Gas, "pay", "ignore"),
		oneOf("swaps", s.Swaps, casefile.Named, casefile.Recognise),
	)
	if err != nil {
		return err
	}
	if err := s.choosePolicies(q); err != nil {
		return err
	}
	if _, does := q.Graph.(*swap.Graph); s.Swaps == casefile.Recognise && !does {
		q.Graph = swap.Over(q.Graph)
		q.Document.Graph = q.Graph
	}
	if s.Fee != "" {
		t.FeeRule = trace.FeeRule(s.Fee)
	}
	if s.FeeFate != "" {
		t.FeeFate = trace.FeeFate(s.FeeFate)
	}
	if s.Gas != "" {
		t.IgnoreFees = s.Gas == "ignore"
	}
	if s.Until != "" {
		at, ok := casefile.ParseTime(s.Until)
		if !ok {
			return wrong("until", "%q: want 2022-05-01 or 2022-05-01T10:00Z (UTC)", s.Until)
		}
		t.Until = at
	}
	for _, x := range s.Through {
		t.Through = append(t.Through, q.accounts(x)...)
	}
	t.NoBounds = t.NoBounds || s.NoBounds
	if s.MaxBounds > 0 {
		t.MaxBounds = s.MaxBounds
	}
	s.bound(q)
	return s.group(q)
}

// oneOf refuses a word that is none of those that a setting may be.
func oneOf(name, value string, words ...string) error {
	if value == "" || slices.Contains(words, value) {
		return nil
	}
	return wrong(name, "%q: want one of %s", value, strings.Join(words, ", "))
}

// choosePolicies reads the policies for every kind of ledger the question has; a
// policy must exist on one of them, and shows n/a on the others.
func (s *Settings) choosePolicies(q *Inquiry) error {
	list := strings.Join(s.Policies, ",")
	if list == "" {
		return nil
	}
	var chosen []trace.Policy
	var refused error
	for _, l := range q.Graph.Info().Ledgers {
		ps, err := trace.ParsePolicies(list, l.Model)
		if err != nil {
			refused = err
			continue
		}
		for _, p := range ps {
			if !slices.Contains(chosen, p) {
				chosen = append(chosen, p)
			}
		}
	}
	if len(chosen) == 0 {
		return wrong("policies", "%q: %v", list, refused)
	}
	q.Question.Policies = chosen
	return nil
}

// accounts are those that may be meant: an address of Ethereum is often copied with the
// capitals of its checksum, which ledgers do not have, but for those in the text form,
// where names stand as they are. The form that ledgers have is the last.
func (q *Inquiry) accounts(written string) []ledger.Account {
	out := []ledger.Account{ledger.Account(written)}
	for _, l := range q.Graph.Info().Ledgers {
		if a := tag.Canonical(written); strings.Contains(string(l.ID), ":") && a != out[0] {
			return append(out, a)
		}
	}
	return out
}

// bound adds boundaries to those of the case.
func (s *Settings) bound(q *Inquiry) {
	t := &q.Question
	if len(s.Boundaries) == 0 {
		return
	}
	named := map[ledger.Account]string{}
	var list []string
	for _, b := range s.Boundaries {
		account, name, has := strings.Cut(b, "=")
		meant := q.accounts(account)
		for _, a := range meant {
			named[a] = name
		}
		if has {
			name = "=" + name
		}
		list = append(list, string(meant[len(meant)-1])+name)
	}
	inner := t.Boundary
	t.Boundary = func(l ledger.ID, a ledger.Account) (trace.Boundary, bool) {
		if name, ok := named[a]; ok {
			return trace.Boundary{Kind: "service", Name: name, Why: "the settings of the question"}, true
		}
		if inner == nil {
			return trace.Boundary{}, false
		}
		return inner(l, a)
	}
	slices.Sort(list)
	sum := sha256.Sum256([]byte(t.BoundaryDigest + "\n" + strings.Join(list, "\n")))
	t.BoundaryDigest = hex.EncodeToString(sum[:])
}

// group adds groups to those of the case.
func (s *Settings) group(q *Inquiry) error {
	t := &q.Question
	for _, g := range s.Groups {
		name, list, ok := strings.Cut(g, "=")
		if !ok || name == "" || list == "" {
			return wrong("groups", "%q: want NAME=PLACE,PLACE", g)
		}
		words := map[string]bool{}
		for w := range strings.SplitSeq(list, ",") {
			for _, a := range q.accounts(w) {
				words[string(a)] = true
			}
		}
		t.Groups = append(t.Groups, trace.Group{Name: name, Match: func(p *trace.Place) bool {
			return words[p.Name] || words[string(p.Kind)] || slices.ContainsFunc(p.Accounts, func(a ledger.Account) bool { return words[string(a)] })
		}})
	}
	return nil
}

// Marks reads thefts written NAME=TRANSFER or NAME=TX:VOUT.
func Marks(list []string) ([]ledger.Mark, error) {
	var out []ledger.Mark
	for _, t := range list {
		theft, ref, ok := strings.Cut(t, "=")
		if !ok || theft == "" || ref == "" {
			return nil, wrong("thefts", "%q: want NAME=TRANSFER", t)
		}
		out = append(out, ledger.Mark{Theft: theft, Ref: ref})
	}
	return out, nil
}
