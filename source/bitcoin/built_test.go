package bitcoin_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// toy is a coin without proof of work or SegWit, for chains built by hand.
var toy = bitcoin.Network{Name: "toy", Magic: [4]byte{1, 2, 3, 4}, PubKeyHash: []byte{30}, ScriptHash: []byte{22}, Subsidy: 50, Halving: 2, CoinType: 1, Symbol: "TOY"}

func twice(b []byte) []byte {
	h := sha256.Sum256(b)
	h = sha256.Sum256(h[:])
	return h[:]
}

// rawTx is a transaction without witness that spends one coin.
func rawTx(tx []byte, vout uint32, amounts ...uint64) []byte {
	b := append([]byte{1, 0, 0, 0, 1}, tx...)
	b = binary.LittleEndian.AppendUint32(b, vout)
	b = append(b, 0, 0xff, 0xff, 0xff, 0xff)
	if n := len(amounts); n < 0xfd {
		b = append(b, byte(n))
	} else {
		b = binary.LittleEndian.AppendUint32(append(b, 0xfe), uint32(n))
	}
	for _, a := range amounts {
		b = append(binary.LittleEndian.AppendUint64(b, a), 1, 0x51)
	}
	return append(b, 0, 0, 0, 0)
}

// rawBlock is a record of one coinbase and at most one other transaction.
func rawBlock(parent []byte, nonce uint32, txs ...[]byte) (record, hash []byte) {
	root := twice(txs[0])
	if len(txs) == 2 {
		root = twice(append(root, twice(txs[1])...))
	}
	b := append(append([]byte{1, 0, 0, 0}, parent...), root...)
	b = append(b, 0, 0, 0, 0, 0xff, 0xff, 0x7f, 0x20)
	b = binary.LittleEndian.AppendUint32(b, nonce)
	hash = twice(b)
	b = append(b, byte(len(txs)))
	for _, t := range txs {
		b = append(b, t...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte{1, 2, 3, 4}, uint32(len(b))), b...), hash
}

var null = make([]byte, 32)

// The second of two equal coinbases replaces the first (BIP 30), and the coin
// that is spent later is the second's.
func TestRepeatedCoinbase(t *testing.T) {
	cb := rawTx(null, 0xffffffff, 40)
	r0, h0 := rawBlock(null, 0, cb)
	r1, h1 := rawBlock(h0, 1, cb)
	r2, _ := rawBlock(h1, 2, rawTx(null, 0xffffffff, 25, 3), rawTx(twice(cb), 0, 37))
	dir := t.TempDir()
	write(t, filepath.Join(dir, "blk00000.dat"), r0, r1, r2)
	all := transfers(t, open(t, dir, bitcoin.Options{Network: toy}))
	if len(all) != 4 || all[1].ID != all[0].ID+"@1" || all[1].Tx != all[0].Tx {
		t.Fatalf("%+v", all)
	}
	if got := all[3].Debits[0].Spends; got != (ledger.Coin{Tx: all[1].Tx}) || all[3].Fee != money.Units(3) {
		t.Errorf("spends %s, fee %s", got, all[3].Fee)
	}
	if got := all[2].Debits[0].Amount; got != money.Units(25) {
		t.Errorf("block 2 makes %s after one halving", got)
	}
}

func TestCoinsThatAreNotThere(t *testing.T) {
	cb := rawTx(null, 0xffffffff, 40)
	for name, tx := range map[string][]byte{"no such output": rawTx(twice(cb), 1, 1), "pays too much": rawTx(twice(cb), 0, 41)} {
		r0, h0 := rawBlock(null, 0, cb)
		r1, _ := rawBlock(h0, 1, rawTx(null, 0xffffffff, 50), tx)
		dir := t.TempDir()
		write(t, filepath.Join(dir, "blk00000.dat"), r0, r1)
		var last error
		for _, last = range open(t, dir, bitcoin.Options{Network: toy}).All(t.Context()) {
		}
		var e *bitcoin.Error
		if !errors.As(last, &e) || e.Offset != int64(len(r0)+8) {
			t.Errorf("%s: %v", name, last)
		}
	}
}

// Counts above 65,535 take the long CompactSize.
func TestManyOutputs(t *testing.T) {
	raw := rawTx(null, 0xffffffff, make([]uint64, 70_000)...)
	tx, err := bitcoin.ParseTx(raw)
	if err != nil || len(tx.Out) != 70_000 || !tx.Coinbase() {
		t.Fatal(err)
	}
	rec, _ := rawBlock(null, 0, raw)
	cb, err := toy.ParseBlock(rec[8:])
	if err != nil || len(cb.Outs) != 70_000 || int(cb.Outs[69_999].Key) != len(cb.Keys) {
		t.Fatal(err)
	}
}

func TestTransactionsCutAnywhere(t *testing.T) {
	for _, raw := range [][]byte{
		rawTx(null, 7, 1, 2, 3),
		// One input, one output, one witness item.
		append(append([]byte{2, 0, 0, 0, 0, 1}, rawTx(null, 7, 1)[4:57]...), 1, 2, 0xaa, 0xbb, 0, 0, 0, 0),
	} {
		if tx, err := bitcoin.ParseTx(raw); err != nil {
			t.Fatal(err)
		} else if tx.SegWit && (len(tx.In[0].Witness) != 1 || tx.ID != ledger.Hash(twice(rawTxVersion2(raw)))) {
			t.Errorf("%+v", tx)
		}
		for n := range raw {
			if _, err := bitcoin.ParseTx(raw[:n]); !errors.Is(err, bitcoin.ErrTx) {
				t.Errorf("cut at %d: %v", n, err)
			}
		}
		if _, err := bitcoin.ParseTx(append(raw, 0)); !errors.Is(err, bitcoin.ErrTx) {
			t.Errorf("a byte too many: %v", err)
		}
	}
	for name, raw := range map[string][]byte{
		"count that no bytes can hold": {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
		"long form of a short count":   append([]byte{1, 0, 0, 0, 0xfd, 1, 0}, rawTx(null, 7, 1)[5:]...),
		"negative amount":              rawTx(null, 7, 1<<63),
		"flag without witness":         append(append([]byte{2, 0, 0, 0, 0, 1}, rawTx(null, 7, 1)[4:57]...), 0, 0, 0, 0, 0),
	} {
		if _, err := bitcoin.ParseTx(raw); !errors.Is(err, bitcoin.ErrTx) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// rawTxVersion2 is the transaction above without marker, flag and witness.
func rawTxVersion2(raw []byte) []byte {
	b := append([]byte{2, 0, 0, 0}, raw[6:len(raw)-8]...)
	return append(b, 0, 0, 0, 0)
}
