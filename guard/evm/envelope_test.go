package evm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/holiman/uint256"
)

func mustHex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return b
}

func mustAddress(text string) Address {
	a, err := ParseAddress(text)
	if err != nil {
		panic(err)
	}
	return a
}

// vector is a transaction that two other libraries built and agree on
// (testdata/transactions/README.md).
type vector struct {
	Name, Raw, Unsigned string
	Type                TxType
	Chain               string
	Nonce, Gas          uint64
	To, Value, Data     string
	From                Address
	SigningHash         Hash `json:"signing_hash"`
	ID                  Hash
	Price, Tip          string
	Access              [][2]any
	Blobs               int
	Authorizations      []struct {
		Chain     string
		Delegate  Address
		Nonce     uint64
		Authority Address
	}
}

func vectors(t testing.TB) (all []vector) {
	t.Helper()
	data, err := os.ReadFile("testdata/transactions/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTransactions(t *testing.T) {
	all := vectors(t)
	if len(all) != 9 {
		t.Fatalf("%d vectors", len(all))
	}
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			raw, _ := ParseHex(v.Raw)
			tx, err := ParseTransaction(raw)
			if err != nil {
				t.Fatal(err)
			}
			if tx.ID != v.ID || tx.SigningHash != v.SigningHash || *tx.Sender != v.From {
				t.Errorf("id %s, signing hash %s, sender %s", tx.ID, tx.SigningHash, tx.Sender)
			}
			compareFields(t, tx, v)
			bare, _ := ParseHex(v.Unsigned)
			unsigned, err := ParseTransaction(bare)
			if err != nil {
				t.Fatal(err)
			}
			if unsigned.SigningHash != v.SigningHash || unsigned.Signature != nil || unsigned.Sender != nil || unsigned.ID != (Hash{}) {
				t.Errorf("unsigned: %+v", unsigned)
			}
			compareFields(t, unsigned, v)
		})
	}
}

func compareFields(t *testing.T, tx *Transaction, v vector) {
	t.Helper()
	chain, to := "", ""
	if tx.ChainID != nil {
		chain = tx.ChainID.Dec()
	}
	if tx.To != nil {
		to = tx.To.String()
	}
	got := []any{tx.Type, chain, tx.Nonce, tx.Gas, to, tx.Value.Dec(), "0x" + hex.EncodeToString(tx.Data), tx.GasPrice.Dec(), tx.TipCap.Dec(), len(tx.BlobHashes), len(tx.AccessList)}
	want := []any{v.Type, v.Chain, v.Nonce, v.Gas, v.To, v.Value, v.Data, v.Price, v.Tip, v.Blobs, len(v.Access)}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("field %d: %v, want %v", i, got[i], want[i])
		}
	}
	for i, a := range v.Access {
		if e := tx.AccessList[i]; e.Address.String() != a[0] || float64(len(e.Slots)) != a[1] {
			t.Errorf("access list: %+v, want %v", e, a)
		}
	}
	if len(tx.Authorizations) != len(v.Authorizations) {
		t.Fatalf("%d authorizations", len(tx.Authorizations))
	}
	for i, a := range v.Authorizations {
		got := tx.Authorizations[i]
		if got.ChainID.Dec() != a.Chain || got.Delegate != a.Delegate || got.Nonce != a.Nonce || *got.Authority != a.Authority || got.Fault != "" {
			t.Errorf("authorization %d: %+v", i, got)
		}
	}
}

// TestEIP155 is the example in the text of EIP-155.
func TestEIP155(t *testing.T) {
	const hash = "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
	unsigned, err := ParseTransaction(mustHex("ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := ParseTransaction(mustHex("f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0" +
		"28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"))
	if err != nil {
		t.Fatal(err)
	}
	if unsigned.SigningHash.String() != hash || signed.SigningHash.String() != hash {
		t.Errorf("%s and %s", unsigned.SigningHash, signed.SigningHash)
	}
	r := *uint256.MustFromDecimal("18515461264373351373200002665853028612451056578545711640558177340181847433846")
	if signed.Signature.R != r.Bytes32() || signed.ChainID.Uint64() != 1 {
		t.Errorf("%+v", signed)
	}
	// The address of the key 0x46..46, which signs the first authorization in
	// vectors.json too.
	if signed.Sender.String() != "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F" {
		t.Error(signed.Sender)
	}
}

// TestEnvelopeFaults breaks a good transaction in ways that must not pass.
func TestEnvelopeFaults(t *testing.T) {
	var legacy, dynamic, setCode []byte
	for _, v := range vectors(t) {
		raw, _ := ParseHex(v.Raw)
		switch v.Name {
		case "legacy":
			legacy = raw
		case "1559":
			dynamic = raw
		case "7702":
			setCode = raw
		}
	}
	chain := *uint256.NewInt(1)
	to := bytes.Repeat([]byte{0x35}, 20)
	eleven := func(hashes []byte) []byte {
		zero := bytesItem(nil)
		return append([]byte{3}, listOf(uintItem(chain), zero, zero, zero, zero, bytesItem(to), zero, zero, []byte{0xc0}, zero, hashes)...)
	}
	cases := []struct {
		name string
		raw  []byte
		want error
	}{
		{"nothing", nil, ErrEnvelope},
		{"unknown type", append([]byte{5}, dynamic[1:]...), ErrEnvelope},
		{"type 0 in front", append([]byte{0}, legacy...), ErrEnvelope},
		{"a byte behind", append(append([]byte{}, legacy...), 0), ErrEnvelope},
		{"cut", legacy[:len(legacy)-1], ErrRLP},
		{"type 1 for type 2", append([]byte{1}, dynamic[1:]...), ErrEnvelope},
		{"not a list", []byte{2, 0x83, 1, 2, 3}, ErrRLP},
		{"leading zero in the nonce", append([]byte{0xc6}, 0, 1, 1, 0x80, 0x80, 0x80), ErrRLP},
		{"list for a number", append([]byte{0xc6}, 0xc0, 1, 1, 0x80, 0x80, 0x80), ErrRLP},
		{"list for the data", append([]byte{0xc6}, 1, 1, 1, 0x80, 0x80, 0xc0), ErrRLP},
		{"small byte with a length", append([]byte{0xc7}, 0x81, 1, 1, 1, 0x80, 0x80, 0x80), ErrRLP},
		{"short length in the long form", []byte{0xf8, 6, 1, 1, 1, 0x80, 0x80, 0x80}, ErrRLP},
		{"length with a leading zero", []byte{0xf9, 0, 6, 1, 1, 1, 0x80, 0x80, 0x80}, ErrRLP},
		{"huge length", []byte{0xff, 255, 255, 255, 255, 255, 255, 255, 255}, ErrRLP},
		{"address of 19 bytes", listOf([]byte{1}, []byte{1}, []byte{1}, bytesItem(to[1:]), []byte{1}, bytesItem(nil)), ErrRLP},
		{"gas above 64 bits", listOf([]byte{1}, []byte{1}, bytesItem(bytes.Repeat([]byte{1}, 9)), bytesItem(to), []byte{1}, bytesItem(nil)), ErrRLP},
		{"value above 256 bits", listOf([]byte{1}, []byte{1}, []byte{1}, bytesItem(to), bytesItem(bytes.Repeat([]byte{1}, 33)), bytesItem(nil)), ErrRLP},
		{"v of 30", listOf([]byte{1}, []byte{1}, []byte{1}, bytesItem(to), []byte{1}, bytesItem(nil), []byte{30}, []byte{1}, []byte{1}), ErrEnvelope},
		{"r of zero", listOf([]byte{1}, []byte{1}, []byte{1}, bytesItem(to), []byte{1}, bytesItem(nil), []byte{27}, bytesItem(nil), []byte{1}), ErrSignature},
		{"no chain id before signing", listOf([]byte{1}, []byte{1}, []byte{1}, bytesItem(to), []byte{1}, bytesItem(nil), bytesItem(nil), bytesItem(nil), bytesItem(nil)), ErrEnvelope},
		{"blobs without hashes", eleven([]byte{0xc0}), ErrEnvelope},
		{"blob hash of version 2", eleven(listOf(bytesItem(bytes.Repeat([]byte{2}, 32)))), ErrEnvelope},
		{"blob hash of 31 bytes", eleven(listOf(bytesItem(bytes.Repeat([]byte{1}, 31)))), ErrRLP},
		{"more authorizations than are read", append([]byte{4}, listOf(uintItem(chain), bytesItem(nil), bytesItem(nil), bytesItem(nil), bytesItem(nil),
			bytesItem(to), bytesItem(nil), bytesItem(nil), []byte{0xc0}, listOf(bytes.Repeat([]byte{0xc0}, MaxActions+1)))...), ErrEnvelope},
		{"set-code cut short", setCode[:100], ErrRLP},
	}
	for _, c := range cases {
		if tx, err := ParseTransaction(c.raw); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %+v", c.name, err, tx)
		}
	}
	// The other form of the same signature is refused: parity and s are turned.
	high := highS(t, dynamic)
	if _, err := ParseTransaction(high); !errors.Is(err, ErrEnvelope) {
		t.Errorf("high s: %v", err)
	}
}

// highS returns the transaction with s replaced by the order minus s.
func highS(t *testing.T, raw []byte) []byte {
	t.Helper()
	order := uint256.MustFromHex("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
	outer, _, err := nextItem(raw[1:], 1)
	if err != nil {
		t.Fatal(err)
	}
	all, err := outer.items()
	if err != nil {
		t.Fatal(err)
	}
	var parts [][]byte
	for _, it := range all[:9] {
		parts = append(parts, it.raw)
	}
	parity, _ := all[9].uint(1)
	s, _ := all[11].uint(256)
	s.Sub(order, &s)
	parts = append(parts, uintItem(*uint256.NewInt(1 - parity.Uint64())), all[10].raw, uintItem(s))
	return append([]byte{raw[0]}, listOf(parts...)...)
}

// TestSidecar puts a blob transaction into the form in which it travels.
func TestSidecar(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Name != "4844" {
			continue
		}
		raw, _ := ParseHex(v.Raw)
		empty := []byte{0xc0}
		tx, err := ParseTransaction(append([]byte{3}, listOf(raw[1:], empty, empty, empty)...))
		if err != nil {
			t.Fatal(err)
		}
		if tx.ID != v.ID || !tx.Sidecar || tx.Decode(Decoder{}).Complete() {
			t.Errorf("%+v", tx)
		}
	}
}

func TestAuthorization(t *testing.T) {
	to := mustAddress("0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3")
	unsigned := append([]byte{5}, listOf([]byte{1}, bytesItem(to[:]), bytesItem(nil))...)
	a, err := ParseAuthorization(unsigned)
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest != Keccak(unsigned) || a.Delegate != to || a.Authority != nil || a.ChainID.Uint64() != 1 {
		t.Errorf("%+v", a)
	}
	act := a.Action()
	if act.Kind != ControlChange || *act.To != to || act.Contract != nil {
		t.Errorf("%+v", act)
	}
	zero := bytesItem(nil)
	signed := func(parity byte, s []byte) []byte {
		return listOf([]byte{1}, bytesItem(to[:]), zero, bytesItem([]byte{parity}), []byte{1}, bytesItem(s))
	}
	if a, err := ParseAuthorization(signed(2, []byte{1})); err != nil || a.Fault == "" || a.Authority != nil {
		t.Errorf("parity 2: %+v, %v", a, err)
	}
	if a, err := ParseAuthorization(signed(1, bytes.Repeat([]byte{0xff}, 32))); err != nil || a.Fault == "" {
		t.Errorf("high s: %+v, %v", a, err)
	}
	for name, raw := range map[string][]byte{
		"nothing": nil, "four fields": listOf(zero, bytesItem(to[:]), zero, zero), "bytes behind": append(unsigned, 1),
		"short address": listOf(zero, bytesItem(to[1:]), zero), "long nonce": listOf(zero, bytesItem(to[:]), bytesItem(bytes.Repeat([]byte{1}, 9))),
	} {
		if _, err := ParseAuthorization(raw); !errors.Is(err, ErrRLP) && !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMaxFee(t *testing.T) {
	tx := Transaction{Gas: 21000, GasPrice: *uint256.NewInt(5), BlobHashes: make([]Hash, 2), BlobFeeCap: *uint256.NewInt(7)}
	if fee, ok := tx.MaxFee(); !ok || fee.Uint64() != 21000*5+2*131072*7 {
		t.Error(fee.Dec(), ok)
	}
	tx.GasPrice.SetAllOne()
	if _, ok := tx.MaxFee(); ok {
		t.Error("an overflow is not noticed")
	}
}
