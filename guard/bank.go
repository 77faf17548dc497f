package guard

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/swift"
)

// The kinds of bank messages.
const (
	MT103   Kind = "mt103"
	MT202   Kind = "mt202"
	Pacs008 Kind = "pacs008"
	Pacs009 Kind = "pacs009"
)

// bankFields are the fields of block 4 that have a meaning here, without their
// option letters (SWIFT user handbook, MT103 and MT202, as methods of the source
// package list them).
var bankFields = map[Kind]string{
	MT103: "13 20 23 26 32 33 36 50 51 52 53 54 55 56 57 59 70 71 72 77",
	MT202: "13 20 21 32 52 53 54 56 57 58 72",
}

// coverFields are those of sequence B of an MT202 COV, which begins with field 50.
const coverFields = "33 50 52 56 57 59 70 72"

// bankRepeats are the only fields of an MT103 or MT202 that may stand twice.
var bankRepeats = []string{"13C", "23E", "71F"}

// decodeBank reads one order as a bank credit. A file with none or several, a
// field without a meaning, and a message that was read although it is not as the
// standard has it, are not complete.
func (c *check) decodeBank() error {
	var p struct {
		Message string `json:"message"`
	}
	if err := c.req.field(&p); err != nil {
		return err
	}
	if c.req.Kind == Pacs008 || c.req.Kind == Pacs009 {
		if err := c.decodePacs(p.Message); err != nil {
			return err
		}
		return c.bankDigest()
	}
	count := 0
	for m, err := range swift.Scan("payload.message", []byte(p.Message)) {
		if err != nil {
			return err
		}
		if count++; count > 1 {
			return fmt.Errorf("payload.message holds several messages: ask about each by itself")
		}
		if want := strings.TrimPrefix(string(c.req.Kind), "mt"); m.Type != want {
			return fmt.Errorf("payload.message is an MT%s, not an MT%s", m.Type, want)
		}
		c.bankFields(m)
		all, err := m.Decode()
		if err != nil {
			return err
		}
		for i := range all {
			if err := c.bankCredit(&all[i]); err != nil {
				return err
			}
		}
	}
	if count == 0 {
		return fmt.Errorf("payload.message holds no message")
	}
	return c.bankDigest()
}

// bankFields leaves every field without a meaning, and every second one: of two
// amounts, customers or banks it could be the other that counts.
func (c *check) bankFields(m *swift.Message) {
	known, cover := bankFields[c.req.Kind], false
	seen := map[string]bool{}
	for _, f := range m.Fields {
		where, number := fmt.Sprintf("byte %d", f.Offset), f.Tag[:min(2, len(f.Tag))]
		if c.req.Kind == MT202 && number == "50" && !cover {
			known, cover, seen = coverFields, true, map[string]bool{}
		}
		if !slices.Contains(strings.Fields(known), number) {
			c.leave(where, "field %s has no meaning in an MT%s here", clip(f.Tag), m.Type)
		}
		// Letters are options of one field, except where they name fields of their own.
		one := number
		if slices.Contains([]string{"13", "23", "71", "77"}, number) {
			one = f.Tag
		}
		if seen[one] && !slices.Contains(bankRepeats, f.Tag) {
			c.leave(where, "field %s stands twice", clip(one))
		}
		seen[one] = true
	}
}

// bankCredit makes the effects of one order.
func (c *check) bankCredit(m *payments.Message) error {
	for _, b := range m.Bent {
		c.leave("", "%s", b)
	}
	switch m.Role {
	case payments.Order, payments.Cover, payments.Interbank:
	default:
		return fmt.Errorf("the message is no order: it is %s", m.Role)
	}
	if m.Possible {
		c.fire("G20", High, "the message is marked as a possible duplicate", nil)
	}
	from, _ := payments.AccountAt(m.Debtor, m.DebtorAgent)
	to, weak := payments.AccountAt(m.Creditor, m.CreditorAgent)
	if weak && m.Role == payments.Order {
		c.leave("", "the beneficiary has a name and no account: two people can share it")
	}
	e := Effect{
		Type: BankCredit, Asset: string(m.Amount.Asset()), From: string(from), To: string(to),
		Agent: payments.BIC8(m.CreditorAgent.BIC), Ref: m.Ref, Name: m.Creditor.Name,
	}
	if err := e.Amount.SetFromDecimal(m.Amount.Units.String()); err != nil {
		return fmt.Errorf("amount %s: %w", m.Amount, err)
	}
	if !m.ValueDate.IsZero() {
		e.Date = m.ValueDate.Format("2006-01-02")
	}
	c.v.Decoded.Effects = append(c.v.Decoded.Effects, e)
	for _, charge := range m.Charges {
		fee := Effect{Type: Fee, Asset: string(charge.Money.Asset()), From: string(from), To: charge.Agent}
		if err := fee.Amount.SetFromDecimal(charge.Money.Units.String()); err != nil {
			return fmt.Errorf("charge %s: %w", charge.Money, err)
		}
		c.v.Decoded.Effects = append(c.v.Decoded.Effects, fee)
	}
	if m.Instructed.Stated() && m.Instructed != m.Amount {
		c.notes = append(c.notes, fmt.Sprintf("the debtor ordered %s, the banks move %s", m.Instructed, m.Amount))
	}
	c.facts["ref"], c.facts["uetr"], c.facts["account"] = m.Ref, m.UETR, string(from)
	c.bankAccount(string(from))
	return nil
}

// bankAccount compares the account that is debited with the policy's.
func (c *check) bankAccount(from string) {
	switch expected := c.policy.Wallet(c.req.Wallet).Account; {
	case expected == "":
		c.leave("", "the policy has no account for wallet %q, so this could be another one's money", clip(c.req.Wallet))
	case !samePlace(expected, from):
		c.fire("G02", Critical, fmt.Sprintf("the message debits %s, not wallet %s (%s)", from, c.req.Wallet, expected), nil)
	}
}

// bankDigest is the SHA-256 of the effects: what two people can read to each other
// by telephone.
func (c *check) bankDigest() error {
	text, err := json.Marshal(c.v.Decoded.Effects)
	if err != nil {
		return err
	}
	c.digest("effects_sha256", hashOf(text))
	c.claimed = []string{hashOf(text)}
	if u := c.facts["uetr"]; u != "" {
		c.digest("uetr", u)
	}
	return nil
}
