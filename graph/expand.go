package graph

import (
	"fmt"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
)

// Expand walks one step from a frontier of accounts, by their numbers, on a
// ledger of accounts: forward over the transfers that debit each, backward over
// those that credit it. visit gets an account's transfers, ascending, for each
// account of the frontier in its order, those without any left out; it must not
// keep the slice. Accounts of more than maxDegree transfers are not walked: they
// come back as hubs, in the frontier's order, for the caller to say so. Their
// degree is read from the indexes' table of rows, and costs the same whatever it
// is. maxDegree 0 walks all.
//
// Expand believes the indexes where Events compares each item: Check verifies
// them. An item beyond the ledger is an error all the same.
func (s *Store) Expand(frontier []uint32, forward bool, maxDegree uint32, visit func(from uint32, transfers []uint32)) (hubs []uint32, err error) {
	if s.coins() {
		return nil, fmt.Errorf("%s: frontiers of accounts on a ledger of coins: %w", s.dir, ErrStore)
	}
	indexes, keyOf := s.credited, s.to.All()
	if forward {
		indexes, keyOf = s.debited, s.from.All()
	}
	x := expansion{s: s, indexes: indexes, keyOf: keyOf, max: uint64(maxDegree), visit: visit}
	if maxDegree == 0 {
		x.max = ^uint64(0)
	}
	x.gatherTail(frontier)
	for len(frontier) > 0 {
		some := frontier[:min(len(frontier), 64)]
		if err := x.walk(some); err != nil {
			return x.hubs, err
		}
		frontier = frontier[len(some):]
	}
	return x.hubs, nil
}

type expansion struct {
	s       *Store
	indexes []*disk.Index
	keyOf   []uint32
	max     uint64
	visit   func(uint32, []uint32)
	tail    map[uint32][]uint32 // of the frontier's accounts, not indexed yet
	hubs    []uint32
	buf     []uint32
	read    uint64
}

// gatherTail lists what came after the last index: less than fewItems once the
// store is complete.
func (x *expansion) gatherTail(frontier []uint32) {
	from := 0
	for _, i := range x.indexes {
		from = int(min(i.To, uint64(len(x.keyOf))))
	}
	if from == len(x.keyOf) {
		return
	}
	x.tail = make(map[uint32][]uint32, len(frontier))
	for _, a := range frontier {
		x.tail[a] = nil
	}
	for i := from; i < len(x.keyOf); i++ {
		if items, ok := x.tail[x.keyOf[i]]; ok {
			x.tail[x.keyOf[i]] = append(items, uint32(i))
		}
	}
}

// walk visits some accounts. The rows of all are read first, then where each
// row's items begin, so that these reads wait for memory together.
func (x *expansion) walk(some []uint32) error {
	var degrees [64]uint64
	for i, a := range some {
		if int(a) >= x.s.accounts.Len() {
			return fmt.Errorf("account number %d of %d: %w", a, x.s.accounts.Len(), ErrNotFound)
		}
		degrees[i] = uint64(len(x.tail[a]))
		for _, idx := range x.indexes {
			degrees[i] += uint64(idx.Degree(a))
		}
	}
	for i, a := range some {
		if degrees[i] <= x.max {
			for _, idx := range x.indexes {
				x.read += idx.Touch(a)
			}
		}
	}
	for i, a := range some {
		switch {
		case degrees[i] > x.max:
			x.hubs = append(x.hubs, a)
		case degrees[i] > 0:
			items := x.items(a)
			for _, item := range items {
				if int(item) >= len(x.keyOf) {
					return fmt.Errorf("%s: an index lists transfer %d of %d: %w", x.s.dir, item, len(x.keyOf), ErrDamaged)
				}
			}
			if len(items) > 0 {
				x.visit(a, items)
			}
		}
	}
	return nil
}

// items lists an account's transfers: where they stand, if one index has all.
func (x *expansion) items(a uint32) []uint32 {
	tail := x.tail[a]
	if len(x.indexes) == 1 && len(tail) == 0 {
		return x.indexes[0].Of(a)
	}
	x.buf = x.buf[:0]
	for _, i := range x.indexes {
		x.buf = append(x.buf, i.Of(a)...)
	}
	x.buf = append(x.buf, tail...)
	return x.buf
}

// Degree is how many transfers debit (forward) or credit an account.
func (s *Store) Degree(account uint32, forward bool) (int, error) {
	indexes, keyOf := s.credited, s.to
	if forward {
		indexes, keyOf = s.debited, s.from
	}
	if s.coins() || int(account) >= s.accounts.Len() {
		return 0, fmt.Errorf("degree of account number %d: %w", account, ErrNotFound)
	}
	degree, from := 0, 0
	for _, x := range indexes {
		degree += x.Degree(account)
		from = int(min(x.To, uint64(keyOf.Len())))
	}
	for _, a := range keyOf.All()[from:] {
		if a == account {
			degree++
		}
	}
	return degree, nil
}

// MoveColumns are the columns of a ledger of accounts, by transfer: read only,
// and gone with the store.
type MoveColumns struct {
	// From and To are the accounts; To is NoAccount where nobody is credited.
	From, To []uint32
}

// NoAccount stands in MoveColumns.To for nobody.
const NoAccount = noAccount

// MoveColumns gives the columns of a store of accounts; false for coins.
func (s *Store) MoveColumns() (MoveColumns, bool) {
	if s.coins() {
		return MoveColumns{}, false
	}
	return MoveColumns{From: s.from.All(), To: s.to.All()}, true
}
