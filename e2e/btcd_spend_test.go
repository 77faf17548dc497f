package e2e

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// TestBtcdDoubleSpend: two transactions spend the same stolen coin. One lies in the
// node's memory pool, and a reader that follows the node is told nothing of it. The
// other is mined, and only that is in the store and on the trail. Then the chain is
// reorganised: the first is mined, and the trail follows it alone.
func TestBtcdDoubleSpend(t *testing.T) {
	miner, owner, thief, fence := someone(t, 1), someone(t, 5), someone(t, 2), someone(t, 3)
	shop := someone(t, 4)
	b := startBtcd(t, miner.address)
	b.call(nil, "generate", 110)
	_, theirs := b.pay([]coin{b.mined(1, miner)}, payment{owner, 49e8})
	b.call(nil, "generate", 1)
	theft, loot := b.pay(theirs, payment{thief, 48e8})
	b.call(nil, "generate", 1)

	dir := filepath.Join(t.TempDir(), "live")
	w := store(t, dir, b.node(t, func(context.Context, time.Duration) error { return nil }))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	// caughtUp follows the node until there is nothing more to tell.
	caughtUp := func() (undone int) {
		t.Helper()
		w, err := graph.OpenWriter(dir, codec)
		if err != nil {
			t.Fatal(err)
		}
		err = graph.Follow(t.Context(), w, b.node(t, func(context.Context, time.Duration) error { return errEnough }), func(f graph.Followed) error {
			if f.Undone {
				undone++
			}
			return nil
		})
		if !errors.Is(err, errEnough) {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return undone
	}

	// To the fence, in the memory pool.
	pooled := b.signed(loot, payment{fence, 47e8})
	b.send(pooled)
	if pool := b.pool(); !slices.Contains(pool, pooled.TxHash().String()) {
		t.Fatalf("the memory pool is %v", pool)
	}
	caughtUp()
	b.inStore(t, dir, pooled, false)
	if got := tracedFrom(t, dir, theft+":0"); !strings.Contains(got, thief.address) || strings.Contains(got, fence.address) {
		t.Errorf("before either is mined, the trail ends at\n%s", got)
	}

	// To the shop, mined by somebody whose pool never saw the other.
	mined := b.signed(loot, payment{shop, 46e8})
	b.mine(miner, mined)
	if undone := caughtUp(); undone != 0 {
		t.Errorf("%d blocks undone", undone)
	}
	b.inStore(t, dir, mined, true)
	b.inStore(t, dir, pooled, false)
	if got := tracedFrom(t, dir, theft+":0"); !strings.Contains(got, shop.address) || strings.Contains(got, fence.address) || strings.Contains(got, thief.address) {
		t.Errorf("with the one mined, the trail ends at\n%s", got)
	}

	// Another chain, on which the other is.
	var top string
	b.call(&top, "getbestblockhash")
	b.call(nil, "invalidateblock", top)
	b.mine(miner, pooled)
	b.call(nil, "generate", 1)
	if undone := caughtUp(); undone != 1 {
		t.Errorf("%d blocks undone, want 1", undone)
	}
	b.inStore(t, dir, mined, false)
	b.inStore(t, dir, pooled, true)
	if got := tracedFrom(t, dir, theft+":0"); !strings.Contains(got, fence.address) || strings.Contains(got, shop.address) || strings.Contains(got, thief.address) {
		t.Errorf("after the reorganisation, the trail ends at\n%s", got)
	}
	node := b.node(t, func(context.Context, time.Duration) error { return errEnough })
	if live, fresh := digest(t, dir, codec), fresh(t, node); live != fresh {
		t.Errorf("followed: %s, read afresh: %s", live, fresh)
	}
}

func (b *btcd) pool() (ids []string) { b.call(&ids, "getrawmempool"); return ids }

// inStore holds that a transaction is in the store, or is not.
func (b *btcd) inStore(t *testing.T, dir string, tx *wire.MsgTx, want bool) {
	t.Helper()
	s, err := graph.OpenStore(dir, codec)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found, err := s.Find(tx.TxHash().String())
	if err != nil && want {
		t.Fatal(err)
	}
	if (len(found) > 0) != want {
		t.Errorf("%s in the store: %v, want %v", tx.TxHash(), len(found) > 0, want)
	}
}

// mine puts a block with these transactions on the node's chain, made here and not
// from its memory pool.
func (b *btcd) mine(to person, txs ...*wire.MsgTx) {
	b.t.Helper()
	height := b.height() + 1
	below := wire.MsgBlock{}
	if err := below.Deserialize(bytes.NewReader(b.block(height - 1))); err != nil {
		b.t.Fatal(err)
	}
	// The height begins the coinbase's script (BIP 34).
	script, err := txscript.NewScriptBuilder().AddInt64(int64(height)).AddInt64(int64(len(txs))).Script()
	if err != nil {
		b.t.Fatal(err)
	}
	coinbase := wire.NewMsgTx(wire.TxVersion)
	coinbase.AddTxIn(wire.NewTxIn(&wire.OutPoint{Index: wire.MaxPrevOutIndex}, script, nil))
	coinbase.AddTxOut(wire.NewTxOut(int64(bitcoin.Regtest.SubsidyAt(uint64(height))), to.script))
	block := wire.MsgBlock{Header: wire.BlockHeader{Version: below.Header.Version, PrevBlock: below.BlockHash(), Timestamp: below.Header.Timestamp.Add(time.Second), Bits: below.Header.Bits}, Transactions: append([]*wire.MsgTx{coinbase}, txs...)}
	var leaves []*btcutil.Tx
	for _, tx := range block.Transactions {
		leaves = append(leaves, btcutil.NewTx(tx))
	}
	block.Header.MerkleRoot = blockchain.CalcMerkleRoot(leaves, false)
	for target := blockchain.CompactToBig(block.Header.Bits); ; block.Header.Nonce++ {
		if hash := block.BlockHash(); blockchain.HashToBig(&hash).Cmp(target) <= 0 {
			break
		}
	}
	var raw bytes.Buffer
	if err := block.Serialize(&raw); err != nil {
		b.t.Fatal(err)
	}
	b.call(nil, "submitblock", hex.EncodeToString(raw.Bytes()))
	if b.height() != height {
		b.t.Fatalf("the node did not take the block: its height is %d", b.height())
	}
}
