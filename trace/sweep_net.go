package trace

import (
	"context"
	"math/bits"
	"slices"
	"sort"
	"sync"

	"github.com/coldtrail/coldtrail/graph"
)

// flowNet is the trail as a flow network over columns (tracing method, 4.4): a
// node for each transaction that stolen value could reach, in the order of the
// chain, and an edge for each output of it. Edges of a node stand together, in
// the order of its outputs; a fee is a further end of its node. It is shared by
// all searches and never changes.
type flowNet struct {
	c     graph.CoinColumns
	txs   []uint32 // of each node, ascending
	first []uint32 // a node's edges; one more at the end
	head  []int32  // of each edge: the node it leads to, -1 for an end
	value []uint64 // of each edge
	tail  []uint32
	fee   []uint64 // of each node

	inFirst []uint32 // a node's edges in; one more at the end
	in      []uint32

	seeds []seedEdge // by node
	// reach is the most that could come to each node if all else were empty: made
	// once, by the first search from a group.
	reach    []uint64
	reachOne sync.Once
	words    []uint64 // nodes by transaction: a bitset, and how many lie before
	ranks    []uint32 // each word
}

// seedEdge brings stolen value to a node.
type seedEdge struct {
	node   int32
	amount uint64
	out    uint32
}

// network builds the flow network of the trail.
func (s *Sweep) network(ctx context.Context) (*flowNet, error) {
	n := &flowNet{c: s.c, words: make([]uint64, s.c.Txs()/64+1)}
	r := Swept{Policy: Poison}
	s.reached = &n.txs
	err := s.poison(ctx, &r)
	s.reached = nil
	if err != nil {
		return nil, err
	}
	for _, tx := range n.txs {
		n.words[tx>>6] |= 1 << (tx & 63)
	}
	n.ranks = make([]uint32, len(n.words))
	sum := uint32(0)
	for i, w := range n.words {
		n.ranks[i] = sum
		sum += uint32(bits.OnesCount64(w))
	}
	n.addEdges(s)
	n.addSeeds(s)
	return n, nil
}

// node is the number of a transaction's node; false when it has none.
func (n *flowNet) node(tx uint32) (int32, bool) {
	w, bit := n.words[tx>>6], uint64(1)<<(tx&63)
	if w&bit == 0 {
		return -1, false
	}
	return int32(n.ranks[tx>>6]) + int32(bits.OnesCount64(w&(bit-1))), true
}

func (n *flowNet) addEdges(s *Sweep) {
	edges := 0
	n.first = make([]uint32, len(n.txs)+1)
	for i, tx := range n.txs {
		from, to := s.c.Outs(tx)
		n.first[i] = uint32(edges)
		edges += int(to - from)
	}
	n.first[len(n.txs)] = uint32(edges)
	n.head, n.tail, n.value = make([]int32, edges), make([]uint32, edges), make([]uint64, edges)
	n.fee = make([]uint64, len(n.txs))
	n.inFirst = make([]uint32, len(n.txs)+1)
	for i, tx := range n.txs {
		n.fee[i] = s.c.Fee[tx]
		from, to := s.c.Outs(tx)
		for out := from; out < to; out++ {
			e := n.first[i] + out - from
			n.tail[e], n.value[e], n.head[e] = uint32(i), s.c.Value[out], -1
			if next, end := s.ends(out); !end && s.c.Value[out] > 0 {
				n.head[e], _ = n.node(next)
				n.inFirst[n.head[e]+1]++
			}
		}
	}
	for i := range n.txs {
		n.inFirst[i+1] += n.inFirst[i]
	}
	n.in = make([]uint32, n.inFirst[len(n.txs)])
	at := append([]uint32(nil), n.inFirst...)
	for e, h := range n.head {
		if h >= 0 {
			n.in[at[h]] = uint32(e)
			at[h]++
		}
	}
}

func (n *flowNet) addSeeds(s *Sweep) {
	for _, out := range s.seeds {
		if next, end := s.ends(out); !end && s.c.Value[out] > 0 {
			node, _ := n.node(next)
			n.seeds = append(n.seeds, seedEdge{node, s.c.Value[out], out})
		}
	}
	slices.SortStableFunc(n.seeds, func(a, b seedEdge) int { return int(a.node - b.node) })
}

// edgeOf is the edge of an output; false when its transaction is not on the
// trail, as that of a seed is not.
func (n *flowNet) edgeOf(out uint32) (uint32, bool) {
	tx := n.c.TxOf(out)
	i, ok := n.node(tx)
	if !ok {
		return 0, false
	}
	from, _ := n.c.Outs(tx)
	return n.first[i] + out - from, true
}

// outOf is the output of an edge.
func (n *flowNet) outOf(e uint32) uint32 {
	i := n.tail[e]
	from, _ := n.c.Outs(n.txs[i])
	return from + e - n.first[i]
}

// seedsOf encloses the seeds that go to a node.
func (n *flowNet) seedsOf(x int32) (from, to int) {
	s := n.seeds
	if len(s) == 0 || x < s[0].node || x > s[len(s)-1].node {
		return 0, 0
	}
	from = sort.Search(len(s), func(i int) bool { return s[i].node >= x })
	for to = from; to < len(s) && s[to].node == x; to++ {
	}
	return from, to
}

// fromSeeds gives reach.
func (n *flowNet) fromSeeds() []uint64 {
	n.reachOne.Do(func() {
		reach := make([]uint64, len(n.txs))
		for _, s := range n.seeds {
			reach[s.node] = addCapped(reach[s.node], s.amount)
		}
		for x := range n.txs {
			for e := n.first[x]; e < n.first[x+1]; e++ {
				if h := n.head[e]; h >= 0 {
					reach[h] = addCapped(reach[h], min(n.value[e], reach[x]))
				}
			}
		}
		n.reach = reach
	})
	return n.reach
}
