package graph

import (
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Filter selects transfers. An empty field asks for nothing; all that are set
// must hold. On UTXO ledgers From and To match any debit or credit.
type Filter struct {
	Ledger ledger.ID
	From   ledger.Account
	To     ledger.Account
	Asset  money.AssetID
	// Tx matches the transaction or the transfer's own id.
	Tx string
	// Since and Until enclose the time: Since <= time < Until.
	Since, Until time.Time
	// Attrs are columns the source kept, all of which must be equal.
	Attrs map[string]string
}

// Match reports whether a transfer is selected. Failed transfers and gas never
// are: they moved no value.
func (f Filter) Match(t *ledger.Transfer) bool {
	if t.Failed || t.Kind == ledger.Gas ||
		f.Ledger != "" && f.Ledger != t.Ledger || f.Asset != "" && f.Asset != t.Asset ||
		f.Tx != "" && f.Tx != t.Tx && f.Tx != t.ID ||
		!f.Since.IsZero() && t.Time.Before(f.Since) || !f.Until.IsZero() && !t.Time.Before(f.Until) {
		return false
	}
	for k, v := range f.Attrs {
		if t.Attrs[k] != v {
			return false
		}
	}
	from, to := f.From == "", f.To == ""
	for _, d := range t.Debits {
		from = from || d.Account == f.From
	}
	for _, c := range t.Credits {
		to = to || c.Account == f.To
	}
	return from && to
}

// Select returns, in order, the transfers a filter selects. It looks only at
// one pool's events where the filter names an account and an asset, else at the
// whole graph.
func Select(g Graph, f Filter) ([]ID, error) {
	var out []ID
	keep := func(id ID) error {
		e, err := g.Entry(id)
		if err == nil && f.Match(e.Transfer) {
			out = append(out, id)
		}
		return err
	}
	account := f.From
	if account == "" {
		account = f.To
	}
	if account != "" && f.Asset != "" && f.Ledger != "" {
		ids, err := g.Events(Pool{f.Ledger, account, f.Asset})
		for _, id := range ids {
			if err == nil {
				err = keep(id)
			}
		}
		return out, err
	}
	for id := range ID(g.Info().Transfers) {
		if err := keep(id); err != nil {
			return nil, err
		}
	}
	return out, nil
}
