package payments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// move is the transfers of one payment or return, booked together.
type move struct {
	at       time.Time
	dateOnly bool
	page     int64
	seq      int    // of a statement entry; 0 when none
	book     string // account and file of that statement
	list     []ledger.Transfer
}

// when is the time of a booking: that of the report, else the value date.
func when(m *Message, order *Message) (at time.Time, dateOnly bool) {
	if m != nil && !m.Booked.IsZero() {
		return m.Booked.UTC(), m.DateOnly
	}
	if m != nil && !m.ValueDate.IsZero() {
		return m.ValueDate, true
	}
	return order.ValueDate, true
}

// customer gives the moves of the customer layer and its charges.
func (b *book) customer() []move {
	b.since = map[ledger.Account][]move{}
	var out []move
	for _, p := range b.payments {
		if !p.Moved() && !b.assumed(p) {
			if len(p.backs) > 0 {
				b.note("%s: returned before any credit was reported: nothing moves", p.ID)
			}
			continue
		}
		report := p.credit
		if report == nil {
			report = p.debit
		}
		mv := move{}
		mv.at, mv.dateOnly = when(report, &p.Order)
		if report != nil && report.Sequence > 0 {
			mv.page, mv.seq, mv.book = report.Page, report.Sequence, report.File+"\x00"+report.Account.Account
		}
		mv.list = b.transfers(p)
		out = append(out, mv)
		out = append(out, b.returns(p)...)
	}
	for _, m := range out {
		for i := range m.list {
			from, to := m.list[i].From(), m.list[i].To()
			b.since[from], b.since[to] = append(b.since[from], m), append(b.since[to], m)
		}
	}
	return out
}

// assumed reports whether an order without a report is taken as credited.
func (b *book) assumed(p *Payment) bool {
	return b.opt.Assume && !p.Shown && !p.Refused() && p.Order.Type != "MT101"
}

// ends names the two accounts of a payment.
func (b *book) ends(p *Payment) (from, to ledger.Account, weak bool) {
	side := func(who, agent Party) ledger.Account {
		if who.IsZero() {
			return ledger.Account("unknown:" + p.ID)
		}
		a, w := AccountAt(who, agent)
		weak = weak || w
		return a
	}
	return side(p.Order.Debtor, p.Order.DebtorAgent), side(p.Order.Creditor, p.Order.CreditorAgent), weak
}

// net is what reaches the receiver: the amount without the receiver's charges that
// the payer sent along (71G).
func (m *Message) net() Money {
	net := m.Amount
	for _, c := range m.Charges {
		if c.Receiver && c.Money.Currency == net.Currency && c.Money.Units.Less(net.Units) {
			net.Units = net.Units.Sub(c.Money.Units)
		}
	}
	return net
}

// transfers are the value of a payment, in two legs when currencies differ, and
// its charges.
func (b *book) transfers(p *Payment) []ledger.Transfer {
	from, to, weak := b.ends(p)
	o := &p.Order
	attrs := p.attrs("customer", weak)
	net := o.net()
	var out []ledger.Transfer
	if o.Instructed.Stated() && o.Instructed.Currency != net.Currency && !o.Instructed.Units.IsZero() {
		swap := ledger.SwapAccount(p.ID)
		first := b.transfer(p, p.ID+"/fx", from, swap, o.Instructed, attrs)
		second := b.transfer(p, p.ID, swap, to, net, attrs)
		first.Conversion, second.Conversion = p.ID, p.ID
		out = append(out, first, second)
	} else {
		out = append(out, b.transfer(p, p.ID, from, to, net, attrs))
	}
	for i, c := range o.Charges {
		who := BIC8(c.Agent)
		if who == "" {
			who = "?"
		}
		t := b.transfer(p, fmt.Sprintf("%s/charge%d", p.ID, i+1), from, ledger.Account("fees:"+who), c.Money, p.attrs("fees", weak))
		t.Tx = t.ID // a seed that names the payment means its value
		out = append(out, t)
	}
	return out
}

// returns are the opposite edges of a payment's returns.
func (b *book) returns(p *Payment) []move {
	var out []move
	from, to, weak := b.ends(p)
	for i := range p.backs {
		m := p.backs[i].Message
		mv := move{}
		mv.at, mv.dateOnly = when(m, &p.Order)
		t := b.transfer(p, fmt.Sprintf("%s/return%d", p.ID, i+1), to, from, m.Amount, p.attrs("customer", weak))
		t.Tx = t.ID
		t.Attrs["state"], t.Evidence = "returned", m.Evidence()
		mv.list = []ledger.Transfer{t}
		out = append(out, mv)
	}
	return out
}

func (p *Payment) attrs(layer string, weak bool) map[string]string {
	o := &p.Order
	a := map[string]string{"layer": layer, "type": o.Type, "state": "credited", "ref": o.Ref}
	var path []string
	for _, x := range append(append([]Party{o.DebtorAgent}, o.Route...), o.CreditorAgent) {
		if x.BIC != "" {
			path = append(path, BIC8(x.BIC))
		}
	}
	a["agents"] = strings.Join(path, " ")
	if !p.Has(Credited) {
		a["state"] = "assumed"
		if p.Shown {
			a["state"] = "debited"
		}
	}
	if weak {
		a["name"] = "weak"
	}
	if o.Rate != "" {
		a["rate"] = o.Rate
	}
	return a
}

func (b *book) transfer(p *Payment, id string, from, to ledger.Account, m Money, attrs map[string]string) ledger.Transfer {
	evidence := p.Order.Evidence()
	if p.credit != nil && !p.Shown {
		evidence += "; credited: " + p.credit.Evidence()
	}
	return ledger.Transfer{
		Ledger: b.opt.id(), ID: id, Tx: p.ID, Asset: m.Asset(), Evidence: evidence, Attrs: attrs,
		Debits: []ledger.Debit{{Account: from, Amount: m.Units}}, Credits: []ledger.Credit{{Account: to, Amount: m.Units}},
	}
}

// settlement gives the legs between banks, as instructed: covers and payments
// of banks. A leg moves from the payer's account with the bank that carries it
// out to the receiver's account there.
func (b *book) settlement() []move {
	var out []move
	leg := func(id string, m Message, from, to Party) {
		via := m.Receiver
		if via == "" {
			via = m.Sender
		}
		p := &Payment{ID: id, Order: m}
		attrs := p.attrs("settlement", false)
		attrs["state"] = "instructed"
		t := b.transfer(p, id, Nostro(from, via, m.Amount.Currency), Nostro(to, via, m.Amount.Currency), m.Amount, attrs)
		out = append(out, move{at: m.ValueDate, dateOnly: true, list: []ledger.Transfer{t}})
	}
	for _, p := range b.payments {
		for i, m := range p.Legs {
			leg(fmt.Sprintf("%s/leg%d", p.ID, i+1), m, m.Settlement[0], m.Settlement[len(m.Settlement)-1])
		}
	}
	for i, m := range b.interbank {
		leg(fmt.Sprintf("%s/%s/bank%d", BIC8(m.Sender), m.Ref, i+1), m, m.Debtor, m.Creditor)
	}
	return out
}

// openings are the first balances that statements state, one an account and
// currency. A balance in debit brings no value, but a debt where accounts may have
// one. A balance behind the first booking of its account holds what was booked, and
// opens nothing.
func (b *book) openings() ([]ledger.Transfer, map[ledger.Account]bool) {
	known := map[ledger.Account]bool{}
	seen := map[string]bool{}
	list := slices.Clone(b.balances)
	slices.SortStableFunc(list, func(x, y Message) int { return x.Booked.Compare(y.Booked) })
	var out []ledger.Transfer
	for i := range list {
		m := &list[i]
		a, _ := AccountOf(m.Account, m.Account.BIC)
		id := "open/" + string(a) + "/" + m.Amount.Currency
		if seen[id] {
			continue
		}
		seen[id] = true
		if b.late(a, m) {
			b.note("%s: %s was booked before this balance, which opens nothing", m.Evidence(), a)
			continue
		}
		known[a] = true
		if m.Amount.Units.IsZero() {
			continue
		}
		t := ledger.Transfer{
			Ledger: b.opt.id(), ID: id, Tx: id, Asset: m.Amount.Asset(), Kind: ledger.Opening, Evidence: m.Evidence(),
			Debits: []ledger.Debit{{Account: ledger.Outside, Amount: m.Amount.Units}}, Credits: []ledger.Credit{{Account: a, Amount: m.Amount.Units}},
		}
		if m.Reason == "D" {
			b.note("%s: %s opens %s in debit: the debt is older than the data", m.Evidence(), a, m.Amount)
			if !b.opt.Overdraft {
				continue
			}
			t.Kind, t.Debits[0].Account, t.Credits[0].Account = ledger.Value, a, ledger.Outside
		}
		out = append(out, t)
	}
	return out, known
}

// late reports whether an account was booked before a balance, in a currency of it,
// by anything but the balance's own statement.
func (b *book) late(a ledger.Account, m *Message) bool {
	own := m.File + "\x00" + m.Account.Account
	return slices.ContainsFunc(b.since[a], func(v move) bool {
		return !v.at.IsZero() && v.at.Before(m.Booked.Truncate(24*time.Hour)) && v.book != own &&
			slices.ContainsFunc(v.list, func(t ledger.Transfer) bool { return t.Asset == m.Amount.Asset() && (t.From() == a || t.To() == a) })
	})
}

// arrange puts moves in canonical order and ties those whose order is unknown:
// equal times, and everything of a day on which something has only its day.
func arrange(moves []move) (out []ledger.Transfer, tied int) {
	slices.SortStableFunc(moves, func(x, y move) int {
		return cmp.Or(x.at.Compare(y.at), dayFirst(x, y), cmp.Compare(x.book, y.book), cmp.Compare(x.page, y.page), cmp.Compare(x.seq, y.seq))
	})
	day := func(m *move) int64 { return m.at.Unix() / 86400 }
	var tie uint64
	for i := 0; i < len(moves); {
		j, wide := i+1, moves[i].dateOnly
		for j < len(moves) && (moves[j].at.Equal(moves[i].at) || wide && day(&moves[j]) == day(&moves[i])) {
			j++
		}
		group := moves[i:j]
		i = j
		mark := uint64(0)
		if len(group) > 1 && !ordered(group) {
			tie++
			mark = tie
			tied += len(group)
			creditsFirst(group)
		}
		for n := range group {
			m := &group[n]
			for k := range m.list {
				t := &m.list[k]
				t.Key = ledger.Key{Block: uint64(max(0, m.at.Unix())), Tx: uint32(n), Sub: uint32(k)}
				t.Time, t.Tie = m.at, mark
				if m.at.IsZero() {
					t.Time = time.Time{}
				}
				out = append(out, *t)
			}
		}
	}
	return out, tied
}

// ordered reports whether one statement numbers all of a group.
func ordered(group []move) bool {
	for _, m := range group {
		if m.seq == 0 || m.book != group[0].book {
			return false
		}
	}
	return true
}

// creditsFirst orders the moves of one time so that an account is credited
// before it pays, where that is possible: the listed order of a tie.
func creditsFirst(group []move) {
	for lo := 0; lo < len(group); {
		hi := lo + 1
		for hi < len(group) && group[hi].at.Equal(group[lo].at) {
			hi++
		}
		sortByFlow(group[lo:hi])
		lo = hi
	}
}

func sortByFlow(group []move) {
	pays := map[ledger.Account][]int{}
	waits := make([]int, len(group))
	for i := range group {
		pays[group[i].list[0].From()] = append(pays[group[i].list[0].From()], i)
	}
	for i := range group {
		for _, k := range pays[last(&group[i]).To()] {
			if k != i {
				waits[k]++
			}
		}
	}
	done := make([]bool, len(group))
	out := make([]move, 0, len(group))
	var ready []int
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	for next := 0; len(out) < len(group); {
		if len(ready) == 0 { // a circle: the first that is left goes on
			for done[next] {
				next++
			}
			ready = append(ready, next)
		}
		i := ready[0]
		ready = ready[1:]
		if done[i] {
			continue
		}
		done[i] = true
		out = append(out, group[i])
		for _, k := range pays[last(&group[i]).To()] {
			if waits[k]--; waits[k] == 0 && !done[k] {
				ready = append(ready, k)
			}
		}
	}
	copy(group, out)
}

// last is the transfer that reaches the creditor: behind a conversion's first leg.
func last(m *move) *ledger.Transfer {
	if len(m.list) > 1 && m.list[0].Conversion != "" {
		return &m.list[1]
	}
	return &m.list[0]
}

func assets(list []ledger.Transfer) []money.Asset {
	seen := map[money.AssetID]bool{}
	var out []money.Asset
	for i := range list {
		if id := list[i].Asset; !seen[id] {
			seen[id] = true
			code := strings.TrimPrefix(string(id), "iso4217:")
			n, _ := Decimals(code)
			out = append(out, money.Asset{ID: id, Symbol: code, Decimals: n, Known: true})
		}
	}
	slices.SortFunc(out, func(a, b money.Asset) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// dayFirst puts what has only a day in front of what has a time.
func dayFirst(x, y move) int {
	switch {
	case x.dateOnly == y.dateOnly:
		return 0
	case x.dateOnly:
		return -1
	}
	return 1
}
