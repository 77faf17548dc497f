package trace

import (
	"context"
	"math/bits"
	"slices"
)

// outAmount is an output of the transaction in work.
type outAmount struct {
	index int // among the outputs; the fee stands behind them
	value uint64
}

// share gives each output, and the fee behind them, its part of the taint that
// arrived at a transaction of a value.
type share func(taint, value uint64, outs []uint64, fee uint64, parts []uint64)

// sources puts the seeds where they go first.
func (s *Sweep) sources(r *Swept, in *inbox) {
	in.init(s.c.Txs())
	for _, out := range s.seeds {
		v := s.c.Value[out]
		if v == 0 {
			continue
		}
		next, end := s.ends(out)
		if end {
			r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: v, Lower: v})
			continue
		}
		in.add(next, v)
	}
}

// every is how many transactions go between two looks at the context.
const every = 1 << 14

// cancelled cleans up when the caller has had enough.
func (s *Sweep) cancelled(ctx context.Context, txs int) error {
	if txs%every == 0 && ctx.Err() != nil {
		s.abandon()
		return ctx.Err()
	}
	return nil
}

func (s *Sweep) abandon() {
	s.queue.clear()
	s.in.reset(true)
	s.in2.reset(true)
	s.lists.reset()
}

// scalar is a sweep of a policy that needs to know of a transaction's inputs
// only how much taint there is in all (tracing-engine note, 1: push, do not
// pull).
func (s *Sweep) scalar(ctx context.Context, r *Swept, policy share) error {
	s.sources(r, &s.in)
	var parts []uint64
	for {
		tx, taint, ok := s.in.next()
		if !ok {
			break
		}
		value, err := s.enter(ctx, r, tx)
		if err != nil {
			return err
		}
		from, to := s.c.Outs(tx)
		outs, fee := s.c.Value[from:to], s.c.Fee[tx]
		if cap(parts) <= len(outs) {
			parts = make([]uint64, 2*len(outs)+8)
		}
		parts = parts[:len(outs)+1]
		if out, ok := s.seeded(from, to); ok {
			s.abandon()
			return s.errOverlap(out)
		}
		policy(taint, value, outs, fee, parts)
		r.Fees += parts[len(outs)]
		if s.paid != nil {
			s.paid(tx, parts[len(outs)])
		}
		for j, n := range parts[:len(outs)] {
			if n == 0 {
				continue
			}
			out := from + uint32(j)
			if s.flowed != nil {
				s.flowed(out, n)
			}
			next, end := s.ends(out)
			if end {
				r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: n})
				continue
			}
			s.in.add(next, n)
		}
	}
	s.in.reset(false)
	return nil
}

// haircut shares in proportion, by largest remainder (tracing method, 2.2).
func (s *Sweep) haircut(taint, value uint64, outs []uint64, fee uint64, parts []uint64) {
	if taint == value {
		copy(parts, outs)
		parts[len(outs)] = fee
		return
	}
	var few [16]uint64
	rest := few[:0]
	if len(outs) >= len(few) {
		rest = make([]uint64, 0, len(outs)+1)
	}
	left := taint
	for j := range parts {
		w := fee
		if j < len(outs) {
			w = outs[j]
		}
		hi, lo := bits.Mul64(taint, w)
		q, m := bits.Div64(hi, lo, value) // taint < value, so the quotient fits
		parts[j] = q
		left -= q
		rest = append(rest, m)
	}
	if left > 32 {
		s.largest(left, rest, parts)
		return
	}
	for ; left > 0; left-- {
		best := 0
		for j, m := range rest {
			if m > rest[best] {
				best = j
			}
		}
		parts[best]++
		rest[best] = 0
	}
}

// largest gives one unit each to the largest remainders, of equal ones to the
// first.
func (s *Sweep) largest(left uint64, rest, parts []uint64) {
	order := s.heap[:0]
	for j, m := range rest {
		order = append(order, outAmount{j, m})
	}
	slices.SortFunc(order, func(a, b outAmount) int {
		if a.value != b.value {
			return 1 - 2*less01(b.value, a.value)
		}
		return a.index - b.index
	})
	for _, o := range order[:left] {
		parts[o.index]++
	}
	s.heap = order[:0]
}

func less01(a, b uint64) int {
	if a < b {
		return 1
	}
	return 0
}

// haircutTruncated shares as BlockSci does: see HaircutTruncated. The fee gets
// nothing.
func (s *Sweep) haircutTruncated(taint, value uint64, outs []uint64, _ uint64, parts []uint64) {
	for j, w := range outs {
		parts[j] = uint64(float64(w) * float64(taint) / float64(value))
	}
	parts[len(outs)] = 0
}

// scalarOrder makes the share of an order with tainted or clean inputs first:
// reordered, the queue is one tainted and one clean run, and each output takes
// the next piece of it.
func (s *Sweep) scalarOrder(o order) share {
	return func(taint, value uint64, outs []uint64, fee uint64, parts []uint64) {
		from, to := uint64(0), taint // where the tainted run stands in the queue
		if o.in == 'C' {
			from, to = value-taint, value
		}
		at := uint64(0)
		piece := func(j int, w uint64) {
			parts[j] = overlap(at, at+w, from, to)
			at += w
		}
		switch o.out {
		case 'F':
			for j, w := range outs {
				piece(j, w)
			}
		case 'L':
			for j := len(outs) - 1; j >= 0; j-- {
				piece(j, outs[j])
			}
		default:
			for _, p := range s.outOrder(outs, o.out) {
				piece(p.index, p.value)
			}
		}
		piece(len(outs), fee)
	}
}

// overlap is how much of [a, b) lies in [from, to).
func overlap(a, b, from, to uint64) uint64 {
	a, b = max(a, from), min(b, to)
	if a >= b {
		return 0
	}
	return b - a
}

// outOrder puts outputs in order of value, high or small first, equal ones as
// they stand.
func (s *Sweep) outOrder(outs []uint64, how byte) []outAmount {
	order := s.heap[:0]
	for j, w := range outs {
		order = append(order, outAmount{j, w})
	}
	sortByValue(order, how)
	s.heap = order
	return order
}

func sortByValue(list []outAmount, how byte) {
	before := func(a, b outAmount) bool {
		if a.value == b.value {
			return a.index < b.index
		}
		return (a.value > b.value) == (how == 'H')
	}
	if len(list) <= 12 {
		for i := 1; i < len(list); i++ {
			for j := i; j > 0 && before(list[j], list[j-1]); j-- {
				list[j], list[j-1] = list[j-1], list[j]
			}
		}
		return
	}
	slices.SortFunc(list, func(a, b outAmount) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
}

// poison reaches every output after the theft. It goes through the lowest level
// of the queue word by word once the trail is long.
func (s *Sweep) poison(ctx context.Context, r *Swept) error {
	for _, out := range s.seeds {
		if next, end := s.ends(out); end {
			r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: s.c.Value[out]})
		} else if s.c.Value[out] > 0 {
			s.queue.add(next)
		}
	}
	for r.Txs < longPoison {
		tx, ok := s.queue.take()
		if !ok {
			return nil
		}
		if err := s.poisonTx(r, tx, s.queue.add); err != nil {
			return err
		}
	}
	return s.poisonLong(ctx, r)
}

// longPoison is after how many transactions the queue is not worth its levels.
const longPoison = 1 << 14

func (s *Sweep) poisonTx(r *Swept, tx uint32, add func(uint32)) error {
	r.Txs++
	r.Fees += s.c.Fee[tx]
	if s.reached != nil {
		*s.reached = append(*s.reached, tx)
	}
	from, to := s.c.Outs(tx)
	if out, ok := s.seeded(from, to); ok {
		s.abandon()
		return s.errOverlap(out)
	}
	for out := from; out < to; out++ {
		if s.c.Value[out] == 0 {
			continue
		}
		if next, end := s.ends(out); end {
			r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: s.c.Value[out]})
		} else {
			add(next)
		}
	}
	return nil
}

func (s *Sweep) poisonLong(ctx context.Context, r *Swept) error {
	words := s.queue.forgetLevels()
	for i := range words {
		if i&1023 == 0 && ctx.Err() != nil {
			clear(words)
			return ctx.Err()
		}
		for words[i] != 0 {
			tx := uint32(i<<6 | bits.TrailingZeros64(words[i]))
			words[i] &= words[i] - 1
			r.Txs++
			r.Fees += s.c.Fee[tx]
			if s.reached != nil {
				*s.reached = append(*s.reached, tx)
			}
			from, to := s.c.Outs(tx)
			if out, ok := s.seeded(from, to); ok {
				clear(words)
				return s.errOverlap(out)
			}
			values, spent := s.c.Value[from:to], s.c.Spent[from:to]
			for j, w := range values {
				next := spent[j]
				switch {
				case w == 0:
				case next-1 < uint32(len(s.c.TxOut))-1 && (s.stop == nil || !s.stop(s.c.Account[from+uint32(j)])):
					words[next>>6] |= 1 << (next & 63)
				default:
					r.Ends = append(r.Ends, SweptEnd{Out: from + uint32(j), Amount: w})
				}
			}
		}
	}
	return nil
}

// onePass carries the one-pass interval: L_j = max(0, ΣL - (V - w_j)),
// U_j = min(w_j, ΣU, K) (tracing method, 4.5).
func (s *Sweep) onePass(ctx context.Context, r *Swept) error {
	s.sources(r, &s.in)
	s.in2.init(s.c.Txs())
	for _, out := range s.seeds {
		if next, end := s.ends(out); !end && s.c.Value[out] > 0 {
			s.in2.add(next, s.c.Value[out])
		}
	}
	for {
		tx, high, ok := s.in2.next()
		if !ok {
			break
		}
		value, err := s.enter(ctx, r, tx)
		if err != nil {
			return err
		}
		low := s.in.take(tx)
		high = min(high, s.k)
		from, to := s.c.Outs(tx)
		fee := s.c.Fee[tx]
		r.Fees += min(fee, high)
		if out, ok := s.seeded(from, to); ok {
			s.abandon()
			return s.errOverlap(out)
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
				s.in.add(next, l)
			}
			s.in2.add(next, u)
		}
	}
	s.in.reset(false)
	s.in2.reset(false)
	return nil
}
