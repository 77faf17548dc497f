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

// Output is what the PSBT says about an output.
type Output struct {
	Redeem, WitnessScript []byte
	Derivations           []Derivation
	TapInternal           []byte
	amount                *int64
	script                []byte
	hasScript             bool
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

func readOutput(b []byte) (*wire.TxOut, error) {
	c := cursor{data: b}
	amount, err := c.take(8)
	if err != nil {
		return nil, err
	}
	n, err := c.size()
	if err != nil {
		return nil, err
	}
	script, err := c.take(n)
	if err == nil && c.at != len(b) {
		err = fmt.Errorf("bytes after the output")
	}
	value := binary.LittleEndian.Uint64(amount)
	if err == nil && value > maxMoney {
		err = fmt.Errorf("an amount of %d satoshi", value)
	}
	return &wire.TxOut{Value: int64(value & (1<<63 - 1)), PkScript: script}, err
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

func (p *Packet) readOutput(c *cursor, name string) (*Output, error) {
	all, err := c.readMap(name)
	if err != nil {
		return nil, err
	}
	out := &Output{}
	for _, r := range all {
		known, err := out.read(r, p.Version)
		if err != nil {
			return nil, fmt.Errorf("%s: byte %d: key type %#x: %w", name, r.at, r.kind, err)
		}
		if !known {
			p.Unknown = append(p.Unknown, fmt.Sprintf("%s: key type %#x at byte %d", name, r.kind, r.at))
		}
	}
	if p.Version == 2 && (out.amount == nil || !out.hasScript) {
		return nil, fmt.Errorf("%s: version 2 needs the amount and the script", name)
	}
	return out, nil
}

func (out *Output) read(r record, version uint32) (known bool, err error) {
	if r.kind <= 6 && r.kind != 2 && len(r.data) > 0 {
		return true, fmt.Errorf("its key must be the type alone")
	}
	if (r.kind == 3 || r.kind == 4) && version != 2 {
		return true, fmt.Errorf("it belongs to version 2 only")
	}
	var d Derivation
	switch r.kind {
	case 0x00:
		out.Redeem = r.value
	case 0x01:
		out.WitnessScript = r.value
	case 0x02:
		if err = pubKey(r.data); err == nil {
			d, err = derivation(r.data, r.value)
		}
		out.Derivations = append(out.Derivations, d)
	case 0x03:
		if err = length(r.value, 8); err == nil {
			n := int64(binary.LittleEndian.Uint64(r.value))
			if n < 0 || n > maxMoney {
				err = fmt.Errorf("an amount of %d satoshi", uint64(n))
			}
			out.amount = &n
		}
	case 0x04:
		out.script, out.hasScript = r.value, true
	case 0x05:
		out.TapInternal, err = r.value, xOnly(r.value)
	case 0x06:
		err = tapTree(r.value)
	case 0x07:
		d, err = tapDerivation(r.data, r.value)
		out.Derivations = append(out.Derivations, d)
	default:
		return false, nil
	}
	return true, err
}

// tapTree checks the form: depth, leaf version, script, again and again.
func tapTree(b []byte) error {
	c := cursor{data: b}
	for c.at < len(b) {
		head, err := c.take(2)
		if err != nil {
			return err
		}
		if head[0] > 128 || head[1]&1 != 0 {
			return fmt.Errorf("leaf of depth %d, version %#x", head[0], head[1])
		}
		n, err := c.size()
		if err == nil {
			_, err = c.take(n)
		}
		if err != nil {
			return err
		}
	}
	if len(b) == 0 {
		return fmt.Errorf("an empty tree")
	}
	return nil
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
