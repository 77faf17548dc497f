package graph

import (
	"fmt"
	"math"
	"sort"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// maxOuts is how many outputs a store can number.
const maxOuts = math.MaxUint32

// addCoins appends a transaction that came as a transfer.
func (w *Writer) addCoins(t *ledger.Transfer) error {
	before := w.mark()
	w.resolved = w.resolved[:0]
	for i, d := range t.Debits {
		if d.Spends == (ledger.Coin{}) {
			continue
		}
		out, err := w.resolveNamed(t, i, d)
		if err != nil {
			return err
		}
		w.resolved = append(w.resolved, out)
	}
	err := w.appendCoins(t)
	if err != nil {
		w.rewind(before)
	}
	return err
}

// resolveNamed finds the output that a debit spends: of the latest transaction
// of that name, not spent, with the amount and owner that the debit says.
func (w *Writer) resolveNamed(t *ledger.Transfer, i int, d ledger.Debit) (uint32, error) {
	tx := -1
	for p := w.names.Seek(disk.Hash([]byte(d.Spends.Tx))); ; {
		n, ok := p.Next()
		if !ok {
			break
		}
		if int(n) < w.transfers() && int(n) > tx && w.txName(int(n)) == d.Spends.Tx {
			tx = int(n)
		}
	}
	absent := fmt.Errorf("%s: input %d of %s spends %s, which is not in the data (or spent already): %w", t.Evidence, i, t.ID, d.Spends, ErrUnresolved)
	if tx < 0 {
		return 0, absent
	}
	from, to := w.outsOf(tx)
	out := from + int(d.Spends.Index)
	if out >= to || w.outSpent.At(out) != 0 {
		return 0, absent
	}
	a, err := w.accountName(w.outAccount.At(out))
	if err != nil {
		return 0, err
	}
	if amount := restore(w.outValue.At(out), out, w.wideValue); amount != d.Amount || a != d.Account {
		return 0, fmt.Errorf("%s: input %d of %s gives %s %s, its coin %s %s: %w", t.Evidence, i, t.ID, d.Account, d.Amount, a, amount, ErrUnresolved)
	}
	return uint32(out), nil
}

func (w *Writer) appendCoins(t *ledger.Transfer) error {
	n := w.transfers()
	without := *t
	without.Fee = money.Zero // it has a column
	if err := w.record(&without); err != nil {
		return err
	}
	fee, err := keep(t.Fee, n, w.wideFee)
	if err != nil {
		return err
	}
	if err := w.appendTx(fee); err != nil {
		return err
	}
	for _, c := range t.Credits {
		a, err := w.account(c.Account)
		if err != nil {
			return err
		}
		value, err := keep(c.Amount, w.outValue.Len(), w.wideValue)
		if err != nil {
			return err
		}
		if err := w.appendOut(value, a); err != nil {
			return err
		}
	}
	for _, out := range w.resolved {
		if err := w.inCoin.Append(out); err != nil {
			return err
		}
		w.outSpent.Set(int(out), uint32(n))
	}
	return nil
}

// appendTx begins a transaction where outputs and inputs now end.
func (w *Writer) appendTx(fee uint64) error {
	if err := w.txOut.Append(uint32(w.outValue.Len())); err != nil {
		return err
	}
	if err := w.txIn.Append(uint32(w.inCoin.Len())); err != nil {
		return err
	}
	return w.txFee.Append(fee)
}

func (w *Writer) appendOut(value uint64, account uint32) error {
	if w.outValue.Len() >= maxOuts {
		return fmt.Errorf("%s: 2^32-1 outputs: %w", w.dir, disk.ErrFull)
	}
	if err := w.outValue.Append(value); err != nil {
		return err
	}
	if err := w.outAccount.Append(account); err != nil {
		return err
	}
	return w.outSpent.Append(0)
}

// mark is a place in the columns of coins to come back to.
type mark struct{ tx, out, in, block, accounts int }

func (w *Writer) mark() mark {
	m := mark{tx: w.txOut.Len(), out: w.outValue.Len(), in: w.inCoin.Len(), accounts: w.accounts.Len()}
	if w.blockTx != nil {
		m.block = w.blockTx.Len()
	}
	return m
}

// rewind takes back everything after a mark, and frees what it spent.
func (w *Writer) rewind(m mark) {
	freed := w.inCoin.All()[min(m.in, w.inCoin.Len()):]
	w.cutCoins(m)
	w.accounts.Cut(m.accounts)
	w.free(freed, m)
}

// free clears the links of coins to transactions after a mark.
func (w *Writer) free(coins []uint32, m mark) {
	for _, coin := range coins {
		if int(coin) < m.out && int(w.outSpent.At(int(coin))) >= m.tx {
			w.outSpent.Set(int(coin), 0)
		}
	}
}

// cutCoins shortens the columns to a mark. Links stay: see free.
func (w *Writer) cutCoins(m mark) {
	w.txOut.Cut(m.tx)
	w.txIn.Cut(m.tx)
	w.txFee.Cut(m.tx)
	cutWide(w.wideFee, m.tx)
	w.inCoin.Cut(m.in)
	w.outValue.Cut(m.out)
	w.outAccount.Cut(m.out)
	w.outSpent.Cut(m.out)
	cutWide(w.wideValue, m.out)
	if w.rec != nil {
		w.rec.Cut(m.tx)
		return
	}
	w.txID.Cut(m.tx)
	twins := w.txTwin.All()
	w.txTwin.Cut(sort.Search(len(twins), func(i int) bool { return int(twins[i]) >= m.tx }))
	for _, c := range []*disk.Column[uint32]{w.blockTx, w.blockFile, w.blockAccounts} {
		c.Cut(m.block)
	}
	for _, c := range []*disk.Column[uint64]{w.blockTime, w.blockHeight, w.blockSubsidy, w.blockOffset} {
		c.Cut(m.block)
	}
	w.blockHash.Cut(m.block)
}
