package bitcoin

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996) names keys and scripts. The
// standard library has no RIPEMD-160, and one block of it is all that a hash of
// 32 bytes needs.

// The order of message words and the rotations, left line then right line.
var (
	ripeWord = [2][80]uint8{{
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
		3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
		1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
		4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
	}, {
		5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
		6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
		15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
		8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
		12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
	}}
	ripeRot = [2][80]uint8{{
		11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
		7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
		11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
		11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
		9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
	}, {
		8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
		9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
		9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
		15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
		8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
	}}
	ripeAdd = [2][5]uint32{
		{0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e},
		{0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0},
	}
)

// ripe32 is RIPEMD-160 of a message of 32 bytes.
func ripe32(msg [32]byte) (out [20]byte) {
	var x [16]uint32
	for i := range 8 {
		x[i] = binary.LittleEndian.Uint32(msg[4*i:])
	}
	x[8], x[14] = 0x80, 256
	h := [5]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}
	var line [2][5]uint32
	for l := range line {
		a, b, c, d, e := h[0], h[1], h[2], h[3], h[4]
		for j := range 80 {
			f := j / 16
			if l == 1 {
				f = 4 - f
			}
			t := a + ripeMix(f, b, c, d) + x[ripeWord[l][j]] + ripeAdd[l][j/16]
			t = bits.RotateLeft32(t, int(ripeRot[l][j])) + e
			a, e, d, c, b = e, d, bits.RotateLeft32(c, 10), b, t
		}
		line[l] = [5]uint32{a, b, c, d, e}
	}
	for i := range h {
		v := h[(i+1)%5] + line[0][(i+2)%5] + line[1][(i+3)%5]
		binary.LittleEndian.PutUint32(out[4*i:], v)
	}
	return out
}

func ripeMix(f int, x, y, z uint32) uint32 {
	switch f {
	case 0:
		return x ^ y ^ z
	case 1:
		return x&y | ^x&z
	case 2:
		return (x | ^y) ^ z
	case 3:
		return x&z | y&^z
	}
	return x ^ (y | ^z)
}

// Hash160 is RIPEMD-160 of SHA-256: the hash in P2PKH, P2SH and P2WPKH.
func Hash160(b []byte) [20]byte { return ripe32(sha256.Sum256(b)) }
