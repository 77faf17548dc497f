package trace_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

var (
	randomN    = flag.Int("random.n", 1000, "random ledgers to hold the invariants on")
	randomSeed = flag.Uint64("random.seed", 1, "seed of the first of them")
	randomMax  = flag.Int("random.max", 60, "transactions or lines of the largest of them")
)

// TestRandomLedgers holds the invariants of the tracing method (section 5) on
// random ledgers of both kinds under random questions: conservation at every
// prefix, amounts within values, exact bounds around every conforming policy
// for three random groups and for single places, one-pass bounds around exact
// ones, the poison set, no taint before its theft, and undo as the identity.
func TestRandomLedgers(t *testing.T) {
	if testing.Short() {
		*randomN = min(*randomN, 100)
	}
	var next, answered atomic.Int64
	var workers sync.WaitGroup
	var once sync.Once
	var failed atomic.Bool
	for range 2 {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(*randomN) && !failed.Load(); i = next.Add(1) - 1 {
				seed := *randomSeed + uint64(i)
				done, faults := invariants(t, randomLedger(seed), seed)
				if done {
					answered.Add(1)
				}
				if len(faults) > 0 {
					failed.Store(true)
					once.Do(func() { reportSmallest(t, seed) })
				}
			}
		})
	}
	workers.Wait()
	if failed.Load() {
		return
	}
	t.Logf("%d ledgers of up to %d transactions from seed %d: 0 failures", *randomN, *randomMax, *randomSeed)
	if n := int(answered.Load()); n*10 < *randomN*9 {
		t.Errorf("only %d of %d ledgers have a theft that can be traced", n, *randomN)
	}
}

func randomLedger(seed uint64) *ledger.Document {
	if seed%2 == 0 {
		return ledgertest.AnyCoins(seed, *randomMax)
	}
	return ledgertest.AnyAccounts(seed, *randomMax)
}

// reportSmallest shrinks a failing ledger and prints it.
func reportSmallest(t *testing.T, seed uint64) {
	_, faults := invariants(t, randomLedger(seed), seed)
	kind := strings.Fields(faults[0])[0] // the same invariant must fail
	small := ledgertest.Shrink(randomLedger(seed), func(d *ledger.Document) bool {
		_, faults := invariants(t, d, seed)
		return len(faults) > 0 && strings.Fields(faults[0])[0] == kind
	})
	_, faults = invariants(t, small, seed)
	q := question(small, seed)
	t.Errorf("seed %d:\n%s\non the ledger\n%sfee rule %q, fate %q, ignore fees %v, until %v", seed, strings.Join(faults, "\n"), small.Text(), q.FeeRule, q.FeeFate, q.IgnoreFees, q.Until)
}

// question draws a question from the seed; it depends on names of the ledger
// alone, so that it stays the same while a ledger shrinks.
func question(d *ledger.Document, seed uint64) trace.Question {
	pick := func(name string, of int) bool { return hash(seed, name)%uint64(of) == 0 }
	q := trace.Question{Thefts: trace.Marked(d), NoBounds: true}
	q.FeeRule = []trace.FeeRule{trace.FeeLast, trace.FeeFirst, trace.FeeProrata}[hash(seed, "fee")%3]
	if d.Ledger.Blocks {
		q.FeeFate = []trace.FeeFate{trace.FeeSink, trace.FeesFirst, trace.SubsidyFirst}[hash(seed, "fate")%3]
	}
	if d.Ledger.Model == ledger.UTXO {
		q.Policies = append(append(trace.Orders(), trace.Default...), "tiho", "ciso")
		q.Policies = unique(q.Policies)
	} else {
		q.Policies = append(slices.Clone(trace.Default), trace.OwnFirst, trace.LIBR)
		q.IgnoreFees = pick("ignore", 6)
	}
	if pick("until", 8) {
		q.Until = time.Date(2020, 1, 1, int(hash(seed, "hour")%24), 0, 0, 0, time.UTC)
	}
	if !pick("open", 3) {
		q.Boundary = func(_ ledger.ID, a ledger.Account) (trace.Boundary, bool) {
			return trace.Boundary{Kind: "service", Why: "drawn"}, a[0] == 'x' || pick(string(a), 8)
		}
	}
	return q
}

func unique(ps []trace.Policy) (out []trace.Policy) {
	for _, p := range ps {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// invariants answers a question and lists the invariants that fail. It is false
// when there is nothing to trace.
func invariants(t *testing.T, d *ledger.Document, seed uint64) (bool, []string) {
	t.Helper()
	if len(d.Thefts) == 0 {
		return false, nil
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		return false, []string{"graph: " + err.Error()}
	}
	q := question(d, seed)
	trail, err := trace.Run(t.Context(), g, q)
	if errors.Is(err, trace.ErrSeed) {
		return false, nil // marks a part of what another theft reached
	}
	if err != nil {
		return false, []string{"run: " + err.Error()}
	}
	c := &holder{trail: trail, d: d, seed: seed}
	c.conservation("the end")
	c.withinValue()
	c.bounds()
	c.notBeforeTheft()
	c.prefixes(t)
	c.undo(g, q)
	return true, c.faults
}

// holder holds one trail to the invariants.
type holder struct {
	trail  *trace.Trail
	d      *ledger.Document
	seed   uint64
	faults []string
}

func (c *holder) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *holder) conforms(p trace.Policy) bool {
	return p.Conserves() && p.On(c.d.Ledger.Model)
}

// conservation adds up the terminals itself: what entered is what stands there.
func (c *holder) conservation(when string) {
	for v, view := range c.trail.Views {
		for _, a := range view.Assets {
			for i, p := range c.trail.Policies {
				var out money.Amount
				for _, end := range c.trail.Terminals() {
					if end.Asset == a.Asset.ID {
						out = out.Add(end.Figures[v].Amounts[i])
					}
				}
				in := a.ByPolicy[i].Seeded.Add(a.ByPolicy[i].ConvertedIn)
				if c.conforms(p) && in != out {
					c.fault("conservation at %s: %s of theft %s in %s: %s entered, %s is there", when, p, view.Name, a.Asset.ID, in, out)
				}
				if a.Bounded && c.conforms(p) && in != a.Seeded {
					c.fault("conservation at %s: %s of theft %s in %s: %s entered, K is %s", when, p, view.Name, a.Asset.ID, in, a.Seeded)
				}
			}
		}
	}
}

// withinValue: 0 <= taint(e) <= value(e), for hops and terminals.
func (c *holder) withinValue() {
	check := func(what string, value money.Amount, fs []trace.Figures) {
		for v, f := range fs {
			for i, a := range f.Amounts {
				if value.Less(a) {
					c.fault("value: %s: %s of %s puts %s into %s", what, c.trail.Policies[i], c.trail.Views[v].Name, a, value)
				}
			}
			if f.Upper.Less(f.Lower) || value.Less(f.Upper) {
				c.fault("value: %s: one-pass [%s, %s] of %s in %s", what, f.Lower, f.Upper, value, c.trail.Views[v].Name)
			}
		}
	}
	for _, h := range c.trail.Hops {
		check("hop "+h.Transfer, h.Value, h.Figures)
	}
	for _, end := range c.trail.Terminals() {
		check("terminal "+end.Name, end.Value, end.Figures)
	}
}

func (c *holder) tied() bool {
	for i := range c.d.Transfers {
		if c.d.Transfers[i].Tie != 0 {
			return true
		}
	}
	return false
}

// bounds: L <= every conforming policy <= U for three random groups and for
// single terminals, where one-pass bounds contain the exact ones and poison is
// where U > 0.
func (c *holder) bounds() {
	ends := c.trail.Terminals()
	for v, view := range c.trail.Views {
		for _, a := range view.Assets {
			if !a.Bounded {
				continue
			}
			for _, g := range []string{"g0", "g1", "g2"} {
				var set []trace.Terminal
				for _, end := range ends {
					if end.Asset == a.Asset.ID && hash(c.seed, g+end.Name)%3 == 0 {
						set = append(set, end)
					}
				}
				c.bound(v, a, "group "+g, set)
			}
			for _, end := range ends {
				if end.Asset == a.Asset.ID && (len(ends) < 10 || hash(c.seed, "single"+end.Name)%8 == 0) {
					c.single(v, end, c.bound(v, a, end.Name, []trace.Terminal{end}))
				}
			}
		}
	}
}

func (c *holder) bound(v int, a trace.AssetTotals, what string, set []trace.Terminal) trace.Bound {
	var names []string
	for _, end := range set {
		names = append(names, end.Name)
	}
	b, ok, err := c.trail.TerminalBound(v, a.Asset.ID, names)
	what = fmt.Sprintf("bound of %s in %s of %s", what, a.Asset.ID, c.trail.Views[v].Name)
	if err != nil || !ok {
		c.fault("bound: %s: %v, %v", what, ok, err)
		return b
	}
	if b.U.Less(b.L) || a.Seeded.Less(b.U) {
		c.fault("bound: %s is [%s, %s] of %s stolen", what, b.L, b.U, a.Seeded)
	}
	for i, p := range c.trail.Policies {
		var sum money.Amount
		for _, end := range set {
			sum = sum.Add(end.Figures[v].Amounts[i])
		}
		if c.conforms(p) && (sum.Less(b.L) || b.U.Less(sum)) {
			c.fault("bound: %s is [%s, %s], %s gives %s", what, b.L, b.U, p, sum)
		}
	}
	return b
}

func (c *holder) single(v int, end trace.Terminal, b trace.Bound) {
	f := end.Figures[v]
	if c.tied() {
		return // one-pass bounds and poison use the listed order
	}
	if b.L.Less(f.Lower) || f.Upper.Less(b.U) {
		c.fault("one-pass: %s: [%s, %s] does not contain the exact [%s, %s]", end.Name, f.Lower, f.Upper, b.L, b.U)
	}
	poison := !f.Amounts[c.trail.Policy(trace.Poison)].IsZero()
	if !b.U.IsZero() && !poison {
		c.fault("poison: %s can hold %s but is not poisoned", end.Name, b.U)
	}
	// Several coins may end in one terminal of a followed block; a fee is one.
	if c.d.Ledger.Model == ledger.UTXO && b.U.IsZero() && poison {
		c.fault("poison: %s is poisoned but can hold nothing", end.Name)
	}
}

// notBeforeTheft: no hop carries a theft before the first of its seeds.
func (c *holder) notBeforeTheft() {
	for v, view := range c.trail.Views {
		started := false
		for _, h := range c.trail.Hops {
			f := h.Figures[v]
			zero := f.Upper.IsZero()
			for _, a := range f.Amounts {
				zero = zero && a.IsZero()
			}
			if !zero && !started && !h.Seed {
				c.fault("before: %s carries theft %s before it happened", h.Transfer, view.Name)
			}
			started = started || !zero && h.Seed
		}
	}
}

// prefixes answers the question at two earlier moments: conservation holds
// after every block, not at the end alone.
func (c *holder) prefixes(t *testing.T) {
	for _, name := range []string{"p0", "p1"} {
		cut := *c.d
		n := int(hash(c.seed, name) % uint64(len(c.d.Transfers)))
		for n > 0 && n < len(c.d.Transfers) && together(&c.d.Transfers[n-1], &c.d.Transfers[n]) {
			n--
		}
		cut.Transfers = c.d.Transfers[:n]
		d, ok := ledgertest.Repair(&cut)
		if !ok || len(d.Thefts) == 0 {
			continue
		}
		g, err := graph.Build(t.Context(), d)
		if err != nil {
			c.fault("prefix: %v", err)
			continue
		}
		trail, err := trace.Run(t.Context(), g, question(d, c.seed))
		if err != nil {
			if !errors.Is(err, trace.ErrSeed) {
				c.fault("prefix: %d transfers: %v", n, err)
			}
			continue
		}
		then := holder{trail: trail, d: d, seed: c.seed}
		then.conservation(fmt.Sprintf("transfer %d", n))
		c.faults = append(c.faults, then.faults...)
	}
}

// together says whether two transfers stand in one block, line or tie.
func together(a, b *ledger.Transfer) bool {
	return a.Tx == b.Tx || a.Tie != 0 && a.Tie == b.Tie || a.Key.Block == b.Key.Block && b.Key.Block != 0
}

// undo follows the ledger block by block, takes blocks back and applies them
// again: every state is what it was, byte for byte, however the transfers are
// cut into blocks.
func (c *holder) undo(g graph.Graph, q trace.Question) {
	e, err := trace.NewEngine(g, q)
	if err != nil {
		c.fault("undo: %v", err)
		return
	}
	var ends []graph.ID
	for i := range c.d.Transfers {
		last := i == len(c.d.Transfers)-1
		whim := c.d.Ledger.Blocks || hash(c.seed, "cut"+c.d.Transfers[i].ID)%3 == 0 // blocks come one by one
		if last || whim && !together(&c.d.Transfers[i], &c.d.Transfers[i+1]) {
			ends = append(ends, graph.ID(i+1))
		}
	}
	states, first := [][]byte{e.State()}, graph.ID(0)
	for n, end := range ends {
		if err := e.Apply(first, end); err != nil {
			c.fault("undo: block %d: %v", n, err)
			return
		}
		states, first = append(states, e.State()), end
		if hash(c.seed, fmt.Sprint("reorg", n))%3 != 0 {
			continue
		}
		c.reorg(e, states, append([]graph.ID{0}, ends[:n+1]...))
	}
	c.reorg(e, states, append([]graph.ID{0}, ends...))
	if c.d.Ledger.Blocks {
		return
	}
	whole, err := trace.NewEngine(g, q)
	if err == nil {
		err = whole.Apply(0, graph.ID(len(c.d.Transfers)))
	}
	if err != nil || !bytes.Equal(whole.State(), e.State()) {
		c.fault("undo: block by block is not what the whole gives: %v", err)
	}
}

// reorg takes back some of the applied blocks and applies them again.
func (c *holder) reorg(e *trace.Engine, states [][]byte, at []graph.ID) {
	top := len(at) - 1
	depth := min(top, 1+int(hash(c.seed, fmt.Sprint("depth", top))%4))
	for n := top; n > top-depth; n-- {
		if err := e.Undo(); err != nil || !bytes.Equal(e.State(), states[n-1]) {
			c.fault("undo: of block %d is not the identity: %v", n, err)
			return
		}
	}
	for n := top - depth; n < top; n++ {
		if err := e.Apply(at[n], at[n+1]); err != nil || !bytes.Equal(e.State(), states[n+1]) {
			c.fault("undo: block %d applied again is not what it was: %v", n+1, err)
			return
		}
	}
}
