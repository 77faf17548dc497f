package ethereum

import (
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// fee is what a transaction pays to be in a block, and who gets it. burnt is base
// fee times gas (EIP-1559) and blob gas times its price (EIP-4844); tip is what the
// block's fee recipient gets. Where that is not known, all is burnt and tip none,
// and split is false.
type fee struct {
	burnt, tip money.Amount
	split      bool
}

// burning are the chains of which the rule of EIP-1559 is known to hold as on
// Ethereum: itself, its test networks Holesky, Hoodi and Sepolia, and the networks
// of developers that geth, anvil and hardhat make. Others send the base fee to
// somebody, or let transactions pay less than it.
var burning = map[ledger.ID]bool{
	"eip155:1": true, "eip155:17000": true, "eip155:560048": true, "eip155:11155111": true,
	"eip155:1337": true, "eip155:31337": true,
}

// fee is the gas that was used times its price, and blob gas times its price. It is
// split where the block says its base fee and the receipt the price that was paid.
func (b *builder) fee(k *block, w *row) (f fee, err error) {
	blobs, err := b.product(w, "blob_gas_used", w.blobUsed, w.blobPrice)
	if err != nil {
		return f, err
	}
	if !w.hasUsed || !w.hasPrice {
		b.noGas++
		return fee{burnt: blobs}, nil
	}
	all, err := b.product(w, "gas_used", w.gasUsed, w.gasPrice)
	if err != nil {
		return f, err
	}
	f.burnt = all
	if k.head != nil && k.head.hasBase && burning[b.s.id] {
		if w.paidPrice && !w.gasPrice.Less(k.head.baseFee) {
			f.split = true
			if f.burnt, err = b.product(w, "gas_used", w.gasUsed, k.head.baseFee); err != nil {
				return f, err
			}
			f.tip = all.Sub(f.burnt)
		} else {
			b.whole++
		}
	}
	var fits bool
	if f.burnt, fits = f.burnt.CheckedAdd(blobs); !fits {
		return f, b.fail(w, "gas_used", "gas and blob gas", money.ErrOverflow)
	}
	return f, nil
}

// product multiplies two numbers of 64 bits.
func (b *builder) product(w *row, column string, n, price money.Amount) (money.Amount, error) {
	hi, lo := n.Words()
	if high, _ := price.Words(); hi != 0 || high != 0 {
		return money.Zero, b.fail(w, column, "gas used and its price", money.ErrOverflow)
	}
	return times(lo, price), nil
}

// times multiplies two numbers of 64 bits.
func times(n uint64, a money.Amount) money.Amount {
	_, lo := a.Words()
	hi, low := mul64(n, lo)
	return money.FromWords(hi, low)
}

// pays lays a fee on the transaction's own transfer. The tip, if there is one, is a
// transfer of its own behind it.
func (b *builder) pays(k *block, own *ledger.Transfer, f fee) {
	own.Fee = f.burnt
	if f.split && !f.burnt.IsZero() {
		setAttr(own, ledger.AttrFee, ledger.FeeBurnt)
	}
	b.out = append(b.out, *own)
	if f.tip.IsZero() {
		return
	}
	b.tipped++
	t := *own
	t.ID, t.Kind, t.Fee, t.Failed, t.Attrs = own.Tx+"/tip", ledger.Gas, f.tip, false, nil
	t.Key.Sub++
	t.Debits, t.Credits = []ledger.Debit{{Account: own.From(), Amount: f.tip}}, nil
	setAttr(&t, ledger.AttrFee, ledger.FeeTip)
	if k.head.miner != "" {
		setAttr(&t, ledger.AttrPaidTo, string(k.head.miner))
	}
	b.out = append(b.out, t)
}

func setAttr(t *ledger.Transfer, name, value string) {
	if t.Attrs == nil {
		t.Attrs = map[string]string{}
	}
	t.Attrs[name] = value
}
