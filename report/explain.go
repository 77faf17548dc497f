package report

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Explain says in words where the value at one place comes from, under each
// policy, and why no convention can put less than L or more than U there. name
// is a place id, a name, an account, or a group of the question. Limit caps the
// lists (12 when 0); what is left out is counted and summed.
func Explain(w io.Writer, d *Document, name string, o Options) (err error) {
	defer failed(&err)
	scopes, err := d.scopes(o)
	if err != nil {
		return err
	}
	x := &explainer{d: d, names: newNames(d.Trail), limit: o.limit(cutLimit), width: o.Width}
	if x.width <= 0 {
		x.width = 100
	}
	places, found := d.Trail.Place(name), false
	for _, s := range scopes {
		for _, p := range places {
			if f := s.figures(p); p.Asset.ID == s.asset().ID && touches(f) {
				x.place(s, p)
				found = true
			}
		}
		for _, g := range d.Trail.Groups {
			if f := g.Figures[s.view]; g.Name == name && g.Asset.ID == s.asset().ID && touches(f) {
				x.group(s, g)
				found = true
			}
		}
	}
	if !found {
		return fmt.Errorf("place %q: %w: no stolen value ended there under any convention (it may have passed through: the flow records of --json say); name a place id, an entity, an account or a group", name, ErrNotHere)
	}
	_, err = io.WriteString(w, x.b.String())
	return err
}

type explainer struct {
	d     *Document
	b     strings.Builder
	names *names
	limit int
	width int
}

func (x *explainer) say(indent, format string, args ...any) {
	x.b.WriteString(indent + wrap(fmt.Sprintf(format, args...), x.width-len(indent), indent) + "\n")
}

func (x *explainer) list(lines []string) {
	for i, l := range lines {
		number := fmt.Sprintf("  %2d. ", i+1)
		if strings.HasPrefix(l, "…") {
			number = "      "
		}
		x.b.WriteString(number + wrap(l, x.width-6, "      ") + "\n")
	}
}

func (x *explainer) heading(s string) {
	if x.b.Len() > 0 {
		x.b.WriteByte('\n')
	}
	x.b.WriteString(s + "\n" + strings.Repeat("─", min(columns(s), x.width)) + "\n")
}

func (x *explainer) place(s scope, p *trace.Place) {
	g := groupOf(p.Kind)
	x.heading(fmt.Sprintf("%s, %s, in %s: theft %q", x.names.look(p.Name), g.Label, clean(s.asset().Name()), clean(s.viewName())))
	x.say("", "%s: %s.", upperFirst(g.One), g.Means)
	if p.Boundary.Kind != "" {
		x.say("", "Tracing stops here, at a boundary of the kind %q: %s.", clean(p.Boundary.Kind), orNotKnown(p.Boundary.Why))
	}
	if labels := x.d.labels(p); labels != "" {
		x.say("", "Tags on it, as claims: %s.", clean(labels))
	}
	if n := len(p.Accounts); n > 1 {
		x.say("", "%d accounts stand behind this name.", n)
	}
	x.figures(s, s.figures(p))
	x.movements(s, p)
	x.way(s, p)
	x.proof(s, s.figures(p))
}

func (x *explainer) group(s scope, g trace.GroupRow) {
	x.heading(fmt.Sprintf("Group %q, %s, in %s: theft %q", clean(g.Name), plural(len(g.Places), "place", "places"), clean(s.asset().Name()), clean(s.viewName())))
	x.figures(s, g.Figures[s.view])
	var lines []string
	places := append([]*trace.Place(nil), g.Places...)
	sortPlaces(places, func(p *trace.Place) (money.Amount, money.Amount) {
		return s.amount(s.figures(p)), boundOf(s.figures(p)).U
	})
	for i, p := range places {
		if i == x.limit {
			rest := places[i:]
			lines = append(lines, fmt.Sprintf("… and %s: %s", plural(len(rest), "more place", "more places"), s.byAmount(s.sumOf(rest))))
			break
		}
		lines = append(lines, fmt.Sprintf("%s: %s", x.names.look(p.Name), s.byAmount(s.figures(p).Amounts)))
	}
	x.b.WriteString("\nThe places in it:\n")
	x.list(lines)
	x.proof(s, g.Figures[s.view])
}

// figures writes what each policy puts there.
func (x *explainer) figures(s scope, f trace.Figures) {
	x.b.WriteByte('\n')
	for i, p := range s.t.Policies {
		amount, share := notThere, ""
		if s.on(i) {
			amount = clean(s.asset().Format(f.Amounts[i]))
			share = percent(f.Amounts[i], s.base(i)) + " of what entered"
		}
		if !p.Conserves() {
			share = "reach only, does not conserve"
		}
		fmt.Fprintf(&x.b, "  %-12s  %s%s\n", p, amount, parens(share))
	}
	b := boundOf(f)
	mark := ""
	if !b.Tight {
		mark = "  (" + s.onePass() + ")"
	}
	fmt.Fprintf(&x.b, "  %-12s  at least %s, at most %s%s\n", "any", clean(s.asset().Format(b.L)), clean(s.asset().Format(b.U)), mark)
}

func parens(s string) string {
	if s == "" {
		return ""
	}
	return "  (" + s + ")"
}

// byAmount writes figures by policy, policies that agree together.
func (s scope) byAmount(amounts []money.Amount) string {
	var order []money.Amount
	by := map[money.Amount][]trace.Policy{}
	for i, a := range amounts {
		if !s.on(i) {
			continue
		}
		if by[a] == nil {
			order = append(order, a)
		}
		by[a] = append(by[a], s.t.Policies[i])
	}
	if len(order) == 1 && len(by[order[0]]) > 1 {
		return "every policy " + order[0].Grouped(s.asset().Decimals)
	}
	var parts []string
	for _, a := range order {
		parts = append(parts, fmt.Sprintf("%s %s", policyList(by[a]), a.Grouped(s.asset().Decimals)))
	}
	return strings.Join(parts, "; ")
}

// movements lists what came in, and on accounts what went on from there.
func (x *explainer) movements(s scope, p *trace.Place) {
	in, out := s.into(p), s.outOf(p)
	x.side(s, in, "came in", "came in with")
	if len(out) > 0 {
		x.side(s, out, "went on", "left with")
		x.say("", "What came in less what went on is what stands there.")
	}
}

func (x *explainer) side(s scope, hops []int, what, with string) {
	sums := make([]money.Amount, len(s.t.Policies))
	for _, i := range hops {
		for k, a := range s.t.Hops[i].Figures[s.view].Amounts {
			sums[k] = sums[k].Add(a)
		}
	}
	fmt.Fprintf(&x.b, "\n")
	x.say("", "What %s, in %s (%s, stolen part by policy: %s):", what, plural(len(hops), "movement", "movements"), clean(s.asset().Name()), s.byAmount(sums))
	hops = append([]int(nil), hops...)
	if len(hops) > x.limit {
		sort.SliceStable(hops, func(a, b int) bool {
			return s.amount(s.t.Hops[hops[b]].Figures[s.view]).Less(s.amount(s.t.Hops[hops[a]].Figures[s.view]))
		})
		rest := hops[x.limit:]
		hops = hops[:x.limit]
		defer func() {
			var sum money.Amount
			for _, i := range rest {
				sum = sum.Add(s.amount(s.t.Hops[i].Figures[s.view]))
			}
			x.say("      ", "… and %s that %s %s by %s", plural(len(rest), "smaller one", "smaller ones"), with, clean(s.asset().Format(sum)), s.t.Policies[s.policy])
		}()
	}
	var lines []string
	for _, i := range hops {
		lines = append(lines, x.hop(s, i))
	}
	x.list(lines)
}

// hop says one movement in words.
func (x *explainer) hop(s scope, i int) string {
	h := s.t.Hops[i]
	from := x.names.account(h.From)
	switch {
	case s.theftOf(i) != "" && h.Transfer == "":
		from = "the theft (put in, the ledger lacks it)"
	case s.theftOf(i) != "":
		from = "the theft, from " + from
	}
	to := x.names.account(h.To)
	if h.Out < 0 {
		to = "fees"
	}
	line := fmt.Sprintf("%s %s: %s from %s to %s; stolen: %s", when(h.Time), clean(h.Transfer), h.Value.Grouped(h.Asset.Decimals), from, to, s.byAmount(h.Figures[s.view].Amounts))
	if h.Tied {
		line += " (order not known)"
	}
	return line
}

// way follows the largest part back to the theft, one of possibly many ways.
func (x *explainer) way(s scope, p *trace.Place) {
	path := s.largestWay(p)
	if len(path) < 2 {
		return
	}
	fmt.Fprintf(&x.b, "\nOne way it came, along the largest parts by %s:\n", s.t.Policies[s.policy])
	var lines []string
	for n, i := range path {
		if len(path) > x.limit+2 && n == x.limit {
			lines = append(lines, fmt.Sprintf("… %s", plural(len(path)-n-1, "more step", "more steps")))
		}
		if n < x.limit || len(path) <= x.limit+2 || n == len(path)-1 {
			lines = append(lines, x.hop(s, i))
		}
	}
	x.list(lines)
}

// proof writes the certificate of the exact bound.
func (x *explainer) proof(s scope, f trace.Figures) {
	x.b.WriteByte('\n')
	if f.Bound == nil {
		why := "exact bounds were not asked for here"
		if !s.totals.Bounded {
			why = clean(s.totals.Why)
		}
		x.say("", "No certificate: %s. The bounds are %s.", why, s.onePass())
		return
	}
	c := s.certify(x.names, *f.Bound, x.limit)
	for _, part := range []struct {
		head, end string
		cut       []string
	}{{c.Upper, c.UpperEnd, c.UpperCut}, {c.Lower, c.LowerEnd, c.LowerCut}} {
		x.say("", "%s", part.head)
		x.list(part.cut)
		if part.end != "" {
			x.say("", "%s", part.end)
		}
	}
}

// largestWay leads from the theft to a place along the largest parts.
func (s scope) largestWay(p *trace.Place) []int {
	var path []int
	best := s.largestHop(s.into(p), len(s.t.Hops))
	for seen := map[int]bool{}; best >= 0 && !seen[best]; {
		seen[best] = true
		path = append(path, best)
		if s.theftOf(best) != "" {
			break
		}
		best = s.largestHop(s.feeds(best), best)
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}

// largestHop is the movement before a place in the order that carries most, or
// -1. One that carries nothing under the policy does not count.
func (s scope) largestHop(hops []int, before int) int {
	best := -1
	for _, i := range hops {
		a := s.amount(s.t.Hops[i].Figures[s.view])
		if i < before && !a.IsZero() && (best < 0 || s.amount(s.t.Hops[best].Figures[s.view]).Less(a)) {
			best = i
		}
	}
	return best
}

func orNotKnown(s string) string {
	if s == "" {
		return "why is " + notKnown
	}
	return clean(s)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
