package trace

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/graph"
)

// drawChain makes the columns of a small chain: narrow amounts, so that many places
// are full; outputs of nothing; several outputs of one transaction spent together.
func drawChain(t *rapid.T) graph.CoinColumns {
	var c graph.CoinColumns
	var unspent []uint32
	amount := rapid.Uint64Range(0, 12)
	for tx := range rapid.IntRange(3, 24).Draw(t, "transactions") {
		c.TxOut, c.TxIn = append(c.TxOut, uint32(len(c.Value))), append(c.TxIn, uint32(len(c.Coin)))
		sum := uint64(0)
		for range min(len(unspent), rapid.IntRange(0, 4).Draw(t, "inputs")) {
			i := rapid.IntRange(0, len(unspent)-1).Draw(t, "coin")
			coin := unspent[i]
			unspent = slices.Delete(unspent, i, i+1)
			c.Coin, c.Spent[coin] = append(c.Coin, coin), uint32(tx)
			sum += c.Value[coin]
		}
		if int(c.TxIn[tx]) == len(c.Coin) {
			sum = amount.Draw(t, "mined")
		}
		for range rapid.IntRange(1, 4).Draw(t, "outputs") {
			v := min(sum, amount.Draw(t, "value"))
			sum -= v
			unspent = append(unspent, uint32(len(c.Value)))
			c.Value, c.Spent, c.Account = append(c.Value, v), append(c.Spent, 0), append(c.Account, 0)
		}
		if rapid.IntRange(0, 3).Draw(t, "fee") > 0 {
			c.Value[len(c.Value)-1] += sum
			sum = 0
		}
		c.Fee = append(c.Fee, sum)
	}
	return c
}

// drawGroups parts the ends of a trail in groups, and leaves some out.
func drawGroups(t *rapid.T, ends []SweptEnd) [][]uint32 {
	groups := make([][]uint32, rapid.IntRange(1, 3).Draw(t, "groups"))
	for _, e := range ends {
		if g := rapid.IntRange(0, len(groups)).Draw(t, "group"); g < len(groups) {
			groups[g] = append(groups[g], e.Out)
		}
	}
	return groups
}

// plainFlow is the network of tracing method 4.4 made once more, as a table of what
// is left between nodes, and the flow found by one path after another.
type plainFlow struct {
	left               map[[2]int]uint64
	source, sink, size int
}

func newPlainFlow(c graph.CoinColumns, seeds, outs []uint32, fees bool, without []uint32) *plainFlow {
	n := c.Txs()
	f := &plainFlow{left: map[[2]int]uint64{}, source: n, sink: n + 1, size: n + 2}
	on := make([]bool, n)
	add := func(from int, out uint32) {
		if slices.Contains(without, out) {
			return
		}
		if by, spent := c.Spender(out); spent {
			f.left[[2]int{from, int(by)}] += c.Value[out]
			on[by] = true
		} else if slices.Contains(outs, out) {
			f.left[[2]int{from, f.sink}] += c.Value[out]
		}
	}
	for _, out := range seeds {
		add(f.source, out)
	}
	for tx := range n {
		if !on[tx] {
			continue
		}
		from, to := c.Outs(uint32(tx))
		for out := from; out < to; out++ {
			add(tx, out)
		}
		if fees {
			f.left[[2]int{tx, f.sink}] += c.Fee[tx]
		}
	}
	return f
}

func (f *plainFlow) most() (moved uint64) {
	for {
		before := slices.Repeat([]int{-1}, f.size)
		before[f.source] = f.source
		for queue := []int{f.source}; len(queue) > 0; queue = queue[1:] {
			for y := range f.size {
				if before[y] < 0 && f.left[[2]int{queue[0], y}] > 0 {
					before[y] = queue[0]
					queue = append(queue, y)
				}
			}
		}
		if before[f.sink] < 0 {
			return moved
		}
		d := ^uint64(0)
		for y := f.sink; y != f.source; y = before[y] {
			d = min(d, f.left[[2]int{before[y], y}])
		}
		for y := f.sink; y != f.source; y = before[y] {
			f.left[[2]int{before[y], y}] -= d
			f.left[[2]int{y, before[y]}] += d
		}
		moved += d
	}
}

// drawTrail makes a chain, a theft and groups of its ends, and their exact bounds by
// plainFlow; false when seeds lie on each other's trail.
func drawTrail(t *rapid.T) (b *bounder, exact [][2]uint64, ok bool) {
	c := drawChain(t)
	seeds := rapid.SliceOfNDistinct(rapid.Uint32Range(0, uint32(len(c.Value)-1)/2), 1, 2, rapid.ID[uint32]).Draw(t, "seeds")
	swept, err := SweepAll(t.Context(), c, seeds, nil, []Policy{OnePass}, 1)
	if errors.Is(err, ErrQuestion) {
		return nil, nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	groups := drawGroups(t, swept[0].Ends)
	stolen := uint64(0)
	for _, out := range seeds {
		stolen += c.Value[out]
	}
	for _, g := range groups {
		var others []uint32
		for _, e := range swept[0].Ends {
			if !slices.Contains(g, e.Out) {
				others = append(others, e.Out)
			}
		}
		most := newPlainFlow(c, seeds, g, false, nil).most()
		exact = append(exact, [2]uint64{stolen - newPlainFlow(c, seeds, others, true, nil).most(), most})
	}
	if b, err = newBounder(t.Context(), c, seeds, nil, groups, BoundOptions{Workers: 1}); err != nil {
		t.Fatal(err)
	}
	return b, exact, true
}

// checkTrails draws trails, many a check: most are too simple for what a test is after.
func checkTrails(t *testing.T, check func(t *rapid.T, b *bounder, exact [][2]uint64)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			if b, exact, ok := drawTrail(t); ok {
				check(t, b, exact)
			}
		}
	})
}

// TestBoundsAreThoseOfPlainFlows: bounds are those of a flow found path by path in a
// network made without ours, also where the wave gives up; and without its cut nothing
// reaches the group.
func TestBoundsAreThoseOfPlainFlows(t *testing.T) {
	for _, work := range []int{waveWork, 0} {
		t.Run(fmt.Sprint(work), func(t *testing.T) {
			defer func(was int) { waveWork = was }(waveWork)
			waveWork = work
			searched, positive := 0, 0
			checkTrails(t, func(t *rapid.T, b *bounder, exact [][2]uint64) {
				if err := b.run(); err != nil {
					t.Fatal(err)
				}
				for g, r := range b.out {
					if !r.TightL || !r.TightU || r.L != exact[g][0] || r.U != exact[g][1] {
						t.Fatalf("group %v: %+v, want %v", b.groups[g], r, exact[g])
					}
					sum := uint64(0)
					for _, out := range r.CutU {
						sum += b.n.c.Value[out]
					}
					if leak := newPlainFlow(b.n.c, b.s.seeds, b.groups[g], false, r.CutU).most(); sum != r.U || leak > 0 {
						t.Fatalf("group %v: cut %v of %d for %d lets %d through", b.groups[g], r.CutU, sum, r.U, leak)
					}
					searched, positive = searched+b2i(r.Searched), positive+b2i(r.L > 0)
				}
			})
			if searched == 0 || positive == 0 {
				t.Errorf("%d searches, %d lower bounds above zero: too few to prove anything", searched, positive)
			}
		})
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestStoppedBoundsHold: stopped at any moment, bounds contain the exact ones, say
// whether they are, and leave nothing behind for the next group.
func TestStoppedBoundsHold(t *testing.T) {
	defer func(was int) { between = was }(between)
	between = 0
	wide := 0
	checkTrails(t, func(t *rapid.T, b *bounder, exact [][2]uint64) {
		looks, from, to := 0, rapid.IntRange(0, 60).Draw(t, "from"), rapid.IntRange(1, 60).Draw(t, "looks")
		p := newFlowSearch(b.n, func() bool { looks++; return looks > from && looks <= from+to })
		for range 2 {
			for g := range b.groups {
				r, err := b.bound(p, g)
				if err != nil {
					t.Fatal(err)
				}
				l, u := exact[g][0], exact[g][1]
				if r.L > l || r.U < u || r.TightL && r.L != l || r.TightU && r.U != u {
					t.Fatalf("group %v: %+v, exact is %v", b.groups[g], r, exact[g])
				}
				if !r.TightU && r.AtLeastU > u || !r.TightL && r.AtMostL < l {
					t.Fatalf("group %v: %+v claims too much, exact is %v", b.groups[g], r, exact[g])
				}
				wide += b2i(!r.TightU)
			}
		}
	})
	if wide == 0 {
		t.Error("no search was stopped")
	}
}

// TestWavesConserve: what a wave has sent leaves each node as it came, within what
// edges hold, and arrives as it says.
func TestWavesConserve(t *testing.T) {
	checkTrails(t, func(t *rapid.T, b *bounder, _ [][2]uint64) {
		p := newFlowSearch(b.n, func() bool { return false })
		for g := range b.groups {
			for _, from := range []side{fromSeeds, fromGroup} {
				var edges []uint32
				held := uint64(0)
				for _, out := range b.groups[g] {
					if e, ok := b.n.edgeOf(out); ok {
						edges, held = append(edges, e), held+b.n.value[e]
					}
				}
				p.setGroup(edges)
				p.empty()
				p.from = from
				moved, _ := p.surge(min(held, b.supply))
				conserves(t, p, moved)
			}
		}
	})
}

func conserves(t *rapid.T, p *flowSearch, moved uint64) {
	n := p.n
	in, out := make([]uint64, len(n.txs)), make([]uint64, len(n.txs))
	arrived := uint64(0)
	for i, s := range n.seeds {
		in[s.node] += s.amount - p.left[i]
	}
	for e, v := range p.flow {
		if v > n.value[e] || v > 0 && n.head[e] < 0 && !p.inGroup[e] {
			t.Fatalf("edge %d of %d has %d, from side %d", e, n.value[e], v, p.from)
		}
		if out[n.tail[e]] += v; n.head[e] >= 0 {
			in[n.head[e]] += v
		} else {
			arrived += v
		}
	}
	if !slices.Equal(in, out) || arrived != moved {
		t.Fatalf("in %v, out %v; %d arrived of %d, from side %d", in, out, arrived, moved, p.from)
	}
}
