package eip712

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// vector is a document with the hashes on which two other libraries agree
// (testdata/make.mjs).
type vector struct {
	Name, Type              string
	Digest, Message, Domain evm.Hash
	Document                json.RawMessage
}

func vectors(t testing.TB) (all []vector) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestVectors(t *testing.T) {
	all := vectors(t)
	if len(all) != 13 {
		t.Fatalf("%d vectors", len(all))
	}
	for _, v := range all {
		d, err := Parse(v.Document)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if d.Digest != v.Digest || d.MessageHash != v.Message || d.DomainSeparator != v.Domain {
			t.Errorf("%s: digest %s, message %s, domain %s", v.Name, d.Digest, d.MessageHash, d.DomainSeparator)
		}
		if v.Type != "" && d.TypeText != v.Type {
			t.Errorf("%s: type %s, want %s", v.Name, d.TypeText, v.Type)
		}
	}
}

// example is the document of Example.js in EIP-712's own assets, an older one
// than the text's: its domain has a field that the standard later dropped.
const example = `{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
{"name":"chainId","type":"uint256"},{"name":"httpOrigin","type":"string"},{"name":"verifyingContract","type":"address"}],
"Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},
"primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,"httpOrigin":"https://ether-mail.eth",
"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
"message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
"to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}`

// TestExample holds every hash that EIP-712's Example.js asserts.
func TestExample(t *testing.T) {
	d, err := Parse([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	typeHash := evm.Keccak([]byte(d.TypeText))
	for name, pair := range map[string][2]string{
		"type":      {d.TypeText, "Mail(Person from,Person to,string contents)Person(string name,address wallet)"},
		"type hash": {typeHash.String(), "0xa0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2"},
		"from":      {evm.Hash(d.Message.Field("from").Word).String(), "0xfc71e5fa27ff56c350aa531bc129ebdf613b772b6604664f5d8dbe21b85eb0c8"},
		"to":        {evm.Hash(d.Message.Field("to").Word).String(), "0xcd54f074a4af31b4411ff6a60c9719dbd559c221c8ac3492d9d872b041d703d1"},
		"contents":  {evm.Hash(d.Message.Field("contents").Word).String(), "0xb5aadf3154a261abdd9086fc627b61efca26ae5702701d05cd2305f7c52a2fc8"},
		"message":   {d.MessageHash.String(), "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e"},
		"domain":    {d.DomainSeparator.String(), "0x0b72c8f1f2c3bf8bcca4c3cc24cd47275f9261a5b0bcf7b9bd803419b303a1a9"},
		"digest":    {d.Digest.String(), "0xa5f5fa6b05af38f2e9d2889ac36f5a4ba31e20646781d23739de458d86d6593e"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s, want %s", name, pair[0], pair[1])
		}
	}
	// Signed with the key that is the hash of "cow".
	var r, s evm.Hash
	_ = r.UnmarshalText([]byte("0x24040eda35064d96c51f3308b5fae290edae563327348886a366ed604e0c0480"))
	_ = s.UnmarshalText([]byte("0x42bbabf2fae4b00598596a99d577dde56ff9d013e861f611cfe7b0728e1cd057"))
	who, err := evm.Recover(d.Digest, evm.Signature{R: r, S: s})
	if err != nil || who.String() != "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" {
		t.Errorf("%s, %v", who, err)
	}
	if d.Complete() || !strings.Contains(fmt.Sprint(d.Undecoded), "httpOrigin") || !strings.Contains(fmt.Sprint(d.Undecoded), "unknown meaning") {
		t.Error(d.Undecoded)
	}
}

// TestPermits reads the known messages as approvals.
func TestPermits(t *testing.T) {
	const (
		spender = "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3"
		owner   = "0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4"
		token   = "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"
	)
	want := map[string][]string{
		"permit":            {"0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48 from " + owner + " to " + spender + " unlimited until 1740000000"},
		"dai permit":        {"0x6B175474E89094C44Da98b954EedeAC495271d0F from " + owner + " to " + spender + " unlimited"},
		"permit2 single":    {token + " to " + spender + " unlimited until 1740000000 expires 281474976710655"},
		"permit2 batch":     {token + " to " + spender + " 5 until 1740000000 expires 6", owner + " to " + spender + " revoked until 1740000000 expires 7"},
		"permit2 transfer":  {token + " to " + spender + " 12345 until 1740000000 expires 1740000000"},
		"permit2 transfers": {token + " to " + spender + " 1 until 1740000000 expires 1740000000", owner + " to " + spender + " unlimited until 1740000000 expires 1740000000"},
	}
	for _, v := range vectors(t) {
		d, err := Parse(v.Document)
		if err != nil {
			t.Fatal(err)
		}
		lines, known := want[v.Name]
		if !known {
			if len(d.Actions) > 0 || d.Complete() {
				t.Errorf("%s: %+v, complete %v", v.Name, d.Actions, d.Complete())
			}
			continue
		}
		if !d.Complete() || d.Known == "" || d.Domain.ChainID.Uint64() != 1 {
			t.Errorf("%s: known as %q, %v", v.Name, d.Known, d.Undecoded)
		}
		var got []string
		for _, a := range d.Actions {
			got = append(got, approvalText(a))
		}
		if strings.Join(got, "\n") != strings.Join(lines, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", v.Name, strings.Join(got, "\n"), strings.Join(lines, "\n"))
		}
	}
}

func approvalText(a evm.Action) string {
	text := a.Contract.String()
	if a.From != nil {
		text += " from " + a.From.String()
	}
	text += " to " + a.To.String()
	switch {
	case a.Unlimited:
		text += " unlimited"
	case a.Revoke:
		text += " revoked"
	default:
		text += " " + a.Amount.Dec()
	}
	if a.Deadline != nil {
		text += " until " + a.Deadline.Dec()
	}
	if a.Expires != nil {
		text += " expires " + a.Expires.Dec()
	}
	return text
}

// small is a document to be broken: one field of a type with a value.
func small(typ, value string) string {
	return `{"types":{"EIP712Domain":[{"name":"chainId","type":"uint256"}],"M":[{"name":"v","type":"` + typ + `"}]},` +
		`"primaryType":"M","domain":{"chainId":1},"message":{"v":` + value + `}}`
}

func TestValues(t *testing.T) {
	good := map[[2]string]string{
		{"uint8", "255"}: "255", {"uint8", `"0xFf"`}: "255", {"uint256", `"0x0"`}: "0", {"uint256", `"0x00ff"`}: "255",
		{"int8", "-128"}: "-128", {"int8", `"127"`}: "127", {"uint64", "9007199254740991"}: "9007199254740991",
		{"uint256", `"9007199254740993"`}: "9007199254740993", {"bool", "true"}: "true", {"bytes2", `"0xABcd"`}: "0xabcd",
		{"string", `"a\u00e9"`}: "aé", {"address", `"0x88a1493366d48225fc3cefbdae9ebb23e323ade3"`}: "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3",
	}
	for in, text := range good {
		d, err := Parse([]byte(small(in[0], in[1])))
		if err != nil || d.Message.Field("v").Text != text {
			t.Errorf("%v: %v, %+v", in, err, d)
		}
	}
	bad := map[[2]string]error{
		{"uint8", "256"}: ErrValue, {"uint8", "-1"}: ErrValue, {"uint8", "1.0"}: ErrValue, {"uint8", "1e2"}: ErrValue, {"uint8", `"01"`}: ErrValue,
		{"uint8", `""`}: ErrValue, {"uint8", `"0x"`}: ErrValue, {"uint8", `" 1"`}: ErrValue, {"uint8", "true"}: ErrValue, {"uint8", "null"}: ErrValue,
		{"uint256", "9007199254740992"}: ErrValue, {"int8", "128"}: ErrValue, {"int8", `"-129"`}: ErrValue, {"int8", `"-0"`}: ErrValue, {"int8", `"-0x1"`}: ErrValue,
		{"uint256", `"115792089237316195423570985008687907853269984665640564039457584007913129639936"`}: ErrValue,
		{"uint256", `"0x1` + strings.Repeat("0", 64) + `"`}:                                             ErrValue,
		{"bool", `"false"`}: ErrValue, {"bool", "0"}: ErrValue, {"bytes2", `"0xabcdef"`}: ErrValue, {"bytes", `"abcd"`}: evm.ErrHex, {"bytes", `"0xabc"`}: evm.ErrHex,
		{"string", "5"}: ErrValue, {"string", `"\ud800"`}: ErrJSON, {"address", `"0x88A1493366d48225fc3cefbdae9ebb23e323ade3"`}: evm.ErrChecksum,
		{"address", `"0x88a1"`}: evm.ErrHex, {"uint8[2]", "[1]"}: ErrValue, {"uint8[]", `"1"`}: ErrValue, {"M[]", `[{}]`}: ErrValue, {"M[]", `[null]`}: ErrValue,
		{"uint", "1"}: ErrType, {"uint7", "1"}: ErrType, {"uint264", "1"}: ErrType, {"bytes33", `"0x"`}: ErrType, {"bytes0", `"0x"`}: ErrType, {"N", "1"}: ErrType,
		{"uint8[0]", "[]"}: ErrType, {"uint8[01]", "[1]"}: ErrType, {"uint8[", "[]"}: ErrType, {"uint8]", "[]"}: ErrType, {"uint8[]x", "[]"}: ErrType, {"uint08", "1"}: ErrType,
		{"M", nested(12)}: ErrJSON, {"M", nested(9)}: ErrValue,
	}
	for in, want := range bad {
		if d, err := Parse([]byte(small(in[0], in[1]))); !errors.Is(err, want) {
			t.Errorf("%v: %v, %+v", in, err, d)
		}
	}
}

func nested(n int) string { return strings.Repeat(`{"v":`, n) + "1" + strings.Repeat("}", n) }

// TestDocuments breaks the document around the message.
func TestDocuments(t *testing.T) {
	whole := small("uint8", "1")
	for _, c := range []struct {
		name, old, new string
		want           error
	}{
		{"a key twice", `"domain":`, `"domain":{"chainId":2},"domain":`, ErrJSON},
		{"a key twice by an escape", `"message":`, `"mess\u0061ge":{"v":2},"message":`, ErrJSON},
		{"a field twice", `{"v":1}`, `{"v":1,"v":2}`, ErrJSON},
		{"a field defined twice", `[{"name":"v","type":"uint8"}]`, `[{"name":"v","type":"uint8"},{"name":"v","type":"uint16"}]`, ErrType},
		{"something behind", `{"v":1}}`, `{"v":1}} {}`, ErrJSON},
		{"cut", `{"v":1}}`, `{"v":1}`, ErrJSON},
		{"not UTF-8", `"M"`, "\"\xff\"", ErrJSON},
		{"another key", `"domain":`, `"extra":1,"domain":`, ErrDocument},
		{"no message", `,"message":{"v":1}`, ``, ErrDocument},
		{"a list", whole, `[]`, ErrDocument},
		{"no domain type", `"EIP712Domain":[{"name":"chainId","type":"uint256"}],`, ``, ErrDocument},
		{"the domain as message", `"primaryType":"M"`, `"primaryType":"EIP712Domain"`, ErrDocument},
		{"unknown primary type", `"primaryType":"M"`, `"primaryType":"N"`, ErrType},
		{"primary type no text", `"primaryType":"M"`, `"primaryType":1`, ErrType},
		{"types no object", whole, `{"types":[],"primaryType":"M","domain":{},"message":{}}`, ErrType},
		{"a type named uint8", `"M":[`, `"uint8":[],"M":[`, ErrType},
		{"a type named M(", `"M":[`, `"M(":[],"M":[`, ErrType},
		{"a field with three members", `"type":"uint8"}`, `"type":"uint8","x":1}`, ErrType},
		{"a field with a comma", `"name":"v"`, `"name":"v,uint8 w"`, ErrType},
		{"fields no list", `[{"name":"v","type":"uint8"}]`, `{}`, ErrType},
		{"a missing domain value", `"domain":{"chainId":1}`, `"domain":{}`, ErrValue},
		{"a missing value", `{"v":1}`, `{}`, ErrValue},
	} {
		text := strings.Replace(whole, c.old, c.new, 1)
		if text == whole {
			t.Fatal(c.name, "changes nothing")
		}
		if d, err := Parse([]byte(text)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %+v", c.name, err, d)
		}
	}
	for want, text := range map[string]string{
		"more than 1048576":          whole + strings.Repeat(" ", MaxDocument),
		"cannot name a structure":    strings.Replace(whole, `"M":[`, `"`+strings.Repeat("x", MaxName+1)+`":[],"M":[`, 1),
		"nested more than 8 deep":    small("uint8"+strings.Repeat("[]", MaxDepth+1), "[]"),
		"more than 100":              strings.Replace(whole, `"M":[`, manyTypes()+`"M":[`, 1),
		"definitions longer than 65": strings.Replace(whole, `"M":[`, `"M":[`+manyFields(), 1),
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func manyTypes() string {
	var b strings.Builder
	for i := range MaxTypes {
		fmt.Fprintf(&b, `"T%d":[],`, i)
	}
	return b.String()
}

func manyFields() string {
	var b strings.Builder
	for i := range MaxTypeText / MaxName {
		fmt.Fprintf(&b, `{"name":"v%0*d","type":"uint8"},`, MaxName-1, i)
	}
	return b.String()
}

// TestUnsigned: what is shown and not signed is named, as is a domain that
// leaves out the chain or the contract, and a permit that only bears the name.
func TestUnsigned(t *testing.T) {
	var permit string
	for _, v := range vectors(t) {
		if v.Name == "permit" {
			permit = string(v.Document)
		}
	}
	whole, err := Parse([]byte(permit))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := json.Compact(&buf, []byte(permit)); err != nil {
		t.Fatal(err)
	}
	compact := buf.String()
	for _, c := range []struct{ name, old, new, want string }{
		{"a field of the message", `"nonce":0,`, `"nonce":0,"limit":5,`, "message.limit is shown but not signed"},
		{"a field of the domain", `"version":"2",`, `"version":"2","network":"test",`, "domain.network is shown but not signed"},
		{"no chain", `{"name":"chainId","type":"uint256"},`, ``, "no chainId"},
		{"no contract", `,{"name":"verifyingContract","type":"address"}`, ``, "no verifyingContract"},
		{"another order", `{"name":"name","type":"string"},{"name":"version","type":"string"}`, `{"name":"version","type":"string"},{"name":"name","type":"string"}`, "not in its order"},
		{"another permit", `{"name":"nonce","type":"uint256"}`, `{"name":"nonce","type":"uint128"}`, "unknown meaning"},
	} {
		text := strings.Replace(compact, c.old, c.new, 1)
		if text == compact {
			t.Fatal(c.name, "changes nothing")
		}
		d, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := fmt.Sprint(d.Undecoded); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", c.name, got)
		}
		sameHash := d.Digest == whole.Digest
		if shown := strings.HasPrefix(c.name, "a field"); shown != sameHash {
			t.Errorf("%s: same digest %v", c.name, sameHash)
		}
	}
}
