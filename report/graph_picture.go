package report

import (
	"cmp"
	"slices"

	"github.com/coldtrail/coldtrail/money"
)

// Measures of a laid-out graph.
const (
	graphStep  = 12 * px // between neighbours of a column
	graphSpace = 48 * px // between columns
)

// GraphPicture lays out every account and place of one view in one asset, with
// nothing folded: from the thefts at the left, in columns by least number of
// movements, the nodes of a column ordered so that edges cross little. A column of
// many nodes is a block, filled row by row. Of the options only view, asset and the
// filters count. Errors are ErrNotHere, with what there is.
func GraphPicture(d *Document, o PictureOptions) (_ *LaidOutGraph, err error) {
	defer failed(&err)
	s, err := d.lead(Options{View: o.View, Asset: o.Asset})
	if err != nil {
		return nil, err
	}
	on := s.existing()
	m := s.meshOf(on, o.split)
	h, err := m.filter(o)
	if err != nil {
		return nil, err
	}
	m.total()
	out := &LaidOutGraph{View: s.viewName(), Asset: s.pictureAsset(), Hidden: PictureHidden{Places: h.places, Nodes: h.nodes, Flows: h.flows, Amounts: h.amounts}, Bounded: s.totals.Bounded, Why: s.totals.Why}
	for i, k := range on {
		out.Policies = append(out.Policies, string(s.t.Policies[k]))
		out.Conserves = append(out.Conserves, m.conserves(i))
	}
	at := make(map[*meshNode]int, len(m.nodes))
	for i, n := range m.nodes {
		at[n] = i
	}
	out.Edges = m.graphEdges(at)
	names := newNames(d.Trail)
	out.Searched = names.meet(d.Graph)
	out.Nodes = m.graphNodes(names)
	out.Nodes.X, out.Nodes.Y, out.Width, out.Height = blocks(m.ordered(out.Edges), len(m.nodes))
	return out, nil
}

func (m *mesh) graphNodes(names *names) GraphNodes {
	size := len(m.nodes)
	out := GraphNodes{
		ID: make([]string, size), Label: make([]string, size), Kind: make([]string, size), Place: make([]string, size),
		Hop: make([]int, size), Amounts: make([][]money.Amount, len(m.on)), Alike: []int{},
		Bounded: []int{}, Lower: []money.Amount{}, Upper: []money.Amount{}, Tight: []bool{},
	}
	for i := range m.on {
		out.Amounts[i] = make([]money.Amount, size)
	}
	for k, n := range m.nodes {
		out.ID[k], out.Label[k], out.Kind[k], out.Hop[k] = n.id(), clean(nodeName(n)), kindOf(n), n.hop
		if n.place != nil {
			out.Place[k] = n.place.ID
		}
		if n.bounded() {
			b := boundOf(m.s.figures(n.place))
			out.Bounded, out.Lower, out.Upper, out.Tight = append(out.Bounded, k), append(out.Lower, b.L), append(out.Upper, b.U), append(out.Tight, b.Tight)
		}
		for i, a := range n.size() {
			out.Amounts[i][k] = a
		}
		if names.alikes[nodeName(n)] != "" {
			out.Alike = append(out.Alike, k)
		}
	}
	return out
}

func (m *mesh) graphEdges(at map[*meshNode]int) GraphEdges {
	size := len(m.links)
	out := GraphEdges{From: make([]int, size), To: make([]int, size), N: make([]int, size), Amounts: make([][]money.Amount, len(m.on))}
	for i := range m.on {
		out.Amounts[i] = make([]money.Amount, size)
	}
	for k, l := range m.links {
		out.From[k], out.To[k], out.N[k] = at[l.from], at[l.to], l.n
		for i, a := range l.amounts {
			out.Amounts[i][k] = a
		}
	}
	return out
}

// ordered files the nodes by hop and sorts each column, sweep by sweep, by the mean
// place of the neighbours in the column before, or behind. Places in a column are
// parts of a million, so that columns of all lengths compare.
func (m *mesh) ordered(e GraphEdges) [][]int {
	deepest := 0
	for _, n := range m.nodes {
		deepest = max(deepest, n.hop)
	}
	columns := make([][]int, deepest+1)
	for k, n := range m.nodes {
		columns[n.hop] = append(columns[n.hop], k)
	}
	before, behind := make([][]int, len(m.nodes)), make([][]int, len(m.nodes))
	for k := range e.From {
		a, b := e.From[k], e.To[k]
		if m.nodes[a].hop > m.nodes[b].hop {
			a, b = b, a
		}
		if m.nodes[a].hop < m.nodes[b].hop {
			before[b], behind[a] = append(before[b], a), append(behind[a], b)
		}
	}
	place := make([]int, len(m.nodes))
	number := func(col []int) {
		for i, k := range col {
			place[k] = (2*i + 1) * 500_000 / len(col)
		}
	}
	for _, col := range columns {
		number(col)
	}
	mean := make([]int, len(m.nodes))
	for sweep := range 4 {
		side := before
		if sweep%2 == 1 {
			side = behind
		}
		for c := range columns {
			col := columns[c]
			if sweep%2 == 1 {
				col = columns[len(columns)-1-c]
			}
			for _, k := range col {
				mean[k] = place[k]
				if near := side[k]; len(near) > 0 {
					sum := 0
					for _, o := range near {
						sum += place[o]
					}
					mean[k] = sum / len(near)
				}
			}
			slices.SortStableFunc(col, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
			number(col)
		}
	}
	return columns
}

// blocks stands columns side by side, each spread over the whole height, so that
// neighbours stand level. A column longer than the picture is high has several
// nodes beside one another; the picture is about as high as it is wide.
func blocks(columns [][]int, nodes int) (x, y []int, width, height int) {
	x, y = make([]int, nodes), make([]int, nodes)
	rows := 1
	for rows*rows < nodes {
		rows++
	}
	left := 0
	for _, col := range columns {
		if len(col) == 0 {
			continue
		}
		lines := (len(col) + rows - 1) / rows
		deep := (len(col) + lines - 1) / lines
		for i, k := range col {
			x[k] = left + i%lines*graphStep
			y[k] = (2*(i/lines) + 1) * rows * graphStep / (2 * deep)
		}
		width = left + (lines-1)*graphStep
		left = width + graphSpace
	}
	return x, y, width, rows * graphStep
}
