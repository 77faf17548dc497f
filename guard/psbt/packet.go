package psbt

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Packet is a PSBT that was read.
type Packet struct {
	Version uint32
	// Tx is the unsigned transaction: as it stands in version 0, built from the
	// fields in version 2.
	Tx      *wire.MsgTx
	Inputs  []Input
	Outputs []Output
	// Modifiable are the flags of version 2: 1 inputs, 2 outputs may still change,
	// 4 a signature with SIGHASH_SINGLE is there.
	Modifiable byte
	// Unknown lists records whose type has no meaning here.
	Unknown []string
}

// Parse reads a PSBT. Errors wrap ErrFormat.
func Parse(raw []byte) (*Packet, error) {
	p, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return p, nil
}

func parse(raw []byte) (*Packet, error) {
	if len(raw) > MaxSize {
		return nil, fmt.Errorf("longer than %d bytes", MaxSize)
	}
	if !bytes.HasPrefix(raw, magic) {
		return nil, fmt.Errorf("it does not begin with \"psbt\" and 0xff")
	}
	c := &cursor{data: raw, at: len(magic)}
	g, err := readGlobal(c)
	if err != nil {
		return nil, err
	}
	p := &Packet{Version: g.version, Tx: g.tx, Modifiable: g.modifiable, Unknown: g.unknown}
	for i := range g.inputs {
		name := fmt.Sprintf("input %d", i)
		in, err := p.readInput(c, name)
		if err != nil {
			return nil, err
		}
		p.Inputs = append(p.Inputs, *in)
	}
	for i := range g.outputs {
		name := fmt.Sprintf("output %d", i)
		out, err := p.readOutput(c, name)
		if err != nil {
			return nil, err
		}
		p.Outputs = append(p.Outputs, *out)
	}
	if n := len(raw) - c.at; n > 0 {
		return nil, fmt.Errorf("%d bytes after the last output", n)
	}
	if p.Version == 2 {
		if err := p.build(g); err != nil {
			return nil, err
		}
	}
	return p, nil
}

type global struct {
	version         uint32
	tx              *wire.MsgTx
	txVersion       *uint32
	lockTime        uint32
	inputs, outputs uint64
	modifiable      byte
	unknown         []string
}

// readGlobal reads the first map. Which fields must and must not stand depends on
// the version.
func readGlobal(c *cursor) (*global, error) {
	all, err := c.readMap("global map")
	if err != nil {
		return nil, err
	}
	g := &global{}
	has := map[uint64]bool{}
	for _, r := range all {
		has[r.kind] = true
		if err := g.read(r); err != nil {
			return nil, fmt.Errorf("global map: byte %d: key type %#x: %w", r.at, r.kind, err)
		}
	}
	switch g.version {
	case 0:
		for kind := uint64(2); kind <= 6; kind++ {
			if has[kind] {
				return nil, fmt.Errorf("global map: key type %#x belongs to version 2 only", kind)
			}
		}
		if g.tx == nil {
			return nil, fmt.Errorf("global map: the unsigned transaction is missing")
		}
		g.inputs, g.outputs = uint64(len(g.tx.TxIn)), uint64(len(g.tx.TxOut))
	case 2:
		if has[0] {
			return nil, fmt.Errorf("global map: version 2 has no unsigned transaction")
		}
		for _, kind := range []uint64{2, 4, 5} {
			if !has[kind] {
				return nil, fmt.Errorf("global map: version 2 needs key type %#x", kind)
			}
		}
		if left := uint64(len(c.data) - c.at); g.inputs > left || g.outputs > left-g.inputs {
			return nil, fmt.Errorf("global map: %d inputs and %d outputs do not fit into %d bytes", g.inputs, g.outputs, left)
		}
	default:
		return nil, fmt.Errorf("global map: version %d is neither 0 nor 2", g.version)
	}
	return g, nil
}

func (g *global) read(r record) (err error) {
	if r.kind <= 6 && r.kind != 1 || r.kind == 0xfb {
		if len(r.data) > 0 {
			return fmt.Errorf("its key must be the type alone")
		}
	}
	switch r.kind {
	case 0x00:
		if g.tx, err = parseUnsigned(r.value); err != nil {
			return err
		}
		for i, in := range g.tx.TxIn {
			if len(in.SignatureScript) > 0 {
				return fmt.Errorf("input %d of the unsigned transaction has a script", i)
			}
		}
	case 0x01:
		if len(r.data) != 78 || len(r.value) < 4 || len(r.value)%4 != 0 {
			return fmt.Errorf("not an extended key with its path")
		}
	case 0x02:
		g.txVersion, err = u32(r.value)
	case 0x03:
		var n *uint32
		if n, err = u32(r.value); err == nil {
			g.lockTime = *n
		}
	case 0x04:
		g.inputs, err = onlySize(r.value)
	case 0x05:
		g.outputs, err = onlySize(r.value)
	case 0x06:
		if len(r.value) != 1 {
			return fmt.Errorf("flags %x: one byte belongs here", r.value)
		}
		g.modifiable = r.value[0]
	case 0xfb:
		var n *uint32
		if n, err = u32(r.value); err == nil {
			g.version = *n
		}
	default:
		g.unknown = append(g.unknown, fmt.Sprintf("global map: key type %#x at byte %d", r.kind, r.at))
	}
	return err
}

func u32(b []byte) (*uint32, error) {
	if len(b) != 4 {
		return nil, fmt.Errorf("%d bytes, 4 belong here", len(b))
	}
	n := binary.LittleEndian.Uint32(b)
	return &n, nil
}

func onlySize(b []byte) (uint64, error) {
	c := cursor{data: b}
	n, err := c.size()
	if err == nil && c.at != len(b) {
		err = fmt.Errorf("bytes after the number")
	}
	return n, err
}

func length(b []byte, want ...int) error {
	for _, n := range want {
		if len(b) == n {
			return nil
		}
	}
	return fmt.Errorf("%d bytes, %v belong here", len(b), want)
}

func pubKey(b []byte) error {
	if err := length(b, 33, 65); err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	_, err := btcec.ParsePubKey(b)
	return err
}

func xOnly(b []byte) error {
	if err := length(b, 32); err != nil {
		return fmt.Errorf("x-only key: %w", err)
	}
	_, err := schnorr.ParsePubKey(b)
	return err
}

// build makes the transaction of version 2 from the fields.
func (p *Packet) build(g *global) error {
	lock, err := p.lockTime(g.lockTime)
	if err != nil {
		return err
	}
	tx := &wire.MsgTx{Version: int32(*g.txVersion), LockTime: lock}
	seen := map[wire.OutPoint]bool{}
	for i := range p.Inputs {
		in := &p.Inputs[i]
		if seen[*in.previous] {
			return fmt.Errorf("input %d spends %s a second time", i, in.previous)
		}
		seen[*in.previous] = true
		sequence := uint32(wire.MaxTxInSequenceNum)
		if in.sequence != nil {
			sequence = *in.sequence
		}
		tx.TxIn = append(tx.TxIn, &wire.TxIn{PreviousOutPoint: *in.previous, Sequence: sequence})
	}
	for i := range p.Outputs {
		tx.TxOut = append(tx.TxOut, &wire.TxOut{Value: *p.Outputs[i].amount, PkScript: p.Outputs[i].script})
	}
	p.Tx = tx
	return nil
}

// lockTime follows BIP 370, "Determining Lock Time": if all inputs that ask for a
// lock can take a height, the greatest height, else the greatest time.
func (p *Packet) lockTime(fallback uint32) (uint32, error) {
	height, clock, any := uint32(0), uint32(0), false
	heights, times := true, true
	for i := range p.Inputs {
		in := &p.Inputs[i]
		if in.heightLock == nil && in.timeLock == nil {
			continue
		}
		any = true
		if in.heightLock != nil {
			height = max(height, *in.heightLock)
		} else {
			heights = false
		}
		if in.timeLock != nil {
			clock = max(clock, *in.timeLock)
		} else {
			times = false
		}
	}
	switch {
	case !any:
		return fallback, nil
	case heights:
		return height, nil
	case times:
		return clock, nil
	}
	return 0, fmt.Errorf("some inputs ask for a lock by height only, others by time only: no lock time serves both")
}

// Identity is the id by which a PSBT is known while it is worked on: the txid of
// version 0, and for version 2 that of the transaction with all sequences zero.
func (p *Packet) Identity() chainhash.Hash {
	if p.Version == 0 {
		return p.Tx.TxHash()
	}
	tx := p.Tx.Copy()
	for _, in := range tx.TxIn {
		in.Sequence = 0
	}
	return tx.TxHash()
}
