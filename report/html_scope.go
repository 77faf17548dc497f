package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// pageScope is one view in one asset on the page.
type pageScope struct {
	ID, Title, AssetID, Continues, Unbounded, OnePass, Cut string

	Facts    []pageFact
	Heads    []pageHead
	Totals   []pageRow
	Pictures []pagePicture
	Places   []pageRow
	Rest     *pageRow
	Groups   []pageRow
	Proofs   []pageProof
}

// pageFact is a headline figure; Values are by policy when they differ.
type pageFact struct {
	Label  string
	Values []pageValue
	Note   string
}

// pageValue is a figure under one policy; Index -1 is under all.
type pageValue struct {
	Index       int
	Text, Share string
}

// pageHead is the heading of a policy column.
type pageHead struct {
	Index int
	Name  string
	Reach bool
}

// pageRow is a row of a table of amounts.
type pageRow struct {
	Name, Means        string
	Mono               bool
	Tag, Why, Kind     string
	KindClass          string
	Accounts           []string
	L, U, SortL, SortU string
	Loose              bool
	Shares             []pageValue
	Cells              []pageCell
	Bar                template.HTML
}

// pageCell is an amount of a policy column; Sort is its atomic units.
type pageCell struct {
	Index      int
	Text, Sort string
	Exact      string
}

// pagePicture are the pictures of one policy.
type pagePicture struct {
	Classes          string // p0 p3: the policies it shows
	Policy           string
	Sankey, Timeline template.HTML
}

// pageProof is a certificate on the page.
type pageProof struct {
	Name string
	Open bool
	certificate
}

// page lays a scope out for the template.
func (s scope) page(n *names, o Options, index int, leadOnly bool) pageScope {
	a := s.asset()
	out := pageScope{ID: fmt.Sprintf("s%d", index), Title: fmt.Sprintf("Theft “%s” in %s", clean(s.viewName()), clean(a.Name())), AssetID: clean(string(a.ID))}
	if s.viewName() == "any" {
		out.Title = "All thefts together in " + clean(a.Name())
	}
	out.Continues = clean(s.t.Views[s.view].Continues)
	if !s.totals.Bounded {
		out.Unbounded, out.OnePass = clean(s.totals.Why), s.onePass()
	}
	var amounts []money.Amount
	places := s.places()
	for _, p := range places {
		f := s.figures(p)
		amounts = append(append(amounts, f.Amounts...), boundOf(f).L, boundOf(f).U)
	}
	dg := fit(a, few(a, s.totals.Seeded), amounts)
	if dg.cut {
		out.Cut = fmt.Sprintf("Amounts in %s, cut off after %s. The exact figure of a cell is in its tooltip; JSON and CSV have every digit.", clean(a.Name()), plural(dg.shown, "decimal", "decimals"))
	}
	for i, p := range s.t.Policies {
		out.Heads = append(out.Heads, pageHead{i, string(p), !p.Conserves()})
	}
	out.Facts = s.facts()
	out.Totals = s.totalRows(dg)
	most := s.mostBound(places)
	shown := min(len(places), o.limit(htmlPlaces))
	for _, p := range places[:shown] {
		out.Places = append(out.Places, s.placeRow(p, n, dg, most))
	}
	if rest := places[shown:]; len(rest) > 0 {
		row := pageRow{Name: plural(len(rest), "more place", "more places"), Cells: s.cells(s.sumOf(rest), dg), Shares: s.shares(s.sumOf(rest))}
		out.Rest = &row
	}
	out.Groups = s.groupRows(dg)
	out.Proofs = s.proofs(n, places)
	out.Pictures = s.pictures(n, o, index, leadOnly)
	return out
}

// facts are the headline figures.
func (s scope) facts() []pageFact {
	a := s.asset()
	label := "Stolen (K)"
	if s.totals.Seeded.IsZero() || !s.totals.Bounded {
		label = "Entered"
	}
	facts := []pageFact{{Label: label, Values: s.values(func(p int) money.Amount { return s.base(p) }, false)}}
	for _, sec := range s.sections() {
		some := false
		for _, n := range sec.Sums {
			some = some || !n.IsZero()
		}
		if !some && sec.Kind != trace.Exit {
			continue
		}
		f := pageFact{Label: upperFirst(sec.Label), Values: s.values(func(p int) money.Amount { return sec.Sums[p] }, true)}
		if b, exits := s.exitBound(); sec.Kind == trace.Exit && exits > 0 && b != nil {
			f.Note = fmt.Sprintf("any convention: at least %s, at most %s", clean(a.Format(b.L)), clean(a.Format(b.U)))
		}
		facts = append(facts, f)
	}
	var first, last string
	t := &timeline{s: s}
	if t.bounds(); !t.from.IsZero() {
		first, last = instant(t.from), instant(t.until)
		facts = append(facts, pageFact{Label: "Moved between", Values: []pageValue{{Index: -1, Text: first}}, Note: "and " + last})
	}
	return facts
}

// values writes a figure under every policy, once where all agree.
func (s scope) values(of func(int) money.Amount, share bool) []pageValue {
	a := s.asset()
	var out []pageValue
	same := true
	for i := range s.t.Policies {
		v := pageValue{Index: i, Text: notThere}
		if s.on(i) {
			v.Text = brief(a, of(i)) + " " + clean(a.Name())
			if share {
				v.Share = s.share(i, of(i))
			}
		}
		same = same && (i == 0 || v.Text == out[0].Text && v.Share == out[0].Share)
		out = append(out, v)
	}
	if same && len(out) > 0 {
		out = out[:1]
		out[0].Index = -1
	}
	return out
}

// totalRows are the conservation record, policies side by side.
func (s scope) totalRows(dg digits) []pageRow {
	seeded := pageRow{Name: "seeded", Means: "stolen value that entered"}
	in := pageRow{Name: "converted in", Means: "came out of a conversion from another asset"}
	var bySeed, byIn []money.Amount
	converted := false
	for i := range s.t.Policies {
		by := s.totals.ByPolicy[i]
		bySeed, byIn = append(bySeed, by.Seeded), append(byIn, by.ConvertedIn)
		converted = converted || !by.ConvertedIn.IsZero()
	}
	seeded.Cells, in.Cells = s.cells(bySeed, dg), s.cells(byIn, dg)
	rows := []pageRow{seeded}
	if converted {
		rows = append(rows, in)
	}
	for _, sec := range s.sections() {
		r := pageRow{Name: sec.Label, Means: sec.Means, KindClass: kindClass(sec.Kind), Cells: s.cells(sec.Sums, dg)}
		if sec.Kind == trace.Fee && s.t.Stamp.IgnoreFees && s.model != ledger.UTXO {
			r.Means, r.Cells = "left out of account, as the question asks", nil
		}
		rows = append(rows, r)
	}
	sum, pools := s.unobserved()
	r := pageRow{Name: "unobserved", Means: "none"}
	switch {
	case s.model == ledger.UTXO:
		r.Means = "does not arise: every coin spent is in the data"
	case pools > 0:
		r.Means = fmt.Sprintf("%s on %s: clean value from before the data, no part of the sums", clean(s.asset().Format(sum)), plural(pools, "account", "accounts"))
	}
	return append(rows, r)
}

func (s scope) cells(amounts []money.Amount, dg digits) []pageCell {
	var out []pageCell
	for i, a := range amounts {
		c := pageCell{i, notThere, "", ""}
		if s.on(i) {
			c = pageCell{i, dg.format(a), a.String(), clean(s.asset().Format(a))}
		}
		out = append(out, c)
	}
	return out
}

func (s scope) shares(amounts []money.Amount) []pageValue {
	var out []pageValue
	for i, a := range amounts {
		out = append(out, pageValue{Index: i, Text: s.share(i, a)})
	}
	return out
}

// mostBound is the end of the scale of bounds.
func (s scope) mostBound(places []*trace.Place) money.Amount {
	var most money.Amount
	for _, p := range places {
		if u := boundOf(s.figures(p)).U; most.Less(u) {
			most = u
		}
	}
	return most
}

func (s scope) placeRow(p *trace.Place, n *names, dg digits, most money.Amount) pageRow {
	f := s.figures(p)
	r := pageRow{
		Name: n.look(p.Name), Mono: !p.Named, Kind: groupOf(p.Kind).One, KindClass: kindClass(p.Kind), Means: groupOf(p.Kind).Means,
		Tag: clean(s.d.labels(p)), Shares: s.shares(f.Amounts), Cells: s.cells(f.Amounts, dg), Bar: s.bar(f, most),
	}
	if p.Boundary.Kind != "" {
		r.Why = clean(p.Boundary.Kind) + ": " + orNotKnown(p.Boundary.Why)
	}
	if fate, ok := s.hops.fate(p); ok {
		r.Why = clean(fate)
	}
	if p.Named {
		for _, a := range p.Accounts {
			r.Accounts = append(r.Accounts, n.look(string(a)))
		}
	}
	return s.bounded(r, f, dg)
}

// bounded fills the bounds of a row.
func (s scope) bounded(r pageRow, f trace.Figures, dg digits) pageRow {
	b := boundOf(f)
	r.L, r.U = boundCells(b, dg)
	r.SortL, r.SortU, r.Loose = b.L.String(), b.U.String(), !b.Tight
	return r
}

func (s scope) groupRows(dg digits) []pageRow {
	var out []pageRow
	for _, g := range s.t.Groups {
		f := g.Figures[s.view]
		if g.Asset.ID != s.asset().ID || !touches(f) {
			continue
		}
		r := pageRow{Name: clean(g.Name), Means: plural(len(g.Places), "place", "places"), Shares: s.shares(f.Amounts), Cells: s.cells(f.Amounts, dg), Bar: s.bar(f, s.totals.Seeded)}
		out = append(out, s.bounded(r, f, dg))
	}
	return out
}

// bar draws a bound as a bracket with one mark per policy, of which the switch
// shows one.
func (s scope) bar(f trace.Figures, most money.Amount) template.HTML {
	const width = 120 * px
	b := boundOf(f)
	x := func(a money.Amount) string { return at(4*px + scaled(width, a, most)) }
	var w strings.Builder
	class := "br"
	if !b.Tight {
		class = "br lo"
	}
	fmt.Fprintf(&w, `<svg class="gauge" viewBox="0 0 128 16" width="128" height="16" aria-hidden="true"><path class="tr" d="M4 8H124"/><path class="%s" d="M%s 8H%sM%s 3V13M%s 3V13"/>`, class, x(b.L), x(b.U), x(b.L), x(b.U))
	for i, a := range f.Amounts {
		if s.on(i) {
			fmt.Fprintf(&w, `<circle class="pol p%d" cx="%s" cy="8" r="3"/>`, i, x(a))
		}
	}
	w.WriteString("</svg>")
	return template.HTML(w.String())
}

// proofPlaces is how many places of a scope have their certificates on the page.
const proofPlaces = 5

// proofs are the certificates that say something: of the groups, and of the
// largest places whose bounds are neither empty nor a point.
func (s scope) proofs(n *names, places []*trace.Place) []pageProof {
	var out []pageProof
	for _, g := range s.t.Groups {
		if b := g.Figures[s.view].Bound; b != nil && g.Asset.ID == s.asset().ID && touches(g.Figures[s.view]) {
			out = append(out, pageProof{"Group “" + clean(g.Name) + "”", false, s.certify(n, *b, cutLimit)})
		}
	}
	count := 0
	for _, p := range places {
		b := s.figures(p).Bound
		if b == nil || b.L == b.U || p.Kind == trace.Fee {
			continue
		}
		if count++; count > proofPlaces {
			break
		}
		out = append(out, pageProof{n.look(p.Name), false, s.certify(n, *b, cutLimit)})
	}
	if len(out) > 0 {
		out[0].Open = true
	}
	return out
}
