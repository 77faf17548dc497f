package graph_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

func textGraph(t *testing.T, text string) *graph.Memory {
	t.Helper()
	d, err := ledger.ParseText("test", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestActivity: sums of an account in each asset; fees paid are sent; change is
// received and sent.
func TestActivity(t *testing.T) {
	accounts := textGraph(t, `ledger demo account native ETH
e1 2018-01-26T00:01Z a > b 10 ETH fee 1 ETH
e2 2018-01-26T00:02Z b > c 4 ETH fee 2 ETH
e3 2018-01-26T00:03Z c > b 7 USDT
`)
	coins := textGraph(t, `ledger demo utxo native BTC
coin s A:500
t1 2018-01-26T00:02Z s.0 -> B:300 A:190
`)
	for _, c := range []struct {
		g              *graph.Memory
		account        ledger.Account
		asset          string
		received, sent uint64
		in, out        int
		short          bool
	}{
		{accounts, "a", "ETH", 0, 11, 0, 1, true},
		{accounts, "b", "ETH", 10, 6, 1, 1, false},
		{accounts, "b", "USDT", 7, 0, 1, 0, false},
		{coins, "A", "BTC", 690, 500, 2, 1, false},
		{coins, "B", "BTC", 300, 0, 1, 0, false},
	} {
		info := c.g.Info().Ledgers[0]
		assets, err := graph.AssetsOf(c.g, info.ID, c.account)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, id := range assets {
			a := c.g.Info().Asset(id)
			if a.Symbol != c.asset && string(id) != c.asset {
				continue
			}
			found = true
			got, ok, err := graph.ActivityOf(c.g, graph.Pool{Ledger: info.ID, Account: c.account, Asset: id})
			if err != nil || !ok {
				t.Fatalf("%s %s: %v %v", c.account, id, ok, err)
			}
			_, short := got.Balance()
			if got.Received != money.Units(c.received) || got.Sent != money.Units(c.sent) || got.In != c.in || got.Out != c.out || short != c.short {
				t.Errorf("%s in %s: %+v", c.account, c.asset, got)
			}
		}
		if !found {
			t.Errorf("%s has no %s: %v", c.account, c.asset, assets)
		}
	}
}

// TestActivityBeyond128Bits: sums that do not fit are an error that names the transfer,
// in memory and in stores of both kinds, and no panic.
func TestActivityBeyond128Bits(t *testing.T) {
	const most = "340282366920938463463374607431768211455"
	for _, c := range []struct {
		text string
		pool graph.Pool
	}{
		{"ledger demo account native ETH\ne1 a > b " + most + " SPAM\ne2 c > b 1 SPAM\n", graph.Pool{Account: "b", Asset: "SPAM"}},
		{"ledger demo account native ETH\ne1 b > a " + most + " SPAM\ne2 b > c 1 SPAM\n", graph.Pool{Account: "b", Asset: "SPAM"}},
		{"ledger demo utxo native BTC\ncoin s a:" + most + "\ncoin r c:1\ne1 s.0 -> b:" + most + "\ne2 r.0 -> b:1\n", graph.Pool{Account: "b", Asset: "BTC"}},
	} {
		m := textGraph(t, c.text)
		c.pool.Ledger = m.Info().Ledgers[0].ID
		for _, a := range m.Info().Ledgers[0].Assets {
			if a.Symbol == string(c.pool.Asset) {
				c.pool.Asset = a.ID
			}
		}
		d, err := ledger.ParseText("test", strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		st, err := stored(t, 0, d)
		if err != nil {
			t.Fatal(err)
		}
		for name, g := range map[string]graph.Graph{"memory": m, "store": st} {
			_, ok, err := graph.ActivityOf(g, c.pool)
			if ok || !errors.Is(err, money.ErrOverflow) || !strings.Contains(err.Error(), "b received") {
				t.Errorf("%s, %s: %v, %v", name, c.text, ok, err)
			}
		}
	}
}
