package claims

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/study"
)

// Trial is one part under one policy.
type Trial struct {
	Policy []Choice `json:"policy"` // key and value, in the order of the grid's axes
	True   bool     `json:"true"`
	Got    string   `json:"got"` // the number found, with its terms
	Rows   []string `json:"rows"`
	Claims []string `json:"claims"`
}

// Choice is one key of a policy.
type Choice struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Changed bool   `json:"changed"` // differs from the policy default
}

// PartResult is a part over its grid.
type PartResult struct {
	Measure string  `json:"measure"`
	Asks    string  `json:"asks"`
	Context bool    `json:"context"`
	Verdict Verdict `json:"verdict"`
	TrueIn  int     `json:"true_in"`
	Of      int     `json:"of"`
	// Smallest is the true policy with the fewest changed keys, the first in grid
	// order of equals; nil when none is true.
	Smallest *Trial  `json:"smallest,omitempty"`
	Under    []Trial `json:"true_under"`
	Nearest  *Trial  `json:"default,omitempty"` // the policy that changes least: what default says
}

// Result is a claim with its verdict.
type Result struct {
	ID      string       `json:"id"`
	Locator string       `json:"locator"`
	Says    string       `json:"says"`
	Verdict Verdict      `json:"verdict"`
	Expect  Verdict      `json:"expected"`
	Matches bool         `json:"matches"`
	Parts   []PartResult `json:"parts"`
	True    string       `json:"true_wording"`
	Note    string       `json:"note,omitempty"`
}

// checker asks the register, reading it once a policy.
type checker struct {
	reg  *heist.Register
	file *File
	grid *study.Grid
	now  string // "now", or the day asked for
	read map[string]*study.Reading
}

// Check evaluates every claim of a file over its grid of policies.
func Check(reg *heist.Register, f *File) ([]Result, error) { return CheckOn(reg, f, "now") }

// CheckOn evaluates the claims as the register was known on a day, which stands for
// "now" in every grid: "now" or an EDTF date with an end.
func CheckOn(reg *heist.Register, f *File, day string) ([]Result, error) {
	actor := f.Actor
	if reg.Actor(actor) == nil {
		return nil, fmt.Errorf("%w: the register has no actor %q", ErrFile, actor)
	}
	grid, err := study.NewGridOn(reg, actor, day)
	if err != nil {
		return nil, err
	}
	c := &checker{reg, f, grid, day, map[string]*study.Reading{}}
	var out []Result
	for _, cl := range f.Claims {
		r := Result{ID: cl.ID, Locator: cl.Locator, Says: cl.Says, Expect: cl.Expect, True: cl.True, Note: cl.Note}
		same := true
		for n, p := range cl.Parts {
			part, err := c.part(p)
			if err != nil {
				return nil, fmt.Errorf("%w: claim %s, part %d: %w", ErrFile, cl.ID, n+1, err)
			}
			same = same && (p.Expect == "" || p.Expect == part.Verdict)
			r.Parts = append(r.Parts, part)
		}
		r.Verdict = combine(r.Parts)
		r.Matches = same && r.Verdict == r.Expect
		out = append(out, r)
	}
	return out, nil
}

// combine: the worst of the parts that decide.
func combine(parts []PartResult) Verdict {
	v := Reproduced
	rank := []Verdict{Reproduced, OnlyUnder, Contradicted, NotTestable}
	for _, p := range parts {
		if !p.Context && slices.Index(rank, p.Verdict) > slices.Index(rank, v) {
			v = p.Verdict
		}
	}
	return v
}

func (c *checker) part(p Part) (PartResult, error) {
	out := PartResult{Measure: p.Measure, Asks: asks(p), Context: p.Context, Verdict: NotTestable, Under: []Trial{}}
	trials, err := c.trials(p)
	if err != nil || len(trials) == 0 {
		return out, err
	}
	out.Of = len(trials)
	for n := range trials {
		t := &trials[n]
		t.Rows, t.Claims = append([]string{}, t.Rows...), append([]string{}, t.Claims...) // never nil: null in JSON
		if out.Nearest == nil || t.changed() < out.Nearest.changed() {
			out.Nearest = t
		}
		if !t.True {
			continue
		}
		out.Under = append(out.Under, *t)
		if out.TrueIn++; out.Smallest == nil || t.changed() < out.Smallest.changed() {
			out.Smallest = t
		}
	}
	switch out.TrueIn {
	case 0:
		out.Verdict = Contradicted
	case out.Of:
		out.Verdict = Reproduced
	default:
		out.Verdict = OnlyUnder
	}
	return out, nil
}

// Decides is the trial that a part's verdict is shown with: the smallest true
// policy, else what default says; nil for what cannot be tested.
func (p PartResult) Decides() *Trial {
	if p.Smallest != nil {
		return p.Smallest
	}
	return p.Nearest
}

func (t Trial) changed() (n int) {
	for _, c := range t.Policy {
		if c.Changed {
			n++
		}
	}
	return n
}

// String gives the policy as key=value words.
func (t Trial) String() string {
	var out []string
	for _, c := range t.Policy {
		out = append(out, c.Key+"="+c.Value)
	}
	return strings.Join(out, " ")
}

func asks(p Part) string {
	words := []string{p.Measure}
	for _, w := range []string{p.Incident, strings.Join(p.Words, " or "), p.Op, p.Value} {
		if w != "" {
			words = append(words, w)
		}
	}
	if p.Op == "within" {
		words = append(words, "+-"+p.Tolerance+" per mille")
	}
	return strings.Join(words, " ")
}

func (c *checker) trials(p Part) ([]Trial, error) {
	switch p.Measure {
	case "none":
		return nil, nil
	case "top_count", "top_share", "actor_sum":
		return c.overGrid(p), nil
	case "amount_stolen", "amount_attempted":
		return c.amounts(p)
	case "attribution":
		return c.attributions(p)
	case "method":
		return c.methods(p)
	case "indictment":
		return c.indictments(p)
	}
	return c.shares(p)
}

// overGrid asks the 48 policies.
func (c *checker) overGrid(p Part) (out []Trial) {
	for _, cell := range c.grid.Cells() {
		known := cell.Known
		if known == "now" {
			known = c.now
		}
		t := Trial{Policy: []Choice{{"basis", cell.Basis, cell.Basis != "stolen"}, {"known", known, known != c.now},
			{"coincheck", fmt.Sprint(cell.Coincheck), cell.Coincheck}, {"min_confidence", cell.Confidence, cell.Confidence != "moderate"}}}
		t.Rows = cell.Top
		t.Claims = c.grid.Claims(cell)
		switch p.Measure {
		case "top_count":
			t.Got = fmt.Sprintf("%d of %d", cell.Count, len(cell.Top))
			t.True = p.holds(money.Units(uint64(cell.Count)), 0)
		case "top_share":
			t.Got = cell.Share.String()
			t.True = cell.Share.Known && p.holds(money.Units(cell.Share.Permille), 0)
		default:
			t.Got = cell.Sum.String()
			t.True = p.holds(cell.Sum.Cents(), 2)
		}
		out = append(out, t)
	}
	return out
}

// policy makes the policy of a trial; empty is "of every year, default's choices".
func (c *checker) policy(known, disputed, confidence string, scope ...heist.Scope) *heist.Policy {
	return &heist.Policy{ID: "trial", Basis: "left_control", Valuation: "as_booked", AsKnownOn: known, Scope: scope,
		Attribution: heist.AttributionPolicy{MinConfidence: heist.Confidence(confidence), MinStatus: "assessed", Disputed: disputed}}
}

func (c *checker) reading(pol *heist.Policy) (*study.Reading, error) {
	key := fmt.Sprint(pol.AsKnownOn, pol.Attribution, pol.Scope, pol.Sectors, pol.Period)
	if c.read[key] == nil {
		r, err := study.NewReading(c.reg, pol, c.file.Actor)
		if err != nil {
			return nil, err
		}
		c.read[key] = r
	}
	return c.read[key], nil
}

// days are the two days of every grid: now first, then the document's own.
func (c *checker) days() []string {
	return []string{c.now, c.file.Document.PublishedOn.First().Format(time.DateOnly)}
}

// amounts reads "stolen" gross and net, "attempted" alone; both with and without
// claims of weak grade.
func (c *checker) amounts(p Part) (out []Trial, err error) {
	bases := []study.Basis{"left_control", study.Net}
	if p.Measure == "amount_attempted" {
		bases = []study.Basis{"attempted"}
	}
	for _, basis := range bases {
		for _, known := range c.days() {
			for _, least := range []heist.Grade{"C3", "F6"} {
				r, err := c.reading(c.policy(known, "exclude", "moderate", heist.Theft))
				if err != nil {
					return nil, err
				}
				row, err := r.Row(p.Incident)
				if err != nil {
					return nil, err
				}
				a := row.On(basis)
				ok, grade := c.graded(a.Claims, least)
				t := Trial{Policy: []Choice{{"basis", string(basis), basis == study.Net}, {"known", known, known != c.now}, {"min_grade", string(least), least != "C3"}},
					Rows: []string{row.ID}, Claims: a.Claims, True: a.Known && ok && p.holds(a.Value.Cents(), 2)}
				t.Got = a.Value.String() + ", grade " + grade
				if !a.Known {
					t.Got = "no claim has a number"
				}
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// graded reports that every claim is of the grade, and the first grade.
func (c *checker) graded(ids []string, least heist.Grade) (bool, string) {
	ok, first := true, ""
	for _, id := range ids {
		in, name, _ := strings.Cut(id, "#")
		i := c.reg.Incident(in)
		cl := i.Claim(name)
		g := cl.Grade
		if g == "" && i.Import != nil {
			g = i.Import.Grade
		}
		if first == "" {
			first = string(g)
		}
		ok = ok && g.AtLeast(least)
	}
	return ok, first
}

func (c *checker) attributions(p Part) (out []Trial, err error) {
	for _, disputed := range []string{"exclude", "include"} {
		for _, known := range c.days() {
			for _, confidence := range []string{"moderate", "low", "high"} {
				r, err := c.reading(c.policy(known, disputed, confidence, heist.Theft))
				if err != nil {
					return nil, err
				}
				row, err := r.Row(p.Incident)
				if err != nil {
					return nil, err
				}
				out = append(out, Trial{Policy: []Choice{{"disputed", disputed, disputed != "exclude"}, {"known", known, known != c.now}, {"min_confidence", confidence, confidence != "moderate"}},
					True: r.Counts(&row), Got: string(row.Claimed.Verdict) + " " + row.Claimed.Standing + " " + row.Claimed.Confidence,
					Rows: []string{row.ID}, Claims: append(append([]string{}, row.Claimed.Claims...), row.Claimed.Against...)})
			}
		}
	}
	return out, nil
}

func (c *checker) methods(p Part) (out []Trial, err error) {
	for _, known := range c.days() {
		r, err := c.reading(c.policy(known, "exclude", "moderate", heist.Theft))
		if err != nil {
			return nil, err
		}
		row, err := r.Row(p.Incident)
		if err != nil {
			return nil, err
		}
		t := Trial{Policy: []Choice{{"known", known, known != c.now}}, True: slices.Contains(p.Words, row.Method), Got: row.Method + ", wallet " + row.Wallet, Rows: []string{row.ID}}
		for _, cl := range c.reg.Incident(p.Incident).Claims {
			if cl.Property == heist.PropMethod || cl.Property == heist.PropTemperature {
				t.Claims = append(t.Claims, cl.GlobalID())
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// indictments looks for a charge against the actor over a bank case that became
// public between two days.
func (c *checker) indictments(p Part) ([]Trial, error) {
	from, err := heist.ParseDate(p.From)
	if err != nil {
		return nil, err
	}
	to, err := heist.ParseDate(p.To)
	if err != nil {
		return nil, err
	}
	t := Trial{Policy: []Choice{{"known", c.now, false}}}
	var q heist.Query
	if c.now != "now" {
		day, err := heist.ParseDate(c.now)
		if err != nil {
			return nil, err
		}
		q.AsKnownOn = day.Last()
	}
	for _, i := range c.reg.Incidents {
		if i.Sector != "bank" && i.Sector != "central_bank" {
			continue
		}
		for _, cl := range c.reg.Attributions(i, q) {
			day := cl.AssertedOn.First()
			if cl.Standing == "indicted" && c.reg.IsOrPartOf(cl.Actor, c.file.Actor) && !day.Before(from.First()) && !day.After(to.Last()) {
				t.Rows, t.Claims = append(t.Rows, i.ID), append(t.Claims, cl.GlobalID())
			}
		}
	}
	t.True, t.Got = len(t.Rows) > 0, fmt.Sprintf("%d bank cases with a charge made public between %s and %s", len(t.Rows), p.From, p.To)
	return []Trial{t}, nil
}

// shares asks for a part of all thefts from crypto services: the actor's, or that
// of some methods.
func (c *checker) shares(p Part) (out []Trial, err error) {
	for _, basis := range []study.Basis{"left_control", "attempted", study.Net} {
		for _, known := range c.days() {
			for _, disputed := range []string{"exclude", "include"} {
				for _, confidence := range []string{"moderate", "low", "high"} {
					if p.Measure == "method_share" && (disputed != "exclude" || confidence != "moderate") {
						continue
					}
					pol := c.policy(known, disputed, confidence, heist.Theft)
					pol.Sectors = []heist.Sector{"exchange", "defi", "bridge", "wallet"}
					r, err := c.reading(pol)
					if err != nil {
						return nil, err
					}
					t := shareTrial(r, p, basis)
					t.Policy = []Choice{{"basis", string(basis), basis != "left_control"}, {"known", known, known != c.now}}
					if p.Measure != "method_share" {
						t.Policy = append(t.Policy, Choice{"disputed", disputed, disputed != "exclude"}, Choice{"min_confidence", confidence, confidence != "moderate"})
					}
					out = append(out, t)
				}
			}
		}
	}
	return out, nil
}

func shareTrial(r *study.Reading, p Part, basis study.Basis) Trial {
	var part []study.Row
	all := r.Rows()
	t := Trial{}
	for n := range all {
		if row := &all[n]; p.Measure == "method_share" && slices.Contains(p.Words, row.Method) || p.Measure != "method_share" && r.Counts(row) {
			part, t.Rows, t.Claims = append(part, *row), append(t.Rows, row.ID), append(t.Claims, row.On(basis).Claims...)
		}
	}
	s := study.ShareOf(r.Sum(part, basis).Cents(), r.Sum(all, basis).Cents())
	t.Got = fmt.Sprintf("%s: %s of %s", s, r.Sum(part, basis), r.Sum(all, basis))
	if p.Measure == "crypto_share_count" {
		s = study.ShareOf(money.Units(uint64(len(part))), money.Units(uint64(len(all))))
		t.Got = fmt.Sprintf("%s: %d of %d incidents", s, len(part), len(all))
	}
	t.True = s.Known && p.holds(money.Units(s.Permille), 0)
	return t
}
