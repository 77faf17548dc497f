package study

import (
	"fmt"
	"slices"
	"sort"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

// The axes of the 48 policies, in grid order (docs/study.md).
var (
	GridBases       = []string{"attempted", "stolen", "net", "mixed"}
	GridKnown       = []string{"2021-04", "now"}
	GridCoincheck   = []bool{true, false}
	GridConfidences = []string{"low", "moderate", "high"}
)

// mixedAsStolen is read at what left control by the mixed basis, everything else
// at what was asked for: the only mix that gives the published ranks.
const mixedAsStolen = "2016-02-bangladesh-bank"

// gridRow is an incident with what the 48 policies ask.
type gridRow struct {
	Row
	then bool // public in April 2021
	// most is the highest confidence rank under which the row is the actor's, by
	// column of GridKnown; 0: never.
	most [2]int
	via  []string // claims of the attribution
}

// Grid is the register as the 48 policies read it: incidents begun 2011 to 2020 of
// scope theft, near_miss or double_spend, amounts as booked and as known now,
// attributions as known in the month of the axis.
type Grid struct {
	rows  []gridRow
	terms Terms
}

// NewGrid reads a register for the grid.
func NewGrid(reg *heist.Register, actor string) (*Grid, error) { return NewGridOn(reg, actor, "now") }

// NewGridOn reads a register as known on a day; "now" of the grid's axis is that
// day.
func NewGridOn(reg *heist.Register, actor, day string) (*Grid, error) {
	pol := &heist.Policy{ID: "grid-48", AsKnownOn: day, Basis: string(left), Valuation: string(heist.AsBooked), Scope: []heist.Scope{heist.Theft, heist.NearMiss, "double_spend"}}
	r, err := newReading(reg, pol, actor)
	if err != nil {
		return nil, err
	}
	g := &Grid{terms: r.terms(left)}
	then, err := heist.ParseDate(GridKnown[0])
	if err != nil {
		return nil, err
	}
	for _, i := range reg.Incidents {
		if y := i.Occurred().Year(); r.leftOut(i) != "" || y > 2020 || y < 2011 {
			continue
		}
		row, err := r.row(i)
		if err != nil {
			return nil, err
		}
		out := gridRow{Row: row, then: reg.Known(i, heist.Query{AsKnownOn: then.Last()})}
		for n, known := range GridKnown {
			var via []string
			out.most[n], via = gridActor(r, i, known)
			out.via = append(out.via, via...)
		}
		g.rows = append(g.rows, out)
	}
	return g, nil
}

// gridActor gives the highest threshold under which the row is the actor's: the
// best claim known then decides, and a disputed one counts only at low.
func gridActor(r *reading, i *heist.Incident, known string) (int, []string) {
	for _, cl := range r.reg.Attributions(i, r.q) {
		day := cl.AssertedOn.String()
		switch {
		case !r.reg.IsOrPartOf(cl.Actor, r.actor), cl.Polarity == heist.Against, cl.Polarity == heist.Withdrawn:
		case known != "now" && day[:min(7, len(day))] > known:
		case cl.Standing == heist.StatusDisputed:
			return 1, []string{cl.GlobalID()}
		default:
			return confidences[cl.Confidence], []string{cl.GlobalID()}
		}
	}
	return 0, nil
}

func (g *Grid) amount(row *gridRow, basis string) Amount {
	switch {
	case basis == "net":
		return row.On(Net)
	case basis == "stolen", basis == "mixed" && row.ID == mixedAsStolen:
		return row.On(left)
	}
	return row.On("attempted")
}

// Cell evaluates one of the 48 policies. skip leaves incidents out.
func (g *Grid) Cell(basis, known string, withCoincheck bool, confidence string, skip ...string) Cell {
	c := Cell{Basis: basis, Known: known, Coincheck: withCoincheck, Confidence: confidence, Index: gridIndex(basis, known, withCoincheck, confidence)}
	t := g.terms
	t.Basis = Basis(basis)
	if basis == "stolen" {
		t.Basis = left
	}
	c.Sum = Value{terms: t}
	var rows []*gridRow
	for n := range g.rows {
		if row := &g.rows[n]; (row.then || known == "now") && !slices.Contains(skip, row.ID) {
			rows = append(rows, row)
		}
	}
	mine := func(row *gridRow) bool { return c.counts(row) }
	sort.SliceStable(rows, func(x, y int) bool {
		return g.amount(rows[y], basis).Value.cents.Less(g.amount(rows[x], basis).Value.cents)
	})
	var all, theirs money.Amount
	for n, row := range rows {
		v := g.amount(row, basis).Value.cents
		if mine(row) {
			c.Sum.cents, c.summed = c.Sum.cents.Add(v), append(c.summed, row.ID)
		}
		if n >= TopN {
			continue
		}
		c.Top, c.worth, all = append(c.Top, row.ID), append(c.worth, v), all.Add(v)
		if mine(row) {
			c.Count++
			c.Actor, theirs = append(c.Actor, row.ID), theirs.Add(v)
		}
	}
	c.Share = share(theirs, all)
	with := "with"
	if !withCoincheck {
		with = "without"
	}
	c.Number = "grid." + basis + "." + known + "." + with + "." + confidence
	return c
}

func gridIndex(basis, known string, withCoincheck bool, confidence string) int {
	n := slices.Index(GridBases, basis)*2 + slices.Index(GridKnown, known)
	return (n*2+slices.Index(GridCoincheck, withCoincheck))*3 + slices.Index(GridConfidences, confidence)
}

// Cells evaluates all 48 policies in grid order.
func (g *Grid) Cells() (out []Cell) {
	for _, basis := range GridBases {
		for _, known := range GridKnown {
			for _, with := range GridCoincheck {
				for _, confidence := range GridConfidences {
					out = append(out, g.Cell(basis, known, with, confidence))
				}
			}
		}
	}
	return out
}

// behind lists the incidents that cells are computed from, their ten largest and
// those in the actor's sum, and the claims these stand on.
func (g *Grid) behind(cells ...Cell) (ids, claims []string) {
	for n := range g.rows {
		row, used := &g.rows[n], false
		for _, c := range cells {
			if slices.Contains(c.Top, row.ID) || slices.Contains(c.summed, row.ID) {
				claims, used = append(claims, g.amount(row, c.Basis).Claims...), true
			}
		}
		if used {
			ids, claims = append(ids, row.ID), append(claims, row.via...)
		}
	}
	return ids, claims
}

// grid puts the 48 policies and their specification curve into the study.
func (b *builder) grid() error {
	g, err := NewGrid(b.reg, b.actor)
	if err != nil {
		return err
	}
	b.s.Grid = g.Cells()
	for _, c := range b.s.Grid {
		ids, claims := g.behind(c)
		b.number(c.Number, "the actor's part of the ten largest of 2011-2020", fmt.Sprintf("%d of 10; %s; sum of the actor's %s", c.Count, c.Share, c.Sum), ids, claims)
	}
	b.s.Curve = append([]Cell{}, b.s.Grid...)
	sort.SliceStable(b.s.Curve, func(x, y int) bool { return b.s.Curve[x].Share.Permille < b.s.Curve[y].Share.Permille })
	return nil
}

// change compares a cell with another one.
func (g *Grid) change(what, id string, was, is Cell) Change {
	c := Change{What: what, Before: was.Sum, After: is.Sum, Up: was.Sum.cents.Less(is.Sum.cents), By: was.Sum, Count: is.Count, Share: is.Share, Number: id}
	c.By.cents = was.Sum.cents.Monus(is.Sum.cents)
	if c.Up {
		c.By.cents = is.Sum.cents.Monus(was.Sum.cents)
	}
	c.rows, c.claims = g.behind(was, is)
	return c
}

// base is the cell that leave-one-out and tornado start from: gross, as known now,
// moderate confidence, Coincheck counted.
func (g *Grid) base(skip ...string) Cell { return g.Cell("stolen", "now", true, "moderate", skip...) }

// LeaveOut takes each incident away in turn and keeps those that change the sum,
// the count or the share, the largest change first.
func (g *Grid) LeaveOut() (out []Change) {
	was := g.base()
	for n := range g.rows {
		id := g.rows[n].ID
		is := g.base(id)
		if is.Sum.cents == was.Sum.cents && is.Count == was.Count && is.Share == was.Share {
			continue
		}
		out = append(out, g.change("without "+id, "leave-out."+id, was, is))
	}
	bySize(out)
	return out
}

func bySize(all []Change) {
	sort.SliceStable(all, func(x, y int) bool { return all[y].By.cents.Less(all[x].By.cents) })
}

// Tornado makes one choice at a time: the doubtful incidents, the thresholds, the
// bases, the day.
func (g *Grid) Tornado() (out []Change) {
	was := g.base()
	for _, id := range []string{coincheck, "2020-09-kucoin", "2018-04-gate-io", mixedAsStolen, "2017-12-nicehash", "2017-10-feib", "2019-11-upbit", "2020-12-lubian"} {
		for n := range g.rows {
			if g.rows[n].ID == id {
				out = append(out, g.change("without "+id, "tornado.without."+id, was, g.base(id)))
			}
		}
	}
	for _, c := range []string{"low", "high"} {
		out = append(out, g.change("minimum confidence "+c, "tornado.confidence."+c, was, g.Cell("stolen", "now", true, c)))
	}
	for _, basis := range []string{"attempted", "net"} {
		is := g.Cell(basis, "now", true, "moderate")
		c := g.change("basis "+basis, "tornado.basis."+basis, was, is)
		c.By.terms = is.Sum.terms
		out = append(out, c)
	}
	out = append(out, g.change("as known in 2021-04", "tornado.known.2021-04", was, g.Cell("stolen", "2021-04", true, "moderate")))
	out = append(out, g.ends(was)...)
	bySize(out)
	return out
}

// ends reads each counted incident at the ends of its range, all else as it is.
func (g *Grid) ends(was Cell) (out []Change) {
	for n := range g.rows {
		row := &g.rows[n]
		a := row.On(left)
		if was.counts(row) && (a.Low.cents != a.Value.cents || a.High.cents != a.Value.cents) {
			lo, hi := was, was
			lo.Sum.cents = was.Sum.cents.Monus(a.Value.cents.Monus(a.Low.cents))
			hi.Sum.cents = was.Sum.cents.Add(a.High.cents.Monus(a.Value.cents))
			for _, c := range []Change{g.change(row.ID+" at the low end of its range", "tornado.low."+row.ID, was, lo), g.change(row.ID+" at the high end of its range", "tornado.high."+row.ID, was, hi)} {
				if !c.By.cents.IsZero() {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// counts reports that the cell takes a row as the actor's.
func (c Cell) counts(row *gridRow) bool {
	most := row.most[slices.Index(GridKnown, c.Known)]
	if row.ID == coincheck {
		return c.Coincheck && most > 0
	}
	return most > 0 && most >= confidences[heist.Confidence(c.Confidence)]
}

func (b *builder) leaveOut() error {
	g, err := NewGrid(b.reg, b.actor)
	if err != nil {
		return err
	}
	b.s.LeaveOut, b.s.Tornado = g.LeaveOut(), g.Tornado()
	for _, c := range append(append([]Change{}, b.s.LeaveOut...), b.s.Tornado...) {
		b.number(c.Number, c.What, fmt.Sprintf("%s to %s; %d of 10; %s", c.Before, c.After, c.Count, c.Share), c.rows, c.claims)
	}
	return nil
}

// Claims lists the register's claims that a cell stands on.
func (g *Grid) Claims(c Cell) []string {
	_, claims := g.behind(c)
	return claims
}
