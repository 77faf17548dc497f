package iso20022

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/source/payments"
)

// agentBIC reads the BIC of an agent element.
func agentBIC(t *tree, i int) string {
	id := t.find(i, "FinInstnId")
	if s := t.value(id, "BICFI"); s != "" {
		return s
	}
	return t.value(id, "BIC") // versions before 03
}

// agent reads a bank. Its clearing code stands for its account where it has no BIC,
// as in Fedwire.
func agent(t *tree, i int) payments.Party {
	p := payments.Party{BIC: agentBIC(t, i), Name: t.value(i, "FinInstnId", "Nm")}
	if p.BIC == "" {
		p.Account = t.value(i, "FinInstnId", "ClrSysMmbId", "MmbId")
	}
	return p
}

// account reads an account element: the IBAN, else the other number.
func account(t *tree, i int) payments.Party {
	if s := t.value(i, "Id", "IBAN"); s != "" {
		return payments.Party{Account: s}
	}
	return payments.Party{Account: t.value(i, "Id", "Othr", "Id")}
}

func customer(t *tree, i int, who string) payments.Party {
	p := account(t, t.child(i, who+"Acct"))
	at := t.child(i, who)
	if inner := t.child(at, "Pty"); inner >= 0 {
		at = inner
	}
	p.Name = t.value(at, "Nm")
	p.BIC = t.value(at, "Id", "OrgId", "AnyBIC")
	return p
}

// bank reads a party that is a bank, as all parties of pacs.009 are.
func bank(t *tree, i int, who string) payments.Party {
	p := agent(t, t.child(i, who))
	if a := account(t, t.child(i, who+"Acct")).Account; a != "" && p.BIC != "" {
		p.Account = a
	}
	return p
}

func (r *reader) base(role payments.Role, at int64) payments.Message {
	m := payments.Message{Role: role, Type: r.typ, Sender: r.head.sender, Receiver: r.head.receiver, File: r.l.file, Offset: at}
	if m.Sender == "" {
		m.Sender = r.head.from
	}
	if m.Receiver == "" {
		m.Receiver = r.head.to
	}
	return m
}

// identify reads PmtId and its like.
func (r *reader) identify(m *payments.Message, t *tree, i int, prefix string) {
	m.UETR = t.value(i, prefix+"UETR")
	m.EndToEnd = t.value(i, prefix+"EndToEndId")
	m.Ref = t.value(i, prefix+"InstrId")
	if m.Ref == "" {
		m.Ref = t.value(i, prefix+"TxId")
	}
	if m.UETR != "" && !payments.ValidUETR(m.UETR) {
		r.bent = append(r.bent, fmt.Sprintf("at byte %d: UETR %q is not a lower-case UUID of version 4: not linked by", m.Offset, m.UETR))
	}
}

// creditTransfer reads one transaction of pacs.008 or pacs.009.
func (r *reader) creditTransfer(t *tree) (err error) {
	m := r.base(payments.Order, t.at)
	r.identify(&m, t, t.child(0, "PmtId"), "")
	if m.Amount, err = r.money(t, 0, "IntrBkSttlmAmt"); err != nil {
		return err
	}
	if !m.Amount.Stated() || m.Amount.Units.IsZero() {
		return r.fault(t.at, "IntrBkSttlmAmt", payments.ErrAmount, "the amount is missing or zero")
	}
	if m.Instructed, err = r.money(t, 0, "InstdAmt"); err != nil {
		return err
	}
	m.Rate = t.value(0, "XchgRate")
	if err := r.valueDate(&m, t); err != nil {
		return err
	}
	for _, end := range []struct {
		who string
		bic *string
	}{{"InstgAgt", &m.Sender}, {"InstdAgt", &m.Receiver}} {
		if s := agentBIC(t, t.child(0, end.who)); s != "" {
			*end.bic = s
		}
	}
	for _, name := range [...]string{"PrvsInstgAgt1", "PrvsInstgAgt2", "PrvsInstgAgt3", "IntrmyAgt1", "IntrmyAgt2", "IntrmyAgt3"} {
		if i := t.child(0, name); i >= 0 {
			m.Route = append(m.Route, agent(t, i))
		}
	}
	if err := r.charges(&m, t); err != nil {
		return err
	}
	m.Remit = t.value(0, "RmtInf", "Ustrd")
	if r.form.typ == "pacs.008" {
		r.people(&m, t, 0)
	} else if err := r.banks(&m, t); err != nil {
		return err
	}
	if m.Debtor.IsZero() || m.Creditor.IsZero() {
		return r.fault(t.at, "Dbtr or Cdtr", payments.ErrField, "is required and missing")
	}
	return r.put(m)
}

// people reads debtor, creditor and their agents.
func (r *reader) people(m *payments.Message, t *tree, i int) {
	m.Debtor, m.Creditor = customer(t, i, "Dbtr"), customer(t, i, "Cdtr")
	m.DebtorAgent, m.CreditorAgent = agent(t, t.child(i, "DbtrAgt")), agent(t, t.child(i, "CdtrAgt"))
	if m.DebtorAgent.IsZero() {
		m.DebtorAgent.BIC = m.Sender
	}
	if m.CreditorAgent.IsZero() {
		m.CreditorAgent.BIC = m.Receiver
	}
}

// banks reads a pacs.009: between banks, or the cover of a customer payment.
func (r *reader) banks(m *payments.Message, t *tree) error {
	m.Role = payments.Interbank
	m.Debtor, m.Creditor = bank(t, 0, "Dbtr"), bank(t, 0, "Cdtr")
	m.DebtorAgent, m.CreditorAgent = m.Debtor, m.Creditor
	i := t.child(0, "UndrlygCstmrCdtTrf")
	if i < 0 {
		return nil
	}
	m.Role = payments.Cover
	m.Settlement = []payments.Party{m.Debtor, m.Creditor}
	r.people(m, t, i)
	var err error
	m.Instructed, err = r.money(t, i, "InstdAmt")
	return err
}

func (r *reader) valueDate(m *payments.Message, t *tree) error {
	s := t.value(0, "IntrBkSttlmDt")
	if s == "" {
		m.ValueDate = r.head.date
		return nil
	}
	at, _, err := r.when(s)
	if err != nil {
		return r.fault(t.at, "IntrBkSttlmDt", payments.ErrField, "%v", err)
	}
	m.ValueDate = at
	return nil
}

var bearers = map[string]string{"DEBT": "OUR", "SHAR": "SHA", "CRED": "BEN"}

func (r *reader) charges(m *payments.Message, t *tree) error {
	if s := t.value(0, "ChrgBr"); s != "" {
		if m.Bearer = bearers[s]; m.Bearer == "" {
			m.Bearer = s // SLEV
		}
	}
	return t.each(0, "ChrgsInf", func(i int) error {
		c, err := r.money(t, i, "Amt")
		if err != nil || !c.Stated() || c.Units.IsZero() {
			return err
		}
		who := agentBIC(t, t.child(i, "Agt"))
		m.Charges = append(m.Charges, payments.Charge{Money: c, Agent: who, Receiver: m.Bearer == "OUR" && payments.BIC8(who) == payments.BIC8(m.Receiver)})
		return nil
	})
}

// returned reads a transaction of pacs.004.
func (r *reader) returned(t *tree) (err error) {
	m := r.base(payments.Returned, t.at)
	r.identify(&m, t, 0, "Orgnl")
	m.Related, m.Ref = m.Ref, t.value(0, "RtrId")
	if m.Amount, err = r.money(t, 0, "RtrdIntrBkSttlmAmt"); err != nil {
		return err
	}
	if !m.Amount.Stated() || m.Amount.Units.IsZero() {
		return r.fault(t.at, "RtrdIntrBkSttlmAmt", payments.ErrAmount, "the amount is missing or zero")
	}
	m.Reason = reason(t, t.child(0, "RtrRsnInf"))
	if err := r.valueDate(&m, t); err != nil {
		return err
	}
	m.Booked, m.DateOnly = m.ValueDate, true
	return r.put(m)
}

func reason(t *tree, i int) string {
	if s := t.value(i, "Rsn", "Cd"); s != "" {
		return s
	}
	return t.value(i, "Rsn", "Prtry")
}

// status reads a transaction of pacs.002.
func (r *reader) status(t *tree) error {
	m := r.base(payments.Accepted, t.at)
	r.identify(&m, t, 0, "Orgnl")
	m.Related, m.Ref = m.Ref, ""
	switch s := t.value(0, "TxSts"); s {
	case "RJCT":
		m.Role, m.Reason = payments.Rejected, reason(t, t.child(0, "StsRsnInf"))
	case "ACCP", "ACSP", "ACSC", "ACTC", "ACWC", "ACCC", "ACFC":
		m.Reason = s
	case "PDNG", "RCVD":
		return nil // nothing has changed
	default:
		return r.fault(t.at, "TxSts", payments.ErrField, "status %q is not read", s)
	}
	if s := t.value(0, "AccptncDtTm"); s != "" {
		at, _, err := r.when(s)
		if err != nil {
			return r.fault(t.at, "AccptncDtTm", payments.ErrField, "%v", err)
		}
		m.Booked = at
	}
	return r.put(m)
}

func (r *reader) recall(t *tree) error {
	m := r.base(payments.Recalled, t.at)
	r.identify(&m, t, 0, "Orgnl")
	m.Related, m.Ref = m.Ref, t.value(0, "CxlId")
	m.Reason = reason(t, t.child(0, "CxlRsnInf"))
	return r.put(m)
}

func (r *reader) answer(t *tree) error {
	m := r.base(payments.Answered, t.at)
	r.identify(&m, t, 0, "Orgnl")
	m.Related, m.Ref = m.Ref, t.value(0, "CxlStsId")
	m.Reason = strings.TrimSpace(t.value(0, "TxCxlSts") + " " + reason(t, t.child(0, "CxlStsRsnInf")))
	return r.put(m)
}
