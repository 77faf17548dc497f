package swap

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Graph is a graph in which recognised conversions are joined: the transfer by
// which an account gave is credited to "swap:<transaction>", the one by which it
// got is debited there, both with their net amounts; ledger.Transfer.Counter says
// who stood on the other side. Transfers that are netted into a leg, such as
// change paid back by a router, move nothing. All else is as in the graph below,
// which is not changed.
//
// Transactions are looked at when one of their transfers is asked for, so the
// cost is that of the trail and not of the ledger. It is safe for concurrent
// readers of a graph that does not grow.
type Graph struct {
	graph.Graph
	natives map[ledger.ID]money.AssetID // of the ledgers that are looked at

	mu    sync.Mutex // held for found
	found map[txKey]*found
}

type txKey struct {
	ledger ledger.ID
	tx     string
}

// found is what was found in a transaction and, of a conversion, what stands in
// its places.
type found struct {
	Finding
	give, get ledger.Transfer
	in, out   graph.ID // of the legs, the giving one first
	traded    bool     // the legs trade places: the data has the payout first
	netted    map[graph.ID]bool
}

// Over lays recognition over a graph. Ledgers of coins, where a transaction has
// one asset, and books of banks, whose messages state what was exchanged, are
// left alone.
func Over(g graph.Graph) *Graph {
	s := &Graph{Graph: g, natives: map[ledger.ID]money.AssetID{}, found: map[txKey]*found{}}
	for _, l := range g.Info().Ledgers {
		if l.Model == ledger.Accounts && !l.Overdraft {
			s.natives[l.ID] = l.Native
		}
	}
	return s
}

// Recognised is what was found in a transaction of a ledger.
func (s *Graph) Recognised(l ledger.ID, tx string) (Finding, error) {
	f, err := s.look(l, tx)
	if f == nil {
		return Finding{}, err
	}
	return f.Finding, err
}

// look finds out about a transaction, once; nil where nothing was exchanged.
func (s *Graph) look(l ledger.ID, tx string) (*found, error) {
	native, looked := s.natives[l]
	if !looked {
		return nil, nil
	}
	key := txKey{l, tx}
	s.mu.Lock()
	f, known := s.found[key]
	s.mu.Unlock()
	if known {
		return f, nil
	}
	ids, ts, err := s.transfers(l, tx)
	if err != nil {
		return nil, err
	}
	if r := Recognise(ts, native); r.Conversion != nil || r.Why != "" {
		f = newFound(r, ids, ts)
	}
	if f == nil && len(ids) == 1 {
		return nil, nil // as most are: quicker to look at again than to remember
	}
	s.mu.Lock()
	s.found[key] = f
	s.mu.Unlock()
	return f, nil
}

// transfers lists the transfers of a transaction, in order.
func (s *Graph) transfers(l ledger.ID, tx string) (ids []graph.ID, ts []*ledger.Transfer, err error) {
	all, err := s.Graph.Find(tx)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range all {
		e, err := s.Graph.Entry(id)
		if err != nil {
			return nil, nil, err
		}
		if e.Ledger == l && e.Tx == tx {
			ids, ts = append(ids, id), append(ts, e.Transfer)
		}
	}
	return ids, ts, nil
}

// newFound makes the legs of a conversion. Pools of the Uniswap V3 kind pay out
// before they are paid; a swap is one act, so the legs then trade places.
func newFound(r Finding, ids []graph.ID, ts []*ledger.Transfer) *found {
	f := &found{Finding: r}
	c := r.Conversion
	if c == nil {
		return f
	}
	i, o := c.Gave.Of[0], c.Got.Of[0]
	f.give, f.get = leg(ts, c.Gave), leg(ts, c.Got)
	between := ledger.SwapAccount(f.give.Conversion)
	f.give.Debits = []ledger.Debit{{Account: c.Account, Amount: c.Gave.Amount.Add(f.give.Fee)}}
	f.give.Credits = []ledger.Credit{{Account: between, Amount: c.Gave.Amount}}
	f.get.Debits = []ledger.Debit{{Account: between, Amount: c.Got.Amount}}
	f.get.Credits = []ledger.Credit{{Account: c.Account, Amount: c.Got.Amount}}
	f.get.Fee = money.Zero // of a pool that pays gas: none sends transactions
	if f.in, f.out = ids[i], ids[o]; f.out < f.in {
		f.in, f.out, f.traded = f.out, f.in, true
		f.give.Key, f.get.Key = f.get.Key, f.give.Key
	}
	f.netted = map[graph.ID]bool{}
	for _, s := range []Side{c.Gave, c.Got} {
		for _, k := range s.Of[1:] {
			f.netted[ids[k]] = true
		}
	}
	return f
}

// NetOf is the attribute of a recognised leg that lists, with spaces between, the
// transfers it is the net sum of; its own id comes first.
const NetOf = "net_of"

// leg copies the first transfer of a side and notes what it stands for.
func leg(ts []*ledger.Transfer, s Side) ledger.Transfer {
	out := *ts[s.Of[0]]
	out.Conversion = out.Tx
	attrs := maps.Clone(out.Attrs)
	if attrs == nil {
		attrs = map[string]string{}
	}
	var ids []string
	for _, k := range s.Of {
		ids = append(ids, ts[k].ID)
	}
	attrs[ledger.CounterAttr], attrs[NetOf] = string(s.Counter), strings.Join(ids, " ")
	out.Attrs = attrs
	out.Evidence = strings.TrimSpace(out.Evidence + " (leg of a recognised conversion)")
	return out
}

// Entry implements graph.Graph.
func (s *Graph) Entry(id graph.ID) (graph.Entry, error) {
	e, err := s.Graph.Entry(id)
	if err != nil {
		return e, err
	}
	f, err := s.look(e.Ledger, e.Tx)
	if err != nil || f == nil || f.Conversion == nil {
		return e, err
	}
	switch {
	case id == f.in:
		e.Transfer, e.Other = &f.give, f.out
	case id == f.out:
		e.Transfer, e.Other = &f.get, f.in
	case f.netted[id]:
		none := *e.Transfer
		none.Credits = []ledger.Credit{{Account: e.To()}}
		none.Debits = []ledger.Debit{{Account: e.From(), Amount: e.Fee}}
		none.Evidence = strings.TrimSpace(none.Evidence + " (netted into a leg of a recognised conversion)")
		e.Transfer = &none
	}
	return e, nil
}

// Find implements graph.Graph.
func (s *Graph) Find(ref string) ([]graph.ID, error) {
	ids, err := s.Graph.Find(ref)
	if err != nil {
		return nil, err
	}
	out := make([]graph.ID, len(ids))
	for i, id := range ids {
		e, err := s.Graph.Entry(id)
		if err != nil {
			return nil, err
		}
		if out[i] = id; e.Tx != ref {
			if out[i], err = s.place(e, id); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// place is where what stands at id in the graph below stands here.
func (s *Graph) place(e graph.Entry, id graph.ID) (graph.ID, error) {
	f, err := s.look(e.Ledger, e.Tx)
	switch {
	case err != nil || f == nil || !f.traded:
	case id == f.in:
		return f.out, nil
	case id == f.out:
		return f.in, nil
	}
	return id, err
}

// Events implements graph.Graph. A leg is an event of the account that gave or
// got, of the account between the legs, and of who stood on the other side.
func (s *Graph) Events(p graph.Pool) ([]graph.ID, error) {
	if tx, ok := strings.CutPrefix(string(p.Account), string(ledger.SwapAccount(""))); ok {
		if f, err := s.lookKnown(p.Ledger, tx); err != nil || f != nil && f.Conversion != nil {
			return between(f, p.Asset), err
		}
	}
	ids, err := s.Graph.Events(p)
	if _, looked := s.natives[p.Ledger]; err != nil || !looked {
		return ids, err
	}
	out := make([]graph.ID, len(ids))
	moved := false
	for i, id := range ids {
		e, err := s.Graph.Entry(id)
		if err != nil {
			return nil, err
		}
		if out[i], err = s.place(e, id); err != nil {
			return nil, err
		}
		moved = moved || out[i] != id
	}
	if moved {
		slices.Sort(out)
	}
	return out, nil
}

// lookKnown looks at a transaction if there is one of this name.
func (s *Graph) lookKnown(l ledger.ID, tx string) (*found, error) {
	f, err := s.look(l, tx)
	if errors.Is(err, graph.ErrNotFound) {
		return nil, nil
	}
	return f, err
}

// between are the events of the account between the legs.
func between(f *found, asset money.AssetID) []graph.ID {
	switch {
	case f == nil:
	case f.give.Asset == asset:
		return []graph.ID{f.in}
	case f.get.Asset == asset:
		return []graph.ID{f.out}
	}
	return nil
}
