package report

import (
	"fmt"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/study"
)

// sizes is the distribution of the sizes of incidents.
func (b *binder) sizes() drawing {
	sz := b.st.Sizes
	c := sizes{
		caption: b.caption("How large heists are: few hold most of the value", "US dollars; both axes in steps of ten",
			"A falling staircase: how many incidents are at least so large.",
			fmt.Sprintf("The largest holds %s, the five largest %s, the ten largest %s of the value.", sz.Top1, sz.Top5, sz.Top10)).ever(b.st),
		Series: b.verdictKeys("dot"), Axis: tickMoney, Floor: 1e8,
	}
	small := 0
	for i, r := range sz.Values {
		n := b.number(r.Number, r.Value, b.st.Header.Terms, r.Title)
		if n.Value < c.Floor {
			small++
			continue
		}
		p := sizePoint{Style: attributed(r.Verdict), number: n}
		if i < 5 {
			p.Label = r.Title
		}
		c.Points = append(c.Points, p)
	}
	if small > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("%s below USD 1 M not drawn.", plural(small, "incident", "incidents")))
	}
	return c
}

// lag shows how long it took until somebody named the actor.
func (b *binder) lag() drawing {
	c := rows{
		caption: b.caption("From theft to attribution", "days, in steps of ten", "A bar an incident: days from the theft to the first attribution.",
			"Hatched: one of the two dates is no exact day.").ever(b.st),
		Series: []key{{solid, "both days known", ""}, {hatch, "about", ""}}, Axis: tickPlain, Log: true, From: 1,
	}
	lags := append([]study.Lag(nil), b.st.Lags...)
	sort.SliceStable(lags, func(i, j int) bool { return lags[i].Days < lags[j].Days })
	for _, l := range lags {
		one := bar{1, int64(max(l.Days, 1)), solid, number{l.Number, int64(l.Days), fmt.Sprintf("%s: %d days, %s to %s", l.Title, l.Days, l.From, l.To)}}
		about := ""
		if l.About {
			one.Style, about = hatch, "about "
		}
		c.Items = append(c.Items, item{Label: l.Title, Sub: yearOf(l.From), Bars: []bar{one}, Text: fmt.Sprintf("%s%s", about, plural(l.Days, "day", "days"))})
	}
	return c
}

// recovery shows what part of each incident came back.
func (b *binder) recovery() drawing {
	c := rows{
		caption: b.caption("What came back", "per cent of what left the victim's control",
			"A bar an incident: returned by the thief, then recovered in another way; a triangle for what was reimbursed from other money.",
			"Reimbursement is not recovery: the victim paid it from other money. Amounts of different days can add up to more than was lost; the axis ends at 100 %.").ever(b.st).each(),
		Series: []key{{hatch, "returned by the thief", ""}, {solid, "recovered", ""}, {cross, "reimbursed from other money", "dot"}},
		Axis:   tickPermille, Until: 1000,
	}
	for _, r := range b.st.Recovery {
		left := r.Left.Cents()
		if left.IsZero() {
			continue
		}
		back := permille(r.Returned.Cents(), left)
		all := permille(r.Returned.Cents().Add(r.Recovered.Cents()), left)
		it := item{Label: r.Title, Text: fmt.Sprintf("%s of %s", r.Share, b.short(r.Left, b.on("left_control")))}
		if back > 0 {
			it.Bars = append(it.Bars, bar{0, back, hatch, number{r.Number, back, "returned: " + r.Returned.String()}})
		}
		if all > back {
			it.Bars = append(it.Bars, bar{back, all, solid, number{r.Number, all - back, "recovered: " + r.Recovered.String()}})
		}
		if !r.Reimbursed.Cents().IsZero() {
			it.Marks = append(it.Marks, mark{Style: cross, number: number{r.Number, permille(r.Reimbursed.Cents(), left), "reimbursed: " + r.Reimbursed.String()}})
		}
		c.Items = append(c.Items, it)
	}
	return c
}

// heatRows is how many incidents the heat map shows.
const heatRows = 60

// evidence shows the grade of what each incident stands on.
func (b *binder) evidence() drawing {
	c := heat{
		caption: b.caption("How good the evidence is", "Admiralty grades: source A (best) to F, content 1 (best) to 6",
			"A row an incident, a cell for amount, date, actor and method with the grade of the claim that was chosen.",
			"The letter is the reliability of the source, the digit the credibility of the claim. A dash: no claim. Shade repeats the letter.").ever(b.st),
		Columns: []string{"amount", "date", "actor", "method"},
	}
	for i, g := range b.st.Evidence {
		if i == heatRows {
			c.Notes = append(c.Notes, fmt.Sprintf("%s more in the table.", plural(len(b.st.Evidence)-heatRows, "incident", "incidents")))
			break
		}
		tail := plural(g.Sources, "independent source", "independent sources")
		if !g.Reviewed {
			tail = strings.Replace(tail, "independent ", "", 1) + ", draft"
		}
		c.Rows = append(c.Rows, heatRow{g.Title, []string{g.Amount, g.Date, g.Actor, g.Method}, tail})
	}
	return c
}
