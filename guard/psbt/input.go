package psbt

import (
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Input is what the PSBT says about an input.
type Input struct {
	NonWitness     *wire.MsgTx
	Witness        *wire.TxOut
	Partial        []PartialSig
	Sighash        *uint32
	Redeem         []byte
	WitnessScript  []byte
	Derivations    []Derivation
	FinalScriptSig []byte
	FinalWitness   wire.TxWitness
	TapKeySig      []byte
	TapScriptSigs  int
	TapMerkleRoot  []byte
	TapInternal    []byte
	// Of version 2.
	previous   *wire.OutPoint
	txid       []byte
	index      []byte
	sequence   *uint32
	timeLock   *uint32
	heightLock *uint32
}

// PartialSig is a signature by one key, with its sighash byte.
type PartialSig struct{ PubKey, Signature []byte }

// Derivation tells how a key of a script derives from a master key.
type Derivation struct {
	// PubKey has 33 or 65 bytes, or 32 for Taproot.
	PubKey      []byte
	Fingerprint uint32
	Path        []uint32
}

func derivation(key, value []byte) (Derivation, error) {
	if len(value) < 4 || len(value)%4 != 0 {
		return Derivation{}, fmt.Errorf("a path of %d bytes", len(value))
	}
	d := Derivation{PubKey: key, Fingerprint: binary.BigEndian.Uint32(value)}
	for at := 4; at < len(value); at += 4 {
		d.Path = append(d.Path, binary.LittleEndian.Uint32(value[at:]))
	}
	return d, nil
}

// tapDerivation reads leaf hashes and then the path.
func tapDerivation(key, value []byte) (Derivation, error) {
	if err := xOnly(key); err != nil {
		return Derivation{}, err
	}
	c := cursor{data: value}
	n, err := c.size()
	if err == nil && n > uint64(len(value))/32 {
		err = fmt.Errorf("%d leaf hashes do not fit", n)
	}
	if err == nil {
		_, err = c.take(32 * n)
	}
	if err != nil {
		return Derivation{}, err
	}
	return derivation(key, value[c.at:])
}

func (p *Packet) readInput(c *cursor, name string) (*Input, error) {
	all, err := c.readMap(name)
	if err != nil {
		return nil, err
	}
	in := &Input{}
	for _, r := range all {
		known, err := in.read(r, p.Version)
		if err != nil {
			return nil, fmt.Errorf("%s: byte %d: key type %#x: %w", name, r.at, r.kind, err)
		}
		if !known {
			p.Unknown = append(p.Unknown, fmt.Sprintf("%s: key type %#x at byte %d", name, r.kind, r.at))
		}
	}
	if p.Version == 2 {
		if in.txid == nil || in.index == nil {
			return nil, fmt.Errorf("%s: version 2 needs the previous txid and index", name)
		}
		in.previous = &wire.OutPoint{Hash: chainhash.Hash(in.txid), Index: binary.LittleEndian.Uint32(in.index)}
	}
	return in, nil
}

// bareInput are the types whose key has no data.
var bareInput = map[uint64]bool{0: true, 1: true, 3: true, 4: true, 5: true, 7: true, 8: true, 9: true, 0xe: true, 0xf: true, 0x10: true, 0x11: true, 0x12: true, 0x13: true, 0x17: true, 0x18: true}

func (in *Input) readV2(r record) (err error) {
	switch r.kind {
	case 0x0e:
		in.txid, err = r.value, length(r.value, 32)
	case 0x0f:
		in.index, err = r.value, length(r.value, 4)
	case 0x10:
		in.sequence, err = u32(r.value)
	case 0x11:
		if in.timeLock, err = u32(r.value); err == nil && *in.timeLock < 500_000_000 {
			err = fmt.Errorf("a time lock of %d is a height", *in.timeLock)
		}
	case 0x12:
		if in.heightLock, err = u32(r.value); err == nil && (*in.heightLock >= 500_000_000 || *in.heightLock == 0) {
			err = fmt.Errorf("a height lock of %d is none", *in.heightLock)
		}
	}
	return err
}

func (in *Input) readTap(r record) (err error) {
	switch r.kind {
	case 0x13:
		in.TapKeySig, err = r.value, length(r.value, 64, 65)
	case 0x14:
		if err = length(r.data, 64); err == nil {
			if err = xOnly(r.data[:32]); err == nil {
				err = length(r.value, 64, 65)
			}
		}
		in.TapScriptSigs++
	case 0x15:
		if n := len(r.data); n < 33 || (n-33)%32 != 0 || len(r.value) == 0 {
			err = fmt.Errorf("a control block of %d bytes", n)
		}
	case 0x16:
		var d Derivation
		d, err = tapDerivation(r.data, r.value)
		in.Derivations = append(in.Derivations, d)
	case 0x17:
		in.TapInternal, err = r.value, xOnly(r.value)
	case 0x18:
		in.TapMerkleRoot, err = r.value, length(r.value, 32)
	}
	return err
}

func readWitness(b []byte) (w wire.TxWitness, err error) {
	c := cursor{data: b}
	n, err := c.size()
	if err == nil && n > uint64(len(b)) {
		err = fmt.Errorf("%d witness items do not fit", n)
	}
	for i := uint64(0); err == nil && i < n; i++ {
		var size uint64
		if size, err = c.size(); err == nil {
			var item []byte
			item, err = c.take(size)
			w = append(w, item)
		}
	}
	if err == nil && c.at != len(b) {
		err = fmt.Errorf("bytes after the witness")
	}
	return w, err
}

func (in *Input) read(r record, version uint32) (known bool, err error) {
	if r.kind >= 0x0e && r.kind <= 0x12 && version == 0 && len(r.data) > 0 {
		return false, nil // not the field of version 2, whose key is the type alone
	}
	if bareInput[r.kind] && len(r.data) > 0 {
		return true, fmt.Errorf("its key must be the type alone")
	}
	if r.kind >= 0x0e && r.kind <= 0x12 {
		if version != 2 {
			return true, fmt.Errorf("it belongs to version 2 only")
		}
		return true, in.readV2(r)
	}
	if r.kind >= 0x13 && r.kind <= 0x18 {
		return true, in.readTap(r)
	}
	switch r.kind {
	case 0x00:
		in.NonWitness, err = ParseTx(r.value)
	case 0x01:
		in.Witness, err = readOutput(r.value)
	case 0x02:
		if err = pubKey(r.data); err == nil && (len(r.value) < 9 || len(r.value) > 73) {
			err = fmt.Errorf("a signature of %d bytes", len(r.value))
		}
		in.Partial = append(in.Partial, PartialSig{r.data, r.value})
	case 0x03:
		in.Sighash, err = u32(r.value)
	case 0x04:
		in.Redeem = r.value
	case 0x05:
		in.WitnessScript = r.value
	case 0x06:
		var d Derivation
		if err = pubKey(r.data); err == nil {
			d, err = derivation(r.data, r.value)
		}
		in.Derivations = append(in.Derivations, d)
	case 0x07:
		in.FinalScriptSig = r.value
	case 0x08:
		in.FinalWitness, err = readWitness(r.value)
	case 0x09: // a text for a proof of reserves
	case 0x0a, 0x0c:
		err = length(r.data, 20)
	case 0x0b, 0x0d:
		err = length(r.data, 32)
	default:
		return false, nil
	}
	return true, err
}
