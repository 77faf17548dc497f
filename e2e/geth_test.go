package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// Contracts that destroy themselves (EIP-6780), in the machine's own code.
const (
	// leaver pays all it has to the stash: PUSH20 stash, SELFDESTRUCT.
	leaver = "601680600b6000396000f3" + "7300000000000000000000000000000000005ca5e1ff"
	// stayer pays all it has to itself, which changes nothing: ADDRESS, SELFDESTRUCT.
	stayer = "600280600b6000396000f3" + burner
	// born is no contract but what would make one: it destroys itself in favour of who
	// makes it, in the transaction that makes it: CALLER, SELFDESTRUCT.
	born = "33ff"
	// burner does the same in its own favour, and burns what it has: ADDRESS,
	// SELFDESTRUCT.
	burner = "30ff"
)

const gethNative = "eip155:1337/slip44:60"

// geth is a node of developers, with accounts whose keys are ours.
type geth struct {
	*evm
	keys  map[string]key
	rich  string // the node's own account
	chain uint64
	gave  int // withdrawals
}

// gethPath is the program; tests that need it are skipped where it is not named.
func gethPath(t *testing.T) string {
	t.Helper()
	path := os.Getenv("COLDTRAIL_GETH")
	if path == "" {
		t.Skip("COLDTRAIL_GETH is not set: no real node is started")
	}
	return path
}

// startGeth starts geth in a folder, with the groups of methods that it offers over
// HTTP and WebSocket.
func startGeth(t *testing.T, dir, methods string) *geth {
	t.Helper()
	g := &geth{keys: map[string]key{}, chain: 1337}
	g.evm = startNode(t, gethPath(t), func(port string) []string {
		// Archive: traces of any block, as the state of old blocks is kept.
		return []string{"--dev", "--datadir", dir, "--gcmode", "archive", "--state.scheme", "hash", "--ipcdisable", "--port", "0", "--nodiscover", "--authrpc.port", "0", "--verbosity", "2",
			"--http", "--http.port", port, "--http.api", methods, "--ws", "--ws.port", port, "--ws.api", methods}
	})
	g.rich, g.accounts = g.accounts[0], nil
	for i := range byte(10) {
		k := keyOf(i + 1)
		g.keys[k.address], g.accounts = k, append(g.accounts, k.address)
		if i == 8 { // the thief
			continue
		}
		var hash string
		g.call(&hash, "eth_sendTransaction", map[string]any{"from": g.rich, "to": k.address, "value": "0x3635c9adc5dea00000"}) // 1,000 ether
		g.mined(hash)
	}
	g.submit = func(from, to string, value uint64, data string) string {
		t.Helper()
		f := g.fields(from, to, value, data)
		return g.sendRaw(raw(2, g.keys[from].typed(2, f)))
	}
	return g
}

const gwei = 1_000_000_000

// fields are those of EIP-1559: chain, nonce, tip, highest price, gas, receiver,
// value, data, access list.
func (g *geth) fields(from, to string, value uint64, data string) []any {
	g.t.Helper()
	nonce := g.number("eth_getTransactionCount", from, "latest")
	return []any{g.chain, nonce, uint64(gwei), uint64(100 * gwei), uint64(3_000_000), unhex(to), value, unhex(data), []any{}}
}

// sendRaw hands a signed transaction in. A node that has just gone back may not have
// told its pool: it is asked again.
func (g *geth) sendRaw(tx []byte) (hash string) {
	g.t.Helper()
	var err error
	for range 1000 {
		if err = g.try(&hash, "eth_sendRawTransaction", "0x"+hex.EncodeToString(tx)); err == nil {
			return hash
		}
		time.Sleep(5 * time.Millisecond)
	}
	g.t.Fatal(err)
	return ""
}

// withdraw has the node mine a withdrawal of the consensus layer, in gwei, and waits
// for it.
func (g *geth) withdraw(to string, amount uint64) {
	g.t.Helper()
	at := g.number("eth_blockNumber")
	n := fmt.Sprintf("0x%x", g.gave)
	g.gave++
	g.call(nil, "dev_addWithdrawal", map[string]string{"index": n, "validatorIndex": "0x7", "address": to, "amount": fmt.Sprintf("0x%x", amount)})
	for range 4000 {
		if g.number("eth_blockNumber").Cmp(at) > 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	g.t.Fatal("a withdrawal is not mined")
}

// TestGethTheft: the theft is followed through the call inside the contract, over
// HTTP and over WebSocket; where the node offers no debug methods the trail ends at
// the contract, and the gap is stated.
func TestGethTheft(t *testing.T) {
	bin := program(t)
	g := startGeth(t, t.TempDir(), "eth,debug")
	stolen, handed := theft(g.evm)
	node := g.open("")
	lines, transfers := read(t, node)
	if node.Traces() != ethereum.ByGeth {
		t.Errorf("traces by %q", node.Traces())
	}
	checkTheft(t, lines, transfers, handed)
	checkTrail(t, bin, g.url, "", stolen, true)
	checkTrail(t, bin, g.socket(), "", stolen, true)

	bare := startGeth(t, t.TempDir(), "eth")
	stolen, _ = theft(bare.evm)
	if n := bare.open(""); n.Traces() != ethereum.NoTraces {
		t.Errorf("without debug: traces by %q", n.Traces())
	}
	checkTrail(t, bin, bare.url, "", stolen, false)
}

// TestGethBalances: every account holds what the transfers say, to the last wei, with
// transactions of every type, withdrawals, blobs, accounts that have code, and
// contracts that destroy themselves; over WebSocket as over HTTP.
func TestGethBalances(t *testing.T) {
	node := checkKinds(t, startGeth(t, t.TempDir(), "eth,debug,dev"))
	if notes := strings.Join(node.Info().Notes, "\n"); !strings.Contains(notes, "1 contracts destroyed themselves in their own favour") || strings.Contains(notes, "EIP-7708") {
		t.Errorf("notes:\n%s", notes)
	}
}

// TestGethAmsterdam: the same where the next rules hold already. Ether that moves
// leaves events like a token's (EIP-7708), which are not read as one, and who
// destroys itself in its own favour keeps what it has (EIP-8246).
func TestGethAmsterdam(t *testing.T) {
	node := checkKinds(t, startGeth(t, amsterdam(t), "eth,debug,dev"))
	if notes := strings.Join(node.Info().Notes, "\n"); strings.Contains(notes, "in their own favour") || !strings.Contains(notes, "events of the protocol about ether") {
		t.Errorf("notes:\n%s", notes)
	}
	for _, a := range node.Info().Assets {
		if strings.Contains(string(a.ID), "fffffffffffffffe") {
			t.Errorf("%s is no token", a.ID)
		}
	}
}

// amsterdam makes a folder with geth's own chain of developers, on which the rules of
// Amsterdam hold from the first block.
func amsterdam(t *testing.T) string {
	t.Helper()
	path, dir := gethPath(t), t.TempDir()
	text, err := exec.Command(path, "--dev", "--verbosity", "1", "dumpgenesis").Output()
	if err != nil {
		t.Fatal(err)
	}
	var genesis struct {
		Config map[string]any            `json:"config"`
		Alloc  map[string]map[string]any `json:"alloc"`
		Rest   map[string]any            `json:"-"`
	}
	if err := errors.Join(json.Unmarshal(text, &genesis), json.Unmarshal(text, &genesis.Rest)); err != nil {
		t.Fatal(err)
	}
	delete(genesis.Config, "bogotaTime") // a later fork, which geth names and does not fill
	genesis.Config["amsterdamTime"] = 0
	blobs := genesis.Config["blobSchedule"].(map[string]any)
	blobs["osaka"], blobs["amsterdam"] = blobs["prague"], blobs["prague"]
	const developer = "71562b71999873db5b286df957af199ec94617f7" // whose key geth has
	genesis.Alloc[developer] = map[string]any{"balance": "0x200000000000000000000000000000"}
	genesis.Rest["config"], genesis.Rest["alloc"] = genesis.Config, genesis.Alloc
	if text, err = json.Marshal(genesis.Rest); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "genesis.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(path, "--verbosity", "1", "init", "--datadir", dir, "--state.scheme", "hash", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// checkKinds runs the theft and a transaction of every kind, and compares.
func checkKinds(t *testing.T, g *geth) *ethereum.Node {
	t.Helper()
	_, handed := theft(g.evm)
	node := g.open("")
	lines, transfers := read(t, node)
	checkTheft(t, lines, transfers, handed)
	kinds := everyKind(g)
	lines, transfers = read(t, node)
	if _, over := read(t, g.openAt(g.socket(), "")); !reflect.DeepEqual(over, transfers) {
		t.Errorf("over WebSocket %d transfers, over HTTP %d, or others", len(over), len(transfers))
	}
	checkBalances(t, g.evm, gethNative, transfers)
	seen, withdrawn := map[string]bool{}, ""
	for i := range transfers {
		seen[transfers[i].Tx] = true
		if strings.HasPrefix(transfers[i].ID, "withdrawal/") {
			withdrawn += fmt.Sprintln(transfers[i].ID, transfers[i].To(), transfers[i].Amount())
		}
	}
	if want := "withdrawal/0 " + stash + " 123456789000000000\n"; withdrawn != want {
		t.Errorf("withdrawals:\n%s", withdrawn)
	}
	for kind, tx := range kinds {
		var answer struct{ Type, Status string }
		if g.call(&answer, "eth_getTransactionReceipt", tx); answer.Status != "0x1" || !seen[tx] {
			t.Errorf("%s: %s is of type %s, has status %s, was read: %v", kind, tx, answer.Type, answer.Status, seen[tx])
		}
	}
	if t.Failed() {
		t.Log(strings.Join(lines, "\n"))
	}
	return node
}

// everyKind sends one transaction of each kind that a node of today has.
func everyKind(g *geth) map[string]string {
	from, other := g.accounts[1], g.accounts[2]
	hands, gone, stays := g.deploy(hander), g.deploy(leaver), g.deploy(stayer)
	out := map[string]string{}
	f := g.fields(from, other, 11, "")
	plain := []any{f[1], uint64(50 * gwei), f[4], f[5], f[6], f[7]}
	out["no type"] = g.mined(g.sendRaw(g.keys[from].old(g.chain, plain)))
	f = g.fields(from, hands, 12, word(stash))
	list := []any{g.chain, f[1], uint64(50 * gwei), f[4], f[5], f[6], f[7], []any{[]any{unhex(stash), []any{}}}}
	out["access list"] = g.mined(g.sendRaw(raw(1, g.keys[from].typed(1, list))))
	out["blob"] = g.blob(from, other)
	out["code set"] = g.delegate(other, hands)
	out["to an account with code"] = g.send(from, other, 14, word(stash))
	out["destroyed"] = g.send(from, gone, 15, "")
	out["destroyed at birth"] = g.send(from, "", 16, born)
	out["destroyed in its own favour"] = g.send(from, stays, 18, "")
	out["burnt at birth"] = g.send(from, "", 17, burner)
	g.withdraw(stash, 123_456_789)
	return out
}

// blob sends a transaction with a blob (EIP-4844, and the cell proofs of EIP-7594).
// The blob is all zeros: the polynomial is zero, so that its commitment and all
// proofs are the point at infinity.
func (g *geth) blob(from, to string) string {
	g.t.Helper()
	infinity := append([]byte{0xc0}, make([]byte, 47)...)
	name := sha256.Sum256(infinity)
	name[0] = 1
	f := append(g.fields(from, to, 13, ""), uint64(100*gwei), []any{name[:]})
	proofs := make([]any, 128)
	for i := range proofs {
		proofs[i] = infinity
	}
	return g.mined(g.sendRaw(raw(3, []any{g.keys[from].typed(3, f), uint64(1), []any{make([]byte, 131072)}, []any{infinity}, proofs})))
}

// delegate gives an account the code of a contract (EIP-7702).
func (g *geth) delegate(account, contract string) string {
	g.t.Helper()
	f := g.fields(account, g.accounts[3], 1, "")
	next := new(big.Int).Add(f[1].(*big.Int), big.NewInt(1)) // the nonce after this transaction's
	grant := []any{g.chain, unhex(contract), next}
	grant = append(grant, g.keys[account].sign(keccak(append([]byte{5}, rlp(grant)...)))...)
	return g.mined(g.sendRaw(raw(4, g.keys[account].typed(4, append(f, []any{grant})))))
}

// TestGethHeads: a node that has no final block but the first is read to there, and
// one whose safe block is its newest to there.
func TestGethHeads(t *testing.T) {
	g := startGeth(t, t.TempDir(), "eth,debug")
	for tag, want := range map[string]int{"finalized": 0, "safe": 9, "latest": 9} { // the nine that are given ether
		n, err := ethereum.OpenNode(t.Context(), g.url, ethereum.NodeOptions{Head: tag})
		if err != nil {
			t.Fatal(err)
		}
		values := 0
		_, transfers := read(t, n)
		for i := range transfers {
			if transfers[i].Kind == ledger.Value {
				values++
			}
		}
		if values != want {
			t.Errorf("%s: %d transfers of value, want %d", tag, values, want)
		}
	}
}

// TestGethReorganisations goes back by debug_setHead.
func TestGethReorganisations(t *testing.T) {
	g := startGeth(t, t.TempDir(), "eth,debug,dev")
	checkReorganisations(t, g.evm, chainOf{
		next:  func() {},
		empty: func(n uint64) { g.withdraw(stash, n%1000) },
		back: func(depth int) {
			at := g.number("eth_blockNumber").Uint64() - uint64(depth)
			g.call(nil, "debug_setHead", fmt.Sprintf("0x%x", at))
			if now := g.number("eth_blockNumber").Uint64(); now != at {
				t.Fatalf("geth goes back to %d, not %d", now, at)
			}
		},
	})
}
