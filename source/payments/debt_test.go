package payments_test

import (
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/trace"
)

// TestOpeningDebt is legal vector 4 from messages: a statement opens 50 in debit and 80
// of stolen money come in. 50 pay the debt, under every rule; without overdrafts all
// 80 can be traced.
func TestOpeningDebt(t *testing.T) {
	open := payments.Message{Role: payments.Balance, Account: payments.Party{Account: "2", BIC: "BBBBGB2L"}, Amount: usd(t, "50,"), Reason: "D", Booked: day, DateOnly: true, File: "t"}
	o := order(t, uetr1, "1", "2", "80,")
	for _, c := range []struct {
		overdraft  bool
		left, debt string
	}{{true, "3000", "5000"}, {false, "8000", "0"}} {
		s, _ := read(t, payments.Options{Overdraft: c.overdraft}, open, o, about(payments.Credited, uetr1, o, day))
		g, err := graph.Build(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		list, err := trace.OwnersOn(t.Context(), g, trace.Question{Thefts: []trace.Theft{{Name: "V", Seeds: []trace.Seed{{Ref: uetr1}}}}})
		if err != nil {
			t.Fatal(err)
		}
		seen := false
		for _, m := range list {
			if m.Account != "acct:BBBBGB2L:2" {
				continue
			}
			seen = true
			for _, rule := range trace.OwnerRules {
				left, debt := "0", "0"
				if r := m.Left[rule]["V"]; r != nil {
					left = r.RatString()
				}
				if r := m.Debt[rule]["V"]; r != nil {
					debt = r.RatString()
				}
				if left != c.left || debt != c.debt {
					t.Errorf("overdraft %v, %s: left %s, debt %s; want %s and %s", c.overdraft, rule, left, debt, c.left, c.debt)
				}
			}
		}
		if !seen {
			t.Errorf("overdraft %v: the account is not among %d", c.overdraft, len(list))
		}
	}
}
