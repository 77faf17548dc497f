package e2e

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/swap"
	"github.com/coldtrail/coldtrail/trace"
)

// More contracts in the machine's own code.
const (
	// swapPool pays out of its tokens whatever it is asked to: its call data are a
	// receiver, a token and an amount. MSTORE of transfer(receiver, amount);
	// CALL(gas, token, 0, 0, 68, 0, 32); POP; STOP.
	swapPool = "602880600b6000396000f3" + "63a9059cbb60e01b600052" + "600035600452" + "604035602452" + "60206000604460006000602035" + "5af15000"
	// swapRouter calls a pool with a part of its value and pays the rest back: its call
	// data are the pool, what the pool is asked, and the part.
	// CALLDATACOPY(0, 32, 96); CALL(gas, pool, part, 0, 96, 0, 0); POP;
	// CALL(gas, CALLER, SELFBALANCE, 0, 0, 0, 0); POP; STOP.
	swapRouter = "602680600b6000396000f3" + "60606020600037" + "6000600060606000608035600035" + "5af150" + "600060006000600047335af15000"
)

// TestAnvilSwap: stolen ether goes through a router into a pool, on a real node, and
// the trail goes on in the token that comes out; change that the router pays back is
// no part of the swap; a payout to another is listed and not recognised. Without
// traces nothing shows that the pool took anything, and no swap is recognised.
func TestAnvilSwap(t *testing.T) {
	a := startAnvil(t)
	maker, thief, other := a.accounts[0], a.accounts[1], a.accounts[2]
	coin := a.deploy(token)
	p, r := a.deploy(swapPool), a.deploy(swapRouter)
	a.send(a.accounts[9], coin, 0, "a9059cbb"+word(p)+fmt.Sprintf("%064x", 500_000))
	stolen := a.send(maker, thief, 100_000, "")
	trade := func(to string, value, part, tokens uint64) string {
		data := word(p) + word(to) + word(coin) + fmt.Sprintf("%064x%064x", tokens, part)
		return a.send(thief, r, value, data)
	}
	whole := trade(thief, 60_000, 60_000, 7_000)
	change := trade(thief, 11_000, 10_000, 1_200)
	given := trade(other, 5_000, 5_000, 600)
	for name, want := range map[string]map[string]string{
		ethereum.ByGeth: {
			whole: "60000 for 7000", change: "10000 for 1200",
			given: string(swap.Elsewhere),
		},
		ethereum.NoTraces: {
			whole: string(swap.OnlyGave), change: string(swap.OnlyGave), // what the pool took is not there
		},
	} {
		n := a.open(name)
		m, err := graph.Build(context.Background(), n)
		if err != nil {
			t.Fatal(err)
		}
		q := trace.Question{Thefts: []trace.Theft{{Name: "heist", Seeds: []trace.Seed{{Ref: stolen}}}}, IgnoreFees: true}
		tr, err := trace.Run(context.Background(), swap.Over(m), q)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, c := range tr.Conversions {
			got[c.Tx] = fmt.Sprintf("%s for %s", c.Gave.Amount, c.Got.Amount)
		}
		for _, u := range tr.Unclear {
			got[u.Tx] = string(u.Why)
		}
		if !maps.Equal(want, got) {
			t.Errorf("traces %q: got %v, want %v", name, got, want)
		}
	}
}
