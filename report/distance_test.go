package report

import (
	"testing"

	"github.com/coldtrail/coldtrail/trace"
)

// TestDistances: on random ledgers a place is one movement away exactly when the
// theft itself put value there, and every place of a view has a distance; the nearest
// over all views is the least of them.
func TestDistances(t *testing.T) {
	looked := 0
	for seed := range uint64(80) {
		d := random(seed)
		if d == nil {
			continue
		}
		nearest, err := d.Distances("")
		if err != nil {
			t.Fatal(err)
		}
		for v, w := range d.Trail.Views {
			far, err := d.Distances(w.Name)
			if err != nil {
				t.Fatal(err)
			}
			direct := map[int]bool{}
			thefts := newHopIndex(d.Trail).thefts
			for i, h := range d.Trail.Hops {
				for _, name := range thefts[i] {
					if h.Place >= 0 && (name == w.Name || w.Name == "any") && touches(h.Figures[v]) {
						direct[h.Place] = true
					}
				}
			}
			for i, p := range d.Trail.Places {
				if !moved(d.Trail, i, v) {
					continue // it stayed where a theft of another view put it
				}
				looked++
				switch n := far[i]; {
				case n < 1:
					t.Errorf("seed %d, view %q: %s is at distance %d", seed, w.Name, p.ID, n)
				case (n == 1) != direct[i]:
					t.Errorf("seed %d, view %q: %s is at distance %d, by the theft itself: %v", seed, w.Name, p.ID, n, direct[i])
				case nearest[i] < 1 || nearest[i] > n:
					t.Errorf("seed %d: %s is at distance %d in %q and %d at all", seed, p.ID, n, w.Name, nearest[i])
				}
			}
		}
	}
	if looked < 200 {
		t.Errorf("only %d places were looked at", looked)
	}
}

// moved reports whether a movement of a view ends at a place.
func moved(t *trace.Trail, place, view int) bool {
	for _, h := range t.Hops {
		if h.Place == place && touches(h.Figures[view]) {
			return true
		}
	}
	return false
}
