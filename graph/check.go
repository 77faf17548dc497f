package graph

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// maxFaults is how many faults a check lists before it stops looking.
const maxFaults = 20

// Check reads the whole store and compares everything with everything:
// checksums, lengths, spender links with the inputs that made them, every
// transfer's balance, both hash tables and the indexes with the columns. It
// returns the faults it found, at most 20; none means that the store is what was
// written.
func (s *Store) Check(ctx context.Context) []error {
	k := &check{s: s, ctx: ctx}
	for _, c := range s.stored {
		k.found(c.Verify())
	}
	for _, h := range []*disk.Heap{s.accounts, s.strings, s.rec} {
		if h != nil {
			k.found(h.Verify())
		}
	}
	for _, x := range append(append([]*disk.Index(nil), s.credited...), s.debited...) {
		k.found(x.Verify())
	}
	if len(k.faults) > 0 {
		return k.faults // the rest would only repeat it
	}
	if s.coins() {
		if !k.coinsNest() {
			return k.faults
		}
		k.links()
		k.indexed(s.credited, s.outAccount.All())
	} else {
		k.indexed(s.credited, s.to.All())
		k.indexed(s.debited, s.from.All())
	}
	if s.m.Layout == layoutFlows && !k.flowsNest() {
		return k.faults
	}
	k.lookups()
	k.balances()
	return k.faults
}

type check struct {
	s      *Store
	ctx    context.Context
	faults []error
}

func (k *check) found(err error) {
	if err != nil && len(k.faults) < maxFaults {
		k.faults = append(k.faults, err)
	}
}

func (k *check) damaged(format string, args ...any) {
	k.found(fmt.Errorf("%s: %s: %w", k.s.dir, fmt.Sprintf(format, args...), ErrDamaged))
}

// stop reports whether to look no further.
func (k *check) stop(i int) bool {
	if i%4096 == 0 && k.ctx.Err() != nil && len(k.faults) < maxFaults {
		k.faults = append(k.faults, k.ctx.Err())
		return true
	}
	return len(k.faults) >= maxFaults
}

// coinsNest compares where blocks begin, and the inputs and outputs of transactions:
// whatever looks further goes by that.
func (k *check) coinsNest() bool {
	s := k.s
	k.rises("outputs of transaction", s.txOut.All(), s.outValue.Len()+1, false)
	k.rises("inputs of transaction", s.txIn.All(), s.inCoin.Len()+1, false)
	if s.inBlocks() {
		k.rises("block", s.blockTx.All(), s.transfers()+1, false)
	}
	for i, coin := range s.inCoin.All() {
		if int(coin) >= s.outValue.Len() {
			k.damaged("input %d spends output %d of %d", i, coin, s.outValue.Len())
		}
		if k.stop(i) {
			break
		}
	}
	return len(k.faults) == 0
}

// rises holds that firsts begin at 0 and rise, below an end; strictly where each has
// something.
func (k *check) rises(what string, firsts []uint32, end int, strictly bool) {
	for i, f := range firsts {
		if i == 0 && f != 0 || i > 0 && (f < firsts[i-1] || strictly && f == firsts[i-1]) || int(f) >= end {
			k.damaged("%s %d begins at %d of %d", what, i, f, end)
		}
		if k.stop(i) {
			return
		}
	}
	if strictly && len(firsts) == 0 && end > 0 {
		k.damaged("no %s for %d", what, end)
	}
}

// links compares the spender links with the inputs: each input's coin is linked
// to its transaction, and there are no other links.
func (k *check) links() {
	s := k.s
	links := 0
	_, err := os.Stat(filepath.Join(s.dir, dirtyName))
	dirty := err == nil // somebody writes, or was killed: links may be ahead
	for i, by := range s.outSpent.All() {
		if by != 0 && int(by) < s.transfers() {
			links++
		} else if by != 0 && !dirty {
			k.damaged("output %d is linked to transaction %d of %d", i, by, s.transfers())
		}
		if a := s.outAccount.At(i); int(a) >= s.accounts.Len() {
			k.damaged("output %d belongs to account %d of %d", i, a, s.accounts.Len())
		}
		if k.stop(i) {
			return
		}
	}
	for tx := range s.transfers() {
		from, to := s.insOf(tx)
		if from > to || to > s.inCoin.Len() {
			k.damaged("transaction %d: inputs %d to %d", tx, from, to)
			return
		}
		for _, coin := range s.inCoin.All()[from:to] {
			if int(coin) >= s.outSpent.Len() || int(s.outSpent.At(int(coin))) != tx {
				k.damaged("transaction %d spends output %d, whose link says otherwise", tx, coin)
			}
		}
		if from, to := s.outsOf(tx); from > to || to > s.outValue.Len() {
			k.damaged("transaction %d: outputs %d to %d", tx, from, to)
			return
		}
		if k.stop(tx) {
			return
		}
	}
	if links != s.inCoin.Len() {
		k.damaged("%d links to spenders, %d inputs", links, s.inCoin.Len())
	}
}

// indexed compares the lists with the column they sort.
func (k *check) indexed(indexes []*disk.Index, keyOf []uint32) {
	at := uint64(0)
	for _, x := range indexes {
		if x.From != at || x.To > uint64(len(keyOf)) {
			k.damaged("%s lists %d to %d, after %d of %d", x.File, x.From, x.To, at, len(keyOf))
			return
		}
		at = x.To
		listed := uint64(0)
		for a := range k.s.accounts.Len() {
			for _, item := range x.Of(uint32(a)) {
				if uint64(item) < x.From || int(item) >= len(keyOf) || keyOf[item] != uint32(a) {
					k.damaged("%s lists %d under account %d", x.File, item, a)
				}
				listed++
			}
			if k.stop(a) {
				return
			}
		}
		want := uint64(0)
		for _, key := range keyOf[x.From:x.To] {
			if key != noAccount {
				want++
			}
		}
		if listed != want {
			k.damaged("%s lists %d of %d", x.File, listed, want)
		}
	}
}

// lookups finds every account and every transfer by name.
func (k *check) lookups() {
	s := k.s
	for a := range s.accounts.Len() {
		if n, ok := s.accountNumber(s.accounts.At(a)); !ok || int(n) != a {
			k.damaged("account %d is found as %d, %v", a, n, ok)
		}
		if k.stop(a) {
			return
		}
	}
	if s.m.Layout == layoutFlows {
		k.flowLookups()
		return
	}
	for tx := range s.transfers() {
		if s.rec == nil {
			if !containsID(s.txsOf(ledger.Hash(s.txID.At(tx))), tx) {
				k.damaged("transaction %d is not found by its id", tx)
			}
		} else if name, id := s.namesOf(tx); !containsID(s.findNamed(id), tx) || !containsID(s.findNamed(name), tx) {
			k.damaged("transfer %d is not found by its names %s and %s", tx, id, name)
		}
		if k.stop(tx) {
			return
		}
	}
}

func containsID(ids []ID, i int) bool {
	for _, id := range ids {
		if int(id) == i {
			return true
		}
	}
	return false
}

// balances validates every transfer as a source's would be.
func (k *check) balances() {
	s := k.s
	if s.m.Layout == layoutBlocks {
		k.coinBalances()
		return
	}
	for id := range s.transfers() {
		e, err := s.Entry(ID(id))
		if err == nil {
			err = e.Validate(s.m.Ledger.Model)
		}
		k.found(err)
		if k.stop(id) {
			return
		}
	}
}

// coinBalances checks inputs = outputs + fee on the columns, for all but
// coinbases.
func (k *check) coinBalances() {
	s := k.s
	for tx := range s.transfers() {
		var in, out money.Amount
		from, to := s.insOf(tx)
		for _, coin := range s.inCoin.All()[from:to] {
			in = in.Add(money.Units(s.outValue.At(int(coin))))
		}
		f, t := s.outsOf(tx)
		for _, v := range s.outValue.All()[f:t] {
			out = out.Add(money.Units(v))
		}
		if out = out.Add(money.Units(s.txFee.At(tx))); from < to && in != out {
			k.damaged("transaction %d takes in %s and gives out %s", tx, in, out)
		}
		if k.stop(tx) {
			return
		}
	}
}
