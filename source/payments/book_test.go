package payments_test

import (
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

const (
	uetr1 = "8579f4a4-a547-463e-ae63-e7c6620d59b4"
	uetr2 = "8579f4a4-a547-463e-ae63-e7c6620d59b5"
	uetr3 = "8579f4a4-a547-463e-ae63-e7c6620d59b6"
)

var day = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)

func usd(t testing.TB, s string) payments.Money {
	t.Helper()
	m, err := payments.ParseMT("USD", s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func order(t testing.TB, id, from, to, amount string) payments.Message {
	return payments.Message{
		Role: payments.Order, Type: "MT103", Sender: "AAAAUS33", Receiver: "BBBBGB2L", Ref: "R" + id[35:], UETR: id, ValueDate: day,
		Amount: usd(t, amount), Debtor: payments.Party{Account: from}, Creditor: payments.Party{Account: to},
		DebtorAgent: payments.Party{BIC: "AAAAUS33XXX"}, CreditorAgent: payments.Party{BIC: "BBBBGB2L"}, File: "t", Offset: 1,
	}
}

func about(role payments.Role, id string, m payments.Message, at time.Time) payments.Message {
	m.Role, m.UETR, m.Booked, m.DateOnly = role, id, at, at.Equal(day)
	m.Charges, m.Instructed = nil, payments.Money{}
	return m
}

func read(t testing.TB, opt payments.Options, ms ...payments.Message) (*payments.Source, []ledger.Transfer) {
	t.Helper()
	s := payments.New(ms, nil, "t", "", opt)
	var out []ledger.Transfer
	for x, err := range s.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Validate(ledger.Accounts); err != nil {
			t.Error(err)
		}
		out = append(out, x)
	}
	return s, out
}

// TestStates: value moves only on a reported credit, once, and back on a return.
func TestStates(t *testing.T) {
	o := order(t, uetr1, "1", "2", "1000,")
	for _, c := range []struct {
		name string
		ms   []payments.Message
		want string
	}{
		{"ordered", []payments.Message{o}, ""},
		{"accepted", []payments.Message{o, about(payments.Accepted, uetr1, o, day)}, ""},
		{"rejected", []payments.Message{about(payments.Rejected, uetr1, o, day), o}, ""},
		{"credited", []payments.Message{about(payments.Credited, uetr1, o, day), o}, "1>2 100000"},
		{"credited twice", []payments.Message{o, about(payments.Credited, uetr1, o, day), about(payments.Credited, uetr1, o, day)}, "1>2 100000"},
		{"repeated", []payments.Message{o, o, about(payments.Credited, uetr1, o, day)}, "1>2 100000"},
		{"recalled", []payments.Message{o, about(payments.Credited, uetr1, o, day), about(payments.Recalled, uetr1, o, day)}, "1>2 100000"},
		{"returned", []payments.Message{o, about(payments.Credited, uetr1, o, day), about(payments.Returned, uetr1, o, day.Add(72*time.Hour))}, "1>2 100000; 2>1 100000"},
		{"returned before credit", []payments.Message{o, about(payments.Returned, uetr1, o, day)}, ""},
	} {
		_, ts := read(t, payments.Options{}, c.ms...)
		var got []string
		for _, x := range ts {
			short := func(a ledger.Account) string { return string(a[strings.LastIndexByte(string(a), ':')+1:]) }
			got = append(got, short(x.From())+">"+short(x.To())+" "+x.Amount().String())
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: moves %q, want %q", c.name, s, c.want)
		}
	}
	if _, ts := read(t, payments.Options{Assume: true}, o); len(ts) != 1 || ts[0].Attrs["state"] != "assumed" {
		t.Errorf("assumed: %+v", ts)
	}
}

// TestAltered: one UETR with two amounts is one payment, and the other message is
// shown, counted and not moved.
func TestAltered(t *testing.T) {
	o := order(t, uetr1, "1", "2", "3000,")
	bad := order(t, uetr1, "1", "9", "1400000,")
	s, ts := read(t, payments.Options{}, o, bad, about(payments.Credited, uetr1, o, day))
	if len(ts) != 1 || ts[0].Amount().String() != "300000" || len(s.Payments()) != 1 || len(s.Payments()[0].Altered) != 1 || s.Info().Skipped != 1 {
		t.Errorf("%+v %+v", ts, s.Info())
	}
	if notes := strings.Join(s.Info().Notes, "\n"); !strings.Contains(notes, "USD 3000 there and USD 1400000 here") {
		t.Errorf("notes: %s", notes)
	}
}

// TestReturns: a return beyond the payment is left out; two parts are two edges.
func TestReturns(t *testing.T) {
	o := order(t, uetr1, "1", "2", "1000,")
	part := about(payments.Returned, uetr1, o, day.Add(time.Hour))
	part.Amount = usd(t, "600,")
	more := part
	more.Ref = "another return"
	s, ts := read(t, payments.Options{}, o, about(payments.Credited, uetr1, o, day), part, more)
	if len(ts) != 2 || s.Info().Skipped != 1 {
		t.Errorf("%d transfers, %+v", len(ts), s.Info())
	}
}

// TestCover: a payment and its cover are one edge, and the leg is another ledger.
func TestCover(t *testing.T) {
	o := order(t, uetr1, "1", "2", "1000,")
	c := o
	c.Role, c.Type, c.Related, c.Ref, c.Receiver = payments.Cover, "MT202", o.Ref, "COV", "CCCCUS33"
	c.Settlement = []payments.Party{{BIC: "AAAAUS33"}, {BIC: "BBBBGB2L"}}
	credit := about(payments.Credited, uetr1, o, day)
	if _, ts := read(t, payments.Options{}, o, c, credit); len(ts) != 1 {
		t.Errorf("%d customer edges", len(ts))
	}
	_, ts := read(t, payments.Options{Layer: payments.Settlement}, o, c, credit)
	if len(ts) != 1 || ts[0].From() != "nostro:AAAAUS33@CCCCUS33/USD" || ts[0].To() != "nostro:BBBBGB2L@CCCCUS33/USD" || ts[0].Ledger != "bank:messages/settlement" {
		t.Errorf("%+v", ts)
	}
	if s, ts := read(t, payments.Options{}, c, credit); len(ts) != 1 || len(s.Payments()) != 1 {
		t.Errorf("a cover alone: %+v", ts)
	}
}

// TestCharges: charges are edges to the agent; two currencies are a conversion.
func TestCharges(t *testing.T) {
	o := order(t, uetr1, "1", "2", "1000,")
	o.Instructed, _ = payments.ParseMT("JPY", "150000,")
	o.Charges = []payments.Charge{{Money: usd(t, "10,"), Agent: "AAAAUS33XXX"}, {Money: usd(t, "5,"), Agent: "BBBBGB2L", Receiver: true}}
	_, ts := read(t, payments.Options{}, o, about(payments.Credited, uetr1, o, day))
	if len(ts) != 4 || ts[0].Asset != "iso4217:JPY" || ts[0].Amount().String() != "150000" || ts[1].Amount().String() != "99500" || ts[0].To() != ts[1].From() ||
		ts[2].To() != "fees:AAAAUS33" || ts[3].To() != "fees:BBBBGB2L" {
		t.Errorf("%+v", ts)
	}
}

// TestTies: bookings that share a day are tied, credits listed before debits;
// times or the numbers of one statement order them.
func TestTies(t *testing.T) {
	a, b := order(t, uetr1, "2", "3", "5,"), order(t, uetr2, "1", "2", "5,")
	b.CreditorAgent = a.DebtorAgent
	_, ts := read(t, payments.Options{Assume: true}, a, b)
	if len(ts) != 2 || ts[0].Tie == 0 || ts[0].Tie != ts[1].Tie || ts[0].ID != uetr2 {
		t.Errorf("a day: %+v", ts)
	}
	_, ts = read(t, payments.Options{}, a, b, about(payments.Credited, uetr1, a, day.Add(time.Hour)), about(payments.Credited, uetr2, b, day.Add(2*time.Hour)))
	if len(ts) != 2 || ts[0].Tie != 0 || ts[0].ID != uetr1 {
		t.Errorf("times: %+v", ts)
	}
	x, y := about(payments.Credited, uetr1, a, day), about(payments.Credited, uetr2, b, day)
	x.Sequence, y.Sequence = 1, 2
	if _, ts = read(t, payments.Options{}, a, b, y, x); len(ts) != 2 || ts[0].Tie != 0 || ts[0].ID != uetr1 {
		t.Errorf("statement: %+v", ts)
	}
}

func TestSuite(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) ledger.Source {
		a, b, c := order(t, uetr1, "1", "2", "10,"), order(t, uetr2, "2", "3", "5,"), order(t, uetr3, "3", "4", "5,")
		b.Instructed, _ = payments.ParseMT("JPY", "700,")
		b.Charges = []payments.Charge{{Money: usd(t, "1,"), Agent: "AAAAUS33XXX"}}
		open := payments.Message{Role: payments.Balance, Account: payments.Party{Account: "1", BIC: "AAAAUS33"}, Amount: usd(t, "7,"), Reason: "C", Booked: day, DateOnly: true, File: "t"}
		return payments.New([]payments.Message{open, a, b, c, about(payments.Credited, uetr1, a, day.Add(time.Hour)),
			about(payments.Returned, uetr1, a, day.Add(48*time.Hour))}, nil, "t", "", payments.Options{Assume: true})
	})
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		p     payments.Party
		agent string
		want  ledger.Account
		weak  bool
	}{
		{payments.Party{Account: "de89 3704 0044 0532 0130 00"}, "X", "iban:DE89370400440532013000", false},
		{payments.Party{Account: "DE88370400440532013000"}, "aaaausXXxxx", "acct:AAAAUSXX:DE88370400440532013000", false},
		{payments.Party{Name: "  Bob, SMITH & Co. "}, "AAAAUS33", "name:AAAAUS33:bob smith co", true},
		{payments.Party{BIC: "BBBBGB2LXXX"}, "AAAAUS33XXX", "name:AAAAUS33:bbbbgb2l", true},
	} {
		if got, weak := payments.AccountOf(c.p, c.agent); got != c.want || weak != c.weak {
			t.Errorf("%+v: %q, %v", c.p, got, weak)
		}
	}
}

// TestSharedReference: credits that only statements show, and whose customer's
// reference is the same, are as many payments as there are entries; the same entry in
// a second report is none.
func TestSharedReference(t *testing.T) {
	credit := func(seq int, at time.Time, file string) payments.Message {
		return payments.Message{
			Role: payments.Credited, Type: "MT940", Related: "RENT", Amount: usd(t, "100,"), ValueDate: at, Booked: at, DateOnly: true,
			Account: payments.Party{Account: "9"}, Debtor: payments.Party{Account: "1"}, Sequence: seq, File: file, Offset: int64(seq),
		}
	}
	s, ts := read(t, payments.Options{}, credit(1, day, "a"), credit(2, day, "a"), credit(3, day.AddDate(0, 1, 0), "a"), credit(1, day, "b"))
	if len(ts) != 3 || s.Info().Skipped != 0 {
		t.Errorf("%d transfers, %d left out; want 3 and 0", len(ts), s.Info().Skipped)
	}
	if notes := strings.Join(s.Info().Notes, "\n"); !strings.Contains(notes, "reported again: no second payment") {
		t.Errorf("the second report is not said:\n%s", notes)
	}
}
