package payments

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// sameOrder compares what makes a payment: amount, date and both ends.
func sameOrder(a, b *Message) bool {
	return a.Amount == b.Amount && a.ValueDate.Equal(b.ValueDate) && sameEnds(a, b)
}

// sameEnds compares both customers and their banks.
func sameEnds(a, b *Message) bool {
	return sameParty(a.Debtor, b.Debtor) && sameParty(a.Creditor, b.Creditor) && sameBank(a.DebtorAgent, b.DebtorAgent) && sameBank(a.CreditorAgent, b.CreditorAgent)
}

// sameParty compares customers, however they are spelled.
func sameParty(x, y Party) bool {
	return compact(x.Account) == compact(y.Account) && NormalName(x.Name) == NormalName(y.Name) && BIC8(x.BIC) == BIC8(y.BIC)
}

// sameBank compares banks; one without a BIC does not contradict one with.
func sameBank(x, y Party) bool { return (x.BIC == "") != (y.BIC == "") || bankOf(x) == bankOf(y) }

// differences names what makes b another order than a.
func differences(a, b *Message) string {
	var out []string
	for _, d := range []struct {
		same bool
		what string
	}{
		{a.Amount == b.Amount, "amount"}, {a.ValueDate.Equal(b.ValueDate), "date"}, {sameParty(a.Debtor, b.Debtor), "payer"}, {sameParty(a.Creditor, b.Creditor), "receiver"},
		{sameBank(a.DebtorAgent, b.DebtorAgent), "payer's bank"}, {sameBank(a.CreditorAgent, b.CreditorAgent), "receiver's bank"},
	} {
		if !d.same {
			out = append(out, d.what)
		}
	}
	return strings.Join(out, ", ")
}

// passesOn reports whether b is the order by which the receiver of a passes the
// payment on; it may have taken its charges.
func passesOn(a, b *Message) bool {
	next := BIC8(b.Sender)
	return next == BIC8(a.Receiver) && next != BIC8(a.Sender) && sameEnds(a, b) &&
		a.Amount.Currency == b.Amount.Currency && !a.Amount.Units.Less(b.Amount.Units)
}

// hop takes an order that passes a known payment on, or the one that it passes on:
// the payment is what its first bank ordered.
func (b *book) hop(p *Payment, m *Message) bool {
	before := slices.ContainsFunc(append(slices.Clone(p.hops), &p.Order), func(x *Message) bool { return passesOn(x, m) })
	if !before && !passesOn(m, &p.Order) {
		return false
	}
	first, next := p.Order, *m
	if !before {
		first, next = next, first
	}
	p.Order, p.hops = first, append(p.hops, &next)
	if m.Ref != "" && !slices.Contains(b.byRef[m.Ref], p) {
		b.byRef[m.Ref] = append(b.byRef[m.Ref], p)
	}
	b.note("%s: %s passes the payment of %s on, %s: no second payment", next.Evidence(), BIC8(next.Sender), first.Evidence(), next.Amount)
	return true
}

// order takes a customer order, one that the network refused (NAK) too. The same
// order again is no second payment, unless the first was refused; one UETR with
// other contents is an alteration, kept apart; one reference without UETR used for
// other contents is another payment.
func (b *book) order(m *Message) {
	p := b.known(m)
	switch {
	case p == nil:
		p = b.keep(m)
		p.change(Order, m)
	case p.Refused() && m.Refused == 0:
		b.note("%s: sends again what was refused in %s", m.Evidence(), p.Order.Evidence())
		if !sameOrder(&p.Order, m) {
			p.Altered = append(p.Altered, p.Order)
		}
		p.Order = *m
		p.change(Order, m)
	case m.Refused == 0 && ValidUETR(m.UETR) && b.hop(p, m):
	case !sameOrder(&p.Order, m):
		p.Altered = append(p.Altered, *m)
		b.leaveOut(m, fmt.Sprintf("UETR %s is that of %s, with %s there and %s here: altered (%s), not moved", m.UETR, p.Order.Evidence(), p.Order.Amount, m.Amount, differences(&p.Order, m)))
		return
	case m.Refused == 0:
		b.note("%s: repeats %s: no second payment", m.Evidence(), p.Order.Evidence())
	}
	switch {
	case m.Refused != 0:
		p.change(Rejected, m)
	case m.Acked && !p.Has(Accepted):
		p.change(Accepted, m)
	}
}

// known is the payment that an order repeats, by UETR; without one, the payment of
// the same sender, reference and contents.
func (b *book) known(m *Message) *Payment {
	if ValidUETR(m.UETR) {
		return b.byUETR[m.UETR]
	}
	for _, p := range b.byRef[m.Ref] {
		if BIC8(p.Order.Sender) != BIC8(m.Sender) || ValidUETR(p.Order.UETR) {
			continue
		}
		if sameOrder(&p.Order, m) {
			return p
		}
		b.note("%s: reference %q is used again with other contents: another payment", m.Evidence(), m.Ref)
	}
	return nil
}

// Refused reports whether the payment was rejected, and not ordered again since.
func (p *Payment) Refused() bool {
	for _, c := range slices.Backward(p.States) {
		if c.State == Rejected || c.State == Order {
			return c.State == Rejected
		}
	}
	return false
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

// rejected takes a rejection. What the network refused, and was no order, did not go
// out: it does nothing, to the payment it speaks of neither.
func (b *book) rejected(m *Message) {
	if m.Refused != 0 {
		b.note("%s: refused by the network (%s), so not sent: %s", m.Evidence(), m.Reason, m.Refused)
		return
	}
	p := b.find(m)
	if p == nil && m.Type == "MT103" {
		p = b.keep(m) // the order is known from its rejection alone
		p.change(Order, m)
	}
	if p == nil {
		b.leaveOut(m, "the payment it rejects is not here")
		return
	}
	p.change(Rejected, m)
}

// entry takes a reported credit or debit. Without an order it shows a payment.
func (b *book) entry(m *Message) {
	if m.Amount.Units.IsZero() {
		b.note("%s: an entry of %s moves nothing", m.Evidence(), m.Amount)
		return
	}
	p := b.find(m)
	if p != nil && b.undone(p, m) {
		return
	}
	if !ValidUETR(m.UETR) && (p == nil || p.Shown) {
		p = b.shownBy(m)
	}
	if p == nil {
		own := *m
		if m.Role == Credited {
			own.Creditor, own.CreditorAgent = m.Account, Party{BIC: m.Account.BIC}
		} else {
			own.Debtor, own.DebtorAgent = m.Account, Party{BIC: m.Account.BIC}
		}
		if own.Ref == "" {
			own.Ref = m.Related
		}
		p = b.keep(&own)
		p.Shown = true
		if own.Ref != m.Related && m.Related != "" {
			b.byRef[m.Related] = append(b.byRef[m.Related], p)
		}
		b.note("%s: %s of %s without an order here", m.Evidence(), m.Role, m.Amount)
	}
	if p.Shown {
		p.Order.join(m)
	}
	other := p.elsewhere(m)
	p.entries = append(p.entries, m)
	b.settleAltered(p, m)
	slot := &p.credit
	if m.Role == Debited {
		slot = &p.debit
	}
	if *slot == nil {
		*slot = m
		p.change(m.Role, m)
		if m.Amount != p.Order.Amount && m.Amount != p.Order.net() {
			what := ""
			if m.Role == Credited {
				what = ": the order's amount is moved"
			}
			b.note("%s: %s %s, the order says %s%s", m.Evidence(), m.Role, m.Amount, p.Order.Amount, what)
		}
		return
	}
	if (*slot).Amount != m.Amount {
		b.leaveOut(m, fmt.Sprintf("a second %s of %s, with another amount", m.Role, p.ID))
		return
	}
	if other {
		p.again = append(p.again, m)
	}
	b.note("%s: %s of %s reported again: no second payment", m.Evidence(), m.Role, p.ID)
}

// undone takes an entry that undoes a payment: a reversal, a credit of the account
// that paid, a debit of the one that was credited. That is a return, and never the
// credit that moves the payment. A customer's reference alone is no ground for it.
func (b *book) undone(p *Payment, m *Message) bool {
	from, to, _ := b.ends(p)
	at, _ := AccountOf(m.Account, m.Account.BIC)
	same := (ValidUETR(m.UETR) || !p.Shown) && from != to
	switch {
	case m.Reversal:
		for i, e := range p.again {
			if e.Role != m.Role && compact(e.Account.Account) == compact(m.Account.Account) {
				p.again = slices.Delete(p.again, i, i+1)
				b.note("%s: reverses what %s booked again: nothing moves", m.Evidence(), e.Evidence())
				return true
			}
		}
	case same && m.Role == Credited && at == from:
	case same && m.Role == Debited && at == to && p.credit != nil:
	default:
		return false
	}
	b.giveBack(p, m)
	return true
}

// shownBy finds, among payments that entries alone show, the one that an entry
// reports again or from the other side: by the owner's reference, or by that of the
// bank that keeps the account. The owner's is often a customer's and stands on many
// payments: an entry of another day or amount, or of another line of the same
// statement, is another payment.
func (b *book) shownBy(m *Message) *Payment {
	for _, ref := range [...]string{m.Related, m.Ref} {
		if ref == "" || ref == "NONREF" {
			continue
		}
		for _, p := range b.byRef[ref] {
			if p.Shown && p.Order.Amount == m.Amount && p.Order.day().Equal(m.day()) && !p.elsewhere(m) && !p.through(m) && (ref == m.Related || p.booked(m)) {
				return p
			}
		}
	}
	return nil
}

// booking is when an entry was booked, else its value date.
func (m *Message) booking() time.Time {
	if m.Booked.IsZero() {
		return m.ValueDate
	}
	return m.Booked
}

// day is the value date, else the day of booking.
func (m *Message) day() time.Time {
	if m.ValueDate.IsZero() {
		return m.Booked.Truncate(24 * time.Hour)
	}
	return m.ValueDate.Truncate(24 * time.Hour)
}

// sameSide reports whether two entries book the same way in one account.
func sameSide(a, b *Message) bool {
	return a.Role == b.Role && compact(a.Account.Account) == compact(b.Account.Account)
}

// sameLine reports whether two entries of one file are one line of one page.
func sameLine(a, b *Message) bool { return a.Page == b.Page && a.Sequence == b.Sequence }

// booked reports whether the account and side of an entry were booked before.
func (p *Payment) booked(m *Message) bool {
	return slices.ContainsFunc(p.entries, func(e *Message) bool { return sameSide(e, m) })
}

// through reports whether the payment was booked the other way in the account of an
// entry: money that came in and goes out again is two payments.
func (p *Payment) through(m *Message) bool {
	return slices.ContainsFunc(p.entries, func(e *Message) bool {
		return e.Role != m.Role && compact(e.Account.Account) == compact(m.Account.Account)
	})
}

// elsewhere reports whether an entry is another one than an entry of the payment:
// another line of its statement, or one to which the bank gave another reference.
func (p *Payment) elsewhere(m *Message) bool {
	return slices.ContainsFunc(p.entries, func(e *Message) bool {
		return sameSide(e, m) && e.Type == m.Type && (e.File == m.File && !sameLine(e, m) || e.Ref != "" && m.Ref != "" && e.Ref != m.Ref)
	})
}

// join gives a payment that entries alone show the account of one more entry.
func (o *Message) join(m *Message) {
	switch {
	case m.Role == Credited && o.Creditor.IsZero():
		o.Creditor, o.CreditorAgent = m.Account, Party{BIC: m.Account.BIC}
	case m.Role == Debited && o.Debtor.IsZero():
		o.Debtor, o.DebtorAgent = m.Account, Party{BIC: m.Account.BIC}
	}
}

// settleAltered lets a reported booking decide which of two contradicting
// messages moved the money: the one whose amount was booked.
func (b *book) settleAltered(p *Payment, m *Message) {
	for i := range p.Altered {
		if a := &p.Altered[i]; m.Amount != p.Order.Amount && a.Amount == m.Amount {
			b.note("%s: %s of %s is what was booked, not %s of %s", m.Evidence(), a.Evidence(), a.Amount, p.Order.Evidence(), p.Order.Amount)
			p.Order, *a = *a, p.Order
			b.skipped--
			return
		}
	}
}

// returned takes a return.
func (b *book) returned(m *Message) {
	p := b.find(m)
	if p == nil {
		b.leaveOut(m, "the payment it returns is not here")
		return
	}
	b.giveBack(p, m)
}

// giveBack returns a payment, in whole or in part. It cannot exceed what there was,
// and what tells of a known return is no second one.
func (b *book) giveBack(p *Payment, m *Message) {
	for i := range p.backs {
		if x := &p.backs[i]; x.Amount == m.Amount && x.tells(m) {
			x.told = append(x.told, m)
			b.note("%s: tells again of the return in %s: no second return", m.Evidence(), x.Evidence())
			return
		}
	}
	total := Money{m.Amount.Currency, m.Amount.Units.Add(p.Returned.Units)}
	if m.Amount.Currency != p.Order.Amount.Currency || p.Order.Amount.Units.Less(total.Units) {
		b.leaveOut(m, fmt.Sprintf("it returns %s of %s, after %s: more than there was, or another currency", m.Amount, p.Order.Amount, p.Returned))
		return
	}
	p.Returned = total
	p.backs = append(p.backs, back{m, []*Message{m}})
	p.change(Returned, m)
}

// tells reports whether a message of the same amount tells of this return: the same
// message, or another voice. A bank that passes it on, or an entry of an account, is
// heard once a return; two returns of one bank have references of their own.
func (x *back) tells(m *Message) bool {
	entry := func(m *Message) bool { return m.Role != Returned }
	for _, t := range x.told {
		switch {
		case entry(t) != entry(m):
		case entry(m) && sameSide(t, m) && t.Type == m.Type:
			return t.day().Equal(m.day()) && (t.File != m.File || sameLine(t, m)) && (t.Ref == "" || m.Ref == "" || t.Ref == m.Ref)
		case !entry(m) && BIC8(t.Sender) == BIC8(m.Sender):
			return t.Ref != "" && t.Ref == m.Ref
		}
	}
	return true
}
