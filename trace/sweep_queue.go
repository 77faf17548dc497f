package trace

import "math/bits"

// numberQueue is a set of numbers from which the smallest is taken: a tree of bits,
// 64 to a word, in which a level above says which words below are not empty. Adding
// and taking touch as many words as there are levels, four for 16 million.
type numberQueue struct{ levels [][]uint64 }

func (q *numberQueue) init(n int) {
	for n = max(n, 64); ; {
		n = (n + 63) / 64
		q.levels = append(q.levels, make([]uint64, n))
		if n == 1 {
			return
		}
	}
}

func (q *numberQueue) add(number uint32) {
	i := int(number)
	for l := range q.levels {
		w := &q.levels[l][i>>6]
		was := *w
		*w = was | 1<<(i&63)
		if was != 0 {
			return // the levels above know already
		}
		i >>= 6
	}
}

func (q *numberQueue) take() (uint32, bool) {
	top := len(q.levels) - 1
	if q.levels[top][0] == 0 {
		return 0, false
	}
	i := 0
	for l := top; l >= 0; l-- {
		i = i<<6 | bits.TrailingZeros64(q.levels[l][i])
	}
	number := uint32(i)
	for l := range q.levels {
		w := &q.levels[l][i>>6]
		*w &^= 1 << (i & 63)
		if *w != 0 {
			break
		}
		i >>= 6
	}
	return number, true
}

// clear empties the queue; it costs what is in it.
func (q *numberQueue) clear() {
	for {
		if _, ok := q.take(); !ok {
			return
		}
	}
}
