package cluster

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/graph"
)

// golden is the chain of BlockSci's tests with what BlockSci 0.7.0 says of it
// (data/blocksci-btc): columns as a store would have them.
type golden struct {
	c     graph.CoinColumns
	facts Facts
	names []string // of the accounts: "type:address"
	data  map[uint32]bool
}

type goldenEnd struct {
	Type, Addr string
	Value      uint64
	Tx, Vout   uint32 // of inputs: the coin
	SpentBy    int64  `json:"spent_by"`
}

func goldenFile(t testing.TB, name string) []string {
	t.Helper()
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the golden values of data/blocksci-btc")
	}
	f, err := os.Open(filepath.Join(dir, "data", "blocksci-btc", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		lines = append(lines, in.Text())
	}
	return lines
}

func readGolden(t testing.TB) *golden {
	t.Helper()
	g := &golden{data: map[uint32]bool{}}
	number := map[string]uint32{}
	var kinds []Kind
	var locktimes, sizes []uint32
	types := []string{"", "nulldata"} // KindUnknown, KindData
	for _, line := range goldenFile(t, "txs.jsonl") {
		var tx struct {
			Locktime, Size uint32
			Fee            uint64
			In, Out        []goldenEnd
		}
		if err := json.Unmarshal([]byte(line), &tx); err != nil {
			t.Fatal(err)
		}
		g.c.TxIn, g.c.TxOut = append(g.c.TxIn, uint32(len(g.c.Coin))), append(g.c.TxOut, uint32(len(g.c.Value)))
		g.c.Fee = append(g.c.Fee, tx.Fee)
		locktimes, sizes = append(locktimes, tx.Locktime), append(sizes, tx.Size)
		for _, in := range tx.In {
			g.c.Coin = append(g.c.Coin, g.c.TxOut[in.Tx]+in.Vout)
		}
		for _, out := range tx.Out {
			name := out.Type + ":" + out.Addr
			if _, ok := number[name]; !ok {
				number[name] = uint32(len(g.names))
				g.names = append(g.names, name)
				if !slices.Contains(types, out.Type) {
					types = append(types, out.Type)
				}
				kinds = append(kinds, Kind(slices.Index(types, out.Type)))
			}
			g.c.Value, g.c.Account = append(g.c.Value, out.Value), append(g.c.Account, number[name])
			g.c.Spent = append(g.c.Spent, uint32(max(out.SpentBy, 0)))
		}
	}
	g.facts = Facts{
		Kind:     func(a uint32) Kind { return kinds[a] },
		Locktime: func(tx uint32) uint32 { return locktimes[tx] },
		Size:     func(tx uint32) uint32 { return sizes[tx] },
	}
	return g
}

// goldenHeuristics are the columns of heuristics.jsonl that the clustering page
// defines; legacy is defined nowhere and only clustered with.
var goldenHeuristics = map[string]string{
	"peeling_chain": "peeling-chain", "power_of_ten_6": "power-of-ten-6", "optimal_change": "optimal-change", "address_type": "address-type",
	"locktime": "locktime", "address_reuse": "address-reuse", "client_change_address_behavior": "client-change", "fixed_fee": "fixed-fee",
	"none": "none", "spent": "spent",
}

// TestGoldenHeuristics: all 154 rows: CoinJoin, peeling, and the candidates of
// ten change heuristics.
func TestGoldenHeuristics(t *testing.T) {
	g := readGolden(t)
	h := NewChange(&g.c, len(g.names), g.facts)
	rows, compared := 0, 0
	for _, line := range goldenFile(t, "heuristics.jsonl") {
		var row map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		var tx uint32
		var coinjoin, peeling int
		for name, into := range map[string]any{"i": &tx, "coinjoin": &coinjoin, "peeling": &peeling} {
			if err := json.Unmarshal(row[name], into); err != nil {
				t.Fatal(err)
			}
		}
		rows++
		if got := g.excludes(tx); got != (coinjoin == 1) {
			t.Errorf("transaction %d: CoinJoin %v", tx, got)
		}
		if got := h.Peeling(tx); got != (peeling == 1) {
			t.Errorf("transaction %d: peeling %v", tx, got)
		}
		first, _ := g.c.Outs(tx)
		for column, id := range goldenHeuristics {
			var want []uint32
			if err := json.Unmarshal(row[column], &want); err != nil {
				t.Fatal(err)
			}
			got, ok, err := h.Candidates(id, tx)
			if err != nil || !ok {
				t.Fatalf("transaction %d, %s: %v, %v", tx, id, ok, err)
			}
			for i := range got {
				got[i] -= first
			}
			compared++
			if !slices.Equal(got, want) {
				t.Errorf("transaction %d, %s: candidates %v, want %v", tx, id, got, want)
			}
		}
	}
	if rows != 154 || compared != 1540 {
		t.Errorf("%d rows and %d columns compared", rows, compared)
	}
}

func (g *golden) excludes(tx uint32) bool {
	var t Tx
	t.read(&g.c, tx, func(a uint32) bool { return g.facts.Kind(a) == KindData })
	t.measure()
	return generic(&t) > 0
}

// TestGoldenClusters: the clusterings without change, and those in which the
// unique candidate of one heuristic joins the inputs, member by member.
func TestGoldenClusters(t *testing.T) {
	g := readGolden(t)
	h := NewChange(&g.c, len(g.names), g.facts)
	cases := map[string]string{"none_ignorecoinjoin": "none", "none_withcoinjoin": "none"}
	for column, id := range goldenHeuristics {
		if column != "none" && column != "spent" {
			cases["unique_"+column] = id
		}
	}
	for name, id := range cases {
		b := base{c: &g.c, forest: NewForest(len(g.names))}
		if name != "none_withcoinjoin" {
			b.rule = func(tx uint32) int {
				if g.excludes(tx) {
					return 0
				}
				return -1
			}
		}
		if err := b.run(t.Context(), 0, uint32(g.c.Txs())); err != nil {
			t.Fatal(err)
		}
		for tx := range uint32(g.c.Txs()) {
			outs, _, err := h.Candidates(id, tx)
			if err != nil {
				t.Fatal(err)
			}
			if i, _ := g.c.Ins(tx); len(outs) == 1 && !g.excludes(tx) {
				b.forest.Union(g.c.Account[g.c.Coin[i]], g.c.Account[outs[0]])
			}
		}
		want := goldenFile(t, "cluster_"+name+".txt")
		slices.Sort(want)
		if d := cmp.Diff(want, g.lines(b.forest)); d != "" {
			t.Errorf("%s (-BlockSci +ours):\n%s", name, d)
		}
	}
}

// lines prints clusters as the golden files do.
func (g *golden) lines(f Forest) []string {
	members := map[uint32][]string{}
	for a, name := range g.names {
		if g.facts.Kind(uint32(a)) != KindData {
			members[f.Root(uint32(a))] = append(members[f.Root(uint32(a))], name)
		}
	}
	var out []string
	for _, m := range members {
		slices.Sort(m)
		out = append(out, strings.Join(m, " "))
	}
	slices.Sort(out)
	return out
}
