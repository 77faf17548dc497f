package ledgertest

import (
	"math/bits"
	"slices"

	"github.com/coldtrail/coldtrail/ledger"
)

// coin is an unspent output of the chain in work.
type coin struct {
	tx     ledger.Hash
	index  uint32
	key    uint32 // which address
	amount uint64
	marks  uint64 // heists from which it descends
}

// paid is an output to be.
type paid struct {
	owner  int
	key    uint32
	amount uint64
}

// young is an output of a coinbase that may not be spent yet.
type young struct {
	owner, height int
	coin          coin
}

// market is who owns what, and the block in work.
type market struct {
	draw
	f     BlockFiles
	truth BlockTruth

	wallets  [][]coin
	known    [][]uint32 // some addresses of each owner
	keys     uint32     // addresses given out
	owners   []int      // who has coins, each once
	listed   []bool
	services int
	young    []young
	ins      []coin // of the transaction in work
	outs     []paid

	height, made int
	fees         uint64
	body, base   []byte // of the block, and of one transaction without witness
	head, full   []byte // the coinbase, and one transaction
	ids          []ledger.Hash
}

func newMarket(f BlockFiles) *market {
	owners := f.Txs/200 + 100
	return &market{
		draw: newDraw(f.Seed, 'b'), f: f, wallets: make([][]coin, owners), known: make([][]uint32, owners),
		listed: make([]bool, owners), services: min(200, owners/10),
	}
}

func (m *market) give(owner int, c coin) {
	m.wallets[owner] = append(m.wallets[owner], c)
	if !m.listed[owner] {
		m.listed[owner] = true
		m.owners = append(m.owners, owner)
	}
}

// take adds coins of an owner, drawn at random, to the inputs.
func (m *market) take(owner, n int) {
	w := m.wallets[owner]
	for ; n > 0 && len(w) > 0; n-- {
		i := m.IntN(len(w))
		m.ins = append(m.ins, w[i])
		w[i] = w[len(w)-1]
		w = w[:len(w)-1]
	}
	m.wallets[owner] = w
}

// someone is an owner with coins; false when there is none.
func (m *market) someone() (int, bool) {
	for len(m.owners) > 0 {
		i := m.IntN(len(m.owners))
		owner := m.owners[i]
		if len(m.wallets[owner]) > 0 {
			return owner, true
		}
		m.listed[owner] = false
		m.owners[i] = m.owners[len(m.owners)-1]
		m.owners = m.owners[:len(m.owners)-1]
	}
	return 0, false
}

// payee is a service in two of five payments, anyone otherwise.
func (m *market) payee() int {
	if m.chance(40) {
		return m.IntN(m.services)
	}
	return m.IntN(len(m.wallets))
}

// address is a new one of an owner in so many of a hundred cases, or one of the
// eight that the owner goes on using.
func (m *market) address(owner, fresh int) uint32 {
	known := m.known[owner]
	if len(known) > 0 && !m.chance(fresh) {
		return known[m.IntN(len(known))]
	}
	key := m.keys
	m.keys++
	switch {
	case len(known) < 8:
		m.known[owner] = append(known, key)
	case m.chance(25):
		known[m.IntN(8)] = key
	}
	return key
}

// transact makes one transaction of the block; false when the draw made none.
func (m *market) transact() bool {
	owner, ok := m.someone()
	if !ok {
		return false
	}
	m.ins, m.outs = m.ins[:0], m.outs[:0]
	heists := len(m.truth.Heists)
	due := heists < 16 && m.made > (heists+4)*m.f.Txs/20 // sixteen, from a fifth of the chain on
	switch n := m.IntN(1000); {
	case due && m.heist():
		return true
	case n < 5:
		return m.coinjoin()
	case n < 35 && len(m.wallets[owner]) > 20:
		return m.payout(owner)
	}
	return m.payment(owner)
}

// payment pays one payee and, nine times of ten, gives change. Now and then a
// wallet sweeps up its coins, as most do.
func (m *market) payment(owner int) bool {
	n := 1
	switch x := m.IntN(100); {
	case x >= 95:
		n = m.between(4, 15)
	case x >= 76:
		n = m.between(2, 3)
	}
	if have := len(m.wallets[owner]); have > 6 && m.chance(66) {
		if n = max(n, have/2); m.chance(25) {
			n = have
		}
	}
	m.take(owner, min(n, 200))
	whole := m.sum()
	fee := uint64(m.between(300, 2300))
	if whole <= fee+2000 {
		return m.giveBack(owner)
	}
	to := m.payee()
	if m.chance(10) {
		m.pay(to, m.address(to, 60), whole-fee)
		return m.settle()
	}
	amount := (whole - fee) / uint64(m.between(2, 21))
	if amount > 1_000_000 && m.chance(33) {
		amount -= amount % 1_000_000
	}
	m.pay(to, m.address(to, 60), amount)
	m.pay(owner, m.address(owner, 85), whole-fee-amount)
	if m.chance(50) {
		m.outs[0], m.outs[1] = m.outs[1], m.outs[0]
	}
	return m.settle()
}

// payout pays many at once.
func (m *market) payout(owner int) bool {
	m.take(owner, m.between(1, 6))
	n := m.between(5, 34)
	rest := m.sum()
	part := rest / uint64(n+1)
	if part < 2000 {
		return m.giveBack(owner)
	}
	rest -= 1000 // the fee
	for range n {
		amount := part/2 + m.Uint64N(part/2+1)
		to := m.payee()
		m.pay(to, m.address(to, 60), amount)
		rest -= amount
	}
	m.pay(owner, m.address(owner, 100), rest)
	return m.settle()
}

// coinjoin mixes one coin each of three to seven owners: equal outputs, and the
// change of each.
func (m *market) coinjoin() bool {
	want := m.between(3, 7)
	var who []int
	least := ^uint64(0)
	for tries := 0; tries < 40 && len(who) < want; tries++ {
		owner, ok := m.someone()
		if !ok {
			break
		}
		if slices.Contains(who, owner) {
			continue
		}
		m.take(owner, 1)
		least = min(least, m.ins[len(m.ins)-1].amount)
		who = append(who, owner)
	}
	equal := least / 2
	if len(who) < 3 || equal < 10_000 {
		for i, owner := range who {
			m.give(owner, m.ins[i])
		}
		return false
	}
	for i, owner := range who {
		m.pay(owner, m.address(owner, 100), equal)
		m.pay(owner, m.address(owner, 100), m.ins[i].amount-equal-500)
	}
	m.truth.CoinJoins++
	return m.settle()
}

// heist robs a service of up to a hundred coins; false when none is worth it.
func (m *market) heist() bool {
	victim := m.IntN(m.services)
	if len(m.wallets[victim]) < 5 {
		return false
	}
	m.take(victim, 100)
	const fee = 20_000
	whole := m.sum()
	if whole < 100*fee {
		return m.giveBack(victim)
	}
	thief := m.IntN(len(m.wallets))
	m.truth.Heists = append(m.truth.Heists, PlantedHeist{Number: m.truth.Txs, Stolen: whole - fee})
	m.pay(thief, m.address(thief, 100), whole-fee)
	return m.settle()
}

func (m *market) pay(owner int, key uint32, amount uint64) {
	m.outs = append(m.outs, paid{owner, key, amount})
}

func (m *market) sum() (whole uint64) {
	for _, c := range m.ins {
		whole += c.amount
	}
	return whole
}

// giveBack undoes take; no transaction was made.
func (m *market) giveBack(owner int) bool {
	for _, c := range m.ins {
		m.give(owner, c)
	}
	m.ins = m.ins[:0]
	return false
}

// settle writes the transaction into the block, and gives its outputs to their
// owners, with the marks of all that was spent.
func (m *market) settle() bool {
	lock := uint32(0)
	if m.chance(25) {
		lock = uint32(m.height)
	}
	m.full, m.base = m.form(m.full, m.base, m.ins, m.outs, lock, nil)
	m.body = append(m.body, m.full...)
	id := twiceHashed(m.base)
	m.ids = append(m.ids, id)

	marks := uint64(0)
	for _, c := range m.ins {
		m.fees += c.amount
		marks |= c.marks
	}
	for x := marks; x != 0; x &= x - 1 {
		m.truth.Heists[bits.TrailingZeros64(x)].Reached++
	}
	new := uint64(0)
	if n := len(m.truth.Heists); n > 0 && m.truth.Heists[n-1].Tx == "" {
		m.truth.Heists[n-1].Tx = id.String()
		new = 1 << (n - 1)
	}
	for i, o := range m.outs {
		m.fees -= o.amount
		m.note(o.amount)
		m.give(o.owner, coin{tx: id, index: uint32(i), key: o.key, amount: o.amount, marks: marks | new})
	}
	m.truth.Txs++
	m.truth.Inputs += len(m.ins)
	return true
}

// note counts an output.
func (m *market) note(amount uint64) {
	m.truth.Outputs++
	m.truth.MaxOutput = max(m.truth.MaxOutput, amount)
}

// tally counts what is left of each heist at the end of the chain.
func (m *market) tally() {
	for _, w := range m.wallets {
		for _, c := range w {
			for x := c.marks; x != 0; x &= x - 1 {
				h := &m.truth.Heists[bits.TrailingZeros64(x)]
				h.Ends++
				h.Sum += c.amount
			}
		}
	}
}
