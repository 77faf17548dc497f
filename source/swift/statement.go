package swift

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
)

// sums of a statement: what came in and what went out, so that no balance below
// zero needs a sign.
type sums struct{ in, out money.Amount }

func (s *sums) add(m payments.Money, credit bool) {
	if credit {
		s.in = s.in.Add(m.Units)
	} else {
		s.out = s.out.Add(m.Units)
	}
}

// String is the balance: "USD 5 in credit".
func (s sums) text(currency string) string {
	m, mark := payments.Money{Currency: currency, Units: s.in.Monus(s.out)}, "in credit"
	if s.in.Less(s.out) {
		m.Units, mark = s.out.Sub(s.in), "in debit"
	}
	return m.String() + " " + mark
}

// statement reads MT940 and MT950: the opening balance and the lines 61. Lines that
// do not make the closing balance are reported: a line may have been taken out.
func (d *decoder) statement() ([]payments.Message, error) {
	if err := d.need(nil, "20", "25", "60"); err != nil {
		return nil, err
	}
	acct, _ := d.m.Get("25")
	about := payments.Party{Account: strings.TrimPrefix(firstLine(acct.Value), "/"), BIC: d.m.Sender}
	currency, page, closed := "", d.page(), false
	var sum sums
	var out []payments.Message
	for _, f := range d.m.Fields {
		p := d.base(payments.Balance)
		p.Account, p.UETR, p.Page = about, "", page // the lines are many payments
		var err error
		switch f.Tag {
		case "60F", "60M":
			err = d.balance(&p, f)
			currency = p.Amount.Currency
			sum.add(p.Amount, p.Reason == "C")
		case "61":
			err = d.line(&p, f, currency)
			p.Sequence = len(out)
			sum.add(p.Amount, p.Role == payments.Credited)
		case "62F", "62M":
			closed = true
			if err = d.balance(&p, f); err == nil {
				d.closes(&p, f, sum, currency)
				continue
			}
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		p.Offset = f.Offset
		out = append(out, p)
	}
	if len(out) == 0 || currency == "" {
		return nil, d.fail(payments.ErrField, Field{Tag: "60F", Offset: d.m.Offset}, "is required and missing")
	}
	if !closed {
		d.bent = append(d.bent, fmt.Sprintf("at byte %d: no closing balance: nobody can say whether lines are missing", d.m.Offset))
	}
	last := &out[len(out)-1]
	last.Bent = append(last.Bent, d.bent...)
	return out, nil
}

// page is the number of the statement and of its page, from field 28C: "5/2". Pages
// of one day stand in their order.
func (d *decoder) page() int64 {
	f, _ := d.m.Get("28")
	number, page, _ := strings.Cut(f.Value, "/")
	n, err1 := strconv.ParseUint(number, 10, 31)
	p, err2 := strconv.ParseUint(page, 10, 31)
	if err1 != nil || err2 != nil && page != "" {
		return 0
	}
	return int64(n<<32 | p)
}

// closes compares the closing balance with the opening balance and the lines.
func (d *decoder) closes(p *payments.Message, f Field, sum sums, currency string) {
	if p.Amount.Currency != currency {
		d.odd(f, "the closing balance is in "+p.Amount.Currency+", the opening balance in "+currency)
		return
	}
	var says sums
	says.add(p.Amount, p.Reason == "C")
	if sum.in.Add(says.out) != says.in.Add(sum.out) {
		d.odd(f, "the opening balance and the lines make "+sum.text(currency)+", the closing balance says "+says.text(currency)+": lines are missing or altered")
	}
}

// balance reads "C160203USD100,00": mark, date, currency, amount.
func (d *decoder) balance(p *payments.Message, f Field) (err error) {
	if len(f.Value) < 11 || f.Value[0] != 'C' && f.Value[0] != 'D' {
		return d.fail(payments.ErrField, f, "%q is no balance", f.Value)
	}
	if p.Booked, err = d.date(f, f.Value[1:7]); err != nil {
		return err
	}
	p.DateOnly, p.Reason = true, f.Value[:1]
	p.Amount, err = d.money(f, f.Value[7:])
	return err
}

// line reads a field 61: value date, entry date, mark, funds code, amount,
// type, the owner's reference, and after // the servicer's.
func (d *decoder) line(p *payments.Message, f Field, currency string) (err error) {
	v := firstLine(f.Value)
	bad := func() error { return d.fail(payments.ErrField, f, "%q is no statement line", v) }
	if currency == "" {
		return d.fail(payments.ErrField, f, "stands in front of the opening balance, which gives its currency")
	}
	if len(v) < 8 {
		return bad()
	}
	if p.ValueDate, err = d.date(f, v[:6]); err != nil {
		return err
	}
	rest := v[6:]
	if p.Booked, p.DateOnly = p.ValueDate, true; rest[0] >= '0' && rest[0] <= '9' {
		if len(rest) < 5 || strings.Trim(rest[:4], "0123456789") != "" {
			return bad()
		}
		var ok bool
		if p.Booked, ok = entryDate(p.ValueDate, rest[:4]); !ok {
			return d.fail(payments.ErrField, f, "entry date %q is not a day of the calendar", rest[:4])
		}
		rest = rest[4:]
	}
	switch {
	case strings.HasPrefix(rest, "C"), strings.HasPrefix(rest, "RD"):
		p.Role = payments.Credited
	case strings.HasPrefix(rest, "D"), strings.HasPrefix(rest, "RC"):
		p.Role = payments.Debited
	default:
		return bad()
	}
	if rest[0] == 'R' {
		p.Reversal, p.Reason = true, "reversal"
	}
	rest = strings.TrimLeft(rest, "RCDEABFGHIJKLMNOPQSTUVWXYZ")
	end := 0
	for end < len(rest) && (rest[end] >= '0' && rest[end] <= '9' || rest[end] == ',' || rest[end] == '.') {
		end++
	}
	if p.Amount, err = payments.ParseMT(currency, rest[:end]); err != nil {
		return d.wrap(f, err)
	}
	if len(rest) < end+4 {
		return bad()
	}
	p.Related, p.Ref, _ = strings.Cut(rest[end+4:], "//")
	return nil
}

// entryDate gives MMDD the year in which it is nearest to the value date; false when
// no year near has such a day.
func entryDate(value time.Time, mmdd string) (best time.Time, ok bool) {
	for i := -1; i <= 1; i++ {
		t, err := time.Parse("20060102", fmt.Sprintf("%04d", value.Year()+i)+mmdd)
		if err == nil && (!ok || t.Sub(value).Abs() < best.Sub(value).Abs()) {
			best, ok = t, true
		}
	}
	return best, ok
}
