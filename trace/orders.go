package trace

import (
	"sort"

	"github.com/coldtrail/coldtrail/money"
)

// spend runs one ordered policy on one transaction: it lines up the inputs'
// lots in the order o.in, fills the outputs in the order o.out from the front,
// and leaves or takes the fee as the rule says. It returns the lots of each
// output, in vout order, and of the fee.
//
// Generalised after the orders of taintedtx; definitions in the tracing method,
// sections 2.3 and 2.4. Σ inputs = Σ outputs + fee must hold.
func spend(inputs [][]Lot, outputs []money.Amount, fee money.Amount, o order, rule FeeRule) (outs [][]Lot, feeLots []Lot) {
	if rule == FeeProrata {
		inputs, feeLots = payProrata(inputs, fee)
	}
	q := lineUp(inputs, o.in)
	if rule == FeeFirst {
		feeLots, q = takeFront(q, fee)
	}
	outs = make([][]Lot, len(outputs))
	for _, j := range outputOrder(outputs, o.out) {
		outs[j], q = takeFront(q, outputs[j])
	}
	if rule == FeeLast {
		feeLots = q
	}
	return outs, feeLots
}

// lineUp flattens the inputs in an input order and joins neighbours.
func lineUp(inputs [][]Lot, how byte) []Lot {
	idx := make([]int, len(inputs))
	for i := range idx {
		idx[i] = i
	}
	switch how {
	case 'H', 'S':
		value := make([]money.Amount, len(inputs))
		for i := range inputs {
			value[i] = length(inputs[i])
		}
		sort.SliceStable(idx, func(a, b int) bool {
			if how == 'H' {
				return value[idx[b]].Less(value[idx[a]])
			}
			return value[idx[a]].Less(value[idx[b]])
		})
	}
	var flat []Lot
	for _, i := range idx {
		flat = append(flat, inputs[i]...)
	}
	var q []Lot
	switch how {
	case 'L': // the whole list reversed, segment by segment
		for i := len(flat) - 1; i >= 0; i-- {
			q = push(q, flat[i])
		}
	case 'T', 'C':
		for _, tainted := range [2]bool{how == 'T', how != 'T'} {
			for _, l := range flat {
				if (l.Colour != 0) == tainted {
					q = push(q, l)
				}
			}
		}
	default:
		for _, l := range flat {
			q = push(q, l)
		}
	}
	return q
}

func outputOrder(outputs []money.Amount, how byte) []int {
	idx := make([]int, len(outputs))
	for j := range idx {
		idx[j] = j
	}
	switch how {
	case 'L':
		for j := range idx {
			idx[j] = len(idx) - 1 - j
		}
	case 'H':
		sort.SliceStable(idx, func(a, b int) bool { return outputs[idx[b]].Less(outputs[idx[a]]) })
	case 'S':
		sort.SliceStable(idx, func(a, b int) bool { return outputs[idx[a]].Less(outputs[idx[b]]) })
	}
	return idx
}

// takeFront splits a list after n units; the list itself is not changed.
func takeFront(q []Lot, n money.Amount) (front, rest []Lot) {
	for i, l := range q {
		if n.Less(l.N) {
			front = push(front, Lot{l.Colour, n})
			rest = append(make([]Lot, 0, len(q)-i), Lot{l.Colour, l.N.Sub(n)})
			return front, append(rest, q[i+1:]...)
		}
		front = append(front, l)
		n = n.Sub(l.N)
		if n.IsZero() {
			return front, q[i+1:]
		}
	}
	return front, nil
}

// payProrata lets every segment pay its share of the fee, by largest remainder
// over all segments in vin order.
func payProrata(inputs [][]Lot, fee money.Amount) (rest [][]Lot, feeLots []Lot) {
	var weights []money.Amount
	for _, in := range inputs {
		for _, l := range in {
			weights = append(weights, l.N)
		}
	}
	cut := money.Largest(fee, weights)
	k := 0
	rest = make([][]Lot, len(inputs))
	for i, in := range inputs {
		for _, l := range in {
			feeLots = push(feeLots, Lot{l.Colour, cut[k]})
			rest[i] = push(rest[i], Lot{l.Colour, l.N.Sub(cut[k])})
			k++
		}
	}
	return rest, feeLots
}
