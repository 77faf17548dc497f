package trace

import (
	"context"
	"math/bits"
)

// onePass carries the one-pass interval: L_j = max(0, ΣL - (V - w_j)),
// U_j = min(w_j, ΣU, K) (tracing method, 4.5).
func (s *Sweep) onePass(ctx context.Context, r *Swept, beside *beside) error {
	s.sources(r, &s.in)
	s.low.init(s.c.Txs(), nil)
	for _, out := range s.seeds {
		if next, end := s.ends(out); !end && s.c.Value[out] > 0 {
			s.low.add(next, s.c.Value[out])
		}
	}
	if beside != nil {
		beside.begin(s)
	}
	for {
		tx, high, ok := s.in.next()
		if !ok {
			return nil
		}
		from, to := s.c.Outs(tx)
		value, err := s.enter(ctx, r, tx, from, to)
		if err != nil {
			return err
		}
		if beside != nil && !beside.pass(s, r.Txs, value, tx, from, to) {
			s.abandon()
			return errLongTrail
		}
		low := s.low.take(tx)
		high = min(high, s.k)
		var over uint64
		if r.Fees, over = bits.Add64(r.Fees, min(s.c.Fee[tx], high), 0); over != 0 {
			s.abandon()
			return errFees(tx)
		}
		for out := from; out < to; out++ {
			w := s.c.Value[out]
			if w == 0 {
				continue
			}
			l, u := uint64(0), min(w, high)
			if low > value-w {
				l = low - (value - w)
			}
			next, end := s.ends(out)
			if end {
				r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: u, Lower: l})
				continue
			}
			if l > 0 {
				s.low.add(next, l)
			}
			s.in.add(next, u)
		}
	}
}
