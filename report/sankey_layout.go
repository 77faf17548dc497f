package report

import (
	"slices"
	"sort"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Lengths are whole thousandths of a pixel, so that a picture is the same on
// every machine.
const px = 1000

// Measures of the Sankey picture.
const (
	barWidth  = 14 * px
	placeSlot = 36 * px // least room of a place: two lines of text
	placeGap  = 6 * px
	barSlot   = 30 * px // least room of an account
	barGap    = 12 * px
	sweeps    = 6
)

// layout gives every bar and ribbon its place between two edges of the page. The
// height follows from what is to be shown.
func (g *flowGraph) layout(left, right int) {
	g.total()
	for _, l := range g.links {
		l.back = l.to.col <= l.from.col
	}
	most := money.Units(1)
	for c := range g.columns {
		var sum money.Amount
		for _, n := range g.column(c) {
			sum = sum.Add(n.bar())
		}
		if most.Less(sum) {
			most = sum
		}
	}
	flow := money.Units(uint64(min(420, 200+12*len(g.column(g.columns-1))) * px))
	length := func(a money.Amount) int {
		q, _ := a.MulDiv(flow, most)
		_, lo := q.Words()
		return int(lo)
	}
	for _, n := range g.nodes {
		n.h = length(n.bar())
		n.x = left
		if g.columns > 1 {
			n.x = left + (right-left-barWidth)/(g.columns-1)*n.col
		}
	}
	g.settle()
	g.ribbons(length)
}

// bar is what the length of a bar stands for. A place can be reached by more
// than it holds only where a policy does not conserve.
func (n *flowNode) bar() money.Amount {
	if n.ends() && n.amount.Less(n.in) {
		return n.in
	}
	return n.size()
}

func (g *flowGraph) column(c int) []*flowNode {
	var out []*flowNode
	for _, n := range g.nodes {
		if n.col == c {
			out = append(out, n)
		}
	}
	return out
}

// settle stands the bars in their columns. Places stand under one another: by kind,
// largest first, merged ones last. Weights are lengths of bars, so sums stay small.
func (g *flowGraph) settle() {
	rank := map[trace.Kind]int{}
	for i, gr := range groups {
		rank[gr.Kind] = i
	}
	places := g.column(g.columns - 1)
	sort.SliceStable(places, func(i, j int) bool {
		a, b := places[i], places[j]
		switch {
		case rank[a.kind] != rank[b.kind]:
			return rank[a.kind] < rank[b.kind]
		case (a.merged > 0) != (b.merged > 0):
			return b.merged > 0
		case a.amount != b.amount:
			return b.amount.Less(a.amount)
		}
		return a.order < b.order
	})
	room := &seating{gaps: slices.Repeat([]int{barGap}, g.columns)}
	room.gaps[g.columns-1] = placeGap
	at := map[*flowNode]int{}
	for i, n := range g.nodes {
		at[n] = i
		least := barSlot
		if n.col == g.columns-1 {
			least = placeSlot
		}
		room.seats = append(room.seats, seat{col: n.col, slot: max(n.h, least)})
	}
	for i, n := range places {
		room.seats[at[n]].rank = i
	}
	for _, l := range g.links {
		if !l.back {
			room.pulls = append(room.pulls, pull{at[l.from], at[l.to], max(min(l.from.h, l.to.h)/100, 1)})
		}
	}
	room.settle(sweeps)
	g.height = room.height
	for i, n := range g.nodes {
		n.y = room.seats[i].y + (room.seats[i].slot-n.h)/2
	}
}

// ribbons gives the ends of every ribbon their place on its bars: in the order
// of the bars at the other side, lengths by cumulative floor, so that the ends
// on a bar join without gaps and sum to it.
func (g *flowGraph) ribbons(length func(money.Amount) int) {
	outs, ins := map[*flowNode][]*flowLink{}, map[*flowNode][]*flowLink{}
	for _, l := range g.links {
		outs[l.from] = append(outs[l.from], l)
		ins[l.to] = append(ins[l.to], l)
	}
	for _, n := range g.nodes {
		o, i := outs[n], ins[n]
		sort.SliceStable(o, func(a, b int) bool { return after(o[a], o[b], o[a].to.y, o[b].to.y) })
		sort.SliceStable(i, func(a, b int) bool { return after(i[a], i[b], i[a].from.y, i[b].from.y) })
		var sum money.Amount
		for _, l := range o {
			at := length(sum)
			sum = sum.Add(l.amount)
			l.y0, l.h0 = n.y+at, length(sum)-at
		}
		sum = money.Zero
		for _, l := range i {
			at := length(sum)
			sum = sum.Add(l.amount)
			l.y1, l.h1 = n.y+at, length(sum)-at
		}
	}
}

// after orders ribbons on a bar: forward ones by height, ribbons that lead back
// below them.
func after(a, b *flowLink, ya, yb int) bool {
	if a.back != b.back {
		return b.back
	}
	return ya < yb
}
