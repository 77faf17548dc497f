package graph

import (
	"fmt"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Activity is what an account did in one asset, as far as the data shows.
type Activity struct {
	Asset money.AssetID
	// Received and Sent are sums over transfers; a transaction of coins counts its
	// inputs of the account as sent and its outputs to it as received, change too.
	// Fees that an account of an account ledger paid are in Sent.
	Received, Sent money.Amount
	In, Out        int // transfers that credited and debited it
	First, Last    ID
	FirstAt        time.Time // zero: not known
	LastAt         time.Time
}

// Balance is what stands there after all the data; Short is set where more was sent
// than arrived: the rest must have been there before.
func (a Activity) Balance() (balance money.Amount, short bool) {
	if a.Received.Less(a.Sent) {
		return money.Amount{}, true
	}
	return a.Received.Sub(a.Sent), false
}

// Effect is what one transfer did to an account.
type Effect struct {
	In, Out money.Amount
	// Fee is the part of Out that is a fee, on account ledgers.
	Fee money.Amount
	// Others are the accounts on the other side, each once, in the transfer's order.
	Others []ledger.Account
}

// EffectOn says what a transfer did to an account. On coins a fee is nobody's: it is
// what the outputs lack of the inputs.
func EffectOn(model ledger.Model, t *ledger.Transfer, a ledger.Account) Effect {
	var e Effect
	var senders, takers []ledger.Account
	other := func(list *[]ledger.Account, x ledger.Account) {
		if x != a && !slices.Contains(*list, x) {
			*list = append(*list, x)
		}
	}
	for _, d := range t.Debits {
		if d.Account != a {
			other(&senders, d.Account)
			continue
		}
		e.Out = e.Out.Add(d.Amount)
		if model == ledger.Accounts {
			e.Fee = e.Fee.Add(t.Fee)
		}
	}
	for _, c := range t.Credits {
		if c.Account == a {
			e.In = e.In.Add(c.Amount)
		} else {
			other(&takers, c.Account)
		}
	}
	if e.Out.IsZero() {
		e.Others = senders
	} else {
		e.Others = takers
	}
	return e
}

// AssetsOf lists the assets that an account of a ledger has moved in, in the order of
// the ledger's assets.
func AssetsOf(g Graph, l ledger.ID, a ledger.Account) ([]money.AssetID, error) {
	info, ok := g.Info().Ledger(l)
	if !ok {
		return nil, fmt.Errorf("ledger %s: %w", l, ErrNotFound)
	}
	if s, ok := g.(*Store); ok && !s.coins() {
		return s.assetsOf(a)
	}
	var out []money.AssetID
	for _, asset := range info.Assets {
		ids, err := g.Events(Pool{l, a, asset.ID})
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			out = append(out, asset.ID)
		}
	}
	return out, nil
}

// ActivityOf adds up what an account did in one asset; false when nothing. Its cost
// is that of the account's transfers. Sums beyond 128 bits are money.ErrOverflow.
func ActivityOf(g Graph, p Pool) (Activity, bool, error) {
	out := Activity{Asset: p.Asset}
	info, _ := g.Info().Ledger(p.Ledger)
	ids, err := g.Events(p)
	if err != nil || len(ids) == 0 {
		return out, false, err
	}
	out.First, out.Last = ids[0], ids[len(ids)-1]
	for i, at := range []*time.Time{&out.FirstAt, &out.LastAt} {
		en, err := g.Entry([]ID{out.First, out.Last}[i])
		if err != nil {
			return out, false, err
		}
		*at = en.Time
	}
	if s, ok := g.(*Store); ok && s.coins() && s.rec == nil {
		b, _, err := s.CoinBalance(p.Account) // by columns, without making transfers
		out.Received, out.Sent, out.In, out.Out = b.Received, b.Spent, b.CreditTx, b.DebitTx
		return out, true, err
	}
	for _, id := range ids {
		en, err := g.Entry(id)
		if err != nil {
			return out, false, err
		}
		if err := out.add(EffectOn(info.Model, en.Transfer, p.Account), en.Transfer, p.Account); err != nil {
			return out, false, err
		}
	}
	return out, true, nil
}

// add counts a transfer. Each fits in 128 bits; those of a spam token do not together.
func (a *Activity) add(e Effect, t *ledger.Transfer, who ledger.Account) error {
	var in, out bool
	a.Received, in = a.Received.CheckedAdd(e.In)
	a.Sent, out = a.Sent.CheckedAdd(e.Out)
	if !in || !out {
		return fmt.Errorf("%s: what %s received and sent of %s, up to transfer %s: %w", t.Evidence, who, t.Asset, t.ID, money.ErrOverflow)
	}
	if slices.ContainsFunc(t.Credits, func(c ledger.Credit) bool { return c.Account == who }) {
		a.In++
	}
	if slices.ContainsFunc(t.Debits, func(d ledger.Debit) bool { return d.Account == who }) {
		a.Out++
	}
	return nil
}

// assetsOf lists the assets of an account's moves.
func (s *Store) assetsOf(a ledger.Account) ([]money.AssetID, error) {
	n, ok := s.accountNumber(s.codec.AppendKey(nil, a))
	if !ok {
		return nil, nil
	}
	seen := map[uint64]bool{}
	for _, side := range []struct {
		items []uint32
		err   error
	}{s.side(true, n), s.side(false, n)} {
		if side.err != nil {
			return nil, side.err
		}
		for _, i := range side.items {
			seen[uint64(s.asset.At(int(i)))] = true
		}
	}
	var out []money.AssetID
	for _, asset := range s.info.Ledgers[0].Assets {
		for n := range seen {
			if s.str(n) == string(asset.ID) {
				out = append(out, asset.ID)
			}
		}
	}
	return out, nil
}

func (s *Store) side(credited bool, n uint32) (side struct {
	items []uint32
	err   error
}) {
	if credited {
		side.items, side.err = s.listed(s.credited, s.to.All(), n)
	} else {
		side.items, side.err = s.listed(s.debited, s.from.All(), n)
	}
	return side
}
