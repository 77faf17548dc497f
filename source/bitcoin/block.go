package bitcoin

import (
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
)

// headerSize is the length of a block header.
const headerSize = 80

// parser reads blocks one after another into the same memory.
type parser struct {
	sink   sink
	cb     ledger.CoinBlock
	merkle []ledger.Hash
	check  bool // hold the merkle root
}

// block parses the bytes of one block. The result is good until the next call.
func (p *parser) block(raw []byte) (*ledger.CoinBlock, *txFault) {
	if len(raw) < headerSize+1 {
		return nil, &txFault{0, "the header is cut short"}
	}
	cb := &p.cb
	*cb = ledger.CoinBlock{Txs: cb.Txs[:0]}
	cb.Hash, cb.Parent = doubleSHA(raw[:headerSize]), ledger.Hash(raw[4:36])
	cb.Time = int64(le32(raw[68:]))
	s := &p.sink
	s.ins, s.outs, s.keys = s.ins[:0], s.outs[:0], s.keys[:0]
	n, i, ok := size(raw, headerSize)
	if !ok || n == 0 || n > uint64(len(raw)-i)/10 {
		return nil, &txFault{headerSize, "the number of transactions is not possible"}
	}
	for k := range n {
		first := len(s.ins)
		t, bad := s.walk(raw, i)
		if bad != nil {
			return nil, bad
		}
		if bad := p.place(k == 0, first, i); bad != nil {
			return nil, bad
		}
		cb.Txs = append(cb.Txs, ledger.CoinTx{ID: s.txid(raw, &t), Ins: uint32(len(s.ins)), Outs: uint32(len(s.outs))})
		i = t.end
	}
	if i != len(raw) {
		return nil, &txFault{i, fmt.Sprintf("%d bytes behind the last transaction", len(raw)-i)}
	}
	cb.Ins, cb.Outs, cb.Keys = s.ins, s.outs, s.keys
	if p.check && p.root() != ledger.Hash(raw[36:68]) {
		return nil, &txFault{36, "the merkle root is not that of the transactions"}
	}
	return cb, nil
}

// place holds that the first transaction, and no other, is a coinbase, and
// drops its input.
func (p *parser) place(coinbase bool, first, at int) *txFault {
	ins := p.sink.ins[first:]
	if coinbase {
		if len(ins) != 1 || !isNull(ins[0]) {
			return &txFault{at, "the first transaction is not a coinbase"}
		}
		p.sink.ins = p.sink.ins[:first]
		return nil
	}
	for _, in := range ins {
		if isNull(in) {
			return &txFault{at, "a transaction behind the first is a coinbase, or spends no coin"}
		}
	}
	return nil
}

// root is the merkle root of the txids: pairs are hashed, an odd last one with
// itself.
func (p *parser) root() ledger.Hash {
	p.merkle = p.merkle[:0]
	for _, t := range p.cb.Txs {
		p.merkle = append(p.merkle, t.ID)
	}
	var pair [64]byte
	for row := p.merkle; ; {
		if len(row) == 1 {
			return row[0]
		}
		for i := 0; i < len(row); i += 2 {
			copy(pair[:32], row[i][:])
			copy(pair[32:], row[min(i+1, len(row)-1)][:])
			row[i/2] = doubleSHA(pair[:])
		}
		row = row[:(len(row)+1)/2]
	}
}

// ParseBlock parses the bytes of one block, header to last transaction, and
// checks its merkle root; height and subsidy are left zero. It fails with an
// *Error around ErrBlock whose Offset is the place.
func (n *Network) ParseBlock(raw []byte) (*ledger.CoinBlock, error) {
	p := parser{check: true, sink: sink{program: n.HRP != ""}}
	cb, bad := p.block(raw)
	if bad != nil {
		return nil, &Error{Offset: int64(bad.at), Msg: fmt.Sprintf("byte %d of the block: %s", bad.at, bad.msg), Err: ErrBlock}
	}
	return cb, nil
}
