package ledgertest

import (
	"context"
	"fmt"
	"iter"
	"strconv"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Stream is a ledger of any length for benchmarks, made as it is read: a
// Source whose memory does not grow with Transfers. Reading it twice gives the
// same transfers.
type Stream struct {
	Model     ledger.Model
	Transfers int // besides the openings
	Seed      uint64
	// Pools is the number of accounts, or of coins that are unspent at a time.
	// 0 means 1000.
	Pools int
	// Steals is the number of thefts, named theft0, theft1, …: first coins on
	// a UTXO ledger, mints spread over the first half of an account ledger.
	Steals int
}

func (s Stream) pools() int {
	if s.Pools == 0 {
		return 1000
	}
	return s.Pools
}

// Info implements ledger.Source.
func (s Stream) Info() ledger.Info {
	return ledger.Info{
		ID: "stream", Model: s.Model, Native: "unit", Input: fmt.Sprintf("stream-%d", s.Seed),
		Assets: []money.Asset{{ID: "unit", Symbol: "unit", Known: true}},
	}
}

// Completeness implements ledger.Source: a stream is the whole world.
func (s Stream) Completeness(ledger.Account) ledger.Completeness { return ledger.Completeness{} }

// Thefts are the marks of the stream.
func (s Stream) Thefts() []ledger.Mark {
	var marks []ledger.Mark
	for i := range s.Steals {
		m := ledger.Mark{Theft: "theft" + strconv.Itoa(i)}
		if s.Model == ledger.UTXO {
			m.Ref = fmt.Sprintf("f%d:0", i*s.pools()/s.Steals)
		} else {
			m.Ref = "e" + strconv.Itoa(s.mintAt(i))
		}
		marks = append(marks, m)
	}
	return marks
}

// mintAt is the place of the i-th theft among the transfers of an account
// ledger.
func (s Stream) mintAt(i int) int { return i * max(s.Transfers/2, s.Steals) / s.Steals }

// All implements ledger.Source.
func (s Stream) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		place := uint32(0)
		block := uint64(0)
		next := func(t ledger.Transfer) bool {
			t.Ledger, t.Asset, t.Tx, t.Key = "stream", "unit", t.ID, ledger.Key{Block: block, Tx: place}
			t.Evidence = "stream:" + t.ID
			if place++; place == 1<<20 {
				block, place = block+1, 0
			}
			err := ctx.Err()
			return yield(t, err) && err == nil
		}
		if s.Model == ledger.UTXO {
			s.coins(next)
		} else {
			s.accounts(next)
		}
	}
}

type streamCoin struct {
	coin  ledger.Coin
	owner ledger.Account
	n     money.Amount
}

func (s Stream) coins(next func(ledger.Transfer) bool) {
	d := newDraw(s.Seed, 'S')
	owner := func() ledger.Account { return ledger.Account("a" + strconv.Itoa(d.IntN(s.pools()))) }
	var live []streamCoin
	for i := range s.pools() {
		n, a, id := money.Units(1e6+d.Uint64N(1e9)), owner(), "f"+strconv.Itoa(i)
		live = append(live, streamCoin{ledger.Coin{Tx: id}, a, n})
		if !next(ledger.Transfer{ID: id, Kind: ledger.Opening, Debits: []ledger.Debit{{Account: ledger.Outside, Amount: n}}, Credits: []ledger.Credit{{Account: a, Amount: n}}}) {
			return
		}
	}
	for i := range s.Transfers {
		t := ledger.Transfer{ID: "t" + strconv.Itoa(i)}
		var sum money.Amount
		// as many outputs as inputs on average keeps the number of coins level
		for range d.between(1, 3) {
			if len(live) == 0 {
				break
			}
			k := d.IntN(len(live))
			c := live[k]
			live[k] = live[len(live)-1]
			live = live[:len(live)-1]
			t.Debits = append(t.Debits, ledger.Debit{Account: c.owner, Amount: c.n, Spends: c.coin})
			sum = sum.Add(c.n)
		}
		t.Fee = d.upTo(sum.Min(money.Units(100)))
		parts := d.between(1, 3)
		if len(live) < s.pools()/2 {
			parts = 3
		}
		for k, n := range d.split(sum.Sub(t.Fee), parts, true) {
			a := owner()
			t.Credits = append(t.Credits, ledger.Credit{Account: a, Amount: n})
			live = append(live, streamCoin{ledger.Coin{Tx: t.ID, Index: uint32(k)}, a, n})
		}
		if !next(t) {
			return
		}
	}
}

func (s Stream) accounts(next func(ledger.Transfer) bool) {
	d := newDraw(s.Seed, 'T')
	bal := make([]money.Amount, s.pools())
	name := func(i int) ledger.Account { return ledger.Account("a" + strconv.Itoa(i)) }
	mint := func(id string, i int, n money.Amount, kind ledger.Kind) bool {
		bal[i] = bal[i].Add(n)
		return next(ledger.Transfer{ID: id, Kind: kind, Debits: []ledger.Debit{{Account: ledger.Outside, Amount: n}}, Credits: []ledger.Credit{{Account: name(i), Amount: n}}})
	}
	for i := range bal {
		if !mint("o"+strconv.Itoa(i), i, money.Units(1e6+d.Uint64N(1e9)), ledger.Opening) {
			return
		}
	}
	stolen := 0
	for i := range s.Transfers {
		id := "e" + strconv.Itoa(i)
		if stolen < s.Steals && s.mintAt(stolen) == i {
			stolen++
			if !mint(id, d.IntN(len(bal)), money.Units(1e8), ledger.Value) {
				return
			}
			continue
		}
		from, to := s.busy(d), s.busy(d)
		n, fee := d.upTo(bal[from]), money.Zero
		if d.chance(50) {
			fee = d.upTo(bal[from].Sub(n).Min(money.Units(50)))
		}
		bal[from] = bal[from].Sub(n.Add(fee))
		bal[to] = bal[to].Add(n)
		t := ledger.Transfer{ID: id, Fee: fee, Debits: []ledger.Debit{{Account: name(from), Amount: n.Add(fee)}}, Credits: []ledger.Credit{{Account: name(to), Amount: n}}}
		if !next(t) {
			return
		}
	}
}

// busy draws an account; low numbers are drawn far more often, as hot wallets
// are.
func (s Stream) busy(d draw) int {
	u := d.Uint64N(1000)
	return int(u * u * u * uint64(s.pools()) / 1e9)
}
