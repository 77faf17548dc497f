package ledger

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// WriteText prints the ledger in the text form. ParseText of what it prints
// gives the same ledger but for evidence (line numbers).
func (d *Document) WriteText(w io.Writer) error {
	p := textPrinter{doc: d, words: map[money.AssetID]string{}, model: d.Ledger.Model}
	p.header()
	for i := 0; i < len(d.Transfers); {
		n, err := p.transfer(d.Transfers[i:])
		if err != nil {
			return err
		}
		i += n
	}
	for _, m := range d.Thefts {
		fmt.Fprintf(&p.b, "theft %s %s", word(m.Theft), word(m.Ref))
		if m.Part {
			fmt.Fprintf(&p.b, " %s+%s", m.Offset, m.Length)
		}
		p.b.WriteByte('\n')
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// Text is WriteText to a string; it is empty when the ledger cannot be printed.
func (d *Document) Text() string {
	var b strings.Builder
	if d.WriteText(&b) != nil {
		return ""
	}
	return b.String()
}

type textPrinter struct {
	b      strings.Builder
	doc    *Document
	words  map[money.AssetID]string
	model  Model
	height uint64
	opened bool
	block  *Transfer
	tie    uint64
}

func (p *textPrinter) header() {
	l := p.doc.Ledger
	for _, a := range l.Assets {
		p.words[a.ID] = a.Symbol
	}
	native := p.asset(l.Native)
	fmt.Fprintf(&p.b, "ledger %s %s native %s", word(string(l.ID)), l.Model, word(native))
	if l.Overdraft {
		p.b.WriteString(" overdraft")
	}
	p.b.WriteByte('\n')
	for _, a := range l.Assets {
		if string(a.ID) != a.Symbol || a.Decimals != 0 {
			fmt.Fprintf(&p.b, "asset %s %s decimals %d\n", word(a.Symbol), word(string(a.ID)), a.Decimals)
		}
	}
}

func (p *textPrinter) asset(id money.AssetID) string {
	if s, ok := p.words[id]; ok {
		return s
	}
	return string(id)
}

// transfer prints the transfers of one line and returns how many they were.
func (p *textPrinter) transfer(ts []Transfer) (int, error) {
	t := &ts[0]
	if p.doc.Ledger.Blocks && t.Kind != Opening && (!p.opened || t.Key.Block != p.height) {
		if t.Time.IsZero() {
			return 0, fmt.Errorf("transfer %s: a block without a time cannot be printed", t.ID)
		}
		fmt.Fprintf(&p.b, "block %d %s\n", t.Key.Block, p.when(t))
		p.opened, p.height, p.block = true, t.Key.Block, t
	}
	if t.Tie != 0 && t.Tie == p.tie {
		p.b.WriteString("= ")
	}
	p.tie = t.Tie
	if p.model == UTXO {
		p.coins(t)
		return 1, nil
	}
	if t.Kind == Opening {
		fmt.Fprintf(&p.b, "open %s %s %s\n", word(string(t.To())), t.Amount(), word(p.asset(t.Asset)))
		return 1, nil
	}
	return p.move(ts)
}

func (p *textPrinter) when(t *Transfer) string {
	for _, form := range timeForms {
		s := t.Time.UTC().Format(form)
		if back, _ := parseTime(s); back.Equal(t.Time) {
			return s
		}
	}
	return t.Time.UTC().Format(timeForms[len(timeForms)-1])
}

// stamp prints the time of a transfer unless its block has the same.
func (p *textPrinter) stamp(t *Transfer) string {
	if t.Time.IsZero() || p.block != nil && p.block.Time.Equal(t.Time) {
		return ""
	}
	return " " + p.when(t)
}

func (p *textPrinter) coins(t *Transfer) {
	switch t.Kind {
	case Opening:
		fmt.Fprintf(&p.b, "coin %s", word(t.ID))
	case Coinbase:
		fmt.Fprintf(&p.b, "coinbase %s", word(t.ID))
		if s := t.Debits[0].Amount; s != Subsidy(t.Key.Block) {
			fmt.Fprintf(&p.b, " subsidy %s", s)
		}
		p.b.WriteString(" ->")
	default:
		fmt.Fprintf(&p.b, "%s%s", word(t.ID), p.stamp(t))
		for _, d := range t.Debits {
			p.b.WriteString(" " + word(d.Spends.Tx+"."+strconv.FormatUint(uint64(d.Spends.Index), 10)))
		}
		p.b.WriteString(" ->")
	}
	for _, c := range t.Credits {
		p.b.WriteString(" " + word(string(c.Account)+":"+c.Amount.String()))
	}
	p.b.WriteByte('\n')
}

// move prints a value transfer with the conversion leg and gas that follow it.
func (p *textPrinter) move(ts []Transfer) (int, error) {
	t := &ts[0]
	if t.Kind == Gas || strings.HasPrefix(string(t.From()), "swap:") {
		return 0, fmt.Errorf("transfer %s: gas and conversion legs are printed with their transfer, which is not in front of it", t.ID)
	}
	to, n := t.To(), t.Amount().String()
	if t.Failed {
		to, n = Account(t.Attrs["attempted_to"]), t.Attrs["attempted"]
		if to == "" || n == "" {
			to, n = t.From(), "0"
		}
	}
	used := 1
	var get, gas *Transfer
	if t.Conversion != "" && len(ts) > used && ts[used].Conversion == t.Conversion {
		get, used = &ts[used], used+1
		to = get.To()
	}
	if len(ts) > used && ts[used].Kind == Gas && ts[used].Tx == t.Tx {
		gas, used = &ts[used], used+1
	}
	fmt.Fprintf(&p.b, "%s%s %s > %s %s %s", word(t.ID), p.stamp(t), word(string(t.From())), word(string(to)), n, word(p.asset(t.Asset)))
	if get != nil {
		fmt.Fprintf(&p.b, " for %s %s", get.Amount(), word(p.asset(get.Asset)))
	}
	if t.Failed {
		p.b.WriteString(" failed")
	}
	switch {
	case gas != nil && gas.Asset == t.Asset && gas.From() == t.From():
		// A tip beside a burnt fee: the text form has one fee of an asset and payer.
		all, fits := t.Fee.CheckedAdd(gas.Fee)
		if !fits {
			return 0, fmt.Errorf("transfer %s: fee and %s: %w", t.ID, gas.ID, money.ErrOverflow)
		}
		fmt.Fprintf(&p.b, " fee %s %s", all, word(p.asset(t.Asset)))
	case gas != nil && !t.Fee.IsZero():
		return 0, fmt.Errorf("transfer %s: a fee of its own and gas of another asset or payer have no line in the text form", t.ID)
	case gas != nil:
		fmt.Fprintf(&p.b, " fee %s %s", gas.Fee, word(p.asset(gas.Asset)))
		if gas.From() != t.From() {
			fmt.Fprintf(&p.b, " by %s", word(string(gas.From())))
		}
	case !t.Fee.IsZero():
		fmt.Fprintf(&p.b, " fee %s %s", t.Fee, word(p.asset(t.Asset)))
	}
	p.b.WriteByte('\n')
	return used, nil
}

// word prints a name, quoted when the text form could not read it bare.
func word(s string) string {
	plain := s != "" && s[0] != '"' && s[0] != '#' && !strings.ContainsAny(s, " \t\r\n") && strconv.CanBackquote(s)
	if plain {
		return s
	}
	return strconv.Quote(s)
}
