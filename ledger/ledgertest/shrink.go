package ledgertest

import (
	"math/big"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// maxTries limits how often Shrink asks whether a ledger fails.
const maxTries = 4000

// Shrink looks for a smaller ledger that still fails. It drops lines (with what
// then spends coins that are no more), thefts, inputs, outputs, fees, ties and
// times, and lowers amounts, as long as fails stays true; every ledger it tries
// is valid. fails must depend on the ledger alone, and should tell the failure
// it is after from any other. A ledger that does not fail comes back as it is.
//
// Print the result with its Text method.
func Shrink(doc *ledger.Document, fails func(*ledger.Document) bool) *ledger.Document {
	if !fails(doc) {
		return doc
	}
	s := &shrinker{best: doc, fails: fails, left: maxTries}
	s.words, s.sum = size(doc)
	for s.left > 0 && s.round() {
	}
	return s.best
}

type shrinker struct {
	best  *ledger.Document
	words int
	sum   *big.Int
	fails func(*ledger.Document) bool
	left  int
}

// size orders ledgers: fewer words, then smaller amounts.
func size(d *ledger.Document) (words int, sum *big.Int) {
	sum = new(big.Int)
	for i := range d.Transfers {
		t := &d.Transfers[i]
		sum.Add(sum, t.Fee.Big())
		for _, x := range t.Debits {
			sum.Add(sum, x.Amount.Big())
		}
		for _, x := range t.Credits {
			sum.Add(sum, x.Amount.Big())
		}
	}
	for _, m := range d.Thefts {
		sum.Add(sum, m.Length.Big())
	}
	return len(strings.Fields(d.Text())), sum
}

// try keeps a candidate that is valid, smaller and still fails.
func (s *shrinker) try(d *ledger.Document) bool {
	if s.left <= 0 {
		return false
	}
	d, ok := Repair(d)
	if !ok {
		return false
	}
	words, sum := size(d)
	if words > s.words || words == s.words && sum.Cmp(s.sum) >= 0 {
		return false
	}
	s.left--
	if !s.fails(d) {
		return false
	}
	s.best, s.words, s.sum = d, words, sum
	return true
}

// round tries every way to shrink once and says whether one helped.
func (s *shrinker) round() bool {
	helped := s.dropLines()
	if s.best.Ledger.Blocks {
		helped = s.try(withoutBlocks(s.best)) || helped
	}
	for i := len(s.best.Thefts) - 1; i >= 0; i-- {
		d := clone(s.best)
		d.Thefts = append(d.Thefts[:i], d.Thefts[i+1:]...)
		helped = s.try(d) || helped
	}
	for i := range s.best.Thefts {
		d := clone(s.best)
		d.Thefts[i].Part, d.Thefts[i].Offset, d.Thefts[i].Length = false, money.Zero, money.Zero
		helped = s.try(d) || helped
	}
	for i := len(s.best.Transfers) - 1; i >= 0; i-- {
		if i < len(s.best.Transfers) {
			helped = s.simplify(i) || helped
		}
	}
	return helped
}

// dropLines removes runs of lines, long runs first.
func (s *shrinker) dropLines() bool {
	helped := false
	for n := len(s.best.Transfers) / 2; n > 0; n /= 2 {
		for at := len(s.best.Transfers) - n; at > -n; at -= n {
			from, to := max(at, 0), min(at+n, len(s.best.Transfers))
			if from >= to {
				continue
			}
			from, to = wholeLines(s.best.Transfers, from, to)
			d := clone(s.best)
			d.Transfers = append(d.Transfers[:from], d.Transfers[to:]...)
			helped = s.try(d) || helped
		}
	}
	return helped
}

// wholeLines widens a run so that no line loses a leg.
func wholeLines(ts []ledger.Transfer, from, to int) (int, int) {
	for from > 0 && ts[from-1].Tx == ts[from].Tx {
		from--
	}
	for to < len(ts) && ts[to].Tx == ts[to-1].Tx {
		to++
	}
	return from, to
}

// simplify tries smaller forms of one transfer.
func (s *shrinker) simplify(i int) bool {
	helped := false
	edit := func(change func(t *ledger.Transfer, d *ledger.Document)) {
		if i >= len(s.best.Transfers) {
			return
		}
		d := clone(s.best)
		change(&d.Transfers[i], d)
		helped = s.try(d) || helped
	}
	if s.best.Ledger.Model == ledger.UTXO {
		s.simplifyCoins(i, edit)
	} else {
		s.simplifyAccounts(i, edit)
	}
	edit(func(t *ledger.Transfer, d *ledger.Document) {
		tx := t.Tx
		for j := range d.Transfers {
			if d.Transfers[j].Tx == tx && !d.Ledger.Blocks { // a block needs its time
				d.Transfers[j].Time = time.Time{}
			}
		}
	})
	return helped
}

func (s *shrinker) simplifyCoins(i int, edit func(func(*ledger.Transfer, *ledger.Document))) {
	t := s.best.Transfers[i]
	edit(func(t *ledger.Transfer, d *ledger.Document) { bypass(d, t) })
	edit(func(t *ledger.Transfer, d *ledger.Document) {
		if t.Kind != ledger.Opening {
			first := *t // its coins were always there
			first.Kind, first.Key = ledger.Opening, ledger.Key{}
			d.Transfers = append(append([]ledger.Transfer{first}, d.Transfers[:i]...), d.Transfers[i+1:]...)
		}
	})
	for k := len(t.Debits) - 1; k >= 0 && t.Kind == ledger.Value; k-- {
		edit(func(t *ledger.Transfer, _ *ledger.Document) {
			if k < len(t.Debits) && len(t.Debits) > 1 {
				t.Debits = append(t.Debits[:k], t.Debits[k+1:]...)
			}
		})
	}
	for k := len(t.Credits) - 1; k >= 0; k-- {
		edit(func(t *ledger.Transfer, d *ledger.Document) { dropOutput(d, t, k) })
		for _, less := range lower {
			edit(func(t *ledger.Transfer, _ *ledger.Document) {
				if k < len(t.Credits) {
					t.Credits[k].Amount = less(t.Credits[k].Amount)
				}
			})
		}
	}
	if t.Kind == ledger.Coinbase {
		for _, less := range lower {
			edit(func(t *ledger.Transfer, _ *ledger.Document) { t.Debits[0].Amount = less(t.Debits[0].Amount) })
		}
	}
}

// simplifyAccounts lowers a payment and drops its fee, its gas, its conversion,
// its tie.
func (s *shrinker) simplifyAccounts(i int, edit func(func(*ledger.Transfer, *ledger.Document))) {
	for _, less := range lower {
		edit(func(t *ledger.Transfer, _ *ledger.Document) {
			if len(t.Credits) > 0 {
				t.Credits[0].Amount = less(t.Credits[0].Amount)
			}
		})
		edit(func(t *ledger.Transfer, _ *ledger.Document) { t.Fee = less(t.Fee) })
	}
	edit(func(t *ledger.Transfer, d *ledger.Document) {
		if t.Kind == ledger.Gas {
			d.Transfers = append(d.Transfers[:i], d.Transfers[i+1:]...)
		}
	})
	edit(func(t *ledger.Transfer, d *ledger.Document) {
		// a conversion becomes a plain payment
		if t.Conversion != "" && i+1 < len(d.Transfers) && d.Transfers[i+1].Conversion == t.Conversion {
			t.Conversion, t.Credits[0].Account = "", d.Transfers[i+1].To()
			d.Transfers = append(d.Transfers[:i+1], d.Transfers[i+2:]...)
		}
	})
	edit(func(t *ledger.Transfer, d *ledger.Document) {
		if t.Tie == 0 {
			return
		}
		for j := range d.Transfers[i:] {
			if d.Transfers[i+j].Tie == t.Tie && d.Transfers[i+j].Tx != t.Tx {
				d.Transfers[i+j].Tie += 1 << 32 // the rest is a tie of its own
			}
		}
		t.Tie = 0
	})
}

// lower are the smaller amounts to try, boldest first.
var lower = []func(money.Amount) money.Amount{
	func(money.Amount) money.Amount { return money.Zero },
	func(n money.Amount) money.Amount { return n.Min(money.Units(1)) },
	func(n money.Amount) money.Amount { q, _ := n.MulDiv(money.Units(1), money.Units(2)); return q },
	func(n money.Amount) money.Amount { return n.Monus(money.Units(1)) },
}

// dropOutput removes an output, its spender's input and its marks, and renames
// the outputs after it.
func dropOutput(d *ledger.Document, t *ledger.Transfer, k int) {
	if len(t.Credits) < 2 || k >= len(t.Credits) {
		return
	}
	t.Credits = append(t.Credits[:k], t.Credits[k+1:]...)
	tx := t.Tx
	for i := range d.Transfers {
		kept := d.Transfers[i].Debits[:0]
		for _, in := range d.Transfers[i].Debits {
			if in.Spends.Tx == tx && in.Spends.Index == uint32(k) {
				continue
			}
			if in.Spends.Tx == tx && in.Spends.Index > uint32(k) {
				in.Spends.Index--
			}
			kept = append(kept, in)
		}
		d.Transfers[i].Debits = kept
	}
	marks := d.Thefts[:0]
	for _, m := range d.Thefts {
		c, err := ledger.ParseCoin(m.Ref)
		if err == nil && c.Tx == tx && c.Index == uint32(k) {
			continue
		}
		if err == nil && c.Tx == tx && c.Index > uint32(k) {
			c.Index--
			m.Ref = c.String()
		}
		marks = append(marks, m)
	}
	d.Thefts = marks
}

// bypass lets those who spend the outputs of a transaction spend its inputs
// instead, so that the transaction can go.
func bypass(d *ledger.Document, t *ledger.Transfer) {
	if t.Kind != ledger.Value {
		return
	}
	tx, ins := t.Tx, t.Debits
	for i := range d.Transfers {
		for k := range d.Transfers[i].Debits {
			if in := &d.Transfers[i].Debits[k]; in.Spends.Tx == tx && int(in.Spends.Index) < len(ins) {
				in.Spends = ins[in.Spends.Index].Spends
			}
		}
	}
	for i := range d.Thefts {
		if c, err := ledger.ParseCoin(d.Thefts[i].Ref); err == nil && c.Tx == tx && int(c.Index) < len(ins) {
			d.Thefts[i].Ref = ins[c.Index].Spends.String()
		}
	}
	for i := range d.Transfers {
		if d.Transfers[i].Tx == tx {
			d.Transfers = append(d.Transfers[:i], d.Transfers[i+1:]...)
			return
		}
	}
}

// withoutBlocks makes coinbases first coins and forgets the blocks.
func withoutBlocks(d *ledger.Document) *ledger.Document {
	d = clone(d)
	d.Ledger.Blocks = false
	var first, rest []ledger.Transfer
	for _, t := range d.Transfers {
		t.Key = ledger.Key{}
		if t.Kind == ledger.Value {
			rest = append(rest, t)
			continue
		}
		t.Kind = ledger.Opening
		first = append(first, t)
	}
	d.Transfers = append(first, rest...)
	return d
}

// clone copies a ledger so that its transfers can be changed.
func clone(d *ledger.Document) *ledger.Document {
	c := *d
	c.Thefts = append([]ledger.Mark(nil), d.Thefts...)
	c.Transfers = append([]ledger.Transfer(nil), d.Transfers...)
	for i := range c.Transfers {
		t := &c.Transfers[i]
		t.Debits = append([]ledger.Debit(nil), t.Debits...)
		t.Credits = append([]ledger.Credit(nil), t.Credits...)
	}
	return &c
}
