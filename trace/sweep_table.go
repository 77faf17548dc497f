package trace

import "math/bits"

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
