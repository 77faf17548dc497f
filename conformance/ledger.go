package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// native stands for the asset "" of the cases in the text form.
const native = "unit"

// Names says under which names the things of a case stand in its ledger.
type Names struct {
	// coin finds the coin "tx:vout" of a coin id; without it ids are coins.
	coin map[string]string
}

// Coin is the coin of the ledger that a case calls id.
func (n *Names) Coin(id string) string {
	if c, ok := n.coin[id]; ok {
		return c
	}
	return id
}

// Terminal is the trail's name of a terminal of the case.
func (n *Names) Terminal(name string) string { return n.Coin(name) }

// Document makes the ledger of a case, with its thefts as marks. Errors are
// ErrCase; a case that describes no valid ledger says why.
func (c *Case) Document() (*ledger.Document, *Names, error) {
	w := caseWriter{c: c, names: &Names{coin: map[string]string{}}}
	switch c.Kind {
	case UTXO:
		w.coins()
	case Account:
		w.accounts()
	default:
		return nil, nil, fmt.Errorf("kind %q has no ledger: %w", c.Kind, ErrCase)
	}
	if w.err != nil {
		return nil, nil, fmt.Errorf("%w: %w", w.err, ErrCase)
	}
	d, err := ledger.ParseText("case", strings.NewReader(w.b.String()+w.thefts.String()))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, ErrCase)
	}
	return d, w.names, nil
}

type caseWriter struct {
	c         *Case
	b, thefts strings.Builder
	names     *Names
	err       error
}

func (w *caseWriter) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// q quotes a name, so that any name can stand in the text form.
func q(s string) string { return strconv.Quote(s) }

// q2 does so for an asset.
func q2(asset string) string {
	if asset == "" {
		return native
	}
	return q(asset)
}

func (w *caseWriter) coins() {
	w.b.WriteString("ledger case utxo native " + native + "\n")
	for _, c := range w.c.Coins {
		fmt.Fprintf(&w.b, "coin %s %s\n", q(c.ID), q(c.ID+":"+c.Value.String()))
		w.name(c.ID, ledger.Coin{Tx: c.ID})
		for _, m := range c.Marks {
			w.mark(c, m)
		}
	}
	for _, t := range w.c.Txs {
		w.tx(t)
	}
	for _, b := range w.c.Blocks {
		fmt.Fprintf(&w.b, "block %d 2020-01-01T00:00Z\ncoinbase %s subsidy %s ->", b.Height, q(b.Coinbase.ID), b.Coinbase.Subsidy)
		w.outs(b.Coinbase.ID, b.Coinbase.Outs)
		for _, t := range b.Txs {
			w.tx(t)
		}
	}
	if len(w.c.Txs) > 0 && len(w.c.Blocks) > 0 {
		w.fail("transactions stand in txs or in blocks, not in both")
	}
}

func (w *caseWriter) name(id string, c ledger.Coin) {
	if _, twice := w.names.coin[id]; twice {
		w.fail("coin %s twice", id)
	}
	w.names.coin[id] = c.String()
}

func (w *caseWriter) mark(c Coin, m Range) {
	length := c.Value.Monus(m.Off.Amount)
	if m.Len != nil {
		length = m.Len.Amount
	}
	fmt.Fprintf(&w.thefts, "theft %s %s %s+%s\n", q(m.Theft), q(ledger.Coin{Tx: c.ID}.String()), m.Off, length)
}

func (w *caseWriter) tx(t Tx) {
	w.b.WriteString(q(t.ID))
	for _, in := range t.Ins {
		c, ok := w.names.coin[in]
		if !ok {
			w.fail("transaction %s: input %s is not known", t.ID, in)
		}
		w.b.WriteString(" " + q(c))
	}
	w.b.WriteString(" ->")
	w.outs(t.ID, t.Outs)
}

func (w *caseWriter) outs(tx string, outs []Output) {
	for i, o := range outs {
		w.b.WriteString(" " + q(o.ID+":"+o.Value.String()))
		w.name(o.ID, ledger.Coin{Tx: tx, Index: uint32(i)})
	}
	w.b.WriteByte('\n')
}

func (w *caseWriter) accounts() {
	w.b.WriteString("ledger case account native " + native)
	if w.c.Overdraft {
		w.b.WriteString(" overdraft")
	}
	w.b.WriteByte('\n')
	if w.c.Overdraft && len(w.c.Opening) > 0 {
		w.fail("on a book with overdraft opening balances are written as credits")
	}
	for _, o := range w.c.Opening {
		fmt.Fprintf(&w.b, "open %s %s %s\n", q(o.Account), o.Amount, q2(o.Asset))
	}
	tie, over := "", map[string]bool{}
	for i, e := range w.c.Events {
		if e.ID == "" {
			e.ID = "e" + strconv.Itoa(i)
		}
		if e.Tie != "" && e.Tie == tie {
			w.b.WriteString("= ")
		}
		if e.Tie != tie {
			over[tie], tie = true, e.Tie
		}
		if e.Tie != "" && over[e.Tie] {
			w.fail("event %s: events of one tie must stand together", e.ID)
		}
		w.event(e)
	}
}

func (w *caseWriter) event(e Event) {
	from, to := e.From, e.To
	switch {
	case e.Op == "seed" && e.Theft != "" || e.Op == "credit" && e.Theft == "":
		from = string(ledger.Outside)
		if e.Op == "seed" && !e.Amount.IsZero() {
			fmt.Fprintf(&w.thefts, "theft %s %s\n", q(e.Theft), q(e.ID))
		}
	case e.Op == "swap":
		if to == "" {
			to = from
		}
	case e.Op != "move":
		w.fail("event %s: op %q with theft %q", e.ID, e.Op, e.Theft)
	}
	fmt.Fprintf(&w.b, "%s %s > %s %s %s", q(e.ID), q(from), q(to), e.Amount, q2(e.Asset))
	if e.Op == "swap" {
		fmt.Fprintf(&w.b, " for %s %s", e.GetAmount, q2(e.GetAsset))
	}
	if e.Failed {
		w.b.WriteString(" failed")
	}
	if !e.Fee.IsZero() {
		asset := e.Asset
		if e.FeeAsset != nil {
			asset = *e.FeeAsset
		}
		fmt.Fprintf(&w.b, " fee %s %s", e.Fee, q2(asset))
		if e.FeePayer != "" && e.FeePayer != from {
			w.b.WriteString(" by " + q(e.FeePayer))
		}
	}
	w.b.WriteByte('\n')
}

// Question asks what the case asks of its ledger, under every policy that the
// cases know.
func (c *Case) Question(d *ledger.Document) trace.Question {
	question := trace.Question{Thefts: trace.Marked(d), FeeRule: trace.FeeRule(c.Fee), FeeFate: trace.FeeFate(c.FeeFate), NoBounds: true}
	stop := map[ledger.Account]bool{}
	for _, b := range c.Boundaries {
		stop[ledger.Account(b)] = true
	}
	if len(stop) > 0 {
		question.Boundary = func(_ ledger.ID, a ledger.Account) (trace.Boundary, bool) {
			return trace.Boundary{Kind: "service", Why: "the case"}, stop[a]
		}
	}
	if c.Kind == UTXO {
		question.Policies = append(trace.Orders(), trace.Haircut, trace.Poison)
	} else {
		question.Policies = []trace.Policy{trace.FIFO, trace.LIFO, trace.Haircut, trace.TaintFirst, trace.CleanFirst, trace.OwnFirst, trace.LIBR, trace.Poison}
	}
	return question
}

// assetOf turns the asset of a case to that of its ledger, and back.
func assetOf(s string) money.AssetID {
	if s == "" {
		return native
	}
	return money.AssetID(s)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
