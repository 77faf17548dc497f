package safe

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// bybit is the wallet of the shipped history: Safe 1.1.1 on Ethereum mainnet.
var bybit = Wallet{
	Address: mustAddress("0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4"),
	ChainID: *uint256.NewInt(1),
	Version: "1.1.1",
}

func mustAddress(text string) evm.Address {
	a, err := evm.ParseAddress(text)
	if err != nil {
		panic(err)
	}
	return a
}

// row is a line of bybit_safe_history.jsonl.
type row struct {
	Nonce             uint64
	To                evm.Address
	Value, Data       string
	Op                byte
	Gas               uint64
	Exec, Label       string
	Hash              evm.Hash
	transaction       Transaction
	ExecutorUnchecked string `json:"executor"`
}

func history(t testing.TB) []row {
	t.Helper()
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the history of the Bybit Safe is not compared")
	}
	data, err := os.ReadFile(filepath.Join(dir, "data", "guard", "bybit_safe_history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		tx := &r.transaction
		tx.To, tx.Operation = r.To, Operation(r.Op)
		if err := tx.Value.SetFromDecimal(r.Value); err != nil {
			t.Fatal(err)
		}
		if r.Data != "" {
			if tx.Data, err = evm.ParseHex(r.Data); err != nil {
				t.Fatal(err)
			}
		}
		tx.SafeTxGas.SetUint64(r.Gas)
		tx.Nonce.SetUint64(r.Nonce)
		rows = append(rows, r)
	}
	return rows
}

// TestHistory recomputes the safeTxHash of each row of the wallet's life and
// breaks it by one bit in every field.
func TestHistory(t *testing.T) {
	rows := history(t)
	if len(rows) != 75 {
		t.Fatalf("%d rows, want 75", len(rows))
	}
	incomplete := 0
	for _, r := range rows {
		d := Decode(bybit, &r.transaction)
		if d.Digests.SafeTxHash != r.Hash {
			t.Errorf("nonce %d: %s, published %s", r.Nonce, d.Digests.SafeTxHash, r.Hash)
		}
		if got := d.Digests.Domain.String(); got != "0xb3ded2bdbff5db1a87f6d551fa256e9f2bd6517a3bb84f4c2ea863fb3a559622" {
			t.Fatal("domain separator", got)
		}
		if !d.Complete() {
			incomplete++
			t.Errorf("nonce %d: %v", r.Nonce, d.Undecoded)
		}
	}
	tx := rows[0].transaction
	for name, change := range map[string]func(*Transaction){
		"to": func(t *Transaction) { t.To[19] ^= 1 }, "value": func(t *Transaction) { t.Value[0] ^= 1 },
		"data":      func(t *Transaction) { t.Data = append([]byte{t.Data[0] ^ 1}, t.Data[1:]...) },
		"operation": func(t *Transaction) { t.Operation ^= 1 }, "safeTxGas": func(t *Transaction) { t.SafeTxGas[0] ^= 1 },
		"baseGas": func(t *Transaction) { t.BaseGas[3] ^= 1 }, "gasPrice": func(t *Transaction) { t.GasPrice[0] ^= 1 },
		"gasToken": func(t *Transaction) { t.GasToken[0] ^= 1 }, "refundReceiver": func(t *Transaction) { t.RefundReceiver[0] ^= 1 },
		"nonce": func(t *Transaction) { t.Nonce[0] ^= 1 },
	} {
		other := tx
		change(&other)
		if other.Digests(bybit).SafeTxHash == rows[0].Hash {
			t.Errorf("the hash does not cover %s", name)
		}
	}
}

// heist are the three signatures of nonce 71 as calldata of the transaction
// 0x46deef0f52e3a983b67abf4714448a41dd7ffd6d32d32da69d62081c68ad7882 gives them.
const heist = "d0afef78a52fd504479dc2af3dc401334762cbd05609c7ac18db9ec5abf4a07a5cc09fc86efd3489707b89b0c729faed616459189cb50084f208d03b201b001f1f" +
	"0f62ad358d6b319d3c1221d44456080068fe02ae5b1a39b4afb1e6721ca7f9903ac523a801533f265231cd35fc2dfddc3bd9a9563b51315cf9d5ff23dc6d2c221f" +
	"df9e4b878877a8dbeee951a4a31ddbf1d3b71e127d5eda44b4730030114baba52e06dd23da37cd2a07a6e84f9950db867374a0f77558f42adf4409bfd569673c1f"

// nonce71 returns the proposal that the screen showed, and what was signed.
func nonce71() (displayed, executed Transaction) {
	displayed = Transaction{
		To:        mustAddress("0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3"),
		Value:     *uint256.MustFromDecimal("30000000000000000000000"),
		SafeTxGas: *uint256.NewInt(45745), Nonce: *uint256.NewInt(71),
	}
	executed = Transaction{
		To: mustAddress("0x96221423681A6d52E184D440a8eFCEbB105C7242"),
		Data: mustHex("a9059cbb000000000000000000000000bdd077f651ebe7f7b3ce16fe5f2b025be2969516" +
			"0000000000000000000000000000000000000000000000000000000000000000"),
		Operation: OperationDelegate, SafeTxGas: *uint256.NewInt(45746), Nonce: *uint256.NewInt(71),
	}
	return displayed, executed
}

func mustHex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return b
}

// TestNonce71 is the theft: the bytes shown and the bytes signed.
func TestNonce71(t *testing.T) {
	displayed, executed := nonce71()
	type view struct {
		tx                    Transaction
		data, message, hash   string
		onChain1, fromSigners string
	}
	views := map[string]view{
		"displayed": {
			tx: displayed, data: evm.Keccak().String(),
			message:  "0x0ef66f55ee7a02ce209b1d7bc0e75079e71649d2e64049a9e6e84206d8552cc0",
			hash:     "0x9d89e67333f99c136537be74029c44592985a4855172f4c2d0d942029868f98e",
			onChain1: "0xabf0b5a74b3518ade9fd48c34bacf36340944d1a92be6ed197b8281cfd1ec3ff",
			fromSigners: "0x9ed84723885128072e4eebe53d2c71cac23ceb01 0x4f9f84fe95f3248c61491717a54a0aea5eeba344 " +
				"0xa85a24ee415d3ace4873e147ae1b7b1a349ac919",
		},
		"executed": {
			tx: executed, data: "0x91c06c0d3750c6c35073a3c5e3f4c7d9ce12c14bd0212a8c83f1e24b46bd654e",
			message:  "0xea68fc75e93bf7286b1257680ca8e2033bfadd8e1cb8a23f3ca18f1031ecf1e0",
			hash:     "0xb3476d061aeb8fc1d605a873c483a2402d88a68a9cdd1a8b47655dd55ba004f8",
			onChain1: "0x00816067f634281378513f1457cf38371f6085a15e35cbca0062011abb05e18e",
			fromSigners: "0x1f4eb0a903619ac168b19a82f1a6e2e426522211 0x3cc3a225769900e003e264dd4cb43e90896bc21a " +
				"0xe3df2cceac61b1afa311372ecc5b40a3a6585a9e",
		},
	}
	for name, v := range views {
		d := v.tx.Digests(bybit)
		if d.Data.String() != v.data || d.Message.String() != v.message || d.SafeTxHash.String() != v.hash {
			t.Errorf("%s: %+v", name, d)
		}
		if wrong := v.tx.Alternative(bybit).SafeTxHash.String(); wrong != v.onChain1 {
			t.Errorf("%s: with the chain id in the domain %s, want %s", name, wrong, v.onChain1)
		}
		var got string
		sigs, err := ReadSignatures(mustHex(heist), 3, d.SafeTxHash)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range sigs {
			if i > 0 {
				got += " "
			}
			got += "0x" + hex.EncodeToString(s.Signer[:])
			if s.Kind != EthSign || s.NeedsNode || name == "executed" && s.Fault != "" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if got != v.fromSigners {
			t.Errorf("%s: signers\n%s, want\n%s", name, got, v.fromSigners)
		}
	}
}
