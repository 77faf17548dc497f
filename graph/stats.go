package graph

import (
	"fmt"
	"os"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Stats counts what a store holds, and the bytes it takes.
type Stats struct {
	Layout    string
	Transfers int
	Blocks    int // 0 without blocks in compact form
	Credits   int
	Spends    int // inputs
	Unspent   int
	Accounts  int
	// Value is the sum of the unspent outputs, of coins only.
	Value money.Amount
	// Largest is the largest output, of coins only.
	Largest money.Amount
	// Files are the bytes of each file, by name.
	Files []FileSize
}

// FileSize is a file of the store.
type FileSize struct {
	Name  string
	Bytes int64
}

// Stats counts by reading the columns once.
func (s *Store) Stats() (Stats, error) {
	st := Stats{Layout: string(s.m.Layout), Transfers: s.transfers(), Accounts: s.accounts.Len()}
	if s.blockTx != nil {
		st.Blocks = s.blockTx.Len()
	}
	if s.coins() {
		st.Credits, st.Spends = s.outValue.Len(), s.inCoin.Len()
		for i, lo := range s.outValue.All() {
			v := restore(lo, i, s.wideValue)
			if st.Largest.Less(v) {
				st.Largest = v
			}
			if s.spender(i) == None {
				st.Unspent++
				sum, fits := st.Value.CheckedAdd(v)
				if !fits {
					return st, fmt.Errorf("%s: sum of the unspent outputs: %w", s.dir, money.ErrOverflow)
				}
				st.Value = sum
			}
		}
	} else {
		for _, to := range s.to.All() {
			if to != noAccount {
				st.Credits++
			}
		}
	}
	var err error
	st.Files, err = fileSizes(s.dir)
	return st, err
}

// Balance is what an address holds and how its coins came and went.
type Balance struct {
	Received, Spent   money.Amount
	Credits, Debits   int
	CreditTx, DebitTx int // transactions
}

// CoinBalance adds up an address of a ledger of coins; false when it has none. Sums
// beyond 128 bits are money.ErrOverflow.
func (s *Store) CoinBalance(a ledger.Account) (b Balance, ok bool, err error) {
	n, ok := s.accountNumber(s.codec.AppendKey(nil, a))
	if !ok || !s.coins() {
		return b, false, nil
	}
	outs, err := s.listed(s.credited, s.outAccount.All(), n)
	if err != nil {
		return b, false, err
	}
	lastCredit := -1
	spenders := map[ID]bool{}
	for _, out := range outs {
		v := restore(s.outValue.At(int(out)), int(out), s.wideValue)
		if b.Received, ok = b.Received.CheckedAdd(v); !ok { // Spent is no more
			return b, false, fmt.Errorf("%s: what %s received: %w", s.dir, a, money.ErrOverflow)
		}
		b.Credits++
		if tx := s.txOfOut(out); tx != lastCredit {
			lastCredit = tx
			b.CreditTx++
		}
		if by := s.spender(int(out)); by != None {
			b.Spent = b.Spent.Add(v)
			b.Debits++
			spenders[by] = true
		}
	}
	b.DebitTx = len(spenders)
	return b, true, nil
}

func fileSizes(dir string) ([]FileSize, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []FileSize
	for _, e := range entries {
		i, err := e.Info()
		if err != nil {
			return nil, err
		}
		out = append(out, FileSize{e.Name(), i.Size()})
	}
	return out, nil
}
