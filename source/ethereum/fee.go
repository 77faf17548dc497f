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
// Ethereum: itself, its test networks, and the networks of developers that geth, anvil
// and hardhat make; with where each number stands. Others send the base fee to
// somebody, or let transactions pay less than it.
var burning = map[ledger.ID]string{
	"eip155:1":        "Ethereum: go-ethereum 1.17.8, params/chainspecs/mainnet.json",
	"eip155:560048":   "Hoodi: go-ethereum 1.17.8, params/chainspecs/hoodi.json",
	"eip155:11155111": "Sepolia: go-ethereum 1.17.8, params/chainspecs/sepolia.json",
	"eip155:17000":    "Holesky: ethereum-lists/chains, _data/chains/eip155-17000.json; with London from its first block: go-ethereum 1.16.7, params/config.go, HoleskyChainConfig",
	"eip155:1337":     "geth --dev: go-ethereum 1.17.8, params/config.go, AllDevChainProtocolChanges",
	"eip155:31337":    "anvil unless told otherwise: foundry, crates/common/src/constants.rs, DEV_CHAIN_ID; hardhat 2.22.3, src/internal/core/config/default-config.ts",
}

// fee is the gas that was used times its price, and blob gas times its price. It is
// split where the block says its base fee and the receipt the price that was paid.
func (b *builder) fee(k *block, w *row) (f fee, err error) {
	if !w.hasUsed || !w.hasPrice {
		b.noGas++
		return fee{burnt: w.blobs}, nil
	}
	all, fits := product(w.gasUsed, w.gasPrice)
	f.burnt = all
	if k.head != nil && k.head.hasPrice && burning[b.s.id] != "" && fits {
		if base := k.head.gasPrice; w.paidPrice && !w.gasPrice.Less(base) {
			f.burnt, _ = product(w.gasUsed, base) // no more than all, which fits
			f.tip, f.split = all.Sub(f.burnt), true
		} else {
			b.whole++
		}
	}
	if fits {
		f.burnt, fits = f.burnt.CheckedAdd(w.blobs)
	}
	if !fits {
		return f, b.fail(w, "gas_used", "gas used times its price", money.ErrOverflow)
	}
	return f, nil
}

// product multiplies two numbers of 64 bits; false where one is wider.
func product(n, price money.Amount) (money.Amount, bool) {
	hi, lo := n.Words()
	high, _ := price.Words()
	return times(lo, price), hi == 0 && high == 0
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
