package trace_test

import (
	"slices"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// tooMany ends the enumeration of a ledger that has too many assignments.
const tooMany = 20000

// TestBruteForceBounds proves exact bounds on tiny ledgers by listing every
// conforming integral assignment there is: the least and the most that any of
// them puts at a terminal, or in a group, is what the bound must say.
func TestBruteForceBounds(t *testing.T) {
	n, ledgers := 0, 0
	for seed := range uint64(3 * rounds()) {
		for _, d := range []*ledger.Document{
			ledgertest.Coins{Txs: 1 + int(seed%4), First: 2, MaxIn: 3, MaxOut: 3, Amount: money.Units(5), Thefts: 2, Zeros: seed%3 == 0, Parts: seed%2 == 0, Later: seed%5 == 0}.Make(seed),
			ledgertest.Coins{Txs: 1 + int(seed%4), First: 2, MaxIn: 3, MaxOut: 2, Amount: money.Units(5), Thefts: 2, Blocks: true}.Make(seed),
			ledgertest.Accounts{Events: 2 + int(seed%7), Accounts: 4, Services: int(seed % 2), Amount: money.Units(5), Thefts: 2, Fees: seed%3 == 0, Missing: seed%2 == 0, Odd: seed%4 == 0}.Make(seed),
		} {
			if k := bruteForce(t, d, seed); k > 0 {
				n, ledgers = n+k, ledgers+1
			}
		}
	}
	t.Logf("%d bounds of %d ledgers proved", n, ledgers)
	if n < 50*rounds() || ledgers < 6*rounds() {
		t.Errorf("only %d bounds of %d ledgers were proved", n, ledgers)
	}
}

// bruteForce compares every bound of one ledger and returns how many.
func bruteForce(t *testing.T, d *ledger.Document, seed uint64) (compared int) {
	t.Helper()
	if len(d.Thefts) == 0 {
		return 0
	}
	q := trace.Question{Boundary: func(_ ledger.ID, a ledger.Account) (trace.Boundary, bool) {
		return trace.Boundary{Kind: "service", Why: "a service"}, a[0] == 'x'
	}}
	if d.Ledger.Blocks {
		q.FeeFate = []trace.FeeFate{trace.FeesFirst, trace.SubsidyFirst}[seed%2]
	}
	trail := answer(t, d, q)
	for v, view := range trail.Views {
		all, ok := assignments(d, thefts(trail, view.Name))
		if !ok {
			continue
		}
		for name, set := range everyEnd(seed, trail) {
			low, high := span(all, set[0])
			for _, a := range view.Assets {
				b, ok, err := trail.TerminalBound(v, a.Asset.ID, set[0])
				if err != nil || !ok {
					t.Fatalf("%s: %v %v", name, ok, err)
				}
				if b.L != money.Units(uint64(low)) || b.U != money.Units(uint64(high)) {
					t.Fatalf("seed %d: %s of %s: bound [%s, %s], all %d assignments give [%d, %d]\n%s", seed, name, view.Name, b.L, b.U, len(all), low, high, d.Text())
				}
				compared++
			}
		}
	}
	return compared
}

// assignment is one way to say where the stolen units are: by terminal, or by
// pool while the ledger goes on.
type assignment map[string]int

func span(all []assignment, names []string) (low, high int) {
	low = 1 << 30
	for _, a := range all {
		sum := 0
		for _, n := range names {
			sum += a[n]
		}
		low, high = min(low, sum), max(high, sum)
	}
	return low, high
}

func small(n money.Amount) int {
	_, lo := n.Words()
	return int(lo)
}

// assignments lists all of a ledger for one view; false when there are too many.
func assignments(d *ledger.Document, view map[string]bool) ([]assignment, bool) {
	stolen := map[string]int{}
	painted := map[string]bool{} // units of coins that are marked already
	for _, m := range d.Thefts {
		for u := range small(value(d, m.Ref)) {
			inside := !m.Part || u >= small(m.Offset) && u < small(m.Offset)+small(m.Length)
			key := m.Ref + "/" + string(rune('0'+u))
			if inside && !painted[key] {
				painted[key] = true // the first report keeps the unit, in every view
				if view[m.Theft] {
					stolen[m.Ref]++
				}
			}
		}
	}
	e := &enumeration{d: d, stolen: stolen, all: []assignment{{}}}
	if d.Ledger.Model == ledger.UTXO {
		e.coins()
	} else {
		e.accounts()
	}
	return e.all, len(e.all) <= tooMany
}

// value is the amount of a marked credit.
func value(d *ledger.Document, ref string) money.Amount {
	for i := range d.Transfers {
		t := &d.Transfers[i]
		for k, c := range t.Credits {
			if t.ID == ref || (ledger.Coin{Tx: t.Tx, Index: uint32(k)}).String() == ref {
				return c.Amount
			}
		}
	}
	return money.Zero
}

type enumeration struct {
	d      *ledger.Document
	stolen map[string]int
	all    []assignment
}

// each replaces every assignment by those that a step makes of it.
func (e *enumeration) each(step func(assignment, func(assignment))) {
	if len(e.all) > tooMany {
		return
	}
	var next []assignment
	seen := map[string]bool{}
	for _, a := range e.all {
		step(a, func(b assignment) {
			if k := key(b); !seen[k] {
				seen[k] = true
				next = append(next, b)
			}
		})
	}
	e.all = next
}

func key(a assignment) string {
	var names []string
	for n, x := range a {
		if x > 0 {
			names = append(names, n+"="+money.Units(uint64(x)).String())
		}
	}
	slices.Sort(names)
	out := ""
	for _, n := range names {
		out += n + " "
	}
	return out
}

func with(a assignment, more map[string]int) assignment {
	b := assignment{}
	for k, n := range a {
		b[k] = n
	}
	for k, n := range more {
		if b[k] += n; b[k] == 0 {
			delete(b, k)
		}
	}
	return b
}

// coins: a transaction hands the stolen units of its inputs to outputs and fee
// in every way that fits. In blocks the coinbase comes last and spends the fees;
// what it does not claim is burnt.
func (e *enumeration) coins() {
	var coinbase *ledger.Transfer
	var fees []string
	room := 0 // what the coinbase may claim
	for i := range e.d.Transfers {
		t := &e.d.Transfers[i]
		if coinbase != nil && t.Key.Block != coinbase.Key.Block {
			e.transaction(coinbase, fees, "burn:"+coinbase.Tx, room-small(coinbase.Amount()))
			coinbase = nil
		}
		if t.Kind == ledger.Coinbase {
			coinbase, fees, room = t, nil, small(t.Debits[0].Amount)
			continue
		}
		var ins []string
		for _, in := range t.Debits {
			ins = append(ins, in.Spends.String())
		}
		fees, room = append(fees, "fee:"+t.Tx), room+small(t.Fee)
		e.transaction(t, ins, "fee:"+t.Tx, small(t.Fee))
	}
	if coinbase != nil {
		e.transaction(coinbase, fees, "burn:"+coinbase.Tx, room-small(coinbase.Amount()))
	}
}

func (e *enumeration) transaction(t *ledger.Transfer, ins []string, last string, left int) {
	var outs []string
	var caps []int
	for k, c := range t.Credits {
		outs = append(outs, ledger.Coin{Tx: t.Tx, Index: uint32(k)}.String())
		caps = append(caps, small(c.Amount))
	}
	outs, caps = append(outs, last), append(caps, left)
	e.each(func(a assignment, yield func(assignment)) {
		have, spent := 0, map[string]int{}
		for _, in := range ins {
			have, spent[in] = have+a[in], -a[in]
		}
		base := with(a, spent)
		hand(outs, caps, have, map[string]int{}, func(given map[string]int) { yield(with(base, given)) })
	})
	for _, o := range outs {
		if n := e.stolen[o]; n > 0 {
			e.each(func(a assignment, yield func(assignment)) { yield(with(a, map[string]int{o: n})) })
		}
	}
}

// hand gives out n units in every way that fits.
func hand(outs []string, caps []int, n int, given map[string]int, yield func(map[string]int)) {
	if len(outs) == 0 {
		if n == 0 {
			yield(given)
		}
		return
	}
	for k := 0; k <= min(n, caps[0]); k++ {
		given[outs[0]] = k
		hand(outs[1:], caps[1:], n-k, given, yield)
	}
	delete(given, outs[0])
}

// accounts: a payment of n out of a balance takes any number of stolen units
// that leaves what can stay.
func (e *enumeration) accounts() {
	bal := map[held]int{}
	for k, n := range (&walker{d: e.d}).opening() {
		bal[k] = small(n)
	}
	service := func(a ledger.Account) bool { return a == ledger.Outside || a[0] == 'x' }
	pay := func(from held, to string, n int) {
		if n == 0 || service(from.account) {
			return
		}
		pool, before := "held:"+string(from.account), bal[from]
		e.each(func(a assignment, yield func(assignment)) {
			for x := max(0, n-(before-a[pool])); x <= min(n, a[pool]); x++ {
				yield(with(a, map[string]int{pool: -x, to: x}))
			}
		})
		bal[from] -= n
	}
	for i := range e.d.Transfers {
		t := &e.d.Transfers[i]
		from, n := held{t.From(), t.Asset}, small(t.Amount())
		if !t.Failed && t.From() != t.To() && n > 0 {
			to := "held:" + string(t.To())
			switch {
			case t.To() == ledger.Outside:
				to = "burn"
			case service(t.To()):
				to = string(t.To())
			}
			pay(from, to, n)
			bal[held{t.To(), t.Asset}] += n
			if k := e.stolen[t.ID]; k > 0 {
				e.each(func(a assignment, yield func(assignment)) { yield(with(a, map[string]int{to: k})) })
			}
		}
		pay(from, "fee", small(t.Fee))
	}
}
