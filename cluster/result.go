package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// Errors of clusterings. They are wrapped with what was asked or refused.
var (
	// ErrModel: a ledger without coins to cluster by, or with amounts beyond 64 bits.
	ErrModel = errors.New("not a ledger of coins whose amounts have 64 bits")
	// ErrReplaced: the store's blocks are not those that a clustering was made of.
	ErrReplaced = errors.New("the store has other blocks")
	// ErrKeys: a clustering by keys, without what reads the keys of the ledger.
	ErrKeys = errors.New("the keys of this ledger cannot be read: cluster without them")
	// ErrRange: balances that add up to more than 64 bits.
	ErrRange = errors.New("a balance beyond 64 bits")
	// ErrNotFound: an address or transaction that the ledger does not have.
	ErrNotFound = errors.New("not in this ledger")
)

// Params are what a clustering follows from, beside the ledger. They are stored
// with it.
type Params struct {
	// RulesVersion is that of the program that made it.
	RulesVersion int `json:"rules_version"`
	// Rules are the detectors in use, in their order.
	Rules []string `json:"rules"`
	// Keys says that accounts of one key or script are joined.
	Keys bool `json:"keys"`
	// Exchanges are accounts tagged as exchanges, for the suppression rule.
	Exchanges []ledger.Account `json:"exchanges,omitempty"`
	// Cuts are evidence taken back. They stay when their blocks go.
	Cuts []Cut `json:"cuts,omitempty"`
}

// Mark is a point that a clustering has passed: so many transactions, of which
// the last has this id.
type Mark struct {
	Txs    uint32 `json:"transactions"`
	LastTx string `json:"last_transaction"`
}

// marked is how many ends of blocks are remembered: a reorganisation that goes
// deeper asks for a new build.
const marked = 200

// Result is a clustering of a ledger of coins: the base layer, which holds
// merges by common inputs and, if asked, by keys, and nothing else.
type Result struct {
	Params Params
	// Marks are ends of blocks, ascending; the last is the tip. Blocks of the
	// store that differ from it are found by them.
	Marks []Mark
	// Labels give each account the smallest account of its cluster.
	Labels Forest
	// Edges are the merges by common inputs in the order of transactions; they
	// make a forest. KeyEdges are pairs of accounts that are one by key.
	Edges, KeyEdges []Edge
	// Excluded are the transactions that joined nobody.
	Excluded []Exclusion
	// Clusters are in the order of their smallest account.
	Clusters []Summary
}

// Summary is a cluster's size and what its addresses hold, in atomic units.
type Summary struct {
	Root, Size uint32
	Balance    uint64
}

// Keys reads what the account keys of a ledger say (ledger.Codec); the codec of
// the ledger's source may implement it.
type Keys interface {
	// Siblings are the keys of other accounts that the same public key, or the
	// same script in another wrapping, makes; nil for none. If a is a sibling of
	// b, b need not be one of a.
	Siblings(key []byte) [][]byte
	// Kind tells types of script apart; KindData is an output that carries data
	// only, KindUnknown one that says nothing.
	Kind(key []byte) Kind
}

// Kind is a type of script. Codecs number their own from 2. It is an alias, so
// that a codec implements Keys without this package.
type Kind = uint8

// The kinds that all ledgers have.
const (
	KindUnknown Kind = 0
	KindData    Kind = 1
)

// Build clusters a store from its beginning. Keys may be nil: then accounts are
// not joined by key, and no output is known to carry data only.
func Build(ctx context.Context, s *graph.Store, keys Keys, p Params) (*Result, error) {
	found, err := namedRules(p.Rules)
	if err != nil {
		return nil, err
	}
	p.RulesVersion, p.Rules = RulesVersion, ruleIDs(found)
	p.Cuts, p.Exchanges = slices.Clone(p.Cuts), slices.Clone(p.Exchanges)
	slices.SortFunc(p.Cuts, compareCuts)
	p.Cuts = slices.Compact(p.Cuts)
	slices.Sort(p.Exchanges)
	r := &Result{Params: p}
	return r, r.extend(ctx, s, keys, nil)
}

// Update follows a store whose last blocks were taken back, or which has gained
// blocks, or both: the result is that of a new build. It costs a replay of the
// merges that stay and a pass over the new transactions, and, with keys, a look
// at each account. It fails with ErrReplaced, and changes nothing, when more
// blocks are gone than there are marks.
func (r *Result) Update(ctx context.Context, s *graph.Store, keys Keys) error {
	c, ok := s.CoinColumns()
	if !ok {
		return fmt.Errorf("%s: %w", s.Dir(), ErrModel)
	}
	i := len(r.Marks) - 1
	for ; i >= 0; i-- {
		m := r.Marks[i]
		if int(m.Txs) <= c.Txs() && s.TxName(m.Txs-1) == m.LastTx {
			break
		}
	}
	if i < 0 {
		return fmt.Errorf("%s: none of the %d marks of the clustering is in it: %w", s.Dir(), len(r.Marks), ErrReplaced)
	}
	n := *r
	n.Marks = slices.Clone(r.Marks[:i+1])
	at, _ := slices.BinarySearchFunc(r.Edges, r.Marks[i].Txs, func(e Edge, tx uint32) int { return compare(e.Tx, tx) })
	n.Edges = r.Edges[:at:at]
	at, _ = slices.BinarySearchFunc(r.Excluded, r.Marks[i].Txs, func(e Exclusion, tx uint32) int { return compare(e.Tx, tx) })
	n.Excluded = r.Excluded[:at:at]
	forest := NewForest(s.Accounts())
	for _, e := range n.Edges {
		forest.Union(e.A, e.B)
	}
	if err := n.extend(ctx, s, keys, forest); err != nil {
		return err
	}
	*r = n
	return nil
}

// Txs is how many transactions the clustering covers.
func (r *Result) Txs() uint32 {
	if len(r.Marks) == 0 {
		return 0
	}
	return r.Marks[len(r.Marks)-1].Txs
}

// Covers reports, as ErrReplaced, that a store is not at the very point that the
// clustering covers.
func (r *Result) Covers(s *graph.Store) error {
	if n := len(r.Labels); n != s.Accounts() || r.Txs() != uint32(s.Info().Transfers) || r.Txs() > 0 && s.TxName(r.Txs()-1) != r.Marks[len(r.Marks)-1].LastTx {
		return fmt.Errorf("%s: the clustering covers %d transactions and the store has %d, or others: %w", s.Dir(), r.Txs(), s.Info().Transfers, ErrReplaced)
	}
	return nil
}

// extend goes through the transactions after the last mark; forest holds the
// merges by common inputs so far.
func (r *Result) extend(ctx context.Context, s *graph.Store, keys Keys, forest Forest) error {
	c, ok := s.CoinColumns()
	if !ok {
		return fmt.Errorf("%s: %w", s.Dir(), ErrModel)
	}
	if r.Params.Keys && keys == nil {
		return fmt.Errorf("%s: %w", s.Dir(), ErrKeys)
	}
	cuts, err := cutNumbers(s, r.Params.Cuts)
	if err != nil {
		return err
	}
	b := base{
		c: &c, forest: forest.Grow(s.Accounts()), cuts: cuts, keep: true,
		rule: r.rule(s, &c, keys), edges: r.Edges, excluded: r.Excluded,
	}
	if len(b.edges) == 0 {
		b.edges = make([]Edge, 0, s.Accounts()/2) // rather than to grow by copies
	}
	if err := b.run(ctx, r.Txs(), uint32(c.Txs())); err != nil {
		return err
	}
	r.Edges, r.Excluded = b.edges, b.excluded
	if r.Params.Keys {
		if r.KeyEdges, err = keyEdges(ctx, s, keys); err != nil {
			return err
		}
	}
	r.Marks = marksOf(s, c.Txs())
	return r.label(&c, b.forest)
}

// marksOf are the ends of the last blocks of a store, and its end.
func marksOf(s *graph.Store, txs int) []Mark {
	var marks []Mark
	firsts := s.FirstOfBlocks()
	for _, first := range firsts[max(0, len(firsts)-marked):] {
		if first > 0 {
			marks = append(marks, Mark{first, s.TxName(first - 1)})
		}
	}
	if txs > 0 {
		marks = append(marks, Mark{uint32(txs), s.TxName(uint32(txs) - 1)})
	}
	return marks
}

// rule asks the detectors in use about a transaction of the store.
func (r *Result) rule(s *graph.Store, c *graph.CoinColumns, keys Keys) func(uint32) int {
	found, _ := namedRules(r.Params.Rules) // checked when the parameters were
	exchanges := map[uint32]bool{}
	for _, a := range r.Params.Exchanges {
		if n, ok := s.AccountNumber(a); ok {
			exchanges[n] = true
		}
	}
	data := dataOf(s, keys)
	var t Tx
	return func(tx uint32) int {
		t.read(c, tx, data)
		if len(exchanges) > 0 {
			t.Exchange = slices.ContainsFunc(t.Ins, func(e End) bool { return exchanges[e.Account] })
		}
		t.measure()
		return excludes(found, &t)
	}
}

func dataOf(s *graph.Store, keys Keys) func(uint32) bool {
	if keys == nil {
		return nil
	}
	return func(a uint32) bool { return keys.Kind(s.AccountKey(a)) == KindData }
}

// label joins the layers and adds up the clusters.
func (r *Result) label(c *graph.CoinColumns, forest Forest) error {
	for _, e := range r.KeyEdges {
		forest.Union(e.A, e.B)
	}
	n := forest.Flatten()
	r.Labels, r.Clusters = forest, make([]Summary, 0, n)
	place := make([]uint32, len(forest))
	for a, root := range forest {
		if uint32(a) == root {
			place[a] = uint32(len(r.Clusters))
			r.Clusters = append(r.Clusters, Summary{Root: root})
		}
		place[a] = place[root]
		r.Clusters[place[a]].Size++
	}
	outs := uint32(len(c.Value))
	for out := range outs {
		if _, spent := c.Spender(out); spent {
			continue
		}
		sum := &r.Clusters[place[c.Account[out]]]
		var carry uint64
		if sum.Balance, carry = bits.Add64(sum.Balance, c.Value[out], 0); carry != 0 {
			return fmt.Errorf("cluster of account number %d: %w", sum.Root, ErrRange)
		}
	}
	return nil
}

// keyEdges finds the accounts that are one by key. It asks about every account:
// a new one can be the sibling of an old one.
func keyEdges(ctx context.Context, s *graph.Store, keys Keys) ([]Edge, error) {
	var edges []Edge
	for a := range uint32(s.Accounts()) {
		if a%stretch == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, other := range keys.Siblings(s.AccountKey(a)) {
			if b, ok := s.KeyNumber(other); ok && b != a {
				edges = append(edges, Edge{NoTx, min(a, b), max(a, b)})
			}
		}
	}
	slices.SortFunc(edges, func(x, y Edge) int {
		if x.B != y.B {
			return compare(x.B, y.B)
		}
		return compare(x.A, y.A)
	})
	return slices.Compact(edges), nil
}

// Of gives the cluster of an account; false when there is none.
func (r *Result) Of(account uint32) (Summary, bool) {
	if int(account) >= len(r.Labels) {
		return Summary{}, false
	}
	at, ok := slices.BinarySearchFunc(r.Clusters, r.Labels[account], func(s Summary, root uint32) int { return compare(s.Root, root) })
	if !ok {
		return Summary{}, false
	}
	return r.Clusters[at], true
}

// Members are the accounts of a cluster, ascending.
func (r *Result) Members(root uint32) []uint32 {
	var out []uint32
	for a, l := range r.Labels {
		if l == root {
			out = append(out, uint32(a))
		}
	}
	return out
}

// number finds an account of the store that the clustering covers.
func (r *Result) number(s *graph.Store, a ledger.Account) (uint32, error) {
	n, ok := s.AccountNumber(a)
	if !ok || int(n) >= len(r.Labels) {
		return 0, fmt.Errorf("address %q: %w", a, ErrNotFound)
	}
	return n, nil
}
