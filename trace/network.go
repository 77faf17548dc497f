package trace

import (
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// network is the tainted sub-ledger of one asset as a flow network (tracing
// method, section 4.4): on coins a node per transaction and an edge per output,
// on accounts a node per payment and edges for payments and balances kept. The
// capacity of an edge is its value; the FIFO pass is a feasible flow.
type network struct {
	nodes    int32
	from, to []int32 // to is sink for an edge into a terminal
	capacity []money.Amount
	flow     [][]money.Amount // by view: the FIFO flow
	labels   []label
	sources  []sourceEdge
	index    *adjacency // made when bounds are asked for
}

// sink is the far end of an edge into a terminal; which terminal, the terminal
// knows.
const sink int32 = -1

// noID is no transfer in a label.
const noID = graph.None

// kinds of edge, for certificates
const (
	edgePay uint8 = iota
	edgeHold
	edgeFee
	edgeCoin
	edgeTheft
	edgeEnd
)

var edgeNames = [...]string{"pay", "hold", "fee", "coin", "theft", "end"}

// label says which entry of the ledger an edge is.
type label struct {
	kind    uint8
	id      graph.ID
	out     int32 // output of a coin edge; row of a seed
	account ledger.Account
}

// sourceEdge brings stolen value of one colour to a node.
type sourceEdge struct {
	node   int32
	amount money.Amount
	colour colour
	label  label
}

func newNetwork(views int) *network { return &network{flow: make([][]money.Amount, views)} }

func (n *network) node() int32 {
	n.nodes++
	return n.nodes - 1
}

// add makes an edge whose flow, by view, is the FIFO figure of what moves.
func (n *network) add(from, to int32, capacity money.Amount, moved []Figures, fifo int, l label) int32 {
	n.from, n.to = append(n.from, from), append(n.to, to)
	n.capacity = append(n.capacity, capacity)
	n.labels = append(n.labels, l)
	for v := range n.flow {
		n.flow[v] = append(n.flow[v], moved[v].Amounts[fifo])
	}
	return int32(len(n.from) - 1)
}

// source brings stolen value to a node.
func (n *network) source(node int32, amount money.Amount, c colour, l label) {
	n.sources = append(n.sources, sourceEdge{node, amount, c, l})
}

// truncate takes back what was added after a mark: undo.
func (n *network) truncate(m networkMark) {
	n.nodes = m.nodes
	n.from, n.to, n.capacity, n.labels = n.from[:m.edges], n.to[:m.edges], n.capacity[:m.edges], n.labels[:m.edges]
	for v := range n.flow {
		n.flow[v] = n.flow[v][:m.edges]
	}
	n.sources = n.sources[:m.sources]
	n.index = nil
}

type networkMark struct {
	nodes          int32
	edges, sources int
}

func (n *network) mark() networkMark { return networkMark{n.nodes, len(n.from), len(n.sources)} }

// adjacency lists the edges of each node.
type adjacency struct {
	outAt, inAt   []int32 // per node: where its edges begin; one more at the end
	outs, ins     []int32 // edge numbers
	sourcesAt     map[int32][]int
	level, arc    []int32
	seen          []uint32
	epoch         uint32
	queue         []int32
	supply, want  []money.Amount
	supplied, won []int32 // nodes with supply or want, to be cleared
}

func (n *network) adjacency() *adjacency {
	if n.index != nil {
		return n.index
	}
	a := &adjacency{
		outAt: make([]int32, n.nodes+1), inAt: make([]int32, n.nodes+1), sourcesAt: map[int32][]int{},
		level: make([]int32, n.nodes), arc: make([]int32, n.nodes), seen: make([]uint32, n.nodes),
		supply: make([]money.Amount, n.nodes), want: make([]money.Amount, n.nodes),
	}
	for e := range n.from {
		a.outAt[n.from[e]+1]++
		if n.to[e] != sink {
			a.inAt[n.to[e]+1]++
		}
	}
	for v := range n.nodes {
		a.outAt[v+1] += a.outAt[v]
		a.inAt[v+1] += a.inAt[v]
	}
	a.outs, a.ins = make([]int32, a.outAt[n.nodes]), make([]int32, a.inAt[n.nodes])
	outNext, inNext := append([]int32(nil), a.outAt...), append([]int32(nil), a.inAt...)
	for e := range n.from {
		a.outs[outNext[n.from[e]]] = int32(e)
		outNext[n.from[e]]++
		if t := n.to[e]; t != sink {
			a.ins[inNext[t]] = int32(e)
			inNext[t]++
		}
	}
	for i, s := range n.sources {
		a.sourcesAt[s.node] = append(a.sourcesAt[s.node], i)
	}
	n.index = a
	return a
}
