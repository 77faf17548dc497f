package report

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// freezeLimit is how many rows a freeze list shows.
const freezeLimit = 25

// Exits is the group of all exits: ask for it, and Freeze can say which payments
// stopped in time would have stopped the most.
func Exits() trace.Group {
	return trace.Group{Name: "exits", Match: func(p *trace.Place) bool { return p.Kind == trace.Exit }}
}

// Freeze lists the places where stolen value stands now, surest first (by lower
// bound, then by FIFO): what is held, what stands at the edge of the data, what
// services received. Below it stand the payments that, stopped in time, would
// have stopped the most: the minimum cut of all exits together, by paying
// account.
func Freeze(w io.Writer, d *Document, o Options) error {
	scopes, err := d.scopes(o)
	if err != nil {
		return err
	}
	t := &text{d: d, o: o, names: newNames(d.Trail), width: o.Width}
	if t.width <= 0 {
		t.width = 100
	}
	fmt.Fprintf(&t.b, "Freeze list: where stolen value stands now, surest first.\n")
	t.b.WriteString(wrap("L is there under every convention, U at most. A freeze stops at most U; bounds of single places do not add up. A service may have paid on: ask it.", t.width, "") + "\n")
	for _, s := range scopes {
		t.freeze(s)
		t.cutOfExits(s)
	}
	if len(scopes) == 0 {
		t.b.WriteString("Nothing was seeded: there is nothing to freeze.\n")
	}
	_, err = io.WriteString(w, t.b.String())
	return err
}

// freezable reports whether value of a kind of place is still somewhere.
func freezable(k trace.Kind) bool { return k == trace.Exit || k == trace.Held || k == trace.Edge }

func (t *text) freeze(s scope) {
	t.heading("Theft %q in %s", s.viewName(), s.asset().Name())
	fifo := max(s.t.Policy(trace.FIFO), 0)
	var places []*trace.Place
	var amounts []money.Amount
	for _, p := range s.places() {
		if freezable(p.Kind) {
			places = append(places, p)
			f := s.figures(p)
			amounts = append(amounts, f.Amounts[fifo], boundOf(f).L, boundOf(f).U)
		}
	}
	if len(places) == 0 {
		t.b.WriteString("Nothing of it stands anywhere: see the table of the trail for where it ended.\n")
		return
	}
	sort.SliceStable(places, func(i, j int) bool {
		a, b := s.figures(places[i]), s.figures(places[j])
		if x, y := boundOf(a).L, boundOf(b).L; x != y {
			return y.Less(x)
		}
		return b.Amounts[fifo].Less(a.Amounts[fifo])
	})
	dg := fit(s.asset(), 4, amounts)
	tab := &table{head: []string{"place", "kind", "at least L", "at most U", "fifo", "fifo,\nrunning sum", "share"}, rows: []tableRow{{rule: true}}}
	var sum money.Amount
	shown := min(len(places), t.o.limit(freezeLimit))
	for _, p := range places[:shown] {
		f := s.figures(p)
		sum = sum.Add(f.Amounts[fifo])
		l, u := boundCells(boundOf(f), dg)
		name := s.namer(p, t.names)
		tab.rows = append(tab.rows, tableRow{
			cells: []string{"", groupOf(p.Kind).One, l, u, dg.format(f.Amounts[fifo]), dg.format(sum), percent(sum, s.base(fifo))},
			name:  func(w int) string { return strings.TrimPrefix(name(w+2), "  ") },
		})
	}
	if rest := places[shown:]; len(rest) > 0 {
		n := s.sumOf(rest)[fifo]
		sum = sum.Add(n)
		label := fmt.Sprintf("… %s (--limit -1)", plural(len(rest), "more place", "more places"))
		tab.rows = append(tab.rows, tableRow{cells: []string{label, "", "", "", dg.format(n), dg.format(sum), percent(sum, s.base(fifo))}})
	}
	if dg.cut {
		fmt.Fprintf(&t.b, "Amounts in %s, cut off after %s.\n", clean(s.asset().Name()), plural(dg.shown, "decimal", "decimals"))
	}
	tab.print(&t.b, t.width)
}

// cutOfExits writes the minimum cut of all exits, by paying account.
func (t *text) cutOfExits(s scope) {
	b, exits := s.exitBound()
	if exits == 0 {
		return
	}
	t.b.WriteByte('\n')
	if b == nil {
		t.b.WriteString(wrap("The exits were not bounded together, so no cut of theirs is known.", t.width, "") + "\n")
		return
	}
	t.b.WriteString(wrap(fmt.Sprintf("At most %s can have reached the %s. These entries, stopped in time, would have stopped all of it, and no entries of a smaller sum would:",
		clean(s.asset().Format(b.U)), plural(exits, "exit", "exits")), t.width, "") + "\n")
	type payer struct {
		account ledger.Account
		kind    string
		n       int
		sum     money.Amount
	}
	var payers []*payer
	at := map[ledger.Account]*payer{}
	for _, e := range b.CutU {
		who := e.Account // none where coins of several accounts were spent together
		if e.Kind == "theft" {
			who = e.To
		}
		p := at[who]
		if p == nil {
			p = &payer{account: who, kind: e.Kind}
			at[who] = p
			payers = append(payers, p)
		}
		p.n, p.sum = p.n+1, p.sum.Add(e.Amount)
	}
	sort.SliceStable(payers, func(i, j int) bool { return payers[j].sum.Less(payers[i].sum) })
	shown := min(len(payers), t.o.limit(freezeLimit))
	for i, p := range payers[:shown] {
		line := fmt.Sprintf("%s: %s in %s", t.names.account(p.account), clean(s.asset().Format(p.sum)), plural(p.n, "entry", "entries"))
		if p.n == 1 && p.kind == "theft" {
			line = fmt.Sprintf("%s: %s, the theft itself", t.names.account(p.account), clean(s.asset().Format(p.sum)))
		}
		t.b.WriteString(fmt.Sprintf("  %2d. ", i+1) + wrap(line, t.width-6, "      ") + "\n")
	}
	if rest := payers[shown:]; len(rest) > 0 {
		var sum money.Amount
		for _, p := range rest {
			sum = sum.Add(p.sum)
		}
		fmt.Fprintf(&t.b, "      … %s, %s in sum (--limit -1)\n", plural(len(rest), "more account", "more accounts"), clean(s.asset().Format(sum)))
	}
}

// exitBound is the bound of all exits together, if the question asked for a
// group that is just them, and the number of exits.
func (s scope) exitBound() (*trace.Bound, int) {
	exits := 0
	for _, p := range s.t.Places {
		if p.Kind == trace.Exit && p.Asset.ID == s.asset().ID {
			exits++
		}
	}
	for _, g := range s.t.Groups {
		if g.Asset.ID != s.asset().ID || len(g.Places) != exits {
			continue
		}
		all := true
		for _, p := range g.Places {
			all = all && p.Kind == trace.Exit
		}
		if all {
			return g.Figures[s.view].Bound, exits
		}
	}
	return nil, exits
}
