package trace

import "github.com/coldtrail/coldtrail/money"

// colour marks whose value a lot is: 0 is clean, n the n-th theft.
type colour uint16

// Lot is a parcel of value of one colour, with its place in an order of
// arrival. Colour 0 is clean.
type Lot struct {
	Colour colour
	N      money.Amount
}

// push appends a lot, joining it to the last one of the same colour. Lists of
// lots are never changed once they are shared: push is for lists being made.
func push(lots []Lot, l Lot) []Lot {
	if l.N.IsZero() {
		return lots
	}
	if n := len(lots); n > 0 && lots[n-1].Colour == l.Colour {
		lots[n-1].N = lots[n-1].N.Add(l.N)
		return lots
	}
	return append(lots, l)
}

// length is the value of a list of lots.
func length(lots []Lot) money.Amount {
	var s money.Amount
	for _, l := range lots {
		s = s.Add(l.N)
	}
	return s
}

// SwapLots converts lots of x units of one asset into y units of another by
// cumulative floor: the interval [a,b) of x becomes [⌊a*y/x⌋, ⌊b*y/x⌋) of y.
// Order is kept and the result sums to y; dust may vanish (tracing method,
// section 3.2).
func SwapLots(lots []Lot, y money.Amount) []Lot {
	x := length(lots)
	var out []Lot
	var at, before money.Amount
	for _, l := range lots {
		at = at.Add(l.N)
		end, _ := at.MulDiv(y, x)
		out = push(out, Lot{l.Colour, end.Sub(before)})
		before = end
	}
	return out
}

// queue holds lots oldest first. Its value may be copied at any time: a copy
// stays what it was, as long as only the newest copy is changed further (the
// journal restores an older one and drops the newer).
type queue struct {
	lots []Lot
	off  money.Amount // taken already from lots[0]
	tail Lot          // the newest lot, kept apart so that joining it changes nothing shared
}

func (q *queue) push(l Lot) {
	switch {
	case l.N.IsZero():
	case q.tail.N.IsZero():
		q.tail = l
	case q.tail.Colour == l.Colour:
		q.tail.N = q.tail.N.Add(l.N)
	default:
		q.lots = append(q.lots, q.tail)
		q.tail = l
	}
}

// take removes the n oldest units, in order. n is at most the queue's length.
func (q *queue) take(n money.Amount) []Lot {
	var out []Lot
	for !n.IsZero() {
		if len(q.lots) == 0 {
			q.tail.N = q.tail.N.Sub(n)
			return push(out, Lot{q.tail.Colour, n})
		}
		first := q.lots[0]
		first.N = first.N.Sub(q.off)
		if n.Less(first.N) {
			q.off = q.off.Add(n)
			return push(out, Lot{first.Colour, n})
		}
		out = push(out, first)
		n = n.Sub(first.N)
		q.lots, q.off = q.lots[1:], money.Zero
	}
	return out
}

// list returns the lots, oldest first.
func (q queue) list() []Lot {
	var out []Lot
	for i, l := range q.lots {
		if i == 0 {
			l.N = l.N.Sub(q.off)
		}
		out = push(out, l)
	}
	return push(out, q.tail)
}

// stack holds lots newest first, as a list of cells that are never changed, so
// that a copy of the pointer is a copy of the stack.
type stack struct{ top *cell }

type cell struct {
	Lot
	below *cell
}

func (s *stack) push(l Lot) {
	switch {
	case l.N.IsZero():
	case s.top != nil && s.top.Colour == l.Colour:
		s.top = &cell{Lot{l.Colour, s.top.N.Add(l.N)}, s.top.below}
	default:
		s.top = &cell{l, s.top}
	}
}

// take removes the n newest units; the order inside the slice is kept, oldest
// first.
func (s *stack) take(n money.Amount) []Lot {
	var slice []Lot
	for !n.IsZero() {
		t := s.top
		if n.Less(t.N) {
			slice = append(slice, Lot{t.Colour, n})
			s.top = &cell{Lot{t.Colour, t.N.Sub(n)}, t.below}
			break
		}
		slice = append(slice, t.Lot)
		n = n.Sub(t.N)
		s.top = t.below
	}
	var out []Lot
	for i := len(slice) - 1; i >= 0; i-- {
		out = push(out, slice[i])
	}
	return out
}

// list returns the lots, newest first.
func (s stack) list() []Lot {
	var out []Lot
	for c := s.top; c != nil; c = c.below {
		out = append(out, c.Lot)
	}
	return out
}

// ownQueue pays the holder's own (clean) value first, then victims in order of
// arrival: Re Hallett's Estate (1880) 13 Ch D 696.
type ownQueue struct {
	own     money.Amount
	victims queue
}

func (o *ownQueue) push(l Lot) {
	if l.Colour == 0 {
		o.own = o.own.Add(l.N)
		return
	}
	o.victims.push(l)
}

func (o *ownQueue) take(n money.Amount) []Lot {
	first := o.own.Min(n)
	o.own = o.own.Sub(first)
	out := push(nil, Lot{0, first})
	for _, l := range o.victims.take(n.Sub(first)) {
		out = push(out, l)
	}
	return out
}

// repaint gives the clean lots a colour: a seed. What another theft had marked
// before keeps its colour.
func repaint(lots []Lot, c colour) []Lot {
	var out []Lot
	for _, l := range lots {
		if l.Colour == 0 {
			l.Colour = c
		}
		out = push(out, l)
	}
	return out
}

// paint gives the clean units among [off, off+n) a colour and returns the
// overlap: units in that range which another colour keeps.
func paint(lots []Lot, off, n money.Amount, c colour) (out []Lot, overlap money.Amount) {
	end := off.Add(n)
	var at money.Amount
	for _, l := range lots {
		next := at.Add(l.N)
		from, to := clamp(off, at, next), clamp(end, at, next)
		out = push(out, Lot{l.Colour, from.Sub(at)})
		mid := l.Colour
		if mid == 0 {
			mid = c
		} else if mid != c {
			overlap = overlap.Add(to.Sub(from))
		}
		out = push(out, Lot{mid, to.Sub(from)})
		out = push(out, Lot{l.Colour, next.Sub(to)})
		at = next
	}
	return out, overlap
}

func clamp(x, lo, hi money.Amount) money.Amount {
	if x.Less(lo) {
		return lo
	}
	return x.Min(hi)
}

// project sees the lots of one view: its thefts as colour 1, all else clean.
func project(lots []Lot, in []bool) []Lot {
	var out []Lot
	for _, l := range lots {
		p := Lot{0, l.N}
		if in[l.Colour] {
			p.Colour = 1
		}
		out = push(out, p)
	}
	return out
}

// tally is the value of the lots that a view counts as stolen.
func tally(lots []Lot, in []bool) money.Amount {
	var s money.Amount
	for _, l := range lots {
		if in[l.Colour] {
			s = s.Add(l.N)
		}
	}
	return s
}
