package disk

import (
	"iter"
	"math/bits"
)

// nearness goes through items in an order that keeps near keys together, so that
// a table by key is written where a cache holds it, and not all over: some items
// at a time are put into buckets by the first bits of their keys, then taken
// bucket by bucket. Items of one key keep their order.
type nearness struct {
	rows  int
	shift int // of a key, to its bucket
	ends  []uint32
	pairs []pair
}

type pair struct{ key, item uint32 }

// nearBuckets is how many buckets there are.
const nearBuckets = 1 << 8

// nearItems go at a time: 32 MiB of pairs. Tests set it lower.
var nearItems = uint64(1 << 22)

func newNearness(rows int) *nearness {
	return &nearness{rows: rows, shift: max(0, bits.Len(uint(max(rows-1, 0)))-8), ends: make([]uint32, nearBuckets)}
}

// each gives the items from..to whose keys are below the rows, some at a time.
func (n *nearness) each(keyOf []uint32, from, to uint64) iter.Seq[[]pair] {
	return func(yield func([]pair) bool) {
		for ; from < to; from += nearItems {
			n.some(keyOf[from:min(from+nearItems, to)], uint32(from))
			if !yield(n.pairs) {
				return
			}
		}
	}
}

// some puts the items of keys, the first of which is first, into their buckets.
func (n *nearness) some(keys []uint32, first uint32) {
	clear(n.ends)
	all := uint32(0)
	for _, k := range keys {
		if int(k) < n.rows {
			n.ends[k>>n.shift]++
			all++
		}
	}
	if cap(n.pairs) < int(all) {
		n.pairs = make([]pair, all)
	}
	n.pairs = n.pairs[:all]
	at := uint32(0)
	for i, c := range n.ends {
		n.ends[i], at = at, at+c
	}
	for i, k := range keys {
		if int(k) < n.rows {
			b := k >> n.shift
			n.pairs[n.ends[b]] = pair{k, first + uint32(i)}
			n.ends[b]++
		}
	}
}
