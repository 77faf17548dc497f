package evm

import (
	"bytes"
	"testing"
)

// FuzzTransaction: no bytes make the reader panic, and what it takes is the one
// encoding: bytes that it takes twice with a change between have another digest.
func FuzzTransaction(f *testing.F) {
	for _, v := range vectors(f) {
		for _, text := range []string{v.Raw, v.Unsigned} {
			raw, _ := ParseHex(text)
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tx, err := ParseTransaction(raw)
		if err != nil {
			if tx != nil && tx.Signature == nil {
				t.Fatal("an error and a transaction")
			}
			return
		}
		tx.Decode(Decoder{Functions: StandardFunctions()})
		tx.MaxFee()
		if (tx.Sender == nil) != (tx.Signature == nil) {
			t.Fatalf("%+v", tx)
		}
		if !tx.Sidecar && tx.Signature != nil && tx.ID != Keccak(raw) {
			t.Fatal("the id is not the hash of the bytes")
		}
		if tx.Type == SetCode {
			for _, a := range tx.Authorizations {
				if (a.Authority == nil) != (a.Fault != "") {
					t.Fatalf("%+v", a)
				}
			}
		}
	})
}

// FuzzCalldata: no calldata makes the decoder panic or grow, and what it calls
// complete is a known function whose every byte was read.
func FuzzCalldata(f *testing.F) {
	functions := StandardFunctions()
	for sel := range functions {
		f.Add(append(sel[:], bytes.Repeat(word(1), 8)...))
	}
	f.Add(join(mustHex("c6427474"), word(1), word(2), word(96), word(4), bytes32(0xa9, 5, 0x9c, 0xbb)))
	f.Add(join(mustHex("2eb2c2d6"), word(1), word(2), word(160), word(224), word(288), word(1), word(7), word(1), word(1), word(0)))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree := Decoder{Functions: functions}.Decode(Frame{Data: data})
		if len(tree.Actions) > MaxActions || len(tree.Undecoded) > MaxActions+1 || len(tree.Actions) == 0 {
			t.Fatalf("%d actions, %d undecoded", len(tree.Actions), len(tree.Undecoded))
		}
		if tree.Complete() && len(data) > 0 && (tree.Root.Function == nil || len(data)%32 != 4) {
			t.Fatalf("complete: %x", data)
		}
	})
}
