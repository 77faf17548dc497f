package swift

import (
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/source/payments"
)

// Decode gives the meaning of a message: one payments.Message for most, one a
// transaction for an MT101, one an entry for an MT940 or MT950. A NAK makes an
// order a rejection. Errors are *payments.Error; a type that is not read is
// payments.ErrType.
func (m *Message) Decode() ([]payments.Message, error) {
	d := &decoder{m: m}
	list, err := d.meaning()
	for i := range list {
		p := &list[i]
		if p.Acked = m.Acked; m.Nacked {
			p.Role, p.Refused, p.Reason = payments.Rejected, p.Role, strings.TrimSpace("NAK "+m.NakCode)
		}
	}
	return list, err
}

func (d *decoder) meaning() ([]payments.Message, error) {
	switch d.m.Type {
	case "101":
		return d.batch()
	case "103":
		return d.one(d.customer())
	case "202":
		return d.one(d.interbank())
	case "192", "292":
		return d.one(d.about(payments.Recalled))
	case "196", "296":
		return d.one(d.about(payments.Answered))
	case "900":
		return d.one(d.confirmation(payments.Debited))
	case "910":
		return d.one(d.confirmation(payments.Credited))
	case "940", "950":
		return d.statement()
	}
	return nil, &payments.Error{File: d.m.File, Offset: d.m.Offset, Msg: "MT" + d.m.Type + " is not read", Err: payments.ErrType,
		Hint: "leave it out and have it counted, or put it into another folder"}
}

type decoder struct {
	m    *Message
	bent []string
}

func (d *decoder) fail(err error, f Field, format string, args ...any) error {
	e := &payments.Error{File: d.m.File, Offset: f.Offset, Msg: fmt.Sprintf(format, args...), Err: err}
	if f.Tag != "" {
		e.Field = "MT" + d.m.Type + " field " + f.Tag
	}
	return e
}

func (d *decoder) wrap(f Field, err error) error {
	return &payments.Error{File: d.m.File, Offset: f.Offset, Field: "MT" + d.m.Type + " field " + f.Tag, Msg: err.Error(), Err: err}
}

func (d *decoder) odd(f Field, what string) {
	d.bent = append(d.bent, fmt.Sprintf("at byte %d: field %s: %s", f.Offset, f.Tag, what))
}

func (d *decoder) one(p payments.Message, err error) ([]payments.Message, error) {
	if err != nil {
		return nil, err
	}
	p.Bent = append(p.Bent, d.bent...)
	return []payments.Message{p}, nil
}

// base is what every message has. Without 52 the sender is the debtor's agent,
// without 57 the receiver is the creditor's.
func (d *decoder) base(role payments.Role) payments.Message {
	m := d.m
	p := payments.Message{
		Role: role, Type: "MT" + m.Type, Sender: m.Sender, Receiver: m.Receiver, UETR: m.UETR(),
		File: m.File, Offset: m.Offset, Possible: m.PossibleDuplicate(), Bent: append([]string(nil), m.Bent...),
	}
	if p.UETR != "" && !payments.ValidUETR(p.UETR) {
		p.Bent = append(p.Bent, fmt.Sprintf("at byte %d: UETR %q is not a lower-case UUID of version 4: not linked by", m.Offset, p.UETR))
	}
	return p
}

// fields walks block 4 and puts each field into p; seen tells required ones.
func (d *decoder) fields(p *payments.Message, fields []Field) error {
	for _, f := range fields {
		if err := d.field(p, f); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) field(p *payments.Message, f Field) (err error) {
	option := f.Tag[2:]
	switch f.Tag[:2] {
	case "20":
		p.Ref = f.Value
	case "21":
		if option == "" { // 21F of an MT101 is a deal's, 21R the customer's for all
			p.Related = f.Value
		}
	case "32":
		return d.amount32(p, f, option)
	case "33":
		p.Instructed, err = d.money(f, f.Value)
		return err
	case "36":
		p.Rate = f.Value
		if strings.Count(f.Value, ",") != 1 || strings.Trim(f.Value, "0123456789,") != "" {
			return d.fail(payments.ErrField, f, "rate %q is not digits and one comma", f.Value)
		}
	case "50":
		if p.Debtor.IsZero() || option != "C" && option != "L" {
			p.Debtor = d.party(f, option)
		}
	case "52":
		p.DebtorAgent = d.agent(f, option)
	case "53", "54", "55":
		p.Settlement = append(p.Settlement, d.agent(f, option))
	case "56":
		p.Route = append(p.Route, d.agent(f, option))
	case "57":
		p.CreditorAgent = d.agent(f, option)
	case "58":
		p.Creditor = d.agent(f, option)
	case "59":
		p.Creditor = d.party(f, option)
	case "70":
		p.Remit = f.Value
	case "71":
		return d.charge(p, f, option)
	case "72":
		d.instruction(p, f)
	case "11", "12", "13", "17", "19", "23", "25", "26", "28", "30", "34", "37", "39", "51", "60", "61", "62", "64", "65", "75", "76", "77", "79", "86":
	default:
		d.odd(f, "unknown tag, kept and not read")
	}
	return nil
}

func (d *decoder) amount32(p *payments.Message, f Field, option string) (err error) {
	text := f.Value
	if option == "A" || option == "C" || option == "D" {
		if len(text) < 6 {
			return d.fail(payments.ErrField, f, "%q is no date, currency and amount", text)
		}
		if p.ValueDate, err = d.date(f, text[:6]); err != nil {
			return err
		}
		text = text[6:]
	}
	if p.Amount.Stated() {
		return d.fail(payments.ErrField, f, "a second interbank amount")
	}
	if p.Amount, err = d.money(f, text); err != nil {
		return err
	}
	if p.Amount.Units.IsZero() {
		return d.fail(payments.ErrAmount, f, "the amount is zero")
	}
	return nil
}

// date reads YYMMDD; 80 to 99 is the last century.
func (d *decoder) date(f Field, s string) (time.Time, error) {
	n := 0
	for i := 0; i < 6; i++ {
		if s[i] < '0' || s[i] > '9' {
			return time.Time{}, d.fail(payments.ErrField, f, "date %q is not YYMMDD", s)
		}
		n = n*10 + int(s[i]-'0')
	}
	y, mo, day := n/10000, n/100%100, n%100
	if y += 1900; y < 1980 {
		y += 100
	}
	t := time.Date(y, time.Month(mo), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != mo {
		return time.Time{}, d.fail(payments.ErrField, f, "date %q is not a day of the calendar", s)
	}
	return t, nil
}

func (d *decoder) money(f Field, s string) (payments.Money, error) {
	if len(s) < 4 {
		return payments.Money{}, d.fail(payments.ErrAmount, f, "%q is no currency and amount", s)
	}
	m, err := payments.ParseMT(s[:3], s[3:])
	if err != nil {
		return m, d.wrap(f, err)
	}
	return m, nil
}

// charge reads 71A, 71F and 71G.
func (d *decoder) charge(p *payments.Message, f Field, option string) error {
	if option == "A" {
		if p.Bearer = f.Value; p.Bearer != "OUR" && p.Bearer != "SHA" && p.Bearer != "BEN" {
			return d.fail(payments.ErrField, f, "charges are OUR, SHA or BEN, not %q", f.Value)
		}
		return nil
	}
	if option != "F" && option != "G" {
		d.odd(f, "option is not read")
		return nil
	}
	m, err := d.money(f, f.Value)
	if err != nil {
		return err
	}
	c := payments.Charge{Money: m, Agent: d.m.Sender}
	if option == "G" {
		c.Agent, c.Receiver = d.m.Receiver, true
	}
	if !m.Units.IsZero() {
		p.Charges = append(p.Charges, c)
	}
	return nil
}

// instruction finds returns and rejections in field 72 (/RETN/, /REJT/ at the start of
// a line) and the reference of the message they speak of (/MREF/).
func (d *decoder) instruction(p *payments.Message, f Field) {
	flat := "\n" + strings.ReplaceAll(f.Value, "\n//", "")
	switch {
	case strings.Contains(flat, "\n/RETN/"):
		p.Role, p.Reason = payments.Returned, f.Value
	case strings.Contains(flat, "\n/REJT/"):
		p.Role, p.Reason = payments.Rejected, f.Value
	default:
		return
	}
	if i := strings.Index(flat, "/MREF/"); i >= 0 {
		ref := flat[i+6:]
		if j := strings.IndexAny(ref, "/\n"); j >= 0 {
			ref = ref[:j]
		}
		p.Related = strings.TrimSpace(ref)
	}
}
