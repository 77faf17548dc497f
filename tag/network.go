package tag

import (
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// networks gives the words of packs and lists their ledger, in CAIP-2. Sources:
// the bip122 page of namespaces.chainagnostic.org (BTC, LTC, DOGE), EIP-155 and
// ethereum-lists/chains for eip155 numbers, the solana namespace for SOL. A word
// that is not here keeps a ledger of its own, "tagpack:WORD": nothing is guessed,
// and no label moves to another network. BCH is left so on purpose: the
// namespace page gave it two different ids over time.
var networks = map[string]ledger.ID{
	"BTC": bitcoin, "XBT": bitcoin,
	"LTC":  "bip122:12a765e31ffd4059bada1e25190f6e98",
	"DOGE": "bip122:1a91e3dace36e2be3bf030a65679fe82",
	"ETH":  "eip155:1",
	"ETC":  "eip155:61",
	"BSC":  "eip155:56", "BEP20": "eip155:56",
	"MATIC": "eip155:137", "POLYGON": "eip155:137",
	"ARB": "eip155:42161", "ARBITRUM": "eip155:42161",
	"OPTIMISM": "eip155:10",
	"BASE":     "eip155:8453",
	"FTM":      "eip155:250",
	"RBTC":     "eip155:30",
	"SOL":      "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
	"TRX":      tron, "TRON": tron,
}

const (
	bitcoin ledger.ID = "bip122:000000000019d6689c085ae165831e93"
	tron    ledger.ID = "tagpack:TRX" // CAIP-2 has no settled page for it
)

// tokens are words that name an asset of several networks; the form of the
// address decides which.
var tokens = map[string]bool{"USDT": true, "USDC": true}

// Network gives the ledger that a network word of a pack, or else its currency,
// means for an address. Known is false for words of no table, which become
// "tagpack:WORD". A ledger id written whole (with its colon) stands as it is.
func Network(word, address string) (id ledger.ID, known bool) {
	w := strings.TrimSpace(word)
	if strings.Contains(w, ":") {
		return ledger.ID(w), true
	}
	w = strings.ToUpper(w)
	if tokens[w] {
		switch f := FamilyOf(address); f {
		case EVM:
			return "eip155:1", true
		case Tron:
			return tron, true
		case Base58, Bech32:
			return bitcoin, true // Tether on Omni
		}
	}
	if w == "AVAX" && isEVM(address) {
		return "eip155:43114", true // the C-chain; X- and P-chain addresses have another form
	}
	if id, ok := networks[w]; ok {
		return id, true
	}
	return ledger.ID("tagpack:" + strings.ReplaceAll(w, " ", "_")), false
}
