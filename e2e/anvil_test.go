package e2e

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/source/ethereum"
)

// Contracts, written for these tests in the machine's own code.
const (
	// deploy copies the 16 bytes behind it to memory and returns them:
	// PUSH1 16, DUP1, PUSH1 11, PUSH1 0, CODECOPY, PUSH1 0, RETURN.
	deploy16 = "601080600b6000396000f3"
	// hander sends the value it is called with on to the address that stands in the
	// first word of its call data, and does not mind when that fails:
	// CALL(gas, CALLDATALOAD(0), CALLVALUE, 0, 0, 0, 0), POP, STOP.
	hander = deploy16 + "6000600060006000" + "34" + "600035" + "5a" + "f1" + "5000"
	// refuser reverts: PUSH1 0, PUSH1 0, REVERT, and STOP to fill 16 bytes.
	refuser = deploy16 + "60006000fd" + "0000000000000000000000"
	// token is an EIP-20 token with nothing but transfer. Its constructor gives the
	// sender 1,000,000 units: SSTORE(CALLER, supply); MSTORE(0, supply);
	// LOG3(0, 32, Transfer, 0, CALLER); return of the 84 bytes behind it. The code:
	// v = CALLDATALOAD(36); b = SLOAD(CALLER); if b < v revert;
	// SSTORE(CALLER, b - v); to = CALLDATALOAD(4); SSTORE(to, SLOAD(to) + v);
	// MSTORE(0, v); LOG3(0, 32, Transfer, CALLER, to); return 1.
	token = "620f42403355620f42406000523360007fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60206000a360548060416000396000f3" +
		"6024353354818110604e57819003335560043580548201815590600052337fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60206000a3600160005260206000f35b60006000fd"
)

func startAnvil(t *testing.T) *evm {
	t.Helper()
	path := os.Getenv("COLDTRAIL_ANVIL")
	if path == "" {
		t.Skip("COLDTRAIL_ANVIL is not set: no real node is started")
	}
	e := startNode(t, path, func(port string) []string { return []string{"--port", port, "--silent"} })
	e.submit = func(from, to string, value uint64, data string) (hash string) {
		t.Helper()
		tx := map[string]any{"from": from, "value": fmt.Sprintf("0x%x", value), "data": "0x" + data, "gas": "0x100000"}
		if to != "" {
			tx["to"] = to
		}
		e.call(&hash, "eth_sendTransaction", tx)
		return hash
	}
	return e
}

// TestAnvilTheft: the theft is followed through the call inside the contract, by
// both ways to trace; without traces the trail ends at the contract, and the gap is
// stated.
func TestAnvilTheft(t *testing.T) {
	a := startAnvil(t)
	stolen, handed := theft(a)
	parity, transfers := read(t, a.open(ethereum.ByParity))
	geth, _ := read(t, a.open(ethereum.ByGeth))
	if !slices.Equal(parity, geth) {
		t.Errorf("trace_block and callTracer differ:\n%s\n\n%s", strings.Join(parity, "\n"), strings.Join(geth, "\n"))
	}
	checkTheft(t, parity, transfers, handed)
	bin := program(t)
	checkTrail(t, bin, a.socket(), ethereum.ByGeth, stolen, true)
	checkTrail(t, bin, a.url, ethereum.NoTraces, stolen, false)
}

// TestAnvilBalances: every account holds what the transfers say; over WebSocket as
// over HTTP.
func TestAnvilBalances(t *testing.T) {
	a := startAnvil(t)
	theft(a)
	_, transfers := read(t, a.open(""))
	if _, over := read(t, a.openAt(a.socket(), "")); !reflect.DeepEqual(over, transfers) {
		t.Errorf("over WebSocket %d transfers, over HTTP %d, or others", len(over), len(transfers))
	}
	checkBalances(t, a, "eip155:31337/slip44:60", transfers)
}

// TestAnvilReorganisations goes back by anvil's snapshots.
func TestAnvilReorganisations(t *testing.T) {
	a := startAnvil(t)
	var before []string // before[i]: the snapshot before block i of those to come
	checkReorganisations(t, a, chainOf{
		next: func() {
			var id string
			a.call(&id, "evm_snapshot")
			before = append(before, id)
		},
		empty: func(uint64) { a.call(nil, "evm_mine") },
		back: func(depth int) {
			var done bool
			a.call(&done, "evm_revert", before[len(before)-depth])
			if !done {
				t.Fatal("anvil does not go back")
			}
			before = before[:len(before)-depth]
		},
	})
}
