package trace

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"sort"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/swap"
)

// Own is the owner of money that no victim claims: the holder's, or unknown.
const Own = "own"

// maxOwnerEntries bounds the exact rationals of OwnersOn: their digits grow with
// every payment of the rolling charge.
const maxOwnerEntries = 20000

// Mixed is one account of a ledger and whose money is in it.
type Mixed struct {
	Ledger  ledger.ID
	Account ledger.Account
	Asset   money.Asset
	// Left is what each owner has in it, by rule; Debt is what credits to an
	// account in debit extinguished, which nobody can trace further.
	Left, Debt map[OwnerRule]Shares
	// Caps is the lowest intermediate balance of each victim whose money was
	// credited here directly; PariPassu shares the balance by what came in.
	Caps, PariPassu Shares
	Balance         *big.Rat
	// Tied counts its bookings whose order is not known: the rules take them as
	// listed.
	Tied int
}

// OwnersOn applies the courts' rules to every account that stolen money
// reached, over the whole ledger, in exact rationals of atomic units. Thefts
// are owners. Clean value that must have been there before the data stands
// before everything. Conversions and parts of coins are not followed: a leg
// behind a conversion arrives as Own, and what only the net flows of a transaction
// show to be one is taken as the payments it is made of.
func OwnersOn(ctx context.Context, g graph.Graph, q Question) ([]Mixed, error) {
	if over, ok := g.(*swap.Graph); ok {
		g = over.Graph
	}
	e, err := NewEngine(g, q)
	if err != nil {
		return nil, err
	}
	entries, err := e.ownerEntries(ctx)
	if err != nil {
		return nil, err
	}
	found := map[graph.Pool]*Mixed{}
	var all []*ownerBooks
	reached := map[graph.Pool]bool{} // under any rule
	for _, rule := range OwnerRules {
		books := newOwnerBooks(rule, entries)
		for i := range entries {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			books.book(&entries[i])
		}
		all = append(all, books)
		maps.Copy(reached, books.touched)
	}
	for _, books := range all {
		books.report(e, reached, found)
	}
	for _, x := range entries {
		for _, p := range []graph.Pool{x.from, x.to} {
			if m := found[p]; m != nil && x.tied {
				m.Tied++
			}
		}
	}
	addCaps(entries, found)
	var out []Mixed
	for _, m := range found {
		out = append(out, *m)
	}
	sort.Slice(out, func(i, j int) bool {
		if c := out[i].Balance.Cmp(out[j].Balance); c != 0 {
			return c > 0
		}
		if out[i].Account != out[j].Account {
			return out[i].Account < out[j].Account
		}
		if out[i].Asset.ID != out[j].Asset.ID {
			return out[i].Asset.ID < out[j].Asset.ID
		}
		return out[i].Ledger < out[j].Ledger
	})
	return out, nil
}

// ownerEntry is one transfer as the rules see it.
type ownerEntry struct {
	from, to  graph.Pool
	amount    *big.Rat
	owner     string // of a stolen credit
	id        string
	overdraft bool
	tied      bool
}

func (e *Engine) ownerEntries(ctx context.Context) ([]ownerEntry, error) {
	if len(e.seeds.injections) > 0 {
		return nil, fmt.Errorf("the rules between owners need thefts that stand in the ledger, not injections: %w", ErrQuestion)
	}
	n := e.info.Transfers
	if int(n) > maxOwnerEntries {
		return nil, fmt.Errorf("%d transfers: exact shares are kept for %d at most; cut the ledger: %w", n, maxOwnerEntries, ErrQuestion)
	}
	var out []ownerEntry
	for id := graph.ID(0); int(id) < int(n); id++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		en, err := e.g.Entry(id)
		if err != nil {
			return nil, err
		}
		info := e.models[en.Ledger]
		if info.Model != ledger.Accounts {
			return nil, fmt.Errorf("%s keeps coins: the rules are for accounts: %w", en.Ledger, ErrQuestion)
		}
		if e.until(en.Time) || en.Failed || len(en.Credits) == 0 || en.From() == en.To() {
			continue
		}
		pool := func(a ledger.Account) graph.Pool { return graph.Pool{Ledger: en.Ledger, Account: a, Asset: en.Asset} }
		x := ownerEntry{from: pool(en.From()), to: pool(en.To()), amount: new(big.Rat).SetInt(en.Amount().Big()), id: en.ID, overdraft: info.Overdraft, tied: en.Tie != 0}
		for _, m := range e.seeds.marks[id] {
			if m.part {
				return nil, fmt.Errorf("theft seed %s marks a part of a credit: %w", en.ID, ErrQuestion)
			}
			x.owner = e.seeds.rows[m.row].Theft
		}
		out = append(out, x)
	}
	return out, nil
}

// ownerBooks are all accounts under one rule.
type ownerBooks struct {
	rule    OwnerRule
	by      map[graph.Pool]*mixed
	debt    map[graph.Pool]*big.Rat // what an account owes its bank
	lost    map[graph.Pool]Shares   // what paid such debts
	touched map[graph.Pool]bool     // reached by stolen money
}

// newOwnerBooks opens every account with the clean value its payments need.
func newOwnerBooks(rule OwnerRule, entries []ownerEntry) *ownerBooks {
	b := &ownerBooks{rule, map[graph.Pool]*mixed{}, map[graph.Pool]*big.Rat{}, map[graph.Pool]Shares{}, map[graph.Pool]bool{}}
	bal, low := map[graph.Pool]*big.Rat{}, map[graph.Pool]*big.Rat{}
	at := func(p graph.Pool) *big.Rat {
		if bal[p] == nil {
			bal[p], low[p] = new(big.Rat), new(big.Rat)
		}
		return bal[p]
	}
	for _, x := range entries {
		if r := at(x.from).Sub(at(x.from), x.amount); !x.overdraft && r.Cmp(low[x.from]) < 0 {
			low[x.from].Set(r)
		}
		at(x.to).Add(at(x.to), x.amount)
	}
	for p, short := range low {
		if short.Sign() < 0 {
			b.at(p).receive(Own, new(big.Rat).Neg(short))
		}
	}
	return b
}

func (b *ownerBooks) at(p graph.Pool) *mixed {
	m := b.by[p]
	if m == nil {
		m = &mixed{rule: b.rule, holder: Own, share: Shares{}}
		b.by[p], b.debt[p], b.lost[p] = m, new(big.Rat), Shares{}
	}
	return m
}

// book takes one transfer: what leaves keeps its owners and their order.
func (b *ownerBooks) book(x *ownerEntry) {
	from, to := b.at(x.from), b.at(x.to)
	n, bal := new(big.Rat).Set(x.amount), from.balance()
	if n.Cmp(bal) > 0 { // the bank lends the rest
		b.debt[x.from].Add(b.debt[x.from], new(big.Rat).Sub(n, bal))
		n.Set(bal)
	}
	lots := from.take(n, bal)
	if lent := new(big.Rat).Sub(x.amount, n); lent.Sign() > 0 {
		lots = append(lots, ownerLot{Own, lent})
	}
	if x.owner != "" {
		lots = []ownerLot{{x.owner, new(big.Rat).Set(x.amount)}}
	}
	for _, l := range lots {
		if l.owner != Own {
			b.touched[x.to] = true
		}
		if debt := b.debt[x.to]; debt.Sign() > 0 {
			pay := new(big.Rat).Set(l.n)
			if pay.Cmp(debt) > 0 {
				pay.Set(debt)
			}
			debt.Sub(debt, pay)
			b.lost[x.to].add(l.owner, pay)
			l.n = new(big.Rat).Sub(l.n, pay)
		}
		if l.n.Sign() > 0 {
			to.receive(l.owner, l.n)
		}
	}
}

// report adds the accounts that stolen money reached.
func (b *ownerBooks) report(e *Engine, reached map[graph.Pool]bool, found map[graph.Pool]*Mixed) {
	for p := range reached {
		m := found[p]
		if m == nil {
			m = &Mixed{Ledger: p.Ledger, Account: p.Account, Asset: e.assetOf(p.Asset), Left: map[OwnerRule]Shares{}, Debt: map[OwnerRule]Shares{}, Caps: Shares{}, Balance: b.by[p].balance()}
			found[p] = m
		}
		m.Left[b.rule], m.Debt[b.rule] = b.by[p].left(), b.lost[p]
	}
}

func (e *Engine) assetOf(id money.AssetID) money.Asset {
	for _, l := range e.info.Ledgers {
		for _, a := range l.Assets {
			if a.ID == id {
				return a
			}
		}
	}
	return money.Asset{ID: id}
}

// addCaps gives the lowest intermediate balance and the distribution pari passu
// of accounts that victims' money was credited to directly.
func addCaps(entries []ownerEntry, found map[graph.Pool]*Mixed) {
	events := map[graph.Pool][]OwnerEvent{}
	victims := map[graph.Pool]map[string]bool{}
	books := newOwnerBooks(RuleFIFO, entries)
	for p := range found {
		victims[p] = map[string]bool{}
		if m := books.by[p]; m != nil && m.balance().Sign() > 0 {
			events[p] = append(events[p], OwnerEvent{In: Own, Amount: m.balance()})
		}
	}
	for _, x := range entries {
		if found[x.from] != nil {
			events[x.from] = append(events[x.from], OwnerEvent{Out: x.id, Amount: x.amount})
		}
		if found[x.to] == nil {
			continue
		}
		owner := x.owner
		if owner == "" {
			owner = Own
		} else {
			victims[x.to][owner] = true
		}
		events[x.to] = append(events[x.to], OwnerEvent{In: owner, Amount: x.amount})
	}
	for p, m := range found {
		for v := range victims[p] {
			limit := LowestBalance(events[p], v)
			if limit.Sign() < 0 {
				limit.SetInt64(0)
			}
			m.Caps[v] = limit
		}
		if len(victims[p]) > 0 && m.Balance.Sign() > 0 {
			m.PariPassu = PariPassu(events[p])
		}
	}
}
