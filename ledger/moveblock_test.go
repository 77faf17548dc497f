package ledger_test

import (
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

func TestMoveIDs(t *testing.T) {
	id := [32]byte{0: 0xab, 31: 1}
	if got := ledger.MoveID(ledger.MoveTxName(&id, 7, 3), 2); got != "0xab00000000000000000000000000000000000000000000000000000000000001/2" {
		t.Error(got)
	}
	if got := ledger.MoveTxName(nil, 7, 3); got != "7:3" {
		t.Error(got)
	}
	for id, want := range map[string]string{"7:3/0": "7:3", "x/4294967295": "x", "7:3": "", "7:3/": "", "7:3/01": "", "x/4294967296": "", "x/-1": "", "x/1/2": ""} {
		tx, sub, ok := ledger.CutMoveID(id)
		if ok != (want != "") || ok && (tx != want || ledger.MoveID(tx, sub) != id) {
			t.Errorf("%s: %q, %d, %v", id, tx, sub, ok)
		}
	}
}
