package bitcoin_test

import (
	"bytes"
	"compress/bzip2"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// same holds a block of ours against btcd's reading of the same bytes: ids,
// spent coins, amounts, and the address of every output that has one.
func same(t *testing.T, n bitcoin.Network, params *chaincfg.Params, cb *ledger.CoinBlock, want *wire.MsgBlock) (addresses int) {
	t.Helper()
	if ledger.Hash(want.BlockHash()) != cb.Hash || want.Header.Timestamp.Unix() != cb.Time || len(cb.Txs) != len(want.Transactions) {
		t.Fatalf("block %s: hash, time or count differ from btcd's %s", cb.Hash, want.BlockHash())
	}
	codec := bitcoin.NewCodec(n)
	var in, out, key uint32
	for i, w := range want.Transactions {
		tx := cb.Txs[i]
		if ledger.Hash(w.TxHash()) != tx.ID {
			t.Fatalf("transaction %d: %s, btcd says %s", i, tx.ID, w.TxHash())
		}
		ins, outs := cb.Ins[in:tx.Ins], cb.Outs[out:tx.Outs]
		if i > 0 && len(ins) != len(w.TxIn) || len(outs) != len(w.TxOut) {
			t.Fatalf("%s: %d inputs and %d outputs", tx.ID, len(ins), len(outs))
		}
		for k, c := range ins {
			if p := w.TxIn[k].PreviousOutPoint; ledger.Hash(p.Hash) != c.Tx || p.Index != c.Index {
				t.Fatalf("%s: input %d spends %s:%d, btcd says %s", tx.ID, k, c.Tx, c.Index, p)
			}
		}
		for k, o := range outs {
			if int64(o.Amount) != w.TxOut[k].Value {
				t.Fatalf("%s:%d: %d", tx.ID, k, o.Amount)
			}
			got, err := codec.Account(cb.Keys[key:o.Key])
			if err != nil {
				t.Fatal(err)
			}
			addresses += sameAddress(t, params, got, w.TxOut[k].PkScript)
			if back := codec.AppendKey(nil, got); !bytes.Equal(back, cb.Keys[key:o.Key]) {
				t.Fatalf("%s: key %x came back as %x", got, cb.Keys[key:o.Key], back)
			}
			key = o.Key
		}
		in, out = tx.Ins, tx.Outs
	}
	return addresses
}

func sameAddress(t *testing.T, params *chaincfg.Params, got ledger.Account, script []byte) int {
	t.Helper()
	class, addrs, _, err := txscript.ExtractPkScriptAddrs(script, params)
	switch {
	case err != nil || len(addrs) == 0:
		if !strings.HasPrefix(string(got), "script") && class != txscript.PubKeyTy {
			t.Fatalf("script %x: we say %s, btcd has no address", script, got)
		}
		return 0
	case class == txscript.MultiSigTy:
		if !strings.HasPrefix(string(got), "multisig:") {
			t.Fatalf("script %x: %s", script, got)
		}
		if _, keys := bitcoin.MultiSigKeys(script); len(keys) < len(addrs) {
			t.Fatalf("script %x: %d keys, btcd has %d", script, len(keys), len(addrs))
		}
		return 0
	}
	if addrs[0].EncodeAddress() != string(got) {
		t.Fatalf("script %x: %s, btcd says %s", script, got, addrs[0].EncodeAddress())
	}
	return 1
}

// The first 14,132 blocks of the real chain, as a node wrote them.
func TestFirstBlocksAgainstBtcd(t *testing.T) {
	data, err := os.ReadFile(btcdFile(t, "blockchain/testdata/blk_0_to_14131.dat"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "blk00000.dat"), data)
	s := open(t, dir, bitcoin.Options{})
	var blocks, txs, addresses int
	for cb, err := range s.Blocks(context.Background(), ledger.BlockRef{}) {
		if err != nil {
			t.Fatal(err)
		}
		if int(cb.Height) != blocks {
			t.Fatalf("height %d after %d blocks", cb.Height, blocks)
		}
		var want wire.MsgBlock
		if err := want.Deserialize(bytes.NewReader(data[cb.Offset:])); err != nil {
			t.Fatal(err)
		}
		addresses += same(t, s.Network(), &chaincfg.MainNetParams, cb, &want)
		blocks++
		txs += len(cb.Txs)
	}
	if blocks != 14132 || txs != 14247 {
		t.Errorf("%d blocks, %d transactions; want 14,132 and 14,247", blocks, txs)
	}
	if got := len(transfers(t, s)); got != txs {
		t.Errorf("%d transfers", got)
	}
	t.Logf("%d addresses", addresses)
}

// Single later blocks: 277,647 before SegWit, 540,107 and 574,200 with it.
func TestSingleBlocksAgainstBtcd(t *testing.T) {
	for _, name := range []string{"blockchain/testdata/277647.dat.bz2", "wire/testdata/block-00000000000000000021868c2cefc52a480d173c849412fe81c4e5ab806f94ab.blk", "wire/testdata/block-0000000000000000001602407ac49862a7bca9d00f7f402db20b7be2f5de59d2.blk"} {
		f, err := os.Open(btcdFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var r io.Reader = f
		if strings.HasSuffix(name, ".bz2") {
			r = bzip2.NewReader(f)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		var want wire.MsgBlock
		if bytes.HasPrefix(raw, bitcoin.Mainnet.Magic[:]) {
			raw = raw[8:]
		}
		rest := bytes.NewReader(raw)
		if err := want.Deserialize(rest); err != nil {
			t.Fatal(name, err)
		}
		cb, err := bitcoin.Mainnet.ParseBlock(raw[:len(raw)-rest.Len()])
		if err != nil {
			t.Fatal(name, err)
		}
		t.Logf("%s: %d transactions, %d addresses", name, len(cb.Txs), same(t, bitcoin.Mainnet, &chaincfg.MainNetParams, cb, &want))
		for _, tx := range btcutil.NewBlock(&want).Transactions() {
			var b bytes.Buffer
			if err := tx.MsgTx().Serialize(&b); err != nil {
				t.Fatal(err)
			}
			got, err := bitcoin.ParseTx(b.Bytes())
			if err != nil || got.ID != ledger.Hash(*tx.Hash()) {
				t.Fatalf("%s: %v", tx.Hash(), err)
			}
		}
	}
}
