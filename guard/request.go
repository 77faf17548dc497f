package guard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind says what a payload is.
type Kind string

// The kinds of payloads.
const (
	SafeTx   Kind = "safe_tx"
	EthTx    Kind = "eth_tx"
	EIP712   Kind = "eip712"
	EIP7702  Kind = "eip7702"
	PSBT     Kind = "psbt"
	BTCRaw   Kind = "btc_raw"
	Transfer Kind = "transfer" // fields without bytes: never complete
)

// Limits of a request.
const (
	MaxBody    = 1 << 20
	MaxNesting = 8
	// MaxPSBTBody bounds a request that carries a PSBT of 4 MiB in Base64.
	MaxPSBTBody = 6 << 20
	// MaxSignatures bounds the work of recovering them.
	MaxSignatures = 100
)

// ErrRequest marks an envelope that cannot be read. The message names the place.
var ErrRequest = errors.New("not a request")

// Request is one question to the guard.
type Request struct {
	// ID is the caller's name for it and is echoed.
	ID     string `json:"request_id,omitempty"`
	Wallet string `json:"wallet"`
	Kind   Kind   `json:"kind"`
	// Payload holds the bytes to be signed, in the form of its kind.
	Payload    json.RawMessage `json:"payload"`
	Intent     *Intent         `json:"intent,omitempty"`
	Signatures []string        `json:"signatures,omitempty"`
	// ClaimedDigest is what a screen or a service shows.
	ClaimedDigest string `json:"claimed_digest,omitempty"`
	// AsOf is when the bytes were proposed, ValidUntil when they lapse. RFC 3339.
	AsOf       *time.Time `json:"as_of,omitempty"`
	ValidUntil *time.Time `json:"valid_until,omitempty"`
	// Executor is who submits the transaction, Proposer who proposed it; empty if
	// not known.
	Executor string `json:"executor,omitempty"`
	Proposer string `json:"proposer,omitempty"`
	// Channel names the host or key by which the payload came.
	Channel string `json:"channel,omitempty"`
	// Balances gives what the wallet holds, by asset, in atomic units.
	Balances map[string]string `json:"balances,omitempty"`
	// Approvals are the consents of people to a hold.
	Approvals []Consent `json:"approvals,omitempty"`
}

// ReadRequest reads a request strictly: duplicate keys, unknown keys, anything
// after the value, and what exceeds the limits are errors that wrap ErrRequest.
func ReadRequest(data []byte) (*Request, error) {
	limit := MaxBody
	if bytes.Contains(data[:min(len(data), 4096)], []byte(`"psbt"`)) {
		limit = MaxPSBTBody
	}
	if len(data) > limit {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrRequest, len(data), limit)
	}
	if err := StrictJSON(data, MaxNesting, "payload"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	var r Request
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return nil, fmt.Errorf("%w: byte %d: %w", ErrRequest, dec.InputOffset(), err)
	}
	switch {
	case r.Wallet == "":
		return nil, fmt.Errorf("%w: \"wallet\" is missing: name a wallet of the policy", ErrRequest)
	case len(r.Payload) == 0:
		return nil, fmt.Errorf("%w: \"payload\" is missing", ErrRequest)
	case len(r.Signatures) > MaxSignatures:
		return nil, fmt.Errorf("%w: %d signatures, the limit is %d", ErrRequest, len(r.Signatures), MaxSignatures)
	}
	if slices.Contains(kinds, r.Kind) {
		return &r, nil
	}
	return nil, fmt.Errorf("%w: kind %q is not known", ErrRequest, clip(string(r.Kind)))
}

// field reads a payload strictly into a structure. Nothing in it is optional
// reading: an unknown field might be what another program would sign.
func (r *Request) field(into any) error {
	if err := StrictJSON(r.Payload, MaxNesting, ""); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(r.Payload))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	return nil
}
