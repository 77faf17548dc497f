package ledgertest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/coldtrail/coldtrail/ledger"
)

// The bytes of the chain: transactions as BIP 144 serialises them, blocks as in
// Bitcoin Core's block files.

// compactSize appends a count.
func compactSize(b []byte, n int) []byte {
	switch {
	case n < 0xfd:
		return append(b, byte(n))
	case n <= 0xffff:
		return binary.LittleEndian.AppendUint16(append(b, 0xfd), uint16(n))
	}
	return binary.LittleEndian.AppendUint32(append(b, 0xfe), uint32(n))
}

// The forms of addresses: six of ten P2PKH, three P2WPKH, one P2WPKH in P2SH.
const (
	formKeyHash = iota
	formWitness
	formWrapped
)

func formOf(key uint32) int {
	switch key % 10 {
	case 0, 1, 2, 3, 4, 5:
		return formKeyHash
	case 6, 7, 8:
		return formWitness
	}
	return formWrapped
}

// publicKey has the shape of a compressed key; no private key of it is known.
func publicKey(key uint32) [33]byte {
	var n [4]byte
	binary.LittleEndian.PutUint32(n[:], key)
	h := sha256.Sum256(n[:])
	var p [33]byte
	p[0] = 2 + h[31]&1
	copy(p[1:], h[:])
	return p
}

// script appends the output script of an address, with its length.
func (m *market) script(b []byte, key uint32) []byte {
	p := publicKey(key)
	h := m.f.Hash160(p[:])
	switch formOf(key) {
	case formKeyHash:
		b = append(b, 25, 0x76, 0xa9, 20)
		return append(append(b, h[:]...), 0x88, 0xac)
	case formWitness:
		return append(append(b, 22, 0, 20), h[:]...)
	}
	wrapped := m.f.Hash160(append([]byte{0, 20}, h[:]...))
	b = append(b, 23, 0xa9, 20)
	return append(append(b, wrapped[:]...), 0x87)
}

// signature has the shape of one in DER, and signs nothing.
var signature = func() []byte {
	part := append([]byte{2, 32}, bytes.Repeat([]byte{0x11}, 32)...)
	return append(append(append([]byte{0x30, 68}, part...), part...), 1)
}()

// form serialises a transaction twice, over the bytes given: in full, and
// without the witness, from which the id is. A coinbase has a script and no
// inputs.
func (m *market) form(full, base []byte, ins []coin, outs []paid, lock uint32, coinbase []byte) (_, _ []byte) {
	segwit := false
	for _, c := range ins {
		segwit = segwit || formOf(c.key) != formKeyHash
	}
	base = binary.LittleEndian.AppendUint32(base[:0], 2)
	if coinbase != nil {
		base = append(append(base, 1), make([]byte, 32)...)
		base = binary.LittleEndian.AppendUint32(base, 0xffffffff)
		base = append(compactSize(base, len(coinbase)), coinbase...)
		base = binary.LittleEndian.AppendUint32(base, 0xffffffff)
	} else {
		base = compactSize(base, len(ins))
		for i := range ins {
			base = m.input(base, &ins[i])
		}
	}
	base = compactSize(base, len(outs))
	for _, o := range outs {
		base = m.script(binary.LittleEndian.AppendUint64(base, o.amount), o.key)
	}
	full = binary.LittleEndian.AppendUint32(full[:0], 2)
	if segwit {
		full = append(full, 0, 1) // marker and flag
	}
	full = append(full, base[4:]...)
	if segwit {
		for _, c := range ins {
			full = witness(full, c.key)
		}
	}
	return binary.LittleEndian.AppendUint32(full, lock), binary.LittleEndian.AppendUint32(base, lock)
}

func (m *market) input(b []byte, c *coin) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, c.tx[:]...), c.index)
	p := publicKey(c.key)
	switch formOf(c.key) {
	case formKeyHash:
		b = append(b, byte(len(signature)+len(p)+2), byte(len(signature)))
		b = append(append(b, signature...), byte(len(p)))
		b = append(b, p[:]...)
	case formWitness:
		b = append(b, 0)
	default:
		h := m.f.Hash160(p[:])
		b = append(append(b, 23, 22, 0, 20), h[:]...)
	}
	return binary.LittleEndian.AppendUint32(b, 0xfffffffe)
}

// witness appends that of one input.
func witness(b []byte, key uint32) []byte {
	if formOf(key) == formKeyHash {
		return append(b, 0)
	}
	p := publicKey(key)
	b = append(append(b, 2, byte(len(signature))), signature...)
	return append(append(b, byte(len(p))), p[:]...)
}

// merkleRoot overwrites the ids. An odd one is paired with itself.
func merkleRoot(ids []ledger.Hash) ledger.Hash {
	for len(ids) > 1 {
		half := (len(ids) + 1) / 2
		for i := range half {
			var pair [64]byte
			copy(pair[:32], ids[2*i][:])
			copy(pair[32:], ids[min(2*i+1, len(ids)-1)][:])
			ids[i] = twiceHashed(pair[:])
		}
		ids = ids[:half]
	}
	return ids[0]
}

// blockWriter writes blocks to files, each after its parent.
type blockWriter struct {
	dir    string
	magic  [4]byte
	size   int // of a file
	parent ledger.Hash
	files  int
	filled int
	file   *os.File
	w      *bufio.Writer
}

func newBlockWriter(dir string, magic [4]byte, size int) *blockWriter {
	return &blockWriter{dir: dir, magic: magic, size: size}
}

// write closes the block in work: its header with proof of work, and its record.
func (w *blockWriter) write(m *market) error {
	count := compactSize(nil, len(m.ids))
	root := merkleRoot(m.ids)
	h := binary.LittleEndian.AppendUint32(nil, blockVersion)
	h = append(append(h, w.parent[:]...), root[:]...)
	h = binary.LittleEndian.AppendUint32(h, uint32(firstTime+spacing*m.height))
	h = binary.LittleEndian.AppendUint32(h, easyBits)
	h = append(h, 0, 0, 0, 0)
	for nonce := uint32(0); ; nonce++ {
		binary.LittleEndian.PutUint32(h[76:], nonce)
		// The target's highest byte is 7f, and the hash is a little-endian number.
		if w.parent = twiceHashed(h); w.parent[31] < 0x7f {
			break
		}
	}
	n := len(h) + len(count) + len(m.head) + len(m.body)
	if err := w.room(n + 8); err != nil {
		return err
	}
	for _, part := range [][]byte{w.magic[:], binary.LittleEndian.AppendUint32(nil, uint32(n)), h, count, m.head, m.body} {
		if _, err := w.w.Write(part); err != nil {
			return fmt.Errorf("%s: %w", w.file.Name(), err)
		}
	}
	return nil
}

// room begins the next file when a record does not fit into this one.
func (w *blockWriter) room(n int) error {
	if w.file != nil && w.filled+n <= w.size {
		w.filled += n
		return nil
	}
	if err := w.close(); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(w.dir, fmt.Sprintf("blk%05d.dat", w.files)))
	if err != nil {
		return err
	}
	w.file, w.w, w.filled = f, bufio.NewWriterSize(f, 1<<20), n
	w.files++
	return nil
}

func (w *blockWriter) close() error {
	if w.file == nil {
		return nil
	}
	err := errors.Join(w.w.Flush(), w.file.Close())
	w.file = nil
	return err
}
