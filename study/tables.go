package study

import (
	"fmt"
	"sort"
	"time"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

const left = Basis(heist.LeftCtrl)

// front shows the actor's total with and without Coincheck and every dispute.
func (b *builder) front() error {
	f := &b.s.Front
	f.Actor = b.actor
	sure := func(row *Row) bool { return row.Claimed.Verdict == Counted }
	name := b.reg.Actor(b.actor).Name
	f.All = b.total(b.in, "total.all", "all incidents of the period")
	without := pick(b.in, func(r *Row) bool { return b.counts(r) && r.ID != coincheck })
	with := pick(b.in, func(r *Row) bool { return b.counts(r) || r.ID == coincheck })
	f.Without = b.theirs(without, "total.actor.without-coincheck", name+", Coincheck not counted")
	f.With = b.theirs(with, "total.actor.with-coincheck", name+", Coincheck counted")
	f.NoneOf = b.theirs(pick(b.in, sure), "total.actor.without-disputed", name+", no disputed attribution counted")
	f.WithAll = b.theirs(pick(b.in, func(r *Row) bool { return sure(r) || b.disputed(r) }), "total.actor.with-disputed", name+", every disputed attribution counted")
	f.Interval = b.interval(b.in, b.basis(), "total.actor.interval")
	whole := b.sum(b.in, b.basis())
	f.Share, f.ShareWith = share(b.sum(without, b.basis()), whole), share(b.sum(with, b.basis()), whole)
	ids, claims := behind(b.in, b.amountAndActor(b.basis()))
	b.number("total.actor.share.without-coincheck", "share of the period's value", f.Share.String(), ids, claims)
	b.number("total.actor.share.with-coincheck", "share of the period's value, Coincheck counted", f.ShareWith.String(), ids, claims)
	for n := range b.in {
		if b.disputed(&b.in[n]) {
			f.Disputed = append(f.Disputed, b.in[n].ID)
		}
	}
	return nil
}

func (b *builder) sum(rows []Row, basis Basis) (s money.Amount) {
	for n := range rows {
		s = s.Add(b.on(&rows[n], basis).Value.cents)
	}
	return s
}

// tops ranks the period on each basis side by side.
func (b *builder) tops() error {
	all := []Basis{"attempted", "executed", left, "proceeds_realised", Net}
	if b.basis() == Mixed {
		all = append(all, Mixed)
	}
	for _, basis := range all {
		b.s.Tops = append(b.s.Tops, b.top(basis))
	}
	return nil
}

func (b *builder) top(basis Basis) Top {
	t := Top{Basis: basis, Sum: b.value(money.Zero, basis), Number: "top." + string(basis) + ".share"}
	rows := b.ranked(b.in, basis)
	var theirs money.Amount
	var ids, claims []string
	for n := range rows[:min(TopN, len(rows))] {
		row := &rows[n]
		a := b.on(row, basis)
		k := Rank{n + 1, row.ID, row.Title, a.Value, row.Claimed.Verdict, row.Draft, a.Stands, fmt.Sprintf("top.%s.%d", basis, n+1)}
		b.number(k.Number, fmt.Sprintf("rank %d on %s", k.Rank, basis), a.Value.String()+" "+row.ID, []string{row.ID}, a.Claims)
		t.Rows, t.Sum.cents = append(t.Rows, k), t.Sum.cents.Add(a.Value.cents)
		ids, claims = append(ids, row.ID), append(claims, b.amountAndActor(basis)(row)...)
		if b.counts(row) {
			t.Count++
			theirs = theirs.Add(a.Value.cents)
		}
	}
	t.Share = share(theirs, t.Sum.cents)
	b.number(t.Number, "the actor's part of the ten largest", fmt.Sprintf("%d of %d; %s of %s", t.Count, len(t.Rows), t.Share, t.Sum), ids, claims)
	return t
}

// years covers every year of the register, whatever the policy's period; incidents
// without a date come first, as year 0.
func (b *builder) years() error {
	byYear := map[int][]Row{}
	first, last := 9999, 0
	for _, row := range b.rows {
		byYear[row.Year] = append(byYear[row.Year], row)
		if row.Year > 0 {
			first, last = min(first, row.Year), max(last, row.Year)
		}
	}
	for y := 0; y <= last; y++ {
		if y == 0 && byYear[0] == nil || y > 0 && y < first {
			continue
		}
		rows := byYear[y]
		id := fmt.Sprintf("year.%d.", y)
		out := Year{Year: y, All: b.total(rows, id+"all", fmt.Sprintf("all of %d", y))}
		theirs := pick(rows, b.counts)
		out.Actor = b.theirs(theirs, id+"actor", fmt.Sprintf("the actor's of %d", y))
		out.Disputed = b.theirs(pick(rows, b.disputed), id+"disputed", fmt.Sprintf("disputed of %d", y))
		out.Interval = b.interval(rows, b.basis(), id+"interval")
		out.Share = share(b.sum(theirs, b.basis()), b.sum(rows, b.basis()))
		out.ByCount = share(money.Units(uint64(len(theirs))), money.Units(uint64(len(rows))))
		out.Median, out.Mean = b.middle(rows)
		ids, claims := behind(rows, b.amountAndActor(b.basis()))
		b.number(id+"share", "the actor's share by value and by count", out.Share.String()+"; "+out.ByCount.String(), ids, claims)
		b.s.Years = append(b.s.Years, out)
	}
	return nil
}

// middle is the lower median and the mean (rounded down) of the rows that have an
// amount.
func (b *builder) middle(rows []Row) (median, mean Value) {
	median, mean = b.value(money.Zero, b.basis()), b.value(money.Zero, b.basis())
	known := b.ranked(pick(rows, func(r *Row) bool { return b.on(r, b.basis()).Known }), b.basis())
	if len(known) == 0 {
		return median, mean
	}
	median.cents = b.on(&known[len(known)/2], b.basis()).Value.cents
	mean.cents, _ = b.sum(known, b.basis()).MulDiv(money.Units(1), money.Units(uint64(len(known))))
	return median, mean
}

// deeds lists what is attributed to the actor, weak and disputed ones too.
func (b *builder) deeds() error {
	for n := range b.rows {
		row := &b.rows[n]
		if row.Claimed.Verdict == Nobody {
			continue
		}
		d := Deed{row.ID, row.Title, row.Occurred, row.On("attempted").Value, row.On(left).Value, row.On(Net).Value, row.Claimed, row.Draft, "actor." + row.ID}
		claims := append(append(append([]string{}, row.On("attempted").Claims...), row.On(left).Claims...), row.On(Net).Claims...)
		claims = append(append(claims, row.Claimed.Claims...), row.Claimed.Against...)
		b.number(d.Number, "attributed to the actor: "+string(row.Claimed.Verdict), fmt.Sprintf("attempted %s; left_control %s; net %s", d.Attempted, d.Left, d.Net),
			[]string{row.ID}, claims)
		b.s.Actors = append(b.s.Actors, d)
	}
	return nil
}

// splits divides all years by properties.
func (b *builder) splits() error {
	kinds := []struct {
		name string
		of   func(*Row) string
	}{
		{"method", func(r *Row) string { return r.Method }}, {"wallet_temperature", func(r *Row) string { return r.Wallet }},
		{"sector", func(r *Row) string { return r.Sector }}, {"country", func(r *Row) string { return r.Country }},
		{"quarter", quarter},
	}
	whole := b.sum(b.rows, b.basis())
	for _, k := range kinds {
		groups := map[string][]Row{}
		var words []string
		for n := range b.rows {
			w := k.of(&b.rows[n])
			if groups[w] == nil {
				words = append(words, w)
			}
			groups[w] = append(groups[w], b.rows[n])
		}
		sort.Strings(words)
		for _, w := range words {
			id := "split." + k.name + "." + blank(w)
			b.s.Splits = append(b.s.Splits, Split{k.name, w, b.total(groups[w], id, k.name+" "+blank(w)),
				b.theirs(pick(groups[w], b.counts), id+".actor", k.name+" "+blank(w)+", the actor's"), share(b.sum(groups[w], b.basis()), whole)})
		}
	}
	return nil
}

func blank(w string) string {
	if w == "" {
		return "not-recorded"
	}
	return w
}

// quarter of the day an incident began; a date that is only a year, or has no
// beginning, has none.
func quarter(r *Row) string {
	d, err := heist.ParseDate(r.Occurred)
	if err != nil || d.Precision() == "year" || d.First().IsZero() {
		return ""
	}
	return fmt.Sprintf("%d-Q%d", d.Year(), (int(d.First().Month())+2)/3)
}

// lags measure the time from a theft to the first attribution for the actor.
// What began, or was said, on no known day has no lag.
func (b *builder) lags() error {
	for n := range b.rows {
		row := &b.rows[n]
		i := b.reg.Incident(row.ID)
		var first *heist.Claim
		for _, id := range row.Claimed.Claims {
			cl := i.Claim(local(id))
			if !cl.AssertedOn.First().IsZero() && (first == nil || cl.AssertedOn.First().Before(first.AssertedOn.First())) {
				first = cl
			}
		}
		if first == nil || i.Occurred().First().IsZero() {
			continue
		}
		days := int(first.AssertedOn.First().Truncate(24*time.Hour).Sub(i.Occurred().First().Truncate(24*time.Hour)).Hours() / 24)
		about := !exact(i.Occurred()) || !exact(first.AssertedOn)
		if about {
			days = max(days, 0) // a month begins before the day of a theft within it
		}
		l := Lag{row.ID, row.Title, row.Occurred, first.AssertedOn.String(), days, about, first.GlobalID(), "lag." + row.ID}
		b.number(l.Number, "days from theft to attribution", fmt.Sprintf("%d days, %s to %s", days, l.From, l.To), []string{row.ID}, []string{l.ClaimID})
		b.s.Lags = append(b.s.Lags, l)
	}
	sort.SliceStable(b.s.Lags, func(x, y int) bool { return b.s.Lags[x].Days < b.s.Lags[y].Days })
	return nil
}

func exact(d heist.Date) bool { return d.Precision() == "day" || d.Precision() == "instant" }

// recoveries lists what came back, what is held and what was paid from other
// money, of each incident that has any of them.
func (b *builder) recoveries() error {
	for _, row := range b.ranked(b.rows, left) {
		r := Back{ID: row.ID, Title: row.Title, Left: row.On(left).Value, Returned: row.On("returned_by_attacker").Value, Recovered: row.On("recovered").Value,
			Frozen: row.On("frozen").Value, Seized: row.On("seized").Value, Reimbursed: row.On("reimbursed_by_victim").Value, Net: row.On(Net).Value, Number: "recovery." + row.ID}
		var claims []string
		any := false
		for _, basis := range []Basis{"returned_by_attacker", "recovered", "frozen", "seized", "reimbursed_by_victim"} {
			any = any || row.On(basis).Known
			claims = append(claims, row.On(basis).Claims...)
		}
		if !any {
			continue
		}
		r.Share = share(r.Left.cents.Monus(r.Net.cents), r.Left.cents)
		b.number(r.Number, "what came back", fmt.Sprintf("left_control %s; net %s; back %s; reimbursed from other money %s", r.Left, r.Net, r.Share, r.Reimbursed),
			[]string{row.ID}, append(append(claims, row.On(left).Claims...), row.On(Net).Claims...))
		b.s.Recovery = append(b.s.Recovery, r)
	}
	return nil
}

// falls are the waterfalls of all years in scope.
func (b *builder) falls() error {
	bank := func(r *Row) bool {
		return r.Sector == "bank" || r.Sector == "central_bank" || r.Sector == "payment_system"
	}
	groups := []struct {
		name string
		take func(*Row) bool
	}{{"all", func(*Row) bool { return true }}, {"banks", bank}, {"crypto", func(r *Row) bool { return !bank(r) }}}
	for _, g := range groups {
		rows := pick(b.rows, g.take)
		f := Fall{Group: g.name, N: len(rows)}
		for _, basis := range bases() {
			st := Step{Basis: basis, Value: b.value(money.Zero, basis), Number: "fall." + g.name + "." + string(basis)}
			var ids, claims []string
			for n := range rows {
				a := rows[n].On(basis)
				st.Value.cents = st.Value.cents.Add(a.Value.cents)
				if !a.Known {
					continue
				}
				ids, claims = append(ids, rows[n].ID), append(claims, a.Claims...)
				if !a.Stands {
					st.N++
				}
			}
			b.number(st.Number, "sum on "+string(basis)+" of "+g.name, fmt.Sprintf("%s; %d incidents with a claim of their own", st.Value, st.N), ids, claims)
			f.Steps = append(f.Steps, st)
		}
		b.s.Falls = append(b.s.Falls, f)
	}
	return nil
}

// sizes is how concentrated the losses of all years are.
func (b *builder) sizes() error {
	z := &b.s.Sizes
	basis := b.basis()
	var all, weighted money.Amount
	rows := pick(b.ranked(b.rows, basis), func(r *Row) bool { return !b.on(r, basis).Value.cents.IsZero() })
	for n := range rows {
		a := b.on(&rows[n], basis)
		z.Values = append(z.Values, Rank{n + 1, rows[n].ID, rows[n].Title, a.Value, rows[n].Claimed.Verdict, rows[n].Draft, a.Stands, "size." + rows[n].ID})
		b.number("size."+rows[n].ID, "size", a.Value.String(), []string{rows[n].ID}, a.Claims)
		all = all.Add(a.Value.cents)
		c, _ := a.Value.cents.MulDiv(money.Units(uint64(2*n+1)), money.Units(1))
		weighted = weighted.Add(c)
	}
	part := func(n int) Share { return share(b.sum(rows[:min(n, len(rows))], basis), all) }
	z.Top1, z.Top5, z.Top10 = part(1), part(5), part(10)
	z.Median, _ = b.middle(rows)
	if len(rows) > 0 {
		n := money.Units(uint64(len(rows)))
		nAll, _ := all.MulDiv(n, money.Units(1))
		z.Gini = share(nAll.Monus(weighted), nAll)
	}
	ids, claims := behind(rows, func(row *Row) []string { return b.on(row, basis).Claims })
	for n, s := range []Share{z.Top1, z.Top5, z.Top10} {
		id := []string{"1", "5", "10"}[n]
		b.number("sizes.top-"+id, "share of the largest "+id+" of all years", s.String(), ids, claims)
	}
	b.number("sizes.gini", "Gini coefficient of the sizes", z.Gini.String(), ids, claims)
	return nil
}
