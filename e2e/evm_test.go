package e2e

import (
	"bytes"
	"fmt"
	"math/big"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// evm is a running node of Ethereum that mines each transaction at once.
type evm struct {
	t        *testing.T
	url      string
	accounts []string // ten, with ether
	// submit sends a transaction of one of the accounts and gives its hash.
	submit  func(from, to string, value uint64, data string) string
	receipt struct{ TransactionHash, ContractAddress, Status string } // of the last transaction sent
}

// startNode starts a program that answers at the port it is given, and ends it with
// the test.
func startNode(t *testing.T, path string, args func(port string) []string) *evm {
	t.Helper()
	port := strconv.Itoa(freeAddress(t).Port)
	cmd := exec.Command(path, args(port)...)
	said := new(bytes.Buffer)
	cmd.Stderr = said // where geth writes what it does
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		<-ended // a killed node ends with an error of its own
	})
	e := &evm{t: t, url: "http://127.0.0.1:" + port}
	for range 600 { // a busy machine is slow to start it
		if e.try(&e.accounts, "eth_accounts") == nil {
			return e
		}
		select {
		case err := <-ended:
			t.Fatalf("%s ends: %v\n%s", path, err, said)
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("%s does not answer", path)
	return nil
}

// socket is the node's address for WebSocket, on the same port.
func (e *evm) socket() string { return "ws" + strings.TrimPrefix(e.url, "http") }

func (e *evm) try(out any, method string, params ...any) error {
	return post(e.url, "2.0", nil, out, method, params)
}

func (e *evm) call(out any, method string, params ...any) {
	e.t.Helper()
	if err := e.try(out, method, params...); err != nil {
		e.t.Fatal(err)
	}
}

// send sends a transaction, waits until it is mined, and gives its hash.
func (e *evm) send(from, to string, value uint64, data string) string {
	e.t.Helper()
	return e.mined(e.submit(from, to, value, data))
}

// mined waits until a transaction is in a block.
func (e *evm) mined(hash string) string {
	e.t.Helper()
	for range 4000 { // a busy machine takes its time
		// geth says that its index of transactions is not ready, when it is not.
		if err := e.try(&e.receipt, "eth_getTransactionReceipt", hash); err == nil && e.receipt.TransactionHash == hash {
			return hash
		}
		time.Sleep(5 * time.Millisecond)
	}
	e.t.Fatalf("%s is not mined", hash)
	return ""
}

// deploy makes a contract and gives its address.
func (e *evm) deploy(code string) string {
	e.t.Helper()
	e.send(e.accounts[9], "", 0, code)
	if e.receipt.Status != "0x1" {
		e.t.Fatalf("a contract that fails to be made: %+v", e.receipt)
	}
	return e.receipt.ContractAddress
}

// number asks for a quantity.
func (e *evm) number(method string, params ...any) *big.Int {
	e.t.Helper()
	var text string
	e.call(&text, method, params...)
	n, ok := new(big.Int).SetString(strings.TrimPrefix(text, "0x"), 16)
	if !ok {
		e.t.Fatalf("%s: %q", method, text)
	}
	return n
}

func word(address string) string { return strings.Repeat("0", 24) + strings.TrimPrefix(address, "0x") }

func (e *evm) open(traces string) *ethereum.Node { return e.openAt(e.url, traces) }

func (e *evm) openAt(url, traces string) *ethereum.Node {
	e.t.Helper()
	n, err := ethereum.OpenNode(e.t.Context(), url, ethereum.NodeOptions{Traces: traces})
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() {
		if err := n.Close(); err != nil {
			e.t.Error(err)
		}
	})
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
func theft(e *evm) (stolen, handed string) {
	bank, thief := e.accounts[0], e.accounts[8] // who has nothing of its own in the data
	hands, refuses := e.deploy(hander), e.deploy(refuser)
	stolen = e.send(bank, thief, 5_000_000_000_000_000_000, "")
	handed = e.send(thief, hands, 4_000_000_000_000_000_000, word(stash))
	e.send(thief, hands, 7, word(refuses))
	coin := e.deploy(token)
	e.send(e.accounts[9], coin, 0, "a9059cbb"+word(bank)+fmt.Sprintf("%064x", 1000))
	e.send(bank, coin, 0, "a9059cbb"+word(thief)+fmt.Sprintf("%064x", 400))
	e.send(bank, coin, 0, "a9059cbb"+word(thief)+fmt.Sprintf("%064x", 601)) // too much: fails
	return stolen, handed
}

// checkTheft looks for what theft made among the transfers.
func checkTheft(t *testing.T, lines []string, transfers []ledger.Transfer, handed string) {
	t.Helper()
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
	if inside != 1 || failed != 1 || !reflect.DeepEqual(tokens, []string{"1000000", "1000", "400"}) {
		t.Errorf("%d transfers inside, %d failed, tokens %v:\n%s", inside, failed, tokens, strings.Join(lines, "\n"))
	}
}

// program builds coldtrail.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "coldtrail")
	if out, err := exec.Command("go", "build", "-C", "..", "-o", path, "./cmd/coldtrail").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// checkTrail ingests the node with the program and traces what was stolen: to the
// stash, or, where the node gives no traces, to the contract and a stated gap. traces
// empty leaves the way to the program.
func checkTrail(t *testing.T, program, url, traces, stolen string, whole bool) {
	t.Helper()
	store, args := filepath.Join(t.TempDir(), "store"), []string{"ingest", "ethereum", "--node", url}
	if traces != "" {
		args = append(args, "--traces", traces)
	}
	if out, err := exec.Command(program, append(args, "--store", store)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := exec.Command(program, "trace", "--store", store, "--theft", "heist="+stolen, "--limit", "-1").Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	const end = "5ca5e1      4.0000" // the row of the stash, its address shortened
	said := map[bool]string{true: "internal complete", false: "internal gap"}[whole]
	if out := string(text); strings.Contains(out, end) != whole || !strings.Contains(out, said) {
		t.Errorf("%s, traces %q: wanted the stash %v and %q:\n%s", url, traces, whole, said, out)
	}
}

// checkBalances compares what the transfers say that every account holds, fees burnt
// and tips received included, with what the node says, to the last wei.
func checkBalances(t *testing.T, e *evm, native string, transfers []ledger.Transfer) {
	t.Helper()
	moved, tips := map[ledger.Account]*big.Int{}, 0
	add := func(who ledger.Account, n *big.Int, sign int64) {
		if moved[who] == nil {
			moved[who] = new(big.Int)
		}
		moved[who].Add(moved[who], new(big.Int).Mul(n, big.NewInt(sign)))
	}
	for i := range transfers {
		tr := &transfers[i]
		if string(tr.Asset) != native {
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
	delete(moved, ledger.Outside)
	if tips == 0 || len(moved) < 6 {
		t.Errorf("%d tips, %d accounts", tips, len(moved))
	}
	for who, change := range moved {
		now, first := e.number("eth_getBalance", string(who), "latest"), e.number("eth_getBalance", string(who), "0x0")
		if got := now.Sub(now, first); got.Cmp(change) != 0 {
			t.Errorf("%s: its balance changed by %s, the transfers say %s", who, got, change)
		}
	}
	t.Logf("%d transfers, %d tips, %d accounts", len(transfers), tips, len(moved))
}
