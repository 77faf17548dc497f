package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// benching holds the flags of bench.
type benching struct {
	txs, copies, groups, runs   int
	seed                        uint64
	blocks, store, network      string
	work, expect, limit, memory string
	thefts                      []string
	timeLimit                   time.Duration
	asJSON                      bool
}

func (a *app) benchCommand() *cobra.Command {
	o := &benching{}
	cmd := &cobra.Command{
		Use: "bench", Short: "Measure this machine and this program on a chain, and prove the results", Args: noArgs,
		Long: `bench makes a chain of block files with heists planted in it (or takes yours), reads
it into a store, goes through its columns, clusters it, follows the thefts under
every policy and bounds the largest holders. Each row says its time (the median of
the runs), the processor time in it (of all cores together, and the figure to trust
where the machine does other work), what came out, and the time that the machine
would need at the least, as measured on the spot: bytes at the speed of reading a
mapped file in order, places at the speed of sixteen random reads side by side.

What came out is compared with what was planted, or with the figures of --expect: a
file of names and numbers as the rows say them, or bench5m, for the chain that
docs/benchmarks.md speaks of. A difference ends with exit code 3.`,
		Example: `  coldtrail bench
  coldtrail bench --txs 5000000 --seed 2 --work /var/tmp
  coldtrail bench --blocks chain/blocks --expect bench5m --json
  coldtrail bench --store btc --theft heist=TXID:0 --runs 3`,
		RunE: func(c *cobra.Command, _ []string) error { return a.bench(c.Context(), o) },
	}
	f := cmd.Flags()
	f.IntVar(&o.txs, "txs", 200_000, "transactions of the chain to make, coinbases apart")
	f.Uint64Var(&o.seed, "seed", 1, "of the chain to make")
	f.StringVar(&o.blocks, "blocks", "", "folder of block files to measure on instead")
	f.StringVar(&o.network, "network", "", "of --blocks (default: by the magic of the first block)")
	f.StringVarP(&o.store, "store", "s", "", "store to measure on instead; nothing is ingested")
	f.StringArrayVar(&o.thefts, "theft", nil, "NAME=TX:VOUT to follow; repeat (default: those of the expected figures)")
	f.StringVar(&o.expect, "expect", "", "file of expected figures, or bench5m")
	f.StringVar(&o.work, "work", "", "folder for the chain and the stores, which are removed (default: the system's for such)")
	f.StringVar(&o.memory, "memory", "2GiB", "private memory to stay within while ingesting")
	f.IntVar(&o.runs, "runs", 5, "runs of each row; those of a few milliseconds are run more often")
	f.IntVar(&o.groups, "groups", 10, "groups of ten holders to bound exactly; 0 leaves the bounds out")
	f.DurationVar(&o.timeLimit, "time-limit", time.Minute, "for the bounds of one group")
	f.IntVar(&o.copies, "copies", 4, "copies of the columns on which the shortest trail is followed again; 1 leaves it out")
	f.StringVar(&o.limit, "limit-size", "256MiB", "size of the file on which the limits of the machine are measured")
	f.BoolVar(&o.asJSON, "json", false, "JSON Lines")
	return cmd
}

// benchRun is a benchmark under way, and what it has to say.
type benchRun struct {
	a       *app
	o       *benching
	dir     string // of work
	machine machine
	limits  limits
	want    *expected
	source  string // "generated", "blocks" or "store"
	store   *graph.Store
	columns graph.CoinColumns
	thefts  []benchTheft
	labels  []uint32 // cluster of each account
	rows    []benchRow
	figures map[string]uint64
	bad     []mismatch
}

func (a *app) bench(ctx context.Context, o *benching) (err error) {
	if o.blocks != "" && o.store != "" {
		return usagef("give --blocks or --store, not both")
	}
	if o.runs < 1 || o.txs < 1 || o.copies < 1 || o.groups < 0 {
		return usagef("--runs, --txs and --copies are at least 1, --groups at least 0")
	}
	if o.network != "" && o.blocks == "" {
		return usagef("--network goes with --blocks")
	}
	size, err := parseBytes(o.limit)
	if err != nil {
		return usagef("--limit-size %q: want a size such as 256MiB", o.limit)
	}
	b := &benchRun{a: a, o: o, machine: thisMachine(), figures: map[string]uint64{}}
	if b.want, err = readExpected(o.expect); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp(o.work, "coldtrail-bench-"); err != nil {
		return err
	}
	defer func() {
		if b.store != nil {
			err = errors.Join(err, b.store.Close())
		}
		err = errors.Join(err, os.RemoveAll(b.dir))
	}()
	a.say("measuring the machine")
	if b.limits, err = measureLimits(b.dir, size, o.runs); err != nil {
		return err
	}
	if err := b.ready(ctx); err != nil {
		return err
	}
	if err := b.measure(ctx); err != nil {
		return err
	}
	if b.bad = b.want.compare(b.figures); len(b.bad) > 0 {
		a.code = exitFound
	}
	if o.asJSON {
		return b.json(a.out)
	}
	return b.text(a.out)
}

// ready opens the store to measure on, after making and ingesting what it holds.
func (b *benchRun) ready(ctx context.Context) (err error) {
	path := b.o.store
	switch {
	case path != "":
		b.source = "store"
	case b.o.blocks != "":
		b.source = "blocks"
		path, err = b.ingest(ctx, b.o.blocks)
	default:
		b.source = "generated"
		var blocks string
		if blocks, err = b.generate(ctx); err == nil {
			path, err = b.ingest(ctx, blocks)
		}
	}
	if err != nil {
		return err
	}
	if b.store, err = openStore(path); err != nil {
		return err
	}
	var ok bool
	if b.columns, ok = b.store.CoinColumns(); !ok {
		return usagef("%s is no ledger of coins in 64 bits", path)
	}
	return b.findThefts()
}

// generate makes the chain, and expects of it what was planted, beside what the
// user expects.
func (b *benchRun) generate(ctx context.Context) (dir string, err error) {
	dir = filepath.Join(b.dir, "blocks")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	b.a.say("making a chain of %d transactions", b.o.txs)
	began, had := time.Now(), processorTime()
	truth, err := ledgertest.BlockFiles{Seed: b.o.seed, Txs: b.o.txs, Magic: bitcoin.Regtest.Magic, Hash160: bitcoin.Hash160}.Write(ctx, dir)
	if err != nil {
		return "", err
	}
	took := time.Since(began)
	b.add(benchRow{Name: "generate", Runs: 1, Processor: processorTime() - had, Median: took, Least: took, Most: took, Figures: []figure{{"blocks", uint64(truth.Blocks)}}})
	if b.o.expect == "" {
		b.want = planted(truth)
	}
	return dir, nil
}

// ingest reads block files into a store, once each run, and keeps the last.
func (b *benchRun) ingest(ctx context.Context, blocks string) (path string, err error) {
	memory, err := parseBytes(b.o.memory)
	if err != nil {
		return "", err
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memory))
	files, err := filepath.Glob(filepath.Join(blocks, "blk*.dat"))
	if err != nil {
		return "", err
	}
	size := int64(0)
	for _, f := range files {
		st, err := os.Stat(f)
		if err != nil {
			return "", err
		}
		size += st.Size()
	}
	path = filepath.Join(b.dir, "store")
	work := func() ([]figure, error) {
		if err := os.RemoveAll(path); err != nil {
			return nil, err
		}
		return b.ingestOnce(ctx, blocks, path)
	}
	b.a.say("ingesting %s, %d runs", blocks, b.o.runs)
	if err := b.time(benchRow{Name: "ingest", once: true}, work); err != nil {
		return "", err
	}
	row := &b.rows[len(b.rows)-1]
	n := float64(3*b.figures["inputs"] + 2*b.figures["outputs"]) // look-ups
	seconds := n/b.limits.Interleaved + float64(size)/b.limits.Sequential + float64(size)/b.limits.Hash
	row.Limit = time.Duration(seconds / float64(b.machine.Cores) * 1e9)
	return path, nil
}

func (b *benchRun) ingestOnce(ctx context.Context, blocks, path string) ([]figure, error) {
	var opt bitcoin.Options
	if b.o.network != "" {
		n, err := bitcoin.NetworkByName(b.o.network)
		if err != nil {
			return nil, usagef("%v", err)
		}
		opt.Network = n
	}
	src, err := bitcoin.OpenContext(ctx, blocks, opt)
	if err != nil {
		return nil, err
	}
	w, err := graph.OpenWriter(path, codecs()...)
	if err != nil {
		return nil, err
	}
	_, err = graph.Ingest(ctx, w, src, graph.IngestOptions{})
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	s, err := openStore(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	c, ok := s.CoinColumns()
	if !ok {
		return nil, usagef("%s is no ledger of coins in 64 bits", blocks)
	}
	return countsOf(s, &c), nil
}

// countsOf are the figures of a store as a whole.
func countsOf(s *graph.Store, c *graph.CoinColumns) []figure {
	return []figure{
		{"blocks", uint64(len(s.FirstOfBlocks()))}, {"transactions", uint64(c.Txs())},
		{"inputs", uint64(len(c.Coin))}, {"outputs", uint64(len(c.Value))}, {"accounts", uint64(s.Accounts())},
	}
}

// findThefts takes the thefts of the flags, or those of the expected figures.
func (b *benchRun) findThefts() error {
	for _, f := range countsOf(b.store, &b.columns) {
		b.figures[f.name] = f.value
	}
	b.thefts = b.want.Thefts
	if len(b.o.thefts) > 0 {
		b.thefts = nil
	}
	for _, t := range b.o.thefts {
		outs, err := sweepSeeds(b.store, &b.columns, []string{t})
		if err != nil {
			return err
		}
		name, _, _ := strings.Cut(t, "=")
		tx := b.columns.TxOf(outs[0])
		from, _ := b.columns.Outs(tx)
		b.thefts = append(b.thefts, benchTheft{Name: name, Tx: tx, Output: outs[0] - from})
	}
	for _, t := range b.thefts {
		if int(t.Tx) >= b.columns.Txs() {
			return fmt.Errorf("theft %s: transaction %d of %d; the chain is another than the one expected", t.Name, t.Tx, b.columns.Txs())
		}
		if from, to := b.columns.Outs(t.Tx); t.Output >= to-from {
			return fmt.Errorf("theft %s: transaction %d has %d outputs, no number %d; the chain is another than the one expected", t.Name, t.Tx, to-from, t.Output)
		}
	}
	return nil
}
