package trace

import (
	"fmt"
	"math/big"
	"sort"
)

// OwnerEvent is one entry of a mixed bank account: money of an owner coming in,
// or a payment going out. Amounts are positive, in any unit.
type OwnerEvent struct {
	// In is the owner of incoming money; empty for a payment.
	In string
	// Out names a payment; empty for incoming money.
	Out    string
	Amount *big.Rat
}

// OwnerRule is a rule for whose money leaves a mixed account.
type OwnerRule string

// The rules the courts use between the owners of one account (tracing method,
// section 3.3, with authorities in docs/methods.md).
const (
	RuleFIFO    OwnerRule = "fifo"      // Clayton's Case
	RuleLIFO    OwnerRule = "lifo"      // last in, first out
	RuleRolling OwnerRule = "haircut"   // rolling charge: each owner's share at that moment
	RuleOwn     OwnerRule = "own-first" // the holder's own money first (Hallett), then victims in order
)

// OwnerRules lists the rules.
var OwnerRules = []OwnerRule{RuleFIFO, RuleLIFO, RuleRolling, RuleOwn}

// Shares is what each owner has in something, exactly.
type Shares map[string]*big.Rat

func (s Shares) add(owner string, x *big.Rat) {
	if x.Sign() == 0 {
		return
	}
	if s[owner] == nil {
		s[owner] = new(big.Rat)
	}
	s[owner].Add(s[owner], x)
}

// Names lists the owners in order.
func (s Shares) Names() []string {
	var names []string
	for n := range s {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Payment is a payment and whose money it was.
type Payment struct {
	Name   string
	Owners Shares
}

// Owners applies a rule to one mixed account, in exact rationals: whose money
// each payment was, and whose is left. holder is the owner whose money is the
// holder's own. A payment beyond the balance is an error.
func Owners(events []OwnerEvent, rule OwnerRule, holder string) (payments []Payment, left Shares, err error) {
	a := mixed{rule: rule, holder: holder, share: Shares{}}
	bal := new(big.Rat)
	for i, ev := range events {
		switch {
		case ev.Amount == nil || ev.Amount.Sign() < 0 || (ev.In == "") == (ev.Out == ""):
			return nil, nil, fmt.Errorf("entry %d: want an owner or a payment, and an amount that is not negative: %w", i+1, ErrQuestion)
		case ev.In != "":
			bal.Add(bal, ev.Amount)
			a.receive(ev.In, ev.Amount)
		case bal.Cmp(ev.Amount) < 0:
			return nil, nil, fmt.Errorf("entry %d: payment %s of %s exceeds the balance of %s: %w", i+1, ev.Out, ev.Amount.RatString(), bal.RatString(), ErrQuestion)
		default:
			payments = append(payments, Payment{ev.Out, a.pay(ev.Amount, bal)})
			bal.Sub(bal, ev.Amount)
		}
	}
	return payments, a.left(), nil
}

// mixed is the account: lots in order of arrival, or shares for the rolling
// charge.
type mixed struct {
	rule   OwnerRule
	holder string
	lots   []ownerLot
	share  Shares
}

type ownerLot struct {
	owner string
	n     *big.Rat
}

func (a *mixed) receive(owner string, n *big.Rat) {
	if a.rule == RuleRolling {
		a.share.add(owner, n)
		return
	}
	a.lots = append(a.lots, ownerLot{owner, new(big.Rat).Set(n)})
}

// pay takes n of a balance and sums what it takes by owner.
func (a *mixed) pay(n, balance *big.Rat) Shares {
	got := Shares{}
	for _, l := range a.take(n, balance) {
		got.add(l.owner, l.n)
	}
	return got
}

// take takes n of a balance: the lots in the order in which they leave. The
// rolling charge has no order; its owners stand by name.
func (a *mixed) take(n, balance *big.Rat) []ownerLot {
	var got []ownerLot
	if a.rule == RuleRolling {
		for _, owner := range a.share.Names() {
			have := a.share[owner]
			if have.Sign() == 0 || n.Sign() == 0 {
				continue
			}
			part := new(big.Rat).Mul(have, n)
			part.Quo(part, balance)
			got = append(got, ownerLot{owner, part})
			have.Sub(have, part)
		}
		return got
	}
	rest := new(big.Rat).Set(n)
	for rest.Sign() > 0 {
		i := a.pick()
		l := &a.lots[i]
		part := new(big.Rat).Set(l.n)
		if part.Cmp(rest) > 0 {
			part.Set(rest)
		}
		got = append(got, ownerLot{l.owner, part})
		rest.Sub(rest, part)
		if l.n.Sub(l.n, part); l.n.Sign() == 0 {
			a.lots = append(a.lots[:i], a.lots[i+1:]...)
		}
	}
	return got
}

// balance is what is in the account.
func (a *mixed) balance() *big.Rat {
	sum := new(big.Rat)
	for _, n := range a.share {
		sum.Add(sum, n)
	}
	for _, l := range a.lots {
		sum.Add(sum, l.n)
	}
	return sum
}

// pick is the lot that pays next.
func (a *mixed) pick() int {
	switch a.rule {
	case RuleLIFO:
		return len(a.lots) - 1
	case RuleOwn:
		for i, l := range a.lots {
			if l.owner == a.holder {
				return i
			}
		}
	}
	return 0
}

func (a *mixed) left() Shares {
	left := Shares{}
	for owner, n := range a.share {
		left.add(owner, n)
	}
	for _, l := range a.lots {
		left.add(l.owner, l.n)
	}
	return left
}

// LowestBalance is the cap on one owner's claim: the lowest intermediate
// balance since the money arrived. Later deposits of others do not refill it
// (Roscoe v Winder [1915] 1 Ch 62). It is a cap, on top of a rule, and the caps
// of several owners may exceed the balance.
func LowestBalance(events []OwnerEvent, owner string) *big.Rat {
	bal, claim := new(big.Rat), new(big.Rat)
	for _, ev := range events {
		if ev.In == "" {
			if bal.Sub(bal, ev.Amount); bal.Cmp(claim) < 0 {
				claim.Set(bal)
			}
			continue
		}
		bal.Add(bal, ev.Amount)
		if ev.In == owner {
			claim.Add(claim, ev.Amount)
		}
	}
	return claim
}

// PariPassu shares what is left by total contributions, timing ignored: a
// distribution, not a tracing rule (Barlow Clowes v Vaughan [1992] 4 All ER 22,
// in the result). Whether the holder shares is a question of law: leave the
// holder's entries in or out.
func PariPassu(events []OwnerEvent) Shares {
	bal, total, put := new(big.Rat), new(big.Rat), Shares{}
	for _, ev := range events {
		if ev.In == "" {
			bal.Sub(bal, ev.Amount)
			continue
		}
		bal.Add(bal, ev.Amount)
		total.Add(total, ev.Amount)
		put.add(ev.In, ev.Amount)
	}
	for _, n := range put {
		n.Mul(n, bal)
		n.Quo(n, total)
	}
	return put
}
