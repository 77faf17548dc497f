package report

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/study"
)

func (b *binder) vintageTable() *tabler {
	t := b.table("vintages", "Published totals beside ours", "US dollars. Published figures: basis and valuation are the publisher's, mostly unstated. Ours: as each row says.",
		"publisher", "published", "#year", "#published total", "#n", "#ours", "#n", "#residual", "our policy", "our terms", "source")
	for _, v := range b.st.Vintages {
		published, err := money.ParseDecimal(v.Published, 2)
		if err != nil {
			b.fail(err)
		}
		n := ""
		if v.N > 0 {
			n = fmt.Sprint(v.N)
		}
		residual := t.money(v.Residual, v.Residual.Terms(), v.Number)
		if !v.Residual.Cents().IsZero() {
			residual.Text = map[bool]string{true: "+", false: "-"}[v.Up] + residual.Text
		}
		whole, _, _ := strings.Cut(published.Grouped(2), ".")
		t.row(says(v.Publisher), says(v.Vintage), says(fmt.Sprint(v.Year)), says(whole), says(n), t.money(v.Ours, v.Ours.Terms(), v.Number), count(v.OursN, v.Number), residual,
			says(v.Policy), says(v.Ours.Terms().String()), says(v.Source))
	}
	return t
}

func (b *binder) splitsTable(name, title string, of ...string) *tabler {
	t := b.table(name, title, b.under(threeBases+"; share by value on "+basisName(b.st.Header.Terms.Basis)),
		"by", "group", "#attempted", "#left control", "#net", "#incidents", "#share of all", "#"+b.actorName()+" attempted", "#left control", "#net", "#incidents")
	for _, o := range of {
		list := b.splitsOf(o)
		if o == "quarter" {
			list = nil
			for _, s := range b.st.Splits {
				if s.Of == o {
					list = append(list, s)
				}
			}
		}
		for _, s := range list {
			cells := append([]studyCell{says(words(s.Of)), says(splitWord(s))}, t.total(s.All)...)
			cells = append(cells, count(s.All.N, s.All.Number), studyCell{s.Share.String(), s.All.Number})
			cells = append(cells, t.total(s.Actor)...)
			t.row(append(cells, count(s.Actor.N, s.Actor.Number))...)
		}
	}
	return t
}

func (b *binder) splitTable() *tabler {
	return b.splitsTable("splits", "By kind of victim, method and wallet", "sector", "method", "wallet_temperature")
}

func (b *binder) quarterTable() *tabler {
	return b.splitsTable("quarters", "Each quarter", "quarter")
}

func (b *binder) countryTable() *tabler {
	return b.splitsTable("countries", "By the victim's country", "country")
}

func (b *binder) sizeTable() *tabler {
	t := b.table("sizes", "Every incident with an amount, by size", b.under(basisName(b.st.Header.Terms.Basis)), "#place", "incident", "#amount", "attribution to the "+b.actorName())
	for _, r := range b.st.Sizes.Values {
		t.row(count(r.Rank, r.Number), says(r.Title), t.money(r.Value, b.st.Header.Terms, r.Number), says(words(string(r.Verdict))))
	}
	return t
}

func (b *binder) lagTable() *tabler {
	t := b.table("lag", "From theft to attribution", "Days.", "incident", "theft", "first attribution", "#days", "exact")
	for _, l := range b.st.Lags {
		exact := "to the day"
		if l.About {
			exact = "about"
		}
		t.row(says(l.Title), says(l.From), says(l.To), count(l.Days, l.Number), says(exact))
	}
	return t
}

func (b *binder) recoveryTable() *tabler {
	t := b.table("recovery", "What came back, was frozen, seized or paid from other money", b.under("as each column says"),
		"incident", "#left control", "#returned by the thief", "#recovered", "#frozen", "#seized", "#reimbursed, other money", "#net", "#came back")
	for _, r := range b.st.Recovery {
		cells := []studyCell{says(r.Title)}
		for _, v := range []study.Value{r.Left, r.Returned, r.Recovered, r.Frozen, r.Seized, r.Reimbursed, r.Net} {
			cells = append(cells, t.money(v, v.Terms(), r.Number))
		}
		t.row(append(cells, studyCell{r.Share.String(), r.Number})...)
	}
	return t
}

func (b *binder) evidenceTable() *tabler {
	t := b.table("evidence", "The grade of what each incident stands on", "Admiralty grades: source A to F, content 1 to 6; a dash: no claim.", "incident", "amount", "date", "actor", "method", "#independent sources", "standing")
	for _, g := range b.st.Evidence {
		standing := "draft"
		if g.Reviewed {
			standing = "reviewed"
		}
		t.row(says(g.Title), says(orWord(g.Amount, "–")), says(orWord(g.Date, "–")), says(orWord(g.Actor, "–")), says(orWord(g.Method, "–")), says(fmt.Sprint(g.Sources)), says(standing))
	}
	return t
}

func (b *binder) knownTable() *tabler {
	t := b.table("known", "What was known when", "US dollars. Basis: "+threeBases+". Valuation: "+words(b.st.Header.Terms.Valuation)+". As known on: as each row says. Policy: "+b.st.Header.Policy+".",
		"as known on", "#attempted", "#left control", "#net", "#incidents", "#"+b.actorName()+" attempted", "#left control", "#net", "#incidents", "#of ten", "#share of the ten", "the largest known")
	for _, k := range b.st.Sweep {
		cells := append([]studyCell{says(k.On)}, t.total(k.All)...)
		cells = append(cells, count(k.All.N, k.Number))
		cells = append(cells, t.total(k.Actor)...)
		t.row(append(cells, count(k.Actor.N, k.Number), count(k.Count, k.Number), studyCell{k.Share.String(), k.Number}, says(k.First))...)
	}
	return t
}

func (b *binder) deedTable() *tabler {
	t := b.table("actors", "Attributed to the "+b.actorName(), b.under(threeBases), "incident", "when", "#attempted", "#left control", "#net", "counted", "status", "confidence", "says who", "since", "standing")
	for _, d := range b.st.Actors {
		standing := "reviewed"
		if d.Draft {
			standing = "draft"
		}
		a := d.Attribution
		t.row(says(d.Title), says(d.Occurred), t.money(d.Attempted, b.on("attempted"), d.Number), t.money(d.Left, b.on("left_control"), d.Number), t.money(d.Net, b.on(study.Net), d.Number),
			says(words(string(a.Verdict))), says(words(a.Standing)), says(words(a.Confidence)), says(strings.Join(a.Parties, ", ")), says(a.On), says(standing))
	}
	return t
}

func (b *binder) disputeTable() *tabler {
	t := b.table("conflicts", "Where sources differ, and how it was decided", "", "incident", "question", "taken", "not taken", "why")
	for _, d := range b.st.Disputes {
		t.row(says(d.Title), says(words(d.Question)), says(d.Says), says(strings.Join(d.Against, "; ")), says(words(d.Why)))
	}
	return t
}

func (b *binder) excludedTable() *tabler {
	t := b.table("excluded", "Left out, and why", "", "incident", "id", "why")
	for _, o := range b.st.Excluded {
		t.row(says(o.Title), says(o.ID), says(o.Reason))
	}
	return t
}
