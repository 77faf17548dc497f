package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// DepositRule asks for deposit-address reuse (Victor, Financial Cryptography
// 2020): an address that receives from users and hands the same amount on to an
// exchange is a deposit address of those users there.
type DepositRule struct {
	Ledger ledger.ID
	Asset  money.AssetID
	// Exchanges are main addresses of exchanges, and whose they are.
	Exchanges map[ledger.Account]string
	// Known reports that an address is a known entity, and Miner that it makes
	// blocks: neither is a user or a deposit address. Either may be nil.
	Known, Miner func(ledger.Account) bool
	// Alpha is how much less than received may be handed on, in atomic units:
	// what the address paid for gas.
	Alpha money.Amount
	// Tau is after how many blocks at most.
	Tau uint64
}

// ErrDeposit: a rule that asks for nothing.
var ErrDeposit = errors.New("bad deposit rule")

// DefaultAlpha is 0.01 ETH in wei, DefaultTau 3,200 blocks (Victor, 2020).
const (
	DefaultAlpha = 10_000_000_000_000_000
	DefaultTau   = 3200
)

// Deposit is one finding: User paid Address, which handed it on to Main, an
// address of Exchange.
type Deposit struct {
	User, Address, Main ledger.Account
	Exchange            string
	Receipt, Forward    graph.ID
	// Confidence is 1 - (kept/Alpha + blocks/Tau)/2, from 0 to 1 (Tutela).
	Confidence *big.Rat
}

// Reuse is what the rule finds: deposits in the order of forwards and receipts,
// the clusters of users that share deposit addresses, and the deposit addresses
// of each exchange.
type Reuse struct {
	Deposits []Deposit
	// Users have two members or more each, ascending.
	Users [][]ledger.Account
	// Addresses are those of each exchange, ascending.
	Addresses map[string][]ledger.Account
}

// FindDeposits walks back from the exchanges' main addresses. Its cost is that
// of their transfers and of those of the addresses that paid them.
func FindDeposits(ctx context.Context, g graph.Graph, rule DepositRule) (*Reuse, error) {
	if len(rule.Exchanges) == 0 || rule.Tau == 0 || rule.Alpha.IsZero() {
		return nil, fmt.Errorf("%d exchanges, alpha %s, tau %d: state all three: %w", len(rule.Exchanges), rule.Alpha, rule.Tau, ErrDeposit)
	}
	f := depositFinder{g: g, rule: rule, receipts: map[ledger.Account][]moved{}}
	mains := make([]ledger.Account, 0, len(rule.Exchanges))
	for x := range rule.Exchanges {
		mains = append(mains, x)
	}
	slices.Sort(mains)
	for _, x := range mains {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		forwards, err := f.arriving(x)
		if err != nil {
			return nil, err
		}
		for _, fw := range forwards {
			if err := f.match(x, fw); err != nil {
				return nil, err
			}
		}
	}
	return f.reuse(), nil
}

// moved is one transfer between two accounts.
type moved struct {
	id       graph.ID
	block    uint64
	from, to ledger.Account
	amount   money.Amount
}

type depositFinder struct {
	g        graph.Graph
	rule     DepositRule
	receipts map[ledger.Account][]moved // by address, by block
	found    []Deposit
}

// arriving are the plain payments to an account, in order.
func (f *depositFinder) arriving(a ledger.Account) ([]moved, error) {
	ids, err := f.g.Events(graph.Pool{Ledger: f.rule.Ledger, Account: a, Asset: f.rule.Asset})
	if err != nil {
		return nil, err
	}
	var out []moved
	for _, id := range ids {
		e, err := f.g.Entry(id)
		if err != nil {
			return nil, err
		}
		if e.Kind != ledger.Value || e.Failed || e.Conversion != "" || e.To() != a || e.From() == a || e.From() == "" {
			continue
		}
		out = append(out, moved{id, e.Key.Block, e.From(), a, e.Credits[0].Amount})
	}
	return out, nil
}

// entity reports that an account is neither a user nor a deposit address.
func (f *depositFinder) entity(a ledger.Account) bool {
	return a == ledger.Outside || f.rule.Exchanges[a] != "" || f.rule.Known != nil && f.rule.Known(a)
}

// match joins a forward with the receipts in its interval of blocks and of
// amounts: in whole units, since a join on rounded amounts misses pairs.
func (f *depositFinder) match(main ledger.Account, fw moved) error {
	d := fw.from
	if f.entity(d) {
		return nil
	}
	in, ok := f.receipts[d]
	if !ok {
		var err error
		if in, err = f.arriving(d); err != nil {
			return err
		}
		slices.SortStableFunc(in, func(a, b moved) int { return cmp.Compare(a.block, b.block) })
		f.receipts[d] = in
	}
	first := fw.block - min(fw.block, f.rule.Tau)
	at, _ := slices.BinarySearchFunc(in, first, func(m moved, b uint64) int { return cmp.Compare(m.block, b) })
	for _, r := range in[at:] {
		if r.block > fw.block {
			break
		}
		if r.id >= fw.id || r.amount.Less(fw.amount) || f.rule.Alpha.Less(r.amount.Sub(fw.amount)) {
			continue
		}
		if f.entity(r.from) || f.rule.Miner != nil && f.rule.Miner(r.from) {
			continue
		}
		f.found = append(f.found, Deposit{
			User: r.from, Address: d, Main: main, Exchange: f.rule.Exchanges[main], Receipt: r.id, Forward: fw.id,
			Confidence: f.confidence(r.amount.Sub(fw.amount), fw.block-r.block),
		})
	}
	return nil
}

func (f *depositFinder) confidence(kept money.Amount, blocks uint64) *big.Rat {
	k := new(big.Rat).SetFrac(kept.Big(), f.rule.Alpha.Big())
	k.Add(k, new(big.Rat).SetFrac(new(big.Int).SetUint64(blocks), new(big.Int).SetUint64(f.rule.Tau)))
	return k.Sub(big.NewRat(1, 1), k.Quo(k, big.NewRat(2, 1)))
}

// reuse leaves out deposit addresses that are users themselves, and joins the
// users of the others.
func (f *depositFinder) reuse() *Reuse {
	users := map[ledger.Account]bool{}
	for _, d := range f.found {
		users[d.User] = true
	}
	r := &Reuse{Addresses: map[string][]ledger.Account{}}
	for _, d := range f.found {
		if !users[d.Address] {
			r.Deposits = append(r.Deposits, d)
		}
	}
	slices.SortFunc(r.Deposits, func(a, b Deposit) int {
		return cmp.Or(cmp.Compare(a.Forward, b.Forward), cmp.Compare(a.Receipt, b.Receipt))
	})
	number := map[ledger.Account]uint32{}
	var names []ledger.Account
	of := func(a ledger.Account) uint32 {
		n, ok := number[a]
		if !ok {
			n = uint32(len(names))
			number[a], names = n, append(names, a)
		}
		return n
	}
	var edges [][2]uint32
	isUser := map[uint32]bool{}
	for _, d := range r.Deposits {
		u, a := of(d.User), of(d.Address)
		edges, isUser[u] = append(edges, [2]uint32{u, a}), true
		r.Addresses[d.Exchange] = append(r.Addresses[d.Exchange], d.Address)
	}
	forest := NewForest(len(names))
	for _, e := range edges {
		forest.Union(e[0], e[1])
	}
	r.Users = together(forest, names, isUser)
	for x, list := range r.Addresses {
		slices.Sort(list)
		r.Addresses[x] = slices.Compact(list)
	}
	return r
}

// together lists the users of each cluster that has several.
func together(forest Forest, names []ledger.Account, isUser map[uint32]bool) [][]ledger.Account {
	members := map[uint32][]ledger.Account{}
	for n, name := range names {
		if isUser[uint32(n)] {
			root := forest.Root(uint32(n))
			members[root] = append(members[root], name)
		}
	}
	var out [][]ledger.Account
	for _, m := range members {
		if len(m) > 1 {
			slices.Sort(m)
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b []ledger.Account) int { return cmp.Compare(a[0], b[0]) })
	return out
}
