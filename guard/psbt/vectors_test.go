package psbt_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	oracle "github.com/btcsuite/btcd/btcutil/psbt"

	"github.com/coldtrail/coldtrail/guard/psbt"
)

// TestBIP174 reads the vectors of BIP 174 and 371: the valid ones are read, the
// invalid ones refused. btcsuite's reader is the oracle for what the valid ones say.
func TestBIP174(t *testing.T) {
	text, err := os.ReadFile("testdata/bip174.txt")
	if err != nil {
		t.Fatal(err)
	}
	valid, invalid := 0, 0
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f := strings.Fields(line)
		if f[0] == "#" {
			continue
		}
		raw, err := hex.DecodeString(f[2])
		if err != nil {
			t.Fatal(err)
		}
		p, err := psbt.Parse(raw)
		if f[0] == "invalid" {
			if invalid++; err == nil {
				t.Errorf("invalid %s is read", f[1])
			} else if !errors.Is(err, psbt.ErrFormat) {
				t.Errorf("invalid %s: %v is not ErrFormat", f[1], err)
			}
			continue
		}
		if valid++; err != nil {
			t.Errorf("valid %s: %v", f[1], err)
			continue
		}
		o, err := oracle.NewFromRawBytes(bytes.NewReader(raw), false)
		if err != nil {
			t.Fatalf("the oracle refuses valid %s: %v", f[1], err)
		}
		if o.UnsignedTx.TxHash() != p.Tx.TxHash() || len(o.Inputs) != len(p.Inputs) || len(o.Outputs) != len(p.Outputs) {
			t.Errorf("valid %s: another transaction than the oracle's", f[1])
		}
		for i := range o.Inputs {
			if len(o.Inputs[i].PartialSigs) != len(p.Inputs[i].Partial) || !bytes.Equal(o.Inputs[i].RedeemScript, p.Inputs[i].Redeem) || !bytes.Equal(o.Inputs[i].WitnessScript, p.Inputs[i].WitnessScript) || (o.Inputs[i].NonWitnessUtxo == nil) != (p.Inputs[i].NonWitness == nil) {
				t.Errorf("valid %s: input %d differs from the oracle's", f[1], i)
			}
		}
	}
	if valid < 6 || invalid < 15 {
		t.Errorf("%d valid and %d invalid vectors are too few", valid, invalid)
	}
}

// The records from which all vectors of BIP 370 are made.
const (
	txVersion  = "01020402000000"
	v2         = "01fb0402000000"
	unsigned   = "01007102000000010b0ad921419c1c8719735d72dc739f9ea9e0638d1fe4c1eef0f9944084815fc80000000000feffffff020008af2f00000000160014c430f64c4756da310dbd1a085572ef299926272c8bbdeb0b00000000160014a07dac8ab6ca942d379ed795f835ba71c9cc688500000000"
	nonWitness = "0100520200000001c1aa256e214b96a1822f93de42bff3b5f3ff8d0519306e3515d7515a5e805b120000000000ffffffff0118c69a3b00000000160014b0a3af144208412693ca7d166852b52db0aef06e00000000"
	witness    = "01011f18c69a3b00000000160014b0a3af144208412693ca7d166852b52db0aef06e"
	prevTxid   = "010e200b0ad921419c1c8719735d72dc739f9ea9e0638d1fe4c1eef0f9944084815fc8"
	prevIndex  = "010f0400000000"
	sequence   = "011004feffffff"
	bip32A     = "220202d601f84846a6755f776be00e3d9de8fb10acc935fb83c45fb0162d4cad5ab79218f69d873e540000800100008000000080000000002a000000"
	amountA    = "0103080008af2f00000000"
	scriptA    = "0104160014c430f64c4756da310dbd1a085572ef299926272c"
	bip32B     = "220202e36fbff53dd534070cf8fd396614680f357a9b85db7340bf1cfa745d2ad7b34018f69d873e540000800100008000000080010000006400000000"
	amountB    = "0103088bbdeb0b00000000"
	scriptB    = "01041600144dd193ac964a56ac1b9e1cca8454fe2f474f8513"
)

func packet(t *testing.T, global, input, a, b []string) []byte {
	t.Helper()
	text := "70736274ff"
	for _, m := range [][]string{global, input, a, b} {
		text += strings.Join(m, "") + "00"
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// global and the others are the maps of the BIP's "updated" packet; with adds, and
// without takes away.
func edit(all []string, with, without string) []string {
	var out []string
	for _, r := range all {
		if r != without || without == "" {
			out = append(out, r)
		}
	}
	if with != "" {
		out = append(out, with)
	}
	return out
}

var (
	globalV2 = []string{txVersion, "01040101", "01050102", v2}
	inputV2  = []string{nonWitness, witness, prevTxid, prevIndex}
	outA     = []string{amountA, scriptA}
	outB     = []string{amountB, scriptB}
	globalV0 = []string{unsigned}
	inputV0  = []string{nonWitness, witness}
)

// TestBIP370 makes the vectors of BIP 370 from their records.
func TestBIP370(t *testing.T) {
	const whole = "70736274ff01020402000000010401010105010201fb040200000000010e200b0ad921419c1c8719735d72dc739f9ea9e0638d1fe4c1eef0f9944084815fc8010f0400000000000103080008af2f000000000104160014c430f64c4756da310dbd1a085572ef299926272c000103088bbdeb0b0000000001041600144dd193ac964a56ac1b9e1cca8454fe2f474f851300"
	if got := hex.EncodeToString(packet(t, globalV2, []string{prevTxid, prevIndex}, outA, outB)); got != whole {
		t.Fatalf("the records do not make the BIP's vector:\n%s\n%s", got, whole)
	}
	type cut struct{ with, without string }
	for _, c := range []struct {
		name                string
		v0                  bool
		global, input, outA cut
		valid               bool
	}{
		{"v0 with version 2", true, cut{v2, ""}, cut{}, cut{}, false},
		{"v0 with tx version", true, cut{txVersion, ""}, cut{}, cut{}, false},
		{"v0 with fallback lock time", true, cut{"01030402000000", ""}, cut{}, cut{}, false},
		{"v0 with input count", true, cut{"01040102", ""}, cut{}, cut{}, false},
		{"v0 with output count", true, cut{"01050102", ""}, cut{}, cut{}, false},
		{"v0 with modifiable", true, cut{"01060100", ""}, cut{}, cut{}, false},
		{"v0 with previous txid", true, cut{}, cut{prevTxid, ""}, cut{}, false},
		{"v0 with output index", true, cut{}, cut{prevIndex, ""}, cut{}, false},
		{"v0 with sequence", true, cut{}, cut{sequence, ""}, cut{}, false},
		{"v0 with time lock", true, cut{}, cut{"0111048c8dc462", ""}, cut{}, false},
		{"v0 with height lock", true, cut{}, cut{"01120410270000", ""}, cut{}, false},
		{"v0 with amount", true, cut{}, cut{}, cut{amountA, ""}, false},
		{"v0 with script", true, cut{}, cut{}, cut{scriptA, ""}, false},
		{"v2 without input count", false, cut{"", "01040101"}, cut{}, cut{}, false},
		{"v2 without output count", false, cut{"", "01050102"}, cut{}, cut{}, false},
		{"v2 without previous txid", false, cut{}, cut{"", prevTxid}, cut{}, false},
		{"v2 without output index", false, cut{}, cut{"", prevIndex}, cut{}, false},
		{"v2 without amount", false, cut{}, cut{}, cut{"", amountA}, false},
		{"v2 without script", false, cut{}, cut{}, cut{"", scriptA}, false},
		{"v2 with time lock below 500000000", false, cut{}, cut{"011104ff64cd1d", ""}, cut{}, false},
		{"v2 with height lock of 500000000", false, cut{}, cut{"0112040065cd1d", ""}, cut{}, false},
		{"v2 with unsigned transaction", false, cut{unsigned, ""}, cut{}, cut{}, false},
		{"v2 without tx version", false, cut{"", txVersion}, cut{}, cut{}, false},
		{"v0", true, cut{}, cut{}, cut{}, true},
		{"v2", false, cut{}, cut{}, cut{}, true},
		{"v2 with sequence", false, cut{}, cut{sequence, ""}, cut{}, true},
		{"v2 with all lock times", false, cut{"01030400000000", ""}, cut{sequence + "0111048c8dc462" + "01120410270000", ""}, cut{}, true},
		{"v2 with inputs modifiable", false, cut{"01060101", ""}, cut{}, cut{}, true},
		{"v2 with outputs modifiable", false, cut{"01060102", ""}, cut{}, cut{}, true},
		{"v2 with an undefined flag", false, cut{"01060108", ""}, cut{}, cut{}, true},
	} {
		g, in := globalV2, inputV2
		a, b := outA, outB
		if c.v0 {
			g, in, a, b = globalV0, inputV0, nil, nil
		}
		p, err := psbt.Parse(packet(t, edit(g, c.global.with, c.global.without), edit(in, c.input.with, c.input.without), edit(a, c.outA.with, c.outA.without), b))
		if (err == nil) != c.valid {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && p.Version == 2 && strings.Contains(c.name, "lock times") && p.Tx.LockTime != 10000 {
			t.Errorf("%s: lock time %d, the height of 10000 wins", c.name, p.Tx.LockTime)
		}
	}
}

// TestIdentity: the identity of version 2 does not change with sequences, the txid
// does.
func TestIdentity(t *testing.T) {
	a, err := psbt.Parse(packet(t, globalV2, inputV2, outA, outB))
	b, err2 := psbt.Parse(packet(t, globalV2, edit(inputV2, sequence, ""), outA, outB))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if a.Identity() != b.Identity() || a.Tx.TxHash() == b.Tx.TxHash() {
		t.Errorf("identities %s %s, txids %s %s", a.Identity(), b.Identity(), a.Tx.TxHash(), b.Tx.TxHash())
	}
}

func TestStrict(t *testing.T) {
	good := packet(t, globalV2, inputV2, outA, outB)
	for name, bad := range map[string][]byte{
		"trailing byte":      append(bytes.Clone(good), 0),
		"cut":                good[:len(good)-1],
		"key twice":          packet(t, edit(globalV2, txVersion, ""), inputV2, outA, outB),
		"long length":        bytes.Replace(good, []byte{0x01, 0x04, 0x01, 0x01}, []byte{0x01, 0x04, 0xfd, 0x01, 0x00, 0x01}, 1),
		"four billion maps":  packet(t, []string{txVersion, "010405feffffffff", "01050102", v2}, inputV2, outA, outB),
		"negative amount":    packet(t, globalV2, inputV2, []string{"010308ffffffffffffffff", scriptA}, outB),
		"empty":              {},
		"magic alone":        []byte("psbt\xff"),
		"too long":           append([]byte("psbt\xff"), make([]byte, psbt.MaxSize)...),
		"same coin two ways": nil,
	} {
		if name == "same coin two ways" {
			g := []string{txVersion, "01040102", "01050102", v2}
			text := "70736274ff"
			for _, m := range [][]string{g, inputV2, inputV2, outA, outB} {
				text += strings.Join(m, "") + "00"
			}
			bad, _ = hex.DecodeString(text)
		}
		if _, err := psbt.Parse(bad); !errors.Is(err, psbt.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := psbt.Text(base64.StdEncoding.EncodeToString(good)); err != nil {
		t.Error(err)
	}
	if _, err := psbt.Text("cHNidP8*"); !errors.Is(err, psbt.ErrFormat) {
		t.Error(err)
	}
}

func FuzzPSBT(f *testing.F) {
	text, _ := os.ReadFile("testdata/bip174.txt")
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if w := strings.Fields(line); w[0] != "#" {
			raw, _ := hex.DecodeString(w[2])
			f.Add(raw)
		}
	}
	w, err := psbt.NewWallet([]string{"wpkh(" + testXpub + "/<0;1>/*)"}, 20)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := psbt.Parse(raw)
		if err != nil {
			if !errors.Is(err, psbt.ErrFormat) {
				t.Fatalf("%v", err)
			}
			return
		}
		a := p.Analyse(w)
		if a.FeeKnown && a.Fee < 0 && len(a.Findings) == 0 {
			t.Fatal("a negative fee is not a finding")
		}
		for _, pay := range a.Pays {
			if pay.Change && len(p.Outputs) == 0 {
				t.Fatal("change without a proof")
			}
		}
	})
}

func FuzzTx(f *testing.F) {
	raw, _ := hex.DecodeString(nonWitness[6:])
	f.Add(raw)
	w, _ := psbt.NewWallet(nil, 0)
	f.Fuzz(func(t *testing.T, raw []byte) {
		tx, err := psbt.ParseTx(raw)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := tx.Serialize(&again); err != nil || !bytes.Equal(again.Bytes(), raw) {
			t.Fatalf("read and written again it is %x", again.Bytes())
		}
		psbt.AnalyseTx(tx, nil, w)
	})
}
