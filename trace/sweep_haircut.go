package trace

import (
	"cmp"
	"math/bits"
	"slices"
)

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
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.index, b.index))
	})
	for _, o := range order[:left] {
		parts[o.index]++
	}
	s.heap = order[:0]
}

// haircutTruncated shares as BlockSci does: see HaircutTruncated. The fee gets
// nothing.
func (s *Sweep) haircutTruncated(taint, value uint64, outs []uint64, _ uint64, parts []uint64) {
	for j, w := range outs {
		parts[j] = uint64(float64(w) * float64(taint) / float64(value))
	}
	parts[len(outs)] = 0
}
