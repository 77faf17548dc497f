package ledgertest

import (
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Repair makes a ledger valid again after transfers, inputs, outputs or amounts
// of it were changed: inputs whose coin is gone are dropped, with transactions
// that have none left; outputs are cut to what the inputs give and what remains
// is the fee; a coinbase is cut to what it may claim; marks of what is gone are
// dropped and marked parts cut to their coin; keys and ties are counted anew.
// It reports false when nothing valid is left.
func Repair(d *ledger.Document) (*ledger.Document, bool) {
	d = clone(d)
	if d.Ledger.Model == ledger.UTXO {
		repairCoins(d)
	} else {
		repairAccounts(d)
	}
	repairMarks(d)
	text := d.Text()
	if len(d.Transfers) == 0 || text == "" {
		return nil, false
	}
	again, err := ledger.ParseText(d.Ledger.Input, strings.NewReader(text))
	return again, err == nil
}

func repairCoins(d *ledger.Document) {
	coins := map[ledger.Coin]ledger.Credit{}
	var kept []ledger.Transfer
	for i := 0; i < len(d.Transfers); {
		// A block is mended as a whole: its coinbase, which stands in front, is
		// cut to the fees that its transactions turn out to pay.
		j := i + 1
		for d.Transfers[i].Kind != ledger.Opening && j < len(d.Transfers) && d.Transfers[j].Key.Block == d.Transfers[i].Key.Block {
			j++
		}
		var fees money.Amount
		var block []ledger.Transfer
		for k := i; k < j; k++ {
			t := &d.Transfers[k]
			if t.Kind != ledger.Coinbase && !mendCoins(t, coins) {
				continue
			}
			fees = fees.Add(t.Fee)
			block = append(block, *t)
		}
		for k := range block {
			if t := &block[k]; t.Kind == ledger.Coinbase {
				cut(t, t.Debits[0].Amount.Add(fees))
				addCoins(t, coins)
			}
		}
		kept, i = append(kept, block...), j
	}
	d.Transfers = kept
}

// mendCoins makes one transaction fit the coins there are.
func mendCoins(t *ledger.Transfer, coins map[ledger.Coin]ledger.Credit) bool {
	var sum money.Amount
	if t.Kind == ledger.Opening {
		for _, c := range t.Credits {
			sum = sum.Add(c.Amount)
		}
		t.Debits = []ledger.Debit{{Account: ledger.Outside, Amount: sum}}
		addCoins(t, coins)
		return len(t.Credits) > 0
	}
	ins := t.Debits[:0]
	for _, in := range t.Debits {
		if c, ok := coins[in.Spends]; ok {
			delete(coins, in.Spends)
			ins = append(ins, ledger.Debit{Account: c.Account, Amount: c.Amount, Spends: in.Spends})
			sum = sum.Add(c.Amount)
		}
	}
	t.Debits = ins
	t.Fee = cut(t, sum)
	addCoins(t, coins)
	return len(ins) > 0
}

// cut lowers the outputs so that they sum to n at most, and returns the rest.
func cut(t *ledger.Transfer, n money.Amount) money.Amount {
	for i := range t.Credits {
		t.Credits[i].Amount = t.Credits[i].Amount.Min(n)
		n = n.Sub(t.Credits[i].Amount)
	}
	return n
}

func addCoins(t *ledger.Transfer, coins map[ledger.Coin]ledger.Credit) {
	for i, c := range t.Credits {
		coins[ledger.Coin{Tx: t.Tx, Index: uint32(i)}] = c
	}
}

// repairAccounts sets each debit to what it pays; a payment beyond a balance is
// valid, since history may be missing.
func repairAccounts(d *ledger.Document) {
	for i := range d.Transfers {
		if t := &d.Transfers[i]; len(t.Debits) == 1 {
			t.Debits[0].Amount = t.Amount().Add(t.Fee)
		}
	}
}

func repairMarks(d *ledger.Document) {
	value := map[string]money.Amount{}
	for i := range d.Transfers {
		t := &d.Transfers[i]
		value[t.ID] = t.Amount()
		for k, c := range t.Credits {
			value[ledger.Coin{Tx: t.Tx, Index: uint32(k)}.String()] = c.Amount
		}
	}
	marks := d.Thefts[:0]
	for _, m := range d.Thefts {
		n, ok := value[m.Ref]
		if !ok || m.Part && !m.Offset.Less(n) {
			continue
		}
		if m.Part {
			m.Length = m.Length.Min(n.Sub(m.Offset))
		}
		marks = append(marks, m)
	}
	d.Thefts = marks
}
