package tag

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestChecksums: vectors of the standards. BIP 173 and BIP 350 give the SegWit
// ones, EIP-55 its own; the genesis coinbase is the Base58Check one.
func TestChecksums(t *testing.T) {
	for _, c := range []struct {
		network, address string
		checked, good    bool
	}{
		{"BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", true, true},
		{"BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", true, false},
		{"BTC", "1111111111111111111114oLvT2", true, true},
		{"BTC", "11111111111111111111114oLvT2", true, false},
		{"BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", true, true},
		{"BTC", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", true, true},
		{"BTC", "BC1SW50QGDZ25J", true, true},
		{"BTC", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", true, true},
		{"BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", true, true},
		{"BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", true, false}, // bech32 where bech32m is due
		{"BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", true, false},
		{"BTC", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", true, false}, // mixed case
		{"BTC", "bc1", true, false},
		{"BTC", "not an address", false, false},
		{"ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", true, true},
		{"ETH", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", true, true},
		{"ETH", "0xfb6916095ca1df60bB79Ce92cE3Ea74c37c5d359", true, false},
		{"ETH", "0x52908400098527886E0F7030069857D2E4169EE7", false, true}, // one case: no checksum
		{"ETH", "0xde709f2102306220921060314715629080e2fb77", false, true},
		{"ETH", "0xde709f2102306220921060314715629080e2fb7", false, false},
		{"TRX", "TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnY", true, true},
		{"TRX", "TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnZ", true, false},
		{"XMR", "anything at all", false, true},
	} {
		id, _ := Network(c.network, c.address)
		checked, err := Check(id, c.address)
		if checked != c.checked || (err == nil) != c.good || err != nil && !errors.Is(err, ErrChecksum) {
			t.Errorf("%s %s: checked %v, %v", c.network, c.address, checked, err)
		}
	}
}

// TestOneLetter: Base58Check and bech32 find every single wrong letter that stays
// in their alphabet.
func TestOneLetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good := rapid.SampledFrom([]string{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}).Draw(t, "address")
		letters, from := base58Letters, 1
		if good[0] == 'b' {
			letters, from = bech32Letters, 4
		}
		at := rapid.IntRange(from, len(good)-1).Draw(t, "at")
		l := letters[rapid.IntRange(0, len(letters)-1).Draw(t, "letter")]
		bad := good[:at] + string(l) + good[at+1:]
		if _, err := Check(bitcoin, bad); (err == nil) != (bad == good) {
			t.Fatalf("%s: %v", bad, err)
		}
	})
}

func TestNetwork(t *testing.T) {
	for _, c := range []struct {
		word, address string
		id            ledgerID
		known         bool
	}{
		{"btc ", "x", bitcoin, true},
		{"XBT", "x", bitcoin, true},
		{"USDT", "0xde709f2102306220921060314715629080e2fb77", "eip155:1", true},
		{"USDT", "TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnY", tron, true},
		{"USDT", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", bitcoin, true},
		{"USDT", "anything", "tagpack:USDT", false},
		{"BEP20", "0xde709f2102306220921060314715629080e2fb77", "eip155:56", true},
		{"BEP2", "bnb1...", "tagpack:BEP2", false},
		{"AVAX", "0xde709f2102306220921060314715629080e2fb77", "eip155:43114", true},
		{"AVAX", "X-avax1...", "tagpack:AVAX", false},
		{"eip155:10", "x", "eip155:10", true},
		{"Oasis rose", "x", "tagpack:OASIS_ROSE", false},
	} {
		if id, known := Network(c.word, c.address); id != c.id || known != c.known {
			t.Errorf("%s %s: %s %v", c.word, c.address, id, known)
		}
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"0XDE709F2102306220921060314715629080E2FB77 ": "0xde709f2102306220921060314715629080e2fb77",
		"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4":  "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa":          "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
		"0xDE70":                                      "0xDE70",
		strings.Repeat("BC1", 3) + "x":                "BC1BC1BC1x",
	} {
		if got := string(Canonical(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
