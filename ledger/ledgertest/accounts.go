package ledgertest

import (
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Accounts describes a random account ledger. Zero fields take the defaults
// named. Its accounts are a0, a1, …; those called x0, x1 are meant as services,
// at which a question may stop. Its assets are ETH (native), T1, T2, …
type Accounts struct {
	Events   int          // lines after the openings; default 12
	Accounts int          // default 5
	Services int          // of them; default 0
	Assets   int          // default 1
	Amount   money.Amount // largest opening, mint or payment; default 20
	Thefts   int          // names A, B, …; 0 is a clean ledger
	// Fees are paid in the same or another asset, by the payer or another.
	Fees bool
	// Odd adds self transfers, payments of nothing and failed ones.
	Odd bool
	// Swaps adds conversions between assets, from and to any account but a
	// service. Needs two assets.
	Swaps bool
	// Ties joins runs of lines whose order is not known.
	Ties bool
	// Missing lets accounts pay what the data never shows arriving.
	Missing bool
	// Overdraft makes a bank book, whose accounts may go into debit.
	Overdraft bool
	// Marked puts thefts on payments, not on mints alone: without Overlaps
	// only on payments by accounts that no earlier theft can have reached.
	Marked, Overlaps bool
	// Times gives every line a time; equal times occur.
	Times bool
}

// AnyAccounts draws the options, too: a ledger of at most max lines, of every
// kind that Accounts describes.
func AnyAccounts(seed uint64, max int) *ledger.Document {
	d := newDraw(seed, 'd')
	o := Accounts{
		Events: d.between(2, max), Accounts: d.between(2, 10), Services: d.between(0, 2), Assets: d.between(1, 3),
		Amount: anyScale(d), Thefts: d.between(1, 3), Fees: d.chance(60), Odd: d.chance(50), Swaps: d.chance(40),
		Ties: d.chance(30), Missing: d.chance(50), Overdraft: d.chance(15), Marked: d.chance(40), Overlaps: d.chance(20),
		Times: d.chance(50),
	}
	return o.Make(seed)
}

func (o *Accounts) defaults() {
	fill := func(n *int, x int) {
		if *n == 0 {
			*n = x
		}
	}
	fill(&o.Events, 12)
	fill(&o.Accounts, 5)
	fill(&o.Assets, 1)
	if o.Amount.IsZero() {
		o.Amount = money.Units(20)
	}
	if o.Overdraft {
		o.Swaps = false // a book has one currency per account
	}
}

// Make makes the ledger of a seed.
func (o Accounts) Make(seed uint64) *ledger.Document {
	o.defaults()
	m := accountMaker{Accounts: o, draw: newDraw(seed, 'a'), bal: map[place]money.Amount{}, when: epoch}
	m.text.WriteString("ledger test account native ETH")
	if o.Overdraft {
		m.text.WriteString(" overdraft")
	}
	m.text.WriteByte('\n')
	m.openings()
	for len(m.lines) < o.Events {
		m.line()
	}
	for _, l := range m.lines {
		m.print(l)
	}
	m.steal()
	return parse(fmt.Sprintf("accounts-%d", seed), m.text.String())
}

type place struct{ account, asset string }

// line is one statement in the making.
type line struct {
	id           string
	from, to     string
	n            money.Amount
	asset        string
	get          money.Amount
	getAsset     string // of a conversion
	failed, tied bool
	fee          money.Amount
	feeAsset     string
	payer        string
	stolen       bool
	when         time.Time
}

type accountMaker struct {
	Accounts
	draw
	text  strings.Builder
	lines []line
	bal   map[place]money.Amount
	tie   int // lines left of the tie
	when  time.Time
	last  money.Amount
}

func (m *accountMaker) account() string {
	if i := m.IntN(m.Accounts.Accounts + m.Services); i >= m.Accounts.Accounts {
		return fmt.Sprintf("x%d", i-m.Accounts.Accounts)
	}
	return fmt.Sprintf("a%d", m.IntN(m.Accounts.Accounts))
}

func (m *accountMaker) asset() string {
	if i := m.IntN(m.Assets); i > 0 {
		return fmt.Sprintf("T%d", i)
	}
	return "ETH"
}

func (m *accountMaker) openings() {
	for i := range m.Accounts.Accounts {
		for j := range m.Assets {
			if !m.chance(40) {
				continue
			}
			asset := "ETH"
			if j > 0 {
				asset = fmt.Sprintf("T%d", j)
			}
			p := place{fmt.Sprintf("a%d", i), asset}
			n := m.amount(m.Amount)
			fmt.Fprintf(&m.text, "open %s %s %s\n", p.account, n, asset)
			m.bal[p] = n
		}
	}
}

// line draws one statement.
func (m *accountMaker) line() {
	l := line{id: fmt.Sprintf("e%d", len(m.lines)), from: m.account(), to: m.account(), asset: m.asset()}
	m.follow(&l)
	l.n = m.payable(place{l.from, l.asset})
	switch k := m.IntN(20); {
	case l.n.IsZero() || k < 3:
		l.from, l.n = string(ledger.Outside), m.amount(m.Amount)
	case k == 3:
		l.to = string(ledger.Outside)
	case k == 4 && m.Odd:
		l.n = money.Zero
	case k == 5 && m.Odd:
		l.to = l.from
	case k == 6 && m.Odd:
		l.failed = true
	case k == 7 && m.Swaps && m.Assets > 1 && l.from[0] == 'a':
		m.convert(&l)
	case k == 8 && !m.last.IsZero() && !m.bal[place{l.from, l.asset}].Less(m.last):
		l.n = m.last // an amount seen before
	}
	if l.from != l.to || l.getAsset != "" || m.Odd {
		m.book(&l)
		return
	}
	l.from, l.n = string(ledger.Outside), m.amount(m.Amount)
	m.book(&l)
}

// follow places a line in time and in a tie.
func (m *accountMaker) follow(l *line) {
	if m.tie > 0 && len(m.lines) > 0 {
		l.tied = true
	}
	if m.tie--; m.tie < 0 && m.Ties && m.chance(15) {
		m.tie = m.between(1, 3)
	}
	if m.Times {
		if !l.tied {
			m.when = m.when.Add(time.Duration(m.IntN(3)) * time.Hour)
		}
		l.when = m.when
	}
}

// payable draws what an account pays: what it has, or more where that is
// allowed.
func (m *accountMaker) payable(p place) money.Amount {
	have := m.bal[p]
	if m.Overdraft || m.Missing && m.chance(20) {
		return m.amount(m.Amount)
	}
	if m.chance(20) {
		return have
	}
	return m.amount(have)
}

func (m *accountMaker) convert(l *line) {
	for l.getAsset == "" || l.getAsset == l.asset {
		l.getAsset = m.asset()
	}
	l.get = m.amount(m.Amount)
	if m.chance(60) || l.to[0] != 'a' {
		l.to = l.from
	}
}

// book moves the balances of a line and draws its fee.
func (m *accountMaker) book(l *line) {
	m.last = l.n
	if !l.failed && l.from != l.to || l.getAsset != "" {
		m.shift(l.from, l.asset, l.n, false)
		if l.getAsset != "" {
			m.shift(l.to, l.getAsset, l.get, true)
		} else {
			m.shift(l.to, l.asset, l.n, true)
		}
	}
	minted := l.from == string(ledger.Outside)
	if m.Fees && !minted && (l.failed || m.chance(40)) {
		l.payer, l.feeAsset = l.from, l.asset
		if m.chance(30) {
			l.feeAsset = m.asset()
		}
		if m.chance(20) {
			l.payer = m.account()
		}
		if have := m.bal[place{l.payer, l.feeAsset}]; m.Missing || m.Overdraft {
			l.fee = m.amount(money.Units(3))
		} else {
			l.fee = m.amount(have.Min(money.Units(3)))
		}
		m.shift(l.payer, l.feeAsset, l.fee, false)
	}
	m.lines = append(m.lines, *l)
}

// shift moves a known balance; payments beyond it leave it at zero, since what
// is missing is not known.
func (m *accountMaker) shift(account, asset string, n money.Amount, in bool) {
	p := place{account, asset}
	switch {
	case account == string(ledger.Outside):
	case in:
		m.bal[p] = m.bal[p].Add(n)
	default:
		m.bal[p] = m.bal[p].Monus(n)
	}
}

func (m *accountMaker) print(l line) {
	if l.tied {
		m.text.WriteString("= ")
	}
	m.text.WriteString(l.id)
	if !l.when.IsZero() {
		m.text.WriteString(" " + l.when.Format("2006-01-02T15:04Z"))
	}
	fmt.Fprintf(&m.text, " %s > %s %s %s", l.from, l.to, l.n, l.asset)
	if l.getAsset != "" {
		fmt.Fprintf(&m.text, " for %s %s", l.get, l.getAsset)
	}
	if l.failed {
		m.text.WriteString(" failed")
	}
	if !l.fee.IsZero() {
		fmt.Fprintf(&m.text, " fee %s %s", l.fee, l.feeAsset)
		if l.payer != l.from {
			m.text.WriteString(" by " + l.payer)
		}
	}
	m.text.WriteByte('\n')
}

// steal marks lines. A ledger without a line that could be stolen gets a mint.
func (m *accountMaker) steal() {
	for i := range m.Thefts {
		for k := range m.between(1, 2) {
			j, ok := m.victim()
			if !ok {
				if k > 0 {
					break
				}
				j = len(m.lines)
				m.lines = append(m.lines, line{id: fmt.Sprintf("e%d", j), from: string(ledger.Outside), to: "a0", n: money.Units(1), asset: "ETH", when: m.lines[j-1].when})
				m.print(m.lines[j])
			}
			m.lines[j].stolen = true
			fmt.Fprintf(&m.text, "theft %c %s\n", 'A'+i, m.lines[j].id)
		}
	}
}

func (m *accountMaker) victim() (int, bool) {
	var fit []int
	for i, l := range m.lines {
		mint := l.from == string(ledger.Outside)
		plain := !l.failed && l.getAsset == "" && l.from != l.to && l.to[0] == 'a' && !l.n.IsZero() && !l.stolen
		tied := l.tied || i+1 < len(m.lines) && m.lines[i+1].tied
		if !plain || !mint && (!m.Marked || tied) {
			continue
		}
		if m.Overlaps {
			fit = append(fit, i)
			continue
		}
		m.lines[i].stolen = true
		if m.clean() {
			fit = append(fit, i)
		}
		m.lines[i].stolen = false
	}
	if len(fit) == 0 {
		return 0, false
	}
	return fit[m.IntN(len(fit))], true
}

// clean says whether no stolen payment is made by an account that a theft may
// have reached before. Lines of one tie reach one another in any order.
func (m *accountMaker) clean() bool {
	hit := map[place]bool{}
	for i := 0; i < len(m.lines); {
		j := i + 1
		for j < len(m.lines) && m.lines[j].tied {
			j++
		}
		for range j - i {
			for _, l := range m.lines[i:j] {
				from := hit[place{l.from, l.asset}]
				if l.stolen && from {
					return false
				}
				switch {
				case l.failed || l.n.IsZero() || l.to == string(ledger.Outside):
				case l.getAsset != "" && from:
					hit[place{l.to, l.getAsset}] = true
				case l.getAsset == "" && (from || l.stolen):
					hit[place{l.to, l.asset}] = true
				}
			}
		}
		i = j
	}
	return true
}
