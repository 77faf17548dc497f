package iso20022

import "github.com/coldtrail/coldtrail/source/payments"

// balance reads an opening balance; the others are of no use here.
func (r *reader) balance(t *tree) (err error) {
	switch t.value(0, "Tp", "CdOrPrtry", "Cd") {
	case "OPBD", "PRCD":
	default:
		return nil
	}
	m := r.base(payments.Balance, t.at)
	m.Account = r.account
	if m.Amount, err = r.money(t, 0, "Amt"); err != nil {
		return err
	}
	m.Reason = "C"
	if t.value(0, "CdtDbtInd") == "DBIT" {
		m.Reason = "D"
	}
	if err := r.booked(&m, t, "Dt"); err != nil {
		return err
	}
	return r.put(m)
}

// booked reads a choice of date and date with time.
func (r *reader) booked(m *payments.Message, t *tree, name string) (err error) {
	i := t.child(0, name)
	s := t.value(i, "DtTm")
	if s == "" {
		s = t.value(i, "Dt")
	}
	if s == "" {
		return nil
	}
	if m.Booked, m.DateOnly, err = r.when(s); err != nil {
		return r.fault(t.at, name, payments.ErrField, "%v", err)
	}
	return nil
}

// valued reads the value date of an entry; it is the only one where the day of
// booking is not given.
func (r *reader) valued(m *payments.Message, t *tree) error {
	v := payments.Message{}
	if err := r.booked(&v, t, "ValDt"); err != nil {
		return err
	}
	m.ValueDate = v.Booked
	return nil
}

// entry reads one entry of a statement, report or notification: one message a
// transaction in it, one for itself when it lists none.
func (r *reader) entry(t *tree) error {
	m := r.base(payments.Credited, t.at)
	m.Account = r.account
	switch s := t.value(0, "CdtDbtInd"); s {
	case "CRDT":
	case "DBIT":
		m.Role = payments.Debited
	default:
		return r.fault(t.at, "Ntry/CdtDbtInd", payments.ErrField, "%q is neither CRDT nor DBIT", s)
	}
	if s := t.value(0, "RvslInd"); s == "true" || s == "1" {
		m.Reversal, m.Reason = true, "reversal"
	}
	status := t.value(0, "Sts", "Cd")
	if status == "" {
		status = t.value(0, "Sts")
	}
	if status != "" && status != "BOOK" {
		return nil // pending or for information: no booking
	}
	if err := r.booked(&m, t, "BookgDt"); err != nil {
		return err
	}
	if err := r.valued(&m, t); err != nil {
		return err
	}
	var err error
	if m.Amount, err = r.money(t, 0, "Amt"); err != nil {
		return err
	}
	if !m.Amount.Stated() {
		return r.fault(t.at, "Ntry/Amt", payments.ErrAmount, "the amount is missing")
	}
	return r.details(t, m)
}

// details gives the transactions of an entry. Where each has an amount they
// must sum to the entry's.
func (r *reader) details(t *tree, entry payments.Message) error {
	var parts []payments.Message
	sum := entry.Amount
	sum.Units = sum.Units.Sub(sum.Units)
	amounts := 0
	err := t.each(0, "NtryDtls", func(d int) error {
		return t.each(d, "TxDtls", func(i int) (err error) {
			m := entry
			m.Offset = t.nodes[i].at
			refs := t.child(i, "Refs")
			r.identify(&m, t, refs, "")
			m.Related, m.Ref = m.Ref, t.value(refs, "AcctSvcrRef")
			part, err := r.money(t, i, "Amt")
			if err != nil {
				return err
			}
			if !part.Stated() {
				if part, err = r.money(t, i, "AmtDtls", "TxAmt", "Amt"); err != nil {
					return err
				}
			}
			if part.Stated() {
				amounts++
				if m.Amount = part; part.Currency == sum.Currency {
					sum.Units = sum.Units.Add(part.Units)
				}
			}
			parties, agents := t.child(i, "RltdPties"), t.child(i, "RltdAgts")
			m.Debtor, m.Creditor = customer(t, parties, "Dbtr"), customer(t, parties, "Cdtr")
			m.DebtorAgent, m.CreditorAgent = agent(t, t.child(agents, "DbtrAgt")), agent(t, t.child(agents, "CdtrAgt"))
			parts = append(parts, m)
			return nil
		})
	})
	if err != nil {
		return err
	}
	switch {
	case len(parts) == 0:
		entry.Ref = t.value(0, "AcctSvcrRef")
		r.seq++
		entry.Sequence = r.seq
		return r.put(entry)
	case len(parts) > 1 && amounts < len(parts):
		return r.fault(t.at, "Ntry/TxDtls", payments.ErrAmount, "%d of %d transactions of the entry have an amount", amounts, len(parts))
	case amounts == len(parts) && sum != entry.Amount && parts[0].Amount.Currency == entry.Amount.Currency:
		return r.fault(t.at, "Ntry/TxDtls", payments.ErrAmount, "the transactions make %s, the entry says %s", sum, entry.Amount)
	}
	for _, m := range parts {
		r.seq++ // each is a booking of its own, in this order
		m.Sequence = r.seq
		if err := r.put(m); err != nil || r.stopped {
			return err
		}
	}
	return nil
}
