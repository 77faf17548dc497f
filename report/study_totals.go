package report

import (
	"fmt"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/study"
)

// actorName is how the figures call the study's actor.
func (b *binder) actorName() string {
	if b.st.Front.Actor == "dprk" || b.st.Front.Actor == "" {
		return "DPRK"
	}
	return b.st.Front.Actor
}

// bases of a total, in the order in which it is always shown.
var totalBases = []study.Basis{"attempted", "left_control", study.Net}

// front shows the actor's total with Coincheck and without it, each as
// attempted, left control and net.
func (b *binder) front() drawing {
	f := b.st.Front
	c := rows{
		caption: b.caption(fmt.Sprintf("Attributed to the %s, with and without Coincheck", b.actorName()), "US dollars",
			"Three bars, attempted, left control and net, for each way of counting the disputed attributions.",
			"Each way of counting shows what was asked for, what left the victims' control, and what stayed away. The low bound adds the lows without the disputed incidents, the high bound the highs with them.",
		).each(),
		Series: []key{{light, "attempted", ""}, {solid, "left control", ""}, {hatch, "net", ""}, {label: "hard bounds: lows, highs", shape: "whisker"}},
		Axis:   tickMoney,
	}
	for _, w := range []struct {
		name string
		t    study.Total
	}{{"With Coincheck", f.With}, {"Without Coincheck", f.Without}, {"With every disputed attribution", f.WithAll}, {"Without any disputed attribution", f.NoneOf}} {
		c.Items = append(c.Items, item{Head: true, Label: fmt.Sprintf("%s: %s", w.name, plural(w.t.N, "incident", "incidents"))})
		for i, basis := range totalBases {
			v := w.t.On(basis)
			n := b.number(w.t.Number, v, b.on(basis), w.name)
			c.Items = append(c.Items, item{Label: basisName(basis), Bars: []bar{{0, n.Value, []style{light, solid, hatch}[i], n}}, Text: b.short(v, b.on(basis))})
		}
	}
	iv := f.Interval
	central := b.number(b.sibling(f.With.Number, "interval"), iv.Central, b.st.Header.Terms, "central")
	c.Items = append(c.Items, item{Head: true, Label: "Interval of the total, policy's basis"}, item{
		Label: basisName(b.st.Header.Terms.Basis), Marks: []mark{{Ring: true, number: central}}, Range: true, Low: b.cents(iv.Low), High: b.cents(iv.High),
		Text: b.short(iv.Low, b.st.Header.Terms) + " to " + b.short(iv.High, b.st.Header.Terms),
	})
	return c
}

// yearColumn labels a year; 0 is that of incidents without a date.
func yearColumn(y int) column {
	if y == 0 {
		return column{Label: "no date", Short: "?"}
	}
	return column{Label: fmt.Sprint(y), Short: fmt.Sprintf("’%02d", y%100)}
}

// years stacks each year's total: the actor's part below, everything else above.
func (b *binder) years() drawing {
	t := b.sumTerms()
	c := stacks{
		caption: b.caption("Each year: all heists, and the part attributed to the "+b.actorName(), "US dollars a year, by the day an incident began",
			"A bar a year; its lower part is attributed. A line above counts incidents.",
			"Attempted, left control and net of every year stand side by side in the table.").ever(b.st).sums(b),
		Series: []key{{solid, "attributed to the " + b.actorName(), ""}, {light, "everything else", ""}},
		Axis:   tickMoney, Count: "incidents", Whisk: "hard bounds of the attributed part",
	}
	for _, y := range b.st.Years {
		g := yearColumn(y.Year)
		actor, all := y.Actor.On(t.Basis), y.All.On(t.Basis)
		n := b.number(y.Actor.Number, actor, t, fmt.Sprintf("%d, %s", y.Year, b.actorName()))
		rest := b.number(y.All.Number, all, t, fmt.Sprintf("%d, all", y.Year))
		if all.Cents().Less(actor.Cents()) {
			b.fail(fmt.Errorf("%d: a part is larger than the whole", y.Year))
		}
		rest.Value = b.cents(all) - n.Value
		g.Parts = []number{n, rest}
		g.Low, g.High, g.Range = b.cents(y.Interval.Low), b.cents(y.Interval.High), y.Interval.Low != y.Interval.High && y.Interval.Low.Terms() == t
		g.Count = y.All.N
		c.Groups = append(c.Groups, g)
	}
	return c
}

// share shows the actor's part by value and by count.
func (b *binder) share() drawing {
	c := stacks{
		caption: b.caption("The "+b.actorName()+"'s part of each year, by value and by count", "per cent of the year's total",
			"Two marks a year, one by value and one by count; an interval of the part by value.",
			"The interval sets the hard bounds of the attributed amount against the year's total, at most 100 %.").ever(b.st).sums(b),
		Series: []key{{solid, "by value", "dot"}, {hatch, "by count", "dot"}},
		Axis:   tickPermille, Most: 1000, Line: 500, Mark: "half", Whisk: "bounds by value",
	}
	for _, y := range b.st.Years {
		g := yearColumn(y.Year)
		g.Apart = true
		if y.Share.Known {
			g.Parts = append(g.Parts, number{b.sibling(y.Actor.Number, "share"), int64(y.Share.Permille), fmt.Sprintf("%d, by value: %s", y.Year, y.Share)})
		}
		if y.Share.Known && y.ByCount.Known {
			g.Parts = append(g.Parts, number{b.sibling(y.Actor.Number, "share"), int64(y.ByCount.Permille), fmt.Sprintf("%d, by count: %s", y.Year, y.ByCount)})
		}
		all := y.All.On(b.sumTerms().Basis)
		if !all.Cents().IsZero() && y.Interval.Low != y.Interval.High && y.Interval.Low.Terms() == all.Terms() {
			g.Low, g.High, g.Range = permille(y.Interval.Low.Cents(), all.Cents()), permille(y.Interval.High.Cents(), all.Cents()), true
		}
		c.Groups = append(c.Groups, g)
	}
	return c
}

// sibling is the number beside one of the study that has the same name but for
// its last part, if there is one: "year.2018.share" beside "year.2018.actor".
func (b *binder) sibling(id, last string) string {
	other := id[:strings.LastIndex(id, ".")+1] + last
	i := sort.Search(len(b.st.Numbers), func(i int) bool { return b.st.Numbers[i].ID >= other })
	if i < len(b.st.Numbers) && b.st.Numbers[i].ID == other {
		return other
	}
	return id
}

// permille is part of a whole in thousandths, cut off, at most 1000.
func permille(part, whole money.Amount) int64 {
	if whole.IsZero() {
		return 0
	}
	q, _ := part.Min(whole).MulDiv(money.Units(1000), whole)
	_, n := q.Words()
	return int64(n)
}

// known shows the totals as they were known at the end of each year.
func (b *binder) known() drawing {
	c := stacks{
		caption: b.caption("What was known when: the total as known at the end of each year", "US dollars, of the policy's period",
			"A bar for each date of knowledge; its lower part is attributed. A line above counts the attributed among the ten largest.",
			"Each bar is the same policy, read with what sources had said by the date below it.").sums(b),
		Series: []key{{solid, "attributed to the " + b.actorName(), ""}, {light, "everything else", ""}},
		Axis:   tickMoney, Count: "attributed among the ten largest",
	}
	if c.AsKnownOn != "" {
		c.AsKnownOn = "the date below each bar"
	}
	for _, k := range b.st.Sweep {
		t := b.sumTerms()
		t.AsKnownOn = k.On
		g := column{Label: k.On, Short: "’" + lastOf(yearOf(k.On), 2), Count: k.Count}
		if len(b.st.Sweep) > 8 {
			g.Label = yearOf(k.On)
		}
		n := b.number(k.Number, k.Actor.On(t.Basis), t, b.actorName())
		rest := b.number(k.Number, k.All.On(t.Basis), t, "all")
		rest.Value -= n.Value
		g.Parts = []number{n, rest}
		c.Groups = append(c.Groups, g)
	}
	return c
}

func yearOf(day string) string { return day[:min(4, len(day))] }

func lastOf(s string, n int) string { return s[max(0, len(s)-n):] }

// quarters stacks the total of each quarter.
func (b *binder) quarters() drawing {
	t := b.sumTerms()
	c := stacks{
		caption: b.caption("Each quarter: all heists, and the part attributed to the "+b.actorName(), "US dollars a quarter, by the day an incident began",
			"A bar a quarter; its lower part is attributed.", "Incidents of which only the year is known stand in no quarter.").ever(b.st).sums(b),
		Series: []key{{solid, "attributed to the " + b.actorName(), ""}, {light, "everything else", ""}},
		Axis:   tickMoney,
	}
	last := ""
	for _, s := range b.st.Splits {
		if s.Of != "quarter" || s.Word == "" {
			continue
		}
		for next := nextQuarter(last); last != "" && next < s.Word; next = nextQuarter(next) {
			c.Groups = append(c.Groups, quarterColumn(next)) // nothing began in it
		}
		last = s.Word
		g := quarterColumn(s.Word)
		n := b.number(s.Actor.Number, s.Actor.On(t.Basis), t, s.Word+", "+b.actorName())
		rest := b.number(s.All.Number, s.All.On(t.Basis), t, s.Word+", all")
		rest.Value -= n.Value
		g.Parts = []number{n, rest}
		c.Groups = append(c.Groups, g)
	}
	return c
}

// quarterColumn labels the first quarter of a year.
func quarterColumn(q string) column {
	if lastOf(q, 2) == "Q1" {
		return column{Label: yearOf(q), Short: "’" + lastOf(yearOf(q), 2)}
	}
	return column{}
}

// nextQuarter is the quarter after "2021-Q4"; blank when that is no quarter.
func nextQuarter(q string) string {
	var year, n int
	if _, err := fmt.Sscanf(q, "%d-Q%d", &year, &n); err != nil {
		return ""
	}
	if n++; n > 4 {
		year, n = year+1, 1
	}
	return fmt.Sprintf("%d-Q%d", year, n)
}
