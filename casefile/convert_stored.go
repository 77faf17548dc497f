package casefile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// converted is a graph in which the legs of the conversions that a case names stand
// joined, over one that keeps their transfers as they were read.
type converted struct {
	graph.Graph
	at   map[graph.ID]graph.Entry // what stands in the places of the legs
	byID map[string]graph.ID      // where a leg stands, by its transfer's id
}

// convertStored joins the legs of the conversions named on a ledger of a store.
func (l *Loaded) convertStored(lg Ledger, g graph.Graph) (graph.Graph, error) {
	out := &converted{g, map[graph.ID]graph.Entry{}, map[string]graph.ID{}}
	info, _ := g.Info().Ledger(lg.ID)
	for _, cv := range l.Case.Conversions {
		if cv.Tx.Text == "" || cv.Ledger.Text != "" && cv.Ledger.Text != string(lg.ID) {
			continue
		}
		if cv.Ledger.Text == "" && len(l.Case.Ledgers) > 1 {
			return nil, l.whichLedger(cv)
		}
		ids, r, err := out.transaction(info, canonical(cv.Tx.Text))
		if err != nil {
			return nil, l.fail(cv.Line, "", err, "conversion %q", cv.Name)
		}
		if err := l.convert(r, cv); err != nil {
			return nil, err
		}
		if err := out.put(ids, r); err != nil {
			return nil, err
		}
	}
	if len(out.at) == 0 {
		return g, nil
	}
	return out, nil
}

// transaction reads the transfers of a transaction, to be changed.
func (c *converted) transaction(info ledger.Info, tx string) ([]graph.ID, *reading, error) {
	r := &reading{info: info}
	all, err := c.Find(tx)
	if err != nil {
		return nil, nil, err
	}
	var ids []graph.ID
	for _, id := range all {
		e, err := c.Entry(id)
		if err != nil {
			return nil, nil, err
		}
		if e.Ledger == info.ID {
			t := *e.Transfer
			t.Debits, t.Credits, t.Attrs = slices.Clone(t.Debits), slices.Clone(t.Credits), maps.Clone(t.Attrs)
			ids, r.transfers = append(ids, id), append(r.transfers, t)
		}
	}
	return ids, r, nil
}

// put takes over the transfers that were changed.
func (c *converted) put(ids []graph.ID, r *reading) error {
	legs := map[string][]graph.ID{}
	for i, id := range ids {
		t := &r.transfers[i]
		if t.Conversion == "" {
			continue
		}
		e, err := c.Graph.Entry(id)
		if err != nil {
			return err
		}
		e.Transfer, e.Other = t, graph.None
		c.at[id], c.byID[t.ID] = e, id
		legs[t.Conversion] = append(legs[t.Conversion], id)
	}
	for _, pair := range legs {
		if len(pair) == 2 {
			a, b := c.at[pair[0]], c.at[pair[1]]
			a.Other, b.Other = pair[1], pair[0]
			c.at[pair[0]], c.at[pair[1]] = a, b
		}
	}
	return nil
}

// Entry implements graph.Graph.
func (c *converted) Entry(id graph.ID) (graph.Entry, error) {
	if e, ok := c.at[id]; ok {
		return e, nil
	}
	return c.Graph.Entry(id)
}

// Find implements graph.Graph. Legs may have traded places.
func (c *converted) Find(ref string) ([]graph.ID, error) {
	ids, err := c.Graph.Find(ref)
	if err != nil {
		return nil, err
	}
	ids = slices.Clone(ids)
	for i, id := range ids {
		if e, ok := c.at[id]; ok && e.Tx != ref && e.ID != ref {
			if ids[i], ok = c.byID[ref]; !ok {
				return nil, fmt.Errorf("%q: %w", ref, graph.ErrNotFound)
			}
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Events implements graph.Graph.
func (c *converted) Events(p graph.Pool) ([]graph.ID, error) {
	ids, err := c.Graph.Events(p)
	if err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(slices.Clone(ids), func(id graph.ID) bool { _, changed := c.at[id]; return changed })
	for id, e := range c.at {
		if p.Account != ledger.Outside && e.Ledger == p.Ledger && e.Asset == p.Asset && (e.From() == p.Account || e.To() == p.Account || e.Counter() == p.Account) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out, nil
}
