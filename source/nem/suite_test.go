package nem_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/nem"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// TestSuite runs the suite of every source on pages with every kind of
// transaction.
func TestSuite(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) ledger.Source { return read(t, everything(t)...) })
}

// TestSuiteOfBlocks does so on blocks.
func TestSuiteOfBlocks(t *testing.T) {
	l := newLedger()
	sourcetest.Run(t, func(t *testing.T) ledger.Source {
		return read(t,
			answer(t, "1.json", block(1, l.pay(alice, bob, 5).tx)),
			answer(t, "2.json", block(2, l.pay(bob, carol, 3).tx, l.pay(alice, carol, 1).tx)))
	})
}

// TestExpected compares the project's sample page with what must come out of it.
func TestExpected(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: the sample page is not read")
	}
	dir := filepath.Join(root, "data", "nem")
	s, err := nem.Open([]string{filepath.Join(dir, "transfers-incoming-page.json"), filepath.Join(dir, "account-get.json")})
	if err != nil {
		t.Fatal(err)
	}
	var want []struct {
		ID              int
		From, To, Asset string
		Quantity, Fee   money.Amount
		FeePayer        string `json:"fee_payer"`
		Time            time.Time
	}
	text, err := os.ReadFile(filepath.Join(dir, "expected-transfers.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	got := drain(t, s)
	if len(got) != len(want) {
		t.Fatalf("%d transfers, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if int(g.Key.Tx) != w.ID || string(g.From()) != w.From || string(g.To()) != w.To || string(g.Asset) != w.Asset || g.Amount() != w.Quantity || g.Fee != w.Fee || string(g.From()) != w.FeePayer || !g.Time.Equal(w.Time) {
			t.Errorf("transfer %d is %+v, want %+v", i, g, w)
		}
	}
	if b, err := nem.Open([]string{filepath.Join(dir, "block-at.json")}); err != nil || len(drain(t, b)) != 1 {
		t.Errorf("the sample block: %v", err)
	}
	if _, err := nem.Open([]string{filepath.Join(dir, "error.json")}); err == nil {
		t.Error("an error of a node was read as an answer")
	}
}
