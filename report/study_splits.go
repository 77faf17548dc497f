package report

import (
	"fmt"
	"sort"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
)

// splits shows the total by sector, method and wallet temperature.
func (b *binder) splits() drawing {
	c := b.splitRows("By kind of victim, by method, by wallet", []string{"sector", "method", "wallet_temperature"})
	return c
}

// countries shows the total by the victim's country.
func (b *binder) countries() drawing {
	c := b.splitRows("By the victim's country", []string{"country"})
	c.Notes = append(c.Notes, "Countries are those a claim gives; where none does, the row says so. There is no map: no outlines were drawn.")
	return c
}

func (b *binder) splitRows(title string, of []string) rows {
	t := b.sumTerms()
	c := rows{
		caption: b.caption(title, "US dollars", "A bar a group; its first part is attributed.", "Attempted, left control and net of every group stand side by side in the table.").ever(b.st).sums(b),
		Series:  []key{{solid, "attributed to the " + b.actorName(), ""}, {light, "everything else", ""}}, Axis: tickMoney,
	}
	for _, name := range of {
		if len(of) > 1 {
			c.Items = append(c.Items, item{Head: true, Label: words(name)})
		}
		for _, s := range b.splitsOf(name) {
			label := splitWord(s)
			n := b.number(s.Actor.Number, s.Actor.On(t.Basis), t, label+", "+b.actorName())
			all := b.number(s.All.Number, s.All.On(t.Basis), t, label+", all")
			c.Items = append(c.Items, item{Label: label, Bars: []bar{{0, n.Value, solid, n}, {n.Value, all.Value, light, all}},
				Text: fmt.Sprintf("%s · n=%d", b.short(s.All.On(t.Basis), t), s.All.N)})
		}
	}
	return c
}

// splitsOf gives the groups of a property, largest first, the unknown last.
func (b *binder) splitsOf(name string) []study.Split {
	var out []study.Split
	for _, s := range b.st.Splits {
		if s.Of == name {
			out = append(out, s)
		}
	}
	basis := b.sumTerms().Basis
	sort.SliceStable(out, func(i, j int) bool {
		if (out[i].Word == "") != (out[j].Word == "") {
			return out[j].Word == ""
		}
		return out[j].All.On(basis).Cents().Less(out[i].All.On(basis).Cents())
	})
	return out
}

// splitWord names a group.
func splitWord(s study.Split) string {
	switch {
	case s.Word == "":
		return "nobody looked"
	case s.Of == "country":
		return countryName(s.Word)
	}
	return words(s.Word)
}

// countryName is the English name of a country's code.
func countryName(code string) string {
	if name, ok := heist.Country(code); ok {
		return name
	}
	return code
}
