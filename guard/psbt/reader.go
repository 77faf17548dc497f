package psbt

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// MaxSize is the longest PSBT or transaction, in bytes.
const MaxSize = 4 << 20

// Errors of reading; messages name the map, the key and the byte.
var (
	// ErrFormat marks bytes that are no PSBT, or not the only way to write one.
	ErrFormat = errors.New("not a PSBT")
	// ErrTransaction marks bytes that are no transaction.
	ErrTransaction = errors.New("not a Bitcoin transaction")
)

// magic begins every PSBT.
var magic = []byte("psbt\xff")

// cursor walks over bytes and never beyond them.
type cursor struct {
	data []byte
	at   int
}

func (c *cursor) take(n uint64) ([]byte, error) {
	if n > uint64(len(c.data)-c.at) {
		return nil, fmt.Errorf("byte %d: %d bytes are missing", c.at, n-uint64(len(c.data)-c.at))
	}
	b := c.data[c.at : c.at+int(n)]
	c.at += int(n)
	return b, nil
}

// size reads a compact size, which must be as short as can be.
func (c *cursor) size() (uint64, error) {
	start := c.at
	b, err := c.take(1)
	if err != nil {
		return 0, err
	}
	n, width, least := uint64(b[0]), 0, uint64(0)
	switch b[0] {
	case 0xfd:
		width, least = 2, 0xfd
	case 0xfe:
		width, least = 4, 1<<16
	case 0xff:
		width, least = 8, 1<<32
	default:
		return n, nil
	}
	if b, err = c.take(uint64(width)); err != nil {
		return 0, err
	}
	var whole [8]byte
	copy(whole[:], b)
	if n = binary.LittleEndian.Uint64(whole[:]); n < least {
		return 0, fmt.Errorf("byte %d: a length is written longer than needed", start)
	}
	return n, nil
}

// record is one key and value of a map.
type record struct {
	kind  uint64
	data  []byte // the key after its type
	value []byte
	at    int
}

// readMap reads records up to the separator. A key that stands twice is an error.
func (c *cursor) readMap(name string) ([]record, error) {
	var all []record
	seen := map[string]bool{}
	for {
		at := c.at
		n, err := c.size()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if n == 0 {
			return all, nil
		}
		k, err := c.take(n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		inner := cursor{data: k}
		kind, err := inner.size()
		if err != nil {
			return nil, fmt.Errorf("%s: key at byte %d: %w", name, at, err)
		}
		if n, err = c.size(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		v, err := c.take(n)
		if err != nil {
			return nil, fmt.Errorf("%s: value of key type %#x: %w", name, kind, err)
		}
		if seen[string(k)] {
			return nil, fmt.Errorf("%s: byte %d: key %x stands twice", name, at, k)
		}
		seen[string(k)] = true
		all = append(all, record{kind: kind, data: k[inner.at:], value: v, at: at})
	}
}

// Text decodes a PSBT as people hand it over: Base64, or the bytes themselves.
func Text(text string) ([]byte, error) {
	if bytes.HasPrefix([]byte(text), magic) {
		return []byte(text), nil
	}
	if len(text) > MaxSize/3*4+4 {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrFormat, MaxSize)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: Base64: %w", ErrFormat, err)
	}
	return raw, nil
}

// ParseTx reads one transaction, with or without witnesses, and nothing after it.
func ParseTx(raw []byte) (*wire.MsgTx, error) {
	if len(raw) > MaxSize {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrTransaction, MaxSize)
	}
	t, err := bitcoin.ParseTx(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTransaction, err)
	}
	tx := &wire.MsgTx{Version: t.Version, LockTime: t.LockTime}
	for _, in := range t.In {
		tx.TxIn = append(tx.TxIn, &wire.TxIn{
			PreviousOutPoint: wire.OutPoint{Hash: chainhash.Hash(in.Tx), Index: in.Index},
			SignatureScript:  in.Script, Sequence: in.Sequence, Witness: in.Witness,
		})
	}
	for i, out := range t.Out {
		if out.Amount > maxMoney {
			return nil, fmt.Errorf("%w: output %d has an amount of %d satoshi", ErrTransaction, i, out.Amount)
		}
		tx.TxOut = append(tx.TxOut, &wire.TxOut{Value: int64(out.Amount), PkScript: out.Script})
	}
	return tx, nil
}

// parseUnsigned reads the transaction of a PSBT of version 0: without witnesses.
// One without inputs could be taken for one with, and is read for what it says.
func parseUnsigned(raw []byte) (*wire.MsgTx, error) {
	if len(raw) > 5 && raw[4] == 0 {
		tx := &wire.MsgTx{}
		r := bytes.NewReader(raw)
		if err := tx.DeserializeNoWitness(r); err != nil || r.Len() > 0 {
			return nil, fmt.Errorf("%w: without inputs, and not whole", ErrTransaction)
		}
		return tx, nil
	}
	return ParseTx(raw)
}

// maxMoney is the most there will ever be: 21 million BTC in satoshi.
const maxMoney = 21_000_000 * 100_000_000
