package report

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// cutLimit is how many entries of a cut are written out before the rest is
// counted and summed.
const cutLimit = 12

// certificate is the proof of one exact bound in words: a sentence for either
// side, and the ledger entries it rests on.
type certificate struct {
	Upper, Lower       string
	UpperCut, LowerCut []string
	UpperEnd, LowerEnd string
}

// certify writes the certificate of a bound of something called what ("it",
// "they"). K is what was seeded.
func (s scope) certify(n *names, b trace.Bound, limit int) certificate {
	a := s.asset()
	k := s.totals.Seeded
	var c certificate
	switch {
	case b.U.IsZero():
		c.Upper = "No stolen value can be there: no path leads from the theft to it."
	case onlyThefts(b.CutU):
		c.Upper = fmt.Sprintf("At most %s can be there: nothing on the way holds it back, only the theft itself is not larger.", clean(a.Format(b.U)))
		c.UpperCut = s.cutLines(n, b.CutU, limit)
	default:
		c.Upper = fmt.Sprintf("At most %s can be there, whatever the convention: all ways from the theft to it lead through %s %s:",
			clean(a.Format(b.U)), these(b.CutU), clean(a.Format(sumCut(b.CutU))))
		c.UpperCut = s.cutLines(n, b.CutU, limit)
		c.UpperEnd = "Strike them out of the ledger and no path is left from the theft to it."
		if len(b.CutU) == 1 {
			c.UpperEnd = "Strike it out of the ledger and no path is left from the theft to it."
		}
	}
	if sum := sumCut(b.CutU); sum != b.U {
		c.UpperEnd = fmt.Sprintf("CHECK FAILED: these entries sum to %s, not to %s.", a.Format(sum), a.Format(b.U))
	}
	rest := k.Monus(b.L)
	switch {
	case b.L.IsZero():
		c.Lower = fmt.Sprintf("Nothing need be there: all %s can be elsewhere under some convention.", clean(a.Format(k)))
		return c
	case len(b.CutL) == 0:
		c.Lower = fmt.Sprintf("All %s must be there: no path leads from the theft to anywhere else.", clean(a.Format(b.L)))
	default:
		c.Lower = fmt.Sprintf("At least %s must be there, whatever the convention: of the %s that were stolen, everything else together can take no more than %s, since all ways to anywhere else lead through %s that much:",
			clean(a.Format(b.L)), clean(a.Format(k)), clean(a.Format(rest)), these(b.CutL))
		c.LowerCut = s.cutLines(n, b.CutL, limit)
		c.LowerEnd = fmt.Sprintf("%s less %s leaves %s.", clean(a.Format(k)), clean(a.Format(sumCut(b.CutL))), clean(a.Format(b.L)))
	}
	if sum := sumCut(b.CutL); sum != rest {
		c.LowerEnd = fmt.Sprintf("CHECK FAILED: these entries sum to %s, not to %s.", a.Format(sum), a.Format(rest))
	}
	return c
}

func these(cut []trace.CutEdge) string {
	if len(cut) == 1 {
		return "this one entry of the ledger, which carries"
	}
	return fmt.Sprintf("these %s of the ledger, which together carry", plural(len(cut), "entry", "entries"))
}

func onlyThefts(cut []trace.CutEdge) bool {
	for _, e := range cut {
		if e.Kind != "theft" {
			return false
		}
	}
	return len(cut) > 0
}

func sumCut(cut []trace.CutEdge) money.Amount {
	var sum money.Amount
	for _, e := range cut {
		sum = sum.Add(e.Amount)
	}
	return sum
}

// cutLines writes the entries of a cut, the largest of a long one.
func (s scope) cutLines(n *names, cut []trace.CutEdge, limit int) []string {
	shown := cut
	if len(cut) > limit {
		shown = largestCut(cut, limit)
	}
	var out []string
	for _, e := range shown {
		out = append(out, s.entryWords(n, e))
	}
	if rest := len(cut) - len(shown); rest > 0 {
		out = append(out, fmt.Sprintf("… and %s, %s in sum", plural(rest, "more entry", "more entries"), clean(s.asset().Format(sumCut(cut).Sub(sumCut(shown))))))
	}
	return out
}

// largestCut keeps the largest entries, in the order of the ledger.
func largestCut(cut []trace.CutEdge, limit int) []trace.CutEdge {
	var out []trace.CutEdge
	for i, e := range cut {
		larger := 0
		for j, o := range cut {
			if e.Amount.Less(o.Amount) || e.Amount == o.Amount && j < i {
				larger++
			}
		}
		if larger < limit {
			out = append(out, e)
		}
	}
	return out
}

// entryWords says which entry of the ledger an edge of a cut is.
func (s scope) entryWords(n *names, e trace.CutEdge) string {
	amount := clean(s.asset().Format(e.Amount))
	who := n.account
	when := ""
	if !e.Time.IsZero() {
		when = ", " + instant(e.Time)
	}
	tx := clean(e.Transfer)
	switch e.Kind {
	case "theft":
		if tx == "" {
			return fmt.Sprintf("the theft itself: %s put in at %s%s", amount, who(e.To), when)
		}
		return fmt.Sprintf("the theft itself: %s at %s (%s%s)", amount, who(e.To), tx, when)
	case "pay":
		return fmt.Sprintf("payment %s: %s from %s to %s%s", tx, amount, who(e.Account), who(e.To), when)
	case "coin":
		return fmt.Sprintf("coin %s:%d: %s of %s%s", tx, e.Out, amount, who(e.To), when)
	case "fee":
		return fmt.Sprintf("fee of %s: %s paid by %s%s", tx, amount, who(e.Account), when)
	case "hold":
		if tx == "" {
			return fmt.Sprintf("balance kept: %s on %s", amount, who(e.Account))
		}
		return fmt.Sprintf("balance kept: %s on %s after %s%s", amount, who(e.Account), tx, when)
	case "end":
		return fmt.Sprintf("what stands there at the end: %s on %s", amount, who(e.Account))
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s: %s on %s%s", clean(e.Kind), tx, amount, who(e.Account), when))
}
