package swap_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/swap"
	"github.com/coldtrail/coldtrail/trace"
)

// heading begins every ledger of these tests. WETH and STK are contracts, so that
// what they mint and burn is theirs.
const heading = `ledger eip155:1 account native ETH
asset ETH eip155:1/slip44:60 decimals 0
asset WETH eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2 decimals 0
asset STK eip155:1/erc20:0x5555555555555555555555555555555555555555 decimals 0
asset NFT eip155:1/erc721:0x7777777777777777777777777777777777777777/9 decimals 0
`

// short are the words for accounts whose address a rule looks at.
var short = strings.NewReplacer("weth", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", "stk", "0x5555555555555555555555555555555555555555")

// back turns addresses into the words again.
var back = strings.NewReplacer("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", "weth", "0x5555555555555555555555555555555555555555", "stk")

// document reads a ledger in which lines called x/1, x/2 … belong to the
// transaction x, as the transfers of a chain do.
func document(text string) (*ledger.Document, error) {
	d, err := ledger.ParseText("story", strings.NewReader(heading+short.Replace(text)))
	if err != nil {
		return nil, err
	}
	for i := range d.Transfers {
		if tx, _, ok := strings.Cut(d.Transfers[i].Tx, "/"); ok {
			d.Transfers[i].Tx = tx
		}
	}
	return d, nil
}

// TestStories runs what is in testdata: ledger makes one, found says what is found
// in each transaction, trace where stolen value went.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var d *ledger.Document
		var g *swap.Graph
		datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
			switch td.Cmd {
			case "ledger", "found":
				var err error
				if d, err = document(td.Input); err != nil {
					return err.Error() + "\n"
				}
				m, err := graph.Build(context.Background(), d)
				if err != nil {
					return err.Error() + "\n"
				}
				if g = swap.Over(m); td.Cmd == "found" {
					return showFound(t, d, g)
				}
				return ""
			}
			q := trace.Question{Thefts: trace.Marked(d)}
			for _, a := range td.CmdArgs {
				for _, v := range a.Vals {
					if a.Key == "policies" {
						q.Policies = append(q.Policies, trace.Policy(v))
					}
				}
			}
			tr, err := trace.Run(context.Background(), g, q)
			if err != nil {
				return err.Error() + "\n"
			}
			return back.Replace(showTrail(tr, td.HasArg("hops")))
		})
	})
}

// showFound says of each transaction what is found in it, and how its transfers
// then stand in the graph.
func showFound(t *testing.T, d *ledger.Document, g *swap.Graph) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, x := range d.Transfers {
		if seen[x.Tx] {
			continue
		}
		seen[x.Tx] = true
		f, err := g.Recognised(x.Ledger, x.Tx)
		if err != nil {
			t.Fatal(err)
		}
		switch c := f.Conversion; {
		case c != nil:
			fmt.Fprintf(&b, "%s: %s gave %s to %s, got %s from %s\n", x.Tx, c.Account, amount(g, c.Gave), c.Gave.Counter, amount(g, c.Got), c.Got.Counter)
			ids, err := g.Find(x.Tx)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				e, err := g.Entry(id)
				if err != nil {
					t.Fatal(err)
				}
				if e.Conversion != "" {
					fmt.Fprintf(&b, "  %s %s > %s %s (%s)\n", e.ID, e.From(), e.To(), e.Amount(), e.Attrs[swap.NetOf])
				}
			}
		case f.Why != "":
			fmt.Fprintf(&b, "%s: %s: %s\n", x.Tx, f.Why, f.Who)
		default:
			fmt.Fprintf(&b, "%s: no exchange\n", x.Tx)
		}
	}
	return back.Replace(b.String())
}

func amount(g *swap.Graph, s swap.Side) string { return g.Info().Asset(s.Asset).Format(s.Amount) }

func showTrail(t *trace.Trail, hops bool) string {
	var b strings.Builder
	for _, p := range t.Places {
		for v, f := range p.Figures {
			fmt.Fprintf(&b, "%s %s %s %s: %v", t.Views[v].Name, p.Kind, p.Name, p.Asset.Name(), f.Amounts)
			if f.Bound == nil {
				fmt.Fprintf(&b, " one-pass [%s, %s]\n", f.Lower, f.Upper)
				continue
			}
			fmt.Fprintf(&b, " [%s, %s]\n", f.Bound.L, f.Bound.U)
		}
	}
	for _, c := range t.Conversions {
		fmt.Fprintf(&b, "conversion %s: %s %v for %s %v, recognised %v\n", c.Name, c.Gave.Asset.Format(c.Gave.Amount), c.Gave.Transfers, c.Got.Asset.Format(c.Got.Amount), c.Got.Transfers, c.Recognised)
	}
	for _, u := range t.Unclear {
		fmt.Fprintf(&b, "unclear %s: %s: %s\n", u.Tx, u.Why, u.Who)
	}
	for _, u := range t.Unobserved {
		fmt.Fprintf(&b, "unobserved %s %s %s\n", u.Pool.Account, u.Amount, u.Asset.Name())
	}
	for _, h := range t.Hops {
		if hops {
			fmt.Fprintf(&b, "hop %s %s > %s %s: %v\n", h.Transfer, h.From, h.To, h.Value, h.Figures[0].Amounts)
		}
	}
	return b.String()
}

// TestGraph holds the graph to the suite of all graphs: where nothing is
// exchanged, nothing is changed.
func TestGraph(t *testing.T) {
	graphtest.Run(t, func(sources ...ledger.Source) (graph.Graph, error) {
		m, err := graph.Build(context.Background(), sources...)
		if err != nil {
			return nil, err
		}
		return swap.Over(m), nil
	})
}

// failing is a graph whose names cannot be read.
type failing struct {
	graph.Graph
	err error
}

func (f failing) Find(string) ([]graph.ID, error) { return nil, f.err }

// TestEventsBetween: an account that is called like one between legs and is none has
// the events of the graph below; a graph that cannot be read is an error, not that.
func TestEventsBetween(t *testing.T) {
	d, err := document("x a > swap:y 3 ETH\n")
	if err != nil {
		t.Fatal(err)
	}
	m, err := graph.Build(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	p := graph.Pool{Ledger: d.Ledger.ID, Account: "swap:y", Asset: d.Ledger.Native}
	if ids, err := swap.Over(m).Events(p); err != nil || len(ids) != 1 {
		t.Errorf("events %v, %v", ids, err)
	}
	damaged := errors.New("damaged")
	p.Account = "swap:x" // has no events below
	if ids, err := swap.Over(failing{m, damaged}).Events(p); !errors.Is(err, damaged) {
		t.Errorf("events %v, %v, want an error", ids, err)
	}
}

// TestLots holds the swap vectors of the tracing method (section 6) through a
// swap that is recognised: what account a holds in order goes to a pool, and what
// it got is then paid out in the same order.
func TestLots(t *testing.T) {
	type lot struct {
		stolen bool
		n      uint64
	}
	for _, c := range []struct {
		in  []lot
		get uint64
		out []lot
	}{
		{[]lot{{false, 30}, {true, 50}, {false, 20}}, 7, []lot{{false, 2}, {true, 3}, {false, 2}}},
		{[]lot{{true, 1}, {false, 2}}, 10, []lot{{true, 3}, {false, 7}}},
		{[]lot{{true, 3}, {false, 7}}, 3, []lot{{false, 3}}},
	} {
		var text strings.Builder
		sum := uint64(0)
		for i, l := range c.in {
			fmt.Fprintf(&text, "in%d * > a %d ETH\n", i, l.n)
			if sum += l.n; l.stolen {
				fmt.Fprintf(&text, "theft T in%d\n", i)
			}
		}
		fmt.Fprintf(&text, "x a > r 0 ETH\nx/1 a > r %d ETH\nx/2 r > p %d ETH\nx/3 p > a %d T1\n", sum, sum, c.get)
		for i, l := range c.out {
			fmt.Fprintf(&text, "out%d a > b%d %d T1\n", i, i, l.n)
		}
		tr := run(t, text.String())
		for i, l := range c.out {
			want := money.Zero
			if l.stolen {
				want = money.Units(l.n)
			}
			if got := stolen(tr, fmt.Sprintf("b%d", i), "T1"); got != want {
				t.Errorf("%v for %d: payment %d of %d carries %s, want %s", c.in, c.get, i, l.n, got, want)
			}
		}
	}
}

func run(t *testing.T, text string) *trace.Trail {
	t.Helper()
	d, err := document(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	m, err := graph.Build(context.Background(), d)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	tr, err := trace.Run(context.Background(), swap.Over(m), trace.Question{Thefts: trace.Marked(d), Policies: []trace.Policy{trace.FIFO}})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return tr
}

// stolen is what an account holds of an asset by the first policy.
func stolen(t *trace.Trail, account, asset string) (n money.Amount) {
	for _, p := range t.Places {
		if p.Asset.Name() == asset && p.Name == account {
			n = n.Add(p.Figures[0].Amounts[0])
		}
	}
	return n
}

// BenchmarkRecognise: a swap through a router and two pools, and a plain payment
// with its gas, which most transactions are.
func BenchmarkRecognise(b *testing.B) {
	for name, text := range map[string]string{
		"swap":    "x a > r 100 ETH fee 1\nx/1 r > weth 100 ETH\nx/2 r > p 100 WETH\nx/3 p > q 50 T1\nx/4 q > a 7 T2\n",
		"payment": "x a > b 100 ETH fee 1\n",
	} {
		d, err := document(text)
		if err != nil {
			b.Fatal(err)
		}
		var ts []*ledger.Transfer
		for i := range d.Transfers {
			ts = append(ts, &d.Transfers[i])
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				swap.Recognise(ts, d.Ledger.Native)
			}
		})
	}
}
