package graphtest

import (
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// sameLinks checks every answer of a graph of one document against answers
// found by reading the document from end to end.
func sameLinks(g graph.Graph, d *ledger.Document) error {
	if n := g.Info().Transfers; n != len(d.Transfers) {
		return fmt.Errorf("%d transfers, the source has %d", n, len(d.Transfers))
	}
	for i := range d.Transfers {
		t := &d.Transfers[i]
		e, err := g.Entry(graph.ID(i))
		if err != nil {
			return err
		}
		if e.ID != t.ID || e.Key != t.Key || e.Amount() != t.Amount() || e.Fee != t.Fee || e.From() != t.From() {
			return fmt.Errorf("id %d is %s, want %s", i, e.ID, t.ID)
		}
		if err := sameSpenders(d, i, e); err != nil {
			return err
		}
		if other := otherLeg(d, i); e.Other != other {
			return fmt.Errorf("%s: other leg %d, want %d", t.ID, e.Other, other)
		}
		first, last := tied(d, i)
		if e.TieFirst != first || e.TieLast != last {
			return fmt.Errorf("%s: tied %d to %d, want %d to %d", t.ID, e.TieFirst, e.TieLast, first, last)
		}
	}
	return sameIndexes(g, d)
}

func sameSpenders(d *ledger.Document, i int, e graph.Entry) error {
	if d.Ledger.Model != ledger.UTXO {
		return nil
	}
	for k := range d.Transfers[i].Credits {
		want := graph.None
		for j := range d.Transfers {
			for _, in := range d.Transfers[j].Debits {
				if in.Spends == (ledger.Coin{Tx: d.Transfers[i].Tx, Index: uint32(k)}) {
					want = graph.ID(j)
				}
			}
		}
		if len(e.SpentBy) != len(d.Transfers[i].Credits) || e.SpentBy[k] != want {
			return fmt.Errorf("%s:%d is spent by %v, want %d", e.ID, k, e.SpentBy, want)
		}
	}
	return nil
}

func otherLeg(d *ledger.Document, i int) graph.ID {
	for j := range d.Transfers {
		if c := d.Transfers[i].Conversion; j != i && c != "" && d.Transfers[j].Conversion == c {
			return graph.ID(j)
		}
	}
	return graph.None
}

func tied(d *ledger.Document, i int) (first, last graph.ID) {
	a, b := i, i
	for tie := d.Transfers[i].Tie; tie != 0 && a > 0 && d.Transfers[a-1].Tie == tie; {
		a--
	}
	for tie := d.Transfers[i].Tie; tie != 0 && b+1 < len(d.Transfers) && d.Transfers[b+1].Tie == tie; {
		b++
	}
	return graph.ID(a), graph.ID(b)
}

// sameIndexes checks Find and Events for every name and pool of the document.
func sameIndexes(g graph.Graph, d *ledger.Document) error {
	byName, byPool := map[string][]graph.ID{}, map[graph.Pool][]graph.ID{}
	for i := range d.Transfers {
		t, id := &d.Transfers[i], graph.ID(i)
		byName[t.ID] = append(byName[t.ID], id)
		if t.Tx != t.ID {
			byName[t.Tx] = append(byName[t.Tx], id)
		}
		touch := func(a ledger.Account, asset money.AssetID) {
			p := graph.Pool{Ledger: t.Ledger, Account: a, Asset: asset}
			if a != ledger.Outside && !slices.Contains(byPool[p], id) {
				byPool[p] = append(byPool[p], id)
			}
		}
		for _, x := range t.Debits {
			touch(x.Account, t.Asset)
		}
		for _, x := range t.Credits {
			touch(x.Account, t.Asset)
		}
	}
	for name, want := range byName {
		if got, err := g.Find(name); err != nil || !slices.Equal(got, want) {
			return fmt.Errorf("find %s: got %v, %v, want %v", name, got, err, want)
		}
	}
	for pool, want := range byPool {
		if got, err := g.Events(pool); err != nil || !slices.Equal(got, want) {
			return fmt.Errorf("events of %v: got %v, %v, want %v", pool, got, err, want)
		}
	}
	return nil
}
