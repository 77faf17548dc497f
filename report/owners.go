package report

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// ownerLines are the rules with their authorities, in the order of reading.
var ownerLines = []struct {
	rule            trace.OwnerRule
	name, kind, law string
}{
	{trace.RuleFIFO, "first in, first out", "tracing", "Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572; followed reluctantly in Barlow Clowes v Vaughan [1992] 4 All ER 22; a rule between equally innocent claimants"},
	{trace.RuleLIFO, "last in, first out", "tracing", "a convention of some courts and of US forfeiture practice"},
	{trace.RuleOwn, "own money first", "tracing", "Re Hallett's Estate (1880) 13 Ch D 696; between victims first in, first out"},
	{trace.RuleRolling, "rolling charge", "tracing", "Re Ontario Securities Commission (1985) 30 DLR (4th) 30"},
	{ownerCap, "lowest balance", "cap", "Roscoe v Winder [1915] 1 Ch 62; Bishopsgate v Homan [1995] Ch 211: a cap on each claim, on top of a rule"},
	{ownerPari, "pari passu", "distribution", "Barlow Clowes v Vaughan [1992] 4 All ER 22 (result); Russell-Cooke v Prentis [2003] 2 All ER 478; Re Diplock [1948] Ch 465: a distribution of what is left, not a tracing rule"},
}

// The cap and the distribution stand beside the rules under these names.
const (
	ownerCap  trace.OwnerRule = "lowest-balance"
	ownerPari trace.OwnerRule = "pari-passu"
)

// sharesUnder is what each owner has in an account under a rule, the cap or the
// distribution; false where a rule does not apply to the account.
func sharesUnder(m *trace.Mixed, rule trace.OwnerRule) (trace.Shares, bool) {
	switch rule {
	case ownerCap:
		return m.Caps, len(m.Caps) > 0
	case ownerPari:
		return m.PariPassu, len(m.PariPassu) > 0
	}
	return m.Left[rule], true
}

// Owners writes whose money is in each account under every rule, side by side,
// exact: a share that is no whole unit stands as a fraction.
func Owners(w io.Writer, title, summary string, list []trace.Mixed) error {
	var b strings.Builder
	b.WriteString(caseWords(title, summary))
	b.WriteString("The rules. None is the default: which one a court applies is for the court.\n")
	for _, l := range OwnerRules() {
		fmt.Fprintf(&b, "  %-22s %s\n", l.Name, l.Authority)
	}
	fmt.Fprintf(&b, "%q is the holder's own or unknown money. Each rule is applied at every hop alike.\n", trace.Own)
	for i := range list {
		m := &list[i]
		fmt.Fprintf(&b, "\n%s, balance %s\n", clean(string(m.Account)), clean(exact(m.Balance, m.Asset)))
		if m.Tied > 0 {
			fmt.Fprintf(&b, "  the order of %d of its bookings is not known: they are taken as listed\n", m.Tied)
		}
		for _, l := range ownerLines {
			left, ok := sharesUnder(m, l.rule)
			if !ok {
				continue
			}
			fmt.Fprintf(&b, "  %-22s %s\n", l.name, shares(left, m.Asset))
			if debt := m.Debt[l.rule]; len(debt) > 0 {
				fmt.Fprintf(&b, "  %-22s %s paid a debt and cannot be followed\n", "", shares(debt, m.Asset))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func shares(s trace.Shares, a money.Asset) string {
	var parts []string
	for _, n := range s.Names() {
		if s[n].Sign() != 0 {
			parts = append(parts, clean(n+" "+exact(s[n], a)))
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
