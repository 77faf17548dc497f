package guard

import (
	"fmt"
	"strings"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/psbt"
)

// EffectType says what an effect does. Bytes of every kind of ledger become
// effects, and only effects are compared and judged.
type EffectType string

// The types of effects.
const (
	NativeTransfer EffectType = "native_transfer"
	TokenTransfer  EffectType = "token_transfer"
	NFTTransfer    EffectType = "nft_transfer"
	Approval       EffectType = "approval"
	Delegatecall   EffectType = "delegatecall"
	ControlChange  EffectType = "control_change"
	ContractCall   EffectType = "contract_call"
	BankCredit     EffectType = "bank_credit"
	// Fee is what the transfer costs beside its amount.
	Fee EffectType = "fee"
	// Change goes back to the wallet's own keys, which was proven.
	Change EffectType = "change"
	// Data is an output that carries bytes and no value (OP_RETURN).
	Data EffectType = "data"
)

// MaxEffects is the largest number of effects of one request.
const MaxEffects = 1000

// maxExpires stands for every later end: receipts hold no larger number.
const maxExpires = 1<<53 - 1

// Effect is one thing that the bytes do.
type Effect struct {
	Type EffectType `json:"type"`
	// Asset is a CAIP-19 id, or iso4217:USD. Empty where nothing moves.
	Asset string `json:"asset,omitempty"`
	// Amount is in atomic units of the asset; the new threshold for a control
	// change that sets one.
	Amount uint256.Int `json:"amount"`
	// Unlimited is set for an approval without a bound.
	Unlimited bool `json:"unlimited,omitempty"`
	// Revoke is set for an approval that lowers a right.
	Revoke bool   `json:"revoke,omitempty"`
	From   string `json:"from,omitempty"`
	// To gains: recipient, spender, new owner, code.
	To string `json:"to,omitempty"`
	// Old is the owner or module that a control change removes.
	Old string `json:"old,omitempty"`
	// Contract is the address that is called; Name the function it is taken for.
	Contract string `json:"contract,omitempty"`
	Name     string `json:"name,omitempty"`
	// Path is the place of the call in the tree, or of the output.
	Path string `json:"path,omitempty"`
	// Delegate is set when foreign code runs as the wallet: names then say nothing
	// sure. Library names the pinned library, if it is one.
	Delegate bool   `json:"delegate,omitempty"`
	Library  string `json:"library,omitempty"`
	// TokenID is the number of a single token.
	TokenID string `json:"token_id,omitempty"`
	// AmountOrID is set where the contract decides whether Amount is an amount or
	// the number of a token.
	AmountOrID bool `json:"amount_or_id,omitempty"`
	// Expires is the Unix second at which an approval ends, 0 for never, at most
	// 1<<53-1.
	Expires uint64 `json:"expires,omitempty"`
	// Agent is the bank of the creditor (BIC); Date the value date; Ref the
	// reference by which both sides know the payment.
	Agent string `json:"agent,omitempty"`
	Date  string `json:"date,omitempty"`
	Ref   string `json:"ref,omitempty"`
}

// pays reports whether an effect moves value to To.
func (e *Effect) pays() bool {
	switch e.Type {
	case NativeTransfer, TokenTransfer, NFTTransfer, BankCredit:
		return true
	}
	return false
}

// Place writes a place in the one form in which places are compared: an EVM
// address in lower case, a Bitcoin address as its script, an IBAN or account
// without spaces in upper case. CAIP-10 prefixes are taken off. Text that is no
// place is an error; a wrong checksum is one too.
func Place(text string) (string, error) {
	t := strings.TrimSpace(text)
	if i := strings.LastIndexByte(t, ':'); i >= 0 && (strings.HasPrefix(t, "eip155:") || strings.HasPrefix(t, "bip122:")) {
		t = t[i+1:]
	}
	switch {
	case strings.HasPrefix(t, "0x") || strings.HasPrefix(t, "0X"):
		a, err := evm.ParseAddress(t)
		if err != nil {
			return "", err
		}
		return "0x" + fmt.Sprintf("%x", a[:]), nil
	case strings.HasPrefix(t, "script-sha256:"):
		return strings.ToLower(t), nil
	case strings.HasPrefix(t, "iban:"), strings.HasPrefix(t, "acct:"):
		return t[:5] + strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(t[5:])), nil
	case strings.HasPrefix(t, "name:"):
		return strings.ToLower(t), nil
	case t == "":
		return "", fmt.Errorf("an address is missing")
	}
	script, err := psbt.ScriptOf(t)
	if err != nil {
		return "", fmt.Errorf("address %q: %w", clip(t), err)
	}
	return fmt.Sprintf("script:%x", script), nil
}

// samePlace compares two places by their canonical form; false if either is none.
func samePlace(a, b string) bool {
	x, err := Place(a)
	y, err2 := Place(b)
	return err == nil && err2 == nil && x == y
}

// key is Place for text that was made by a decoder; what is no place stands as it is.
func key(text string) string {
	if p, err := Place(text); err == nil {
		return p
	}
	return text
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:77] + "..."
	}
	return s
}

// fromAction makes the effect of an action on a chain.
func fromAction(a evm.Action, chain string) Effect {
	e := Effect{
		Type: EffectType(a.Kind), Amount: a.Amount, Unlimited: a.Unlimited, Revoke: a.Revoke,
		From: text(a.From), To: text(a.To), Old: text(a.Old), Contract: text(a.Contract),
		Name: a.Name, Path: a.Path, Delegate: a.Delegate, Library: a.Library, AmountOrID: a.AmountOrID,
	}
	switch a.Kind {
	case evm.NativeTransfer:
		e.Asset = nativeAsset(chain)
	case evm.TokenTransfer, evm.Approval:
		e.Asset = "eip155:" + chain + "/erc20:" + e.Contract
	case evm.NFTTransfer:
		e.Asset = "eip155:" + chain + "/nft:" + e.Contract
	}
	if a.ID != nil {
		e.TokenID = a.ID.Dec()
	}
	end := a.Expires
	if end == nil {
		end = a.Deadline
	}
	if a.Kind == evm.Approval && end != nil {
		e.Expires = maxExpires
		if end.IsUint64() {
			e.Expires = min(end.Uint64(), maxExpires)
		}
	}
	return e
}

func nativeAsset(chain string) string { return "eip155:" + chain + "/slip44:60" }

func text(a *evm.Address) string {
	if a == nil {
		return ""
	}
	return a.String()
}
