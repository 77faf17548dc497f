package payments

import "fmt"

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
