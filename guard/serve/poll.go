package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/evm"
)

// ErrService marks an answer of a Safe Transaction Service that cannot be used.
var ErrService = errors.New("the Safe Transaction Service's answer cannot be used")

// Poller reads the queue of a Safe from a Safe Transaction Service and checks
// every proposal: it computes the hash anew from the fields, compares it with the
// one that is shown, and verifies each confirmation over its own. It only reads.
type Poller struct {
	// Base is the service's address: https://safe-transaction-mainnet.safe.global.
	Base string
	// Wallet is the policy's name; the Safe's address stands in the policy.
	Wallet string
	Guard  *guard.Guard
	Client *http.Client
}

// queued is a proposal as the service lists it. Numbers come as text or numbers.
type queued struct {
	Safe           string      `json:"safe"`
	To             string      `json:"to"`
	Value          json.Number `json:"value"`
	Data           *string     `json:"data"`
	Operation      json.Number `json:"operation"`
	GasToken       *string     `json:"gasToken"`
	SafeTxGas      json.Number `json:"safeTxGas"`
	BaseGas        json.Number `json:"baseGas"`
	GasPrice       json.Number `json:"gasPrice"`
	RefundReceiver *string     `json:"refundReceiver"`
	Nonce          json.Number `json:"nonce"`
	SafeTxHash     string      `json:"safeTxHash"`
	Submission     *time.Time  `json:"submissionDate"`
	Proposer       *string     `json:"proposer"`
	Confirmations  []struct {
		Owner     string `json:"owner"`
		Signature string `json:"signature"`
	} `json:"confirmations"`
}

// maxAnswer bounds what is read of one answer.
const maxAnswer = 8 << 20

// Poll asks once and returns a verdict for each proposal that was not executed.
func (p *Poller) Poll(ctx context.Context) ([]*guard.Verdict, error) {
	wallet := p.Guard.Policy().Wallet(p.Wallet)
	parts := strings.Split(wallet.Safe, ":")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%w: wallet %q has no safe in the policy", guard.ErrPolicy, p.Wallet)
	}
	all, err := p.fetch(ctx, parts[2])
	if err != nil {
		return nil, err
	}
	var verdicts []*guard.Verdict
	for i := range all {
		r, err := p.request(&all[i], parts[1])
		if err != nil {
			return nil, fmt.Errorf("%w: proposal %d: %w", ErrService, i+1, err)
		}
		verdicts = append(verdicts, p.Guard.Check(ctx, r))
	}
	return verdicts, nil
}

func (p *Poller) fetch(ctx context.Context, safe string) ([]queued, error) {
	at := strings.TrimSuffix(p.Base, "/") + "/api/v1/safes/" + url.PathEscape(safe) + "/multisig-transactions/?executed=false&limit=100"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	client := p.Client
	if client == nil {
		client = &http.Client{Timeout: 20 * time.Second}
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK || len(data) > maxAnswer {
		return nil, fmt.Errorf("%w: status %s, %d bytes", ErrService, res.Status, len(data))
	}
	if err := guard.StrictJSON(data, 32, ""); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrService, err)
	}
	var page struct {
		Next    *string
		Results []queued
	}
	if err := json.Unmarshal(data, &page); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrService, err)
	}
	if page.Next != nil {
		return nil, fmt.Errorf("%w: more than 100 proposals wait; a queue so long is looked at by a person", ErrService)
	}
	return page.Results, nil
}

// request makes the guard's request of a proposal. The owner that the service
// names is not believed: who signed comes out of the signature.
func (p *Poller) request(q *queued, chain string) (*guard.Request, error) {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	r := &guard.Request{
		ID: q.SafeTxHash, Wallet: p.Wallet, Kind: guard.SafeTx, ClaimedDigest: q.SafeTxHash, Channel: p.Base,
		Proposer: text(q.Proposer), AsOf: q.Submission,
		Payload: marshal(map[string]string{
			"chain_id": chain, "safe": q.Safe, "to": q.To, "value": string(q.Value), "data": text(q.Data),
			"operation": string(q.Operation), "safeTxGas": string(q.SafeTxGas), "baseGas": string(q.BaseGas),
			"gasPrice": string(q.GasPrice), "gasToken": text(q.GasToken), "refundReceiver": text(q.RefundReceiver), "nonce": string(q.Nonce),
		}),
	}
	for _, c := range q.Confirmations {
		raw, err := evm.ParseHex(c.Signature)
		if err != nil || len(raw) < 65 {
			return nil, fmt.Errorf("a confirmation of %s is no signature", c.Owner)
		}
		r.Signatures = append(r.Signatures, c.Signature[:2+130])
	}
	if len(r.Signatures) > guard.MaxSignatures {
		return nil, fmt.Errorf("%d confirmations", len(r.Signatures))
	}
	return r, nil
}
