package ledgertest

import (
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

func TestShrinkFindsTheSmallestCoins(t *testing.T) {
	// "fails" when a coin of 5 or more is spent together with a marked coin
	fails := func(d *ledger.Document) bool {
		marked := map[string]bool{}
		for _, m := range d.Thefts {
			marked[m.Ref] = true
		}
		for i := range d.Transfers {
			stolen, big := false, false
			for _, in := range d.Transfers[i].Debits {
				if in.Spends == (ledger.Coin{}) {
					continue
				}
				stolen = stolen || marked[in.Spends.String()]
				big = big || !in.Amount.Less(money.Units(5)) && !marked[in.Spends.String()]
			}
			if stolen && big {
				return true
			}
		}
		return false
	}
	shrunk := 0
	for seed := range uint64(40) {
		d := AnyCoins(seed, 60)
		if !fails(d) {
			continue
		}
		s := Shrink(d, fails)
		if !fails(s) {
			t.Fatalf("seed %d: what came back does not fail:\n%s", seed, s.Text())
		}
		shrunk++
		var sum money.Amount
		for i := range s.Transfers {
			if s.Transfers[i].Kind != ledger.Coinbase {
				sum = sum.Add(s.Transfers[i].Amount())
			}
		}
		// coins of 5 and 0, a transaction that joins them, one theft
		if len(s.Transfers) > 3 || len(s.Thefts) != 1 || money.Units(10).Less(sum) {
			t.Errorf("seed %d: could be smaller:\n%s", seed, s.Text())
		}
	}
	if shrunk < 5 {
		t.Fatalf("only %d ledgers failed at all", shrunk)
	}
}

func TestShrinkFindsTheSmallestAccounts(t *testing.T) {
	// "fails" when a tied line pays 3 or more with a fee, or a conversion is made by a1
	fails := func(d *ledger.Document) bool {
		for i := range d.Transfers {
			x := &d.Transfers[i]
			if x.Tie != 0 && !x.Fee.IsZero() && !x.Amount().Less(money.Units(3)) || x.Conversion != "" && x.From() == "a1" {
				return true
			}
		}
		return false
	}
	shrunk := 0
	for seed := range uint64(60) {
		d := AnyAccounts(seed, 60)
		if !fails(d) {
			continue
		}
		s := Shrink(d, fails)
		if !fails(s) {
			t.Fatalf("seed %d: what came back does not fail:\n%s", seed, s.Text())
		}
		shrunk++
		if lines := strings.Count(s.Text(), "\n"); lines > 3 || len(s.Thefts) > 0 {
			t.Errorf("seed %d: could be smaller:\n%s", seed, s.Text())
		}
	}
	if shrunk < 5 {
		t.Fatalf("only %d ledgers failed at all", shrunk)
	}
}

func TestShrinkLeavesWhatDoesNotFail(t *testing.T) {
	d := AnyCoins(1, 20)
	if s := Shrink(d, func(*ledger.Document) bool { return false }); s != d {
		t.Error("a ledger that does not fail was changed")
	}
}

func TestRepair(t *testing.T) {
	read := func(text string) *ledger.Document { return parse("repair", text) }
	d := read(`ledger test utxo native BTC
coin s A:5 B:5
t1 s.0 -> C:5
t2 t1.0 s.1 -> D:9
theft X t1.0
theft Y s.1 3+2
`)
	d.Transfers = append(d.Transfers[:1], d.Transfers[2:]...) // t1 is gone
	d.Transfers[0].Credits[1].Amount = money.Units(4)
	got, ok := Repair(d)
	want := `ledger test utxo native BTC
coin s A:5 B:4
t2 s.1 -> D:4
theft Y s:1 3+1
`
	if !ok || got.Text() != want {
		t.Errorf("got %v\n%s\nwant\n%s", ok, got.Text(), want)
	}

	d = read(`ledger test utxo native BTC
coin s A:5
block 1 2020-01-01T00:00Z
coinbase cb subsidy 1 -> M:6
t1 s.0 -> C:0
`)
	d.Transfers = d.Transfers[:2] // the fee is gone, so the coinbase claims less
	got, ok = Repair(d)
	if !ok || !strings.Contains(got.Text(), "coinbase cb subsidy 1 -> M:1\n") {
		t.Errorf("coinbase keeps fees that nobody paid:\n%s", got.Text())
	}

	d = read("e1 a > b 5 fee 1\ntheft X e1\n")
	d.Transfers[0].Credits[0].Amount = money.Units(2)
	if got, ok = Repair(d); !ok || got.Transfers[0].Debits[0].Amount != money.Units(3) {
		t.Errorf("debit is not value and fee:\n%s", got.Text())
	}
	d.Transfers = nil
	if _, ok = Repair(d); ok {
		t.Error("an empty ledger counts as valid")
	}
}
