package psbt

import (
	"bytes"

	"github.com/btcsuite/btcd/wire"
)

// KV is a record of a PSBT: the whole key with its type, and the value.
type KV struct{ Key, Value []byte }

// Write puts records together as a PSBT, as they are given. It checks nothing:
// tests and reconstructions use it to make good and bad ones.
func Write(global []KV, inputs, outputs [][]KV) []byte {
	var b bytes.Buffer
	b.Write(magic)
	writeMap(&b, global)
	for _, m := range inputs {
		writeMap(&b, m)
	}
	for _, m := range outputs {
		writeMap(&b, m)
	}
	return b.Bytes()
}

func writeMap(b *bytes.Buffer, records []KV) {
	for _, r := range records {
		_ = wire.WriteVarBytes(b, 0, r.Key) // a buffer takes everything
		_ = wire.WriteVarBytes(b, 0, r.Value)
	}
	b.WriteByte(0)
}
