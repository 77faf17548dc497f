package ethereum

import (
	"encoding/binary"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// names keeps addresses and the last hash that were read, so that one that comes
// again is neither checked nor copied again. What it gives is in canonical form; of
// anything else it says nothing.
type names struct {
	addresses [1 << 12]named // by a part of the address; the later takes the place
	last      string
	texts     texts
}

// named is an address and its last eight digits.
type named struct {
	tail uint64
	as   ledger.Account
}

// texts keeps strings that live and die together, many in one piece of memory.
type texts struct{ piece strings.Builder }

// pieceSize is small: who keeps one of the strings keeps the piece.
const pieceSize = 1 << 10

func (t *texts) keep(text []byte) string {
	at := t.piece.Len()
	if t.piece.Cap()-at < len(text) {
		t.piece, at = strings.Builder{}, 0
		t.piece.Grow(max(pieceSize, len(text)))
	}
	t.piece.Write(text)
	return t.piece.String()[at:]
}

// address gives an address that is written in lower case.
func (n *names) address(text []byte) (ledger.Account, bool) {
	if len(text) != 42 {
		return "", false
	}
	// The last eight digits: they spread well, and one who makes them collide gains
	// only that his addresses are read more slowly.
	tail := binary.LittleEndian.Uint64(text[34:])
	slot := &n.addresses[tail*0x9e3779b97f4a7c15>>52]
	if slot.tail == tail && string(slot.as) == string(text) {
		return slot.as, true
	}
	if text[0] != '0' || text[1] != 'x' || !lowerHex(text[2:]) {
		return "", false
	}
	*slot = named{tail, ledger.Account(text)}
	return slot.as, true
}

// hash gives a hash that is written in lower case. Rows of one transaction stand
// together.
func (n *names) hash(text []byte) (string, bool) {
	if len(text) != 66 {
		return "", false
	}
	if n.last == string(text) {
		return n.last, true
	}
	if text[0] != '0' || text[1] != 'x' || !lowerHex(text[2:]) {
		return "", false
	}
	n.last = n.texts.keep(text)
	return n.last, true
}
