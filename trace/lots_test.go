package trace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/money"
)

func lots(pairs ...uint64) []Lot {
	var out []Lot
	for i := 0; i < len(pairs); i += 2 {
		out = push(out, Lot{colour(pairs[i]), money.Units(pairs[i+1])})
	}
	return out
}

// drawLots makes a short list of lots.
func drawLots(t *rapid.T, name string) []Lot {
	var out []Lot
	for range rapid.IntRange(1, 6).Draw(t, name+" count") {
		out = push(out, Lot{colour(rapid.IntRange(0, 2).Draw(t, "colour")), money.Units(rapid.Uint64Range(1, 9).Draw(t, "units"))})
	}
	return out
}

// A queue and a stack must behave as the plain lists they stand for, and a copy
// must stay what it was while the original goes on: that is what undo rests on.
func TestQueueAndStack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var s stack
		var own ownQueue
		var plain []Lot
		type saved struct {
			q     queue
			s     stack
			plain []Lot
		}
		var keep []saved
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch have := length(plain); {
			case rapid.Bool().Draw(t, "in") || have.IsZero():
				l := drawLots(t, "in")[0]
				q.push(l)
				s.push(l)
				own.push(l)
				plain = push(append([]Lot(nil), plain...), l)
			default:
				_, n := have.Words()
				take := money.Units(rapid.Uint64Range(1, n).Draw(t, "take"))
				front, rest := takeFront(plain, take)
				if got := q.take(take); !cmp.Equal(got, front) {
					t.Fatalf("queue took %v, want %v", got, front)
				}
				if length(own.take(take)) != take {
					t.Fatal("own-first lost units")
				}
				// the stack now holds other units than the queue: take from a copy
				copied := stack{}
				for _, l := range plain {
					copied.push(l)
				}
				below, top := takeFront(plain, have.Sub(take))
				if got := copied.take(take); !cmp.Equal(got, top) {
					t.Fatalf("stack took %v, want %v above %v", got, top, below)
				}
				plain = rest
				s = stack{}
				for _, l := range plain {
					s.push(l)
				}
			}
			keep = append(keep, saved{q, s, plain})
			for _, k := range keep {
				if got := k.q.list(); !cmp.Equal(got, k.plain) && length(k.plain) != money.Zero {
					t.Fatalf("a kept queue changed: %v, was %v", got, k.plain)
				}
				var up []Lot
				down := k.s.list()
				for i := len(down) - 1; i >= 0; i-- {
					up = push(up, down[i])
				}
				if !cmp.Equal(up, k.plain) && length(k.plain) != money.Zero {
					t.Fatalf("a kept stack changed: %v, was %v", up, k.plain)
				}
			}
			if len(keep) > 1 && rapid.Bool().Draw(t, "undo") {
				keep = keep[:len(keep)-1]
				last := keep[len(keep)-1]
				q, s, plain = last.q, last.s, last.plain
				own = ownQueue{}
				for _, l := range plain {
					own.push(l)
				}
			}
		}
	})
}

func TestSwapLots(t *testing.T) {
	for _, c := range []struct {
		in   []Lot
		get  uint64
		want []Lot
	}{
		{lots(0, 30, 1, 50, 0, 20), 7, lots(0, 2, 1, 3, 0, 2)},
		{lots(1, 1, 0, 2), 10, lots(1, 3, 0, 7)},
		{lots(1, 3, 0, 7), 3, lots(0, 3)},
	} {
		if got := SwapLots(c.in, money.Units(c.get)); !cmp.Equal(got, c.want) {
			t.Errorf("SwapLots(%v, %d) = %v, want %v", c.in, c.get, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		in, y := drawLots(t, "in"), money.Units(rapid.Uint64Range(0, 1000).Draw(t, "get"))
		if got := length(SwapLots(in, y)); got != y {
			t.Fatalf("the swap gives %s, not %s", got, y)
		}
	})
}

func TestPaint(t *testing.T) {
	got, overlap := paint(lots(0, 3, 2, 4, 0, 3), money.Units(1), money.Units(7), 1)
	if want := lots(0, 1, 1, 2, 2, 4, 1, 1, 0, 2); !cmp.Equal(got, want) || overlap != money.Units(4) {
		t.Errorf("paint gives %v with overlap %s, want %v with 4", got, overlap, want)
	}
	got, overlap = paint(lots(1, 5), money.Zero, money.Units(5), 1)
	if !cmp.Equal(got, lots(1, 5)) || !overlap.IsZero() {
		t.Errorf("marking the same theft twice gives %v, overlap %s", got, overlap)
	}
}

// Every order and fee rule moves all units and gives each output its value.
func TestSpendConserves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var inputs [][]Lot
		var total, stolen money.Amount
		tainted := []bool{false, true, true}
		for range rapid.IntRange(1, 4).Draw(t, "inputs") {
			in := drawLots(t, "input")
			inputs = append(inputs, in)
			total, stolen = total.Add(length(in)), stolen.Add(tally(in, tainted))
		}
		left := total
		var outputs []money.Amount
		for range rapid.IntRange(0, 4).Draw(t, "outputs") {
			_, n := left.Words()
			w := money.Units(rapid.Uint64Range(0, n).Draw(t, "output"))
			outputs, left = append(outputs, w), left.Sub(w)
		}
		for _, p := range Orders() {
			o, ok := coinOrder(p)
			if !ok {
				t.Fatalf("%s is no order", p)
			}
			for _, rule := range []FeeRule{FeeLast, FeeFirst, FeeProrata} {
				outs, fee := spend(inputs, outputs, left, o, rule)
				sum, bad := length(fee), tally(fee, tainted)
				if sum != left {
					t.Fatalf("%s %s: fee of %s, want %s", p, rule, sum, left)
				}
				for j, out := range outs {
					if length(out) != outputs[j] {
						t.Fatalf("%s %s: output %d holds %s, want %s", p, rule, j, length(out), outputs[j])
					}
					bad = bad.Add(tally(out, tainted))
				}
				if bad != stolen {
					t.Fatalf("%s %s: %s tainted units in, %s out", p, rule, stolen, bad)
				}
			}
		}
	})
}
