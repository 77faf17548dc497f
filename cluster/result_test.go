package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// put reads sources into one store, one after the other, and opens it.
func put(t testing.TB, dir string, sources ...ledger.Source) *graph.Store {
	t.Helper()
	for _, src := range sources {
		w, err := graph.OpenWriter(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := graph.Ingest(context.Background(), w, src, graph.IngestOptions{Undo: true}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := graph.OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// text makes a store of a ledger in the text form.
func text(t testing.TB, lines string) *graph.Store {
	t.Helper()
	d, err := ledger.ParseText("test", strings.NewReader("ledger demo utxo native BTC\n"+lines))
	if err != nil {
		t.Fatal(err)
	}
	return put(t, filepath.Join(t.TempDir(), "st"), d)
}

func build(t testing.TB, s *graph.Store, keys Keys, p Params) *Result {
	t.Helper()
	r, err := Build(context.Background(), s, keys, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mirror is a codec's Keys for tests: an account is one with that whose name is
// its own read backwards.
type mirror struct{}

func (mirror) Siblings(key []byte) [][]byte {
	other := slices.Clone(key)
	slices.Reverse(other)
	return [][]byte{other}
}
func (mirror) Kind(key []byte) Kind { return Kind(2 + len(key)) }

// file is what Write keeps.
func file(t testing.TB, r *Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := r.encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOracle compares clusters, sizes and balances with components that are
// found through the transfers of the store, by names.
func TestOracle(t *testing.T) {
	joined, excluded := 0, 0
	for seed := range uint64(6) {
		s := put(t, filepath.Join(t.TempDir(), "st"), ledgertest.Chain{Seed: seed, Length: 40, PerBlock: 8})
		for _, keys := range []Keys{nil, mirror{}} {
			r := build(t, s, keys, Params{Rules: []string{"generic"}, Keys: keys != nil})
			want, balance := oracle(t, s, keys != nil)
			for a := range uint32(s.Accounts()) {
				name, _ := s.AccountName(a)
				if r.Labels[a] != want[name] {
					t.Fatalf("seed %d: %s is in cluster %d, should be in %d", seed, name, r.Labels[a], want[name])
				}
				if c, _ := r.Of(a); c.Balance != balance[want[name]] || int(c.Size) != len(r.Members(c.Root)) {
					t.Fatalf("seed %d: cluster of %s: %+v, balance should be %d", seed, name, c, balance[want[name]])
				}
			}
			joined, excluded = joined+len(r.Edges)+len(r.KeyEdges), excluded+len(r.Excluded)
		}
	}
	if joined < 500 || excluded < 5 {
		t.Errorf("%d merges, %d CoinJoins: too few to prove anything", joined, excluded)
	}
}

func oracle(t *testing.T, s *graph.Store, keys bool) (map[ledger.Account]uint32, map[uint32]uint64) {
	t.Helper()
	var edges [][2]uint32
	number := func(a ledger.Account) uint32 { n, _ := s.AccountNumber(a); return n }
	for id := range s.Info().Transfers {
		e, err := s.Entry(graph.ID(id))
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == ledger.Coinbase || slowGeneric(e.Transfer) {
			continue
		}
		for _, d := range e.Debits {
			edges = append(edges, [2]uint32{number(e.Debits[0].Account), number(d.Account)})
		}
	}
	names := make([]ledger.Account, s.Accounts())
	for a := range names {
		names[a], _ = s.AccountName(uint32(a))
		if keys {
			other := []byte(names[a])
			slices.Reverse(other)
			if n, ok := s.AccountNumber(ledger.Account(other)); ok {
				edges = append(edges, [2]uint32{uint32(a), n})
			}
		}
	}
	label := components(len(names), edges)
	want, balance := map[ledger.Account]uint32{}, map[uint32]uint64{}
	for a, name := range names {
		want[name] = label[a]
		b, _, err := s.CoinBalance(name)
		if err != nil {
			t.Fatal(err)
		}
		held, err := strconv.ParseUint(b.Received.Sub(b.Spent).String(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		balance[label[a]] += held
	}
	return want, balance
}

// slowGeneric is the generic rule written a second time.
func slowGeneric(t *ledger.Transfer) bool {
	values, from := map[string]int{}, map[ledger.Account]bool{}
	for _, c := range t.Credits {
		values[c.Amount.String()]++
	}
	for _, d := range t.Debits {
		from[d.Account] = true
	}
	half := len(t.Credits)/2 + len(t.Credits)%2
	if len(t.Debits) < max(2, half) || len(t.Credits) < 3 || len(from) < half {
		return false
	}
	most := slices.Max(slices.Collect(maps.Values(values)))
	return most == half && values["546"] != most && values["2730"] != most
}

// TestOrderOfBlocks: blocks in any order make the same clusters.
func TestOrderOfBlocks(t *testing.T) {
	s := put(t, filepath.Join(t.TempDir(), "st"), ledgertest.Chain{Seed: 3, Length: 30, PerBlock: 8})
	c, _ := s.CoinColumns()
	want := build(t, s, nil, Params{Rules: DefaultRules()})
	firsts := append(slices.Clone(s.FirstOfBlocks()), uint32(c.Txs()))
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := range len(firsts) - 1 {
				if !yield(i) {
					return
				}
			}
		})).Draw(t, "blocks")
		b := base{c: &c, forest: NewForest(s.Accounts()), rule: want.rule(s, &c, nil)}
		for _, i := range order {
			if err := b.run(context.Background(), firsts[i], firsts[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		b.forest.Flatten()
		if !slices.Equal(b.forest, want.Labels) {
			t.Fatal("other clusters")
		}
	})
}

// TestUpdate: following a chain that grows, loses blocks to another branch, or
// only loses them, gives byte for byte what a build anew gives.
func TestUpdate(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(5) {
		for _, keys := range []Keys{nil, mirror{}} {
			dir := filepath.Join(t.TempDir(), "st")
			p := Params{Rules: DefaultRules(), Keys: keys != nil}
			s := put(t, dir, ledgertest.Chain{Seed: seed, Length: 20})
			r := build(t, s, keys, p)
			first := file(t, r)
			for _, chain := range []ledgertest.Chain{
				{Seed: seed, Length: 35},
				{Seed: seed, Length: 36, Fork: 22, ForkSeed: seed + 100},
				{Seed: seed, Length: 37, Fork: 12, ForkSeed: seed + 200},
			} {
				s = put(t, dir, chain)
				if err := r.Update(ctx, s, keys); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(file(t, r), file(t, build(t, s, keys, p))) {
					t.Fatalf("seed %d, keys %v: not what a build gives after %+v", seed, keys != nil, chain)
				}
			}
			put(t, dir, ledgertest.Chain{Seed: seed, Length: 38})
			undo(t, dir, 19)
			s = put(t, dir)
			if err := r.Update(ctx, s, keys); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file(t, r), first) {
				t.Fatalf("seed %d: undo did not restore the clustering", seed)
			}
		}
	}
	r := build(t, put(t, filepath.Join(t.TempDir(), "a"), ledgertest.Chain{Seed: 1, Length: 9}), nil, Params{})
	before := file(t, r)
	other := put(t, filepath.Join(t.TempDir(), "b"), ledgertest.Chain{Seed: 2, Length: 9})
	if err := r.Update(ctx, other, nil); !errors.Is(err, ErrReplaced) {
		t.Errorf("another chain: %v", err)
	}
	if err := r.Covers(other); !errors.Is(err, ErrReplaced) {
		t.Errorf("another chain: %v", err)
	}
	if !bytes.Equal(before, file(t, r)) {
		t.Error("a refused update changed the clustering")
	}
}

// TestUpdateWithCuts: with exchanges named and evidence taken back, of transactions
// that are there, will come, were on another branch or never are, following is still
// byte for byte building anew.
func TestUpdateWithCuts(t *testing.T) {
	for seed := range uint64(4) {
		chains := []ledgertest.Chain{
			{Seed: seed, Length: 20}, {Seed: seed, Length: 34}, {Seed: seed, Length: 36, Fork: 15, ForkSeed: seed + 7}, {Seed: seed, Length: 40},
		}
		p := Params{Rules: DefaultRules(), Cuts: []Cut{{Tx: "never"}, {Tx: "never", Address: "nobody"}}}
		cuts := 0
		for i, chain := range chains {
			s := put(t, filepath.Join(t.TempDir(), fmt.Sprint("whole", i)), chain)
			c, _ := s.CoinColumns()
			for tx := range uint32(c.Txs()) {
				if from, to := c.Ins(tx); to-from < 2 || tx%3 != uint32(i)%3 {
					continue
				}
				in, _ := c.Ins(tx)
				who, err := s.AccountName(c.Account[c.Coin[in]])
				if err != nil {
					t.Fatal(err)
				}
				switch cuts++; tx % 4 {
				case 0:
					p.Cuts = append(p.Cuts, Cut{Tx: s.TxName(tx)})
				case 1:
					p.Cuts = append(p.Cuts, Cut{Tx: s.TxName(tx), Address: who})
				default:
					p.Exchanges = append(p.Exchanges, who)
				}
			}
		}
		if cuts < 20 {
			t.Fatalf("seed %d: %d cuts and exchanges are no test", seed, cuts)
		}
		dir := filepath.Join(t.TempDir(), "st")
		r := build(t, put(t, dir, chains[0]), nil, p)
		for _, chain := range chains[1:] {
			s := put(t, dir, chain)
			if err := r.Update(t.Context(), s, nil); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file(t, r), file(t, build(t, s, nil, p))) {
				t.Fatalf("seed %d: not what a build gives after %+v", seed, chain)
			}
		}
	}
}

func undo(t *testing.T, dir string, height uint64) {
	t.Helper()
	w, err := graph.OpenWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.UndoTo(height), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestCut: evidence taken back splits exactly the cluster that it held
// together, into the components without it.
func TestCut(t *testing.T) {
	split := 0
	for seed := range uint64(8) {
		s := put(t, filepath.Join(t.TempDir(), "st"), ledgertest.Chain{Seed: seed, Length: 12, PerBlock: 4})
		r := build(t, s, nil, Params{Rules: DefaultRules()})
		rng := rand.New(rand.NewPCG(seed, 1))
		for range 20 {
			e := r.Edges[rng.IntN(len(r.Edges))]
			name, _ := s.AccountName(e.B)
			for _, cut := range []Cut{{Tx: s.TxName(e.Tx)}, {s.TxName(e.Tx), name}, {Tx: "gone"}, {s.TxName(e.Tx), "gone"}} {
				without := build(t, s, nil, Params{Rules: DefaultRules(), Cuts: []Cut{cut}})
				for a, l := range r.Labels {
					if l != r.Labels[e.A] && without.Labels[a] != l {
						t.Fatalf("account %d of another cluster moved", a)
					}
				}
				for a, l := range without.Labels {
					if r.Labels[a] != r.Labels[l] {
						t.Fatalf("a cut joined %d and %d", a, l)
					}
				}
				split += len(without.Clusters) - len(r.Clusters)
			}
		}
	}
	if split < 20 {
		t.Errorf("only %d splits", split)
	}
}

// TestWhy: every pair of a cluster is explained by a chain of merges that leads
// from one to the other, and each transaction of it spends from both.
func TestWhy(t *testing.T) {
	s := put(t, filepath.Join(t.TempDir(), "st"), ledgertest.Chain{Seed: 5, Length: 30, PerBlock: 8})
	r := build(t, s, mirror{}, Params{Rules: DefaultRules(), Keys: true})
	steps, byKey := 0, 0
	for a := range uint32(s.Accounts()) {
		name, _ := s.AccountName(a)
		root, _ := s.AccountName(r.Labels[a])
		path, err := r.Explain(s, name, root)
		if err != nil {
			t.Fatal(err)
		}
		at := name
		for _, p := range path {
			if p.From != at {
				t.Fatalf("%s to %s: a step from %s after %s", name, root, p.From, at)
			}
			at = p.To
			if p.Tx == "" {
				byKey++
				continue
			}
			steps++
			ids, _ := s.Find(p.Tx)
			e, _ := s.Entry(ids[0])
			for _, who := range []ledger.Account{p.From, p.To} {
				if !slices.ContainsFunc(e.Debits, func(d ledger.Debit) bool { return d.Account == who }) {
					t.Fatalf("%s does not spend from %s", p.Tx, who)
				}
			}
		}
		if at != root {
			t.Fatalf("the chain from %s ends at %s, not at %s", name, at, root)
		}
	}
	if steps < 100 || byKey == 0 {
		t.Errorf("%d steps by transactions, %d by key", steps, byKey)
	}
	if r.Why(0, ^uint32(0)) != nil {
		t.Error("an account that there is not is explained")
	}
	if _, err := r.Explain(s, "nobody", "0"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown address: %v", err)
	}
}

// TestTaggedCoinJoin: a CoinJoin of two services merges nothing, and does when
// no rule is in use.
func TestTaggedCoinJoin(t *testing.T) {
	s := text(t, `coin a kraken:60
coin b bitstamp:70
mix 2018-01-26T00:02Z a.0 b.0 -> x:50 y:50 kraken2:10 bitstamp2:20
`)
	for _, want := range []struct {
		rules    []string
		clusters int
	}{{[]string{"generic"}, 6}, {DefaultRules(), 6}, {nil, 5}} {
		r := build(t, s, nil, Params{Rules: want.rules})
		if len(r.Clusters) != want.clusters {
			t.Errorf("rules %v: %d clusters, want %d", want.rules, len(r.Clusters), want.clusters)
		}
	}
	if _, err := Build(t.Context(), s, nil, Params{Rules: []string{"generik"}}); !errors.Is(err, ErrRule) || !strings.Contains(fmt.Sprint(err), "wasabi-2.0") {
		t.Errorf("unknown rule: %v", err)
	}
	if _, err := Build(t.Context(), s, nil, Params{Keys: true}); !errors.Is(err, ErrKeys) {
		t.Errorf("keys without a reader: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Build(ctx, s, nil, Params{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
