package swap

import (
	"maps"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// wrapped is the contract of wrapped ether by ledger. It credits tokens to whoever
// sends it ether and takes them from whoever it pays ether to (deposit and withdraw
// of contracts/WETH9.sol, gnosis/canonical-weth), without an event Transfer, so that
// exports of token transfers do not have them.
var wrapped = map[ledger.ID]ledger.Account{"eip155:1": "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"}

// flow is what an account received and paid of one asset.
type flow struct{ in, out money.Amount }

// book has the flows of one transaction by account and asset. What a token's
// contract mints it gives, what it burns it takes.
type book struct {
	flows map[ledger.Account]map[money.AssetID]flow
	wide  bool // a sum beyond 128 bits
	// native is the ledger's own asset, wrapped its wrapped form, if that is known.
	native, wrapped money.AssetID
}

// issuer is the contract of a token, or "".
func issuer(a money.AssetID) ledger.Account {
	_, contract, _ := strings.Cut(string(a), "/erc20:")
	return ledger.Account(contract)
}

// collectible reports whether an asset is a thing and not an amount.
func collectible(a money.AssetID) bool { return strings.Contains(string(a), "/erc721:") }

// moves reports whether a transfer moved value between two accounts.
func moves(t *ledger.Transfer) bool {
	return t.Kind == ledger.Value && !t.Failed && t.From() != t.To() && !t.Amount().IsZero()
}

// bookOf adds up the transfers of a transaction.
func bookOf(ts []*ledger.Transfer, native money.AssetID) *book {
	b := &book{flows: map[ledger.Account]map[money.AssetID]flow{}, native: native}
	for _, t := range ts {
		if moves(t) {
			b.move(t.From(), t.To(), t.Asset, t.Amount())
		}
	}
	if contract, ok := wrapped[ts[0].Ledger]; ok {
		b.wrapped = money.AssetID(string(ts[0].Ledger) + "/erc20:" + string(contract))
		b.impliedWraps(ts, contract)
	}
	return b
}

// impliedWraps adds the tokens that a contract of wrapped ether made or
// destroyed for the ether it took or paid, where the data lacks them.
func (b *book) impliedWraps(ts []*ledger.Transfer, contract ledger.Account) {
	for _, t := range ts {
		if moves(t) && issuer(t.Asset) == contract && (t.From() == ledger.Outside || t.To() == ledger.Outside) {
			return // the data has them
		}
	}
	for _, t := range ts {
		switch {
		case !moves(t) || t.Asset != b.native:
		case t.To() == contract:
			b.move(contract, t.From(), b.wrapped, t.Amount())
		case t.From() == contract:
			b.move(t.To(), contract, b.wrapped, t.Amount())
		}
	}
}

func (b *book) move(from, to ledger.Account, asset money.AssetID, n money.Amount) {
	if c := issuer(asset); c != "" {
		if from == ledger.Outside {
			from = c
		}
		if to == ledger.Outside {
			to = c
		}
	}
	b.add(from, asset, n, func(f *flow) *money.Amount { return &f.out })
	b.add(to, asset, n, func(f *flow) *money.Amount { return &f.in })
}

func (b *book) add(a ledger.Account, asset money.AssetID, n money.Amount, side func(*flow) *money.Amount) {
	if b.flows[a] == nil {
		b.flows[a] = map[money.AssetID]flow{}
	}
	f := b.flows[a][asset]
	sum, fits := side(&f).CheckedAdd(n)
	b.wide = b.wide || !fits
	*side(&f) = sum
	b.flows[a][asset] = f
}

// nets lists the assets of which an account paid more than it received, of which
// it received more, and of which as much as it paid.
func (b *book) nets(a ledger.Account) (gave, got, passed []money.AssetID) {
	for _, asset := range slices.Sorted(maps.Keys(b.flows[a])) {
		switch f := b.flows[a][asset]; f.in.Cmp(f.out) {
		case -1:
			gave = append(gave, asset)
		case 1:
			got = append(got, asset)
		default:
			passed = append(passed, asset)
		}
	}
	return gave, got, passed
}

// alike is the asset as which a router's flows count: wrapped ether is ether there.
// A router that took more ether than it passed on wrapped has kept the rest, or paid
// it back where the data, lacking the calls inside, does not show it.
func (b *book) alike(a money.AssetID) money.AssetID {
	if a == b.wrapped {
		return b.native
	}
	return a
}

// netsAlike is nets with wrapped ether as ether.
func (b *book) netsAlike(a ledger.Account) (gave, got []money.AssetID) {
	one := &book{flows: map[ledger.Account]map[money.AssetID]flow{}}
	for asset, f := range b.flows[a] {
		one.add(a, b.alike(asset), f.in, func(f *flow) *money.Amount { return &f.in })
		one.add(a, b.alike(asset), f.out, func(f *flow) *money.Amount { return &f.out })
	}
	b.wide = b.wide || one.wide
	gave, got, _ = one.nets(a)
	return gave, got
}

// accounts lists who took part, sorted.
func (b *book) accounts() []ledger.Account { return slices.Sorted(maps.Keys(b.flows)) }
