package bitcoin

import (
	"bytes"
	"crypto/sha256"
)

const base58Digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// maxBase58 bounds what base58Decode takes: its time grows with the square.
const maxBase58 = 100

// base58Check writes version and payload with four bytes of checksum, each
// leading zero byte as a 1.
func base58Check(version, payload []byte) string {
	b := append(append([]byte(nil), version...), payload...)
	sum := doubleSHA(b)
	b = append(b, sum[:4]...)
	var digits []byte // least first
	for _, x := range b {
		carry := int(x)
		for i := range digits {
			carry += int(digits[i]) << 8
			digits[i] = byte(carry % 58)
			carry /= 58
		}
		for ; carry > 0; carry /= 58 {
			digits = append(digits, byte(carry%58))
		}
	}
	for i := 0; i < len(b) && b[i] == 0; i++ {
		digits = append(digits, 0)
	}
	out := make([]byte, len(digits))
	for i, d := range digits {
		out[len(out)-1-i] = base58Digits[d]
	}
	return string(out)
}

// base58Decode reads base58 and checks the checksum; what is left is version
// and payload.
func base58Decode(s string) ([]byte, string) {
	if len(s) > maxBase58 {
		return nil, "too long for an address"
	}
	var b []byte // least first
	for i := range len(s) {
		carry := bytes.IndexByte([]byte(base58Digits), s[i])
		if carry < 0 {
			return nil, "a character that base58 does not have"
		}
		for j := range b {
			carry += int(b[j]) * 58
			b[j] = byte(carry)
			carry >>= 8
		}
		for ; carry > 0; carry >>= 8 {
			b = append(b, byte(carry))
		}
	}
	for i := 0; i < len(s) && s[i] == '1'; i++ {
		b = append(b, 0)
	}
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	if len(b) < 5 {
		return nil, "too short for an address"
	}
	body, sum := b[:len(b)-4], doubleSHA(b[:len(b)-4])
	if !bytes.Equal(sum[:4], b[len(b)-4:]) {
		return nil, "the checksum is wrong"
	}
	return body, ""
}

func doubleSHA(b []byte) [32]byte {
	h := sha256.Sum256(b)
	return sha256.Sum256(h[:])
}
