package psbt_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/coldtrail/coldtrail/guard/psbt"
)

// The master keys of test vector 1 of BIP 32.
const (
	testXpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
	testXprv = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
)

func key(t testing.TB, branch, index uint32) *btcec.PrivateKey {
	t.Helper()
	k, err := hdkeychain.NewKeyFromString(testXprv)
	if err == nil {
		k, err = k.Derive(branch)
	}
	if err == nil {
		k, err = k.Derive(index)
	}
	if err != nil {
		t.Fatal(err)
	}
	priv, err := k.ECPrivKey()
	if err != nil {
		t.Fatal(err)
	}
	return priv
}

func bytesOf(t testing.TB, tx *wire.MsgTx) []byte {
	var b bytes.Buffer
	if err := tx.Serialize(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func path(kind byte, pub []byte, branch, index byte) psbt.KV {
	v := []byte{0, 0, 0, 0, branch, 0, 0, 0, index, 0, 0, 0}
	if kind == 0x16 || kind == 0x07 {
		v = append([]byte{0}, v...)
	}
	return psbt.KV{Key: append([]byte{kind}, pub...), Value: v}
}

// signedPacket makes a PSBT that spends one coin of a descriptor to a stranger and
// back to the wallet, with a signature.
func signedPacket(t *testing.T, wrap string, sighash txscript.SigHashType) ([]byte, *psbt.Wallet) {
	t.Helper()
	text := map[string]string{
		"wpkh": "wpkh(%s/<0;1>/*)", "sh-wpkh": "sh(wpkh(%s/<0;1>/*))", "pkh": "pkh(%s/<0;1>/*)", "tr": "tr(%s/<0;1>/*)",
		"wsh": "wsh(sortedmulti(1,%s/<0;1>/*,%[1]s/<2;3>/*))",
	}[wrap]
	w, err := psbt.NewWallet([]string{fmt.Sprintf(text, testXpub)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	d, err := psbt.ParseDescriptor(fmt.Sprintf(text, testXpub))
	if err != nil {
		t.Fatal(err)
	}
	own, _ := d.Script(0, 5)
	back, _ := d.Script(1, 6)
	priv := key(t, 0, 5)
	pub := priv.PubKey().SerializeCompressed()
	made := wire.NewMsgTx(2)
	made.AddTxIn(wire.NewTxIn(&wire.OutPoint{Index: 9}, []byte{0x51}, nil))
	made.AddTxOut(wire.NewTxOut(100000, own))
	hash := made.TxHash()
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&hash, 0), nil, nil))
	stranger, _ := psbt.ScriptOf("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
	tx.AddTxOut(wire.NewTxOut(60000, stranger))
	tx.AddTxOut(wire.NewTxOut(39000, back))
	fetch := txscript.NewCannedPrevOutputFetcher(own, 100000)
	hashes := txscript.NewTxSigHashes(tx, fetch)
	in := []psbt.KV{{Key: []byte{0}, Value: bytesOf(t, made)}}
	changePub := key(t, 1, 6).PubKey().SerializeCompressed()
	out := []psbt.KV{path(0x02, changePub, 1, 6)}
	partial := func(sig []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		in = append(in, psbt.KV{Key: append([]byte{2}, pub...), Value: sig}, path(0x06, pub, 0, 5))
	}
	program := append([]byte{0, 20}, btcutil.Hash160(pub)...)
	switch wrap {
	case "pkh":
		partial(txscript.RawTxInSignature(tx, 0, own, sighash, priv))
	case "wpkh":
		partial(txscript.RawTxInWitnessSignature(tx, hashes, 0, 100000, own, sighash, priv))
	case "sh-wpkh":
		in = append(in, psbt.KV{Key: []byte{4}, Value: program})
		partial(txscript.RawTxInWitnessSignature(tx, hashes, 0, 100000, program, sighash, priv))
	case "wsh":
		a, b := pub, key(t, 2, 5).PubKey().SerializeCompressed()
		if bytes.Compare(a, b) > 0 {
			a, b = b, a
		}
		script := append(append(append(append([]byte{0x51, 33}, a...), 33), b...), 0x52, 0xae)
		in = append(in, psbt.KV{Key: []byte{5}, Value: script})
		partial(txscript.RawTxInWitnessSignature(tx, hashes, 0, 100000, script, sighash, priv))
	case "tr":
		sig, err := txscript.RawTxInTaprootSignature(tx, hashes, 0, 100000, own, nil, sighash, priv)
		if err != nil {
			t.Fatal(err)
		}
		in = append(in, psbt.KV{Key: []byte{0x13}, Value: sig}, path(0x16, schnorr.SerializePubKey(priv.PubKey()), 0, 5))
		out = []psbt.KV{path(0x07, changePub[1:], 1, 6)}
	}
	return psbt.Write([]psbt.KV{{Key: []byte{0}, Value: bytesOf(t, tx)}}, [][]psbt.KV{in}, [][]psbt.KV{nil, out}), w
}

func codes(a *psbt.Analysis) string {
	var all []string
	for _, f := range a.Findings {
		all = append(all, string(f.Code))
	}
	return strings.Join(all, " ")
}

// TestSigned: a good signature of each kind of script verifies, change and fee are
// proven; a signature over less than everything is found; one bit changed in the
// transaction breaks the signature.
func TestSigned(t *testing.T) {
	for _, wrap := range []string{"pkh", "wpkh", "sh-wpkh", "wsh", "tr"} {
		all := txscript.SigHashAll
		if wrap == "tr" {
			all = txscript.SigHashDefault
		}
		raw, w := signedPacket(t, wrap, all)
		p, err := psbt.Parse(raw)
		if err != nil {
			t.Fatalf("%s: %v", wrap, err)
		}
		a := p.Analyse(w)
		if len(a.Findings) > 0 || !a.FeeProven || a.Fee != 1000 || !a.Pays[1].Change || a.Pays[0].Change || len(a.Signers) != 1 || !a.Signers[0].Valid || !a.Coins[0].Own {
			t.Errorf("%s: %+v", wrap, a)
		}
		if a.Pays[0].Address != "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4" {
			t.Errorf("%s: address %s", wrap, a.Pays[0].Address)
		}
		raw, w = signedPacket(t, wrap, txscript.SigHashSingle)
		if p, err = psbt.Parse(raw); err != nil {
			t.Fatal(err)
		}
		if got := codes(p.Analyse(w)); got != "sighash" {
			t.Errorf("%s with SINGLE: %s", wrap, got)
		}
		raw, w = signedPacket(t, wrap, all)
		p, _ = psbt.Parse(raw)
		p.Tx.TxOut[0].Value--
		if got := codes(p.Analyse(w)); got != "signature" {
			t.Errorf("%s with another amount: %s", wrap, got)
		}
		other, err := psbt.NewWallet([]string{"wpkh(" + testXpub + "/7/*)"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		p, _ = psbt.Parse(raw)
		if got := codes(p.Analyse(other)); got != "foreign_input change" {
			t.Errorf("%s for another wallet: %s", wrap, got)
		}
	}
}

// TestRaw runs the scripts of a signed raw transaction.
func TestRaw(t *testing.T) {
	raw, w := signedPacket(t, "wpkh", txscript.SigHashAll)
	p, _ := psbt.Parse(raw)
	tx := p.Tx.Copy()
	tx.TxIn[0].Witness = wire.TxWitness{p.Inputs[0].Partial[0].Signature, p.Inputs[0].Partial[0].PubKey}
	made := p.Inputs[0].NonWitness
	a := psbt.AnalyseTx(tx, []*wire.MsgTx{made}, w)
	if len(a.Findings) > 0 || a.Fee != 1000 || !a.FeeProven || !a.Pays[1].Change {
		t.Errorf("%+v", a)
	}
	if got := codes(psbt.AnalyseTx(tx, nil, w)); got != "amount_unknown" {
		t.Errorf("without its coins: %s", got)
	}
	tx.TxOut[1].Value++
	if got := codes(psbt.AnalyseTx(tx, []*wire.MsgTx{made}, w)); got != "signature" {
		t.Errorf("with another amount: %s", got)
	}
	final, err := psbt.ParseTx(bytesOf(t, tx))
	if err != nil || final.TxHash() != tx.TxHash() {
		t.Errorf("%v", err)
	}
}

// TestDescriptors compares scripts with the vectors of BIP 84 and 86, and refuses
// what must not stand in a policy.
func TestDescriptors(t *testing.T) {
	for _, c := range []struct{ text, first string }{
		{"wpkh([73c5da0a/84h/0h/0h]xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V/0/*)", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"},
		{"tr(xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ/0/*)", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"},
	} {
		d, err := psbt.ParseDescriptor(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if s, err := d.Script(0, 0); err != nil || psbt.AddressOf(s) != c.first {
			t.Errorf("%s: %s, want %s (%v)", c.text, psbt.AddressOf(s), c.first, err)
		}
	}
	for _, bad := range []string{
		"", "wpkh(", "wpkh()", "wpkh(" + testXprv + "/0/*)", "wpkh(" + testXpub + ")", "wpkh(" + testXpub + "/0h/*)",
		"wsh(" + testXpub + "/*)", "wsh(multi(3," + testXpub + "/*))", "combo(" + testXpub + "/*)", "wpkh(" + testXpub + "/<0;x>/*)",
	} {
		if _, err := psbt.ParseDescriptor(bad); err == nil {
			t.Errorf("%q is read", bad)
		} else if strings.Contains(err.Error(), "xprv") {
			t.Errorf("the error repeats a private key: %v", err)
		}
	}
}

func TestFees(t *testing.T) {
	raw, w := signedPacket(t, "wpkh", txscript.SigHashAll)
	p, _ := psbt.Parse(raw)
	p.Tx.TxOut[0].Value = 90000
	if got := codes(p.Analyse(w)); !strings.Contains(got, "fee_negative") {
		t.Errorf("negative: %s", got)
	}
	p, _ = psbt.Parse(raw)
	p.Inputs[0].Witness = wire.NewTxOut(200000, p.Inputs[0].NonWitness.TxOut[0].PkScript)
	if got := codes(p.Analyse(w)); !strings.Contains(got, "amount_false") {
		t.Errorf("inflated: %s", got)
	}
	p, _ = psbt.Parse(raw)
	p.Inputs[0].Witness, p.Inputs[0].NonWitness = p.Inputs[0].NonWitness.TxOut[0], nil
	a := p.Analyse(w)
	if a.FeeProven || !a.FeeKnown || !strings.Contains(codes(a), "amount_unknown") {
		t.Errorf("only claimed: %s", codes(a))
	}
	p, _ = psbt.Parse(raw)
	p.Inputs[0].NonWitness.TxOut[0].Value++ // no longer the one that made the coin
	if got := codes(p.Analyse(w)); !strings.Contains(got, "amount_false") {
		t.Errorf("another transaction: %s", got)
	}
}
