package bitcoin

import "crypto/sha256"

// Type is what an output's script is. Its value is the first byte of an
// account key and is stored: never renumber.
type Type uint8

// The types of script. A key pays to PubKeyHash under its hash, since explorers
// and btcd print P2PK outputs so; PubKey is only told by TypeOf.
const (
	PubKeyHash        Type = 1
	ScriptHash        Type = 2
	WitnessPubKeyHash Type = 3
	WitnessScriptHash Type = 4
	Taproot           Type = 5
	WitnessUnknown    Type = 6
	MultiSig          Type = 7
	OtherScript       Type = 8 // short: kept whole
	HashedScript      Type = 9 // long: kept as its SHA-256
	PlainName         Type = 10
	PubKey            Type = 11 // never in a key
	NullData          Type = 12 // never in a key
)

// maxKept is the longest script of no known type that an account name holds
// whole; a longer one is named by its SHA-256. The usual OP_RETURN fits.
const maxKept = 110

// Opcodes that templates use.
const (
	op0             = 0x00
	op1, op16       = 0x51, 0x60
	opReturn        = 0x6a
	opDup           = 0x76
	opEqual         = 0x87
	opEqualVerify   = 0x88
	opHash160       = 0xa9
	opCheckSig      = 0xac
	opCheckMultiSig = 0xae
)

// appendScriptKey appends the account key of an output script: a type byte and
// a hash, a program, or the script.
func appendScriptKey(dst, s []byte, witness bool) []byte {
	switch {
	case len(s) == 25 && s[0] == opDup && s[1] == opHash160 && s[2] == 20 && s[23] == opEqualVerify && s[24] == opCheckSig:
		return append(append(dst, byte(PubKeyHash)), s[3:23]...)
	case len(s) == 23 && s[0] == opHash160 && s[1] == 20 && s[22] == opEqual:
		return append(append(dst, byte(ScriptHash)), s[2:22]...)
	}
	if witness {
		if version, program, ok := witnessProgram(s); ok {
			return appendWitnessKey(dst, version, program)
		}
	}
	if key := payToKey(s); key != nil {
		h := Hash160(key)
		return append(append(dst, byte(PubKeyHash)), h[:]...)
	}
	if m, _ := multiSig(s); m > 0 {
		return append(append(dst, byte(MultiSig)), s...)
	}
	if len(s) <= maxKept {
		return append(append(dst, byte(OtherScript)), s...)
	}
	h := sha256.Sum256(s)
	return append(append(dst, byte(HashedScript)), h[:]...)
}

// appendWitnessKey names a program; version 0 allows 20 and 32 bytes only
// (BIP 141), which witnessProgram holds.
func appendWitnessKey(dst []byte, version byte, program []byte) []byte {
	switch {
	case version == 0 && len(program) == 20:
		return append(append(dst, byte(WitnessPubKeyHash)), program...)
	case version == 0:
		return append(append(dst, byte(WitnessScriptHash)), program...)
	case version == 1 && len(program) == 32:
		return append(append(dst, byte(Taproot)), program...)
	}
	return append(append(dst, byte(WitnessUnknown), version), program...)
}

// witnessProgram reads a witness program: a version and one push of 2 to 40
// bytes (BIP 141). A program of version 0 that nobody can spend is none.
func witnessProgram(s []byte) (version byte, program []byte, ok bool) {
	if len(s) < 4 || len(s) > 42 || int(s[1]) != len(s)-2 {
		return 0, nil, false
	}
	switch {
	case s[0] == op0:
		return 0, s[2:], len(s) == 22 || len(s) == 34
	case s[0] >= op1 && s[0] <= op16:
		return s[0] - op1 + 1, s[2:], true
	}
	return 0, nil, false
}

// payToKey gives the key of a P2PK script, or nil.
func payToKey(s []byte) []byte {
	if (len(s) == 35 || len(s) == 67) && int(s[0]) == len(s)-2 && s[len(s)-1] == opCheckSig && keyLen(s[1]) == int(s[0]) {
		return s[1 : len(s)-1]
	}
	return nil
}

// keyLen is the length that the first byte of a public key announces, or 0.
func keyLen(first byte) int {
	switch first {
	case 2, 3:
		return 33
	case 4, 6, 7:
		return 65
	}
	return 0
}

// multiSig reads a bare multisig script: how many of the keys must sign, and
// how many there are; 0 when it is none.
func multiSig(s []byte) (need, keys int) {
	n := len(s)
	if n < 37 || s[n-1] != opCheckMultiSig || !smallInt(s[0]) || !smallInt(s[n-2]) {
		return 0, 0
	}
	i := 1
	for i < n-2 {
		l := int(s[i])
		if i+1+l > n-2 || l == 0 || keyLen(s[i+1]) != l {
			return 0, 0
		}
		i += 1 + l
		keys++
	}
	need = int(s[0]) - op1 + 1
	if keys != int(s[n-2])-op1+1 || need > keys {
		return 0, 0
	}
	return need, keys
}

func smallInt(op byte) bool { return op >= op1 && op <= op16 }

// MultiSigKeys lists the member keys of a bare multisig script and how many of
// them must sign. A script of another type gives 0 and nil.
func MultiSigKeys(script []byte) (need int, keys [][]byte) {
	need, n := multiSig(script)
	for i := 1; len(keys) < n; i += 1 + int(script[i]) {
		keys = append(keys, script[i+1:i+1+int(script[i])])
	}
	return need, keys
}

// TypeOf tells the type of a script; unlike an account it tells P2PK from P2PKH
// and knows OP_RETURN.
func (n *Network) TypeOf(script []byte) Type {
	switch {
	case payToKey(script) != nil:
		return PubKey
	case len(script) > 0 && script[0] == opReturn:
		return NullData
	}
	return Type(appendScriptKey(nil, script, n.HRP != "")[0])
}

// scriptOfKey writes the script that an account key stands for; nil when the
// key holds only a hash of it or a name. A P2PK account gives P2PKH.
func scriptOfKey(key []byte) []byte {
	if len(key) == 0 {
		return nil
	}
	h := key[1:]
	switch Type(key[0]) {
	case PubKeyHash:
		return append(append([]byte{opDup, opHash160, 20}, h...), opEqualVerify, opCheckSig)
	case ScriptHash:
		return append(append([]byte{opHash160, 20}, h...), opEqual)
	case WitnessPubKeyHash, WitnessScriptHash:
		return append([]byte{op0, byte(len(h))}, h...)
	case Taproot:
		return append([]byte{op1, byte(len(h))}, h...)
	case WitnessUnknown:
		return append([]byte{op1 + h[0] - 1, byte(len(h) - 1)}, h[1:]...)
	case MultiSig, OtherScript:
		return append([]byte(nil), h...)
	}
	return nil
}
