package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/trace"
)

// shortTrails are the rows that show that a short trail costs what it is long,
// not what the chain is.
var shortTrails = []struct {
	name     string
	policies []trace.Policy
}{
	{"poison", []trace.Policy{trace.Poison}},
	{"haircut", []trace.Policy{trace.Haircut}},
	{"scalars", []trace.Policy{trace.Poison, trace.Haircut, "tiho", "cifo", trace.OnePass}},
	{"seven", together},
}

// copies follows the theft of the shortest trail on one copy of the columns and
// in the last of several, and holds both to the same figures.
func (b *benchRun) copies(ctx context.Context) error {
	t, ok := b.shortest()
	if !ok {
		return nil
	}
	n := b.o.copies
	if float64(n)*float64(max(len(b.columns.Value), len(b.columns.Coin))) >= math.MaxUint32 {
		b.a.say("%d copies of this chain have too many outputs for numbers of 32 bits; left out", n)
		return nil
	}
	b.a.say("following %s on %d copies of the columns", t.Name, n)
	from, _ := b.columns.Outs(t.Tx)
	seed := from + t.Output
	one, err := trace.NewSweep(b.columns, []uint32{seed}, nil)
	if err != nil {
		return err
	}
	many, err := trace.NewSweep(copied(b.columns, n), []uint32{seed + uint32(n-1)*uint32(len(b.columns.Value))}, nil)
	if err != nil {
		return err
	}
	runtime.GC() // what was read so far is not to be collected while a row runs
	for _, w := range shortTrails {
		row := benchRow{Theft: t.Name}
		if p := w.policies[0]; len(w.policies) == 1 { // several read some rows once
			row.Limit = b.sweepTime(p, int(b.figures[t.Name+"."+string(p)+".transactions"]))
		}
		if err := b.pair(row, w.name, n, sweeps(ctx, one, w.policies), sweeps(ctx, many, w.policies)); err != nil {
			return err
		}
	}
	return nil
}

// pair runs the same work on one copy and on several by turns, so that what
// else the machine does falls on both, and adds a row for each.
func (b *benchRun) pair(row benchRow, name string, copies int, one, many func() ([]figure, error)) error {
	runs := b.o.runs
	if runs > 1 {
		runs = max(runs, shortRuns)
	}
	row.Name = name + " x1"
	var first, second []spent
	for i := range runs + 1 { // the first warms up
		x, err := row.run(one)
		if err != nil {
			return err
		}
		y, err := row.run(many) // the figures must be those of one copy
		if err != nil {
			return err
		}
		if i > 0 {
			first, second = append(first, x), append(second, y)
		}
	}
	b.finish(row, first)
	least := b.rows[len(b.rows)-1].Median
	row.Name = fmt.Sprintf("%s x%d", name, copies)
	b.finish(row, second)
	last := &b.rows[len(b.rows)-1]
	last.Ratio = int(1000 * last.Median / max(least, time.Nanosecond))
	return nil
}

// sweeps runs policies on one core, those that can in one pass.
func sweeps(ctx context.Context, s *trace.Sweep, policies []trace.Policy) func() ([]figure, error) {
	return func() ([]figure, error) {
		var txs, ends uint64
		all, err := s.RunAll(ctx, policies)
		for _, r := range all {
			txs, ends = txs+uint64(r.Txs), ends+uint64(len(r.Ends))
		}
		return []figure{{"transactions", txs}, {"ends", ends}}, err
	}
}

// shortest is the theft whose poison reaches the fewest transactions.
func (b *benchRun) shortest() (short benchTheft, ok bool) {
	least := uint64(math.MaxUint64)
	for _, t := range b.thefts {
		if n := b.figures[t.Name+".poison.transactions"]; n < least {
			short, least, ok = t, n, true
		}
	}
	return short, ok
}

// copied repeats columns: the same chain again and again, each copy by its own
// numbers, as if the ledger were so many times longer.
func copied(c graph.CoinColumns, times int) graph.CoinColumns {
	txs, outs, ins := times*c.Txs(), times*len(c.Value), times*len(c.Coin)
	n := graph.CoinColumns{
		TxOut: make([]uint32, 0, txs), TxIn: make([]uint32, 0, txs), Fee: make([]uint64, 0, txs),
		Value: make([]uint64, 0, outs), Account: make([]uint32, 0, outs), Spent: make([]uint32, 0, outs), Coin: make([]uint32, 0, ins),
	}
	for i := range uint32(times) {
		tx, out, in := i*uint32(c.Txs()), i*uint32(len(c.Value)), i*uint32(len(c.Coin))
		n.TxOut = appendMoved(n.TxOut, c.TxOut, out)
		n.TxIn = appendMoved(n.TxIn, c.TxIn, in)
		n.Coin = appendMoved(n.Coin, c.Coin, out)
		n.Fee = append(n.Fee, c.Fee...)
		n.Value = append(n.Value, c.Value...)
		n.Account = append(n.Account, c.Account...)
		for j, by := range c.Spent {
			if _, ok := c.Spender(uint32(j)); ok {
				n.Spent = append(n.Spent, by+tx)
			} else {
				n.Spent = append(n.Spent, 0)
			}
		}
	}
	return n
}

func appendMoved(to, from []uint32, by uint32) []uint32 {
	for _, x := range from {
		to = append(to, x+by)
	}
	return to
}
