package report

import (
	"fmt"
	"sort"
	"strconv"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// merge puts bars into one.
func (g *flowGraph) merge(some []*flowNode, as node, col int, kind trace.Kind) *flowNode {
	one := &flowNode{node: as, col: col, kind: kind, order: some[0].order}
	become := map[*flowNode]*flowNode{}
	for _, n := range some {
		become[n] = one
		one.amount = one.amount.Add(n.amount)
		one.merged += max(n.merged, 1)
	}
	g.replace(become)
	g.nodes = append(g.nodes, one)
	return one
}

// mergePlaces keeps the largest places and merges the rest by kind.
func (g *flowGraph) mergePlaces(limit int) {
	var places []*flowNode
	for _, n := range g.nodes {
		if n.place != nil {
			places = append(places, n)
		}
	}
	sort.SliceStable(places, func(i, j int) bool {
		if a, b := places[i].amount, places[j].amount; a != b {
			return b.Less(a)
		}
		a, b := boundOf(g.s.figures(places[i].place)), boundOf(g.s.figures(places[j].place))
		if a.U != b.U {
			return b.U.Less(a.U)
		}
		return places[i].place.ID < places[j].place.ID
	})
	g.shown = len(places)
	if len(places) <= limit+1 {
		return
	}
	places = keepFew(places)
	g.shown, g.rest = limit, len(places)-limit
	byKind := map[trace.Kind][]*flowNode{}
	for _, n := range places[limit:] {
		byKind[n.kind] = append(byKind[n.kind], n)
	}
	for _, gr := range groups {
		if some := byKind[gr.Kind]; len(some) > 1 {
			g.merge(some, node{aMerge, "", fmt.Sprintf("%s other %s", money.Units(uint64(len(some))).Grouped(0), gr.Many)}, g.columns-1, gr.Kind)
		} else if len(some) == 1 {
			g.shown, g.rest = g.shown+1, g.rest-1
		}
	}
}

// keepFew moves the largest few of each kind but what is held to the front, so
// that a picture names services and fees however small they are.
func keepFew(places []*flowNode) []*flowNode {
	var first, rest []*flowNode
	seen := map[trace.Kind]int{}
	for _, n := range places {
		seen[n.kind]++
		if n.kind != trace.Held && n.kind != trace.Edge && seen[n.kind] <= 5 {
			first = append(first, n)
		} else {
			rest = append(rest, n)
		}
	}
	return append(first, rest...)
}

// mergeColumns keeps the largest accounts of each column and merges the rest.
func (g *flowGraph) mergeColumns() {
	g.total()
	for col := range g.columns - 1 {
		var bars []*flowNode
		for _, n := range g.nodes {
			if n.col == col && !n.ends() && n.node.kind != aTheft {
				bars = append(bars, n)
			}
		}
		if len(bars) <= sankeyRows+1 {
			continue
		}
		sort.SliceStable(bars, func(i, j int) bool { return bars[j].size().Less(bars[i].size()) })
		some := bars[sankeyRows:]
		g.merge(some, node{aMerge, ledger.ID(strconv.Itoa(col)), fmt.Sprintf("%s others", money.Units(uint64(len(some))).Grouped(0))}, col, "")
	}
}

// total adds up what each bar takes in and gives out.
func (g *flowGraph) total() {
	for _, n := range g.nodes {
		n.in, n.out = money.Zero, money.Zero
	}
	for _, l := range g.links {
		l.from.out = l.from.out.Add(l.amount)
		l.to.in = l.to.in.Add(l.amount)
	}
}
