// Package graph keeps the transfers of ledgers and walks them: forward from a
// coin or an account, backward to where value came from, and in order.
//
// In go sources; out come transfers by dense id. Ids follow the canonical
// order, so a later id is a later transfer and a spender's id is larger than
// its coin's. A graph answers what the data holds and says where the data ends
// (Completeness); it judges nothing and follows no policy.
//
// Memory is the form for cases that fit in memory. Every form passes the suite
// in graphtest.
package graph

import (
	"context"
	"errors"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// ID is a transfer's place in the graph: dense from 0, in canonical order
// within a ledger and by time across ledgers.
type ID uint32

// None is no transfer: a coin not spent, a leg without its other.
const None = ^ID(0)

// Errors of a graph. They are wrapped with what was asked or refused.
var (
	// ErrNotFound: no transfer, transaction or coin of this name.
	ErrNotFound = errors.New("not in this ledger")
	// ErrOrder: transfers that do not come in canonical order.
	ErrOrder = errors.New("not in canonical order")
	// ErrUnresolved: an input that spends no coin of the data, or one spent already.
	ErrUnresolved = errors.New("input does not resolve")
	// ErrDuplicate: two transfers of one ledger with the same id.
	ErrDuplicate = errors.New("transfer id twice")
)

// Pool is where value mixes on an account ledger: one asset of one account.
type Pool struct {
	Ledger  ledger.ID
	Account ledger.Account
	Asset   money.AssetID
}

// Entry is a transfer with its links. The graph owns it: readers must not
// change it.
type Entry struct {
	*ledger.Transfer
	// SpentBy has, per credit of a UTXO transfer, the transfer that spends it,
	// or None.
	SpentBy []ID
	// Other is the other leg of a conversion, or None.
	Other ID
	// TieFirst and TieLast enclose the transfers tied with this one; both are
	// the transfer's own id when its place is known.
	TieFirst, TieLast ID
}

// Info says what a graph holds.
type Info struct {
	Ledgers   []ledger.Info
	Transfers int
}

// Ledger finds a ledger by id.
func (i Info) Ledger(id ledger.ID) (ledger.Info, bool) {
	for _, l := range i.Ledgers {
		if l.ID == id {
			return l, true
		}
	}
	return ledger.Info{}, false
}

// Asset finds an asset by id; an unknown one is its own name without decimals.
func (i Info) Asset(id money.AssetID) money.Asset {
	for _, l := range i.Ledgers {
		for _, a := range l.Assets {
			if a.ID == id {
				return a
			}
		}
	}
	return money.Asset{ID: id}
}

// Graph is what tracing needs of a store of transfers.
type Graph interface {
	// Info describes ledgers, assets and inputs.
	Info() Info
	// Entry returns a transfer by id; ErrNotFound when there is none.
	Entry(id ID) (Entry, error)
	// Find returns, in order, the transfers whose ID or Tx is ref, of any ledger.
	Find(ref string) ([]ID, error)
	// Events returns, in order, the transfers that debit or credit a pool (on
	// account ledgers) or an address (on UTXO ledgers). A leg of a conversion
	// that names its Counter is an event of that account as well; sources name
	// none. The caller must not change the slice.
	Events(p Pool) ([]ID, error)
	// Completeness says what the data holds of an account.
	Completeness(l ledger.ID, a ledger.Account) ledger.Completeness
}

// Build reads sources whole into a Memory graph.
func Build(ctx context.Context, sources ...ledger.Source) (*Memory, error) {
	m := NewMemory()
	for _, s := range sources {
		if err := m.Add(ctx, s); err != nil {
			return nil, err
		}
	}
	return m, m.Close()
}
