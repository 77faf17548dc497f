package replay

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/wire"
	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/psbt"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// Bitcoin is the CAIP-19 id of bitcoin.
const Bitcoin = "bip122:000000000019d6689c085ae165831e93/slip44:0"

// The two addresses of the DMM theft (BitJungle). Both are real; the bytes around
// them are ours.
const (
	DMMKnown = "1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P"
	DMMThief = "1B6rJRfjTXwEy36SCs5zofGMmdv2kdZw7P"
)

// testXpub is the public key of test vector 1 of BIP 32: a wallet whose private
// key everybody knows, so that nobody takes it for DMM's.
const testXpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"

func dmm() (*Case, error) {
	c := &Case{
		Name: "dmm-2024", Title: "DMM Bitcoin, 31 May 2024: a destination that looks like the known one", Reconstruction: true,
		Sources: []string{
			"addresses and amount: BitJungle",
			"FBI, DC3 and NPA statement of 23 December 2024: a legitimate request was tampered with",
			"the transaction's id and time of day are not established; the bytes are made by us, of a wallet of test keys",
		},
		Loss: "4,502.9 BTC", Stolen: time.Date(2024, 5, 31, 0, 0, 0, 0, time.UTC),
		Policy: fmt.Sprintf(`format: %s
name: dmm-2024
wallets:
  dmm-cold: {role: cold, descriptors: ["wpkh(%s/<0;1>/*)"]}
address_book:
  - {name: known destination, addr: %s}
`, guard.PolicyFormat, testXpub, DMMKnown),
	}
	for i, p := range []struct {
		to      string
		satoshi int64
		label   Label
	}{
		{DMMKnown, 50_00000000, Benign}, {DMMKnown, 90_00000000, Benign}, {DMMThief, 4502_90000000, Malicious},
	} {
		raw, err := spend(p.to, p.satoshi, uint32(i))
		if err != nil {
			return nil, err
		}
		meant := uint256.NewInt(uint64(p.satoshi)).Dec()
		c.Steps = append(c.Steps, Step{
			At: c.Stolen.Add(time.Duration(i-2) * 24 * time.Hour), Label: p.label, Name: fmt.Sprintf("payment %d", i+1), Executed: p.label == Benign,
			Request: &guard.Request{
				ID: fmt.Sprintf("payment %d", i+1), Wallet: "dmm-cold", Kind: guard.PSBT,
				Payload: payload(map[string]string{"psbt": base64.StdEncoding.EncodeToString(raw)}),
				Intent:  &guard.Intent{To: DMMKnown, Asset: Bitcoin, Amount: meant, Source: "the request before it was tampered with"},
			},
		})
	}
	return c, nil
}

// spend makes a PSBT of version 0 that pays from the test wallet and returns the
// rest to it.
func spend(to string, satoshi int64, index uint32) ([]byte, error) {
	master, err := hdkeychain.NewKeyFromString(testXpub)
	if err != nil {
		return nil, err
	}
	d, err := psbt.ParseDescriptor("wpkh(" + testXpub + "/<0;1>/*)")
	if err != nil {
		return nil, err
	}
	own, err := d.Script(0, index)
	if err != nil {
		return nil, err
	}
	back, err := d.Script(1, index)
	if err != nil {
		return nil, err
	}
	script, err := psbt.ScriptOf(to)
	if err != nil {
		return nil, err
	}
	const fee, rest = 2000, 1_00000000
	made := wire.NewMsgTx(2) // the transaction that made the coin
	made.AddTxIn(wire.NewTxIn(&wire.OutPoint{Index: index}, []byte{0x51}, nil))
	made.AddTxOut(wire.NewTxOut(satoshi+rest+fee, own))
	tx := wire.NewMsgTx(2)
	hash := made.TxHash()
	tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&hash, 0), nil, nil))
	tx.AddTxOut(wire.NewTxOut(satoshi, script))
	tx.AddTxOut(wire.NewTxOut(rest, back))
	in, err := claim(master, 0x06, 0, index)
	if err != nil {
		return nil, err
	}
	out, err := claim(master, 0x02, 1, index)
	if err != nil {
		return nil, err
	}
	return psbt.Write(
		[]psbt.KV{{Key: []byte{0}, Value: serialize(tx)}},
		[][]psbt.KV{{{Key: []byte{0}, Value: serialize(made)}, in}},
		[][]psbt.KV{{}, {out}},
	), nil
}

// claim writes the derivation of a key of the wallet.
func claim(master *hdkeychain.ExtendedKey, kind byte, branch, index uint32) (psbt.KV, error) {
	key, err := master.Derive(branch)
	if err == nil {
		key, err = key.Derive(index)
	}
	if err != nil {
		return psbt.KV{}, err
	}
	pub, err := key.ECPubKey()
	if err != nil {
		return psbt.KV{}, err
	}
	return psbt.KV{Key: append([]byte{kind}, pub.SerializeCompressed()...), Value: []byte{0, 0, 0, 0, byte(branch), 0, 0, 0, byte(index), 0, 0, 0}}, nil
}

// made returns an address that is nobody's: of the hash of a text.
func made(text string) evm.Address {
	h := evm.Keccak([]byte("coldtrail reconstruction: " + text))
	return evm.Address(h[12:])
}

const usdt = "0xdAC17F958D2ee523a2206206994597C13D831ec7"

func wazirx() (*Case, error) {
	wallet, warm, code := made("wazirx wallet"), made("wazirx warm wallet"), made("wazirx new implementation")
	token, err := evm.ParseAddress(usdt)
	if err != nil {
		return nil, err
	}
	owner := made("wazirx owner")
	day := time.Date(2024, 7, 18, 0, 0, 0, 0, time.UTC)
	c := &Case{
		Name: "wazirx-2024", Title: "WazirX, 18 July 2024: a transfer fails, then the wallet's code is changed", Reconstruction: true,
		Sources: []string{
			"rekt.news and invezz: a legitimate USDT transfer failed, minutes later the wallet's implementation was changed",
			"wallet, owner, destination and new code are made by us, as are the times of day: full addresses and hashes are not established",
		},
		Loss: "about USD 235 million", Stolen: day.Add(10 * time.Minute),
		Policy: fmt.Sprintf(`format: %s
name: wazirx-2024
wallets:
  wazirx-cold: {role: cold, safe: "eip155:1:%s", safe_version: "1.1.1", owners: ["%s"], threshold: 1}
address_book:
  - {name: warm wallet, addr: "%s"}
tokens:
  - {asset: "eip155:1/erc20:%s", symbol: USDT, decimals: 6}
`, guard.PolicyFormat, wallet, owner, warm, usdt),
	}
	w := safe.Wallet{Address: wallet, ChainID: *uint256.NewInt(1), Version: "1.1.1"}
	amount := *uint256.NewInt(625_000_000_000) // 625,000 USDT, ours
	transfer := append([]byte{0xa9, 0x05, 0x9c, 0xbb}, words(warm.Word(), amount.Bytes32())...)
	change := append([]byte{0x7d, 0xe7, 0xed, 0xef}, words(code.Word())...)
	intent := &guard.Intent{To: warm.String(), Asset: "eip155:1/erc20:" + usdt, Amount: "625000", Unit: "USDT", Source: "what the signers meant"}
	for i, s := range []struct {
		to    evm.Address
		data  []byte
		label Label
		fails bool
		after time.Duration
		name  string
	}{
		{token, transfer, Benign, false, -48 * time.Hour, "USDT to the warm wallet"},
		{token, transfer, Benign, false, -24 * time.Hour, "USDT to the warm wallet"},
		{token, transfer, Benign, true, 0, "the USDT transfer that fails"},
		{wallet, change, Malicious, false, 10 * time.Minute, "the change of the wallet's code"},
	} {
		t := &safe.Transaction{To: s.to, Data: s.data, Nonce: *uint256.NewInt(uint64(i))}
		c.Steps = append(c.Steps, Step{
			At: day.Add(s.after), Label: s.label, Name: s.name, Executed: s.label == Benign && !s.fails, Failed: s.fails,
			Request: &guard.Request{ID: s.name, Wallet: "wazirx-cold", Kind: guard.SafeTx, Payload: payload(SafePayload(w, t)), Intent: intent},
		})
	}
	return c, nil
}

func words(all ...[32]byte) []byte {
	var out []byte
	for _, w := range all {
		out = append(out, w[:]...)
	}
	return out
}

func serialize(tx *wire.MsgTx) []byte {
	var b bytes.Buffer
	_ = tx.Serialize(&b) // a buffer takes everything
	return b.Bytes()
}
