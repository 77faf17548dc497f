package bitcoin

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"github.com/coldtrail/coldtrail/ledger"
)

// maxRecord bounds the length of a record, so that a broken length asks for no
// memory. Blocks hold at most 4,000,000 bytes (BIP 141); coins of the same
// framing allow up to 32 MB.
const maxRecord = 64 << 20

// frame is magic and length in front of each block.
const frame = 8

// record is one block in the files.
type record struct {
	hash, parent ledger.Hash
	file         int32
	size         uint32
	offset       int64 // of the block, behind its frame
	bits         uint32
}

// blockDir is a directory of block files.
type blockDir struct {
	net   Network
	files []string
	key   [8]byte
	// What was met and left out.
	duplicates int
	padding    int64
	torn       string
}

// openDir lists the block files in the order of their numbers and reads the key.
func openDir(dir string) (*blockDir, error) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(dir), "blk*.dat"))
	if err != nil {
		return nil, &Error{File: dir, Offset: -1, Msg: err.Error(), Err: err}
	}
	if len(names) == 0 {
		if _, err := os.Stat(dir); err != nil {
			return nil, &Error{File: dir, Offset: -1, Msg: err.Error(), Hint: "give the directory that holds blk00000.dat", Err: err}
		}
		return nil, &Error{File: dir, Offset: -1, Msg: "no blk*.dat in this directory", Hint: "give the directory blocks of the node", Err: ErrFrame}
	}
	sort.Slice(names, func(i, j int) bool { // blk100000 stands behind blk99999
		if len(names[i]) != len(names[j]) {
			return len(names[i]) < len(names[j])
		}
		return names[i] < names[j]
	})
	d := &blockDir{files: names}
	return d, d.readKey(filepath.Join(dir, "xor.dat"))
}

// escapeGlob keeps the signs of a pattern in a directory's name from counting.
func escapeGlob(dir string) string {
	var b []rune
	for _, r := range dir {
		if (r == '*' || r == '?' || r == '[' || r == '\\') && filepath.Separator != '\\' {
			b = append(b, '\\')
		}
		b = append(b, r)
	}
	return string(b)
}

// readKey reads xor.dat, with which Bitcoin Core has hidden its block files
// since version 28 (pull request 28052): eight bytes.
func (d *blockDir) readKey(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &Error{File: path, Offset: -1, Msg: err.Error(), Err: err}
	}
	if len(b) != len(d.key) {
		return &Error{File: path, Msg: fmt.Sprintf("%d bytes where the key of the block files has 8", len(b)), Hint: "copy xor.dat again from the node", Err: ErrFrame}
	}
	copy(d.key[:], b)
	return nil
}

// clear takes the key off bytes read at an offset of a file.
func (d *blockDir) clear(b []byte, offset int64) {
	if d.key == [8]byte{} {
		return
	}
	var turned [8]byte
	for i := range turned {
		turned[i] = d.key[(int64(i)+offset)&7]
	}
	k := binary.LittleEndian.Uint64(turned[:])
	i := 0
	for ; i+8 <= len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], binary.LittleEndian.Uint64(b[i:])^k)
	}
	for ; i < len(b); i++ {
		b[i] ^= turned[i&7]
	}
}

// scan reads frame and header of every record, in the order of the files. stop
// is asked between records.
func (d *blockDir) scan(stop func() error) ([]record, error) {
	var all []record
	for i := range d.files {
		if err := stop(); err != nil {
			return nil, err
		}
		var err error
		if all, err = d.scanFile(all, i); err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, &Error{File: d.files[0], Msg: "the files hold no block", Hint: "give the directory blocks of the node", Err: ErrFrame}
	}
	return all, nil
}

func (d *blockDir) scanFile(all []record, i int) ([]record, error) {
	path := d.files[i]
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{File: path, Offset: -1, Msg: err.Error(), Err: err}
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, &Error{File: path, Offset: -1, Msg: err.Error(), Err: err}
	}
	newest := i == len(d.files)-1
	var head [frame + headerSize]byte
	for at := int64(0); at < st.Size(); {
		n, err := f.ReadAt(head[:min(int64(len(head)), st.Size()-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, &Error{File: path, Offset: at, Msg: err.Error(), Err: err}
		}
		padded := isZero(head[:min(n, 4)])
		d.clear(head[:n], at)
		if padded || isZero(head[:min(n, 4)]) { // pre-allocated bytes carry the key, or nothing
			d.padding += st.Size() - at
			return all, nil
		}
		r, err := d.frameAt(head[:n], path, at, st.Size()-at)
		if errors.Is(err, errTorn) && newest {
			d.torn = fmt.Sprintf("%s: the record at byte %d is cut short, as while a node writes; it is left out", path, at)
			return all, nil
		}
		if err != nil {
			return nil, tornIsFault(err)
		}
		r.file, r.offset = int32(i), at+frame
		all = append(all, r)
		at += frame + int64(r.size)
	}
	return all, nil
}

// errTorn marks a record that ends behind its file.
var errTorn = errors.New("the record is cut short")

func tornIsFault(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Err == errTorn {
		return &Error{File: e.File, Offset: e.Offset, Msg: "the record is cut short, and this is not the newest file", Hint: "copy the file again; only the newest may end in the middle of a block", Err: ErrFrame}
	}
	return err
}

// frameAt reads magic, length and header; left is what the file still holds.
func (d *blockDir) frameAt(b []byte, path string, at, left int64) (record, error) {
	var r record
	if len(b) >= 4 {
		if err := d.magic([4]byte(b), path, at); err != nil {
			return r, err
		}
	}
	if len(b) < frame {
		return r, &Error{File: path, Offset: at, Err: errTorn}
	}
	r.size = le32(b[4:])
	if r.size <= headerSize || r.size > maxRecord {
		return r, &Error{File: path, Offset: at + 4, Msg: fmt.Sprintf("a record of %d bytes is no block", r.size), Hint: "the file is damaged here", Err: ErrFrame}
	}
	if left < frame+int64(r.size) {
		return r, &Error{File: path, Offset: at, Err: errTorn}
	}
	h := b[frame:]
	r.hash, r.parent, r.bits = doubleSHA(h[:headerSize]), ledger.Hash(h[4:36]), le32(h[72:])
	if _, ok := target(r.bits); !ok {
		return r, &Error{File: path, Offset: at + frame + 72, Msg: fmt.Sprintf("difficulty bits %08x are not possible", r.bits), Hint: "the header is damaged", Err: ErrBlock}
	}
	if d.net.Work && !meets(r.hash, r.bits) {
		return r, &Error{File: path, Offset: at + frame, Msg: "the hash of the header does not meet its difficulty", Hint: "the header is damaged, or the coin hashes in another way", Err: ErrBlock}
	}
	return r, nil
}

// magic holds the magic of a record; the first one names the network if the
// caller has not.
func (d *blockDir) magic(m [4]byte, path string, at int64) error {
	if d.net.Name == "" {
		n, ok := networkByMagic(m)
		if !ok {
			return &Error{File: path, Offset: at, Msg: fmt.Sprintf("magic %x is of no known network", m), Hint: keyHint(d.key), Err: ErrFrame}
		}
		d.net = n
	}
	if m != d.net.Magic {
		hint := "the file is damaged here, or of another network"
		if at == 0 {
			hint = keyHint(d.key)
		}
		return &Error{File: path, Offset: at, Msg: fmt.Sprintf("magic %x where %s has %x", m, d.net.Name, d.net.Magic), Hint: hint, Err: ErrFrame}
	}
	return nil
}

func keyHint(key [8]byte) string {
	if key == [8]byte{} {
		return "not a block file, or the xor.dat beside it is missing"
	}
	return "not a block file, or xor.dat is of another directory"
}

func isZero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
