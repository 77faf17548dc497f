package cluster

import (
	"context"

	"github.com/coldtrail/coldtrail/graph"
)

// Edge is one merge of the base layer, with its evidence: two accounts that Tx
// spends from.
type Edge struct {
	Tx   uint32
	A, B uint32
}

// base is the common-input layer while it is made.
type base struct {
	c      *graph.CoinColumns
	forest Forest
	// excludes says that a transaction with at least two inputs and three
	// outputs joins nobody.
	excludes func(tx uint32) bool
	// record, if set, is told of each merge.
	record   func(Edge)
	excluded int
	owners   []uint32
}

// stretch is how many transactions are gathered before they are joined: their
// owners are looked up together, so that the memory works on many at once.
const stretch = 4096

// run joins the inputs of transactions from up to, not including, to.
func (b *base) run(ctx context.Context, from, to uint32) error {
	for at := from; at < to; at += stretch {
		if err := ctx.Err(); err != nil {
			return err
		}
		b.join(at, min(at+stretch, to))
	}
	return nil
}

func (b *base) join(from, to uint32) {
	c := b.c
	first, end := c.TxIn[from], uint32(len(c.Coin))
	if int(to) < len(c.TxIn) {
		end = c.TxIn[to]
	}
	b.owners = b.owners[:0]
	for _, out := range c.Coin[first:end] {
		b.owners = append(b.owners, c.Account[out])
	}
	for tx := from; tx < to; tx++ {
		i, j := c.Ins(tx)
		if j-i < 2 {
			continue
		}
		if x, y := c.Outs(tx); y-x >= 3 && b.excludes != nil && b.excludes(tx) {
			b.excluded++
			continue
		}
		owners := b.owners[i-first : j-first]
		for _, o := range owners[1:] {
			if b.forest.Union(owners[0], o) && b.record != nil {
				b.record(Edge{tx, owners[0], o})
			}
		}
	}
}
