package casefile

import (
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// holding finds the graph that has a ledger.
func holding(stored []graph.Graph, id ledger.ID) graph.Graph {
	for _, g := range stored {
		if _, ok := g.Info().Ledger(id); ok && id != "" {
			return g
		}
	}
	return nil
}

// takeStored takes a ledger from a store, with the completeness that the case
// states and its conversions laid over: the store keeps what was read.
func (l *Loaded) takeStored(lg Ledger, g graph.Graph) (graph.Graph, error) {
	g, err := l.convertStored(lg, g)
	if err != nil {
		return nil, err
	}
	info, _ := g.Info().Ledger(lg.ID)
	verdict, err := l.completeness(lg, func(a ledger.Account) ledger.Completeness { return g.Completeness(lg.ID, a) })
	if err != nil {
		return nil, err
	}
	l.Inputs = append(l.Inputs, Input{Name: info.Input, SHA256: info.SHA256})
	return stated{g, lg.ID, verdict}, nil
}

// stated is a graph with the completeness that a case states of one ledger.
type stated struct {
	graph.Graph
	ledger  ledger.ID
	verdict func(ledger.Account) ledger.Completeness
}

// Completeness implements graph.Graph.
func (s stated) Completeness(l ledger.ID, a ledger.Account) ledger.Completeness {
	if l == s.ledger {
		return s.verdict(a)
	}
	return s.Graph.Completeness(l, a)
}

// Sources opens the ledgers of a case, checked against the hashes that it
// states, to be read into stores.
func Sources(c *Case) ([]ledger.Source, error) {
	l := &Loaded{Case: c, files: map[string]*file{}}
	var out []ledger.Source
	for _, lg := range c.Ledgers {
		data, err := l.read(lg.Path, lg.SHA256, lg.Line)
		if err != nil {
			return nil, err
		}
		src, err := l.source(lg, data)
		if err != nil {
			return nil, l.fail(lg.Line, "", err, "ledger %s", lg.Path)
		}
		out = append(out, src)
	}
	return out, nil
}
