package cases

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// TestBybit proves the case from its own bytes: hashes and signatures.
func TestBybit(t *testing.T) {
	c, err := Open("bybit-2025")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[Label]int{}
	signatures, last := 0, uint64(0)
	for _, r := range c.Rows {
		counts[r.Label]++
		d := safe.Decode(c.Wallet, &r.Transaction)
		nonce := r.Transaction.Nonce.Uint64()
		if d.Digests.SafeTxHash != r.Hash {
			t.Errorf("nonce %d, %s: %s, published %s", nonce, r.Label, d.Digests.SafeTxHash, r.Hash)
		}
		if !d.Complete() {
			t.Errorf("nonce %d: %v", nonce, d.Undecoded)
		}
		if nonce < last || nonce > last+1 {
			t.Errorf("nonce %d after %d", nonce, last)
		}
		last = nonce
		if executed := r.Label == Benign || r.Label == Malicious; executed == r.Executed.IsZero() || executed == r.Executor.IsZero() {
			t.Errorf("nonce %d, %s: executed %s by %s", nonce, r.Label, r.Executed, r.Executor)
		}
		for i, raw := range r.Signatures {
			s := safe.ReadSignature(raw, d.Digests.SafeTxHash)
			signatures++
			if r.Label == Displayed {
				if slices.Contains(c.Owners, s.Signer) {
					t.Errorf("nonce %d: signature %d is an owner's", nonce, i)
				}
			} else if s.Signer != r.Signers[i] || s.Fault != "" {
				t.Errorf("nonce %d: signature %d is of %s, not %s %s", nonce, i, s.Signer, r.Signers[i], s.Fault)
			}
		}
	}
	if counts[Benign] != 71 || counts[Cancelled] != 2 || counts[Displayed] != 1 || counts[Malicious] != 1 {
		t.Errorf("%v", counts)
	}
	if signatures != 3+3+11 {
		t.Errorf("%d signatures", signatures)
	}
	shown, done := c.Rows[len(c.Rows)-2], c.Rows[len(c.Rows)-1]
	if lead := done.Executed.Sub(shown.At()); shown.Label != Displayed || lead != 8*time.Hour+30*time.Minute+55*time.Second {
		t.Errorf("%s, %s ahead", shown.Label, lead)
	}
}

// TestOwners follows the owners through the rows that change them, up to those
// that signed the theft.
func TestOwners(t *testing.T) {
	c, err := Open("bybit-2025")
	if err != nil {
		t.Fatal(err)
	}
	owners := slices.Clone(c.Owners)
	changes := 0
	for _, r := range c.Rows {
		if r.Label != Benign {
			continue
		}
		for _, a := range safe.Decode(c.Wallet, &r.Transaction).Tree.Actions {
			if a.Kind != evm.ControlChange {
				continue
			}
			changes++
			if a.Old != nil {
				i := slices.Index(owners, *a.Old)
				if i < 0 {
					t.Fatalf("nonce %s removes %s, no owner", r.Transaction.Nonce.Dec(), a.Old)
				}
				owners = slices.Delete(owners, i, i+1)
			}
			if a.To != nil {
				owners = append(owners, *a.To)
			}
		}
	}
	if changes != 5 || len(owners) != 6 {
		t.Errorf("%d changes, owners %v", changes, owners)
	}
	for _, s := range c.Rows[len(c.Rows)-1].Signers {
		if !slices.Contains(owners, s) {
			t.Errorf("%s signed the theft and is no owner", s)
		}
	}
}

func TestFaults(t *testing.T) {
	if _, err := Open("nothing"); !errors.Is(err, ErrName) {
		t.Error(err)
	}
	if _, err := Open("../cases.go"); !errors.Is(err, ErrName) {
		t.Error(err)
	}
	data, err := files.ReadFile("bybit-2025/transactions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	two := lines[0] + lines[1]
	if c, err := Parse([]byte(two)); err != nil || len(c.Rows) != 1 {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty":         "",
		"format":        strings.Replace(two, "/v1", "/v2", 1),
		"ledger":        strings.Replace(two, "eip155:1", "bip122:0", 1),
		"chain":         strings.Replace(two, "eip155:1", "eip155:x", 1),
		"version":       strings.Replace(two, `"1.1.1"`, `"0.1.0"`, 1),
		"checksum":      strings.Replace(two, "0x1Db92e", "0x1DB92e", 1),
		"unknown key":   strings.Replace(two, `"title"`, `"name"`, 1),
		"label":         strings.Replace(two, `"benign"`, `"good"`, 1),
		"value":         strings.Replace(two, `"500000000000000000"`, `"0.5"`, 1),
		"data":          strings.Replace(two, `"0x",`, `"",`, 1),
		"signature":     strings.Replace(two, `["0x8924`, `["0x89`, 1),
		"two values":    strings.TrimSuffix(two, "\n") + "{}\n",
		"negative gas":  strings.Replace(two, `"safe_tx_gas": 0`, `"safe_tx_gas": -1`, 1),
		"large operand": strings.Replace(two, `"operation": 0`, `"operation": 256`, 1),
	} {
		if text == two {
			t.Fatal(name, "changes nothing")
		}
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSource compares the embedded rows with the file they were made from.
func TestSource(t *testing.T) {
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the embedded rows are not compared with their source")
	}
	data, err := os.ReadFile(filepath.Join(dir, "data", "guard", "bybit_safe_history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open("bybit-2025")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]Row{}
	for _, r := range c.Rows {
		rows[r.Hash.String()] = r
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != len(rows) {
		t.Fatalf("%d rows, %d in the source", len(rows), len(lines))
	}
	for _, text := range lines {
		var l struct{ Hash, Exec, Executor, Label string }
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		// The hash holds the transaction's fields; these are what it does not hold.
		r, ok := rows[l.Hash]
		executed := ""
		if !r.Executed.IsZero() {
			executed = r.Executed.Format(time.RFC3339)
		}
		if label := cmp.Or(Label(l.Label), Benign); !ok || r.Label != label || executed != l.Exec {
			t.Errorf("%s: %s %s, in the source %s %s", l.Hash, r.Label, executed, label, l.Exec)
		}
		if l.Executor != "" && !strings.EqualFold(r.Executor.String(), l.Executor) {
			t.Errorf("%s: sent by %s, in the source %s", l.Hash, r.Executor, l.Executor)
		}
	}
}
