package receipt

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Comparison tells whether two machines, asked about the same bytes, agree.
type Comparison struct {
	// Same is set when payload, effects, digests and decision are equal and two
	// different keys signed.
	Same bool `json:"same"`
	// Differences name what is not equal, for a person.
	Differences []string `json:"differences"`
}

// compared are the parts of a verdict that must be equal. Time, policy and lists
// may differ between two machines; what the bytes are must not.
type compared struct {
	Wallet      string            `json:"wallet"`
	Kind        string            `json:"kind"`
	Decision    string            `json:"decision"`
	PayloadHash string            `json:"payload_hash"`
	Digests     map[string]string `json:"digests"`
	Decoded     struct {
		Complete bool              `json:"complete"`
		Effects  []json.RawMessage `json:"effects"`
	} `json:"decoded"`
}

// Compare compares two receipts. Their signatures must be verified before.
func Compare(a, b *Receipt) (Comparison, error) {
	var x, y compared
	if err := json.Unmarshal(a.Body, &x); err != nil {
		return Comparison{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if err := json.Unmarshal(b.Body, &y); err != nil {
		return Comparison{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	c := Comparison{Differences: []string{}}
	note := func(same bool, format string, args ...any) {
		if !same {
			c.Differences = append(c.Differences, fmt.Sprintf(format, args...))
		}
	}
	note(a.KeyID() != b.KeyID(), "both are signed by %s: two machines must have two keys", a.KeyID())
	note(x.PayloadHash != "" && x.PayloadHash == y.PayloadHash, "the bytes differ: %s and %s", x.PayloadHash, y.PayloadHash)
	note(x.Wallet == y.Wallet && x.Kind == y.Kind, "%s of wallet %s, and %s of wallet %s", x.Kind, x.Wallet, y.Kind, y.Wallet)
	note(reflect.DeepEqual(x.Digests, y.Digests), "the digests differ: %v and %v", x.Digests, y.Digests)
	note(x.Decoded.Complete == y.Decoded.Complete && reflect.DeepEqual(x.Decoded.Effects, y.Decoded.Effects), "the decoded effects differ")
	note(x.Decision == y.Decision, "the verdicts differ: %s and %s", x.Decision, y.Decision)
	c.Same = len(c.Differences) == 0
	return c, nil
}
