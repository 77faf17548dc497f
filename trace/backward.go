package trace

import (
	"context"
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Received answers the question of whoever was paid: how much of what these
// accounts received is stolen, under each policy, and between which bounds.
type Received struct {
	Ledger   ledger.ID
	Accounts []ledger.Account
	Assets   []ReceivedAsset
	// Unknown are the accounts that occur nowhere on the ledger: mistyped,
	// perhaps, rather than unpaid.
	Unknown []ledger.Account
	// Trail is the forward trail of the thefts, restricted to the paths that
	// lead to the accounts; what leaves those paths is the place "elsewhere".
	Trail *Trail
}

// ReceivedAsset is what was received of one asset.
type ReceivedAsset struct {
	Asset money.Asset
	// Total is everything received, stolen or not, in Rows payments.
	Total money.Amount
	Rows  int
	// Stolen is by view of the trail; its Bound is exact.
	Stolen []Figures
	// Payments are those that carry stolen value under any policy or bound.
	Payments []Hop
}

// Backward traces back from accounts to the thefts of a question. The accounts
// themselves are treated as a boundary: what they paid out and got back counts
// as clean when it returns, so that nothing is counted twice.
func Backward(ctx context.Context, g graph.Graph, q Question, l ledger.ID, accounts ...ledger.Account) (*Received, error) {
	info, ok := g.Info().Ledger(l)
	if !ok {
		return nil, fmt.Errorf("ledger %q is not in the data: %w", l, ErrQuestion)
	}
	if len(accounts) == 0 {
		return nil, fmt.Errorf("no account to trace back from: %w", ErrQuestion)
	}
	w := &ancestry{g: g, model: info.Model, pools: map[graph.Pool]graph.ID{}, txs: map[graph.ID]bool{}, on: map[ledger.Account]bool{}}
	r := &Received{Ledger: l, Accounts: slices.Sorted(slices.Values(accounts))}
	if err := r.collect(g, &q, info, w); err != nil {
		return nil, err
	}
	inner, target := q.Boundary, Boundary{Kind: "target", Name: "received", Why: "the accounts asked about"}
	q.Boundary = func(id ledger.ID, a ledger.Account) (Boundary, bool) {
		if id == l && slices.Contains(accounts, a) {
			return target, true
		}
		if inner != nil {
			if b, ok := inner(id, a); ok {
				return b, true
			}
		}
		if !w.on[a] {
			return Boundary{Kind: "elsewhere", Name: "elsewhere", Why: "no path from here leads to the accounts asked about"}, true
		}
		return Boundary{}, false
	}
	var err error
	if r.Trail, err = Run(ctx, g, q); err != nil {
		return nil, err
	}
	r.read()
	return r, nil
}

// collect adds up what the accounts received and walks back from it.
func (r *Received) collect(g graph.Graph, q *Question, info ledger.Info, w *ancestry) error {
	seen := map[ledger.Account]bool{}
	for _, asset := range info.Assets {
		row := ReceivedAsset{Asset: asset}
		for _, a := range r.Accounts {
			ids, err := g.Events(graph.Pool{Ledger: info.ID, Account: a, Asset: asset.ID})
			if err != nil {
				return err
			}
			seen[a] = seen[a] || len(ids) > 0
			for _, id := range ids {
				en, err := g.Entry(id)
				if err != nil {
					return err
				}
				if !q.Until.IsZero() && !en.Time.Before(q.Until) {
					break
				}
				if en.Failed || en.From() == a && info.Model == ledger.Accounts {
					continue
				}
				for _, c := range en.Credits {
					// what a pool took in a conversion was credited between the legs
					if c.Account != a && (en.Counter() != a || !en.Takes(a)) || c.Amount.IsZero() {
						continue
					}
					var fits bool
					if row.Total, fits = row.Total.CheckedAdd(c.Amount); !fits {
						return fmt.Errorf("%s: all that %s received: %w", en.Evidence, a, money.ErrOverflow)
					}
					row.Rows++
				}
				if err := w.above(id, en); err != nil {
					return err
				}
			}
		}
		if row.Rows > 0 {
			r.Assets = append(r.Assets, row)
		}
	}
	for _, a := range r.Accounts {
		if !seen[a] {
			r.Unknown = append(r.Unknown, a)
		}
	}
	return w.walk()
}

// read takes the stolen part from the forward trail.
func (r *Received) read() {
	for i := range r.Assets {
		row := &r.Assets[i]
		for _, p := range r.Trail.Places {
			if p.Asset.ID == row.Asset.ID && p.Boundary.Kind == "target" {
				row.Stolen = p.Figures
			}
		}
		for _, h := range r.Trail.Hops {
			if h.Asset.ID == row.Asset.ID && h.Ledger == r.Ledger && slices.Contains(r.Accounts, h.To) {
				row.Payments = append(row.Payments, h)
			}
		}
	}
}

// ancestry walks back, in time, to every account whose value could have reached
// the target.
type ancestry struct {
	g     graph.Graph
	model ledger.Model
	pools map[graph.Pool]graph.ID // latest transfer whose past matters, exclusive
	txs   map[graph.ID]bool
	on    map[ledger.Account]bool
	work  []graph.Pool
	coins []graph.ID
}

// above puts what fed a transfer on the list of work.
func (w *ancestry) above(id graph.ID, en graph.Entry) error {
	if w.model == ledger.UTXO {
		if !w.txs[id] {
			w.txs[id] = true
			w.coins = append(w.coins, id)
		}
		return nil
	}
	from := en
	if en.Other != graph.None && en.From() == ledger.SwapAccount(en.Conversion) {
		var err error
		if from, err = w.g.Entry(en.Other); err != nil {
			return err
		}
	}
	a := from.From()
	if a == ledger.Outside || a == "" {
		return nil
	}
	w.on[a] = true
	key := graph.Pool{Ledger: from.Ledger, Account: a, Asset: from.Asset}
	// Everything tied with the transfer may have come before it.
	last := max(from.TieLast, en.TieLast) + 1
	if have, ok := w.pools[key]; !ok || have < last {
		w.pools[key] = last
		w.work = append(w.work, key)
	}
	return nil
}

func (w *ancestry) walk() error {
	for len(w.work) > 0 {
		key := w.work[len(w.work)-1]
		w.work = w.work[:len(w.work)-1]
		ids, err := w.g.Events(key)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if id >= w.pools[key] {
				break
			}
			en, err := w.g.Entry(id)
			if err != nil {
				return err
			}
			if en.To() == key.Account && en.From() != key.Account && !en.Failed {
				if err := w.above(id, en); err != nil {
					return err
				}
			}
		}
	}
	return w.walkCoins()
}

func (w *ancestry) walkCoins() error {
	for len(w.coins) > 0 {
		id := w.coins[len(w.coins)-1]
		w.coins = w.coins[:len(w.coins)-1]
		en, err := w.g.Entry(id)
		if err != nil {
			return err
		}
		for _, d := range en.Debits {
			if d.Spends == (ledger.Coin{}) {
				continue
			}
			w.on[d.Account] = true
			ids, err := w.g.Find(d.Spends.Tx)
			if err != nil {
				return err
			}
			for _, made := range ids {
				if o, err := w.g.Entry(made); err != nil {
					return err
				} else if o.Ledger == en.Ledger {
					if err := w.above(made, o); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
