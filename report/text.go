package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// textLimit is how many places of a table text shows before it sums up the rest.
const textLimit = 40

// Text writes the document for a terminal: the conditions, per view and asset
// the conservation record and a table of places by policies with bounds, then
// groups, seeds, findings and warnings. Amounts are in whole units; digits cut
// off are announced above the table. Exact figures are in JSONL and CSV.
func Text(w io.Writer, d *Document, o Options) error {
	scopes, err := d.scopes(o)
	if err != nil {
		return err
	}
	t := &text{d: d, o: o, names: newNames(d.Trail), width: o.Width}
	if t.width <= 0 {
		t.width = 100
	}
	t.header()
	for _, s := range scopes {
		t.scope(s)
	}
	if len(scopes) == 0 {
		t.b.WriteString("\nNothing was seeded: the trail is empty.\n")
	}
	t.conversions()
	t.seeds()
	t.unobserved()
	t.findings()
	t.warnings()
	_, err = io.WriteString(w, t.b.String())
	return err
}

type text struct {
	d     *Document
	o     Options
	b     strings.Builder
	names *names
	width int
}

func (t *text) heading(format string, args ...any) {
	s := clean(fmt.Sprintf(format, args...))
	t.b.WriteString("\n" + s + "\n" + strings.Repeat("─", min(columns(s), t.width)) + "\n")
}

// item writes a name and a text that wraps beside it.
func (t *text) item(name, s string) {
	const left = 13
	fmt.Fprintf(&t.b, "%-*s%s\n", left, name, wrap(s, t.width, strings.Repeat(" ", left)))
}

func (t *text) header() {
	if t.d.Title != "" {
		s := clean(t.d.Title)
		t.b.WriteString(s + "\n" + strings.Repeat("═", min(columns(s), t.width)) + "\n")
	}
	for _, s := range []string{t.d.Question, t.d.Summary} {
		if s != "" {
			t.b.WriteString(wrap(clean(s), t.width, "") + "\n\n")
		}
	}
	for _, l := range t.d.stamp() {
		t.item(l.Name, l.Text)
	}
}

// scope writes one view in one asset.
func (t *text) scope(s scope) {
	view := s.t.Views[s.view]
	title := fmt.Sprintf("Theft %q in %s", view.Name, s.asset().Name())
	if view.Name == "any" {
		title = fmt.Sprintf("All thefts together in %s", s.asset().Name())
	}
	t.heading("%s", title)
	if view.Continues != "" {
		t.b.WriteString(wrap(fmt.Sprintf("This is the value of %q behind a conversion that the data does not show. The two are never added up.", clean(view.Continues)), t.width, "") + "\n")
	}
	if name := s.asset().Name(); name != string(s.asset().ID) {
		fmt.Fprintf(&t.b, "%s is %s\n", clean(name), clean(string(s.asset().ID)))
	}
	t.conservation(s)
	if !s.totals.Bounded {
		t.b.WriteString(wrap("No exact bounds: "+clean(s.totals.Why)+". Bounds with ~ are "+s.onePass()+".", t.width, "") + "\n")
	}
	t.b.WriteByte('\n')
	tab, cut := s.table(t.names, t.o.limit(textLimit), 4)
	if !tab.fits(t.width) {
		if less, lessCut := s.table(t.names, t.o.limit(textLimit), 2); less.fits(t.width) {
			tab, cut = less, lessCut
		}
	}
	if cut != "" {
		t.b.WriteString(cut + "\n")
	}
	tab.print(&t.b, t.width)
	t.groupBounds(s)
}

// conservation writes the record of each policy, policies with equal records
// together.
func (t *text) conservation(s scope) {
	d := digits{asset: s.asset(), shown: s.asset().Decimals}
	var order []string
	by := map[string][]trace.Policy{}
	for i, p := range s.t.Policies {
		line := notThere + " on " + s.model.String() + " ledgers"
		if s.on(i) {
			line = trimZeros(s.equation(i, d))
		}
		if !p.Conserves() {
			line = "not conserved, reach only: " + line
		}
		if by[line] == nil {
			order = append(order, line)
		}
		by[line] = append(by[line], p)
	}
	for _, line := range order {
		t.b.WriteString(wrap(policyList(by[line])+": "+line, t.width, "  ") + "\n")
	}
}

// trimZeros drops the zeros behind the points of a line of amounts.
func trimZeros(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if strings.Contains(w, ".") && w[0] >= '0' && w[0] <= '9' {
			words[i] = strings.TrimRight(strings.TrimRight(w, "0"), ".")
		}
	}
	return strings.Join(words, " ")
}

// table lays a scope out: bounds, share, one column per policy. The string says
// when digits were cut, after at most so many behind the point.
func (s scope) table(n *names, limit, most int) (*table, string) {
	var amounts []money.Amount
	sections := s.sections()
	for _, sec := range sections {
		amounts = append(amounts, sec.Sums...)
		for _, p := range sec.Places {
			f := s.figures(p)
			amounts = append(amounts, f.Amounts...)
			amounts = append(amounts, boundOf(f).L, boundOf(f).U)
		}
	}
	dg := fit(s.asset(), most, amounts)
	t := &table{head: []string{"place", "at least L", "at most U", string(s.t.Policies[s.policy]) + "\nshare"}, alike: 4}
	t.head = append(t.head, policyHeads(s.t.Policies)...)
	total := tableRow{cells: []string{"seeded (K)", "", "", s.share(s.policy, s.base(s.policy))}}
	for i := range s.t.Policies {
		total.cells = append(total.cells, s.cell(i, s.base(i), dg))
	}
	t.rows = append(t.rows, tableRow{rule: true}, total)
	left := limit
	for _, sec := range sections {
		t.rows = append(t.rows, s.sectionRows(sec, n, dg, &left)...)
	}
	t.rows = append(t.rows, s.unobservedRow(dg))
	if dg.cut {
		return t, fmt.Sprintf("Amounts in %s, cut off after %s; JSON and CSV have every digit.", clean(s.asset().Name()), plural(dg.shown, "decimal", "decimals"))
	}
	return t, ""
}

// policyHeads are the headings of the policy columns; what does not conserve is
// marked.
func policyHeads(ps []trace.Policy) []string {
	var out []string
	for _, p := range ps {
		h := string(p)
		if !p.Conserves() {
			h += "\n(reach only)"
		}
		out = append(out, h)
	}
	return out
}

// cell is an amount under a policy, or n/a where the ledger lacks the policy.
func (s scope) cell(p int, a money.Amount, dg digits) string {
	if !s.on(p) {
		return notThere
	}
	return dg.format(a)
}

// sectionRows are the rows of one kind of place: its sum, then its places down
// to the limit, then the sum of the rest.
func (s scope) sectionRows(sec section, n *names, dg digits, left *int) []tableRow {
	head := tableRow{heavy: true, cells: []string{strings.ToUpper(sec.Label)}}
	if sec.Kind == trace.Fee && s.t.Stamp.IgnoreFees && s.model != ledger.UTXO {
		head.cells = append(head.cells, "", "", "not counted")
		return []tableRow{head}
	}
	head.cells = append(head.cells, s.sumCells(sec.Sums, dg)...)
	if single := len(sec.Places) == 1 && sec.Places[0].Named && sec.Places[0].Name == sec.Label; single {
		b := boundOf(s.figures(sec.Places[0]))
		head.cells[1], head.cells[2] = boundCells(b, dg)
		return []tableRow{head}
	}
	rows := []tableRow{head}
	shown := min(len(sec.Places), max(*left, 1))
	*left -= shown
	for _, p := range sec.Places[:shown] {
		f := s.figures(p)
		l, u := boundCells(boundOf(f), dg)
		r := tableRow{cells: append([]string{"", l, u}, s.sumCells(f.Amounts, dg)[2:]...), name: s.namer(p, n)}
		rows = append(rows, r)
	}
	if rest := sec.Places[shown:]; len(rest) > 0 {
		label := fmt.Sprintf("  … %s (--limit -1)", plural(len(rest), "more place", "more places"))
		rows = append(rows, tableRow{cells: append([]string{label}, s.sumCells(s.sumOf(rest), dg)...)})
	}
	return rows
}

// namer writes the name of a place within a width, with what tags say of it
// where there is room.
func (s scope) namer(p *trace.Place, n *names) func(int) string {
	tag := ""
	if !p.Named && len(p.Accounts) == 1 {
		tag = s.d.titled(p.Ledger, p.Accounts[0])
	}
	if p.Named && len(p.Accounts) > 1 {
		tag = plural(len(p.Accounts), "account", "accounts")
	}
	return func(width int) string {
		name := n.short(p.Name, width-2)
		if tag != "" && columns(name)+columns(tag)+5 <= width {
			name += " (" + tag + ")"
		}
		return "  " + name
	}
}

// sumCells are empty bounds, the share and the amounts of a row.
func (s scope) sumCells(amounts []money.Amount, dg digits) []string {
	cells := []string{"", "", s.share(s.policy, amounts[s.policy])}
	for i, a := range amounts {
		cells = append(cells, s.cell(i, a, dg))
	}
	return cells
}

func boundCells(b interval, dg digits) (string, string) {
	mark := "~"
	if b.Tight {
		mark = ""
	}
	return mark + dg.format(b.L), mark + dg.format(b.U)
}

func (s scope) unobservedRow(dg digits) tableRow {
	sum, pools := s.unobserved()
	if s.model == ledger.UTXO {
		return tableRow{heavy: true, cells: []string{"UNOBSERVED n/a: every coin spent is in the data"}}
	}
	if pools == 0 {
		return tableRow{heavy: true, cells: []string{"UNOBSERVED none"}}
	}
	return tableRow{heavy: true, cells: []string{fmt.Sprintf("UNOBSERVED %s on %s, clean value from before the data; no part of the sums above", dg.format(sum), plural(pools, "account", "accounts"))}}
}

// groupBounds writes the groups of the question in this scope.
func (t *text) groupBounds(s scope) {
	tab := &table{head: []string{"group", "at least L", "at most U", string(s.t.Policies[s.policy]) + "\nshare"}, alike: 4}
	tab.head = append(tab.head, policyHeads(s.t.Policies)...)
	var amounts []money.Amount
	var rows []trace.GroupRow
	for _, g := range s.t.Groups {
		if f := g.Figures[s.view]; g.Asset.ID == s.asset().ID && touches(f) {
			rows = append(rows, g)
			amounts = append(append(amounts, f.Amounts...), boundOf(f).L, boundOf(f).U)
		}
	}
	if len(rows) == 0 {
		return
	}
	dg := fit(s.asset(), 4, amounts)
	tab.rows = append(tab.rows, tableRow{rule: true})
	for _, g := range rows {
		f := g.Figures[s.view]
		l, u := boundCells(boundOf(f), dg)
		label := clean(fmt.Sprintf("%s (%s)", g.Name, plural(len(g.Places), "place", "places")))
		tab.rows = append(tab.rows, tableRow{cells: append([]string{"", l, u}, s.sumCells(f.Amounts, dg)[2:]...), name: func(w int) string { return middle(label, w) }})
	}
	t.b.WriteString("\n" + wrap("Groups of places. Bounds of single places do not add up; these are the groups' own.", t.width, "") + "\n")
	tab.print(&t.b, t.width)
}
