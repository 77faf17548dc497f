package report

import "math/bits"

// scale is an axis of whole numbers (cents, days, counts, parts of a million);
// axis is the one of time. Positions are whole thousandths of a pixel, computed
// without floats, so that every machine draws the same bytes.
type scale struct {
	from, until int64
	at, size    int // where from stands, and how far it is to until; size may be negative
	log         bool
}

// pos is where a value stands; values outside stand at the end.
func (s scale) pos(v int64) int {
	v = min(max(v, s.from), s.until)
	part, all := uint64(v)-uint64(s.from), uint64(s.until)-uint64(s.from) //nolint:gosec // two's complement: the difference is exact
	if s.log {
		low := log2(uint64(max(s.from, 1)))
		part, all = log2(uint64(max(v, 1)))-low, log2(uint64(max(s.until, 1)))-low
	}
	if all == 0 {
		return s.at
	}
	far, back := s.size, 1
	if far < 0 {
		far, back = -far, -1
	}
	hi, lo := bits.Mul64(part, uint64(far))
	q, _ := bits.Div64(hi, lo, all) // part <= all, so hi < all
	return s.at + back*int(q)
}

// logBits is how many binary places log2 has.
const logBits = 24

// log2 is the logarithm of v >= 1 to the base 2 in units of 2^-24, cut off: the
// whole part is the place of the highest bit, each further bit is found by
// squaring.
func log2(v uint64) uint64 {
	n := bits.Len64(v) - 1
	x := v << (63 - n)
	out := uint64(n)
	for range logBits {
		hi, lo := bits.Mul64(x, x)
		out <<= 1
		if hi>>63 == 1 {
			out |= 1
			x = hi
		} else {
			x = hi<<1 | lo>>63
		}
	}
	return out
}

// ticks are at most so many round values, 0 among them if the scale has it: in
// steps of 1, 2 or 5 times a power of ten, or powers of ten of a logarithmic
// scale.
func (s scale) ticks(most int) []int64 {
	var out []int64
	if s.log {
		for v := int64(1); v <= s.until; v *= 10 {
			if v >= s.from {
				out = append(out, v)
			}
			if v > s.until/10 {
				break
			}
		}
		for len(out) > most && len(out) > 2 {
			thin := out[:0:0]
			for i := 0; i < len(out); i += 2 {
				thin = append(thin, out[i])
			}
			out = thin
		}
		return out
	}
	step := roundStep(s.until-s.from, most)
	for v := (s.from / step) * step; v <= s.until; v += step {
		if v >= s.from {
			out = append(out, v)
		}
	}
	return out
}

// roundStep is the smallest of 1, 2, 5, 10, 20 ... that steps over a span in
// fewer than most steps.
func roundStep(span int64, most int) int64 {
	for p := int64(1); ; p *= 10 {
		for _, f := range []int64{1, 2, 5} {
			if span/(p*f) < int64(most) {
				return p * f
			}
		}
		if p > span {
			return p
		}
	}
}

// roundUp is the first round value at or above v.
func roundUp(v int64) int64 {
	if v <= 0 {
		return 1
	}
	step := roundStep(v, 6)
	return (v + step - 1) / step * step
}
