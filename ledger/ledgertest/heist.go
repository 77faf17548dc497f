package ledgertest

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Heist is a scripted ledger of one theft, named "heist", and what is true of
// it, worked out in closed form.
type Heist struct {
	Doc *ledger.Document
	// Services are the accounts at which a question is meant to stop.
	Services []ledger.Account
	// Stolen is what the theft took, in the ledger's native asset.
	Stolen money.Amount
	// Ends are all the places that can hold stolen value.
	Ends []End
}

// End is the truth about one place: its terminal in the naming of the
// conformance cases ("t3:0", "fee:t3", "held:a", "x0").
type End struct {
	Terminal string
	// By is the stolen amount under "fifo", "lifo", "haircut", "taint-first"
	// and "clean-first".
	By map[string]money.Amount
	// L and U are the exact bounds of this place alone.
	L, U money.Amount
}

// Conventions are the keys of End.By.
var Conventions = []string{"fifo", "lifo", "haircut", "taint-first", "clean-first"}

// certain is an end at which every convention agrees.
func certain(terminal string, n money.Amount) End {
	e := End{Terminal: terminal, By: map[string]money.Amount{}, L: n, U: n}
	for _, c := range Conventions {
		e.By[c] = n
	}
	return e
}

// PeelChain scripts a coin that is peeled: each step pays a small amount to a
// fresh address, or every third time to the service x0, and the change goes on.
// No other value is near, so every figure is certain.
func PeelChain(seed uint64, steps int) Heist {
	d := newDraw(seed, 'p')
	rest := money.Units(uint64(steps) * 1000)
	h := Heist{Services: []ledger.Account{"x0"}, Stolen: rest}
	var b strings.Builder
	fmt.Fprintf(&b, "ledger test utxo native BTC\ncoin f thief0:%s\ntheft heist f.0\n", rest)
	coin := "f.0"
	for i := range steps {
		peel, fee := money.Units(uint64(d.between(1, 500))), money.Units(uint64(d.IntN(4)))
		to, change := fmt.Sprintf("fresh%d", i), 1
		if i%3 == 2 {
			to = "x0"
		}
		rest = rest.Sub(peel).Sub(fee)
		outs := []string{to + ":" + peel.String(), fmt.Sprintf("thief%d:%s", i+1, rest)}
		if d.chance(50) {
			outs[0], outs[1], change = outs[1], outs[0], 0
		}
		fmt.Fprintf(&b, "t%d %s -> %s %s\n", i, coin, outs[0], outs[1])
		coin = fmt.Sprintf("t%d.%d", i, change)
		h.Ends = append(h.Ends, certain(fmt.Sprintf("t%d:%d", i, 1-change), peel))
		if !fee.IsZero() {
			h.Ends = append(h.Ends, certain(fmt.Sprintf("fee:t%d", i), fee))
		}
	}
	h.Ends = append(h.Ends, certain(strings.Replace(coin, ".", ":", 1), rest))
	h.Doc = parse("peel-chain", b.String())
	return h
}

// FanOutFanIn scripts laundering by division: the stolen coin is cut into width
// parts, each part is mixed with a clean coin into two outputs, and all of them
// are put together again. Whatever the convention, the whole theft stands in
// the last coin: bounds that look at one step at a time cannot know it.
func FanOutFanIn(seed uint64, width int) Heist {
	d := newDraw(seed, 'f')
	var b strings.Builder
	parts := make([]money.Amount, width)
	var stolen, all money.Amount
	for i := range parts {
		parts[i] = d.amount(money.Units(1000))
		stolen = stolen.Add(parts[i])
	}
	fmt.Fprintf(&b, "ledger test utxo native BTC\ncoin s thief:%s\n", stolen)
	all = stolen
	cleans := make([]money.Amount, width)
	for i := range cleans {
		cleans[i] = d.amount(money.Units(1000))
		all = all.Add(cleans[i])
		fmt.Fprintf(&b, "coin c%d owner%d:%s\n", i, i, cleans[i])
	}
	b.WriteString("cut s.0 ->")
	for i, p := range parts {
		fmt.Fprintf(&b, " mule%d:%s", i, p)
	}
	b.WriteByte('\n')
	for i := range parts {
		outs := d.split(parts[i].Add(cleans[i]), 2, true)
		fmt.Fprintf(&b, "mix%d cut.%d c%d.0 -> m%d:%s n%d:%s\n", i, i, i, i, outs[0], i, outs[1])
	}
	b.WriteString("join")
	for _, i := range d.Perm(width) {
		fmt.Fprintf(&b, " mix%d.0 mix%d.1", i, i)
	}
	fmt.Fprintf(&b, " -> thief:%s\ntheft heist s.0\n", all)
	return Heist{Doc: parse("fan-out-fan-in", b.String()), Stolen: stolen, Ends: []End{certain("join:0", stolen)}}
}

// ExchangeDeposit scripts the last step to an exchange: the thief pays several
// deposit addresses, each is swept into the hot wallet x0, and x0 pays its
// customers, who receive nothing stolen because tracing stops at a service.
func ExchangeDeposit(seed uint64, deposits int) Heist {
	d := newDraw(seed, 'e')
	h := Heist{Services: []ledger.Account{"x0"}, Stolen: money.Units(uint64(deposits) * 1000)}
	var b strings.Builder
	fmt.Fprintf(&b, "ledger test account native ETH\nopen x0 100000 ETH\nin * > thief %s ETH\n", h.Stolen)
	left, delivered := h.Stolen, money.Zero
	for i := range deposits {
		n := d.amount(money.Units(900))
		left, delivered = left.Sub(n), delivered.Add(n)
		fmt.Fprintf(&b, "p%d thief > dep%d %s ETH\nw%d x0 > customer%d %d ETH\ns%d dep%d > x0 %s ETH\n", i, i, n, i, i, d.between(1, 500), i, i, n)
	}
	b.WriteString("theft heist in\n")
	h.Ends = []End{certain("x0", delivered), certain("held:thief", left)}
	h.Doc = parse("exchange-deposit", b.String())
	return h
}

// HotWallet scripts what every convention is about: a wallet with clean value
// of its own receives the theft, then more clean value, then pays customers.
// The order of arrival makes one line of value, and each convention reads a
// payment as a span of it.
func HotWallet(seed uint64, customers int) Heist {
	d := newDraw(seed, 'h')
	before, stolen, after := d.amount(money.Units(1000)), d.amount(money.Units(1000)), d.amount(money.Units(1000))
	total := money.Sum(before, stolen, after)
	h := Heist{Stolen: stolen}
	var b strings.Builder
	fmt.Fprintf(&b, "ledger test account native ETH\nopen hot %s ETH\nin * > hot %s ETH\nmore * > hot %s ETH\ntheft heist in\n", before, stolen, after)
	share := stolen // of the balance, under haircut
	var paid money.Amount
	for i := range customers {
		bal := total.Sub(paid)
		n := d.upTo(bal.Min(money.Units(400)))
		fmt.Fprintf(&b, "w%d hot > c%d %s ETH\n", i, i, n)
		if n.IsZero() {
			continue
		}
		cut, _ := share.MulDiv(n, bal)
		h.Ends = append(h.Ends, End{
			Terminal: fmt.Sprintf("held:c%d", i),
			By: map[string]money.Amount{
				"fifo":        overlap(paid, n, before, stolen),
				"lifo":        overlap(paid, n, after, stolen),
				"haircut":     cut,
				"taint-first": overlap(paid, n, money.Zero, stolen),
				"clean-first": overlap(paid, n, before.Add(after), stolen),
			},
			L: stolen.Monus(total.Sub(n)), U: n.Min(stolen),
		})
		share, paid = share.Sub(cut), paid.Add(n)
	}
	bal := total.Sub(paid)
	h.Ends = append(h.Ends, End{
		Terminal: "held:hot",
		By: map[string]money.Amount{
			"fifo":        overlap(paid, bal, before, stolen),
			"lifo":        overlap(paid, bal, after, stolen),
			"haircut":     share,
			"taint-first": overlap(paid, bal, money.Zero, stolen),
			"clean-first": overlap(paid, bal, before.Add(after), stolen),
		},
		L: stolen.Monus(paid), U: bal.Min(stolen),
	})
	h.Doc = parse("hot-wallet", b.String())
	return h
}

// overlap is how much of the span of length n from at lies in the span of
// length m from off.
func overlap(at, n, off, m money.Amount) money.Amount {
	end := at.Add(n).Min(off.Add(m))
	if at.Less(off) {
		at = off
	}
	return end.Monus(at)
}
