package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// accounts makes a graph of payments "block from > to amount" in thousandths of
// an ETH, with a gap where asked.
func accounts(t testing.TB, lines ...string) graph.Graph {
	t.Helper()
	var b strings.Builder
	b.WriteString("ledger demo account native milli\n")
	for i, l := range lines {
		var block, amount uint64
		var from, to string
		if _, err := fmt.Sscanf(l, "%d %s > %s %d", &block, &from, &to, &amount); err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		if i == 0 || !strings.HasPrefix(lines[i-1], fmt.Sprint(block, " ")) {
			fmt.Fprintf(&b, "block %d 2018-01-26T00:02Z\n", block)
		}
		fmt.Fprintf(&b, "e%d %s > %s %d\n", i, from, to, amount)
	}
	d, err := ledger.ParseText("test", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func is(names ...ledger.Account) func(ledger.Account) bool {
	return func(a ledger.Account) bool { return slices.Contains(names, a) }
}

// TestDepositVector is the one of the clustering page: (10: u1 to dep 100),
// (100: dep to ex 99.99), (111: u2 to ex 0.0001) in units of an ETH.
func TestDepositVector(t *testing.T) {
	lines := []string{"10 u1 > dep 1000000", "100 dep > ex 999900", "111 u2 > ex 1"}
	rule := DepositRule{Ledger: "demo", Asset: "milli", Exchanges: map[ledger.Account]string{"ex": "Ex"}, Alpha: money.Units(100), Tau: 100}
	for _, c := range []struct {
		name   string
		change func(*DepositRule)
		want   int
	}{
		{"as published", func(*DepositRule) {}, 1},
		{"default window", func(r *DepositRule) { r.Tau = DefaultTau }, 1},
		{"window of 89 blocks", func(r *DepositRule) { r.Tau = 89 }, 0},
		{"window of 90 blocks", func(r *DepositRule) { r.Tau = 90 }, 1},
		{"a unit too much kept", func(r *DepositRule) { r.Alpha = money.Units(99) }, 0},
		{"the exchange is not known", func(r *DepositRule) { r.Exchanges = map[ledger.Account]string{"other": "Other"} }, 0},
		{"u1 is a miner", func(r *DepositRule) { r.Miner = is("u1") }, 0},
		{"u1 is known", func(r *DepositRule) { r.Known = is("u1") }, 0},
		{"dep is known", func(r *DepositRule) { r.Known = is("dep") }, 0},
	} {
		r := rule
		c.change(&r)
		got, err := FindDeposits(t.Context(), accounts(t, lines...), r)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Deposits) != c.want {
			t.Errorf("%s: %d deposits, want %d", c.name, len(got.Deposits), c.want)
		}
		if c.name == "default window" && got.Deposits[0].Confidence.FloatString(7) != "0.4859375" {
			t.Errorf("confidence %s, want 0.4859375", got.Deposits[0].Confidence.FloatString(7))
		}
	}
	if _, err := FindDeposits(t.Context(), accounts(t, lines...), DepositRule{}); !errors.Is(err, ErrDeposit) {
		t.Errorf("empty rule: %v", err)
	}
}

// TestDepositClusters: users who share a deposit address are one cluster; an
// address that is a user itself is no deposit address; the forward must come
// after the receipt, also in one block.
func TestDepositClusters(t *testing.T) {
	g := accounts(t,
		"1 u1 > d1 50", "2 d1 > ex 50", "3 u2 > d1 70", "4 d1 > ex 70", // u1 and u2 share d1
		"5 u2 > d2 30", "6 d2 > ex2 30", "7 u3 > d2 20", "8 d2 > ex2 20", // u2 and u3 share d2
		"9 u4 > d3 90", "9 d3 > ex 90", // alone
		"10 d4 > ex 60", "10 u5 > d4 60", // the wrong way round
		"11 u6 > d5 40", "12 d5 > d6 40", "13 d5 > ex 40", "13 d6 > ex 40", // d5 is a user of d6
	)
	got, err := FindDeposits(t.Context(), g, DepositRule{
		Ledger: "demo", Asset: "milli", Exchanges: map[ledger.Account]string{"ex": "Ex", "ex2": "Ex2"}, Alpha: money.Units(5), Tau: 3200,
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]ledger.Account{{"u1", "u2", "u3"}}, got.Users); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string][]ledger.Account{"Ex": {"d1", "d3", "d6"}, "Ex2": {"d2"}}, got.Addresses); d != "" {
		t.Error(d)
	}
}

// TestDepositJoin compares the interval join with all pairs, on random ledgers.
func TestDepositJoin(t *testing.T) {
	total := 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 9))
		var lines []string
		for i := range 120 {
			from, to := r.IntN(9), r.IntN(9)
			if from == to {
				continue
			}
			lines = append(lines, fmt.Sprintf("%d a%d > a%d %d", i/2*3+1, from, to, 100+r.IntN(8)))
		}
		g := accounts(t, lines...)
		rule := DepositRule{Ledger: "demo", Asset: "milli", Exchanges: map[ledger.Account]string{"a0": "Ex"}, Alpha: money.Units(3), Tau: 20, Miner: is("a1")}
		got, err := FindDeposits(t.Context(), g, rule)
		if err != nil {
			t.Fatal(err)
		}
		var pairs [][2]graph.ID
		for _, d := range got.Deposits {
			pairs = append(pairs, [2]graph.ID{d.Receipt, d.Forward})
		}
		want := allPairs(t, g)
		total += len(want)
		if d := cmp.Diff(want, pairs, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("seed %d (-all pairs +join):\n%s", seed, d)
		}
	}
	if total < 10 {
		t.Errorf("only %d deposits in all", total)
	}
}

// allPairs asks the rule of TestDepositJoin of every pair of payments.
func allPairs(t *testing.T, g graph.Graph) [][2]graph.ID {
	t.Helper()
	var all []graph.Entry
	for id := range g.Info().Transfers {
		e, err := g.Entry(graph.ID(id))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	var found [][2]graph.ID
	users := map[ledger.Account]bool{}
	for j, f := range all {
		for i, r := range all[:j] {
			units := func(e graph.Entry) int64 { return e.Amount().Big().Int64() }
			if kept := units(r) - units(f); f.Kind == ledger.Value && r.Kind == ledger.Value && f.To() == "a0" && r.To() == f.From() && r.From() != "a0" && r.From() != "a1" &&
				kept >= 0 && kept <= 3 && f.Key.Block-r.Key.Block <= 20 {
				found = append(found, [2]graph.ID{graph.ID(i), graph.ID(j)})
				users[r.From()] = true
			}
		}
	}
	return slices.DeleteFunc(found, func(p [2]graph.ID) bool { return users[all[p[1]].From()] })
}
