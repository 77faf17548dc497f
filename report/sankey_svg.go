package report

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/coldtrail/coldtrail/money"
)

// Measures of the page of a Sankey picture.
const (
	picWidth   = 1200 * px
	picLeft    = 24 * px
	placesLeft = 690 * px // right edge of the bars of places
	gaugeLeft  = 1010 * px
	gaugeWidth = 160 * px
	flowTop    = 112 * px
	backLane   = 9 * px
	backMost   = 8 // ribbons that lead back and are drawn
)

// Sankey draws one view in one asset under one policy as SVG: from the thefts,
// by hops, to the places where value ended, with the bound of each place as a
// bracket on a common scale beside it. Ribbons are as thick as what they carry;
// what leads back is a dashed line below. Small places and accounts are merged
// and counted beyond Limit (20).
func Sankey(w io.Writer, d *Document, o Options) (err error) {
	defer failed(&err)
	s, err := d.lead(o)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, drawSankey(s, newNames(d.Trail), o, "sk-", true))
	return err
}

// drawSankey draws a scope. Ids begin with prefix; the style goes in when the
// picture stands alone.
func drawSankey(s scope, n *names, o Options, prefix string, style bool) string {
	g := s.graphOf(o.limit(sankeyPlaces))
	g.layout(picLeft, placesLeft)
	d := &sankeyDrawing{g: g, s: s, n: n, picture: picture{prefix: prefix}}
	for _, p := range g.nodes {
		if p.place != nil {
			b := boundOf(s.figures(p.place))
			for _, a := range []money.Amount{b.U, p.amount} {
				if d.most.Less(a) {
					d.most = a
				}
			}
		}
	}
	back := d.backs()
	bottom := flowTop + g.height + 30*px + len(back)*backLane
	notes := d.notes(len(back))
	height := bottom + len(notes)*16*px + 14*px
	d.open(picWidth, height, o, style, d.title(), d.desc())
	d.head()
	d.ribbonsAndBars(back)
	d.labels()
	for i, line := range notes {
		d.text(picLeft, bottom+(i*16+10)*px, "c", line)
	}
	return d.close()
}

type sankeyDrawing struct {
	picture
	g    *flowGraph
	s    scope
	n    *names
	most money.Amount // end of the scale of bounds
}

func (d *sankeyDrawing) policy() string { return d.s.policyNames() }

// subject names a view in a sentence.
func (s scope) subject() string {
	if s.viewName() == "any" {
		return "all thefts together"
	}
	return fmt.Sprintf("theft %q", s.viewName())
}

func (d *sankeyDrawing) title() string {
	return fmt.Sprintf("Where the stolen %s went: %s, by %s", d.s.asset().Name(), d.s.subject(), d.policy())
}

// desc tells the picture to those who cannot see it.
func (d *sankeyDrawing) desc() string {
	var parts []string
	a := d.s.asset()
	for _, sec := range d.s.sections() {
		if n := sec.Sums[d.s.policy]; !n.IsZero() {
			parts = append(parts, fmt.Sprintf("%s %s", sec.Label, a.Format(n)))
		}
	}
	return fmt.Sprintf("Of %s that entered, by the convention %s: %s. Each place carries the interval that holds under every conforming convention.",
		a.Format(d.s.base(d.s.policy)), d.policy(), strings.Join(parts, ", "))
}

// head writes the title, what was stolen, and the legend.
func (d *sankeyDrawing) head() {
	d.text(picLeft, 30*px, "h", middle(clean(d.title()), 110))
	line := fmt.Sprintf("K = %s entered. The ribbons are as %s puts them; other conventions differ. [L, U] holds under all.", d.s.asset().Format(d.s.base(d.s.policy)), d.policy())
	if !d.s.t.Policies[d.s.policy].Conserves() {
		line = fmt.Sprintf("K = %s entered. %s does not conserve: ribbons show how far stolen units can reach, not amounts.", d.s.asset().Format(d.s.base(d.s.policy)), d.policy())
	}
	d.text(picLeft, 49*px, "s", line)
	x := picLeft
	d.rect(x, 62*px, 12*px, 12*px, "bar k-theft", "")
	d.text(x+17*px, 72*px, "c", "theft")
	x += 60 * px
	d.rect(x, 62*px, 12*px, 12*px, "bar k-account", "")
	d.text(x+17*px, 72*px, "c", "passed through")
	x += 114 * px
	for _, sec := range d.s.sections() {
		if len(sec.Places) == 0 {
			continue
		}
		d.rect(x, 62*px, 12*px, 12*px, "bar "+kindClass(sec.Kind), sec.Means)
		d.text(x+17*px, 72*px, "c", sec.Label)
		x += (32 + 7*len(sec.Label)) * px
	}
	top := flowTop - 20*px
	d.text(placesLeft+12*px, top, "c", "place, with what it gets by "+middle(d.policy(), 28))
	if d.most.IsZero() {
		return
	}
	d.text(gaugeLeft, top-14*px, "c", "bracket: at least L, at most U")
	d.text(gaugeLeft, top, "c", "0")
	d.text(gaugeLeft+gaugeWidth, top, "c e", glance(d.s.asset(), d.most)+" "+middle(clean(d.s.asset().Name()), 12))
}

// backs are the ribbons that lead back, the largest of many.
func (d *sankeyDrawing) backs() []*flowLink {
	var out []*flowLink
	for _, l := range d.g.links {
		if l.back {
			out = append(out, l)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[j].amount.Less(out[i].amount) })
	return out[:min(len(out), backMost)]
}

func (d *sankeyDrawing) ribbonsAndBars(back []*flowLink) {
	d.b.WriteString("<g class=\"ribbons\">\n")
	for _, l := range d.g.links {
		if !l.back {
			d.ribbon(l)
		}
	}
	for i, l := range back {
		d.loop(l, i)
	}
	d.b.WriteString("</g>\n")
	for _, n := range d.g.nodes {
		class := kindClass(n.kind)
		if n.node.kind == aTheft {
			class = "k-theft"
		}
		d.rect(n.x, flowTop+n.y, barWidth, max(n.h, px), "bar "+class, d.nodeTitle(n))
	}
}

// ribbon draws a link as a band between its two bars, in the colour of what it
// leads to.
func (d *sankeyDrawing) ribbon(l *flowLink) {
	x0, x1 := l.from.x+barWidth, l.to.x
	mid := (x0 + x1) / 2
	a0, a1 := flowTop+l.y0, flowTop+l.y1
	fmt.Fprintf(&d.b, `<path class="ribbon %s" d="M%s %sC%s %s %s %s %s %sV%sC%s %s %s %s %s %sZ"><title>%s</title></path>`+"\n",
		kindClass(l.to.kind), at(x0), at(a0), at(mid), at(a0), at(mid), at(a1), at(x1), at(a1), at(a1+l.h1),
		at(mid), at(a1+l.h1), at(mid), at(a0+l.h0), at(x0), at(a0+l.h0), esc(d.linkTitle(l)))
}

// loop draws a link that leads back as a dashed line in a lane below.
func (d *sankeyDrawing) loop(l *flowLink, lane int) {
	x0, x1 := l.from.x+barWidth, l.to.x
	y0, y1 := flowTop+l.y0+l.h0/2, flowTop+l.y1+l.h1/2
	bottom := flowTop + d.g.height + 10*px + lane*backLane
	r := (8 + 4*lane) * px
	fmt.Fprintf(&d.b, `<path class="back" style="stroke-width:%spx" d="M%s %sC%s %s %s %s %s %sL%s %sC%s %s %s %s %s %s"><title>%s</title></path>`+"\n",
		at(min(max(l.h0, px), 3*px)), at(x0), at(y0), at(x0+r), at(y0), at(x0+r), at(bottom), at(x0), at(bottom),
		at(x1), at(bottom), at(x1-r), at(bottom), at(x1-r), at(y1), at(x1), at(y1), esc("back: "+d.linkTitle(l)))
}

func (d *sankeyDrawing) linkTitle(l *flowLink) string {
	how := plural(l.n, "movement", "movements")
	if l.n == 0 {
		how = "stays there"
	}
	return fmt.Sprintf("%s → %s: %s (%s)", d.name(l.from), d.name(l.to), d.s.asset().Format(l.amount), how)
}

// name is the whole name of a bar.
func (d *sankeyDrawing) name(n *flowNode) string {
	switch {
	case n.place != nil:
		return n.place.Name
	case n.node.kind == aTransaction:
		return "tx " + n.node.name
	case n.node.kind == aTheft:
		return "theft " + n.node.name
	}
	return n.node.name
}

func (d *sankeyDrawing) nodeTitle(n *flowNode) string {
	a := d.s.asset()
	t := fmt.Sprintf("%s: %s", d.name(n), a.Format(n.size()))
	if n.ends() {
		t += fmt.Sprintf(" (%s, %s)", groupOf(n.kind).One, d.s.share(d.s.policy, n.amount))
	}
	if n.place != nil {
		b := boundOf(d.s.figures(n.place))
		t += fmt.Sprintf("; at least %s, at most %s", a.Format(b.L), a.Format(b.U))
		if labels := d.s.d.labels(n.place); labels != "" {
			t += "; tagged " + labels
		}
		if fate, ok := d.s.hops.fate(n.place); ok {
			t += "; " + fate
		}
	} else if c := d.s.hops.conversionAt(n.node.ledger, accountOf(n.node)); c != nil && n.node.kind == anAccount {
		t += fmt.Sprintf("; got for %s", c.Gave.Asset.Format(c.Gave.Amount))
	}
	return t
}

// labels writes names and figures: beside the bars of accounts, and in columns
// at the right for places.
func (d *sankeyDrawing) labels() {
	room := 120
	if d.g.columns > 1 {
		room = ((placesLeft-picLeft-barWidth)/(d.g.columns-1) - barWidth) / px
	}
	chars := max((room-10)*10/67, 8)
	for _, n := range d.g.nodes {
		if n.ends() {
			d.placeLabel(n)
			continue
		}
		mid := flowTop + n.y + n.h/2
		x := n.x + barWidth + 5*px
		class := "m halo"
		if n.merged > 0 || n.node.kind != anAccount {
			class = "halo"
		}
		d.text(x, mid-2*px, class, d.n.label(d.name(n), chars))
		line := glance(d.s.asset(), n.size())
		if c := d.s.hops.conversionAt(n.node.ledger, accountOf(n.node)); c != nil && n.node.kind == anAccount {
			line += fmt.Sprintf(" for %s %s", glance(c.Gave.Asset, c.Gave.Amount), middle(clean(c.Gave.Asset.Name()), 12))
		}
		d.text(x, mid+11*px, "c halo", middle(line, chars+2))
	}
}

func (d *sankeyDrawing) placeLabel(n *flowNode) {
	a := d.s.asset()
	mid := flowTop + n.y + n.h/2
	x := placesLeft + 12*px
	class := "m"
	if n.merged > 0 || n.place != nil && n.place.Named {
		class = ""
	}
	d.text(x, mid-2*px, class, d.n.label(d.name(n), 43))
	line := fmt.Sprintf("%s · %s %s · %s", groupOf(n.kind).One, glance(a, n.amount), middle(clean(a.Name()), 12), d.s.share(d.s.policy, n.amount))
	if n.merged > 0 {
		line = fmt.Sprintf("%s %s · %s", glance(a, n.amount), middle(clean(a.Name()), 12), d.s.share(d.s.policy, n.amount))
	}
	if n.place != nil {
		if c, mirror := d.s.hops.conversionOf(n.place); c != nil && !mirror && observed(c) {
			line += fmt.Sprintf(" · → %s %s", glance(c.Got.Asset, c.Got.Amount), middle(clean(c.Got.Asset.Name()), 12))
		}
	}
	if n.place != nil && !n.place.Named && len(n.place.Accounts) == 1 {
		if tag := d.s.d.titled(n.place.Ledger, n.place.Accounts[0]); tag != "" {
			// 52 characters of this size reach the bracket beside the line
			if room := min(18, 49-utf8.RuneCountInString(line)); room >= 6 {
				line += " · " + middle(tag, room)
			}
		}
	}
	d.text(x, mid+12*px, "c", line)
	if n.place == nil {
		d.text(gaugeLeft, mid+4*px, "c", "bounds of places do not add")
		return
	}
	b := boundOf(d.s.figures(n.place))
	d.gauge(gaugeLeft, mid-5*px, gaugeWidth, b, n.amount, d.most, fmt.Sprintf("at least %s, at most %s", a.Format(b.L), a.Format(b.U)))
	d.text(gaugeLeft, mid+12*px, "c", span(a, b))
}

// notes says what the picture merges, leaves out or marks.
func (d *sankeyDrawing) notes(drawn int) []string {
	var out []string
	if d.g.rest > 0 {
		out = append(out, fmt.Sprintf("%s have bars of their own; %s are merged by kind.", plural(d.g.shown, "place", "places"), plural(d.g.rest, "smaller place", "smaller places")))
	}
	all := 0
	var left money.Amount
	for _, l := range d.g.links {
		if l.back {
			all++
			left = left.Add(l.amount)
		}
	}
	if all > 0 {
		line := "Dashed: value that came back to an earlier account."
		if all > drawn {
			line += fmt.Sprintf(" The %d largest of %d ways back are drawn.", drawn, all)
		}
		out = append(out, line)
	}
	if d.g.within > 0 {
		out = append(out, fmt.Sprintf("Not drawn: %s (%s) between accounts that are one bar here.", plural(d.g.within, "movement", "movements"), d.s.asset().Format(d.g.withinSum)))
	}
	if sum, pools := d.s.unobserved(); pools > 0 {
		out = append(out, fmt.Sprintf("Unobserved: %s on %s must have been there before the data, clean.", d.s.asset().Format(sum), plural(pools, "account", "accounts")))
	}
	if !d.s.totals.Bounded {
		out = append(out, "No exact bounds: "+clean(d.s.totals.Why)+".")
	}
	out = append(out, d.marks()...)
	if d.s.t.Stamp.Speculative {
		out = append(out, "Speculative: the trail goes on through boundaries.")
	}
	return out
}

// marks explains the signs that the picture uses.
func (d *sankeyDrawing) marks() []string {
	loose, looks := false, false
	for _, n := range d.g.nodes {
		loose = loose || n.place != nil && !boundOf(d.s.figures(n.place)).Tight
		looks = looks || strings.HasPrefix(d.n.look(d.name(n)), alike)
	}
	var out []string
	if loose {
		out = append(out, "~ and broken brackets: bounds "+d.s.onePass()+".")
	}
	if looks {
		out = append(out, alike+" marks an address that another address of this trail looks like.")
	}
	return append(out, "Digits are cut off in pictures; the text of each bar and ribbon has them all.")
}
