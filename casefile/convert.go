package casefile

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// reading is a ledger read whole, with what the case knows better than the
// file: which transfers are the legs of a swap, and whose history is there.
type reading struct {
	info      ledger.Info
	transfers []ledger.Transfer
	complete  func(ledger.Account) ledger.Completeness
}

func drain(ctx context.Context, src ledger.Source) (*reading, error) {
	r := &reading{}
	for t, err := range src.All(ctx) {
		if err != nil {
			return nil, err
		}
		r.transfers = append(r.transfers, t)
	}
	r.info = src.Info()
	return r, nil
}

// Info implements ledger.Source.
func (r *reading) Info() ledger.Info { return r.info }

// Completeness implements ledger.Source.
func (r *reading) Completeness(a ledger.Account) ledger.Completeness { return r.complete(a) }

// All implements ledger.Source.
func (r *reading) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		for _, t := range r.transfers {
			if !yield(t, ctx.Err()) || ctx.Err() != nil {
				return
			}
		}
	}
}

// convert routes the legs of a swap named by transaction over the account
// "swap:<name>": what the account gave is credited there, what it got is
// debited there. Without a far leg the value ends there.
func (l *Loaded) convert(r *reading, c Conversion) error {
	if r.info.Model != ledger.Accounts {
		return l.fail(c.Line, "", ErrValue, "ledger %s has coins, and coins have no conversions", r.info.ID)
	}
	account, err := l.Account(c.Account)
	if err != nil {
		return err
	}
	in, err := l.leg(r, c, c.In, "gave", func(t *ledger.Transfer) bool { return t.From() == account })
	if err != nil {
		return err
	}
	swap := ledger.SwapAccount(c.Name)
	give := &r.transfers[in]
	reroute(give, c.Name, give.To())
	give.Credits = []ledger.Credit{{Account: swap, Amount: give.Amount()}}
	if c.Out.Text == "" {
		return nil
	}
	out, err := l.leg(r, c, c.Out, "got", func(t *ledger.Transfer) bool { return t.To() == account })
	if err != nil {
		return err
	}
	get := &r.transfers[out]
	reroute(get, c.Name, get.From())
	get.Debits = []ledger.Debit{{Account: swap, Amount: get.Debits[0].Amount}}
	if out < in {
		// Pools of the Uniswap V3 kind pay out before they are paid. A swap is
		// one act, so the legs trade places: the place, its key and its tie
		// stay, what stands there changes.
		give.Key, get.Key = get.Key, give.Key
		give.Tie, get.Tie = get.Tie, give.Tie
		*give, *get = *get, *give
	}
	return nil
}

// leg finds the one transfer of the transaction in an asset that fits.
func (l *Loaded) leg(r *reading, c Conversion, word Word, verb string, fits func(*ledger.Transfer) bool) (int, error) {
	asset, err := findAsset(l, word, r.info.Assets)
	if err != nil {
		return 0, err
	}
	tx, found := canonical(c.Tx.Text), []int{}
	var ids []string
	for i := range r.transfers {
		t := &r.transfers[i]
		if (t.Tx == tx || t.ID == tx) && t.Asset == asset.ID && !t.Failed && t.Kind == ledger.Value && !t.Amount().IsZero() && fits(t) {
			found, ids = append(found, i), append(ids, t.ID)
		}
	}
	if len(found) != 1 {
		return 0, l.fail(c.Line, "a conversion joins one transfer in to one transfer out; name the account that swapped", ErrData,
			"transaction %s has %d transfers (%s) in which %s %s %s", c.Tx.Text, len(found), listOr(ids, "none"), c.Account.Text, verb, word.Text)
	}
	if was := r.transfers[found[0]].Conversion; was != "" {
		return 0, l.fail(c.Line, "each transfer is a leg of one conversion", ErrData, "transfer %s is already a leg of conversion %q", ids[0], was)
	}
	return found[0], nil
}

// reroute marks a leg and keeps who stood on its other side.
func reroute(t *ledger.Transfer, conversion string, other ledger.Account) {
	t.Conversion = conversion
	attrs := maps.Clone(t.Attrs)
	if attrs == nil {
		attrs = map[string]string{}
	}
	attrs[ledger.CounterAttr] = string(other)
	t.Attrs = attrs
	t.Evidence = strings.TrimSpace(fmt.Sprintf("%s (leg of conversion %s)", t.Evidence, conversion))
}
