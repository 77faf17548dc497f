package trace

// touchOuts reads the outputs of transactions that will be visited presently, and
// nothing of them is kept: they are near by then. These reads do not wait for each
// other; those of the sweep do.
func (s *Sweep) touchOuts(txs []uint32) {
	s.near = s.near[:0]
	for _, tx := range txs {
		s.sink += s.c.Fee[tx]
		s.near = append(s.near, s.c.TxOut[tx])
	}
	for _, out := range s.near {
		if int(out) < len(s.c.Value) { // damage is for the sweep to find
			s.sink += s.c.Value[out] + uint64(s.c.Spent[out])
		}
	}
}

// touchAll reads the inputs, and the values they spend, as well.
func (s *Sweep) touchAll(txs []uint32) {
	s.touchOuts(txs)
	s.near = s.near[:0]
	for _, tx := range txs {
		s.near = append(s.near, s.c.TxIn[tx])
	}
	for _, in := range s.near {
		if int(in) < len(s.c.Coin) {
			s.sink += uint64(s.c.Coin[in])
		}
	}
	for _, in := range s.near {
		s.touchCoins(in, in+touchedCoins)
	}
}

// touchedCoins is of how many inputs touchAll reads the values.
const touchedCoins = 4

// touchCoins reads the values that inputs spend.
func (s *Sweep) touchCoins(from, to uint32) {
	if to = min(to, uint32(len(s.c.Coin))); from >= to {
		return
	}
	for _, coin := range s.c.Coin[from:to] {
		if int(coin) < len(s.c.Value) {
			s.sink += s.c.Value[coin]
		}
	}
}
