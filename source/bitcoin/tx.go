package bitcoin

import (
	"encoding/binary"
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
)

// txFault is a fault of a transaction, without an allocation: where in the
// block it stands and what it is.
type txFault struct {
	at  int
	msg string
}

// The least bytes that an input and an output take.
const (
	minInput  = 32 + 4 + 1 + 4
	minOutput = 8 + 1
)

// maxAmount is the largest amount a signed 64-bit field holds; real limits
// differ by coin.
const maxAmount = 1<<63 - 1

// span is one transaction as it stands in its bytes: where its parts begin.
type span struct {
	start, ins, outs, witness, lock, end int
	nIn, nOut                            uint64
	segwit                               bool
}

// size reads a CompactSize at i; the shortest form is the only one (as Bitcoin
// Core holds it).
func size(b []byte, i int) (v uint64, next int, ok bool) {
	if i >= len(b) {
		return 0, i, false
	}
	switch x := b[i]; {
	case x < 0xfd:
		return uint64(x), i + 1, true
	case x == 0xfd && len(b)-i >= 3:
		v = uint64(binary.LittleEndian.Uint16(b[i+1:]))
		return v, i + 3, v >= 0xfd
	case x == 0xfe && len(b)-i >= 5:
		v = uint64(le32(b[i+1:]))
		return v, i + 5, v > 0xffff
	case x == 0xff && len(b)-i >= 9:
		v = binary.LittleEndian.Uint64(b[i+1:])
		return v, i + 9, v > 0xffffffff
	}
	return 0, i, false
}

// bytesAt skips a CompactSize and as many bytes.
func bytesAt(b []byte, i int) (from, to int, ok bool) {
	n, from, ok := size(b, i)
	if !ok || n > uint64(len(b)-from) {
		return i, i, false
	}
	return from, from + int(n), true
}

// sink takes what a transaction holds as it is walked.
type sink struct {
	ins     []ledger.CoinIn
	outs    []ledger.CoinOut
	keys    []byte
	scratch []byte // transaction without its witness
	program bool   // witness programs have a meaning
}

// walk reads one transaction at i into the sink.
func (s *sink) walk(b []byte, i int) (t span, bad *txFault) {
	t.start = i
	if len(b)-i < 10 {
		return t, &txFault{i, "the transaction is cut short"}
	}
	i += 4
	if b[i] == 0 {
		if b[i+1] != 1 {
			return t, &txFault{i, fmt.Sprintf("no inputs, or witness flag %#02x", b[i+1])}
		}
		t.segwit = true
		i += 2
	}
	t.ins = i
	if i, bad = s.inputs(&t, b, i); bad != nil {
		return t, bad
	}
	t.outs = i
	if i, bad = s.outputs(&t, b, i); bad != nil {
		return t, bad
	}
	t.witness = i
	if t.segwit {
		if i, bad = skipWitness(&t, b, i); bad != nil {
			return t, bad
		}
	}
	t.lock = i
	if len(b)-i < 4 {
		return t, &txFault{i, "the lock time is cut short"}
	}
	t.end = i + 4
	return t, nil
}

func (s *sink) inputs(t *span, b []byte, i int) (int, *txFault) {
	n, j, ok := size(b, i)
	if !ok || n == 0 || n > uint64(len(b)-j)/minInput {
		return i, &txFault{i, "the number of inputs is not possible"}
	}
	t.nIn, i = n, j
	for range n {
		if len(b)-i < minInput {
			return i, &txFault{i, "an input is cut short"}
		}
		s.ins = append(s.ins, ledger.CoinIn{Tx: ledger.Hash(b[i : i+32]), Index: le32(b[i+32:])})
		_, j, ok := bytesAt(b, i+36)
		if !ok || len(b)-j < 4 {
			return i, &txFault{i + 36, "the script of an input is longer than the bytes left"}
		}
		i = j + 4
	}
	return i, nil
}

func (s *sink) outputs(t *span, b []byte, i int) (int, *txFault) {
	n, j, ok := size(b, i)
	if !ok || n == 0 || n > uint64(len(b)-j)/minOutput {
		return i, &txFault{i, "the number of outputs is not possible"}
	}
	t.nOut, i = n, j
	for range n {
		if len(b)-i < minOutput {
			return i, &txFault{i, "an output is cut short"}
		}
		v := binary.LittleEndian.Uint64(b[i:])
		if v > maxAmount {
			return i, &txFault{i, "the amount of an output is negative"}
		}
		from, to, ok := bytesAt(b, i+8)
		if !ok {
			return i, &txFault{i + 8, "the script of an output is longer than the bytes left"}
		}
		s.keys = appendScriptKey(s.keys, b[from:to], s.program)
		s.outs = append(s.outs, ledger.CoinOut{Amount: v, Key: uint32(len(s.keys))})
		i = to
	}
	return i, nil
}

func skipWitness(t *span, b []byte, i int) (int, *txFault) {
	any := false
	for range t.nIn {
		n, j, ok := size(b, i)
		if !ok || n > uint64(len(b)-j) {
			return i, &txFault{i, "a witness is longer than the bytes left"}
		}
		any = any || n > 0
		i = j
		for range n {
			_, j, ok := bytesAt(b, i)
			if !ok {
				return i, &txFault{i, "a witness is longer than the bytes left"}
			}
			i = j
		}
	}
	if !any {
		return i, &txFault{i, "the witness flag is set, but there is no witness"}
	}
	return i, nil
}

// txid is the double SHA-256 of a transaction without marker, flag and witness.
func (s *sink) txid(b []byte, t *span) ledger.Hash {
	if !t.segwit {
		return doubleSHA(b[t.start:t.end])
	}
	s.scratch = append(s.scratch[:0], b[t.start:t.start+4]...)
	s.scratch = append(s.scratch, b[t.ins:t.witness]...)
	s.scratch = append(s.scratch, b[t.lock:t.end]...)
	return doubleSHA(s.scratch)
}

// Tx is a single transaction read whole. Its slices point into the bytes it was
// read from.
type Tx struct {
	ID       ledger.Hash // hash without the witness
	Version  int32
	LockTime uint32
	SegWit   bool
	In       []TxIn
	Out      []TxOut
}

// TxIn is an input: the coin it spends and what unlocks it.
type TxIn struct {
	ledger.CoinIn
	Script   []byte
	Sequence uint32
	Witness  [][]byte
}

// TxOut is an output: atomic units and script.
type TxOut struct {
	Amount uint64
	Script []byte
}

// Coinbase reports whether the transaction makes new coins.
func (t *Tx) Coinbase() bool { return len(t.In) == 1 && isNull(t.In[0].CoinIn) }

func isNull(in ledger.CoinIn) bool { return in.Index == 0xffffffff && in.Tx == ledger.Hash{} }

// ParseTx reads one raw transaction, with or without witness, and nothing
// behind it. It fails with an *Error around ErrTx whose Offset is the place.
func ParseTx(raw []byte) (*Tx, error) {
	var s sink
	t, bad := s.walk(raw, 0)
	if bad == nil && t.end != len(raw) {
		bad = &txFault{t.end, fmt.Sprintf("%d bytes behind the transaction", len(raw)-t.end)}
	}
	if bad != nil {
		return nil, &Error{Offset: int64(bad.at), Msg: fmt.Sprintf("byte %d of the transaction: %s", bad.at, bad.msg), Err: ErrTx}
	}
	tx := &Tx{ID: s.txid(raw, &t), Version: int32(le32(raw)), LockTime: le32(raw[t.lock:]), SegWit: t.segwit}
	_, i, _ := size(raw, t.ins)
	for _, in := range s.ins {
		from, to, _ := bytesAt(raw, i+36)
		tx.In = append(tx.In, TxIn{CoinIn: in, Script: raw[from:to], Sequence: le32(raw[to:])})
		i = to + 4
	}
	_, i, _ = size(raw, t.outs)
	for _, o := range s.outs {
		from, to, _ := bytesAt(raw, i+8)
		tx.Out = append(tx.Out, TxOut{Amount: o.Amount, Script: raw[from:to]})
		i = to
	}
	for i, k := t.witness, 0; t.segwit && k < len(tx.In); k++ {
		var n uint64
		n, i, _ = size(raw, i)
		for range n {
			from, to, _ := bytesAt(raw, i)
			tx.In[k].Witness = append(tx.In[k].Witness, raw[from:to])
			i = to
		}
	}
	return tx, nil
}
