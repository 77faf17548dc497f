package report

import (
	"io"

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
	Decimals int                  `json:"decimals"`       // of the currency's minor unit
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
	Decimals int          `json:"decimals"`
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
			Record: "payment", ID: p.ID, Amount: m.Amount.Units, Currency: m.Amount.Currency, Decimals: m.Amount.Decimals(), Debtor: party(m.Debtor), Creditor: party(m.Creditor),
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
			r.Altered = append(r.Altered, PaymentAlterRecord{a.Amount.Units, a.Amount.Currency, a.Amount.Decimals(), party(a.Creditor), a.Evidence()})
		}
		out = append(out, r)
	}
	return out
}

// PaymentsSchema names the form of the records of payments. Fields are only ever
// added.
const PaymentsSchema = "coldtrail/payments/v1"

// PaymentsHeaderRecord says of what case the payments are.
type PaymentsHeaderRecord struct {
	Record   string `json:"record"` // "payments_header"
	Schema   string `json:"schema"`
	Title    string `json:"title"`
	Question string `json:"question"`
	// Reconstruction: the case was written from reports, its messages are not public.
	Reconstruction bool `json:"reconstruction"`
}

// PaymentsHeader makes the first record.
func PaymentsHeader(title, question string, reconstruction bool) PaymentsHeaderRecord {
	return PaymentsHeaderRecord{"payments_header", PaymentsSchema, title, question, reconstruction}
}

// PaymentSumRecord sums the payments that were ever in a state, in one currency.
type PaymentSumRecord struct {
	Record   string       `json:"record"` // "payment_sum"
	State    string       `json:"state"`
	Currency string       `json:"currency"`
	Decimals int          `json:"decimals"`
	Payments int          `json:"payments"`
	Amount   money.Amount `json:"amount" doc:"of the orders; of returns what came back"`
}

// PaymentTotalRecord says what became of the orders in one currency.
type PaymentTotalRecord struct {
	Record    string       `json:"record"` // "payment_total"
	Currency  string       `json:"currency"`
	Decimals  int          `json:"decimals"`
	Attempted money.Amount `json:"attempted" doc:"ordered"`
	Credited  money.Amount `json:"credited"`
	Returned  money.Amount `json:"returned"`
	Rejected  money.Amount `json:"rejected"`
	Kept      money.Amount `json:"kept" doc:"credited and not returned, payment by payment"`
	Open      money.Amount `json:"open" doc:"ordered, and neither credited nor rejected in these messages"`
}

// PublishedRecord is a figure that others published and what the case file states
// of its difference from the messages. The trail of the case checks it.
type PublishedRecord struct {
	Record     string `json:"record"` // "published"
	Title      string `json:"title"`
	Who        string `json:"who"`
	Figure     string `json:"figure" doc:"as the case file writes it: 101000000 USD"`
	Difference string `json:"difference,omitempty"`
	Verdict    string `json:"verdict" enum:"agrees,contradicted,not explained"`
	Source     string `json:"source"`
	Text       string `json:"text,omitempty"`
}

// PaymentSums sums payments by state and currency, in the order in which the states
// first occur. A state that several messages report counts once; what comes back in
// parts counts part by part. A payment that no order asked for counts only when it
// comes back.
func PaymentSums(list []*payments.Payment) []PaymentSumRecord {
	type key struct {
		state    payments.Role
		currency string
	}
	out, at := []PaymentSumRecord{}, map[key]int{}
	count := func(state payments.Role, m payments.Money) {
		k := key{state, m.Currency}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, PaymentSumRecord{Record: "payment_sum", State: state.String(), Currency: m.Currency, Decimals: m.Decimals()})
		}
		out[i].Payments++
		out[i].Amount = out[i].Amount.Add(m.Units)
	}
	for _, p := range list {
		seen := map[payments.Role]bool{}
		for _, c := range p.States {
			switch {
			case c.State == payments.Returned:
				count(c.State, c.Message.Amount)
			case !p.Shown && !seen[c.State]:
				count(c.State, p.Order.Amount)
			}
			seen[c.State] = true
		}
	}
	return out
}

// PaymentTotals says what became of the orders, by currency in order of occurrence.
func PaymentTotals(list []*payments.Payment) []PaymentTotalRecord {
	out, at := []PaymentTotalRecord{}, map[string]int{}
	of := func(currency string, decimals int) *PaymentTotalRecord {
		i, ok := at[currency]
		if !ok {
			i = len(out)
			at[currency] = i
			out = append(out, PaymentTotalRecord{Record: "payment_total", Currency: currency, Decimals: decimals})
		}
		return &out[i]
	}
	for _, s := range PaymentSums(list) {
		t := of(s.Currency, s.Decimals)
		switch s.State {
		case payments.Order.String():
			t.Attempted = s.Amount
		case payments.Credited.String():
			t.Credited = s.Amount
		case payments.Returned.String():
			t.Returned = s.Amount
		}
	}
	for _, p := range list {
		m := p.Order.Amount
		t := of(m.Currency, m.Decimals())
		if p.Refused() && !p.Shown {
			t.Rejected = t.Rejected.Add(m.Units)
		}
		switch {
		case p.Shown:
		case p.Has(payments.Credited):
			rest := m.Units
			if p.Returned.Currency == m.Currency && !rest.Less(p.Returned.Units) {
				rest = rest.Sub(p.Returned.Units)
			}
			t.Kept = t.Kept.Add(rest)
		case p.Has(payments.Order) && !p.Refused():
			t.Open = t.Open.Add(m.Units)
		}
	}
	return out
}

// PaymentsJSONL writes the records as JSON Lines: the header, the payments in order,
// the sums, the totals, and what others published.
func PaymentsJSONL(w io.Writer, head PaymentsHeaderRecord, list []*payments.Payment, published []PublishedRecord) error {
	lines := []any{head}
	for _, r := range PaymentRecords(list) {
		lines = append(lines, r)
	}
	for _, r := range PaymentSums(list) {
		lines = append(lines, r)
	}
	for _, r := range PaymentTotals(list) {
		lines = append(lines, r)
	}
	for _, r := range published {
		lines = append(lines, r)
	}
	return writeLines(w, lines)
}
