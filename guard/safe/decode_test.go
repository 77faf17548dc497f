package safe

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// The people and contracts of the tests.
var (
	alice    = evm.Address{19: 0xa1}
	bob      = evm.Address{19: 0xb0}
	mallory  = evm.Address{19: 0xee}
	token    = evm.Address{19: 0x70}
	child    = evm.Address{19: 0xcd} // another Safe
	sendLib  = mustAddress("0xA238CBeb142c10Ef7Ad8442C6D1f9E89e07e7761")
	callOnly = mustAddress("0x40A2aCCbd92BCA938b02010E17A5b8929b49130D")
	names    = map[evm.Address]string{alice: "alice", bob: "bob", mallory: "mallory", token: "token", child: "child",
		sendLib: "multisend", callOnly: "callonly", bybit.Address: "wallet", {}: "zero"}
)

// encode writes the calldata of a function: addresses and numbers as words, bytes
// behind them.
func encode(signature string, args ...any) []byte {
	h := evm.Keccak([]byte(signature))
	head, tail := []byte{}, []byte{}
	for _, a := range args {
		var w [32]byte
		switch v := a.(type) {
		case evm.Address:
			w = v.Word()
		case int:
			w = uint256.NewInt(uint64(v)).Bytes32()
		case []byte:
			w = uint256.NewInt(uint64(32*len(args) + len(tail))).Bytes32()
			n := uint256.NewInt(uint64(len(v))).Bytes32()
			tail = append(append(append(tail, n[:]...), v...), make([]byte, (32-len(v)%32)%32)...)
		}
		head = append(head, w[:]...)
	}
	return append(append(h[:4:4], head...), tail...)
}

// pack writes a multiSend item.
func pack(op byte, to evm.Address, value uint64, data []byte) []byte {
	v, n := uint256.NewInt(value).Bytes32(), uint256.NewInt(uint64(len(data))).Bytes32()
	item := append([]byte{op}, to[:]...)
	return append(append(append(item, v[:]...), n[:]...), data...)
}

func multi(items ...[]byte) []byte {
	var all []byte
	for _, i := range items {
		all = append(all, i...)
	}
	return encode("multiSend(bytes)", all)
}

func transfer(to evm.Address, amount int) []byte {
	return encode("transfer(address,uint256)", to, amount)
}

// describe writes actions and undecoded parts, one a line.
func describe(actions []evm.Action, undecoded []evm.Undecoded) string {
	name := func(a *evm.Address) string {
		if a == nil {
			return "?"
		}
		if n, ok := names[*a]; ok {
			return n
		}
		return a.String()
	}
	var b strings.Builder
	for _, a := range actions {
		fmt.Fprintf(&b, "[%s] %s", a.Path, a.Kind)
		if a.Name != "" {
			b.WriteString(" " + a.Name)
		}
		fmt.Fprintf(&b, ": %s %s -> %s", name(a.Contract), name(a.From), name(a.To))
		if a.Old != nil {
			b.WriteString(" old " + name(a.Old))
		}
		if !a.Amount.IsZero() {
			b.WriteString(" " + a.Amount.Dec())
		}
		if a.Unlimited {
			b.WriteString(" unlimited")
		}
		if a.Delegate {
			b.WriteString(" delegate")
		}
		if a.Library != "" {
			b.WriteString(" (" + a.Library + ")")
		}
		b.WriteByte('\n')
	}
	for _, u := range undecoded {
		b.WriteString("! " + u.String() + "\n")
	}
	return b.String()
}

const multiSendDelegated = "[] delegatecall: multisend wallet -> multisend delegate (multi-send 1.3.0)\n"

func TestDecode(t *testing.T) {
	exec := func(op int, data []byte) []byte {
		return encode("execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
			token, 0, data, op, 100, 10, 2, evm.Address{}, bob, []byte{})
	}
	for _, c := range []struct {
		name string
		op   Operation
		to   evm.Address
		data []byte
		want string
	}{
		{"nothing", 0, bybit.Address, nil, "[] contract_call: wallet wallet -> wallet\n"},
		{"a token", 0, token, transfer(alice, 5), "[] token_transfer transfer: token wallet -> alice 5\n"},
		{"a token by delegatecall", 1, mallory, transfer(alice, 0),
			"[] delegatecall: mallory wallet -> mallory delegate\n[] token_transfer transfer: mallory wallet -> alice delegate\n"},
		{"a new owner", 0, bybit.Address, encode("addOwnerWithThreshold(address,uint256)", mallory, 1),
			"[] control_change addOwnerWithThreshold: wallet wallet -> mallory 1\n"},
		{"an owner swapped", 0, bybit.Address, encode("swapOwner(address,address,address)", alice, bob, mallory),
			"[] control_change swapOwner: wallet wallet -> mallory old bob\n"},
		{"a batch", 1, sendLib, multi(pack(0, alice, 7, nil), pack(0, token, 0, transfer(bob, 5)), pack(1, mallory, 0, []byte{1, 2, 3, 4})),
			multiSendDelegated + "[0] native_transfer: alice wallet -> alice 7\n[1] token_transfer transfer: token wallet -> bob 5\n" +
				"[2] delegatecall: mallory wallet -> mallory delegate\n[2] contract_call: mallory wallet -> mallory delegate\n" +
				"! call 2: bytes 0 to 3: unknown function 0x01020304\n"},
		{"three deep", 1, sendLib, multi(pack(1, sendLib, 0, multi(pack(1, sendLib, 0, multi(pack(0, alice, 1, nil)))))),
			multiSendDelegated + "[0] delegatecall: multisend wallet -> multisend delegate (multi-send 1.3.0)\n" +
				"[0.0] delegatecall: multisend wallet -> multisend delegate (multi-send 1.3.0)\n[0.0.0] native_transfer: alice wallet -> alice 1\n"},
		{"an empty batch", 1, sendLib, multi(), multiSendDelegated},
		{"a batch cut in the head", 1, sendLib, multi(pack(0, alice, 7, nil), make([]byte, 84)),
			multiSendDelegated + "[0] native_transfer: alice wallet -> alice 7\n! bytes 153 to 236: a multiSend item ends early\n"},
		{"a batch cut in the data", 1, sendLib, multi(pack(0, alice, 7, []byte{1, 2, 3, 4})[:88]),
			multiSendDelegated + "! bytes 68 to 155: the data of a multiSend item is longer than the bytes\n"},
		{"operation 2 in a batch", 1, sendLib, multi(pack(2, alice, 7, nil)),
			multiSendDelegated + "! bytes 68 to 68: operation 2 of a multiSend item is neither call (0) nor delegatecall (1)\n"},
		{"an item to nobody", 1, sendLib, multi(pack(0, evm.Address{}, 7, nil)),
			multiSendDelegated + "[0] native_transfer: zero wallet -> zero 7\n" +
				"! bytes 69 to 88: an item to the zero address: newer multiSend libraries call the wallet itself, older ones nobody\n"},
		{"a delegatecall in a call-only batch", 1, callOnly, multi(pack(1, mallory, 0, nil)),
			"[] delegatecall: callonly wallet -> callonly delegate (multi-send-call-only 1.3.0)\n[0] delegatecall: mallory wallet -> mallory delegate\n" +
				"! bytes 68 to 68: a delegatecall inside MultiSendCallOnly, which refuses it\n"},
		{"a batch of an unknown library", 1, mallory, multi(pack(0, alice, 7, nil)),
			"[] delegatecall: mallory wallet -> mallory delegate\n[0] native_transfer: alice wallet -> alice 7\n"},
		{"a batch called", 0, sendLib, multi(pack(0, alice, 7, nil)),
			"[] contract_call multiSend: multisend wallet -> multisend\n[0] native_transfer: alice multisend -> alice 7\n" +
				"! multiSend is called, not delegate-called: its calls are not made in the wallet's name\n"},
		{"the wallet's own code", 1, mustAddress("0x34CfAC646f301356fAa8B21e94227e3583Fe3F5F"), encode("changeThreshold(uint256)", 1),
			"[] delegatecall: 0x34CfAC646f301356fAa8B21e94227e3583Fe3F5F wallet -> 0x34CfAC646f301356fAa8B21e94227e3583Fe3F5F delegate\n" +
				"[] control_change changeThreshold: 0x34CfAC646f301356fAa8B21e94227e3583Fe3F5F wallet -> ? 1 delegate\n"},
		{"another Safe executes", 0, child, exec(0, transfer(alice, 5)),
			"[] contract_call execTransaction: child wallet -> child\n[0] token_transfer transfer: token child -> alice 5\n" +
				"[] native_transfer refund: child child -> bob 220\n"},
		{"another Safe executes nonsense", 0, child, exec(3, nil),
			"[] contract_call execTransaction: child wallet -> child\n[] native_transfer refund: child child -> bob 220\n" +
				"! operation 3 is neither call (0) nor delegatecall (1)\n"},
		{"a hash is approved", 0, child, encode("approveHash(bytes32)", 1),
			"[] contract_call approveHash: child wallet -> child\n! bytes 4 to 35: approves a hash; what it stands for is not in these bytes\n"},
		{"a contract is made", 1, mustAddress("0x7cbB62EaA69F79e6873cD1ecB2392971036cFAa4"), encode("performCreate(uint256,bytes)", 3, []byte{0x60, 0}),
			"[] delegatecall: 0x7cbB62EaA69F79e6873cD1ecB2392971036cFAa4 wallet -> 0x7cbB62EaA69F79e6873cD1ecB2392971036cFAa4 delegate (create-call 1.3.0)\n" +
				"[] contract_call performCreate: 0x7cbB62EaA69F79e6873cD1ecB2392971036cFAa4 wallet -> 0x7cbB62EaA69F79e6873cD1ecB2392971036cFAa4 3 delegate (create-call 1.3.0)\n" +
				"! bytes 100 to 101: code of a new contract\n"},
		{"a proxy is upgraded and run", 0, token, encode("upgradeToAndCall(address,bytes)", mallory, []byte{1, 2, 3, 4}),
			"[] control_change upgradeToAndCall: token wallet -> mallory\n[0] delegatecall: mallory token -> mallory delegate\n" +
				"[0] contract_call: mallory token -> mallory delegate\n! call 0: bytes 0 to 3: unknown function 0x01020304\n"},
		{"half a selector", 0, token, []byte{0xa9, 0x05}, "[] contract_call: token wallet -> token\n! bytes 0 to 1: data shorter than a selector\n"},
		{"operation 7", 7, alice, nil, "[] contract_call: alice wallet -> alice\n! operation 7 is neither call (0) nor delegatecall (1)\n"},
	} {
		d := Decode(bybit, &Transaction{To: c.to, Data: c.data, Operation: c.op})
		if got := describe(d.Tree.Actions, d.Undecoded); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
		if d.Complete() != !strings.Contains(c.want, "!") {
			t.Errorf("%s: complete is %v", c.name, d.Complete())
		}
	}
}

// TestBatchLimit: more items than are decoded are said, not dropped.
func TestBatchLimit(t *testing.T) {
	var items [][]byte
	for range 1500 {
		items = append(items, pack(0, alice, 1, nil))
	}
	d := Decode(bybit, &Transaction{To: sendLib, Data: multi(items...), Operation: OperationDelegate})
	if len(d.Tree.Actions) != evm.MaxActions || len(d.Undecoded) != 1 || !strings.Contains(d.Undecoded[0].Reason, "more than 1000") {
		t.Errorf("%d actions, %v", len(d.Tree.Actions), d.Undecoded)
	}
}

// TestRefund is the payment for gas that the signed fields promise.
func TestRefund(t *testing.T) {
	tx := Transaction{To: alice, SafeTxGas: *uint256.NewInt(1000), BaseGas: *uint256.NewInt(10)}
	if d := Decode(bybit, &tx); d.Refund != nil {
		t.Errorf("%+v", d.Refund)
	}
	tx.GasPrice, tx.GasToken, tx.RefundReceiver = *uint256.NewInt(3), token, mallory
	d := Decode(bybit, &tx)
	if r := d.Refund; r == nil || r.Amount.Uint64() != 3030 || r.Token != token || r.Receiver != mallory || r.Overflow || !d.Complete() {
		t.Errorf("%+v", r)
	}
	tx.GasPrice.SetAllOne()
	if d := Decode(bybit, &tx); !d.Refund.Overflow || d.Complete() {
		t.Errorf("%+v", d.Refund)
	}
	tx.GasPrice.SetOne()
	tx.BaseGas.SetAllOne()
	if d := Decode(bybit, &tx); !d.Refund.Overflow || d.Complete() {
		t.Errorf("%+v", d.Refund)
	}
}

// TestUnknownVersion gives both digests and is never complete.
func TestUnknownVersion(t *testing.T) {
	displayed, _ := nonce71()
	w := bybit
	w.Version = ""
	d := Decode(w, &displayed)
	if d.Complete() || d.Alternative == nil || !strings.Contains(d.Undecoded[0].Reason, "domain_ambiguous") {
		t.Errorf("%+v", d)
	}
	if d.Alternative.SafeTxHash != displayed.Digests(bybit).SafeTxHash || d.Digests.SafeTxHash != displayed.Alternative(bybit).SafeTxHash {
		t.Errorf("%s and %s", d.Digests.SafeTxHash, d.Alternative.SafeTxHash)
	}
}

// TestCalldata: what ethers encoded is known and read without a fault.
func TestCalldata(t *testing.T) {
	data, err := os.ReadFile("testdata/calls/calls.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Signature, Data string
		Args            []any
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	functions := Decoder().Functions
	if len(all)+len(evm.StandardFunctions()) != len(functions) {
		t.Errorf("%d vectors", len(all))
	}
	for _, v := range all {
		raw, _ := evm.ParseHex(v.Data)
		tree := Decoder().Decode(evm.Frame{From: &alice, To: bob, Data: raw})
		f := tree.Root.Function
		if f == nil || f.Canonical() != v.Signature || len(tree.Root.Args) != len(v.Args) {
			t.Errorf("%s: %+v", v.Signature, tree.Root)
		}
		for i, a := range tree.Root.Args {
			if a.Type == "address" && a.Address().String() != v.Args[i] {
				t.Errorf("%s: argument %d is %s", v.Signature, i, a.Address())
			}
		}
	}
	for _, text := range strings.Fields("6a761202 468721a7 5229073f d4d9bdcd b63e800d 8d80ff0a 0d582f13 f8dc5dd9 e318b52b 694e80c3 610b5925 " +
		"e009cfde e19a9dd9 e068df37 f08a0323 7de7edef 85a5affe 4c8c9ea1 4847be6f") {
		if functions[[4]byte(mustHex(text))] == nil {
			t.Errorf("%s is not known", text)
		}
	}
}

func TestLibraries(t *testing.T) {
	if l, ok := Lookup(callOnly); !ok || l.Role != MultiSendCallOnly || l.Version != "1.3.0" || l.Set != "canonical" || l.String() != "multi-send-call-only 1.3.0" {
		t.Errorf("%+v", l)
	}
	if _, ok := Lookup(mallory); ok {
		t.Error("mallory is a library")
	}
	// The code of the wallet itself before the theft, and the thief's.
	if l, ok := Lookup(mustAddress("0x34CfAC646f301356fAa8B21e94227e3583Fe3F5F")); !ok || l.Role != Singleton {
		t.Errorf("%+v", l)
	}
	roles := map[Role]int{}
	for _, l := range libraries() {
		roles[l.Role]++
	}
	if roles[MultiSend] != 5 || roles[MultiSendCallOnly] != 4 || roles[Singleton] != 7 || len(libraries()) != 36 {
		t.Errorf("%v, %d", roles, len(libraries()))
	}
	if LibrariesHash() != evm.Keccak([]byte(librariesText)) {
		t.Error("hash")
	}
}
