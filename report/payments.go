package report

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/trace"
)

// Payments writes one line a payment: its states, its amount, who to, and where
// it was read; altered messages stand below their payment.
func Payments(w io.Writer, title, summary string, list []*payments.Payment) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", title, strings.TrimSpace(summary))
	type sum struct {
		n     int
		total money.Amount
	}
	sums := map[string]*sum{}
	var order []string
	count := func(what string, m payments.Money) {
		key := what + " " + m.Currency
		if sums[key] == nil {
			sums[key] = &sum{}
			order = append(order, key)
		}
		sums[key].n++
		sums[key].total = sums[key].total.Add(m.Units)
	}
	for _, p := range list {
		var states []string
		for i, c := range p.States {
			if i == 0 || c.State != p.States[i-1].State {
				states = append(states, c.State.String())
			}
			if c.State == payments.Returned {
				count(c.State.String(), c.Message.Amount)
			} else if !p.Shown {
				count(c.State.String(), p.Order.Amount)
			}
		}
		fmt.Fprintf(&b, "%-38s %22s  %s\n    to %s; %s\n", clean(p.ID), p.Order.Amount.Grouped(), strings.Join(states, ", "), clean(p.Order.Creditor.Name+" "+p.Order.Creditor.Account), clean(p.Order.Evidence()))
		for i := range p.Altered {
			fmt.Fprintf(&b, "    altered: %s to %s; %s\n", p.Altered[i].Amount.Grouped(), clean(p.Altered[i].Creditor.Name), clean(p.Altered[i].Evidence()))
		}
	}
	b.WriteString("\n")
	for _, key := range order {
		what, currency, _ := strings.Cut(key, " ")
		fmt.Fprintf(&b, "%-10s %3d payments  %s\n", what, sums[key].n, payments.Money{Currency: currency, Units: sums[key].total}.Grouped())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ownerLines are the rules with their authorities, in the order of reading.
var ownerLines = []struct {
	rule      trace.OwnerRule
	name, law string
}{
	{trace.RuleFIFO, "first in, first out", "Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572; followed reluctantly in Barlow Clowes v Vaughan [1992] 4 All ER 22; a rule between equally innocent claimants"},
	{trace.RuleLIFO, "last in, first out", "a convention of some courts and of US forfeiture practice"},
	{trace.RuleOwn, "own money first", "Re Hallett's Estate (1880) 13 Ch D 696; between victims first in, first out"},
	{trace.RuleRolling, "rolling charge", "Re Ontario Securities Commission (1985) 30 DLR (4th) 30"},
}

const (
	capLaw  = "Roscoe v Winder [1915] 1 Ch 62; Bishopsgate v Homan [1995] Ch 211: a cap on each claim, on top of a rule"
	pariLaw = "Barlow Clowes v Vaughan [1992] 4 All ER 22 (result); Russell-Cooke v Prentis [2003] 2 All ER 478; Re Diplock [1948] Ch 465: a distribution of what is left, not a tracing rule"
)

// Owners writes whose money is in each account under every rule, side by side,
// exact: a share that is no whole unit stands as a fraction.
func Owners(w io.Writer, title, summary string, list []trace.Mixed) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\nThe rules. None is the default: which one a court applies is for the court.\n", title, strings.TrimSpace(summary))
	for _, l := range ownerLines {
		fmt.Fprintf(&b, "  %-22s %s\n", l.name, l.law)
	}
	fmt.Fprintf(&b, "  %-22s %s\n  %-22s %s\n", "lowest balance", capLaw, "pari passu", pariLaw)
	fmt.Fprintf(&b, "%q is the holder's own or unknown money. Each rule is applied at every hop alike.\n", trace.Own)
	for i := range list {
		m := &list[i]
		fmt.Fprintf(&b, "\n%s, balance %s\n", clean(string(m.Account)), exact(m.Balance, m.Asset))
		if m.Tied > 0 {
			fmt.Fprintf(&b, "  the order of %d of its bookings is not known: they are taken as listed\n", m.Tied)
		}
		for _, l := range ownerLines {
			fmt.Fprintf(&b, "  %-22s %s\n", l.name, shares(m.Left[l.rule], m.Asset))
			if debt := m.Debt[l.rule]; len(debt) > 0 {
				fmt.Fprintf(&b, "  %-22s %s paid a debt and cannot be followed\n", "", shares(debt, m.Asset))
			}
		}
		if len(m.Caps) > 0 {
			fmt.Fprintf(&b, "  %-22s %s\n", "lowest balance", shares(m.Caps, m.Asset))
		}
		if len(m.PariPassu) > 0 {
			fmt.Fprintf(&b, "  %-22s %s\n", "pari passu", shares(m.PariPassu, m.Asset))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func shares(s trace.Shares, a money.Asset) string {
	var parts []string
	for _, n := range s.Names() {
		if s[n].Sign() != 0 {
			parts = append(parts, clean(n)+" "+exact(s[n], a))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// exact writes a share in whole units of the asset: decimal where its atomic
// units are whole, else with the fraction of an atomic unit behind it.
func exact(x *big.Rat, a money.Asset) string {
	whole, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	n, err := money.FromBig(whole)
	if err != nil {
		return x.RatString()
	}
	s := a.Format(n)
	if rest.Sign() != 0 {
		s += fmt.Sprintf(" and %s/%s of a unit", rest, x.Denom())
	}
	return s
}
