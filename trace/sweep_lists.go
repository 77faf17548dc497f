package trace

import (
	"context"
	"math/bits"
)

// A segment of a tainted output is a run of clean or tainted units: its length,
// and in the highest bit whether it is tainted. Lists of segments stand in an
// arena; an output is spent once, so its list has one owner and is free again
// when it is spent.
const tainted = uint64(1) << 63

// segmentList is where an output's segments stand.
type segmentList struct {
	at    uint32 // in words
	count uint32
}

// lists is the arena, its free lists by power of two, and which output has
// which list. The memory follows the lists that are alive, not the trail.
type lists struct {
	words []uint64
	free  [33][]uint32
	of    table
	queue []uint64
	piece []uint64 // of one output
	coins []outAmount
}

func (l *lists) reset() {
	l.words = l.words[:0]
	for i := range l.free {
		l.free[i] = l.free[i][:0]
	}
	l.of.reset()
}

func class(n int) int { return bits.Len(uint(n - 1)) }

func (l *lists) put(out uint32, segments []uint64) {
	c := class(len(segments))
	var at uint32
	if n := len(l.free[c]); n > 0 {
		at = l.free[c][n-1]
		l.free[c] = l.free[c][:n-1]
	} else {
		at = uint32(len(l.words))
		size := 1 << c
		for cap(l.words)-len(l.words) < size {
			l.words = append(l.words[:cap(l.words)], 0)[:len(l.words)]
		}
		l.words = l.words[:len(l.words)+size]
	}
	copy(l.words[at:], segments)
	l.of.put(out, segmentList{at, uint32(len(segments))})
}

// take gives an output's list, and frees it: the words stay as they are until
// the next put.
func (l *lists) take(out uint32) ([]uint64, bool) {
	x, ok := l.of.take(out)
	if !ok {
		return nil, false
	}
	c := class(int(x.count))
	l.free[c] = append(l.free[c], x.at)
	return l.words[x.at : x.at+x.count], true
}

// push appends a segment to a list, joining equal neighbours.
func pushSegment(q []uint64, s uint64) []uint64 {
	if n := len(q); n > 0 && q[n-1]&tainted == s&tainted {
		q[n-1] += s &^ tainted
		return q
	}
	return append(q, s)
}

// ordered is a sweep of an order that lines up the inputs' segments: vin order,
// reversed, high value or small value first.
func (s *Sweep) ordered(ctx context.Context, r *Swept, o order) error {
	s.in.init(s.c.Txs(), s.touchAll)
	for _, out := range s.seeds {
		v := s.c.Value[out]
		if v == 0 {
			continue
		}
		next, end := s.ends(out)
		if end {
			r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: v})
			continue
		}
		s.lists.put(out, []uint64{v | tainted})
		s.in.add(next, 1)
	}
	for {
		tx, _, ok := s.in.next()
		if !ok {
			break
		}
		from, to := s.c.Outs(tx)
		if _, err := s.enter(ctx, r, tx, from, to); err != nil {
			return err
		}
		q := s.lineUp(tx, o.in)
		r.Moved += len(q)
		s.dealOut(r, tx, q, o.out)
	}
	s.lists.reset()
	return nil
}

// lineUp flattens the inputs of a transaction in an input order.
func (s *Sweep) lineUp(tx uint32, how byte) []uint64 {
	q := s.lists.queue[:0]
	from, to := s.c.Ins(tx)
	s.touchCoins(from+touchedCoins, to)
	add := func(coin uint32) {
		if list, ok := s.lists.take(coin); ok {
			for _, x := range list {
				q = pushSegment(q, x)
			}
		} else if v := s.c.Value[coin]; v > 0 {
			q = pushSegment(q, v)
		}
	}
	if how == 'F' || how == 'L' {
		for _, coin := range s.c.Coin[from:to] {
			add(coin)
		}
		if how == 'L' {
			for i, j := 0, len(q)-1; i < j; i, j = i+1, j-1 {
				q[i], q[j] = q[j], q[i]
			}
		}
	} else {
		coins := s.lists.coins[:0]
		for i, coin := range s.c.Coin[from:to] {
			coins = append(coins, outAmount{i, s.c.Value[coin]})
		}
		sortByValue(coins, how)
		for _, c := range coins {
			add(s.c.Coin[from+uint32(c.index)])
		}
		s.lists.coins = coins
	}
	s.lists.queue = q
	return q
}

// dealOut fills the outputs from the front of the queue in an output order; what
// remains is the fee.
func (s *Sweep) dealOut(r *Swept, tx uint32, q []uint64, how byte) {
	from, to := s.c.Outs(tx)
	outs := s.c.Value[from:to]
	d := dealer{q: q}
	switch how {
	case 'F':
		for j, w := range outs {
			s.deal(r, &d, from+uint32(j), w)
		}
	case 'L':
		for j := len(outs) - 1; j >= 0; j-- {
			s.deal(r, &d, from+uint32(j), outs[j])
		}
	default:
		for _, p := range s.outOrder(outs, how) {
			s.deal(r, &d, from+uint32(p.index), p.value)
		}
	}
	fee := uint64(0)
	for _, x := range d.q {
		if x&tainted != 0 {
			fee += x &^ tainted
		}
	}
	r.Fees += fee
	if s.paid != nil {
		s.paid(tx, fee)
	}
}

// dealer takes segments from the front of a queue, whose first it may shorten.
type dealer struct{ q []uint64 }

// next takes w units: the segments, as a part of the queue where none is cut,
// and how much of them is tainted.
func (d *dealer) next(w uint64, scratch []uint64) (segments []uint64, taint uint64) {
	segments = scratch[:0]
	for w > 0 && len(d.q) > 0 {
		x := d.q[0]
		n := x &^ tainted
		if n > w {
			d.q[0] = x - w
			n = w
		} else {
			d.q = d.q[1:]
		}
		w -= n
		segments = append(segments, n|x&tainted)
		if x&tainted != 0 {
			taint += n
		}
	}
	return segments, taint
}

func (s *Sweep) deal(r *Swept, d *dealer, out uint32, w uint64) {
	segments, taint := d.next(w, s.lists.piece)
	if s.lists.piece = segments[:0]; taint == 0 {
		return
	}
	if s.flowed != nil {
		s.flowed(out, taint)
	}
	r.Largest = max(r.Largest, len(segments))
	next, end := s.ends(out)
	if end {
		r.Ends = append(r.Ends, SweptEnd{Out: out, Amount: taint})
		return
	}
	s.lists.put(out, segments)
	s.in.add(next, 1)
}
