package cluster

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// groups makes a base layer of clusters of the given sizes.
func groups(sizes ...int) (f Forest, firsts []uint32) {
	for _, n := range sizes {
		first := len(f)
		f = f.Grow(first + n)
		firsts = append(firsts, uint32(first))
		for i := range n {
			f.Union(uint32(first), uint32(first+i))
		}
	}
	return f, firsts
}

func layered(t testing.TB, f Forest, links []Link, services map[uint32]string, apart []Apart, p LayerParams) *Layer {
	t.Helper()
	l, err := NewLayer(f, links, services, apart, p)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestGuard: two clusters of N+1 addresses need two links; one of N needs one;
// two links of one transaction are one.
func TestGuard(t *testing.T) {
	p := DefaultLayer()
	n := p.GuardSize
	for _, c := range []struct {
		name  string
		sizes [2]int
		txs   []uint32
		want  bool
	}{
		{"N+1 and N+1, one link", [2]int{n + 1, n + 1}, []uint32{7}, false},
		{"N+1 and N+1, two links", [2]int{n + 1, n + 1}, []uint32{7, 8}, true},
		{"N+1 and N+1, two links of one transaction", [2]int{n + 1, n + 1}, []uint32{7, 7}, false},
		{"N and N+1, one link", [2]int{n, n + 1}, []uint32{7}, true},
	} {
		f, firsts := groups(c.sizes[0], c.sizes[1])
		var links []Link
		for i, tx := range c.txs {
			links = append(links, Link{Tx: tx, Out: uint32(i), From: firsts[0] + uint32(i), To: firsts[1] + uint32(i)})
		}
		l := layered(t, f, links, nil, nil, p)
		if got := l.Extended.Root(firsts[0]) == l.Extended.Root(firsts[1]); got != c.want {
			t.Errorf("%s: joined is %v", c.name, got)
		}
		if !c.want && (len(l.Conflicts) != len(links) || l.Conflicts[0].Reason != BlockedGuard) {
			t.Errorf("%s: conflicts %+v", c.name, l.Conflicts)
		}
		if f.Root(firsts[1]) != firsts[1] {
			t.Errorf("%s: the base layer was changed", c.name)
		}
	}
}

// TestCannotLink: services under different names, and pairs known to be apart,
// stay apart also when they are reached through others; the link waits.
func TestCannotLink(t *testing.T) {
	f, g := groups(1, 1, 1, 1)
	chain := []Link{{Tx: 1, From: g[0], To: g[1]}, {Tx: 2, From: g[1], To: g[2]}, {Tx: 3, From: g[2], To: g[3]}}
	for _, c := range []struct {
		name     string
		services map[uint32]string
		apart    []Apart
		want     string // the roots, and the reasons
	}{
		{"nothing", nil, nil, "0 0 0 0"},
		{"same service", map[uint32]string{0: "a", 3: "a"}, nil, "0 0 0 0"},
		{"two services", map[uint32]string{0: "a", 3: "b"}, nil, "0 0 0 3 " + BlockedTags},
		{"apart", nil, []Apart{{g[3], g[1]}}, "0 0 0 3 " + BlockedApart},
	} {
		l := layered(t, f, chain, c.services, c.apart, DefaultLayer())
		var got []string
		for _, r := range l.Extended {
			got = append(got, string(rune('0'+r)))
		}
		for _, k := range l.Conflicts {
			got = append(got, k.Reason)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
	if _, err := NewLayer(f, nil, nil, nil, LayerParams{}); !errors.Is(err, ErrLayer) {
		t.Errorf("no guard: %v", err)
	}
}

// TestLayerOrder: a layer depends on its links, not on the order in which they
// are given, never splits the base and never joins without a followed link.
func TestLayerOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, _ := groups(rapid.SliceOfN(rapid.IntRange(1, 5), 2, 8).Draw(t, "sizes")...)
		account := rapid.Uint32Range(0, uint32(len(f)-1))
		var links []Link
		for i := range rapid.IntRange(0, 20).Draw(t, "links") {
			links = append(links, Link{Tx: uint32(i), From: account.Draw(t, "from"), To: account.Draw(t, "to")})
		}
		services := map[uint32]string{account.Draw(t, "a"): "a", account.Draw(t, "b"): "b"}
		apart := []Apart{{account.Draw(t, "x"), account.Draw(t, "y")}}
		p := LayerParams{GuardSize: 2, GuardEdges: 2}
		one, err := NewLayer(f, links, services, apart, p)
		if err != nil {
			t.Fatal(err)
		}
		two, err := NewLayer(f, rapid.Permutation(links).Draw(t, "order"), services, apart, p)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(one, two); d != "" {
			t.Fatal(d)
		}
		if len(one.Followed)+len(one.Conflicts) != len(links) {
			t.Fatalf("%d links: %d followed, %d waiting", len(links), len(one.Followed), len(one.Conflicts))
		}
		want := slices.Clone(f)
		for _, k := range one.Followed {
			want.Union(k.From, k.To)
		}
		want.Flatten()
		if !slices.Equal(want, one.Extended) {
			t.Fatal("the layer is not the base and its followed links")
		}
	})
}

// TestBallot: only a sole candidate is a vote, only the heaviest output a link,
// and a tie is none.
func TestBallot(t *testing.T) {
	s := text(t, `coin a A:1000000
coin b B:5
t1 2018-01-26T00:02Z a.0 -> A:400000 X:600000
t2 2018-01-26T00:03Z t1.1 -> B:200000 Y:400000
t3 2018-01-26T00:04Z t2.0 b.0 -> P:100001 Q:100004
`)
	c, _ := s.CoinColumns()
	h := NewChange(&c, s.Accounts(), Facts{})
	p := LayerParams{Rules: []string{"address-reuse", "address-type", "client-change", "shadow"}, MinWeight: 50}
	for _, want := range []struct {
		tx    string
		votes int
		ok    bool
		place uint32
	}{{"t1", 3, true, 0}, {"t2", 2, true, 1}, {"t3", 0, false, 0}} {
		ids, err := s.Find(want.tx)
		if err != nil {
			t.Fatal(err)
		}
		tx := uint32(ids[0])
		votes, link, ok := h.Ballot(tx, p)
		first, _ := c.Outs(tx)
		if len(votes) != want.votes || ok != want.ok || ok && link.Out-first != want.place {
			t.Errorf("%s: %d votes %+v, link %+v %v", want.tx, len(votes), votes, link, ok)
		}
	}
	if _, _, ok := h.Ballot(2, LayerParams{Rules: []string{"client-change"}, MinWeight: 50}); ok {
		t.Error("a link of too little weight")
	}
	if _, ok, _ := h.Candidates("locktime", 2); ok {
		t.Error("the locktime rule did not abstain without locktimes")
	}
	if _, ok, _ := h.Candidates("none", 0); ok {
		t.Error("a heuristic on a transaction without inputs")
	}
	if _, _, err := h.Candidates("nosuch", 2); !errors.Is(err, ErrRule) {
		t.Errorf("unknown heuristic: %v", err)
	}
	ids, _ := s.Find("t2")
	tx := uint32(ids[0])
	if first, _ := c.Outs(tx); !slices.Equal(h.Survivors(tx, []string{"client-change", "shadow", "locktime"}), []uint32{first + 1}) {
		t.Errorf("survivors of t2: %v", h.Survivors(tx, []string{"client-change", "shadow"}))
	}
	ids, _ = s.Find("t3")
	if tx := uint32(ids[0]); !h.Discounted(tx) || h.Unnecessary(0) {
		t.Error("t3 did not need its second input, and a coin before the data needs none")
	}
}

// TestLinksOfChain: links of a random chain come only from transactions that
// nothing excludes, pay who they say, and never reach the base layer.
func TestLinksOfChain(t *testing.T) {
	s := put(t, filepath.Join(t.TempDir(), "st"), ledgertest.Chain{Seed: 8, Length: 40, PerBlock: 8})
	r := build(t, s, nil, Params{Rules: []string{"generic"}})
	before := file(t, r)
	links, err := r.Links(s, nil, DefaultLayer())
	if err != nil {
		t.Fatal(err)
	}
	c, _ := s.CoinColumns()
	for _, k := range links {
		if slices.ContainsFunc(r.Excluded, func(x Exclusion) bool { return x.Tx == k.Tx }) {
			t.Fatalf("a link of the CoinJoin %d", k.Tx)
		}
		sum := 0
		for _, v := range k.Votes {
			sum += v.Weight
		}
		if c.TxOf(k.Out) != k.Tx || c.Account[k.Out] != k.To || sum != k.Weight || sum < 50 {
			t.Fatalf("link %+v", k)
		}
	}
	l := layered(t, r.Labels, links, nil, nil, DefaultLayer())
	if len(links) < 20 || len(l.Followed) != len(links) {
		t.Errorf("%d links, %d followed", len(links), len(l.Followed))
	}
	if !slices.Equal(before, file(t, r)) {
		t.Error("the layer changed the base")
	}
}
