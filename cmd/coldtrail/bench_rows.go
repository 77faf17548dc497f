package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/trace"
)

// benchRow is a line of the table.
type benchRow struct {
	Name  string
	Theft string // whose trail, or ""
	Runs  int
	// Median, Least and Most are of the runs' times.
	Median, Least, Most time.Duration
	// Processor is the median of what the runs had of the processors, all together:
	// on a machine that does other work, the nearer to what they would take alone.
	// 0 where the system does not say.
	Processor time.Duration
	// Limit is the time that the machine needs at the least; 0 is not computed.
	Limit   time.Duration
	Figures []figure
	// Ratio is the median to that of the same work on one copy of the columns,
	// in thousandths; 0 for rows that are no such.
	Ratio int
	once  bool // no run before those that count
}

// figure is what a row says, by a name that --expect may use.
type figure struct {
	name  string
	value uint64
}

// shortRun is a time below which a row is run at least shortRuns times.
const (
	shortRun  = 20 * time.Millisecond
	shortRuns = 31
)

// time runs the work of a row, keeps its times, and holds every run to the
// figures of the first.
func (b *benchRun) time(row benchRow, work func() ([]figure, error)) error {
	runs := b.o.runs
	if !row.once {
		took, err := row.run(work)
		if err != nil {
			return err
		}
		if took.wall < shortRun && runs > 1 {
			runs = max(runs, shortRuns)
		}
	}
	times := make([]spent, runs)
	for i := range times {
		var err error
		if times[i], err = row.run(work); err != nil {
			return err
		}
	}
	b.finish(row, times)
	return nil
}

// spent is what a run took: by the clock, and of the processors.
type spent struct{ wall, processor time.Duration }

// run does the work of a row once, and holds it to the figures of the runs
// before.
func (r *benchRow) run(work func() ([]figure, error)) (spent, error) {
	began, had := time.Now(), processorTime()
	got, err := work()
	took := spent{time.Since(began), processorTime() - had}
	if err != nil {
		return spent{}, fmt.Errorf("%s: %w", r.Name, err)
	}
	if r.Figures != nil && !slices.Equal(r.Figures, got) {
		return spent{}, fmt.Errorf("%s: two runs give %v and %v: this is a defect of coldtrail", r.Name, r.Figures, got)
	}
	r.Figures = got
	return took, nil
}

// finish adds a row with its times.
func (b *benchRun) finish(row benchRow, times []spent) {
	slices.SortFunc(times, func(a, b spent) int { return cmp.Compare(a.processor, b.processor) })
	n := len(times)
	row.Processor = times[n/2].processor
	slices.SortFunc(times, func(a, b spent) int { return cmp.Compare(a.wall, b.wall) })
	row.Runs, row.Median, row.Least, row.Most = n, times[n/2].wall, times[0].wall, times[n-1].wall
	b.add(row)
}

// add keeps a row, and its figures under their names: those of a theft under
// theft, row and figure, others under the figure alone.
func (b *benchRun) add(row benchRow) {
	b.rows = append(b.rows, row)
	for _, f := range row.Figures {
		name := f.name
		if row.Theft != "" {
			name = row.Theft + "." + row.Name + "." + name
		}
		b.figures[name] = f.value
	}
}

// bytesTime and placesTime are what so many bytes in order, or places at random,
// take one core at the least.
func (b *benchRun) bytesTime(n float64) time.Duration {
	return time.Duration(n / b.limits.Sequential * 1e9)
}

func (b *benchRun) placesTime(n float64) time.Duration {
	return time.Duration(n / b.limits.Interleaved * 1e9)
}

// measure makes the rows of what is in the store.
func (b *benchRun) measure(ctx context.Context) error {
	if err := b.scans(); err != nil {
		return err
	}
	if err := b.clusters(ctx); err != nil {
		return err
	}
	for _, t := range b.thefts {
		b.a.say("following %s", t.Name)
		if err := b.trail(ctx, t); err != nil {
			return err
		}
	}
	if b.o.copies > 1 && len(b.thefts) > 0 {
		return b.copies(ctx)
	}
	return nil
}

// scans go through columns from end to end, and through random transactions.
func (b *benchRun) scans() error {
	c := &b.columns
	outs, txs := float64(len(c.Value)), float64(c.Txs())
	err := b.time(benchRow{Name: "max output", Limit: b.bytesTime(8 * outs)}, func() ([]figure, error) {
		most := uint64(0)
		for _, v := range c.Value {
			most = max(most, v)
		}
		return []figure{{"max-output", most}}, nil
	})
	if err != nil {
		return err
	}
	err = b.time(benchRow{Name: "sums", Limit: b.bytesTime(12*outs + 8*txs)}, func() ([]figure, error) {
		var unspent, fees uint64
		spenders := uint32(c.Txs()) - 1
		for i, v := range c.Value {
			if c.Spent[i]-1 >= spenders { // as CoinColumns.Spender
				unspent += v
			}
		}
		for _, f := range c.Fee {
			fees += f
		}
		return []figure{{"unspent-sum", unspent}, {"fees", fees}}, nil
	})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 'f'))
	frontier := make([]uint32, 100_000)
	for i := range frontier {
		frontier[i] = uint32(r.IntN(c.Txs()))
	}
	return b.time(benchRow{Name: "frontier", Limit: b.placesTime(2 * float64(len(frontier)))}, func() ([]figure, error) {
		edges, sum := uint64(0), uint64(0)
		for _, tx := range frontier {
			from, to := c.Outs(tx)
			for _, by := range c.Spent[from:to] {
				edges++
				sum += uint64(by)
			}
		}
		return []figure{{"edges", edges}, {"spenders-sum", sum}}, nil
	})
}

// clusters joins inputs by BlockSci's rule for CoinJoins, so that the figures can
// be compared with its.
func (b *benchRun) clusters(ctx context.Context) error {
	b.a.say("clustering")
	row := benchRow{Name: "clusters", once: true, Limit: b.placesTime(2*float64(len(b.columns.Coin))) + b.bytesTime(4*float64(len(b.columns.Coin)))}
	return b.time(row, func() ([]figure, error) {
		r, err := cluster.Build(ctx, b.store, nil, cluster.Params{Rules: []string{"generic"}})
		if err != nil {
			return nil, err
		}
		b.labels = r.Labels
		return []figure{{"clusters", uint64(len(r.Clusters))}, {"coinjoins", uint64(len(r.Excluded))}}, nil
	})
}

// sweepTime is what a sweep over so many transactions takes at the least, by what
// it must read in order: where the trail is short, a line of each column for each
// transaction, since a row's neighbours are not asked for; where it is long, the
// columns. All but poison write an amount and its place for each output, and read
// it again; orders that line up inputs look each of them up.
func (b *benchRun) sweepTime(p trace.Policy, txs int) time.Duration {
	c := &b.columns
	n, all := float64(txs), float64(max(c.Txs(), 1))
	outs, ins := n*float64(len(c.Value))/all, n*float64(len(c.Coin))/all
	const lines, letter = 4 * 64, 2 * 10 // bytes: of first output, value, spender and fee; of an amount on its way
	least := b.bytesTime(min(lines*n, 12*all+12*float64(len(c.Value))))
	s := string(p)
	switch {
	case p == trace.Poison:
		return least
	case p == trace.Haircut, p == trace.HaircutTruncated, p == trace.OnePass, s[0] == 't', s[0] == 'c':
		return least + b.bytesTime(letter*outs)
	}
	return least + b.placesTime(ins)
}

// benchPolicies are all that a sweep knows, the orders under their own names.
func benchPolicies() []trace.Policy {
	return append([]trace.Policy{trace.Poison, trace.Haircut, trace.HaircutTruncated, trace.OnePass}, trace.Orders()...)
}

// together are the policies of the rows that run several.
var together = []trace.Policy{trace.Poison, trace.Haircut, "fifo", "lifo", "tiho", "cifo", trace.OnePass}

func sweptFigures(r trace.Swept) []figure {
	f := []figure{{"transactions", uint64(r.Txs)}, {"ends", uint64(len(r.Ends))}}
	if !r.Over {
		f = append(f, figure{"sum", r.Sum})
	}
	return append(f, figure{"fees", r.Fees})
}

// trail follows one theft: each policy, several together, and the bounds.
func (b *benchRun) trail(ctx context.Context, t benchTheft) error {
	from, _ := b.columns.Outs(t.Tx)
	seeds := []uint32{from + t.Output}
	s, err := trace.NewSweep(b.columns, seeds, nil)
	if err != nil {
		return err
	}
	b.figures[t.Name+".stolen"] = s.Stolen()
	limits := map[trace.Policy]time.Duration{}
	for _, p := range benchPolicies() {
		err := b.time(benchRow{Name: string(p), Theft: t.Name}, func() ([]figure, error) {
			r, err := s.Run(ctx, p)
			return sweptFigures(r), err
		})
		if err != nil {
			return err
		}
		row := &b.rows[len(b.rows)-1]
		row.Limit = b.sweepTime(p, int(row.Figures[0].value))
		limits[p] = row.Limit
	}
	for _, workers := range slices.Compact([]int{1, b.machine.Cores}) {
		row := benchRow{Name: fmt.Sprintf("seven on %d cores", workers), Theft: t.Name}
		if workers == 1 {
			row.Name = "seven on 1 core"
		}
		for _, p := range together {
			row.Limit += limits[p] / time.Duration(workers)
		}
		if err := b.time(row, func() ([]figure, error) { return b.seven(ctx, seeds, workers) }); err != nil {
			return err
		}
	}
	if b.o.groups == 0 {
		return nil
	}
	return b.bounds(ctx, t, seeds)
}

func (b *benchRun) seven(ctx context.Context, seeds []uint32, workers int) ([]figure, error) {
	all, err := trace.SweepAll(ctx, b.columns, seeds, nil, together, workers)
	n := uint64(0)
	for _, r := range all {
		n += uint64(len(r.Ends))
	}
	return []figure{{"policies", uint64(len(all))}, {"ends", n}}, err
}

// bounds bounds groups of the largest holders, ten clusters each, largest first.
func (b *benchRun) bounds(ctx context.Context, t benchTheft, seeds []uint32) error {
	groups, err := b.holders(ctx, seeds)
	if err != nil || len(groups) == 0 {
		return err
	}
	row := benchRow{Name: fmt.Sprintf("bounds of %d groups", len(groups)), Theft: t.Name, once: true}
	return b.time(row, func() ([]figure, error) {
		found, err := trace.SweepBounds(ctx, b.columns, seeds, nil, groups, trace.BoundOptions{Workers: b.machine.Cores, Limit: b.o.timeLimit})
		if err != nil {
			return nil, err
		}
		var exact, low, high uint64
		for _, x := range found {
			if x.L > x.U {
				return nil, errors.New("a bound is below the other: this is a defect of coldtrail")
			}
			low, high = low+x.L, high+x.U
			if x.TightL && x.TightU {
				exact++
			}
		}
		return []figure{{"exact", exact}, {"least-sum", low}, {"most-sum", high}}, nil
	})
}

// holders groups what poison reaches and nobody has spent by cluster, and takes
// the clusters that hold most, ten to a group.
func (b *benchRun) holders(ctx context.Context, seeds []uint32) ([][]uint32, error) {
	s, err := trace.NewSweep(b.columns, seeds, nil)
	if err != nil {
		return nil, err
	}
	reached, err := s.Run(ctx, trace.Poison)
	if err != nil {
		return nil, err
	}
	type holder struct {
		label uint32
		value uint64
		outs  []uint32
	}
	at := map[uint32]int{}
	var all []holder
	for _, e := range reached.Ends {
		label := b.labels[b.columns.Account[e.Out]]
		i, ok := at[label]
		if !ok {
			i = len(all)
			at[label] = i
			all = append(all, holder{label: label})
		}
		all[i].value += b.columns.Value[e.Out]
		all[i].outs = append(all[i].outs, e.Out)
	}
	slices.SortFunc(all, func(x, y holder) int {
		return cmp.Or(cmp.Compare(y.value, x.value), cmp.Compare(x.label, y.label))
	})
	groups := make([][]uint32, min(b.o.groups, (len(all)+9)/10))
	for i := range groups {
		for _, h := range all[10*i : min(10*i+10, len(all))] {
			groups[i] = append(groups[i], h.outs...)
		}
	}
	return groups, nil
}
