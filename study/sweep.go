package study

import (
	_ "embed" // the published totals
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// sweep reads the register as known on the last day of each year, and now.
func (b *builder) sweep() error {
	last, err := strconv.Atoi(lastRecorded(b.reg)[:4])
	if err != nil {
		return fmt.Errorf("last recorded: %w", err)
	}
	days := []string{}
	for y := 2011; y < last; y++ {
		days = append(days, fmt.Sprintf("%d-12-31", y))
	}
	for _, day := range append(days, lastRecorded(b.reg)) {
		p := *b.pol
		p.AsKnownOn = day
		then, err := gatherRows(b.reg, &p, b.actor)
		if err != nil {
			return err
		}
		id := "known." + day
		k := Known{On: day, All: then.total(then.in, id+".all", "all of the period, as known then"), Number: id + ".top",
			Actor: then.theirs(pick(then.in, then.counts), id+".actor", "the actor's of the period, as known then")}
		top := then.top(then.basis())
		k.Count, k.Share = top.Count, top.Share
		if len(top.Rows) > 0 {
			k.First = top.Rows[0].ID
		}
		var rows, claims []string
		for _, n := range then.s.Numbers {
			if n.ID == top.Number {
				rows, claims = n.Rows, n.Claims
			}
			if strings.HasPrefix(n.ID, "known.") {
				b.s.Numbers = append(b.s.Numbers, n)
			}
		}
		b.number(k.Number, "the actor's part of the ten largest known on "+day, fmt.Sprintf("%d of %d; %s", k.Count, len(top.Rows), k.Share), rows, claims)
		b.s.Sweep = append(b.s.Sweep, k)
	}
	return nil
}

// published are yearly totals of others, each with its vintage and where it was
// read: a fact of its source, compared and never used in ours.
//
//go:embed vintages.csv
var published string

// vintages puts published totals beside ours of the nearest policy.
func (b *builder) vintages() error {
	if b.actor != DefaultActor {
		return nil // the published totals are of the DPRK
	}
	table, err := csv.NewReader(strings.NewReader(published)).ReadAll()
	if err != nil {
		return fmt.Errorf("vintages.csv: %w", err)
	}
	read := map[string]*builder{}
	for n, c := range table[1:] {
		pol := b.reg.Policy(c[5])
		if pol == nil {
			continue // a register of one's own need not have the policy
		}
		if read[c[5]] == nil {
			if read[c[5]], err = gatherRows(b.reg, pol, b.actor); err != nil {
				return err
			}
		}
		v := Vintage{Publisher: c[0], Vintage: c[1], Published: c[3], Policy: c[5], Source: c[6]}
		if v.Year, err = strconv.Atoi(c[2]); err != nil {
			return fmt.Errorf("vintages.csv: row %d: year: %w", n+2, err)
		}
		if v.N, err = strconv.Atoi(c[4]); c[4] != "" && err != nil {
			return fmt.Errorf("vintages.csv: row %d: n: %w", n+2, err)
		}
		theirs, err := money.ParseDecimal(c[3], 2)
		if err != nil {
			return fmt.Errorf("vintages.csv: row %d: %w", n+2, err)
		}
		like := read[c[5]]
		rows := pick(like.rows, func(r *Row) bool { return r.Year == v.Year && like.counts(r) })
		v.Ours, v.OursN = like.value(like.sum(rows, like.basis()), like.basis()), len(rows)
		v.Up, v.Residual = theirs.Less(v.Ours.cents), v.Ours
		v.Residual.cents = v.Ours.cents.Monus(theirs).Add(theirs.Monus(v.Ours.cents))
		v.Number = fmt.Sprintf("vintage.%s.%s.%d", strings.ToLower(strings.ReplaceAll(v.Publisher, " ", "-")), v.Vintage, v.Year)
		b.vintageNumber(v, rows, like)
		b.s.Vintages = append(b.s.Vintages, v)
	}
	return nil
}

func (b *builder) vintageNumber(v Vintage, rows []Row, like *builder) {
	var ids, claims []string
	for n := range rows {
		ids, claims = append(ids, rows[n].ID), append(append(claims, like.on(&rows[n], like.basis()).Claims...), rows[n].Claimed.Claims...)
	}
	sign := "-"
	if v.Up {
		sign = "+"
	}
	b.number(v.Number, fmt.Sprintf("%s's total of %d, published %s, beside ours", v.Publisher, v.Year, v.Vintage),
		fmt.Sprintf("published USD %s; ours under %s %s; residual %s%s", v.Published, v.Policy, v.Ours, sign, v.Residual), ids, claims)
}
