package evm

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/holiman/uint256"
)

// TestSelectors compares with the list of selectors that was checked by hashing
// in another program.
func TestSelectors(t *testing.T) {
	known := StandardFunctions()
	for _, text := range strings.Fields("a9059cbb 23b872dd 095ea7b3 39509351 a457c2d7 d505accf a22cb465 42842e0e b88d4fde f242432a 2eb2c2d6 " +
		"40c10f19 d0e30db0 2e1a7d4d 3659cfe6 4f1ef286 f2fde38b c6427474 c01a8c84") {
		if known[[4]byte(mustHex(text))] == nil {
			t.Errorf("%s is not known", text)
		}
	}
	for sel, f := range known {
		if h := Keccak([]byte(f.Canonical())); [4]byte(h[:4]) != sel || f.Selector() != sel {
			t.Errorf("%s: %x", f.Canonical(), sel)
		}
	}
}

// TestCalldata decodes what ethers encoded, argument by argument.
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
	functions := StandardFunctions()
	if len(all) != len(functions) {
		t.Errorf("%d vectors for %d functions", len(all), len(functions))
	}
	for _, v := range all {
		raw, _ := ParseHex(v.Data)
		f := functions[[4]byte(raw)]
		if f == nil || f.Canonical() != v.Signature {
			t.Errorf("%s is taken for %+v", v.Signature, f)
			continue
		}
		args, faults, err := decodeArgs(f.params, raw[4:])
		if err != nil || len(faults) > 0 {
			t.Errorf("%s: %v, %v", v.Signature, err, faults)
			continue
		}
		if got, want := argTexts(args), fmt.Sprint(v.Args); got != want {
			t.Errorf("%s: %s, want %s", v.Signature, got, want)
		}
		// One bit less or more is noticed: no byte is skipped.
		for _, other := range [][]byte{raw[:len(raw)-1], append(append([]byte{}, raw...), 0)} {
			if tree := (Decoder{Functions: functions}).Decode(Frame{Data: other}); tree.Complete() {
				t.Errorf("%s with %d bytes is complete", v.Signature, len(other))
			}
		}
	}
}

func argTexts(args []Arg) string {
	var texts []string
	for _, a := range args {
		switch {
		case strings.HasSuffix(a.Type, "]"):
			texts = append(texts, argTexts(a.Items))
		case a.Type == "address":
			texts = append(texts, a.Address().String())
		case a.Type == "bytes":
			texts = append(texts, "0x"+hex.EncodeToString(a.Bytes))
		case a.Type == "bool":
			texts = append(texts, fmt.Sprint(a.Bool()))
		case a.Type == "bytes32":
			texts = append(texts, Hash(a.Word).String())
		default:
			n := a.Uint()
			texts = append(texts, n.Dec())
		}
	}
	return "[" + strings.Join(texts, " ") + "]"
}

// word is a number as 32 bytes.
func word(n uint64) []byte {
	w := uint256.NewInt(n).Bytes32()
	return w[:]
}

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// TestABI breaks encodings. Those in which a value cannot be read are errors,
// the others leave the values and name the place.
func TestABI(t *testing.T) {
	ones := strings.Repeat("ff", 32)
	for _, c := range []struct {
		name, params string
		data         []byte
		// fault is part of the error or of the only fault, with its place.
		fault  string
		failed bool
	}{
		{"short", "uint256 a,uint256 b", word(1), "end at byte 32, before the word at 32", true},
		{"offset outside", "bytes a", join(word(64), word(0)), "points outside", true},
		{"offset huge", "bytes a", join(mustHex(ones), word(0)), "points outside", true},
		{"offset not whole", "bytes a", join(word(33), word(0), word(0)), "not a multiple of 32", true},
		{"offset into the head", "bytes a,uint256 b", join(word(32), word(0)), "used twice", true},
		{"offset onto itself", "bytes a", join(word(0), word(0)), "used twice", true},
		{"two offsets to one place", "bytes a,bytes b", join(word(64), word(64), word(0)), "used twice", true},
		{"bytes too long", "bytes a", join(word(32), word(33), word(0)), "longer than the data", true},
		{"bytes huge", "bytes a", join(word(32), mustHex(ones), word(0)), "longer than the data", true},
		{"array too long", "uint256[] a", join(word(32), word(2), word(0)), "longer than the data", true},
		{"array huge", "uint256[] a", join(word(32), mustHex(ones)), "longer than the data", true},
		{"array of bytes onto itself", "bytes[] a", join(word(32), word(1), word(0), word(0)), "used twice", true},
		{"gap", "bytes a", join(word(64), word(7), word(0)), "bytes 32 to 63: bytes that no argument refers to", false},
		{"trailing word", "uint256 a", join(word(1), word(0)), "bytes 32 to 63: bytes that no argument refers to", false},
		{"trailing byte", "uint256 a", append(word(1), 0), "bytes 32 to 32: trailing bytes", false},
		{"no padding", "bytes a", join(word(32), word(1), []byte{5}), "bytes 64 to 64: bytes without padding", false},
		{"dirty padding", "bytes a", join(word(32), word(1), bytes32(5, 6)), "bytes 65 to 95: padding that is not zero", false},
		{"dirty address", "address a", mustHex(ones), "bytes 0 to 11: dirty high bytes", false},
		{"uint8 of 256", "uint8 a", word(256), "bytes 0 to 30: number outside uint8", false},
		{"uint48", "uint48 a", mustHex(ones), "bytes 0 to 25: number outside uint48", false},
		{"bool of 2", "bool a", word(2), "neither 0 nor 1", false},
		{"bytes4", "bytes4 a", mustHex(ones), "bytes 4 to 31: dirty low bytes", false},
		{"tuple in an array", "(address a,bytes b)[] a", join(word(32), word(1), word(32), word(9), word(64), word(0)), "", false},
		{"static tuple", "(uint8 a,bool b) a,uint8 c", join(word(1), word(1), word(3)), "", false},
		{"nested arrays", "uint8[][] a", join(word(32), word(2), word(64), word(96), word(0), word(1), word(5)), "", false},
	} {
		args, faults, err := decodeArgs(parseParams(c.params), c.data)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case len(faults) == 1:
			got = faults[0].String()
		case len(faults) > 1:
			got = fmt.Sprint("more than one: ", faults)
		}
		if (err != nil) != c.failed || !strings.Contains(got, c.fault) || c.fault == "" && got != "" {
			t.Errorf("%s: %q, %+v; want %q", c.name, got, args, c.fault)
		}
	}
}

// bytes32 is a word that begins with the bytes.
func bytes32(first ...byte) []byte {
	w := make([]byte, 32)
	copy(w, first)
	return w
}

// TestDecoderLimits: nothing grows without bound, and what is cut is said.
func TestDecoderLimits(t *testing.T) {
	submit := mustHex("c6427474")
	data := []byte{}
	for range 12 { // a wallet in a wallet in a wallet
		padding := make([]byte, (32-len(data)%32)%32)
		data = join(submit, word(1), word(0), word(96), word(uint64(len(data))), data, padding)
	}
	tree := Decoder{Functions: StandardFunctions()}.Decode(Frame{Data: data})
	if len(tree.Undecoded) != 1 || !strings.Contains(tree.Undecoded[0].Reason, "nested more than 8 deep") || tree.Undecoded[0].Path != "0.0.0.0.0.0.0.0" {
		t.Errorf("%v", tree.Undecoded)
	}

	ids := join(word(2000))
	for i := range 2000 {
		ids = append(ids, word(uint64(i))...)
	}
	at := uint64(160 + len(ids))
	batch := join(mustHex("2eb2c2d6"), word(1), word(2), word(160), word(at), word(at+uint64(len(ids))), ids, ids, word(0))
	tree = Decoder{Functions: StandardFunctions()}.Decode(Frame{Data: batch})
	if len(tree.Actions) != MaxActions || len(tree.Undecoded) != 1 || !strings.Contains(tree.Undecoded[0].Reason, "more than 1000") {
		t.Errorf("%d actions, %v", len(tree.Actions), tree.Undecoded)
	}

	tree = Decoder{}.Decode(Frame{Data: make([]byte, MaxData+1)})
	if tree.Complete() {
		t.Error("more than a mebibyte is complete")
	}
}
