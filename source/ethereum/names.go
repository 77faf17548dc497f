package ethereum

import (
	"encoding/binary"

	"github.com/coldtrail/coldtrail/ledger"
)

// names keeps addresses and the last hash that were read, so that one that comes
// again is neither checked nor copied again. What it gives is in canonical form; of
// anything else it says nothing.
type names struct {
	addresses [1 << 14]ledger.Account // by a part of the address; the later takes the place
	last      string
}

// address gives an address that is written in lower case.
func (n *names) address(text []byte) (ledger.Account, bool) {
	if len(text) != 42 {
		return "", false
	}
	// The last eight digits: they spread well, and one who makes them collide gains
	// only that his addresses are read more slowly.
	slot := &n.addresses[binary.LittleEndian.Uint64(text[34:])*0x9e3779b97f4a7c15>>50]
	if string(*slot) == string(text) {
		return *slot, true
	}
	if text[0] != '0' || text[1] != 'x' || !lowerHex(text[2:]) {
		return "", false
	}
	*slot = ledger.Account(text)
	return *slot, true
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
	n.last = string(text)
	return n.last, true
}
