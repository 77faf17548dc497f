package money

import "sort"

// Largest splits total in proportion to weights by the largest-remainder rule:
// each share is floor(total*w/Σw), and the units left over go one each to the
// largest remainders, ties to the lower index. The shares sum to total exactly,
// each is within one unit of the real share and, for total <= Σw, at most its
// weight. With Σw = 0 all shares are zero.
//
// It is the haircut of "Tracing stolen value" section 2.2.
func Largest(total Amount, weights []Amount) []Amount {
	shares := make([]Amount, len(weights))
	base := Sum(weights...)
	if base.IsZero() || total.IsZero() {
		return shares
	}
	rems := make([]Amount, len(weights))
	left := total
	for i, w := range weights {
		shares[i], rems[i] = total.MulDiv(w, base)
		left = left.Sub(shares[i])
	}
	if left.IsZero() {
		return shares
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return rems[order[j]].Less(rems[order[i]]) })
	// left < len(weights), since each remainder is below base.
	for i := uint64(0); i < left.lo; i++ {
		shares[order[i]] = shares[order[i]].Add(Units(1))
	}
	return shares
}

// Percent returns part/whole in percent with two decimals, cut off, for people
// to read: "54.96". With whole zero it returns "0.00".
func Percent(part, whole Amount) string {
	if whole.IsZero() {
		return "0.00"
	}
	q, _ := part.MulDiv(Units(10000), whole)
	s := q.Decimal(2)
	if q.lo%100 == 0 {
		return s + ".00"
	}
	if q.lo%10 == 0 {
		return s + "0"
	}
	return s
}
