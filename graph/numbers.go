package graph

import "github.com/coldtrail/coldtrail/ledger"

// The numbers of a store, for work on its columns: accounts are numbered from 0
// in the order in which outputs first name them, transactions as transfers are.

// Accounts is how many accounts have a number.
func (s *Store) Accounts() int { return s.accounts.Len() }

// AccountName names an account by number; ErrDamaged when there is none.
func (s *Store) AccountName(n uint32) (ledger.Account, error) { return s.accountName(n) }

// AccountKey is the key (ledger.Codec) of an account by number. It is mapped:
// read only, and gone with the store.
func (s *Store) AccountKey(n uint32) []byte { return s.accounts.At(int(n)) }

// AccountNumber is the number of an account; false when the store does not
// have it.
func (s *Store) AccountNumber(a ledger.Account) (uint32, bool) {
	return s.accountNumber(s.codec.AppendKey(nil, a))
}

// KeyNumber is AccountNumber for an account's key.
func (s *Store) KeyNumber(key []byte) (uint32, bool) { return s.accountNumber(key) }

// Codec is the form of the account keys.
func (s *Store) Codec() ledger.Codec { return s.codec }

// TxName is the id of a transaction of a ledger of coins.
func (s *Store) TxName(tx uint32) string { return s.txName(int(tx)) }

// FirstOfBlocks are the numbers of the first transactions of the blocks, in
// order; nil for a store that was not made from blocks.
func (s *Store) FirstOfBlocks() []uint32 {
	if s.m.Layout != layoutBlocks {
		return nil
	}
	return s.blockTx.All()
}
