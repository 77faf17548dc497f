package graphtest

import (
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// wrong is a graph that answers one question wrongly.
type wrong struct {
	graph.Graph
	entry  func(graph.ID, *graph.Entry)
	find   func([]graph.ID) []graph.ID
	events func([]graph.ID) []graph.ID
}

func (w wrong) Entry(id graph.ID) (graph.Entry, error) {
	e, err := w.Graph.Entry(id)
	if w.entry != nil && err == nil {
		t := *e.Transfer
		e.Transfer, e.SpentBy = &t, append([]graph.ID(nil), e.SpentBy...)
		w.entry(id, &e)
	}
	return e, err
}

func (w wrong) Find(ref string) ([]graph.ID, error) {
	ids, err := w.Graph.Find(ref)
	if w.find != nil {
		ids = w.find(ids)
	}
	return ids, err
}

func (w wrong) Events(p graph.Pool) ([]graph.ID, error) {
	ids, err := w.Graph.Events(p)
	if w.events != nil {
		ids = w.events(ids)
	}
	return ids, err
}

// TestSuiteNoticesWrongAnswers gives the comparison graphs with one defect each.
func TestSuiteNoticesWrongAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		w    wrong
	}{
		"a transfer out of place": {coins, wrong{entry: func(id graph.ID, e *graph.Entry) {
			if id == 2 {
				e.Transfer.ID = "t2"
			}
		}}},
		"a spender forgotten": {coins, wrong{entry: func(id graph.ID, e *graph.Entry) {
			if id == 0 {
				e.SpentBy[1] = graph.None
			}
		}}},
		"a coin spent by the wrong transaction": {coins, wrong{entry: func(id graph.ID, e *graph.Entry) {
			if id == 2 {
				e.SpentBy[1] = 3
			}
		}}},
		"an amount": {accounts, wrong{entry: func(id graph.ID, e *graph.Entry) {
			if id == 1 {
				e.Transfer.Credits = []ledger.Credit{{Account: "b"}}
			}
		}}},
		"a leg without its other": {accounts, wrong{entry: func(id graph.ID, e *graph.Entry) { e.Other = graph.None }}},
		"a tie that ends early": {accounts, wrong{entry: func(id graph.ID, e *graph.Entry) {
			if e.TieLast > e.TieFirst {
				e.TieLast--
			}
		}}},
		"names in the wrong order": {accounts, wrong{find: func(ids []graph.ID) []graph.ID {
			if len(ids) == 2 {
				return []graph.ID{ids[1], ids[0]}
			}
			return ids
		}}},
		"an event forgotten": {accounts, wrong{events: func(ids []graph.ID) []graph.ID { return ids[:len(ids)-1] }}},
		"an event twice":     {coins, wrong{events: func(ids []graph.ID) []graph.ID { return append(ids[:len(ids):len(ids)], ids[len(ids)-1]) }}},
	} {
		d := read(t, c.text)
		g, err := graph.Build(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if err := sameLinks(g, d); err != nil {
			t.Fatalf("%s: the right graph: %v", name, err)
		}
		c.w.Graph = g
		if err := sameLinks(c.w, d); err == nil {
			t.Errorf("nobody noticed %s", name)
		}
	}
}
