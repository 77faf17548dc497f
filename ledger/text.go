package ledger

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// Document is a ledger in the text form: its description, its transfers in
// order, and the thefts marked on it. It is a Source.
//
// One line is one statement; # starts a comment. Amounts are atomic units.
// Names with spaces are quoted as in Go.
//
//	ledger bip122:regtest utxo native BTC       optional; model is else inferred
//	asset ETH eip155:1/slip44:60 decimals 18    optional; a word is else its own id
//	block 100 2018-01-26T00:00Z                 the lines below stand in this block
//
//	coin s A:500 B:20                           coins s.0 and s.1 from before the data
//	t1 2018-01-26T00:02Z s.0 s.1 -> C:300 D:219 spends coins; what remains is the fee
//	coinbase cb -> M:5000000001                 subsidy of the height and the block's fees
//	coinbase cb subsidy 50 -> M:51              the same with another subsidy
//
//	open a 5 ETH                                balance from before the data
//	e7 2018-01-26T00:02Z a > b 5 USDT fee 1 ETH value, then gas
//	e8 a > b 5 failed fee 1                     moved nothing, paid the fee
//	e9 a > b 5 ETH fee 1 by p                   p pays the gas
//	s1 a > b 100 X for 7 Y                      conversion: a gives X, b gets Y
//	e2 * > a 5, e3 a > * 5                      mint, burn
//	= e10 b > c 5                               no known order between this and the line above
//
//	theft Coincheck e7                          what e7 credited is stolen
//	theft Mt.Gox s.0 2+3                        3 units from unit 2 on of coin s.0
type Document struct {
	Ledger    Info
	Transfers []Transfer
	Thefts    []Mark
	// asset words in order of declaration, for printing.
	words []string
}

// Mark says that a credit is stolen: a theft line of the text form.
type Mark struct {
	Theft string
	// Ref is a transfer id, or tx:vout for one coin.
	Ref string
	// Part is set when only Length units from Offset on are stolen.
	Part           bool
	Offset, Length money.Amount
}

// TextError is a fault of a text ledger: where, what, and what to do.
type TextError struct {
	Name string
	Line int
	Msg  string
	Err  error
}

// Error writes "name:line: what: cause".
func (e *TextError) Error() string {
	msg := fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Msg)
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

// Unwrap gives the cause, such as money.ErrOverflow.
func (e *TextError) Unwrap() error { return e.Err }

// ParseText reads a ledger in the text form. name stands in errors and in the
// evidence of each transfer. Errors are *TextError.
func ParseText(name string, r io.Reader) (*Document, error) {
	p := newTextParser(name)
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), 16<<20)
	for lines.Scan() {
		p.line++
		if err := p.statement(lines.Text()); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		p.line++
		return nil, p.fail(err, "cannot read this line")
	}
	return p.finish()
}

// Info implements Source.
func (d *Document) Info() Info { return d.Ledger }

// Completeness implements Source: a text ledger is the whole world.
func (d *Document) Completeness(Account) Completeness { return Completeness{} }

// All implements Source.
func (d *Document) All(ctx context.Context) iter.Seq2[Transfer, error] {
	return func(yield func(Transfer, error) bool) {
		for _, t := range d.Transfers {
			if !yield(t, ctx.Err()) || ctx.Err() != nil {
				return
			}
		}
	}
}

// From implements Resumer.
func (d *Document) From(ctx context.Context, after Cursor) iter.Seq2[Transfer, error] {
	return func(yield func(Transfer, error) bool) {
		at := slices.IndexFunc(d.Transfers, func(t Transfer) bool { return At(&t) == after })
		if at < 0 && !after.IsZero() {
			yield(Transfer{}, fmt.Errorf("%s: no transfer %s at its place: %w", d.Ledger.Input, after.ID, ErrCursor))
			return
		}
		for _, t := range d.Transfers[at+1:] {
			if err := ctx.Err(); err != nil {
				yield(Transfer{}, err)
				return
			}
			if !yield(t, nil) {
				return
			}
		}
	}
}

type textParser struct {
	name   string
	line   int
	doc    *Document
	words  map[string]money.AssetID
	ids    map[string]int  // transfer id to line
	made   map[Coin]Credit // every coin
	spent  map[Coin]string
	height uint64
	when   time.Time // of the block
	place  uint32    // in the block
	ties   uint64
	native string
	marks  []int // line of each mark
}

func newTextParser(name string) *textParser {
	return &textParser{
		name: name, doc: &Document{Ledger: Info{ID: "test", Input: name}},
		words: map[string]money.AssetID{}, ids: map[string]int{},
		made: map[Coin]Credit{}, spent: map[Coin]string{}, native: "unit",
	}
}

func (p *textParser) fail(err error, format string, args ...any) error {
	return &TextError{p.name, p.line, fmt.Sprintf(format, args...), err}
}

func (p *textParser) statement(line string) error {
	words, err := fields(line)
	if err != nil {
		return p.fail(err, "cannot split this line into words")
	}
	if len(words) == 0 {
		return nil
	}
	switch words[0] {
	case "ledger":
		return p.header(words[1:])
	case "asset":
		return p.asset(words[1:])
	case "block":
		return p.block(words[1:])
	case "theft":
		return p.theft(words[1:])
	case "coin":
		return p.coins(words[1:])
	case "coinbase":
		return p.coinbase(words[1:])
	case "open":
		return p.open(words[1:])
	case "=":
		return p.tied(words[1:])
	}
	return p.transfer(words, 0)
}

func (p *textParser) model(m Model) error {
	have := &p.doc.Ledger.Model
	if *have == 0 {
		*have = m
	}
	if *have != m {
		return p.fail(ErrShape, "a line of the %s form in a ledger of the %s form", m, *have)
	}
	return nil
}

func (p *textParser) header(w []string) error {
	if len(p.doc.Transfers) > 0 || len(p.words) > 0 || p.doc.Ledger.Model != 0 {
		return p.fail(ErrShape, "the ledger line comes first, and once")
	}
	if len(w) < 2 || w[1] != "utxo" && w[1] != "account" {
		return p.fail(ErrShape, "want: ledger ID utxo|account [native ASSET] [overdraft]")
	}
	info := &p.doc.Ledger
	info.ID = ID(w[0])
	info.Model = map[string]Model{"utxo": UTXO, "account": Accounts}[w[1]]
	for w = w[2:]; len(w) > 0; {
		switch {
		case w[0] == "native" && len(w) > 1:
			p.native, w = w[1], w[2:]
		case w[0] == "overdraft" && info.Model == Accounts:
			info.Overdraft, w = true, w[1:]
		default:
			return p.fail(ErrShape, "unexpected %q; want: ledger ID utxo|account [native ASSET] [overdraft]", w[0])
		}
	}
	return nil
}

func (p *textParser) asset(w []string) error {
	if len(w) != 4 || w[2] != "decimals" {
		return p.fail(ErrShape, "want: asset WORD ID decimals N")
	}
	n, err := strconv.ParseUint(w[3], 10, 6)
	if err != nil || strconv.FormatUint(n, 10) != w[3] {
		return p.fail(ErrShape, "%q is not a number of decimals (0 to 63)", w[3])
	}
	if _, twice := p.words[w[0]]; twice || reserved[w[0]] {
		return p.fail(ErrShape, "asset %q is declared twice, used before it is declared, or a reserved word", w[0])
	}
	for _, a := range p.doc.Ledger.Assets {
		if a.ID == money.AssetID(w[1]) {
			return p.fail(ErrShape, "asset id %q has two names", w[1])
		}
	}
	p.define(money.Asset{ID: money.AssetID(w[1]), Symbol: w[0], Decimals: int(n), Known: true})
	return nil
}

func (p *textParser) define(a money.Asset) {
	p.words[a.Symbol] = a.ID
	p.doc.words = append(p.doc.words, a.Symbol)
	p.doc.Ledger.Assets = append(p.doc.Ledger.Assets, a)
}

// assetID finds the asset of a word; a word not declared is its own id.
func (p *textParser) assetID(word string) money.AssetID {
	id, ok := p.words[word]
	if !ok {
		id = money.AssetID(word)
		p.define(money.Asset{ID: id, Symbol: word, Known: true})
	}
	return id
}

func (p *textParser) block(w []string) error {
	if len(w) != 2 {
		return p.fail(ErrShape, "want: block HEIGHT TIME")
	}
	h, err := strconv.ParseUint(w[0], 10, 63)
	if err != nil {
		return p.fail(ErrShape, "%q is not a height", w[0])
	}
	if p.doc.Ledger.Blocks && h <= p.height || !p.doc.Ledger.Blocks && len(p.doc.Transfers) > 0 && p.anyOrdered() {
		return p.fail(ErrShape, "blocks come before all transfers but first coins, in rising order")
	}
	t, ok := parseTime(w[1])
	if !ok {
		return p.fail(ErrShape, "%q is not a time in UTC, such as 2018-01-26T00:02Z", w[1])
	}
	p.doc.Ledger.Blocks, p.height, p.when, p.place = true, h, t, 0
	return nil
}

func (p *textParser) anyOrdered() bool {
	for _, t := range p.doc.Transfers {
		if t.Kind != Opening {
			return true
		}
	}
	return false
}

// add gives a transfer its ledger, key and evidence, validates and keeps it.
func (p *textParser) add(t Transfer, sub uint32) error {
	t.Ledger = p.doc.Ledger.ID
	t.Key = Key{p.height, p.place, sub}
	t.Evidence = p.name + ":" + strconv.Itoa(p.line)
	if t.Time.IsZero() {
		t.Time = p.when
	}
	if at, twice := p.ids[t.ID]; twice {
		return p.fail(ErrShape, "%s is already the name of line %d", t.ID, at)
	}
	if err := t.Validate(p.doc.Ledger.Model); err != nil {
		return p.fail(err, "refused")
	}
	p.ids[t.ID] = p.line
	p.doc.Transfers = append(p.doc.Transfers, t)
	return nil
}

func (p *textParser) transfer(w []string, tie uint64) error {
	id := w[0]
	if reserved[id] {
		return p.fail(ErrShape, "%q cannot name a transfer", id)
	}
	w = w[1:]
	var when time.Time
	if len(w) > 0 {
		if t, ok := parseTime(w[0]); ok {
			when, w = t, w[1:]
		}
	}
	for _, x := range w {
		if x == "->" {
			return p.spend(id, when, w, tie)
		}
		if x == ">" {
			return p.move(id, when, w, tie)
		}
	}
	return p.fail(ErrShape, "neither a statement nor a transfer: a transfer has -> (coins) or > (accounts)")
}

func (p *textParser) theft(w []string) error {
	if len(w) != 2 && len(w) != 3 {
		return p.fail(ErrShape, "want: theft NAME TRANSFER|COIN [OFFSET+LENGTH]")
	}
	m := Mark{Theft: w[0], Ref: w[1]}
	if m.Theft == "any" {
		return p.fail(ErrShape, "the name any is reserved for the union of all thefts")
	}
	if len(w) == 3 {
		off, length, ok := strings.Cut(w[2], "+")
		o, err := money.Parse(off)
		l, err2 := money.Parse(length)
		if !ok || err != nil || err2 != nil {
			return p.fail(ErrShape, "%q: want OFFSET+LENGTH in atomic units", w[2])
		}
		m.Part, m.Offset, m.Length = true, o, l
	}
	p.doc.Thefts = append(p.doc.Thefts, m)
	p.marks = append(p.marks, p.line)
	return nil
}

// finish checks what only the whole document can tell.
func (p *textParser) finish() (*Document, error) {
	for i, m := range p.doc.Thefts {
		p.line = p.marks[i]
		if _, ok := p.ids[m.Ref]; ok {
			continue
		}
		c, err := ParseCoin(m.Ref)
		if _, ok := p.made[c]; err != nil || !ok {
			return nil, p.fail(ErrShape, "theft %s: no transfer or coin is called %q", m.Theft, m.Ref)
		}
		p.doc.Thefts[i].Ref = c.String()
	}
	info := &p.doc.Ledger
	if info.Model == 0 {
		info.Model = Accounts
	}
	info.Native = p.assetID(p.native)
	return p.doc, nil
}

var reserved = map[string]bool{
	"ledger": true, "asset": true, "block": true, "theft": true, "coin": true, "coinbase": true,
	"open": true, "=": true, "fee": true, "for": true, "failed": true, "by": true, "->": true, ">": true, "subsidy": true,
}

// times of the text form, printed in the first that loses nothing.
var timeForms = []string{"2006-01-02T15:04Z", "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.999999999Z"}

func parseTime(s string) (time.Time, bool) {
	for _, form := range timeForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// fields splits a line into words; a word in double quotes may hold anything.
func fields(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" || line[0] == '#' {
			return words, nil
		}
		if line[0] == '"' {
			q, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, fmt.Errorf("quoted word: %w", err)
			}
			w, err := strconv.Unquote(q)
			if err != nil || w == "" {
				return nil, fmt.Errorf("quoted word %s: empty or malformed", q)
			}
			words, line = append(words, w), line[len(q):]
			continue
		}
		n := strings.IndexAny(line, " \t\r")
		if n < 0 {
			n = len(line)
		}
		words, line = append(words, line[:n]), line[n:]
	}
}
