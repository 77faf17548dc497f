package cluster

import (
	"errors"
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
)

// Vote is what one heuristic says of a transaction: its only candidate.
type Vote struct {
	Rule   string `json:"rule"`
	Out    uint32 `json:"output"`
	Weight int    `json:"weight"`
}

// Link is a weighted hypothesis: the output Out of Tx, to account To, is change
// of the owner of From. Votes say who thinks so.
type Link struct {
	Tx, Out  uint32
	From, To uint32
	Weight   int
	Votes    []Vote
}

// LayerParams say how votes become links and links become extended clusters.
type LayerParams struct {
	// Rules are the heuristics that vote.
	Rules []string `json:"rules"`
	// MinWeight is the least sum of weights for an output.
	MinWeight int `json:"min_weight"`
	// GuardSize and GuardEdges: two clusters that both have more than GuardSize
	// addresses are joined only by GuardEdges links of different transactions.
	GuardSize  int `json:"guard_size"`
	GuardEdges int `json:"guard_edges"`
}

// ErrLayer: parameters of a layer that make no sense.
var ErrLayer = errors.New("bad parameters of the change layer")

// DefaultLayer are the parameters unless others are stated.
func DefaultLayer() LayerParams {
	return LayerParams{
		Rules:     []string{"address-reuse", "address-type", "graphsense-one-time", "one-time-change", "optimal-change", "peeling-chain", "power-of-ten-6"},
		MinWeight: 50, GuardSize: 1000, GuardEdges: 2,
	}
}

// Ballot asks the heuristics in use about a transaction. A heuristic votes only
// when it has exactly one candidate. The link is set when one output has more
// weight than every other, and enough; then ok.
func (h *Change) Ballot(tx uint32, p LayerParams) (votes []Vote, link Link, ok bool) {
	for _, x := range heuristics {
		if !slices.Contains(p.Rules, x.ID) {
			continue
		}
		if outs, knows := h.candidates(x, tx); knows && len(outs) == 1 {
			votes = append(votes, Vote{x.ID, outs[0], x.Weight})
		}
	}
	sums := map[uint32]int{}
	for _, v := range votes {
		sums[v.Out] += v.Weight
	}
	best, tied := Link{Tx: tx}, false
	from, to := h.c.Outs(tx)
	for out := from; out < to; out++ {
		switch w := sums[out]; {
		case w > best.Weight:
			best.Out, best.Weight, tied = out, w, false
		case w == best.Weight:
			tied = true
		}
	}
	if best.Weight < p.MinWeight || best.Weight == 0 || tied {
		return votes, Link{}, false
	}
	i, _ := h.c.Ins(tx)
	best.From, best.To = h.c.Account[h.c.Coin[i]], h.c.Account[best.Out]
	for _, v := range votes {
		if v.Out == best.Out {
			best.Votes = append(best.Votes, v)
		}
	}
	return votes, best, true
}

// Survivors are the outputs that every heuristic in use, of those that do not
// abstain and have a candidate, leaves: the other way to combine. One survivor
// is a hypothesis; several, or none, are nothing.
func (h *Change) Survivors(tx uint32, rules []string) []uint32 {
	var left []uint32
	asked := false
	for _, x := range heuristics {
		if !slices.Contains(rules, x.ID) {
			continue
		}
		outs, ok := h.candidates(x, tx)
		if !ok || len(outs) == 0 {
			continue
		}
		if !asked {
			left, asked = outs, true
			continue
		}
		left = slices.DeleteFunc(left, func(o uint32) bool { return !slices.Contains(outs, o) })
	}
	return left
}

// Blocked is a link that was not followed, and why.
type Blocked struct {
	Link   Link
	Reason string
}

// The reasons of Blocked.
const (
	BlockedTags  = "tagged as different services"
	BlockedApart = "known not to have one owner"
	BlockedGuard = "too few links between two large clusters"
)

// Apart says that two accounts have not one owner: A paid B in a transaction
// whose output to B is known not to be change, say.
type Apart struct{ A, B uint32 }

// Layer is the extended clustering: the base layer and the links that no
// constraint holds back. The base layer is untouched.
type Layer struct {
	Params LayerParams
	// Extended give each account the smallest account of its extended cluster.
	Extended Forest
	Followed []Link
	// Conflicts wait for a review.
	Conflicts []Blocked
}

// layering is a Layer while it is made.
type layering struct {
	forest   Forest
	size     map[uint32]int      // by root
	services map[uint32][]string // by root
	apart    map[uint32][]Apart  // by root
}

// NewLayer follows links, in the order of their transactions, over a base
// layer. Services name the services that accounts are tagged as. A link that
// the guard holds back is asked again when more links lie between the same
// clusters. The result follows from the links, not from the order of blocks.
func NewLayer(base Forest, links []Link, services map[uint32]string, apart []Apart, p LayerParams) (*Layer, error) {
	if p.GuardSize < 1 || p.GuardEdges < 1 {
		return nil, fmt.Errorf("guard of %d links from %d addresses: %w", p.GuardEdges, p.GuardSize, ErrLayer)
	}
	links = slices.Clone(links)
	slices.SortFunc(links, func(a, b Link) int {
		if a.Tx != b.Tx {
			return compare(a.Tx, b.Tx)
		}
		return compare(a.Out, b.Out)
	})
	l := layering{forest: slices.Clone(base), size: map[uint32]int{}, services: map[uint32][]string{}, apart: map[uint32][]Apart{}}
	for a := range base {
		root := l.forest.Root(uint32(a))
		l.size[root]++
		if s := services[uint32(a)]; s != "" && !slices.Contains(l.services[root], s) {
			l.services[root] = append(l.services[root], s)
		}
	}
	for _, x := range apart {
		for _, a := range []uint32{x.A, x.B} {
			root := l.forest.Root(a)
			l.apart[root] = append(l.apart[root], x)
		}
	}
	out := &Layer{Params: p}
	waiting := links
	for {
		left := l.pass(out, waiting, p)
		if len(left) == len(waiting) {
			break
		}
		waiting = left
	}
	for _, k := range waiting {
		out.Conflicts = append(out.Conflicts, Blocked{k, l.reason(k, 1, p)})
	}
	slices.SortFunc(out.Followed, func(a, b Link) int { return compare(a.Tx, b.Tx) })
	l.forest.Flatten()
	out.Extended = l.forest
	return out, nil
}

// pass follows what nothing holds back, and gives the links that wait.
func (l *layering) pass(out *Layer, links []Link, p LayerParams) (waiting []Link) {
	between := l.evidence(links)
	for _, k := range links {
		a, b := l.forest.Root(k.From), l.forest.Root(k.To)
		if a == b {
			out.Followed = append(out.Followed, k)
			continue
		}
		if l.reason(k, between[pair(a, b)], p) != "" {
			waiting = append(waiting, k)
			continue
		}
		l.merge(a, b)
		out.Followed = append(out.Followed, k)
	}
	return waiting
}

func pair(a, b uint32) [2]uint32 { return [2]uint32{min(a, b), max(a, b)} }

// evidence counts, for pairs of clusters, the transactions that link them.
func (l *layering) evidence(links []Link) map[[2]uint32]int {
	n, last := map[[2]uint32]int{}, map[[2]uint32]uint32{}
	for _, k := range links {
		p := pair(l.forest.Root(k.From), l.forest.Root(k.To))
		if tx, seen := last[p]; !seen || tx != k.Tx {
			n[p]++
		}
		last[p] = k.Tx
	}
	return n
}

// reason says what holds a link back, or "".
func (l *layering) reason(k Link, evidence int, p LayerParams) string {
	a, b := l.forest.Root(k.From), l.forest.Root(k.To)
	if a == b {
		return ""
	}
	for _, s := range l.services[b] {
		if mine := l.services[a]; len(mine) > 0 && !slices.Contains(mine, s) {
			return BlockedTags
		}
	}
	for _, x := range l.apart[a] {
		if pair(l.forest.Root(x.A), l.forest.Root(x.B)) == pair(a, b) {
			return BlockedApart
		}
	}
	if l.size[a] > p.GuardSize && l.size[b] > p.GuardSize && evidence < p.GuardEdges {
		return BlockedGuard
	}
	return ""
}

func (l *layering) merge(a, b uint32) {
	l.forest.Union(a, b)
	root, gone := min(a, b), max(a, b)
	l.size[root] += l.size[gone]
	for _, s := range l.services[gone] {
		if !slices.Contains(l.services[root], s) {
			l.services[root] = append(l.services[root], s)
		}
	}
	l.apart[root] = append(l.apart[root], l.apart[gone]...)
	delete(l.size, gone)
	delete(l.services, gone)
	delete(l.apart, gone)
}

// Discounted reports whether a merge by common inputs rests on a transaction
// that could be a PayJoin (BIP 78), which has no mark of its own: two inputs,
// two outputs, and an input that the payment did not need.
func (h *Change) Discounted(tx uint32) bool {
	in, out := h.counts(tx)
	return in == 2 && out == 2 && h.Unnecessary(tx)
}

// Unnecessary is the unnecessary-input heuristic: without its smallest input
// the transaction could still have paid its largest output and the fee.
func (h *Change) Unnecessary(tx uint32) bool {
	i, j := h.c.Ins(tx)
	if j-i < 2 {
		return false
	}
	_, smallest := h.owners(tx)
	sum := uint64(0)
	for _, coin := range h.c.Coin[i:j] {
		sum += h.c.Value[coin]
	}
	from, to := h.c.Outs(tx)
	largest := uint64(0)
	for _, v := range h.c.Value[from:to] {
		largest = max(largest, v)
	}
	return sum-smallest >= largest && sum-smallest-largest >= h.c.Fee[tx]
}

// Links asks the heuristics about every transaction of the store that the
// clustering does not exclude, and gives the links, in order. Keys may be nil:
// then the rules that need types of scripts abstain, as those do that need
// locktimes and sizes, which a store does not keep.
func (r *Result) Links(s *graph.Store, keys Keys, p LayerParams) ([]Link, error) {
	c, ok := s.CoinColumns()
	if !ok {
		return nil, fmt.Errorf("%s: %w", s.Dir(), ErrModel)
	}
	if err := r.Covers(s); err != nil {
		return nil, err
	}
	var facts Facts
	if keys != nil {
		facts.Kind = func(a uint32) Kind { return keys.Kind(s.AccountKey(a)) }
	}
	h := NewChange(&c, s.Accounts(), facts)
	rules, err := namedHeuristics(p.Rules)
	if err != nil {
		return nil, err
	}
	p.Rules = rules
	var out []Link
	excluded := r.Excluded
	for tx := range uint32(c.Txs()) {
		if len(excluded) > 0 && excluded[0].Tx == tx {
			excluded = excluded[1:]
			continue
		}
		if _, k, ok := h.Ballot(tx, p); ok {
			out = append(out, k)
		}
	}
	return out, nil
}

// namedHeuristics holds that every name is one of a heuristic.
func namedHeuristics(ids []string) ([]string, error) {
	for _, id := range ids {
		if !slices.ContainsFunc(heuristics, func(x Heuristic) bool { return x.ID == id }) {
			return nil, fmt.Errorf("change heuristic %q: %w", id, ErrRule)
		}
	}
	return ids, nil
}
