package api

import (
	"net/url"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/money"
)

// bybitWallet is the robbed wallet; bybitThief the first that took from it.
const (
	bybitLedger = "eip155:1"
	bybitThief  = "0x47666fab8bd0ac7003bce3f5c3585383f09486e2"
)

func address(account, rest string) string {
	return "/addresses/" + url.PathEscape(bybitLedger) + "/" + account + rest
}

// TestAddress: what the page shows of the thief's first address follows from its
// transfers, whichever endpoint is asked.
func TestAddress(t *testing.T) {
	s := newServer(t, Options{})
	a := answer[AddressAnswer](t, s, address(bybitThief, "?from=bybit-2025"), 200)
	if len(a.Assets) == 0 || len(a.Tags) == 0 || a.Model != "account" || a.Uncompared != 0 {
		t.Fatalf("%+v", a)
	}
	for _, x := range a.Assets {
		q := "&asset=" + url.QueryEscape(x.Asset)
		var in, out money.Amount
		n, cursor := 0, ""
		for {
			m := answer[MovesAnswer](t, s, address(bybitThief, "/transfers?from=bybit-2025&limit=7&order=oldest"+q+cursor), 200)
			for _, r := range m.Records {
				in, out = in.Add(r.In), out.Add(r.Out)
				if r.Evidence == "" || len(r.Others) == 0 && r.Kind == "value" && !r.Failed {
					t.Errorf("%+v", r)
				}
			}
			n += len(m.Records)
			if m.Next == "" {
				if n != m.Total {
					t.Errorf("%s: %d of %d transfers over the pages", x.Asset, n, m.Total)
				}
				break
			}
			cursor = "&cursor=" + m.Next
		}
		if in != x.Received || out != x.Sent {
			t.Errorf("%s: transfers add to %s in, %s out; the address says %s, %s", x.Asset, in, out, x.Received, x.Sent)
		}
		b := answer[BalanceAnswer](t, s, address(bybitThief, "/balance?from=bybit-2025"+q), 200)
		last := b.Points[len(b.Points)-1].Balance
		if want := b.Opening.Add(x.Received).Sub(x.Sent); last != want {
			t.Errorf("%s: the balance ends at %s, want %s", x.Asset, last, want)
		}
		ns := answer[NeighboursAnswer](t, s, address(bybitThief, "/neighbours?from=bybit-2025"+q), 200)
		if len(ns.Records) == 0 || ns.Read != n {
			t.Errorf("%s: %+v", x.Asset, ns)
		}
	}
}

func TestAddressRefuses(t *testing.T) {
	s := newServer(t, Options{})
	for path, want := range map[string]int{
		address("0x0000000000000000000000000000000000000001", "?from=bybit-2025"): 404,
		address(bybitThief, "?from=nowhere"):                                      404,
		address(bybitThief, "?from=store"):                                        404,
		address(bybitThief, ""):                                                   422,
		address(bybitThief, "/transfers?from=bybit-2025&asset=NOPE"):              422,
		address(bybitThief, "/transfers?from=bybit-2025&asset=ETH&cursor=x"):      400,
		address(bybitThief, "/cluster?from=bybit-2025"):                           404,
		"/addresses/bip122:0/" + bybitThief + "?from=bybit-2025":                  404,
		address(url.PathEscape("<script>alert(1)</script>"), "?from=bybit-2025"):  404,
	} {
		w := ask(s, "GET", Prefix+path, "")
		if w.Code != want || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %d, want %d: %s", path, w.Code, want, w.Body)
		}
	}
}

// TestLookAlikes: the case holds addresses made to be mistaken for the thief's.
func TestLookAlikes(t *testing.T) {
	s := newServer(t, Options{})
	c, err := s.loaded(t.Context(), "bybit-2025")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	if _, err := c.alike(bybitLedger, bybitThief); err != nil {
		t.Fatal(err)
	}
	for _, a := range c.accounts[bybitLedger] {
		on, err := c.alike(bybitLedger, a)
		if err != nil {
			t.Fatal(err)
		}
		found += len(on)
	}
	if found == 0 || found%2 != 0 {
		t.Errorf("%d look-alikes: there are some, and always two", found)
	}
}

// TestStoreAddress: on a store the sums, the cluster and the chain of evidence are
// those that the store and the clustering give.
func TestStoreAddress(t *testing.T) {
	st := textStore(t, `ledger demo utxo native BTC
coin a A:10
coin b B:10
coin b2 B:10
coin c C:10
coin d D:7
t1 2018-01-26T00:02Z a.0 b.0 -> X:19
t2 2018-01-26T00:03Z b2.0 c.0 -> Y:12 C:8
t3 2018-01-26T00:04Z d.0 -> Z:7
`)
	info := st.Info().Ledgers[0]
	clusters, err := cluster.Build(t.Context(), st, nil, cluster.Params{})
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, Options{Store: st, Clusters: clusters})
	seen, joined := 0, 0
	for n := range uint32(st.Accounts()) {
		name, err := st.AccountName(n)
		if err != nil {
			t.Fatal(err)
		}
		at := "/addresses/" + url.PathEscape(string(info.ID)) + "/" + url.PathEscape(string(name))
		w := ask(s, "GET", Prefix+at+"?from=store", "")
		if w.Code == 404 { // an account that no transfer touches
			continue
		}
		a := answer[AddressAnswer](t, s, at+"?from=store", 200)
		if a.Uncompared != st.Info().Transfers {
			t.Errorf("%s: %d transfers without a look for look-alikes", name, a.Uncompared)
		}
		b, _, err := st.CoinBalance(name)
		if err != nil {
			t.Fatal(err)
		}
		if x := a.Assets[0]; x.Received != b.Received || x.Sent != b.Spent {
			t.Errorf("%s: %+v, the store says %+v", name, x, b)
		}
		sum, _ := clusters.Of(n)
		if a.Cluster == nil || a.Cluster.Size != int(sum.Size) {
			t.Errorf("%s: cluster %+v, want size %d", name, a.Cluster, sum.Size)
			continue
		}
		seen++
		if sum.Size < 2 {
			continue
		}
		joined++
		c := answer[ClusterAnswer](t, s, at+"/cluster?from=store&other="+url.QueryEscape(a.Cluster.Members[len(a.Cluster.Members)-1]), 200)
		if !c.Together || string(name) != c.Other && len(c.Steps) == 0 {
			t.Errorf("%s and %s: %+v", name, c.Other, c)
		}
		if joined == 5 {
			break
		}
	}
	if seen < 3 {
		t.Errorf("only %d addresses", seen)
	}
}

// TestSumsBeyond128Bits: amounts that cannot be added up are a fault of the data, and
// no defect; the answer says whose they are.
func TestSumsBeyond128Bits(t *testing.T) {
	const most = "340282366920938463463374607431768211455"
	s := newServer(t, Options{Store: storeOf(t, func(b *strings.Builder) {
		b.WriteString("mY Y > H " + most + " EUR\nmZ Z > H " + most + " EUR\n")
		b.WriteString("n1 P > Q " + most + " EUR\nn2 P > Q 1 EUR\n")                            // P must have had both
		b.WriteString("o1 R > S " + most + " EUR\no2 S > R " + most + " EUR\no3 S > R 1 EUR\n") // S had 1 before o1
	})})
	for path, want := range map[string]string{
		"H":            "what H received and sent of EUR, up to transfer mZ",
		"P":            "what P received and sent of EUR, up to transfer n2",
		"H/balance":    "the balance of H in EUR",
		"P/balance":    "the balance of P in EUR",
		"S/balance":    "the balance of S in EUR",
		"Q/neighbours": "between Q and P, up to transfer n2",
		"P/neighbours": "between P and Q, up to transfer n2",
	} {
		w := ask(s, "GET", Prefix+"/addresses/x:1/"+path+"?from=store", "")
		if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, want) || !strings.Contains(body, "within 128 bits") {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
	}
	if w := ask(s, "POST", Prefix+"/trails", `{"store":true,"thefts":["T=mY","U=mZ"]}`, "Content-Type: application/json"); w.Code != 422 {
		t.Errorf("a trail: %d %s", w.Code, w.Body)
	}
	// A report adds up without asking.
	if p := s.broken("/x", money.Overflow{Op: "sum"}); p.Status != 422 {
		t.Errorf("a report: %+v", p)
	}
}

// TestUndatedNeighbours: transfers without a time leave the first and last that are
// known.
func TestUndatedNeighbours(t *testing.T) {
	s := newServer(t, Options{Store: storeOf(t, func(b *strings.Builder) {
		b.WriteString("m0 Z > H 1 EUR\nm1 2020-01-02T00:00Z Z > H 1 EUR\nm2 2020-01-03T00:00Z H > Z 1 EUR\nm3 Z > H 1 EUR\n")
	})})
	a := answer[NeighboursAnswer](t, s, "/addresses/x:1/H/neighbours?from=store", 200)
	if n := a.Records[0]; n.First != "2020-01-02T00:00:00Z" || n.Last != "2020-01-03T00:00:00Z" || n.In != 3 || n.Out != 1 {
		t.Errorf("%+v", n)
	}
}

// TestMovesCursor: the cursor of one question about transfers is refused by another,
// whose page would begin somewhere in the middle; and so is one made up.
func TestMovesCursor(t *testing.T) {
	s := newServer(t, Options{})
	ask1 := address(bybitThief, "/transfers?from=bybit-2025&asset=ETH&limit=2")
	m := answer[MovesAnswer](t, s, ask1, 200)
	if m.Next == "" {
		t.Fatal("one page only")
	}
	answer[MovesAnswer](t, s, ask1+"&cursor="+m.Next, 200)
	for name, path := range map[string]string{
		"order": ask1 + "&order=oldest&cursor=" + m.Next, "way": ask1 + "&way=in&cursor=" + m.Next,
		"asset":  strings.Replace(ask1, "=ETH", "=stETH", 1) + "&cursor=" + m.Next,
		"place":  ask1 + "&cursor=2",
		"before": ask1 + "&cursor=" + cursorAt(-1, "0"), "overflow": ask1 + "&cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkgMA",
	} {
		if w := ask(s, "GET", Prefix+path, ""); w.Code != 400 || !strings.Contains(w.Body.String(), "not of this list") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
