package report

import (
	"errors"
	"fmt"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/trace"
)

// Document is a trail with what belongs beside it on paper. Only Trail is
// needed.
type Document struct {
	Title    string
	Question string // what was asked, in words
	Summary  string // what happened, in words
	Tool     string // name and version of what made this
	Trail    *trace.Trail
	// Graph is where the trail was read. Only the pictures and GraphML of coins
	// need it, to lead value into transactions that spend coins of several
	// accounts; without it such a transaction shows only what left it.
	Graph graph.Graph
	// Tags says who is said to be behind an account. Nil: nobody says anything.
	Tags func(ledger.ID, ledger.Account) []tag.Tag
	// Inputs are read files beside the ledgers, such as the case file.
	Inputs   []Input
	Findings []Finding
}

// Input is a file that was read, with its SHA-256 in hex ("" when not known).
type Input struct{ Name, SHA256 string }

// Finding is the result of a line that a case says ought to come out.
type Finding struct {
	Title string
	// Status is "ok", "mismatch" or "note".
	Status    string
	Want, Got string
	Source    string // who says so
	Text      string
}

// Options say which part of a document to show, and how. The zero value shows
// all of it in the usual form.
type Options struct {
	// View names one view; "" is every view in tables, and in pictures the union
	// of all thefts, or the only or leading theft.
	View string
	// Asset is an identifier or symbol; "" is every asset in tables, and in
	// pictures the leading asset of the view.
	Asset string
	// Policy is what pictures draw and tables sort and share by; "" is FIFO.
	Policy trace.Policy
	// Limit is how many rows of places a table or picture shows before it sums up
	// the rest; 0 is the usual limit of the format, All is no limit.
	Limit int
	// Width is that of a text table in columns; 0 means 100.
	Width int
	// Theme of pictures and pages is "light" or "dark"; "" follows the reader's
	// own setting.
	Theme string
}

// All as Options.Limit shows every row.
const All = -1

// ErrNotHere marks a view, asset, policy or place that the trail does not have.
var ErrNotHere = errors.New("not in this trail")

func (o Options) limit(usual int) int {
	switch {
	case o.Limit < 0:
		return int(^uint(0) >> 1)
	case o.Limit == 0:
		return usual
	}
	return o.Limit
}

// scope is one view in one asset: the unit in which amounts may be compared.
type scope struct {
	d      *Document
	t      *trace.Trail
	view   int
	policy int   // index of the leading policy
	also   []int // further policies with the same figures, to be named beside it
	totals trace.AssetTotals
	model  ledger.Model
	blocks bool
	hops   *hopIndex
}

// scopes lists the views and assets that the options ask for, in the order of
// the trail.
func (d *Document) scopes(o Options) ([]scope, error) {
	t := d.Trail
	if o.View != "" && t.View(o.View) < 0 {
		return nil, fmt.Errorf("view %q: %w; there are %s", o.View, ErrNotHere, quoted(viewNames(t)))
	}
	name := o.Policy
	if name == "" {
		name = trace.FIFO
	}
	policy := t.Policy(name)
	if policy < 0 && o.Policy == "" && len(t.Policies) > 0 {
		policy = 0
	}
	if policy < 0 {
		return nil, fmt.Errorf("policy %q: %w, which has %s", name, ErrNotHere, policyList(t.Policies))
	}
	hops := newHopIndex(t)
	var out []scope
	for v, w := range t.Views {
		if o.View != "" && o.View != w.Name {
			continue
		}
		for _, a := range w.Assets {
			if o.Asset != "" && o.Asset != string(a.Asset.ID) && o.Asset != a.Asset.Symbol {
				continue
			}
			l := ledgerOf(t, a.Asset.ID)
			out = append(out, scope{d: d, t: t, view: v, policy: policy, totals: a, model: l.Model, blocks: l.Blocks, hops: hops})
		}
	}
	if len(out) == 0 && o.Asset != "" {
		return nil, fmt.Errorf("asset %q: %w; there are %s", o.Asset, ErrNotHere, quoted(assetNames(t)))
	}
	return out, nil
}

// lead is the one scope a picture shows: the union view if there is one, else
// the leading view; of it the asset in which most was seeded, else the leading
// one.
func (d *Document) lead(o Options) (scope, error) {
	if o.View == "" && d.Trail.View("any") >= 0 {
		o.View = "any"
	}
	all, err := d.scopes(o)
	if err != nil {
		return scope{}, err
	}
	for _, s := range all {
		if s.on(s.policy) {
			return s, nil
		}
	}
	return scope{}, fmt.Errorf("nothing to draw under this policy: %w", ErrNotHere)
}

func ledgerOf(t *trace.Trail, id money.AssetID) ledger.Info {
	for _, l := range t.Stamp.Ledgers {
		for _, a := range l.Assets {
			if a.ID == id {
				return l
			}
		}
	}
	return ledger.Info{}
}

// on reports whether a policy exists on the ledger of the scope.
func (s scope) on(p int) bool { return s.model == 0 || s.t.Policies[p].On(s.model) }

// base is what entered under a policy: that of which shares are shares.
func (s scope) base(p int) money.Amount {
	by := s.totals.ByPolicy[p]
	return by.Seeded.Add(by.ConvertedIn)
}

// share is part of what entered under a policy. What does not conserve has no
// shares: its figures can exceed what entered.
func (s scope) share(p int, part money.Amount) string {
	if !s.on(p) || !s.t.Policies[p].Conserves() {
		return notThere
	}
	return percent(part, s.base(p))
}

// policyNames names the leading policy and those that agree with it.
func (s scope) policyNames() string {
	ps := []trace.Policy{s.t.Policies[s.policy]}
	for _, i := range s.also {
		ps = append(ps, s.t.Policies[i])
	}
	return policyList(ps)
}

func (s scope) viewName() string { return s.t.Views[s.view].Name }

func (s scope) asset() money.Asset { return s.totals.Asset }

func (s scope) figures(p *trace.Place) trace.Figures { return p.Figures[s.view] }

// amount is a figure under the leading policy.
func (s scope) amount(f trace.Figures) money.Amount { return f.Amounts[s.policy] }

// touches reports whether anything of the view is, or may be, in a figure.
func touches(f trace.Figures) bool {
	for _, a := range f.Amounts {
		if !a.IsZero() {
			return true
		}
	}
	return !f.Upper.IsZero()
}

// places lists the places of the scope, largest under the leading policy first,
// then those that may hold most.
func (s scope) places() []*trace.Place {
	var out []*trace.Place
	for _, p := range s.t.Places {
		if p.Asset.ID == s.asset().ID && touches(s.figures(p)) {
			out = append(out, p)
		}
	}
	sortPlaces(out, func(p *trace.Place) (money.Amount, money.Amount) {
		f := s.figures(p)
		return s.amount(f), boundOf(f).U
	})
	return out
}

// unobserved is the clean value from before the data in the asset of the scope.
func (s scope) unobserved() (sum money.Amount, pools int) {
	for _, u := range s.t.Unobserved {
		if u.Asset.ID == s.asset().ID {
			sum, pools = sum.Add(u.Amount), pools+1
		}
	}
	return sum, pools
}

func viewNames(t *trace.Trail) []string {
	var out []string
	for _, v := range t.Views {
		out = append(out, v.Name)
	}
	return out
}

func assetNames(t *trace.Trail) []string {
	var out []string
	seen := map[money.AssetID]bool{}
	for _, v := range t.Views {
		for _, a := range v.Assets {
			if !seen[a.Asset.ID] {
				seen[a.Asset.ID] = true
				out = append(out, a.Asset.Name())
			}
		}
	}
	return out
}
