package payments_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
)

// drawn is a set of messages of some payments, and what they come to.
type drawn struct {
	messages []payments.Message
	credited map[string]bool // by UETR
	legs     int
}

// drawPayments draws payments between a few accounts: each ordered once or twice,
// with or without cover, credit, returns and recall, each of them told up to twice.
func drawPayments(t *rapid.T) drawn {
	d := drawn{credited: map[string]bool{}}
	n := rapid.IntRange(1, 6).Draw(t, "payments")
	for i := range n {
		amount := rapid.Uint64Range(1, 1e6).Draw(t, "amount")
		currency := rapid.SampledFrom([]string{"USD", "JPY", "BHD"}).Draw(t, "currency")
		who := func(what string) payments.Party {
			return payments.Party{Account: fmt.Sprint(rapid.IntRange(1, 4).Draw(t, what))}
		}
		o := payments.Message{
			Role: payments.Order, Type: "MT103", Sender: "AAAAUS33", Receiver: "BBBBGB2L", Ref: fmt.Sprint("R", i), UETR: uetr1[:35] + fmt.Sprint(i), ValueDate: day,
			Amount: payments.Money{Currency: currency, Units: money.Units(amount)}, Debtor: who("from"), Creditor: who("to"),
			DebtorAgent: payments.Party{BIC: "AAAAUS33XXX"}, CreditorAgent: payments.Party{BIC: "BBBBGB2L"}, File: "o", Offset: int64(i),
		}
		tell := func(m payments.Message, file string, at time.Time) {
			for k := range rapid.IntRange(0, 2).Draw(t, m.Role.String()) {
				m.File, m.Booked = fmt.Sprint(file, k), at
				d.messages = append(d.messages, m)
				if m.Role == payments.Credited {
					d.credited[m.UETR] = true
				}
			}
		}
		d.messages = append(d.messages, o)
		tell(o, "again", time.Time{})
		cover := o
		cover.Role, cover.Type, cover.Ref, cover.Related, cover.Receiver = payments.Cover, "MT202", "C"+o.Ref, o.Ref, "CCCCUS33"
		cover.Settlement = []payments.Party{{BIC: "AAAAUS33"}, {BIC: "BBBBGB2L"}}
		before := len(d.messages)
		tell(cover, "cover", time.Time{})
		if len(d.messages) > before {
			d.legs++
		}
		tell(about(payments.Credited, o.UETR, o, day), "credit", day.Add(time.Duration(i+1)*time.Hour))
		for k, part := range []uint64{amount / 3, amount / 2} {
			if back := about(payments.Returned, o.UETR, o, day); part > 0 {
				back.Amount.Units, back.Ref, back.Sender = money.Units(part), fmt.Sprint("B", i, k), "BBBBGB2L"
				tell(back, "back", day.Add(time.Duration(48+i)*time.Hour))
			}
		}
		tell(about(payments.Recalled, o.UETR, o, day), "recall", day.Add(30*time.Hour))
	}
	return d
}

// moves writes what a ledger moves, without the places where it was read.
func moves(t *rapid.T, ms []payments.Message, opt payments.Options) ([]string, []ledger.Transfer) {
	var text []string
	var out []ledger.Transfer
	for x, err := range payments.New(ms, nil, "t", "", opt).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, fmt.Sprint(x.Time.Unix(), x.ID, x.From(), x.To(), x.Asset, x.Amount()))
		out = append(out, x)
	}
	slices.Sort(text)
	return text, out
}

// TestNoMatterTheOrder: whatever the order of the files, the same value moves; one
// customer edge a UETR, only of what was credited; each leg once and in its own
// ledger; what comes back is at most what went.
func TestNoMatterTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawPayments(t)
		want, list := moves(t, d.messages, payments.Options{})
		shuffled := rapid.Permutation(d.messages).Draw(t, "order")
		if got, _ := moves(t, shuffled, payments.Options{}); !slices.Equal(got, want) {
			t.Fatalf("in another order\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		went, back := map[string]money.Amount{}, map[string]money.Amount{}
		for _, x := range list {
			id, _, isReturn := strings.Cut(x.ID, "/")
			if isReturn {
				back[id] = back[id].Add(x.Amount())
				continue
			}
			if _, twice := went[id]; twice {
				t.Fatalf("a second edge of %s", id)
			}
			if went[id] = x.Amount(); !d.credited[id] {
				t.Fatalf("%s moved, and nobody was credited", id)
			}
		}
		if len(went) != len(d.credited) {
			t.Fatalf("%d edges of %d credited payments", len(went), len(d.credited))
		}
		for id, b := range back {
			if went[id].Less(b) {
				t.Fatalf("%s of %s came back: %s", b, went[id], id)
			}
		}
		one, legs := moves(t, d.messages, payments.Options{Layer: payments.Settlement})
		other, _ := moves(t, shuffled, payments.Options{Layer: payments.Settlement})
		if len(legs) != d.legs || !slices.Equal(one, other) {
			t.Fatalf("%d legs, want %d: %q", len(legs), d.legs, one)
		}
	})
}
