// Package graphtest is the one suite that every graph passes: the same sources
// give the same answers, to the last id, whatever keeps them.
//
// In goes a function that builds the graph under test from sources; Run fails
// the test for every answer that differs from the contract of graph.Graph.
package graphtest

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
)

// Build makes the graph under test. It fails with the errors of package graph
// for input that a graph refuses.
type Build func(sources ...ledger.Source) (graph.Graph, error)

// Run is the suite.
func Run(t *testing.T, build Build) {
	t.Run("order", func(t *testing.T) { testOrder(t, build) })
	t.Run("find", func(t *testing.T) { testFind(t, build) })
	t.Run("events", func(t *testing.T) { testEvents(t, build) })
	t.Run("spenders", func(t *testing.T) { testSpenders(t, build) })
	t.Run("ties", func(t *testing.T) { testTies(t, build) })
	t.Run("conversions", func(t *testing.T) { testConversions(t, build) })
	t.Run("several ledgers", func(t *testing.T) { testSeveral(t, build) })
	t.Run("completeness", func(t *testing.T) { testCompleteness(t, build) })
	t.Run("refusals", func(t *testing.T) { testRefusals(t, build) })
	t.Run("source errors", func(t *testing.T) { testSourceErrors(t, build) })
	t.Run("random ledgers", func(t *testing.T) { testRandom(t, build) })
}

func read(t *testing.T, text string) *ledger.Document {
	t.Helper()
	d, err := ledger.ParseText("graphtest", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func must(t *testing.T, build Build, sources ...ledger.Source) graph.Graph {
	t.Helper()
	g, err := build(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func entry(t *testing.T, g graph.Graph, id graph.ID) graph.Entry {
	t.Helper()
	e, err := g.Entry(id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// coins and accounts are the ledgers of the small tests.
const coins = `ledger utxo utxo native BTC
coin s A:5 B:3
block 7 2020-01-01T00:00Z
coinbase cb subsidy 2 -> M:3
t1 s.0 s.1 -> A:4 C:3
block 8 2020-01-01T00:10Z
t2 t1.0 -> A:1 A:2 D:1
`

const accounts = `ledger acct account native ETH
open a 9 ETH
e1 2020-01-01T00:05Z a > b 4 ETH fee 1 ETH
e2 2020-01-01T00:06Z a > a 1 ETH
= e3 2020-01-01T00:06Z b > c 2 T fee 1 ETH by p
= e4 2020-01-01T00:06Z * > c 1 T
s1 2020-01-01T00:07Z b > d 2 ETH for 8 T
e5 2020-01-01T00:08Z a > b 3 ETH failed fee 1 ETH
`

func testOrder(t *testing.T, build Build) {
	d := read(t, coins)
	g := must(t, build, d)
	if n := g.Info().Transfers; n != len(d.Transfers) {
		t.Fatalf("%d transfers, the source has %d", n, len(d.Transfers))
	}
	for i := range d.Transfers {
		if e := entry(t, g, graph.ID(i)); e.ID != d.Transfers[i].ID || e.Key != d.Transfers[i].Key || e.Amount() != d.Transfers[i].Amount() {
			t.Errorf("id %d is %s, want %s", i, e.ID, d.Transfers[i].ID)
		}
	}
	for _, id := range []graph.ID{graph.ID(len(d.Transfers)), graph.None} {
		if _, err := g.Entry(id); !errors.Is(err, graph.ErrNotFound) {
			t.Errorf("entry %d: got %v, want ErrNotFound", id, err)
		}
	}
	info, ok := g.Info().Ledger("utxo")
	if !ok || info.Model != ledger.UTXO || !info.Blocks {
		t.Errorf("ledger utxo is described as %+v, %v", info, ok)
	}
}

func testFind(t *testing.T, build Build) {
	g := must(t, build, read(t, coins), read(t, accounts))
	for ref, want := range map[string][]string{
		"t1": {"t1"}, "s": {"s"}, "cb": {"cb"},
		"e3": {"e3", "e3/fee"}, "e3/fee": {"e3/fee"}, "s1": {"s1", "s1/in"}, "s1/in": {"s1/in"},
		"open/a/ETH": {"open/a/ETH"},
	} {
		ids, err := g.Find(ref)
		if err != nil {
			t.Errorf("%s: %v", ref, err)
		}
		if got := names(t, g, ids); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", ref, got, want)
		}
	}
	for _, ref := range []string{"", "t9", "t1:0", "T1", "e3/", "a"} {
		if ids, err := g.Find(ref); !errors.Is(err, graph.ErrNotFound) || len(ids) > 0 {
			t.Errorf("%q: got %v, %v, want ErrNotFound", ref, ids, err)
		}
	}
}

func names(t *testing.T, g graph.Graph, ids []graph.ID) []string {
	t.Helper()
	out := []string{}
	for _, id := range ids {
		out = append(out, entry(t, g, id).ID)
	}
	return out
}

func testEvents(t *testing.T, build Build) {
	g := must(t, build, read(t, coins), read(t, accounts))
	for _, c := range []struct {
		ledger  ledger.ID
		account ledger.Account
		asset   money.AssetID
		want    []string
	}{
		{"utxo", "A", "BTC", []string{"s", "t1", "t2"}}, // once each, although t2 pays A twice
		{"utxo", "M", "BTC", []string{"cb"}},
		{"acct", "a", "ETH", []string{"open/a/ETH", "e1", "e2", "e5"}},
		{"acct", "b", "ETH", []string{"e1", "s1"}}, // e5 failed: it credits nobody
		{"acct", "b", "T", []string{"e3"}},         // another asset, another pool
		{"acct", "p", "ETH", []string{"e3/fee"}},   // gas
		{"acct", "d", "T", []string{"s1/in"}},      // what a conversion gives
		{"acct", "d", "ETH", nil},                  // not what it takes
		{"acct", "swap:s1", "ETH", []string{"s1"}}, // the account between the legs
		{"acct", ledger.Outside, "ETH", nil},       // the outside is no pool
		{"utxo", "A", "ETH", nil}, {"acct", "A", "BTC", nil}, {"none", "a", "ETH", nil},
	} {
		ids, err := g.Events(graph.Pool{Ledger: c.ledger, Account: c.account, Asset: c.asset})
		if err != nil {
			t.Errorf("%v: %v", c, err)
		}
		if got := names(t, g, ids); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s %s %s: got %v, want %v", c.ledger, c.account, c.asset, got, c.want)
		}
	}
}

func testSpenders(t *testing.T, build Build) {
	g := must(t, build, read(t, coins))
	for ref, want := range map[string][]string{"s": {"t1", "t1"}, "t1": {"t2", ""}, "t2": {"", "", ""}, "cb": {""}} {
		ids, err := g.Find(ref)
		if err != nil {
			t.Fatal(err)
		}
		e := entry(t, g, ids[0])
		if len(e.SpentBy) != len(want) {
			t.Fatalf("%s: %d spenders for %d outputs", ref, len(e.SpentBy), len(want))
		}
		for i, w := range want {
			if w == "" && e.SpentBy[i] != graph.None || w != "" && (e.SpentBy[i] == graph.None || entry(t, g, e.SpentBy[i]).ID != w) {
				t.Errorf("%s:%d is spent by %d, want %q", ref, i, e.SpentBy[i], w)
			}
		}
	}
	if e := entry(t, must(t, build, read(t, accounts)), 1); len(e.SpentBy) > 0 {
		t.Error("an account ledger has no coins to spend")
	}
}

func testTies(t *testing.T, build Build) {
	g := must(t, build, read(t, accounts+"e6 a > b 1 ETH\n= e7 a > b 1 ETH\ne8 a > b 1 ETH\n= e9 a > b 1 ETH\n"))
	for ref, want := range map[string][2]string{
		"e1": {"e1", "e1"}, "e2": {"e2", "e4"}, "e3/fee": {"e2", "e4"}, "e4": {"e2", "e4"}, "s1": {"s1", "s1"},
		"e6": {"e6", "e7"}, "e7": {"e6", "e7"}, "e8": {"e8", "e9"}, "e9": {"e8", "e9"},
	} {
		ids, err := g.Find(ref)
		if err != nil {
			t.Fatal(err)
		}
		e := entry(t, g, ids[0])
		if got := [2]string{entry(t, g, e.TieFirst).ID, entry(t, g, e.TieLast).ID}; got != want {
			t.Errorf("%s is tied with %v, want %v", ref, got, want)
		}
	}
}

func testConversions(t *testing.T, build Build) {
	g := must(t, build, read(t, accounts))
	for ref, want := range map[string]string{"s1": "s1/in", "s1/in": "s1", "e3": "", "e3/fee": ""} {
		ids, err := g.Find(ref)
		if err != nil {
			t.Fatal(err)
		}
		other := entry(t, g, ids[0]).Other
		if want == "" && other != graph.None || want != "" && (other == graph.None || entry(t, g, other).ID != want) {
			t.Errorf("%s: the other leg is %d, want %q", ref, other, want)
		}
	}
}

// testSeveral holds a graph of several ledgers to one order by time, in which
// each ledger keeps its own, and to names that may occur on both.
func testSeveral(t *testing.T, build Build) {
	one := read(t, "ledger one account\nx1 2020-01-01T00:02Z a > b 1\nx2 2020-01-01T00:01Z a > b 1\nx3 2020-01-01T00:09Z a > b 1\n")
	two := read(t, "ledger two account\nx1 2020-01-01T00:03Z a > b 1\ny2 a > b 1\ny3 2020-01-01T00:03Z a > b 1\n")
	g := must(t, build, one, two)
	var got []string
	for i := range g.Info().Transfers {
		e := entry(t, g, graph.ID(i))
		got = append(got, string(e.Ledger)+" "+e.ID)
	}
	want := []string{"one x1", "one x2", "two x1", "two y2", "two y3", "one x3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if ids, err := g.Find("x1"); err != nil || len(ids) != 2 {
		t.Errorf("x1 is on both ledgers: got %v, %v", ids, err)
	}
	if ids, err := g.Events(graph.Pool{Ledger: "two", Account: "a", Asset: "unit"}); err != nil || len(ids) != 3 {
		t.Errorf("pools of two ledgers run together: %v, %v", ids, err)
	}
	if len(g.Info().Ledgers) != 2 {
		t.Errorf("%d ledgers, want 2", len(g.Info().Ledgers))
	}
}

// partial is a source that knows what it lacks.
type partial struct{ *ledger.Document }

func (p partial) Completeness(a ledger.Account) ledger.Completeness {
	if a == "a" {
		return ledger.Completeness{Internal: ledger.Gap}
	}
	return ledger.Completeness{External: ledger.Unknown}
}

func testCompleteness(t *testing.T, build Build) {
	g := must(t, build, partial{read(t, accounts)}, read(t, coins))
	for _, c := range []struct {
		ledger  ledger.ID
		account ledger.Account
		want    ledger.Completeness
	}{
		{"acct", "a", ledger.Completeness{Internal: ledger.Gap}},
		{"acct", "z", ledger.Completeness{External: ledger.Unknown}},
		{"utxo", "a", ledger.Completeness{}},
		{"none", "a", ledger.Completeness{External: ledger.Unknown, Internal: ledger.Unknown, Tokens: ledger.Unknown, Opening: ledger.Unknown}},
	} {
		if got := g.Completeness(c.ledger, c.account); got != c.want {
			t.Errorf("%s %s: got %v, want %v", c.ledger, c.account, got, c.want)
		}
	}
}

// changed is a document with a change that the text form would refuse.
func changed(t *testing.T, text string, change func(*ledger.Document)) ledger.Source {
	d := read(t, text)
	change(d)
	return d
}

func testRefusals(t *testing.T, build Build) {
	for name, c := range map[string]struct {
		sources []ledger.Source
		want    error
	}{
		"an input whose coin is not there": {[]ledger.Source{changed(t, coins, func(d *ledger.Document) {
			d.Transfers[3].Debits[0].Spends.Tx = "nowhere"
		})}, graph.ErrUnresolved},
		"an output number beyond the last": {[]ledger.Source{changed(t, coins, func(d *ledger.Document) {
			d.Transfers[3].Debits[0].Spends.Index = 9
		})}, graph.ErrUnresolved},
		"a coin spent twice": {[]ledger.Source{changed(t, coins+"t3 t1.1 -> E:3\n", func(d *ledger.Document) {
			d.Transfers[4].Debits[0].Spends = ledger.Coin{Tx: "s", Index: 1}
		})}, graph.ErrUnresolved},
		"an input of another amount than its coin": {[]ledger.Source{changed(t, coins, func(d *ledger.Document) {
			d.Transfers[3].Debits[0].Amount, d.Transfers[3].Fee = money.Units(5), money.Units(1)
		})}, graph.ErrUnresolved},
		"an input of another owner than its coin": {[]ledger.Source{changed(t, coins, func(d *ledger.Document) {
			d.Transfers[3].Debits[0].Account = "Z"
		})}, graph.ErrUnresolved},
		"a coin spent before it is made": {[]ledger.Source{changed(t, coins, func(d *ledger.Document) {
			ts := d.Transfers
			ts[2].Key, ts[3].Key = ts[3].Key, ts[2].Key
			ts[2], ts[3] = ts[3], ts[2]
		})}, graph.ErrUnresolved},
		"a transfer id twice": {[]ledger.Source{changed(t, accounts, func(d *ledger.Document) {
			d.Transfers[2].ID = "e1"
		})}, graph.ErrDuplicate},
		"a ledger twice": {[]ledger.Source{read(t, accounts), read(t, accounts)}, graph.ErrDuplicate},
		"transfers that are not sorted": {[]ledger.Source{changed(t, accounts, func(d *ledger.Document) {
			d.Transfers[1], d.Transfers[2] = d.Transfers[2], d.Transfers[1]
		})}, graph.ErrOrder},
		"debits that are not credits and fee": {[]ledger.Source{changed(t, accounts, func(d *ledger.Document) {
			d.Transfers[1].Fee = money.Units(2)
		})}, ledger.ErrUnbalanced},
		"a transfer of the other model": {[]ledger.Source{changed(t, accounts, func(d *ledger.Document) {
			d.Ledger.Model = ledger.UTXO
		})}, ledger.ErrShape},
	} {
		if g, err := build(c.sources...); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, %v, want %q", name, g != nil, err, c.want)
		} else if !strings.Contains(err.Error(), "graphtest:") && !strings.Contains(err.Error(), "given twice") {
			t.Errorf("%s: the error does not say where: %v", name, err)
		}
	}
}

// broken is a source that fails in the middle.
type broken struct {
	*ledger.Document
	err error
}

func (b broken) All(context.Context) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		if yield(b.Transfers[0], nil) {
			yield(ledger.Transfer{}, b.err)
		}
	}
}

func testSourceErrors(t *testing.T, build Build) {
	fault := errors.New("line 3: the disk is on fire")
	if _, err := build(broken{read(t, coins), fault}); !errors.Is(err, fault) {
		t.Errorf("got %v, want the source's own error", err)
	}
	g, err := build()
	if err != nil || g.Info().Transfers != 0 {
		t.Errorf("no sources make an empty graph, got %v", err)
	}
}

// testRandom compares every link of random ledgers with what the transfers say.
func testRandom(t *testing.T, build Build) {
	for seed := range uint64(60) {
		for _, d := range []*ledger.Document{ledgertest.AnyCoins(seed, 80), ledgertest.AnyAccounts(seed, 80)} {
			g := must(t, build, d)
			if err := sameLinks(g, d); err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, d.Text())
			}
		}
	}
}

// Stored reads a source into a store in a folder of the test's, and opens it until the
// test ends.
func Stored(t testing.TB, src ledger.Source, codecs ...ledger.Codec) *graph.Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	w, err := graph.OpenWriter(dir, codecs...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Ingest(t.Context(), w, src, graph.IngestOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := graph.OpenStore(dir, codecs...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
