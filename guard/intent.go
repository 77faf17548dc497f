package guard

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holiman/uint256"
)

// Intent is what the requester says they mean, by another channel than the
// payload's.
type Intent struct {
	To     string `json:"to,omitempty"`
	Asset  string `json:"asset,omitempty"`
	Amount string `json:"amount,omitempty"`
	// Unit is that of Amount: ETH, BTC, the symbol of a token of the policy, or
	// empty for atomic units.
	Unit string `json:"unit,omitempty"`
	// Transfers lists several; To, Asset, Amount and Unit are then empty.
	Transfers []Meant `json:"transfers,omitempty"`
	// MaxFee bounds the fee in atomic units of the chain's own coin.
	MaxFee string `json:"max_fee,omitempty"`
	// AllowEffects names types of effects that are meant beside the transfers:
	// approval, control_change, delegatecall, contract_call.
	AllowEffects []EffectType `json:"allow_effects,omitempty"`
	Ref          string       `json:"ref,omitempty"`
	ChainID      string       `json:"chain_id,omitempty"`
	Nonce        string       `json:"nonce,omitempty"`
	Wallet       string       `json:"wallet,omitempty"`
	// Source says where it was typed: ticket, core banking, chat.
	Source string `json:"source,omitempty"`
	// Channel names the host or key by which it came.
	Channel string `json:"channel,omitempty"`
	// SignedBy is ed25519:KEY and Signature the signature over Message, both in
	// Base64. An intent that names a key must carry a signature that verifies.
	SignedBy  string `json:"signed_by,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// Meant is one transfer that is meant.
type Meant struct {
	To     string `json:"to"`
	Asset  string `json:"asset"`
	Amount string `json:"amount"`
	Unit   string `json:"unit,omitempty"`
}

// intentDomain begins what the signer of an intent signs, so that the key's
// signature cannot be taken for one over something else.
const intentDomain = "coldtrail guard intent v1\n"

// Message is what the signer of an intent signs: the domain and the intent's
// JSON without its signature.
func (in *Intent) Message() []byte {
	bare := *in
	bare.Signature = ""
	text, _ := json.Marshal(bare) // strings only: cannot fail
	return append([]byte(intentDomain), text...)
}

func (in *Intent) transfers() []Meant {
	if len(in.Transfers) > 0 {
		return in.Transfers
	}
	if in.To == "" && in.Asset == "" && in.Amount == "" {
		return nil
	}
	return []Meant{{To: in.To, Asset: in.Asset, Amount: in.Amount, Unit: in.Unit}}
}

// compareIntent finds how the effects differ from the intent. Effects are
// compared, not calldata: which contract does it, in how many calls, is no matter.
func (c *check) compareIntent() {
	in := c.req.Intent
	if in == nil {
		if c.policy.Wallet(c.req.Wallet).Role == Cold && c.policy.RequireIntent {
			c.fire("G02", High, "no intent was given: nobody has said, by another channel, what this should do", nil)
		}
		return
	}
	c.intentOrigin(in)
	meant := in.transfers()
	if len(in.Transfers) > 0 && (in.To != "" || in.Amount != "" || in.Asset != "") {
		c.mismatch("the intent names one transfer and a list of them; it must be one of the two", nil)
		return
	}
	left := slices.Clone(meant)
	for i := range c.v.Decoded.Effects {
		e := &c.v.Decoded.Effects[i]
		switch {
		case e.Type == Fee:
			c.compareFee(in, e)
		case e.Type == Change || e.Type == Data && slices.Contains(in.AllowEffects, Data) || carrier(e):
		case e.pays() && !e.Delegate:
			if j := c.match(left, e); j >= 0 {
				left = slices.Delete(left, j, j+1)
				continue
			}
			c.mismatch(c.differs(meant, e), map[string]string{"effect": fmt.Sprint(i), "to": e.To, "amount": e.Amount.Dec(), "asset": e.Asset})
		case !slices.Contains(in.AllowEffects, e.Type):
			c.mismatch(fmt.Sprintf("%s; these bytes %s, which you did not name", meantText(meant), c.describe(e)), map[string]string{"effect": fmt.Sprint(i)})
		}
	}
	for _, m := range left {
		if len(meant) == 1 && c.mismatched {
			break // it was said what they do instead
		}
		c.mismatch(fmt.Sprintf("you meant %s %s to %s; these bytes do not do that", m.Amount, unitText(m), m.To), map[string]string{"missing": m.To})
	}
	c.compareFacts(in)
}

func (c *check) mismatch(text string, evidence map[string]string) {
	c.mismatched = true
	c.fire("G02", Critical, text, evidence)
}

// match returns the index of the meant transfer that an effect is, or -1.
func (c *check) match(meant []Meant, e *Effect) int {
	for i, m := range meant {
		n, err := c.policy.Units(m.Amount, m.Unit, m.Asset)
		if err == nil && samePlace(m.To, e.To) && sameAsset(m.Asset, e.Asset) && n.Eq(&e.Amount) {
			return i
		}
	}
	return -1
}

// differs says how an effect differs from the only transfer that is meant, or
// that it is none of several.
func (c *check) differs(meant []Meant, e *Effect) string {
	did := c.describe(e)
	if len(meant) != 1 {
		return fmt.Sprintf("these bytes %s; none of the %d transfers you meant is that", did, len(meant))
	}
	m := meant[0]
	n, err := c.policy.Units(m.Amount, m.Unit, m.Asset)
	var how []string
	if !samePlace(m.To, e.To) {
		how = append(how, "the recipient differs")
	}
	if !sameAsset(m.Asset, e.Asset) {
		how = append(how, "the asset differs")
	}
	switch {
	case err != nil:
		how = append(how, "the amount you meant cannot be read: "+err.Error())
	case !n.Eq(&e.Amount):
		how = append(how, "the amount differs")
	}
	if len(how) == 0 {
		how = append(how, "it is done twice")
	}
	return fmt.Sprintf("%s; these bytes %s: %s", meantText(meant), did, strings.Join(how, ", "))
}

func meantText(meant []Meant) string {
	if len(meant) == 0 {
		return "you named no transfer"
	}
	if len(meant) > 1 {
		return fmt.Sprintf("you meant %d transfers", len(meant))
	}
	return fmt.Sprintf("you meant %s %s to %s", meant[0].Amount, unitText(meant[0]), meant[0].To)
}

func unitText(m Meant) string {
	if m.Unit != "" {
		return m.Unit
	}
	return "units of " + m.Asset
}

// sameAsset compares two asset ids; the address in a token's id in any case.
func sameAsset(a, b string) bool { return strings.EqualFold(a, b) }

func (c *check) compareFee(in *Intent, e *Effect) {
	if in.MaxFee == "" {
		return
	}
	var bound uint256.Int
	if err := bound.SetFromDecimal(in.MaxFee); err != nil {
		c.mismatch(fmt.Sprintf("max_fee %q of the intent is not a number", clip(in.MaxFee)), nil)
	} else if e.Amount.Gt(&bound) {
		c.mismatch(fmt.Sprintf("the fee may reach %s, above your max_fee of %s", e.Amount.Dec(), in.MaxFee), nil)
	}
}

// compareFacts compares what stands beside the effects: chain, nonce, wallet,
// reference, digest.
func (c *check) compareFacts(in *Intent) {
	for _, f := range []struct{ name, meant, is string }{
		{"chain id", in.ChainID, c.facts["chain_id"]}, {"nonce", in.Nonce, c.facts["nonce"]},
		{"wallet", in.Wallet, c.req.Wallet},
	} {
		if f.meant != "" && f.meant != f.is {
			c.mismatch(fmt.Sprintf("you meant %s %s; these bytes have %q", f.name, clip(f.meant), f.is), nil)
		}
	}
	if ref := c.facts["ref"]; in.Ref != "" && ref != "" && in.Ref != ref {
		c.mismatch(fmt.Sprintf("you meant reference %s; the message has %s", clip(in.Ref), clip(ref)), nil)
	}
}

// intentOrigin checks who stands behind the intent.
func (c *check) intentOrigin(in *Intent) {
	if in.Channel != "" && in.Channel == c.req.Channel {
		c.fire("G02", Warn, fmt.Sprintf("intent_same_channel: intent and payload both came by %s; whoever holds that can forge both", clip(in.Channel)), nil)
	}
	if in.SignedBy == "" {
		if len(c.policy.IntentKeys) > 0 {
			c.unsigned = true
			c.fire("G02", High, "the intent is not signed, and the policy names the keys by which an intent counts", nil)
		}
		return
	}
	if !verifies(in.SignedBy, in.Signature, in.Message()) {
		c.mismatch(fmt.Sprintf("the intent says it is signed by %s, and that signature does not verify", clip(in.SignedBy)), nil)
		return
	}
	if keys := c.policy.IntentKeys; len(keys) > 0 && !slices.Contains(keys, in.SignedBy) {
		c.mismatch(fmt.Sprintf("the intent is signed by %s, which is not an intent key of the policy", clip(in.SignedBy)), nil)
	}
}

// verifies checks an Ed25519 signature in Base64 by a key "ed25519:BASE64".
func verifies(key, sig string, message []byte) bool {
	pub, err := publicKey(key)
	raw, err2 := base64.StdEncoding.DecodeString(sig)
	return err == nil && err2 == nil && ed25519.Verify(pub, message, raw)
}

// publicKey reads the name of a person: ed25519:KEY. A key has one name only, since
// people are counted by their names; Base64 has several texts for the same bytes.
func publicKey(name string) (ed25519.PublicKey, error) {
	text, ok := strings.CutPrefix(name, "ed25519:")
	pub, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(pub) != ed25519.PublicKeySize || base64.StdEncoding.EncodeToString(pub) != text {
		return nil, errors.New("not a public key: ed25519: and 44 characters of Base64")
	}
	return pub, nil
}
