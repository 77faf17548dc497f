package guard

import (
	"fmt"
	"strings"
	"time"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// ruleNames are the rules by id.
var ruleNames = map[string]string{
	"G01": "decode_incomplete", "G02": "intent_mismatch", "G03": "sig_mismatch",
	"G04": "delegatecall_unknown", "G05": "control_change", "G06": "new_destination",
	"G07": "lookalike", "G08": "drain_fraction", "G09": "amount_limit",
	"G10": "amount_grid", "G11": "cadence", "G12": "executor_new",
	"G13": "constant_changed", "G14": "selector_mismatch", "G15": "unlimited_approval",
	"G16": "list_hit", "G17": "sighash_unsafe", "G18": "fee_excess",
	"G19": "change_unproven", "G20": "replay_or_duplicate", "G21": "expired",
}

// carrier reports whether an effect only carries others: the delegatecall of a
// batch to a pinned multiSend library, whose items are effects of their own.
func carrier(e *Effect) bool {
	return e.Type == Delegatecall && strings.HasPrefix(e.Library, string(safe.MultiSend))
}

// judge applies the rules that look at effects, history and time. Those about
// signatures fired while decoding.
func (c *check) judge() {
	if len(c.v.Decoded.Undecoded) > 0 {
		c.incomplete()
	}
	for i := range c.v.Decoded.Effects {
		e := &c.v.Decoded.Effects[i]
		c.delegate(e)
		c.control(e)
		c.destination(e)
		c.selector(e)
		c.approval(e)
		c.listed(e)
		c.fee(e)
	}
	c.drain()
	c.habit()
	c.executor()
	c.duplicate()
	c.expired()
}

func (c *check) incomplete() {
	parts := c.v.Decoded.Undecoded
	text := "these bytes are not fully understood: " + parts[0].Reason
	if len(parts) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(parts)-1)
	}
	c.fire("G01", High, text, nil)
}

// delegate is G04: foreign code runs as the wallet and can do anything with it.
func (c *check) delegate(e *Effect) {
	if e.Type != Delegatecall {
		return
	}
	evidence := map[string]string{"to": e.To, "library": e.Library, "table": safe.LibrariesHash().String()}
	a, err := evm.ParseAddress(e.To)
	l, ok := safe.Lookup(a)
	if err != nil || !ok || c.facts["chain_id"] != "1" {
		c.fire("G04", Critical, fmt.Sprintf("operation=1 runs the code at %s inside the wallet, with all its rights; that is no pinned Safe library", e.To), evidence)
		return
	}
	switch l.Role {
	case safe.MultiSend, safe.MultiSendCallOnly:
	case safe.SignMessageLib, safe.CreateCall, safe.Migration, safe.ToL2Migration:
		c.fire("G04", High, fmt.Sprintf("the wallet runs the Safe library %s, which is not an everyday act", l), evidence)
	default:
		c.fire("G04", Critical, fmt.Sprintf("the wallet would run %s by delegatecall; that is never right", l), evidence)
	}
}

// control is G05. After a legitimate transfer has just failed it is graver: that
// is how thieves bring signers to sign a second time.
func (c *check) control(e *Effect) {
	if e.Type != ControlChange {
		return
	}
	text := "this changes who commands the wallet: " + c.describe(e)
	if failed := c.past.LastFailed; !failed.IsZero() && c.asOf.Sub(failed) >= 0 && c.asOf.Sub(failed) <= time.Hour {
		c.fire("G05", Critical, fmt.Sprintf("%s; a legitimate transfer failed only %s before", text, c.asOf.Sub(failed).Round(time.Second)),
			map[string]string{"failed_at": failed.Format(time.RFC3339)})
		return
	}
	c.fire("G05", High, text, map[string]string{"function": e.Name, "contract": e.Contract, "to": e.To, "old": e.Old})
}

// destination is G06 and G07.
func (c *check) destination(e *Effect) {
	if !e.pays() || e.To == "" || c.own(e.To) {
		return
	}
	_, listed, ripe := c.policy.Book(e.To, c.at)
	if ripe || c.past.paid(e.To) {
		return
	}
	if !listed {
		if b, lead, trail, ok := c.lookalike(e.To); ok {
			c.fire("G07", Critical, fmt.Sprintf("%s looks like %s and is another address: same first %d and last %d characters", e.To, b, lead, trail),
				map[string]string{"address": e.To, "looks_like": b})
		}
	}
	text := fmt.Sprintf("%s was never paid before and is not in the address book", e.To)
	if listed {
		text = fmt.Sprintf("%s is in the address book, and its cooldown is not over", e.To)
	}
	s := High
	if c.policy.Wallet(c.req.Wallet).Role == Hot {
		s = Warn
	}
	c.fire("G06", s, text, map[string]string{"to": e.To})
}

// selector is G14: a name that says transfer, and a contract that is no token.
func (c *check) selector(e *Effect) {
	if e.Type != TokenTransfer && e.Type != Delegatecall {
		return
	}
	_, known := c.policy.token(e.Asset)
	switch {
	case e.Type == TokenTransfer && e.Name == "refund of gas":
	case e.Type == TokenTransfer && e.Delegate:
		c.fire("G14", High, fmt.Sprintf("the call looks like a token transfer, but runs by delegatecall: code at %s decides what it does", e.Contract), map[string]string{"contract": e.Contract})
	case e.Type == TokenTransfer && !known && c.past.Tokens[key(e.Contract)] == 0:
		c.fire("G14", High, fmt.Sprintf("%s is called like a token, and is no token of the policy nor one that was moved before", e.Contract), map[string]string{"contract": e.Contract})
	}
	if e.Type == TokenTransfer && e.Amount.IsZero() {
		c.fire("G14", High, "a token transfer of amount 0 moves nothing; why sign it?", map[string]string{"contract": e.Contract})
	}
}

// approval is G15.
func (c *check) approval(e *Effect) {
	if e.Type != Approval || e.Revoke {
		return
	}
	_, _, ripe := c.policy.Book(e.To, c.at)
	evidence := map[string]string{"spender": e.To, "asset": e.Asset, "amount": e.Amount.Dec()}
	life := c.policy.Thresholds.ApprovalLife
	var why string
	switch limit := byAsset(c.policy.Thresholds.ApprovalMax, e.Asset); {
	case e.Unlimited:
		why = "without any limit"
	case limit != "" && above(e.Amount, limit):
		why = "above the policy's limit of " + limit
	case e.Expires > 0 && life > 0 && e.Expires > uint64(c.at.Add(time.Duration(life)).Unix()):
		why = fmt.Sprintf("for longer than %s", time.Duration(life))
	case limit == "" && !ripe:
		why = "though it is not in the address book"
	default:
		return
	}
	c.fire("G15", High, fmt.Sprintf("%s may take %s of the wallet, %s", e.To, c.policy.human(e.Amount, e.Asset), why), evidence)
}

// byAsset looks an asset up as sameAsset compares; "" where it has no entry, or
// several of which it cannot be told which one counts.
func byAsset(by map[string]string, asset string) (found string) {
	n := 0
	for a, text := range by {
		if sameAsset(a, asset) {
			found = text
			n++
		}
	}
	if n > 1 {
		return ""
	}
	return found
}

func above(n uint256.Int, limit string) bool {
	var l uint256.Int
	return l.SetFromDecimal(limit) != nil || n.Gt(&l)
}

// listed is G16: lists are screened by the form of an address.
func (c *check) listed(e *Effect) {
	if c.g.Lists == nil {
		return
	}
	for _, place := range []string{e.To, e.Contract} {
		if place == "" {
			continue
		}
		for _, t := range c.g.Lists.Screen(place) {
			why, _ := t.Alarm()
			c.fire("G16", Critical, fmt.Sprintf("%s is on a list: %s (%s; %s)", place, t.Label, why, t.Source), map[string]string{"address": place, "label": t.Label, "source": t.Source})
			return
		}
	}
}

// fee is G18 for the fee that is known.
func (c *check) fee(e *Effect) {
	if e.Type != Fee {
		return
	}
	if limit := byAsset(c.policy.Thresholds.FeeMax, e.Asset); limit != "" && above(e.Amount, limit) {
		c.fire("G18", High, fmt.Sprintf("the fee may reach %s, above the policy's limit", c.policy.human(e.Amount, e.Asset)), map[string]string{"fee": e.Amount.Dec(), "limit": limit})
	}
}

// drain is G08: how much of the balance leaves, with what left in the last ten
// minutes.
func (c *check) drain() {
	done := map[string]bool{}
	for i := range c.v.Decoded.Effects {
		e := &c.v.Decoded.Effects[i]
		if !e.pays() || e.Delegate || e.Type == NFTTransfer || done[strings.ToLower(e.Asset)] || c.own(e.To) || e.Type == BankCredit {
			continue
		}
		done[strings.ToLower(e.Asset)] = true
		var balance uint256.Int
		if balance.SetFromDecimal(byAsset(c.req.Balances, e.Asset)) != nil || balance.IsZero() {
			c.notes = append(c.notes, "G08 drain_fraction: the balance of "+e.Asset+" was not given")
			if c.policy.RequireBalance && c.policy.Wallet(c.req.Wallet).Role == Cold {
				c.fire("G08", High, "the balance of "+e.Asset+" was not given, so nobody can say how much of the wallet this takes", nil)
				c.v.Reasons[len(c.v.Reasons)-1].Name = "balance_missing"
			}
			continue
		}
		sum, _ := c.outflow(e.Asset)
		c.summed = true
		before := c.past.sent(e.Asset, c.at.Add(-10*time.Minute), c.at)
		total, over := new(uint256.Int).AddOverflow(&sum, &before)
		part := share(total, &balance)
		if over {
			part = 1e6
		}
		evidence := map[string]string{"outflow": total.Dec(), "balance": balance.Dec(), "asset": e.Asset}
		text := fmt.Sprintf("this takes %d.%d %% of the wallet's %s", part/10000, part/1000%10, c.policy.human(balance, e.Asset))
		switch t := c.policy.Thresholds; {
		case t.DrainDeny > 0 && part >= uint64(t.DrainDeny):
			c.fire("G08", Critical, text, evidence)
		case t.DrainHold > 0 && part >= uint64(t.DrainHold):
			c.fire("G08", High, text, evidence)
		}
	}
}

// share is n of whole in millionths, rounded down, at most 10^6.
func share(n, whole *uint256.Int) uint64 {
	if !n.Lt(whole) {
		return 1e6
	}
	q, _ := new(uint256.Int).MulDivOverflow(n, uint256.NewInt(1e6), whole)
	return q.Uint64()
}

// describe says what an effect does, for a person: "send 30,000 ETH to 0x88a1..".
func (c *check) describe(e *Effect) string {
	amount := c.policy.human(e.Amount, e.Asset)
	var text string
	switch e.Type {
	case NativeTransfer, BankCredit:
		text = fmt.Sprintf("send %s to %s", amount, e.To)
	case TokenTransfer:
		text = fmt.Sprintf("send %s to %s", amount, e.To)
		if e.Delegate {
			text = fmt.Sprintf("call %s(%s, %s) by delegatecall", e.Name, e.To, e.Amount.Dec())
		}
	case NFTTransfer:
		text = fmt.Sprintf("send token %s of %s to %s", e.TokenID, e.Contract, e.To)
	case Approval:
		text = fmt.Sprintf("let %s take %s", e.To, amount)
		if e.Unlimited {
			text = fmt.Sprintf("let %s take any amount of %s", e.To, e.Contract)
		}
	case Delegatecall:
		text = fmt.Sprintf("run the code at %s as the wallet itself", e.To)
	case ControlChange:
		text = fmt.Sprintf("call %s", e.Name)
		if e.To != "" {
			text += " for " + e.To
		}
		if e.Old != "" {
			text += " in place of " + e.Old
		}
	case Fee:
		text = "cost up to " + amount
	case Change:
		text = "return " + amount + " to the wallet's own keys"
	case Data:
		text = "write data to the chain"
	default:
		text = fmt.Sprintf("call %s", e.Contract)
		if e.Name != "" {
			text += "." + e.Name
		}
	}
	return text
}

// Describe says what an effect does, for a person.
func (p *Policy) Describe(e *Effect) string { return (&check{policy: p}).describe(e) }
