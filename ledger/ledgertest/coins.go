package ledgertest

import (
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Coins describes a random UTXO ledger. Zero fields take the defaults named.
type Coins struct {
	Txs    int          // transactions after the first coins; default 8
	First  int          // lines of first coins; default 3
	MaxIn  int          // inputs per transaction; default 3
	MaxOut int          // outputs per transaction; default 3
	Owners int          // addresses a0, a1, … that are paid; default 6
	Amount money.Amount // largest first coin; default 20
	Thefts int          // names A, B, …; 0 is a clean ledger
	// Zeros allows outputs of nothing, Parts marks of a part of a coin,
	// Overlaps marks on what another theft has marked or reached before.
	Zeros, Parts, Overlaps bool
	// Later marks outputs in mid-ledger too, not first coins alone. Without
	// Overlaps only outputs that no earlier theft can have reached.
	Later bool
	// Blocks puts the transactions into blocks with coinbases that claim the
	// fees, at times not all of them; Times gives times without blocks.
	Blocks, Times bool
}

// AnyCoins draws the options, too: a ledger of at most max transactions, of
// every kind that Coins describes.
func AnyCoins(seed uint64, max int) *ledger.Document {
	d := newDraw(seed, 'c')
	o := Coins{
		Txs: d.between(1, max), First: d.between(1, 6), MaxIn: d.between(1, 5), MaxOut: d.between(1, 5),
		Owners: d.between(2, 12), Amount: anyScale(d), Thefts: d.between(1, 3), Zeros: d.chance(40),
		Parts: d.chance(40), Overlaps: d.chance(25), Later: d.chance(40), Blocks: d.chance(30), Times: d.chance(50),
	}
	return o.Make(seed)
}

// anyScale draws a largest amount: mostly small, where rounding shows, at times
// beyond 64 bits. 2^100 leaves room for sums of 2^28 of them.
func anyScale(d draw) money.Amount {
	switch d.IntN(6) {
	case 0:
		return money.Units(3)
	case 1, 2:
		return money.Units(20)
	case 3, 4:
		return money.Units(21e14)
	}
	return money.FromWords(1<<36, 0)
}

func (o *Coins) defaults() {
	fill := func(n *int, x int) {
		if *n == 0 {
			*n = x
		}
	}
	fill(&o.Txs, 8)
	fill(&o.First, 3)
	fill(&o.MaxIn, 3)
	fill(&o.MaxOut, 3)
	fill(&o.Owners, 6)
	if o.Amount.IsZero() {
		o.Amount = money.Units(20)
	}
}

// Make makes the ledger of a seed.
func (o Coins) Make(seed uint64) *ledger.Document {
	o.defaults()
	m := coinMaker{Coins: o, draw: newDraw(seed, 'u'), when: epoch}
	m.text.WriteString("ledger test utxo native BTC\n")
	for i := range o.First {
		m.first(i)
	}
	for m.txs < o.Txs {
		if o.Blocks {
			m.block()
		} else {
			m.tx(&m.text)
		}
	}
	m.steal()
	return parse(fmt.Sprintf("coins-%d", seed), m.text.String())
}

// epoch is when made-up ledgers begin.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// coinOf is a coin in the making and the transaction that made it.
type coinOf struct {
	ref    string
	n      money.Amount
	by     int // index in made, or -1
	marked bool
}

type coinMaker struct {
	Coins
	draw
	text  strings.Builder
	coins []coinOf
	live  []int   // unspent, indices of coins
	made  [][]int // per transaction, the coins it spent
	txs   int
	last  money.Amount // an amount to repeat
	when  time.Time
	rise  uint64 // height
}

func (m *coinMaker) owner() string { return fmt.Sprintf("a%d", m.IntN(m.Owners)) }

// pay writes outputs and keeps the coins they make.
func (m *coinMaker) pay(w *strings.Builder, tx string, by int, amounts []money.Amount) (fresh []int) {
	for i, n := range amounts {
		fmt.Fprintf(w, " %s:%s", m.owner(), n)
		fresh = append(fresh, len(m.coins))
		m.coins = append(m.coins, coinOf{ref: fmt.Sprintf("%s.%d", tx, i), n: n, by: by})
	}
	w.WriteByte('\n')
	return fresh
}

func (m *coinMaker) first(i int) {
	name := fmt.Sprintf("f%d", i)
	var amounts []money.Amount
	for range m.between(1, 2) {
		n := m.amount(m.Amount)
		switch {
		case m.Zeros && m.chance(10):
			n = money.Zero
		case m.chance(25) && !m.last.IsZero():
			n = m.last // equal amounts
		}
		m.last = n
		amounts = append(amounts, n)
	}
	fmt.Fprintf(&m.text, "coin %s", name)
	m.live = append(m.live, m.pay(&m.text, name, -1, amounts)...)
}

// tx writes a transaction and returns its fee.
func (m *coinMaker) tx(w *strings.Builder) money.Amount {
	name := fmt.Sprintf("t%d", m.txs)
	m.txs++
	w.WriteString(name)
	if m.Times && !m.Blocks {
		m.when = m.when.Add(time.Duration(m.IntN(3)) * time.Minute)
		w.WriteString(" " + m.when.Format("2006-01-02T15:04Z"))
	}
	var sum money.Amount
	var ins []int
	chosen := m.pick(len(m.live), m.between(1, m.MaxIn))
	gone := map[int]bool{}
	for _, i := range chosen {
		c := m.live[i]
		gone[c] = true
		ins = append(ins, c)
		sum = sum.Add(m.coins[c].n)
		w.WriteString(" " + m.coins[c].ref)
	}
	var fee money.Amount
	if m.chance(60) {
		most := sum
		if !m.Zeros {
			most = sum.Monus(money.Units(1))
		}
		fee = m.amount(most.Min(money.Units(4)))
	}
	parts := m.between(1, m.MaxOut)
	if left, small := sum.Sub(fee), money.Units(uint64(parts)); !m.Zeros && left.Less(small) {
		// too little for that many outputs above zero
		parts = 1
	}
	w.WriteString(" ->")
	by := len(m.made)
	m.made = append(m.made, ins)
	fresh := m.pay(w, name, by, m.split(sum.Sub(fee), parts, m.Zeros))
	live := m.live[:0]
	for _, c := range m.live {
		if !gone[c] {
			live = append(live, c)
		}
	}
	m.live = append(live, fresh...)
	return fee
}

// block writes a block: the coinbase stands first and claims the fees of the
// transactions below it, or a part of what it may.
func (m *coinMaker) block() {
	m.rise += uint64(m.between(1, 3))
	m.when = m.when.Add(10 * time.Minute)
	fmt.Fprintf(&m.text, "block %d %s\n", m.rise, m.when.Format("2006-01-02T15:04Z"))
	subsidy := m.upTo(money.Units(10))
	claim := subsidy
	var body strings.Builder
	for range m.between(1, 4) {
		if m.txs < m.Txs {
			claim = claim.Add(m.tx(&body))
		}
	}
	if m.chance(15) {
		claim = m.upTo(claim) // the rest is destroyed
	}
	name := fmt.Sprintf("cb%d", m.rise)
	fmt.Fprintf(&m.text, "coinbase %s subsidy %s ->", name, subsidy)
	fresh := m.pay(&m.text, name, -1, m.split(claim, m.between(1, 2), true))
	m.live = append(m.live, fresh...)
	m.text.WriteString(body.String())
}

// steal marks coins. Each theft gets one or two marks.
func (m *coinMaker) steal() {
	for i := range m.Thefts {
		name := string(rune('A' + i))
		for range m.between(1, 2) {
			c, ok := m.victim()
			if !ok {
				continue
			}
			m.coins[c].marked = true
			fmt.Fprintf(&m.text, "theft %s %s", name, m.coins[c].ref)
			if n := m.coins[c].n; m.Parts && m.chance(60) && !n.IsZero() {
				off := m.upTo(n.Sub(money.Units(1)))
				fmt.Fprintf(&m.text, " %s+%s", off, m.amount(n.Sub(off)))
			}
			m.text.WriteByte('\n')
		}
	}
}

// victim chooses a coin to mark: unless overlaps are wanted, one that no mark
// has reached and whose marking reaches no other mark.
func (m *coinMaker) victim() (int, bool) {
	reached := m.reached()
	var fit []int
	for i, c := range m.coins {
		fits := !c.n.IsZero() && (c.by < 0 && !strings.HasPrefix(c.ref, "cb") || m.Later)
		if fits && (m.Overlaps || !reached[i] && !m.leadsToMark(i)) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		return 0, false
	}
	return fit[m.IntN(len(fit))], true
}

// reached says of every coin whether it may hold a unit of a marked one. Coins
// are numbered in the order of their making except coinbases, which nothing in
// their block spends.
func (m *coinMaker) reached() []bool {
	hit := make([]bool, len(m.coins))
	for i, c := range m.coins {
		hit[i] = c.marked
		if c.by < 0 {
			continue
		}
		for _, in := range m.made[c.by] {
			hit[i] = hit[i] || hit[in]
		}
	}
	return hit
}

// leadsToMark says whether a mark in mid-ledger lies on the way of coin i. The
// fees that a coinbase claims are not looked at: under a followed fee fate a
// mark on a coinbase may still overlap.
func (m *coinMaker) leadsToMark(i int) bool {
	hit := make([]bool, len(m.coins))
	hit[i] = true
	for j, c := range m.coins {
		if c.by < 0 {
			continue
		}
		for _, in := range m.made[c.by] {
			hit[j] = hit[j] || hit[in]
		}
		if hit[j] && c.marked {
			return true
		}
	}
	return false
}
