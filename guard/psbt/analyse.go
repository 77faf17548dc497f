package psbt

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

// Code names a finding.
type Code string

// The findings. The guard maps each to a rule.
const (
	Modifiable   Code = "modifiable"     // version 2: inputs or outputs can still change
	Amount       Code = "amount_false"   // a stated amount is not that of the coin
	Unproven     Code = "amount_unknown" // an input's amount is not proven
	Negative     Code = "fee_negative"   // outputs exceed inputs
	Sighash      Code = "sighash"        // a signature does not commit to everything
	BadSignature Code = "signature"      // a signature does not verify
	Foreign      Code = "foreign_input"  // an input is not the wallet's
	ChangeFalse  Code = "change"         // an output claims to be change and is not
	Unknown      Code = "unknown"        // a part without a meaning
	Note         Code = "note"           // worth knowing
)

// Finding is one thing that a guard must judge.
type Finding struct {
	Code Code
	Text string
}

// Coin is what an input spends.
type Coin struct {
	Outpoint wire.OutPoint
	// Out is nil where neither the coin's transaction nor a statement is there.
	Out *wire.TxOut
	// Proven is set where the amount is that of the transaction that made the
	// coin, or the signature commits to it (Taproot, BIP 341).
	Proven bool
	// Own is set where the script derives from the wallet's descriptors.
	Own bool
}

// Pay is one output.
type Pay struct {
	Address string
	Script  []byte
	Value   uint64
	// Change is set where the script derives from the wallet's descriptors.
	Change bool
	// Data is set for an output that nobody can spend (OP_RETURN).
	Data bool
}

// Analysis is what a transaction does, so far as its bytes show.
type Analysis struct {
	Txid, Identity chainhash.Hash
	// IDKnown is false where signatures still to come change the txid.
	Coins []Coin
	Pays  []Pay
	// Fee is in satoshi; FeeKnown tells whether all amounts are there, FeeProven
	// whether all are proven.
	Fee                 int64
	FeeKnown, FeeProven bool
	// VSize is an estimate for a transaction that is not signed yet.
	VSize    int64
	Signers  []Signer
	Findings []Finding
}

// Signer is a signature that stands in the PSBT.
type Signer struct {
	Input int
	Key   string
	Valid bool
}

func (a *Analysis) find(code Code, format string, args ...any) {
	if len(a.Findings) < 1000 {
		a.Findings = append(a.Findings, Finding{code, fmt.Sprintf(format, args...)})
	}
}

// Analyse judges a PSBT for a wallet.
func (p *Packet) Analyse(w *Wallet) *Analysis {
	a := &Analysis{Txid: p.Tx.TxHash(), Identity: p.Identity()}
	for _, u := range p.Unknown {
		a.find(Unknown, "%s has no meaning here", u)
	}
	if p.Modifiable != 0 {
		a.find(Modifiable, "the flags of the PSBT (%#x) say that inputs or outputs can still change", p.Modifiable)
	}
	fetch := txscript.NewMultiPrevOutFetcher(nil)
	for i := range p.Inputs {
		coin := a.coin(i, p.Tx.TxIn[i], &p.Inputs[i], w)
		a.Coins = append(a.Coins, coin)
		fetch.AddPrevOut(coin.Outpoint, known(coin.Out))
	}
	a.sequences(p.Tx)
	for i, out := range p.Tx.TxOut {
		claims := p.Outputs[i].Derivations
		own := w.Owns(out.PkScript, claims)
		if !own && len(claims) > 0 {
			a.find(ChangeFalse, "output %d (%s) claims to return to the wallet and does not derive from its keys: it is a payment", i, AddressOf(out.PkScript))
		}
		a.Pays = append(a.Pays, pay(out, own))
	}
	a.fee(p.Tx)
	a.VSize = estimate(p.Tx, p.Inputs, a.Coins)
	hashes := txscript.NewTxSigHashes(p.Tx, fetch)
	for i := range p.Inputs {
		a.signatures(p.Tx, i, &p.Inputs[i], fetch, hashes)
	}
	return a
}

// AnalyseTx judges a raw transaction. previous are transactions that made its
// coins, as far as they are at hand.
func AnalyseTx(tx *wire.MsgTx, previous []*wire.MsgTx, w *Wallet) *Analysis {
	a := &Analysis{Txid: tx.TxHash(), Identity: tx.TxHash(), VSize: (int64(tx.SerializeSizeStripped())*3 + int64(tx.SerializeSize()) + 3) / 4}
	made := map[chainhash.Hash]*wire.MsgTx{}
	for _, p := range previous {
		made[p.TxHash()] = p
	}
	fetch := txscript.NewMultiPrevOutFetcher(nil)
	for _, in := range tx.TxIn {
		c := Coin{Outpoint: in.PreviousOutPoint}
		if p := made[in.PreviousOutPoint.Hash]; p != nil && uint64(in.PreviousOutPoint.Index) < uint64(len(p.TxOut)) {
			c.Out, c.Proven = p.TxOut[in.PreviousOutPoint.Index], true
			c.Own = w.ownsWithin(c.Out.PkScript)
		}
		fetch.AddPrevOut(c.Outpoint, known(c.Out))
		a.Coins = append(a.Coins, c)
	}
	for i, c := range a.Coins {
		if c.Out == nil {
			a.find(Unproven, "input %d: the transaction that made its coin is not given", i)
		} else if !c.Own {
			a.find(Foreign, "input %d does not derive from the wallet's keys", i)
		}
	}
	a.sequences(tx)
	for _, out := range tx.TxOut {
		a.Pays = append(a.Pays, pay(out, w.ownsWithin(out.PkScript)))
	}
	a.fee(tx)
	hashes := txscript.NewTxSigHashes(tx, fetch)
	for i, in := range tx.TxIn {
		if a.Coins[i].Out != nil && (len(in.SignatureScript) > 0 || len(in.Witness) > 0) {
			a.execute(tx, i, fetch, hashes)
			a.rawSighash(i, in)
		}
	}
	return a
}

// known stands in for a coin that is not known: btcd's hashes look at every coin,
// though only Taproot digests depend on them, and those are not computed then.
func known(out *wire.TxOut) *wire.TxOut {
	if out == nil {
		return &wire.TxOut{}
	}
	return out
}

// lookAhead is how many scripts of each branch are tried where nothing names an
// index.
const lookAhead = 100

func (w *Wallet) ownsWithin(script []byte) bool {
	for _, d := range w.descriptors {
		for b := range d.branches() {
			for i := range min(w.gap, lookAhead) {
				if s, err := d.Script(uint32(b), i); err == nil && bytes.Equal(s, script) {
					return true
				}
			}
		}
	}
	return false
}

// coin finds what an input spends, and whether its amount is proven.
func (a *Analysis) coin(i int, txin *wire.TxIn, in *Input, w *Wallet) Coin {
	c := Coin{Outpoint: txin.PreviousOutPoint}
	if tx := in.NonWitness; tx != nil {
		switch index := uint64(c.Outpoint.Index); {
		case tx.TxHash() != c.Outpoint.Hash:
			a.find(Amount, "input %d: the transaction that is given is not the one that made the coin", i)
		case index >= uint64(len(tx.TxOut)):
			a.find(Amount, "input %d: the transaction that is given has no output %d", i, index)
		default:
			c.Out, c.Proven = tx.TxOut[index], true
		}
	}
	if s := in.Witness; s != nil {
		switch {
		case c.Out == nil:
			c.Out = s
		case c.Out.Value != s.Value || !bytes.Equal(c.Out.PkScript, s.PkScript):
			a.find(Amount, "input %d: the PSBT says the coin has %d satoshi, the transaction that made it says %d", i, s.Value, c.Out.Value)
		}
	}
	if c.Out == nil {
		a.find(Unproven, "input %d: nothing says what coin it spends", i)
		return c
	}
	if txscript.IsPayToTaproot(c.Out.PkScript) {
		c.Proven = true
	}
	if !c.Proven {
		a.find(Unproven, "input %d: its amount is only claimed; the transaction that made the coin is missing", i)
	}
	if c.Own = w.Owns(c.Out.PkScript, in.Derivations); !c.Own {
		a.find(Foreign, "input %d (%s) does not derive from the wallet's keys", i, AddressOf(c.Out.PkScript))
	}
	return c
}

func (a *Analysis) sequences(tx *wire.MsgTx) {
	replaceable, relative := 0, 0
	for _, in := range tx.TxIn {
		if in.Sequence < wire.MaxTxInSequenceNum-1 {
			replaceable++
		}
		if tx.Version >= 2 && in.Sequence&wire.SequenceLockTimeDisabled == 0 {
			relative++
		}
	}
	if replaceable > 0 {
		a.find(Note, "%d inputs let the transaction be replaced by another one (RBF)", replaceable)
	}
	if relative > 0 {
		a.find(Note, "%d inputs wait for a relative time lock", relative)
	}
	if tx.LockTime != 0 {
		a.find(Note, "lock time %d", tx.LockTime)
	}
}

func pay(out *wire.TxOut, own bool) Pay {
	p := Pay{Address: AddressOf(out.PkScript), Script: out.PkScript, Value: uint64(out.Value), Change: own}
	p.Data = len(out.PkScript) > 0 && out.PkScript[0] == txscript.OP_RETURN
	return p
}

// fee is inputs less outputs.
func (a *Analysis) fee(tx *wire.MsgTx) {
	in, out := int64(0), int64(0)
	a.FeeKnown, a.FeeProven = len(a.Coins) > 0, len(a.Coins) > 0
	for _, c := range a.Coins {
		a.FeeProven = a.FeeProven && c.Proven
		if c.Out == nil {
			a.FeeKnown = false
			continue
		}
		in += c.Out.Value
	}
	for i, o := range tx.TxOut {
		out += o.Value
		if p := a.Pays[i]; !p.Data && o.Value < 546 && o.Value > 0 {
			a.find(Note, "output %d of %d satoshi is dust", i, o.Value)
		}
	}
	if in > maxMoney || out > maxMoney {
		a.find(Amount, "the amounts together exceed all bitcoins there will be")
		a.FeeKnown = false
	}
	if a.FeeKnown {
		if a.Fee = in - out; a.Fee < 0 {
			a.find(Negative, "the outputs exceed the inputs by %d satoshi", -a.Fee)
		}
	}
}

// estimate is the virtual size after signing, by the usual sizes of witnesses.
func estimate(tx *wire.MsgTx, inputs []Input, coins []Coin) int64 {
	weight := int64(tx.SerializeSizeStripped()) * 4
	for i := range inputs {
		in := &inputs[i]
		sigs := int64(max(1, len(in.Derivations))) * 73
		switch {
		case coins[i].Out != nil && txscript.IsPayToTaproot(coins[i].Out.PkScript):
			weight += 66 + int64(in.TapScriptSigs)*65
		case len(in.WitnessScript) > 0:
			weight += sigs + int64(len(in.WitnessScript)) + 10 + int64(len(in.Redeem)+1)*4
		case coins[i].Out != nil && txscript.IsPayToPubKeyHash(coins[i].Out.PkScript):
			weight += 107 * 4
		default:
			weight += 108 + int64(len(in.Redeem)+1)*4
		}
	}
	return (weight + 2 + 3) / 4
}
