package inquiry

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/trace"
)

// TestPaymentsOf: the cases of bank messages have their payments, in the order of the
// case, with what others published of them; other cases have none and say so.
func TestPaymentsOf(t *testing.T) {
	with, orders := 0, 0
	for _, name := range casefile.Names() {
		c, err := casefile.Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		l, err := casefile.Load(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		p, err := PaymentsOf(l)
		if len(l.Payments) == 0 {
			if !errors.Is(err, ErrNoMessages) || p != nil || OnlyOrders(l) {
				t.Errorf("%s: %v, %v", name, p, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		with++
		if OnlyOrders(l) {
			orders++
		}
		if len(p.List) != len(l.Payments) || p.Header.Title != c.Title || p.Header.Reconstruction != c.Reconstruction() || strings.TrimSpace(p.Header.Question) != p.Header.Question {
			t.Errorf("%s: %d payments, %+v", name, len(p.List), p.Header)
		}
		if text, err := json.Marshal(p.Published); err != nil || string(text) == "null" {
			t.Errorf("%s: published %s, %v", name, text, err)
		}
		for _, x := range p.Published {
			if x.Record != "published" || x.Who == "" || x.Source == "" || len(strings.Fields(x.Figure)) < 2 {
				t.Errorf("%s: %+v", name, x)
			}
		}
	}
	if with < 4 || orders == 0 {
		t.Errorf("%d cases with messages, %d of orders alone", with, orders)
	}
}

// TestWritten: a figure keeps the digits of the case file, and says its unit.
func TestWritten(t *testing.T) {
	for want, a := range map[string]casefile.Amount{
		"81000000.50 USD": {Digits: "81000000.50", Unit: "USD"},
		"7 atomic wei":    {Digits: "7", Unit: "wei", Atomic: true},
	} {
		if got := written(a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestOwnersOfCases: of every case whose money is in accounts the rules give shares, and
// a case of coins is refused.
func TestOwnersOfCases(t *testing.T) {
	shared := 0
	for _, name := range casefile.Names() {
		q := answered(t, name)
		if q == nil {
			continue
		}
		o, err := q.Owners(t.Context())
		if err != nil {
			if !errors.Is(err, trace.ErrQuestion) {
				t.Errorf("%s: %v", name, err)
			}
			continue // coins, or a theft that does not stand in the ledger
		}
		shared++
		if o.Header.Title != q.Document.Title || o.Header.Reconstruction != q.Loaded.Case.Reconstruction() {
			t.Errorf("%s: %+v", name, o.Header)
		}
		again, err := q.Owners(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		one, _ := json.Marshal(o.List)
		two, _ := json.Marshal(again.List)
		if string(one) != string(two) || len(o.List) == 0 {
			t.Errorf("%s: %d accounts, and asked again they differ", name, len(o.List))
		}
	}
	if shared == 0 {
		t.Error("no case inside has mixed accounts")
	}
}
