package graph

// CoinColumns are the columns of a ledger of coins, for work that goes through
// more transactions than it could afford to make Transfers of. Transactions,
// outputs and inputs are numbered in canonical order, so that a spender's number
// is larger than its coin's. The slices are mapped files: read only, and gone
// with the store.
type CoinColumns struct {
	// TxOut and TxIn are where a transaction's outputs and inputs begin; they
	// end where those of the next begin.
	TxOut, TxIn []uint32
	// Fee is the fee of each transaction, in atomic units.
	Fee []uint64
	// Value and Account are the amount and owner of each output; Spent is the
	// transaction that spends it, 0 for none (transaction 0 spends nothing).
	Value          []uint64
	Account, Spent []uint32
	// Coin is the output that each input spends.
	Coin []uint32
}

// CoinColumns gives the columns of a store of coins; false for accounts, and for
// a ledger with amounts beyond 64 bits.
func (s *Store) CoinColumns() (CoinColumns, bool) {
	if !s.coins() || s.wideValue.Len() > 0 || s.wideFee.Len() > 0 {
		return CoinColumns{}, false
	}
	return CoinColumns{
		TxOut: s.txOut.All(), TxIn: s.txIn.All(), Fee: s.txFee.All(), Value: s.outValue.All(),
		Account: s.outAccount.All(), Spent: s.outSpent.All(), Coin: s.inCoin.All(),
	}, true
}

// Txs is the number of transactions.
func (c *CoinColumns) Txs() int { return len(c.TxOut) }

// Outs encloses the outputs of a transaction.
func (c *CoinColumns) Outs(tx uint32) (from, to uint32) {
	if int(tx)+1 < len(c.TxOut) {
		return c.TxOut[tx], c.TxOut[tx+1]
	}
	return c.TxOut[tx], uint32(len(c.Value))
}

// Ins encloses the inputs of a transaction.
func (c *CoinColumns) Ins(tx uint32) (from, to uint32) {
	if int(tx)+1 < len(c.TxIn) {
		return c.TxIn[tx], c.TxIn[tx+1]
	}
	return c.TxIn[tx], uint32(len(c.Coin))
}

// Spender is the transaction that spends an output; false when none does.
func (c *CoinColumns) Spender(out uint32) (uint32, bool) {
	by := c.Spent[out]
	return by, by-1 < uint32(len(c.TxOut))-1
}

// TxOf finds the transaction of an output.
func (c *CoinColumns) TxOf(out uint32) uint32 {
	i, j := 0, len(c.TxOut)
	for i < j {
		if m := (i + j) / 2; c.TxOut[m] > out {
			j = m
		} else {
			i = m + 1
		}
	}
	return uint32(i - 1)
}
