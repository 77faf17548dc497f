package e2e

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

// person holds one key on the regression test network.
type person struct {
	key     *btcec.PrivateKey
	address string
	script  []byte
}

// someone is always the same person for a number.
func someone(t *testing.T, n byte) person {
	t.Helper()
	key, pub := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{n}, 32))
	a, err := btcutil.NewAddressPubKeyHash(btcutil.Hash160(pub.SerializeCompressed()), &chaincfg.RegressionNetParams)
	if err != nil {
		t.Fatal(err)
	}
	script, err := txscript.PayToAddrScript(a)
	if err != nil {
		t.Fatal(err)
	}
	return person{key, a.EncodeAddress(), script}
}

// coin is an unspent output.
type coin struct {
	at    wire.OutPoint
	value int64
	owner person
}

// payment is who gets how much.
type payment struct {
	to    person
	value int64
}

// pay signs and sends a transaction of coins of one or several owners, and gives
// its outputs.
func (b *btcd) pay(from []coin, to ...payment) (id string, out []coin) {
	b.t.Helper()
	tx := b.signed(from, to...)
	b.send(tx)
	for i, p := range to {
		out = append(out, coin{wire.OutPoint{Hash: tx.TxHash(), Index: uint32(i)}, p.value, p.to})
	}
	return tx.TxHash().String(), out
}

// signed makes a transaction and sends it to nobody.
func (b *btcd) signed(from []coin, to ...payment) *wire.MsgTx {
	b.t.Helper()
	tx := wire.NewMsgTx(wire.TxVersion)
	for _, c := range from {
		tx.AddTxIn(wire.NewTxIn(&c.at, nil, nil))
	}
	for _, p := range to {
		tx.AddTxOut(wire.NewTxOut(p.value, p.to.script))
	}
	for i, c := range from {
		s, err := txscript.SignatureScript(tx, i, c.owner.script, txscript.SigHashAll, c.owner.key, true)
		if err != nil {
			b.t.Fatal(err)
		}
		tx.TxIn[i].SignatureScript = s
	}
	return tx
}

// send gives a transaction to the node.
func (b *btcd) send(tx *wire.MsgTx) {
	b.t.Helper()
	var raw bytes.Buffer
	if err := tx.Serialize(&raw); err != nil {
		b.t.Fatal(err)
	}
	b.call(nil, "sendrawtransaction", hex.EncodeToString(raw.Bytes()))
}

// block is the node's block at a height, as its bytes.
func (b *btcd) block(height int) []byte {
	b.t.Helper()
	var hash, text string
	b.call(&hash, "getblockhash", height)
	b.call(&text, "getblock", hash, 0)
	raw, err := hex.DecodeString(text)
	if err != nil {
		b.t.Fatal(err)
	}
	return raw
}

// mined is the coin that the block at a height made.
func (b *btcd) mined(height int, by person) coin {
	b.t.Helper()
	var m wire.MsgBlock
	if err := m.Deserialize(bytes.NewReader(b.block(height))); err != nil {
		b.t.Fatal(err)
	}
	return coin{wire.OutPoint{Hash: m.Transactions[0].TxHash()}, m.Transactions[0].TxOut[0].Value, by}
}
