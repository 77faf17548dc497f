package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/tag"
)

// TestPeelsFold checks that a chain is one bar with its count, that opening it or
// unfolding all chains shows its accounts, and that a deep picture folds the rest.
func TestPeelsFold(t *testing.T) {
	d := run(t, "peel", ledgertest.PeelChain(3, 40).Doc)
	p := flowOf(t, d, PictureOptions{Unfold: []string{foldDust}})
	var chain *PictureNode
	for i, n := range p.Nodes {
		if n.Folded != nil && n.Folded.Why == foldPeel {
			chain = &p.Nodes[i]
		}
	}
	if chain == nil || chain.Folded.N < 30 || chain.MoreAccounts != chain.Folded.N-pictureAccounts {
		t.Fatalf("a chain of 40 steps is folded as %+v", chain)
	}
	if p.Within.Flows != chain.Folded.N-1 {
		t.Errorf("%d movements are inside a chain of %d", p.Within.Flows, chain.Folded.N)
	}
	if f := p.Folds[0]; f.Why != foldPeel || f.N != chain.Folded.N || f.Nodes != 1 {
		t.Errorf("the chain is counted as %+v", f)
	}
	for _, o := range []PictureOptions{{Open: []string{chain.ID}}, {Unfold: []string{foldPeel}}} {
		open := flowOf(t, d, o)
		if slices.ContainsFunc(open.Folds, func(f PictureFold) bool { return f.Why == foldPeel }) {
			t.Errorf("%+v: the chain is still folded", o)
		}
		deep := 0
		for _, n := range open.Nodes {
			if strings.HasSuffix(n.Label, " further on") {
				deep = n.Folded.N
			}
		}
		if deep < 25 || len(open.Columns) != pictureColumns+2 {
			t.Errorf("%+v: %d accounts lie deeper, %d columns", o, deep, len(open.Columns))
		}
	}
}

// TestSplittersAreNoPeels checks that what shares out, what takes together, and
// what passes half on is not folded.
func TestSplittersAreNoPeels(t *testing.T) {
	for name, story := range map[string]string{
		"halves":    "a > b 100\nb > c 50\nb > x 50\nc > d 25\nc > y 25\nd > e 12\nd > z 13\n",
		"three":     "a > b 100\nb > c 95\nc > d 90\nb > x 1\nb > y 1\nb > z 1\nc > u 1\nc > v 1\nc > w 1\nd > e 90\n",
		"two":       "a > b 100\nb > c 95\nb > x 5\nc > d 90\nc > y 5\n",
		"gathering": "a > b 50\na > c 50\nb > d 50\nc > d 50\nd > e 100\n",
	} {
		d := small(t, story)
		if p := flowOf(t, d, PictureOptions{}); len(p.Folds) > 0 {
			t.Errorf("%s: folded %+v", name, p.Folds)
		}
	}
	d := small(t, "a > b 100\nb > c 95\nb > x 5\nc > d 90\nc > y 5\nd > e 89\nd > z 1\ne > f 80\ne > g 9\n")
	if p := flowOf(t, d, PictureOptions{}); len(p.Folds) != 1 || p.Folds[0].N != 4 {
		t.Errorf("a chain of four is folded as %+v", p.Folds)
	}
}

// small is a story of plain payments; the first is stolen and its payer is outside
// of it.
func small(t *testing.T, payments string) *Document {
	t.Helper()
	var b strings.Builder
	b.WriteString("ledger test account native ETH\nloot 2024-01-01T00:00Z victim > a 100 ETH\n")
	for i, line := range strings.Split(strings.TrimSpace(payments), "\n") {
		fmt.Fprintf(&b, "p%d 2024-01-%02dT00:00Z %s ETH\n", i, i+2, line)
	}
	b.WriteString("theft Loot loot\n")
	doc, err := ledger.ParseText("small.txt", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return run(t, "small", doc)
}

// TestServicesFold checks that exits which tags give to one entity are one bar.
func TestServicesFold(t *testing.T) {
	d := small(t, "a > mix-1 20\na > mix-2 30\na > mix-3 50\n")
	d.Tags = func(l ledger.ID, a ledger.Account) []tag.Tag {
		if a == "mix-1" || a == "mix-2" {
			return []tag.Tag{{Label: "deposit of Kraken", Entity: "kraken"}}
		}
		return nil
	}
	p := flowOf(t, d, PictureOptions{})
	i := slices.IndexFunc(p.Nodes, func(n PictureNode) bool { return n.Label == "kraken" })
	if i < 0 {
		t.Fatal("there is no bar for kraken")
	}
	n := p.Nodes[i]
	if n.Kind != "exit" || n.Folded.N != 2 || n.Folded.Why != foldService || n.Amounts[0] != money.Units(50) || n.Tags != 2 || n.Tag != "deposit of Kraken" || n.Lower != nil {
		t.Errorf("kraken is %+v", n)
	}
	if open := flowOf(t, d, PictureOptions{Open: []string{n.ID}}); len(open.Folds) != 0 || len(open.Nodes) != len(p.Nodes)+1 {
		t.Errorf("opened, the services are %+v", open.Folds)
	}
}

// TestServicesOpen checks that a service with several accounts is one bar, and
// opened one for each, with what was paid to it.
func TestServicesOpen(t *testing.T) {
	d := small(t, "a > svc-k/1 20\na > svc-k/2 30\na > b 10\nb > svc-k/1 10\n")
	p := flowOf(t, d, PictureOptions{})
	i := slices.IndexFunc(p.Nodes, func(n PictureNode) bool { return n.Label == "Exchange k" })
	if i < 0 || p.Nodes[i].Amounts[0] != money.Units(60) || len(p.Nodes[i].Accounts) != 2 || p.Nodes[i].Lower == nil {
		t.Fatalf("the service is not one bar: %+v", p.Nodes)
	}
	for _, o := range []PictureOptions{{Open: []string{p.Nodes[i].ID}}, {Unfold: []string{foldService}}} {
		open := flowOf(t, d, o)
		got := map[string]string{}
		for _, n := range open.Nodes {
			if n.Kind == "exit" {
				got[n.Label] = fmt.Sprint(n.Amounts[0], n.Accounts, n.Lower, n.Place == p.Nodes[i].Place)
			}
		}
		if len(got) != 2 || got["svc-k/1"] != "30 [svc-k/1] <nil> true" || got["svc-k/2"] != "30 [svc-k/2] <nil> true" {
			t.Errorf("%+v: the service is %v", o, got)
		}
	}
}

// TestDustFolds checks that what is small is folded by kind and summed, and what
// may be large is not.
func TestDustFolds(t *testing.T) {
	d := document(t, "hundreds")
	p := flowOf(t, d, PictureOptions{Dust: 1000, Limit: pictureMost})
	least, _ := p.Entered[0].MulDiv(money.Units(1), money.Units(1000))
	dust := 0
	for _, n := range p.Nodes {
		if n.Folded != nil && n.Folded.Why == foldDust {
			dust += n.Folded.N
			continue
		}
		small := n.Kind != "theft"
		for i, a := range n.Amounts {
			small = small && (!p.Conserves[i] || a.Less(least))
		}
		if small && n.Ends && n.Kind == "held" && n.Upper.Less(p.Entered[0]) {
			t.Errorf("%s holds %v and is not dust", n.Label, n.Amounts)
		}
	}
	if dust < 5 || p.Folds[0].N != dust {
		t.Errorf("%d places are dust, counted as %+v", dust, p.Folds)
	}
	if whole := flowOf(t, d, PictureOptions{Dust: 1000, Unfold: []string{foldDust}, Limit: pictureMost}); len(whole.Nodes) != len(p.Nodes)+dust-p.Folds[0].Nodes {
		t.Errorf("%d bars with dust, %d with %d folded", len(whole.Nodes), len(p.Nodes), dust)
	}
}

// TestLimitFolds checks that a limit holds, that half of the bars are places, and
// that opening what is beyond it shows more.
func TestLimitFolds(t *testing.T) {
	d := document(t, "hundreds")
	all := len(flowOf(t, d, everything).Nodes)
	for _, limit := range []int{30, 60, 100, 250} {
		p := flowOf(t, d, PictureOptions{Limit: limit, Unfold: []string{foldDust}})
		ends := 0
		var others string
		for _, n := range p.Nodes {
			if n.Ends {
				ends++
			}
			if n.Folded != nil && n.Kind == "held" {
				others = n.ID
			}
		}
		if len(p.Nodes) > limit || len(p.Nodes) < min(limit, all)-10 || ends < limit/2-2 {
			t.Errorf("limit %d: %d bars, %d of them places", limit, len(p.Nodes), ends)
		}
		open := flowOf(t, d, PictureOptions{Limit: limit, Unfold: []string{foldDust}, Open: []string{others}})
		if others != "" && len(open.Nodes) <= len(p.Nodes)+5 {
			t.Errorf("limit %d: opening what is beyond it shows %d bars instead of %d", limit, len(open.Nodes), len(p.Nodes))
		}
	}
}

// TestFilters checks each filter on a trail that is known by heart.
func TestFilters(t *testing.T) {
	d := small(t, "a > b 60\nb > svc-x 40\nb > c 20\nc > mix-1 15\na > e 3\n")
	day := func(n int) time.Time { return time.Date(2024, 1, n, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		o                    PictureOptions
		labels               string
		places, nodes, flows int
		amount               uint64
	}{
		"all":    {PictureOptions{}, "Loot a b Exchange x c mix-1 e a c", 0, 0, 0, 0},
		"hops":   {PictureOptions{Hops: 2}, "Loot a b e a", 3, 1, 3, 60},
		"kinds":  {PictureOptions{Kinds: []string{"exit"}}, "Loot a b Exchange x c mix-1", 3, 0, 1, 45},
		"around": {PictureOptions{Around: "c"}, "b c mix-1 c", 3, 2, 4, 80},
		"steps":  {PictureOptions{Around: "mix-1", Steps: 2}, "b c mix-1 c", 3, 2, 4, 80},
		"least":  {PictureOptions{Min: money.Units(30)}, "Loot a b Exchange x a", 3, 1, 3, 23},
		"from":   {PictureOptions{From: day(3)}, "a b Exchange x c mix-1 e a c", 0, 1, 2, 0},
		"span":   {PictureOptions{From: day(2), Until: day(4)}, "a b Exchange x a", 3, 2, 4, 23},
		"no day": {PictureOptions{From: day(20)}, "", 5, 4, 6, 100},
	} {
		p := flowOf(t, d, c.o)
		var labels []string
		for _, n := range p.Nodes {
			labels = append(labels, n.Label)
		}
		got := fmt.Sprintf("%s; hidden %d places, %d nodes, %d flows, %s", strings.Join(labels, " "), p.Hidden.Places, p.Hidden.Nodes, p.Hidden.Flows, p.Hidden.Amounts[0])
		want := fmt.Sprintf("%s; hidden %d places, %d nodes, %d flows, %d", c.labels, c.places, c.nodes, c.flows, c.amount)
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
		if !p.From.Equal(day(1)) || !p.Until.Equal(day(6)) {
			t.Errorf("%s: the brush goes from %s to %s", name, p.From, p.Until)
		}
	}
}

// multitude is a graph with more transfers than are searched for look-alikes.
type multitude struct{ graph.Graph }

func (g multitude) Info() graph.Info {
	info := g.Graph.Info()
	info.Transfers = meetMost + 1
	return info
}

// TestMarks checks that an address which another imitates is marked, whether the
// other is on the trail or only in the data, and that a token is.
func TestMarks(t *testing.T) {
	story := strings.Replace(stories["five"], "theft Heist e1", "x1 2025-02-25T00:00Z 0x47660000000000000000000000000000000086e2 > 0x9999cccc2222cccc2222cccc2222cccc22229999 1 ETH\ntheft Heist e1", 1)
	doc, err := ledger.ParseText("five.txt", strings.NewReader(story))
	if err != nil {
		t.Fatal(err)
	}
	p := flowOf(t, run(t, "five", doc), PictureOptions{})
	got := map[string]string{}
	for _, n := range p.Nodes {
		if n.Alike != "" {
			got[n.Label] = fmt.Sprintf("%s %v", n.Alike, n.AlikeOff)
			if !strings.HasPrefix(n.Short, alike) {
				t.Errorf("%s has no mark: %s", n.Label, n.Short)
			}
		}
	}
	for label, want := range map[string]string{
		"0xa4b2aaaa1111aaaa1111aaaa1111aaaa1111449e": "0xa4b2bbbb1111bbbb1111bbbb1111bbbb1111449e false",
		"0xa4b2bbbb1111bbbb1111bbbb1111bbbb1111449e": "0xa4b2aaaa1111aaaa1111aaaa1111aaaa1111449e false",
		"0x47666fab8bd0ac7003bce3f5c3585383f09486e2": "0x47660000000000000000000000000000000086e2 true",
	} {
		if got[label] != want {
			t.Errorf("%s looks like %q, want %q", label, got[label], want)
		}
	}
	if !p.Searched {
		t.Error("the data was searched, and the picture says that it was not")
	}
	broad := run(t, "five", doc)
	broad.Graph = multitude{broad.Graph}
	p = flowOf(t, broad, PictureOptions{})
	for _, n := range p.Nodes {
		if n.AlikeOff {
			t.Errorf("%s: data that is too much to search was searched", n.Label)
		}
	}
	if g, err := GraphPicture(broad, PictureOptions{}); err != nil || p.Searched || g.Searched {
		t.Errorf("the pictures say that the data was searched (%v)", err)
	}
	s := scope{t: run(t, "five", doc).Trail}
	s.t.Stamp.Ledgers[0].Assets = []money.Asset{{ID: "a", Symbol: "ETH", Known: true}}
	for symbol, want := range map[string]string{"ETH": "ETH", "ЕТН": "ETH", "USDT": "", "": ""} {
		if got := s.imitates(money.Asset{ID: "b", Symbol: symbol}); got != want {
			t.Errorf("%q imitates %q, want %q", symbol, got, want)
		}
	}
	if s.imitates(money.Asset{ID: "a", Symbol: "ETH", Known: true}) != "" {
		t.Error("a known asset imitates nothing")
	}
}
