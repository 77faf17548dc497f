package iso20022

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
)

// statement is what a statement says so far in one currency: its balances, and what was
// booked in and out.
type statement struct {
	open, close payments.Message
	in, out     money.Amount
}

func (s *statement) add(m payments.Money, credit bool) {
	if credit {
		s.in = s.in.Add(m.Units)
	} else {
		s.out = s.out.Add(m.Units)
	}
}

// in is what the statement says in a currency: an account may hold several.
func (r *reader) in(currency string) *statement {
	if r.stmt == nil {
		r.stmt = map[string]*statement{}
	}
	if r.stmt[currency] == nil {
		r.stmt[currency] = &statement{}
	}
	return r.stmt[currency]
}

// closes reports, on the statement's last message, that the opening balance and the
// bookings do not make the closing balance, or that there is none: an entry may have
// been taken out.
func (r *reader) closes() {
	for _, currency := range slices.Sorted(maps.Keys(r.stmt)) {
		if r.late != nil && r.stmt[currency].open.Amount.Stated() {
			r.closesIn(*r.stmt[currency])
		}
	}
	r.stmt = nil
}

func (r *reader) closesIn(s statement) {
	if !s.close.Amount.Stated() {
		if strings.HasPrefix(r.typ, "camt.053") { // reports and notifications need have none
			r.late.Bent = append(r.late.Bent, fmt.Sprintf("at byte %d: no closing balance in %s: nobody can say whether entries are missing", s.open.Offset, s.open.Amount.Currency))
		}
		return
	}
	s.add(s.open.Amount, s.open.Reason == "C")
	says := statement{}
	says.add(s.close.Amount, s.close.Reason == "C")
	if s.in.Add(says.out) == says.in.Add(s.out) {
		return
	}
	makes, mark := s.open.Amount, "in credit"
	if makes.Units = s.in.Monus(s.out); s.in.Less(s.out) {
		makes.Units, mark = s.out.Sub(s.in), "in debit"
	}
	r.late.Bent = append(r.late.Bent, fmt.Sprintf("at byte %d: the opening balance and the entries make %s %s, the closing balance says %s (%s): entries are missing or altered",
		s.close.Offset, makes, mark, s.close.Amount, s.close.Reason))
}

// balance reads an opening balance, and a closing one to check the entries with.
func (r *reader) balance(t *tree) (err error) {
	kind := t.value(0, "Tp", "CdOrPrtry", "Cd")
	switch kind {
	case "OPBD", "PRCD", "CLBD":
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
	if kind == "CLBD" {
		r.in(m.Amount.Currency).close = m
		return nil
	}
	if s := r.in(m.Amount.Currency); kind == "OPBD" || !s.open.Amount.Stated() {
		s.open = m
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
	r.in(m.Amount.Currency).add(m.Amount, m.Role == payments.Credited)
	return r.details(t, m)
}

// partAmount gives a transaction of an entry its amount in the account's currency; false
// when it states none. What it states in another currency, or before charges, is what
// the payer ordered.
func (r *reader) partAmount(t *tree, i int, m *payments.Message) (bool, error) {
	own, err := r.money(t, i, "Amt")
	if err != nil {
		return false, err
	}
	tx, err := r.money(t, i, "AmtDtls", "TxAmt", "Amt")
	if err != nil {
		return false, err
	}
	if own.Stated() && own.Currency != m.Amount.Currency {
		own, tx = payments.Money{}, own
	}
	if tx.Stated() && tx.Currency != m.Amount.Currency {
		if m.Bent = append(m.Bent, fmt.Sprintf("at byte %d: the transaction is of %s, booked as %s", m.Offset, tx, m.Amount)); m.Role == payments.Credited {
			m.Instructed = tx
		}
		tx = payments.Money{}
	}
	if !own.Stated() {
		own = tx
	}
	if own.Stated() {
		m.Amount = own
	}
	return own.Stated(), nil
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
			m.Offset, m.Bent = t.nodes[i].at, nil
			refs := t.child(i, "Refs")
			r.identify(&m, t, refs, "")
			m.Related, m.Ref = m.Ref, t.value(refs, "AcctSvcrRef")
			stated, err := r.partAmount(t, i, &m)
			if err != nil {
				return err
			}
			if stated {
				amounts++
				sum.Units = sum.Units.Add(m.Amount.Units)
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
		return r.fault(t.at, "Ntry/TxDtls", payments.ErrAmount, "%d of %d transactions of the entry have an amount in %s", amounts, len(parts), entry.Amount.Currency)
	case amounts == len(parts) && sum != entry.Amount:
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
