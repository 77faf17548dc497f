package safe

import "testing"

// BenchmarkCheck is what a guard computes for one transaction: the digests, the
// calls and the signers of three signatures.
func BenchmarkCheck(b *testing.B) {
	_, tx := nonce71()
	blob := mustHex(heist)
	for b.Loop() {
		d := Decode(bybit, &tx)
		if all, err := ReadSignatures(blob, 3, d.Digests.SafeTxHash); err != nil || all[2].Fault != "" {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode is the same without signatures.
func BenchmarkDecode(b *testing.B) {
	_, tx := nonce71()
	for b.Loop() {
		if d := Decode(bybit, &tx); !d.Complete() {
			b.Fatal(d.Undecoded)
		}
	}
}

// BenchmarkBatch reads a batch of 900 token transfers.
func BenchmarkBatch(b *testing.B) {
	var items [][]byte
	for range 900 {
		items = append(items, pack(0, token, 0, transfer(alice, 5)))
	}
	tx := Transaction{To: sendLib, Data: multi(items...), Operation: OperationDelegate}
	for b.Loop() {
		if d := Decode(bybit, &tx); !d.Complete() {
			b.Fatal(d.Undecoded)
		}
	}
}
