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

// sparseEntries is up to how many transactions an inbox is a hash table; beyond,
// one cell a transaction is quicker.
const sparseEntries = 1 << 16

// inbox holds, per transaction, the taint that has arrived there and is not yet
// passed on, and gives it out in the order of transactions. A short trail keeps
// it in a hash table beside a txQueue, and its size does not follow the ledger; a
// long one in an array, read from where it stands, with a bit for every 64 cells
// that may not be empty.
type inbox struct {
	queue txQueue
	keys  []uint32 // tx+1, 0 is free
	vals  []uint64
	used  int
	shift uint
	dense []uint64 // in use
	spare []uint64 // all zero, for the next long trail
	some  []uint64 // of dense: blocks of 64 cells
	at    int      // of dense: the last transaction given out
	n     int
}

func (b *inbox) init(n int) {
	if b.keys == nil {
		b.n = n
		b.queue.init(n)
		b.resize(1 << 12)
		b.some = make([]uint64, n>>12+1)
	}
}

func (b *inbox) resize(size int) {
	keys, vals := b.keys, b.vals
	b.keys, b.vals, b.used = make([]uint32, size), make([]uint64, size), 0
	b.shift = uint(64 - bits.TrailingZeros(uint(size)))
	for i, k := range keys {
		if k != 0 {
			b.addSparse(k-1, vals[i])
		}
	}
}

// add brings taint to a transaction after the last one given out.
func (b *inbox) add(tx uint32, v uint64) {
	if b.dense != nil {
		b.dense[tx] += v
		b.some[tx>>12] |= 1 << (tx >> 6 & 63)
		return
	}
	b.addSparse(tx, v)
	b.queue.add(tx)
}

func (b *inbox) slot(tx uint32) int { return int((uint64(tx) + 1) * 0x9e3779b97f4a7c15 >> b.shift) }

func (b *inbox) addSparse(tx uint32, v uint64) {
	mask := len(b.keys) - 1
	i := b.slot(tx)
	for b.keys[i] != 0 && b.keys[i] != tx+1 {
		i = (i + 1) & mask
	}
	if b.keys[i] == 0 {
		b.keys[i] = tx + 1
		b.used++
	}
	b.vals[i] += v
	if b.used > len(b.keys)/2 {
		b.resize(2 * len(b.keys))
	}
}

// densify moves what is on its way to the array.
func (b *inbox) densify() {
	dense := b.spare
	if b.spare = nil; dense == nil {
		dense = make([]uint64, b.n)
	}
	b.at = b.n
	for i, k := range b.keys {
		if k != 0 {
			tx := k - 1
			dense[tx] = b.vals[i]
			b.some[tx>>12] |= 1 << (tx >> 6 & 63)
			b.at = min(b.at, int(tx))
		}
	}
	b.dense = dense
	b.queue.clear()
	clear(b.keys)
	b.used = 0
}

// next gives the first transaction that taint has arrived at, and how much, and
// forgets it; false when there is none.
func (b *inbox) next() (tx uint32, v uint64, ok bool) {
	if b.dense == nil {
		if b.used <= sparseEntries {
			if tx, ok = b.queue.take(); !ok {
				return 0, 0, false
			}
			return tx, b.takeSparse(tx), true
		}
		b.densify()
	}
	return b.nextDense()
}

func (b *inbox) nextDense() (uint32, uint64, bool) {
	for at := b.at; at < b.n; {
		if at&63 == 0 && b.some[at>>12]>>(at>>6&63)&1 == 0 {
			at += 64
			continue
		}
		if v := b.dense[at]; v != 0 {
			b.dense[at] = 0
			b.at = at
			return uint32(at), v, true
		}
		at++
		if at&63 == 0 {
			b.some[(at-1)>>12] &^= 1 << ((at - 1) >> 6 & 63)
		}
	}
	return 0, 0, false
}

// take gives what has arrived at a transaction that another inbox gave out.
func (b *inbox) take(tx uint32) uint64 {
	if b.dense != nil {
		v := b.dense[tx]
		b.dense[tx] = 0
		return v
	}
	return b.takeSparse(tx)
}

func (b *inbox) takeSparse(tx uint32) uint64 {
	mask := len(b.keys) - 1
	i := b.slot(tx)
	for b.keys[i] != tx+1 {
		if b.keys[i] == 0 {
			return 0
		}
		i = (i + 1) & mask
	}
	v := b.vals[i]
	// Close the gap, so that the table holds only what is on its way.
	for j := i; ; {
		b.keys[i], b.vals[i] = 0, 0
		for {
			j = (j + 1) & mask
			if b.keys[j] == 0 {
				b.used--
				return v
			}
			if home := b.slot(b.keys[j] - 1); (j-home)&mask >= (j-i)&mask {
				break
			}
		}
		b.keys[i], b.vals[i] = b.keys[j], b.vals[j]
		i = j
	}
}

// reset makes the inbox an empty table again. Unless the run was abandoned,
// everything that arrived has been taken.
func (b *inbox) reset(abandoned bool) {
	if b.keys == nil {
		return
	}
	if b.dense != nil {
		if clear(b.some); !abandoned {
			b.spare = b.dense
		}
		b.dense = nil
	}
	if b.used > 0 {
		clear(b.keys)
		clear(b.vals)
		b.used = 0
	}
	b.queue.clear()
	if len(b.keys) > 1<<14 {
		b.keys = b.keys[:0:0]
		b.vals = nil
		b.resize(1 << 12)
	}
}
