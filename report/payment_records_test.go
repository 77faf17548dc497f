package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/source/payments"
)

// paid is a payment with its states; what came back is of its own currency.
func paid(n uint64, currency string, back uint64, states ...payments.Role) *payments.Payment {
	of := func(n uint64) payments.Money { return payments.Money{Currency: currency, Units: money.Units(n)} }
	p := &payments.Payment{ID: "p", Order: payments.Message{Amount: of(n)}}
	for _, s := range states {
		m := &payments.Message{Amount: of(n)}
		if s == payments.Returned {
			m.Amount, p.Returned = of(back), of(back)
		}
		p.States = append(p.States, payments.Change{State: s, Message: m})
	}
	return p
}

// TestPaymentTotals: a credit that two messages report counts once, a return in part
// leaves the rest, what no order asked for counts in no total, currencies stay apart.
func TestPaymentTotals(t *testing.T) {
	shown := paid(5000, "USD", 0, payments.Credited, payments.Debited)
	shown.Shown = true
	list := []*payments.Payment{
		paid(100, "USD", 0, payments.Order, payments.Credited, payments.Credited),
		paid(70, "USD", 30, payments.Order, payments.Credited, payments.Returned),
		paid(40, "USD", 0, payments.Order, payments.Rejected),
		paid(9, "USD", 0, payments.Order),
		paid(1000, "JPY", 0, payments.Order, payments.Credited),
		shown,
	}
	var out bytes.Buffer
	if err := report.PaymentsJSONL(&out, report.PaymentsHeader("T", "Q", true), list, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"record":"payments_header","schema":"coldtrail/payments/v1","title":"T","question":"Q","reconstruction":true}`,
		`{"record":"payment_sum","state":"credited","currency":"USD","decimals":2,"payments":2,"amount":"170"}`,
		`{"record":"payment_sum","state":"credited","currency":"JPY","decimals":0,"payments":1,"amount":"1000"}`,
		`{"record":"payment_total","currency":"USD","decimals":2,"attempted":"219","credited":"170","returned":"30","rejected":"40","kept":"140","open":"9"}`,
		`{"record":"payment_total","currency":"JPY","decimals":0,"attempted":"1000","credited":"1000","returned":"0","rejected":"0","kept":"1000","open":"0"}`,
	} {
		if !strings.Contains(out.String(), want+"\n") {
			t.Errorf("no line %s in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), `"state":"debited","currency":"USD","decimals":2,"payments"`) {
		t.Error("a payment without an order is summed")
	}
	var text bytes.Buffer
	if err := report.Payments(&text, "T", "Q", list); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		var s report.PaymentSumRecord
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		want := payments.Money{Currency: s.Currency, Units: s.Amount}.Grouped()
		if s.Record == "payment_sum" && !strings.Contains(text.String(), "payments  "+want+"\n") {
			t.Errorf("the text lacks %s %s", s.State, want)
		}
	}
}
