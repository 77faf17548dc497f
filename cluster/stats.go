package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
)

// Band counts the clusters whose sizes are From to To.
type Band struct {
	From, To            uint32
	Clusters, Addresses int
}

// Sizes counts clusters by size: 1, 2 to 10, 11 to 100, and so on to the
// largest.
func (r *Result) Sizes() []Band {
	bands := []Band{{From: 1, To: 1}}
	for _, c := range r.Clusters {
		i := 0
		for ; c.Size > bands[i].To; i++ {
			if i == len(bands)-1 {
				last := bands[i].To
				bands = append(bands, Band{From: last + 1, To: uint32(min(10*uint64(last), math.MaxUint32))})
			}
		}
		bands[i].Clusters++
		bands[i].Addresses += int(c.Size)
	}
	return bands
}

// Largest are the n largest clusters; of equal ones that with the smaller
// account first.
func (r *Result) Largest(n int) []Summary {
	order := func(a, b Summary) int { return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Root, b.Root)) }
	var top []Summary
	for _, c := range r.Clusters {
		if len(top) == n && (n == 0 || order(c, top[n-1]) > 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, c, order)
		top = slices.Insert(top, at, c)
		top = top[:min(len(top), n)]
	}
	return top
}

// Owners are the accounts of the inputs that a cut is about, ascending. It
// fails with ErrNotFound when the cut names no transaction of the store with
// several inputs, or an address that is none of them.
func (r *Result) Owners(s *graph.Store, c Cut) ([]uint32, error) {
	cols, ok := s.CoinColumns()
	if !ok {
		return nil, fmt.Errorf("%s: %w", s.Dir(), ErrModel)
	}
	ids, err := s.Find(c.Tx)
	if err != nil && !errors.Is(err, graph.ErrNotFound) {
		return nil, err
	}
	var owners []uint32
	for _, id := range ids {
		i, j := cols.Ins(uint32(id))
		for _, coin := range cols.Coin[i:j] {
			owners = append(owners, cols.Account[coin])
		}
	}
	slices.Sort(owners)
	owners = slices.Compact(owners)
	if len(owners) < 2 {
		return nil, fmt.Errorf("transaction %q joins nothing: it is not there, or spends from one address: %w", c.Tx, ErrNotFound)
	}
	if c.Address != "" {
		if n, ok := s.AccountNumber(c.Address); !ok || !slices.Contains(owners, n) {
			return nil, fmt.Errorf("transaction %q does not spend from %q: %w", c.Tx, c.Address, ErrNotFound)
		}
	}
	return owners, nil
}
