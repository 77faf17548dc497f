package trace

import (
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/swap"
)

// Conversion is a swap on the trail: stolen value was given in one asset, and
// what was got for it in another carries the taint on by the cumulative floor.
type Conversion struct {
	// Name is what the account between its legs is called, behind "swap:".
	Name   string
	Ledger ledger.ID
	Tx     string
	Time   time.Time
	Gave   ConversionLeg
	// Got has no transfer where the far leg is not in the data.
	Got ConversionLeg
	// Recognised: from the net flows of the transaction. Else the ledger or the
	// case states it.
	Recognised bool
}

// ConversionLeg is one side of a conversion.
type ConversionLeg struct {
	Account ledger.Account
	Asset   money.Asset
	Amount  money.Amount
	// Counter is who took it or gave it, "" where nobody says.
	Counter ledger.Account
	// Transfers are the ledger entries that it is the net sum of; Evidence says
	// where the first was read.
	Transfers []string
	Evidence  string
	Figures   []Figures // by view; nil where nothing tainted moved
}

// Unclear is a transaction on the trail in which assets were exchanged and no
// conversion was recognised: its transfers were followed as they are.
type Unclear struct {
	Ledger ledger.ID
	Tx     string
	Time   time.Time
	Why    swap.Reason
	Who    ledger.Account // whom the reason is about, "" for nobody
}

// conversions lists the conversions of the trail, in the order of their first
// legs, and the exchanges that were not recognised.
func (e *Engine) conversions(t *Trail) error {
	over, recognising := e.g.(*swap.Graph)
	t.Stamp.Recognised = recognising
	type transaction struct {
		ledger ledger.ID
		tx     string
	}
	asked, seen := map[transaction]bool{}, map[swapID]bool{}
	out := map[leg]*Hop{}
	for i := range t.Hops {
		h := &t.Hops[i]
		out[leg{h.ID, h.From, h.To}] = h
	}
	for i := range t.Hops {
		h := &t.Hops[i]
		en, err := e.g.Entry(h.ID)
		if err != nil {
			return err
		}
		if en.Conversion != "" && h.To == ledger.SwapAccount(en.Conversion) && !seen[swapID{en.Ledger, en.Conversion}] {
			seen[swapID{en.Ledger, en.Conversion}] = true
			c, err := e.conversion(h.ID, en, out)
			if err != nil {
				return err
			}
			t.Conversions = append(t.Conversions, c)
		}
		if at := (transaction{en.Ledger, en.Tx}); recognising && !asked[at] && en.Conversion == "" {
			asked[at] = true
			f, err := over.Recognised(en.Ledger, en.Tx)
			if err != nil {
				return err
			}
			if f.Why != "" {
				t.Unclear = append(t.Unclear, Unclear{en.Ledger, en.Tx, en.Time, f.Why, f.Who})
			}
		}
	}
	return nil
}

// leg finds the hop of one side of a conversion.
type leg struct {
	id       graph.ID
	from, to ledger.Account
}

// conversion describes the conversion of which a transfer is a leg, either one.
func (e *Engine) conversion(id graph.ID, en graph.Entry, hops map[leg]*Hop) (Conversion, error) {
	between := ledger.SwapAccount(en.Conversion)
	giveID, getID, give, get := id, en.Other, en, graph.Entry{}
	if getID != graph.None {
		var err error
		if get, err = e.g.Entry(getID); err != nil {
			return Conversion{}, err
		}
	}
	if en.From() == between {
		giveID, getID, give, get = getID, giveID, get, give
	}
	c := Conversion{Name: en.Conversion, Ledger: en.Ledger, Tx: en.Tx, Time: en.Time}
	_, c.Recognised = en.Attrs[swap.NetOf]
	if give.Transfer != nil {
		c.Gave = e.leg(give, give.From())
		c.Gave.Figures = hops[leg{giveID, give.From(), between}].figures()
	}
	if get.Transfer != nil {
		c.Got = e.leg(get, get.To())
		c.Got.Figures = hops[leg{getID, between, get.To()}].figures()
	}
	return c, nil
}

// figures of a hop; nil where there is none.
func (h *Hop) figures() []Figures {
	if h == nil {
		return nil
	}
	return h.Figures
}

func (e *Engine) leg(en graph.Entry, a ledger.Account) ConversionLeg {
	l := ConversionLeg{Account: a, Asset: e.info.Asset(en.Asset), Amount: en.Amount(), Counter: en.Counter(), Evidence: en.Evidence, Transfers: strings.Fields(en.Attrs[swap.NetOf])}
	if len(l.Transfers) == 0 {
		l.Transfers = []string{en.ID}
	}
	return l
}
