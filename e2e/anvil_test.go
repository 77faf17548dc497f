package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
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

// anvil is a running node of Foundry that mines each transaction at once.
type anvil struct {
	t        *testing.T
	url      string
	accounts []string
	receipt  struct{ TransactionHash, ContractAddress, Status string } // of the last transaction sent
}

func startAnvil(t *testing.T) *anvil {
	t.Helper()
	path := os.Getenv("COLDTRAIL_ANVIL")
	if path == "" {
		t.Skip("COLDTRAIL_ANVIL is not set: no real node is started")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--port", strconv.Itoa(port), "--silent")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		cmd.Wait() // a killed node ends with an error of its own
	})
	a := &anvil{t: t, url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	for range 600 { // a busy machine is slow to start it
		if a.try(&a.accounts, "eth_accounts") == nil {
			return a
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("anvil does not answer")
	return nil
}

func (a *anvil) try(out any, method string, params ...any) error {
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	resp, err := http.Post(a.url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	reply := struct{ Result, Error any }{Result: out}
	if err := json.Unmarshal(text, &reply); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	if reply.Error != nil {
		return fmt.Errorf("%s: %v", method, reply.Error)
	}
	return nil
}

func (a *anvil) call(out any, method string, params ...any) {
	a.t.Helper()
	if err := a.try(out, method, params...); err != nil {
		a.t.Fatal(err)
	}
}

// send sends a transaction, waits until it is mined, and gives its hash.
func (a *anvil) send(from, to string, value uint64, data string) (hash string) {
	a.t.Helper()
	tx := map[string]any{"from": from, "value": fmt.Sprintf("0x%x", value), "data": "0x" + data, "gas": "0x100000"}
	if to != "" {
		tx["to"] = to
	}
	a.call(&hash, "eth_sendTransaction", tx)
	for range 4000 { // a busy machine takes its time
		if a.call(&a.receipt, "eth_getTransactionReceipt", hash); a.receipt.TransactionHash == hash {
			return hash
		}
		time.Sleep(5 * time.Millisecond)
	}
	a.t.Fatalf("%s is not mined", hash)
	return ""
}

// deploy makes a contract and gives its address.
func (a *anvil) deploy(code string) string {
	a.t.Helper()
	a.send(a.accounts[9], "", 0, code)
	if a.receipt.Status != "0x1" {
		a.t.Fatalf("a contract that fails to be made: %+v", a.receipt)
	}
	return a.receipt.ContractAddress
}

func word(address string) string { return strings.Repeat("0", 24) + strings.TrimPrefix(address, "0x") }

func (a *anvil) open(traces string) *ethereum.Node {
	a.t.Helper()
	n, err := ethereum.OpenNode(a.t.Context(), a.url, ethereum.NodeOptions{Traces: traces})
	if err != nil {
		a.t.Fatal(err)
	}
	return n
}

func read(t *testing.T, n *ethereum.Node) (out []string, all []ledger.Transfer) {
	t.Helper()
	for tr, err := range n.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, tr)
		out = append(out, fmt.Sprintf("%d.%d.%d %s %s>%s %s %s", tr.Key.Block, tr.Key.Tx, tr.Key.Sub, tr.ID, tr.From(), tr.To(), tr.Amount(), tr.Asset))
	}
	return out, all
}

const stash = "0x00000000000000000000000000000000005ca5e1"

// theft plants one: the bank pays the thief, who pays a contract, which hands the
// value on to a stash; the same with tokens, and with a call that fails inside.
func theft(a *anvil) (stolen, handed string) {
	bank, thief := a.accounts[0], a.accounts[1]
	hands, refuses := a.deploy(hander), a.deploy(refuser)
	stolen = a.send(bank, thief, 5_000_000_000_000_000_000, "")
	handed = a.send(thief, hands, 4_000_000_000_000_000_000, word(stash))
	a.send(thief, hands, 7, word(refuses))
	coin := a.deploy(token)
	a.send(a.accounts[9], coin, 0, "a9059cbb"+word(bank)+fmt.Sprintf("%064x", 1000))
	a.send(bank, coin, 0, "a9059cbb"+word(thief)+fmt.Sprintf("%064x", 400))
	a.send(bank, coin, 0, "a9059cbb"+word(thief)+fmt.Sprintf("%064x", 601)) // too much: fails
	return stolen, handed
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
	inside, tokens, failed := 0, []string(nil), 0
	for _, tr := range transfers {
		switch {
		case strings.Contains(tr.ID, "/call/"):
			if inside++; tr.Tx != handed || tr.To() != stash {
				t.Errorf("inside: %s to %s", tr.ID, tr.To())
			}
		case strings.Contains(string(tr.Asset), "/erc20:"):
			tokens = append(tokens, tr.Amount().String())
		case tr.Failed:
			failed++
		}
	}
	if inside != 1 || failed != 1 || !slices.Equal(tokens, []string{"1000000", "1000", "400"}) {
		t.Errorf("%d transfers inside, %d failed, tokens %v:\n%s", inside, failed, tokens, strings.Join(parity, "\n"))
	}
	program := filepath.Join(t.TempDir(), "coldtrail")
	if out, err := exec.Command("go", "build", "-C", "..", "-o", program, "./cmd/coldtrail").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	trace := func(traces string) string {
		store, url := filepath.Join(t.TempDir(), traces), a.url
		if traces == ethereum.ByGeth {
			url = "ws" + strings.TrimPrefix(url, "http")
		}
		if out, err := exec.Command(program, "ingest", "ethereum", "--node", url, "--traces", traces, "--store", store).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		out, err := exec.Command(program, "trace", "--store", store, "--theft", "heist="+stolen, "--limit", "-1").Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	const end = "5ca5e1      4.0000" // the row of the stash, its address shortened
	if out := trace(ethereum.ByGeth); !strings.Contains(out, end) || !strings.Contains(out, "internal complete") {
		t.Errorf("with traces the stash is not reached:\n%s", out)
	}
	if out := trace(ethereum.NoTraces); strings.Contains(out, end) || !strings.Contains(out, "internal gap") {
		t.Errorf("without traces:\n%s", out)
	}
}

// TestAnvilBalances: what the transfers say that every account holds, fees burnt and
// tips received included, is what the node says, to the last wei; over WebSocket as
// over HTTP.
func TestAnvilBalances(t *testing.T) {
	a := startAnvil(t)
	theft(a)
	_, transfers := read(t, a.open(""))
	socket, err := ethereum.OpenNode(t.Context(), "ws"+strings.TrimPrefix(a.url, "http"), ethereum.NodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if _, over := read(t, socket); !reflect.DeepEqual(over, transfers) {
		t.Errorf("over WebSocket %d transfers, over HTTP %d, or others", len(over), len(transfers))
	}
	moved, tips := map[ledger.Account]*big.Int{}, 0
	add := func(who ledger.Account, n *big.Int, sign int64) {
		if moved[who] == nil {
			moved[who] = new(big.Int)
		}
		moved[who].Add(moved[who], new(big.Int).Mul(n, big.NewInt(sign)))
	}
	for i := range transfers {
		tr := &transfers[i]
		if tr.Asset != "eip155:31337/slip44:60" {
			continue
		}
		add(tr.From(), tr.Debits[0].Amount.Big(), -1)
		if to := tr.To(); to != "" {
			add(to, tr.Amount().Big(), 1)
		}
		if tr.Attrs[ledger.AttrFee] == ledger.FeeTip {
			tips++
			add(ledger.Account(tr.Attrs[ledger.AttrPaidTo]), tr.Fee.Big(), 1)
		}
	}
	if tips == 0 || len(moved) < 6 {
		t.Errorf("%d tips, %d accounts", tips, len(moved))
	}
	for who, change := range moved {
		balance := func(at string) *big.Int {
			var text string
			a.call(&text, "eth_getBalance", string(who), at)
			n, ok := new(big.Int).SetString(strings.TrimPrefix(text, "0x"), 16)
			if !ok {
				t.Fatalf("balance %q", text)
			}
			return n
		}
		if got := new(big.Int).Sub(balance("latest"), balance("0x0")); got.Cmp(change) != 0 {
			t.Errorf("%s: its balance changed by %s, the transfers say %s", who, got, change)
		}
	}
	t.Logf("%d transfers, %d tips, %d accounts", len(transfers), tips, len(moved))
}

// TestAnvilReorganisations: a store is brought to anvil's chain through random
// reorganisations of depth 1 to 20, with missed heads and heads seen twice. In the
// end it says of its ledger what a fresh ingest says. COLDTRAIL_REORGS is how many;
// 5 by default.
func TestAnvilReorganisations(t *testing.T) {
	a := startAnvil(t)
	reorgs := 5
	if s := os.Getenv("COLDTRAIL_REORGS"); s != "" {
		var err error
		if reorgs, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	hands := a.deploy(hander)
	rng, before := rand.New(rand.NewPCG(9, 9)), []string(nil) // before[i]: the snapshot before block i of those to come
	mine := func(n int) {
		for range n {
			var id string
			a.call(&id, "evm_snapshot")
			before = append(before, id)
			value := 1 + rng.Uint64N(1e15)
			switch rng.IntN(4) {
			case 0: // an empty block
				a.call(nil, "evm_mine")
			case 1:
				a.send(a.accounts[rng.IntN(5)], hands, value, word(stash))
			default:
				a.send(a.accounts[rng.IntN(5)], a.accounts[5+rng.IntN(4)], value, "")
			}
		}
	}
	back := func(depth int) {
		var done bool
		a.call(&done, "evm_revert", before[len(before)-depth])
		if !done {
			t.Fatal("anvil does not go back")
		}
		before = before[:len(before)-depth]
	}
	mine(30)
	node, dir := a.open(""), filepath.Join(t.TempDir(), "live")
	undone, rounds, waits := 0, 0, []time.Duration(nil)
	follow := func(dir string) {
		t.Helper()
		w, err := graph.OpenWriter(dir, ethereum.Codec{})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		at, err := graph.Ingest(t.Context(), w, node, graph.IngestOptions{Undo: true})
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		waits, undone = append(waits, time.Since(start)), undone+at.Undone
		if at.Undone > 0 {
			rounds++
		}
	}
	follow(dir)
	for range reorgs {
		depth := 1 + rng.IntN(20)
		switch rng.IntN(3) {
		case 0:
			back(depth)
			mine(depth + 1)
		case 1: // heads are missed
			mine(3)
			back(depth)
			mine(depth + 2)
		case 2: // two reorganisations between two looks, the last one shorter than the first
			back(depth)
			mine(depth + 5)
			back(3)
			mine(1 + rng.IntN(3))
		}
		follow(dir)
		follow(dir) // the same head again
	}
	slices.Sort(waits)
	t.Logf("%d reorganisations, %d seen by the store, %d blocks with transfers undone; one look with all its blocks: p50 %s, p99 %s", reorgs, rounds, undone, waits[len(waits)/2], waits[len(waits)*99/100])
	if rounds < reorgs/2 {
		t.Errorf("only %d of %d reorganisations took blocks back", rounds, reorgs)
	}
	anew := filepath.Join(t.TempDir(), "fresh")
	follow(anew)
	if live, fresh := digest(t, dir, ethereum.Codec{}), digest(t, anew, ethereum.Codec{}); live != fresh {
		t.Errorf("followed: %s, read afresh: %s", live, fresh)
	}
}
