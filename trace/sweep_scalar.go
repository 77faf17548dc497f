package trace

import (
	"context"
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
	s.in, s.low, s.seats = mail{}, mail{}, nil
	s.lists.reset()
}

// scalar is a sweep of a policy that needs to know of a transaction's inputs
// only how much taint there is in all (tracing-engine note, 1: push, do not
// pull).
func (s *Sweep) scalar(ctx context.Context, r *Swept, policy share) error {
	s.sources(r, &s.in)
	for {
		tx, taint, ok := s.in.next()
		if !ok {
			return nil
		}
		from, to := s.c.Outs(tx)
		value, err := s.enter(ctx, r, tx, from, to)
		if err != nil {
			return err
		}
		s.share(r, &s.in, policy, taint, value, tx, from, to)
	}
}

// share passes the taint of a transaction on.
func (s *Sweep) share(r *Swept, in *mail, policy share, taint, value uint64, tx, from, to uint32) {
	outs := s.c.Value[from:to]
	if cap(s.parts) <= len(outs) {
		s.parts = make([]uint64, 2*len(outs)+8)
	}
	parts := s.parts[:len(outs)+1]
	policy(taint, value, outs, s.c.Fee[tx], parts)
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
		in.add(next, n)
	}
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
