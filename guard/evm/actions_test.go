package evm

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/holiman/uint256"
	"pgregory.net/rapid"
)

// TestActions says what each function of the vectors does. The sender is F and
// the called contract T; A, B and C are the accounts in the vectors.
func TestActions(t *testing.T) {
	const (
		maxUint = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
		max160  = "1461501637330902918203684832716283019655932542975"
	)
	want := map[string]string{
		"transfer(address,uint256)":                                          `{token_transfer T from:F to:A amount:5}`,
		"transferFrom(address,address,uint256)":                              `{token_transfer T from:B to:A amount:` + maxUint + ` amount_or_id}`,
		"safeTransferFrom(address,address,uint256)":                          `{nft_transfer T from:B to:A amount:1 id:7}`,
		"safeTransferFrom(address,address,uint256,bytes)":                    `{nft_transfer T from:B to:A amount:1 id:7} ! bytes 164 to 165: data handed to the recipient's code`,
		"safeTransferFrom(address,address,uint256,uint256,bytes)":            `{nft_transfer T from:B to:A amount:3 id:7}`,
		"safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)":   `{nft_transfer T from:B to:A amount:10 id:1} {nft_transfer T from:B to:A amount:20 id:2} {nft_transfer T from:B to:A amount:` + maxUint + ` id:3}`,
		"mint(address,uint256)":                                              `{contract_call T from:F to:T amount:0}`,
		"deposit()":                                                          `{contract_call T from:F to:T amount:0}`,
		"withdraw(uint256)":                                                  `{contract_call T from:F to:T amount:0}`,
		"approve(address,uint256)":                                           `{approval T from:F to:A amount:` + maxUint + ` unlimited amount_or_id}`,
		"increaseAllowance(address,uint256)":                                 `{approval T from:F to:A amount:1}`,
		"decreaseAllowance(address,uint256)":                                 `{approval T from:F to:A amount:1 revoke}`,
		"setApprovalForAll(address,bool)":                                    `{approval T from:F to:A amount:0 unlimited}`,
		"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)":      `{approval T from:B to:A amount:1 deadline:1740000000}`,
		"permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)": `{approval T from:B to:A amount:0 unlimited}`,
		"approve(address,address,uint160,uint48)":                            `{approval C from:F to:A amount:` + max160 + ` expires:281474976710655 unlimited}`,
		"transferOwnership(address)":                                         `{control_change T from:F to:A amount:0}`,
		"upgradeTo(address)":                                                 `{control_change T from:F to:A amount:0}`,
		"upgradeToAndCall(address,bytes)":                                    `{control_change T from:F to:A amount:0} {delegatecall A from:T to:A amount:0 delegate} {contract_call A from:T to:A amount:0 delegate} ! call 0: bytes 0 to 3: unknown function 0x8129fc1c`,
		"submitTransaction(address,uint256,bytes)":                           `{contract_call T from:F to:T amount:0} {native_transfer A from:T to:A amount:1}`,
		"confirmTransaction(uint256)":                                        `{contract_call T from:F to:T amount:0} ! confirms a transaction by its number; what it does is not in these bytes`,
	}
	data, err := os.ReadFile("testdata/calls/calls.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct{ Signature, Data string }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	from, target := Address{19: 0xf0}, Address{19: 0x70}
	for _, v := range all {
		raw, _ := ParseHex(v.Data)
		tree := Decoder{Functions: StandardFunctions()}.Decode(Frame{From: &from, To: target, Data: raw})
		var got []string
		for _, a := range tree.Actions {
			got = append(got, actionText(a))
		}
		for _, u := range tree.Undecoded {
			got = append(got, "! "+u.String())
		}
		if text := strings.Join(got, " "); text != want[v.Signature] {
			t.Errorf("%s:\n%s\nwant\n%s", v.Signature, text, want[v.Signature])
		}
	}
}

func actionText(a Action) string {
	name := func(a *Address) string {
		if a == nil {
			return "?"
		}
		short := map[Address]string{{19: 0xf0}: "F", {19: 0x70}: "T", mustAddress("0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3"): "A",
			mustAddress("0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4"): "B", mustAddress("0xd5F7838F5C461fefF7FE49ea5ebaF7728bB0ADfa"): "C"}
		return short[*a]
	}
	text := []string{"{" + string(a.Kind), name(a.Contract), "from:" + name(a.From), "to:" + name(a.To), "amount:" + a.Amount.Dec()}
	for _, number := range []struct {
		label string
		n     *uint256.Int
	}{{"id:", a.ID}, {"deadline:", a.Deadline}, {"expires:", a.Expires}} {
		if number.n != nil {
			text = append(text, number.label+number.n.Dec())
		}
	}
	for _, flag := range []struct {
		name string
		on   bool
	}{{"unlimited", a.Unlimited}, {"revoke", a.Revoke}, {"amount_or_id", a.AmountOrID}, {"delegate", a.Delegate}} {
		if flag.on {
			text = append(text, flag.name)
		}
	}
	return strings.Join(text, " ") + "}"
}

// TestTransactionActions: the code that a transaction sets on accounts comes
// first, and a creation is never complete.
func TestTransactionActions(t *testing.T) {
	for _, v := range vectors(t) {
		raw, _ := ParseHex(v.Raw)
		tx, err := ParseTransaction(raw)
		if err != nil {
			t.Fatal(err)
		}
		tree := tx.Decode(Decoder{Functions: StandardFunctions()})
		first, last := tree.Actions[0], tree.Actions[len(tree.Actions)-1]
		switch v.Name {
		case "7702":
			if len(tree.Actions) != 3 || first.Kind != ControlChange || *first.Contract != v.Authorizations[0].Authority ||
				*first.To != v.Authorizations[0].Delegate || !tree.Actions[1].To.IsZero() || last.Kind != ContractCall {
				t.Errorf("%s: %+v", v.Name, tree.Actions)
			}
		case "legacy creation":
			if first.To != nil || first.Name != "create" || tree.Complete() || tree.Root != nil {
				t.Errorf("%s: %+v", v.Name, tree)
			}
		case "legacy without chain id":
			if tree.Complete() || first.Kind != NativeTransfer || first.Amount.Dec() != v.Value {
				t.Errorf("%s: %+v", v.Name, tree)
			}
		case "legacy":
			if !tree.Complete() || first.Kind != TokenTransfer || first.Amount.Uint64() != 5 || *first.From != v.From {
				t.Errorf("%s: %+v", v.Name, tree)
			}
		}
	}
}

// TestEveryByteMatters changes one bit of a token transfer or an approval: the
// actions change, or the result is incomplete.
func TestEveryByteMatters(t *testing.T) {
	from := Address{19: 0xf0}
	decode := func(data []byte) (string, bool) {
		tree := Decoder{Functions: StandardFunctions()}.Decode(Frame{From: &from, Data: data})
		text, err := json.Marshal(tree.Actions)
		if err != nil {
			t.Fatal(err)
		}
		return string(text), tree.Complete()
	}
	rapid.Check(t, func(t *rapid.T) {
		selector := rapid.SampledFrom([]string{"a9059cbb", "23b872dd", "095ea7b3", "f242432a", "2eb2c2d6"}).Draw(t, "selector")
		n := func(label string) []byte { return word(rapid.Uint64().Draw(t, label)) }
		var data []byte
		switch selector {
		case "23b872dd":
			data = join(mustHex(selector), n("from"), n("to"), n("amount"))
		case "f242432a":
			data = join(mustHex(selector), n("from"), n("to"), n("id"), n("amount"), word(160), word(0))
		case "2eb2c2d6":
			data = join(mustHex(selector), n("from"), n("to"), word(160), word(224), word(288), word(1), n("id"), word(1), n("amount"), word(0))
		default:
			data = join(mustHex(selector), n("to"), n("amount"))
		}
		before, complete := decode(data)
		if !complete {
			t.Fatalf("%x is incomplete", data)
		}
		i := rapid.IntRange(0, 8*len(data)-1).Draw(t, "bit")
		data[i/8] ^= 1 << (i % 8)
		if after, complete := decode(data); complete && after == before {
			t.Fatalf("bit %d of %x has no meaning", i, data)
		}
	})
}

// TestRLP: what is encoded reads back, and no other bytes give the same item.
func TestRLP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := rapid.SliceOfN(rapid.Byte(), 0, 70000).Draw(t, "bytes")
		short := rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "short")
		number := rapid.Uint64().Draw(t, "number")
		raw := listOf(bytesItem(long), listOf(bytesItem(short)), uintItem(*uint256.NewInt(number)))
		outer, rest, err := nextItem(raw, 0)
		if err != nil || len(rest) != 0 {
			t.Fatalf("%v, %d left", err, len(rest))
		}
		all, err := outer.items()
		if err != nil || len(all) != 3 {
			t.Fatalf("%v, %d items", err, len(all))
		}
		inner, err := all[1].items()
		n, err2 := all[2].uint(64)
		if err != nil || err2 != nil || string(all[0].body) != string(long) || string(inner[0].body) != string(short) || n.Uint64() != number {
			t.Fatalf("%v, %v", err, err2)
		}
		if cut := rapid.IntRange(0, len(raw)-1).Draw(t, "cut"); cut < len(raw) {
			if _, _, err := nextItem(raw[:cut], 0); err == nil {
				t.Fatalf("%d of %d bytes are an item", cut, len(raw))
			}
		}
	})
}
