package report

import (
	"fmt"
	"sort"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/study"
)

// waterfall leads from what was attempted to what stayed away, for banks and for
// the rest.
func (b *binder) waterfall() drawing {
	c := rows{
		caption: b.caption("From attempted to net", "US dollars, sums over all incidents of the group",
			"Bars that begin at zero, and the parts that came back taken off the end of what left control.",
			"Returned and recovered are taken off what left control; frozen, seized, proceeds and destroyed are shown and not taken off. Net is counted incident by incident and never below zero, so that it can be more than the difference of the sums.",
		).ever(b.st).each(),
		Series: []key{{solid, "went", ""}, {hatch, "came back", ""}, {light, "aside: not taken off", ""}, {upright, "net", ""}},
		Axis:   tickMoney,
	}
	for _, f := range b.st.Falls {
		c.Items = append(c.Items, item{Head: true, Label: fmt.Sprintf("%s: %s", words(f.Group), plural(f.N, "incident", "incidents"))})
		left := int64(0)
		for _, s := range f.Steps {
			n := b.number(s.Number, s.Value, b.on(s.Basis), fmt.Sprintf("%s, %s", f.Group, basisName(s.Basis)))
			one := bar{0, n.Value, light, n}
			switch s.Basis {
			case "attempted", "executed":
				one.Style = solid
			case "left_control":
				one.Style, left = solid, n.Value
			case "returned_by_attacker", "recovered":
				one.Style = hatch
				one.From, one.Until = max(left-n.Value, 0), left
				left = one.From
			case study.Net:
				one.Style = upright
			}
			c.Items = append(c.Items, item{Label: basisName(s.Basis), Bars: []bar{one}, Text: fmt.Sprintf("%s · n=%d", b.short(s.Value, b.on(s.Basis)), s.N)})
		}
	}
	return c
}

// attributed gives the style of an incident.
func attributed(v study.Verdict) style {
	switch v {
	case study.Counted:
		return solid
	case study.Disputed:
		return hatch
	case study.TooWeak:
		return dots
	}
	return light
}

// verdictKeys explain attributed.
func (b *binder) verdictKeys(shape string) []key {
	return []key{{solid, b.actorName() + ", counted", shape}, {hatch, b.actorName() + ", disputed", shape}, {dots, b.actorName() + ", below the threshold", shape}, {light, "not attributed to it", shape}}
}

// ranks follows the ten largest over the bases.
func (b *binder) ranks() drawing {
	c := bump{
		caption: b.caption("The ten largest, on each basis", "place in the ranking; amounts in US dollars",
			"A column for each basis; a line follows each incident.",
			"A line that ends says that the incident is not among the ten on the next basis.").each(),
		Series: b.verdictKeys("dot"), Places: 1,
	}
	lines := map[string]*bumpLine{}
	var ids []string
	for i, top := range b.st.Tops {
		c.Columns = append(c.Columns, words(string(top.Basis))+"\n"+fmt.Sprintf("%d of %d · %s", top.Count, len(top.Rows), top.Share))
		for _, r := range top.Rows {
			l := lines[r.ID]
			if l == nil {
				l = &bumpLine{Label: r.Title, Style: attributed(r.Verdict), Thick: r.Verdict != study.Nobody, Ranks: make([]bumpRank, len(b.st.Tops))}
				lines[r.ID] = l
				ids = append(ids, r.ID)
			}
			n := b.number(r.Number, r.Value, r.Value.Terms(), fmt.Sprintf("place %d: %s", r.Rank, r.Title))
			l.Ranks[i] = bumpRank{r.Rank, b.short(r.Value, r.Value.Terms()), n}
			c.Places = max(c.Places, r.Rank)
		}
	}
	sort.SliceStable(ids, func(i, j int) bool { return !lines[ids[i]].Thick && lines[ids[j]].Thick })
	for _, id := range ids {
		c.Lines = append(c.Lines, *lines[id])
	}
	return c
}

// curve is the specification curve of the 48 policies.
func (b *binder) curve() drawing {
	c := specification{
		caption: b.caption(fmt.Sprintf("The %s's part of the ten largest of 2011-2020, under %d ways of counting", b.actorName(), len(b.st.Curve)), "per cent of the value of the ten",
			"One mark a way of counting, sorted; the squares below say which choices it makes.",
			"Diamonds lie above half. The number of incidents among the ten stands in the table."),
		Axis: tickPermille, Most: 1000, Line: 500, Mark: "half",
	}
	for _, cell := range b.st.Grid {
		if cell.Known == "now" && c.check() == nil {
			c.Basis, c.AsKnownOn, c.Policy = "as the squares say", "as the squares say (now: "+cell.Sum.Terms().AsKnownOn+")", "the grid, of 2011-2020"
			c.Valuation = words(cell.Sum.Terms().Valuation)
			break
		}
	}
	decisions := []struct {
		head string
		of   func(study.Cell) string
	}{
		{"basis", func(x study.Cell) string { return x.Basis }},
		{"known", func(x study.Cell) string { return x.Known }},
		{"Coincheck", func(x study.Cell) string {
			if x.Coincheck {
				return "counted"
			}
			return "not counted"
		}},
		{"confidence", func(x study.Cell) string { return x.Confidence + "+" }},
	}
	var tests []func(study.Cell) bool
	for _, d := range decisions {
		seen := map[string]bool{}
		for _, cell := range b.st.Grid {
			word := d.of(cell)
			if seen[word] {
				continue
			}
			ch := choice{Label: word}
			if len(seen) == 0 {
				ch.Head = d.head
			}
			seen[word] = true
			c.Choices = append(c.Choices, ch)
			tests = append(tests, func(x study.Cell) bool { return d.of(x) == word })
		}
	}
	for _, cell := range b.st.Curve {
		w := way{number: number{cell.Number, int64(cell.Share.Permille), fmt.Sprintf("%d of the ten, %s", cell.Count, cell.Share)}, Count: cell.Count}
		for _, test := range tests {
			w.Made = append(w.Made, test(cell))
		}
		c.Ways = append(c.Ways, w)
	}
	return c
}

// tornadoRows is how many choices the tornado shows.
const tornadoRows = 24

// tornado shows what one choice at a time does to the actor's total.
func (b *binder) tornado() drawing {
	c := rows{
		caption: b.caption("One choice at a time: what it does to the "+b.actorName()+"'s total", "US dollars",
			"Bars from the total before to the total after one change.",
			"Each bar reaches from the total under the policy named here to the total after the one change; a bar for a basis ends on that basis."),
		Series: []key{{solid, "lowers the total", ""}, {hatch, "raises it", ""}, {light, "the total before", "line"}}, Axis: tickMoney, Until: 1, Label: 330 * px,
	}
	low, high := int64(-1), int64(0)
	for i, ch := range b.st.Tornado {
		if i == tornadoRows {
			c.Notes = append(c.Notes, fmt.Sprintf("%s with a smaller effect in the table.", plural(len(b.st.Tornado)-i, "choice", "choices")))
			break
		}
		n := number{ID: ch.Number, Value: b.cents(ch.After), Text: ch.What + ": " + ch.After.String()}
		before := b.cents(ch.Before)
		one := bar{before, n.Value, solid, n}
		sign := "-"
		if ch.Up {
			one.Style, sign = hatch, "+"
		}
		if ch.By.Cents().IsZero() {
			sign = "±"
		}
		if low < 0 {
			low, c.Base = before, before
			c.caption = c.of(ch.Before.Terms(), "the grid's: moderate confidence or more, Coincheck counted, 2011-2020")
		}
		low, high = min(low, before, n.Value), max(high, before, n.Value)
		c.Items = append(c.Items, item{Label: ch.What, Bars: []bar{one}, Text: fmt.Sprintf("%s%s · %d of ten", sign, b.short(ch.By, ch.By.Terms()), ch.Count)})
		if ch.Before != b.st.Tornado[0].Before {
			b.fail(fmt.Errorf("%w: %q starts from another total", study.ErrUnstated, ch.What))
		}
	}
	low = max(low, 0)
	pad := max((high-low)/12, 1)
	c.From, c.Until = max(low-pad, 0), high+pad
	return c
}

// vintages sets published totals of a year beside ours.
func (b *binder) vintages() drawing {
	c := rows{
		caption: b.caption("Published totals, by publisher and vintage, beside ours", "US dollars a year, attributed to the "+b.actorName(),
			"For each published figure a mark, and a diamond for what the register gives under the nearest policy.",
			"A published figure has its publisher's own basis and valuation, mostly unstated; ours are under the policy named in the table."),
		Series: []key{{light, "published", "dot"}, {hatch, "this register", "dot"}}, Axis: tickMoney,
	}
	list := append([]study.Vintage(nil), b.st.Vintages...)
	sort.SliceStable(list, func(i, j int) bool { return list[i].Year < list[j].Year })
	year := 0
	if len(list) > 0 {
		c.caption = c.of(list[0].Ours.Terms(), "the nearest to each publisher's (table)")
	}
	for _, v := range list {
		if v.Year != year {
			c.Items = append(c.Items, item{Head: true, Label: fmt.Sprint(v.Year)})
			year = v.Year
		}
		published, err := money.ParseDecimal(v.Published, 2)
		if err != nil {
			b.fail(fmt.Errorf("a published total of %s, %d: %w", v.Publisher, v.Year, err))
			continue
		}
		_, lo := published.Words()
		ours := b.number(v.Number, v.Ours, list[0].Ours.Terms(), "ours, "+v.Policy)
		c.Items = append(c.Items, item{
			Label: v.Publisher, Sub: v.Vintage, Joined: true,
			Marks: []mark{{Style: light, number: number{Value: int64(lo), Text: fmt.Sprintf("published by %s, %s: USD %s", v.Publisher, v.Vintage, published.Grouped(2))}}, {Style: hatch, number: ours}},
			Text:  fmt.Sprintf("%s; ours %s", shortMoney(int64(lo)), b.short(v.Ours, v.Ours.Terms())),
		})
	}
	return c
}
