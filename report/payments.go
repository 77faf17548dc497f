package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
)

// Payments writes one line a payment: its states, its amount, who to, and where
// it was read; altered messages stand below their payment. Then the sums by state, what
// was kept (credited and not returned), and what is open.
func Payments(w io.Writer, title, summary string, list []*payments.Payment) error {
	var b strings.Builder
	b.WriteString(caseWords(title, summary))
	for _, p := range list {
		var states []string
		for i, c := range p.States {
			if i == 0 || c.State != p.States[i-1].State {
				states = append(states, c.State.String())
			}
		}
		fmt.Fprintf(&b, "%-38s %22s  %s\n    to %s; %s\n", clean(p.ID), p.Order.Amount.Grouped(), strings.Join(states, ", "), clean(p.Order.Creditor.Name+" "+p.Order.Creditor.Account), clean(p.Order.Evidence()))
		for i := range p.Altered {
			fmt.Fprintf(&b, "    altered: %s to %s; %s\n", p.Altered[i].Amount.Grouped(), clean(p.Altered[i].Creditor.Name), clean(p.Altered[i].Evidence()))
		}
	}
	b.WriteString("\n")
	for _, x := range PaymentSums(list) {
		fmt.Fprintf(&b, "%-10s %3d payments  %s\n", x.State, x.Payments, payments.Money{Currency: x.Currency, Units: x.Amount}.Grouped())
	}
	for _, x := range PaymentTotals(list) {
		fmt.Fprintf(&b, "%-10s %12s  %s\n", "kept", "", payments.Money{Currency: x.Currency, Units: x.Kept}.Grouped())
		if x.Open != money.Zero {
			fmt.Fprintf(&b, "%-10s %12s  %s\n", "open", "", payments.Money{Currency: x.Currency, Units: x.Open}.Grouped())
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// caseWords is the title of a case and its summary, in the lines that it has.
func caseWords(title, summary string) string {
	lines := strings.Split(strings.TrimSpace(summary), "\n")
	for i, l := range lines {
		lines[i] = clean(l)
	}
	return clean(title) + "\n" + strings.Join(lines, "\n") + "\n\n"
}
