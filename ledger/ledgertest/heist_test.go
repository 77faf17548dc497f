package ledgertest

import (
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// TestHeistTruthIsConsistent checks the closed forms against what any truth must
// satisfy: conservation under every convention, and figures between the bounds.
func TestHeistTruthIsConsistent(t *testing.T) {
	for seed := range uint64(50) {
		for name, h := range map[string]Heist{
			"peel chain": PeelChain(seed, 12), "fan": FanOutFanIn(seed, 5),
			"exchange deposit": ExchangeDeposit(seed, 4), "hot wallet": HotWallet(seed, 8),
		} {
			for _, c := range Conventions {
				var sum money.Amount
				for _, e := range h.Ends {
					n := e.By[c]
					sum = sum.Add(n)
					if n.Less(e.L) || e.U.Less(n) {
						t.Errorf("%s %d: %s: %s gives %s outside [%s, %s]\n%s", name, seed, e.Terminal, c, n, e.L, e.U, h.Doc.Text())
					}
				}
				if sum != h.Stolen {
					t.Errorf("%s %d: %s keeps %s of %s\n%s", name, seed, c, sum, h.Stolen, h.Doc.Text())
				}
			}
		}
	}
}

// TestHotWalletByHand is one hot wallet worked out on paper: 10 clean, 5
// stolen, 5 clean; payments of 8 and 6.
func TestHotWalletByHand(t *testing.T) {
	n := money.Units
	// fifo: [0,8) and [8,14) of the line, stolen [10,15)
	if overlap(n(0), n(8), n(10), n(5)) != n(0) || overlap(n(8), n(6), n(10), n(5)) != n(4) {
		t.Error("fifo")
	}
	// lifo: from the newest, stolen [5,10)
	if overlap(n(0), n(8), n(5), n(5)) != n(3) || overlap(n(8), n(6), n(5), n(5)) != n(2) {
		t.Error("lifo")
	}
}

func TestStream(t *testing.T) {
	for _, m := range []ledger.Model{ledger.UTXO, ledger.Accounts} {
		s := Stream{Model: m, Transfers: 5000, Seed: 3, Pools: 200, Steals: 3}
		marks := map[string]bool{}
		for _, k := range s.Thefts() {
			marks[k.Ref] = true
		}
		count, found := 0, 0
		var last ledger.Key
		bal := map[ledger.Account]money.Amount{}
		for x, err := range s.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if err := x.Validate(m); err != nil {
				t.Fatal(err)
			}
			if count > 0 && x.Key.Cmp(last) <= 0 {
				t.Fatalf("%s does not come after its forerunner", x.ID)
			}
			last = x.Key
			count++
			if marks[x.ID] || marks[x.ID+":0"] {
				found++
			}
			if m == ledger.Accounts && x.From() != ledger.Outside {
				bal[x.From()] = bal[x.From()].Sub(x.Debits[0].Amount) // panics when unpayable
			}
			if m == ledger.Accounts {
				bal[x.To()] = bal[x.To()].Add(x.Amount())
			}
		}
		if count != 5200 || found != 3 || len(marks) != 3 {
			t.Errorf("%s: %d transfers, %d of %d thefts found", m, count, found, len(marks))
		}
	}
}
