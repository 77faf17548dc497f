package bitcoin_test

import (
	"encoding/binary"
	"testing"

	"github.com/btcsuite/btcd/chaincfg"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// TestSuite runs the suite of every source on the peer's regression chain.
func TestSuite(t *testing.T) {
	dir := shared(t, "blocksci-btc", "btc", "regtest", "blocks")
	sourcetest.Run(t, func(t *testing.T) ledger.Source { return open(t, dir, bitcoin.Options{}) })
}

// TestParametersAreBtcds compares the networks with those of btcd (testnet4 is
// not among them).
func TestParametersAreBtcds(t *testing.T) {
	for _, c := range []struct {
		ours   bitcoin.Network
		theirs chaincfg.Params
	}{{bitcoin.Mainnet, chaincfg.MainNetParams}, {bitcoin.Testnet3, chaincfg.TestNet3Params}, {bitcoin.Signet, chaincfg.SigNetParams}, {bitcoin.Regtest, chaincfg.RegressionNetParams}} {
		if c.ours.Genesis != c.theirs.GenesisHash.String() {
			t.Errorf("%s: genesis %s, btcd has %s", c.ours.Name, c.ours.Genesis, c.theirs.GenesisHash)
		}
		if binary.LittleEndian.Uint32(c.ours.Magic[:]) != uint32(c.theirs.Net) {
			t.Errorf("%s: magic %x, btcd has %s", c.ours.Name, c.ours.Magic, c.theirs.Net)
		}
		if c.ours.PubKeyHash[0] != c.theirs.PubKeyHashAddrID || c.ours.ScriptHash[0] != c.theirs.ScriptHashAddrID || c.ours.HRP != c.theirs.Bech32HRPSegwit {
			t.Errorf("%s: address versions %x, %x, %s", c.ours.Name, c.ours.PubKeyHash, c.ours.ScriptHash, c.ours.HRP)
		}
		if c.ours.Halving != uint64(c.theirs.SubsidyReductionInterval) {
			t.Errorf("%s: the subsidy halves after %d blocks, btcd has %d", c.ours.Name, c.ours.Halving, c.theirs.SubsidyReductionInterval)
		}
	}
}
