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
func (s *Sweep) sources(r *Swept, in *mail) {
	in.init(s.c.Txs(), s.touchOuts)
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

func (s *Sweep) abandon() {
	s.in, s.low = mail{}, mail{}
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
		from, to := s.c.Outs(tx)
		value, err := s.enter(ctx, r, tx, from, to)
		if err != nil {
			return err
		}
		outs, fee := s.c.Value[from:to], s.c.Fee[tx]
		if cap(parts) <= len(outs) {
			parts = make([]uint64, 2*len(outs)+8)
		}
		parts = parts[:len(outs)+1]
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
	return nil
}

// haircut shares in proportion, by largest remainder (tracing method, 2.2).
func (s *Sweep) haircut(taint, value uint64, outs []uint64, fee uint64, parts []uint64) {
	if taint == value {
		copy(parts, outs)
		parts[len(outs)] = fee
		return
	}
	if cap(s.rest) < len(parts) {
		s.rest = make([]uint64, 2*len(parts))
	}
	rest := s.rest[:len(parts)]
	var left uint64
	if value < quickValue {
		left = quickShares(taint, value, outs, fee, parts, rest)
	} else {
		left = wideShares(taint, value, outs, fee, parts, rest)
	}
	switch {
	case left == 0:
	case len(parts) == 2:
		first := notBelow(rest[0], rest[1])
		parts[0] += first
		parts[1] += 1 - first
	case len(parts) == 3:
		// The rank of each remainder, without a branch that none foresees.
		a, b, c := notBelow(rest[0], rest[1]), notBelow(rest[0], rest[2]), notBelow(rest[1], rest[2])
		parts[0] += notBelow(left, 3-a-b)
		parts[1] += notBelow(left, 2+a-c)
		parts[2] += notBelow(left, 1+b+c)
	case left > 32:
		s.largest(left, rest, parts)
	default:
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
}

// notBelow is 1 when a >= b, else 0; both are below 2^63.
func notBelow(a, b uint64) uint64 { return ^(a - b) >> 63 }

// wideShares gives each weight w its floor(taint*w/value) and the remainder of
// that division, and what is left of the taint. taint < value < 2^63, so that
// each quotient fits.
func wideShares(taint, value uint64, outs []uint64, fee uint64, parts, rest []uint64) (left uint64) {
	left = taint
	for j := range parts {
		w := fee
		if j < len(outs) {
			w = outs[j]
		}
		hi, lo := bits.Mul64(taint, w)
		parts[j], rest[j] = bits.Div64(hi, lo, value)
		left -= parts[j]
	}
	return left
}

// quickValue is below which quickShares is exact: all bitcoins there will ever
// be are less.
const quickValue = 1 << 51

// quickShares is wideShares where value < 2^51: one division for all. All
// numbers are whole in a float64; the ratio and the product are each off by 2^-53
// of themselves at most, so the estimate of a quotient below 2^51 by less than
// 1/2, and its whole part by 1 at most. The remainder, computed modulo 2^64, says
// which way. Nothing of the float stays in the result.
func quickShares(taint, value uint64, outs []uint64, fee uint64, parts, rest []uint64) (left uint64) {
	ratio := float64(int64(taint)) / float64(int64(value))
	left = taint
	share := func(j int, w uint64) {
		q := int64(float64(int64(w)) * ratio)
		r := int64(taint*w) - q*int64(value)
		below := r >> 63 // all ones when the estimate was too high
		q += below
		r += int64(value) & below
		above := (int64(value) - 1 - r) >> 63 // when it was too low
		q -= above
		r -= int64(value) & above
		parts[j], rest[j] = uint64(q), uint64(r)
		left -= uint64(q)
	}
	for j, w := range outs {
		share(j, w)
	}
	share(len(outs), fee)
	return left
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

// poison reaches every output after the theft. It goes through a bitset of all
// transactions, word by word, once the trail is long.
func (s *Sweep) poison(ctx context.Context, r *Swept) error {
	s.in.init(s.c.Txs(), s.touchOuts)
	for _, out := range s.seeds {
		if next, end := s.ends(out); end {
			r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: s.c.Value[out]})
		} else if s.c.Value[out] > 0 {
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
	for i, fee := range s.c.Fee[tx : tx+n] {
		r.Fees += fee
		if s.reached != nil {
			*s.reached = append(*s.reached, tx+uint32(i))
		}
	}
	from, _ = s.c.Outs(tx)
	_, to = s.c.Outs(tx + n - 1)
	if out, ok := s.seeded(from, to); ok {
		return 0, 0, s.errOverlap(out)
	}
	return from, to, nil
}

// onePass carries the one-pass interval: L_j = max(0, ΣL - (V - w_j)),
// U_j = min(w_j, ΣU, K) (tracing method, 4.5).
func (s *Sweep) onePass(ctx context.Context, r *Swept) error {
	s.sources(r, &s.in)
	s.low.init(s.c.Txs(), nil)
	for _, out := range s.seeds {
		if next, end := s.ends(out); !end && s.c.Value[out] > 0 {
			s.low.add(next, s.c.Value[out])
		}
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
		low := s.low.take(tx)
		high = min(high, s.k)
		r.Fees += min(s.c.Fee[tx], high)
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
