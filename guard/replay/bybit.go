package replay

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/cases"
	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// BybitWallet is the wallet's name in the case.
const BybitWallet = "bybit-cold-1"

// bybit plays the whole life of the wallet.
func bybit() (*Case, error) { return bybitFrom(0) }

// bybitShort plays it from nonce 39 on, which shows what a short history costs.
func bybitShort() (*Case, error) {
	c, err := bybitFrom(39)
	if err == nil {
		c.Name, c.Title = "bybit-2025-from-39", c.Title+" (from nonce 39)"
	}
	return c, err
}

func bybitFrom(nonce uint64) (*Case, error) {
	history, err := cases.Open("bybit-2025")
	if err != nil {
		return nil, err
	}
	c := &Case{
		Name: history.Name, Title: history.Title, WarmUp: 5,
		Sources: history.Sources,
		Loss:    "401,346 ETH, 90,375 stETH, 8,000 mETH and 15,000 cmETH, about USD 1.46 billion",
	}
	owners := texts(history.Owners)
	for i := range history.Rows {
		row := &history.Rows[i]
		changed := newOwners(owners, &row.Transaction, history.Wallet.Address)
		if row.Transaction.Nonce.Uint64() < nonce {
			if row.Label == cases.Benign && changed != nil {
				owners = changed
			}
			continue
		}
		if c.Policy == "" {
			c.Policy = bybitPolicy(history, owners)
		}
		s := bybitStep(history, row)
		if row.Label == cases.Benign && changed != nil {
			owners, s.Owners = changed, changed
		}
		c.Steps = append(c.Steps, s)
		if row.Label == cases.Malicious {
			c.Stolen = row.Executed
		}
	}
	return c, nil
}

func bybitPolicy(c *cases.Case, owners []string) string {
	return fmt.Sprintf(`format: %s
name: %s
wallets:
  %s:
    role: cold
    safe: "eip155:1:%s"
    safe_version: "%s"
    threshold: %d
    owners: ["%s"]
`, guard.PolicyFormat, c.Name, BybitWallet, c.Wallet.Address, c.Wallet.Version, c.Threshold, strings.Join(owners, `", "`))
}

func texts(all []evm.Address) []string {
	var out []string
	for _, a := range all {
		out = append(out, a.String())
	}
	return out
}

// newOwners applies the owner functions of a self-call; nil if there are none.
func newOwners(owners []string, t *safe.Transaction, wallet evm.Address) []string {
	if t.To != wallet || len(t.Data) == 0 {
		return nil
	}
	d := safe.Decode(safe.Wallet{Address: wallet, Version: "1.1.1"}, t)
	changed := append([]string{}, owners...)
	for _, a := range d.Tree.Actions {
		if a.Kind != evm.ControlChange {
			continue
		}
		if a.Old != nil {
			changed = without(changed, a.Old.String())
		}
		if a.To != nil {
			changed = append(changed, a.To.String())
		}
	}
	return changed
}

func without(all []string, one string) []string {
	var left []string
	for _, s := range all {
		if s != one {
			left = append(left, s)
		}
	}
	return left
}

// bybitStep makes the request that a guard would have been asked.
func bybitStep(c *cases.Case, row *cases.Row) Step {
	t := &row.Transaction
	r := &guard.Request{
		ID: "nonce " + t.Nonce.Dec(), Wallet: BybitWallet, Kind: guard.SafeTx,
		Payload: payload(SafePayload(c.Wallet, t)),
	}
	s := Step{At: row.At(), Label: Label(row.Label), Name: t.Nonce.Dec(), Request: r, Executed: row.Label == cases.Benign}
	if s.At.IsZero() { // a cancelled proposal without a time: by its neighbour
		for i := range c.Rows {
			if o := &c.Rows[i]; o.Transaction.Nonce == t.Nonce && !o.Executed.IsZero() {
				s.At = o.Executed
			}
		}
	}
	if row.Label == cases.Benign || row.Label == cases.Malicious {
		r.Executor = row.Executor.String()
	}
	for _, raw := range row.Signatures {
		r.Signatures = append(r.Signatures, "0x"+hex.EncodeToString(raw[:]))
	}
	if row.Label == cases.Displayed || row.Label == cases.Malicious {
		r.Intent = &guard.Intent{
			To: "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3", Asset: "eip155:1/slip44:60", Amount: "30000", Unit: "ETH",
			Source: "what the signers' screens showed",
		}
	}
	return s
}

// SafePayload writes a Safe transaction as a request's payload.
func SafePayload(w safe.Wallet, t *safe.Transaction) map[string]string {
	return map[string]string{
		"chain_id": w.ChainID.Dec(), "safe": w.Address.String(), "safe_version": string(w.Version),
		"to": t.To.String(), "value": t.Value.Dec(), "data": "0x" + hex.EncodeToString(t.Data),
		"operation": fmt.Sprint(byte(t.Operation)), "safeTxGas": t.SafeTxGas.Dec(), "baseGas": t.BaseGas.Dec(),
		"gasPrice": t.GasPrice.Dec(), "gasToken": t.GasToken.String(), "refundReceiver": t.RefundReceiver.String(),
		"nonce": t.Nonce.Dec(),
	}
}
