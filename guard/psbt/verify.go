package psbt

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

// signatures checks the sighash of an input and each signature that is there.
func (a *Analysis) signatures(tx *wire.MsgTx, i int, in *Input, fetch txscript.PrevOutputFetcher, hashes *txscript.TxSigHashes) {
	coin := a.Coins[i]
	taproot := coin.Out != nil && txscript.IsPayToTaproot(coin.Out.PkScript)
	if in.Sighash != nil && *in.Sighash != uint32(txscript.SigHashAll) && !(taproot && *in.Sighash == 0) {
		a.find(Sighash, "input %d asks for a signature of type %#x, which does not commit to the whole transaction", i, *in.Sighash)
	}
	for _, s := range in.Partial {
		kind := txscript.SigHashType(s.Signature[len(s.Signature)-1])
		if kind != txscript.SigHashAll {
			a.find(Sighash, "input %d: the signature by %x is of type %#x", i, s.PubKey, kind)
		}
		ok := coin.Out != nil && a.verify(tx, i, in, s, kind, hashes)
		a.Signers = append(a.Signers, Signer{i, fmt.Sprintf("%x", s.PubKey), ok})
		if !ok {
			a.find(BadSignature, "input %d: the signature by %x does not verify over these bytes", i, s.PubKey)
		}
	}
	if len(in.TapKeySig) > 0 {
		a.tapKey(tx, i, in, fetch, hashes)
	}
	if in.TapScriptSigs > 0 {
		a.find(Unknown, "input %d: signatures for a Taproot script are not verified here", i)
	}
	if coin.Out != nil && (len(in.FinalScriptSig) > 0 || len(in.FinalWitness) > 0) {
		final := tx.Copy()
		final.TxIn[i].SignatureScript, final.TxIn[i].Witness = in.FinalScriptSig, in.FinalWitness
		a.execute(final, i, fetch, hashes)
		a.rawSighash(i, final.TxIn[i])
	}
}

// verify checks a partial signature by the digest of the input's kind of script.
func (a *Analysis) verify(tx *wire.MsgTx, i int, in *Input, s PartialSig, kind txscript.SigHashType, hashes *txscript.TxSigHashes) bool {
	out := a.Coins[i].Out
	script, witness := out.PkScript, false
	if txscript.IsPayToScriptHash(script) {
		if len(in.Redeem) == 0 || !bytes.Equal(btcutil.Hash160(in.Redeem), script[2:22]) {
			return false
		}
		script = in.Redeem
	}
	if txscript.IsPayToWitnessScriptHash(script) {
		if len(in.WitnessScript) == 0 || !bytes.Equal(sha(in.WitnessScript), script[2:]) {
			return false
		}
		script, witness = in.WitnessScript, true
	} else if txscript.IsPayToWitnessPubKeyHash(script) {
		witness = true
		if !bytes.Equal(btcutil.Hash160(s.PubKey), script[2:]) {
			return false
		}
	}
	var digest []byte
	var err error
	if witness {
		digest, err = txscript.CalcWitnessSigHash(script, hashes, kind, tx, i, out.Value)
	} else {
		digest, err = txscript.CalcSignatureHash(script, kind, tx, i)
	}
	if err != nil {
		return false
	}
	key, err := btcec.ParsePubKey(s.PubKey)
	if err != nil {
		return false
	}
	sig, err := ecdsa.ParseDERSignature(s.Signature[:len(s.Signature)-1])
	// The key must belong to the script: a stranger's valid signature is none.
	return err == nil && sig.Verify(digest, key) && mentions(script, s.PubKey)
}

// mentions reports whether a script holds a key or its hash.
func mentions(script, key []byte) bool {
	return bytes.Contains(script, key) || bytes.Contains(script, btcutil.Hash160(key))
}

func (a *Analysis) tapKey(tx *wire.MsgTx, i int, in *Input, fetch txscript.PrevOutputFetcher, hashes *txscript.TxSigHashes) {
	kind := txscript.SigHashDefault
	if len(in.TapKeySig) == 65 {
		kind = txscript.SigHashType(in.TapKeySig[64])
	}
	if kind != txscript.SigHashDefault && kind != txscript.SigHashAll {
		a.find(Sighash, "input %d: the Taproot signature is of type %#x", i, kind)
	}
	valid := false
	if out := a.Coins[i].Out; out != nil && txscript.IsPayToTaproot(out.PkScript) && a.allKnown() {
		digest, err := txscript.CalcTaprootSignatureHash(hashes, kind, tx, i, fetch)
		key, err2 := schnorr.ParsePubKey(out.PkScript[2:])
		sig, err3 := schnorr.ParseSignature(in.TapKeySig[:64])
		valid = err == nil && err2 == nil && err3 == nil && sig.Verify(digest, key)
	}
	a.Signers = append(a.Signers, Signer{i, fmt.Sprintf("%x", in.TapInternal), valid})
	if !valid {
		a.find(BadSignature, "input %d: the Taproot signature does not verify over these bytes", i)
	}
}

func (a *Analysis) allKnown() bool {
	for _, c := range a.Coins {
		if c.Out == nil {
			return false
		}
	}
	return true
}

// execute runs the scripts of a signed input.
func (a *Analysis) execute(tx *wire.MsgTx, i int, fetch txscript.PrevOutputFetcher, hashes *txscript.TxSigHashes) {
	out := a.Coins[i].Out
	if !a.allKnown() && txscript.IsPayToTaproot(out.PkScript) {
		a.find(Unproven, "input %d: a Taproot signature commits to all coins, and not all are given", i)
		return
	}
	vm, err := txscript.NewEngine(out.PkScript, tx, i, txscript.StandardVerifyFlags, nil, hashes, out.Value, fetch)
	if err == nil {
		err = vm.Execute()
	}
	if err != nil {
		a.find(BadSignature, "input %d: it is signed, and its script fails: %v", i, err)
	}
	a.Signers = append(a.Signers, Signer{i, "script", err == nil})
}

// rawSighash looks for the sighash bytes of the signatures of a signed input.
func (a *Analysis) rawSighash(i int, in *wire.TxIn) {
	items := append([][]byte{}, in.Witness...)
	if pushed, err := txscript.PushedData(in.SignatureScript); err == nil {
		items = append(items, pushed...)
	}
	for n, item := range items {
		der := len(item) >= 9 && len(item) <= 73 && item[0] == 0x30 && int(item[1]) == len(item)-3
		schnorr := n == 0 && len(in.Witness) == 1 && len(item) == 65
		if (der || schnorr) && item[len(item)-1] != byte(txscript.SigHashAll) {
			a.find(Sighash, "input %d has a signature of type %#x", i, item[len(item)-1])
		}
	}
}

func sha(b []byte) []byte {
	h := sha256.Sum256(b)
	return h[:]
}
