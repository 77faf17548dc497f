package bitcoin

import (
	"encoding/binary"
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Network holds what tells one coin of this framing from another. The zero
// value is of no use; Networks are plain values, so that a caller can state a
// coin that is not listed here.
type Network struct {
	// Name stands in the name of the codec: "mainnet" gives "bitcoin/mainnet".
	Name string
	// Magic opens each record of a block file, in the order of the file.
	Magic [4]byte
	// PubKeyHash and ScriptHash are the version bytes of Base58Check addresses.
	PubKeyHash, ScriptHash []byte
	// HRP is the human-readable part of segwit addresses. Without one, witness
	// programs have no meaning and are kept as scripts.
	HRP string
	// Genesis is the hash of the first block as explorers print it; empty is
	// "not known". When GenesisFree is set another first block is noted, not
	// refused: private chains share the parameters.
	Genesis     string
	GenesisFree bool
	// Halving is the number of blocks after which Subsidy, in atomic units,
	// halves; zero never halves.
	Halving, Subsidy uint64
	// Work is set when the double SHA-256 of a header must meet its bits.
	Work bool
	// CoinType is the number of SLIP-44, for the name of the asset; Symbol is
	// what people write.
	CoinType uint32
	Symbol   string
}

// The networks of Bitcoin. Magics and address versions: Bitcoin Core,
// src/kernel/chainparams.cpp; testnet4: BIP 94; coin types: SLIP-44.
var (
	Mainnet = Network{
		Name: "mainnet", Magic: [4]byte{0xf9, 0xbe, 0xb4, 0xd9}, PubKeyHash: []byte{0}, ScriptHash: []byte{5}, HRP: "bc",
		Genesis: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
		Halving: 210000, Subsidy: 50e8, Work: true, CoinType: 0, Symbol: "BTC",
	}
	Testnet3 = testNetwork("testnet3", [4]byte{0x0b, 0x11, 0x09, 0x07}, "tb", 210000, "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943")
	Testnet4 = testNetwork("testnet4", [4]byte{0x1c, 0x16, 0x3f, 0x28}, "tb", 210000, "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043")
	Signet   = testNetwork("signet", [4]byte{0x0a, 0x03, 0xcf, 0x40}, "tb", 210000, "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6")
	Regtest  = testNetwork("regtest", [4]byte{0xfa, 0xbf, 0xb5, 0xda}, "bcrt", 150, "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")
)

func testNetwork(name string, magic [4]byte, hrp string, halving uint64, genesis string) Network {
	return Network{
		Name: name, Magic: magic, PubKeyHash: []byte{0x6f}, ScriptHash: []byte{0xc4}, HRP: hrp, Genesis: genesis,
		GenesisFree: name == "regtest", Halving: halving, Subsidy: 50e8, Work: true, CoinType: 1, Symbol: "BTC",
	}
}

// Networks lists the networks that a magic can name.
func Networks() []Network { return []Network{Mainnet, Testnet3, Testnet4, Signet, Regtest} }

// NetworkByName finds one of Networks.
func NetworkByName(name string) (Network, error) {
	for _, n := range Networks() {
		if n.Name == name {
			return n, nil
		}
	}
	return Network{}, &Error{Msg: fmt.Sprintf("network %q is not known", name), Hint: "mainnet, testnet3, testnet4, signet or regtest", Err: ErrNetwork}
}

func networkByMagic(magic [4]byte) (Network, bool) {
	for _, n := range Networks() {
		if n.Magic == magic {
			return n, true
		}
	}
	return Network{}, false
}

// SubsidyAt is what a block of this height may make, in atomic units.
func (n *Network) SubsidyAt(height uint64) uint64 {
	if n.Halving == 0 {
		return n.Subsidy
	}
	if height/n.Halving >= 64 {
		return 0
	}
	return n.Subsidy >> (height / n.Halving)
}

func (n *Network) check() error {
	switch {
	case n.Name == "":
		return &Error{Msg: "a network needs a name", Err: ErrNetwork}
	case len(n.PubKeyHash) == 0 || len(n.ScriptHash) == 0:
		return &Error{Msg: "network " + n.Name + ": the version bytes of addresses are not stated", Err: ErrNetwork}
	case n.Magic == [4]byte{}:
		return &Error{Msg: "network " + n.Name + ": a magic of zeros would be padding", Err: ErrNetwork}
	}
	return nil
}

// asset is the native asset of a ledger.
func (n *Network) asset(id ledger.ID) money.Asset {
	return money.Asset{ID: money.AssetID(fmt.Sprintf("%s/slip44:%d", id, n.CoinType)), Symbol: n.Symbol, Decimals: 8, Known: true}
}

// ledgerID is the CAIP-2 name: "bip122:" and the first 32 digits of the hash of
// the first block.
func ledgerID(genesis ledger.Hash) ledger.ID { return ledger.ID("bip122:" + genesis.String()[:32]) }

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
