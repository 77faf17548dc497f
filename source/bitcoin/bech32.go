package bitcoin

import "strings"

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// The constants that close a checksum: BIP 173 and BIP 350.
const (
	bech32Const  = 1
	bech32mConst = 0x2bc830a3
)

func bech32Step(sum uint32, v byte) uint32 {
	top := sum >> 25
	sum = (sum&0x1ffffff)<<5 ^ uint32(v)
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}

func bech32Start(hrp string) uint32 {
	sum := uint32(1)
	for i := range len(hrp) {
		sum = bech32Step(sum, hrp[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range len(hrp) {
		sum = bech32Step(sum, hrp[i]&31)
	}
	return sum
}

// segwitAddress writes a witness program: bech32 for version 0, bech32m above.
func segwitAddress(hrp string, version byte, program []byte) string {
	data := make([]byte, 1, 70)
	data[0] = version
	var acc, bits uint
	for _, b := range program {
		acc, bits = acc<<8|uint(b), bits+8
		for ; bits >= 5; bits -= 5 {
			data = append(data, byte(acc>>(bits-5)&31))
		}
	}
	if bits > 0 {
		data = append(data, byte(acc<<(5-bits)&31))
	}
	sum := bech32Start(hrp)
	for _, d := range data {
		sum = bech32Step(sum, d)
	}
	for range 6 {
		sum = bech32Step(sum, 0)
	}
	if version == 0 {
		sum ^= bech32Const
	} else {
		sum ^= bech32mConst
	}
	out := append(make([]byte, 0, len(hrp)+len(data)+7), hrp...)
	out = append(out, '1')
	for _, d := range data {
		out = append(out, bech32Digits[d])
	}
	for i := range 6 {
		out = append(out, bech32Digits[sum>>(5*(5-i))&31])
	}
	return string(out)
}

// bech32Decode reads the data part of a bech32 or bech32m string, and which of
// the two its checksum closes.
func bech32Decode(s string) (hrp string, data []byte, closes uint32, bad string) {
	if len(s) > 90 {
		return "", nil, 0, "longer than the 90 characters of bech32"
	}
	if strings.ToLower(s) != s && strings.ToUpper(s) != s {
		return "", nil, 0, "upper and lower case are mixed"
	}
	s = strings.ToLower(s)
	one := strings.LastIndexByte(s, '1')
	if one < 1 || one+7 > len(s) {
		return "", nil, 0, "no separator 1 with six characters of checksum behind it"
	}
	for i := range one {
		if s[i] < 33 || s[i] > 126 {
			return "", nil, 0, "a character that bech32 does not have"
		}
	}
	sum := bech32Start(s[:one])
	for i := one + 1; i < len(s); i++ {
		d := strings.IndexByte(bech32Digits, s[i])
		if d < 0 {
			return "", nil, 0, "a character that bech32 does not have"
		}
		sum = bech32Step(sum, byte(d))
		data = append(data, byte(d))
	}
	if sum != bech32Const && sum != bech32mConst {
		return "", nil, 0, "the checksum is wrong"
	}
	return s[:one], data[:len(data)-6], sum, ""
}

// segwitDecode reads a segwit address of any network (BIP 173, BIP 350).
func segwitDecode(s string) (hrp string, version byte, program []byte, bad string) {
	hrp, data, closes, bad := bech32Decode(s)
	if bad != "" {
		return "", 0, nil, bad
	}
	if len(data) == 0 || data[0] > 16 {
		return "", 0, nil, "no witness version from 0 to 16"
	}
	if (data[0] == 0) != (closes == bech32Const) {
		return "", 0, nil, "version 0 takes the checksum of bech32, all others that of bech32m"
	}
	var acc, bits uint
	for _, d := range data[1:] {
		acc, bits = acc<<5|uint(d), bits+5
		if bits >= 8 {
			bits -= 8
			program = append(program, byte(acc>>bits))
		}
	}
	if bits >= 5 || acc&(1<<bits-1) != 0 {
		return "", 0, nil, "the padding is wrong"
	}
	if len(program) < 2 || len(program) > 40 || data[0] == 0 && len(program) != 20 && len(program) != 32 {
		return "", 0, nil, "a witness program of a length that its version does not have"
	}
	return hrp, data[0], program, ""
}
