package ledgertest

import (
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/google/go-cmp/cmp"
)

// ledgers draws n ledgers of both kinds.
func ledgers(n int, visit func(seed uint64, d *ledger.Document)) {
	for seed := range uint64(n) {
		visit(seed, AnyCoins(seed, 60))
		visit(seed, AnyAccounts(seed, 60))
	}
}

func TestRandomLedgersAreValidAndPrintable(t *testing.T) {
	ledgers(400, func(seed uint64, d *ledger.Document) {
		for i := range d.Transfers {
			if err := d.Transfers[i].Validate(d.Ledger.Model); err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, d.Text())
			}
		}
		again, err := ledger.ParseText("again", strings.NewReader(d.Text()))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, d.Text())
		}
		for i := range again.Transfers {
			again.Transfers[i].Evidence = d.Transfers[i].Evidence
		}
		if diff := cmp.Diff(d.Transfers, again.Transfers); diff != "" {
			t.Fatalf("seed %d: text form loses something: %s\n%s", seed, diff, d.Text())
		}
		if diff := cmp.Diff(d.Thefts, again.Thefts); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	})
}

func TestSameSeedSameLedger(t *testing.T) {
	ledgers(20, func(seed uint64, d *ledger.Document) {
		again := AnyCoins(seed, 60)
		if d.Ledger.Model == ledger.Accounts {
			again = AnyAccounts(seed, 60)
		}
		if again.Text() != d.Text() {
			t.Errorf("seed %d gives two ledgers", seed)
		}
	})
	if AnyCoins(1, 60).Text() == AnyCoins(2, 60).Text() {
		t.Error("two seeds give one ledger")
	}
}

// TestEveryKindOccurs holds the generators to what they promise: a property
// test on ledgers without ties says nothing about ties.
func TestEveryKindOccurs(t *testing.T) {
	seen := map[string]int{}
	ledgers(300, func(_ uint64, d *ledger.Document) {
		count(seen, d)
	})
	for _, want := range []string{
		"coins: block", "coins: coinbase", "coins: unclaimed fees", "coins: fee", "coins: zero output", "coins: equal outputs",
		"coins: part", "coins: mark in mid-ledger", "coins: one coin marked twice", "coins: beyond 64 bits", "coins: many in", "coins: many out",
		"accounts: opening", "accounts: mint", "accounts: burn", "accounts: tie", "accounts: failed", "accounts: self", "accounts: zero",
		"accounts: fee", "accounts: gas", "accounts: gas by another", "accounts: conversion", "accounts: overdraft", "accounts: missing",
		"accounts: several assets", "accounts: mark on a payment", "accounts: beyond 64 bits", "accounts: service", "accounts: many thefts",
	} {
		if seen[want] < 5 {
			t.Errorf("%s: only %d times in 300 ledgers", want, seen[want])
		}
	}
}

func count(seen map[string]int, d *ledger.Document) {
	word := map[ledger.Model]string{ledger.UTXO: "coins: ", ledger.Accounts: "accounts: "}[d.Ledger.Model]
	is := func(what string, ok bool) {
		if ok {
			seen[word+what]++
		}
	}
	is("block", d.Ledger.Blocks)
	is("overdraft", d.Ledger.Overdraft)
	is("several assets", len(d.Ledger.Assets) > 1)
	thefts := map[string]bool{}
	marked := map[string]bool{}
	for _, m := range d.Thefts {
		is("part", m.Part)
		is("mark in mid-ledger", m.Ref[0] == 't')
		is("one coin marked twice", marked[m.Ref])
		marked[m.Ref], thefts[m.Theft] = true, true
	}
	is("many thefts", len(thefts) > 2)
	bal := map[ledger.Account]map[money.AssetID]money.Amount{}
	for i := range d.Transfers {
		x := &d.Transfers[i]
		is("coinbase", x.Kind == ledger.Coinbase)
		is("unclaimed fees", x.Kind == ledger.Coinbase && x.Amount().Less(x.Debits[0].Amount))
		is("fee", x.Kind == ledger.Value && !x.Fee.IsZero())
		is("many in", len(x.Debits) > 2)
		is("many out", len(x.Credits) > 2)
		for k, c := range x.Credits {
			is("zero output", c.Amount.IsZero())
			is("equal outputs", k > 0 && c.Amount == x.Credits[k-1].Amount)
			hi, _ := c.Amount.Words()
			is("beyond 64 bits", hi > 0)
		}
		if d.Ledger.Model == ledger.Accounts {
			countAccounts(is, x, marked, bal)
		}
	}
}

func countAccounts(is func(string, bool), x *ledger.Transfer, marked map[string]bool, bal map[ledger.Account]map[money.AssetID]money.Amount) {
	is("opening", x.Kind == ledger.Opening)
	is("mint", x.Kind == ledger.Value && x.From() == ledger.Outside)
	is("burn", x.To() == ledger.Outside)
	is("tie", x.Tie != 0)
	is("failed", x.Failed)
	is("self", x.From() == x.To())
	is("zero", x.Kind == ledger.Value && !x.Failed && x.Amount().IsZero())
	is("gas", x.Kind == ledger.Gas)
	is("gas by another", x.Kind == ledger.Gas && x.From() == "x0")
	is("conversion", x.Conversion != "")
	is("service", x.To() == "x0")
	is("mark on a payment", marked[x.ID] && x.From() != ledger.Outside)
	move := func(a ledger.Account, n money.Amount, in bool) {
		if bal[a] == nil {
			bal[a] = map[money.AssetID]money.Amount{}
		}
		if in {
			bal[a][x.Asset] = bal[a][x.Asset].Add(n)
			return
		}
		is("missing", a[0] == 'a' && bal[a][x.Asset].Less(n))
		bal[a][x.Asset] = bal[a][x.Asset].Monus(n)
	}
	move(x.From(), x.Debits[0].Amount, false)
	if len(x.Credits) > 0 {
		move(x.To(), x.Amount(), true)
	}
}

// TestOptionsHold checks that what is not asked for does not occur.
func TestOptionsHold(t *testing.T) {
	for seed := range uint64(100) {
		d := Accounts{Events: 40, Thefts: 1}.Make(seed)
		seen := map[string]int{}
		count(seen, d)
		for _, not := range []string{"tie", "failed", "self", "zero", "fee", "gas", "conversion", "overdraft", "missing", "several assets", "service", "mark on a payment"} {
			if seen["accounts: "+not] > 0 {
				t.Fatalf("seed %d: %s was not asked for\n%s", seed, not, d.Text())
			}
		}
		seen = map[string]int{}
		count(seen, Coins{Txs: 40, Thefts: 1}.Make(seed))
		for _, not := range []string{"block", "part", "mark in mid-ledger", "zero output", "one coin marked twice"} {
			if seen["coins: "+not] > 0 {
				t.Fatalf("seed %d: %s was not asked for", seed, not)
			}
		}
	}
}

func TestUpToIsUniformAndInRange(t *testing.T) {
	d := newDraw(1, 1)
	for _, top := range []money.Amount{money.Zero, money.Units(1), money.Units(^uint64(0)), money.FromWords(0, 1<<63), money.FromWords(1, 0), money.FromWords(3, 17), money.Max} {
		low, half := 0, top
		half, _ = half.MulDiv(money.Units(1), money.Units(2))
		for range 2000 {
			n := d.upTo(top)
			if top.Less(n) {
				t.Fatalf("drew %s above %s", n, top)
			}
			if n.Less(half) || n == half {
				low++
			}
		}
		if !top.IsZero() && (low < 850 || low > 1150) {
			t.Errorf("up to %s: %d of 2000 in the lower half", top, low)
		}
	}
}

func TestSplitKeepsTheSum(t *testing.T) {
	d := newDraw(2, 2)
	for range 2000 {
		n, parts, zeros := d.upTo(money.Units(50)), d.between(1, 5), d.chance(50)
		pieces := d.split(n, parts, zeros)
		if len(pieces) != parts || money.Sum(pieces...) != n {
			t.Fatalf("%s in %d parts gives %v", n, parts, pieces)
		}
		for _, p := range pieces {
			if p.IsZero() && !zeros && !n.Less(money.Units(uint64(parts))) {
				t.Fatalf("%s in %d parts gives a zero: %v", n, parts, pieces)
			}
		}
	}
}
