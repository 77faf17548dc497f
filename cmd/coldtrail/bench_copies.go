package main

import (
	"context"
	"fmt"
	"math"
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
	many := copied(b.columns, n)
	from, _ := b.columns.Outs(t.Tx)
	seed := from + t.Output
	last := seed + uint32(n-1)*uint32(len(b.columns.Value))
	for _, w := range shortTrails {
		one, err := b.shortRow(ctx, b.columns, seed, fmt.Sprintf("%s x1", w.name), t.Name, w.policies)
		if err != nil {
			return err
		}
		all, err := b.shortRow(ctx, many, last, fmt.Sprintf("%s x%d", w.name, n), t.Name, w.policies)
		if err != nil {
			return err
		}
		x, y := &b.rows[one], &b.rows[all]
		y.Ratio = int(1000 * y.Median / max(x.Median, time.Nanosecond))
		for i, f := range y.Figures {
			if x.Figures[i] != f {
				return fmt.Errorf("%s: %v, and %v on one copy: this is a defect of coldtrail", y.Name, y.Figures, x.Figures)
			}
		}
	}
	return nil
}

// shortRow adds the row of some policies, one after the other, on columns, and says
// which it is.
func (b *benchRun) shortRow(ctx context.Context, c graph.CoinColumns, seed uint32, name, theft string, policies []trace.Policy) (int, error) {
	s, err := trace.NewSweep(c, []uint32{seed}, nil)
	if err != nil {
		return 0, err
	}
	row := benchRow{Name: name, Theft: theft}
	for _, p := range policies {
		row.Limit += b.sweepTime(p, int(b.figures[theft+"."+string(p)+".transactions"]))
	}
	err = b.time(row, func() ([]figure, error) {
		var txs, ends uint64
		for _, p := range policies {
			r, err := s.Run(ctx, p)
			if err != nil {
				return nil, err
			}
			txs, ends = txs+uint64(r.Txs), ends+uint64(len(r.Ends))
		}
		return []figure{{"transactions", txs}, {"ends", ends}}, nil
	})
	return len(b.rows) - 1, err
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
