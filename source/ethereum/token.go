package ethereum

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// tokensOf makes the token transfers of a transaction.
func (b *builder) tokensOf(k *block, w *row, at ledger.Key) {
	for i := range w.tokens {
		t, ok := b.token(k, &w.tokens[i])
		if !ok {
			continue
		}
		t.Key = at
		at.Sub++
		b.out = append(b.out, t)
	}
}

// token makes one token transfer; false when it is left out, counted and
// listed. A collectible is an asset of its own, of which there is one.
func (b *builder) token(k *block, w *row) (ledger.Transfer, bool) {
	b.text = strconv.AppendUint(append(append(b.text[:0], w.tx...), '/'), w.log, 10)
	t := b.transfer(k, w, b.texts.keep(b.text), w.tx)
	if w.hasTime && t.Time.IsZero() {
		t.Time = w.time
	}
	collectible := w.collectible || b.s.collectibles[w.token]
	if collectible {
		if b.collectibles++; w.number == "" {
			w.number = w.value.String()
		}
		t.Asset = money.AssetID(fmt.Sprintf("%s/erc721:%s/%s", b.s.id, w.token, w.number))
		w.value = money.Units(1)
	} else {
		var known bool
		if t.Asset, known = b.assets[w.token]; !known {
			t.Asset = b.s.tokenID(w.token)
		}
	}
	if w.wide {
		b.wide++
		if len(b.wides) < 5 {
			b.wides = append(b.wides, t.ID)
		}
		return t, false
	}
	if collectible && !w.spread.IsZero() {
		b.nameless++ // which one it was is not in the data
		return t, false
	}
	if !collectible {
		b.assets[w.token] = t.Asset
	}
	from, to := w.from, w.to
	if from == zeroAddress {
		from = ledger.Outside // a mint
	}
	if to == zeroAddress {
		to = ledger.Outside // a burn
	}
	b.pay(&t, from, w.value, to, w.value)
	b.round(&t, w)
	return t, true
}

// oddEvents are events Transfer(address,address,uint256) of another form than EIP-20
// and EIP-721 give it: nobody knows what they moved. Things have the four topics of a
// collectible (EIP-721), with data that it has not; amounts have any other form.
type oddEvents struct {
	things, amounts int
	first           []string // up to five names
}

func (o *oddEvents) count(thing bool, name string) {
	if thing {
		o.things++
	} else {
		o.amounts++
	}
	if len(o.first) < 5 {
		o.first = append(o.first, name)
	}
}

func (o *oddEvents) add(p oddEvents) {
	o.things, o.amounts = o.things+p.things, o.amounts+p.amounts
	o.first = append(o.first, p.first[:min(len(p.first), 5-len(o.first))]...)
}

// notes says what was left out.
func (o *oddEvents) notes() (out []string) {
	for _, k := range []struct {
		n    int
		what string
	}{
		{o.amounts, "that are neither in the form of EIP-20 nor in that of EIP-721 are left out: tokens may have moved"},
		{o.things, "with the four topics of EIP-721 and data besides are left out: collectibles may have moved"},
	} {
		if k.n > 0 {
			out = append(out, fmt.Sprintf("%d events Transfer %s", k.n, k.what))
		}
	}
	if len(out) > 0 {
		out = append(out, "events Transfer left out, the first: "+strings.Join(o.first, ", "))
	}
	return out
}

// systemAddress writes the events of the protocol itself. From Amsterdam on these
// are a Transfer for each movement of ether (EIP-7708), which no token makes: values
// and calls say it already.
const systemAddress ledger.Account = "0xfffffffffffffffffffffffffffffffffffffffe"

const zeroAddress ledger.Account = "0x0000000000000000000000000000000000000000"

// looseTokens makes the token transfers whose transaction is not in the data:
// their place among the block's transactions is not known, so they are tied.
func (b *builder) looseTokens(k *block) error {
	arrange(k.loose, func(x, y *row) int { return cmp.Compare(x.log, y.log) })
	from := len(b.out)
	for i := range k.loose {
		if t, ok := b.token(k, &k.loose[i]); ok {
			t.Key = ledger.Key{Block: k.number, Tx: looseTokens}
			b.out = append(b.out, t)
		}
	}
	b.loose += len(b.out) - from
	if len(b.out)-from > 1 {
		b.tie++
		for i := from; i < len(b.out); i++ {
			b.out[i].Tie = b.tie
		}
	}
	return nil
}
