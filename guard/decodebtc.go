package guard

import (
	"encoding/hex"
	"fmt"

	"github.com/btcsuite/btcd/wire"
	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/psbt"
)

// bitcoinAsset is the CAIP-19 id of bitcoin.
const bitcoinAsset = "bip122:000000000019d6689c085ae165831e93/slip44:0"

// decodeBitcoin reads a PSBT or a raw transaction.
func (c *check) decodeBitcoin() error {
	known := c.policy.Wallet(c.req.Wallet)
	if len(known.Descriptors) == 0 {
		c.leave("", "the policy has no descriptors for wallet %q: nothing can be proven to be its own", clip(c.req.Wallet))
	}
	w, err := c.policy.bitcoin(c.req.Wallet)
	if err != nil {
		return err
	}
	a, err := c.analyse(w)
	if err != nil {
		return err
	}
	c.facts["chain_id"] = "bip122:000000000019d6689c085ae165831e93"
	c.digest("txid", a.Txid.String())
	c.digest("identity", a.Identity.String())
	c.claimed = []string{a.Identity.String(), a.Txid.String()}
	for i, p := range a.Pays {
		e := Effect{Type: NativeTransfer, Asset: bitcoinAsset, Amount: *uint256.NewInt(p.Value), To: p.Address, Path: fmt.Sprintf("output %d", i)}
		switch {
		case p.Change:
			e.Type = Change
		case p.Data && p.Value == 0:
			e.Type = Data
		}
		c.v.Decoded.Effects = append(c.v.Decoded.Effects, e)
	}
	for _, s := range a.Signers {
		fault := ""
		if !s.Valid {
			fault = "it does not verify over these bytes"
		}
		c.v.Decoded.Signers = append(c.v.Decoded.Signers, Signer{Who: fmt.Sprintf("input %d: %s", s.Input, s.Key), Kind: "bitcoin", Owner: s.Valid && a.Coins[s.Input].Own, Fault: fault})
	}
	c.bitcoinFee(a)
	for _, f := range a.Findings {
		c.finding(f)
	}
	return nil
}

func (c *check) analyse(w *psbt.Wallet) (*psbt.Analysis, error) {
	if c.req.Kind == PSBT {
		var p struct {
			PSBT string `json:"psbt"`
		}
		if err := c.req.field(&p); err != nil {
			return nil, err
		}
		raw, err := psbt.Text(p.PSBT)
		if err != nil {
			return nil, fmt.Errorf("payload.psbt: %w", err)
		}
		packet, err := psbt.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("payload.psbt: %w", err)
		}
		c.digest("psbt_sha256", hashOf(raw))
		return packet.Analyse(w), nil
	}
	var p struct {
		Raw      string   `json:"raw"`
		Previous []string `json:"previous"`
	}
	if err := c.req.field(&p); err != nil {
		return nil, err
	}
	tx, err := rawTx(p.Raw)
	if err != nil {
		return nil, fmt.Errorf("payload.raw: %w", err)
	}
	var previous []*wire.MsgTx
	for i, text := range p.Previous {
		made, err := rawTx(text)
		if err != nil {
			return nil, fmt.Errorf("payload.previous %d: %w", i+1, err)
		}
		previous = append(previous, made)
	}
	return psbt.AnalyseTx(tx, previous, w), nil
}

func rawTx(text string) (*wire.MsgTx, error) {
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("not hex digits: %w", err)
	}
	return psbt.ParseTx(raw)
}

// bitcoinFee is G18: a fee that is not known could be everything.
func (c *check) bitcoinFee(a *psbt.Analysis) {
	switch {
	case !a.FeeKnown:
		c.fire("G18", High, "the fee cannot be computed: the amounts of some inputs are missing", nil)
		return
	case !a.FeeProven:
		c.fire("G18", High, fmt.Sprintf("the fee of %d satoshi is only claimed: the amounts of some inputs are not proven", a.Fee), nil)
	}
	if a.Fee < 0 {
		return // a finding of its own
	}
	c.v.Decoded.Effects = append(c.v.Decoded.Effects, Effect{Type: Fee, Asset: bitcoinAsset, Amount: *uint256.NewInt(uint64(a.Fee))})
	if limit := c.policy.Thresholds.FeeRate; limit > 0 && a.VSize > 0 && uint64(a.Fee) > limit*uint64(a.VSize) {
		c.fire("G18", High, fmt.Sprintf("the fee of %d satoshi is %d for each vbyte, above the policy's %d", a.Fee, a.Fee/a.VSize, limit), nil)
	}
}

// finding maps what the reader found to a rule.
func (c *check) finding(f psbt.Finding) {
	switch f.Code {
	case psbt.Modifiable:
		c.fire("G17", High, f.Text, nil)
	case psbt.Sighash:
		c.fire("G17", High, f.Text, nil)
	case psbt.Amount:
		c.fire("G18", Critical, f.Text, nil)
	case psbt.Negative:
		c.fire("G18", Critical, f.Text, nil)
	case psbt.BadSignature:
		c.fire("G03", Critical, f.Text, nil)
	case psbt.Foreign:
		c.fire("G19", High, "foreign_input: "+f.Text, nil)
	case psbt.ChangeFalse:
		c.fire("G19", High, f.Text, nil)
	case psbt.Unknown:
		c.leave("", "%s", f.Text)
	case psbt.Unproven: // G18 says it once for all
	case psbt.Note:
		c.notes = append(c.notes, f.Text)
	}
}

// bitcoin prepares the descriptors of a wallet once; deriving keys is slow.
func (p *Policy) bitcoin(name string) (*psbt.Wallet, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.bitcoins[name]; w != nil {
		return w, nil
	}
	known := p.Wallet(name)
	w, err := psbt.NewWallet(known.Descriptors, known.GapLimit)
	if err != nil {
		return nil, fmt.Errorf("wallet %q of the policy: %w", clip(name), err)
	}
	if p.bitcoins == nil {
		p.bitcoins = map[string]*psbt.Wallet{}
	}
	if p.Wallets[name] != nil { // names from outside must not fill memory
		p.bitcoins[name] = w
	}
	return w, nil
}
