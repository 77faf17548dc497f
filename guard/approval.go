package guard

import (
	"slices"
	"strings"
)

// Consent is the approval of one person to a payload, by their Ed25519 key. It
// can lower a hold for which the policy names a group; it never lifts a deny of
// the guard's own rules.
type Consent struct {
	// By is ed25519:KEY in Base64.
	By string `json:"by"`
	// Signature is over ApprovalMessage, in Base64.
	Signature string `json:"signature"`
}

// ApprovalMessage is what an approver signs: which wallet, which payload. The
// hash is that of the verdict's payload_hash.
func ApprovalMessage(wallet, payloadHash string) []byte {
	return []byte("coldtrail guard approval v1\n" + wallet + "\n" + payloadHash + "\n")
}

// approvers returns the members of a group whose approval of this payload
// verifies, each once.
func (c *check) approvers(group string) []string {
	members := c.policy.Groups[group]
	message := ApprovalMessage(c.req.Wallet, c.v.PayloadHash)
	c.g.mu.RLock()
	registered := c.g.consents[c.req.Wallet+"\x00"+c.v.PayloadHash]
	c.g.mu.RUnlock()
	var by []string
	for _, a := range slices.Concat(c.req.Approvals, registered) {
		if slices.Contains(members, a.By) && !slices.Contains(by, a.By) && verifies(a.By, a.Signature, message) {
			by = append(by, a.By)
		}
	}
	slices.Sort(by)
	return by
}

// sameDigest compares two digests in hex, with or without 0x, in any case and
// with the blanks and line ends that devices show.
func sameDigest(a, b string) bool { return bare(a) != "" && bare(a) == bare(b) }

func bare(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(s), ""))
	return strings.TrimPrefix(s, "0x")
}
