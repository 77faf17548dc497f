package graph

import (
	"fmt"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
)

// Add appends a transfer. It fails, and adds nothing, when the transfer is not
// balanced or not of this ledger (ledger.ErrUnbalanced, ledger.ErrShape), not in
// order (ErrOrder), there already (ErrDuplicate), or spends what is not there
// (ErrUnresolved).
func (w *Writer) Add(t *ledger.Transfer) error {
	if err := t.Validate(w.m.Ledger.Model); err != nil {
		return fmt.Errorf("%s: %w", t.Evidence, err)
	}
	if w.transfers() > 0 && t.Kind != ledger.Opening && t.Key.Cmp(w.last.Key) < 0 {
		return fmt.Errorf("%s: transfer %s comes before %s: %w", t.Evidence, t.ID, w.last.ID, ErrOrder)
	}
	if uint32(w.transfers()) == uint32(None) {
		return fmt.Errorf("%s: 2^32-1 transfers: %w", w.dir, disk.ErrFull)
	}
	if err := w.room(3, len(t.Debits)+len(t.Credits)); err != nil {
		return err
	}
	if w.hasID(t.ID) {
		return fmt.Errorf("%s: %s: %w", t.Evidence, t.ID, ErrDuplicate)
	}
	add := w.addMove
	if w.coins() {
		add = w.addCoins
	}
	if err := add(t); err != nil {
		return err
	}
	w.insertNamed(w.transfers()-1, t.ID, t.Tx, w.last.Tx, t.Conversion)
	w.last = ledger.Transfer{Key: t.Key, ID: t.ID, Tx: t.Tx, Tie: t.Tie}
	return nil
}

// hasID reports whether there is a transfer of this very id.
func (w *Writer) hasID(id string) bool {
	for p := w.names.Seek(disk.Hash([]byte(id))); ; {
		n, ok := p.Next()
		if !ok {
			return false
		}
		if int(n) < w.transfers() {
			if _, is := w.namesOf(int(n)); is == id {
				return true
			}
		}
	}
}

// record adds the record of a transfer.
func (w *Writer) record(t *ledger.Transfer) error {
	var err error
	if w.buf, err = appendRecord(w.buf[:0], t, w.m.Ledger.Native, w.intern); err != nil {
		return err
	}
	return w.rec.Append(w.buf)
}

// account gives the number of a named account.
func (w *Writer) account(a ledger.Account) (uint32, error) {
	w.key = w.codec.AppendKey(w.key[:0], a)
	return w.accountOf(w.key, disk.Hash(w.key))
}

func (w *Writer) addMove(t *ledger.Transfer) error {
	i, accounts := w.transfers(), w.accounts.Len()
	err := w.appendMove(t)
	if err != nil {
		w.cutMoves(i)
		w.accounts.Cut(accounts)
	}
	return err
}

func (w *Writer) appendMove(t *ledger.Transfer) error {
	from, err := w.account(t.From())
	if err != nil {
		return err
	}
	to := noAccount
	if len(t.Credits) > 0 {
		if to, err = w.account(t.To()); err != nil {
			return err
		}
	}
	asset, err := w.intern(string(t.Asset))
	if err != nil {
		return err
	}
	value, err := keep(t.Amount(), w.transfers(), w.wideValue)
	if err != nil {
		return err
	}
	if err := w.record(t); err != nil {
		return err
	}
	for _, p := range []struct {
		c interface{ Append(uint32) error }
		v uint32
	}{{w.from, from}, {w.to, to}, {w.asset, uint32(asset)}} {
		if err := p.c.Append(p.v); err != nil {
			return err
		}
	}
	if err := w.amount.Append(value); err != nil {
		return err
	}
	return w.flags.Append(w.flagsOf(t))
}

func (w *Writer) flagsOf(t *ledger.Transfer) uint8 {
	var f uint8
	set := func(on bool, bit uint8) {
		if on {
			f |= bit
		}
	}
	set(t.Failed, flagFailed)
	set(t.Tie != 0 && t.Tie == w.last.Tie, flagTied)
	set(t.Conversion != "", flagConversion)
	set(t.Kind == ledger.Gas, flagGas)
	set(t.Kind == ledger.Opening, flagOpening)
	return f
}

// cutMoves takes back the transfers from n on.
func (w *Writer) cutMoves(n int) {
	for _, c := range []*disk.Column[uint32]{w.from, w.to, w.asset} {
		c.Cut(n)
	}
	w.amount.Cut(n)
	w.flags.Cut(n)
	cutWide(w.wideValue, n)
	if w.rec != nil {
		w.rec.Cut(n)
	} else {
		cutWide(w.wideFee, n)
	}
}
