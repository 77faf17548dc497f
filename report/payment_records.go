package report

import (
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
)

// PaymentRecord is a payment of bank messages: what was asked for, and what became
// of it. Amounts are atomic units of their currency (ISO 4217).
type PaymentRecord struct {
	Record   string               `json:"record"` // "payment"
	ID       string               `json:"id"`     // the UETR, else the sender's BIC and reference
	Amount   money.Amount         `json:"amount"`
	Currency string               `json:"currency"`
	Date     string               `json:"date,omitempty"` // value date
	Debtor   PartyRecord          `json:"debtor"`
	Creditor PartyRecord          `json:"creditor"`
	States   []PaymentStateRecord `json:"states"` // in order
	// Moved: a credit was reported, or an account without an order was debited.
	Moved bool `json:"moved"`
	// Shown: no order is known, a cover or an entry shows the payment.
	Shown    bool                 `json:"shown"`
	Returned *money.Amount        `json:"returned,omitempty"` // the sum that came back
	Altered  []PaymentAlterRecord `json:"altered,omitempty"`
	Evidence string               `json:"evidence"` // file and byte
}

// PartyRecord is a customer or bank as a message names it.
type PartyRecord struct {
	Name    string `json:"name,omitempty"`
	Account string `json:"account,omitempty"`
	BIC     string `json:"bic,omitempty"`
}

// PaymentStateRecord is what happened to a payment, and the message that says so.
type PaymentStateRecord struct {
	State    string `json:"state"` // ordered, accepted, rejected, credited, debited, returned, recalled, answered
	Time     string `json:"time,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Type     string `json:"type"` // of the message: MT103, pacs.008.001.08
	Evidence string `json:"evidence"`
}

// PaymentAlterRecord is a message of the same payment that says otherwise.
type PaymentAlterRecord struct {
	Amount   money.Amount `json:"amount"`
	Currency string       `json:"currency"`
	Creditor PartyRecord  `json:"creditor"`
	Evidence string       `json:"evidence"`
}

// PaymentRecords makes the records of payments, in order.
func PaymentRecords(list []*payments.Payment) []PaymentRecord {
	party := func(p payments.Party) PartyRecord { return PartyRecord{p.Name, p.Account, p.BIC} }
	out := make([]PaymentRecord, 0, len(list))
	for _, p := range list {
		m := &p.Order
		r := PaymentRecord{
			Record: "payment", ID: p.ID, Amount: m.Amount.Units, Currency: m.Amount.Currency, Debtor: party(m.Debtor), Creditor: party(m.Creditor),
			States: []PaymentStateRecord{}, Moved: p.Moved(), Shown: p.Shown, Evidence: m.Evidence(),
		}
		if !m.ValueDate.IsZero() {
			r.Date = m.ValueDate.UTC().Format("2006-01-02")
		}
		for _, c := range p.States {
			r.States = append(r.States, PaymentStateRecord{c.State.String(), stampTime(c.At), c.Reason, c.Message.Type, c.Message.Evidence()})
		}
		if p.Returned.Stated() {
			n := p.Returned.Units
			r.Returned = &n
		}
		for i := range p.Altered {
			a := &p.Altered[i]
			r.Altered = append(r.Altered, PaymentAlterRecord{a.Amount.Units, a.Amount.Currency, party(a.Creditor), a.Evidence()})
		}
		out = append(out, r)
	}
	return out
}
