package swap

import (
	"slices"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Conversion is what an account gave and what it got for it, all in all, in one
// transaction.
type Conversion struct {
	Account   ledger.Account
	Gave, Got Side
}

// Side is one side of a conversion.
type Side struct {
	Asset money.AssetID
	// Amount is net: what the other side paid back is off.
	Amount money.Amount
	// Counter is who took it or gave it: a router, a pool.
	Counter ledger.Account
	// Of are the transfers it is the sum of, by place in the transaction.
	Of []int
}

// Reason is why a transaction that exchanges assets is not read as a conversion.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	Loose        Reason = "the order of its transfers is not known"
	Wide         Reason = "its sums are beyond 128 bits"
	NoSender     Reason = "the data does not say who sent it"
	Bystander    Reason = "its sender gave and got nothing: others exchanged"
	Elsewhere    Reason = "its sender gave and got nothing back: what came out was credited to others, or is not in the data"
	Gift         Reason = "its sender got and gave nothing"
	Several      Reason = "its sender gave or got several assets, as when liquidity is added or removed"
	Passed       Reason = "a third asset passed through its sender"
	Thing        Reason = "a collectible was bought or sold: one thing has no parts to carry"
	OnTransfer   Reason = "the token took a part of what was moved (fee on transfer)"
	OtherGave    Reason = "others gave of the same asset: several parties exchanged"
	OtherGot     Reason = "others got of the same asset: several parties exchanged, or a fee was taken from it"
	OnlyTook     Reason = "another account took a part and gave nothing: a fee, or another receiver"
	OnlyGave     Reason = "another account gave a part and took nothing"
	ManyGivings  Reason = "its sender paid several accounts, or was paid back by another than it paid"
	ManyGettings Reason = "its sender was paid by several accounts, or gave a part back"
	Unseen       Reason = "tokens of wrapped ether came or went without a transfer in the data"
)

// Finding is what was found in a transaction: a conversion, or a reason why not.
// Both are empty where nothing was exchanged.
type Finding struct {
	Conversion *Conversion
	Why        Reason
	// Who is the account that the reason is about, if it is about one.
	Who ledger.Account
}

// Recognise reads the transfers of one transaction, in order. native is the
// ledger's own asset. It recognises the sender's conversion and no other's: pools
// are the mirror of whoever trades with them, and only the sender is known to
// have wanted the trade.
//
// A conversion is recognised when the sender, net, gave one asset and got one
// other; nobody else gave the first or got the second; and every other account
// passed on what it received (a router) or both gave and took (a pool). Transfers
// that a ledger or a case already joined stay as they are.
func Recognise(ts []*ledger.Transfer, native money.AssetID) Finding {
	if plain(ts) || slices.ContainsFunc(ts, func(t *ledger.Transfer) bool { return t.Conversion != "" }) {
		return Finding{}
	}
	b := bookOf(ts, native)
	if !b.wide && !b.exchanges() {
		return Finding{}
	}
	if slices.ContainsFunc(ts, func(t *ledger.Transfer) bool { return t.Tie != 0 }) {
		return Finding{Why: Loose}
	}
	if b.wide {
		return Finding{Why: Wide}
	}
	sender, ok := sender(ts)
	if !ok {
		return Finding{Why: NoSender}
	}
	gave, got, passed := b.nets(sender)
	if why := unlike(gave, got, passed); why != "" {
		return Finding{Why: why, Who: sender}
	}
	if f := b.others(sender, gave[0], got[0]); f.Why != "" {
		return f
	}
	if b.wide {
		return Finding{Why: Wide}
	}
	c := &Conversion{Account: sender}
	var why Reason
	if c.Gave, why = side(ts, sender, gave[0], true); why != "" {
		return Finding{Why: why, Who: sender}
	}
	if c.Got, why = side(ts, sender, got[0], false); why != "" {
		return Finding{Why: why, Who: sender}
	}
	if _, fits := c.Gave.Amount.CheckedAdd(ts[c.Gave.Of[0]].Fee); !fits {
		return Finding{Why: Wide}
	}
	return Finding{Conversion: c}
}

// plain reports whether a transaction is too small to exchange anything, as most
// are: one transfer, and not of ether to who would wrap it.
func plain(ts []*ledger.Transfer) bool {
	moved := 0
	for _, t := range ts {
		if moves(t) {
			moved++
		}
	}
	return moved == 0 || moved == 1 && !slices.ContainsFunc(ts, func(t *ledger.Transfer) bool {
		contract := wrapped[t.Ledger]
		return contract != "" && (t.From() == contract || t.To() == contract)
	})
}

// exchanges reports whether anybody gave one asset and got another: what a pool
// does, and a plain payment does not.
func (b *book) exchanges() bool {
	for a := range b.flows {
		if gave, got, _ := b.nets(a); len(gave) > 0 && len(got) > 0 && a != ledger.Outside {
			return true
		}
	}
	return false
}

// sender is who sent the transaction: who paid its gas, else who is debited by
// the transfer that has the transaction's own name. Two who paid are nobody.
func sender(ts []*ledger.Transfer) (ledger.Account, bool) {
	var paid, own ledger.Account
	for _, t := range ts {
		if t.Kind == ledger.Gas || !t.Fee.IsZero() {
			if paid != "" && paid != t.From() {
				return "", false
			}
			paid = t.From()
		}
		if t.ID == t.Tx {
			own = t.From()
		}
	}
	if paid == "" {
		paid = own
	}
	return paid, paid != "" && paid != ledger.Outside
}

// unlike says what keeps the sender's own flows from being a conversion.
func unlike(gave, got, passed []money.AssetID) Reason {
	switch {
	case len(gave)+len(got) == 0:
		return Bystander
	case len(got) == 0:
		return Elsewhere
	case len(gave) == 0:
		return Gift
	case len(gave) > 1 || len(got) > 1:
		return Several
	case len(passed) > 0:
		return Passed
	case collectible(gave[0]) || collectible(got[0]):
		return Thing
	}
	return ""
}

// others looks for whatever does not end at the sender or in a pool.
func (b *book) others(sender ledger.Account, in, out money.AssetID) Finding {
	in, out = b.alike(in), b.alike(out)
	for _, a := range b.accounts() {
		gave, got := b.netsAlike(a)
		var why Reason
		switch {
		case a == sender || len(gave)+len(got) == 0:
			continue
		case len(gave) == 0 && len(got) == 1 && issuer(got[0]) == a:
			why = OnTransfer
		case slices.Contains(gave, in):
			why = OtherGave
		case slices.Contains(got, out):
			why = OtherGot
		case len(gave) == 0:
			why = OnlyTook
		case len(got) == 0:
			why = OnlyGave
		default:
			continue
		}
		return Finding{Why: why, Who: a}
	}
	return Finding{}
}

// side gathers the transfers of an account in one asset. They are one side of a
// conversion when all but those with one counterparty come to nothing; what that
// one paid back is off.
func side(ts []*ledger.Transfer, a ledger.Account, asset money.AssetID, gives bool) (Side, Reason) {
	type dealing struct {
		flow      // out: the way asked for; in: back
		of, backs []int
	}
	by := map[ledger.Account]*dealing{}
	var order []ledger.Account
	for i, t := range ts {
		if !moves(t) || t.Asset != asset || t.From() != a && t.To() != a {
			continue
		}
		c := t.From()
		if c == a {
			c = t.To()
		}
		d := by[c]
		if d == nil {
			d = &dealing{}
			by[c], order = d, append(order, c)
		}
		if (t.From() == a) == gives {
			d.out, d.of = d.out.Add(t.Amount()), append(d.of, i)
		} else {
			d.in, d.backs = d.in.Add(t.Amount()), append(d.backs, i)
		}
	}
	s, several := Side{Asset: asset}, ManyGettings
	if gives {
		several = ManyGivings
	}
	for _, c := range order {
		d := by[c]
		if d.in == d.out {
			continue
		}
		if d.out.Less(d.in) || s.Of != nil {
			return s, several
		}
		s.Amount, s.Counter, s.Of = d.out.Sub(d.in), c, append(d.of, d.backs...)
	}
	if s.Of == nil {
		return s, Unseen
	}
	return s, ""
}
