package payments

import (
	"fmt"
	"slices"
	"strings"
)

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
		p.Altered, p.open = append(p.Altered, *m), true
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
