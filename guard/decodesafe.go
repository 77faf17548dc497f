package guard

import (
	"fmt"
	"strings"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// safePayload is a Safe transaction as JSON. Numbers are decimal or 0x text, so
// that no reader of JSON can round them; plain numbers are taken too.
type safePayload struct {
	ChainID        number  `json:"chain_id"`
	Safe           string  `json:"safe"`
	SafeVersion    string  `json:"safe_version"`
	To             string  `json:"to"`
	Value          *number `json:"value"`
	Data           *string `json:"data"`
	Operation      *number `json:"operation"`
	SafeTxGas      number  `json:"safeTxGas"`
	BaseGas        number  `json:"baseGas"`
	GasPrice       number  `json:"gasPrice"`
	GasToken       string  `json:"gasToken"`
	RefundReceiver string  `json:"refundReceiver"`
	Nonce          *number `json:"nonce"`
}

// number is an integer of 256 bits in JSON: 7, "7" or "0x07".
type number struct{ uint256.Int }

// UnmarshalJSON reads it; signs, fractions, exponents and more than 256 bits are errors.
func (n *number) UnmarshalJSON(text []byte) error {
	t := strings.Trim(string(text), `"`)
	if digits, ok := strings.CutPrefix(t, "0x"); ok {
		if digits == "" || len(digits) > 64 || strings.Trim(strings.ToLower(digits), "0123456789abcdef") != "" {
			return fmt.Errorf("%q is not a number of 256 bits", clip(t))
		}
		digits = strings.TrimLeft(digits, "0")
		if digits == "" {
			n.Clear()
			return nil
		}
		return n.SetFromHex("0x" + digits)
	}
	if t == "" || len(t) > 78 || strings.Trim(t, "0123456789") != "" {
		return fmt.Errorf("%q is not a number of 256 bits", clip(t))
	}
	if err := n.SetFromDecimal(t); err != nil {
		return fmt.Errorf("%q is not a number of 256 bits", clip(t))
	}
	return nil
}

func optionalAddress(text string) (evm.Address, error) {
	if text == "" {
		return evm.Address{}, nil
	}
	return evm.ParseAddress(text)
}

func (p *safePayload) read() (safe.Wallet, *safe.Transaction, error) {
	var w safe.Wallet
	for _, f := range []struct {
		name  string
		there bool
	}{{"value", p.Value != nil}, {"data", p.Data != nil}, {"operation", p.Operation != nil}, {"nonce", p.Nonce != nil}} {
		if !f.there {
			return w, nil, fmt.Errorf("payload.%s is missing: what is not said could be anything", f.name)
		}
	}
	t := &safe.Transaction{
		Value: p.Value.Int, SafeTxGas: p.SafeTxGas.Int, BaseGas: p.BaseGas.Int,
		GasPrice: p.GasPrice.Int, Nonce: p.Nonce.Int,
	}
	var err error
	for _, f := range []struct {
		name, text string
		into       *evm.Address
		must       bool
	}{
		{"safe", p.Safe, &w.Address, true}, {"to", p.To, &t.To, true},
		{"gasToken", p.GasToken, &t.GasToken, false}, {"refundReceiver", p.RefundReceiver, &t.RefundReceiver, false},
	} {
		if f.text == "" && f.must {
			return w, nil, fmt.Errorf("payload.%s is missing", f.name)
		}
		if *f.into, err = optionalAddress(f.text); err != nil {
			return w, nil, fmt.Errorf("payload.%s: %w", f.name, err)
		}
	}
	if *p.Data != "" {
		if t.Data, err = evm.ParseHex(*p.Data); err != nil {
			return w, nil, fmt.Errorf("payload.data: %w", err)
		}
	}
	if !p.Operation.IsUint64() || p.Operation.Uint64() > 255 {
		return w, nil, fmt.Errorf("payload.operation %s is neither call (0) nor delegatecall (1)", p.Operation.Dec())
	}
	t.Operation = safe.Operation(p.Operation.Uint64())
	w.ChainID = p.ChainID.Int
	if p.SafeVersion != "" {
		if w.Version, err = safe.ParseVersion(p.SafeVersion); err != nil {
			return w, nil, fmt.Errorf("payload.safe_version: %w", err)
		}
	}
	return w, t, nil
}

func (c *check) decodeSafe() error {
	var p safePayload
	if err := c.req.field(&p); err != nil {
		return err
	}
	w, t, err := p.read()
	if err != nil {
		return err
	}
	c.checkSafe(w, t)
	return nil
}

// checkSafe decodes a Safe transaction and verifies the signatures over its hash.
func (c *check) checkSafe(w safe.Wallet, t *safe.Transaction) {
	known := c.policy.Wallet(c.req.Wallet)
	if known.SafeVersion != "" {
		v, _ := safe.ParseVersion(known.SafeVersion) // checked when the policy was read
		switch {
		case w.Version == "":
			w.Version = v
		case w.Version.BindsChain() != v.BindsChain():
			c.leave("", "domain_ambiguous: the payload says version %s, the policy %s; they hash differently", w.Version, v)
			w.Version = ""
		default:
			w.Version = v
		}
	}
	d := safe.Decode(w, t)
	c.leaveAll(d.Undecoded)
	c.chain(w.ChainID.Dec(), w.Address.String(), known.Safe)
	c.digest("safe_tx_hash", d.Digests.SafeTxHash.String())
	c.digest("domain_separator", d.Digests.Domain.String())
	c.digest("message_hash", d.Digests.Message.String())
	c.digest("data_hash", d.Digests.Data.String())
	c.claimed = []string{d.Digests.SafeTxHash.String()}
	if d.Alternative != nil {
		c.digest("safe_tx_hash_before_1.3.0", d.Alternative.SafeTxHash.String())
		c.digest("domain_separator_before_1.3.0", d.Alternative.Domain.String())
	}
	c.facts["nonce"] = t.Nonce.Dec()
	c.params["safeTxGas"] = t.SafeTxGas.Dec()
	for _, a := range d.Tree.Actions {
		c.v.Decoded.Effects = append(c.v.Decoded.Effects, fromAction(a, w.ChainID.Dec()))
	}
	if d.Refund != nil {
		c.refund(d.Refund, w)
	}
	c.safeSignatures(d.Digests.SafeTxHash)
}

// refund is a payment: it goes to whoever is named.
func (c *check) refund(r *safe.Refund, w safe.Wallet) {
	e := Effect{Type: NativeTransfer, Asset: nativeAsset(w.ChainID.Dec()), Amount: r.Amount, From: w.Address.String(), Name: "refund of gas", Path: "refund"}
	if !r.Token.IsZero() {
		e.Type, e.Asset, e.Contract = TokenTransfer, "eip155:"+w.ChainID.Dec()+"/erc20:"+r.Token.String(), r.Token.String()
	}
	e.To = r.Receiver.String()
	if r.Receiver.IsZero() {
		c.leave("refund", "the refund goes to whoever submits the transaction; these bytes do not say who")
	}
	c.v.Decoded.Effects = append(c.v.Decoded.Effects, e)
}

func (c *check) safeSignatures(hash evm.Hash) {
	owners := map[string]bool{}
	for _, o := range c.policy.Wallet(c.req.Wallet).Owners {
		owners[key(o)] = true
	}
	seen := map[string]bool{}
	for i, text := range c.req.Signatures {
		raw, err := evm.ParseHex(text)
		if err != nil || len(raw) != 65 {
			c.fire("G03", Critical, fmt.Sprintf("signature %d is not 65 bytes of hex", i+1), nil)
			c.v.Decoded.Signers = append(c.v.Decoded.Signers, Signer{Fault: "not 65 bytes of hex"})
			continue
		}
		s := safe.ReadSignature([65]byte(raw), hash)
		who := s.Signer.String()
		c.v.Decoded.Signers = append(c.v.Decoded.Signers, Signer{Who: who, Kind: string(s.Kind), Owner: owners[key(who)], NeedsNode: s.NeedsNode, Fault: s.Fault})
		evidence := map[string]string{"signature": fmt.Sprint(i + 1), "recovered": who, "over": hash.String(), "kind": string(s.Kind)}
		switch {
		case s.Fault != "":
			c.fire("G03", Critical, fmt.Sprintf("signature %d cannot be valid: %s", i+1, s.Fault), evidence)
		case !owners[key(who)]:
			c.fire("G03", Critical, fmt.Sprintf("signature %d was made over other bytes than these: over the hash computed here it gives %s, which is no owner of the wallet", i+1, who), evidence)
		case seen[key(who)]:
			c.fire("G03", Critical, fmt.Sprintf("owner %s signed twice", who), evidence)
		case s.Kind == safe.ApprovedHash && !samePlace(c.req.Executor, who), s.Kind == safe.Contract:
			c.fire("G03", High, fmt.Sprintf("signature %d (%s of %s) can only be checked on the chain", i+1, s.Kind, who), evidence)
		}
		seen[key(who)] = true
	}
}
