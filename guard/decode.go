package guard

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/guard/eip712"
	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// decode reads the payload of each kind into effects, digests, signers and facts.
// What cannot be read is undecoded; it is never an error of the check.
func (c *check) decode() {
	var err error
	switch c.req.Kind {
	case SafeTx:
		err = c.decodeSafe()
	case EthTx:
		err = c.decodeEthTx()
	case EIP712:
		err = c.decodeTyped()
	case EIP7702:
		err = c.decodeAuthorization()
	case PSBT, BTCRaw:
		err = c.decodeBitcoin()
	case Transfer:
		err = c.decodeTransfer()
	case MT103, MT202, Pacs008, Pacs009:
		err = c.decodeBank()
	default:
		err = fmt.Errorf("kind %q is not known", clip(string(c.req.Kind)))
	}
	if err != nil {
		c.leave("", "%v", err)
	}
	if n := len(c.v.Decoded.Effects); n > MaxEffects {
		c.leave("", "%d effects, the limit is %d; the rest is not shown", n, MaxEffects)
		c.v.Decoded.Effects = c.v.Decoded.Effects[:MaxEffects]
	}
	c.v.Decoded.Complete = len(c.v.Decoded.Undecoded) == 0
}

// leave records a part without a meaning.
func (c *check) leave(where, format string, args ...any) {
	if len(c.v.Decoded.Undecoded) < 100 {
		c.v.Decoded.Undecoded = append(c.v.Decoded.Undecoded, Undecoded{where, fmt.Sprintf(format, args...)})
	}
}

func (c *check) leaveAll(parts []evm.Undecoded) {
	for _, u := range parts {
		c.leave(u.Path, "%s", u.String())
	}
}

// chain records for which chain and account the bytes are, and holds what the
// policy does not know.
func (c *check) chain(id, account, expected string) {
	c.facts["chain_id"], c.facts["account"] = id, account
	known := false
	for _, allowed := range c.policy.Chains {
		known = known || allowed == id
	}
	if !known {
		c.leave("", "chain id %s is not one of the policy's", id)
	}
	switch {
	case expected == "":
		c.leave("", "the policy has no address for wallet %q, so these bytes could be for another one", clip(c.req.Wallet))
	case !samePlace(expected, account):
		c.fire("G02", Critical, fmt.Sprintf("these bytes are for account %s, not for wallet %s (%s)", account, c.req.Wallet, expected), nil)
	case id != "0" && strings.Count(expected, ":") == 2 && strings.Split(expected, ":")[1] != id:
		c.fire("G02", Critical, fmt.Sprintf("these bytes are for chain %s, the wallet is %s", id, expected), nil)
	}
}

func (c *check) digest(name, value string) { c.v.Digests[name] = value }

func (c *check) decodeEthTx() error {
	var p struct {
		Raw string `json:"raw"`
	}
	if err := c.req.field(&p); err != nil {
		return err
	}
	raw, err := evm.ParseHex(p.Raw)
	if err != nil {
		return fmt.Errorf("payload.raw: %w", err)
	}
	t, err := evm.ParseTransaction(raw)
	if err != nil {
		return fmt.Errorf("payload.raw: %w", err)
	}
	account := c.policy.Wallet(c.req.Wallet).Account
	id := "0"
	if t.ChainID != nil {
		id = t.ChainID.Dec()
	} else {
		c.leave("", "no chain id: the signature would be good on every chain")
	}
	from := account
	if t.Sender != nil {
		from = t.Sender.String()
		c.v.Decoded.Signers = append(c.v.Decoded.Signers, Signer{Who: from, Kind: "ecdsa", Owner: samePlace(from, account)})
		if !samePlace(from, account) {
			c.fire("G03", Critical, fmt.Sprintf("the transaction is signed by %s, not by the wallet's key", from), nil)
		}
		c.digest("txid", t.ID.String())
	}
	c.chain(id, from, account)
	c.digest("signing_hash", t.SigningHash.String())
	c.claimed = []string{t.SigningHash.String()}
	if t.Sender != nil { // unsigned bytes have no id, and no screen may show one
		c.claimed = append(c.claimed, t.ID.String())
	}
	c.facts["nonce"] = fmt.Sprint(t.Nonce)
	c.params["gas"] = fmt.Sprint(t.Gas)
	if t.To == nil {
		c.v.Decoded.Effects = append(c.v.Decoded.Effects, Effect{Type: ContractCall, From: from, Name: "creation of a contract"})
	}
	tree := t.Decode(safe.Decoder())
	c.leaveAll(tree.Undecoded)
	for _, a := range tree.Actions {
		e := fromAction(a, id)
		if e.From == "" {
			e.From = from
		}
		c.v.Decoded.Effects = append(c.v.Decoded.Effects, e)
	}
	for i := range t.Authorizations {
		c.authorization(&t.Authorizations[i])
	}
	fee, ok := t.MaxFee()
	if !ok {
		c.leave("", "the greatest fee exceeds 256 bits")
	}
	c.v.Decoded.Effects = append(c.v.Decoded.Effects, Effect{Type: Fee, Asset: nativeAsset(id), Amount: fee, From: from, Name: "at most"})
	return nil
}

func (c *check) decodeAuthorization() error {
	var p struct {
		Raw string `json:"raw"`
	}
	if err := c.req.field(&p); err != nil {
		return err
	}
	raw, err := evm.ParseHex(p.Raw)
	if err != nil {
		return fmt.Errorf("payload.raw: %w", err)
	}
	a, err := evm.ParseAuthorization(raw)
	if err != nil {
		return fmt.Errorf("payload.raw: %w", err)
	}
	c.digest("authorization_digest", a.Digest.String())
	c.claimed = []string{a.Digest.String()}
	c.facts["nonce"] = fmt.Sprint(a.Nonce)
	e := fromAction(a.Action(), a.ChainID.Dec())
	account := c.policy.Wallet(c.req.Wallet).Account
	if e.From == "" {
		e.From = account
	} else if !samePlace(account, e.From) {
		c.fire("G03", Critical, fmt.Sprintf("the authorization is signed by %s, not by the wallet's key", e.From), nil)
	}
	c.chain(a.ChainID.Dec(), e.From, account)
	c.v.Decoded.Effects = append(c.v.Decoded.Effects, e)
	c.authorization(a)
	return nil
}

// authorization judges a tuple of EIP-7702: code is set on an account for good.
func (c *check) authorization(a *evm.Authorization) {
	evidence := map[string]string{"delegate": a.Delegate.String(), "chain_id": a.ChainID.Dec()}
	if a.Fault != "" {
		c.fire("G03", Critical, "the authorization's signature is not valid: "+a.Fault, evidence)
	}
	if a.ChainID.IsZero() {
		c.fire("G05", Critical, "EIP-7702: chain id 0 sets the code on every chain", evidence)
	}
	for _, d := range c.policy.Delegates {
		if samePlace(d, a.Delegate.String()) {
			return
		}
	}
	if !a.Delegate.IsZero() {
		c.fire("G05", Critical, fmt.Sprintf("EIP-7702: the account would run the code at %s, which the policy does not name", a.Delegate), evidence)
	}
}

func (c *check) decodeTyped() error {
	d, err := eip712.Parse(c.req.Payload)
	if err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	wallet := c.policy.Wallet(c.req.Wallet)
	if d.Known == "safe transaction" {
		w, t, err := safe.FromTypedData(d)
		if err != nil {
			return fmt.Errorf("payload: %w", err)
		}
		if w.ChainID.IsZero() { // an old Safe's domain holds no chain
			id, _, _ := strings.Cut(strings.TrimPrefix(wallet.Safe, "eip155:"), ":")
			_ = w.ChainID.SetFromDecimal(id)
		}
		c.checkSafe(w, t)
		return nil
	}
	c.leaveAll(d.Undecoded)
	c.digest("domain_separator", d.DomainSeparator.String())
	c.digest("message_hash", d.MessageHash.String())
	c.digest("digest", d.Digest.String())
	c.claimed = []string{d.Digest.String()}
	id := "0"
	if d.Domain.ChainID != nil {
		id = d.Domain.ChainID.Dec()
	} else {
		c.leave("", "the domain has no chain id: the signature would be good on every chain")
	}
	account := wallet.Account
	if account == "" {
		account = wallet.Safe
	}
	for _, a := range d.Actions {
		e := fromAction(a, id)
		c.v.Decoded.Effects = append(c.v.Decoded.Effects, e)
		if e.From != "" && !samePlace(e.From, account) {
			c.fire("G02", Critical, fmt.Sprintf("the permit is for account %s, not for wallet %s", e.From, c.req.Wallet), nil)
		}
		if _, ok := c.policy.token(e.Asset); !ok && e.Asset != "" {
			c.fire("G14", High, fmt.Sprintf("the permit is for %s, which is not a token of the policy", e.Asset), nil)
		}
	}
	c.chain(id, account, account)
	c.typedSignatures(d.Digest, account)
	return nil
}

func (c *check) typedSignatures(digest evm.Hash, account string) {
	for i, text := range c.req.Signatures {
		raw, err := evm.ParseHex(text)
		if err != nil || len(raw) != 65 {
			c.fire("G03", Critical, fmt.Sprintf("signature %d is not 65 bytes of hex", i+1), nil)
			continue
		}
		s := safe.ReadSignature([65]byte(raw), digest)
		if s.Kind != safe.ECDSA || s.Fault != "" || !samePlace(s.Signer.String(), account) {
			c.fire("G03", Critical, fmt.Sprintf("signature %d does not recover to the wallet's key over the digest computed here", i+1), map[string]string{"recovered": s.Signer.String()})
		}
	}
}

// decodeTransfer takes the word of a service that shows no bytes. It is never
// complete: what will be signed is not known.
func (c *check) decodeTransfer() error {
	var p struct {
		From   string `json:"from"`
		To     string `json:"to"`
		Asset  string `json:"asset"`
		Amount string `json:"amount"`
		Unit   string `json:"unit"`
		Note   string `json:"note"`
	}
	if err := c.req.field(&p); err != nil {
		return err
	}
	c.leave("", "the request has no bytes to be signed, only a description of them")
	e := Effect{Type: NativeTransfer, Asset: p.Asset, From: p.From, To: p.To, Name: p.Note}
	if strings.Contains(p.Asset, "/erc20:") {
		e.Type = TokenTransfer
	}
	n, err := c.policy.Units(p.Amount, p.Unit, p.Asset)
	if err != nil {
		return err
	}
	e.Amount = n
	if _, err := Place(p.To); err != nil {
		return fmt.Errorf("payload.to: %w", err)
	}
	c.v.Decoded.Effects = append(c.v.Decoded.Effects, e)
	return nil
}
