package trace

import "math/bits"

// A page is so many transactions that what waits for them, a cell each, stays in
// a near cache while the sweep is there.
const (
	pageBits  = 15
	pageTxs   = 1 << pageBits
	pageWords = pageTxs / 64
)

// letterCount makes a sheet of letters two kilobytes.
const letterCount = 200

// letters are amounts on their way to transactions of one page.
type letters struct {
	v      [letterCount]uint64
	to     [letterCount]uint16 // within the page
	before *letters
}

// mailPage is what waits for the transactions of a page.
type mailPage struct {
	sheet *letters
	n     int // letters on the sheet; those before it are full
}

// mail brings amounts to transactions and gives them out in the order of
// transactions, those for one transaction as their sum. Amounts are only brought
// to transactions behind the last one given out.
//
// An amount for the page in work is added to its cell. One for a later page is
// written behind the others for that page, and added when the sweep comes there.
// So nothing is written to places that no cache holds, and the memory follows
// what is on its way, neither the trail nor the ledger (64-bit cells apart, one a
// transaction of a page).
type mail struct {
	pages []mailPage
	page  int      // in work; -1 before the first
	last  int      // page that a letter was written to
	cells []uint64 // of the page in work
	some  []uint64 // a bit for each cell that is not zero
	word  int      // of some: before it nothing waits
	seen  int      // of some: before it soon was called
	soon  func([]uint32)
	ahead []uint32
	free  *letters
	first uint32 // number of the first transaction of the page in work
}

// init makes a mail for n transactions. soon is told of transactions that will
// be given out presently, where few are: a chance to have their columns read
// side by side.
func (m *mail) init(n int, soon func([]uint32)) {
	if m.pages == nil {
		m.pages = make([]mailPage, (n+pageTxs-1)/pageTxs)
		m.cells, m.some = make([]uint64, pageTxs), make([]uint64, pageWords)
		m.ahead = make([]uint32, 0, fewAhead+64)
	}
	m.soon = soon
	m.page, m.last, m.word, m.seen = -1, -1, pageWords, 0
}

// add brings an amount to a transaction.
func (m *mail) add(tx uint32, v uint64) {
	at := tx & (pageTxs - 1)
	if p := int(tx >> pageBits); p != m.page {
		m.post(p, at, v)
		return
	}
	m.cells[at] += v
	m.some[at>>6] |= 1 << (at & 63)
}

func (m *mail) post(page int, at uint32, v uint64) {
	p := &m.pages[page]
	if p.sheet == nil || p.n == letterCount {
		m.sheet(p)
		m.last = max(m.last, page)
	}
	p.sheet.v[p.n], p.sheet.to[p.n] = v, uint16(at)
	p.n++
}

// sheet gives a page a new sheet.
func (m *mail) sheet(p *mailPage) {
	l := m.free
	if l == nil {
		l = new(letters)
	} else {
		m.free = l.before
	}
	l.before = p.sheet
	p.sheet, p.n = l, 0
}

// next gives the first transaction that something waits for, and how much, and
// forgets it; false when there is none.
func (m *mail) next() (tx uint32, v uint64, ok bool) {
	for {
		for ; m.word < pageWords; m.word++ {
			w := m.some[m.word]
			if w == 0 {
				continue
			}
			if m.word >= m.seen {
				m.look()
			}
			at := m.word<<6 | bits.TrailingZeros64(w)
			m.some[m.word] = w & (w - 1)
			v = m.cells[at]
			m.cells[at] = 0
			return m.first + uint32(at), v, true
		}
		if !m.turn() {
			return 0, 0, false
		}
	}
}

// turn opens the next page with letters.
func (m *mail) turn() bool {
	for p := m.page + 1; p <= m.last; p++ {
		if m.pages[p].sheet != nil {
			m.open(p)
			return true
		}
	}
	return false
}

// open puts the letters for a page into its cells. Those of the page before are
// empty by now.
func (m *mail) open(page int) {
	m.page, m.first, m.word, m.seen = page, uint32(page)<<pageBits, 0, 0
	p := &m.pages[page]
	for n := p.n; p.sheet != nil; n = letterCount {
		l := p.sheet
		for i, at := range l.to[:n] {
			m.cells[at&(pageTxs-1)] += l.v[i]
			m.some[at>>6&(pageWords-1)] |= 1 << (at & 63)
		}
		p.sheet, l.before, m.free = l.before, m.free, l
	}
	p.n = 0
}

// lookWords of 64 transactions are looked ahead at, unless they hold more than
// fewAhead that something waits for: reading in order is quick by itself.
const (
	lookWords = 16
	fewAhead  = 192
)

func (m *mail) look() {
	m.seen = min(m.word+lookWords, pageWords)
	if m.soon == nil {
		return
	}
	m.ahead = members(m.ahead[:0], m.some[m.word:m.seen], m.first+uint32(m.word)<<6, fewAhead)
	if len(m.ahead) <= fewAhead {
		m.soon(m.ahead)
	}
}

// members appends the numbers in a bitset, the first of which is from, until
// there are more than most.
func members(list []uint32, words []uint64, from uint32, most int) []uint32 {
	for i, w := range words {
		for ; w != 0; w &= w - 1 {
			list = append(list, from+uint32(i<<6|bits.TrailingZeros64(w)))
		}
		if len(list) > most {
			break
		}
	}
	return list
}

// take gives what waits for a transaction that another mail gave out, whose
// number is not below any taken before.
func (m *mail) take(tx uint32) uint64 {
	if p := int(tx >> pageBits); p != m.page {
		if m.pages[p].sheet == nil {
			return 0
		}
		m.open(p)
	}
	at := tx & (pageTxs - 1)
	if m.some[at>>6]>>(at&63)&1 == 0 { // the bits are near, the cells may not be
		return 0
	}
	v := m.cells[at]
	m.cells[at] = 0
	m.some[at>>6] &^= 1 << (at & 63)
	return v
}

// mark sets the bits of all transactions that something waits for, and forgets
// what.
func (m *mail) mark(words []uint64) {
	for i, w := range m.some {
		if w == 0 {
			continue
		}
		words[int(m.first)>>6+i] |= w
		clear(m.cells[i<<6 : i<<6+64])
		m.some[i] = 0
	}
	for p := m.page + 1; p <= m.last; p++ {
		for x := &m.pages[p]; x.sheet != nil; x.n = letterCount {
			for _, at := range x.sheet.to[:x.n] {
				tx := p<<pageBits | int(at)
				words[tx>>6] |= 1 << (tx & 63)
			}
			x.sheet, x.sheet.before, m.free = x.sheet.before, m.free, x.sheet
		}
	}
}
