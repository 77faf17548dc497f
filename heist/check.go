package heist

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// checker walks a register and notes what does not fit. Rules that look at one
// claim are in check_claim.go, those that compare claims in check_incident.go.
type checker struct {
	reg      *Register
	problems Problems
}

func (c *checker) fault(at *Place, key, rule, hint, format string, args ...any) {
	c.note(Fault, at, key, rule, hint, format, args...)
}

func (c *checker) warn(at *Place, key, rule, hint, format string, args ...any) {
	c.note(Warning, at, key, rule, hint, format, args...)
}

func (c *checker) note(s Severity, at *Place, key, rule, hint, format string, args ...any) {
	c.problems = append(c.problems, Problem{at.File, at.LineOf(key), s, rule, fmt.Sprintf(format, args...), hint})
}

var (
	slug       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	incidentID = regexp.MustCompile(`^(\d{4})(-(0[1-9]|1[0-2]))?-[a-z0-9]+(-[a-z0-9]+)*$`)
	assetCode  = regexp.MustCompile(`^[A-Za-z0-9$.]+(-[A-Za-z0-9.]+)*$`)
	sha256Hex  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	webAddress = regexp.MustCompile(`^https?://[^\s/]+\.[^\s]+$`)
	langTag    = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// check runs every rule.
func (reg *Register) check() Problems {
	c := &checker{reg: reg}
	for _, a := range reg.Assets {
		c.asset(a)
	}
	for _, s := range reg.Sources {
		c.source(s)
	}
	c.sourcesTogether()
	for _, a := range reg.Actors {
		c.actor(a)
	}
	for _, i := range reg.Incidents {
		c.incident(i)
	}
	c.incidentsTogether()
	for _, p := range reg.Policies {
		c.policy(p)
	}
	return c.problems
}

func (c *checker) asset(a *Asset) {
	if !assetCode.MatchString(a.Code) {
		c.fault(&a.Place, "code", "asset", "letters and digits, as the market writes it", "asset code %q", a.Code)
	}
	n, err := strconv.Atoi(a.Decimals)
	if err != nil || n < 0 || n > 18 {
		c.fault(&a.Place, "decimals", "asset", "write the decimals of its smallest unit, 0 to 18: 2 for USD, 8 for BTC", "asset %s has decimals %q", a.Code, a.Decimals)
		n = 0
	}
	a.decimals = n
	if a.Kind == "" || a.Name == "" {
		c.fault(&a.Place, "", "asset", "write kind: fiat, coin or token and name:", "asset %s has no kind or no name", a.Code)
	}
}

func (c *checker) source(s *Source) {
	if s.ID != "" && !slug.MatchString(s.ID) {
		c.fault(&s.Place, "id", "id", "lower case, digits and hyphens, as in fbi-2025-02-26-bybit", "source id %q", s.ID)
	}
	if s.URL == "" && s.Title == "" {
		c.fault(&s.Place, "", "source", "write url:, or title: for what has no address", "source %s has neither url nor title", s.ID)
	}
	for key, u := range map[string]string{"url": s.URL, "archived_url": s.ArchivedURL} {
		if u != "" && !webAddress.MatchString(u) {
			c.fault(&s.Place, key, "source", "write the whole address, beginning with https://", "%s %q of source %s is no web address", key, u, s.ID)
		}
	}
	if s.Kind == "" {
		c.fault(&s.Place, "", "source", "write kind: "+strings.Join(Words[SourceKind](), ", "), "source %s has no kind", s.ID)
	}
	if s.Publisher == "" {
		c.fault(&s.Place, "", "source", "write publisher: who answers for the text", "source %s has no publisher", s.ID)
	}
	if s.SHA256 != "" && !sha256Hex.MatchString(s.SHA256) {
		c.fault(&s.Place, "sha256", "source", "64 hexadecimal digits in lower case", "sha256 of source %s is none", s.ID)
	}
	if s.Lang != "" && !langTag.MatchString(s.Lang) {
		c.fault(&s.Place, "lang", "source", "a BCP 47 tag: en, ja, pt-BR", "lang %q of source %s", s.Lang, s.ID)
	}
	if len(s.Reliability) != 0 && (len(s.Reliability) != 1 || s.Reliability[0] < 'A' || s.Reliability[0] > 'F') {
		c.fault(&s.Place, "reliability", "source", "one letter, A to F", "reliability %q of source %s", s.Reliability, s.ID)
	}
	if !s.RetrievedOn.IsZero() && s.PublishedOn.After(s.RetrievedOn) {
		c.fault(&s.Place, "published_on", "date-order", "check both dates", "source %s was published on %s, after it was read on %s", s.ID, s.PublishedOn, s.RetrievedOn)
	}
	for _, id := range s.DerivedFrom {
		if c.reg.Source(id) == nil {
			c.fault(&s.Place, "derived_from", "unknown-source", c.nearSource(id), "derived_from names source %q, which does not exist", id)
		}
	}
}

func (c *checker) nearSource(id string) string {
	var ids []string
	for _, s := range c.reg.Sources {
		ids = append(ids, s.ID)
	}
	near := nearest(id, ids)
	if strings.HasPrefix(near, "did") {
		return near
	}
	return "add it to a file of sources/"
}

// sourcesTogether: a cycle of copies has no root, and one address is one source.
func (c *checker) sourcesTogether() {
	at := map[string]*Source{}
	for _, s := range c.reg.Sources {
		if other := at[s.URL]; other != nil && s.URL != "" {
			c.fault(&s.Place, "url", "duplicate-source", "use "+other.ID+" and remove this one", "source %s has the address of %s", s.ID, other.ID)
		} else {
			at[s.URL] = s
		}
	}
	state := map[string]int{} // 1 on the path, 2 done
	var walk func(s *Source, trail []string)
	walk = func(s *Source, trail []string) {
		switch state[s.ID] {
		case 2:
			return
		case 1:
			begin := slices.Index(trail, s.ID)
			c.fault(&s.Place, "derived_from", "derived-cycle", "one of them was first; remove its derived_from", "derived_from runs in a circle: %s", strings.Join(append(trail[begin:], s.ID), " -> "))
			return
		}
		state[s.ID] = 1
		for _, id := range s.DerivedFrom {
			if next := c.reg.Source(id); next != nil {
				walk(next, append(trail, s.ID))
			}
		}
		state[s.ID] = 2
	}
	for _, s := range c.reg.Sources {
		walk(s, nil)
	}
}

func (c *checker) actor(a *Actor) {
	if a.ID != "" && !slug.MatchString(a.ID) {
		c.fault(&a.Place, "id", "id", "lower case, digits and hyphens", "actor id %q", a.ID)
	}
	if a.Name == "" || a.Kind == "" {
		c.fault(&a.Place, "", "actor", "write name: and kind: state, group, person or unnamed", "actor %s has no name or no kind", a.ID)
	}
	c.sourceIDs(&a.Place, "sources", a.Sources)
	seen := map[string]bool{a.ID: true}
	for up := a; up.PartOf != ""; {
		next := c.reg.Actor(up.PartOf)
		if next == nil {
			if up == a {
				c.fault(&a.Place, "part_of", "unknown-actor", c.nearActor(a.PartOf), "part_of names actor %q, which does not exist", a.PartOf)
			}
			return
		}
		if seen[next.ID] {
			c.fault(&a.Place, "part_of", "actor-cycle", "remove one part_of", "actor %s is part of itself", a.ID)
			return
		}
		seen[next.ID], up = true, next
	}
}

func (c *checker) nearActor(id string) string {
	var ids []string
	for _, a := range c.reg.Actors {
		ids = append(ids, a.ID)
	}
	return nearest(id, ids) + ", or add actors/" + id + ".yaml"
}

func (c *checker) sourceIDs(at *Place, key string, ids []string) {
	seen := map[string]bool{}
	for _, id := range ids {
		if c.reg.Source(id) == nil {
			c.fault(at, key, "unknown-source", c.nearSource(id), "source %q does not exist", id)
		}
		if seen[id] {
			c.fault(at, key, "twice", "keep one", "source %q stands twice", id)
		}
		seen[id] = true
	}
}

func (c *checker) policy(p *Policy) {
	bases := append([]string{"net", "mixed"}, Words[Basis]()...)
	if !slices.Contains(bases, p.Basis) {
		c.fault(&p.Place, "basis", "word", nearest(p.Basis, bases), "policy %s has basis %q", p.ID, p.Basis)
	}
	for _, m := range p.Mixed {
		if c.reg.Incident(m.Incident) == nil || m.Basis == "mixed" || !slices.Contains(bases, m.Basis) || m.Reason == "" {
			c.fault(&p.Place, "mixed", "policy", "write incident:, basis: and reason:", "policy %s mixes %q on basis %q for reason %q", p.ID, m.Incident, m.Basis, m.Reason)
		}
	}
	for _, m := range p.Mixed {
		if i := c.reg.Incident(m.Incident); i != nil && m.Claim != "" {
			cl := i.Claim(m.Claim)
			if cl == nil || string(cl.Basis) != m.Basis || cl.Asset != "USD" || !cl.hasAmount {
				c.fault(&p.Place, "mixed", "policy", "name a claim of that incident, on that basis, with a dollar value", "policy %s reads %s by claim %q", p.ID, m.Incident, m.Claim)
			}
		}
	}
	for _, e := range p.Exclude {
		if c.reg.Incident(e.Incident) == nil || e.Reason == "" {
			c.fault(&p.Place, "exclude", "policy", "name an incident of the register and a reason", "policy %s excludes %q for reason %q", p.ID, e.Incident, e.Reason)
		}
	}
	if p.AsKnownOn != "" && p.AsKnownOn != "now" {
		if _, err := ParseDate(p.AsKnownOn); err != nil {
			c.fault(&p.Place, "as_known_on", "value", "write a date or now", "policy %s: as_known_on: %v", p.ID, err)
		}
	}
	if len(p.Mixed) > 0 && p.Basis != "mixed" {
		c.fault(&p.Place, "mixed", "policy", "write basis: mixed, or leave mixed: away", "policy %s mixes bases but its basis is %s", p.ID, p.Basis)
	}
	c.policyChoices(p)
	if v := p.Valuation; v == "at_disclosure" || v == "at_seizure" {
		c.fault(&p.Place, "valuation", "word", "write as_booked, at_theft or as_of:2026-01-01", "policy %s: a study does not value %s; that is of single claims", p.ID, v)
	} else if v != "" {
		c.valuation(&p.Place, Valuation(v))
	}
}

// policyChoices refuses what a study does not do: a policy promises nothing that has
// no effect. Blank is the only choice there is, or the first.
func (c *checker) policyChoices(p *Policy) {
	for _, w := range []struct {
		key, name, value string
		words            []string
	}{
		{"attribution", "disputed", p.Attribution.Disputed, []string{"include", "exclude", "interval"}},
		{"adjudication", "", p.Adjudication, []string{"preferred_then_grade"}},
		{"independence", "", p.Independence, []string{"count_roots"}},
		{"prices", "", p.Prices, []string{"embedded"}},
		{"currency", "", p.Currency, []string{"USD"}},
		{"tie_break", "", strings.Join(p.TieBreak, ", "), []string{"value desc, occurred asc, id asc"}},
		{"period", "by", p.Period.By, []string{"occurred_start"}},
		{"interval", "amounts", p.Interval.Amounts, []string{"triangular"}},
		{"interval", "attribution", p.Interval.Attribution, []string{"bernoulli_icd203_mid"}},
	} {
		if w.value != "" && !slices.Contains(w.words, w.value) {
			c.fault(&p.Place, w.key, "word", nearest(w.value, w.words), "policy %s: %s: a study knows no %q", p.ID, strings.TrimSpace(w.key+" "+w.name), w.value)
		}
	}
	if n, err := strconv.Atoi(p.Interval.Runs); p.Interval.Runs != "" && (err != nil || n < 1 || n > MaxRuns) {
		c.fault(&p.Place, "interval", "value", fmt.Sprintf("write 1 to %d", MaxRuns), "policy %s: runs are %q", p.ID, p.Interval.Runs)
	}
	if _, err := strconv.ParseUint(p.Interval.Seed, 10, 64); p.Interval.Seed != "" && err != nil {
		c.fault(&p.Place, "interval", "value", "write a whole number", "policy %s: the seed is %q", p.ID, p.Interval.Seed)
	}
}

// MaxRuns bounds the seeded runs of a policy.
const MaxRuns = 1_000_000

// valuation checks the words of a valuation, one of which carries a date.
func (c *checker) valuation(at *Place, v Valuation) {
	if day, ok := strings.CutPrefix(string(v), "as_of:"); ok {
		if d, err := ParseDate(day); err != nil || d.Precision() != "day" {
			c.fault(at, "valuation", "value", "write as_of:2026-01-01", "valuation %q has no day", v)
		}
		return
	}
	all := []string{"at_theft", "at_disclosure", "at_seizure", "as_booked"}
	if !slices.Contains(all, string(v)) {
		c.fault(at, "valuation", "word", nearest(string(v), append(all, "as_of:<date>")), "valuation %q is not a word of the register", v)
	}
}

// decimal reads an amount of an asset exactly.
func decimal(text string, a *Asset) (money.Amount, error) {
	return money.ParseDecimal(text, a.decimals)
}
