package swift

import (
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/source/payments"
)

// need checks that the required fields were there.
func (d *decoder) need(p *payments.Message, tags ...string) error {
	for _, tag := range tags {
		if _, ok := d.m.Get(tag); !ok {
			return d.fail(payments.ErrField, Field{Tag: tag, Offset: d.m.Offset}, "is required and missing")
		}
	}
	return nil
}

// customer reads an MT103.
func (d *decoder) customer() (payments.Message, error) {
	p := d.base(payments.Order)
	if err := d.fields(&p, d.m.Fields); err != nil {
		return p, err
	}
	d.agents(&p)
	return p, d.need(&p, "20", "32A", "50", "59", "71A")
}

func (d *decoder) agents(p *payments.Message) {
	if p.DebtorAgent.IsZero() {
		p.DebtorAgent.BIC = d.m.Sender
	}
	if p.CreditorAgent.IsZero() {
		p.CreditorAgent.BIC = d.m.Receiver
	}
}

// interbank reads an MT202; a cover's sequence B gives the customers.
func (d *decoder) interbank() (payments.Message, error) {
	p := d.base(payments.Interbank)
	a, b := d.m.Fields, []Field(nil)
	for i, f := range a {
		if f.Tag[:2] == "50" {
			a, b = a[:i], a[i:]
			break
		}
	}
	if err := d.fields(&p, a); err != nil {
		return p, err
	}
	d.agents(&p)
	if err := d.need(&p, "20", "21", "32A", "58"); err != nil {
		return p, err
	}
	cover := d.m.Cover() || b != nil
	if b != nil && !d.m.Cover() {
		p.Bent = append(p.Bent, "sequence B is present and block 3 does not say 119:COV: read as a cover")
	}
	if !cover {
		p.Debtor = p.DebtorAgent
		return p, nil
	}
	if b == nil {
		return p, d.fail(payments.ErrField, Field{Offset: d.m.Offset}, "block 3 says 119:COV and sequence B, the customer payment, is missing")
	}
	if p.Role == payments.Interbank {
		p.Role = payments.Cover
	}
	route := p
	p.Settlement = append([]payments.Party{route.DebtorAgent}, p.Settlement...)
	p.Settlement = append(p.Settlement, route.Creditor)
	p.Route, p.Debtor, p.Creditor = nil, payments.Party{}, payments.Party{}
	p.DebtorAgent, p.CreditorAgent = route.DebtorAgent, route.Creditor
	amount := p.Amount
	if err := d.fields(&p, b); err != nil {
		return p, err
	}
	p.Amount, p.Role, p.Reason, p.Related = amount, route.Role, route.Reason, route.Related // 72 of sequence B is the customer's
	return p, d.need(&p, "50", "59")
}

// about reads MT192, 292, 196 and 296: they speak of another message.
func (d *decoder) about(role payments.Role) (payments.Message, error) {
	p := d.base(role)
	for _, f := range d.m.Fields {
		switch f.Tag {
		case "20":
			p.Ref = f.Value
		case "21":
			p.Related = f.Value
		case "79", "76", "77A":
			p.Reason = f.Value
		}
	}
	return p, d.need(&p, "20", "21")
}

// confirmation reads MT900 and MT910.
func (d *decoder) confirmation(role payments.Role) (payments.Message, error) {
	p := d.base(role)
	if err := d.fields(&p, d.m.Fields); err != nil {
		return p, err
	}
	f, _ := d.m.Get("25")
	p.Account = payments.Party{Account: strings.TrimPrefix(firstLine(f.Value), "/"), BIC: d.m.Sender}
	p.Booked, p.DateOnly = p.ValueDate, true
	if at, ok := d.m.Get("13D"); ok {
		if t, err := d.stamp(at); err == nil {
			p.Booked, p.DateOnly = t, false
		} else {
			d.odd(at, "not YYMMDDhhmm and an offset: only the day is used")
		}
	}
	return p, d.need(&p, "20", "21", "25", "32A")
}

// stamp reads YYMMDDhhmm±hhmm.
func (d *decoder) stamp(f Field) (time.Time, error) {
	v := f.Value
	if len(v) != 15 {
		return time.Time{}, d.fail(payments.ErrField, f, "%q", v)
	}
	day, err := d.date(f, v[:6])
	if err != nil {
		return day, err
	}
	t, err := time.Parse("1504-0700", v[6:])
	if err != nil {
		return t, d.fail(payments.ErrField, f, "%q", v)
	}
	_, off := t.Zone()
	return day.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute - time.Duration(off)*time.Second), nil
}

// batch reads an MT101: sequence A, then one order from each field 21 on.
func (d *decoder) batch() ([]payments.Message, error) {
	if err := d.need(nil, "20", "30", "32B", "59"); err != nil {
		return nil, err
	}
	var head []Field
	var orders [][]Field
	for _, f := range d.m.Fields {
		switch {
		case f.Tag == "21":
			orders = append(orders, []Field{f})
		case len(orders) == 0:
			head = append(head, f)
		default:
			orders[len(orders)-1] = append(orders[len(orders)-1], f)
		}
	}
	if len(orders) == 0 {
		return nil, d.fail(payments.ErrField, Field{Tag: "21", Offset: d.m.Offset}, "is required and missing")
	}
	var out []payments.Message
	for i, o := range orders {
		p := d.base(payments.Order)
		d.bent = nil
		if err := d.fields(&p, head); err != nil {
			return nil, err
		}
		if err := d.fields(&p, o); err != nil {
			return nil, err
		}
		d.agents(&p)
		if len(orders) > 1 {
			p.UETR = "" // one cannot be that of many
		}
		f, _ := d.m.Get("30")
		if len(f.Value) != 6 {
			return nil, d.fail(payments.ErrField, f, "date %q is not YYMMDD", f.Value)
		}
		day, err := d.date(f, f.Value)
		if err != nil {
			return nil, err
		}
		if !p.Amount.Stated() || p.Creditor.IsZero() {
			return nil, d.fail(payments.ErrField, o[0], "order %d lacks its amount or beneficiary", i+1)
		}
		p.ValueDate, p.Ref = day, p.Ref+"/"+p.Related
		p.Bent = append(p.Bent, d.bent...)
		out = append(out, p)
	}
	return out, nil
}
