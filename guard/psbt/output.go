package psbt

import (
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/wire"
)

// Output is what the PSBT says about an output.
type Output struct {
	Redeem, WitnessScript []byte
	Derivations           []Derivation
	TapInternal           []byte
	amount                *int64
	script                []byte
	hasScript             bool
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
