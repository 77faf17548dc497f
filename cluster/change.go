package cluster

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
)

// Facts are what the change heuristics ask about transactions beside coins.
// What is not known makes the rules that need it abstain.
type Facts struct {
	// Kind is the type of script of an account; KindUnknown abstains.
	Kind func(account uint32) Kind
	// Locktime is that of a transaction; nil is "not known".
	Locktime func(tx uint32) uint32
	// Size is a transaction's in bytes; nil is "not known".
	Size func(tx uint32) uint32
}

// Heuristic says which outputs of a transaction it cannot rule out as change: a
// set, never a verdict.
type Heuristic struct {
	ID string
	// Says is the rule in a line.
	Says string
	// Weight is its vote in a Layer, of 100.
	Weight int
	// candidate judges one output; ok is false when it abstains from the
	// transaction.
	candidate func(c *Change, tx, out uint32) (is, ok bool)
}

// heuristics are BlockSci's, GraphSense's and the two of the literature, as the
// clustering page of the documentation states them. Weights are ours: what is
// certain by the ledger alone weighs 100, what rests on habits 20 to 50.
var heuristics = []Heuristic{
	{"peeling-chain", "one input, two outputs, beside another such: the output that goes on so", 30, (*Change).peeling},
	{"power-of-ten-6", "not divisible by a million", 20, (*Change).powerOfTen},
	{"optimal-change", "smaller than the smallest input", 30, (*Change).optimal},
	{"address-type", "of the one type of all inputs", 30, (*Change).addressType},
	{"locktime", "spent with a locktime if this has one, without if not; or unspent", 20, (*Change).locktime},
	{"fixed-fee", "spent at the fee rate of this; or unspent", 20, (*Change).fixedFee},
	{"address-reuse", "pays an address that is spent from", 100, (*Change).reuse},
	{"client-change", "the first appearance of its address", 20, (*Change).client},
	{"spent", "spent", 0, (*Change).isSpent},
	{"none", "nothing is change", 0, func(*Change, uint32, uint32) (bool, bool) { return false, true }},
	{"one-time-change", "the only new address, in a transaction that pays none of its inputs", 40, (*Change).oneTime},
	{"shadow", "of two outputs the new one, where the other is old", 40, (*Change).shadow},
	{"graphsense-one-time", "of 2 to 10 outputs the only one that is new, of the inputs' type, not round, and smaller than all inputs", 50, (*Change).graphsense},
}

// Heuristics lists the change heuristics.
func Heuristics() []Heuristic { return slices.Clone(heuristics) }

// Change asks the heuristics about the transactions of a ledger. It serves one
// goroutine.
type Change struct {
	c     *graph.CoinColumns
	facts Facts
	first []uint32 // per account, the first transaction that pays it
	uses  []uint8  // per account, outputs up to 2
	spent []uint8  // per account, spent outputs up to 2
}

// NewChange prepares to ask about the transactions of columns: 6 bytes for each
// account.
func NewChange(c *graph.CoinColumns, accounts int, facts Facts) *Change {
	h := &Change{c: c, facts: facts, first: make([]uint32, accounts), uses: make([]uint8, accounts), spent: make([]uint8, accounts)}
	for a := range h.first {
		h.first[a] = NoTx
	}
	for tx := range uint32(c.Txs()) {
		from, to := c.Outs(tx)
		for out := from; out < to; out++ {
			a := c.Account[out]
			h.first[a] = min(h.first[a], tx)
			h.uses[a] = min(h.uses[a]+1, 2)
			if _, ok := c.Spender(out); ok {
				h.spent[a] = min(h.spent[a]+1, 2)
			}
		}
	}
	return h
}

// Candidates are the outputs of a transaction, by number, that a heuristic
// cannot rule out; ok is false when it abstains, or the transaction has no
// inputs. Outputs that carry data only are never change.
func (h *Change) Candidates(id string, tx uint32) (outs []uint32, ok bool, err error) {
	i := slices.IndexFunc(heuristics, func(x Heuristic) bool { return x.ID == id })
	if i < 0 {
		return nil, false, fmt.Errorf("change heuristic %q: %w", id, ErrRule)
	}
	outs, ok = h.candidates(heuristics[i], tx)
	return outs, ok, nil
}

func (h *Change) candidates(x Heuristic, tx uint32) (outs []uint32, ok bool) {
	if i, j := h.c.Ins(tx); i == j {
		return nil, false
	}
	from, to := h.c.Outs(tx)
	for out := from; out < to; out++ {
		if h.kind(h.c.Account[out]) == KindData {
			continue
		}
		is, knows := x.candidate(h, tx, out)
		if !knows {
			return nil, false
		}
		if is {
			outs = append(outs, out)
		}
	}
	return outs, true
}

func (h *Change) kind(account uint32) Kind {
	if h.facts.Kind == nil {
		return KindUnknown
	}
	return h.facts.Kind(account)
}

// counts are the numbers of inputs and outputs.
func (h *Change) counts(tx uint32) (in, out int) {
	i, j := h.c.Ins(tx)
	x, y := h.c.Outs(tx)
	return int(j - i), int(y - x)
}

// owners gives the accounts of the inputs, and smallest the least of their
// values.
func (h *Change) owners(tx uint32) (accounts []uint32, smallest uint64) {
	i, j := h.c.Ins(tx)
	smallest = ^uint64(0)
	for _, coin := range h.c.Coin[i:j] {
		accounts = append(accounts, h.c.Account[coin])
		smallest = min(smallest, h.c.Value[coin])
	}
	return accounts, smallest
}

func (h *Change) peels(tx uint32) bool {
	in, out := h.counts(tx)
	return in == 1 && out == 2
}

// Peeling reports whether a transaction has one input and two outputs, and the
// one before or one after it has too (BlockSci's peeling chain).
func (h *Change) Peeling(tx uint32) bool {
	if !h.peels(tx) {
		return false
	}
	i, _ := h.c.Ins(tx)
	if h.peels(h.c.TxOf(h.c.Coin[i])) {
		return true
	}
	from, to := h.c.Outs(tx)
	for out := from; out < to; out++ {
		if by, ok := h.c.Spender(out); ok && h.peels(by) {
			return true
		}
	}
	return false
}

func (h *Change) peeling(tx, out uint32) (bool, bool) {
	by, spent := h.c.Spender(out)
	return (!spent || h.peels(by)) && h.Peeling(tx), true
}

func (h *Change) powerOfTen(_, out uint32) (bool, bool) { return h.c.Value[out]%1_000_000 != 0, true }

func (h *Change) optimal(tx, out uint32) (bool, bool) {
	_, smallest := h.owners(tx)
	return h.c.Value[out] < smallest, true
}

// addressType abstains only when a type is not known; inputs of several types
// leave no candidate.
func (h *Change) addressType(tx, out uint32) (is, ok bool) {
	accounts, _ := h.owners(tx)
	kind := h.kind(accounts[0])
	if kind == KindUnknown || h.kind(h.c.Account[out]) == KindUnknown {
		return false, false
	}
	for _, a := range accounts {
		if h.kind(a) != kind {
			return false, true
		}
	}
	return h.kind(h.c.Account[out]) == kind, true
}

func (h *Change) locktime(tx, out uint32) (is, ok bool) {
	if h.facts.Locktime == nil {
		return false, false
	}
	by, spent := h.c.Spender(out)
	return !spent || (h.facts.Locktime(by) > 0) == (h.facts.Locktime(tx) > 0), true
}

// fixedFee compares fees per byte exactly: as fractions.
func (h *Change) fixedFee(tx, out uint32) (is, ok bool) {
	if h.facts.Size == nil {
		return false, false
	}
	by, spent := h.c.Spender(out)
	if !spent {
		return true, true
	}
	ahi, alo := bits.Mul64(h.c.Fee[tx], uint64(h.facts.Size(by)))
	bhi, blo := bits.Mul64(h.c.Fee[by], uint64(h.facts.Size(tx)))
	return ahi == bhi && alo == blo, true
}

func (h *Change) reuse(tx, out uint32) (bool, bool) {
	accounts, _ := h.owners(tx)
	return slices.Contains(accounts, h.c.Account[out]), true
}

func (h *Change) client(tx, out uint32) (bool, bool) { return h.first[h.c.Account[out]] == tx, true }

func (h *Change) isSpent(_, out uint32) (bool, bool) {
	_, spent := h.c.Spender(out)
	return spent, true
}

// paysItself reports whether an output goes to an address of an input.
func (h *Change) paysItself(tx uint32) bool {
	accounts, _ := h.owners(tx)
	from, to := h.c.Outs(tx)
	return slices.ContainsFunc(h.c.Account[from:to], func(a uint32) bool { return slices.Contains(accounts, a) })
}

// fresh counts the outputs to addresses that were not paid before.
func (h *Change) fresh(tx uint32) (n int) {
	from, to := h.c.Outs(tx)
	for _, a := range h.c.Account[from:to] {
		if h.first[a] == tx {
			n++
		}
	}
	return n
}

func (h *Change) oneTime(tx, out uint32) (bool, bool) {
	return h.first[h.c.Account[out]] == tx && h.fresh(tx) == 1 && !h.paysItself(tx), true
}

func (h *Change) shadow(tx, out uint32) (bool, bool) {
	_, n := h.counts(tx)
	return n == 2 && h.first[h.c.Account[out]] == tx && h.fresh(tx) == 1, true
}

// graphsense is their one-time change: more than one candidate is none.
func (h *Change) graphsense(tx, out uint32) (is, ok bool) {
	_, n := h.counts(tx)
	if n < 2 || n > 10 {
		return false, true
	}
	if accounts, _ := h.owners(tx); h.kind(accounts[0]) == KindUnknown {
		return false, false
	}
	from, to := h.c.Outs(tx)
	only := uint32(0)
	found := 0
	for o := from; o < to; o++ {
		if h.graphsenseOne(tx, o) {
			only, found = o, found+1
		}
	}
	return found == 1 && only == out, true
}

func (h *Change) graphsenseOne(tx, out uint32) bool {
	same, _ := h.addressType(tx, out)
	small, _ := h.optimal(tx, out)
	a := h.c.Account[out]
	return same && small && h.c.Value[out]%1000 != 0 && h.first[a] == tx && h.uses[a] == 1 && h.spent[a] <= 1
}
