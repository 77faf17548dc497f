package trace

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMailIsASortedMap: whatever is brought while transactions are given out, they
// come in order, each with the sum of what was brought to it; another mail that is
// asked for the same transactions says the same; and what is cut short is marked.
func TestMailIsASortedMap(t *testing.T) {
	const txs = 6*pageTxs + 100
	rapid.Check(t, func(t *rapid.T) {
		var m, asked mail
		for range 2 { // the second time with what the first left
			want := map[uint32]uint64{}
			m.init(txs, func(soon []uint32) {
				if !slices.IsSorted(soon) || want[soon[0]] == 0 || want[soon[len(soon)-1]] == 0 {
					t.Fatalf("%v come soon, of %v", soon, want)
				}
			})
			asked.init(txs, nil)
			bring := func(after uint32) {
				// Near, in the next page, or far: all have paths of their own.
				for range rapid.IntRange(0, 4).Draw(t, "letters") {
					far := rapid.SampledFrom([]uint32{3, 70, pageTxs, txs}).Draw(t, "far")
					to := after + rapid.Uint32Range(1, far).Draw(t, "to")
					if v := rapid.Uint64Range(1, 1000).Draw(t, "amount"); to < txs {
						m.add(to, v)
						asked.add(to, v)
						want[to] += v
					}
				}
			}
			bring(0)
			given, stop := 0, rapid.IntRange(0, 60).Draw(t, "stop")
			for ; given < stop; given++ {
				tx, v, ok := m.next()
				if !ok {
					break
				}
				least := slices.Min(keysOf(want))
				if tx != least || v != want[tx] {
					t.Fatalf("gave %d to %d, want %d to %d", v, tx, want[least], least)
				}
				if got := asked.take(tx); got != v {
					t.Fatalf("asked for %d: %d, want %d", tx, got, v)
				}
				if asked.take(tx) != 0 {
					t.Fatalf("%d has something left", tx)
				}
				delete(want, tx)
				bring(tx)
			}
			words := make([]uint64, txs/64+1)
			m.mark(words)
			left := members(nil, words, 0, txs)
			if all := keysOf(want); !slices.Equal(left, all) {
				t.Fatalf("marked %v, want %v", left, all)
			}
			for _, tx := range left {
				if got := asked.take(tx); got != want[tx] {
					t.Fatalf("asked for %d: %d, want %d", tx, got, want[tx])
				}
			}
			if _, _, ok := m.next(); ok {
				t.Fatal("something is left behind the marks")
			}
		}
	})
}

func keysOf(m map[uint32]uint64) (keys []uint32) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// TestManyLetters: sheets that are full, and used again.
func TestManyLetters(t *testing.T) {
	var m mail
	for range 3 {
		m.init(3*pageTxs, nil)
		const n = 5*letterCount + 3
		for i := range uint32(n) {
			m.add(2*pageTxs+1+i%7, 1)
			m.add(pageTxs+5, 2)
		}
		sum := uint64(0)
		for at := uint32(0); ; at++ {
			tx, v, ok := m.next()
			if !ok {
				break
			}
			if want := []uint32{pageTxs + 5, 2*pageTxs + 1, 2*pageTxs + 2}; at < 3 && tx != want[at] {
				t.Errorf("transaction %d, want %d", tx, want[at])
			}
			sum += v
		}
		if sum != 3*n {
			t.Errorf("%d arrived, want %d", sum, 3*n)
		}
	}
}

// TestTableIsAMap: whatever is put and taken, in whatever order.
func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x table
		want := map[uint32]segmentList{}
		for i := range rapid.Uint32Range(0, 3000).Draw(t, "steps") {
			out := rapid.Uint32Range(0, 2000).Draw(t, "output")
			list, ok := want[out]
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			default:
				if !ok {
					want[out] = segmentList{i, out}
					x.put(out, want[out])
				}
			case 0, 1, 2:
				if got, is := x.take(out); is != ok || got != list {
					t.Fatalf("output %d: %v %v, want %v %v", out, got, is, list, ok)
				}
				delete(want, out)
			}
		}
		if rapid.Bool().Draw(t, "reset") {
			x.reset()
			clear(want)
		}
		for out := range uint32(2001) {
			list, ok := want[out]
			if got, is := x.take(out); is != ok || got != list {
				t.Fatalf("output %d: %v %v, want %v %v", out, got, is, list, ok)
			}
		}
		if x.used != 0 {
			t.Fatalf("%d left", x.used)
		}
	})
}
