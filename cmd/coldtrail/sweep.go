package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// sweeping holds the flags of trace sweep that trace does not have.
type sweeping struct {
	bounds, top int
	limit       time.Duration
	asJSON      bool
}

func (a *app) sweepCommand(k *ask, s *show) *cobra.Command {
	o := &sweeping{}
	cmd := &cobra.Command{
		Use: "sweep", Short: "Follow coins of a store whose trail is long: figures, no hops", Args: noArgs,
		Long: `sweep follows stolen coins through a store by its columns: the figures of trace, by
the same rules (fee rule last, fees as ends, no boundaries), for trails of millions
of transactions. It names no hops. Places are accounts; the largest get exact bounds.`,
		Example: "  coldtrail trace sweep --store btc --theft heist=TXID:0 --policies all --top 20",
		RunE:    func(c *cobra.Command, _ []string) error { return a.sweep(c, k, s, o) },
	}
	f := cmd.Flags()
	f.IntVar(&o.top, "top", 20, "places to show (-1: all)")
	f.IntVar(&o.bounds, "exact", 10, "places to bound exactly, the largest first")
	f.DurationVar(&o.limit, "time-limit", time.Minute, "for the exact bounds of one place; beyond, the one-pass bounds stand")
	f.BoolVar(&o.asJSON, "json", false, "JSON Lines")
	return cmd
}

func (a *app) sweep(c *cobra.Command, k *ask, w *show, o *sweeping) error {
	if err := refuse(c, append([]string{"ledger", "case", "data", "until"}, conventions...)...); err != nil {
		return err
	}
	if k.store == "" || len(k.thefts) == 0 {
		return usagef("sweep wants --store and --theft NAME=TX:VOUT")
	}
	s, err := openStore(k.store)
	if err != nil {
		return err
	}
	defer s.Close()
	columns, ok := s.CoinColumns()
	if !ok {
		return usagef("%s is no ledger of coins in 64 bits: use trace", k.store)
	}
	seeds, err := sweepSeeds(s, &columns, k.thefts)
	if err != nil {
		return err
	}
	list := k.policies
	if list == "" {
		list = "default"
	}
	policies, err := trace.ParsePolicies(list, ledger.UTXO)
	if err != nil {
		return usagef("%v", err)
	}
	swept, err := trace.SweepAll(c.Context(), columns, seeds, nil, append([]trace.Policy{trace.OnePass}, policies...), runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	r := &sweepResult{store: s, swept: swept, places: trace.SweptPlaces(columns, swept)}
	for _, out := range seeds {
		r.stolen += columns.Value[out]
	}
	r.total = len(r.places)
	r.places = r.places[:upTo(o.top, r.total)]
	if err := a.sweepBounds(c, columns, seeds, r, o); err != nil {
		return err
	}
	if o.asJSON {
		return a.write(w, r.json)
	}
	return a.write(w, r.text)
}

// sweepSeeds finds the outputs that are marked stolen.
func sweepSeeds(s *graph.Store, c *graph.CoinColumns, thefts []string) ([]uint32, error) {
	var seeds []uint32
	for _, t := range thefts {
		_, ref, ok := strings.Cut(t, "=")
		coin, err := ledger.ParseCoin(ref)
		if !ok || err != nil {
			return nil, usagef("--theft %q: want NAME=TX:VOUT", t)
		}
		ids, err := s.Find(coin.Tx)
		if err != nil {
			return nil, err
		}
		if len(ids) != 1 {
			return nil, fmt.Errorf("%s: %d transactions of this id; name the later one by its id with @height", coin.Tx, len(ids))
		}
		from, to := c.Outs(uint32(ids[0]))
		if coin.Index >= to-from {
			return nil, fmt.Errorf("%s has %d outputs, no number %d", coin.Tx, to-from, coin.Index)
		}
		seeds = append(seeds, from+coin.Index)
	}
	return seeds, nil
}

// sweepResult is what a sweep says.
type sweepResult struct {
	store  *graph.Store
	stolen uint64
	swept  []trace.Swept // the one-pass bounds first
	places []trace.SweptPlace
	total  int
	bounds []trace.SweptBound // of the first places
}

func (a *app) sweepBounds(c *cobra.Command, columns graph.CoinColumns, seeds []uint32, r *sweepResult, o *sweeping) error {
	n := min(o.bounds, len(r.places))
	if n <= 0 {
		return nil
	}
	groups := make([][]uint32, n)
	for i := range groups {
		groups[i] = r.places[i].Outs
	}
	p := a.progress()
	var err error
	r.bounds, err = trace.SweepBounds(c.Context(), columns, seeds, nil, groups, trace.BoundOptions{
		Workers: runtime.GOMAXPROCS(0), Limit: o.limit,
		Progress: func(done, of int) { p.step("bounds", done, of) },
	})
	p.end()
	return err
}

// bound gives the interval of a place, and whether it is exact.
func (r *sweepResult) bound(i int) (l, u uint64, exact bool) {
	if i < len(r.bounds) {
		b := r.bounds[i]
		return b.L, b.U, b.TightL && b.TightU
	}
	p := r.places[i]
	return p.Lower, min(p.Upper, r.stolen), false
}

func (r *sweepResult) asset() money.Asset {
	info := r.store.Info()
	return info.Asset(info.Ledgers[0].Native)
}

func (r *sweepResult) text(w io.Writer) error {
	asset := r.asset()
	show := func(n uint64) string { return money.Units(n).Grouped(asset.Decimals) }
	info := r.store.Info().Ledgers[0]
	fmt.Fprintf(w, "ledger   %s (%s)\nstolen   %s %s\nfees     rule last, fate sink; no boundaries: taint is followed through every service\n\n", info.ID, info.Input, show(r.stolen), asset.Name())
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "policy\ttransactions\tends\tat the ends\tfees\t")
	for _, s := range r.swept[1:] {
		sum := show(s.Sum)
		if s.Over {
			sum = "beyond 64 bits"
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t\n", s.Policy, s.Txs, len(s.Ends), sum, show(s.Fees))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d of %d places, largest figure first; exact bounds without a mark, one-pass with ~\n\n", len(r.places), r.total)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "place\tat least L\tat most U\t")
	for _, s := range r.swept[1:] {
		fmt.Fprintf(t, "%s\t", s.Policy)
	}
	fmt.Fprintln(t)
	for i, p := range r.places {
		name, err := r.store.AccountName(p.Account)
		if err != nil {
			return err
		}
		l, u, exact := r.bound(i)
		mark := "~"
		if exact {
			mark = ""
		}
		fmt.Fprintf(t, "%s\t%s%s\t%s%s\t", name, mark, show(l), mark, show(u))
		for _, n := range p.Amounts {
			fmt.Fprintf(t, "%s\t", show(n))
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nA figure is true under its policy only; poison is reach and not an amount. Between L and U lies every conforming convention.")
	return err
}

func (r *sweepResult) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	info := r.store.Info().Ledgers[0]
	put := func(v map[string]any) error { return enc.Encode(v) }
	amount := func(n uint64) string { return money.Units(n).String() }
	if err := put(map[string]any{
		"record": "header", "schema": "coldtrail/sweep/v1", "tool": toolName(), "ledger": info.ID, "input": info.Input, "sha256": info.SHA256,
		"asset": info.Native, "stolen": amount(r.stolen), "fee_rule": "last", "fee_fate": "sink", "boundaries": 0, "places": r.total,
	}); err != nil {
		return err
	}
	for _, s := range r.swept[1:] {
		if err := put(map[string]any{"record": "policy", "policy": s.Policy, "conserves": s.Policy.Conserves(), "transactions": s.Txs, "ends": len(s.Ends), "held": amount(s.Sum), "over_64_bits": s.Over, "fees": amount(s.Fees)}); err != nil {
			return err
		}
	}
	for i, p := range r.places {
		name, err := r.store.AccountName(p.Account)
		if err != nil {
			return err
		}
		l, u, exact := r.bound(i)
		amounts := map[string]string{}
		for k, n := range p.Amounts {
			amounts[string(r.swept[k+1].Policy)] = amount(n)
		}
		if err := put(map[string]any{"record": "place", "account": name, "outputs": len(p.Outs), "value": amount(p.Value), "amounts": amounts, "lower": amount(l), "upper": amount(u), "exact": exact}); err != nil {
			return err
		}
	}
	return nil
}
