package payments

import (
	"fmt"
	"slices"
	"time"
)

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
		p = b.show(m)
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

// show makes a payment of an entry without an order.
func (b *book) show(m *Message) *Payment {
	own := *m
	if m.Role == Credited {
		own.Creditor, own.CreditorAgent = m.Account, Party{BIC: m.Account.BIC}
	} else {
		own.Debtor, own.DebtorAgent = m.Account, Party{BIC: m.Account.BIC}
	}
	if own.Ref == "" {
		own.Ref = m.Related
	}
	p := b.keep(&own)
	p.Shown = true
	if own.Ref != m.Related && m.Related != "" {
		b.byRef[m.Related] = append(b.byRef[m.Related], p)
	}
	b.note("%s: %s of %s without an order here", m.Evidence(), m.Role, m.Amount)
	return p
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
// The first that does so decides.
func (b *book) settleAltered(p *Payment, m *Message) {
	if p.settled {
		return
	}
	for i := range p.Altered {
		if a := &p.Altered[i]; m.Amount != p.Order.Amount && a.Amount == m.Amount {
			b.note("%s: %s of %s is what was booked, not %s of %s", m.Evidence(), a.Evidence(), a.Amount, p.Order.Evidence(), p.Order.Amount)
			p.Order, *a = *a, p.Order
			if p.settled = true; p.open {
				b.skipped--
			}
			return
		}
	}
}
