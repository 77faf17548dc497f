package trace

import "math/bits"

// txQueue is a set of transaction numbers from which the smallest is taken: a tree
// of 64-ary bitsets, each level a summary of the one below. Numbers are only
// added above the last one taken. It is empty after use, and then used again at
// no cost; memory that is not touched is never there.
type txQueue struct{ levels [][]uint64 }

func (q *txQueue) init(n int) {
	for n = max(n, 64); ; {
		n = (n + 63) / 64
		q.levels = append(q.levels, make([]uint64, n))
		if n == 1 {
			return
		}
	}
}

func (q *txQueue) add(tx uint32) {
	i := int(tx)
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

// take removes the smallest number; false when there is none.
func (q *txQueue) take() (uint32, bool) {
	top := len(q.levels) - 1
	if q.levels[top][0] == 0 {
		return 0, false
	}
	i := 0
	for l := top; l >= 0; l-- {
		i = i<<6 | bits.TrailingZeros64(q.levels[l][i])
	}
	tx := uint32(i)
	for l := range q.levels {
		w := &q.levels[l][i>>6]
		*w &^= 1 << (i & 63)
		if *w != 0 {
			break
		}
		i >>= 6
	}
	return tx, true
}

// forgetLevels leaves only the lowest level, for a caller that goes through it
// himself and leaves it empty.
func (q *txQueue) forgetLevels() []uint64 {
	for _, level := range q.levels[1:] {
		clear(level)
	}
	return q.levels[0]
}

// clear empties the queue after a run that did not end.
func (q *txQueue) clear() {
	for {
		if _, ok := q.take(); !ok {
			return
		}
	}
}

// table finds a small number of values by output: open addressing, the values
// beside their keys.
type table struct {
	cells []tableCell
	used  int
	shift uint
}

type tableCell struct {
	key  uint32 // output+1, 0 is free
	list segmentList
}

func (t *table) resize(size int) {
	old, mask := t.cells, size-1
	t.cells = make([]tableCell, size)
	t.shift = uint(64 - bits.TrailingZeros(uint(size)))
	for _, c := range old {
		if c.key == 0 {
			continue
		}
		i := t.slot(c.key - 1)
		for t.cells[i].key != 0 {
			i = (i + 1) & mask
		}
		t.cells[i] = c
	}
}

func (t *table) slot(out uint32) int { return int((uint64(out) + 1) * 0x9e3779b97f4a7c15 >> t.shift) }

// put adds an output that is not there.
func (t *table) put(out uint32, list segmentList) {
	if t.used++; 2*t.used > len(t.cells) {
		t.resize(max(1<<10, 2*len(t.cells)))
	}
	mask := len(t.cells) - 1
	i := t.slot(out)
	for t.cells[i].key != 0 {
		i = (i + 1) & mask
	}
	t.cells[i] = tableCell{out + 1, list}
}

// take gives what an output has, and removes it; false when it has nothing.
func (t *table) take(out uint32) (list segmentList, ok bool) {
	if t.used == 0 {
		return list, false
	}
	mask := len(t.cells) - 1
	i := t.slot(out)
	for t.cells[i].key != out+1 {
		if t.cells[i].key == 0 {
			return list, false
		}
		i = (i + 1) & mask
	}
	list = t.cells[i].list
	t.used--
	// Close the gap, so that no search ends too early.
	for j := i; ; {
		t.cells[i] = tableCell{}
		for {
			j = (j + 1) & mask
			if t.cells[j].key == 0 {
				return list, true
			}
			if home := t.slot(t.cells[j].key - 1); (j-home)&mask >= (j-i)&mask {
				break
			}
		}
		t.cells[i] = t.cells[j]
		i = j
	}
}

// reset empties the table.
func (t *table) reset() {
	if t.used > 0 {
		clear(t.cells)
		t.used = 0
	}
}
