package ledger

import (
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// coins reads "coin s A:500 B:20".
func (p *textParser) coins(w []string) error {
	if len(w) < 2 {
		return p.fail(ErrShape, "want: coin NAME OWNER:AMOUNT ...")
	}
	if err := p.model(UTXO); err != nil {
		return err
	}
	t := Transfer{ID: w[0], Tx: w[0], Asset: p.assetID(p.native), Kind: Opening}
	if err := p.outputs(&t, w[1:]); err != nil {
		return err
	}
	sum, ok := t.sumCredits()
	if !ok {
		return p.fail(money.ErrOverflow, "sum of the coins")
	}
	t.Debits = []Debit{{Account: Outside, Amount: sum}}
	return p.keep(t)
}

// coinbase reads "coinbase cb [subsidy 50] -> M:51".
func (p *textParser) coinbase(w []string) error {
	if err := p.model(UTXO); err != nil {
		return err
	}
	if !p.doc.Ledger.Blocks {
		return p.fail(ErrShape, "a coinbase stands in a block: write a block line above it")
	}
	if len(w) < 3 || w[1] != "->" && w[1] != "subsidy" {
		return p.fail(ErrShape, "want: coinbase NAME [subsidy AMOUNT] -> OWNER:AMOUNT ...")
	}
	t := Transfer{ID: w[0], Tx: w[0], Asset: p.assetID(p.native), Kind: Coinbase}
	subsidy := Subsidy(p.height)
	w = w[1:]
	if w[0] == "subsidy" {
		var err error
		if subsidy, err = money.Parse(w[1]); err != nil {
			return p.fail(err, "subsidy")
		}
		w = w[2:]
	}
	if len(w) < 2 || w[0] != "->" {
		return p.fail(ErrShape, "want: coinbase NAME [subsidy AMOUNT] -> OWNER:AMOUNT ...")
	}
	if err := p.outputs(&t, w[1:]); err != nil {
		return err
	}
	t.Debits = []Debit{{Account: Outside, Amount: subsidy}}
	return p.keep(t)
}

// spend reads "t1 s.0 s.1 -> C:300 D:219".
func (p *textParser) spend(id string, when time.Time, w []string, tie uint64) error {
	if err := p.model(UTXO); err != nil {
		return err
	}
	t := Transfer{ID: id, Tx: id, Asset: p.assetID(p.native), Time: when, Tie: tie}
	for w[0] != "->" {
		c, err := ParseCoin(w[0])
		if err != nil {
			return p.fail(err, "input")
		}
		made, ok := p.made[c]
		if !ok {
			return p.fail(ErrShape, "input %s.%d: no line above makes this coin", c.Tx, c.Index)
		}
		if by, gone := p.spent[c]; gone {
			return p.fail(ErrShape, "input %s.%d was already spent by %s", c.Tx, c.Index, by)
		}
		p.spent[c] = id
		t.Debits = append(t.Debits, Debit{made.Account, made.Amount, c})
		w = w[1:]
	}
	if err := p.outputs(&t, w[1:]); err != nil {
		return err
	}
	in, out, ok := t.totals()
	if !ok || in.Less(out) {
		return p.fail(ErrUnbalanced, "outputs %s exceed inputs %s", out, in)
	}
	t.Fee = in.Sub(out)
	return p.keep(t)
}

// outputs reads "C:300 D:219".
func (p *textParser) outputs(t *Transfer, w []string) error {
	for _, x := range w {
		i := strings.LastIndexByte(x, ':')
		if i <= 0 {
			return p.fail(ErrShape, "output %q: want OWNER:AMOUNT", x)
		}
		n, err := money.Parse(x[i+1:])
		if err != nil {
			return p.fail(err, "output %q", x)
		}
		t.Credits = append(t.Credits, Credit{Account(x[:i]), n})
	}
	return nil
}

// keep adds a transaction and the coins it makes.
func (p *textParser) keep(t Transfer) error {
	if err := p.add(t, 0); err != nil {
		return err
	}
	p.place++
	for i, c := range t.Credits {
		p.made[Coin{t.Tx, uint32(i)}] = c
	}
	return nil
}

func (t *Transfer) sumCredits() (money.Amount, bool) {
	_, out, ok := t.totals()
	return out, ok
}

// open reads "open a 5 ETH".
func (p *textParser) open(w []string) error {
	if err := p.model(Accounts); err != nil {
		return err
	}
	if len(w) != 2 && len(w) != 3 {
		return p.fail(ErrShape, "want: open ACCOUNT AMOUNT [ASSET]")
	}
	n, err := money.Parse(w[1])
	if err != nil {
		return p.fail(err, "opening balance")
	}
	word := p.native
	if len(w) == 3 {
		word = w[2]
	}
	id := "open/" + w[0] + "/" + word
	t := Transfer{
		ID: id, Tx: id, Asset: p.assetID(word), Kind: Opening,
		Debits: []Debit{{Account: Outside, Amount: n}}, Credits: []Credit{{Account(w[0]), n}},
	}
	if err := p.add(t, 0); err != nil {
		return err
	}
	p.place++
	return nil
}

// tied reads "= e10 b > c 5": no order between it and the transfer above.
func (p *textParser) tied(w []string) error {
	ts := p.doc.Transfers
	if len(ts) == 0 || len(w) == 0 || ts[len(ts)-1].Kind == Opening {
		return p.fail(ErrShape, "= joins a transfer to the transfer above it; there is none")
	}
	last := ts[len(ts)-1]
	if last.Tie == 0 {
		p.ties++
		for i := range ts {
			if ts[i].Tx == last.Tx {
				ts[i].Tie = p.ties
			}
		}
	}
	return p.transfer(w, p.ties)
}

// move reads "e7 a > b 5 USDT fee 1 ETH by p" and its variants.
func (p *textParser) move(id string, when time.Time, w []string, tie uint64) error {
	if err := p.model(Accounts); err != nil {
		return err
	}
	if len(w) < 4 || w[1] != ">" {
		return p.fail(ErrShape, "want: NAME [TIME] FROM > TO AMOUNT [ASSET] [for AMOUNT ASSET] [failed] [fee AMOUNT [ASSET] [by PAYER]]")
	}
	l := moveLine{id: id, from: Account(w[0]), to: Account(w[2])}
	l.value.n, l.err = money.Parse(w[3])
	l.value.asset, w = p.optionalAsset(w[4:])
	for l.err == nil && len(w) > 0 {
		word := w[0]
		switch w = w[1:]; {
		case word == "failed" && !l.failed:
			l.failed = true
		case word == "for" && l.get == nil && len(w) > 0:
			l.get = &quantity{}
			l.get.n, l.err = money.Parse(w[0])
			l.get.asset, w = p.optionalAsset(w[1:])
		case word == "fee" && l.fee == nil && len(w) > 0:
			l.fee, l.payer = &quantity{}, l.from
			l.fee.n, l.err = money.Parse(w[0])
			l.fee.asset, w = p.optionalAsset(w[1:])
			if len(w) > 1 && w[0] == "by" {
				l.payer, w = Account(w[1]), w[2:]
			}
		default:
			return p.fail(ErrShape, "unexpected %q", word)
		}
	}
	if l.err != nil {
		return p.fail(l.err, "amount of %s", id)
	}
	return p.legs(l, when, tie)
}

type quantity struct {
	n     money.Amount
	asset money.AssetID
}

type moveLine struct {
	id              string
	from, to, payer Account
	value           quantity
	get, fee        *quantity
	failed          bool
	err             error
}

func (p *textParser) optionalAsset(w []string) (money.AssetID, []string) {
	if len(w) > 0 && !reserved[w[0]] {
		return p.assetID(w[0]), w[1:]
	}
	return p.assetID(p.native), w
}

// legs turns a line into the transfers it stands for: value, the second leg of
// a conversion, gas.
func (p *textParser) legs(l moveLine, when time.Time, tie uint64) error {
	t := Transfer{ID: l.id, Tx: l.id, Asset: l.value.asset, Time: when, Tie: tie}
	gasApart := l.fee != nil && (l.fee.asset != t.Asset || l.payer != l.from)
	if l.fee != nil && !gasApart {
		t.Fee = l.fee.n
	}
	spent, ok := l.value.n.CheckedAdd(t.Fee)
	if !ok {
		return p.fail(money.ErrOverflow, "value and fee")
	}
	t.Debits = []Debit{{Account: l.from, Amount: spent}}
	t.Credits = []Credit{{l.to, l.value.n}}
	if l.failed {
		t.Failed, t.Credits, t.Debits[0].Amount = true, nil, t.Fee
		t.Attrs = map[string]string{"attempted": l.value.n.String(), "attempted_to": string(l.to)}
	}
	if l.get != nil {
		if l.failed || l.get.asset == t.Asset {
			return p.fail(ErrShape, "a conversion succeeds, and into another asset")
		}
		t.Conversion = l.id
		t.Credits[0].Account = SwapAccount(l.id)
	}
	if err := p.add(t, 0); err != nil {
		return err
	}
	if l.get != nil {
		in := Transfer{
			ID: l.id + "/in", Tx: l.id, Asset: l.get.asset, Time: when, Tie: tie, Conversion: l.id,
			Debits:  []Debit{{Account: SwapAccount(l.id), Amount: l.get.n}},
			Credits: []Credit{{l.to, l.get.n}},
		}
		if err := p.add(in, 1); err != nil {
			return err
		}
	}
	if gasApart {
		gas := Transfer{
			ID: l.id + "/fee", Tx: l.id, Asset: l.fee.asset, Time: when, Tie: tie, Kind: Gas, Fee: l.fee.n,
			Debits: []Debit{{Account: l.payer, Amount: l.fee.n}},
		}
		if err := p.add(gas, 2); err != nil {
			return err
		}
	}
	p.place++
	return nil
}
