package payments

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
)

// Payment is one payment and everything that was said of it.
type Payment struct {
	// ID is the UETR, else the sender's BIC and reference.
	ID    string
	Order Message // what asked for it, or the cover or entry that shows it
	// States are what happened, in order, each with its message.
	States []Change
	// Legs are its settlement: covers. They are never added to it.
	Legs []Message
	// Altered are messages of the same UETR with another amount, account or
	// date: kept, shown, and never moved.
	Altered []Message
	// Returned is the sum that came back.
	Returned Money
	// Shown is set when no order is known and a cover or an entry shows it.
	Shown bool

	credit, debit *Message
	hops          []*Message // orders by which banks passed it on
	entries       []*Message // all bookings that were taken as this payment's
	again         []*Message // those of them that another line of the statement repeats
	backs         []back
	open, settled bool // orders that differ were left out; a booking said which one was paid
}

// back is one return, and all messages and entries that tell of it.
type back struct {
	*Message
	told []*Message
}

// Change is a state and the message behind it.
type Change struct {
	State   Role
	At      time.Time
	Reason  string
	Message *Message
}

// Has reports whether the payment was ever in a state.
func (p *Payment) Has(r Role) bool {
	return slices.ContainsFunc(p.States, func(c Change) bool { return c.State == r })
}

// Moved reports whether value moved: a credit was reported, or an account
// without any order was debited.
func (p *Payment) Moved() bool { return p.credit != nil || p.Shown && p.debit != nil }

// book joins messages into payments.
type book struct {
	opt       Options
	payments  []*Payment
	byUETR    map[string]*Payment
	byRef     map[string][]*Payment
	ids       map[string]int
	interbank []Message
	legs      map[string][]int // of interbank, by sender and reference
	since     map[ledger.Account][]move
	balances  []Message
	notes     []string
	unsaid    int // notes left out
	skipped   int
	bent      int
}

// phase is the order in which messages are joined: orders first, since answers may
// stand before them in the files; what reverses behind what it reverses.
func phase(m *Message) int {
	switch m.Role {
	case Order:
		return 0
	case Rejected:
		if m.Refused == Order {
			return 0
		}
	case Cover, Interbank, Balance:
		return 1
	case Credited, Debited:
		if m.Reversal {
			return 4
		}
		return 3
	case Returned:
		return 6
	case Recalled, Answered:
		return 5
	}
	return 2
}

// inTurn compares two messages by their phase; entries by booking, so that the way
// back stands behind the way there, and returns too, so that their numbers are the
// same in whatever order the files are read.
func inTurn(x, y *Message) int {
	switch n := phase(x); {
	case n != phase(y):
		return cmp.Compare(n, phase(y))
	case n == 3:
		return cmp.Or(x.booking().Compare(y.booking()), cmp.Compare(x.Role, y.Role))
	case x.Role == Returned && y.Role == Returned:
		return cmp.Or(x.booking().Compare(y.booking()), cmp.Compare(x.Ref, y.Ref))
	}
	return 0
}

func join(messages []Message, opt Options) *book {
	b := &book{opt: opt, byUETR: map[string]*Payment{}, byRef: map[string][]*Payment{}, ids: map[string]int{}, legs: map[string][]int{}}
	order := make([]*Message, len(messages))
	for i := range messages {
		order[i] = &messages[i]
		b.bent += len(messages[i].Bent)
		for _, what := range messages[i].Bent {
			b.note("%s: %s", messages[i].Evidence(), what)
		}
	}
	slices.SortStableFunc(order, inTurn)
	for _, m := range order {
		b.add(m)
	}
	return b
}

func (b *book) note(format string, args ...any) {
	const most = 50
	switch {
	case len(b.notes) < most:
		b.notes = append(b.notes, fmt.Sprintf(format, args...))
	case len(b.notes) == most:
		b.notes = append(b.notes, "")
		fallthrough
	default:
		b.unsaid++
		b.notes[most] = fmt.Sprintf("%d further notes are left out", b.unsaid)
	}
}

func (b *book) leaveOut(m *Message, why string) {
	b.skipped++
	b.note("%s: left out: %s", m.Evidence(), why)
}

func (b *book) add(m *Message) {
	if m.Role == Order || m.Refused == Order {
		b.order(m)
		return
	}
	switch m.Role {
	case Cover:
		b.cover(m)
	case Interbank:
		b.between(m)
	case Balance:
		b.balances = append(b.balances, *m)
	case Credited, Debited:
		b.entry(m)
	case Rejected:
		b.rejected(m)
	case Returned:
		b.returned(m)
	default:
		p := b.find(m)
		if p == nil {
			b.leaveOut(m, "the payment it speaks of is not here")
			return
		}
		p.change(m.Role, m)
	}
}

func (p *Payment) change(r Role, m *Message) {
	p.States = append(p.States, Change{r, m.booking(), m.Reason, m})
}

// find is the payment a message speaks of: by UETR, else by the reference when
// one payment alone has it, or one with the same amount. A payment of another UETR
// is not meant, but for an MT103 that sends one back: its UETR may be its own.
func (b *book) find(m *Message) *Payment {
	if ValidUETR(m.UETR) {
		if p := b.byUETR[m.UETR]; p != nil {
			return p
		}
	}
	ref := m.Related
	if ref == "" || ref == "NONREF" {
		return nil
	}
	list := b.byRef[ref]
	if ValidUETR(m.UETR) && m.Type != "MT103" {
		list = slices.DeleteFunc(slices.Clone(list), func(p *Payment) bool { return ValidUETR(p.Order.UETR) })
	}
	if m.Amount.Stated() && len(list) > 1 {
		list = slices.DeleteFunc(slices.Clone(list), func(p *Payment) bool { return p.Order.Amount != m.Amount })
	}
	if len(list) != 1 {
		return nil
	}
	return list[0]
}

// keep makes a new payment of a message.
func (b *book) keep(m *Message) *Payment {
	id := m.UETR
	if !ValidUETR(id) {
		id = BIC8(m.Sender) + "/" + m.Ref
		if m.Ref == "" {
			id = BIC8(m.Sender) + "/" + m.File + "@" + strconv.FormatInt(m.Offset, 10)
		}
	}
	if b.ids[id]++; b.ids[id] > 1 {
		id += "#" + strconv.Itoa(b.ids[id])
	}
	p := &Payment{ID: id, Order: *m}
	b.payments = append(b.payments, p)
	if ValidUETR(m.UETR) {
		b.byUETR[m.UETR] = p
	}
	if m.Ref != "" {
		b.byRef[m.Ref] = append(b.byRef[m.Ref], p)
	}
	return p
}

// cover joins a cover to its payment by UETR, else by reference with the same
// amount and date. Alone it shows the payment by its sequence B.
func (b *book) cover(m *Message) {
	p := b.find(m)
	if p != nil && !ValidUETR(m.UETR) && (p.Order.Amount != m.Amount || !p.Order.ValueDate.Equal(m.ValueDate)) {
		p = nil
	}
	if p == nil {
		c := *m
		c.Ref = m.Related
		p = b.keep(&c)
		p.change(Order, m)
		b.note("%s: the payment it covers is not here: built from the cover", m.Evidence())
	}
	if i := slices.IndexFunc(p.Legs, func(x Message) bool { return sameLeg(&x, m) }); i >= 0 {
		b.note("%s: repeats %s: no second leg", m.Evidence(), p.Legs[i].Evidence())
		return
	}
	if p.Order.Amount != m.Amount {
		b.note("%s: covers %s, the order says %s", m.Evidence(), m.Amount, p.Order.Amount)
	}
	p.Legs = append(p.Legs, *m)
}

// between takes a payment of banks; the same one again is no second leg.
func (b *book) between(m *Message) {
	id := BIC8(m.Sender) + "/" + m.Ref
	for _, i := range b.legs[id] {
		if x := &b.interbank[i]; sameLeg(x, m) {
			b.note("%s: repeats %s: no second leg", m.Evidence(), x.Evidence())
			return
		}
	}
	b.legs[id] = append(b.legs[id], len(b.interbank))
	b.interbank = append(b.interbank, *m)
}

// sameLeg reports whether two messages are one leg: of one sender and reference,
// amount, date and ends.
func sameLeg(x, y *Message) bool {
	return x.Ref+x.UETR != "" && x.Ref == y.Ref && x.UETR == y.UETR && BIC8(x.Sender) == BIC8(y.Sender) && sameOrder(x, y) && slices.Equal(x.Settlement, y.Settlement)
}
