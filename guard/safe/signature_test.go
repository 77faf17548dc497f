package safe

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// controls are signatures of the wallet's benign life, each with the hash that
// was published for its transaction and the owner who made it. The one with v 28
// has no prefix; one r begins with two zero bytes.
var controls = []struct{ hash, owner, signature string }{
	{"0x2802c80b37293b9b57eb02deb85196103b6b74f0220b0928bb1c1c96f59e04f8", "0x1F4EB0a903619ac168b19A82F1a6e2e426522211",
		"dab89a9ebb6671a906f438f93e0723f58219e880b62958607ebf41baa29a3b1d005ba29d19c6056b3f2bd3f4842068bf9ac075d547997e7bd50913304dd45ac720"},
	{"0x982314ed26067308d5795cefadc18b0b457b122fd2ed4d5b88b4d721a115a076", "0x828424517F9F04015db02169f4026D57B2B07229",
		"43e47ac11c7214a68c2cdedcf2a7d6e6466ba29dce31250b54658f892bbdaaf90e6c11f1a283f772158ebb2177c5e6854648e5bfab1317b4d3e424679b18e10a1c"},
}

func TestControlSignatures(t *testing.T) {
	for _, c := range controls {
		hash, err := evm.ParseHash(c.hash)
		if err != nil {
			t.Fatal(err)
		}
		raw := [65]byte(mustHex(c.signature))
		s := ReadSignature(raw, hash)
		kind := EthSign
		if raw[64] < 30 {
			kind = ECDSA
		}
		if s.Signer != mustAddress(c.owner) || s.Kind != kind || s.NeedsNode || s.Fault != "" {
			t.Errorf("%+v", s)
		}
		hash[31] ^= 1
		if s := ReadSignature(raw, hash); s.Signer == mustAddress(c.owner) {
			t.Error("the signature holds for another hash")
		}
		// The same bytes taken for the other form are a stranger's.
		hash[31] ^= 1
		other := raw
		other[64] = raw[64] ^ 27 ^ 31
		if s := ReadSignature(other, hash); s.Signer == mustAddress(c.owner) {
			t.Error("the prefix of eth_sign makes no difference")
		}
	}
}

// contractSignature is an owner that is a contract, with the data at an offset.
func contractSignature(owner evm.Address, offset uint64) []byte {
	w, at := owner.Word(), uint256.NewInt(offset).Bytes32()
	return append(append(w[:], at[:]...), 0)
}

func approved(owner evm.Address) []byte {
	w := owner.Word()
	return append(append(w[:], make([]byte, 32)...), 1)
}

func data(content string) []byte {
	n := uint256.NewInt(uint64(len(content))).Bytes32()
	return append(n[:], content...)
}

// TestFourKinds reads one signature of each kind from one string of bytes.
func TestFourKinds(t *testing.T) {
	_, executed := nonce71()
	hash := executed.Digests(bybit).SafeTxHash
	low, high := evm.Address{19: 5}, evm.Address{0: 0xff}
	first := mustHex(heist)[:65]
	blob := bytes.Join([][]byte{approved(low), first, contractSignature(high, 195), data("proof")}, nil)
	for _, count := range []int{3, 0} {
		all, err := ReadSignatures(blob, count, hash)
		if err != nil || len(all) != 3 {
			t.Fatalf("%d: %+v, %v", count, all, err)
		}
		for i, want := range []SignatureKind{ApprovedHash, EthSign, Contract} {
			if s := all[i]; s.Kind != want || s.Fault != "" || s.NeedsNode != (want != EthSign) {
				t.Errorf("%+v", s)
			}
		}
		if all[0].Signer != low || all[2].Signer != high || string(all[2].Data) != "proof" {
			t.Errorf("%+v", all)
		}
	}
}

func TestSignatureFaults(t *testing.T) {
	_, executed := nonce71()
	hash := executed.Digests(bybit).SafeTxHash
	whole := mustHex(heist)
	owner := evm.Address{19: 5}
	dirty := approved(owner)
	dirty[0] = 1
	turned := bytes.Join([][]byte{whole[65:130], whole[:65]}, nil)
	for _, c := range []struct {
		name  string
		blob  []byte
		count int
		fault string // of the last signature
	}{
		{"descending", turned, 2, "ascending"},
		{"twice", bytes.Join([][]byte{whole[:65], whole[:65]}, nil), 2, "ascending"},
		{"v of 29", append(append([]byte{}, whole[:64]...), 29), 1, "v is 29"},
		{"v of 33", append(append([]byte{}, whole[:64]...), 33), 1, "v is 33"},
		{"r of zero", append(make([]byte, 64), 27), 1, "recovers to no key"},
		{"dirty owner", dirty, 1, "more than an address"},
		{"offset into the signatures", append(contractSignature(owner, 10), data("")...), 1, "offset"},
		{"offset behind the end", append(contractSignature(owner, 66), data("")...), 1, "offset"},
		{"offset of 2^64", append(contractSignature(owner, 1<<63), data("")...), 1, "offset"},
		{"data too long", append(contractSignature(owner, 65), bytes.Repeat([]byte{1}, 40)...), 1, "longer"},
	} {
		all, _ := ReadSignatures(c.blob, c.count, hash)
		if len(all) != c.count || !strings.Contains(all[len(all)-1].Fault, c.fault) {
			t.Errorf("%s: %+v", c.name, all)
		}
	}
	for name, blob := range map[string][]byte{
		"short": whole[:194], "a byte behind": append(append([]byte{}, whole...), 0),
		"data behind the data": bytes.Join([][]byte{contractSignature(owner, 65), data("x"), {1}}, nil),
	} {
		count := 3
		if name == "data behind the data" {
			count = 1
		}
		if _, err := ReadSignatures(blob, count, hash); !errors.Is(err, ErrSignatures) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadSignatures(whole, -1, hash); !errors.Is(err, ErrSignatures) {
		t.Error("a negative count")
	}
	if _, err := ReadSignatures(bytes.Repeat(whole[:65], MaxSignatures+1), 0, hash); !errors.Is(err, ErrSignatures) {
		t.Error("too many signatures")
	}
	if all, err := ReadSignatures(nil, 0, hash); err != nil || all != nil {
		t.Errorf("%v, %v", all, err)
	}
}
