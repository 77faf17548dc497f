package conformance

import (
	"errors"
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/ledger"
)

// ErrBeyond marks a ledger that the cases cannot describe.
var ErrBeyond = errors.New("beyond what a case can describe")

// FromDocument writes a ledger as a case, for the reference program. boundaries
// are the accounts at which tracing stops, fee the fee rule of coins.
//
// The cases know stolen value only as coins and credits from outside. A mark in
// mid-ledger on value that no theft has reached is written as one: the clean
// payment goes to a place of its own ("mark:<id>", "<tx>/clean:<vout>"), and the stolen
// value comes from outside. Where a theft may have reached it, and for thefts at
// a boundary, fees on conversions and followed fees, it fails with ErrBeyond.
func FromDocument(d *ledger.Document, boundaries []string, fee string) (Case, error) {
	x := exporter{d: d, c: Case{Boundaries: slices.Clone(boundaries), Fee: fee}}
	if d.Ledger.Model == ledger.UTXO {
		x.c.Kind = UTXO
		x.coins()
	} else {
		x.c.Kind = Account
		x.c.Overdraft = d.Ledger.Overdraft
		x.accounts()
	}
	return x.c, x.err
}

// feeApart ends the name of a payment of nothing that pays the fee of the event
// above it.
const feeApart = "/apart"

type exporter struct {
	d   *ledger.Document
	c   Case
	err error
}

func (x *exporter) beyond(id, what string) {
	if x.err == nil {
		x.err = fmt.Errorf("%s: %s: %w", id, what, ErrBeyond)
	}
}

func (x *exporter) coins() {
	marks := map[string][]Range{}
	for _, m := range x.d.Thefts {
		ref := m.Ref
		if _, err := ledger.ParseCoin(ref); err != nil {
			ref = ledger.Coin{Tx: ref}.String() // the one output of a transaction
		}
		r := Range{Theft: m.Theft}
		if m.Part {
			r.Off, r.Len = Int{m.Offset}, &Int{m.Length}
		}
		marks[ref] = append(marks[ref], r)
	}
	dirty := map[string]bool{}
	for i := range x.d.Transfers {
		x.transaction(&x.d.Transfers[i], marks, dirty)
	}
}

func (x *exporter) transaction(t *ledger.Transfer, marks map[string][]Range, dirty map[string]bool) {
	hit, marked := false, false
	tx := Tx{ID: t.Tx}
	for _, in := range t.Debits {
		if t.Kind == ledger.Value {
			tx.Ins = append(tx.Ins, in.Spends.String())
			hit = hit || dirty[in.Spends.String()]
		}
	}
	for k, c := range t.Credits {
		id := ledger.Coin{Tx: t.Tx, Index: uint32(k)}.String()
		tx.Outs = append(tx.Outs, Output{ID: id, Value: Int{c.Amount}})
		marked = marked || marks[id] != nil
		dirty[id] = hit || marks[id] != nil
	}
	if t.Kind == ledger.Value && !marked {
		x.c.Txs = append(x.c.Txs, tx)
		return
	}
	if hit {
		x.beyond(t.ID, "marks value that a theft may have reached")
	}
	for _, o := range tx.Outs {
		x.c.Coins = append(x.c.Coins, Coin{ID: o.ID, Value: o.Value, Marks: marks[o.ID]})
	}
	if t.Kind == ledger.Value { // its inputs are spent all the same
		for k := range tx.Outs {
			tx.Outs[k].ID = ledger.Coin{Tx: t.Tx + "/clean", Index: uint32(k)}.String()
		}
		tx.ID += "/clean"
		x.c.Txs = append(x.c.Txs, tx)
	}
}

func (x *exporter) accounts() {
	stolen := map[string]string{}
	for _, m := range x.d.Thefts {
		if stolen[m.Ref] != "" || m.Part {
			x.beyond(m.Ref, "marked twice or in part")
		}
		stolen[m.Ref] = m.Theft
	}
	dirty := reached(x.d, stolen)
	ts := x.d.Transfers
	burns := false
	for i := 0; i < len(ts); {
		j := i + 1
		for j < len(ts) && ts[j].Tx == ts[i].Tx {
			j++
		}
		x.line(ts[i:j], stolen, dirty)
		burns = burns || ts[i].To() == ledger.Outside
		i = j
	}
	if burns {
		x.c.Boundaries = append(x.c.Boundaries, "burn")
	}
}

// line writes the transfers of one line of the text form.
func (x *exporter) line(ts []ledger.Transfer, stolen map[string]string, dirty map[string]bool) {
	t := &ts[0]
	e := Event{ID: t.ID, Op: "move", Asset: string(t.Asset), From: string(t.From()), To: string(t.To()), Amount: Int{t.Amount()}, Fee: Int{t.Fee}, Failed: t.Failed}
	if t.Failed {
		e.To = e.From
	}
	if t.Tie != 0 {
		e.Tie = fmt.Sprintf("t%d", t.Tie)
	}
	if e.To == string(ledger.Outside) {
		e.To = "burn"
	}
	for _, leg := range ts[1:] {
		if leg.Kind == ledger.Gas {
			asset := string(leg.Asset)
			e.Fee, e.FeeAsset, e.FeePayer = Int{leg.Fee}, &asset, string(leg.From())
			continue
		}
		e.Op, e.To, e.GetAsset, e.GetAmount = "swap", string(leg.To()), string(leg.Asset), Int{leg.Amount()}
	}
	if e.Op == "swap" && e.Amount.IsZero() {
		x.beyond(t.ID, "a conversion of nothing")
	}
	theft := stolen[t.ID]
	if theft != "" && slices.Contains(x.c.Boundaries, e.To) {
		x.beyond(t.ID, "a theft at a boundary")
	}
	fee, apart := e, e.Op == "swap" || theft != ""
	if apart {
		e.Fee, e.FeeAsset, e.FeePayer = Int{}, nil, ""
	}
	x.write(t, e, theft, dirty[t.ID])
	if apart && !fee.Fee.IsZero() { // a payment of nothing pays it
		fee.ID += feeApart
		fee.Op, fee.To, fee.Amount, fee.GetAsset, fee.GetAmount = "move", fee.From, Int{}, "", Int{}
		x.write(t, fee, "", false)
	}
}

func (x *exporter) write(t *ledger.Transfer, e Event, theft string, dirty bool) {
	switch {
	case t.Kind == ledger.Opening && !x.c.Overdraft:
		x.c.Opening = append(x.c.Opening, Opening{string(t.To()), string(t.Asset), Int{t.Amount()}})
		return
	case t.From() == ledger.Outside:
		if !t.Fee.IsZero() || e.Op == "swap" {
			x.beyond(t.ID, "a fee or conversion from outside")
		}
		e.From, e.Op, e.Theft = "", "credit", theft
		if theft != "" {
			e.Op = "seed"
		}
	case theft != "":
		if dirty || t.Tie != 0 || x.c.Overdraft {
			x.beyond(t.ID, "marks a payment that a theft may have reached, a tied one, or one on a book with overdraft")
		}
		clean := e
		clean.To = "mark:" + t.ID
		x.c.Boundaries = append(x.c.Boundaries, clean.To)
		x.c.Events = append(x.c.Events, clean)
		e = Event{ID: "mark:" + t.ID, Op: "seed", To: e.To, Asset: e.Asset, Amount: e.Amount, Theft: theft}
	}
	x.c.Events = append(x.c.Events, e)
}

// reached says of every transfer whether its payer may hold stolen value then,
// in whatever order the transfers of a tie stand.
func reached(d *ledger.Document, stolen map[string]string) map[string]bool {
	type pool struct {
		account ledger.Account
		asset   string
	}
	hit, swaps, out := map[pool]bool{}, map[string]bool{}, map[string]bool{}
	ts := d.Transfers
	for i := 0; i < len(ts); {
		j := i + 1
		for ts[i].Tie != 0 && j < len(ts) && ts[j].Tie == ts[i].Tie {
			j++
		}
		for range j - i {
			for k := i; k < j; k++ {
				t := &ts[k]
				from := hit[pool{t.From(), string(t.Asset)}] || t.Conversion != "" && swaps[t.Conversion]
				out[t.ID] = out[t.ID] || from
				if !t.Amount().IsZero() && t.From() != t.To() && t.To() != ledger.Outside && (from || stolen[t.ID] != "") {
					if t.Conversion != "" {
						swaps[t.Conversion] = true
					}
					hit[pool{t.To(), string(t.Asset)}] = true
				}
			}
		}
		i = j
	}
	return out
}
