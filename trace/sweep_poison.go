package trace

import (
	"context"
	"math/bits"
)

// poison reaches every output after the theft. It goes through a bitset of all
// transactions, word by word, once the trail is long.
func (s *Sweep) poison(ctx context.Context, r *Swept) error {
	s.in.init(s.c.Txs(), s.touchOuts)
	for _, out := range s.seeds {
		if s.c.Value[out] == 0 {
			continue
		}
		if next, end := s.ends(out); end {
			r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: s.c.Value[out]})
		} else {
			s.in.add(next, 1)
		}
	}
	for r.Txs < longPoison {
		tx, _, ok := s.in.next()
		if !ok {
			return nil
		}
		if err := s.poisonTx(r, tx); err != nil {
			s.abandon()
			return err
		}
	}
	return s.poisonLong(ctx, r)
}

// longPoison is after how many transactions a bitset of all is worth it.
const longPoison = 1 << 14

// poisonLong takes transactions that follow each other together: their outputs
// stand together, and nobody has to foresee where one ends.
func (s *Sweep) poisonLong(ctx context.Context, r *Swept) error {
	if s.marks == nil {
		s.marks = make([]uint64, s.c.Txs()/64+1)
	}
	words := s.marks
	s.in.mark(words)
	for i := range words {
		if i&1023 == 0 && ctx.Err() != nil {
			clear(words)
			return ctx.Err()
		}
		for words[i] != 0 {
			at := bits.TrailingZeros64(words[i])
			n := bits.TrailingZeros64(^(words[i] >> at))
			if err := s.poisonRun(r, words, uint32(i<<6|at), uint32(n)); err != nil {
				clear(words)
				return err
			}
			words[i] &^= (1<<n - 1) << at // also what the run marked of itself
		}
	}
	return nil
}

// poisonTx brings poison to where a transaction's outputs go.
func (s *Sweep) poisonTx(r *Swept, tx uint32) error {
	from, to, err := s.enterRun(r, tx, 1)
	if err != nil {
		return err
	}
	for out := from; out < to; out++ {
		if s.c.Value[out] == 0 {
			continue
		}
		if next, end := s.ends(out); end {
			r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: s.c.Value[out]})
		} else {
			s.in.add(next, 1)
		}
	}
	return nil
}

// poisonRun marks where the outputs of n transactions after each other go.
func (s *Sweep) poisonRun(r *Swept, words []uint64, tx, n uint32) error {
	from, to, err := s.enterRun(r, tx, n)
	if err != nil {
		return err
	}
	values, spent, txs := s.c.Value[from:to], s.c.Spent[from:to], uint32(len(s.c.TxOut))-1
	for j, w := range values {
		next := spent[j]
		switch {
		case w == 0:
		case next-1 < txs && (s.stop == nil || !s.stop(s.c.Account[from+uint32(j)])):
			words[next>>6] |= 1 << (next & 63)
		default:
			r.Ends = append(r.Ends, SweptEnd{Out: from + uint32(j), Amount: w})
		}
	}
	return nil
}

// enterRun counts n transactions after each other, all on the trail, and gives
// their outputs.
func (s *Sweep) enterRun(r *Swept, tx, n uint32) (from, to uint32, err error) {
	r.Txs += int(n)
	over, carry := uint64(0), uint64(0)
	for i, fee := range s.c.Fee[tx : tx+n] {
		r.Fees, carry = bits.Add64(r.Fees, fee, 0)
		over |= carry
		if s.reached != nil {
			*s.reached = append(*s.reached, tx+uint32(i))
		}
	}
	if over != 0 {
		return 0, 0, errFees(tx + n - 1)
	}
	from, _ = s.c.Outs(tx)
	_, to = s.c.Outs(tx + n - 1)
	if out, ok := s.seeded(from, to); ok {
		return 0, 0, s.errOverlap(out)
	}
	return from, to, nil
}
