package trace

import (
	"errors"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// FromCase turns a loaded case into the question it asks. Errors are
// *casefile.Error with the line.
func FromCase(l *casefile.Loaded) (Question, error) {
	c := l.Case
	q := Question{
		BoundaryDigest: l.BoundaryDigest, Entity: l.Entity,
		FeeRule: FeeRule(c.FeeRule), FeeFate: FeeFate(c.FeeFate), IgnoreFees: c.IgnoreGas, Until: c.Until,
	}
	if l.BoundaryDigest != "" {
		q.Boundary = func(id ledger.ID, a ledger.Account) (Boundary, bool) {
			s, ok := l.Boundary(id, a)
			return Boundary{Kind: s.Kind, Name: s.Name, Why: s.Why}, ok
		}
	}
	for _, w := range c.Through {
		a, err := l.Account(w)
		if err != nil {
			return q, err
		}
		q.Through = append(q.Through, a)
	}
	var err error
	if q.Policies, err = casePolicies(l); err != nil {
		return q, err
	}
	if q.Thefts, err = caseThefts(l); err != nil {
		return q, err
	}
	for _, g := range c.Groups {
		match, err := groupMatch(l, g)
		if err != nil {
			return q, err
		}
		q.Groups = append(q.Groups, Group{Name: g.Name, Match: match})
	}
	return q, nil
}

// casePolicies reads the policies of a case: each must exist on at least one
// kind of ledger it has.
func casePolicies(l *casefile.Loaded) ([]Policy, error) {
	var ps []Policy
	seen := map[Policy]bool{}
	for _, w := range l.Case.Policies {
		var errs []error
		found := false
		for _, info := range l.Graph.Info().Ledgers {
			some, err := ParsePolicies(w.Text, info.Model)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			found = true
			for _, p := range some {
				if !seen[p] {
					seen[p] = true
					ps = append(ps, p)
				}
			}
		}
		if !found {
			return nil, &casefile.Error{File: l.Case.File, Line: w.Line, Msg: "policies", Err: errors.Join(errs...)}
		}
	}
	return ps, nil
}

// caseThefts gives the seeds of a case their meaning; a case without thefts
// takes the theft lines of its text ledger.
func caseThefts(l *casefile.Loaded) ([]Theft, error) {
	var thefts []Theft
	for _, t := range l.Case.Thefts {
		out := Theft{Name: t.Name, Continues: t.Continues}
		for _, s := range t.Seeds {
			seed, err := caseSeed(l, s)
			if err != nil {
				return nil, err
			}
			out.Seeds = append(out.Seeds, seed)
		}
		thefts = append(thefts, out)
	}
	if len(thefts) > 0 {
		return thefts, nil
	}
	at := map[string]int{}
	for _, m := range l.Marks() {
		i, ok := at[m.Theft]
		if !ok {
			i = len(thefts)
			at[m.Theft] = i
			thefts = append(thefts, Theft{Name: m.Theft})
		}
		thefts[i].Seeds = append(thefts[i].Seeds, Seed{Ref: m.Ref, Part: m.Part, Offset: m.Offset, Length: m.Length})
	}
	if len(thefts) == 0 {
		return nil, &casefile.Error{File: l.Case.File, Msg: "no theft", Hint: "say under thefts where stolen value enters, or write theft lines in the text ledger", Err: ErrQuestion}
	}
	return thefts, nil
}

func caseSeed(l *casefile.Loaded, s casefile.Seed) (Seed, error) {
	switch {
	case s.Inject != nil:
		return caseInjection(l, s)
	case s.Where != nil:
		f, err := l.Filter(*s.Where)
		if err != nil {
			return Seed{}, err
		}
		sum, _, err := l.Amount(*s.Sum)
		return Seed{Where: &f, Count: s.Count, Sum: sum}, err
	}
	seed := Seed{Ref: l.Ref(s.Mark)}
	var err error
	if s.Offset != nil {
		seed.Part = true
		if seed.Offset, _, err = l.Amount(*s.Offset); err != nil {
			return seed, err
		}
		seed.Length, _, err = l.Amount(*s.Length)
	}
	return seed, err
}

func caseInjection(l *casefile.Loaded, s casefile.Seed) (Seed, error) {
	amount, asset, err := l.Amount(*s.Inject)
	if err != nil {
		return Seed{}, err
	}
	info, err := l.Ledger(casefile.Word{Text: s.Ledger.Text, Line: s.Line})
	if err != nil {
		return Seed{}, err
	}
	account, err := l.Account(s.Account)
	if err != nil {
		return Seed{}, err
	}
	seed := Seed{Inject: true, Ledger: info.ID, Account: account, Asset: asset.ID, Amount: amount, Before: l.Ref(s.Before)}
	if s.BeforeFirst != nil {
		f, err := l.Filter(*s.BeforeFirst)
		if err != nil {
			return seed, err
		}
		seed.BeforeFirst = &f
	}
	return seed, nil
}

// groupMatch makes the test of a group: every part that is set must fit.
func groupMatch(l *casefile.Loaded, g casefile.Group) (func(*Place) bool, error) {
	accounts, err := l.GroupAccounts(g)
	if err != nil {
		return nil, err
	}
	assets := map[money.AssetID]bool{}
	for _, w := range g.Assets {
		a, err := l.Asset(w)
		if err != nil {
			return nil, err
		}
		assets[a.ID] = true
	}
	kinds := map[Kind]bool{}
	for _, k := range g.Kinds {
		kinds[Kind(k.Text)] = true
	}
	return func(p *Place) bool {
		if len(kinds) > 0 && !kinds[p.Kind] || len(assets) > 0 && !assets[p.Asset.ID] || g.Ledger.Text != "" && string(p.Ledger) != g.Ledger.Text {
			return false
		}
		return (len(accounts) == 0 || anyAccount(p, func(a ledger.Account) bool { return accounts[a] })) &&
			fitsTags(p, g.Entities, func(w string) func(ledger.Account) bool {
				return func(a ledger.Account) bool { e, _ := l.Entity(p.Ledger, a); return e == w || p.Named && p.Name == w }
			}) &&
			fitsTags(p, g.Labels, func(w string) func(ledger.Account) bool {
				return func(a ledger.Account) bool { return l.Carries(p.Ledger, a, w, "") }
			}) &&
			fitsTags(p, g.Concepts, func(w string) func(ledger.Account) bool {
				return func(a ledger.Account) bool { return l.Carries(p.Ledger, a, "", w) }
			})
	}, nil
}

// fitsTags reports whether one of the words fits one account of the place; no
// words fit everything.
func fitsTags(p *Place, words []string, fits func(string) func(ledger.Account) bool) bool {
	for _, w := range words {
		if anyAccount(p, fits(w)) {
			return true
		}
	}
	return len(words) == 0
}

func anyAccount(p *Place, fits func(ledger.Account) bool) bool {
	for _, a := range p.Accounts {
		if fits(a) {
			return true
		}
	}
	return false
}
