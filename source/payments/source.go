package payments

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/coldtrail/coldtrail/ledger"
)

// Layer says which movements a ledger holds. One ledger holds one layer, so that
// a sum never counts a payment and its cover.
type Layer uint8

// The layers.
const (
	Customer   Layer = iota // one edge a payment, and its charges
	Settlement              // legs between banks
)

// Options say how messages become a ledger.
type Options struct {
	// Name makes the ledger's id: "bank:NAME", and "bank:NAME/settlement".
	// Empty is "messages".
	Name  string
	Layer Layer
	// Assume takes orders that nobody rejected as credited on their value
	// date. It is stamped on the result.
	Assume bool
	// Overdraft lets accounts go below zero: a credit first pays the debt.
	// Without it a payment beyond the balance shows clean value from before
	// the data.
	Overdraft bool
	// LeaveOut counts messages that cannot be read instead of failing.
	LeaveOut bool
}

func (o Options) id() ledger.ID {
	name := o.Name
	if name == "" {
		name = "messages"
	}
	if o.Layer == Settlement {
		name += "/settlement"
	}
	return ledger.ID("bank:" + name)
}

// Source is the ledger of a set of messages. It implements ledger.Resumer and is
// safe for concurrent use.
type Source struct {
	info      ledger.Info
	transfers []ledger.Transfer
	payments  []*Payment
	opened    map[ledger.Account]bool
}

var _ ledger.Resumer = (*Source)(nil)

// Damage is messages that could not be read and were left out (LeaveOut).
type Damage []error

// New joins messages. input and sha256 name what was read.
func New(messages []Message, damage Damage, input, sha256 string, opt Options) *Source {
	b := join(messages, opt)
	for _, err := range damage {
		b.skipped++
		b.note("left out: %v", err)
	}
	var moves []move
	if opt.Layer == Settlement {
		moves = b.settlement()
	} else {
		moves = b.customer()
	}
	list, tied := arrange(moves)
	s := &Source{payments: b.payments}
	if opt.Layer == Customer {
		var open []ledger.Transfer
		open, s.opened = b.openings()
		list = append(open, list...)
	}
	s.transfers = list
	s.info = ledger.Info{
		ID: opt.id(), Model: ledger.Accounts, Overdraft: opt.Overdraft, Assets: assets(list), Input: input, SHA256: sha256,
		Notes: append(b.summary(opt, len(messages), tied), b.notes...), Skipped: b.skipped,
	}
	return s
}

// summary says what was read, what moved, and on which assumptions.
func (b *book) summary(opt Options, messages, tied int) []string {
	n := map[Role]int{}
	moved, shown := 0, 0
	for _, p := range b.payments {
		for r := Order; r <= Balance; r++ {
			if p.Has(r) && !p.Shown {
				n[r]++
			}
		}
		if p.Moved() {
			moved++
		}
		if p.Shown {
			shown++
		}
	}
	out := []string{fmt.Sprintf("%d messages, %d payments: %d ordered, %d accepted, %d rejected, %d credited, %d returned, %d recalled",
		messages, len(b.payments), n[Order], n[Accepted], n[Rejected], n[Credited], n[Returned], n[Recalled])}
	if shown > 0 {
		out = append(out, fmt.Sprintf("%d more bookings are reported without an order", shown))
	}
	out = append(out, b.sums()...)
	if opt.Layer == Settlement {
		out = append(out, "settlement legs as instructed; the customers' payments are another ledger")
	}
	if opt.Assume {
		out = append(out, "assumed: orders that nobody rejected were credited on their value date")
	} else if opt.Layer == Customer && moved < len(b.payments) {
		out = append(out, fmt.Sprintf("%d payments have no reported credit and move nothing", len(b.payments)-moved))
	}
	if tied > 0 {
		out = append(out, fmt.Sprintf("%d bookings have no known order among those of their day or second; they are listed credits before debits", tied))
	}
	if b.bent > 0 {
		out = append(out, fmt.Sprintf("%d departures from the standard were read and are listed", b.bent))
	}
	return out
}

// Payments are all payments, moved or not: those with an order as they were read,
// then those that entries alone show, by booking.
// The reader must not change them.
func (s *Source) Payments() []*Payment { return s.payments }

// Info implements ledger.Source.
func (s *Source) Info() ledger.Info { return s.info }

// Completeness implements ledger.Source: messages do not say what else an
// account did; an opening balance that a statement states is known.
func (s *Source) Completeness(a ledger.Account) ledger.Completeness {
	c := ledger.Completeness{External: ledger.Unknown, Internal: ledger.Unknown, Tokens: ledger.Complete, Opening: ledger.Unknown}
	if s.opened[a] {
		c.Opening = ledger.Complete
	}
	return c
}

// All implements ledger.Source.
func (s *Source) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] { return s.from(ctx, 0) }

// From implements ledger.Resumer.
func (s *Source) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	if after.IsZero() {
		return s.from(ctx, 0)
	}
	for i := range s.transfers {
		if ledger.At(&s.transfers[i]) == after {
			return s.from(ctx, i+1)
		}
	}
	return func(yield func(ledger.Transfer, error) bool) {
		yield(ledger.Transfer{}, fmt.Errorf("transfer %s is not in %s: %w", after.ID, s.info.Input, ledger.ErrCursor))
	}
}

func (s *Source) from(ctx context.Context, i int) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(ledger.Transfer{}, err)
			return
		}
		for _, t := range s.transfers[i:] {
			if err := ctx.Err(); err != nil {
				yield(ledger.Transfer{}, err)
				return
			}
			t.Debits, t.Credits, t.Attrs = slices.Clone(t.Debits), slices.Clone(t.Credits), maps.Clone(t.Attrs)
			if !yield(t, nil) {
				return
			}
		}
	}
}

// sums are the amounts of each currency: attempted, credited, returned.
func (b *book) sums() []string {
	type total struct{ ordered, credited, returned Money }
	by := map[string]*total{}
	add := func(to *Money, m Money) { *to = Money{m.Currency, to.Units.Add(m.Units)} }
	for _, p := range b.payments {
		c := p.Order.Amount
		t := by[c.Currency]
		if t == nil {
			t = &total{Money{Currency: c.Currency}, Money{Currency: c.Currency}, Money{Currency: c.Currency}}
			by[c.Currency] = t
		}
		if p.Has(Order) && p.Order.Type != "MT101" {
			add(&t.ordered, c)
		}
		if p.credit != nil && !p.Shown {
			add(&t.credited, c)
		}
		if p.Returned.Stated() {
			add(&t.returned, p.Returned)
		}
	}
	var out []string
	for _, c := range slices.Sorted(maps.Keys(by)) {
		t := by[c]
		out = append(out, fmt.Sprintf("attempted %s, credited %s, returned %s", t.ordered.Grouped(), t.credited.Grouped(), t.returned.Grouped()))
	}
	return out
}
