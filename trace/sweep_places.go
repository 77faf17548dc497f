package trace

import (
	"slices"

	"github.com/coldtrail/coldtrail/graph"
)

// SweptPlace is an account where a trail ends, with what each policy puts there.
type SweptPlace struct {
	Account uint32
	Outs    []uint32
	Value   uint64   // all value of those outputs
	Amounts []uint64 // in the order of the policies
	Lower   uint64   // one-pass
	Upper   uint64
}

// SweptPlaces gathers the ends of several policies by account. The first result
// must be that of OnePass, which reaches everything the others reach. Places come
// with the largest figure first, equal ones by account.
func SweptPlaces(c graph.CoinColumns, swept []Swept) []SweptPlace {
	at := map[uint32]int{}
	var places []SweptPlace
	for _, e := range swept[0].Ends {
		a := c.Account[e.Out]
		i, ok := at[a]
		if !ok {
			i = len(places)
			at[a] = i
			places = append(places, SweptPlace{Account: a, Amounts: make([]uint64, len(swept)-1)})
		}
		p := &places[i]
		p.Outs = append(p.Outs, e.Out)
		p.Value += c.Value[e.Out]
		p.Lower += e.Lower
		p.Upper = addCapped(p.Upper, e.Amount)
	}
	for k, r := range swept[1:] {
		for _, e := range r.Ends {
			places[at[c.Account[e.Out]]].Amounts[k] += e.Amount
		}
	}
	most := func(p *SweptPlace, conserving bool) uint64 {
		m := uint64(0)
		for k, a := range p.Amounts {
			if swept[k+1].Policy.Conserves() == conserving {
				m = max(m, a)
			}
		}
		return m
	}
	slices.SortStableFunc(places, func(a, b SweptPlace) int {
		for _, conserving := range []bool{true, false} {
			if x, y := most(&a, conserving), most(&b, conserving); x != y {
				if x > y {
					return -1
				}
				return 1
			}
		}
		return int(int64(a.Account) - int64(b.Account))
	})
	return places
}
