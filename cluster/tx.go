package cluster

import (
	"slices"

	"github.com/coldtrail/coldtrail/graph"
)

// End is one input or output of a transaction: who, and how much in atomic
// units.
type End struct {
	Account uint32
	Value   uint64
}

// Tx is what the detectors see of a transaction of coins.
type Tx struct {
	Ins []End
	// Outs leaves out outputs that carry data only (OP_RETURN); Data counts them.
	Outs []End
	Data int
	// Time is that of the block in Unix seconds; 0 is "not known".
	Time int64
	// Exchange says that an input's account is tagged as an exchange.
	Exchange bool

	// Filled by measure.
	inScripts, outScripts int
	topInput              int       // inputs of the account that has most of them
	values                []valueOf // ascending by value
	scratch               []uint32
}

// valueOf is an output value and how often it occurs.
type valueOf struct {
	value uint64
	n     int
}

// read fills t with a transaction of the columns.
func (t *Tx) read(c *graph.CoinColumns, tx uint32, data func(uint32) bool) {
	t.Ins, t.Outs, t.Data = t.Ins[:0], t.Outs[:0], 0
	from, to := c.Ins(tx)
	for _, out := range c.Coin[from:to] {
		t.Ins = append(t.Ins, End{c.Account[out], c.Value[out]})
	}
	from, to = c.Outs(tx)
	for i := from; i < to; i++ {
		if data != nil && data(c.Account[i]) {
			t.Data++
			continue
		}
		t.Outs = append(t.Outs, End{c.Account[i], c.Value[i]})
	}
}

// measure counts what the detectors ask for.
func (t *Tx) measure() {
	t.inScripts, t.topInput = t.distinct(t.Ins)
	t.outScripts, _ = t.distinct(t.Outs)
	t.values = t.values[:0]
	for _, o := range t.Outs {
		i, ok := slices.BinarySearchFunc(t.values, o.Value, func(v valueOf, x uint64) int {
			switch {
			case v.value < x:
				return -1
			case v.value > x:
				return 1
			}
			return 0
		})
		if !ok {
			t.values = slices.Insert(t.values, i, valueOf{value: o.Value})
		}
		t.values[i].n++
	}
}

// distinct counts the accounts of ends, and the ends of the most frequent one.
func (t *Tx) distinct(ends []End) (accounts, top int) {
	t.scratch = t.scratch[:0]
	for _, e := range ends {
		t.scratch = append(t.scratch, e.Account)
	}
	slices.Sort(t.scratch)
	run := 0
	for i, a := range t.scratch {
		if i > 0 && t.scratch[i-1] == a {
			run++
		} else {
			run = 1
			accounts++
		}
		top = max(top, run)
	}
	return accounts, top
}

// frequent is the output value that occurs most, the lowest of them.
func (t *Tx) frequent() (v valueOf) {
	for _, x := range t.values {
		if x.n > v.n {
			v = x
		}
	}
	return v
}
