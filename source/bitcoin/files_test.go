package bitcoin_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// firstRecords are the first n records of the real chain, frames included.
func firstRecords(t testing.TB, n int) [][]byte {
	t.Helper()
	data, err := os.ReadFile(btcdFile(t, "blockchain/testdata/blk_0_to_14131.dat"))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for len(all) < n {
		end := 8 + int(binary.LittleEndian.Uint32(data[4:]))
		all = append(all, data[:end:end])
		data = data[end:]
	}
	return all
}

// read gives the hashes of the chain in a directory.
func read(dir string, opt bitcoin.Options) (hashes []string, notes string, err error) {
	s, err := bitcoin.Open(dir, opt)
	if err != nil {
		return nil, "", err
	}
	for cb, err := range s.Blocks(context.Background(), ledger.BlockRef{}) {
		if err != nil {
			return hashes, "", err
		}
		hashes = append(hashes, cb.Hash.String())
	}
	return hashes, strings.Join(s.Info().Notes, "\n"), nil
}

func TestFilesOfANode(t *testing.T) {
	rec := firstRecords(t, 60)
	all := bytes.Join(rec, nil)
	plain := t.TempDir()
	write(t, filepath.Join(plain, "blk00000.dat"), all)
	want, _, err := read(plain, bitcoin.Options{Workers: 1})
	if err != nil || len(want) != 60 {
		t.Fatal(len(want), err)
	}
	// A block beside number 30: another nonce, so another hash, and no proof of work.
	stale := bytes.Clone(rec[30])
	stale[8+76]++
	free := bitcoin.Mainnet
	free.Work = false
	key := []byte{1, 2, 3, 4, 5, 6, 7, 0x80}
	xor := func(b []byte) []byte {
		b = bytes.Clone(b)
		for i := range b {
			b[i] ^= key[i%8]
		}
		return b
	}
	for _, c := range []struct {
		name  string
		files [][]byte
		xor   []byte
		opt   bitcoin.Options
		note  string
	}{
		{name: "padding", files: [][]byte{append(bytes.Clone(all), make([]byte, 99)...)}, note: "99 bytes behind"},
		{name: "torn", files: [][]byte{append(bytes.Clone(all), rec[5][:50]...)}, note: "cut short"},
		{name: "torn magic", files: [][]byte{append(bytes.Clone(all), rec[5][:3]...)}, note: "cut short"},
		{name: "order", files: [][]byte{bytes.Join(rec[40:], nil), append(bytes.Join(rec[20:40], nil), make([]byte, 8)...), bytes.Join(rec[:20], nil)}},
		{name: "twice", files: [][]byte{all, rec[7]}, note: "1 repeated"},
		{name: "stale", files: [][]byte{stale, all}, opt: bitcoin.Options{Network: free}, note: "1 stale"},
		{name: "xor", files: [][]byte{xor(bytes.Join(rec[:33], nil)), xor(bytes.Join(rec[33:], nil))}, xor: key},
		{name: "xor, padding under the key", files: [][]byte{xor(append(bytes.Clone(all), make([]byte, 99)...))}, xor: key, note: "99 bytes"},
		{name: "xor, padding without it", files: [][]byte{append(xor(all), make([]byte, 99)...)}, xor: key, note: "99 bytes"},
		{name: "zero key", files: [][]byte{all}, xor: make([]byte, 8)},
		{name: "eight workers", files: [][]byte{all}, opt: bitcoin.Options{Workers: 8}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, f := range c.files {
				write(t, filepath.Join(dir, fmt.Sprintf("blk%05d.dat", i)), f)
			}
			if c.xor != nil {
				write(t, filepath.Join(dir, "xor.dat"), c.xor)
			}
			got, notes, err := read(dir, c.opt)
			if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
				t.Fatalf("%d blocks, %v", len(got), err)
			}
			if !strings.Contains(notes, c.note) {
				t.Errorf("notes %q do not say %q", notes, c.note)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	rec := firstRecords(t, 20)
	all := bytes.Join(rec, nil)
	flip := func(at int) []byte {
		b := bytes.Clone(all)
		b[at] ^= 0x10
		return b
	}
	at := len(bytes.Join(rec[:9], nil)) // record 9
	other := bitcoin.Mainnet
	other.Genesis = strings.Repeat("00", 32)
	for _, c := range []struct {
		name  string
		files [][]byte
		xor   []byte
		opt   bitcoin.Options
		want  error
		says  string
	}{
		{name: "empty file", files: [][]byte{{}}, want: bitcoin.ErrFrame, says: "no block"},
		{name: "zeros", files: [][]byte{make([]byte, 500)}, want: bitcoin.ErrFrame, says: "no block"},
		{name: "foreign", files: [][]byte{[]byte("date,from,to,amount\n1,a,b,2\n")}, want: bitcoin.ErrFrame, says: "at byte 0"},
		{name: "no key", files: [][]byte{all}, xor: []byte("12345678"), want: bitcoin.ErrFrame, says: "xor.dat"},
		{name: "short key", files: [][]byte{all}, xor: []byte("123"), want: bitcoin.ErrFrame, says: "3 bytes"},
		{name: "magic", files: [][]byte{flip(at)}, want: bitcoin.ErrFrame, says: fmt.Sprintf("at byte %d", at)},
		{name: "length", files: [][]byte{flip(at + 7)}, want: bitcoin.ErrFrame, says: fmt.Sprintf("at byte %d", at+4)},
		{name: "header", files: [][]byte{flip(at + 8 + 76)}, want: bitcoin.ErrBlock, says: "difficulty"},
		{name: "transaction", files: [][]byte{flip(at + 8 + 80 + 60)}, want: bitcoin.ErrBlock, says: "merkle"},
		{name: "count", files: [][]byte{flip(at + 8 + 80)}, want: bitcoin.ErrBlock, says: fmt.Sprintf("at byte %d", at+8+80)},
		{name: "gap", files: [][]byte{bytes.Join(rec[:5], nil), bytes.Join(rec[6:], nil)}, want: bitcoin.ErrGap, says: "parent"},
		{name: "torn, not newest", files: [][]byte{all[:len(all)-9], rec[0]}, want: bitcoin.ErrFrame, says: "cut short"},
		{name: "other network", files: [][]byte{all}, opt: bitcoin.Options{Network: bitcoin.Testnet4}, want: bitcoin.ErrFrame, says: "testnet4"},
		{name: "other genesis", files: [][]byte{all}, opt: bitcoin.Options{Network: other}, want: bitcoin.ErrNetwork, says: "first block"},
		{name: "no network", files: [][]byte{all}, opt: bitcoin.Options{Network: bitcoin.Network{Name: "x"}}, want: bitcoin.ErrNetwork},
		{name: "no files", want: bitcoin.ErrFrame, says: "no blk*.dat"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, f := range c.files {
				write(t, filepath.Join(dir, fmt.Sprintf("blk%05d.dat", i)), f)
			}
			if c.xor != nil {
				write(t, filepath.Join(dir, "xor.dat"), c.xor)
			}
			_, _, err := read(dir, c.opt)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want %v that says %q", err, c.want, c.says)
			}
		})
	}
	if _, _, err := read(filepath.Join(t.TempDir(), "absent"), bitcoin.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestResume(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "blk00000.dat"), firstRecords(t, 200)...)
	s := open(t, dir, bitcoin.Options{})
	all := transfers(t, s)
	for i := range all {
		n := i + 1
		for tr, err := range s.From(context.Background(), ledger.At(&all[i])) {
			if err != nil || tr.ID != all[n].ID {
				t.Fatalf("after %d: %s, %v", i, tr.ID, err)
			}
			n++
		}
		if n != len(all) {
			t.Fatalf("after %d: %d of %d", i, n, len(all))
		}
	}
	ref := ledger.BlockRef{Height: 150}
	for cb := range s.Blocks(context.Background(), ledger.BlockRef{}) {
		if cb.Height == 150 {
			ref = cb.BlockRef
		}
	}
	n := 0
	for cb, err := range s.Blocks(context.Background(), ref) {
		if err != nil || cb.Height != uint64(151+n) {
			t.Fatal(err)
		}
		n++
	}
	if n != 49 {
		t.Errorf("%d blocks after 150", n)
	}
	ref.Hash[0]++
	for _, err := range s.Blocks(context.Background(), ref) {
		if !errors.Is(err, ledger.ErrCursor) {
			t.Error(err)
		}
	}
	for _, c := range []ledger.Cursor{{ID: "x"}, {Key: ledger.Key{Block: 7}, ID: "x"}, {Key: ledger.Key{Block: 9999}, ID: "x"}} {
		for _, err := range s.From(context.Background(), c) {
			if !errors.Is(err, ledger.ErrCursor) {
				t.Errorf("%v: %v", c, err)
			}
		}
	}
}
