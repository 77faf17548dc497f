package graph_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// TestNumbers: accounts and transactions have the numbers that lead back to
// them, and the columns use those.
func TestNumbers(t *testing.T) {
	s, err := storeOne(t, filepath.Join(t.TempDir(), "st"), 0, ledgertest.Chain{Seed: 4, Length: 12})
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint32(s.Accounts()) {
		name, err := s.AccountName(n)
		if err != nil {
			t.Fatal(err)
		}
		back, ok := s.AccountNumber(name)
		byKey, found := s.KeyNumber(s.AccountKey(n))
		if !ok || !found || back != n || byKey != n {
			t.Fatalf("account %d is %q, which is %d by name and %d by key", n, name, back, byKey)
		}
	}
	if _, err := s.AccountName(uint32(s.Accounts())); !errors.Is(err, graph.ErrDamaged) {
		t.Errorf("an account that there is not: %v", err)
	}
	firsts := s.FirstOfBlocks()
	if len(firsts) != 12 || firsts[0] != 0 {
		t.Fatalf("first transactions of blocks: %v", firsts)
	}
	for _, n := range firsts {
		e, err := s.Entry(graph.ID(n))
		if err != nil || e.Tx != s.TxName(n) {
			t.Errorf("transaction %d is %q, its entry says %q: %v", n, s.TxName(n), e.Tx, err)
		}
	}
	c, _ := s.CoinColumns()
	e, err := s.Entry(graph.ID(firsts[3]))
	if err != nil {
		t.Fatal(err)
	}
	from, _ := c.Outs(firsts[3])
	if name, _ := s.AccountName(c.Account[from]); name != e.Credits[0].Account {
		t.Errorf("the columns pay %q, the entry %q", name, e.Credits[0].Account)
	}
}
