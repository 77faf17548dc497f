package bitcoin_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// The valid addresses of BIP 173 (version 0) and BIP 350, with their scripts.
func TestSegwitVectors(t *testing.T) {
	for _, c := range []struct {
		n               bitcoin.Network
		address, script string
	}{
		{bitcoin.Mainnet, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
		{bitcoin.Testnet3, "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
		{bitcoin.Mainnet, "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6"},
		{bitcoin.Mainnet, "BC1SW50QGDZ25J", "6002751e"},
		{bitcoin.Mainnet, "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"},
		{bitcoin.Testnet3, "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy", "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
		{bitcoin.Testnet3, "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
		{bitcoin.Mainnet, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
	} {
		script, err := c.n.ScriptOf(ledger.Account(c.address))
		if err != nil || hex.EncodeToString(script) != c.script {
			t.Errorf("%s: %x, %v", c.address, script, err)
		}
		if got := c.n.AccountOf(script); string(got) != strings.ToLower(c.address) {
			t.Errorf("%s: came back as %s", c.address, got)
		}
	}
}

// The invalid addresses of BIP 173 and BIP 350, and of Base58Check.
func TestInvalidAddresses(t *testing.T) {
	for _, c := range []struct{ address, says string }{
		{"tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", ""},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "checksum"},
		{"BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", ""},
		{"bc1rw5uspcuh", ""},
		{"bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90", ""},
		{"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "length"},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5Xw7kv8f3t4", "case"},
		{"bc1gmk9yu", "version"},
		{"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "bech32m"},
		{"BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", "bech32m"},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "bech32"},
		{"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "character"},
		{"BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "version"},
		{"bc1pw5dgrnzv", "length"},
		{"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", "length"},
		{"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "tb1"},
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "checksum"},
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0", "character"},
		{"mpXwg4jMtRhuSpVq4xS3HFHmCmWp9NyGKt", "mainnet"},
		{"", "short"}, {"1", "short"}, {strings.Repeat("1", 5000), "long"},
		{"script:6a", "names a script"},
	} {
		err := bitcoin.Mainnet.CheckAddress(c.address)
		if !errors.Is(err, bitcoin.ErrAddress) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.90s: %v", c.address, err)
		}
	}
}

// RIPEMD-160 and base58 against btcutil, on random bytes.
func TestAddressesAgainstBtcutil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "bytes")
		h := bitcoin.Hash160(b)
		if !bytes.Equal(h[:], btcutil.Hash160(b)) {
			t.Fatalf("%x: %x", b, h)
		}
		want, err := btcutil.NewAddressPubKeyHash(h[:], &chaincfg.MainNetParams)
		if err != nil {
			t.Fatal(err)
		}
		script := append(append([]byte{0x76, 0xa9, 20}, h[:]...), 0x88, 0xac)
		if got := bitcoin.Mainnet.AccountOf(script); string(got) != want.EncodeAddress() {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func TestScriptAccounts(t *testing.T) {
	key := "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	for _, c := range []struct {
		script string
		typ    bitcoin.Type
		want   string
	}{
		{"21" + key + "ac", bitcoin.PubKey, "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"},
		{"5121" + key + "51ae", bitcoin.MultiSig, "multisig:5121" + key + "51ae"},
		{"5221" + key + "51ae", bitcoin.OtherScript, "script:5221" + key + "51ae"},
		{"6a0568656c6c6f", bitcoin.NullData, "script:6a0568656c6c6f"},
		{"", bitcoin.OtherScript, "script:"},
		{"0003010203", bitcoin.OtherScript, "script:0003010203"},
		{"51024e73", bitcoin.WitnessUnknown, "bc1pfeessrawgf"},
		{strings.Repeat("61", 110), bitcoin.OtherScript, "script:" + strings.Repeat("61", 110)},
		{strings.Repeat("61", 111), bitcoin.HashedScript, "script-sha256:"},
	} {
		script, _ := hex.DecodeString(c.script)
		got := bitcoin.Mainnet.AccountOf(script)
		if !strings.HasPrefix(string(got), c.want) || bitcoin.Mainnet.TypeOf(script) != c.typ {
			t.Errorf("%s: %s of type %d, want %s", c.script, got, bitcoin.Mainnet.TypeOf(script), c.want)
		}
		back, err := bitcoin.Mainnet.CanonicalAccount(string(got))
		if err != nil || back != got {
			t.Errorf("%s: came back as %s, %v", got, back, err)
		}
	}
	old := bitcoin.Mainnet
	old.HRP = "" // a coin without SegWit
	if got := old.AccountOf([]byte{0, 2, 1, 2}); got != "script:00020102" {
		t.Error(got)
	}
}

func TestCodecKeepsEveryName(t *testing.T) {
	c := bitcoin.NewCodec(bitcoin.Mainnet)
	for _, a := range []ledger.Account{"", "*", "pool:sapling", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "script:6a", "script:zz", "bc1pfeessrawgf"} {
		if got, err := c.Account(c.AppendKey(nil, a)); err != nil || got != a {
			t.Errorf("%q came back as %q, %v", a, got, err)
		}
	}
	for _, key := range [][]byte{nil, {0}, {1, 2}, {99, 1}, append([]byte{6, 1}, make([]byte, 32)...), append([]byte{8}, append([]byte{0, 20}, make([]byte, 20)...)...)} {
		if a, err := c.Account(key); !errors.Is(err, bitcoin.ErrAddress) {
			t.Errorf("key %x is %q", key, a)
		}
	}
	if got, err := bitcoin.CodecByName("bitcoin/testnet4"); err != nil || got.Name() != "bitcoin/testnet4" {
		t.Error(got, err)
	}
	if _, err := bitcoin.CodecByName("plain"); !errors.Is(err, bitcoin.ErrNetwork) {
		t.Error(err)
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1pfeessrawgf", "BC1SW50QGDZ25J", "script:6a", "multisig:51", "script-sha256:00"} {
		f.Add(s)
	}
	c := bitcoin.NewCodec(bitcoin.Mainnet)
	f.Fuzz(func(t *testing.T, s string) {
		key := c.AppendKey(nil, ledger.Account(s))
		a, err := c.Account(key)
		if err != nil {
			t.Fatalf("%q: key %x: %v", s, key, err)
		}
		if again := c.AppendKey(nil, a); !bytes.Equal(key, again) {
			t.Fatalf("%q: %q: %x and %x", s, a, key, again)
		}
	})
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{"51024e73", "6a", "", "5121ae", "0014751e76e8199196d454941c45d1b3a323f1433bd6"} {
		b, _ := hex.DecodeString(s)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		a := bitcoin.Mainnet.AccountOf(script)
		if back, err := bitcoin.Mainnet.CanonicalAccount(string(a)); err != nil || back != a {
			t.Fatalf("%x: %s came back as %s, %v", script, a, back, err)
		}
		typ := bitcoin.Mainnet.TypeOf(script)
		if s, err := bitcoin.Mainnet.ScriptOf(a); err == nil && typ != bitcoin.PubKey && !bytes.Equal(s, script) {
			t.Fatalf("%x: %s stands for %x", script, a, s)
		}
	})
}

func FuzzTx(f *testing.F) {
	rec := firstRecords(f, 2)[1]
	f.Add(rec[8+81:])
	f.Fuzz(func(t *testing.T, raw []byte) {
		tx, err := bitcoin.ParseTx(raw)
		if err != nil {
			if !errors.Is(err, bitcoin.ErrTx) {
				t.Fatal(err)
			}
			return
		}
		want, err := btcutil.NewTxFromBytes(raw)
		if err == nil && ledger.Hash(*want.Hash()) != tx.ID {
			t.Fatalf("%s, btcd says %s", tx.ID, want.Hash())
		}
	})
}

func FuzzBlockFile(f *testing.F) {
	f.Add(bytes.Join(firstRecords(f, 3), nil))
	free := bitcoin.Mainnet
	free.Work = false
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		write(t, dir+"/blk00000.dat", b)
		_, _, err := read(dir, bitcoin.Options{Network: free, Workers: 1, SkipMerkle: true})
		var e *bitcoin.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
		os.RemoveAll(dir)
	})
}
