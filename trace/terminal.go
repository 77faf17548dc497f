package trace

import (
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Terminal is one end of the trail at its finest: an unspent coin, a balance,
// the fees, a boundary. Places are made of terminals. Its name is that of the
// conformance cases: "held:<account>", "<boundary account>", "fee",
// "debt:<account>", "swap:<id>", "burn"; on coins "<tx>:<vout>", "fee:<tx>",
// "burn:<tx>".
type Terminal struct {
	Name    string
	Kind    Kind
	Ledger  ledger.ID
	Account ledger.Account
	Asset   money.AssetID
	// Value is all value, tainted or not, that ended there on the trail.
	Value   money.Amount
	Figures []Figures // by view
}

type termID struct {
	ledger ledger.ID
	asset  money.AssetID
	name   string
}

// terminal is a Terminal being filled.
type terminal struct {
	Terminal
	id          termID
	boundary    Boundary
	first, last time.Time
	ends        []int32 // edges of the asset's network that lead here
	epoch       uint64  // block that touched it last
}

// end finds or makes a terminal.
func (e *Engine) end(l ledger.ID, asset money.AssetID, name string, kind Kind, a ledger.Account) *terminal {
	id := termID{l, asset, name}
	if i, ok := e.byName[id]; ok {
		e.touchTerminal(i)
		return e.terms[i]
	}
	t := &terminal{Terminal: Terminal{Name: name, Kind: kind, Ledger: l, Account: a, Asset: asset, Figures: e.figures()}, id: id, epoch: e.blocks}
	e.byName[id] = len(e.terms)
	e.terms = append(e.terms, t)
	return t
}

// deliver adds to a terminal what arrives there, by an edge of the network or
// (edge < 0) by none.
func (e *Engine) deliver(t *terminal, n money.Amount, fs []Figures, edge int32, at time.Time) {
	t.Value = t.Value.Add(n)
	for v := range fs {
		f := &t.Figures[v]
		for p, a := range fs[v].Amounts {
			f.Amounts[p] = f.Amounts[p].Add(a)
		}
		k := e.asset(t.Asset).views[v].k
		f.Lower = f.Lower.Add(fs[v].Lower)
		f.Upper = f.Upper.Add(fs[v].Upper).Min(k)
	}
	if edge >= 0 {
		t.ends = append(t.ends, edge)
	}
	if !at.IsZero() {
		if t.first.IsZero() || at.Before(t.first) {
			t.first = at
		}
		if at.After(t.last) {
			t.last = at
		}
	}
}
