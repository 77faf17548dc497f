package cluster

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// Edge is one merge of the base layer, with its evidence: two accounts that Tx
// spends from, or, when Tx is NoTx, two accounts of one key or script.
type Edge struct {
	Tx   uint32
	A, B uint32
}

// NoTx is the evidence of accounts that are one by their keys.
const NoTx = ^uint32(0)

// Exclusion is a transaction that joins nobody, and the place of the rule that
// says so in the parameters.
type Exclusion struct {
	Tx   uint32
	Rule uint32
}

// Cut takes evidence back: the inputs of an address in a transaction say
// nothing. Without an address no input of the transaction does.
type Cut struct {
	Tx      string         `json:"tx"`
	Address ledger.Account `json:"address,omitempty"`
}

func compareCuts(a, b Cut) int {
	return cmp.Or(cmp.Compare(a.Tx, b.Tx), cmp.Compare(a.Address, b.Address))
}

// cut is a Cut by numbers.
type cut struct{ tx, account uint32 }

// everyAccount in a cut stands for all inputs of the transaction.
const everyAccount = ^uint32(0)

// cutNumbers finds the cuts in a store, by transaction. What the store does not
// have, any more or yet, cuts nothing.
func cutNumbers(s *graph.Store, cuts []Cut) ([]cut, error) {
	var out []cut
	for _, c := range cuts {
		ids, err := s.Find(c.Tx)
		if err != nil && !errors.Is(err, graph.ErrNotFound) {
			return nil, err
		}
		account, ok := uint32(everyAccount), true
		if c.Address != "" {
			account, ok = s.AccountNumber(c.Address)
		}
		for _, id := range ids {
			if ok {
				out = append(out, cut{uint32(id), account})
			}
		}
	}
	slices.SortFunc(out, func(a, b cut) int { return cmp.Or(compare(a.tx, b.tx), compare(a.account, b.account)) })
	return out, nil
}

func compare(a, b uint32) int { return cmp.Compare(a, b) }

// base is the common-input layer while it is made.
type base struct {
	c      *graph.CoinColumns
	forest Forest
	// rule gives the place of the rule that excludes a transaction of at least
	// two inputs and three outputs, or -1.
	rule     func(tx uint32) int
	cuts     []cut // by transaction
	keep     bool  // the evidence of each merge
	edges    []Edge
	excluded []Exclusion
	owners   []uint32 // of the inputs of a stretch
	ends     []uint32 // where each transaction's end
	parents  uint32
}

// stretch is how many transactions are gathered before they are joined: their
// owners, and the owners' parents, are looked up together, so that the memory
// works on many at once.
const stretch = 1024

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
	b.gather(from, to)
	at := uint32(0)
	for tx, end := range b.ends {
		owners := b.owners[at:end]
		at = end
		if len(owners) == 0 {
			continue
		}
		tx := from + uint32(tx)
		if x, y := b.c.Outs(tx); y-x >= 3 && b.rule != nil {
			if r := b.rule(tx); r >= 0 {
				b.excluded = append(b.excluded, Exclusion{tx, uint32(r)})
				continue
			}
		}
		if len(b.cuts) > 0 {
			owners = b.uncut(tx, owners)
		}
		for k := 1; k < len(owners); k++ {
			if b.forest.Union(owners[0], owners[k]) && b.keep {
				b.edges = append(b.edges, Edge{tx, owners[0], owners[k]})
			}
		}
	}
}

// gather looks up the owners of the inputs of transactions that have several,
// and where they end among all, by transaction.
func (b *base) gather(from, to uint32) {
	account, coins := b.c.Account, b.c.Coin
	first := b.c.TxIn[from]
	_, last := b.c.Ins(to - 1)
	if n := int(last - first); cap(b.owners) < n {
		b.owners = make([]uint32, n)
	}
	owners, ends := b.owners[:cap(b.owners)], b.ends[:0]
	n, i := 0, first
	for tx := from; tx < to; tx++ {
		j := last
		if tx+1 < to {
			j = b.c.TxIn[tx+1]
		}
		if j-i >= 2 {
			for _, out := range coins[i:j] {
				owners[n] = account[out]
				n++
			}
		}
		ends = append(ends, uint32(n))
		i = j
	}
	parents := uint32(0)
	for _, o := range owners[:n] {
		parents ^= b.forest[o]
	}
	b.owners, b.ends, b.parents = owners[:n], ends, parents // parents: so that the reads are not left out
}

// uncut leaves out the owners whose evidence was taken back.
func (b *base) uncut(tx uint32, owners []uint32) []uint32 {
	at, _ := slices.BinarySearchFunc(b.cuts, tx, func(c cut, tx uint32) int { return compare(c.tx, tx) })
	for ; at < len(b.cuts) && b.cuts[at].tx == tx; at++ {
		if b.cuts[at].account == everyAccount {
			return nil
		}
		owners = slices.DeleteFunc(owners, func(o uint32) bool { return o == b.cuts[at].account })
	}
	return owners
}
