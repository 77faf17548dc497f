package safe

import (
	"testing"

	"github.com/holiman/uint256"
	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// batch draws a multiSend of plain payments, token transfers and batches.
func batch(t *rapid.T, depth int) (data []byte, payments int) {
	var items [][]byte
	for range rapid.IntRange(1, 4).Draw(t, "items") {
		to := evm.Address(rapid.SliceOfN(rapid.ByteMin(1), 20, 20).Draw(t, "to"))
		switch kind := rapid.IntRange(0, 2).Draw(t, "kind"); {
		case kind == 2 && depth < 3:
			inner, n := batch(t, depth+1)
			items = append(items, pack(1, sendLib, 0, inner))
			payments += n
		case kind == 1:
			items = append(items, pack(0, to, 0, transfer(to, rapid.IntRange(0, 1<<40).Draw(t, "amount"))))
			payments++
		default:
			items = append(items, pack(0, to, 1+rapid.Uint64Max(1<<60).Draw(t, "value"), nil))
			payments++
		}
	}
	return multi(items...), payments
}

// TestBatchBits: every payment of a batch is found, however deep; and one bit
// changed anywhere changes the actions or makes the batch incomplete.
func TestBatchBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data, payments := batch(t, 0)
		tx := Transaction{To: sendLib, Data: data, Operation: OperationDelegate}
		before := Decode(bybit, &tx)
		found := 0
		for _, a := range before.Tree.Actions {
			if a.Kind == evm.NativeTransfer || a.Kind == evm.TokenTransfer {
				found++
			}
		}
		if !before.Complete() || found != payments {
			t.Fatalf("%d of %d payments, %v", found, payments, before.Undecoded)
		}
		i := rapid.IntRange(0, 8*len(data)-1).Draw(t, "bit")
		data[i/8] ^= 1 << (i % 8)
		after := Decode(bybit, &tx)
		if after.Digests.SafeTxHash == before.Digests.SafeTxHash {
			t.Fatal("the hash does not cover the data")
		}
		if after.Complete() && describe(after.Tree.Actions, nil) == describe(before.Tree.Actions, nil) {
			t.Fatalf("bit %d of %x has no meaning", i, data)
		}
	})
}

// TestDomains: two wallets, two chains or the two sides of 1.3.0 never share a
// digest, except that old wallets share theirs across chains.
func TestDomains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.SampledFrom(versions)
		wallet := func(label string) Wallet {
			return Wallet{
				Address: evm.Address{19: rapid.Byte().Draw(t, label+" address")},
				ChainID: *uint256.NewInt(rapid.Uint64Range(1, 3).Draw(t, label+" chain")),
				Version: version.Draw(t, label+" version"),
			}
		}
		a, b := wallet("a"), wallet("b")
		tx := Transaction{To: alice, Nonce: *uint256.NewInt(rapid.Uint64().Draw(t, "nonce"))}
		bound := a.Version.BindsChain()
		want := a.Address == b.Address && bound == b.Version.BindsChain() && (!bound || a.ChainID == b.ChainID)
		if got := tx.Digests(a).SafeTxHash == tx.Digests(b).SafeTxHash; got != want {
			t.Fatalf("%+v and %+v: same digest %v", a, b, got)
		}
	})
}
