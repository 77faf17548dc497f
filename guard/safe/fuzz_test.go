package safe

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// FuzzDecode: no data makes the decoder panic or grow; a complete batch is one
// whose items stand in the bytes, each of them.
func FuzzDecode(f *testing.F) {
	f.Add(byte(1), multi(pack(0, alice, 7, nil), pack(0, token, 0, transfer(bob, 5))))
	f.Add(byte(1), multi(pack(1, sendLib, 0, multi(pack(1, sendLib, 0, multi(pack(0, alice, 1, nil)))))))
	f.Add(byte(0), encode("setup(address[],uint256,address,bytes,address,address,uint256,address)"))
	if data, err := os.ReadFile("testdata/calls/calls.json"); err == nil {
		var all []struct{ Data string }
		_ = json.Unmarshal(data, &all)
		for _, v := range all {
			raw, _ := evm.ParseHex(v.Data)
			f.Add(byte(0), raw)
		}
	}
	f.Fuzz(func(t *testing.T, op byte, data []byte) {
		tx := Transaction{To: sendLib, Data: data, Operation: Operation(op)}
		d := Decode(bybit, &tx)
		if len(d.Tree.Actions) > evm.MaxActions || len(d.Undecoded) > evm.MaxActions+3 {
			t.Fatalf("%d actions, %d undecoded", len(d.Tree.Actions), len(d.Undecoded))
		}
		if len(d.Tree.Actions) == 0 {
			t.Fatal("a transaction does nothing")
		}
		if !d.Complete() || d.Tree.Root.Function == nil || d.Tree.Root.Function.Name() != "multiSend" {
			return
		}
		var packed int
		for _, c := range d.Tree.Root.Inner {
			packed += itemHead + len(c.Data)
		}
		if got := len(d.Tree.Root.Args[0].Bytes); packed != got {
			t.Fatalf("%d bytes of items in %d bytes", packed, got)
		}
	})
}

// FuzzSignatures: no bytes make the reader panic, and each signature without a
// fault has a signer and a kind.
func FuzzSignatures(f *testing.F) {
	f.Add(mustHex(heist), byte(3))
	f.Add(append(contractSignature(alice, 65), data("proof")...), byte(0))
	f.Add(approved(alice), byte(1))
	f.Fuzz(func(t *testing.T, blob []byte, count byte) {
		if len(blob) > 65*20 {
			return // recovery is slow, and more signatures teach nothing
		}
		all, _ := ReadSignatures(blob, int(count), evm.Keccak(blob))
		for _, s := range all {
			if s.Fault == "" && s.Kind == "" {
				t.Fatalf("%+v", s)
			}
		}
	})
}
