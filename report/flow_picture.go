package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// Limits and measures of a flow picture.
const (
	pictureNodes   = 60  // bars when nothing is said
	pictureMost    = 300 // bars at most
	pictureColumns = 8   // columns of accounts
	dustParts      = 1_000_000

	laidWidth  = 1160 * px
	laidLeft   = 8 * px
	laidRight  = 760 * px // of the last column: right of it stand names and bounds
	laidSlot   = 34 * px  // least room of a place: two lines of text
	laidNarrow = 20 * px  // one line, where there are many
	laidMany   = 60       // places from which on lines are narrow
	laidGap    = 6 * px
	laidFlow   = 560 * px // most that the fullest column is high
)

// FlowPicture lays out the flow of one view in one asset under every policy at once:
// bars from the thefts at the left to the places where value ended at the right,
// ribbons between them. Chains, services and dust are folded and counted; what is
// beyond the limit is folded by kind or column; what filters leave out is summed in
// Hidden. For a policy that conserves, the bars where value ended and Hidden add up
// to what Entered. Errors are ErrNotHere, with what there is, and money.ErrOverflow
// where value that moved in circles does not add up in 128 bits.
func FlowPicture(d *Document, o PictureOptions) (_ *LaidOut, err error) {
	defer failed(&err)
	s, err := d.lead(Options{View: o.View, Asset: o.Asset})
	if err != nil {
		return nil, err
	}
	on := s.existing()
	m := s.meshOf(on, o.split)
	p := &flowPicture{mesh: m, names: newNames(d.Trail)}
	searched := p.names.meet(d.Graph)
	out := &LaidOut{
		View: s.viewName(), Asset: s.pictureAsset(), Width: laidWidth, Right: laidRight,
		Bounded: s.totals.Bounded, Why: s.totals.Why, Searched: searched,
		Nodes: []PictureNode{}, Links: []PictureLink{}, Folds: []PictureFold{}, Columns: []PictureColumn{},
	}
	for i, k := range on {
		out.Policies = append(out.Policies, string(s.t.Policies[k]))
		out.Conserves = append(out.Conserves, m.conserves(i))
		out.Entered = append(out.Entered, s.base(k))
	}
	out.From, out.Until = m.span()
	h, err := m.filter(o)
	if err != nil {
		return nil, err
	}
	out.Hidden = PictureHidden{Places: h.places, Nodes: h.nodes, Flows: h.flows, Amounts: h.amounts}
	m.folded(o, m.weight(out.Entered))
	out.Within = PictureWithin{Flows: len(m.inside), Amounts: m.sumOfHops(m.inside)}
	p.layOut(out)
	p.describe(out)
	return out, nil
}

// existing lists the policies that exist on the ledger of the scope.
func (s scope) existing() []int {
	var on []int
	for i := range s.t.Policies {
		if s.on(i) {
			on = append(on, i)
		}
	}
	return on
}

// span is the first and last known time of all movements.
func (m *mesh) span() (from, until *time.Time) {
	var all meshLink
	for _, l := range m.links {
		all.saw(l.first)
		all.saw(l.last)
	}
	return knownTime(all.first), knownTime(all.last)
}

// knownTime is nil for a time that is not known.
func knownTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// folded folds the mesh to what a picture shows, in columns.
func (m *mesh) folded(o PictureOptions, entered money.Amount) {
	m.foldPeels(o)
	m.foldServices(o)
	m.columns()
	m.foldDeep(o)
	last := 0
	for _, n := range m.nodes {
		if !n.ends() {
			last = max(last, n.col+1)
		}
	}
	for _, n := range m.nodes {
		if n.ends() {
			n.col = last
		}
	}
	m.foldDust(o, entered)
	limit := o.Limit
	if limit <= 0 {
		limit = pictureNodes
	}
	m.foldOthers(min(limit, pictureMost), o)
	m.drop()
	m.closeRanks()
	m.total()
	for _, l := range m.links {
		l.back = l.to.col <= l.from.col
	}
}

// closeRanks leaves no column empty.
func (m *mesh) closeRanks() {
	var cols []int
	for _, n := range m.nodes {
		cols = append(cols, n.col)
	}
	slices.Sort(cols)
	cols = slices.Compact(cols)
	for _, n := range m.nodes {
		n.col, _ = slices.BinarySearch(cols, n.col)
	}
}

// flowPicture is a mesh on its way to the page.
type flowPicture struct {
	*mesh
	names *names
	flow  money.Amount   // height of the fullest column
	full  []money.Amount // what it stands for, by policy
}

// length is the height of an amount under the i-th policy.
func (p *flowPicture) length(i int, a money.Amount) int {
	q, _ := a.MulDiv(p.flow, p.full[i])
	_, lo := q.Words()
	return int(lo)
}

// bar is what the height of a bar stands for. A place can be reached by more than
// it holds only where a policy does not conserve.
func (n *meshNode) bar(i int) money.Amount {
	a := n.size()[i]
	if a.Less(n.in[i]) {
		return n.in[i]
	}
	return a
}

// layOut gives every bar and ribbon its place. Policies that conserve share a scale.
func (p *flowPicture) layOut(out *LaidOut) {
	columns, places := 0, 0
	for _, n := range p.nodes {
		columns = max(columns, n.col+1)
		if n.ends() {
			places++
		}
	}
	if columns == 0 {
		out.Scale = make([]money.Amount, len(p.on))
		return
	}
	p.scale(columns, places)
	for i := range p.on {
		q, _ := money.Units(100*px).MulDiv(p.full[i], p.flow)
		out.Scale = append(out.Scale, q)
	}
	least := laidSlot
	if places > laidMany {
		least = laidNarrow
	}
	g := &seating{gaps: slices.Repeat([]int{laidGap}, columns)}
	at := map[*meshNode]int{}
	for k, n := range p.nodes {
		at[n] = k
		node := PictureNode{Column: n.col, W: barWidth, X: laidLeft, Slot: least, Amounts: n.size()}
		if columns > 1 {
			node.X += (laidRight - laidLeft - barWidth) / (columns - 1) * n.col
		}
		for i := range p.on {
			h := p.length(i, n.bar(i))
			if h < px && !n.bar(i).IsZero() {
				h = px
			}
			node.H = append(node.H, h)
			node.Slot = max(node.Slot, h)
		}
		out.Nodes = append(out.Nodes, node)
		g.seats = append(g.seats, seat{col: n.col, slot: node.Slot, rank: rankOf(n)})
	}
	for _, l := range p.links {
		if !l.back {
			g.pulls = append(g.pulls, pull{at[l.from], at[l.to], p.pullOf(l)})
		}
	}
	g.settle(2 * sweeps)
	out.Height = g.height
	for k := range out.Nodes {
		n := &out.Nodes[k]
		n.Y = g.seats[k].y
		for _, h := range n.H {
			n.Top = append(n.Top, n.Y+(n.Slot-h)/2)
		}
	}
	p.ribbons(out, at)
}

// rankOf orders places: by kind, folded ones last.
func rankOf(n *meshNode) int {
	for i, g := range groups {
		if g.Kind == n.kind && n.fold != nil {
			return 2*i + 1
		} else if g.Kind == n.kind {
			return 2 * i
		}
	}
	return 0
}

// pullOf is how strongly a ribbon draws its ends together: its thickness under the
// policy that makes it thickest.
func (p *flowPicture) pullOf(l *meshLink) int {
	w := 0
	for i, a := range l.amounts {
		if p.conserves(i) || w == 0 {
			w = max(w, p.length(i, a)/100)
		}
	}
	return w
}

// scale finds what the fullest column holds.
func (p *flowPicture) scale(columns, places int) {
	sums := make([][]money.Amount, columns)
	for _, n := range p.nodes {
		if sums[n.col] == nil {
			sums[n.col] = make([]money.Amount, len(p.on))
		}
		for i := range p.on {
			sums[n.col][i] = sums[n.col][i].Add(n.bar(i))
		}
	}
	p.flow = money.Units(uint64(min(laidFlow, (240+8*places)*px)))
	p.full = slices.Repeat([]money.Amount{money.Units(1)}, len(p.on))
	most := money.Units(1)
	for _, col := range sums {
		for i, a := range col {
			if p.full[i].Less(a) {
				p.full[i] = a
			}
			if p.conserves(i) && most.Less(a) {
				most = a
			}
		}
	}
	for i := range p.full {
		if p.conserves(i) {
			p.full[i] = most
		}
	}
}

// ribbons gives the ends of every ribbon their place on its bars: in the order of
// the bars at the other side, each where the sum of those above it ends, so that they
// stay on the bar and none lies on another.
func (p *flowPicture) ribbons(out *LaidOut, at map[*meshNode]int) {
	n := len(p.on)
	outs, ins := make([][]int, len(p.nodes)), make([][]int, len(p.nodes))
	for k, l := range p.links {
		outs[at[l.from]] = append(outs[at[l.from]], k)
		ins[at[l.to]] = append(ins[at[l.to]], k)
		link := PictureLink{Amounts: l.amounts, Y0: make([]int, n), Y1: make([]int, n)}
		for i, a := range l.amounts {
			link.H = append(link.H, p.length(i, a))
		}
		out.Links = append(out.Links, link)
	}
	for k := range p.nodes {
		for _, side := range [][]int{outs[k], ins[k]} {
			slices.SortStableFunc(side, func(a, b int) int {
				x, y := p.links[a], p.links[b]
				if x.back != y.back {
					return cmp.Compare(btoi(x.back), btoi(y.back))
				}
				return cmp.Compare(out.Nodes[at[x.from]].Y+out.Nodes[at[x.to]].Y, out.Nodes[at[y.from]].Y+out.Nodes[at[y.to]].Y)
			})
		}
		for i := range p.on {
			top := out.Nodes[k].Top[i]
			var sum money.Amount
			for _, l := range outs[k] {
				out.Links[l].Y0[i] = top + p.length(i, sum)
				sum = sum.Add(p.links[l].amounts[i])
			}
			sum = money.Zero
			for _, l := range ins[k] {
				out.Links[l].Y1[i] = top + p.length(i, sum)
				sum = sum.Add(p.links[l].amounts[i])
			}
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
